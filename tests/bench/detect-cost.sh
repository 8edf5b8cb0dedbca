#!/bin/bash
# detect-cost: CPU (user+sys) of detect over N posts (3000000) with all members and without, beside a pass-through splice.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
B=${BUILD:-build}
n=${N:-3000000}
chunk=$((n / 10))
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
TIMEFORMAT='%U %S'
cpu() { # cpu COMMAND: CPU seconds of a shell command
	{ time bash -c "$1" >/dev/null 2>&1; } 2>&1 | awk 'NF == 2 {s = $1 + $2} END {print s}'
}
# ten days of posts; bare ones carry no subjects yet
for d in 01 02 03 04 05 06 07 08 09 10; do
	"$B/fixture/simulate" --posts "$chunk" --seed $d --start 2026-10-${d}T16:00:00Z --members >"$t/members.$d"
	"$B/fixture/simulate" --posts "$chunk" --seed $d --start 2026-10-${d}T16:00:00Z >"$t/bare.$d"
done
for f in members bare; do
	pass=$(cpu "$B/bench/pass $t/$f.*")
	det=$(cpu "$B/libexec/tocsin/detect $t/$f.*")
	awk -v n=$((chunk * 10)) -v f=$f -v b="$(stat -c %s "$t/$f.01")" -v c=$chunk -v p="$pass" -v d="$det" 'BEGIN {
		printf "%-8s %d posts of %.0f bytes: detect %.2f s (%.2f us a post), pass-through %.2f s, ratio %.2f\n", f, n, b / c, d, d / n * 1e6, p, d / p }'
done
