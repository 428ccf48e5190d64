/* Pairs of parameter values: which were simulated, and co-simulations of those that were not.
 *	pairs --report DIR [-v]     of all pairs that a legal configuration can hold, how many are in configurations of DIR (*.xml, written by runs with BITLINE_COVERAGE=DIR)
 *	pairs --run [--seed S] [--builds N] [--seconds T] [--limit L]    draws configurations, each towards the pairs that are left, until none is left, N devices are built, or T seconds
 *	        are over; each emitted, built and co-simulated with random layers, as the sweep does. --report DIR beside it: what DIR holds counts as done.
 *	        The runs on one device get L seconds (300; 0: no end): a draw that takes longer is stopped and another one tried.
 * A pair is legal when a configuration was found that the checker takes (pairs_space.c). Exit status 1: a run differed, or (--run without --builds, --seconds) a pair is left.
 * SPDX-License-Identifier: Apache-2.0 */
#include "common/file.h"
#include "common/progress.h"
#include "pairs_space.h"
#include "sweep_device.h"
#include "sweep_draw.h"
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { UNKNOWN, LEGAL, DONE, GIVEN_UP };
enum { CANDIDATES = 40, RUNS = 8, ENOUGH = 3 /* new pairs that are worth a run on a device that is there */ };
struct options { const char *dir; bool run, verbose; uint64_t seed; int builds, limit; double seconds; };
/* what the processes of the devices leave to the one that started them */
static struct shared { unsigned char state[SPACE_BINS][SPACE_BINS] /* [a][b], a < b */; int n_passed, n_failed; struct prng p; } *all;
static int n_stopped;

static int count(unsigned char what)
{
	int n = 0;

	for (int a = 0; a < space_bins(); a++)
		for (int b = a + 1; b < space_bins(); b++)
			n += all->state[a][b] == what;
	return n;
}

/* pairs of c that are `from`; then they are `to` (UNKNOWN: only counted) */
static int mark(const struct cfg *c, unsigned char from, unsigned char to)
{
	int bin[SPACE_AXES], n = 0;

	space_of(c, bin);
	for (int a = 0; a < space_axes(); a++)
		for (int b = a + 1; b < space_axes(); b++)
			if (bin[a] >= 0 && bin[b] >= 0 && all->state[bin[a]][bin[b]] == from) {
				n++;
				if (to)
					all->state[bin[a]][bin[b]] = to;
			}
	return n;
}

/* which pairs are legal, as far as draws can tell: 4 of 300 steps for each that many random ones have not shown */
static void find_legal(const struct cfg *base)
{
	struct prng p;

	prng_init(&p, 1);
	for (int i = 0; i < 3000; i++) {
		struct cfg c = *base;

		if (space_draw(&c, &p, NULL, 0, false, false))
			mark(&c, UNKNOWN, LEGAL);
	}
	for (int a = 0; a < space_bins(); a++)
		for (int b = a + 1; b < space_bins(); b++)
			for (int turn = 0; turn < 4 && space_axis(a) != space_axis(b) && all->state[a][b] == UNKNOWN; turn++) {
				struct cfg c = *base;

				if (space_draw(&c, &p, (const int[]){ a, b }, 2, false, false))
					mark(&c, UNKNOWN, LEGAL);
			}
}

static int read_done(const char *dir, struct err *e)
{
	struct dirent **name;
	int n = scandir(dir, &name, NULL, alphasort), read = 0, rc = 0;

	if (n < 0)
		return err_set(e, ERR_INPUT, "cannot read '%s'", dir);
	for (int i = 0; i < n; i++) {
		const char *dot = strrchr(name[i]->d_name, '.');

		if (dot && !strcmp(dot, ".xml") && !rc) {
			char *path = file_join(dir, name[i]->d_name);
			struct cfg c;

			rc = cfg_load(&c, path, NULL, 0, e);
			if (!rc)
				mark(&c, LEGAL, DONE);
			read++;
			free(path);
		}
		free(name[i]);
	}
	free(name);
	printf("%d configurations of '%s'\n", read, dir);
	return rc;
}

/* the best of some: the configuration with the wanted pair that holds most pairs that are left */
static int best(struct cfg *out, const struct cfg *base, struct prng *p, const int *want, int n, bool run_only)
{
	int most = 0;

	for (int i = 0; i < CANDIDATES; i++) {
		struct cfg c = *base;
		int k = space_draw(&c, p, want, n, run_only, true) ? mark(&c, LEGAL, UNKNOWN) : 0;

		if (k > most) {
			*out = c;
			most = k;
		}
	}
	return most;
}

/* one layer on the device: what the mapper refuses (a memory too small for it, an accumulator that could overflow) is drawn again. -1: all were refused */
static int one(const struct sweep_device *d, const struct cfg *c, struct prng *p)
{
	enum { DRAWS = 30 };
	struct err e = { 0 };

	for (int i = 0; i < DRAWS; i++) {
		struct cosim *device = NULL;
		struct draw r;
		int rc, bad;

		e = (struct err){ 0 };
		rc = draw_given(&r, p, c, &e);
		if (!rc && !(device = sweep_device_open(d, &r.c, &r.tables, &e)))
			rc = -1;
		if (!rc)
			rc = case_run(&r.k, &r.c, r.has_tree ? &r.tree : NULL, device, r.stall, prng_u64(p), &e);
		if (!rc)
			case_check(&r.k);
		bad = rc ? e.code != ERR_INPUT : r.k.mismatches || r.k.total.mismatches;
		if (bad) {
			printf("FAILED\n");
			draw_describe(&r);
			printf("  %s\n", rc ? e.text : r.k.total.mismatches ? r.k.total.first : r.k.first);
		}
		cosim_close(device);
		draw_release(&r);
		if (bad || !rc)
			return bad;
	}
	printf("refused: %s\n", e.text);
	return -1;
}

static int judge(const struct sweep_device *d, const struct cfg *c, struct prng *p)
{
	int rc = one(d, c, p);

	if (!rc)
		all->n_passed++;
	else if (rc > 0)
		all->n_failed++;
	if (!rc)
		mark(c, LEGAL, DONE);
	return rc;
}

/* some memories hold no layer that is drawn, and some devices are slow whatever is drawn */
static void maybe_give_up(struct prng *p, const int want[2])
{
	if (all->state[want[0]][want[1]] == LEGAL && prng_range(p, 0, 3) == 0)
		all->state[want[0]][want[1]] = GIVEN_UP;
}

/* makes the device, which has a limit of its own (BITLINE_TOOL_LIMIT), and runs on it while they bring something */
static void runs(struct sweep_device *d, struct prng *p, const int want[2], int limit)
{
	struct err e = { 0 };
	struct cfg c;
	int rc;

	if (sweep_device_make(d, &e)) {
		printf("FAILED %s\n", e.text);
		all->n_failed++;
		all->state[want[0]][want[1]] = GIVEN_UP;
		return;
	}
	alarm((unsigned)limit);
	rc = judge(d, &d->cfg, p);
	for (int i = 0; i < RUNS; i++)
		if (best(&c, &d->cfg, p, NULL, 0, true) >= ENOUGH || (i < 2 && rc))
			rc = judge(d, &c, p);
	if (rc < 0)
		maybe_give_up(p, want);
	device_close(&d->lib);
}

/* A device for the pair, in a process of its own: one whose layer takes hours (thousands of samples of every converter) ends alone. */
static int build(const struct cfg *base, const int want[2], int limit)
{
	struct sweep_device d = { .cfg = *base };
	int status = 0;
	pid_t pid;

	if (!best(&d.cfg, base, &all->p, want, 2, false)) {
		all->state[want[0]][want[1]] = GIVEN_UP;
		return 0;
	}
	fflush(stdout);
	pid = fork();
	if (!pid) {
		runs(&d, &all->p, want, limit);
		exit(0);
	}
	if (pid < 0) {
		fprintf(stderr, "pairs: cannot start a process: %s\n", strerror(errno));
		return -1;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
		cfg_hash(&d.cfg, d.hash);
		printf("stopped after %d s: build/run/%s\n", limit, d.hash);
		n_stopped++;
		maybe_give_up(&all->p, want);
	} else if (status) {
		printf("FAILED a device's process ended with %s %d\n", WIFSIGNALED(status) ? "signal" : "status", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
		all->n_failed++;
		all->state[want[0]][want[1]] = GIVEN_UP;
	}
	return 0;
}

static bool next_pair(struct prng *p, int want[2])
{
	int n = count(LEGAL), k;

	if (!n)
		return false;
	k = (int)prng_range(p, 0, n - 1);
	for (int a = 0; a < space_bins(); a++)
		for (int b = a + 1; b < space_bins(); b++)
			if (all->state[a][b] == LEGAL && k-- == 0) {
				want[0] = a;
				want[1] = b;
				return true;
			}
	return false;
}

static int run(const struct options *o, const struct cfg *base)
{
	double t0 = progress_now();
	int want[2], n = 0;

	prng_init(&all->p, o->seed);
	for (; (!o->builds || n < o->builds) && (o->seconds <= 0 || progress_now() - t0 < o->seconds) && next_pair(&all->p, want); n++) {
		if (build(base, want, o->limit))
			return -1;
		if (o->verbose || n % 10 == 9)
			printf("%d devices, %d runs, %d pairs left, %.0f s\n", n + 1, all->n_passed + all->n_failed, count(LEGAL), progress_now() - t0);
	}
	printf("pairs: seed %llu, %d devices, %d of them stopped, %d runs in %.0f s\n", (unsigned long long)o->seed, n, n_stopped, all->n_passed + all->n_failed, progress_now() - t0);
	return 0;
}

static void report(bool verbose)
{
	int done = count(DONE), left = count(LEGAL) + count(GIVEN_UP);
	char a_name[96], b_name[96];

	for (int a = 0; a < space_bins(); a++)
		for (int b = a + 1; b < space_bins() && verbose; b++)
			if (all->state[a][b] == LEGAL || all->state[a][b] == GIVEN_UP) {
				space_name(a, a_name);
				space_name(b, b_name);
				printf("left: %s, %s\n", a_name, b_name);
			}
	printf("%d axes, %d bins; %d of %d legal pairs simulated (%.1f %%), %d left\n", space_axes(), space_bins(), done, done + left, done + left ? 100.0 * done / (done + left) : 0, left);
}

static int usage(void)
{
	fputs("usage: pairs [--report DIR] [--run [--seed S] [--builds N] [--seconds T] [--limit L]] [-v]\n", stderr);
	return ERR_INPUT;
}

int main(int argc, char **argv)
{
	struct options o = { .seed = 1, .limit = 300 };
	struct err e = { 0 };
	struct cfg base;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-v"))
			o.verbose = true;
		else if (!strcmp(argv[i], "--run"))
			o.run = true;
		else if (i + 1 == argc)
			return usage();
		else if (!strcmp(argv[i], "--report"))
			o.dir = argv[++i];
		else if (!strcmp(argv[i], "--seed"))
			o.seed = strtoull(argv[++i], NULL, 0);
		else if (!strcmp(argv[i], "--builds"))
			o.builds = atoi(argv[++i]);
		else if (!strcmp(argv[i], "--limit"))
			o.limit = atoi(argv[++i]);
		else if (!strcmp(argv[i], "--seconds"))
			o.seconds = atof(argv[++i]);
		else
			return usage();
	}
	if (!o.run && !o.dir)
		return usage();
	if (cfg_load(&base, "configs/tiny.xml", NULL, 0, &e)) {
		fprintf(stderr, "pairs: %s\n", e.text);
		return e.code;
	}
	all = mmap(NULL, sizeof(*all), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (all == MAP_FAILED) {
		fprintf(stderr, "pairs: out of memory\n");
		return ERR_ENV;
	}
	find_legal(&base);
	if (o.dir && read_done(o.dir, &e)) {
		fprintf(stderr, "pairs: %s\n", e.text);
		return e.code;
	}
	if (o.run && run(&o, &base))
		return ERR_ENV;
	report(o.verbose);
	if (o.run)
		printf("%d passed, %d failed\n", all->n_passed, all->n_failed);
	return all->n_failed || (o.run && !o.builds && o.seconds <= 0 && count(LEGAL) + count(GIVEN_UP)) ? ERR_DIFF : 0;
}
