/* Counts what cosim/probe_tile.sv reports and compares the counts with the bench's own totals at exit: probes and RTL see the same events.
 * Called from the model (DPI-C); prototypes as the head of probe_tile.sv gives them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>

static long takes, finishes, loads, partials, rounds, conversions, codes_outside;

void bl_probe_take(int tile) { (void)tile; takes++; }
void bl_probe_finish(int tile) { (void)tile; finishes++; }
void bl_probe_load(int tile) { (void)tile; loads++; }

void bl_probe_partial(int tile, int address, int partial, int accumulator)
{
	(void)tile, (void)address, (void)partial, (void)accumulator;
	partials++;
}

void bl_probe_codes(int tile, int plane, int position, int lanes, const uint32_t *mask, const uint32_t *codes)
{
	const uint16_t *code = (const uint16_t *)codes;

	(void)tile, (void)plane, (void)position;
	rounds++;
	for (int lane = 0; lane < lanes; lane++)
		if (mask[lane / 32] >> lane % 32 & 1)
			conversions++;
		else if (code[lane])
			codes_outside++;
}

/* called by the bench's top at the end: planes and conversions as the event ports counted them */
int probe_check(int planes, int conversions_counted, int rows_loaded, int outputs)
{
	int bad = takes != planes || finishes != planes || conversions != conversions_counted || loads != rows_loaded || partials != outputs || codes_outside;

	printf("%s tile probe: %ld takes, %ld finishes, %ld conversions in %ld rounds, %ld rows, %ld partials\n",
	       bad ? "FAIL" : "ok", takes, finishes, conversions, rounds, loads, partials);
	return bad;
}
