#!/bin/sh
# A few streams of every kind with known truth; all of them: make bench-detect.
. "$(dirname "$0")/../lib.sh"
cd "$SRC" || exit 1
run env BUILD="$BUILD" tests/bench/detect-streams.sh 4
status "recall, false alarms and needless changes keep their bars" 0
diag "$out"
if [ -d "$SHARED/data/nab" ]; then
	out=$(TOCSIN_SHARED="$SHARED" BUILD="$BUILD" tests/bench/detect-nab.sh | awk '/NAB standard score/ {print int($NF); exit}')
	ok "the NAB score at its own threshold is above 87 (${out:-none})" test "${out:-0}" -ge 87
else
	skip "the NAB score" "shared data is absent"
fi
done_testing
