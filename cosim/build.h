/* What building any kind of device has in common: tools and their versions, the cache, keys by content, temporary directories, logs, parallel compiles.
 * A kind (device.c: Verilator; device_systemc.c; device_icarus.c) only says which sources, which tool commands, which object.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef COSIM_BUILD_H
#define COSIM_BUILD_H
#include "common/progress.h"
#include "cosim/device.h"
#include "cosim/source.h"
#include "cosim/tool.h"

struct build;

struct build_kind {
	const char *name;                /* of the tool that makes the object; NULL: $CXX */
	const char *flags;               /* whatever else decides the object: tool options, a part of the key */
	const char *const *tools;        /* "verilator --version": what these print joins the key; "c++" stands for $CXX. NULL ends this list and the next three */
	const char *const *modules;      /* embedded SystemVerilog (paths as in embed.c) that goes with the RTL, its names prefixed alike */
	const char *const *probes;       /* ... and goes only when probes are wanted */
	const char *const *others;       /* embedded files of any language, written to src/PATH */
	const char *object;              /* the file without which an entry is not there: "device.so" */
	/* Makes the object in b->dir, where all sources are written already; whatever it leaves besides, except in src and obj, stays in the entry. */
	int (*make)(struct build *b, struct err *e);
	/* Loads the object of a finished entry into out (kind and dir are set); a fault means that the entry is broken: it is made anew. */
	int (*load)(const char *dir, struct device_lib *out, struct err *e);
};
/* in the order of enum device_kind */
extern const struct build_kind build_verilator, build_systemc, build_tlm, build_icarus;

struct build {
	const struct device_ask *ask;
	const struct build_kind *kind;
	const char *cxx;        /* $CXX or g++ */
	const char *cxxflags;   /* $BITLINE_CXXFLAGS: words behind the options of everything that is compiled for a device, in its key; "" */
	const char *coverage;   /* words for Verilator; "": the model counts nothing */
	char *cache;            /* absolute */
	struct source_set src;
	struct buf tools;       /* what the tools said about themselves */
	char key[65];
	char *dir, *log;        /* of the running build */
	int lock;               /* held as long as dir lives */
	const char *header;     /* of the units that are being compiled (build_units) */
	char **object; int n_objects; /* entries of compiled objects that this build takes */
	struct progress progress;
	unsigned done;          /* steps */
	double verilate_seconds;
};

/* device_build of a kind that brings its own sources: ask, kind and src of b are set; src is released */
int build_object(struct build *b, struct device_lib *out, struct err *e);

/* for the functions below: options of one command, words split at blanks */
void build_words(struct tool_args *a, const char *words);
/* the RTL files, in the order of sim.f, as words of a command */
void build_add_rtl(const struct build *b, struct tool_args *a);
/* path: a file that a tool read. An `include or $readmemh is outside the key: refused, so that an edited file never meets an old binary */
int build_check_input(const char *path, struct err *e);
/* One tool in b->dir; a is released. A failure is one line that quotes the tool's first error and names the log. */
int build_run(struct build *b, struct tool_args *a, struct err *e);

void build_wait(struct build *b); /* a moment, while tools run; shows progress */
/* A tool came back with a status that is not 0: sets e from the log, which it keeps in the cache; -1 */
int build_failed(struct build *b, const char *tool, int status, struct err *e);
int build_publish(const char *tmp, const char *final, struct err *e);
/* A tool came back with status 0: did it leave dir/name? -1 with e set when it did not. */
int build_left(const struct build *b, const char *tool, const char *dir, const char *name, struct err *e);

/* An entry of the cache (build_seal.c): sealed before it is published; taken only when every file is what the seal says, object among them. */
int build_seal(const char *dir, struct err *e);
bool build_intact(const char *dir, const char *object);
void build_break_seal(const char *dir);                       /* an entry whose content is no good: the next one makes it anew */
void build_discard(const char *cache, const char *dir);       /* out of the cache, at once for everybody */

/* One translation unit; source: absolute or relative to b->dir; extra: options of its own, NULL: none; object: its entry in the cache, set by build_compile. */
struct build_unit { char *source; const char *extra; char *object; };
/* header: what the units with a relative source all read first, a line of C++; NULL: nothing in common */
struct build_units { struct build_unit *unit; int n; const char *header; };
#define BUILD_UNIT "unit.o" /* in the entry */
void build_unit_add(struct build_units *u, const char *extra, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void build_units_release(struct build_units *u);
/* Compiles with `$CXX common extra -c source` in b->dir, as many at a time as there are cores. Objects are cached by content: compiler and
 * tools, options, source, and what it includes by "..." below b->dir (beside itself, src, obj); everything else belongs to the tools.
 * The header is compiled beside the units, for the next build: most of the time of a small unit goes into reading it (docs/decisions/0043-compiled-header.md). */
int build_compile(struct build *b, const struct tool_args *common, struct build_units *u, struct err *e);
/* Links all units' objects: `$CXX common OBJECTS words`. Only symbol is visible in the object. */
int build_link(struct build *b, const struct tool_args *common, const struct build_units *u, const char *symbol, const char *words, struct err *e);

/* dlopen of dir/object and its one function: kept in out->handle and *function */
int build_open(const char *dir, const char *object, const char *symbol, struct device_lib *out, void (**function)(void), struct err *e);

/* Flags of all kinds with a Verilated core, in their key too (build_kind.flags). The Verilator set is the fastest that was measured (TOOLCHAIN.md section 3);
 * --output-split: a second of compiling per file. -Wno-fatal: the judge runs edited RTL too, lint is `make lint`'s. */
#define BUILD_VERILATOR_FLAGS "-O3 --x-assign fast --x-initial fast --noassert --no-timing -Wno-fatal --output-split 10000 --prefix Vdut --Mdir obj"
/* Messages of the model go to stderr, and the shim decides what $stop means: stdout belongs to --json. */
#define BUILD_MODEL_FLAGS "-O2 -fPIC -fvisibility=hidden -fno-gnu-unique -faligned-new -fcf-protection=none -pthread -w " \
	"-DVL_PRINTF(...)=std::fprintf(stderr,__VA_ARGS__) -DVL_USER_FATAL -DVL_USER_STOP -DVL_USER_FINISH"
/* A model that counts its lines is slow whatever the compiler does, and runs for seconds. */
#define BUILD_COVERAGE_FLAGS "-O0 -DVM_COVERAGE=1"
/* constructors, reset, what runs once; Verilator's run-time library, none of which is in a profile of a run */
#define BUILD_ONCE_FLAGS "-O0"
#define BUILD_RUNTIME_FLAGS "-O1"

/* A netlist of gates is large and runs for a few layers: fewer units, because each of them parses a header of megabytes (two seconds of the three that one of
 * 10000 statements takes), and less work on each. Emitted RTL stays below NETLIST_BYTES at any size of array: it has parameters. */
enum { NETLIST_BYTES = 2 << 20 };
#define BUILD_NETLIST_VERILATOR_FLAGS "--output-split 60000"
#define BUILD_NETLIST_FLAGS "-O0"
bool build_is_netlist(const struct build *b);

/* For the kinds with a Verilated core (device.c): runs `verilator mode ...` into obj, prefix Vdut; refuses files that sim.f does not name. */
int build_verilate(struct build *b, const char *mode /* "--cc", "--sc" */, struct err *e);
/* ... and gathers options and units of the model and Verilator's run-time library: what to add for a shared object is the shim or bench and link words */
int build_model(struct build *b, struct tool_args *common, struct build_units *u, struct err *e);

#endif
