/* SPDX-License-Identifier: Apache-2.0 */
#include "cosim/thresholds.h"
#include "common/file.h"
#include "common/mem.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

size_t thresholds_count(const struct gm_hw *hw)
{
	return (size_t)hw->tiles * hw->adcs * GM_SETS << hw->adc_bits;
}

void thresholds_ideal(const struct gm_hw *hw, const struct ro_window *window, int32_t *T)
{
	size_t table = (size_t)1 << hw->adc_bits;

	for (int converter = 0; converter < hw->tiles * hw->adcs; converter++)
		for (int set = 0; set < GM_SETS; set++)
			ro_ideal_table(&window[set], hw->adc_bits, hw->grid_bits, T + ((size_t)converter * GM_SETS + set) * table);
}

char *thresholds_write(const struct gm_hw *hw, const int32_t *T, struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	char *name = file_join(tmp && *tmp ? tmp : "/tmp", "bitline-thresholds-XXXXXX");
	int fd = mkstemp(name);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	size_t n = thresholds_count(hw), table = (size_t)1 << hw->adc_bits;

	if (!f) {
		err_set(e, ERR_ENV, "cannot make '%s': %s", name, strerror(errno));
		free(name);
		return NULL;
	}
	for (size_t i = 0; i < n; i++) /* 24-bit two's complement; entry 0 of a table is unused */
		fprintf(f, "%06x\n", i % table ? (unsigned)T[i] & 0xffffff : 0);
	if (fclose(f)) {
		err_set(e, ERR_ENV, "cannot write '%s': %s", name, strerror(errno));
		unlink(name);
		free(name);
		return NULL;
	}
	return name;
}
