#!/bin/bash
# detect-nab: NAB score of `detect --series` on the public Twitter series at its own threshold, and at the best one.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
B=${BUILD:-build}
shared=${TOCSIN_SHARED:-../shared}
[ -d "$shared/data/nab" ] || { echo "no $shared/data/nab: skipped"; exit 0; }
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
for f in "$shared"/data/nab/data/*.csv; do
	awk -F, -v s="$(basename "$f" .csv)" 'NR > 1 { gsub(/ /, "T", $1); printf "{\"kind\":\"point\",\"series\":\"%s\",\"ts\":\"%sZ\",\"value\":%s}\n", s, $1, $2 }' "$f"
done | "$B/libexec/tocsin/detect" --series | jq -c '{series, ts, score: .anomaly.score}' >"$t/scores"
only=$(cd "$shared/data/nab/data" && printf '%s\n' *.csv | sed 's/Twitter_volume_//; s/\.csv//' | paste -sd,)
for how in "--threshold 0.99" "--loo"; do
	# shellcheck disable=SC2086 # options are words
	python3 "$shared/eval/nab_score.py" --data "$shared/data/nab/data" --windows "$shared/data/nab/windows.json" --only "$only" $how <"$t/scores"
done
