/* vvp as a child: one message a clock each way over a socket (icarus/wire.h); what it prints goes into a file in memory, and from there to stderr.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/icarus.h"
#include "common/buf.h"
#include "common/file.h"
#include "common/mem.h"
#include "cosim/build.h"
#include "cosim/icarus/wire.h"
#include "cosim/pins.h"
#include "cosim/tool.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Of one clock. A 1024 x 1024 array takes some ten milliseconds: whoever takes longer hangs in a loop without time. */
enum { ANSWER_SECONDS = 60, FAREWELL_MS = 5000 };

struct shim {
	struct shim_pins pins;
	struct shim_probe probe;
	uint64_t cycles;
	pid_t pid;             /* 0: gone */
	int socket, printed;
	uint32_t *event; size_t event_cap;
	struct buf text;       /* what vvp printed in its last clock */
	char *fault;
};

static void set_fault(struct shim *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void set_fault(struct shim *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!s->fault && vasprintf(&s->fault, fmt, ap) < 0)
		BUG("vasprintf failed");
	va_end(ap);
}

/* Only while vvp waits for us or is dead: both share the place in the file. */
static void take_printed(struct shim *s)
{
	static const char greeting[] = "FST info: dumpfile"; /* of every waveform: nothing that anybody asked */
	char piece[4096];
	size_t skip;
	ssize_t n;

	s->text.len = 0;
	for (off_t at = 0; (n = pread(s->printed, piece, sizeof(piece), at)) > 0; at += n)
		buf_add(&s->text, piece, (size_t)n);
	if (!s->text.len)
		return;
	skip = strncmp(s->text.data, greeting, strlen(greeting)) ? 0 : strcspn(s->text.data, "\n") + 1;
	if (skip < s->text.len)
		fwrite(s->text.data + skip, 1, s->text.len - skip, stderr);
	if (ftruncate(s->printed, 0))
		BUG("ftruncate failed");
	lseek(s->printed, 0, SEEK_SET);
}

/* the line that $fatal wrote, else the last one; length in *len */
static const char *telling_line(const struct shim *s, int *len)
{
	const char *text = s->text.len ? s->text.data : "", *p = strstr(text, "FATAL: ");

	if (p) {
		p += strlen("FATAL: ");
	} else {
		size_t end = s->text.len;

		while (end && text[end - 1] == '\n')
			end--;
		for (p = text + end; p > text && p[-1] != '\n'; p--)
			;
	}
	*len = (int)strcspn(p, "\n");
	return p;
}

/* Waits for vvp, which has been told to go, or has gone. Its wait status. */
static int reap(struct shim *s)
{
	int status = 0;

	close(s->socket);
	for (int ms = 0; waitpid(s->pid, &status, WNOHANG) == 0; ms++) {
		if (ms == FAREWELL_MS)
			kill(s->pid, SIGKILL);
		usleep(1000);
	}
	s->pid = 0;
	return status;
}

/* no answer: vvp died, or it hangs */
static void lost(struct shim *s, bool hangs)
{
	const char *line;
	int status, len;

	if (hangs)
		kill(s->pid, SIGKILL);
	status = reap(s);
	take_printed(s);
	line = telling_line(s, &len);
	if (hangs)
		set_fault(s, "vvp does not come to the end of clock %" PRIu64 " within %d s: a loop without time", s->cycles, ANSWER_SECONDS);
	else if (WIFSIGNALED(status))
		set_fault(s, "vvp was killed by signal %d in clock %" PRIu64 "%s%.*s", WTERMSIG(status), s->cycles, len ? ": " : "", len, line);
	else
		set_fault(s, "vvp ended with status %d in clock %" PRIu64 "%s%.*s", WEXITSTATUS(status), s->cycles, len ? ": " : "", len, line);
}

static bool receive(struct shim *s, void *p, size_t n)
{
	while (n) {
		ssize_t got = recv(s->socket, p, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			lost(s, got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
			return false;
		}
		p = (char *)p + got;
		n -= (size_t)got;
	}
	return true;
}

static void send_pins(struct shim *s)
{
	ssize_t n;

	do
		n = send(s->socket, &s->pins, sizeof(s->pins), MSG_NOSIGNAL); /* smaller than any socket's buffer, which is empty */
	while (n < 0 && errno == EINTR);
	if (n != sizeof(s->pins))
		lost(s, false);
}

/* events as vpi.c wrote them */
static void tell(const struct shim *s, uint32_t words)
{
	const struct shim_probe *p = &s->probe;
	const uint32_t *w = s->event, *end = w + words;

	while (w < end) {
		switch (*w++) {
		case WIRE_CODES: {
			int lanes = (int)w[3], masks = (lanes + 31) / 32;

			if (p->codes)
				p->codes(p->ctx, (int)w[0], (int)w[1], (int)w[2], lanes, w + 4, (const uint16_t *)(w + 4 + masks));
			w += 4 + masks + (lanes + 1) / 2;
			break;
		}
		case WIRE_PARTIAL:
			if (p->partial)
				p->partial(p->ctx, (int)w[0], (int)w[1], (int32_t)w[2], (int32_t)w[3]);
			w += 4;
			break;
		case WIRE_OUT:
			if (p->out)
				p->out(p->ctx, (int)w[0], (int)w[1], (int32_t)w[2], (int)w[3], (int)w[4]);
			w += 5;
			break;
		case WIRE_TAKE:
			if (p->take)
				p->take(p->ctx, (int)w[0], s->cycles);
			w++;
			break;
		case WIRE_FINISH:
			if (p->finish)
				p->finish(p->ctx, (int)w[0], s->cycles);
			w++;
			break;
		case WIRE_LOAD:
			if (p->load)
				p->load(p->ctx, (int)w[0], s->cycles);
			w++;
			break;
		default:
			BUG("an event that vpi.c does not send");
		}
	}
}

/* one answer, its events told; false: there is a fault now */
static bool take_answer(struct shim *s, struct wire_answer *a)
{
	if (!receive(s, a, sizeof(*a)))
		return false;
	if (a->words > s->event_cap) {
		s->event_cap = 2 * a->words;
		s->event = mem_realloc(s->event, s->event_cap, sizeof(*s->event));
	}
	if (!receive(s, s->event, a->words * sizeof(*s->event)))
		return false;
	if (a->printed)
		take_printed(s);
	tell(s, a->words);
	if (a->ended) {
		const char *line;
		int len;

		reap(s);
		line = telling_line(s, &len);
		set_fault(s, "%.*s%s$stop, $fatal or $finish in clock %" PRIu64, len, line, len ? ": " : "", s->cycles);
	} else if (a->breach[0]) {
		set_fault(s, "AXI: %s, in clock %" PRIu64, a->breach, a->late && s->cycles ? s->cycles - 1 : s->cycles);
	} else if (a->unknown[0]) {
		set_fault(s, "%s is unknown (x or z) in clock %" PRIu64, a->unknown, s->cycles);
	}
	return !s->fault;
}

/* a device with a fault answers nothing: no handshake that stood in its last clock may be taken twice */
static void fall_silent(struct shim *s)
{
	struct shim_pins *p = &s->pins;

	p->awready = p->wready = p->bvalid = p->arready = p->rvalid = p->s_tready = p->m_tvalid = p->irq = 0;
}

static void icarus_clock(struct shim *s)
{
	struct wire_answer a;

	if (!s->fault)
		send_pins(s);
	if (!s->fault && take_answer(s, &a)) {
		s->pins = a.pins;
		s->cycles++;
	} else {
		fall_silent(s);
	}
}

static void icarus_free(struct shim *s)
{
	if (s->pid) {
		shutdown(s->socket, SHUT_WR); /* vvp ends by itself, and closes its waveforms */
		reap(s);
	}
	close(s->printed);
	free(s->event);
	free(s->fault);
	buf_release(&s->text);
	free(s);
}

static struct shim_pins *icarus_pins(struct shim *s)
{
	return &s->pins;
}

static uint64_t icarus_cycles(struct shim *s)
{
	return s->cycles;
}

static const char *icarus_fault(struct shim *s)
{
	return s->fault;
}

const struct shim_api icarus_api = { .free = icarus_free, .pins = icarus_pins, .clock = icarus_clock, .cycles = icarus_cycles, .fault = icarus_fault };

/* in the child: the socket under its number, nothing else of ours */
static void become_vvp(char **argv, int socket, int printed, pid_t parent)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || dup2(null, 0) < 0 || dup2(printed, 1) < 0 || dup2(printed, 2) < 0)
		_exit(126);
	if (socket == WIRE_FD ? fcntl(socket, F_SETFD, 0) < 0 : dup2(socket, WIRE_FD) < 0)
		_exit(126);
	execvp(argv[0], argv);
	_exit(127);
}

static int start_vvp(struct shim *s, char **argv, struct err *e)
{
	struct timeval patience = { .tv_sec = ANSWER_SECONDS };
	int pair[2];
	pid_t parent = getpid();

	s->printed = memfd_create("vvp", MFD_CLOEXEC);
	if (s->printed < 0)
		return err_set(e, ERR_ENV, "cannot start '%s': %s", argv[0], strerror(errno));
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
		err_set(e, ERR_ENV, "cannot start '%s': %s", argv[0], strerror(errno));
		close(s->printed);
		return -1;
	}
	s->pid = fork();
	if (!s->pid)
		become_vvp(argv, pair[1], s->printed, parent);
	close(pair[1]);
	s->socket = pair[0];
	setsockopt(s->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (s->pid > 0)
		return 0;
	err_set(e, ERR_ENV, "cannot start '%s': %s", argv[0], strerror(errno));
	close(s->socket);
	close(s->printed);
	return -1;
}

struct shim *icarus_start(const char *dir, const char *const *plusargs, const struct shim_probe *probe, const char *trace, struct err *e)
{
	struct shim *s = MEM_NEW(1, struct shim);
	struct tool_args a = { 0 };
	struct wire_answer hello = { .ended = 0 };
	int rc;

	buf_init(&s->text);
	tool_add(&a, "vvp");
	tool_add(&a, "-n"); /* $stop ends it */
	tool_add(&a, "-M%s", dir);
	tool_add(&a, "-mbl");
	tool_add(&a, "%s/bench.vvp", dir);
	if (trace) {
		tool_add(&a, "-fst");
		tool_add(&a, "+bl_trace=%s", trace);
	}
	for (; *plusargs; plusargs++)
		tool_add(&a, "%s", *plusargs);
	if (probe)
		s->probe = *probe;
	rc = start_vvp(s, a.v, e);
	tool_release(&a);
	if (rc) {
		buf_release(&s->text);
		free(s);
		return NULL;
	}
	if (!take_answer(s, &hello) && !hello.ended) {
		build_break_seal(dir);
		err_set(e, ERR_ENV, "cannot simulate '%s/bench.vvp': %s; 'make deps' installs Icarus Verilog, the next run builds it anew", dir, s->fault);
		icarus_free(s);
		return NULL;
	}
	return s;
}

struct engine *engine_icarus(const struct device_lib *lib, const struct engine_setup *s, struct err *e)
{
	struct shim *shim = icarus_start(lib->dir, s->plusargs, s->probe, s->trace, e);

	return shim ? pins_engine(ENGINE_ICARUS, &icarus_api, shim) : NULL;
}
