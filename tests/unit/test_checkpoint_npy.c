/* .npy: every type, headers as numpy writes them, hostile files.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "checkpoint/npy.h"
#include "common/file.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCRATCH_NAME "a.npy"
#include "tests/unit/scratch.h"

static int load(struct npy *a, int version, const char *dict, const void *data, size_t n, struct err *e)
{
	struct err io = { 0 };
	uint32_t len = (uint32_t)strlen(dict);
	struct buf b;

	buf_init(&b);
	buf_add(&b, "\x93NUMPY", 6);
	buf_add(&b, (char[]){ (char)version, 0 }, 2);
	buf_add(&b, &len, version == 1 ? 2 : 4);
	buf_adds(&b, dict);
	buf_add(&b, data, n);
	assert_int_equal(file_write(path, b.data, b.len, &io), 0);
	buf_release(&b);
	return npy_read(a, path, e);
}

static void every_type(void **state)
{
	static const struct { const char *descr; int bytes, is_float; uint8_t data[8]; double want; } cases[] = {
		{ "|i1", 1, 0, { 0xfd }, -3 }, { "|u1", 1, 0, { 0xfd }, 253 }, { "<i2", 2, 0, { 0xd4, 0xfe }, -300 }, { "<u2", 2, 0, { 0xd4, 0xfe }, 65236 },
		{ "<i4", 4, 0, { 0xff, 0xff, 0xff, 0x80 }, -2130706433 }, { "<u4", 4, 0, { 0xff, 0xff, 0xff, 0x80 }, 2164260863.0 },
		{ "<i8", 8, 0, { 0, 0, 0, 0, 0, 0, 0xe0, 0xff }, -0x1p53 }, { "<f2", 2, 1, { 0x00, 0xc5 }, -5 }, { "<f4", 4, 1, { 0, 0, 0x05, 0x42 }, 33.25 },
		{ "<f8", 8, 1, { 0, 0, 0, 0, 0, 0xa0, 0x40, 0xc0 }, -33.25 },
	};
	struct npy a;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = { 0 };
		char dict[120], data[24];

		snprintf(dict, sizeof(dict), "{'descr': '%s', 'fortran_order': False, 'shape': (3,), }  \n", cases[i].descr);
		for (int k = 0; k < 3; k++)
			memcpy(data + k * cases[i].bytes, cases[i].data, (size_t)cases[i].bytes);
		assert_int_equal(load(&a, 1 + (int)(i % 2), dict, data, 3 * (size_t)cases[i].bytes, &e), 0);
		assert_int_equal(a.n_dims, 1);
		assert_int_equal(a.rows, 1);
		assert_int_equal(a.cols, 3);
		assert_int_equal(a.is_float, cases[i].is_float);
		for (int k = 0; k < 3; k++)
			assert_true(a.data[k] == cases[i].want);
		npy_release(&a);
	}
}

static void hostile_files(void **state)
{
#define D(descr, order, shape) "{'descr': " descr ", 'fortran_order': " order ", 'shape': " shape ", }\n"
	static const struct { const char *dict; size_t n; const char *words; } cases[] = {
		{ D("'<i4'", "False", "(2, 1)"), 7, "asks for exactly 8" }, { D("'<i4'", "False", "(2, 1)"), 9, "asks for exactly 8" },
		{ D("'<i4'", "True", "(2, 1)"), 8, "fortran_order" }, { D("'>i4'", "False", "(2, 1)"), 8, "descr is '>i4'" },
		{ D("'<c8'", "False", "(1,)"), 8, "descr" }, { D("'|O'", "False", "(1,)"), 8, "descr" }, { D("'<i4", "False", "(2,)"), 8, "descr" },
		{ D("[('a', '<i4')]", "False", "(2,)"), 8, "descr" }, { D("'<i4'", "False", "(1, 2, 1)"), 8, "more than 2" },
		{ D("'<i4'", "False", "()"), 4, "0 dimensions" }, { D("'<i4'", "False", "(0, 2)"), 0, "dimension 0" },
		{ D("'<i4'", "False", "(-2,)"), 8, "whole number" }, { D("'<i4'", "False", "(2 1)"), 8, "','" }, { D("'<i4'", "False", "2"), 8, "'('" },
		{ D("'<i4'", "False", "(9223372036854775808,)"), 8, "beyond" },
		{ D("'<i4'", "False", "(4294967296, 4294967296)"), 0, "overflows" }, { D("'<i4'", "False", "(4611686018427387904, 1)"), 0, "overflows" },
		{ D("'<i8'", "False", "(1,)"), 8, "legal -2^53" }, { "{'descr': '<i4', 'shape': (2,)}", 8, "each of" },
		{ "{'descr': '<i4', 'descr': '<i4', 'fortran_order': False, 'shape': (2,)}", 8, "each of" },
		{ "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), 'x': 1}", 8, "each of" },
		{ "{'descr': '<i4', 'fortran_order': False, 'shape': (2,)} x", 8, "each of" }, { "", 8, "'{'" },
		{ "{'descr': '<i4' 'fortran_order': False, 'shape': (2,)}", 8, "','" },
		{ "{'descr': '<i4', 'fortran_order': False, 'shape': (2", 8, "','" },
	};
	static const char data[9] = { -1, 1, 1, 1, 1, 1, 1, 0x7f };
	struct npy a;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = { 0 };

		assert_int_equal(load(&a, 1, cases[i].dict, data, cases[i].n, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		if (!strstr(e.text, cases[i].words))
			fail_msg("no '%s' in '%s'", cases[i].words, e.text);
		assert_null(a.data);
	}
}

static void hostile_prefixes(void **state)
{
	static const char whole[] = "\x93NUMPY\x02\x00\xff\xff\xff\xff{'descr'";
	struct err io = { 0 };
	struct npy a;

	(void)state;
	for (size_t n = 0; n < sizeof(whole); n++) {
		struct err e = { 0 };

		assert_int_equal(file_write(path, whole, n, &io), 0);
		assert_int_equal(npy_read(&a, path, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		assert_non_null(strstr(e.text, n < 12 ? "no .npy" : "header length is 4294967295"));
	}
	for (int version = 0; version < 5; version += version ? 3 : 4) {
		struct err e = { 0 };

		assert_int_equal(load(&a, version, "{}", "", 0, &e), -1);
		assert_non_null(strstr(e.text, "version"));
	}
}

static void written_is_read(void **state)
{
	static const int shapes[][2] = { { 1, 1 }, { 3, 7 }, { 33, 1 }, { 1, 33 }, { 65, 33 } };
	int32_t v[65 * 33];
	struct npy a;
	struct buf b;

	(void)state;
	for (int i = 0; i < 65 * 33; i++)
		v[i] = (int32_t)((uint32_t)i * 2654435761u);
	for (size_t k = 0; k < sizeof(shapes) / sizeof(*shapes); k++) {
		struct err e = { 0 };

		assert_int_equal(npy_write_i32(path, v, shapes[k][0], shapes[k][1], &e), 0);
		assert_int_equal(file_read(path, 1 << 20, &b, &e), 0);
		assert_int_equal((b.len - 4 * (size_t)shapes[k][0] * (size_t)shapes[k][1]) % 64, 0);
		buf_release(&b);
		assert_int_equal(npy_read(&a, path, &e), 0);
		assert_int_equal(a.n_dims, 2);
		assert_int_equal(a.rows, shapes[k][0]);
		assert_int_equal(a.cols, shapes[k][1]);
		for (int i = 0; i < shapes[k][0] * shapes[k][1]; i++)
			assert_true(a.data[i] == v[i]);
		npy_release(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type), cmocka_unit_test(hostile_files), cmocka_unit_test(hostile_prefixes), cmocka_unit_test(written_is_read),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
