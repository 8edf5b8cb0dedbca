#!/bin/sh
# Every member that a day's chain writes stands in tocsin-record(5), under its kind.
. "$(dirname "$0")/../lib.sh"
command -v mandoc >/dev/null || { skip "tocsin-record(5) is complete" "mandoc is not installed"; done_testing; exit; }
cd "$T" || exit 1
export TOCSIN_NOW=2026-11-22T06:30:00Z
simulate --posts 8000 --seed 1 >day
printf '{"subjects":[{"id":"huapei-bank","name":"华沛银行","industry":"bank","any":["华沛"]}]}' >watch.yaml
match-subject -c watch.yaml --explain day | redact -q | dedupe | sentiment --explain | classify --explain | store add >posts
spread posts >cascades
detect posts | match-playbook -p "$SRC/playbooks" >incidents
casefile open incidents --tasks >cases
c=$(jq -r 'select(.kind == "case") | .id' cases | head -1)
casefile attach "$c" watch.yaml >>cases
casefile link "$c" ticket OPS-1 >>cases
t=$(jq -r 'select(.kind == "task" and .state == "open" and .after == null) | .task' cases | head -1)
casefile task start "$c" "$t" >>cases
casefile task "done" "$c" "$t" >>cases
draft new "$c" --kind statement -f json -p "$SRC/playbooks" >drafts 2>/dev/null
store query --kind draft >>drafts 2>/dev/null
printf 'channels: [{name: s, type: stdout}]\nroutes: [{to: s}]\n' >channels.yaml
notify -c channels.yaml -f json cases >notices
store series >points
report daily -f json >reports 2>/dev/null
{ review --save "$c" -f json; review month -f json; review --playbooks -f json; } >reviews
cat posts cascades incidents cases drafts notices points reports reviews | jq -r '.kind' | sort | uniq -c | sort -rn | sed 's/^/# /'
# The page, cut into its sections.
mandoc -T utf8 "$SRC/man/tocsin-record.5" | col -b | awk '/^   [A-Za-z]/ {part = $1} {print > "page." (part == "" ? "top" : part)}'
cat page.post page.Members >post.words
cat page.incident page.Members >incident.words
cat page.case page.task page.incident page.Members >case.words
cat page.draft page.incident >draft.words
for k in cascade task notice point report review; do cp page.$k $k.words; done
for k in post cascade incident case task draft notice point report review; do
	cat posts cascades incidents cases drafts notices points reports reviews | jq -c --arg k $k 'select(.kind == $k)' >of
	ok "there are records of kind $k" test -s of
	# names of members; maps whose keys are data (a platform, a count, a language, a type) are not entered
	jq -r 'def names: if type == "object" then del(.kind) | to_entries[] | .key, (select(.key | IN("plan", "redact", "size_at", "platforms",
		"accounts", "grounds", "regions", "cues", "emotions", "type_weights", "title", "duty", "ask", "reach", "forecast", "facts",
		"stages", "branches", "paths", "nodes", "jumps", "sections", "blocks", "explain", "findings", "data", "moods", "mood") | not) | .value | names)
		elif type == "array" then .[] | names else empty end; names' of | sort -u >names
	while read -r name; do
		grep -q -w -e "$name" "$k.words" || echo "$name"
	done <names >missing
	is "tocsin-record(5) tells of every member of $k ($(grep -c . names))" "$(tr '\n' ' ' <missing)" ""
done
done_testing
