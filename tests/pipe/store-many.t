#!/bin/sh
# Many processes on one store: nothing is lost, nothing is damaged, nobody fails but with "try again".
# STORE_SECONDS (default 6) is how long; STORE_PROCESSES (default 40) how many at once.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
seconds=${STORE_SECONDS:-6}
procs=${STORE_PROCESSES:-40}
for i in 1 2 3 4 5 6 7 8; do
	casefile open --subject "s$i" --type system.outage --level blue >/dev/null
done
mkdir log
# worker N: notes and tasks on random cases, posts, queries, until the time is over; every success is written down
worker() {
	n=0
	end=$(($(date +%s) + seconds))
	while [ "$(date +%s)" -lt $end ]; do
		n=$((n + 1))
		c=$((($1 + n) % 8 + 1))
		case $((($1 + n) % 5)) in
		0) casefile task add $c "t-$1-$n" --duty x --within 2h >/dev/null ;;
		1) printf '{"kind":"post","id":"p-%d-%d","source":"s","text":"第%d条","published":"2026-11-22T02:30:00Z"}\n' "$1" $n $n | store add >/dev/null ;;
		2) printf '{"kind":"incident","id":"i-%d-%d","subject":"x","type":"fee.dispute","level":"blue"}\n' "$1" $n | casefile open >/dev/null ;;
		3) casefile list >/dev/null ;;
		*) casefile note $c "n-$1-$n" >/dev/null ;;
		esac 2>>"log/err.$1"
		code=$?
		echo "$code $((($1 + n) % 5)) $1-$n" >>"log/done.$1"
	done
}
w=0
while [ $w -lt "$procs" ]; do
	w=$((w + 1))
	worker $w &
	tap_pids="$tap_pids $!"
done
wait
tap_pids=
cat log/done.* >finished
total=$(wc -l <finished)
again=$(grep -c '^75 ' finished)
diag "$total operations by $procs processes in $seconds s, $again had to try again"
is "no other failure than try again" "$(grep -v -c -E '^(0|75) ' finished)" 0
is "and that is said" "$(cat log/err.* | grep -v 'try again' | head -5)" ""
[ "$again" -eq 0 ] || diag "$(cat log/err.* | sort | uniq -c | head -3)"
is "no post is lost" "$(store query --count)" "$(grep -c '^0 1 ' finished)"
is "no note is lost" "$(casefile log --kind case.note -f json | wc -l)" "$(grep -c '^0 4 ' finished)"
is "no task is lost" "$(casefile log --kind task.add -f json | wc -l)" "$(grep -c '^0 0 ' finished)"
is "tasks are in the present state" "$(store query --kind task --count)" "$(grep -c '^0 0 ' finished)"
is "no case is lost, none is opened twice" "$(casefile list -a -f json | jq -r .id | sort | uniq | wc -l)" "$(($(grep -c '^0 2 ' finished) + 8))"
ok "the chain holds, the state is what the events say" casefile verify
ok "the store is sound" store check
done_testing
