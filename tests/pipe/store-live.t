#!/bin/sh
# While the head of a chain stays open: what came in is stored, passed on and seen by others at once.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
mkfifo in
store add <in >out 2>err &
tap_pids="$tap_pids $!"
exec 3>in
sleep 0.3
limit=100
ldd "$BIN/store" | grep -q libasan && limit=1000
worst=0
for i in 1 2 3; do
	printf '{"kind":"post","id":"p:%d","source":"t","text":"第%d条","published":"2026-11-22T08:00:00Z"}\n' $i $i >&3
	start=$(date +%s%N)
	while [ "$(grep -c . out)" -lt $i ]; do
		[ $((($(date +%s%N) - start) / 1000000)) -gt 5000 ] && break
	done
	ms=$((($(date +%s%N) - start) / 1000000))
	[ $ms -gt $worst ] && worst=$ms
	# Committed before it was passed on: nobody reads of a post that is not there.
	is "another process sees post $i" "$(store query --id p:$i | jq -r .text)" "第${i}条"
done
ok "passed on within $limit ms (worst of three: $worst ms)" test $worst -le $limit
# An open head holds no lock.
start=$(date +%s%N)
ok "another process may write meanwhile" store label p:1 type=none
ms=$((($(date +%s%N) - start) / 1000000))
ok "without waiting ($ms ms)" test $ms -lt 1000
exec 3>&-
wait
is "nothing was complained about" "$(cat err)" ""
# casefile open in a pipe tells of a case at once.
mkfifo in2
casefile open <in2 >out2 2>err2 &
tap_pids="$tap_pids $!"
exec 3>in2
printf '{"kind":"incident","id":"i:1","subject":"s","type":"fee.dispute","level":"blue"}\n' >&3
start=$(date +%s%N)
while [ ! -s out2 ]; do
	[ $((($(date +%s%N) - start) / 1000000)) -gt 5000 ] && break
done
is "a case is told of while input is open" "$(jq -r .change.what out2)" case.open
is "and is there" "$(casefile list | wc -l)" 2
exec 3>&-
wait
done_testing
