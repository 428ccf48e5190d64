/* SPDX-License-Identifier: Apache-2.0 */
#include "regress/result.h"
#include <signal.h>
#include <string.h>

enum { MOST_MESSAGE = 2000 };

const char *const regress_verdict_name[REGRESS_VERDICTS] = { "equal", "different", "refused", "error", "crashed", "timeout" };

/* of cosim's figures those that a case always has again */
static const char *const kept[] = {
	"config_sha256", "engine", "tokens", "codes_compared", "partials_compared", "outputs_compared", "mismatches", "rtl_cycles", "predicted_cycles", "layer_check", "thresholds_sha256",
	"stalls", "activations", "conversions", "comparisons", "converter_busy", "converter_bound",
};
static const char *const passing[] = { "build_s", "cached", "wall_s", "peak_mb" };

/* the text without control characters and beyond its last MOST_MESSAGE bytes; UTF-8 is not ours to judge */
static json_t *text_json(const char *s, size_t n)
{
	struct buf b;
	json_t *j;

	buf_init(&b);
	if (n > MOST_MESSAGE) {
		s += n - MOST_MESSAGE;
		n = MOST_MESSAGE;
	}
	while (n && strchr("\r\n", s[n - 1]))
		n--;
	for (size_t i = 0; i < n; i++)
		buf_add(&b, (unsigned char)s[i] >= 127 || ((unsigned char)s[i] < 32 && s[i] != '\n') ? "?" : &s[i], 1);
	j = json_string(b.data);
	buf_release(&b);
	return j;
}

static json_t *begin(const char *key, enum regress_verdict v)
{
	return json_pack("{s:s, s:s}", "key", key, "verdict", regress_verdict_name[v]);
}

static enum regress_verdict judge(const struct child_end *end, const json_t *printed)
{
	const json_t *mismatches = json_object_get(printed, "mismatches");

	if (end->late)
		return REGRESS_TIMEOUT;
	if (end->signal || end->status > 3)
		return end->status == 127 ? REGRESS_ERROR : REGRESS_CRASHED;
	if (end->status > 1)
		return end->status == 2 ? REGRESS_REFUSED : REGRESS_ERROR;
	if (!json_is_integer(mismatches) || (json_integer_value(mismatches) != 0) != end->status)
		return REGRESS_CRASHED; /* it says one thing and means another */
	return end->status ? REGRESS_DIFFERENT : REGRESS_EQUAL;
}

static json_t *say_end(const struct child_end *end)
{
	struct buf b;
	json_t *j;

	if (end->err.len && !end->late && !end->signal) {
		size_t name = strncmp(end->err.data, "bitline: ", 9) ? 0 : 9;

		return text_json(end->err.data + name, end->err.len - name);
	}
	buf_init(&b);
	if (end->late)
		buf_addf(&b, "stopped after %.0f s", end->seconds);
	else if (end->signal)
		buf_addf(&b, "ended by signal %d (%s)", end->signal, strsignal(end->signal));
	else
		buf_addf(&b, "ended with status %d and without a verdict", end->status);
	if (end->err.len) {
		buf_adds(&b, "\n");
		buf_add(&b, end->err.data, end->err.len);
	}
	j = text_json(b.data, b.len);
	buf_release(&b);
	return j;
}

json_t *regress_result_new(const char *key, const struct child_end *end, int attempts, enum regress_verdict *v)
{
	json_t *printed = end->signal || end->status > 1 ? NULL : json_loadb(end->out.data, end->out.len, 0, NULL), *timing = json_object(), *j;
	const char *first = json_string_value(json_object_get(printed, "first_difference"));

	*v = judge(end, printed);
	j = begin(key, *v);
	if (*v <= REGRESS_DIFFERENT) {
		for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
			if (json_object_get(printed, kept[i]))
				json_object_set(j, kept[i], json_object_get(printed, kept[i]));
		for (size_t i = 0; i < sizeof(passing) / sizeof(*passing); i++)
			if (json_object_get(printed, passing[i]))
				json_object_set(timing, passing[i], json_object_get(printed, passing[i]));
		if (first) /* how to repeat it is said with the paths of whoever asks */
			json_object_set_new(j, "first_difference", text_json(first, strcspn(first, "\n")));
	} else {
		json_object_set_new(j, "message", say_end(end));
	}
	json_object_set_new(timing, "seconds", json_real(end->seconds));
	json_object_set_new(timing, "attempts", json_integer(attempts));
	json_object_set_new(j, "timing", timing);
	json_decref(printed);
	return j;
}

json_t *regress_result_none(const char *key, enum regress_verdict v, int attempts, const char *why)
{
	json_t *j = begin(key, v);

	json_object_set_new(j, "message", text_json(why, strlen(why)));
	json_object_set_new(j, "timing", json_pack("{s:i}", "attempts", attempts));
	return j;
}

int regress_result_verdict(const json_t *result)
{
	const char *name = json_string_value(json_object_get(result, "verdict"));
	int v = 0;

	while (name && v < REGRESS_VERDICTS && strcmp(name, regress_verdict_name[v]))
		v++;
	return name ? v : REGRESS_VERDICTS;
}
