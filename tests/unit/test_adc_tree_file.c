/* adc: search trees as files: what is written is read back; what is no search tree is refused by node.
 * SPDX-License-Identifier: Apache-2.0 */
#include "adc/tree.h"
#include "common/prng.h"
#define SCRATCH_NAME "t.json"
#include "tests/unit/scratch.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void put(const char *text)
{
	struct err e = { 0 };

	assert_int_equal(file_write(path, text, strlen(text), &e), 0);
}

static void round_trip(void **state)
{
	uint64_t w[256];
	struct prng p;

	(void)state;
	prng_init(&p, 5);
	for (int bits = 1; bits <= 8; bits++) {
		struct tree t, u;
		struct err e = { 0 };
		struct buf text;

		for (int i = 0; i < 1 << bits; i++)
			w[i] = (uint64_t)prng_range(&p, 0, 1000);
		assert_int_equal(tree_build(bits, w, 0, &t, &e), 0);
		buf_init(&text);
		tree_print(&t, &text);
		assert_int_equal(file_write(path, text.data, text.len, &e), 0);
		buf_release(&text);
		assert_int_equal(tree_read(path, &u, &e), 0);
		assert_int_equal(u.bits, t.bits);
		assert_int_equal(u.root, t.root);
		assert_memory_equal(u.left, t.left, sizeof(t.left));
		assert_memory_equal(u.right, t.right, sizeof(t.right));
	}
}

static void expect(const char *text, const char *message)
{
	struct err e = { 0 };
	struct tree t;
	char want[600];

	put(text);
	snprintf(want, sizeof(want), "'%s'%s", path, message + strlen("'FILE'"));
	assert_int_equal(tree_read(path, &t, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_string_equal(e.text, want);
}

static void refused(void **state)
{
	(void)state;
	/* two bits: nodes 1..3, codes 0..3 */
	put("{\"bits\":2,\"root\":2,\"left\":[0,0,1,0],\"right\":[0,0,3,0]}");
	assert_int_equal(tree_read(path, &(struct tree){ 0 }, &(struct err){ 0 }), 0);
	expect("{\"bits\":2,\"root\":2,\"left\":[0,0,1,0],\"right\":[0,0,0,0]}", "'FILE': node 2 has 0 on its right, where codes 2..3 are left: legal is a node 3..3");
	expect("{\"bits\":2,\"root\":2,\"left\":[0,0,3,0],\"right\":[0,0,3,0]}", "'FILE': node 2 has 3 on its left, where codes 0..1 are left: legal is a node 1..1");
	expect("{\"bits\":2,\"root\":2,\"left\":[0,0,2,0],\"right\":[0,0,3,0]}", "'FILE': node 2 has 2 on its left, where codes 0..1 are left: legal is a node 1..1"); /* a loop */
	expect("{\"bits\":2,\"root\":2,\"left\":[0,0,1,1],\"right\":[0,0,3,0]}", "'FILE': node 3 has 1 on its left, where code 2 alone is left: legal 0");
	expect("{\"bits\":2,\"root\":0,\"left\":[0,0,1,0],\"right\":[0,0,3,0]}", "'FILE': \"root\" is 0: legal 1..3; write the file as bitline adc --tree --out does");
	expect("{\"bits\":2,\"root\":2,\"left\":[0,0,1,0],\"right\":[0,0,4,0]}", "'FILE': \"right\" of node 2 is 4: legal 0..3; write the file as bitline adc --tree --out does");
	expect("{\"bits\":2,\"root\":2,\"left\":[1,0,1,0],\"right\":[0,0,3,0]}", "'FILE': \"left\" of node 0 is 1: legal 0..0; write the file as bitline adc --tree --out does");
	expect("{\"bits\":2,\"root\":2,\"left\":[0,0,1,-1],\"right\":[0,0,3,0]}", "'FILE': \"left\" of node 3 is -1: legal 0..3; write the file as bitline adc --tree --out does");
	expect("{\"bits\":2,\"root\":2.5,\"left\":[0,0,1,0],\"right\":[0,0,3,0]}", "'FILE': \"root\" is no whole number: legal 1..3; write the file as bitline adc --tree --out does");
	expect("{\"bits\":2,\"root\":2,\"left\":[0,0,1],\"right\":[0,0,3,0]}", "'FILE': \"left\" is no list of 4 numbers, one for each node of 2 bits and a 0 in front");
	expect("{\"bits\":2,\"root\":2,\"left\":[0,0,1,0]}", "'FILE': \"right\" is no list of 4 numbers, one for each node of 2 bits and a 0 in front");
	expect("{\"bits\":9}", "'FILE': \"bits\" is 9: legal 1..8; write the file as bitline adc --tree --out does");
	expect("{\"bits\":18446744073709551617}", "'FILE', line 1: too big integer near '18446744073709551617'; a search tree is JSON as bitline adc --tree --out writes it");
	expect("[]", "'FILE': \"bits\" is no whole number: legal 1..8; write the file as bitline adc --tree --out does");
	expect("{\"bits\":1,\"bits\":2}", "'FILE', line 1: duplicate object key near '\"bits\"'; a search tree is JSON as bitline adc --tree --out writes it");
	expect("", "'FILE', line 1: '[' or '{' expected near end of file; a search tree is JSON as bitline adc --tree --out writes it");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(round_trip), cmocka_unit_test(refused) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
