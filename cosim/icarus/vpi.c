/* The system tasks of bench.sv: the pins and events of a simulation in Icarus Verilog, over the socket of wire.h.
 * Compiled into bl.vpi, loaded by vvp. Ends the simulation when the harness has gone.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cosim/icarus/wire.h"
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vpi_user.h>

/* Pins in the order of the tasks' arguments. An output counts always, or while another one is 1. */
struct pin { const char *name; size_t at, size, with; };
enum { ALWAYS = -1 };
#define PIN(name, with) { #name, offsetof(struct shim_pins, name), sizeof(((struct shim_pins *)0)->name), with }
#define WITH(name) offsetof(struct shim_pins, name)

static const struct pin input[] = {
	PIN(rst_n, 0), PIN(awaddr, 0), PIN(awvalid, 0), PIN(wdata, 0), PIN(wstrb, 0), PIN(wvalid, 0), PIN(bready, 0), PIN(araddr, 0), PIN(arvalid, 0), PIN(rready, 0),
	PIN(s_tdata, 0), PIN(s_tvalid, 0), PIN(s_tlast, 0), PIN(m_tready, 0),
};
static const struct pin output[] = {
	PIN(awready, ALWAYS), PIN(wready, ALWAYS), PIN(bvalid, ALWAYS), PIN(bresp, WITH(bvalid)), PIN(arready, ALWAYS), PIN(rvalid, ALWAYS), PIN(rresp, WITH(rvalid)),
	PIN(rdata, WITH(rvalid)), PIN(s_tready, ALWAYS), PIN(m_tdata, WITH(m_tvalid)), PIN(m_tvalid, ALWAYS), PIN(m_tlast, WITH(m_tvalid)), PIN(irq, ALWAYS),
};
enum { INPUTS = sizeof(input) / sizeof(*input), OUTPUTS = sizeof(output) / sizeof(*output) };

static struct shim_pins pins;      /* of this clock */
static struct wire_answer answer;
static uint32_t *events;
static size_t events_cap;
static bool clocked, gone;         /* inputs have been put; the harness has gone */

/* ---- arguments: found once per call of a task in the source */

struct args { int n; vpiHandle v[]; };

static struct args *args_of(void)
{
	vpiHandle call = vpi_handle(vpiSysTfCall, NULL), it, arg;
	struct args *a = vpi_get_userdata(call);

	if (a)
		return a;
	a = calloc(1, sizeof(*a) + 16 * sizeof(*a->v));
	if (!a)
		abort();
	it = vpi_iterate(vpiArgument, call);
	while (it && (arg = vpi_scan(it)))
		a->v[a->n++] = arg;
	vpi_put_userdata(call, a);
	return a;
}

/* Bits as the simulator lays them down: pairs of words, b set of x and z. Valid until the next call. */
static const s_vpi_vecval *bits_of(vpiHandle h)
{
	s_vpi_value v = { .format = vpiVectorVal };

	vpi_get_value(h, &v);
	return v.value.vector;
}

/* the first unknown of a clock is told */
static void unknown(const char *name, int tile)
{
	if (answer.unknown[0])
		return;
	if (tile < 0)
		snprintf(answer.unknown, sizeof(answer.unknown), "%s", name);
	else
		snprintf(answer.unknown, sizeof(answer.unknown), "%s of tile %d", name, tile);
}

/* ---- the socket */

static bool send_all(const void *p, size_t n)
{
	while (n) {
		ssize_t got = send(WIRE_FD, p, n, MSG_NOSIGNAL);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		p = (const char *)p + got;
		n -= (size_t)got;
	}
	return true;
}

static void send_answer(void)
{
	off_t printed;

	vpi_flush();
	fflush(NULL);
	printed = lseek(STDOUT_FILENO, 0, SEEK_CUR);
	answer.printed = printed > 0 ? (uint32_t)printed : 0;
	if (!send_all(&answer, sizeof(answer)) || !send_all(events, answer.words * sizeof(*events)))
		gone = true;
	memset(&answer, 0, sizeof(answer));
}

static PLI_INT32 ended(struct t_cb_data *cb)
{
	(void)cb;
	if (gone)
		return 0;
	answer.ended = 1;
	send_answer();
	return 0;
}

/* ---- pins */

static PLI_INT32 inputs(PLI_BYTE8 *user)
{
	struct args *a = args_of();
	struct shim_pins next;

	(void)user;
	send_answer(); /* the first one says that the simulation runs */
	if (!gone && recv(WIRE_FD, &next, sizeof(next), MSG_WAITALL) != sizeof(next))
		gone = true;
	if (gone) {
		vpi_control(vpiFinish, 0);
		return 0;
	}
	for (int i = 0; i < INPUTS; i++) {
		const char *old = (const char *)&pins + input[i].at, *now = (const char *)&next + input[i].at;
		s_vpi_vecval bits[2] = { { 0, 0 }, { 0, 0 } };
		s_vpi_value v = { .format = vpiVectorVal, .value.vector = bits };
		uint64_t value = 0;

		if (clocked && !memcmp(old, now, input[i].size))
			continue;
		memcpy(&value, now, input[i].size); /* little-endian, as the tables of the harness are */
		bits[0].aval = (PLI_INT32)(uint32_t)value;
		bits[1].aval = (PLI_INT32)(uint32_t)(value >> 32);
		vpi_put_value(a->v[i], &v, NULL, vpiNoDelay);
	}
	pins = next;
	clocked = true;
	return 0;
}

static PLI_INT32 outputs(PLI_BYTE8 *user)
{
	struct args *a = args_of();
	bool bad[OUTPUTS];

	(void)user;
	for (int i = 0; i < OUTPUTS; i++) {
		const s_vpi_vecval *w = bits_of(a->v[i]);
		uint64_t value = (uint32_t)w[0].aval, x = (uint32_t)w[0].bval;

		if (output[i].size > 4) {
			value |= (uint64_t)(uint32_t)w[1].aval << 32;
			x |= (uint64_t)(uint32_t)w[1].bval << 32;
		}
		bad[i] = x;
		value &= ~x;
		memcpy((char *)&pins + output[i].at, &value, output[i].size);
	}
	for (int i = 0; i < OUTPUTS && pins.rst_n; i++)
		if (bad[i] && (output[i].with == (size_t)ALWAYS || ((const char *)&pins)[output[i].with]))
			unknown(output[i].name, -1);
	answer.pins = pins;
	return 0;
}

/* ---- probes */

static uint32_t *more(int n)
{
	uint32_t *p;

	if (answer.words + (size_t)n > events_cap) {
		events_cap = 2 * (answer.words + (size_t)n);
		events = realloc(events, events_cap * sizeof(*events));
		if (!events)
			abort();
	}
	p = events + answer.words;
	answer.words += (uint32_t)n;
	return p;
}

/* plain arguments: every event but codes. user: enum wire_event */
static PLI_INT32 event(PLI_BYTE8 *user)
{
	static const char *const name[] = { [WIRE_PARTIAL] = "partial sum", [WIRE_OUT] = "element of OUT", [WIRE_TAKE] = "take", [WIRE_FINISH] = "finish", [WIRE_LOAD] = "load" };
	enum wire_event kind = (enum wire_event)(intptr_t)user;
	struct args *a = args_of();
	uint32_t *w = more(1 + a->n);
	bool bad = false;

	*w++ = kind;
	for (int i = 0; i < a->n; i++) {
		const s_vpi_vecval *v = bits_of(a->v[i]);

		w[i] = (uint32_t)(v->aval & ~v->bval);
		bad |= v->bval && !(kind == WIRE_OUT && i == 0 && !(bits_of(a->v[4])->aval & 1)); /* an address without meaning */
	}
	if (bad)
		unknown(name[kind], kind == WIRE_OUT ? -1 : (int)w[0]);
	return 0;
}

/* tile, plane, position, mask, codes */
static PLI_INT32 codes(PLI_BYTE8 *user)
{
	struct args *a = args_of();
	int lanes = vpi_get(vpiSize, a->v[3]), width = vpi_get(vpiSize, a->v[4]) / lanes, masks = (lanes + 31) / 32;
	uint32_t *w = more(5 + masks + (lanes + 1) / 2), *mask = w + 5;
	uint16_t *code = (uint16_t *)(mask + masks);
	const s_vpi_vecval *v;
	bool bad = false;

	(void)user;
	w[0] = WIRE_CODES;
	for (int i = 0; i < 3; i++) {
		v = bits_of(a->v[i]);
		w[1 + i] = (uint32_t)(v->aval & ~v->bval);
		bad |= v->bval != 0;
	}
	w[4] = (uint32_t)lanes;
	v = bits_of(a->v[3]);
	for (int i = 0; i < masks; i++) {
		mask[i] = (uint32_t)(v[i].aval & ~v[i].bval);
		bad |= v[i].bval != 0;
	}
	memset(code, 0, 4 * (size_t)((lanes + 1) / 2));
	v = bits_of(a->v[4]);
	for (int l = 0; l < lanes; l++) {
		int at = l * width, shift = at % 32;
		uint64_t value = (uint32_t)v[at / 32].aval, x = (uint32_t)v[at / 32].bval;

		if (shift + width > 32) {
			value |= (uint64_t)(uint32_t)v[at / 32 + 1].aval << 32;
			x |= (uint64_t)(uint32_t)v[at / 32 + 1].bval << 32;
		}
		if (!(mask[l / 32] >> l % 32 & 1))
			continue;
		code[l] = (uint16_t)(value >> shift & ((1u << width) - 1));
		bad |= (x >> shift & ((1u << width) - 1)) != 0;
	}
	if (bad)
		unknown("converter code", (int)w[1]);
	return 0;
}

static PLI_INT32 known(PLI_BYTE8 *user)
{
	int tile = bits_of(args_of()->v[0])->aval;

	(void)user;
	unknown(tile < 0 ? "strobe of OUT" : "strobe", tile);
	return 0;
}

/* channel, rule: texts as vectors */
static PLI_INT32 breach(PLI_BYTE8 *user)
{
	struct args *a = args_of();
	s_vpi_value v = { .format = vpiStringVal };
	char channel[16];

	(void)user;
	if (answer.breach[0])
		return 0;
	vpi_get_value(a->v[0], &v);
	snprintf(channel, sizeof(channel), "%s", v.value.str);
	vpi_get_value(a->v[1], &v);
	answer.late = *channel != 0;
	if (*channel)
		snprintf(answer.breach, sizeof(answer.breach), "%s: %s", channel, v.value.str);
	else
		snprintf(answer.breach, sizeof(answer.breach), "an output follows an input within the clock");
	return 0;
}

static void setup(void)
{
	static const struct { const char *name; PLI_INT32 (*call)(PLI_BYTE8 *); intptr_t user; } task[] = {
		{ "$bl_inputs", inputs, 0 }, { "$bl_outputs", outputs, 0 }, { "$bl_known", known, 0 }, { "$bl_codes", codes, 0 }, { "$bl_partial", event, WIRE_PARTIAL },
		{ "$bl_out", event, WIRE_OUT }, { "$bl_take", event, WIRE_TAKE }, { "$bl_finish", event, WIRE_FINISH }, { "$bl_load", event, WIRE_LOAD }, { "$bl_breach", breach, 0 },
	};
	s_cb_data end = { .reason = cbEndOfSimulation, .cb_rtn = ended };

	for (size_t i = 0; i < sizeof(task) / sizeof(*task); i++) {
		s_vpi_systf_data t = { .type = vpiSysTask, .tfname = task[i].name, .calltf = task[i].call, .user_data = (PLI_BYTE8 *)task[i].user };

		vpi_register_systf(&t);
	}
	vpi_register_cb(&end);
}

void (*vlog_startup_routines[])(void) = { setup, NULL };
