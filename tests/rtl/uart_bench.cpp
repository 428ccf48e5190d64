// The core behind its serial line, bit by bit on the pins of <prefix>fpga_top, RTL or netlist: what the protocol says, what it does with garbage, and a program
// through the emitted driver and its serial bus. usage: uart_bench CLOCKS_PER_BIT PROGRAM STREAM N_RESULTS RESULTS_OUT PROG_DEPTH
// SPDX-License-Identifier: Apache-2.0
#include "Vtop.h"
#include "verilated.h"
#include "../../cosim/cover.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <string>
#include <vector>
extern "C" {
#include "cim_serial.h"
#include "cim_regs.h"
}

static Vtop *top;
static unsigned long long clocks;
static int divider;
static int failed;

static void check(bool good, const char *what)
{
	printf("%s - uart: %s\n", good ? "ok" : "FAIL", what);
	failed |= !good;
}

// ---- the line ----
static std::deque<uint8_t> inbox;
static int framing; // stop bits that were low

static void listen()
{
	static int bit = -1, wait;
	static uint8_t byte;

	if (bit < 0) {
		if (!top->uart_tx_o) { bit = 0; wait = divider + divider / 2; }
		return;
	}
	if (--wait)
		return;
	wait = divider;
	if (bit++ < 8) {
		byte = (uint8_t)(byte >> 1 | top->uart_tx_o << 7);
		return;
	}
	if (top->uart_tx_o) inbox.push_back(byte); else framing++;
	bit = -1;
}

static void tick(int n)
{
	while (n-- > 0) {
		top->clk_i = 0;
		top->eval();
		top->clk_i = 1;
		top->eval();
		clocks++;
		listen();
	}
}

static void line(int level, int n)
{
	top->uart_rx_i = level;
	tick(n);
}

// permille: length of a bit, of the sender's own clock
static void send_byte(uint8_t b, int stop = 1, int permille = 1000)
{
	int word = b << 1 | stop << 9, done = 0;

	for (int i = 0; i < 10; i++) {
		int until = divider * permille * (i + 1) / 1000;

		line(word >> i & 1, until - done);
		done = until;
	}
	top->uart_rx_i = 1;
}

static int port_put(void *, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		send_byte(bytes[i]);
	return 0;
}

static int port_get(void *, uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (int t = 0; inbox.empty() && t < 40 * divider; t++)
			tick(1);
		if (inbox.empty())
			return -1;
		bytes[i] = inbox.front();
		inbox.pop_front();
	}
	return 0;
}

static int port_break(void *)
{
	line(0, 14 * divider);
	line(1, 2 * divider);
	return 0;
}

static const struct cim_port port = { NULL, port_put, port_get, port_break };

static bool quiet() { tick(40 * divider); return inbox.empty(); }
static int ask(const char *bytes, size_t n) // the status, or -1
{
	uint8_t s;

	for (size_t i = 0; i < n; i++)
		send_byte((uint8_t)bytes[i]);
	return port_get(NULL, &s, 1) ? -1 : s;
}
static int status() { return ask("S", 1); }
static int result(int s) { return s < 0 || !(s & CIM_SERIAL_MARK) ? -1 : s & CIM_SERIAL_RESULT; }

static std::vector<uint8_t> load(const char *path)
{
	std::vector<uint8_t> b;
	FILE *f = fopen(path, "rb");
	int c;

	if (!f) { fprintf(stderr, "uart_bench: cannot open '%s'\n", path); exit(2); }
	while ((c = getc(f)) != EOF)
		b.push_back((uint8_t)c);
	fclose(f);
	return b;
}

// ---- the cases ----
static void registers(struct cim_bus *bus, int depth)
{
	uint32_t v = 0, beyond = CIM_PROG_OFFSET((uint32_t)depth, 0u), turned = 0x5a5a0104;
	char w[8] = { 'W', (char)beyond, (char)(beyond >> 8), (char)(beyond >> 16), 1, 2, 3, 4 };

	check(status() == (CIM_SERIAL_MARK | CIM_SERIAL_ROOM), "status of an idle core: room for a beat, nothing else");
	check(!bus->read(bus->ctx, CIM_ID_OFFSET, &v) && v == CIM_ID_VALUE, "reads ID");
	check(!bus->write(bus->ctx, CIM_SEED_OFFSET, turned) && !bus->read(bus->ctx, CIM_SEED_OFFSET, &v) && v == (turned & 0xffff), "a register is written and read back");
	check(result(ask(w, 8)) == CIM_SERIAL_BUS_ERROR, "a write beyond the program memory: bus error");
	w[0] = 'R';
	check(result(ask(w, 4)) == CIM_SERIAL_BUS_ERROR && quiet(), "a read of the program memory: bus error, no data");
	check(!bus->read(bus->ctx, CIM_ID_OFFSET, &v) && v == CIM_ID_VALUE, "reads ID after errors");
}

static void line_errors(struct cim_bus *bus)
{
	uint32_t v = 0, seed = 0;
	bool good = true;

	bus->read(bus->ctx, CIM_SEED_OFFSET, &seed);
	for (int b = 0; b < 256; b++)
		if (!strchr("WRPOS", b) || !b) {
			char c = (char)b;

			good &= result(ask(&c, 1)) == CIM_SERIAL_UNKNOWN;
		}
	check(good && quiet(), "every byte that is no request: one status, result 1");
	check(result(ask("O", 1)) == CIM_SERIAL_NOT_NOW && quiet(), "no beat to take: result 3, no data");

	send_byte('W'); send_byte(CIM_SEED_OFFSET); send_byte(0); send_byte(0); send_byte(0x11, 0);
	line(1, 2 * divider);
	check(quiet(), "a low stop bit inside a request: no reply");
	check((status() & CIM_SERIAL_LOST) && !(status() & CIM_SERIAL_LOST), "... the next status says that bytes were lost, the one after it does not");
	check(!bus->read(bus->ctx, CIM_SEED_OFFSET, &v) && v == seed, "... and the request was dropped");
	send_byte('R');
	line(0, 100 * divider);
	line(1, 2 * divider);
	check(quiet() && (status() & CIM_SERIAL_LOST) && !(status() & CIM_SERIAL_LOST), "a long break inside a request: no byte, one error");
	line(0, divider / 2 - 2 > 0 ? divider / 2 - 2 : 1);
	line(1, 12 * divider);
	check(quiet() && status() == (CIM_SERIAL_MARK | CIM_SERIAL_ROOM), "a low pulse below half a bit is no byte");
	{
		char r[6] = { 'R', 0, 0, 0, 'S', 'S' };
		uint8_t d[4];
		int s = ask(r, 6);

		check(result(s) == CIM_SERIAL_DONE && !port_get(NULL, d, 4) && d[0] == 0x31 && d[3] == 0x43, "bytes during a reply do not disturb it");
		check((status() & CIM_SERIAL_LOST) && !(status() & CIM_SERIAL_LOST), "... are lost, and that is said");
	}
	for (int permille : { 965, 1035 }) {
		uint8_t d[4] = { 0 }, s = 0;
		char what[80];

		for (int b : { 0x52, 0, 0, 0 })
			send_byte((uint8_t)b, 1, permille);
		snprintf(what, sizeof(what), "a sender whose bits are %d/1000 of ours is understood", permille);
		check(!port_get(NULL, &s, 1) && !(s & CIM_SERIAL_RESULT) && !port_get(NULL, d, 4) && d[0] == 0x31, what);
	}
}

static void program(struct cim_bus *bus, char **argv)
{
	std::vector<uint8_t> code = load(argv[0]), stream = load(argv[1]);
	std::vector<uint64_t> results((size_t)atoi(argv[2]));
	struct cim_program p = { (const uint32_t *)code.data(), code.size() / 4, (const uint64_t *)stream.data(), stream.size() / 8, results.data(), results.size() };
	struct cim_counters c = {};

	for (int turn = 0; turn < 2; turn++) { // the second one starts from what the first left
		struct cim_result b = cim_begin(bus, &p), e = cim_finish(bus, &p, &c);
		char what[160];

		snprintf(what, sizeof(what), "program of %zu words, %zu beats in, %zu out, turn %d (error %d %d, seen %x, out %llu)", p.n_words, p.n_beats, p.n_results, turn,
			 b.error, e.error, e.seen, (unsigned long long)c.received);
		check(b.error == CIM_OK && e.error == CIM_OK && c.cycles - c.stalls > 0, what);
		FILE *f = fopen(argv[3], turn ? "ab" : "wb");
		if (!f || fwrite(results.data(), 8, results.size(), f) != results.size() || fclose(f)) { fprintf(stderr, "uart_bench: cannot write '%s'\n", argv[3]); exit(2); }
		std::fill(results.begin(), results.end(), 0);
	}
}

static void garbage()
{
	uint64_t x = 1;
	bool good = true;
	struct cim_serial s;

	check(result(ask("P01234567", 9)) == 0 && result(ask("P01234567", 9)) == 0 && (ask("P01234567", 9) & ~CIM_SERIAL_LAST) == (CIM_SERIAL_MARK | CIM_SERIAL_NOT_NOW),
	      "nobody takes beats: two fit, the third is refused");
	for (int round = 0; round < 40; round++) {
		for (int i = 0; i < 40; i++) {
			x = x * 6364136223846793005u + 1442695040888963407u;
			send_byte(i % 5 ? (uint8_t)(x >> 40) : (uint8_t)"WRPOS"[(x >> 33) % 5], (x >> 60) != 0);
			if ((x >> 58) % 4 == 1) line(1, (int)(x >> 50 & 255));
		}
		tick(100 * divider); // a nine-byte reply may be under way
		inbox.clear();
		uint32_t v = 0;
		struct cim_bus bus;
		good &= !cim_serial_open(&s, &port, 100);
		cim_serial_bus(&s, &bus);
		good &= !bus.read(bus.ctx, CIM_ID_OFFSET, &v) && v == CIM_ID_VALUE && inbox.empty();
	}
	check(good, "1600 bytes of garbage: after a break it always answers, and reads ID");
	check(framing == 0, "every byte from the core had its stop bit");
}

int main(int argc, char **argv)
{
	struct cim_serial s;
	struct cim_bus bus;

	if (argc != 7) { fprintf(stderr, "usage: uart_bench CLOCKS_PER_BIT PROGRAM STREAM N_RESULTS RESULTS_OUT PROG_DEPTH\n"); return 2; }
	divider = atoi(argv[1]);
	top = new Vtop;
	line(1, 200);
	check(top->led_o & 1, "out of reset by itself");
	check(!cim_serial_open(&s, &port, 1000), "opens after a break");
	cim_serial_bus(&s, &bus);
	registers(&bus, atoi(argv[6]));
	line_errors(&bus);
	program(&bus, argv + 2);
	garbage();
	printf("# %llu clocks\n", clocks);
	cover_add(top->contextp());
	delete top;
	return failed;
}
