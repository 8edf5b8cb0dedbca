#!/bin/bash
# bench-dedupe: recall and precision on the public near-duplicate sets, CPU and memory over a million posts.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
B=${BUILD:-build}
shared=${TOCSIN_SHARED:-../shared}
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
if [ -f "$shared/data/dups/originals.ndjson" ]; then
	for s in originals reposts; do
		jq -c '{kind:"post",id,source:"t",text,published:"2026-11-22T00:00:00Z"}' "$shared/data/dups/$s.ndjson" |
			"$B/libexec/tocsin/dedupe" | jq -c '{id,cluster:(.dup.cluster // .id)}' >"$t/answer"
		printf '%s: ' "$s"
		PYTHONPATH=tests/bench python3 "$shared/eval/dup_score.py" --texts "$shared/data/dups/$s.ndjson" \
			--truth "$shared/data/dups/${s}_pairs.ndjson" <"$t/answer" | sed -n 2p
	done
	echo "(bars: recall 0.97, precision 0.99)"
else
	echo "shared data is absent: no recall and precision"
fi
n=${N:-1000000}
"$B/bench/posts" "$n" >"$t/posts"
TIMEFORMAT='%U %S'
cpu() { { time "$@" >/dev/null; } 2>&1 | awk '{print $1 + $2}'; }
half=$((n / 2))
head -"$half" "$t/posts" >"$t/half"
a=$(cpu "$B/libexec/tocsin/dedupe" "$t/half")
b=$(cpu "$B/libexec/tocsin/dedupe" "$t/posts")
awk -v n="$n" -v a="$a" -v b="$b" 'BEGIN{printf "%d posts: %.2f us/post; the second half costs %.2f times the first\n", n, b/n*1e6, (b-a)/a}'
"$B/libexec/tocsin/dedupe" "$t/posts" >/dev/null &
p=$!
m=0
while kill -0 $p 2>/dev/null; do
	r=$(awk '/VmHWM/ {print $2}' "/proc/$p/status" 2>/dev/null || true)
	[ -n "$r" ] && m=$r
	sleep 0.1
done
echo "peak memory $((m / 1024)) MB (bar 300)"
