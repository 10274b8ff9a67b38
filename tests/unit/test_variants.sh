#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The variants' patches on pristine kernel trees: Debian's linux-source-6.12, and linux-source-7.* of a newer
# suite if it can be had. Each variant must come out the same by kernel/variants/apply and by git am, whether
# the tree has the upstream fix or lacks it; what is neither is refused; checkpatch has nothing to say. The same
# goes for the marks of kernel/instrument, over each variant.
#
# Prints "ok NAME", "FAIL NAME" with the reason indented below it, or "SKIP NAME: REASON". Exit status 0 if
# nothing failed. What is needed of the trees is kept in $XDG_CACHE_HOME/planestorm/pristine.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P) || exit 2
apply=$root/kernel/variants/apply
cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/planestorm
driver=drivers/gpu/drm/virtio
pieces="$driver scripts/checkpatch.pl scripts/spelling.txt scripts/const_structs.checkpatch"
failures=0

work=$(mktemp -d "${TMPDIR:-/tmp}/test_variants.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
log=$work/log

# A repository of the caller's, or its settings, must not show.
# shellcheck disable=SC2046 # a list of words
unset $(git rev-parse --local-env-vars)
export GIT_CEILING_DIRECTORIES="$work" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null LC_ALL=C
export GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@example.org
export GIT_COMMITTER_NAME=test GIT_COMMITTER_EMAIL=test@example.org

ok()
{
	echo "ok $*"
}

skip()
{
	echo "SKIP $*"
}

# failed NAME: with what is in the log
failed()
{
	failures=$((failures + 1))
	echo "FAIL $*"
	tail -n 15 "$log" | sed 's/^/    /'
}

# check NAME COMMAND...
check()
{
	name=$1
	shift
	if "$@" >"$log" 2>&1; then
		ok "$name"
	else
		failed "$name"
	fi
}

# --- trees ----------------------------------------------------------------------------------------

# fetch_pieces DIR COMMAND...: DIR becomes what COMMAND puts into a folder, whole or not at all
fetch_pieces()
{
	dir=$1
	shift
	[ ! -f "$dir/complete" ] || return 0
	rm -rf "$dir"
	mkdir -p "$work/fetched" "${dir%/*}" && "$@" "$work/fetched" && [ -d "$work/fetched/$driver" ] || return 1
	touch "$work/fetched/complete"
	rm -rf "$dir.new"
	cp -R "$work/fetched" "$dir.new" && mv "$dir.new" "$dir" && rm -rf "$work/fetched"
}

extract_package()
{
	echo "reading /usr/src/linux-source-6.12.tar.xz" >&2
	members=
	for piece in $pieces; do
		members="$members linux-source-6.12/$piece"
	done
	# shellcheck disable=SC2086
	tar -xJf /usr/src/linux-source-6.12.tar.xz -C "$1" --strip-components=1 $members
}

copy_pieces()
{
	for piece in $pieces; do
		mkdir -p "$2/${piece%/*}" && cp -R "$1/$piece" "$2/$piece" || return 1
	done
}

slug()
{
	printf '%s' "$1" | tr -c 'A-Za-z0-9._-' '_'
}

# Sets $tree to the pieces of Debian's package; or returns 1 with the reason in $reason.
find_package()
{
	reason="no /usr/src/linux-source-6.12.tar.xz (apt-get install linux-source-6.12)"
	[ -f /usr/src/linux-source-6.12.tar.xz ] || return 1
	version=$(dpkg-query -W -f '${Version}' linux-source-6.12 2>/dev/null) ||
		version=$(cksum </usr/src/linux-source-6.12.tar.xz)
	tree=$cache/pristine/$(slug "linux-source-6.12-$version")
	fetch_pieces "$tree" extract_package 2>"$log" && return
	reason="the package could not be extracted: $(tail -n 1 "$log")"
	return 1
}

# kernel/build wants to be alone on the cache.
fetch_newer()
{
	(
		flock -n 9 || { echo "another run is using $cache" >&2 && exit 1; }
		# What it leaves asleep for a moment must not hold the lock.
		"$root/kernel/build" source --base 7 9>&-
	) 9>>"$cache/lock"
}

# The same for the newest package of a newer suite, which kernel/build knows how to get. One that was fetched
# before will do.
find_newer()
{
	for tree in "$cache/pristine/newer-"*; do
		[ ! -f "$tree/complete" ] || return 0
	done
	{ fetch_newer 2>&1 >&3 | tee "$log" >&2; } 3>"$work/source"
	source=$(cat "$work/source")
	reason="linux-source-7.* could not be fetched: $(tail -n 1 "$log")"
	[ -d "$source" ] || return 1
	# source/linux-source-7.3-VERSION/tree
	version=$(basename "$(dirname "$source")")
	tree=$cache/pristine/newer-$version
	reason="$source cannot be copied"
	fetch_pieces "$tree" copy_pieces "$source"
}

# fresh NAME [FROM]: a new tree $work/NAME that holds the driver of FROM, which is $tree if not given
fresh()
{
	rm -rf "${work:?}/$1"
	mkdir -p "$work/$1/${driver%/*}"
	cp -R "${2:-$tree}/$driver" "$work/$1/$driver"
}

same()
{
	diff -r "$1/$driver" "$2/$driver"
}

# --- applying -------------------------------------------------------------------------------------

patches_of()
{
	sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$root/kernel/variants/$1/series"
}

# git_am NAME SERIES...: in a repository that holds $work/NAME. Every patch must become a commit.
git_am()
{
	(
		cd "$work/$1" || exit 1
		shift
		git init -q . && git add -A && git commit -q -m base || exit 1
		commits=1
		for series; do
			for patch in $(patches_of "$series"); do
				git am "$root/kernel/variants/$series/$patch" || exit 1
				commits=$((commits + 1))
			done
		done
		[ "$(git rev-list --count HEAD)" = "$commits" ] || exit 1
	)
}

# The two states that a base can be in, in $work/fixed and $work/unfixed. The tree is one of them.
find_states()
{
	fresh fixed && "$apply" "$work/fixed" upstream || return 1
	fresh unfixed && "$apply" "$work/unfixed" unfixed || return 1
	! same "$work/fixed" "$work/unfixed" >/dev/null || { echo "the fix changes nothing" && return 1; }
	if same "$tree" "$work/fixed" >/dev/null; then
		echo "the base has the fix"
	elif same "$tree" "$work/unfixed" >/dev/null; then
		echo "the base lacks the fix"
	else
		echo "the base is neither"
		return 1
	fi
}

# From both states, to the same driver, which is another than the unfixed one.
applies()
{
	fresh from_fixed "$work/fixed" && "$apply" "$work/from_fixed" "$1" || return 1
	fresh from_unfixed "$work/unfixed" && "$apply" "$work/from_unfixed" "$1" || return 1
	same "$work/from_fixed" "$work/from_unfixed" || return 1
	case $1 in
	unfixed) same "$work/from_fixed" "$work/unfixed" ;;
	*) ! same "$work/from_fixed" "$work/unfixed" >/dev/null ;;
	esac
}

# Twice is once: what a variant made is not taken for something else.
git_am_agrees()
{
	fresh by_git "$work/fixed"
	case $1 in
	unfixed) git_am by_git unfixed || return 1 ;;
	*) git_am by_git unfixed "$1" || return 1 ;;
	esac
	same "$work/by_git" "$work/from_fixed" || return 1
	[ "$1" != unfixed ] || return 0
	fresh by_git "$work/unfixed"
	git_am by_git "$1" && same "$work/by_git" "$work/from_fixed"
}

checkpatch_is_content()
{
	for patch in $(patches_of "$1"); do
		perl "$tree/scripts/checkpatch.pl" --no-tree --strict --terse --show-types --no-summary \
			--ignore UNKNOWN_COMMIT_ID "$root/kernel/variants/$1/$patch" || return 1
	done
}

# --- marking --------------------------------------------------------------------------------------

# Marks the variant in $work/marked, of which $work/plain is what it was: nothing but includes, comments and marks
# may come in, each mark is of a function that is defined so that no compiler inlines it elsewhere, and nothing goes.
only_marks()
{
	fresh plain "$work/fixed" && "$apply" "$work/plain" "$1" || return 1
	fresh marked "$work/plain" && "$apply" "$work/marked" --instrument || return 1
	diff -ru "$work/plain" "$work/marked" | sed -e '/^[-+][-+][-+] /d' -e '/^[-+]/!d' >"$work/changes"
	cat "$work/changes"
	! grep -v -e '^+#include <linux/error-injection.h>$' -e '^+/\*$' -e '^+ \*' -e '^+$' \
		-e '^+ALLOW_ERROR_INJECTION([a-z_0-9]*, ERRNO);$' "$work/changes" || { echo "more than marks" && return 1; }
	sed -n 's/^+ALLOW_ERROR_INJECTION(\([a-z_0-9]*\),.*/\1/p' "$work/changes" >"$work/functions"
	[ -s "$work/functions" ] || { echo "no mark" && return 1; }
	while read -r function; do
		grep -q "^int $function(" "$work/marked/$driver"/*.c || { echo "no function $function" && return 1; }
	done <"$work/functions"
}

marks_agree_with_git_am()
{
	fresh by_git "$work/fixed"
	git_am by_git ../instrument || return 1
	fresh marked "$work/fixed" && "$apply" "$work/marked" --instrument && same "$work/by_git" "$work/marked"
}

# A driver whose virtgpu_gem.c begins in another way
refuses_to_mark()
{
	fresh other
	sed -i '/^#include/d' "$work/other/$driver/virtgpu_gem.c"
	refuses 'instrument/.*: does not apply: .*virtgpu_gem.c' "$work/other" --instrument
}

# --- refusing -------------------------------------------------------------------------------------

# refuses PATTERN TREE ARGUMENT...: exit status 2, one line that matches, and TREE as it was
refuses()
{
	pattern=$1
	given=$2
	shift 2
	rm -rf "$work/before"
	[ ! -d "$given" ] || cp -R "$given" "$work/before"
	status=0
	"$apply" "$given" "$@" >"$work/out" 2>"$work/err" || status=$?
	cat "$work/out" "$work/err"
	[ "$status" = 2 ] || { echo "exit status $status, not 2" && return 1; }
	[ ! -s "$work/out" ] || { echo "something on stdout" && return 1; }
	[ "$(wc -l <"$work/err")" = 1 ] || { echo "not one line on stderr" && return 1; }
	grep -q -e "$pattern" "$work/err" || { echo "no \"$pattern\" in it" && return 1; }
	[ ! -d "$given" ] || diff -r "$work/before" "$given" || { echo "the tree was changed" && return 1; }
}

# A driver that locks in yet another way
make_third_state()
{
	fresh third
	sed -i -e 's/virtio_gpu_lock_one_resv_uninterruptible(objs)/virtio_gpu_lock_otherwise(objs)/' \
		-e 's/virtio_gpu_array_lock_resv(objs)/virtio_gpu_lock_otherwise(objs)/' \
		"$work/third/$driver/virtgpu_plane.c"
	! same "$tree" "$work/third" >/dev/null
}

refuses_third_state()
{
	make_third_state || { echo "no call to change in virtgpu_plane.c" && return 1; }
	for variant in $variants; do
		refuses 'neither with nor without the upstream fix' "$work/third" "$variant" || return 1
	done
}

refusals()
{
	fresh given
	printf 'To be or not to be\n' >"$work/junk.patch"
	: >"$work/empty.patch"
	printf -- '--- a/%s/virtgpu_plane.c\n+++ b/%s/virtgpu_plane.c\n@@ -1,2 +1,2 @@\n-no such line\n+another\n nor this\n' \
		"$driver" "$driver" >"$work/stale.patch"
	printf -- '--- a/mm/slub.c\n+++ b/mm/slub.c\n@@ -1,1 +1,1 @@\n-a\n+b\n' >"$work/outside.patch"
	upstream=$root/kernel/variants/upstream/$(patches_of upstream | head -n 1)
	head -n 45 "$upstream" >"$work/cut.patch"
	cp "$work/stale.patch" "$work/second.patch"
	mkdir -p "$work/no_driver" "$work/folder"

	check "variants refuse a file that is no patch" \
		refuses 'junk.patch: is no patch' "$work/given" --patches "$work/junk.patch"
	check "variants refuse an empty file" \
		refuses 'empty.patch: is no patch' "$work/given" --patches "$work/empty.patch"
	check "variants refuse a patch that does not apply" \
		refuses 'stale.patch: does not apply' "$work/given" --patches "$work/stale.patch"
	check "variants refuse a patch that is cut" \
		refuses 'cut.patch: ' "$work/given" --patches "$work/cut.patch"
	check "variants refuse a patch to something else" \
		refuses 'touches mm/slub.c' "$work/given" --patches "$work/outside.patch"
	check "variants refuse a missing patch" \
		refuses 'missing.patch: no such file' "$work/given" --patches "$work/missing.patch"
	check "variants refuse a folder for a patch" \
		refuses 'is a folder' "$work/given" --patches "$work/folder"
	check "variants leave the tree whole if the second patch is refused" refuses 'second.patch: does not apply' \
		"$work/given" --patches "$root/kernel/variants/skip-on-error/$(patches_of skip-on-error)" \
		"$work/second.patch"
	check "variants refuse an unknown name" refuses 'nonsense: unknown variant' "$work/given" nonsense
	check "variants refuse a tree without the driver" refuses "has no $driver" "$work/no_driver" unfixed
	check "variants refuse a tree that is not there" refuses 'no such folder' "$work/nowhere" unfixed
}

# --- main -----------------------------------------------------------------------------------------

check_tree()
{
	check "variants on $1: the base is recognised" find_states
	for variant in $variants; do
		check "variants on $1: $variant applies with the fix in the base and without" applies "$variant"
		check "variants on $1: $variant by git am is the same" git_am_agrees "$variant"
		if ! command -v perl >/dev/null; then
			skip "variants on $1: $variant by checkpatch: no perl"
		elif [ ! -f "$tree/scripts/checkpatch.pl" ]; then
			skip "variants on $1: $variant by checkpatch: the tree has none"
		else
			check "variants on $1: checkpatch is content with $variant" checkpatch_is_content "$variant"
		fi
	done
	check "variants on $1: a driver in a third state is refused" refuses_third_state
	for variant in $variants; do
		check "variants on $1: --instrument only marks functions of $variant" only_marks "$variant"
	done
	check "variants on $1: the marks by git am are the same" marks_agree_with_git_am
	check "variants on $1: a driver that the marks do not fit is refused" refuses_to_mark
	if command -v perl >/dev/null && [ -f "$tree/scripts/checkpatch.pl" ]; then
		check "variants on $1: checkpatch is content with the marks" checkpatch_is_content ../instrument
	else
		skip "variants on $1: the marks by checkpatch: no perl, or no checkpatch in the tree"
	fi
}

# findings_of FILE: the titles under which data/findings.md tells what is known
findings_of()
{
	sed -n 's/^# "\([^"]*\)".*/\1/p' "$1"
}

# all_told FINDINGS: each of them is a title there
all_told()
{
	untold=0
	for known in "$root"/kernel/variants/*/known.ini; do
		[ -n "$(findings_of "$known")" ] || { echo "$known names no finding" && untold=1; }
		findings_of "$known" | grep -v -x -F -f "$1" | sed "s|^|$known: |" >"$work/untold"
		[ ! -s "$work/untold" ] || { cat "$work/untold" && untold=1; }
	done
	[ "$untold" = 0 ]
}

sed -n 's/^### //p' "$root/data/findings.md" >"$work/titles"
check "variants: what is known is told in data/findings.md" all_told "$work/titles"
sed 1d "$work/titles" >"$work/fewer"
check "variants: a finding that is not told is noticed" eval '! all_told "$work/fewer"'

mkdir -p "$cache" || exit 2
variants=$("$apply" --list | cut -f 1) || exit 2
if find_package; then
	refusals
	check_tree 6.12
else
	skip "variants on 6.12: $reason"
fi
if find_newer; then
	check_tree 7
else
	skip "variants on 7: $reason"
fi
[ "$failures" = 0 ]
