// Conversion of one count, written from docs/numerics.md section 4 for every kind: code, compare cycles and decisions.
// SPDX-License-Identifier: Apache-2.0
#ifndef CORE_CONVERT_H
#define CORE_CONVERT_H
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <vector>

enum { SAR, FLASH, HYBRID, SENSE, STOCHASTIC };
enum { PAIR, RING, BROADCAST };

struct Hw {
	int rows, cols, tiles, adcs, adc_bits, cell_bits, sample_hold, prog, act, acc, ch;
	int kind, bubble_ones, asymmetric, immersed, network, flash_bits;
	int servers() const { return kind == FLASH ? (1 << adc_bits) - 1 : kind == HYBRID ? (1 << flash_bits) - 1 : 1; }
	int usable() const { return immersed && network == BROADCAST ? tiles - servers() : tiles; }
};
struct Regs {
	int ib = 8, ism = 0, wb = 8, wsm = 0, pre = 1, eva = 1, cmp = 1;   // wsm: 0 tc, 1 sm, 2 dif
	int rpre = 1, share = 1, settle = 1, samples = 1, seed = 0;
	int lsb[4] = {1, 1, 1, 1}, low[4] = {0, 0, 0, 0}, nearest[4] = {0, 0, 0, 0};
	int root = 0; std::vector<int> left, right;                       // of the search tree; root 0: as after reset
};
struct Conversion { int code, steps, decisions; };

static inline int draws(uint16_t &x, int n)  // steps the register n times
{
	while (n-- > 0) x = (uint16_t)(x >> 1 ^ (x & 1 ? 0xB400 : 0));
	return x;
}
static inline uint16_t lfsr_start(int seed, int id) { uint16_t x = (uint16_t)(seed + 0x9E37 * (id + 1)); return x ? x : 1; }

static inline int binary(int bits, const std::function<bool(int)> &yes)
{
	int code = 0;
	for (int k = bits - 1; k >= 0; k--) if (yes(code + (1 << k))) code += 1 << k;
	return code;
}
static inline int thermometer(int bits, int ones, const std::function<bool(int)> &t)
{
	int n = 1 << bits, sum = 0;
	auto edge = [&](int k) { return k == 0 || (k < n && t(k)); };
	if (!ones) return binary(bits, [&](int k) { return edge(k - 1) + edge(k) + edge(k + 1) >= 2; });
	for (int k = 1; k < n; k++) sum += t(k);
	return sum;
}
// balanced search: what the tree is after reset
static inline Conversion walk(int bits, const Regs &rg, const std::function<bool(int)> &yes)
{
	if (!rg.root) return {binary(bits, yes), bits, bits};
	int k = rg.root, steps = 0;
	for (;;) {
		steps++;
		bool up = yes(k);
		int next = up ? rg.right[k] : rg.left[k];
		if (!next) return {up ? k : k - 1, steps, steps};
		k = next;
	}
}
// yes(k): the comparator's answer to threshold k; lfsr: the converter's own
static inline Conversion convert(const Hw &hw, const Regs &rg, int bits, uint16_t &lfsr, const std::function<bool(int)> &yes)
{
	if (hw.kind == SENSE) return {yes(1), 1, 1};
	if (hw.kind == FLASH) return {thermometer(bits, hw.bubble_ones, yes), 1, (1 << bits) - 1};
	if (hw.kind == HYBRID) {
		int e = std::min(hw.flash_bits, bits), shift = bits - e;
		int code = thermometer(e, hw.bubble_ones, [&](int m) { return yes(m << shift); }) << shift;
		code += binary(shift, [&](int k) { return yes(code + k); });
		return {code, 1 + shift, (1 << e) - 1 + shift};
	}
	if (hw.kind == STOCHASTIC) {
		int code = 0;
		for (int i = 0; i < rg.samples; i++) {
			int u = draws(lfsr, hw.adc_bits) & ((1 << bits) - 1);
			code += u < (1 << bits) - 1 && yes(u + 1);
		}
		return {code, rg.samples, rg.samples};
	}
	if (hw.asymmetric) return walk(bits, rg, yes);
	return {binary(bits, yes), bits, bits};
}
// a random search tree over lo..hi (0: none)
static inline int grow(Regs &rg, int lo, int hi, const std::function<int(int, int)> &range)
{
	if (lo > hi) return 0;
	int k = range(lo, hi);
	rg.left[k] = grow(rg, lo, k - 1, range);
	rg.right[k] = grow(rg, k + 1, hi, range);
	return k;
}
#endif
