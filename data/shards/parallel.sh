#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Spread a run over machines with GNU parallel, and join what they find:
#
#	data/shards/parallel.sh HOSTS N COMMAND [ARGUMENT...]
#	data/shards/parallel.sh : 2 sweep                      # here
#	data/shards/parallel.sh one,two,user@three 30 soak --minutes 60
#
# HOSTS are sshlogins as in parallel(1), with commas between them; each has this checkout in the same place. One
# shard at a time runs on a host, since one run uses a cache. What a shard leaves comes back into ./shards/I. A
# shard that dies or is in trouble (exit status 2) is run again, where there is room, up to three times in all.
# The exit status is that of the joined run.
set -eu

[ $# -ge 3 ] || { echo "usage: $0 HOSTS N COMMAND [ARGUMENT...]" >&2; exit 2; }
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
hosts=$1
count=$2
shift 2

mkdir -p shards
# A verdict that is not as expected (exit status 1) is a result, too.
parallel --will-cite --quote --sshlogin "$hosts" --jobs 1 --retries 3 --workdir "$PWD" --return "shards/{}" \
	sh -c 'mkdir -p shards; number=$1; shift; "$@" --shard "$number" --results "shards/${number%/*}"; [ $? -le 1 ]' \
	shard "{}/$count" "$root/kernel/storm" "$@" ::: $(seq "$count") || :
exec "$root/kernel/storm" merge shards/*/2* --results merged
