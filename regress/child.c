/* SPDX-License-Identifier: Apache-2.0 */
#include "regress/child.h"
#include "common/progress.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_PRINTED = 64 << 20, NOT_STARTED = 127 };

/* in the child */
_Noreturn static void become(const struct child *c, const char *const *argv, pid_t parent)
{
	sigset_t none;
	int null = open("/dev/null", O_RDONLY);

	setpgid(0, 0); /* what it starts is killed with it */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (getppid() != parent || null < 0 || dup2(null, 0) < 0 || dup2(c->out, 1) < 0 || dup2(c->err, 2) < 0)
		_exit(NOT_STARTED);
	execvp(argv[0], (char *const *)argv);
	_exit(NOT_STARTED);
}

int child_start(struct child *c, const char *const *argv, double limit, struct err *e)
{
	pid_t parent = getpid();

	*c = (struct child){ .out = memfd_create("out", MFD_CLOEXEC), .err = memfd_create("err", MFD_CLOEXEC), .start = progress_now(), .limit = limit };
	if (c->out < 0 || c->err < 0 || (c->pid = fork()) < 0) {
		int reason = errno;

		if (c->out >= 0)
			close(c->out);
		if (c->err >= 0)
			close(c->err);
		return err_set(e, ERR_ENV, "cannot start '%s': %s; run fewer at a time", argv[0], strerror(reason));
	}
	if (!c->pid)
		become(c, argv, parent);
	setpgid(c->pid, c->pid); /* whoever of the two is first */
	return 0;
}

static void take(int fd, struct buf *b)
{
	char piece[65536];
	ssize_t n;

	buf_init(b);
	lseek(fd, 0, SEEK_SET);
	while (b->len < MOST_PRINTED && (n = read(fd, piece, sizeof(piece))) > 0)
		buf_add(b, piece, (size_t)n);
	close(fd);
}

int child_poll(struct child *c, struct child_end *end)
{
	siginfo_t seen = { 0 };
	int status;

	if (!waitid(P_PID, (id_t)c->pid, &seen, WEXITED | WNOHANG | WNOWAIT) && !seen.si_pid) {
		if (c->limit > 0 && !c->late && progress_now() - c->start > c->limit) {
			c->late = true;
			child_kill(c);
		}
		return 0;
	}
	*end = (struct child_end){ .late = c->late, .seconds = progress_now() - c->start };
	kill(-c->pid, SIGKILL); /* what it left behind, as long as the number is its own */
	if (waitpid(c->pid, &status, 0) < 0)
		end->status = NOT_STARTED; /* not ours any more: nothing is known of it */
	else if (WIFSIGNALED(status))
		end->signal = WTERMSIG(status);
	else
		end->status = WEXITSTATUS(status);
	take(c->out, &end->out);
	take(c->err, &end->err);
	c->pid = 0;
	return 1;
}

void child_kill(struct child *c)
{
	if (c->pid > 0)
		kill(-c->pid, SIGKILL);
}

int child_run(const char *const *argv, double limit, struct child_end *end, struct err *e)
{
	struct child c;

	if (child_start(&c, argv, limit, e))
		return -1;
	while (!child_poll(&c, end))
		nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
	if (end->status != NOT_STARTED)
		return 0;
	child_end_release(end);
	return err_set(e, ERR_ENV, "'%s' is missing or does not run", argv[0]);
}

void child_end_release(struct child_end *end)
{
	buf_release(&end->out);
	buf_release(&end->err);
}
