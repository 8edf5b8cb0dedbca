#!/bin/bash
# bench-terms: CPU and peak memory of classify --terms over N posts (a million), all of them and the second half against the first.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
B=${BUILD:-build}
n=${N:-1000000}
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
"$B/bench/posts" "$n" >"$t/all"
head -n $((n / 2)) "$t/all" >"$t/a"
tail -n +$((n / 2 + 1)) "$t/all" >"$t/b"
TIMEFORMAT='%U %S'
row() {
	local name=$1 s p m=0 r
	shift
	s=$({ time "$@" >/dev/null; } 2>&1 | awk '{printf "%.1f", $1 + $2}')
	"$@" >/dev/null &
	p=$!
	while kill -0 $p 2>/dev/null; do
		r=$(awk '/VmHWM/ {print $2}' /proc/$p/status 2>/dev/null || true)
		[ -z "$r" ] || m=$r
		sleep 0.1
	done
	echo "$name: $s s of CPU, peak $((m / 1024)) MB"
}
row "terms of $n posts" "$B/libexec/tocsin/classify" --terms "$t/all"
row "half against half" "$B/libexec/tocsin/classify" --terms --reference "$t/a" "$t/b"
