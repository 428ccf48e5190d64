/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/adc_synth.h"
#include "common/buf.h"
#include "common/file.h"
#include "common/progress.h"
#include "common/sha256.h"
#include "gen/tmpl.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* taken by the assembler at build time, from the top of the tree, where make runs */
__asm__(".section .rodata\nadc_script:\n.incbin \"tools/synth_adc.sh\"\nadc_script_end:\n.byte 0\n.previous\n");
extern const char adc_script[], adc_script_end[];

static const char folder[] = "rtl-templates/adc/";

/* the templates of the converters and the script, in a folder named after their bytes; a new string */
static char *place(const char *cache, struct err *e)
{
	char hash[65], *dir = NULL, *path;
	struct buf all;
	int rc;

	buf_init(&all);
	for (const struct tmpl *t = tmpl_embedded; t->path; t++)
		if (!strncmp(t->path, folder, strlen(folder)))
			buf_add(&all, t->text, t->len);
	buf_add(&all, adc_script, (size_t)(adc_script_end - adc_script));
	sha256_hex(all.data, all.len, hash);
	buf_clear(&all);
	buf_addf(&all, "%s/rtl-%.16s", cache, hash);
	rc = file_mkdirs(all.data, e);
	for (const struct tmpl *t = tmpl_embedded; !rc && t->path; t++)
		if (!strncmp(t->path, folder, strlen(folder))) {
			path = file_join(all.data, t->path + strlen(folder));
			rc = file_write(path, t->text, t->len, e);
			free(path);
		}
	if (!rc) {
		path = file_join(all.data, "synth_adc.sh");
		rc = file_write(path, adc_script, (size_t)(adc_script_end - adc_script), e);
		free(path);
	}
	if (rc)
		buf_release(&all);
	else
		dir = all.data;
	return dir;
}

/* the script's standard error, line by line: progress, and the first complaint */
static void watch(FILE *f, size_t n, char *complaint, size_t size)
{
	struct progress bar;
	uint64_t done = 0;
	char line[512];

	progress_begin(&bar, "synthesis", n);
	complaint[0] = '\0';
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "done ", 5))
			progress_at(&bar, ++done);
		else if (!complaint[0])
			snprintf(complaint, size, "%s", line);
	}
	progress_end(&bar);
}

static int results(FILE *f, const char *const *cases, size_t n, struct adc_cells *out, struct err *e)
{
	char taken[8];

	rewind(f);
	for (size_t i = 0; i < n; i++) {
		if (fscanf(f, "%ld %ld %lf %lf %7s", &out[i].cells, &out[i].flops, &out[i].area, &out[i].period_ns, taken) != 5)
			return err_set(e, ERR_ENV, "synth_adc.sh gave no result for \"%s\"; remove the folder build/adc or $BITLINE_CACHE/adc and try again", cases[i]);
		out[i].cached = !strcmp(taken, "cached");
	}
	return 0;
}

static _Noreturn void child(const char *dir, const char *cache, FILE *in, FILE *out, int err, const char *const *cases, size_t n)
{
	char *script = file_join(dir, "synth_adc.sh");

	for (size_t i = 0; i < n; i++)
		fprintf(in, "%s\n", cases[i]);
	rewind(in);
	if (dup2(fileno(in), 0) >= 0 && dup2(fileno(out), 1) >= 0 && dup2(err, 2) >= 0)
		execlp("bash", "bash", script, dir, cache, (char *)NULL);
	dprintf(err, "cannot run bash: %s; install the package bash\n", strerror(errno));
	_exit(127);
}

static int run(const char *dir, const char *cache, const char *const *cases, size_t n, struct adc_cells *out, struct err *e)
{
	FILE *in = tmpfile(), *text = tmpfile(), *watched = NULL;
	char complaint[512] = "";
	int fds[2] = { -1, -1 }, status = 0, rc;
	pid_t pid = -1;

	if (!in || !text || pipe2(fds, O_CLOEXEC) || !(watched = fdopen(fds[0], "r")) || fflush(stdout) || (pid = fork()) < 0)
		return err_set(e, ERR_ENV, "cannot start bash for synth_adc.sh: %s; make room for temporary files and processes", strerror(errno));
	if (pid == 0)
		child(dir, cache, in, text, fds[1], cases, n);
	close(fds[1]);
	watch(watched, n, complaint, sizeof(complaint));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status)
		rc = err_set(e, ERR_ENV, "%s", complaint[0] ? complaint : "synth_adc.sh ended without a word");
	else
		rc = results(text, cases, n, out, e);
	fclose(watched);
	fclose(in);
	fclose(text);
	return rc;
}

int adc_synth(const char *const *cases, size_t n, struct adc_cells *out, struct err *e)
{
	const char *env = getenv("BITLINE_CACHE");
	char *cache = file_join(env && *env ? env : "build", "adc"), *dir = place(cache, e);
	int rc = dir ? run(dir, cache, cases, n, out, e) : -1;

	free(cache);
	free(dir);
	return rc;
}
