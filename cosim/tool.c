/* Running a tool: fork, exec, wait.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/tool.h"
#include "common/mem.h"
#include "common/term.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIMIT_SECONDS = 3600, ASK_SECONDS = 60, SAID = 400 /* bytes of a command */ };

void tool_add(struct tool_args *a, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		BUG("vasprintf failed");
	va_end(ap);
	if (a->n + 2 > a->cap) {
		a->cap = a->cap ? 2 * a->cap : 16;
		a->v = mem_realloc(a->v, a->cap, sizeof(*a->v));
	}
	a->v[a->n++] = s;
	a->v[a->n] = NULL;
}

void tool_release(struct tool_args *a)
{
	for (int i = 0; i < a->n; i++)
		free(a->v[i]);
	free(a->v);
	memset(a, 0, sizeof(*a));
}

static int wait_for(pid_t pid, int options, const char *name, struct err *e)
{
	int status;
	pid_t got;

	while ((got = waitpid(pid, &status, options)) < 0)
		if (errno != EINTR)
			return err_set(e, ERR_ENV, "cannot wait for '%s': %s", name, strerror(errno));
	if (!got)
		return TOOL_RUNS;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int tool_limit(void)
{
	const char *text = getenv("BITLINE_TOOL_LIMIT");
	long n = text ? strtol(text, NULL, 10) : 0;

	return n > 0 && n < INT_MAX ? (int)n : LIMIT_SECONDS;
}

/* in the child: what keeps a tool from outliving us, or its time */
static void bound_tool(pid_t parent, int seconds)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(126);
	alarm((unsigned)seconds); /* stays over exec */
}

/* -v: the command as it could be typed, long ones cut */
static void say(const struct tool_args *a, const char *dir)
{
	struct buf b;

	buf_init(&b);
	for (int i = 0; i < a->n && b.len < SAID; i++)
		buf_addf(&b, " %s", a->v[i]);
	term_detail("run%s%s:%.*s%s", dir ? " in " : "", dir ? dir : "", SAID, b.data, b.len > SAID ? "..." : "");
	buf_release(&b);
}

int tool_start(const struct tool_args *a, const char *dir, const char *log, struct err *e)
{
	pid_t parent = getpid(), pid;

	say(a, dir);
	pid = fork();
	if (pid < 0)
		return err_set(e, ERR_ENV, "cannot start '%s': %s", a->v[0], strerror(errno));
	if (!pid) {
		int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
		int null = open("/dev/null", O_RDONLY);

		bound_tool(parent, tool_limit());
		if (fd < 0 || null < 0 || dup2(null, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0 || (dir && chdir(dir)))
			_exit(126);
		execvp(a->v[0], a->v);
		_exit(127);
	}
	return pid;
}

int tool_poll(int pid, const char *name, struct err *e)
{
	return wait_for(pid, WNOHANG, name, e);
}

int tool_run(const struct tool_args *a, const char *dir, const char *log, struct err *e)
{
	int pid = tool_start(a, dir, log, e);

	return pid < 0 ? -1 : wait_for(pid, 0, a->v[0], e);
}

int tool_ask(const char *program, const char *option, const char *option2, struct buf *out, struct err *e)
{
	char *argv[] = { (char *)program, (char *)option, (char *)option2, NULL };
	int fd[2], status, limit = tool_limit() < ASK_SECONDS ? tool_limit() : ASK_SECONDS;
	char piece[512];
	ssize_t n;
	pid_t parent = getpid(), pid;

	if (pipe(fd) || (pid = fork()) < 0)
		return err_set(e, ERR_ENV, "cannot start '%s': %s", program, strerror(errno));
	if (!pid) {
		int null = open("/dev/null", O_RDWR);

		bound_tool(parent, limit);
		dup2(null, 0);
		dup2(fd[1], 1);
		dup2(null, 2);
		close(fd[0]);
		close(fd[1]);
		execvp(program, argv);
		_exit(127);
	}
	close(fd[1]);
	while ((n = read(fd[0], piece, sizeof(piece))) > 0)
		buf_add(out, piece, n);
	close(fd[0]);
	status = wait_for(pid, 0, program, e);
	if (status < 0)
		return -1;
	while (out->len && strchr(" \t\r\n", out->data[out->len - 1]))
		out->data[--out->len] = 0;
	if (status == 128 + SIGALRM)
		return err_set(e, ERR_ENV, "'%s %s' had not ended after %d s and was stopped: it hangs; 'make deps' installs it anew", program, option, limit);
	if (status)
		return err_set(e, ERR_ENV, "'%s' is missing or does not run: 'make deps' installs it", program);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void tool_remove_tree(const char *dir)
{
	nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
