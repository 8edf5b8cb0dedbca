#!/bin/sh
# Every example block of every manual runs: status below 64, nothing on standard error that says it failed.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
mkdir w
cp "$SRC/lib/data/watch.yaml" .
TOCSIN_NOW=2026-11-22T16:00:00Z
export TOCSIN_NOW
simulate --posts 1500 --seed 7 >all.ndjson
# what examples may read: posts.ndjson, incident.ndjson, a store with posts and a case
match-subject all.ndjson | redact -q | dedupe | sentiment | classify >posts.ndjson 2>err || cat err
store add posts.ndjson >/dev/null 2>&1
detect posts.ndjson 2>/dev/null | match-playbook >incident.ndjson 2>/dev/null
casefile open incident.ndjson >case.ndjson 2>/dev/null
CASE=$(jq -r 'select(.kind == "case") | .id' case.ndjson 2>/dev/null | head -1)
export CASE
for page in "$SRC"/man/*.[157]; do
	name=$(basename "$page")
	n=0
	# the blocks between .Bd -literal and .Ed below EXAMPLES, mdoc escapes undone
	awk -v dir="$T/w" -v name="$name" '
		/^\.Sh / { ex = ($2 == "EXAMPLES") }
		ex && /^\.Bd -literal/ { n++; inside = 1; file = dir "/" name "." n; printf "" > file; next }
		/^\.Ed/ { inside = 0; next }
		ex && inside { gsub(/\\\(dq/, "\""); gsub(/\\\(aq/, "\047"); gsub(/\\&/, ""); gsub(/\\-/, "-"); gsub(/\\e/, "\\"); print > file }
	' "$page"
	for ex in "$T/w/$name".*; do
		[ -e "$ex" ] || continue
		n=$((n + 1))
		case $name in
		*.5 | *.7) ;;
		esac
		first=$(head -1 "$ex")
		case $first in
		'{'* | '#'* | '- '* | [a-z]*': '* | [a-z]*':') # a sample of a format, not a command
			continue ;;
		esac
		rm -rf "$T/run"
		mkdir "$T/run"
		cp posts.ndjson incident.ndjson case.ndjson "$T/run/"
		cp incident.ndjson "$T/run/incidents.ndjson"
		cp "$SRC"/lib/data/*.yaml "$T/run/"
		ln -s "$SRC/playbooks" "$T/run/playbooks"
		cp "$TOCSIN_DB" "$T/run/cases.db" 2>/dev/null
		(cd "$T/run" && TOCSIN_DB=$T/run/cases.db timeout 30 sh -e "$ex" >"$T/ex.out" 2>"$T/ex.err" </dev/null)
		code=$?
		if [ $code -lt 64 ] && ! grep -q -E 'not found|No such file|unknown option|syntax error' "$T/ex.err"; then
			pass "$name: example $n runs"
		else
			fail "$name: example $n runs"
			diag "status $code"
			diag "$(cat "$ex")"
			diag "$(head -c 1000 "$T/ex.err")"
		fi
	done
done
done_testing
