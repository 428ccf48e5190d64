/* Networks of arrays: docs/network.md sections 1 to 3.
 * SPDX-License-Identifier: Apache-2.0 */
#include "golden/network.h"
#include "common/err.h"

static uint64_t bit(int tile)
{
	return (uint64_t)1 << tile;
}

int gn_servers(const struct gm_hw *hw)
{
	if (!hw->immersed)
		return 0;
	return hw->kind == RO_FLASH ? (1 << hw->adc_bits) - 1 : hw->kind == RO_HYBRID ? (1 << hw->flash_bits) - 1 : 1;
}

int gn_server(const struct gm_hw *hw, int tile, int m)
{
	switch (hw->network) {
	case GM_PAIR: return tile ^ 1;
	case GM_RING: return (tile + m) % hw->tiles;
	case GM_BROADCAST: return gn_first_reference(hw) + m - 1;
	}
	BUG("network %d", hw->network);
}

int gn_search_server(const struct gm_hw *hw, int tile)
{
	return gn_server(hw, tile, hw->network == GM_BROADCAST ? tile % gn_servers(hw) + 1 : 1);
}

uint64_t gn_server_set(const struct gm_hw *hw, int tile)
{
	uint64_t set = 0;
	int m;

	for (m = 1; m <= gn_servers(hw); m++)
		set |= bit(gn_server(hw, tile, m));
	return set;
}

int gn_first_reference(const struct gm_hw *hw)
{
	return hw->tiles - (hw->immersed && hw->network == GM_BROADCAST ? gn_servers(hw) : 0);
}

static bool agree(const struct gn_ask *a, const struct gn_ask *b)
{
	return a->bits == b->bits && a->set == b->set && a->col_start == b->col_start && a->col_stride == b->col_stride &&
	       a->col_count == b->col_count;
}

/* broadcast: t, asking after leader was granted in this very clock, may go in step with all that are granted */
static bool may_join(const struct gm_hw *hw, const struct gn_ask *ask, uint64_t granted, int leader, int t)
{
	int u, n = gn_servers(hw);

	if (!agree(&ask[leader], &ask[t]))
		return false;
	for (u = 0; u < hw->tiles && hw->kind == RO_HYBRID; u++)
		if (granted & bit(u) && u % n == t % n) /* they would search with the same server */
			return false;
	return true;
}

void gn_first(const struct gm_hw *hw, int *first)
{
	int t;

	for (t = 0; t < hw->tiles; t++)
		first[t] = hw->network == GM_PAIR ? t & ~1 : 0;
}

/* over tiles low .. low + n - 1 */
static uint64_t look(const struct gm_hw *hw, const struct gn_ask *ask, uint64_t busy, int *first, int low, int n)
{
	uint64_t granted = 0;
	int i, asker = -1, leader = -1;

	for (i = 0; i < n; i++) {
		int t = low + (*first - low + i) % n;
		uint64_t needs = bit(t) | gn_server_set(hw, t);

		if (!ask[t].asks)
			continue;
		if (asker < 0)
			asker = t;
		if (!(needs & busy)) {
			granted |= bit(t);
			leader = t;
		} else if (hw->network == GM_BROADCAST && leader >= 0 && may_join(hw, ask, granted, leader, t)) {
			granted |= bit(t);
		}
		if (t == asker || granted & bit(t)) /* the first asker, granted or not, is not overtaken */
			busy |= needs;
	}
	if (asker >= 0)
		*first = granted & bit(asker) ? low + (asker - low + 1) % n : asker;
	return granted;
}

uint64_t gn_grant(const struct gm_hw *hw, const struct gn_ask *ask, uint64_t busy, int *first)
{
	uint64_t granted = 0;
	int t;

	if (hw->network != GM_PAIR)
		return look(hw, ask, busy, first, 0, hw->tiles);
	for (t = 0; t < hw->tiles; t += 2)
		granted |= look(hw, ask, busy, &first[t], t, 2);
	return granted;
}
