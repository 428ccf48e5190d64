/* linear: every block dense by itself, one piece and one step per array. docs/placement.md section 3.
 *
 * Order of the images (map/ relies on it): block by block; of a block column group by column group; of a column group row chunk by row chunk;
 * of a row chunk slice part by slice part. So the images whose results are added up stand side by side.
 * SPDX-License-Identifier: Apache-2.0 */
#include "place/build.h"
#include "place/cut.h"

int place_linear(const struct place_geometry *g, const struct place_block *b, size_t n, struct placement *out, struct err *e)
{
	uint64_t pieces = 0;

	for (size_t i = 0; i < n; i++)
		if (b[i].real && cut_count(&pieces, 1, cut_make(b[i].in, b[i].out, g->slices, g->rows, g->cols).n, e))
			return -1;
	for (size_t i = 0; i < n; i++)
		if (b[i].real)
			cut_block(out, g, b, i, false);
	return 0;
}
