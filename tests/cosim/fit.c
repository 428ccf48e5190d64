/* A device with hidden mismatch is stepped through all its levels over its registers; the fit must find its table again: exactly, one grid step at a time.
 * usage: fit; last line "N passed, N failed". SPDX-License-Identifier: Apache-2.0 */
#include "adc/tables.h"
#include "cli/cli_readout.h"
#include "cli/cli_tables.h"
#include "cli/cosim_fit.h"
#include "lib/numbers.h"
#include "common/file.h"
#include "common/mem.h"
#include "cosim/cosim.h"
#include "gen/gen.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bench { struct cfg cfg; struct cli_tables hidden; struct device_lib lib; struct cosim *device; };

static int open_bench(struct bench *b, const char *config, struct err *e)
{
	struct cosim_setup setup;
	struct gen_set set;
	struct cfg bent;
	char hash[65], *dir;
	int rc;

	if (cfg_load(&b->cfg, config, NULL, 0, e))
		return -1;
	bent = b->cfg; /* the hardware is the named one; what is hidden comes in as a file */
	bent.offset = 900;
	bent.gain = 30000;
	bent.inl = 700;
	bent.capacitor = 20000;
	bent.error_seed = 33;
	if (cli_tables_make(&b->hidden, &bent, NULL, e))
		return -1;
	cfg_hash(&b->cfg, hash);
	dir = file_join("build/run", hash);
	rc = gen_build(&b->cfg, 0, &set, e);
	if (!rc) {
		rc = gen_write(&set, dir, e) || device_build(&(struct device_ask){ DEVICE_VERILATOR, dir, b->cfg.prefix, false, true }, &b->lib, e) ? -1 : 0;
		gen_set_release(&set);
	}
	free(dir);
	if (rc)
		return rc;
	setup = (struct cosim_setup){ .hw = numbers_hw(&b->cfg), .hash = hash, .thresholds = b->hidden.hardware, .compare = true };
	b->device = cosim_open(&b->lib, &setup, e);
	return b->device ? 0 : -1;
}

/* codes of every level of a small range, over the real controller, add up */
static int check_codes(struct bench *b, int tile, int lane, struct err *e)
{
	struct gm_regs regs = numbers_regs(&b->cfg, NULL);
	int n = 1 << b->cfg.bits, levels = n << b->cfg.grid_bits, total = 0, wrong = 0;
	const int32_t *T = b->hidden.hardware + ((size_t)(tile * b->cfg.adcs + lane) * GM_SETS + 1) * (size_t)n;
	struct cosim_character x = { .bits = b->cfg.bits, .set = 1, .tile = tile, .lane = lane, .repeats = 3, .step = 1, .count = levels };
	struct gl_readout ro;
	uint32_t *seen = MEM_NEW((size_t)n, uint32_t), *expected = MEM_NEW((size_t)n, uint32_t);
	int rc = cosim_characterise(b->device, &regs, &x, seen, e);

	numbers_readout(&b->cfg, &ro);
	for (int level = 0; level < levels; level++)
		expected[ro_convert(&ro.conv, T, b->cfg.bits, level, NULL).code] += 3;
	for (int k = 0; k < n && !rc; k++) {
		total += (int)seen[k];
		wrong += seen[k] != expected[k];
	}
	free(seen);
	free(expected);
	return rc ? rc : wrong || total != 3 * levels;
}

/* a threshold file of a whole device that was only ever asked: the bytes of the hidden one */
static bool whole_device(const char *config)
{
	const struct cosim_fit how = { .step = 1, .repeats = 1 };
	struct bench b = { .device = NULL };
	struct err e = { 0 };
	char digest[65] = "";
	int32_t *T = NULL;
	bool good = false;

	if (!open_bench(&b, config, &e)) {
		T = MEM_NEW(at_count(&b.cfg), int32_t);
		if (!fit_device(b.device, &b.cfg, &how, T, &e))
			at_digest(T, at_count(&b.cfg), digest);
		good = !strcmp(digest, b.hidden.digest);
	}
	if (!good)
		printf("FAIL - %s: %s, digests %s and %s\n", config, e.text, digest, b.hidden.digest);
	free(T);
	cosim_close(b.device);
	device_close(&b.lib);
	cli_tables_release(&b.hidden);
	return good;
}

int main(void)
{
	static const struct { const char *config; int tile, lane; } cases[] = {
		{ "configs/tiny.xml", 0, 0 }, { "configs/tiny.xml", 0, 3 }, { "configs/tiny-pair.xml", 1, 0 }, { "configs/edge64-flash.xml", 2, 1 }, { "configs/edge64-hybrid2.xml", 3, 7 },
	};
	int passed = 0, failed = 0;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bench b = { .device = NULL };
		struct err e = { 0 };
		int32_t *T = NULL;
		int rc = open_bench(&b, cases[i].config, &e), wrong = 0;

		if (!rc) {
			size_t table = (size_t)1 << b.cfg.bits;
			const int32_t *hidden = b.hidden.hardware + ((size_t)(cases[i].tile * b.cfg.adcs + cases[i].lane) * GM_SETS + 1) * table;

			T = MEM_NEW(table, int32_t);
			rc = fit_converter(b.device, &b.cfg, &(struct cosim_fit){ .set = 1, .step = 1, .repeats = 1 }, cases[i].tile, cases[i].lane, T, &e);
			for (size_t k = 1; k < table && !rc; k++)
				wrong += T[k] != hidden[k];
		}
		if (!rc && !wrong)
			rc = check_codes(&b, cases[i].tile, cases[i].lane, &e);
		if (!rc && !wrong) {
			passed++;
		} else {
			failed++;
			printf("FAIL - %s, tile %d, converter %d: %s (%d thresholds wrong)\n", cases[i].config, cases[i].tile, cases[i].lane, rc < 0 ? e.text : rc ? "codes differ" : "table differs", wrong);
		}
		free(T);
		cosim_close(b.device);
		device_close(&b.lib);
		cli_tables_release(&b.hidden);
	}
	whole_device("configs/tiny.xml") ? passed++ : failed++;
	whole_device("configs/tiny-pair.xml") ? passed++ : failed++;
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}
