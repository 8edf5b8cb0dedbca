#!/bin/bash
# bench-text: CPU of each filter over the same posts, and its ratio to a pass-through splice of the same file.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
B=${BUILD:-build}
n=${N:-200000}
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
export HOME=$t PATH="$B/libexec/tocsin:$PATH"
"$B/bench/posts" "$n" >"$t/raw"
printf 'subjects:\n  - {id: banks, industry: bank, any: [银行, bank, 医院, 手机]}\n' >"$t/w.yaml"
match-subject --keep-all -c "$t/w.yaml" "$t/raw" | redact -q | dedupe | sentiment | classify >"$t/full"
TIMEFORMAT='%U %S'
cpu() {
	local best=999 r
	for _ in 1 2 3; do
		r=$({ time "$@" >/dev/null 2>&1; } 2>&1 | awk '{print $1 + $2}')
		best=$(awk -v a="$best" -v b="$r" 'BEGIN{print (b < a) ? b : a}')
	done
	echo "$best"
}
pass=$(cpu "$B/bench/pass" "$t/raw")
row() {
	awk -v n="$n" -v p="$pass" -v c="$2" -v name="$1" 'BEGIN{printf "%-15s %8.2f us/post %10d posts/s a core %6.1f x pass\n", name, c/n*1e6, n/c, c/p}'
}
row pass "$pass"
row match-subject "$(cpu match-subject --keep-all -c "$t/w.yaml" "$t/raw")"
row redact "$(cpu redact -q "$t/raw")"
row dedupe "$(cpu dedupe "$t/raw")"
row sentiment "$(cpu sentiment "$t/raw")"
row classify "$(cpu classify "$t/raw")"
row detect "$(cpu detect "$t/full")"

# What a post costs with many terms against few, loading them apart: names of two to four Han that hardly ever occur.
terms() {
	LC_ALL=C awk -v n="$1" 'BEGIN {
		srand(7)
		printf "subjects:"
		for (i = 0; i < n; i++) {
			printf "%s", i % 1000 == 0 ? (i > 0 ? "]}" : "") "\n  - {id: s" i ", any: [" : ", "
			for (k = 2 + int(rand() * 3); k > 0; k--)
				printf "%c%c%c", 229 + int(rand() * 5), 128 + int(rand() * 64), 128 + int(rand() * 64)
		}
		print "]}"
	}'
}
for n_terms in 50 50000; do
	terms $n_terms >"$t/$n_terms.yaml"
	all=$(cpu match-subject --keep-all -c "$t/$n_terms.yaml" "$t/raw")
	start=$(cpu match-subject --keep-all -c "$t/$n_terms.yaml" /dev/null)
	echo "$n_terms $all $start"
done | awk '{c[NR] = $2 - $3} END {printf "a post against 50,000 terms costs %.2f x what it costs against 50 (bar 1.30)\n", c[2] / c[1]}'
