// Coverage of Verilated models: what one counted is added to $BITLINE_COVERAGE/MODEL.dat, a file per set of points, in Verilator's own format.
// Compiled into the shim and the benches of tests/ when the model was translated for it (VM_COVERAGE=1); tools/cover_rtl.py reads the files.
// SPDX-License-Identifier: Apache-2.0
#ifndef COSIM_COVER_H
#define COSIM_COVER_H
#if VM_COVERAGE
#include "verilated_cov.h"
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <string>
#include <sys/file.h>
#include <unistd.h>
#include <vector>

struct cover_point { std::string key; uint64_t count; };

static void cover_fail(const std::string &path)
{
	fprintf(stderr, "coverage: cannot write '%s': BITLINE_COVERAGE names a folder that can be written, on a disk with room\n", path.c_str());
	abort();
}

// lines `C 'KEY' COUNT`, all else is a comment
static std::vector<cover_point> cover_read(const std::string &path)
{
	std::vector<cover_point> points;
	std::ifstream in(path);

	for (std::string line; std::getline(in, line);) {
		size_t quote = line.rfind("' ");

		if (line[0] == 'C' && quote != std::string::npos)
			points.push_back({ line.substr(0, quote), strtoull(line.c_str() + quote + 2, nullptr, 10) });
	}
	return points;
}

// Call it before the model goes: the counts are the model's. A process that is killed half way leaves the sum as it was.
static void cover_add(VerilatedContext *context)
{
	const char *dir = getenv("BITLINE_COVERAGE");

	if (!dir || !*dir)
		return;
	std::string part = std::string(dir) + "/part-XXXXXX";
	int made = mkstemp(&part[0]), lock;

	if (made < 0)
		cover_fail(part);
	close(made);
	context->coveragep()->write(part.c_str());
	std::vector<cover_point> points = cover_read(part), before;
	uint64_t hash = 14695981039346656037u; // FNV-1a

	for (const cover_point &p : points)
		for (char c : p.key)
			hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
	char name[32];
	snprintf(name, sizeof(name), "/%016llx", static_cast<unsigned long long>(hash));
	std::string sum = dir + std::string(name) + ".dat";
	lock = open((dir + std::string(name) + ".lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666);
	if (lock < 0 || flock(lock, LOCK_EX))
		cover_fail(sum);
	before = cover_read(sum);
	std::ofstream out(part, std::ios::trunc);
	out << "# SystemC::Coverage-3\n";
	for (size_t i = 0; i < points.size(); i++)
		out << points[i].key << "' " << points[i].count + (i < before.size() && before[i].key == points[i].key ? before[i].count : 0) << '\n';
	out.close();
	if (!out || rename(part.c_str(), sum.c_str()))
		cover_fail(sum);
	close(lock);
}
#else
template <class Context> static inline void cover_add(Context *) {}
#endif
#endif
