#!/bin/sh
# What a match costs: start-up, one incident, one incident to an open case with a drafted text, a stream; and how many of
# the public incidents get their playbook. Times are medians of $RUNS runs in ms.
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
PATH=$BUILD/libexec/tocsin:$PATH
RUNS=${RUNS:-21}
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
TOCSIN_DB=$T/cases.db
HOME=$T
TOCSIN_NOW=2026-11-22T16:00:00Z
export TOCSIN_DB HOME TOCSIN_NOW
one='{"kind":"incident","id":"i-1","subject":"s","industry":"bank","type":"system.outage","level":"orange","facts":{"accounts_affected":900000,"amount_cny":1000}}'
printf '%s\n' "$one" >"$T/one"
now() { date +%s%N; }
median() { # median NAME CMD: CMD is shell text; $i is the number of the run
	i=0
	while [ $i -lt "$RUNS" ]; do
		a=$(now)
		eval "$2" >/dev/null 2>&1
		b=$(now)
		echo $(((b - a) / 10000))
		i=$((i + 1))
	done | sort -n | awk -v name="$1" '{v[NR] = $1} END {printf "%-44s %7.1f ms\n", name, v[int((NR + 1) / 2)] / 100}'
}
median "sh -c : (what the measuring costs)" ":"
median "start: read the heads of the library" "match-playbook --check"
median "one incident to its playbook" "match-playbook $T/one"
sed 's/"amount_cny":1000/"amount_cny":10.5/' "$T/one" >"$T/two"
median "one incident that needs jq, compiled once" "match-playbook $T/two"
# shellcheck disable=SC2016
median "one incident to an open case" 'sed "s/i-1/i-a$i/" "$T/one" | match-playbook | casefile open'
# shellcheck disable=SC2016
median "one incident to a case with a statement" 'sed "s/i-1/i-b$i/" "$T/one" | match-playbook | casefile open -f json | draft new --kind statement'
awk -v line="$one" 'BEGIN {for (i = 0; i < 5000; i++) print line}' >"$T/many"
a=$(now)
match-playbook "$T/many" >/dev/null
b=$(now)
echo "$a $b" | awk '{printf "%-44s %7.0f a second\n", "a stream of 5,000 incidents", 5000 / (($2 - $1) / 1e9)}'
shared=${TOCSIN_SHARED:-../shared}/data/incidents/dev.ndjson
[ -e "$shared" ] && printf '%-44s %s\n' "public incidents" "$(match-playbook --test "$shared" | tail -1)"
printf '%-44s %s\n' "examples of the shipped playbooks" "$(match-playbook --test | tail -1)"
