#!/bin/sh
# quality-classify: crisis types. The shipped model on the public posts and its alarms on real everyday posts; then a model
# that has not seen the fresh posts, crisis-n and crisis-q, cross-validated by writer and scored on them.
set -eu
cd "$(dirname "$0")/../.."
B=${BUILD:-build}
data=${TOCSIN_SHARED:-../shared}/data
if [ -f "$data/crisis/dev.ndjson" ]; then
	printf 'public posts, '
	python3 tests/bench/quality-classify.py "$B/libexec/tocsin/classify" "$data/crisis/dev.ndjson"
else
	echo 'crisis types: shared data is absent'
fi
if [ -f "$data/posts/weibo.ndjson" ]; then
	"$B/libexec/tocsin/classify" "$data/posts/weibo.ndjson" | jq -r .crisis.type |
		awk '{ a += $1 != "none" } END { printf "everyday posts of 2010 to 2015: %.1f %% of %d alarm\n", 100 * a / NR, NR }'
fi
OUT='' BUILD=$B scripts/train-classify | sed -n '/^cross-validation: /p; /^crisis-[a-z].ndjson: /p'
