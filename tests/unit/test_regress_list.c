/* Lists of cases: words, values, ranges, products, commands; every message with its place.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tests/unit/regress_scratch.h"

/* the commands of a list, a line each, the scratch directory as @ */
static void expect(const char *text, const char *commands)
{
	struct regress_list l;
	struct buf b;
	char *p;

	read_list(&l, NULL, text);
	buf_init(&b);
	for (size_t i = 0; i < l.n; i++) {
		regress_command(&l.c[i], &b);
		buf_adds(&b, "\n");
	}
	while ((p = strstr(b.data, dir))) {
		*p = '@';
		memmove(p + 1, p + strlen(dir), strlen(p + strlen(dir)) + 1);
	}
	assert_string_equal(b.data, commands);
	buf_release(&b);
	regress_list_release(&l);
}

static void one_case(void **state)
{
	(void)state;
	expect("config=c.xml model=w.npy\n", "bitline cosim --config @/c.xml --matrix @/w.npy\n");
	expect("model=m.bin config=/abs/c.xml", "bitline cosim --config /abs/c.xml --model @/m.bin\n");
	expect("config=c.xml model=shapes:bit1m layers=0.wq+0.wk seed=7", "bitline cosim --config @/c.xml --model shapes:bit1m --layers 0.wq+0.wk --seed 7\n");
	expect("\n  # words\n\tconfig=c.xml\tmodel=w.npy # and more\r\n", "bitline cosim --config @/c.xml --matrix @/w.npy\n");
	expect("config=c.xml model=w.npy bad=auto faults=f rtl=d thresholds=t tree=e input=x.npy",
	       "bitline cosim --config @/c.xml --matrix @/w.npy --input @/x.npy --thresholds @/t --faults @/f --bad auto --tree @/e --rtl @/d\n");
	expect("config=c.xml model=m generate=3 tokenizer=t prompt=\"a, b\" temperature=0.5 host-head=yes no-probes=no",
	       "bitline cosim --config @/c.xml --model @/m --tokenizer @/t --generate 3 --prompt 'a, b' --temperature 0.5 --host-head\n");
	expect("config=c.xml model=m prompt=--x", "bitline cosim --config @/c.xml --model @/m --prompt=--x\n");
	expect("config=c.xml model=m text=t tokenizer=k tensor=n stall=0.5 engine=tlm placement=dense optimise=area",
	       "bitline cosim --config @/c.xml --model @/m --tensor n --placement dense --optimise area --text @/t --tokenizer @/k --stall 0.5 --engine tlm\n");
}

static void products(void **state)
{
	(void)state;
	expect("config=a,b model=w.npy seed=1..2\n", "bitline cosim --config @/a --matrix @/w.npy --seed 1\nbitline cosim --config @/a --matrix @/w.npy --seed 2\n"
	       "bitline cosim --config @/b --matrix @/w.npy --seed 1\nbitline cosim --config @/b --matrix @/w.npy --seed 2\n");
	/* the last word varies fastest, whatever the order in the command */
	expect("seed=8,1..2,5..5 model=w.npy config=a,b", "bitline cosim --config @/a --matrix @/w.npy --seed 8\nbitline cosim --config @/b --matrix @/w.npy --seed 8\n"
	       "bitline cosim --config @/a --matrix @/w.npy --seed 1\nbitline cosim --config @/b --matrix @/w.npy --seed 1\n"
	       "bitline cosim --config @/a --matrix @/w.npy --seed 2\nbitline cosim --config @/b --matrix @/w.npy --seed 2\n"
	       "bitline cosim --config @/a --matrix @/w.npy --seed 5\nbitline cosim --config @/b --matrix @/w.npy --seed 5\n");
	expect("config=c set=array.rows=16..17 set=readout.kind=sar,flash model=w.npy",
	       "bitline cosim --config @/c -s array.rows=16 -s readout.kind=sar --matrix @/w.npy\nbitline cosim --config @/c -s array.rows=16 -s readout.kind=flash --matrix @/w.npy\n"
	       "bitline cosim --config @/c -s array.rows=17 -s readout.kind=sar --matrix @/w.npy\nbitline cosim --config @/c -s array.rows=17 -s readout.kind=flash --matrix @/w.npy\n");
	/* quotes hold commas and blanks; dots are a range where numbers are wanted only */
	expect("config=\"a b,c\",d.xml model=shapes:x layers=\"0.wq,0.w2\",1..2",
	       "bitline cosim --config '@/a b,c' --model shapes:x --layers 0.wq,0.w2\nbitline cosim --config '@/a b,c' --model shapes:x --layers 1..2\n"
	       "bitline cosim --config @/d.xml --model shapes:x --layers 0.wq,0.w2\nbitline cosim --config @/d.xml --model shapes:x --layers 1..2\n");
}

static void labels(void **state)
{
	struct regress_list l;
	struct buf b;

	(void)state;
	read_list(&l, NULL, "config=../c.xml model=w.npy tensor=t set=array.rows=16 seed=3 tokens=2\n");
	buf_init(&b);
	regress_config_label(&l.c[0], &b);
	buf_adds(&b, "|");
	regress_model_label(&l.c[0], &b);
	buf_adds(&b, "|");
	regress_rest_label(&l.c[0], &b);
	assert_string_equal(b.data, "../c.xml array.rows=16|w.npy t|tokens=2 seed=3");
	assert_string_equal(regress_value(&l.c[0], REGRESS_SEED), "3");
	assert_null(regress_value(&l.c[0], REGRESS_STALL));
	buf_release(&b);
	regress_list_release(&l);
}

/* the text after the path */
static void refused(const char *text, const char *message)
{
	struct regress_list l;
	struct err e = { 0 };

	assert_int_equal(regress_list_read(&l, put("test.list", text), &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_memory_equal(e.text, at("test.list"), strlen(at("test.list")));
	assert_string_equal(e.text + strlen(at("test.list")), message);
}

static void messages(void **state)
{
	struct err e = { 0 };
	struct regress_list l;

	(void)state;
	refused("", ": no case in it; write lines as config=tiny.xml model=W.npy seed=1..3");
	refused("# nothing\n\n", ": no case in it; write lines as config=tiny.xml model=W.npy seed=1..3");
	refused("config=c model", ":1: word 'model' has no '='; write KEY=VALUES");
	refused("\nconfig=c modle=m", ":2: unknown key 'modle'; did you mean 'model'");
	refused("config=c wherever=m", ":1: unknown key 'wherever'; legal: config, set, model, tensor, layers, placement, optimise, text, tokenizer, generate, prompt, temperature, host-head, "
		"tokens, seed, stall, input, thresholds, faults, bad, tree, engine, rtl, no-probes");
	refused("config=c model=m seed=1 seed=2", ":1: key 'seed' stands twice in a line; write seed=A,B");
	refused("config=c model=m seed=", ":1: seed has an empty value; write seed=VALUE, or \"...\" around a comma");
	refused("config=c model=m,", ":1: model has an empty value; write model=VALUE, or \"...\" around a comma");
	refused("config=c model=m no-probes=1", ":1: no-probes is '1': legal yes, no");
	refused("config=c model=m seed=x", ":1: seed is 'x', no whole number and no range A..B: legal 0..2147483647");
	refused("config=c model=m seed=-1", ":1: seed is '-1', no whole number and no range A..B: legal 0..2147483647");
	refused("config=c model=m seed=1..", ":1: seed is '1..', no whole number and no range A..B: legal 0..2147483647");
	refused("config=c model=m seed=9999999999999999999", ":1: seed is '9999999999999999999', no whole number and no range A..B: legal 0..2147483647");
	refused("config=c model=m tokens=0", ":1: tokens is '0', out of range: legal 1..1000000");
	refused("config=c model=m seed=1..2147483648", ":1: seed is '1..2147483648', out of range: legal 0..2147483647");
	refused("config=c model=m seed=5..1", ":1: seed counts down, '5..1'; write 1..5");
	refused("config=c model=m set=array.rows=9..8", ":1: set counts down, '9..8'; write 8..9");
	refused("config=c model=m set=8", ":1: set=8 names no field; write set=array.rows=16,33");
	refused("config=c model=m set==8", ":1: set==8 names no field; write set=array.rows=16,33");
	refused("config=c model=m set=a.b=1 set=a.b=2", ":1: set=a.b= stands twice in a line; write set=a.b=A,B");
	refused("config=\"c model=m\n", ":1: word 'config=c model=m' begins \" and does not end it in this line; add \"");
	refused("config=c\x01 model=m\n", ":1: byte 0x01; a list is plain text");
	refused("model=m", ":1: no configuration; add config=FILE");
	refused("config=c", ":1: nothing to run; add model=FILE, model=W.npy or model=shapes:NAME");
	refused("config=c model=m text=t", ":1: text without a tokenizer; add tokenizer=FILE");
	refused("config=c model=m generate=1", ":1: generate without a tokenizer; add tokenizer=FILE");
	refused("config=c model=m seed=1..100000\nconfig=c model=m", ":2: this line makes 1 cases, 100001 with those above; legal up to 100000: take fewer values, or divide the list");
	refused("config=c model=m seed=0..2147483647 tokens=1..1000000 set=a.b=0..999999999999999999",
		":1: this line makes 2.147483648e+33 cases, 2.147483648e+33 with those above; legal up to 100000: take fewer values, or divide the list");
	assert_int_equal(regress_list_read(&l, at("none.list"), &e), -1);
	assert_non_null(strstr(e.text, "none.list': No such file or directory"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_case, set_up, tear_down),
		cmocka_unit_test_setup_teardown(products, set_up, tear_down),
		cmocka_unit_test_setup_teardown(labels, set_up, tear_down),
		cmocka_unit_test_setup_teardown(messages, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
