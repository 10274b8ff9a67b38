#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_report_browser.sh TEST_REPORT: has a browser render the report that TEST_REPORT makes up (test_report.c), in
# light and dark and as wide as a phone: no complaint, nothing wider than the window, and colours that switch. Exits
# with 77, which Meson takes for "skipped", where there is no chromium.
set -u

for browser in chromium chromium-browser google-chrome; do
	browser=$(command -v "$browser") && break
done
[ -n "$browser" ] || { echo "SKIP: there is no chromium"; exit 77; }

work=$(mktemp -d "${TMPDIR:-/tmp}/planestorm-browser.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
failed=0

# render NAME SCHEME WIDTH FILE: a page's screenshot in $work/NAME.png, and the browser's words in $work/NAME.txt.
# SCHEME is the browser's number for it, 0 dark and 1 light. --no-sandbox, since root may not have one.
render()
{
	timeout 60 "$browser" --headless=new --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$work/profile" \
		--enable-logging=stderr --blink-settings=preferredColorScheme="$2" --window-size="$3,900" \
		--screenshot="$work/$1.png" "file://$4" >"$work/$1.txt" 2>&1 && [ -s "$work/$1.png" ]
}

complain()
{
	echo "FAIL: $*"
	failed=1
}

mkdir "$work/run"
"$1" "$work/run" || { echo "FAIL: no report"; exit 1; }
report=$work/run/report.html
for look in light:1:1280 dark:0:1280 phone:1:500; do
	name=${look%%:*}
	scheme=${look#*:}
	if ! render "$name" "${scheme%:*}" "${look##*:}" "$report"; then
		complain "$name: no screenshot"
		tail -n 5 "$work/$name.txt"
	fi
	if grep -q -e 'CONSOLE' "$work/$name.txt"; then
		complain "$name: the browser complains"
		grep -e 'CONSOLE' "$work/$name.txt"
	fi
done
! cmp -s "$work/light.png" "$work/dark.png" || complain "light and dark look the same"

# What a script sees of a copy, since the report itself has none; in a frame, since no window gets as narrow.
{
	sed -e 's,</body>,,' -e 's,</html>,,' "$report"
	cat <<'END'
<script>
const root = document.documentElement;
console.log("REPORT " + (root.scrollWidth > root.clientWidth ? "wide" : "fits") + " " +
	    document.querySelectorAll("svg[role=img]").length + " " +
	    [...document.images].filter(image => image.complete ? image.naturalWidth == 0 : true).length);
</script></body></html>
END
} >"$work/copy.html"
echo '<iframe src="copy.html" width="360" height="800"></iframe>' >"$work/frame.html"
render copy 1 500 "$work/frame.html" || complain "no screenshot of a copy"
case $(grep -o 'REPORT [a-z]* [0-9]* [0-9]*' "$work/copy.txt") in
"REPORT fits 0 "*) complain "no drawing" ;;
"REPORT fits "*" 0") ;;
*) complain "not as wide as a phone, or broken pictures: $(grep -o 'REPORT.*' "$work/copy.txt")" ;;
esac
[ "$failed" = 0 ] && echo "ok"
exit "$failed"
