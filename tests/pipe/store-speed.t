#!/bin/sh
# 10,000 open cases: the daily commands stay under 100 ms, and so does the way from an incident to a case.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
export TOCSIN_NOW=2026-11-22T08:00:00Z
awk 'BEGIN {
	split("blue yellow orange red", level, " ")
	for (i = 1; i <= 10000; i++) {
		printf "{\"kind\":\"incident\",\"id\":\"i:%d\",\"subject\":\"huapei-bank\",\"type\":\"system.outage\",\"industry\":\"bank\",\"level\":\"%s\",\"indicators\":{\"mentions\":%d},\"posts\":[\"p:%d\"],", i, level[i % 4 + 1], i, i
		printf "\"playbook\":{\"id\":\"bank/system-outage\",\"version\":\"1.0.0\",\"plan\":{\"level\":\"%s\",\"tasks\":[", level[i % 4 + 1]
		for (t = 1; t <= 10; t++)
			printf "%s{\"id\":\"task-%d\",\"department\":\"it\",\"duty\":{\"zh\":\"核实故障范围和受影响业务\",\"en\":\"Verify\"},\"deadline_s\":%d}", (t > 1 ? "," : ""), t, 3600 * t + i * 30
		printf "]}}}\n"
	}
}' >incidents.ndjson
start=$(date +%s%N)
casefile open incidents.ndjson >/dev/null
diag "10,000 cases with 10 tasks each opened in $((($(date +%s%N) - start) / 1000000)) ms"
is "all are open" "$(casefile list | wc -l)" 10001
# The bar is 100 ms, and tests/bench says what it takes; here it is CPU time, as other tests run beside it, under a wider limit.
limit=300
ldd "$BIN/casefile" | grep -q libasan && limit=2000
# cpu CMD…: milliseconds of user and system time; what CMD prints goes to out and err
cpu() {
	sh -c '"$@" >out 2>err; times' cpu "$@" | awk 'NR == 2 { gsub("[ms]", " "); print int(($1 * 60 + $2 + $3 * 60 + $4) * 1000) }'
}
# best NAME CMD…: the best of five runs is under the limit
best() {
	name=$1
	shift
	least=999999
	for _ in 1 2 3 4 5; do
		ms=$(cpu "$@")
		[ "$ms" -lt "$least" ] && least=$ms
	done
	ok "$name in $least ms, under $limit" test "$least" -lt "$limit"
}
best "list over 10,000 open cases" casefile list
best "list of the red ones" casefile list --level red
# Four hours and a half on: some 4,000 tasks are late.
export TOCSIN_NOW=2026-11-22T12:30:00Z
best "due over 100,000 open tasks" casefile due
diag "$(wc -l <out) lines"
ok "there was something due" test "$(wc -l <out)" -gt 1000
best "due of one department" casefile due --department legal
best "show of one case" casefile show c-2026-5000
best "a task done" casefile task start c-2026-5000 task-1
best "an incident that changes nothing" sh -c 'head -1 incidents.ndjson | casefile open'
# A new incident each time.
n=0
least=999999
for _ in 1 2 3 4 5 6 7; do
	n=$((n + 1))
	sed -n 1p incidents.ndjson | sed "s/i:1\"/new:$n\"/" >one
	ms=$(cpu casefile open one)
	[ "$ms" -lt "$least" ] && least=$ms
done
ok "from an incident to a case in $least ms, under $limit" test "$least" -lt "$limit"
is "which it became" "$(jq -r .change.what out)" case.open
done_testing
