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
# a tenth is kept as a file and read ten times: what is measured is detect, not the disk
"$B/fixture/simulate" --posts "$chunk" --members >"$t/members"
"$B/fixture/simulate" --posts "$chunk" >"$t/bare"
ten() { printf '%s ' "$1" "$1" "$1" "$1" "$1" "$1" "$1" "$1" "$1" "$1"; }
for f in members bare; do
	pass=$(cpu "$B/bench/pass $(ten "$t/$f")")
	det=$(cpu "$B/libexec/tocsin/detect $(ten "$t/$f")")
	awk -v n=$((chunk * 10)) -v f=$f -v b="$(stat -c %s "$t/$f")" -v c=$chunk -v p="$pass" -v d="$det" 'BEGIN {
		printf "%-8s %d posts of %.0f bytes: detect %.2f s (%.2f us a post), pass-through %.2f s, ratio %.2f\n", f, n, b / c, d, d / n * 1e6, p, d / p }'
done
