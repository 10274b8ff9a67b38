#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_compositor.sh COMPARE: COMPARE is the program of compare_pictures.c.
#
# The compositor in the guest: what a person does in front of it arrives, what is shown is what was painted, and
# it rests when there is nothing to do. Run by tests/run on a warm cache.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P) || exit 2
storm=$root/kernel/storm
compare=$1
work=$(mktemp -d "${TMPDIR:-/tmp}/planestorm-compositor.XXXXXX") || exit 2
failed=0
runner=

at_exit()
{
	[ -z "$runner" ] || kill "$runner" 2>/dev/null
	rm -rf "$work"
}
trap at_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# storm ARGUMENT...: sets $status, and $out and $err to what it said
storm()
{
	out=$work/out
	err=$work/err
	"$storm" "$@" >"$out" 2>"$err" </dev/null &
	runner=$!
	status=0
	wait "$runner" || status=$?
	runner=
	cat "$err" >&2
}

# tell NAME CONDITION...: each condition is a command
tell()
{
	name=$1
	shift
	for condition; do
		if ! eval "$condition" >/dev/null 2>&1; then
			failed=1
			echo "FAIL compositor: $name (not so: $condition)"
			cat "$out" "$err" | tail -n 30 | sed 's/^/    /'
			return
		fi
	done
	echo "ok compositor: $name"
}

# stat NAME: what was counted, in the first of the guests
stat()
{
	awk -v name="$1" '$1 == name { print $2; exit }' "$out"
}

# complains PATTERN ARGUMENT...: in one line that matches, and with exit status 2
complains()
{
	pattern=$1
	shift
	storm "$@"
	tell "${*#*-- }: one line and exit status 2" '[ $status = 2 ]' '[ "$(grep -c "^storm: " "$err")" = 1 ]' \
		'grep -q "^storm: .*$pattern" "$err"'
}

storm hands --results "$work/results" -- --painter dumb
report=$(sed -n 's/^report: //p' "$out")
tell "200 of 200 moves arrive, in order and within a pixel" 'grep -q "^moves: 200 of 200 arrived" "$out"'
tell "so do clicks and keys" 'grep -q "^clicks and keys: 51 of 51 arrived" "$out"'
tell "so do monitors that come, go and change while frames flow" 'grep -q "^plugs: 20 of 20 arrived" "$out"'
tell "another terminal comes to the front and goes again: nothing is seen meanwhile, and everything after that" \
	'grep -q "^switches of the terminal: 10 of 10 arrived" "$out"' '! grep "no seat" "$out"' \
	'[ "$(grep -c "^session: given up" "$out")" = 10 ]' '[ "$(grep -c "^session: taken back" "$out")" = 10 ]'
tell "the kernel has nothing to say to it" '[ $status = 0 ]' '! grep "^splat" "$out"'
tell "it is drawn, too: histograms of moves, clicks, plugs and switches" \
	'[ "$(grep -c "^<svg" "$report")" = 4 ]' '[ -s "${report%/*}/hands.json" ]'
tell "a move takes three properties at most" '[ "$(stat cursor.properties)" -le 3 ]'

# The control: of a compositor that ends before, nothing more arrives.
storm hands --results "$work/results" -- --painter dumb --frames 30
tell "what does not arrive is missed" '[ $status != 0 ]' '! grep "^moves: 200 of 200" "$out"' \
	'grep -q "was not seen" "$out"'

storm hands --results "$work/results" -- --painter dumb --still
tell "a pointer that moves over a still picture: not one frame" '[ $status = 0 ]' '[ "$(stat frames)" = 1 ]'
# libinput has a timer for each button that is pressed or released, 34 times.
tell "and one wake-up for an event, but for the first frame, the quitting and bouncing buttons" \
	'[ "$(stat wakes)" -le $(($(stat inputs) + 34 + 5)) ]'

# Without a seat all is as it was, but for terminals; which is the control of those, too.
storm hands --results "$work/results" -- --painter dumb --seat nonsense
tell "without a seat devices are opened directly, and the reason is said" \
	'grep -q "^no seat: opening devices directly: .*nonsense" "$out"' \
	'grep -q "^moves: 200 of 200 arrived" "$out"' 'grep -q "^plugs: 20 of 20 arrived" "$out"'
tell "and nobody switches terminals" '[ $status = 1 ]' '! grep "^session: " "$out"' \
	'grep -q "cannot switch to terminal 2: " "$out"' 'grep -q "the session was not given up (number 1)" "$out"'

storm view --headless 5 --shot "$work/shot.png" -- --still
tell "with GL: what was painted is to be seen" '[ $status = 0 ]' '! grep "without GL" "$out"' \
	'[ "$(head -c 4 "$work/shot.png" | tail -c 3)" = PNG ]' '[ "$(stat frames)" = 1 ]'
tell "a compositor with nothing to do does not wake up" '[ "$(stat wakes)" -le 5 ]'
storm view --headless 5 --shot "$work/dumb.png" -- --still --painter dumb
# The same frame by the two painters, with the same cursor over it.
tell "without GL it is the same picture, but for how it is rounded" \
	'"$compare" "$work/shot.png" "$work/dumb.png" 2'
storm view --headless 1 --shot "$work/other.png" -- --still --painter dumb --scene ripples
tell "another picture is noticed" '[ $status = 0 ]' '! "$compare" "$work/shot.png" "$work/other.png" 2'

# With the pointer at the same place, in each of the ways to show it.
# offs: how often the display was switched off
offs()
{
	sed -n 's/^display: .* off \([0-9]*\) times.*/\1/p' "$out"
}

storm view --headless 1 --shot "$work/plane.png" --do "300,200" -- --still --painter dumb
tell "the cursor plane shows the pointer" '[ $status = 0 ]' '! "$compare" "$work/plane.png" "$work/dumb.png" 2'
for way in "--painter dumb --legacy" "--painter dumb --no-cursor-plane" "--painter gles --no-cursor-plane"; do
	# shellcheck disable=SC2086  # options
	storm view --headless 1 --shot "$work/way.png" --do "100,100 300,200" -- --still $way
	tell "$way: it is the same picture" '[ $status = 0 ]' '"$compare" "$work/way.png" "$work/plane.png" 2'
done
tell "what no plane shows is painted, once for each move" '[ "$(stat cursor.commits)" = 0 ]' \
	'[ "$(stat frames)" -ge 3 ]'
# What is shown of a picture that moves is one frame, all of it, however few areas of it were painted anew.
for how in "--painter dumb" "--painter dumb --buffers 3" "--painter gles" "--painter gles --buffers 3" \
	"--painter dumb --rate 0 --buffers 3" "--painter dumb --legacy"; do
	# shellcheck disable=SC2086  # options
	storm view --headless 3 --shot "$work/moving.png" -- --hide 1 $how
	tell "$how: the frame is whole, and the pointer hidden after a while" '[ $status = 0 ]' \
		'"$compare" "$work/moving.png" windows 2' '[ "$(stat frames)" -gt 2 ]'
done
tell "another frame would be noticed" '! "$compare" "$work/plane.png" windows 2' \
	'! "$compare" "$work/moving.png" ripples 2'

storm view --headless 1 --do "100,100 300,200" -- --still --painter dumb --cursor arrow-128
tell "so is an image that is too large, which is said" '[ $status = 0 ]' '[ "$(stat cursor.commits)" = 0 ]' \
	'grep -q "^cursor arrow-128 is too large" "$out"'

awake=$(offs)
storm view --headless 1 --do "o 100ms 200,200 p SIGUSR1" -- --painter dumb --still
tell "displays sleep until somebody moves, a picture is saved, statistics are told when asked for" '[ $status = 0 ]' \
	'grep -q "^saved planestorm-0-0.png" "$out"' '[ "$(grep -c "^  frames  " "$out")" = 2 ]' \
	'[ "$(offs)" -gt "$awake" ]' 'grep -q "^display: left as it was found" "$out"'
storm view --headless 1 --do "100,100 200,200 300,300 c" -- --device vkms --painter dumb --still
tell "another driver, with the same rest: vkms" '[ $status = 0 ]' '[ "$(stat frames)" = 1 ]' \
	'[ "$(stat cursor.properties)" -le 3 ]' '[ "$(stat wakes)" -le $(($(stat inputs) + 5)) ]'
for signal in SIGTERM SIGINT; do
	storm view --headless 1 --do "100,100 $signal" -- --painter dumb
	tell "$signal: it ends, and the display is as it was" '[ $status = 0 ]' \
		'grep -q "^display: left as it was found" "$out"'
done
storm view --headless 1 --do "100,100 SIGSEGV" -- --painter dumb
tell "so it is after a crash" '[ $status = 1 ]' 'grep -q "^display: left as it was found" "$out"'
storm view --headless 1 --do "c /sys/bus/virtio/drivers/virtio_input/unbind=virtio1 c" -- --painter dumb
tell "an input device that is gone is one line" '[ $status = 0 ]' '[ "$(grep -c "is gone$" "$out")" = 1 ]'
storm view --headless 1 --do "c /sys/bus/virtio/drivers/virtio_gpu/unbind=virtio0" -- --painter dumb
tell "so is the device itself, in mid-frame" '[ $status = 1 ]' \
	'[ "$(grep -c "^error: .*go on without the device: No such device" "$out")" = 1 ]'

unset DISPLAY WAYLAND_DISPLAY
complains "QEMU ended with exit code 1: ." view -- --painter dumb
complains "there is no /planestorm/cursors/nothing.png" view --headless 1 -- --cursor nothing
complains "options of the compositor: --scene nothing" view --headless 1 -- --scene nothing
complains "cannot open /dev/dri/card7: No such file" view --headless 1 -- --device /dev/dri/card7

exit "$failed"
