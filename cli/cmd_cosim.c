/* bitline cosim: layers of a model, one matrix, or all that a model computes while it writes, through emitted RTL, compared with the golden model event by event.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/cli_config.h"
#include "cli/cli_faults.h"
#include "cli/cli_readout.h"
#include "cli/cosim_generate.h"
#include "lib/numbers.h"
#include "cli/cosim_input.h"
#include "cli/cosim_jobs.h"
#include "cli/cosim_wave.h"
#include "cli/cosim_record.h"
#include "common/file.h"
#include "common/mem.h"
#include "common/progress.h"
#include "common/shell.h"
#include "common/term.h"
#include "gen/gen.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct options {
	const char *config, *rtl, *model, *layers, *placement, *optimise, *text, *tokenizer, *matrix, *tensor, *input, *dump, *out, *trace, *mismatch, *thresholds, *tree, *faults, *bad, *prompt, *engine;
	struct opt_list set;
	long tokens, seed, generate, jobs, window; /* tokens 0: not given; generate 0: layers or a matrix */
	double stall, temperature;   /* temperature below 0: not given, as 0 */
	bool json, host_head, no_probes;
};

struct run {
	struct options o;
	struct cfg cfg;
	char hash[65];
	enum map_placement placement;
	enum engine_kind engine;
	struct gl_readout ro;
	struct cli_tables tables;
	struct cli_faults faults;
	uint64_t *histogram;   /* asymmetric search without --tree: counts of all layers over their inputs */
	struct cli_tree tree;
	bool has_tree;
	struct device_lib lib;
	struct model_input in;       /* of --model FILE */
	struct shapes_input shapes;  /* of --model shapes:NAME */
	struct cosim *device;        /* of --generate */
	struct cosim_report report;
	struct generation *generation; /* of --generate */
	char *tensor;       /* FILE:NAME */
	struct record_ask record; /* of --out DIR */
	bool recorded;
	bool new_dump;      /* this run made --dump DIR */
	struct buf command; /* what repeats this run, without --layers */
	char *cut;          /* where the waveform around the first difference goes; NULL: nowhere */
	bool again;         /* the run after a difference, for that waveform: nothing is reported */
	uint64_t from, to;  /* its clocks */
};

/* the shapes of --model shapes:NAME; NULL: a checkpoint, or no model */
static const char *shapes_name(const char *model)
{
	static const char prefix[] = "shapes:";

	return model && !strncmp(model, prefix, strlen(prefix)) ? model + strlen(prefix) : NULL;
}

/* of one run, not of what it computes */
static bool is_beside(const char *word, bool *has_value)
{
	static const char *const flags[] = { "--json", "-q", "-v" };
	static const char *const values[] = { "--layers", "--dump", "--out", "--trace", "--mismatch-trace", "--trace-window", "--jobs" };
	size_t n = strcspn(word, "=");

	*has_value = false;
	for (size_t i = 0; i < OPT_N(flags); i++)
		if (!strcmp(word, flags[i]))
			return true;
	for (size_t i = 0; i < OPT_N(values); i++)
		if (strlen(values[i]) == n && !strncmp(word, values[i], n)) {
			*has_value = !word[n];
			return true;
		}
	return false;
}

/* The given words without those, and with the seed made explicit. */
static void make_command(struct run *r, int argc, char **argv)
{
	bool seed = false, two;

	buf_adds(&r->command, "bitline cosim");
	for (int i = 1; i < argc; i++) {
		seed |= !strncmp(argv[i], "--seed", 6);
		if (!is_beside(argv[i], &two)) {
			buf_adds(&r->command, " ");
			shell_quote(&r->command, argv[i]);
		}
		i += two;
	}
	if (!seed)
		buf_addf(&r->command, " --seed %ld", r->o.seed);
}

static int choose_engine(struct run *r, struct err *e)
{
	const struct engine_traits *t;
	const char *name = r->o.engine ? r->o.engine : engine_name[ENGINE_VERILATOR];
	int k = 0;

	while (k < ENGINE_KINDS && strcmp(name, engine_name[k]))
		k++;
	if (k == ENGINE_KINDS)
		return err_set(e, ERR_INPUT, "--engine '%s': no such engine; verilator, icarus, systemc, tlm or lockstep", name);
	t = &engine_traits[k];
	if (r->o.stall > 0 && !t->stalls)
		return err_set(e, ERR_INPUT, "--stall with --engine %s, whose streams are never idle: leave it out, or take --engine verilator", name);
	if (r->o.trace && !t->trace)
		return err_set(e, ERR_INPUT, "--trace with --engine %s, which writes no waveform: leave it out, or take --engine verilator", name);
	if (r->o.mismatch && !t->trace)
		return err_set(e, ERR_INPUT, "--mismatch-trace with --engine %s, which writes no waveform: leave it out, or take --engine verilator", name);
	if (r->o.rtl && !t->rtl)
		return err_set(e, ERR_INPUT, "--rtl '%s' with --engine %s, which has no RTL in it: leave it out, or take --engine verilator", r->o.rtl, name);
	if (r->o.no_probes && !t->blind)
		return err_set(e, ERR_INPUT, "--no-probes with --engine %s: leave it out, or take --engine verilator or icarus", name);
	r->engine = r->report.engine = (enum engine_kind)k;
	return 0;
}

/* The emitted directory: the one that was named, checked to belong to this configuration, or a fresh one; NULL for an engine without RTL. */
static int emit(struct run *r, char **dir, struct err *e)
{
	struct gen_set set;
	struct buf path;
	char hash[65];
	int rc;

	if (!engine_traits[r->engine].rtl)
		return 0;
	if (r->o.rtl) {
		if (gen_manifest_hash(r->o.rtl, hash, e))
			return -1;
		if (strcmp(hash, r->hash))
			return err_set(e, ERR_INPUT, "--rtl '%s' was emitted from configuration %.16s.., this one is %.16s..: give its own --config (config.xml in it), or emit again", r->o.rtl, hash, r->hash);
		*dir = mem_strdup(r->o.rtl);
		return 0;
	}
	buf_init(&path);
	buf_addf(&path, "build/run/%s", r->hash);
	rc = gen_build(&r->cfg, 0, &set, e);
	if (!rc) {
		rc = gen_write(&set, path.data, e);
		gen_set_release(&set);
	}
	*dir = path.data;
	return rc;
}

/* Before minutes of building and running, not after. */
static int check_places(struct run *r, struct err *e)
{
	char *probe;
	int rc;

	if ((r->o.trace && cli_check_place(r->o.trace, e)) || (r->o.mismatch && cli_check_place(r->o.mismatch, e)) || (r->o.out && cli_check_folder(r->o.out, e)))
		return -1;
	if (!r->o.dump)
		return 0;
	r->new_dump = !file_exists(r->o.dump);
	if (file_mkdirs(r->o.dump, e))
		return -1;
	probe = file_join(r->o.dump, ".bitline");
	rc = cli_check_place(probe, e);
	free(probe);
	return rc;
}

static int build_device(struct run *r, struct err *e)
{
	char *dir = NULL;
	int rc = (!r->again && check_places(r, e)) || emit(r, &dir, e) ? -1 : 0;

	if (!rc)
		rc = device_build(&(struct device_ask){ engine_traits[r->engine].device, dir, r->cfg.prefix, r->o.trace || r->again, !r->o.no_probes }, &r->lib, e);
	free(dir);
	return rc;
}

static struct cosim *open_traced(struct run *r, const char *trace, struct err *e)
{
	struct cosim_setup setup = {
		.hw = numbers_hw(&r->cfg), .hash = r->hash, .thresholds = r->tables.hardware, .expected_thresholds = r->tables.golden, .faults = &r->faults.faults, .repair = r->faults.words, .trace = trace, .trace_from = r->from, .trace_to = r->to, .compare = true, .blind = r->o.no_probes,
		.engine = r->engine, .reset = numbers_reset_regs(&r->cfg), .period_ps = (unsigned)r->cfg.clk_period_ps, .watchdog = (unsigned)r->cfg.watchdog,
	};

	return cosim_open(&r->lib, &setup, e);
}

/* in the process that will use it */
static struct cosim *open_device(void *run, struct err *e)
{
	struct run *r = run;

	return open_traced(r, r->again ? r->cut : r->o.trace, e);
}

static void ask_record(struct run *r)
{
	r->record = (struct record_ask){ r->o.out, &r->cfg, &r->tables, r->faults.faults.n ? &r->faults.faults : NULL, r->faults.words, r->has_tree ? &r->tree : NULL, r->engine,
		r->o.no_probes || engine_traits[r->engine].once };
}

/* the first layer, or the first program of a token: once more, on a device of its own where there may be a second */
static int record(struct run *r, const struct cosim_case *k, struct err *e)
{
	bool alone = engine_traits[r->engine].once;
	struct cosim *device = NULL;
	struct record *to;
	int rc = -1;

	r->recorded = true;
	ask_record(r);
	to = record_new(&r->record);
	if (!alone)
		device = open_traced(r, NULL, e);
	if (alone || device)
		rc = k ? record_case(to, k, device, e) : generation_record(r->generation, record_watch(to), device, e);
	cosim_close(device);
	record_free(to);
	return rc;
}

/* what ran: judged, counted, told, written */
static int finish_case(void *run, struct cosim_case *k, struct err *e)
{
	struct run *r = run;
	struct buf repeat;

	if (r->again)
		return k->total.mismatches > 0;
	case_set_faulty(k, r->faults.faults.n > 0);
	case_check(k);
	buf_init(&repeat);
	buf_adds(&repeat, r->command.data);
	if (!r->o.matrix && !r->o.tensor)
		buf_addf(&repeat, " --layers %s", k->map.name);
	report_add(&r->report, k, repeat.data);
	buf_release(&repeat);
	if (!r->o.json)
		report_line(k);
	if (r->o.out && !r->recorded && record(r, k, e))
		return -1;
	return r->o.dump ? case_dump(k, &r->cfg, r->o.dump, e) : 0;
}

/* asymmetric search: the tree of --tree, or of the counts that were met */
static int make_tree(struct run *r, struct err *e)
{
	if (r->cfg.search != CFG_ASYMMETRIC || r->has_tree)
		return 0;
	if (cli_tree_make(&r->tree, &r->cfg, r->o.tree, r->histogram, e))
		return -1;
	r->has_tree = true;
	r->report.tree_mean = r->tree.mean;
	return 0;
}

/* Every layer must fit before anything is built or written and the first one runs. */
static int run_layers(struct run *r, int n, int (*make)(void *run, int layer, struct cosim_case *k, struct err *e), struct err *e)
{
	struct jobs_source source = { n, make, r };
	struct jobs_how how = { .tables = &r->tables, .stall = r->o.stall, .seed = (uint64_t)r->o.seed, .processes = (int)r->o.jobs, .open = open_device, .done = finish_case, .ctx = r };
	struct jobs *jobs = jobs_plan(&r->cfg, &source, r->again ? NULL : r->histogram, e);
	int rc = !jobs || make_tree(r, e) || build_device(r, e) ? -1 : 0;

	how.tree = r->has_tree ? &r->tree : NULL;
	if (!rc)
		rc = jobs_run(jobs, &how, e);
	if (jobs)
		r->report.processes_kb = jobs_memory(jobs);
	jobs_free(jobs);
	return rc;
}

static int make_of_model(void *run, int layer, struct cosim_case *k, struct err *e)
{
	struct run *r = run;

	return model_input_case(&r->in, &r->cfg, &r->in.run[layer], r->placement, k, e);
}

static int run_model(struct run *r, struct err *e)
{
	char *tokenizer = r->o.text ? cli_tokenizer(r->o.tokenizer, r->o.model, e) : NULL;
	int rc = r->o.text && !tokenizer ? -1 : model_input_load(&r->in, &r->ro, r->o.model, r->o.layers, r->o.text, tokenizer, (int)r->o.tokens, (uint64_t)r->o.seed, e);

	free(tokenizer);
	if (rc)
		return rc;
	rc = run_layers(r, r->in.n_run, make_of_model, e);
	model_input_release(&r->in);
	return rc;
}

static int make_of_shapes(void *run, int layer, struct cosim_case *k, struct err *e)
{
	struct run *r = run;

	return shapes_case(&r->shapes, &r->cfg, &r->ro, layer, (int)r->o.tokens, (uint64_t)r->o.seed, r->placement, k, e);
}

static int run_shapes(struct run *r, struct err *e)
{
	int rc = shapes_input_load(&r->shapes, shapes_name(r->o.model), r->o.layers, e);

	if (rc)
		return rc;
	rc = run_layers(r, r->shapes.n_run, make_of_shapes, e);
	shapes_input_release(&r->shapes);
	return rc;
}

static int make_of_matrix(void *run, int layer, struct cosim_case *k, struct err *e)
{
	struct run *r = run;

	(void)layer;
	return matrix_case(k, &r->cfg, &r->ro, r->tensor ? NULL : r->o.matrix, r->tensor, r->o.input, (int)r->o.tokens, (uint64_t)r->o.seed, r->placement, e);
}

static int run_generate(struct run *r, struct err *e)
{
	struct generate_ask ask = {
		.cfg = &r->cfg, .ro = &r->ro, .tables = &r->tables, .placement = r->placement, .model = r->o.model, .tokenizer = r->o.tokenizer, .prompt = r->o.prompt,
		.n = r->o.generate, .temperature = r->o.temperature > 0 ? r->o.temperature : 0, .stall = r->o.stall, .seed = (uint64_t)r->o.seed, .host_head = r->o.host_head, .print = !r->o.json && !r->again,
	};

	r->generation = generation_new(&ask, e);
	if (!r->generation || (r->histogram && !r->again && generation_count(r->generation, r->histogram, e)) || make_tree(r, e))
		return -1;
	if (generation_prepare(r->generation, r->has_tree ? &r->tree : NULL, e) || build_device(r, e))
		return -1;
	r->device = open_device(r, e);
	if (!r->device || generation_run(r->generation, r->device, e))
		return -1;
	if (r->again)
		return 0;
	generation_report(r->generation, &r->report, r->command.data);
	return r->o.out ? record(r, NULL, e) : 0;
}

/* --generate runs a whole model on what it writes itself */
static int check_generate(const struct options *o, struct err *e)
{
	const char *beside = o->jobs > 1 ? "--jobs" : o->matrix ? "--matrix" : o->tensor ? "--tensor" : o->layers ? "--layers" : o->text ? "--text" : o->input ? "--input" : o->tokens ? "--tokens" : o->dump ? "--dump" : o->faults ? "--faults" : NULL;

	if (!o->generate && (o->prompt || o->temperature >= 0 || o->host_head))
		return err_set(e, ERR_INPUT, "%s belongs to --generate: add --generate N", o->prompt ? "--prompt" : o->host_head ? "--host-head" : "--temperature");
	if (o->generate && beside)
		return err_set(e, ERR_INPUT, "%s together with --generate, which runs every layer of --model FILE on the tokens of --prompt and those it writes: leave it out", beside);
	if (o->generate && shapes_name(o->model))
		return err_set(e, ERR_INPUT, "--generate: '%s' are shapes without words; give --model FILE", o->model);
	if (o->generate && !o->model)
		return err_set(e, ERR_INPUT, "--generate: no model to write; give --model FILE");
	return 0;
}

static int check_options(struct run *r, struct err *e)
{
	struct options *o = &r->o;
	struct buf b;

	if (check_generate(o, e))
		return -1;
	if (!o->tokens)
		o->tokens = 8;
	if (cli_placement(o->placement, o->optimise, &r->placement, e))
		return -1;
	if (o->matrix && o->model)
		return err_set(e, ERR_INPUT, "--matrix together with --model: name one thing to run");
	if (shapes_name(o->model) && (o->text || o->tensor))
		return err_set(e, ERR_INPUT, "%s with --model %s, whose weights and inputs are drawn: leave it out, or give a checkpoint", o->text ? "--text" : "--tensor", o->model);
	if (o->jobs > 1 && (o->trace || o->mismatch))
		return err_set(e, ERR_INPUT, "%s with --jobs %ld: a waveform is of one device; leave --jobs out", o->trace ? "--trace" : "--mismatch-trace", o->jobs);
	if (o->window && !o->mismatch && !o->out)
		return err_set(e, ERR_INPUT, "--trace-window belongs to --mismatch-trace: add --mismatch-trace FILE.fst");
	if (!o->matrix && !o->tensor && !o->model)
		return err_set(e, ERR_INPUT, "nothing to run: give --model FILE, --matrix W.npy or --tensor FILE.safetensors:NAME");
	if (o->dump && !*o->dump)
		return err_set(e, ERR_INPUT, "dump directory \"\" has no name; write --dump DIR");
	if (o->input && !o->matrix && !o->tensor)
		return err_set(e, ERR_INPUT, "--input belongs to --matrix or --tensor: a model's inputs come from its own run, see --text and --seed");
	if (o->text && (o->matrix || o->tensor))
		return err_set(e, ERR_INPUT, "--text belongs to --model: give --input X.npy");
	if (!o->tensor)
		return 0;
	buf_init(&b);
	if (o->model || o->matrix) /* NAME alone: a tensor of that file */
		buf_addf(&b, "%s:", o->model ? o->model : o->matrix);
	buf_adds(&b, o->tensor);
	r->tensor = b.data;
	return 0;
}

static int run_asked(struct run *r, struct err *e)
{
	if (r->o.generate)
		return run_generate(r, e);
	return r->o.matrix || r->o.tensor ? run_layers(r, 1, make_of_matrix, e) : shapes_name(r->o.model) ? run_shapes(r, e) : run_model(r, e);
}

/* The run once more, up to the first difference, with a waveform of the clocks around it: the same device from the same beginning comes by the same way. */
static int cut_mismatch(struct run *r, struct err *e)
{
	enum { BEFORE = 200, SHARE_AFTER = 4 };
	uint64_t window = r->o.window ? (uint64_t)r->o.window : BEFORE, at = r->report.first_clock;

	if (!r->report.in_device) {
		term_note("no waveform of the difference: the device does what the golden machine does with this program, which is wrong itself");
		return 0;
	}
	r->again = true;
	r->from = at > window ? at - window : 0;
	r->to = at + window / SHARE_AFTER + 1;
	generation_free(r->generation);
	r->generation = NULL;
	cosim_close(r->device);
	r->device = NULL;
	device_close(&r->lib);
	run_asked(r, e);
	cosim_close(r->device); /* the waveform is whole then */
	r->device = NULL;
	if (e->code || wave_save(r->cut, (int64_t)at, e))
		return -1;
	term_note("waveform of clocks %" PRIu64 "..%" PRIu64 ", the difference at %" PRIu64 ": '%s', with .gtkw and .sucl beside it", r->from, r->to, at, r->cut);
	return 0;
}

/* once everything is told: waveforms, which are whole when their device is gone */
static int finish_waves(struct run *r, struct err *e)
{
	if (r->cut && r->report.mismatches && cut_mismatch(r, e))
		return -1;
	generation_free(r->generation);
	r->generation = NULL;
	cosim_close(r->device);
	r->device = NULL;
	return r->o.trace ? wave_save(r->o.trace, r->report.in_device ? (int64_t)r->report.first_clock : -1, e) : 0;
}

static int run(struct run *r, struct err *e)
{
	if (check_options(r, e) || choose_engine(r, e) || cli_config(&r->cfg, r->o.config, r->o.set.v, r->o.set.n, e) || cfg_executable(&r->cfg, "cosim", e) || jobs_check(&r->cfg, r->o.jobs, e))
		return -1;
	if (r->o.mismatch)
		r->cut = mem_strdup(r->o.mismatch);
	else if (r->o.out && r->o.jobs == 1 && engine_traits[r->engine].trace)
		r->cut = file_join(r->o.out, "mismatch.fst");
	if (r->o.tree && r->cfg.search != CFG_ASYMMETRIC)
		return err_set(e, ERR_INPUT, "--tree '%s' belongs to readout.search \"asymmetric\": add -s readout.search=asymmetric -s readout.resolution=full", r->o.tree);
	if (cli_faults_load(&r->faults, &r->cfg, r->o.faults, r->o.bad, e))
		return -1;
	report_faults(&r->report, &r->faults);
	cfg_hash(&r->cfg, r->hash);
	if (cli_tables_make(&r->tables, &r->cfg, r->o.thresholds, e))
		return -1;
	numbers_readout(&r->cfg, &r->ro);
	r->ro.thresholds = r->tables.first;
	memcpy(r->report.thresholds, r->tables.digest, sizeof(r->report.thresholds));
	if (r->cfg.search == CFG_ASYMMETRIC && !r->o.tree)
		r->histogram = MEM_NEW(2 * (size_t)cli_smax(&r->cfg) + 1, uint64_t);
	return run_asked(r, e);
}

static json_t *figures(const struct run *r, double wall_s)
{
	json_t *j = report_json(&r->report, r->hash, &r->lib, wall_s, (uint64_t)r->o.seed, r->o.stall);

	if (r->generation)
		generation_json(r->generation, j);
	return j;
}

static void print(const struct run *r, double wall_s)
{
	if (r->o.json) {
		json_t *j = figures(r, wall_s);

		json_dumpf(j, stdout, JSON_INDENT(1));
		putchar('\n');
		json_decref(j);
	} else if (r->generation) {
		generation_print(r->generation, &r->report, &r->lib);
	} else {
		report_print(&r->report, r->hash, &r->lib, wall_s);
	}
}

int cmd_cosim(int argc, char **argv)
{
	struct run r = { .o = { .seed = 1, .jobs = 1, .temperature = -1 } };
	const struct opt opts[] = {
		{ "--config", OPT_TEXT, &r.o.config, "FILE", "hardware configuration (configs/NAME.xml)", .required = true },
		{ "-s", OPT_LIST, &r.o.set, "KEY=VALUE", "override a field, as array.rows=33; may be repeated" },
		{ "--model", OPT_TEXT, &r.o.model, "FILE", "checkpoint: llama2.c v0 or v2, safetensors; or shapes:NAME, as shapes:gpt2-medium: its layers, dense, weights drawn from --seed" },
		{ "--layers", OPT_TEXT, &r.o.layers, "LIST", "all (the default), or names like 0.wq,0.w2; 0.wq+0.wk+0.wv: those that read one vector, as one program" },
		{ "--placement", OPT_TEXT, &r.o.placement, "NAME", "linear, sparse, dense, dense-strided, packed, or auto (the default: sparse for Monarch layers, linear for dense)" },
		{ "--optimise", OPT_TEXT, &r.o.optimise, "MODE", "what packed makes small: area (the default), conversions, latency" },
		{ "--text", OPT_TEXT, &r.o.text, "FILE", "activations: the model's golden run over this text; else over text of its own drawn from --seed" },
		{ "--tokenizer", OPT_TEXT, &r.o.tokenizer, "FILE", "tokenizer of --text or --generate (MODEL.tok.bin or tok512.bin beside the model, or in ../stories260K)" },
		{ "--generate", OPT_INT, &r.o.generate, "N", "the model writes up to N tokens, all of their layers through the RTL, to standard output as they come (docs/generate.md)", .lo = 1, .hi = 1000000 },
		{ "--prompt", OPT_TEXT, &r.o.prompt, "TEXT", "what the written text begins with; else BOS alone" },
		{ "--temperature", OPT_REAL, &r.o.temperature, "T", "of sampling, 0..100; 0 (the default) takes the most likely token", .least = 0, .most = 100 },
		{ "--host-head", OPT_FLAG, &r.o.host_head, NULL, "of --generate: the head in floats instead of through the RTL" },
		{ "--tokens", OPT_INT, &r.o.tokens, "N", "tokens to run (8); with --input: its rows", .lo = 1, .hi = 1000000 },
		{ "--seed", OPT_INT, &r.o.seed, "S", "seed of calibration text, sampling, drawn tokens or inputs, and stalls (1)", .lo = 0, .hi = 2147483647 },
		{ "--stall", OPT_REAL, &r.o.stall, "P", "chance per clock that the host leaves a stream idle, 0..0.95 (0; cycles are compared at 0 only)", .least = 0, .most = 0.95 },
		{ "--jobs", OPT_INT, &r.o.jobs, "N", "processes that share layers, batches of tokens and groups of outputs, each with a device of its own (1); the figures are the same for any N", .lo = 1, .hi = 256 },
		{ "--matrix", OPT_TEXT, &r.o.matrix, "W.npy", "one matrix [out, in] instead of a model: integers as they are, floats quantised" },
		{ "--tensor", OPT_TEXT, &r.o.tensor, "FILE:NAME", "one tensor of a safetensors file; NAME alone with --model FILE or --matrix FILE" },
		{ "--input", OPT_TEXT, &r.o.input, "X.npy", "inputs [tokens, in] of --matrix or --tensor; else codes drawn from --seed" },
		{ "--thresholds", OPT_TEXT, &r.o.thresholds, "FILE", "threshold tables of the macro (docs/macro.md), as of a measured chip; else those of the configuration" },
		{ "--faults", OPT_TEXT, &r.o.faults, "FILE", "stuck cells and comparators (docs/faults.md section 4), in the macro and in the golden machine; what they cost is told against the fault-free layer" },
		{ "--bad", OPT_TEXT, &r.o.bad, "FILE", "bad columns, whose positions spare ones replace (docs/faults.md section 5); auto: those of the cells of --faults" },
		{ "--tree", OPT_TEXT, &r.o.tree, "FILE", "search tree (bitline adc); else, for an asymmetric search, the best one for the counts of this run" },
		{ "--engine", OPT_TEXT, &r.o.engine, "NAME", "what runs the device: verilator (the default), icarus, systemc, tlm (golden behind the registers), lockstep (systemc and tlm)" },
		{ "--rtl", OPT_TEXT, &r.o.rtl, "DIR", "judge this emitted (or edited) directory instead of a fresh one" },
		{ "--no-probes", OPT_FLAG, &r.o.no_probes, NULL, "judge outputs, registers, counters and clocks only: for a netlist (docs/synthesis.md), which has no modules to probe" },
		{ "--dump", OPT_TEXT, &r.o.dump, "DIR", "write what went in and came out: LAYER.{x,w,y,q}.npy, LAYER.meta.json" },
		{ "--out", OPT_TEXT, &r.o.out, "DIR", "record the run for bitline report: figures, and the first program clock by clock (docs/report.md)" },
		{ "--trace", OPT_TEXT, &r.o.trace, "FILE.fst", "waveform of everything; beside it FILE.gtkw and FILE.sucl, its signals in groups for GTKWave and Surfer" },
		{ "--mismatch-trace", OPT_TEXT, &r.o.mismatch, "FILE.fst", "when something differs: run again, waveform of the clocks around the first difference (with --out DIR: DIR/mismatch.fst by itself)" },
		{ "--trace-window", OPT_INT, &r.o.window, "N", "of --mismatch-trace: clocks before the difference (200), a quarter as many after it", .lo = 1, .hi = 1000000 },
		{ "--json", OPT_FLAG, &r.o.json, NULL, "print JSON" },
	};
	double t0 = progress_now();
	struct err e = { 0 };
	int status;

	if (!opt_parse(argc, argv, "bitline cosim --config FILE (--model FILE [--generate N] | --matrix W.npy | --tensor FILE:NAME) [options]", opts, OPT_N(opts), NULL, 0, &status))
		return status;
	report_init(&r.report);
	buf_init(&r.command);
	make_command(&r, argc, argv);
	if (!run(&r, &e)) {
		print(&r, progress_now() - t0);
		if (r.o.out)
			record_run(&r.record, r.generation ? "text.json" : "run.json", figures(&r, progress_now() - t0), &e);
		if (!cli_flush(&e))
			finish_waves(&r, &e);
	}
	if (e.code && r.new_dump)
		rmdir(r.o.dump); /* stays when something is in it */
	status = e.code ? cli_fail(&e) : r.report.mismatches ? ERR_DIFF : 0;
	generation_free(r.generation);
	cosim_close(r.device);
	device_close(&r.lib);
	report_release(&r.report);
	buf_release(&r.command);
	cli_tables_release(&r.tables);
	cli_faults_release(&r.faults);
	free(r.histogram);
	free(r.tensor);
	free(r.cut);
	opt_list_release(&r.o.set);
	return status;
}
