/* The journal: cut at every byte, continued, and the tables are those of an uninterrupted run; what is not ours or damaged is refused and left alone.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#define SCRATCH_NAME "explore.jsonl"
#include "tests/unit/scratch.h"
#include "tests/unit/explore_fake.h"
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

enum { MOST = 1 << 20 };

static const char *const list[EXPLORE_AXES] = { "8,33", NULL, NULL, NULL, NULL, "sparse,packed", "area,latency" };
static const char *const wider[EXPLORE_AXES] = { "8,33,64", NULL, NULL, NULL, NULL, "dense,packed,sparse", "latency,area" };

static json_t *request(int tokens)
{
	return json_pack("{s:s, s:s, s:i}", "journal", "bitline explore", "model", "shapes:x", "tokens", tokens);
}

static struct explore_journal *reopen(int tokens, struct explore_points *p, const char *const lists[EXPLORE_AXES], struct explore_journal_found *found, struct err *e)
{
	json_t *fixed = request(tokens);
	struct explore_journal *j;

	assert_int_equal(explore_points_make(p, "configs/edge64.xml", NULL, 0, lists, e), 0);
	j = explore_journal_open(dir, fixed, p, found, e);
	json_decref(fixed);
	return j;
}

/* continues (or begins) and returns the table; counts what is costed anew */
static struct buf finish(const char *const lists[EXPLORE_AXES], struct explore_journal_found *found, size_t *costed)
{
	struct fake f = { .refuse = 4 };
	struct explore_model m = { fake_cost, &f };
	struct explore_points p;
	struct err e = { 0 };
	struct explore_journal *j = reopen(33, &p, lists, found, &e);
	struct buf csv;

	if (!j)
		fail_msg("%s", e.text);
	*costed = 0;
	for (size_t i = 0; i < p.n; i++)
		*costed += p.point[i].state == EXPLORE_OPEN;
	assert_int_equal(explore_run(&p, &m, 2, j, &e), 0);
	explore_journal_close(j);
	explore_front(&p);
	buf_init(&csv);
	explore_csv(&p, &csv);
	for (size_t i = 0; i < p.n; i++) { /* the last bit too */
		const struct system_cost *c = &p.point[i].result.cost;

		buf_addf(&csv, "%a %a %a %a\n", c->latency_ns, c->energy_nj, c->utilisation, c->converter_um2);
	}
	explore_points_release(&p);
	return csv;
}

static void put(const char *data, size_t len)
{
	struct err e = { 0 };

	unlink(path);
	assert_int_equal(file_write(path, data, len, &e), 0);
}

static void cut_at_every_byte(void **state)
{
	struct explore_journal_found found;
	struct buf whole, csv, again, after;
	size_t costed, all;
	struct err e = { 0 };

	(void)state;
	csv = finish(list, &found, &all);
	assert_int_equal(all, 6);
	assert_int_equal(found.points, 0);
	assert_false(found.cut);
	assert_int_equal(file_read(path, MOST, &whole, &e), 0);
	for (size_t len = 0; len <= whole.len; len++) {
		size_t lines = 0, end = 0;

		for (size_t i = 0; i < len; i++)
			if (whole.data[i] == '\n') {
				lines++;
				end = i + 1;
			}
		put(whole.data, len);
		again = finish(list, &found, &costed);
		assert_string_equal(again.data, csv.data);
		assert_int_equal(found.points, lines ? lines - 1 : 0);
		assert_int_equal(found.cut, end < len);
		assert_int_equal(costed, all - found.points);
		/* the file is whole again: nothing of the cut line stays */
		assert_int_equal(file_read(path, MOST, &after, &e), 0);
		assert_memory_equal(after.data, whole.data, end);
		assert_int_equal(after.len, whole.len);
		buf_release(&after);
		buf_release(&again);
	}
	buf_release(&whole);
	buf_release(&csv);
	unlink(path);
}

/* other lists over the same file: what is there is taken, whatever the order, and the shorter lists find all again */
static void other_lists(void **state)
{
	struct explore_journal_found found;
	size_t costed;
	struct buf a, b, c;

	(void)state;
	a = finish(list, &found, &costed);
	b = finish(wider, &found, &costed);
	assert_int_equal(found.points, 6);
	assert_int_equal(costed, 3 * 4 - 6);
	c = finish(list, &found, &costed);
	assert_int_equal(costed, 0);
	assert_string_equal(a.data, c.data);
	buf_release(&a);
	buf_release(&b);
	buf_release(&c);
	unlink(path);
}

static void refuse(const char *data, size_t len, int tokens, const char *text)
{
	struct explore_journal_found found;
	struct explore_points p;
	struct err e = { 0 };
	struct buf after;

	put(data, len);
	assert_null(reopen(tokens, &p, list, &found, &e));
	assert_int_equal(e.code, ERR_INPUT);
	if (!strstr(e.text, text))
		fail_msg("%s", e.text);
	assert_null(strchr(e.text, '\n'));
	explore_points_release(&p);
	e.code = ERR_NONE;
	assert_int_equal(file_read(path, MOST, &after, &e), 0);
	assert_int_equal(after.len, len);
	assert_memory_equal(after.data, data, len);
	buf_release(&after);
}

static void refused_and_left_alone(void **state)
{
	static const char *const foreign[] = { "rows,cols\n1,2\n", "\n", "no newline", "{}\n", "[1,2]\n", "{\"journal\":\"of another program\"}\n", "\xff\xfe\n", "{\"journal\":\"bitline explore\",\"model\":\"shapes:x\",\"tokens\":34}" };
	struct explore_journal_found found;
	struct buf whole, csv, bad;
	struct err e = { 0 };
	size_t costed, line;
	json_t *parsed;

	(void)state;
	for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++)
		refuse(foreign[i], strlen(foreign[i]), 33, "explore.jsonl' is no journal of bitline explore; name another --out, or remove it");
	unlink(path);
	csv = finish(list, &found, &costed);
	buf_release(&csv);
	assert_int_equal(file_read(path, MOST, &whole, &e), 0);
	refuse(whole.data, whole.len, 7, "explore.jsonl' is of another exploration: tokens 33 there, 7 here; name another --out, or remove it to begin again");
	/* every byte of a finished line lost: damage, not an interruption; but a lost digit of a number is a number */
	line = strcspn(whole.data, "\n") + 1;
	for (size_t at = line; whole.data[at] != '\n'; at++) {
		if (!strchr("{}:,", whole.data[at]))
			continue;
		buf_init(&bad);
		buf_add(&bad, whole.data, whole.len);
		bad.data[at] = '!';
		parsed = json_loadb(bad.data + line, strcspn(bad.data + line, "\n"), 0, NULL);
		if (!parsed)
			refuse(bad.data, bad.len, 33, "no finished point; remove this line, or the file to begin again");
		json_decref(parsed); /* a comma in a text */
		buf_release(&bad);
	}
	buf_init(&bad);
	buf_add(&bad, whole.data, line);
	buf_adds(&bad, "{\"point\":\"rows=8\",\"latency_ns\":1.0}\n"); /* fields are missing */
	refuse(bad.data, bad.len, 33, "':2: no finished point");
	buf_release(&bad);
	buf_release(&whole);
	unlink(path);
}

static void another_model(void **state)
{
	static const char other[] = "{\"journal\":\"bitline explore\",\"model\":\"shapes:y\",\"tokens\":33}\n";

	(void)state;
	refuse(other, strlen(other), 33, "explore.jsonl' is of another exploration: model 'shapes:y' there, 'shapes:x' here; name another --out, or remove it to begin again");
	unlink(path);
}

static void one_at_a_time(void **state)
{
	struct explore_journal_found found;
	struct explore_points p, q;
	struct err e = { 0 };
	struct explore_journal *j = reopen(33, &p, list, &found, &e);

	(void)state;
	assert_non_null(j);
	assert_null(reopen(33, &q, list, &found, &e));
	assert_int_equal(e.code, ERR_ENV);
	assert_non_null(strstr(e.text, "is in use by another exploration; wait for it, or name another --out"));
	explore_journal_close(j);
	explore_points_release(&p);
	explore_points_release(&q);
	unlink(path);
}

static void no_place(void **state)
{
	struct explore_journal_found found;
	struct explore_points p;
	struct err e = { 0 };
	json_t *fixed = request(33);

	(void)state;
	assert_int_equal(explore_points_make(&p, "configs/edge64.xml", NULL, 0, list, &e), 0);
	assert_null(explore_journal_open("/dev/null", fixed, &p, &found, &e));
	assert_int_equal(e.code, ERR_ENV);
	e.code = ERR_NONE;
	assert_null(explore_journal_open("/proc/self", fixed, &p, &found, &e)); /* a folder in which nobody can make a file */
	assert_int_equal(e.code, ERR_ENV);
	assert_non_null(strstr(e.text, "cannot create '/proc/self/explore.jsonl'"));
	explore_points_release(&p);
	json_decref(fixed);
}

/* a full disk (here: a limit on the size of files): the message says how to go on, and going on works */
static void no_room(void **state)
{
	struct fake f = { 0 };
	struct explore_model m = { fake_cost, &f };
	struct explore_journal_found found;
	struct explore_points p;
	struct err e = { 0 };
	struct explore_journal *j = reopen(33, &p, list, &found, &e);
	struct rlimit old, few;
	struct buf csv;
	size_t costed;

	(void)state;
	assert_non_null(j);
	getrlimit(RLIMIT_FSIZE, &old);
	signal(SIGXFSZ, SIG_IGN);
	few = (struct rlimit){ 2000, old.rlim_max };
	setrlimit(RLIMIT_FSIZE, &few);
	assert_int_equal(explore_run(&p, &m, 3, j, &e), -1);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(e.code, ERR_ENV);
	assert_non_null(strstr(e.text, "make room and run again, what is finished is kept"));
	explore_journal_close(j);
	explore_points_release(&p);
	csv = finish(list, &found, &costed);
	assert_true(found.cut);
	assert_true(costed > 0 && costed < 6);
	buf_release(&csv);
	unlink(path);
}

/* a file that may grow but not shrink */
static void no_cutting(void **state)
{
	static const char half[] = "{\"journal\":\"bitline explore\",\"model\":\"shapes:x\",\"tokens\":33}\n{\"po";
	struct explore_journal_found found;
	struct explore_points p;
	struct err e = { 0 };
	char link[40];
	int fd = memfd_create("journal", MFD_ALLOW_SEALING);

	(void)state;
	assert_int_equal(write(fd, half, strlen(half)), strlen(half));
	assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	assert_int_equal(symlink(link, path), 0);
	assert_null(reopen(33, &p, list, &found, &e));
	assert_int_equal(e.code, ERR_ENV);
	assert_non_null(strstr(e.text, "explore.jsonl': Operation not permitted; make it writable"));
	assert_non_null(strstr(e.text, "cannot shorten '"));
	explore_points_release(&p);
	close(fd);
	unlink(path);
}

static void no_file(void **state)
{
	struct explore_journal_found found;
	struct explore_points p;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(symlink("/dev/full", path), 0);
	assert_null(reopen(33, &p, list, &found, &e));
	assert_int_equal(e.code, ERR_INPUT);
	assert_non_null(strstr(e.text, "is no journal of bitline explore"));
	explore_points_release(&p);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut_at_every_byte), cmocka_unit_test(other_lists), cmocka_unit_test(refused_and_left_alone), cmocka_unit_test(another_model),
		cmocka_unit_test(one_at_a_time), cmocka_unit_test(no_place), cmocka_unit_test(no_room), cmocka_unit_test(no_cutting), cmocka_unit_test(no_file),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
