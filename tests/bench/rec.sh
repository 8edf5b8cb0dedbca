#!/bin/bash
# bench-rec: CPU (user+sys) of a pass-through splice, as ratios to cat through the same pipes and to one jq -c . pass.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
B=${BUILD:-build}
n=${N:-200000}
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
"$B/bench/posts" "$n" >"$t/posts"
TIMEFORMAT='%U %S'
cpu() { # cpu ROUNDS CMD: best CPU seconds of a shell command
	local best=999 r
	for _ in $(seq "$1"); do
		r=$({ time bash -c "$2" >/dev/null 2>&1; } 2>&1 | awk '{print $1 + $2}')
		best=$(awk -v a="$best" -v b="$r" 'BEGIN{print (b < a) ? b : a}')
	done
	echo "$best"
}
cat_s=$(cpu 5 "cat $t/posts | cat | cat >/dev/null")
pass_s=$(cpu 5 "cat $t/posts | $B/bench/pass | cat >/dev/null")
file_s=$(cpu 5 "$B/bench/pass $t/posts >/dev/null")
jq_s=$(cpu 1 "jq -c . $t/posts >/dev/null")
awk -v n="$n" -v c="$cat_s" -v p="$pass_s" -v f="$file_s" -v j="$jq_s" 'BEGIN{
	printf "posts                      %d\n", n
	printf "splice, file to null       %.2f us/post\n", f / n * 1e6
	printf "splice / cat, same pipes   %.1f\n", p / c
	printf "jq -c . / splice           %.0f   (floor 30)\n", j / f
	exit j / f < 30
}'
