/* A layer of 3 outputs and 7 inputs with ternary weights, read by 4-bit successive-approximation converters: 7 rows give counts up to 7, so four bits lose nothing and the
 * outputs equal the integer product; two bits clip, and they do not.
 * Built against the installed library: cc layer.c $(pkg-config --cflags --libs bitline) && ./a.out .../share/bitline/configs/tiny.xml
 * C and C++. Exit status: 0 as described, 1 otherwise, 2 when the library refuses something.
 * SPDX-License-Identifier: Apache-2.0 */
#include <bitline.h>
#include <stdio.h>
#include <string.h>

enum { OUT = 3, IN = 7 };

static const int8_t w[OUT][IN] = { { 1, 0, -1, 1, 1, 0, -1 }, { 0, 1, 1, 1, 1, 1, 1 }, { -1, -1, -1, 0, 0, 1, -1 } };
static const int8_t x[IN] = { 3, -4, 2, 7, 7, 6, -8 };

/* outputs through converters of so many bits, into y; -1: refused, the reason is printed */
static int run(const char *path, const char *bits, int32_t y[OUT], bool *lossless)
{
	const char *const overrides[] = { "numbers.weight_code=ternary", "numbers.weight_bits=1", "readout.kind=sar", bits };
	struct bl_config *c;
	struct bl_layer *l = NULL;
	struct bl_error e;
	int rc = -1;

	c = bl_config_load(path, overrides, sizeof(overrides) / sizeof(overrides[0]), &e);
	if (c)
		l = bl_layer_new(c, NULL, NULL, &w[0][0], OUT, IN, &e);
	if (l)
		rc = bl_layer_run(l, x, y, &e);
	if (rc)
		fprintf(stderr, "layer: %s\n", e.text);
	else
		*lossless = bl_layer_lossless(l);
	bl_layer_free(l);
	bl_config_free(c);
	return rc;
}

/* what a converter of that configuration does at every count */
static int show_converter(const char *path)
{
	const char *const overrides[] = { "readout.kind=sar", "readout.bits=4" };
	struct bl_config *c;
	struct bl_converter *v = NULL;
	struct bl_conversion r;
	struct bl_error e;
	int rc = -1, count;

	c = bl_config_load(path, overrides, 2, &e);
	if (c)
		v = bl_converter_new(c, NULL, NULL, 0, 0, 0, &e);
	for (count = 0; v && count <= IN; count++) {
		rc = bl_convert(v, 4, count << bl_config_number(c, BL_GRID_BITS, NULL), &r, &e);
		if (rc)
			break;
		printf("count %d: code %d, value %d, %d steps, %d clocks\n", count, r.code, r.value, r.steps, r.clocks);
	}
	if (rc)
		fprintf(stderr, "layer: %s\n", e.text);
	bl_converter_free(v);
	bl_config_free(c);
	return rc;
}

int main(int argc, char **argv)
{
	int32_t product[OUT], four[OUT], two[OUT];
	bool lossless4, lossless2;
	int o;

	if (argc != 2) {
		fprintf(stderr, "usage: layer CONFIG.xml\n");
		return 2;
	}
	bl_matmul(&w[0][0], x, OUT, IN, product);
	if (show_converter(argv[1]) || run(argv[1], "readout.bits=4", four, &lossless4) || run(argv[1], "readout.bits=2", two, &lossless2))
		return 2;
	for (o = 0; o < OUT; o++)
		printf("output %d: product %d, 4 bits %d, 2 bits %d\n", o, (int)product[o], (int)four[o], (int)two[o]);
	printf("4 bits: %s, 2 bits: %s (bitline %s)\n", lossless4 ? "lossless" : "lossy", lossless2 ? "lossless" : "lossy", bl_version());
	return !(lossless4 && !lossless2 && !memcmp(product, four, sizeof(four)) && memcmp(product, two, sizeof(two)));
}
