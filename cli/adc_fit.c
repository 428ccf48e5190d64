/* `bitline adc --fit`: a device with hidden tables is asked over its registers, as a chip would be; what was found beside what is hidden, known here because the device is a simulation.
 * SPDX-License-Identifier: Apache-2.0 */
#include "adc/tables.h"
#include "cli/adc_tasks.h"
#include "cli/cli.h"
#include "cli/cli_json.h"
#include "cli/cosim_fit.h"
#include "lib/numbers.h"
#include "common/file.h"
#include "common/mem.h"
#include "gen/gen.h"
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct found {
	struct fit_effort effort;
	size_t entries, tables, not_monotone, first; /* of the file: all sets */
	size_t measured, wrong, worst;               /* thresholds that were asked; those unlike the hidden ones; index of the first of the largest differences */
	int32_t largest;
	double rms;
	char digest[65], hidden[65];
};

struct bench { struct device_lib lib; struct cosim *device; };

/* emitted, compiled and loaded with the hidden tables */
static int bench_open(struct bench *b, const struct cfg *c, const int32_t *hidden, struct err *e)
{
	struct cosim_setup setup = { .hw = numbers_hw(c), .thresholds = hidden, .compare = true };
	struct gen_set set;
	char hash[65], *dir;
	int rc;

	cfg_hash(c, hash);
	dir = file_join("build/run", hash);
	rc = gen_build(c, 0, &set, e);
	if (!rc) {
		rc = gen_write(&set, dir, e) || device_build(&(struct device_ask){ DEVICE_VERILATOR, dir, c->prefix, false, true }, &b->lib, e) ? -1 : 0;
		gen_set_release(&set);
	}
	free(dir);
	if (rc)
		return rc;
	b->device = cosim_open(&b->lib, &setup, e);
	return b->device ? 0 : -1;
}

/* the set that was asked, of every converter */
static void compare(const struct adc_fit_task *a, const int32_t *T, const int32_t *hidden, struct found *f)
{
	size_t table = (size_t)1 << a->config->bits;
	double squares = 0;

	for (size_t id = 0; id < f->tables / AT_SETS; id++) {
		for (size_t k = 1; k < table; k++) {
			size_t i = (id * AT_SETS + (size_t)a->set) * table + k;
			int32_t d = abs(T[i] - hidden[i]);

			f->measured++;
			f->wrong += d != 0;
			squares += (double)d * d;
			if (d > f->largest) {
				f->largest = d;
				f->worst = i;
			}
		}
	}
	f->rms = sqrt(squares / (double)f->measured);
}

static void print_json(const struct adc_fit_task *a, const struct found *f)
{
	const struct cfg *c = a->config;
	char at[ADC_PLACE];
	json_t *j = json_pack("{s:s,s:s,s:o,s:i,s:i,s:i,s:i}", "config", c->name, "file", a->out, "hidden", a->hidden ? json_string(a->hidden) : json_null(), "set", a->set, "step", a->step,
			      "repeats", a->repeats, "converters", c->tiles * c->adcs);

	json_object_set_new(j, "entries", json_integer((json_int_t)f->entries));
	json_object_set_new(j, "tables", json_integer((json_int_t)f->tables));
	json_object_set_new(j, "not_monotone", json_integer((json_int_t)f->not_monotone));
	json_object_set_new(j, "monotone", json_boolean(f->not_monotone == 0));
	json_object_set_new(j, "sha256", json_string(f->digest));
	json_object_set_new(j, "hidden_sha256", json_string(f->hidden));
	json_object_set_new(j, "thresholds_measured", json_integer((json_int_t)f->measured));
	json_object_set_new(j, "thresholds_different", json_integer((json_int_t)f->wrong));
	json_object_set_new(j, "largest_difference", json_integer(f->largest));
	json_object_set_new(j, "rms_difference", json_real(f->rms));
	if (f->wrong) {
		adc_tables_place(c, f->worst, at);
		json_object_set_new(j, "largest_at", json_string(at));
	}
	json_object_set_new(j, "characterisations", json_integer((json_int_t)f->effort.requests));
	json_object_set_new(j, "levels", json_integer((json_int_t)f->effort.levels));
	json_object_set_new(j, "decisions", json_integer((json_int_t)f->effort.decisions));
	cli_print_json(j);
}

static void print_text(const struct adc_fit_task *a, const struct found *f)
{
	const struct cfg *c = a->config;
	char at[ADC_PLACE];

	printf("%d converters of '%s' asked in set %d: %" PRIu64 " levels %d apart (grid 1/%d count), each %d times; %" PRIu64 " decisions in %" PRIu64 " characterisations\n", c->tiles * c->adcs,
	       c->name, a->set, f->effort.levels, a->step, 1 << c->grid_bits, a->repeats, f->effort.decisions, f->effort.requests);
	if (f->not_monotone) {
		adc_tables_place(c, f->first, at);
		printf("%zu of %zu tables are not monotone, the first at %s\n", f->not_monotone, f->tables, at);
	} else {
		printf("%zu tables, all monotone\n", f->tables);
	}
	if (f->wrong) {
		adc_tables_place(c, f->worst, at);
		printf("%zu of %zu thresholds are not the hidden ones: difference at most %d (%s), rms %.3f (grid)\n", f->wrong, f->measured, f->largest, at, f->rms);
	} else {
		printf("%zu thresholds are the hidden ones, exactly\n", f->measured);
	}
	printf("sha256 %s, hidden %s\nthresholds: %s\n", f->digest, strcmp(f->digest, f->hidden) ? f->hidden : "the same", a->out);
}

static int measure(const struct adc_fit_task *a, const int32_t *hidden, int32_t *T, struct fit_effort *effort, struct err *e)
{
	struct bench b = { .device = NULL };
	struct progress bar;
	struct cosim_fit how = { a->set, a->step, a->repeats, effort, &bar };
	int rc = bench_open(&b, a->config, hidden, e);

	if (!rc) {
		progress_begin(&bar, "converters", (uint64_t)(a->config->tiles * a->config->adcs));
		rc = fit_device(b.device, a->config, &how, T, e);
		progress_end(&bar);
	}
	cosim_close(b.device);
	device_close(&b.lib);
	return rc;
}

int adc_fit_run(const struct adc_fit_task *a, struct err *e)
{
	const struct cfg *c = a->config;
	struct found f = { .entries = at_count(c), .tables = at_count(c) >> c->bits };
	int32_t *T, *hidden;
	int rc = 0;

	if (adc_tables_exist(c, e) || cli_check_place(a->out, e))
		return -1;
	T = MEM_NEW(f.entries, int32_t);
	hidden = MEM_NEW(f.entries, int32_t);
	if (a->hidden)
		rc = at_read(c, a->hidden, hidden, e);
	else
		at_build(c, hidden);
	if (!rc)
		rc = measure(a, hidden, T, &f.effort, e) || adc_tables_write(T, f.entries, a->out, e) ? -1 : 0;
	if (!rc) {
		at_digest(T, f.entries, f.digest);
		at_digest(hidden, f.entries, f.hidden);
		f.not_monotone = at_not_monotone(c, T, &f.first);
		compare(a, T, hidden, &f);
		if (a->json)
			print_json(a, &f);
		else
			print_text(a, &f);
	}
	free(T);
	free(hidden);
	return rc;
}
