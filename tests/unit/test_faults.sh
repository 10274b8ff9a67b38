#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What happens to a run when its QEMU dies, or the user wants it to end: run by tests/run on a warm cache.
# QEMU is a script here, which becomes the real one and keeps a list of the processes that it was, so that it
# can be told which of them is to be killed, and none can be left behind unseen.
set -u

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P) || exit 2
storm=$root/kernel/storm
work=$(mktemp -d "${TMPDIR:-/tmp}/planestorm-faults.XXXXXX") || exit 2
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

# $work/kill names the starts to kill, by their number; the first start makes the variant's snapshot.
cat >"$work/qemu" <<END
#!/bin/sh
[ "\$1" != --version ] || exec qemu-system-x86_64 --version
echo \$\$ >>"$work/pids"
n=\$(wc -l <"$work/pids")
if grep -q -x "\$n" "$work/kill"; then
	(exec >/dev/null 2>&1; sleep 1; kill -KILL \$\$) &
fi
exec qemu-system-x86_64 "\$@"
END
chmod +x "$work/qemu"

# start NUMBERS ARGUMENT...: the runner in the background, with these starts of QEMU to be killed
start()
{
	printf '%s\n' $1 >"$work/kill"
	shift
	: >"$work/pids"
	rm -rf "$work/results"
	"$storm" --qemu "$work/qemu" --results "$work/results" "$@" >"$work/out" 2>&1 </dev/null &
	runner=$!
}

finish()
{
	status=0
	wait "$runner" || status=$?
	runner=
}

# No process that QEMU was may be there any more.
none_left()
{
	sleep 0.2
	while read -r pid; do
		! kill -0 "$pid" 2>/dev/null || return 1
	done <"$work/pids"
}

# tell NAME CONDITION...: each condition is a command
tell()
{
	name=$1
	shift
	for condition; do
		if ! eval "$condition" >/dev/null 2>&1; then
			failed=1
			echo "FAIL faults: $name (not so: $condition)"
			tail -n 12 "$work/out" | sed 's/^/    /'
			return
		fi
	done
	echo "ok faults: $name"
}

json='$work/results/latest/matrix.json'

# Long enough to be killed in.
cat >"$work/slow.storm" <<END
output 1024x768
buffer C1 cursor 64x64
expect ok
cursor C1
wait 3s
expect ok
move 10,10
END

start 2 --variants upstream --programs "$work/slow.storm"
finish
tell "a trial whose QEMU was killed is made again" '[ $status = 0 ]' '[ $(wc -l <"$work/pids") = 3 ]' \
	"grep -q '\"as_expected\" : true' $json" none_left

start '2 3' --variants upstream --programs "$work/slow.storm"
finish
tell "a QEMU that is killed twice is a set-up failure, never a PASS" '[ $status = 2 ]' \
	'grep -q "set-up failure: QEMU was killed by signal 9" "$work/out"' \
	"! grep -q '\"verdict\" : \"PASS\"' $json" "grep -q '\"as_expected\" : false' $json" none_left

# --- witnesses that see nothing --------------------------------------------------------------------

# A QEMU that takes no notice of a word of its command line, and of the word before it if it is -trace.
cat >"$work/deaf" <<END
#!/bin/sh
[ "\$1" != --version ] || exec qemu-system-x86_64 --version
echo \$\$ >>"$work/pids"
word=\$(cat "$work/word")
n=\$#
while [ "\$n" -gt 0 ]; do
	case \$1 in
	"\$word") set -- "\$@" "\$(cat "$work/instead")" ;;
	*) set -- "\$@" "\$1" ;;
	esac
	shift
	n=\$((n - 1))
done
exec qemu-system-x86_64 "\$@"
END
chmod +x "$work/deaf"

# start_deaf WORD INSTEAD
start_deaf()
{
	echo "$1" >"$work/word"
	echo "$2" >"$work/instead"
	start '' --variants upstream --programs quiet --qemu "$work/deaf"
	finish
}

no_evidence='[ $status = 2 ] && ! grep -q "\"verdict\" : \"PASS\""'

start_deaf dbus,p2p=on none
tell "a QEMU without a display to watch is a set-up failure, never a PASS" "$no_evidence $json" \
	'grep -q "set-up failure: .*display" "$work/out"' none_left
start_deaf virtio_gpu_update_cursor virtio_gpu_features
tell "a QEMU that does not trace the cursor is a set-up failure: its display has more" "$no_evidence $json" \
	'grep -q "set-up failure: the witnesses contradict each other" "$work/out"' none_left
start_deaf fw_cfg_select virtio_gpu_features
tell "a QEMU that does not trace the marks is a set-up failure, never a PASS" "$no_evidence $json" \
	"grep -q \"set-up failure: the device's trace has holes\" \"\$work/out\"" none_left

# --- interruptions --------------------------------------------------------------------------------

# A run that is in the middle of its trial: the second QEMU is the trial's, which hangs.
start_and_hang()
{
	start '' --variants prepare-fb --programs moves
	for _ in $(seq 600); do
		[ "$(wc -l <"$work/pids")" -lt 2 ] || break
		sleep 0.1
	done
	sleep 1
}

for signal in INT TERM HUP; do
	start_and_hang
	kill "-$signal" "$runner"
	finish
	tell "SIG$signal ends a run in order and keeps what it knows" '[ $status = 2 ]' \
		'grep -q "interrupted: 0 of 1 trials done, results kept" "$work/out"' \
		"grep -q '\"complete\" : false' $json" \
		'[ -s "$work/results/latest/prepare-fb/moves/journal.txt" ]' none_left
done

start_and_hang
kill -KILL "$runner"
finish
for _ in $(seq 100); do
	! none_left || break
done
tell "a runner that is killed leaves no QEMU behind" '[ $status = 137 ]' none_left

# --- kernels that break down outside of a program's operations ------------------------------------

driver=drivers/gpu/drm/virtio
tree=

for complete in "${XDG_CACHE_HOME:-$HOME/.cache}"/planestorm/base/6.12-*/complete; do
	[ ! -f "$complete" ] || tree=${complete%/*}/src
done

# try FILE SED: the matrix of one quiet program for the driver with FILE changed so
try_change()
{
	sed -e '1i #include <linux/delay.h>' -e '1i #include <linux/reboot.h>' -e "$2" "$tree/$driver/$1" >"$work/changed.c"
	diff -u --label "a/$driver/$1" --label "b/$driver/$1" "$tree/$driver/$1" "$work/changed.c" >"$work/tried.patch"
	start '' try "$work/tried.patch" --variants upstream --programs quiet
	finish
}

# In the first rule, or in a later one
tried_fails_later='[ $status = 1 ] && grep -q "^tried  *PASS 1/1 .*FAIL 1/1 !"'
tried_fails='[ $status = 1 ] && grep -q "^tried  *FAIL 1/1 !"'

if [ -n "$tree" ]; then
	try_change virtgpu_drv.c 's/^\tret = virtio_gpu_init(vdev, dev);/\tWARN_ON(1);\n&/'
	tell "a WARNING while the driver loads FAILs every trial" "$tried_fails "'"$work/out"' \
		'grep -q "tried splat: FAIL WARNING virtio_gpu_probe" "$work/out"' none_left
	try_change virtgpu_drv.c 's/^\tret = virtio_gpu_init(vdev, dev);/\tpanic("tried");\n&/'
	tell "so does a panic" "$tried_fails "'"$work/out"' \
		'grep -q "tried splat: FAIL panic tried" "$work/out"' none_left
	try_change virtgpu_plane.c 's/^\t\thandle = bo->hw_res_handle;/&\n\t\temergency_restart();/'
	tell "a guest that is reset without a word FAILs splat" "$tried_fails "'"$work/out"' \
		'grep -q "tried splat: FAIL guest-reset" "$work/out"' none_left
	try_change virtgpu_kms.c '/^void virtio_gpu_driver_postclose(/,/^}/s/^\tif (!vgdev->has_virgl_3d)/\tif (file->atomic) {\n\t\tmsleep(400);\n\t\tWARN_ON(1);\n\t}\n&/'
	tell "a WARNING when the device is closed, after the program's end, FAILs splat" \
		"$tried_fails "'"$work/out"' 'grep -q "tried splat: FAIL WARNING" "$work/out"' none_left
	try_change virtgpu_plane.c 's/^\tvirtio_gpu_resource_flush(plane,/\tif (0)\n&/'
	tell "a display that is never updated FAILs lost-update" "$tried_fails_later "'"$work/out"' \
		'grep -q "tried lost-update: FAIL primary flush never sent commit" "$work/out"' none_left
	try_change virtgpu_plane.c 's/^\tvirtio_gpu_cursor_ping(vgdev, output);//'
	tell "a cursor that the device is never told of FAILs lost-update" "$tried_fails_later "'"$work/out"' \
		'grep -q "tried lost-update: FAIL cursor image never sent commit" "$work/out"' none_left
	try_change virtgpu_plane.c '/^static void virtio_gpu_plane_cleanup_fb(/,/^}/s/^\t\tdma_fence_put(.*//'
	tell "a fence that is never let go of FAILs leak" "$tried_fails_later "'"$work/out"' \
		'grep -q "tried leak: FAIL fences left" "$work/out"' none_left
	try_change virtgpu_gem.c '/^void virtio_gpu_array_put_free(/,/^}/s/^\t\tdrm_gem_object_put(.*/\t\t;/'
	tell "a buffer that is never let go of FAILs leak" "$tried_fails_later "'"$work/out"' \
		'grep -q "tried leak: FAIL .*left .*host resources" "$work/out"' none_left
	try_change virtgpu_vq.c '/^void virtio_gpu_dequeue_cursor_func(/,/^}/s/^\t\tfree_vbuf(.*//'
	tell "a command that is never freed FAILs leak" "$tried_fails_later "'"$work/out"' \
		'grep -q "tried leak: FAIL commands left" "$work/out"' none_left
else
	echo "SKIP faults: drivers that break down: there is no kernel 6.12 in the cache"
fi

exit "$failed"
