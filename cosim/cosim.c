/* One device and its golden twin over many runs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/cosim.h"
#include "common/buf.h"
#include "common/mem.h"
#include "cosim/driver.h"
#include "cosim/thresholds.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct cosim {
	const struct device_lib *lib;
	struct cosim_setup setup;
	struct judge judge;
	struct driver driver;
	struct gm *machine;
	struct ro_window window[GM_SETS]; /* that the machine was made for, with ideal tables */
	char *threshold_file;
	bool fresh;                       /* the identity registers are not checked yet */
	bool spoilt;                      /* a run differed: its leftovers must not colour the next */
	bool has_tree;                    /* TREE does not hold what it held at reset */
	bool has_drawn;                   /* a characterisation has: its conversions drew noise that the golden machine knows nothing of */
};

static void device_make(struct cosim *c, const char *trace)
{
	const char *plus[4];
	struct shim_probe probe;
	struct buf text[3];
	int n = 0;

	for (int i = 0; i < 3; i++)
		buf_init(&text[i]);
	if (c->threshold_file)
		buf_addf(&text[n++], "+cim_thresholds=%s", c->threshold_file);
	if (c->setup.hw.noise) {
		buf_addf(&text[n++], "+cim_noise=%d", c->setup.hw.noise);
		buf_addf(&text[n++], "+cim_noise_seed=%" PRIu64, c->setup.hw.noise_seed);
	}
	for (int i = 0; i < n; i++)
		plus[i] = text[i].data;
	plus[n] = NULL;
	judge_probe(&c->judge, &probe);
	c->driver = (struct driver){ .lib = c->lib };
	c->driver.shim = c->lib->api.make(plus, c->setup.compare ? &probe : NULL, trace);
	for (int i = 0; i < 3; i++)
		buf_release(&text[i]);
	c->driver.pins = c->lib->api.pins(c->driver.shim);
	memset(c->judge.window, 0, c->setup.hw.tiles * sizeof(*c->judge.window));
	driver_reset(&c->driver);
	c->fresh = true;
	c->spoilt = false;
	c->has_tree = c->has_drawn = false;
}

struct cosim *cosim_open(const struct device_lib *lib, const struct cosim_setup *setup, struct err *e)
{
	struct cosim *c = MEM_NEW(1, struct cosim);

	c->lib = lib;
	c->setup = *setup;
	c->judge.hw = &c->setup.hw;
	c->judge.window = MEM_NEW(setup->hw.tiles, struct judge_window);
	if (setup->thresholds) {
		c->threshold_file = thresholds_write(&setup->hw, setup->thresholds, e);
		if (!c->threshold_file) {
			free(c->judge.window);
			free(c);
			return NULL;
		}
	}
	device_make(c, setup->trace);
	return c;
}

void cosim_close(struct cosim *c)
{
	if (!c)
		return;
	c->lib->api.free(c->driver.shim);
	if (c->threshold_file)
		unlink(c->threshold_file);
	free(c->threshold_file);
	gm_free(c->machine);
	free(c->judge.window);
	free(c);
}

static bool machine_fits(const struct cosim *c, const struct gm_regs *regs)
{
	return c->machine && (c->setup.thresholds || !memcmp(c->window, regs->window, sizeof(c->window)));
}

/* The machine keeps its state from run to run as the device does; only other windows on ideal tables need a new one (programs load what they read). */
static void machine_for(struct cosim *c, const struct gm_regs *regs)
{
	int32_t *T;

	if (machine_fits(c, regs))
		return;
	gm_free(c->machine);
	memcpy(c->window, regs->window, sizeof(c->window));
	if (c->setup.thresholds) {
		c->machine = gm_new(&c->setup.hw, c->setup.expected_thresholds ? c->setup.expected_thresholds : c->setup.thresholds);
		return;
	}
	T = MEM_NEW(thresholds_count(&c->setup.hw), int32_t);
	thresholds_ideal(&c->setup.hw, regs->window, T);
	c->machine = gm_new(&c->setup.hw, T);
	free(T);
}

static void identity(struct cosim *c, const char *name, uint32_t offset, uint32_t expected)
{
	uint32_t seen;

	if (!driver_read(&c->driver, offset, &seen))
		judge_differ(&c->judge, "register %s (0x%03" PRIx32 "): a read failed (%s)", name, offset, driver_reason(&c->driver));
	else if (seen != expected)
		judge_differ(&c->judge, "register %s (0x%03" PRIx32 "): expected 0x%08" PRIx32 ", seen 0x%08" PRIx32, name, offset, expected, seen);
}

/* isa.md section 4 */
static void check_identity(struct cosim *c)
{
	const struct gm_hw *hw = &c->setup.hw;

	identity(c, "ID", REG_ID, 0x434d4931);
	identity(c, "VERSION", REG_VERSION, 0x00010000);
	identity(c, "GEOM0", REG_GEOM0, hw->rows | hw->cols << 16);
	identity(c, "GEOM1", REG_GEOM1, hw->tiles | hw->adc_bits << 8 | hw->cell_bits << 16 | hw->sample_hold << 18);
	identity(c, "GEOM2", REG_GEOM2, hw->adcs);
	identity(c, "READOUT", REG_READOUT, hw->kind | hw->ones << 3 | hw->asymmetric << 4 | hw->immersed << 5 | hw->network << 6 | (hw->kind == RO_HYBRID ? hw->flash_bits : 0) << 8);
	identity(c, "DEPTH0", REG_DEPTH0, hw->prog_depth);
	identity(c, "DEPTH1", REG_DEPTH1, hw->act_depth);
	identity(c, "DEPTH2", REG_DEPTH2, hw->acc_depth);
	identity(c, "DEPTH3", REG_DEPTH3, hw->ch_depth);
	for (int i = 0; c->setup.hash && i < 8; i++) {
		char name[16], part[9];

		snprintf(name, sizeof(name), "HASH%d", i);
		memcpy(part, c->setup.hash + 8 * i, 8);
		part[8] = 0;
		identity(c, name, REG_HASH0 + 4 * i, (uint32_t)strtoul(part, NULL, 16));
	}
	c->fresh = false;
}

/* What only a reset brings back: the first tree; noise at its first draw, when the machine has to be another one. */
static bool needs_reset(const struct cosim *c, const struct gm_regs *regs)
{
	return c->has_drawn || (c->has_tree && !regs->tree) || (c->setup.hw.noise && c->machine && !machine_fits(c, regs));
}

static void reset(struct cosim *c)
{
	gm_free(c->machine);
	c->machine = NULL;
	memset(c->judge.window, 0, c->setup.hw.tiles * sizeof(*c->judge.window));
	driver_reset(&c->driver);
	c->fresh = true;
	c->has_tree = c->has_drawn = false;
}

int cosim_run(struct cosim *c, const struct cosim_job *job, struct cosim_result *r, struct err *e)
{
	struct judge *j = &c->judge;
	struct expected x;

	memset(r, 0, sizeof(*r));
	if (c->spoilt) {
		c->lib->api.free(c->driver.shim);
		gm_free(c->machine);
		c->machine = NULL;
		device_make(c, NULL);
	} else if (needs_reset(c, &job->regs)) {
		reset(c);
	}
	c->has_tree |= job->regs.tree != NULL;
	r->acc = MEM_NEW(job->n_outputs, int32_t);
	r->q = MEM_NEW(job->n_outputs, int16_t);
	j->job = job;
	j->r = r;
	j->x = NULL;
	if (c->fresh)
		check_identity(c);
	if (!c->setup.compare) {
		driver_run(&c->driver, job, j, r);
		return 0;
	}
	machine_for(c, &job->regs);
	if (expected_start(&x, &c->setup.hw, c->machine, job, e)) {
		cosim_result_release(r);
		return -1;
	}
	j->x = &x;
	j->on = true;
	driver_run(&c->driver, job, j, r);
	expected_join(&x);
	judge_end(j);
	j->x = NULL;
	expected_release(&x);
	c->spoilt = r->mismatches > 0;
	if (x.rc) { /* the mapper made a program that isa.md forbids: a difference, but none of the hardware's */
		cosim_result_release(r);
		return err_set(e, ERR_DIFF, "layer '%s': %s", job->layer, x.err.text);
	}
	return 0;
}

int cosim_characterise(struct cosim *c, const struct gm_regs *regs, const struct cosim_character *x, uint32_t *histogram, struct err *e)
{
	reset(c);
	c->has_drawn = true;
	return driver_characterise(&c->driver, &c->setup.hw, regs, x, histogram, e);
}

void cosim_result_release(struct cosim_result *r)
{
	free(r->acc);
	free(r->q);
	r->acc = NULL;
	r->q = NULL;
}
