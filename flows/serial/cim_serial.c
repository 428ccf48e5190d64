/* Requests of the UART bridge and their replies.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cim_serial.h"

enum { BATCH = 16 }; /* writes sent without waiting for their replies: a round trip through USB takes milliseconds */

/* One reply's first byte. 0 when it is a status without lost bytes; what it says stands in s->status. */
static int status(struct cim_serial *s)
{
	if (s->port->get(s->port->ctx, &s->status, 1))
		return -1;
	return (s->status & (CIM_SERIAL_MARK | CIM_SERIAL_LOST)) == CIM_SERIAL_MARK ? 0 : -1;
}

static int request(struct cim_serial *s, const uint8_t *bytes, size_t n)
{
	return s->port->put(s->port->ctx, bytes, n) || status(s) ? -1 : 0;
}

static int result(const struct cim_serial *s)
{
	return s->status & CIM_SERIAL_RESULT;
}

static int read_word(void *ctx, uint32_t offset, uint32_t *value)
{
	struct cim_serial *s = ctx;
	uint8_t r[4] = { 'R', (uint8_t)offset, (uint8_t)(offset >> 8), (uint8_t)(offset >> 16) }, d[4];

	if (request(s, r, 4) || result(s) != CIM_SERIAL_DONE || s->port->get(s->port->ctx, d, 4))
		return -1;
	*value = d[0] | (uint32_t)d[1] << 8 | (uint32_t)d[2] << 16 | (uint32_t)d[3] << 24;
	return 0;
}

static int write_block(void *ctx, uint32_t offset, const uint32_t *words, size_t n)
{
	struct cim_serial *s = ctx;
	uint8_t r[BATCH * 8];
	int bad = 0;

	while (n > 0 && !bad) {
		size_t now = n < BATCH ? n : BATCH;

		for (size_t i = 0; i < now; i++, offset += 4) {
			uint8_t *p = r + 8 * i;

			*p++ = 'W';
			for (int k = 0; k < 3; k++)
				*p++ = (uint8_t)(offset >> 8 * k);
			for (int k = 0; k < 4; k++)
				*p++ = (uint8_t)(words[i] >> 8 * k);
		}
		if (s->port->put(s->port->ctx, r, 8 * now))
			return -1;
		for (size_t i = 0; i < now; i++)
			if (status(s) || result(s) != CIM_SERIAL_DONE)
				bad = 1; /* the other replies of the batch come all the same */
		words += now;
		n -= now;
	}
	return bad ? -1 : 0;
}

static int write_word(void *ctx, uint32_t offset, uint32_t value)
{
	return write_block(ctx, offset, &value, 1);
}

static void send(void *ctx, const uint64_t *beats, size_t n)
{
	struct cim_serial *s = ctx;

	s->beats = beats;
	s->n_beats = n;
	s->sent = 0;
}

static void receive(void *ctx, uint64_t *beats, size_t n)
{
	struct cim_serial *s = ctx;

	s->results = beats;
	s->n_results = n;
	s->received = 0;
}

static int push(struct cim_serial *s)
{
	uint8_t r[9] = { 'P' };

	for (int k = 0; k < 8; k++)
		r[1 + k] = (uint8_t)(s->beats[s->sent] >> 8 * k);
	if (request(s, r, 9))
		return -1;
	s->sent += result(s) == CIM_SERIAL_DONE;
	return 0;
}

static int pop(struct cim_serial *s)
{
	uint8_t r = 'O', d[8];
	uint64_t beat = 0;

	if (request(s, &r, 1))
		return -1;
	if (result(s) != CIM_SERIAL_DONE)
		return 0;
	if (s->port->get(s->port->ctx, d, 8))
		return -1;
	for (int k = 0; k < 8; k++)
		beat |= (uint64_t)d[k] << 8 * k;
	if (s->received < s->n_results)
		s->results[s->received] = beat;
	s->received++;
	/* the status was taken in the clock in which the beat went: whether another waits, the next one says */
	r = 'S';
	return request(s, &r, 1);
}

/* moves what can be moved until the interrupt is there and nothing waits */
static int wait(void *ctx)
{
	struct cim_serial *s = ctx;
	uint8_t r = 'S';

	if (request(s, &r, 1))
		return -1;
	for (uint32_t idle = 0; idle < s->polls;) {
		size_t before = s->sent + s->received;
		int rc;

		if (s->status & CIM_SERIAL_BEAT)
			rc = pop(s);
		else if (s->status & CIM_SERIAL_ROOM && s->sent < s->n_beats)
			rc = push(s);
		else if (s->status & CIM_SERIAL_IRQ)
			return 0;
		else
			rc = request(s, &r, 1);
		if (rc)
			return -1;
		idle = s->sent + s->received == before ? idle + 1 : 0;
	}
	return -1;
}

static void stop(void *ctx, size_t *sent, size_t *received)
{
	struct cim_serial *s = ctx;
	uint8_t r = 'S';

	if (!request(s, &r, 1))
		while (s->status & CIM_SERIAL_BEAT && !pop(s))
			;
	*sent = s->sent;
	*received = s->received;
	s->n_beats = s->n_results = 0;
}

int cim_serial_open(struct cim_serial *s, const struct cim_port *port, uint32_t polls)
{
	uint8_t r = 'S';

	s->port = port;
	s->polls = polls;
	s->n_beats = s->sent = s->n_results = s->received = 0;
	if (port->line_break(port->ctx) || port->put(port->ctx, &r, 1) || port->get(port->ctx, &s->status, 1))
		return -1;
	return s->status & CIM_SERIAL_MARK && result(s) == CIM_SERIAL_DONE ? 0 : -1; /* lost: the break itself */
}

void cim_serial_bus(struct cim_serial *s, struct cim_bus *bus)
{
	bus->ctx = s;
	bus->read = read_word;
	bus->write = write_word;
	bus->write_block = write_block;
	bus->send = send;
	bus->receive = receive;
	bus->stop = stop;
	bus->wait = wait;
}
