/* What a configuration must obey beyond the range of each field: docs/numerics.md section 4 (legal combinations), docs/network.md sections 1 and 2.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/cfg_schema.h"

/* where a rule was broken: keys are all the fields that it names */
#define AT(keys) a->place(a->ctx, keys)

static const char *const kind_name[] = { "sar", "flash", "hybrid", "sense", "stochastic" };
static const char *const code_name[] = { "tc", "sm", "dif", "ternary", "cell" };
static const char *const network_name[] = { "pair", "ring", "broadcast" };

static int check_numbers(const struct cfg *c, const struct cfg_across *a, struct err *e)
{
	int pairs = c->cols / 2;

	if (c->adcs > c->cols)
		return err_set(e, ERR_INPUT, "%s: readout.adcs \"%d\" is more than array.cols \"%d\": legal a power of two, 1..256, at most array.cols; lower readout.adcs or raise array.cols",
			AT("readout.adcs array.cols"), c->adcs, c->cols);
	if (c->weight_code == CFG_TERNARY && c->weight_bits != 1)
		return err_set(e, ERR_INPUT, "%s: numbers.weight_bits \"%d\" with numbers.weight_code \"ternary\": legal 1; set numbers.weight_bits=1 or numbers.weight_code=sm",
			AT("numbers.weight_bits numbers.weight_code"), c->weight_bits);
	if (c->weight_code == CFG_DIF && pairs < c->adcs)
		return err_set(e, ERR_INPUT, "%s: readout.adcs \"%d\" is more than the %d column pairs of array.cols \"%d\" with numbers.weight_code \"dif\": legal at most array.cols / 2; "
			"lower readout.adcs or raise array.cols", AT("readout.adcs array.cols numbers.weight_code"), c->adcs, pairs, c->cols);
	return 0;
}

/* numerics.md sections 1, 4: one weight per cell is for cost, where steps and decisions of a conversion are known beforehand */
static int check_cell(const struct cfg *c, const struct cfg_across *a, struct err *e)
{
	if (c->weight_code != CFG_CELL) {
		if (c->resolution == CFG_LOG2)
			return err_set(e, ERR_INPUT, "%s: readout.resolution \"log2\" with numbers.weight_code \"%s\": legal with cell, for cost only; set readout.resolution=fit or numbers.weight_code=cell",
				AT("readout.resolution numbers.weight_code"), code_name[c->weight_code]);
		return 0;
	}
	if (c->adc != CFG_SAR && c->adc != CFG_FLASH && c->adc != CFG_HYBRID)
		return err_set(e, ERR_INPUT, "%s: numbers.weight_code \"cell\" with readout.kind \"%s\": legal with sar, flash, hybrid; set readout.kind or numbers.weight_code",
			AT("numbers.weight_code readout.kind"), kind_name[c->adc]);
	if (c->reference == CFG_IMMERSED)
		return err_set(e, ERR_INPUT, "%s: numbers.weight_code \"cell\" with readout.reference \"immersed\": legal with local; set readout.reference=local or numbers.weight_code",
			AT("numbers.weight_code readout.reference"));
	return 0;
}

static int check_kind(const struct cfg *c, const struct cfg_across *a, struct err *e)
{
	static const struct { int lo, hi; const char *legal; } bits[] = { { 1, 12, "1..12" }, { 1, 8, "1..8" }, { 2, 12, "2..12" }, { 1, 1, "1" }, { 1, 12, "1..12" } };
	int most = (1 << c->bits) - 1;

	if (c->bits < bits[c->adc].lo || c->bits > bits[c->adc].hi)
		return err_set(e, ERR_INPUT, "%s: readout.bits \"%d\" with readout.kind \"%s\": legal %s; change readout.bits or readout.kind",
			AT("readout.bits readout.kind"), c->bits, kind_name[c->adc], bits[c->adc].legal);
	if (c->adc == CFG_HYBRID && c->flash_bits >= c->bits)
		return err_set(e, ERR_INPUT, "%s: readout.flash_bits \"%d\" leaves no bit of readout.bits \"%d\" to the search: legal 1..%d; lower readout.flash_bits or use readout.kind=flash",
			AT("readout.flash_bits readout.bits readout.kind"), c->flash_bits, c->bits, c->bits - 1 < 6 ? c->bits - 1 : 6);
	if (c->adc != CFG_STOCHASTIC)
		return 0;
	if (c->samples > most)
		return err_set(e, ERR_INPUT, "%s: readout.samples \"%d\" do not fit readout.bits \"%d\": legal 1..%d; lower readout.samples or raise readout.bits",
			AT("readout.samples readout.bits readout.kind"), c->samples, c->bits, most);
	if (c->low != 0)
		return err_set(e, ERR_INPUT, "%s: readout.low \"%d\" with readout.kind \"stochastic\": legal 0; set readout.low=0", AT("readout.low readout.kind"), c->low);
	if (c->resolution != CFG_FULL)
		return err_set(e, ERR_INPUT, "%s: readout.resolution \"fit\" with readout.kind \"stochastic\": legal full; set readout.resolution=full",
			AT("readout.resolution readout.kind"));
	return 0;
}

static int check_spares(const struct cfg *c, const struct cfg_across *a, struct err *e)
{
	if (c->spares && c->reference == CFG_IMMERSED)
		return err_set(e, ERR_INPUT, "%s: array.spares \"%d\" with readout.reference \"immersed\": legal 0; set array.spares=0 or readout.reference=local",
			AT("array.spares readout.reference"), c->spares);
	if (cfg_physical_cols(c) > 1024)
		return err_set(e, ERR_INPUT, "%s: array.spares \"%d\" of readout.adcs \"%d\" columns make %d columns: legal at most 1024; lower array.spares, readout.adcs or array.cols",
			AT("array.spares readout.adcs array.cols"), c->spares, c->adcs, cfg_physical_cols(c));
	return 0;
}

static int check_search(const struct cfg *c, const struct cfg_across *a, struct err *e)
{
	if (c->search != CFG_ASYMMETRIC)
		return 0;
	if (c->adc != CFG_SAR)
		return err_set(e, ERR_INPUT, "%s: readout.search \"asymmetric\" with readout.kind \"%s\": legal with sar; set readout.kind=sar or readout.search=binary",
			AT("readout.search readout.kind"), kind_name[c->adc]);
	if (c->bits > 8)
		return err_set(e, ERR_INPUT, "%s: readout.bits \"%d\" with readout.search \"asymmetric\": legal 1..8; lower readout.bits or set readout.search=binary",
			AT("readout.bits readout.search"), c->bits);
	if (c->resolution != CFG_FULL)
		return err_set(e, ERR_INPUT, "%s: readout.resolution \"%s\" with readout.search \"asymmetric\": legal full; set readout.resolution=full",
			AT("readout.resolution readout.search"), c->resolution == CFG_LOG2 ? "log2" : "fit");
	if (c->depth > 0 && c->depth < c->bits)
		return err_set(e, ERR_INPUT, "%s: readout.depth \"%d\" is too little for 2^%d codes: legal 0 (no limit) or %d..255; raise readout.depth or lower readout.bits",
			AT("readout.depth readout.bits readout.search"), c->depth, c->bits, c->bits);
	return 0;
}

/* arrays that one turn needs besides its own: docs/network.md section 1 */
static int servers(const struct cfg *c)
{
	return c->adc == CFG_FLASH ? (1 << c->bits) - 1 : c->adc == CFG_HYBRID ? (1 << c->flash_bits) - 1 : 1;
}

static int check_network(const struct cfg *c, const struct cfg_across *a, struct err *e)
{
	bool search_only = c->adc != CFG_FLASH && c->adc != CFG_HYBRID;
	int n = servers(c);

	if (c->network == CFG_PAIR && n != 1)
		return err_set(e, ERR_INPUT, "%s: readout.network \"pair\" gives one reference, readout.kind \"%s\" asks %d at once: legal ring, broadcast; set readout.network",
			AT("readout.network readout.kind readout.bits readout.flash_bits readout.reference"), kind_name[c->adc], n);
	if (c->network == CFG_PAIR && c->tiles % 2)
		return err_set(e, ERR_INPUT, "%s: array.tiles \"%d\" with readout.network \"pair\": legal an even number; change array.tiles", AT("array.tiles readout.network readout.reference"), c->tiles);
	if (c->network == CFG_BROADCAST && search_only)
		return err_set(e, ERR_INPUT, "%s: readout.network \"broadcast\" with readout.kind \"%s\": legal with flash, hybrid; set readout.network=pair or ring",
			AT("readout.network readout.kind readout.reference"), kind_name[c->adc]);
	if (c->network != CFG_PAIR && c->tiles < n + 1)
		return err_set(e, ERR_INPUT, "%s: array.tiles \"%d\" with readout.network \"%s\" and readout.kind \"%s\", which asks %d references at once: legal %d..64; raise array.tiles or lower the bits",
			AT("array.tiles readout.network readout.kind readout.bits readout.flash_bits readout.reference"), c->tiles, network_name[c->network], kind_name[c->adc], n, n + 1);
	return 0;
}

static int check_immersed(const struct cfg *c, const struct cfg_across *a, struct err *e)
{
	/* a search step has only the columns of its own lane */
	int lines = c->adc == CFG_FLASH ? c->cols : c->cols / c->adcs, needed = c->low + ((1 << c->bits) - 1) * c->lsb;

	if (c->reference != CFG_IMMERSED)
		return 0;
	if (c->kind != CFG_ANALOG)
		return err_set(e, ERR_INPUT, "%s: readout.reference \"immersed\" with array.kind \"digital\": legal with analog; set array.kind=analog or readout.reference=local",
			AT("readout.reference array.kind"));
	if (c->sample_hold)
		return err_set(e, ERR_INPUT, "%s: array.sample_hold \"true\" with readout.reference \"immersed\": legal false; set array.sample_hold=false", AT("array.sample_hold readout.reference"));
	if (c->weight_code == CFG_DIF)
		return err_set(e, ERR_INPUT, "%s: numbers.weight_code \"dif\" with readout.reference \"immersed\": legal tc, sm, ternary; change one of them", AT("numbers.weight_code readout.reference"));
	if (c->cell_bits != 1)
		return err_set(e, ERR_INPUT, "%s: array.cell_bits \"%d\" with readout.reference \"immersed\": legal 1; set array.cell_bits=1 or readout.reference=local", AT("array.cell_bits readout.reference"), c->cell_bits);
	if (c->low < 0)
		return err_set(e, ERR_INPUT, "%s: readout.low \"%d\" with readout.reference \"immersed\": legal 0..4095; raise readout.low", AT("readout.low readout.reference"), c->low);
	if (check_network(c, a, e))
		return -1;
	if (needed > lines && c->adc == CFG_FLASH)
		return err_set(e, ERR_INPUT, "%s: readout.bits \"%d\" with immersed references needs low + (2^bits - 1) * lsb = %d column lines, array.cols \"%d\" has N = %d: "
			"lower readout.bits or readout.lsb, or raise array.cols", AT("readout.bits array.cols readout.lsb readout.low readout.reference"), c->bits, needed, c->cols, lines);
	if (needed > lines)
		return err_set(e, ERR_INPUT, "%s: readout.bits \"%d\" with immersed references needs low + (2^bits - 1) * lsb = %d column lines of every converter, "
			"array.cols \"%d\" and readout.adcs \"%d\" leave N = %d: lower readout.bits, readout.lsb or readout.adcs, or raise array.cols",
			AT("readout.bits readout.adcs array.cols readout.lsb readout.low readout.reference"), c->bits, needed, c->cols, c->adcs, lines);
	if (needed > c->rows)
		return err_set(e, ERR_INPUT, "%s: readout.bits \"%d\" with immersed references needs low + (2^bits - 1) * lsb = %d column lines, of which array.rows \"%d\" are shared: "
			"lower readout.bits or readout.lsb, or raise array.rows", AT("readout.bits array.rows readout.lsb readout.low readout.reference"), c->bits, needed, c->rows);
	return 0;
}

static int check_errors(const struct cfg *c, const struct cfg_across *a, struct err *e)
{
	if (c->kind == CFG_DIGITAL && (c->offset || c->inl || c->gain || c->capacitor || c->noise))
		return err_set(e, ERR_INPUT, "%s: errors of converters (nonideal) with array.kind \"digital\", which has none: legal all 0; set array.kind=analog",
			AT("array.kind nonideal.offset nonideal.inl nonideal.gain nonideal.capacitor nonideal.noise"));
	return 0;
}

int cfg_across(const struct cfg *c, const struct cfg_across *a, struct err *e)
{
	if (check_numbers(c, a, e) || check_cell(c, a, e) || check_kind(c, a, e) || check_search(c, a, e) || check_spares(c, a, e) || check_immersed(c, a, e))
		return -1;
	return check_errors(c, a, e);
}
