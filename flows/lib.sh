# What all flows share: numbers of the design, arguments, libraries of cells, steps with logs, results as JSON. Sourced by flow/NAME/run.sh (bash).
# SPDX-License-Identifier: Apache-2.0
#
#   flow_begin NAME "$@"     reads design.sh; sets OUT (emitted directory, absolute), WORK (where NAME works, absolute, made), LIB..., BLOCK...; parses:
#                            --work DIR      parent of the working directories (default: OUT/work); WORK is DIR/NAME-BLOCK-LIBRARY
#                            --lib NAME|FILE osu018 (default), osu035, or a Liberty file
#                            --block NAME    top (default) or another name of BLOCKS in design.sh
#                            Further options are the flow's: words beyond these stay in ARGS.
#                            With FLOW_DEVICE set before (FPGAs) there is no library: LIB_NAME is the device, --lib and blocks but top are refused.
#   flow_tool COMMAND PACKAGE      dies (3) when a tool is missing, names the Debian package
#   flow_step STEP TOOL COMMAND... runs it with standard output and error in $WORK/STEP.log; dies (1) with flow, design, step, tool, first error, log
#   flow_expect STEP TOOL REGEX    dies (1) like flow_step unless STEP.log has a line that matches: for tools whose exit status says nothing
#   flow_refuse STEP TOOL REGEX    ... when it has one
#   flow_num KEY VALUE, flow_text KEY VALUE, flow_bool KEY true|false, flow_raw KEY JSON     members of the result, in order
#   flow_need NAME [OPTION...]     runs the flow NAME first, same --work, --lib, --block (it does nothing when its result is up to date); NEEDED is its working directory
#   flow_fresh FILE...             ends the flow at once, with its old summary, when WORK/result.json was made from the same bytes of these files, the same
#                                  arguments and the same tools (FLOW_TOOLS: what they say of their versions); otherwise removes the old result
#   flow_fpga HZ LEAST             for flows with a FLOW_DEVICE: takes --baud (LEAST..HZ/4), --seed, --synth-only out of ARGS into baud, seed, synth_only; CLOCK_HZ = HZ;
#                                  refuses analog designs; goes to OUT; sources: RTL of syn.f and fpga.f, relative
#   flow_cells REGEX               cells of that type in the last statistics of synth.log
#   flow_end SUMMARY...            writes WORK/result.json whole or not at all, prints `flow-NAME DESIGN BLOCK LIBRARY: SUMMARY; result.json`
# Exit status of a flow: 0 done and everything held, 1 a step or a check failed, 2 wrong arguments, 3 a tool or library is missing.
# Paths printed are relative to where the flow was started, if they lie below it.
set -u -o pipefail
export LC_ALL=C
FLOW_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
OUT=$(dirname "$FLOW_DIR")
FLOW_START=$PWD
FLOW_NAME=flow FLOW_JSON= ARGS=()

flow_show() { case $1 in "$FLOW_START"/*) echo "${1#"$FLOW_START"/}" ;; *) echo "$1" ;; esac; }
flow_die() { # STATUS MESSAGE
	echo "flow-$FLOW_NAME: ${*:2}" >&2
	exit "$1"
}
flow_fail() { # STEP TOOL WHAT
	flow_die 1 "$DESIGN $BLOCK $LIB_NAME: step '$1' failed in $2: $3; log: $(flow_show "$WORK/$1.log")"
}
flow_tool() { command -v "$1" >/dev/null || flow_die 3 "$1 is missing: install the Debian package $2"; }

# the first line of a log that says what is wrong, else its last one
flow_complaint() { grep -m 1 -E '^(ERROR|Error|%Error|Fatal)|[Ee]rror:' "$1" || grep -v '^ *$' "$1" | tail -n 1; }
flow_step() {
	local step=$1 tool=$2 rc
	shift 2
	"$@" >"$WORK/$step.log" 2>&1 </dev/null
	rc=$?
	[ $rc = 0 ] || flow_fail "$step" "$tool" "$(flow_complaint "$WORK/$step.log") (exit status $rc)"
}
flow_expect() { grep -q -E "$3" "$WORK/$1.log" || flow_fail "$1" "$2" "no line matches '$3'; $(flow_complaint "$WORK/$1.log")"; }
flow_refuse() { ! grep -q -E "$3" "$WORK/$1.log" || flow_fail "$1" "$2" "$(grep -m 1 -E "$3" "$WORK/$1.log")"; }

# Liberty file -> the buffer with the smallest area, "CELL INPUT OUTPUT": what drives inputs
flow_buffer() {
	awk '
		function group(s) { sub(/^[^(]*\(/, "", s); sub(/\).*/, "", s); gsub(/[" \t]/, "", s); return s }
		function value(s) { sub(/^[^:]*:/, "", s); gsub(/[" \t;]/, "", s); return s }
		function keep() { if (cell != "" && ins == 1 && f == in_pin && (best == "" || area < least)) { best = cell " " in_pin " " out_pin; least = area } }
		/^[ \t]*cell[ \t]*\(/ { keep(); cell = group($0); ins = 0; f = ""; area = 1e30 }
		/^[ \t]*pin[ \t]*\(/ { pin = group($0) }
		/^[ \t]*area[ \t]*:/ { area = value($0) + 0 }
		/^[ \t]*direction[ \t]*:[ \t]*"?input/ { ins++; in_pin = pin }
		/^[ \t]*function[ \t]*:/ { f = value($0); gsub(/[()]/, "", f); out_pin = pin }
		END { keep(); print best }
	' "$1"
}

# LIB_NAME, LIB_FILE, LIB_DRIVE: the cell in front of inputs, LIB_LOAD: pF behind outputs, LIB_TECH: folder of qflow's technology (or empty)
flow_library() {
	local tech=${QFLOW_TECH:-/usr/share/qflow/tech}
	case $1 in
	osu018 | osu035)
		LIB_NAME=$1 LIB_TECH=$tech/$1 LIB_FILE=$tech/$1/$1_stdcells.lib
		[ -r "$LIB_FILE" ] || flow_die 3 "'$LIB_FILE' is missing: install the Debian package qflow-tech-$1, or name the folder of the technologies in QFLOW_TECH" ;;
	*)
		[ -r "$1" ] || flow_die 2 "--lib '$1' is neither osu018, osu035 nor a file that can be read"
		LIB_FILE=$(realpath "$1") LIB_TECH=
		LIB_NAME=$(basename "$1") && LIB_NAME=${LIB_NAME%.lib} ;;
	esac
	read -r LIB_DRIVE _ _ < <(flow_buffer "$LIB_FILE")
	[ -n "${LIB_DRIVE:-}" ] || flow_die 2 "--lib '$1' has no buffer cell that could drive the inputs: is it a Liberty file?"
	LIB_LOAD=0.05
}

flow_begin() {
	local work= lib=${FLOW_DEVICE:-osu018}
	FLOW_NAME=$1 BLOCK=top FLOW_TOOLS= FLOW_KEY=
	shift
	FLOW_WORDS="$*"
	. "$FLOW_DIR/design.sh" || flow_die 2 "$FLOW_DIR/design.sh is missing: emit the design again (bitline gen --with $FLOW_NAME)"
	while [ $# -gt 0 ]; do
		case $1 in
		--work) work=${2:?--work needs a directory}; shift 2 ;;
		--lib) lib=${2:?--lib needs a name or a file}; shift 2 ;;
		--block) BLOCK=${2:?--block needs a name}; shift 2 ;;
		*) ARGS+=("$1"); shift ;;
		esac
	done
	case " $BLOCKS " in *" $BLOCK "*) ;; *) flow_die 2 "--block '$BLOCK' is not one of: $BLOCKS" ;; esac
	local var=BLOCK_$BLOCK
	read -r BLOCK_TOP BLOCK_PARAMS <<<"${!var}"
	if [ -n "${FLOW_DEVICE:-}" ]; then
		[ "$lib" = "$FLOW_DEVICE" ] || flow_die 2 "--lib '$lib' has no meaning here: the cells are those of the device, $FLOW_DEVICE"
		[ "$BLOCK" = top ] || flow_die 2 "--block '$BLOCK' is not for this flow: only top has the serial line"
		LIB_NAME=$FLOW_DEVICE LIB_FILE=/dev/null LIB_TECH= LIB_DRIVE= LIB_LOAD=
	else
		flow_library "$lib"
	fi
	work=${work:-$OUT/work}
	mkdir -p "$work/$FLOW_NAME-$BLOCK-$LIB_NAME" || flow_die 2 "--work '$work' cannot be made"
	WORK=$(cd "$work/$FLOW_NAME-$BLOCK-$LIB_NAME" && pwd)
	FLOW_LIB=$lib FLOW_WORK=$work
	flow_text flow "$FLOW_NAME"; flow_text design "$DESIGN"; flow_text config_sha256 "$CONFIG_SHA256"; flow_text block "$BLOCK"; flow_text library "$LIB_NAME"
}

flow_need() {
	local name=$1
	shift
	[ -f "$FLOW_DIR/$name/run.sh" ] || flow_die 2 "flow/$name is not there: emit the design with it (bitline gen --with $name,$FLOW_NAME)"
	bash "$FLOW_DIR/$name/run.sh" --work "$FLOW_WORK" --lib "$FLOW_LIB" --block "$BLOCK" "$@" || exit $?
	NEEDED=$(cd "$FLOW_WORK/$name-$BLOCK-$LIB_NAME" && pwd)
}
flow_fresh() {
	FLOW_KEY=$({ echo "$FLOW_TOOLS $FLOW_WORDS"; cat "$FLOW_DIR/lib.sh" "$FLOW_DIR/design.sh" "$LIB_FILE" "$FLOW_DIR/$FLOW_NAME"/* "$@"; } 2>/dev/null | sha256sum | cut -c 1-64)
	if [ -s "$WORK/result.json" ] && [ "$(cat "$WORK/key" 2>/dev/null)" = "$FLOW_KEY" ]; then
		cat "$WORK/summary"
		exit 0
	fi
	rm -f "$WORK/result.json" "$WORK/key" "$WORK/summary"
}

flow_fpga() {
	local i value
	CLOCK_HZ=$1 baud=115200 seed=1 synth_only=
	for ((i = 0; i < ${#ARGS[@]}; i++)); do
		value=${ARGS[i + 1]:-}
		case ${ARGS[i]} in
		--baud) [[ $value =~ ^[1-9][0-9]{2,6}$ ]] && ((value >= $2 && value <= CLOCK_HZ / 4)) || flow_die 2 "--baud '$value' is no number of $2..$((CLOCK_HZ / 4))"; baud=$value; i=$((i + 1)) ;;
		--seed) [[ $value =~ ^[1-9][0-9]{0,8}$ ]] || flow_die 2 "--seed '$value' is no number of 1..999999999"; seed=$value; i=$((i + 1)) ;;
		--synth-only) synth_only=1 ;;
		*) flow_die 2 "'${ARGS[i]}' is no option of this flow: --baud, --seed, --synth-only, --work" ;;
		esac
	done
	[ "$KIND" = digital ] || flow_die 2 "$DESIGN has an analog array (array.kind): an FPGA takes a digital one"
	cd "$OUT" || exit 2
	mapfile -t sources < <(grep -hv '^//' syn.f fpga.f)
	[ ${#sources[@]} -gt 1 ] || flow_die 2 "syn.f or fpga.f is missing: emit the design again (bitline gen --with $FLOW_NAME)"
}
flow_cells() { awk -v cell="$1" '/^=== / { n = 0 } $1 ~ "^" cell "$" { n += $2 } END { print n + 0 }' "$WORK/synth.log"; }

flow_quote() { local s=${1//\\/\\\\}; s=${s//\"/\\\"}; printf '"%s"' "${s//[[:cntrl:]]/ }"; }
flow_raw() { FLOW_JSON+="${FLOW_JSON:+,
}  \"$1\": $2"; }
flow_text() { flow_raw "$1" "$(flow_quote "$2")"; }
flow_bool() { flow_raw "$1" "$2"; }
flow_num() {
	[[ $2 =~ ^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$ ]] || flow_die 1 "$DESIGN $BLOCK $LIB_NAME: '$2' is no number for '$1': a report was not understood; see $(flow_show "$WORK")"
	flow_raw "$1" "$2"
}
flow_end() {
	local summary="flow-$FLOW_NAME $DESIGN $BLOCK $LIB_NAME: $*; $(flow_show "$WORK/result.json")"
	printf '{\n%s\n}\n' "$FLOW_JSON" >"$WORK/result.json.new" && mv "$WORK/result.json.new" "$WORK/result.json" || flow_die 1 "cannot write $(flow_show "$WORK/result.json")"
	echo "$summary" >"$WORK/summary" && echo "$FLOW_KEY" >"$WORK/key"
	echo "$summary"
}
