// The device at hand, and what programs for it are made of: instructions by name, beats for them.
// SPDX-License-Identifier: Apache-2.0
#ifndef CORE_PROGRAM_H
#define CORE_PROGRAM_H
#include "core_dev.h"
#include "core_model.h"

static Dev *dev;
static Hw hw;

static Ins mk(int op) { Ins i; i.op = op; return i; }
static Ins end_() { return mk(END); }
static Ins loop_(int n) { Ins i = mk(LOOP); i.count = n; return i; }
static Ins next_() { return mk(NEXT); }
static Ins idx(int d, int s, int v) { Ins i = mk(IDX); i.r_base = d; i.r_row = s; i.acc_base = v; return i; }
static Ins param(int ch, int n) { Ins i = mk(PARAM); i.ch = ch; i.count = n; return i; }
static Ins load_(int tile, int n, int rows) { Ins i = mk(LOAD); i.tile = tile; i.tile_count = n; i.row_count = rows; return i; }
static Ins xin(int base, int n) { Ins i = mk(XIN); i.base = base; i.count = n; i.inner = 65535; return i; }
static Ins act(int rows, int cols, int bits) { Ins i = mk(ACT); i.row_count = rows; i.col_count = cols; i.bits = hw.asymmetric ? hw.adc_bits : std::min(bits, hw.adc_bits); i.inner = 65535; return i; }
static Ins out(int n, int flags) { Ins i = mk(OUT); i.count = n; i.flags = flags; i.inner = 65535; return i; }

static uint64_t beat_param(int mul, int s) { return (uint64_t)mul | (uint64_t)s << 16; }
static void fill(std::vector<uint64_t> &b, int n) { while (n-- > 0) b.push_back(dev->rng.next()); }
// PARAM beats with legal shifts for every channel
static void params(std::vector<uint64_t> &b, int n) { while (n-- > 0) b.push_back(beat_param(dev->rng.below(65536), dev->rng.range(1, 24)) | dev->rng.next() << 22); }
// XIN beats whose bytes are legal input codes
static void inputs(std::vector<uint64_t> &b, int n, const Regs &rg)
{
	int m = std::max(1, rg.ib - 1), hi = rg.ism ? (1 << m) - 1 : rg.ib == 1 ? 0 : (1 << m) - 1, lo = rg.ism ? -hi : rg.ib == 1 ? -1 : -(1 << m);
	for (int i = 0; i < n; i += 8) {
		uint64_t v = 0;
		for (int k = 0; k < 8; k++) v |= (uint64_t)(uint8_t)dev->rng.range(lo, hi) << 8 * k;
		b.push_back(v);
	}
}
static int bpr() { return (hw.cols * hw.cell_bits + 63) / 64; }
#endif
