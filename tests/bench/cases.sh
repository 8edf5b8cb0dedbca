#!/bin/sh
# 10,000 open cases: what looking at them costs. Times are CPU (user and system), the least of five runs, in ms.
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$PWD/$BUILD ;; esac
PATH=$BUILD/libexec/tocsin:$PATH
N=${N:-10000}
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
TOCSIN_DB=$T/cases.db
HOME=$T
TOCSIN_NOW=2026-11-22T02:00:00Z
export TOCSIN_DB HOME TOCSIN_NOW
awk -v n="$N" 'BEGIN {for (i = 0; i < n; i++) printf "{\"kind\":\"incident\",\"id\":\"i-%d\",\"subject\":\"s%d\",\"industry\":\"bank\",\"type\":\"system.outage\",\"level\":\"blue\"}\n", i, i % 300}' |
	match-playbook | casefile open -q >/dev/null
least() { # least NAME CMD
	for _ in 1 2 3 4 5; do
		/usr/bin/env bash -c "TIMEFORMAT='%U %S'; time $2 >/dev/null 2>/dev/null" 2>&1 | awk '{printf "%.0f\n", ($1 + $2) * 1000}'
	done | sort -n | awk -v name="$1" 'NR == 1 {printf "%-44s %5d ms\n", name, $1}'
}
echo "$(casefile list | wc -l) $(casefile due --limit 0 --within 3h | wc -l)" | awk '{print "open cases, tasks late or due within 3h:     ", $1 - 1, $2 - 1}'
least "casefile list" "casefile list"
least "casefile due" "casefile due"
TOCSIN_NOW=2026-11-23T02:00:00Z
least "casefile due, a day later" "casefile due"
casefile due --limit 0 | wc -l | awk '{print "tasks late then:                             ", $1 - 1}'
least "casefile due --limit 0" "casefile due --limit 0"
