// Clocks of the tiles of a core, written from docs/isa.md section 6 and docs/network.md sections 3 and 4. Local references: the recurrence, tile by
// tile. Immersed ones: turns, clock by clock, because who is granted depends on who asks at that moment.
// SPDX-License-Identifier: Apache-2.0
#ifndef CORE_TURNS_H
#define CORE_TURNS_H
#include "core_convert.h"
#include <array>

struct Job {                         // one activation of one tile
	long h; int col_count, tail;     // tail: clocks between the last flash strobe of a turn and its end (hybrid)
	std::array<int, 5> key;          // bits, set, columns
	std::vector<long> C;             // of each plane
	long x = -1, k0 = -1, k_last = -1, f_last = -1, g = -1;  // -1: not known yet
};
struct Turns {
	const Hw &hw; long E = 0; long now = 0; std::vector<int> p;                      // p: of every pair, else one
	struct T { std::vector<Job> job; size_t next = 0; int plane = 0; long f = -1; };  // next: the first job that has not had all its turns
	std::vector<T> tile; std::vector<long> busy; long unit = 0;                       // held up to but not including
	std::vector<std::vector<std::pair<long, long>>> serves;                           // first and last clocks, by array
	Turns(const Hw &h, long e) : hw(h), E(e), tile(h.tiles), busy(h.tiles, 0), serves(h.tiles)
	{
		if (h.network != PAIR) p.assign(1, 0);
		else for (int i = 0; i < h.tiles; i += 2) p.push_back(i);
	}

	// x of the job that is next, when it is known
	bool transfer(T &t)
	{
		Job &j = t.job[t.next];
		if (j.x >= 0) return true;
		long k = t.next ? t.job[t.next - 1].k_last : 0;
		if (k < 0) return false;
		j.x = std::max(j.h + 1, k);
		return true;
	}
	// the next plane of the tile begins its precharge in clock v
	void plane(T &t, long v)
	{
		Job &j = t.job[t.next];
		size_t n = t.next;
		long k = std::max(v + E, t.f);
		if (t.plane == 0 && n >= 2 && !hw.immersed) k = std::max(k, t.job[n - 2].g);
		if (t.plane == 0) j.k0 = k;
		t.f = k + j.C[t.plane];
		if (++t.plane < (int)j.C.size()) { j.k_last = -1; last_k = k; return; }
		j.k_last = k; j.f_last = t.f; last_k = k;
		long d = t.f + 2;
		if (n) d = std::max(d, t.job[n - 1].g);
		j.g = d + j.col_count + 2;
		t.plane = 0; t.next++;
	}
	long last_k = 0;
	void hand_over(int index, const Job &j)
	{
		T &t = tile[index];
		t.job.push_back(j);
		if (hw.immersed) return;
		transfer(t);
		for (size_t i = 0; i < j.C.size(); i++) {
			long v = i ? last_k + 1 : t.job[t.next].x + 1;
			if (!hw.sample_hold) v = std::max(v, t.f + 1);
			plane(t, v);
		}
	}
	std::vector<int> needs(int t) const
	{
		std::vector<int> a{t};
		int n = hw.servers();
		for (int m = 1; m <= n; m++) a.push_back(hw.network == PAIR ? t ^ 1 : hw.network == RING ? (t + m) % hw.tiles : hw.tiles - n + m - 1);
		return a;
	}
	// clock from which the tile asks for its next plane
	long asks(const T &t) const
	{
		if (t.plane) return t.f + 1;
		long a = std::max(t.job[t.next].x, t.f) + 1;
		return t.next < 2 ? a : std::max(a, t.job[t.next - 2].g);
	}
	void look(long c)                // in clock c
	{
		if (hw.network != PAIR) look(c, 0, hw.tiles, p[0]);
		else for (int i = 0; i < hw.tiles; i += 2) look(c, i, 2, p[i / 2]);
	}
	void look(long c, int low, int n, int &from)  // the grant rule over n tiles
	{
		std::vector<bool> held(hw.tiles);
		bool unit_held = unit > c, granted_any = false, first_granted = false; int first = -1;
		for (int a = 0; a < hw.tiles; a++) held[a] = busy[a] > c;
		std::vector<int> joined; std::array<int, 5> key{};
		for (int i = 0; i < n; i++) {
			int t = low + (from - low + i) % n;
			T &tl = tile[t];
			if (tl.next >= tl.job.size() || tl.job[tl.next].h >= c || !transfer(tl)) continue;
			if (c < asks(tl)) continue;
			bool grant;
			if (hw.network == BROADCAST) {
				grant = first < 0 ? !unit_held : granted_any && tl.job[tl.next].key == key;
				for (int o : joined) if (hw.kind == HYBRID && o % hw.servers() == t % hw.servers()) grant = false;
			} else {
				grant = true;
				for (int a : needs(t)) grant = grant && !held[a];
				if (grant || first < 0) for (int a : needs(t)) held[a] = true;
			}
			if (first < 0) first = t, first_granted = grant;
			if (!grant) continue;
			granted_any = true; key = tl.job[tl.next].key; joined.push_back(t);
			int tail = tl.job[tl.next].tail;
			plane(tl, c + 1);
			long k = last_k, f = tl.f;
			std::vector<int> arrays = needs(t);
			busy[t] = f + 1;
			for (size_t s = 1; s < arrays.size(); s++) {
				long end = hw.kind == HYBRID && hw.network == RING && s > 1 ? f - tail : f;
				if (hw.network != BROADCAST) busy[arrays[s]] = end + 1;
				else unit = std::max(unit, f + 1);
				serves[arrays[s]].push_back({k + 1, end});
			}
		}
		if (first >= 0) from = low + (first - low + first_granted) % n;
	}
	void reach(long c) { if (hw.immersed) for (; now < c; now++) look(now); }  // what happens before clock c is known
	bool shadow_free(int t, long c)
	{
		T &tl = tile[t];
		if (tl.job.empty()) return true;
		Job &j = tl.job.back();
		if (tl.next < tl.job.size()) transfer(tl);
		return j.x >= 0 && j.x + 1 <= c;
	}
	int pending(int t, long c) const
	{
		int n = 0;
		for (const Job &j : tile[t].job) n += j.h + 1 <= c && (j.g < 0 || j.g > c);
		return n;
	}
	// clocks in which an array serves, a server of several clients in step once
	uint64_t serve_clocks() const
	{
		uint64_t sum = 0;
		for (auto list : serves) {
			std::sort(list.begin(), list.end());
			long seen = -1;
			for (auto &s : list) { long from = std::max(s.first, seen + 1); if (s.second >= from) sum += (uint64_t)(s.second - from + 1), seen = s.second; }
		}
		return sum;
	}
};
#endif
