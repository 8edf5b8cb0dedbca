#!/bin/sh
# Whole reports of a small day, checked by hand once: see the folders' names. golden/report/NAME: args, in (or ../in), out.
. "$(dirname "$0")/../lib.sh"
cd "$SRC/tests/golden/report" || exit 1
TOCSIN_CONFIG=$SRC/tests/golden/report/config
export TOCSIN_CONFIG
for d in */args; do
	d=${d%/args}
	in=$d/in
	[ -e "$in" ] || in=in
	# shellcheck disable=SC2046
	report $(cat "$d/args") "$in" >"$T/out" 2>"$T/err" </dev/null
	is "$d ends well" "$?$(cat "$T/err")" 0
	ok "$d" diff -u "$d/out" "$T/out"
done
done_testing
