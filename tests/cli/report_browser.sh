#!/usr/bin/env bash
# The page of `bitline report` in headless Chromium: no console error, nothing wider than a screen of 360 or 1440 pixels, text that is read against its ground, light and dark.
# Screenshots for people: $BUILD/test/report-{light,dark,phone}.png. The test also looks at a page that is made too wide and too pale, to see that it would notice.
# SPDX-License-Identifier: Apache-2.0
set -u -o pipefail
cd "$(dirname "$0")/../.."
B=$(realpath "${BITLINE:-build/bitline}")
BUILD=${BUILD:-build}
browser=
for b in chromium chromium-browser google-chrome; do command -v $b >/dev/null && { browser=$b; break; }; done
[ -n "$browser" ] || { echo "ok - the page in a browser # SKIP chromium is not there: apt-get install chromium"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fails=0
# a folder with every section, without simulating anything: the files are this test's own
/usr/bin/python3 tests/cli/report_folder.py "$work/dir" || { echo "FAIL - the folder"; exit 1; }
"$B" report "$work/dir" --out "$work/page.html" >/dev/null || { echo "FAIL - the page"; exit 1; }
cp tests/cli/report_frames.html "$work/frames.html"

# scheme: light or dark; prints lines "ok ..." or "FAIL ..." of every frame, then what the console said
look() { # scheme, page
	local scheme=1
	[ "$1" = dark ] && scheme=0
	cp "$2" "$work/looked.html"
	timeout 120 $browser --headless --no-sandbox --disable-gpu --allow-file-access-from-files --blink-settings=preferredColorScheme=$scheme --window-size=1500,1000 --virtual-time-budget=20000 \
		--enable-logging=stderr --user-data-dir="$work/profile" --dump-dom "file://$work/frames.html" >"$work/dom" 2>"$work/log"
	sed -n '/<pre id="found">/,/<\/pre>/p' "$work/dom" | sed 's/<[^>]*>//g' | grep -E '^(ok|FAIL)' || echo "FAIL the browser did not look: $(tail -n 1 "$work/log")"
	if grep -a 'CONSOLE' "$work/log"; then echo "FAIL the console said something"; else echo "ok nothing on the console"; fi
}
for scheme in light dark; do
	while read -r verdict what; do
		echo "$verdict - $scheme: $what"
		[ "$verdict" = ok ] || fails=1
	done < <(look $scheme "$work/page.html")
done
# seen to fail: wider than any screen, pale, and an error
sed -e 's/--soft:#59636e/--soft:#c8c8c8/' -e 's|</main>|<div style="width:3000px">x</div><script>console.error("bent on purpose")</script></main>|' "$work/page.html" >"$work/bent.html"
bent=$(look light "$work/bent.html")
for what in "360 pixels: wider" "1440 pixels: wider" "contrast" "console"; do
	if grep -q "^FAIL.*$what" <<<"$bent"; then echo "ok - a bent page is noticed: $what"; else echo "FAIL - a bent page is not noticed: $what: $(tr '\n' ' ' <<<"$bent")"; fails=1; fi
done

mkdir -p "$BUILD/test"
shoot() { # name, scheme, width, file
	timeout 120 $browser --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=1 --blink-settings=preferredColorScheme=$2 --window-size=$3,4600 --user-data-dir="$work/profile" \
		--screenshot="$BUILD/test/report-$1.png" "file://$4" >/dev/null 2>&1
	if [ -s "$BUILD/test/report-$1.png" ]; then echo "ok - screenshot: $BUILD/test/report-$1.png"; else echo "FAIL - no screenshot report-$1.png"; fails=1; fi
}
# a window is never narrower than 500 pixels: the phone is a frame
echo '<!DOCTYPE html><body style="margin:0"><iframe src="page.html" style="width:360px;height:4600px;border:0"></iframe>' >"$work/phone.html"
shoot light 1 1440 "$work/page.html"
shoot dark 0 1440 "$work/page.html"
shoot phone 1 500 "$work/phone.html"
exit $fails
