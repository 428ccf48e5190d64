#!/usr/bin/env bash
# The documents as pages: links and anchors lead somewhere, every page is reached, what is written from sources is what the sources say; each check seen to fail.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
py=(/usr/bin/python3 -B)
failed=0
say() { # NAME COMMAND ...
	local name=$1
	shift
	if "$@" >"$dir/log" 2>&1; then
		echo "ok $name"
	else
		echo "FAIL $name: $(head -n 1 "$dir/log")"
		failed=1
	fi
}
fails() { # PATTERN COMMAND ...: the command fails and says so
	local pattern=$1
	shift
	if "$@" >"$dir/said" 2>&1; then
		echo "it passed"
		return 1
	fi
	grep -q -- "$pattern" "$dir/said" || { head -n 1 "$dir/said"; return 1; }
}

"${py[@]}" tests/repo/pages.py . | sed 's/^ok - /ok /; s/^FAIL - /FAIL /' || failed=1
say "docs/configuration.md is what the schema says" "${py[@]}" tools/config_reference.py --check
say "docs/registers.md is what the register table says" tools/registers.sh --check
say "every timing diagram is drawn as its source says" "${py[@]}" tools/wavedrom.py --check docs/waves/*.json
for svg in docs/*.svg docs/waves/*.svg; do
	case $svg in docs/waves/*) [ -f "${svg%.svg}.json" ] || { echo "FAIL $svg has no source"; failed=1; } ;; esac
	grep -q "(\(waves/\)\?${svg##*/})" docs/*.md || grep -q "$svg" README.md || { echo "FAIL $svg is on no page"; failed=1; }
done

# seen to fail
page() { # NAME LINE ...
	mkdir -p "$dir/tree/docs"
	printf '%s\n' "${@:2}" >"$dir/tree/$1"
}
page README.md '# Here' '[a](docs/a.md#second-part)' '[b](docs/gone.md)' '`[c](docs/gone2.md)`'
page docs/a.md '# A' '## Second part' '[back](../README.md#there)'
page docs/lost.md '# Nobody'
say "a link to no file is noticed" fails "README.md: 'docs/gone.md' is not there" "${py[@]}" tests/repo/pages.py "$dir/tree"
say "a link to no heading is noticed" fails "docs/a.md: '../README.md#there' names no heading" "${py[@]}" tests/repo/pages.py "$dir/tree"
say "a page that nobody names is noticed" fails "reached from README.md: docs/lost.md" "${py[@]}" tests/repo/pages.py "$dir/tree"
page docs/lost.md '`docs/{a,c}.md`' '```sh' 'true' '```'
say "a file that is not there is noticed" fails "docs/lost.md: 'docs/c.md' is not there" "${py[@]}" tests/repo/pages.py "$dir/tree"
say "commands that nobody runs are noticed" fails "docs/lost.md:2: commands that are not run" "${py[@]}" tests/repo/pages.py "$dir/tree"
page docs/lost.md '`nobody_has_this()`'
say "a function that is not there is noticed" fails "docs/lost.md: no source has 'nobody_has_this()'" "${py[@]}" tests/repo/pages.py "$dir/tree"
page docs/lost.md '`docs/{a,lost}.md`' '<!-- run -->' '```sh' 'true' '```'
page README.md '# Here' '[a](docs/a.md#second-part)' '[b](docs/lost.md)'
page docs/a.md '# A' '## Second part' '[back](../README.md#here)'
say "a whole tree passes" "${py[@]}" tests/repo/pages.py "$dir/tree"
mkdir -p "$dir/copy/tools" "$dir/copy/docs" "$dir/copy/configs" "$dir/copy/common"
cp tools/config_reference.py "$dir/copy/tools" && cp docs/configuration.md "$dir/copy/docs" && cp common/cfg_across.c "$dir/copy/common"
sed 's/value="1024"/value="2048"/' configs/bitline.xsd >"$dir/copy/configs/bitline.xsd"
say "another range in the schema is noticed" fails "docs/configuration.md: not what" "${py[@]}" "$dir/copy/tools/config_reference.py" --check
cp docs/waves/sar.json docs/waves/sar.svg "$dir/"
sed -i 's/"sample"/"take"/' "$dir/sar.json"
say "another name of a lane is noticed" fails "sar.svg: not what" "${py[@]}" tools/wavedrom.py --check "$dir/sar.json"
echo '{"signal": [{"name": "a", "wave": "01"}, {"name": "b", "wave": "0"}]}' >"$dir/odd.json"
say "lanes of different length are refused" fails "lane 'b' has 1 clocks, the longest has 2" "${py[@]}" tools/wavedrom.py "$dir/odd.json"
echo '{"signal": [{"name": "a", "wave": "0=", "data": []}]}' >"$dir/odd.json"
say "a bus without its data is refused" fails "lane 'a', clock 1: no data left" "${py[@]}" tools/wavedrom.py "$dir/odd.json"
exit $failed
