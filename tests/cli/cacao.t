#!/bin/sh
# Playbooks as CACAO 2.0 and back.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
PB=$SRC/playbooks
JQ=$FIX/cacao.jq
match-playbook -p "$PB" --export cacao >all
is "every playbook goes out" "$(wc -l <all)" "$(find "$PB" -name playbook.yaml | wc -l)"
is "each as the specification wants it" "$(jq -r -f "$JQ" all | sort | uniq -c | head -20)" ""
# The check itself must find what is wrong.
head -1 all >one
bad() { # bad NAME JQ-EDIT WANT
	has "the check finds $1" "$(jq "$2" one | jq -r -f "$JQ" 2>/dev/null)" "$3"
}
bad "another version" '.spec_version = "cacao-1.1"' spec_version
bad "a step that is not there" '.workflow |= (to_entries | map(select(.value.type != "end" or (.key | endswith("0") | not))) | from_entries | .[keys[0]].on_completion = "end--0")' 'a next step that is not there'
bad "an agent that is not defined" '.agent_definitions |= (to_entries | .[1:] | from_entries)' "no agent"
bad "a missing timeout" '.workflow |= map_values(del(.timeout))' timeout
bad "a time without milliseconds" '.created = "2026-11-22T00:00:00Z"' "not to the millisecond"
bad "an unknown property" '.hello = 1' "unknown property hello"
bad "steps that nothing leads to" '.workflow["action--00000000-0000-4000-8000-000000000000"] = (.workflow | map(select(.type == "action"))[0])' "never reached"
bad "an extension that is not defined" '.extension_definitions = {}' "not defined"
for k in type spec_version id name created_by created modified workflow_start workflow; do
	run sh -c 'jq -c "del(.$1)" one | jq -r -f "$2" 2>&1' sh $k "$JQ"
	ok "the check wants $k" test -n "$out"
done
bad "an id that is none" '.id = "playbook--1"' "id"
bad "a step whose key is of another kind" '.workflow |= with_entries(if .value.type == "end" then .key |= sub("^end";"stop") else . end)' "is no id of a end"
bad "an agent without a name" '.agent_definitions |= map_values(del(.name))' "agent"
bad "a definition without its schema" '.extension_definitions |= map_values(del(.schema))' "definition"
bad "an activity nobody knows" '.playbook_activities = ["dance"]' "activity"
# The published schemas are not ours to ship: their folder is named by CACAO_SCHEMAS (oasis-open/cacao-json-schemas, schemas/).
if [ -f "${CACAO_SCHEMAS:-/nonexistent}/playbook.json" ] && python3 -c 'import jsonschema' 2>/dev/null; then
	schema() { python3 "$FIX/cacao-schema.py" "$CACAO_SCHEMAS" "$@"; }
	ok "the published schemas accept every playbook" schema all
	for edit in 'del(.created_by)' '.id = "playbook--1"' '.spec_version = "cacao-1.1"' '.created = "yesterday"' '.severity = 101' '.hello = 1' \
		'.workflow |= map_values(if .type == "action" then del(.agent) else . end)' '.workflow["step--1"] = {"type":"end"}' \
		'.workflow |= map_values(if .type == "action" then .commands = [] else . end)' '.agent_definitions |= map_values(del(.name))' \
		'.extension_definitions |= map_values(del(.schema))' '.playbook_variables.x = {"type":"string"}'; do
		run sh -c 'jq -c "$1" one | python3 "$2" "$3"' sh "$edit" "$FIX/cacao-schema.py" "$CACAO_SCHEMAS"
		status "and refuse: $edit" 1
	done
else
	skip "the published schemas" "CACAO_SCHEMAS names no folder with playbook.json, or python3-jsonschema is missing; the check above states their constraints"
fi
run match-playbook --import all -p back
status "a library that would replace the shipped one is not taken by the way" 78
has "and it says how" "$err" "--whole"
ok "the folder is not made" test ! -e back/general/common
rm -rf back
run match-playbook --import all --whole -p back
status "all come back" 0
match-playbook -p back --export cacao >again
ok "and go out as the same bytes" cmp all again
is "with the same hashes" "$(jq -r '.playbook_extensions[].tocsin_hash' again)" "$(jq -r '.playbook_extensions[].tocsin_hash' all)"
is "texts and examples are the files they were" "$(cd "$PB" && find . -name '*.md' -o -name '*.ndjson' | sort | xargs sha256sum)" "$(cd back && find . -name '*.md' -o -name '*.ndjson' | sort | xargs sha256sum)"
ok "what came back passes the lint" match-playbook -p back --lint
is "a task is an action with its duty" "$(match-playbook -p "$PB" --export cacao bank/system-outage | jq -c '[.workflow[] | select(.name == "reconcile-ledger")][0] | [.type, .timeout, .commands[0].type]')" '["action",43200000,"manual"]'
run match-playbook --import all --whole -p back
status "nothing is overwritten" 78
has "and it says so" "$err" "is there already"
run match-playbook --import all
status "the folder must be named" 64
run match-playbook --export xml
status "an unknown format" 64
run match-playbook -p "$PB" --export cacao bank/nothing
status "an unknown playbook" 1
jq -c '(.workflow[] | select(.type == "action") | .commands[0].command) |= . + "!"' one >changed
run match-playbook --import changed -p b2
status "a workflow that was changed elsewhere is refused" 65
has "not dropped in silence" "$err" "changed after the export"
jq -c --sort-keys . one | sed 's/道/\\u9053/g' >sorted
run match-playbook --import sorted -p b3
status "other order and escapes are no change" 0
jq -c '(.playbook_extensions[].tocsin_id) = "../../etc/x"' one >out1
jq -c '(.playbook_extensions[].tocsin_id) = "a/b/c"' one >out2
jq -c '(.playbook_extensions[].playbook_texts) = {"../x_zh": "x"}' one >out3
jq -c '(.playbook_extensions[].playbook_texts) = {"statement_zh": 7}' one >out4
jq -c 'del(.playbook_extensions)' one >out5
echo '{"type":"playbook","spec_version":"cacao-1.1"}' >out6
jq -c '(.playbook_extensions[].playbook_texts.statement_zh) = ("x" * 1048577)' one >out7
jq -c '(.playbook_extensions[].playbook_texts.statement_zh) = "a\u0000b"' one >out8
jq -c '(.playbook_extensions[].playbook_file.id) = "bank/other"' one >out9
jq -c '(.playbook_extensions[] | select(.playbook_file)) |= (.playbook_file = {"id": .tocsin_id, "id: [": "a\nb: c", "x": {"- y": ["# z", "yes", "1.0", "0x10", "0o7", "", null, true, 1.50]}})' one >odd
for f in out1 out2 out3 out4 out5 out6 out7 out8 out9; do
	run match-playbook --import $f -p b4
	status "a hostile or foreign file is refused ($f)" 65
done
ok "and leaves nothing behind" test ! -e b4 -a ! -e ../etc
run match-playbook --import odd -p b5
status "odd keys and strings stay what they are" 0
done_testing
