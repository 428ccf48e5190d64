/* SPDX-License-Identifier: Apache-2.0 */
#include "cosim/thresholds.h"
#include "common/sha256.h"
#include "cosim/plusfile.h"
#include <string.h>

size_t thresholds_count(const struct gm_hw *hw)
{
	return (size_t)hw->tiles * hw->adcs * GM_SETS << hw->adc_bits;
}

/* 24-bit two's complement; entry 0 of a table is unused */
static void print(const struct gm_hw *hw, const int32_t *T, struct buf *b)
{
	size_t n = thresholds_count(hw), table = (size_t)1 << hw->adc_bits;

	for (size_t i = 0; i < n; i++)
		buf_addf(b, "%06x\n", i % table ? (unsigned)T[i] & 0xffffff : 0);
}

void thresholds_digest(const struct gm_hw *hw, const int32_t *T, char hex[65])
{
	struct buf b;

	buf_init(&b);
	print(hw, T, &b);
	sha256_hex(b.data, b.len, hex);
	buf_release(&b);
}

int thresholds_agree(const struct gm_hw *hw, const int32_t *theirs, const char *digest, const int32_t *own, struct err *e)
{
	size_t n = thresholds_count(hw), table = (size_t)1 << hw->adc_bits, i = 0, converter;
	char hex[65];

	thresholds_digest(hw, own, hex);
	while (i < n && (i % table == 0 || ((theirs[i] ^ own[i]) & 0xffffff) == 0))
		i++;
	if (i == n)
		return strcmp(digest, hex) ? err_set(e, ERR_DIFF, "thresholds: equal tables with SHA-256 %s (adc) and %s (golden)", digest, hex) : 0;
	converter = i / table / GM_SETS;
	return err_set(e, ERR_DIFF, "thresholds: adc makes %d, golden %d for tile %zu, converter %zu, set %zu, threshold %zu (SHA-256 %.16s.. and %.16s..)", theirs[i], own[i],
		converter / (size_t)hw->adcs, converter % (size_t)hw->adcs, i / table % GM_SETS, i % table, digest, hex);
}

char *thresholds_write(const struct gm_hw *hw, const int32_t *T, struct err *e)
{
	struct buf b;
	char *name;

	buf_init(&b);
	print(hw, T, &b);
	name = plusfile_write("thresholds", &b, e);
	buf_release(&b);
	return name;
}
