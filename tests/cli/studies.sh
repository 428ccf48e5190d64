#!/usr/bin/env bash
# The studies of docs/studies.md on a tiny random model: tables complete, shares as python reckons them, interrupted and gone on with, what users get wrong.
# SPDX-License-Identifier: Apache-2.0
set -u
cd "$(dirname "$0")/../.."
top=$PWD
real=$(realpath "${BITLINE:-build/bitline}")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
(cd "$dir" && /usr/bin/python3 -B "$top/tests/cli/tiny_model.py") || exit 1
echo "abba ab a b abc abc a" >"$dir/text.txt"
fails=0
result() { if [ "$1" = 0 ]; then echo "ok - $2"; else echo "FAIL - $2"; sed 's/^/# /' "$dir/out" "$dir/err" 2>/dev/null | tail -n 12; fails=1; fi; }

# the program, and a line for every call of it
cat >"$dir/bitline" <<END
#!/usr/bin/env bash
echo "\$1" >>"$dir/calls"
[ ! -e "$dir/fail-at" ] || [ "\$(wc -l <"$dir/calls")" -lt "\$(cat "$dir/fail-at")" ] || { echo "bitline: the disk is full" >&2; exit 3; }
exec "$real" "\$@"
END
chmod +x "$dir/bitline"

# study BUILD SCRIPT VARIABLE=VALUE...: on the tiny model; out, err, calls
study() {
	local build=$1 script=$2
	shift 2
	: >"$dir/calls"
	${RUN:-} env BUILD="$dir/$build" BITLINE="$dir/bitline" JOBS=2 GRID=quick MODEL="$dir/monarch.safetensors" TEACHER="$dir/dense.safetensors" TOKENIZER="$dir/tok.bin" TEXT="$dir/text.txt" CONFIG=configs/tiny.xml \
		STEPS=3 BATCH=2 LENGTH=8 SAMPLES=4 "$@" "tools/$script" >"$dir/out" 2>"$dir/err"
}
few=(BITS=4 STRENGTHS=900:100000)
calls() { wc -l <"$dir/calls"; }
c() { local build=$1; shift; study "$build" paper_c.sh "BASE=numbers.weight_code=sm numbers.input_code=sm readout.rounding=nearest" BITS="2 4" STRENGTHS="900:100000 0:0:300000:2000" SEEDS=1 UNSEEN="7 8" "$@"; }
b() { local build=$1; shift; study "$build" paper_b_accuracy.sh CODES=sm BITS="1 3 4" SEARCH_STEPS=2 "$@"; }
# python over rows (list of dicts), p (folder of points), text (what was printed), log
judge() { # name, csv, expression
	/usr/bin/python3 - "$2" "$dir/out" "$3" <<'PY' 2>>"$dir/err"
import csv, json, math, os, sys
rows = list(csv.DictReader(open(sys.argv[1])))
p, text = os.path.join(os.path.dirname(sys.argv[1]), "points"), open(sys.argv[2]).read()
def perplexity(name):
    return json.load(open(os.path.join(p, name + ".json")))["perplexity"]
def near(a, b):
    return abs(float(a) - b) <= 1e-5 * abs(b)
def share(r, ideal):
    u, i, t = (math.log(float(r[k])) for k in ("uncalibrated", ideal, "tuned"))
    return "-" if math.exp(u - i) <= 1.01 else "%.1f" % (100 * (u - t) / (u - i))
def close(a, b):
    return a == b or ("-" not in (a, b) and abs(float(a) - float(b)) < 0.11) or (a[:1] + b[:1]).count("-") == 2
if not eval(sys.argv[3]):
    sys.exit("not true: " + sys.argv[3])
PY
	result $? "$1"
}

# ---- paper-c
c one; result $? "paper-c runs"
csv=$dir/one/paper-c/paper-c.csv
judge "a row for every resolution, strength, tuning and draw" "$csv" \
	'sorted((r["bits"], r["offset"] + ":" + r["gain"], r["tuning"], r["draw"], r["whose"]) for r in rows) == sorted((b, s, t, d, "own" if t == "fixed" and d == "1" else "unseen") for b in "24" for s in ("900:0", "0:300000") for t in ("fixed", "fresh") for d in "178")'
judge "perplexities are those of the points" "$csv" \
	'all(near(r["ideal"], perplexity("b%s-ideal" % r["bits"])) and near(r["ideal_tuned"], perplexity("b%s-ideal-tuned-at-ideal" % r["bits"])) and near(r["uncalibrated"], perplexity("b%s-%s-at%s" % (r["bits"], s, r["draw"]))) and near(r["tuned"], perplexity("b%s-%s-%s%s-at%s" % (r["bits"], s, r["tuning"], "1" if r["tuning"] == "fixed" else "", r["draw"]))) for r in rows for s in ["900_100000" if r["offset"] == "900" else "0_0_300000_2000"])'
judge "shares are those of python" "$csv" 'all(close(r["recovered"], share(r, "ideal")) and close(r["recovered_of_tuned"], share(r, "ideal_tuned")) for r in rows)'
judge "every draw bends differently" "$csv" 'len({r["uncalibrated"] for r in rows if r["bits"] == "4" and r["offset"] == "0"}) == 3'
judge "tokens of a training" "$csv" 'all(int(r["tokens"]) == 3 * 2 * 8 and float(r["cpu_s"]) >= 0 for r in rows)'
judge "the table has the same rows" "$csv" '[l.split() for l in text.splitlines()][:len(rows) + 1] == [list(rows[0])] + [list(r.values()) for r in rows]'
# what golden says of the same converters, asked by hand
"$real" golden --model "$dir/one/paper-c/points/b4-900_100000-fresh.safetensors" --tokenizer "$dir/tok.bin" --text "$dir/text.txt" --config configs/tiny.xml -s numbers.weight_code=sm -s numbers.input_code=sm \
	-s readout.rounding=nearest -s readout.bits=4 -s nonideal.offset=900 -s nonideal.capacitor=100000 -s nonideal.seed=8 --json >"$dir/one/paper-c/points/by-hand.json" 2>"$dir/err"
judge "a point is what golden says" "$csv" 'perplexity("by-hand") == perplexity("b4-900_100000-fresh-at8")'
if command -v gnuplot >/dev/null; then
	/usr/bin/python3 -c 'import sys, xml.dom.minidom as m; t = open(sys.argv[1]).read(); m.parseString(t); sys.exit(not ("tuned on fresh draws" in t and "<path" in t))' "$dir/one/paper-c/paper-c.svg" 2>"$dir/err"; result $? "the picture is SVG"
	cp "$dir/one/paper-c/paper-c.svg" "$dir/before.svg"
else
	echo "ok - the picture is SVG # SKIP no gnuplot"
	: >"$dir/before.svg"
fi

c six LENGTH= "${few[@]}" STEPS=1 && grep -q ' 1 steps of 2 x 20 tokens,' "$dir/err"; result $? "sequences no longer than the context"
c one && [ "$(calls)" = 0 ]; result $? "run again: nothing is done twice"
! [ -s "$dir/before.svg" ] || cmp "$dir/before.svg" "$dir/one/paper-c/paper-c.svg"; result $? "... and the picture has the same bytes"
c one TEXT="$dir/other.txt"; [ $? = 2 ] && [ "$(cat "$dir/err")" = "paper-c: TEXT='$dir/other.txt' is not a file that can be read; name one" ]; result $? "a text that is not there"
echo "ba ba abc" >"$dir/other.txt"
c one "${few[@]}" TEXT="$dir/other.txt" && [ "$(grep -c golden "$dir/calls")" = "$(calls)" ] && [ "$(calls)" = 11 ]; result $? "another text: measured again, not trained again"
c one STEPS=2 "${few[@]}" && [ "$(grep -c train "$dir/calls")" = 3 ]; result $? "other steps: trained again"

# figures made up: ln 8 -> ln 3 of ln 8 -> ln 2
fake() { sed -i -E "s/^( \"perplexity\": )[^,]*/\1$2/" "$dir/one/paper-c/points/$1.json"; }
fake b4-ideal 2; fake b4-ideal-tuned-at-ideal 1.5; fake b4-900_100000-at1 8; fake b4-900_100000-fixed1-at1 3
for d in 7 8; do fake b4-900_100000-at$d 64; fake b4-900_100000-fixed1-at$d 32; fake b4-900_100000-fresh-at$d 2; done
fake b4-900_100000-fresh-at1 16
c one STEPS=2 "${few[@]}" && [ "$(calls)" = 0 ]
judge "shares of figures that are known" "$csv" '[(r["recovered"], r["recovered_of_tuned"]) for r in rows] == [("70.8", "58.6")] + [("20.0", "18.5")] * 2 + [("-50.0", "-41.4")] + [("100.0", "92.3")] * 2'
grep -qE '^  tuned on these very converters  +together +70\.8 %, mean +70\.8 %, least +70\.8 %, 90 % met by 0 of 1;.* 58\.6 %$' "$dir/out" && grep -qE 'others, drawn once +together +20\.0 %, mean +20\.0 %' "$dir/out" && grep -qE 'fresh draws, judged on more +together +75\.0 %, mean +50\.0 %, least +-50\.0 %, 90 % met by 2 of 3;' "$dir/out"
result $? "... and their summary"

# ---- interrupted
echo 10 >"$dir/fail-at"
c two "${few[@]}"; [ $? = 3 ] && [ "$(tail -n 1 "$dir/err" | sed -E 's/^paper-c: b[0-9a-z_-]+: //')" = "bitline: the disk is full" ] && ! [ -e "$dir/two/paper-c/paper-c.csv" ]; result $? "the first failure ends the study, in its own words"
rm "$dir/fail-at"
kept=$(find "$dir/two/paper-c/points" -name '*.json' | wc -l)
c two "${few[@]}" && [ "$kept" -ge 8 ] && [ $((kept + $(calls))) = "$(find "$dir/two/paper-c/points" -name '*.json' | wc -l)" ]; result $? "gone on with: only what was missing"
rm -rf "$dir/one"
c one "${few[@]}" && cmp <(cut -d , -f 1-16 "$csv") <(cut -d , -f 1-16 "$dir/two/paper-c/paper-c.csv"); result $? "... and the table is that of a study without a break"

long=(STEPS=800 BITS=4 STRENGTHS=900 UNSEEN=7)
RUN=exec c three "${long[@]}" &
until ls "$dir"/three/paper-c/points/*.state >/dev/null 2>&1; do sleep 0.02; done
kill -TERM $!
wait $! 2>/dev/null
for _ in {1..100}; do pgrep -f "$dir/three" >/dev/null || break; sleep 0.05; done
! pgrep -f "$dir/three" >/dev/null && ls "$dir"/three/paper-c/points/*.state >/dev/null 2>&1 && ! [ -e "$dir/three/paper-c/paper-c.csv" ]; result $? "told to end: nothing of it goes on running, states are kept"
c three "${long[@]}" && c four "${long[@]}" && cmp <(cut -d , -f 1-16 "$dir/three/paper-c/paper-c.csv") <(cut -d , -f 1-16 "$dir/four/paper-c/paper-c.csv") && ! ls "$dir"/three/paper-c/points/*.state >/dev/null 2>&1
result $? "trainings go on from their states to the same models"

# ---- paper-b-accuracy
b one; result $? "paper-b-accuracy runs"
csv=$dir/one/paper-b/paper-b.csv
judge "a row for every kind and width" "$csv" \
	'[(r["kind"], r["bits"], r["samples"]) for r in rows] == [("sar", b, "-") for b in "134"] + [("window", "3", "-"), ("flash", "3", "-"), ("hybrid", "3", "-"), ("sense", "1", "-")] + [("stochastic", b, n) for b, n in (("1", "1"), ("3", "7"), ("4", "15"))]'
judge "figures are those of the points" "$csv" \
	'all(near(r["untrained"], perplexity("%s-sm-b%s" % (r["kind"], r["bits"]))) and (r["kind"] in ("flash", "hybrid") or near(r["trained"], perplexity(("lossless" if r["lossless"] == "true" else "%s-sm-b%s" % (r["kind"], r["bits"])) + "-trained-at"))) for r in rows)'
judge "lossless: no loss" "$csv" '[r["bits"] for r in rows if r["lossless"] == "true"] == ["4"] and all(float(r["untrained"]) != float(rows[2]["untrained"]) for r in rows if r["kind"] in ("sense", "stochastic"))'
judge "the window is the one that trains best" "$csv" \
	'all((r["lsb"], r["low"]) == min(((json.load(open("%s/search-%s-sm-b%s-lsb%s-low0.json" % (p, k, r["bits"], l)))["loss"], l, "0") for l in "12"), key=lambda t: t[0])[1:] for r in rows for k in [{"window": "sar", "sense": "sense"}.get(r["kind"])] if k)'
judge "says that flash and hybrid equal sar" "$csv" '"flash and hybrid at 3 bits: the same perplexity as sar" in text'
b one && [ "$(calls)" = 0 ]; result $? "run again: nothing is done twice"
sed -i -E 's/^( "perplexity": )[^,]*/\17/' "$dir/one/paper-b/points/flash-sm-b3.json"
b one; [ $? = 1 ] && tail -n 1 "$dir/err" | grep -qE '^paper-b: flash and sar at 3 bits, code sm: perplexity 7 and [0-9.]+, they must be equal$'; result $? "... and finds it out when they do not"

# ---- what users get wrong: one line, exit 2
refuses() { # message, study, assignments
	local message=$1
	shift
	"$@"
	[ $? = 2 ] && [ "$(cat "$dir/err")" = "$message" ] && ! [ -s "$dir/out" ]; result $? "$message"
}
refuses "paper-c: MODEL='missing.safetensors' is not a file that can be read; name one" c five MODEL=missing.safetensors
refuses "paper-b: MODEL='$dir' is not a file that can be read; name one" b five MODEL="$dir"
refuses "paper-c: TEACHER='x' is not a file that can be read; name one" c five TEACHER=x
refuses "paper-c: TOKENIZER='x' is not a file that can be read; name one" c five TOKENIZER=x
refuses "paper-c: no tokenizer beside 'configs/tiny.xml'; name it with TOKENIZER=FILE" c five MODEL=configs/tiny.xml TOKENIZER=
refuses "paper-c: GRID='huge', legal: quick, full" c five GRID=huge
refuses "paper-c: STEPS='0', legal is a whole number of at least 1" c five STEPS=0
refuses "paper-b: LENGTH='1', legal is a whole number of at least 2" b five LENGTH=1
refuses "paper-c: SEEDS or UNSEEN='a', legal is a whole number of at least 0" c five UNSEEN=a
refuses "paper-c: strength '900:', legal is OFFSET[:CAPACITOR[:GAIN[:INL]]] in the units of nonideal" c five STRENGTHS=900:
refuses "paper-b: BITS='9', legal are 1..8" b five BITS=9
refuses "paper-b: CODES='dif', legal: sm, tc" b five CODES=dif
c five MODEL="$dir/text.txt"; [ $? = 2 ] && [ "$(grep -c . "$dir/err")" = 2 ] && grep -q "^paper-c: .*: bitline: '$dir/text.txt'" "$dir/err"; result $? "a file that is no model: bitline's own line"
exit $fails
