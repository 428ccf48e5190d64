/* Which arrays are whose reference, and who is granted next: docs/network.md sections 1 to 3. Shared by golden/ and nobody else.
 * Sets of arrays are words of 64 bits, bit t is tile t.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GOLDEN_NETWORK_H
#define GOLDEN_NETWORK_H
#include "golden/machine.h"

/* servers a converter needs: 0 with local references */
int gn_servers(const struct gm_hw *hw);
/* m = 1 .. gn_servers: the array that gives tile's threshold m of a flash step (or its only one) */
int gn_server(const struct gm_hw *hw, int tile, int m);
/* the array that gives the thresholds of the search steps */
int gn_search_server(const struct gm_hw *hw, int tile);
/* all of them */
uint64_t gn_server_set(const struct gm_hw *hw, int tile);
/* first tile that only serves; hw->tiles when there is none */
int gn_first_reference(const struct gm_hw *hw);

struct gn_ask { /* what a tile shows the link */
	bool asks;
	int bits, set, col_start, col_stride, col_count;
};

/* one look of the grant rule. busy: arrays that are held; first[tiles]: p, where a look begins, moved for the next clock (pair i: first[2i], others first[0];
 * at the start of a program gn_first sets them). Returns the tiles granted. */
uint64_t gn_grant(const struct gm_hw *hw, const struct gn_ask *ask, uint64_t busy, int *first);
void gn_first(const struct gm_hw *hw, int *first);

#endif
