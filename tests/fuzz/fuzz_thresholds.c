/* Threshold files, and conversions with what they say, monotone or not. Input: shape of the core (1 byte), file.
 * SPDX-License-Identifier: Apache-2.0 */
#include "adc/tables.h"
#include "golden/readout.h"
#include "tests/fuzz/fuzz.h"
#include <ctype.h>

/* any level has a code of the table */
static void convert(const struct cfg *c, const int32_t *T)
{
	static const struct ro_conv conv[] = { { .kind = RO_SAR }, { .kind = RO_FLASH, .ones = true }, { .kind = RO_FLASH }, { .kind = RO_HYBRID, .flash_bits = 1 }, { .kind = RO_STOCHASTIC, .samples = 1 } };
	uint16_t lfsr = 1;

	for (size_t i = 0; i < sizeof(conv) / sizeof(*conv); i++) {
		struct ro_conv k = conv[i];

		k.bits = c->bits;
		if (k.kind == RO_HYBRID && k.bits < 2)
			continue;
		for (int32_t level = -8388608; level <= 8388607; level += 1198371) {
			int code = ro_convert(&k, T, c->bits, level, &lfsr).code;

			if (code < 0 || code >= 1 << c->bits)
				fuzz_broken("a code beyond the table", NULL);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cfg c = { .name = "fuzz", .tiles = 1 };
	struct err e = { 0 };
	size_t n, first = 0;
	struct buf text;
	char hex[65];
	int32_t *T;

	if (size < 1)
		return 0;
	c.tiles += data[0] & 1;
	c.adcs = 1 + (data[0] >> 1 & 1);
	c.bits = 1 + (data[0] >> 2 & 1);
	n = at_count(&c);
	T = malloc(n * sizeof(*T));
	memset(T, 0x55, n * sizeof(*T));
	fuzz_file(data + 1, size - 1);
	if (at_read(&c, FUZZ_PATH, T, &e)) {
		fuzz_refused(&e);
		free(T);
		return 0;
	}
	buf_init(&text);
	at_print(T, n, &text);
	if (text.len != size - 1)
		fuzz_broken("thresholds do not print as they were read", NULL);
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] != tolower(data[1 + i]))
			fuzz_broken("thresholds do not print as they were read", NULL);
	at_digest(T, n, hex);
	if (at_not_monotone(&c, T, &first) > n || first >= n)
		fuzz_broken("more tables than there are", NULL);
	for (size_t i = 0; i < n; i += (size_t)1 << c.bits)
		convert(&c, T + i);
	buf_release(&text);
	free(T);
	return 0;
}
