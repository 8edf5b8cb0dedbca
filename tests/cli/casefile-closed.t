#!/bin/sh
# casefile: what an incident means for a case that was closed, and the rhythm of updates.
# shellcheck disable=SC1010
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
at() { TOCSIN_NOW=2026-11-$1Z && export TOCSIN_NOW; }
# incident LEVEL [NEGATIVE]
incident() {
	printf '{"kind":"incident","id":"i:1","subject":"华沛","industry":"bank","type":"system.outage","level":"%s","indicators":{"mentions":9,"negative":%s}}\n' "$1" "${2:-1}"
}
run_in() { incident "$@" | match-playbook >in && runin in casefile open; }
task() { casefile show 1 -f json | jq -c ".tasks[] | select(.id == \"$1\") | $2"; }

# --- the rhythm of updates: bank/system-outage says 24h blue, 8h yellow, 4h orange, 2h red
at 22T02:00:00
run_in orange
is "the plan's rhythm is a task with a clock" "$(task update '[.state,.every_s,.due,.department]')" '["open",14400,"2026-11-22T06:00:00Z","pr"]'
is "which does not count among those to be finished" "$(casefile show 1 -f json | jq '.progress.tasks == ([.tasks[] | select(.every_s == null)] | length)')" true
at 22T04:00:00
casefile task done 1 update --note https://huapei.example/1 >/dev/null
is "done, it comes back a round later" "$(task update '[.state,.due,.times,.last,.note]')" '["open","2026-11-22T08:00:00Z",1,"2026-11-22T04:00:00Z","https://huapei.example/1"]'
at 22T08:30:00
has "a round that was missed is late" "$(casefile due --within 0s)" "update"
is "and climbs the ladder" "$(casefile due --escalate -f json | jq -r 'select(.task == "update").escalate_to' | head -1)" department-head
casefile task skip 1 update --reason 夜间无人询问 >/dev/null
is "a round is skipped with its reason" "$(task update '[.due,.note,.escalated,.times]')" '["2026-11-22T12:30:00Z","夜间无人询问",null,2]'
at 22T09:00:00
run_in red
is "a higher level has its own rhythm from now" "$(task update '[.every_s,.due]')" '[7200,"2026-11-22T11:00:00Z"]'
casefile lower 1 yellow --reason 恢复 >/dev/null
is "a lower one too, counted from the last update" "$(task update '[.every_s,.due]')" '[28800,"2026-11-22T16:30:00Z"]'
casefile escalate 1 orange --reason 再起 >/dev/null
is "raised by hand, before a new plan comes" "$(task update '[.every_s,.due]')" '[14400,"2026-11-22T13:00:00Z"]'
at 22T10:00:00
casefile task sign 1 legal-review >/dev/null
for t in draft-statement legal-review management-approval; do casefile task done 1 "$t" --force >/dev/null 2>&1; done
casefile task done 1 publish-statement --force >/dev/null
is "a statement is an update" "$(task update .due)" '"2026-11-22T14:00:00Z"'
at 22T11:00:00
casefile pause 1 --reason 等 >/dev/null
at 22T12:00:00
casefile resume 1 >/dev/null
is "a pause moves it" "$(task update .due)" '"2026-11-22T15:00:00Z"'
casefile open --subject 华沛 --type fee.dispute >/dev/null
casefile merge 2 1 >/dev/null
run casefile split 1 update --title x
has "the rhythm stays with its case" "$err" "stays with it"
at 22T13:00:00
run_in blue # what the incident says when the case is closed
run casefile close 1 --reason 恢复
has "a figure that the incident does not give is not taken for good" "$err" "negative-low:"
run casefile close 1 --reason 恢复 --confirm all
hasnt "a person may say so" "$err" "negative-low:"
hasnt "it does not keep a case open" "$err" "update"
run casefile close 1 --reason 恢复 --confirm all --override 演示
status "closed" 0
is "closing ends it" "$(task update '[.state,.due]')" '["done",null]'
is "nothing is due" "$(casefile due --within 9d | grep -c update)" 0

# --- the incident of a closed case
at 22T14:00:00
run_in blue 2
is "its figures are kept as later evidence, quietly" "$code$out" 0
is "with the case" "$(casefile log 1 --kind case.incident -f json | tail -1 | jq -c '[.ts,.data.incident.indicators.negative]')" '["2026-11-22T14:00:00Z",2]'
is "which stays closed" "$(casefile list -a -f json | jq -c '[.id,.state]')" '["c-2026-0001","closed"]
["c-2026-0002","merged"]'
run_in blue 2
is "the same again is nothing" "$code$out$(casefile log 1 --kind case.incident | wc -l)" "0$(casefile log 1 --kind case.incident | wc -l)"
at 22T15:00:00
run_in orange
is "back at a level above that of the closing: told once" "$(printf '%s\n' "$out" | jq -c '[.id,.level,.state,.change.what,.change.note]')" \
	'["c-2026-0001","orange","closed","case.return","the incident is back at orange; casefile reopen opens the case again"]'
printf '%s\n' "$out" >back
run_in orange
is "not twice" "$code$out" 0
has "the story has it" "$(casefile timeline 1)" "the incident is back at orange"
run notify -n back
has "people hear of it" "$out" "结案后再起"
is "no second case" "$(casefile list -a | wc -l)" 3
at 22T16:00:00
run_in red
is "above the case's level it opens again" "$(printf '%s\n' "$out" | jq -c '[.id,.level,.state]')" '["c-2026-0001","red","open"]'
is "with its rhythm" "$(task update '[.state,.due]')" '["open","2026-11-22T18:00:00Z"]'
has "and a reason" "$(casefile timeline 1)" "the incident rose above the level the case had"
run_in blue
casefile close 1 --reason 恢复 --confirm all --override 演示 >/dev/null
at 22T17:00:00
incident yellow | match-playbook >in
runin in casefile open --reopen
is "--reopen: whenever it is back, at the level the case has" "$(printf '%s\n' "$out" | jq -c '[.state,.level,.change.what]')" '["open","red","case.reopen"]'
casefile close 1 --reason 恢复 --confirm all --override 演示 >/dev/null
run_in yellow 5
is "the level it had at the closing is no return" "$code$out" 0
casefile rebuild >/dev/null
ok "the rows are what the events say" casefile verify
home() { jq -S 'del(.change,.updated,.id) | del(.tasks[]?|.signed_by) | walk(if type == "string" then sub(" via import by .*"; "") else . end)'; }
casefile export 1 | casefile import -d other.db >/dev/null
is "and travel" "$(casefile show 1 -d other.db -f json | home | sha256sum)" "$(casefile show 1 -f json | home | sha256sum)"
done_testing
