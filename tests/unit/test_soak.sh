#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Soaking, and shards side by side, in the guest: run by tests/run on a warm cache.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P) || exit 2
storm=$root/kernel/storm
cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/planestorm
work=$(mktemp -d "${TMPDIR:-/tmp}/planestorm-soak.XXXXXX") || exit 2
failed=0
runners=

at_exit()
{
	# shellcheck disable=SC2086 # a list
	[ -z "$runners" ] || kill $runners 2>/dev/null
	rm -rf "$work"
}
trap at_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# start NAME ARGUMENT...: the runner in the background; its results are in $work/NAME. Sets $runner.
start()
{
	name=$1
	shift
	"$storm" "$@" --results "$work/$name" >"$work/$name.out" 2>"$work/$name.err" </dev/null &
	runner=$!
	runners="$runners $runner"
}

# finish NAME PID: sets $status, and $out and $err to what it said
finish()
{
	status=0
	wait "$2" || status=$?
	runners=
	out=$work/$1.out
	err=$work/$1.err
	cat "$err" >&2
}

storm()
{
	start "$@"
	finish "$1" "$runner"
}

# merge NAME DIR...
merge()
{
	name=$1
	shift
	storm "$name" merge "$@"
}

# tell NAME CONDITION...: each condition is a command
tell()
{
	name=$1
	shift
	for condition; do
		if ! eval "$condition" >/dev/null 2>&1; then
			failed=1
			echo "FAIL soak: $name (not so: $condition)"
			cat "$out" "$err" | tail -n 20 | sed 's/^/    /'
			return
		fi
	done
	echo "ok soak: $name"
}

# The operations in a program, without what is said about it
operations()
{
	grep -c -v -e '^#' -e '^$' "$1"
}

# one_of PATTERN: the file that it matches, if that is one
one_of()
{
	[ $# = 1 ] && [ -f "$1" ]
}

# The positive control: the driver without the fix as somebody's patch, of which nothing is known but what
# is known of upstream.
storm control soak --variants upstream --trials 80 --minutes 8 "$root"/kernel/variants/unfixed/*.patch
run=$work/control/latest
tell "a patch that takes the fix away is found out" '[ $status = 1 ]' \
	'grep -q "tried splat: FAIL WARNING dma_resv_add_fence drivers/dma-buf/dma-resv.c .* -- not known" "$out"' \
	'grep -q "findings are not known" "$out"'
tell "at once it becomes a small program" 'one_of "$run"/shrink/tried-*-splat.storm' \
	'[ "$(operations "$run"/shrink/tried-*-splat.storm)" -le 12 ]' \
	'grep -q "^# splat on tried: WARNING dma_resv_add_fence" "$run"/shrink/tried-*-splat.storm'
tell "upstream shows nothing that is not known" '! grep "^  upstream .* -- not known" "$out"'

number=$(sed -n 's/^  tried splat: FAIL WARNING dma_resv_add_fence .*first 0*\([0-9]\{1,\}\)).*/\1/p' "$out")
"$storm" generate "$number" >"$work/program.storm" 2>/dev/null
tell "its program is in the corpus, the same as generate makes" \
	'cmp "$work/program.storm" "$run/corpus/$(printf %06d "$number").storm"'
tell "soak.txt and soak.json are there" 'grep -q "^tried " "$run/soak.txt"' \
	'grep -q "\"complete\" : true" "$run/soak.json"'

# Shards of a soak are the whole, one after the other here.
storm first soak --variants upstream --trials 3 --shard 1/2 --seed 7
tell "a shard of a soak" '[ $status != 2 ]' 'grep -q "shard 1/2" "$out"'
merge lonely "$work/first/latest"
tell "joined without the other one, it is incomplete" '[ $status = 2 ]' \
	'grep -q "shard 2/2 is missing, for upstream" "$err"' 'grep -q "^upstream  *3 " "$out"'
storm second soak --variants upstream --trials 3 --shard 2/2 --seed 7
merge both "$work/first/latest" "$work/second/latest"
tell "joined with it, it is the whole" '[ $status != 2 ]' 'grep -q "^upstream  *6 " "$out"' \
	'[ -f "$work/both/latest/soak.json" ]' '[ -d "$work/both/latest/corpus" ]'
merge odd "$work/first/latest" "$run"
tell "with a shard of another run, it is refused" '[ $status = 2 ]' '[ "$(wc -l <"$err")" = 1 ]' \
	'grep -q "expected shards of one run" "$err"'

# Two shards of a sweep side by side. One cache is one run's, and its entries know their paths: the second one sees
# the cache through a layer of its own, where the machine allows that, else it comes after the first.
cat >"$work/beside" <<'END'
mount -t tmpfs tmpfs "$1" && mkdir "$1/upper" "$1/work" &&
	mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" "$2" && rm -rf "$2/boot" || exit 3
shift 2
exec "$@"
END
mkdir "$work/layer"
beside="unshare -m sh $work/beside $work/layer $cache"
$beside true 2>/dev/null || beside=

# shard_two: the second shard, in place of this shell
shard_two()
{
	# shellcheck disable=SC2086 # words
	exec $beside "$storm" $sweep --shard 2/2 --results "$work/two"
}

sweep="sweep --variants unfixed,upstream cursor-hide modeset-off commit-cursor addblob commit-primary"
# shellcheck disable=SC2086 # words
{
	storm whole $sweep
	start one $sweep --shard 1/2
}
one=$runner
[ -n "$beside" ] || finish one "$one"
shard_two >"$work/two.out" 2>"$work/two.err" </dev/null &
two=$!
runners="$runners $two"
patience=600
until [ -f "$work/two/latest/sweep.json" ] || [ "$patience" = 0 ] || ! kill -0 "$two" 2>/dev/null; do
	sleep 0.1
	patience=$((patience - 1))
done
kill -KILL "$two"
wait "$two" 2>/dev/null
[ -z "$beside" ] || finish one "$one"
tell "a shard of a sweep ends as expected${beside:+, beside another one}" '[ $status = 0 ]'
merge killed "$work/one/latest" "$work/two/latest"
tell "joined with one that was killed, the run is incomplete and keeps what there is" '[ $status = 2 ]' \
	'grep -q "shard 2/2 is incomplete: .*/two/" "$err"' 'grep -q "^modeset-off" "$work/killed/latest/sweep.txt"'
(shard_two) >"$work/again.out" 2>"$work/again.err" </dev/null
merge joined "$work/one/latest" "$work"/two/2*
tell "run again, and joined with all, it counts once" '[ $status = 0 ]' '[ "$(ls -d "$work"/two/2* | wc -l)" = 2 ]' \
	'grep -q "all as expected" "$out"'
tell "the joined table is that of the unsharded run" \
	'cmp "$work/whole/latest/sweep.txt" "$work/joined/latest/sweep.txt"' \
	'[ -f "$work/joined/latest/report.html" ]' '[ -f "$work/joined/latest/upstream/addblob/journal.txt" ]'

# The same, spread by a tool that exists; here to this machine.
if ! command -v parallel >/dev/null; then
	echo "SKIP soak: data/shards/parallel.sh: there is no GNU parallel"
	exit "$failed"
fi
status=0
out=$work/parallel.out
err=$work/parallel.err
(cd "$work" && exec "$root/data/shards/parallel.sh" : 2 sweep --variants upstream cursor-hide addblob) \
	>"$out" 2>"$err" </dev/null || status=$?
cat "$err" >&2
tell "data/shards/parallel.sh does all shards and joins them" '[ $status = 0 ]' 'grep -q "2 shards" "$out"' \
	'grep -q "^upstream .*PASS 2/2" "$out"' 'grep -q "all as expected" "$out"' '[ -d "$work/shards/2/latest" ]'

exit "$failed"
