/* Runs kept inputs through the fuzz targets, with any compiler: replay TARGET FILE.. A FILE is one input, or a pack of them (tools/fuzz.sh makes packs):
 * the line "bitline fuzz pack", then for each input its length in decimal, a newline, its bytes, a newline. A target that breaks ends the program.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz.h"
#include "common/file.h"
#include <time.h>

typedef int (*target_fn)(const uint8_t *data, size_t size);
#define TARGET(name) int fuzz_##name(const uint8_t *data, size_t size);
#include "tests/fuzz/targets.def"
#undef TARGET
static const struct { const char *name; target_fn run; } targets[] = {
#define TARGET(name) { #name, fuzz_##name },
#include "tests/fuzz/targets.def"
#undef TARGET
};
static const char first[] = "bitline fuzz pack\n";

/* mutators are not called here, and this only lets them link */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max)
{
	(void)data, (void)max;
	return size;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* an input in memory of its own, so that a sanitizer sees where it ends; seconds it took */
static double run_one(target_fn run, const char *p, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);
	double start = now();

	memcpy(copy, p, n);
	run(copy, n);
	free(copy);
	return now() - start;
}

struct tally { size_t n; double longest; };

static int run_file(target_fn run, const char *path, struct tally *t)
{
	struct err e = { 0 };
	struct buf b;
	size_t at = sizeof(first) - 1;

	if (file_read(path, (size_t)64 << 20, &b, &e)) {
		fprintf(stderr, "replay: %s\n", e.text);
		return -1;
	}
	if (b.len < at || memcmp(b.data, first, at)) {
		double s = run_one(run, b.data, b.len);

		t->n++;
		t->longest = s > t->longest ? s : t->longest;
		at = b.len;
	}
	while (at < b.len) {
		char *end;
		unsigned long n = strtoul(b.data + at, &end, 10);
		size_t begin = (size_t)(end - b.data) + 1;
		double s;

		if (*end != '\n' || n > b.len || begin + n >= b.len || b.data[begin + n] != '\n') {
			fprintf(stderr, "replay: '%s' is a broken pack at byte %zu\n", path, at);
			return -1;
		}
		s = run_one(run, b.data + begin, n);
		t->n++;
		t->longest = s > t->longest ? s : t->longest;
		at = begin + n + 1;
	}
	buf_release(&b);
	return 0;
}

int main(int argc, char **argv)
{
	struct tally t = { 0 };
	size_t k = 0;

	while (argc > 2 && k < sizeof(targets) / sizeof(*targets) && strcmp(argv[1], targets[k].name))
		k++;
	if (argc < 3 || k == sizeof(targets) / sizeof(*targets)) {
		fprintf(stderr, "usage: replay TARGET FILE..\ntargets:");
		for (k = 0; k < sizeof(targets) / sizeof(*targets); k++)
			fprintf(stderr, " %s", targets[k].name);
		fputc('\n', stderr);
		return 2;
	}
	for (int i = 2; i < argc; i++)
		if (run_file(targets[k].run, argv[i], &t))
			return 1;
	printf("%zu inputs, longest %.0f ms\n", t.n, t.longest * 1e3);
	return 0;
}
