#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test_reproduce.sh TEST_REPRODUCE: compiles the reproducers that TEST_REPRODUCE writes (test_reproduce.c), of each
# program in data/, of the sweep of each operation, and of each operation alone: as a reader would, and without a
# warning, which also tells of helpers that a program does not use. What is no card one of them answers with one line.
# Exits with 77, which Meson takes for "skipped", where libdrm's headers are missing.
set -u

cc=${CC:-cc}
cflags=$(pkg-config --cflags libdrm 2>/dev/null) || { echo "SKIP: there are no headers of libdrm"; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/planestorm-reproduce.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
failed=0

complain()
{
	echo "FAIL: $*"
	failed=1
}

"$1" "$work" || { echo "FAIL: no reproducers"; exit 1; }
count=0
for file in "$work"/*.c; do
	count=$((count + 1))
	# Not -fsyntax-only, which does not see that something is unused.
	# shellcheck disable=SC2086 # several flags
	$cc -Wall -Wextra -Werror $cflags -S -o /dev/null "$file" 2>"$work/errors" && continue
	complain "${file##*/} does not compile"
	head -n 5 "$work/errors"
done
[ "$count" -gt 100 ] || complain "only $count reproducers"

# The control: a helper too many must be noticed.
{ echo 'static void spare(void) { }' && cat "$work/moves.storm.c"; } >"$work/spare.c"
# shellcheck disable=SC2086
! $cc -Wall -Wextra -Werror $cflags -S -o /dev/null "$work/spare.c" 2>"$work/errors" ||
	complain "a helper that nothing uses is not noticed"

# shellcheck disable=SC2046,SC2086
$cc -o "$work/repro" "$work/cursor-fault.storm.c" $cflags $(pkg-config --libs libdrm) || complain "it does not link"
for arguments in "--device /dev/null" "--device $work/none" "--frobnicate"; do
	# shellcheck disable=SC2086
	"$work/repro" $arguments >"$work/out" 2>"$work/err"
	status=$?
	case $status:$(wc -l <"$work/err"):$(cat "$work/out") in
	2:1:) ;;
	*) complain "$arguments: exit status $status, $(cat "$work/out" "$work/err")" ;;
	esac
done
[ "$failed" = 0 ] && echo "ok: $count reproducers"
exit "$failed"
