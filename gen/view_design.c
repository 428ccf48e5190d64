/* flow/design.sh: the numbers that every flow script reads, for bash to source.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gen/macro_set.h"
#include "gen/views.h"

void view_design(const struct emit *m, struct gen_set *s)
{
	const struct cfg *c = m->c;
	struct buf *out = gen_add(s, "flow/design.sh");
	const char *p = c->prefix;
	bool immersed = c->reference == CFG_IMMERSED;
	int flash_bits = c->adc == CFG_HYBRID ? c->flash_bits : 1;
	int row_beats = (c->cols * c->cell_bits + 63) / 64;

	buf_adds(out, "# The design in numbers, for bash. BLOCK_NAME: top module and the parameters that it has in this design. MACRO_COLS: columns of the array, spare ones too.\n");
	emit_provenance(m, "#", "gen/view_design.c", out);
	buf_addf(out, "DESIGN=%s\nCONFIG_SHA256=%s\nPREFIX=%s\nKIND=%s\n", c->name, m->hash, p, c->kind == CFG_ANALOG ? "analog" : "digital");
	buf_addf(out, "CLOCK_NS=%d.%03d\n", c->clk_period_ps / 1000, c->clk_period_ps % 1000);
	buf_addf(out, "BLOCKS=\"top adc sequencer tile%s\"\n", immersed ? " link" : "");
	buf_addf(out, "BLOCK_top=\"%stop\"\n", p);
	buf_addf(out, "BLOCK_adc=\"%sadc Adcs=%d AdcBits=%d Kind=%d FlashBits=%d Bubble=%d Search=%d TileIndex=0 CycleBits=%d\"\n",
		p, c->adcs, c->bits, c->adc, flash_bits, c->bubble, c->search, immersed ? 10 : 8);
	buf_addf(out, "BLOCK_sequencer=\"%ssequencer Rows=%d Tiles=%d ProgDepth=%d RowBeats=%d Immersed=%d\"\n", p, c->rows, c->tiles, c->program_depth, row_beats, immersed);
	buf_addf(out, "BLOCK_tile=\"%stile Rows=%d Cols=%d Adcs=%d AdcBits=%d CellBits=%d SampleHold=%d GridBits=%d Kind=%d FlashBits=%d Bubble=%d Search=%d Immersed=%d AccDepth=%d Spares=%d TileIndex=0\"\n",
		p, c->rows, c->cols, c->adcs, c->bits, c->cell_bits, c->sample_hold, c->grid_bits, c->adc, flash_bits, c->bubble, c->search, immersed, c->accumulator_depth, c->spares);
	buf_addf(out, "MACRO_COLS=%d\n", cfg_physical_cols(c));
	if (immersed)
		buf_addf(out, "BLOCK_link=\"%slink Tiles=%d Adcs=%d AdcBits=%d Network=%d Refs=%d Kind=%d FlashBits=%d\"\n",
			p, c->tiles, c->adcs, c->bits, c->network, macro_refs(c), c->adc, flash_bits);
}
