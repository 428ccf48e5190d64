/* Story grammar. Oracles: hand calculation, enumeration of small grammars, and statistics of many written stories.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "common/mem.h"
#include "train/grammar_parts.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STORIES = 3000 };

static struct grammar *read_text(const char *text)
{
	struct err e = { 0 };
	struct grammar *g = grammar_read(text, strlen(text), "g", &e);

	if (!g)
		fail_msg("%s", e.text);
	return g;
}

static struct grammar *builtin(void)
{
	struct err e = { 0 };
	struct grammar *g = grammar_read(grammar_builtin, grammar_builtin_len, "stories.grammar", &e);

	if (!g)
		fail_msg("%s", e.text);
	return g;
}

static const char small[] = "# two draws, one inside a choice, weights, brackets, capitals, rules in fields\n"
			    "who: name | he\n"
			    "\t3: Tom | he\n"
			    "\tAmy | she\n"
			    "\tSam | he\n"
			    "pet: a | name\n"
			    "\ta {big} cat | cat\n"
			    "\t2: an owl | owl\n"
			    "big = big | 4: small\n"
			    "story =\n"
			    "\t2: {=who} Once {who.he} (ran|hid|2: sat): {who.name}. {end}\n"
			    "\t{=pet} Here is {pet.a}. The {pet.name} (naps|sings).\n"
			    "end = {^who.he} was {mood}. | {=pet} {^pet.a}, {pet.name}.\n"
			    "mood = sad | glad\n";

/* all texts of `small` and their probabilities, by hand */
static int enumerate(char text[][80], double *p)
{
	static const char *const name[] = { "Tom", "Amy", "Sam" }, *const he[] = { "he", "she", "he" }, *const He[] = { "He", "She", "He" }, *const verb[] = { "ran", "hid", "sat" },
		*const pet[] = { "a big cat", "a small cat", "an owl" }, *const Pet[] = { "A big cat, cat.", "A small cat, cat.", "An owl, owl." }, *const kind[] = { "cat", "cat", "owl" },
		*const does[] = { "naps", "sings" }, *const mood[] = { "sad", "glad" };
	static const double p_name[] = { 0.6, 0.2, 0.2 }, p_verb[] = { 0.25, 0.25, 0.5 };
	const double p_pet[] = { 1. / 3 / 5, 1. / 3 * 4 / 5, 2. / 3 };
	int n = 0;

	for (int w = 0; w < 3; w++)
		for (int v = 0; v < 3; v++) {
			for (int m = 0; m < 2; m++, n++) {
				sprintf(text[n], "Once %s %s: %s. %s was %s.", he[w], verb[v], name[w], He[w], mood[m]);
				p[n] = 2. / 3 * p_name[w] * p_verb[v] / 2 / 2;
			}
			for (int t = 0; t < 3; t++, n++) {
				sprintf(text[n], "Once %s %s: %s. %s", he[w], verb[v], name[w], Pet[t]);
				p[n] = 2. / 3 * p_name[w] * p_verb[v] / 2 * p_pet[t];
			}
		}
	for (int t = 0; t < 3; t++)
		for (int d = 0; d < 2; d++, n++) {
			sprintf(text[n], "Here is %s. The %s %s.", pet[t], kind[t], does[d]);
			p[n] = 1. / 3 * p_pet[t] / 2;
		}
	return n;
}

static void small_by_hand(void **state)
{
	struct grammar *g = read_text(small);
	char text[60][80];
	double p[60], sum = 0, entropy = 0, length = 0, mean;
	int n = enumerate(text, p), derivations, seen[60] = { 0 };
	struct buf b;

	(void)state;
	assert_int_equal(n, 51);
	for (int i = 0; i < n; i++) {
		double log_p = grammar_log_probability(g, text[i], strlen(text[i]), &derivations);

		if (derivations != 1 || fabs(log_p - log(p[i])) > 1e-12)
			fail_msg("'%s': %d derivations, ln P %g, expected %g", text[i], derivations, log_p, log(p[i]));
		sum += p[i];
		entropy -= p[i] * log(p[i]);
		length += p[i] * (double)strlen(text[i]);
	}
	assert_true(fabs(sum - 1) < 1e-12);
	assert_true(fabs(grammar_entropy(g, &mean) - entropy) < 1e-12);
	assert_true(fabs(mean - length) < 1e-10);
	/* the writer: only these texts, each as often as it should come */
	buf_init(&b);
	for (int k = 0; k < 20000; k++) {
		int i = 0;

		buf_clear(&b);
		grammar_write(g, 5, (uint64_t)k, &b);
		while (i < n && strcmp(text[i], b.data))
			i++;
		if (i == n)
			fail_msg("not of this grammar: '%s'", b.data);
		seen[i]++;
	}
	for (int i = 0; i < n; i++)
		if (fabs(seen[i] - 20000 * p[i]) > 5 * sqrt(20000 * p[i] * (1 - p[i])))
			fail_msg("'%s' came %d times, expected %g", text[i], seen[i], 20000 * p[i]);
	buf_release(&b);
	grammar_free(g);
}

static void no_story(void **state)
{
	static const char *const text[] = { "", "Once", "Once he ran: Amy. He was sad.", "Once she ran: Tom. She was sad.", "Once he ran: Tom. She was sad.", "Once he ran: Tom. He was sad. ",
					    "Once he ran: Tom. he was sad.", "Here is a big cat. The owl naps.", "once he ran: Tom. He was sad.", "Here is a cat. The cat naps." };
	struct grammar *g = read_text(small);
	int derivations;

	(void)state;
	for (size_t i = 0; i < sizeof(text) / sizeof(*text); i++) {
		assert_true(isinf(grammar_log_probability(g, text[i], strlen(text[i]), &derivations)));
		assert_int_equal(derivations, 0);
	}
	grammar_free(g);
}

/* the parser counts derivations by itself: it sees what the proof refuses */
static void ambiguous_found(void **state)
{
	static const struct { const char *grammar, *text; int derivations; double p; } cases[] = {
		{ "story = a{x}|{x}a\nx = a | b\n", "aa", 2, 0.5 },
		{ "story = {x}{x}{x}\nx = a | aa\n", "aaaa", 3, 3. / 8 },
		{ "story = {x}{x}{x}\nx = a | aa\n", "aaa", 1, 1. / 8 },
		{ "story = ab | ab\n", "ab", 2, 1 },
		{ "t: a | b\n\tx | xy\n\txy | x\nstory = {=t} {t.a}{t.b}\n", "xxy", 1, 0.5 },
		{ "t: a\n\tx\n\tx y\nstory = {=t} {t.a}( y z| z)\n", "x y z", 2, 0.5 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = { 0 };
		struct grammar *g = grammar_read_unproved(cases[i].grammar, strlen(cases[i].grammar), "g", &e);
		int derivations;

		assert_non_null(g);
		assert_true(fabs(grammar_log_probability(g, cases[i].text, strlen(cases[i].text), &derivations) - log(cases[i].p)) < 1e-12);
		assert_int_equal(derivations, cases[i].derivations);
		grammar_free(g);
		assert_null(grammar_read(cases[i].grammar, strlen(cases[i].grammar), "g", &e));
		assert_int_equal(e.code, ERR_INPUT);
		assert_non_null(strstr(e.text, "a choice begins with all that another one"));
	}
}

static void builtin_stories(void **state)
{
	struct grammar *g = builtin();
	double length, entropy = grammar_entropy(g, &length), sum = 0, squares = 0, chars = 0, chars2 = 0, error;
	struct buf b;

	(void)state;
	buf_init(&b);
	for (int i = 0; i < STORIES; i++) {
		int derivations, sentences = 0;
		double log_p;

		buf_clear(&b);
		grammar_write(g, 3, (uint64_t)i, &b);
		log_p = grammar_log_probability(g, b.data, b.len, &derivations);
		if (derivations != 1)
			fail_msg("%d derivations: %s", derivations, b.data);
		for (size_t k = 0; k < b.len; k++) {
			assert_in_range(b.data[k], ' ', '~');
			sentences += strchr(".!?", b.data[k]) && (k + 1 == b.len || b.data[k + 1] == ' ');
		}
		if (b.len < 250 || b.len > 700 || sentences < 6 || strstr(b.data, "  ") || strchr(b.data, '{') || strchr(b.data, '('))
			fail_msg("%zu characters, %d sentences: %s", b.len, sentences, b.data);
		for (const char *p = b.data; (p = strstr(p, " a ")); p++)
			if (strchr("aeiou", p[3]))
				fail_msg("a before a vowel: %s", b.data);
		for (const char *p = b.data; (p = strstr(p, " an ")); p++)
			if (!strchr("aeiou", p[4]) && strncmp(p + 4, "hour", 4))
				fail_msg("an before a consonant: %s", b.data);
		sum -= log_p;
		squares += log_p * log_p;
		chars += (double)b.len;
		chars2 += (double)b.len * (double)b.len;
	}
	sum /= STORIES;
	error = sqrt((squares / STORIES - sum * sum) / STORIES);
	if (fabs(sum - entropy) > 4 * error)
		fail_msg("mean -ln P %g +- %g, entropy %g", sum, error, entropy);
	chars /= STORIES;
	assert_true(fabs(chars - length) < 4 * sqrt((chars2 / STORIES - chars * chars) / STORIES));
	buf_release(&b);
	grammar_free(g);
}

static void seeds(void **state)
{
	struct grammar *g = builtin();
	struct buf a, b;

	(void)state;
	buf_init(&a);
	buf_init(&b);
	grammar_write(g, 1, 7, &a);
	grammar_write(g, 1, 7, &b);
	assert_string_equal(a.data, b.data);
	buf_clear(&b);
	grammar_write(g, 1, 8, &b);
	assert_string_not_equal(a.data, b.data);
	buf_clear(&b);
	grammar_write(g, 2, 7, &b);
	assert_string_not_equal(a.data, b.data);
	buf_release(&a);
	buf_release(&b);
	grammar_free(g);
}

static void refused(const char *text, const char *message)
{
	struct err e = { 0 };
	struct grammar *g = grammar_read(text, strlen(text), "g", &e);

	if (g || e.code != ERR_INPUT || strcmp(e.text, message))
		fail_msg("expected '%s', got '%s'", message, g ? "no error" : e.text);
}

#define WHO "who: name | he\n\tTom | he\n\tSam | he\n"

static void messages(void **state)
{
	static const struct { const char *text, *message; } cases[] = {
		{ "Story = a\n", "g:1: 'Story = a' is no name: legal are 1..32 small letters, digits and _, a letter first" },
		{ "story = a {} b\n", "g:1: '} b' is no name: legal are 1..32 small letters, digits and _, a letter first" },
		{ "story = 0: a | b\n", "g:1: weight '0', legal are whole numbers 1..1000" },
		{ "story =\n\t1001: a\n", "g:2: weight '1001', legal are whole numbers 1..1000" },
		{ "story = -1: a | b\n", "g:1: weight '-1', legal are whole numbers 1..1000" },
		{ "story = 0.5: a | b\n", "g:1: weight '0.5', legal are whole numbers 1..1000" },
		{ "story = a {b c\n", "g:1: '{b' is not closed by '}': legal are {rule}, {table.field}, {^table.field} and {=table}" },
		{ "story = {^b}\nb = x\n", "g:1: '{^b}': only a field can begin with a capital letter, as in {^table.field}" },
		{ "story = a}\n", "g:1: '}' without '{'" },
		{ "story = (((((((((a)))))))))\n", "g:1: brackets in brackets in brackets: legal are 8 of them; give the inner ones a name" },
		{ "story = (a|b\n", "g:1: '(' is not closed by ')' in the same line" },
		{ "story = a)\n", "g:1: ')' without '('" },
		{ "story = (a|) b\n", "g:1: an empty choice: put the words that follow into every choice instead" },
		{ "story = a |\n", "g:1: an empty choice: put the words that follow into every choice instead" },
		{ "who: a | b\n\tTom\n", "g:2: a row of table 'who' needs 2 fields separated by '|'" },
		{ "who: a | b\n\tTom | x | y\n", "g:2: a row of table 'who' needs 2 fields separated by '|'" },
		{ "who: a | a\n", "g:1: field 'a' of table 'who' is there twice" },
		{ "who: a, b\n", "g:1: ',' behind field 'a': legal is '|'" },
		{ "story = a\nstory = b\n", "g:2: 'story' is there already, in line 1; give it another name" },
		{ "story a\n", "g:1: 'story' needs '=' (a rule) or ':' (a table) behind it; lines that belong to one are indented" },
		{ "story = caf\xc3\xa9\n", "g:1: byte 195, legal are the printable characters of ASCII" },
		{ "story = a\tb\n", "g:1: a tab behind the first word of the line: legal are tabs at the front; write a blank" },
		{ "\n\ta\n", "g:2: an indented line that belongs to no rule or table" },
		{ "", "g:1: there is no rule 'story', the one that every story begins with" },
		{ "story = {=who} x\n", "g:1: there is no table 'who'" },
		{ "story = {who}\n", "g:1: there is no rule 'who'; a field of a table is written {table.field}" },
		{ WHO "story = {=who} {who.him}\n", "g:4: table 'who' has no field 'him'" },
		{ WHO "story = {=who} {^who.name} {who.he}\n", "g:4: '{^who.name}': the field in line 2 does not begin with a small letter" },
		{ "story =\n", "g:1: rule 'story' has no choice; indent one below it" },
		{ "who: name\nstory = {=who} {who.name}\n", "g:1: table 'who' has no row; indent one below it" },
		{ "who: name\n\t{pal.name}\npal: name\n\tx\nstory = {=who} {who.name}\n", "g:2: a field of a table may hold words and rules, not other fields or draws" },
		{ "story = {x}\nx = (a|{story})\n", "g:2: rule 'x' leads back to 'story', in line 1: no rule may come again inside itself, stories are finite" },
		{ "story = a {story} | b\n", "g:1: rule 'story' leads back to 'story', in line 1: no rule may come again inside itself, stories are finite" },
		{ "story = a\nx = b\n", "g:2: rule 'x' is never used by a story" },
		{ WHO "story = a\n", "g:1: table 'who' is never drawn; a story draws it with {=who}" },
		{ WHO "story = {=who} {who.name}\n", "g:1: field 'he' of table 'who' is never used" },
		{ WHO "story = {=who} {x} {who.he}\nx = {=who} {who.name}\n", "g:4: table 'who' is drawn a second time inside; leave one draw out" },
		{ WHO "story = {=who} {=who} {who.name} {who.he}\n", "g:4: table 'who' is drawn twice; leave one draw out" },
		{ "who: name\n\t{x}\nx = {=pal} {pal.name}\npal: name\n\tx\nstory = {=who} {who.name}\n", "g:2: a field of a table leads to a draw; draw in a rule of the story" },
		{ "who: name\n\t{x}\nx = {pal.name}\npal: name\n\tx\nstory = {=pal} {=who} {pal.name} {who.name}\n", "g:2: a field of a table leads to fields of tables; use rules with words alone" },
		{ WHO "story = {=who} a {who.he} | b {=who} {who.name}\n", "g:4: table 'who' is drawn here, but not every story refers to a field that differs in every row" },
		{ WHO "story = a {x} {=who} {who.name}\nx = {who.he}\n", "g:5: table 'who' is referred to before it is drawn with {=who}" },
		{ "story = {x} b\nx = say ho | say ho ho\n", "g:2: a choice begins with all that another one, in line 2, may say: 'say ho'; let them differ before either ends" },
		{ "who: name\n\tAnn\n\tAnna\nstory = {=who} {who.name}\n", "g:3: a choice begins with all that another one, in line 2, may say: 'Ann'; let them differ before either ends" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		refused(cases[i].text, cases[i].message);
}

static void many(struct buf *b, const char *front, const char *each, int n, const char *message)
{
	buf_clear(b);
	buf_adds(b, front);
	for (int i = 0; i < n; i++)
		for (const char *p = each; *p; p++)
			*p == '#' ? buf_addf(b, "%d", i) : buf_add(b, p, 1);
	refused(b->data, message);
}

static void hostile_sizes(void **state)
{
	struct err e = { 0 };
	struct buf b;

	(void)state;
	buf_init(&b);
	many(&b, "", "r#x = a\n", 4097, "g:4097: too many rules and brackets, legal are 4096");
	many(&b, "story = ", "(a)", 4096, "g:1: too many rules and brackets, legal are 4096");
	many(&b, "story =\n", "\ta#x\n", 501, "g:502: more than 500 choices, the most that are legal; give some of them a rule of their own");
	many(&b, "who: name\n", "\ta#x\n", 201, "g:202: table 'who' has more than 200 rows, the most that are legal");
	many(&b, "who: name", "| f#", 16, "g:1: table 'who' has more than 16 fields, the most that are legal");
	many(&b, "", "t#: a\n\tx\n", 33, "g:65: too many tables, legal are 32");
	many(&b, "story = ", "a", 8193, "g:1: a story could have more than 8192 characters or 4000 parts, the most that are legal");
	/* two in two in two .. */
	buf_clear(&b);
	buf_adds(&b, "story = {a0}\n");
	for (int i = 0; i < 60; i++)
		buf_addf(&b, "a%d = {a%d}{a%d}\n", i, i + 1, i + 1);
	buf_adds(&b, "a60 = x\n");
	refused(b.data, "g:52: a story could have more than 8192 characters or 4000 parts, the most that are legal");
	/* alternatives alike for long, in ever more ways */
	buf_clear(&b);
	buf_adds(&b, "story = ");
	for (int i = 0; i < 30; i++)
		buf_adds(&b, "(a|b)");
	buf_adds(&b, "x | ");
	for (int i = 0; i < 30; i++)
		buf_adds(&b, "(a|b)");
	buf_adds(&b, "y\n");
	refused(b.data, "g:1: choices in lines 1 and 1 say the same in too many ways to tell them apart; let them begin differently");
	/* every level the same rule in front: told apart by stepping over it, parsed once by what is kept */
	buf_clear(&b);
	buf_adds(&b, "story = {a0}\n");
	for (int i = 0; i < 60; i++)
		buf_addf(&b, "a%d = {a%d}x | {a%d}y\n", i, i + 1, i + 1);
	buf_adds(&b, "a60 = z\n");
	{
		struct grammar *g = read_text(b.data);
		int derivations;
		char text[] = "zyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy";

		assert_true(fabs(grammar_log_probability(g, text, 61, &derivations) + 60 * log(2)) < 1e-9);
		assert_int_equal(derivations, 1);
		grammar_free(g);
	}
	assert_null(grammar_read("story = \0a\n", 11, "g", &e));
	assert_string_equal(e.text, "'g': byte 8 is NUL, legal is text; name a grammar");
	e = (struct err){ 0 };
	{
		char *big = mem_calloc((1 << 20) + 1, 1);

		memset(big, '\n', (1 << 20) + 1);
		assert_null(grammar_read(big, (1 << 20) + 1, "g", &e));
		assert_string_equal(e.text, "'g': 1048577 bytes, legal are 1..1048576; name a grammar");
		free(big);
	}
	buf_release(&b);
}

/* the built-in grammar with bytes changed or cut away: read or refused, never a fault (make ASAN=1) */
static void damaged(void **state)
{
	char *text = mem_calloc(grammar_builtin_len + 1, 1);

	(void)state;
	for (int i = 0; i < 60; i++) {
		struct err e = { 0 };
		struct grammar *g;
		size_t at = (size_t)i * 7919 % grammar_builtin_len;

		memcpy(text, grammar_builtin, grammar_builtin_len);
		text[at] = "{}()|=:\n\t.^ 9"[i % 13];
		g = grammar_read(text, i % 3 ? grammar_builtin_len : at + 1, "g", &e);
		assert_int_equal(!g, e.code == ERR_INPUT);
		grammar_free(g);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_by_hand), cmocka_unit_test(no_story), cmocka_unit_test(ambiguous_found), cmocka_unit_test(builtin_stories),
		cmocka_unit_test(seeds), cmocka_unit_test(messages), cmocka_unit_test(hostile_sizes), cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
