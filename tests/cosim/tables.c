/* Random converters with random errors: adc/ and golden, written apart from docs/numerics.md section 10 and docs/network.md section 5, must make the same bytes.
 * usage: tables [N] [SEED]. SPDX-License-Identifier: Apache-2.0 */
#include "adc/tables.h"
#include "cli/cli_tables.h"
#include "common/cfg_schema.h"
#include "common/prng.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct prng p;

static int pick(int lo, int hi)
{
	return (int)prng_range(&p, lo, hi);
}

static int often_zero(int most)
{
	return pick(0, 1) ? pick(0, most) : 0;
}

static const char *no_place(void *ctx, const char *keys)
{
	(void)ctx;
	return keys;
}

/* anything; what the rules refuse is drawn again */
static void draw(struct cfg *c)
{
	c->rows = pick(8, 80);
	c->cols = pick(8, 130);
	c->tiles = pick(1, 16);
	c->adcs = 1 << pick(0, 4);
	c->bits = pick(1, 8);
	c->cell_bits = pick(1, 2);
	c->grid_bits = pick(1, 8);
	c->adc = (enum cfg_adc)pick(CFG_SAR, CFG_STOCHASTIC);
	c->flash_bits = pick(1, 3);
	c->reference = pick(0, 1) ? CFG_IMMERSED : CFG_LOCAL;
	c->network = (enum cfg_network)pick(CFG_PAIR, CFG_BROADCAST);
	c->sample_hold = false;
	c->lsb = pick(1, 5);
	c->low = pick(0, 3) ? pick(0, 9) : pick(-50, 4000);
	c->rounding = pick(0, 1) ? CFG_NEAREST : CFG_FLOOR;
	c->resolution = CFG_FULL;
	c->samples = 1;
	c->offset = often_zero(100000);
	c->inl = often_zero(100000);
	c->gain = often_zero(300000);
	c->capacitor = often_zero(300000);
	c->dac = pick(0, 1) ? CFG_UNARY : CFG_BINARY_DAC;
	c->error_seed = pick(0, 2147483647);
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 2000, passed = 0, failed = 0, immersed = 0, bent = 0, kinds[5] = { 0 };
	const struct cfg_across rules = { no_place, NULL };
	struct err e = { 0 };
	struct cfg c;

	if (n < 1 || cfg_load(&c, "configs/tiny.xml", NULL, 0, &e)) {
		fprintf(stderr, "usage: tables [N] [SEED]; %s\n", e.text);
		return ERR_INPUT;
	}
	prng_init(&p, argc > 2 ? strtoull(argv[2], NULL, 0) : 1);
	while (passed + failed < n) {
		struct cli_tables t;

		draw(&c);
		e = (struct err){ 0 };
		if (cfg_across(&c, &rules, &e))
			continue;
		e = (struct err){ 0 };
		if (cli_tables_make(&t, &c, NULL, &e)) {
			failed++;
			printf("FAIL - tables %d: %s\n", passed + failed, e.text);
		} else {
			passed++;
		}
		kinds[c.adc]++;
		immersed += c.reference == CFG_IMMERSED;
		bent += !at_ideal(&c);
		cli_tables_release(&t);
	}
	printf("tables of adc and of golden: sar %d, flash %d, hybrid %d, sense %d, stochastic %d; immersed %d, with errors %d\n", kinds[0], kinds[1], kinds[2], kinds[3], kinds[4], immersed, bent);
	printf("%d passed, %d failed\n", passed, failed);
	return failed > 0;
}
