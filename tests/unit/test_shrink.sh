#!/bin/sh
# SPDX-License-Identifier: MIT
#
# A long program that fails becomes a short one, in the guest: run by tests/run on a warm cache.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P) || exit 2
storm=$root/kernel/storm
work=$(mktemp -d "${TMPDIR:-/tmp}/planestorm-shrink.XXXXXX") || exit 2
results=$work/results
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

# start ARGUMENT...: the runner in the background; what it says goes to our reader, too
start()
{
	: >"$work/err"
	"$storm" "$@" --results "$results" >"$work/out" 2>"$work/err" </dev/null &
	runner=$!
}

finish()
{
	status=0
	wait "$runner" || status=$?
	runner=
	cat "$work/err" >&2
}

storm()
{
	start "$@"
	finish
}

# run_until_splat NAME FILE: a few times, since an allocation has another number now and then
run_until_splat()
{
	for _ in 1 2 3; do
		storm run --variant unfixed "$2"
		! grep -q "^splat FAIL WARNING dma_resv_add_fence" "$results/latest/unfixed/$1/verdicts.txt" || return 0
	done
	return 1
}

# tell NAME CONDITION...: each condition is a command
tell()
{
	name=$1
	shift
	for condition; do
		if ! eval "$condition" >/dev/null 2>&1; then
			failed=1
			echo "FAIL shrink: $name (not so: $condition)"
			cat "$work/out" "$work/err" | tail -n 20 | sed 's/^/    /'
			return
		fi
	done
	echo "ok shrink: $name"
}

# 200 lines of all kinds at random, and the one that splats on unfixed behind the middle of them
long_program()
{
	awk 'BEGIN {
		srand(1)
		kind[++kinds] = "move 10,20"
		kind[++kinds] = "cursor C1 at=1,2"
		kind[++kinds] = "cursor C3"
		kind[++kinds] = "commit primary=P1 cursor=C2 at=3,4"
		kind[++kinds] = "flip P2"
		kind[++kinds] = "expect ok\ncommit cursor=off"
		kind[++kinds] = "paint C1\ncursor C1"
		kind[++kinds] = "repeat 5\n\tmove 1,1\n\tmove 2,2\nend"
		kind[++kinds] = "signals every=5ms restart\nhide\nsignals off"
		kind[++kinds] = "contend C2 threads=2\ncommit at=9,9\ncontend C2 off"
		kind[++kinds] = "check"
		kind[++kinds] = "wait 1ms"
		kind[++kinds] = "fault nth=2\nexpect ok|ENOMEM\nmove 7,7"
		print "# a long program\noutput 1024x768"
		print "buffer P1 primary 1024x768 image=checker\nbuffer P2 primary 1024x768 image=solid"
		print "buffer C1 cursor 64x64 image=arrow\nbuffer C2 cursor 64x64 image=cross"
		print "buffer C3 cursor 64x64 image=alpha"
		for (lines = 6; lines < 200; lines += split(text, unused, "\n")) {
			text = kind[1 + int(rand() * kinds)]
			if (!done && lines > 110) {
				text = "fault nth=1..\nexpect ok|ENOMEM\ncursor C2 at=30,40"
				done = 1
			}
			print text
		}
	}'
}

# The operations in a program, without what is said about it
operations()
{
	grep -c -v -e '^#' -e '^$' "$1"
}

long_program >"$work/long.storm"
printf 'output 640x480\nhide\ncheck\n' >"$work/good.storm"
small=$results/long-shrunk.storm

tell "a program of 200 lines splats" '[ "$(operations "$work/long.storm")" -ge 200 ]' \
	'run_until_splat long "$work/long.storm"'
first=$(readlink -f "$results/latest")

storm shrink "$results/latest/unfixed/long"
tell "its trial's folder becomes a program of 6 lines or less" '[ $status = 0 ]' '[ "$(operations "$small")" -le 6 ]' \
	'grep -q "^# splat FAIL in [0-9]* of [0-9]* runs" "$small"' \
	'grep -q "^#   long-shrunk=FAIL.* WARNING dma_resv_add_fence" "$small"' \
	'grep -q " lines -> [1-6] lines, [0-9]* trials, " "$work/out"'

tell "which can be run, and splats in the same way" 'run_until_splat long-shrunk "$small"'

storm shrink --variant unfixed "$work/good.storm"
tell "a program that does not fail is not shrunk" '[ $status = 2 ]' '[ ! -e "$results/good-shrunk.storm" ]' \
	'grep -q "nothing to shrink: good on unfixed did not FAIL any rule in 10 runs" "$work/err"'

storm shrink --variant upstream --rule splat "$first/unfixed/long"
tell "nor one that does not fail on the variant that was asked for" '[ $status = 2 ]' \
	'grep -q "long on upstream did not FAIL splat with WARNING dma_resv_add_fence" "$work/err"'

# A status line comes every 10 s.
start shrink --variant unfixed --rule splat -o "$work/far/half.storm" "$work/long.storm"
patience=60
until grep -q -E 'shrink: 1?[0-9]{1,2} lines' "$work/err" || [ "$patience" = 0 ]; do
	sleep 1
	patience=$((patience - 1))
done
kill "$runner"
finish
tell "what an interrupted search has come to is kept" '[ $status = 2 ]' 'grep -q interrupted "$work/err"' \
	'[ "$(operations "$work/far/half.storm")" -lt 200 ]' 'grep -q "^# splat FAIL in [0-9]* of [0-9]* runs" "$work/far/half.storm"'

exit "$failed"
