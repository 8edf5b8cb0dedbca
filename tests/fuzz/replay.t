#!/bin/sh
# The seed corpora replay without a complaint; new targets are found by their files.
. "$(dirname "$0")/../lib.sh"
for f in "$SRC"/tests/fuzz/fuzz_*.c; do
	name=$(basename "$f" .c)
	ok "$name replays its corpus" "$BUILD/fuzz/$name" "$SRC/tests/fuzz/corpus/${name#fuzz_}"
	if [ "$name" = fuzz_rec ] && [ -d "$SHARED/data/json" ]; then
		ok "fuzz_rec replays the parsing suite" "$BUILD/fuzz/$name" "$SHARED/data/json"
	fi
done
done_testing
