# Sourced by suites that call Verilator and the C++ compiler themselves; needs root.
# A model is compiled in one piece and without optimisation, against a run-time library that is compiled once for all suites. Verilator's own Makefile compiles every
# part by itself, at -Os, the library too: the headers are read seventeen times, and a bench that runs for half a second took a minute to build.
# When BITLINE_COVERAGE is set the models of benches in C++ count (docs/coverage.md); such a bench calls cover_add of cosim/cover.h.
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154
cover_verilator='' cover_cxx=-DVM_COVERAGE=0 cover_part=''
[ -z "${BITLINE_COVERAGE:-}" ] || cover_verilator="--coverage-line${BITLINE_COVERAGE_TOGGLE:+ --coverage-toggle}" cover_cxx=-DVM_COVERAGE=1 cover_part=verilated_cov
inc=$(pkg-config --variable=includedir verilator 2>/dev/null); [ -n "$inc" ] || inc=/usr/share/verilator/include

verilated_once() { # TARGET SOURCE FLAGS...: compiled by $CXX. Suites run side by side: the first one compiles, the others wait
	( flock 9; [ "$1" -nt "$2" ] || { $CXX "${@:3}" "$2" -o "$1.part" && mv "$1.part" "$1"; } ) 9>"$1.lock"
}
verilated_library() { # NAME HEADERS PART...: the objects of the run-time library, $objects, and a compiled header for models at -O0, $header
	local dir f
	dir=$root/${BUILD:-build}/verilated/$1-$(verilator --version | tr -c '[:alnum:].\n' _) # gcc does not see that a header in a compiled one has become another
	mkdir -p "$dir" || return
	[ -s "$dir/model.h" ] || { printf '#include "%s"\n' $2 >"$dir/model.h.$$" && mv "$dir/model.h.$$" "$dir/model.h"; } || return
	header="-include $dir/model.h"
	verilated_once "$dir/model.h.gch" "$dir/model.h" -O0 -x c++-header || return
	objects=
	for f in "${@:3}"; do
		[ -f "$inc/$f.cpp" ] || continue
		objects+=" $dir/$f.o"
		verilated_once "$dir/$f.o" "$inc/$f.cpp" -O1 -c || return
	done
}
verilated_plain() { # for benches in C++: $CXX, $objects, $header
	CXX="g++ -std=c++17 -I$inc -I$inc/vltstd -DVERILATOR=1 $cover_cxx -DVM_SC=0 -DVM_TRACE=0 -DVL_THREADED=0 -faligned-new"
	verilated_library "plain${cover_part:+_counting}" "verilated.h" verilated verilated_threads verilated_dpi $cover_part
}
verilated_timed() { # for benches with delays: $CXX, $objects, $header
	CXX="g++ -std=gnu++17 -fcoroutines -I$inc -I$inc/vltstd -DVERILATOR=1 -DVM_COVERAGE=0 -DVM_SC=0 -DVM_TRACE=0 -DVL_TIME_CONTEXT -faligned-new"
	verilated_library timed "verilated.h verilated_timing.h" verilated verilated_threads verilated_timing verilated_dpi
}
verilated_bench() { # DIRECTORY TOP VERILATOR-ARGUMENT...: DIRECTORY/bench, a bench with delays; verilated_timed goes before it. $optimise: -O1 for one that runs for long
	local d=$1 top=$2
	shift 2
	rm -rf "$d"
	verilator --cc --main --timing -Wno-fatal --prefix Vbench --top-module "$top" "$@" --Mdir "$d" && cat "$d"/Vbench*.cpp >"$d/model.cc" &&
		$CXX "${optimise:--O0}" $header -I"$d" "$d/model.cc" $objects -pthread -latomic -o "$d/bench"
}
