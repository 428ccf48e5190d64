/* libbitline's functions against what they stand on, and every error they can give: lib/bitline.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "lib/bitline.h"
#include "golden/code.h"
#include "golden/nonideal.h"
#include "lib/numbers.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#define SAYS(call, code_, words) \
	do { \
		struct bl_error e_ = { 0, "" }, *e = &e_; \
		assert_true((call)); \
		assert_int_equal(e_.code, (code_)); \
		if (strcmp(e_.text, (words))) \
			fail_msg("said '%s', expected '%s'", e_.text, (words)); \
	} while (0)

static struct bl_config *load(const char *path, const char *a, const char *b, const char *c)
{
	const char *over[3] = { a, b, c };
	struct bl_error e = { 0, "" };
	struct bl_config *r = bl_config_load(path, over, a ? b ? c ? 3 : 2 : 1 : 0, &e);

	if (!r)
		fail_msg("%s", e.text);
	return r;
}

static struct bl_config *tiny(const char *a, const char *b, const char *c)
{
	return load("configs/tiny.xml", a, b, c);
}

static void configurations(void **state)
{
	struct bl_config *c = tiny("array.rows=33", "readout.bits=3", NULL);
	char hex[65];

	(void)state;
	assert_int_equal(bl_config_number(c, BL_ROWS, NULL), 33);
	assert_int_equal(bl_config_number(c, BL_BITS, NULL), 3);
	assert_int_equal(bl_config_number(c, BL_SETS, NULL), GM_SETS);
	bl_config_hash(c, hex);
	assert_int_equal(strlen(hex), 64);
	SAYS(bl_config_number(c, (enum bl_number)99, e) == -1, BL_INPUT, "bl_config_number: 99 is no number of a configuration: legal are BL_ROWS..BL_SLICES");
	SAYS(!bl_config_load("no/such.xml", NULL, 0, e) && strstr(e_.text, "no/such.xml") && (e_.text[0] = 0, 1), BL_INPUT, "");
	assert_null(bl_config_load("no/such.xml", NULL, 0, NULL)); /* nobody wants the text */
	bl_config_free(c);
	c = tiny("numbers.input_code=tc", "numbers.input_bits=4", NULL);
	assert_int_equal(bl_config_number(c, BL_INPUT_LEAST, NULL), -8);
	assert_int_equal(bl_config_number(c, BL_INPUT_MOST, NULL), 7);
	assert_int_equal(bl_config_number(c, BL_PLANES, NULL), 4);
	bl_config_free(c);
}

static void numbers(void **state)
{
	struct bl_config *c = tiny("numbers.input_bits=4", "numbers.weight_bits=4", NULL);
	const float x[4] = { 7, -3.5f, 0, 1 }, w[2] = { 1, NAN }, inf[1] = { -INFINITY };
	int8_t q[4];
	float s[1];
	uint32_t M;
	int shift;

	(void)state;
	assert_true(bl_quantise_input(c, x, 4, q) == 1);
	assert_int_equal(q[0], 7);
	assert_int_equal(q[1], -4);
	assert_true(bl_quantise_input(c, x, 0, q) == 1);
	assert_int_equal(bl_quantise_weights(c, x, 1, 4, q, s, NULL), 0);
	assert_true(s[0] == 1);
	SAYS(bl_quantise_weights(c, w, 1, 2, q, s, e) == -1, BL_INPUT, "bl_quantise_weights: w[0][1] is nan: every weight must be finite");
	SAYS(bl_quantise_weights(c, inf, 1, 1, q, s, e) == -1, BL_INPUT, "bl_quantise_weights: w[0][0] is infinite: every weight must be finite");
	SAYS(bl_quantise_weights(c, w, 0, 2, q, s, e) == -1, BL_INPUT, "bl_quantise_weights: a matrix of 0 x 2: legal from 1 x 1");
	assert_int_equal(bl_factor(0.25, &M, &shift, NULL), 0);
	assert_int_equal(bl_requantise(c, 20, M, shift), 5);
	assert_int_equal(bl_requantise(c, 2000, M, shift), 7);
	SAYS(bl_factor(-1, &M, &shift, e) == -1, BL_INPUT, "bl_factor: a factor of -1 has no multiplier and shift: legal 0..32767.75");
	assert_true(bl_scale(c) == 1);
	bl_config_free(c);
	c = tiny("readout.kind=stochastic", "readout.resolution=full", "readout.samples=3");
	assert_true(bl_scale(c) == (double)(1 << bl_config_number(c, BL_BITS, NULL)) / 3);
	bl_config_free(c);
}

static void tables(void **state)
{
	struct bl_config *c = tiny("nonideal.offset=400", NULL, NULL), *wide = tiny("readout.bits=6", NULL, NULL);
	int n = bl_config_number(c, BL_TILES, NULL) * bl_config_number(c, BL_CONVERTERS, NULL) * GM_SETS << bl_config_number(c, BL_BITS, NULL);
	struct bl_tables *t = bl_tables_make(c), *again, *taken;
	const int32_t *T = bl_tables_at(t, 0, 0, 0, NULL);
	int32_t *copy = malloc((size_t)n * sizeof(*copy));
	char path[] = "/tmp/bitline-lib-XXXXXX";
	int8_t w[1] = { 1 };

	(void)state;
	close(mkstemp(path));
	assert_int_equal(bl_tables_write(t, path, NULL), 0);
	again = bl_tables_read(c, path, NULL);
	assert_non_null(again);
	assert_memory_equal(bl_tables_at(again, 0, 0, 0, NULL), T, (size_t)n * sizeof(*T));
	memcpy(copy, T, (size_t)n * sizeof(*T));
	taken = bl_tables_take(c, copy, NULL);
	assert_memory_equal(bl_tables_at(taken, 0, 0, 0, NULL), T, (size_t)n * sizeof(*T));
	copy[1] = 1 << 23;
	SAYS(!bl_tables_take(c, copy, e), BL_INPUT, "bl_tables_take: tile 0, converter 0, set 0: T[1] is 8388608: legal -8388608..8388607");
	SAYS(!bl_tables_at(t, 0, 0, 4, e), BL_INPUT, "bl_tables_at: tile 0, converter 0, set 4: legal are tiles 0..0, converters 0..3, sets 0..3");
	SAYS(bl_tables_write(t, "/no/such/place", e) == -1 && (e_.text[0] = 0, 1), BL_ENVIRONMENT, "");
	SAYS(!bl_layer_new(wide, t, NULL, w, 1, 1, e) && strstr(e_.text, "bl_layer_new: tables of ") && strstr(e_.text, ": make them of this configuration") && (e_.text[0] = 0, 1), BL_INPUT, "");
	bl_config_free(c);
	c = load("configs/digital8.xml", NULL, NULL, NULL);
	SAYS(!bl_tables_read(c, path, e) && strstr(e_.text, "array.kind is \"digital\": a digital array has no thresholds to replace; set array.kind=analog") && (e_.text[0] = 0, 1), BL_INPUT, "");
	unlink(path);
	free(copy);
	bl_tables_free(t);
	bl_tables_free(again);
	bl_tables_free(taken);
	bl_config_free(c);
	bl_config_free(wide);
}

static void trees(void **state)
{
	struct bl_config *plain = tiny(NULL, NULL, NULL), *c = load("configs/edge64-asymmetric.xml", NULL, NULL, NULL), *less = load("configs/edge64-asymmetric.xml", "readout.bits=4", NULL, NULL);
	struct bl_tree *t = bl_tree_build(c, NULL, NULL);
	struct bl_converter *v = bl_converter_new(c, NULL, t, 0, 0, 0, NULL);
	struct bl_conversion r;
	char words[200];

	(void)state;
	assert_int_equal(bl_convert(v, bl_config_number(c, BL_BITS, NULL), 5 << bl_config_number(c, BL_GRID_BITS, NULL), &r, NULL), 0);
	assert_int_equal(r.value, 5);
	SAYS(bl_convert(v, 1, 0, &r, e) == -1, BL_INPUT, "bl_convert: bits is 1: legal 7..7");
	SAYS(!bl_tree_build(plain, NULL, e), BL_INPUT, "bl_tree_build: configuration tiny searches in one order: a tree is of readout.search=asymmetric");
	SAYS(!bl_machine_new(plain, NULL, t, e), BL_INPUT, "bl_machine_new: configuration tiny searches in one order: a tree is of readout.search=asymmetric");
	snprintf(words, sizeof(words), "bl_machine_new: a tree of %d bits for converters of 4: make it of this configuration", bl_config_number(c, BL_BITS, NULL));
	SAYS(!bl_machine_new(less, NULL, t, e), BL_INPUT, words);
	bl_converter_free(v);
	bl_tree_free(t);
	bl_config_free(plain);
	bl_config_free(c);
	bl_config_free(less);
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void tree_files(void **state)
{
	struct bl_config *c = load("configs/edge64-asymmetric.xml", NULL, NULL, NULL);
	char path[] = "/tmp/bitline-lib-XXXXXX", words[200];

	(void)state;
	close(mkstemp(path));
	write_file(path, "{\"bits\": 1, \"root\": 1, \"left\": [0, 0], \"right\": [0, 0]}");
	snprintf(words, sizeof(words), "'%s' is a tree of 1 bits, readout.bits is %d: legal is a tree of as many bits", path, bl_config_number(c, BL_BITS, NULL));
	SAYS(!bl_tree_read(c, path, e), BL_INPUT, words);
	unlink(path);
	bl_config_free(c);
}

static void converters(void **state)
{
	struct bl_config *c = tiny("nonideal.noise=700", "nonideal.seed=5", "array.tiles=2");
	struct bl_converter *v = bl_converter_new(c, NULL, NULL, 1, 1, 0, NULL);
	int bits = bl_config_number(c, BL_BITS, NULL), lanes = bl_config_number(c, BL_CONVERTERS, NULL), grid = bl_config_number(c, BL_GRID_BITS, NULL);
	struct bl_tables *t = bl_tables_make(c);
	const int32_t *T = bl_tables_at(t, 1, 1, 0, NULL);
	struct bl_conversion r;

	(void)state;
	assert_non_null(v);
	for (int i = 0; i < 200; i++) {
		int32_t level = (i % 9) << grid, real = level + ro_noise(700, 5, grid, (uint32_t)(lanes + 1), (uint64_t)i);
		int code = 0;

		while (code < (1 << bits) - 1 && real >= T[code + 1])
			code++;
		assert_int_equal(bl_convert(v, bits, level, &r, NULL), 0);
		assert_int_equal(r.code, code);
		assert_int_equal(r.steps, bits);
	}
	SAYS(bl_convert(v, 13, 0, &r, e) == -1, BL_INPUT, "bl_convert: bits is 13: legal 1..4");
	SAYS(bl_convert(v, bits, 1 << 23, &r, e) == -1, BL_INPUT, "bl_convert: the level is 8388608: legal -8388608..8388607");
	SAYS(!bl_converter_new(c, NULL, NULL, 0, lanes, 0, e) && (e_.text[0] = 0, 1), BL_INPUT, "");
	SAYS(bl_resolution(c, 0, e) == -1, BL_INPUT, "bl_resolution: 0 rows: legal 1..8");
	bl_tables_free(t);
	bl_converter_free(v);
	bl_config_free(c);
}

static void layers(void **state)
{
	struct bl_config *c = tiny("numbers.weight_code=ternary", "numbers.weight_bits=1", "numbers.input_bits=4"), *few = tiny("readout.bits=1", "readout.lsb=4095", "array.rows=8");
	int8_t w[3 * 7], x[7], wide[8 * 300] = { 0 };
	int32_t y[3], want[3];
	struct bl_layer *l;

	(void)state;
	for (int i = 0; i < 21; i++)
		w[i] = (int8_t)(i * 7 % 3 - 1);
	for (int i = 0; i < 7; i++)
		x[i] = (int8_t)(i * 5 % 15 - 7);
	l = bl_layer_new(c, NULL, NULL, w, 3, 7, NULL);
	assert_true(bl_layer_lossless(l));
	assert_int_equal(bl_layer_run(l, x, y, NULL), 0);
	bl_matmul(w, x, 3, 7, want);
	assert_memory_equal(y, want, sizeof(y));
	x[2] = 8;
	SAYS(bl_layer_run(l, x, y, e) == -1, BL_INPUT, "bl_layer_run: x[2] is 8: legal -8..7");
	w[8] = 2;
	SAYS(!bl_layer_new(c, NULL, NULL, w, 3, 7, e), BL_INPUT, "bl_layer_new: w[1][1] is 2: legal -1..1");
	SAYS(!bl_layer_new(c, NULL, NULL, w, 3, 0, e), BL_INPUT, "bl_layer_new: a matrix of 3 x 0: legal from 1 x 1");
	SAYS(!bl_layer_new(few, NULL, NULL, wide, 1, 2400, e) && strstr(e_.text, "bl_layer_new: an accumulator could reach ") && (e_.text[0] = 0, 1), BL_INPUT, "");
	bl_layer_free(l);
	bl_config_free(c);
	bl_config_free(few);
}

static int stop(void *ctx, const struct bl_output *event)
{
	(void)ctx, (void)event;
	return 1;
}

static void machines(void **state)
{
	struct bl_config *c = tiny("array.spares=2", NULL, NULL), *digital = load("configs/digital8.xml", NULL, NULL, NULL);
	struct bl_machine *m = bl_machine_new(c, NULL, NULL, NULL), *d = bl_machine_new(digital, NULL, NULL, NULL);
	const uint32_t end[8] = { 1 }, bad[8] = { 15 };
	struct bl_events events = { NULL, NULL, NULL, stop };
	struct bl_counts n;
	char words[200];

	(void)state;
	assert_int_equal(bl_machine_repair(m, 0, 1, 0, NULL), 0);
	assert_int_equal(bl_machine_repair(m, 0, 1, -1, NULL), 0);
	snprintf(words, sizeof(words), "bl_machine_repair: spare 2 of tile 0: the configuration has 2 spares in each of %d tiles, counted from 0", bl_config_number(c, BL_TILES, NULL));
	SAYS(bl_machine_repair(m, 0, 2, 0, e) == -1, BL_INPUT, words);
	SAYS(bl_machine_repair(m, 0, 1, 1024, e) == -1, BL_INPUT, "bl_machine_repair: position 1024: legal 0..1023, -1 for none");
	SAYS(bl_machine_break(m, "no/such", e) == -1 && (e_.text[0] = 0, 1), BL_INPUT, "");
	assert_int_equal(bl_machine_run(m, end, 1, NULL, 0, &events, &n, NULL), 0);
	assert_true(n.cycles > 0);
	assert_int_equal(n.stop, 0);
	SAYS(bl_machine_run(m, bad, 1, NULL, 0, NULL, &n, e) == -1 && strstr(e_.text, "error code 1") && (e_.text[0] = 0, 1), BL_INPUT, "");
	assert_int_equal(n.stop, 1);
	SAYS(bl_machine_break(m, "f", e) == -1, BL_INPUT, "bl_machine_break: 'f': this machine has run or has faults already; take a new one");
	SAYS(bl_machine_break(d, "f", e) == -1, BL_INPUT, "bl_machine_break: 'f' with array.kind \"digital\": only the behavioural view has faults; set array.kind=analog");
	bl_machine_free(m);
	bl_machine_free(d);
	bl_config_free(c);
	bl_config_free(digital);
}

static void images(void **state)
{
	char path[] = "/tmp/bitline-lib-XXXXXX", words[200];
	uint32_t *code;
	uint64_t *beats;
	size_t n;

	(void)state;
	close(mkstemp(path));
	snprintf(words, sizeof(words), "'%s': no instruction in it; take the file that bitline map wrote", path);
	SAYS(bl_program_read(path, &code, &n, e) == -1, BL_INPUT, words);
	assert_int_equal(bl_stream_read(path, &beats, &n, NULL), 0);
	assert_int_equal(n, 0);
	bl_free(beats);
	write_file(path, "12345678\001");
	snprintf(words, sizeof(words), "'%s': 9 bytes are no whole number of beats of 8 bytes each; take the file that bitline map wrote", path);
	SAYS(bl_stream_read(path, &beats, &n, e) == -1, BL_INPUT, words);
	write_file(path, "\001\002\003\004\005\006\007\010");
	assert_int_equal(bl_stream_read(path, &beats, &n, NULL), 0);
	assert_true(n == 1 && beats[0] == UINT64_C(0x0807060504030201));
	bl_free(beats);
	unlink(path);
}

static void models(void **state)
{
	struct bl_model *m = bl_model_load("models/story.safetensors", NULL);
	struct bl_config *c = load("configs/edge64.xml", NULL, NULL, NULL);
	struct bl_decoder_options floats = { 0 }, head = { .head = true }, codes = { .config = c, .seed = 1 };
	struct bl_decoder *f = bl_decoder_new(m, &floats, NULL), *q = bl_decoder_new(m, &codes, NULL);
	struct bl_linear l;
	int vocab = bl_model_number(m, BL_VOCABULARY, NULL), context = bl_model_number(m, BL_CONTEXT, NULL);
	double size = 0, error = 0;
	float *x, *y, *z;
	char words[200];

	(void)state;
	assert_true(f && q);
	assert_int_equal(bl_model_linear(m, "0.w2", &l, NULL), 0);
	x = calloc((size_t)l.in, sizeof(*x));
	y = calloc((size_t)l.out, sizeof(*y));
	z = calloc((size_t)l.out, sizeof(*z));
	for (int i = 0; i < l.in; i++)
		x[i] = sinf((float)i);
	assert_int_equal(bl_model_float(m, "0.w2", x, y, NULL), 0);
	assert_int_equal(bl_decoder_linear(f, "0.w2", x, z, NULL), 0);
	assert_memory_equal(y, z, (size_t)l.out * sizeof(*y));
	assert_int_equal(bl_decoder_linear(q, "0.w2", x, z, NULL), 0);
	for (int i = 0; i < l.out; i++) {
		size += y[i] * y[i];
		error += (y[i] - z[i]) * (y[i] - z[i]);
	}
	assert_true(error > 0 && error < 0.1 * size); /* of codes, not of floats, and near them */
	for (int i = 0; i < context; i++)
		assert_non_null(bl_decoder_step(f, 1, NULL));
	snprintf(words, sizeof(words), "bl_decoder_step: the sequence is full: this model takes %d tokens; begin a new one with bl_decoder_reset", context);
	SAYS(!bl_decoder_step(f, 1, e), BL_INPUT, words);
	bl_decoder_reset(f);
	assert_non_null(bl_decoder_step(f, 1, NULL));
	snprintf(words, sizeof(words), "bl_decoder_step: token -1: legal 0..%d", vocab - 1);
	SAYS(!bl_decoder_step(q, -1, e), BL_INPUT, words);
	SAYS(!bl_decoder_new(m, &head, e), BL_INPUT, "bl_decoder_new: tables, a tree or the head's read-out mean nothing in floats; add a configuration");
	SAYS(bl_model_number(m, (enum bl_model_number)9, e) == -1, BL_INPUT, "bl_model_number: 9 is no number of a model: legal are BL_LAYERS..BL_CONTEXT");
	SAYS(bl_model_linear(m, "0.w9", &l, e) == -1 && (e_.text[0] = 0, 1), BL_INPUT, "");
	SAYS(bl_model_float(m, "0.w9", x, y, e) == -1 && (e_.text[0] = 0, 1), BL_INPUT, "");
	SAYS(bl_decoder_linear(f, "0.w9", x, y, e) == -1 && (e_.text[0] = 0, 1), BL_INPUT, "");
	SAYS(!bl_model_load("configs/tiny.xml", e) && (e_.text[0] = 0, 1), BL_INPUT, "");
	free(x);
	free(y);
	free(z);
	bl_decoder_free(f);
	bl_decoder_free(q);
	bl_config_free(c);
	bl_model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(configurations), cmocka_unit_test(numbers), cmocka_unit_test(tables), cmocka_unit_test(trees), cmocka_unit_test(tree_files),
		cmocka_unit_test(converters), cmocka_unit_test(layers), cmocka_unit_test(machines), cmocka_unit_test(images), cmocka_unit_test(models),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
