// A small model of the core, written from docs/isa.md and docs/numerics.md: values, beats, counters and clocks of a program on unstalled streams.
// SPDX-License-Identifier: Apache-2.0
#ifndef CORE_MODEL_H
#define CORE_MODEL_H
#include "core_turns.h"

enum { END = 1, LOOP, NEXT, IDX, PARAM, LOAD, XIN, ACT, OUT };

struct Ins {                     // fields of isa.md section 2 by name
	int op = 0, flags = 0, tile = 0, tile_stride = 1, tile_count = 1;
	int row_start = 0, row_stride = 1, row_count = 0, col_start = 0, col_stride = 1, col_count = 0;
	int base = 0, inner = 1, inner_stride = 1, outer_stride = 1, acc_base = 0, count = 0;
	int bits = 1, set = 0, slice0 = 0, nslice = 1, lag = 0, ch = 0;
	int r_base = 0, r_row = 0, r_col = 0, r_acc = 0, r_tile = 0, r_ch = 0;
	void words(uint32_t w[8]) const
	{
		bool chan = op == PARAM || op == OUT;
		w[0] = op | flags << 4 | tile << 8 | tile_stride << 16 | (uint32_t)tile_count << 24;
		w[1] = chan ? (uint32_t)ch : (uint32_t)(row_start | row_stride << 10) | (uint32_t)row_count << 20;
		w[2] = (uint32_t)(col_start | col_stride << 10) | (uint32_t)col_count << 20;
		w[3] = (uint32_t)base | (uint32_t)inner << 16;
		w[4] = (uint32_t)inner_stride | (uint32_t)outer_stride << 16;
		w[5] = (uint32_t)acc_base | (uint32_t)count << 16;
		w[6] = bits | set << 4 | slice0 << 8 | nslice << 12 | lag << 16;
		w[7] = r_base | r_row << 4 | r_col << 8 | r_acc << 12 | r_tile << 16 | r_ch << 20;
	}
};

struct Tile {
	std::vector<uint8_t> cell;       // [rows][cols]
	std::vector<int32_t> acc;
	std::vector<uint16_t> lfsr;      // of each converter
};

struct Element { int address, channel, acc, q, flags; };   // of an OUT, as the probe reports it

static inline int pow2up(int n) { int p = 1; while (p < n) p *= 2; return p; }

struct Model {
	Hw hw; Regs rg; std::vector<int> thresholds;   // of a file, [tile][lane][set][code]; empty: ideal ones
	std::vector<Tile> tile;
	std::vector<int8_t> buf; std::vector<uint32_t> par;
	std::vector<uint64_t> out; std::vector<bool> out_last; std::vector<Element> elements;
	size_t used = 0;
	long cycles = 0; int error = 0, error_pc = 0;
	uint64_t planes = 0, conv = 0, comp = 0, comp_clocks = 0, compute = 0, converting = 0, serving = 0;
	uint64_t waits[4] = {0};                       // clocks waited for tiles: LOAD, ACT, OUT, END (the stop after an error too)
	Model(const Hw &h, const std::vector<int> &t) : hw(h), thresholds(t)
	{
		tile.resize(h.tiles);
		for (auto &t : tile) { t.cell.assign(h.rows * h.cols, 0); t.acc.assign(pow2up(h.acc), 0); t.lfsr.assign(h.adcs, 1); }
		buf.assign(pow2up(h.act), 0); par.assign(pow2up(h.ch), 0);
	}
	int m_of(int b) const { return std::max(1, b - 1); }
	int planes_of() const { return rg.ism ? 2 * m_of(rg.ib) : rg.ib; }
	int weight_p(int p) const { if (!rg.ism) return p == rg.ib - 1 ? -(1 << p) : 1 << p; int m = m_of(rg.ib); return p < m ? 1 << p : -(1 << (p - m)); }
	int bit(int x, int p) const
	{
		if (!rg.ism) return x >> p & 1;
		int m = m_of(rg.ib);
		return p < m ? (x > 0 ? x >> p & 1 : 0) : (x < 0 ? -x >> (p - m) & 1 : 0);
	}
	int slices() const { int c = hw.cell_bits; return rg.wsm == 2 ? (m_of(rg.wb) + c - 1) / c : rg.wsm ? 2 * ((m_of(rg.wb) + c - 1) / c) : (rg.wb - 1 + c - 1) / c + 1; }
	int weight_s(int j) const
	{
		int c = hw.cell_bits, k = slices();
		if (rg.wsm == 2) return 1 << (j * c);
		if (!rg.wsm) return j == k - 1 ? -(1 << (rg.wb - 1)) : 1 << (j * c);
		return j < k / 2 ? 1 << (j * c) : -(1 << ((j - k / 2) * c));
	}
	int digit(int w, int j) const    // the cell of slice j of weight w
	{
		int c = hw.cell_bits, k = slices(), n = rg.wsm ? k / 2 : k - 1, bits = rg.wsm ? m_of(rg.wb) : rg.wb - 1;
		int v = rg.wsm ? (j < n ? std::max(w, 0) : std::max(-w, 0)) : w & ((1 << rg.wb) - 1);
		if (!rg.wsm && j == n) return v >> (rg.wb - 1) & 1;
		int d = j % n, width = std::min(c, bits - d * c);
		return v >> (d * c) & ((1 << width) - 1);
	}
	int columns() const { return rg.wsm == 2 ? hw.cols / 2 : hw.cols; }
	int cell(const Tile &tl, int row, int c) const   // of a column, or the difference of a pair
	{
		const uint8_t *r = &tl.cell[row * hw.cols];
		return rg.wsm == 2 ? r[2 * c] - r[2 * c + 1] : r[c];
	}
	// the comparator: a level on the grid of 4 fractional bits against threshold k of a set, numerics.md section 4
	bool above(int tile, int lane, int level, int set, int k) const
	{
		if (!thresholds.empty()) return level >= thresholds[(((tile * hw.adcs + lane) * 4 + set) << hw.adc_bits) + k];
		return level >= (rg.low[set] + k * rg.lsb[set]) * 16 - (rg.nearest[set] ? rg.lsb[set] * 8 : 0);
	}
	int8_t requant(int32_t acc, uint32_t ms) const
	{
		int s = ms >> 16 & 63, qmax = std::max(1, (1 << (rg.ib - 1)) - 1), qlo = -qmax, qhi = rg.ib == 1 && !rg.ism ? 0 : qmax;
		__int128 v = (__int128)acc * (ms & 0xffff) + ((__int128)1 << (s - 1));
		v >>= s;
		return (int8_t)(v < qlo ? qlo : v > qhi ? qhi : (int)v);
	}

	void run(const std::vector<Ins> &prog, const std::vector<uint64_t> &beats)
	{
		int r[16] = {0}; std::vector<std::pair<int, int>> loops; // body, rounds left
		long t = 0;
		Turns turns(hw, rg.pre + rg.eva);
		for (int n = 0; n < hw.tiles; n++) for (int l = 0; l < hw.adcs; l++) tile[n].lfsr[l] = lfsr_start(rg.seed, n * hw.adcs + l);
		out.clear(); out_last.clear(); elements.clear(); used = 0; error = 0; planes = conv = comp = comp_clocks = compute = converting = serving = 0;
		std::fill(waits, waits + 4, 0);
		for (int pc = 0;; pc++) {
			if (pc >= hw.prog) { fail(6, pc, t, turns); return; }
			Ins i = pc < (int)prog.size() ? prog[pc] : Ins();
			auto w16 = [](int v) { return v & 0xffff; };
			int base = w16(i.base + r[i.r_base]), row0 = w16(i.row_start + r[i.r_row]), col0 = w16(i.col_start + r[i.r_col]), acc0 = w16(i.acc_base + r[i.r_acc]);
			int t0 = w16(i.tile + r[i.r_tile]), ch = w16(i.ch + r[i.r_ch]);
			int e = check(i, t0, row0, col0, (int)loops.size());
			if (e) { fail(e, pc, t, turns); return; }
			std::vector<int> set;
			if (i.op == LOAD || i.op == ACT || i.op == OUT) for (int k = 0; k < i.tile_count; k++) set.push_back(t0 + k * i.tile_stride);
			auto addr = [&](int el) { return (base + el / i.inner * i.outer_stride + el % i.inner * i.inner_stride) & ((int)buf.size() - 1); };
			switch (i.op) {
			case END: drain(t, turns); return;
			case LOOP: loops.push_back({pc, i.count}); t += 2; break;
			case NEXT: if (--loops.back().second) pc = loops.back().first; else loops.pop_back(); t += 2; break;
			case IDX: if (i.r_base) r[i.r_base] = w16(r[i.r_row] + i.acc_base); t += 2; break;
			case PARAM: for (int k = 0; k < i.count; k++) par[(ch + k) & (par.size() - 1)] = (uint32_t)beats[used++] & 0x3fffff; t += 2 + i.count; break;
			case XIN: for (int k = 0; k < i.count; k++) buf[addr(k)] = (int8_t)(beats[used + k / 8] >> k % 8 * 8); used += (i.count + 7) / 8; t += 2 + i.count; break;
			case LOAD: {
				int bpr = (hw.cols * hw.cell_bits + 63) / 64;
				for (int k = 0; k < i.row_count; k++, used += bpr)
					for (int c = 0; c < hw.cols; c++)
						for (int n : set) tile[n].cell[(row0 + k * i.row_stride) * hw.cols + c] = beats[used + c * hw.cell_bits / 64] >> c * hw.cell_bits % 64 & ((1 << hw.cell_bits) - 1);
				t = wait(turns, hw.immersed ? all() : set, t + 2, 0, waits[0]) + (long)i.row_count * bpr;
				break;
			}
			case ACT: {
				long a = t + 2;
				for (;; a++) {
					turns.reach(a);
					bool ready = true;
					for (int n : set) ready = ready && turns.shadow_free(n, a);
					if (ready) break;
					waits[1]++;
				}
				long h = a + i.row_count;
				std::vector<int> x(hw.rows, 0);
				for (int k = 0; k < i.row_count; k++) x[row0 + k * i.row_stride] = buf[addr(k)];
				for (int n : set) turns.hand_over(n, activate(n, i, x, col0, acc0, h));
				t = h + 1;
				break;
			}
			case OUT:
				t = wait(turns, set, t + 2, i.lag, waits[2]) + i.count + 4;
				for (int k = 0; k < i.count; k++) {
					int32_t acc = 0;
					for (int n : set) acc += tile[n].acc[(acc0 + k) & (tile[n].acc.size() - 1)];
					int8_t q = requant(acc, par[(ch + k) & (par.size() - 1)]);
					elements.push_back({i.flags & 1 ? (base + k / i.inner * i.outer_stride + k % i.inner * i.inner_stride) & 0xffff : -1, (ch + k) & 0xffff, acc, q, i.flags});
					if (i.flags & 1) buf[addr(k)] = q;
					if (i.flags & 2) { out.push_back((uint64_t)(uint16_t)(int16_t)q << 32 | (uint32_t)acc); out_last.push_back((i.flags & 4) && k == i.count - 1); }
				}
				break;
			}
		}
	}
	std::vector<int> all() const { std::vector<int> v; for (int n = 0; n < hw.tiles; n++) v.push_back(n); return v; }
	void drain(long t, Turns &turns) { cycles = wait(turns, all(), t + 1, 0, waits[3]) + 1; serving = turns.serve_clocks(); }
	void fail(int e, int pc, long t, Turns &turns) { error = e; error_pc = pc & 0xffff; drain(t, turns); }
	int check(const Ins &i, int t0, int row0, int col0, int depth) const
	{
		bool set = i.op == LOAD || i.op == ACT || i.op == OUT;
		if (i.op < END || i.op > OUT) return 1;
		if (i.op == LOOP && (depth == 4 || i.count == 0)) return 2;
		if (i.op == NEXT && depth == 0) return 2;
		if (set && (i.tile_count == 0 || t0 + (i.tile_count - 1) * i.tile_stride >= (i.op == OUT ? hw.tiles : hw.usable()) || (i.tile_count > 1 && !i.tile_stride))) return 3;
		if ((i.op == LOAD || i.op == ACT) && (i.row_count == 0 || row0 + (i.row_count - 1) * i.row_stride >= hw.rows || (i.row_count > 1 && !i.row_stride))) return 4;
		if (i.op == ACT && (i.col_count == 0 || col0 + (i.col_count - 1) * i.col_stride >= columns() || (i.col_count > 1 && !i.col_stride))) return 4;
		if ((i.op == PARAM || i.op == XIN || i.op == OUT) && i.count == 0) return 4;
		if ((i.op == XIN || i.op == ACT || (i.op == OUT && (i.flags & 1))) && i.inner == 0) return 4;
		if (i.op == ACT && (i.bits == 0 || i.bits > hw.adc_bits || i.nslice == 0)) return 5;
		return 0;
	}
	long wait(Turns &turns, const std::vector<int> &set, long c, int lag, uint64_t &waited) const
	{
		for (;; c++, waited++) {
			turns.reach(c);
			bool ready = true;
			for (int n : set) ready = ready && turns.pending(n, c) <= lag;
			if (ready) return c;
		}
	}
	// values of one activation; what its clocks are made of
	Job activate(int index, const Ins &i, const std::vector<int> &x, int col0, int acc0, long h)
	{
		Tile &tl = tile[index];
		int np = planes_of(), cycle = hw.immersed ? rg.rpre + rg.share + rg.settle : rg.cmp, e = std::min(hw.flash_bits, i.bits);
		std::vector<int32_t> sum(i.col_count, 0);
		Job job{h, i.col_count, hw.kind == HYBRID ? (i.bits - e) * cycle : 0, {i.bits, i.set, col0, i.col_stride, i.col_count}, {}};
		for (int p = 0; p < np; p++) {
			long C = 0;
			for (int k = 0, depth = 0; k < i.col_count; k++) {
				int c = col0 + k * i.col_stride, lane = c % hw.adcs, s = 0;
				for (int row = 0; row < hw.rows; row++) s += bit(x[row], p) * cell(tl, row, c);
				Conversion v = convert(hw, rg, i.bits, tl.lfsr[lane], [&](int t) { return above(index, lane, s * 16, i.set, t); });
				sum[k] += weight_p(p) * (rg.low[i.set] + v.code * rg.lsb[i.set]);
				comp += v.decisions;
				depth = std::max(depth, v.steps);
				if (k + 1 < i.col_count && (c + i.col_stride) / hw.adcs == c / hw.adcs) continue;
				C += (long)depth * cycle + 1;              // the round ends
				comp_clocks += (uint64_t)depth * cycle;
				depth = 0;
			}
			job.C.push_back(C);
			converting += C;
		}
		planes += np; conv += (uint64_t)np * i.col_count; compute += (uint64_t)np * (rg.pre + rg.eva);
		for (int o = 0; o < i.col_count / i.nslice; o++) {
			int32_t part = 0;
			for (int j = 0; j < i.nslice; j++) part += weight_s(i.slice0 + j) * sum[o * i.nslice + j];
			int32_t &a = tl.acc[(acc0 + o) & (tl.acc.size() - 1)];
			a = i.flags & 1 ? a + part : part;
		}
		return job;
	}
};
#endif
