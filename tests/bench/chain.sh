#!/bin/bash
# bench-chain: the whole analysis of N posts in one pipe, from text to the playbook that fits: wall time, CPU, and CPU as a ratio
# to cat through as many pipes and to one pass of jq -c . over the same posts. ONLY=1 drops what is about no subject, as in
# the field; without it every post goes all the way.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
B=${BUILD:-build}
n=${N:-3000000}
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
export HOME=$t PATH="$B/libexec/tocsin:$PATH"
"$B/bench/posts" "$n" >"$t/raw"
"$B/bench/posts" $((n / 20)) >"$t/part"
keep=--keep-all
[ -z "${ONLY:-}" ] || keep=-q
printf 'subjects:\n  - {id: bank, industry: bank, any: [银行, 转账, transfer, branch]}\n' >"$t/w.yaml"
TIMEFORMAT='%R %U %S'
took() { { time bash -o pipefail -c "$1" >"$t/out" 2>"$t/err" || { cat "$t/err" >&2; exit 1; }; } 2>&1; }
chain=$(took "match-subject $keep -c $t/w.yaml $t/raw | sentiment | classify | detect | match-playbook -p playbooks")
[ -s "$t/out" ] || { echo "no incident came out" >&2; exit 1; }
incidents=$(grep -c '"playbook"' "$t/out")
cat=$(took "cat $t/raw | cat | cat | cat | cat")
jq=$(took "jq -c . $t/part")
echo "$chain $cat $jq" | awk -v n="$n" -v i="$incidents" '{
	printf "posts                           %d, %d incidents with a playbook\n", n, i
	printf "match-subject to match-playbook %.1f s on this machine (bar 10), %.1f s of CPU, %.2f us/post\n", $1, $2 + $3, ($2 + $3) / n * 1e6
	printf "CPU against cat, same pipes     %.1f\n", ($2 + $3) / ($5 + $6)
	printf "CPU against one jq -c .         %.2f\n", ($2 + $3) / (20 * ($8 + $9))
}'
