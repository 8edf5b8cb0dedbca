#!/bin/sh
# casefile: from an incident to a closed case, and who may do what on the way.
# shellcheck disable=SC1010,SC2094
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
mkdir conf
export TOCSIN_CONFIG="$T/conf"
me=$(id -un)
cat >conf/roles.yaml <<Y
roles:
  - id: pr
    may: [open, work, escalate, correct, import]
  - id: legal
    may: [work]
  - id: head
    may: [open, work, escalate, lower, close, correct, import]
  - id: guest
people:
  - login: $me
    roles: [pr]
  - login: wang
    name: 王芳
    roles: [legal]
  - login: chen
    roles: [head, pr]
  - login: bot
    roles: [guest]
act_for: [$me]
Y
# incident LEVEL NEGATIVE_SHARE EXTRA_TASKS
incident() {
	cat <<J
{"kind":"incident","id":"i:1","subject":"huapei-bank","type":"system.outage","industry":"bank","level":"$1","opened":"2026-11-22T07:00:00Z","indicators":{"mentions":2310,"negative_share":$2},"why":["负面占比 $2"],"posts":["w:1"],"playbook":{"id":"bank/system-outage","version":"1.0.0","hash":"abc","title":{"zh":"银行服务中断","en":"Bank service outage"},"plan":{"level":"$1","tasks":[{"id":"convene","department":"pr","duty":{"zh":"召集危机小组","en":"Convene the team"},"deadline_s":$3},{"id":"verify","department":"it","duty":{"zh":"核实故障范围","en":"Verify scope"},"deadline_s":7200,"after":["convene"]},{"id":"statement","department":"pr","duty":{"zh":"发布声明","en":"Publish"},"deadline_s":10800,"after":["verify"],"sign_off":"legal","text":"statement"}$4],"clocks":[{"id":"cac","what":{"zh":"报告网信部门","en":"Report"},"within_s":14400,"to":{"zh":"网信","en":"CAC"},"source":"办法"}],"release":{"grade":"public","approve":["pr","legal"]},"escalation":[{"after_s":1800,"to":"department-head"},{"after_s":3600,"to":"crisis-lead"}],"closing":[{"id":"low","what":{"zh":"负面低于三成","en":"Low"},"test":".indicators.negative_share < 0.3"},{"id":"told","what":{"zh":"已告知客户","en":"Told"}}]}}}
J
}
at() { TOCSIN_NOW=2026-11-22T$1Z && export TOCSIN_NOW; }
at 08:00:00
incident yellow 0.5 3600 '' >yellow
incident orange 0.86 1800 ',{"id":"hotline","department":"customer-service","duty":{"zh":"加开热线","en":"Hotline"},"deadline_s":1800}' >orange
incident blue 0.2 3600 '' >blue

# --- opening
{ cat yellow; echo '{"kind":"odd","n":1.000}'; } >in
runin in casefile open
status "an incident opens a case" 0
is "one case record, and other kinds pass through" "$(printf '%s\n' "$out" | jq -c '[.kind,.id?,.level?,.state?,(.tasks|length)?,.due?,.change.what?]')" \
	'["case","c-2026-0001","yellow","open",4,"2026-11-22T09:00:00Z","case.open"]
["odd",null,null,null,0,null,null]'
has "untouched" "$out" '{"kind":"odd","n":1.000}'
runin yellow casefile open
is "the second run is silent" "$code$out$err" 0
at 08:10:00
run casefile escalate "" red --reason "an unset variable of a script"
status "no name does not mean the only case there is" 1
runin blue casefile open
is "a lower level changes nothing" "$code$out" 0
is "and the case stays yellow" "$(casefile show 1 -f json | jq -r .level)" yellow
is "but what the incident said is kept" "$(casefile log 1 --kind case.incident -f json | jq -r .data.incident.level)" blue
runin orange casefile open --tasks
is "a higher one raises, tightens open deadlines and adds the plan's new tasks" \
	"$(printf '%s\n' "$out" | jq -c 'select(.kind=="case") | [.level,.change.what,.change.from,.change.to,(.tasks[]|[.id,.due])]')" \
	'["orange","case.raise","yellow","orange",["convene","2026-11-22T08:40:00Z"],["verify","2026-11-22T10:00:00Z"],["statement","2026-11-22T11:00:00Z"],["clock.cac","2026-11-22T12:00:00Z"],["hotline","2026-11-22T08:40:00Z"]]'
is "with --tasks the changed tasks follow" "$(printf '%s\n' "$out" | jq -r 'select(.kind=="task") | .id' | tr '\n' ' ')" "c-2026-0001/convene c-2026-0001/hotline "
runin orange casefile open
is "again silent" "$code$out" 0
printf '{"kind":"incident","level":"red"}\n{"kind":"incident","id":"i:9"}\n' >bad
runin bad casefile open
status "incidents without id or level are malformed" 65
run casefile open --min-level red orange
is "nothing below --min-level is opened" "$code$out" 0

# --- tasks
run casefile task start 1 verify
status "a task that waits is not started" 1
has "and says for what" "$err" "waits for 'convene'"
run casefile task done 1 convene --note 三人到会 -f table
is "done, as a line for people" "$out" "c-2026-0001 task.done convene by $me; open, orange, 4 of 5 tasks open"
run casefile task start 1 verify
is "now it starts" "$(printf '%s' "$out" | jq -r '.tasks[]|select(.id=="verify")|.state,.assignee')" "started
$me"
run casefile task done 1 convene
status "done once" 1
casefile task done 1 verify >/dev/null
run casefile task done 1 statement
has "the legal gate holds" "$err" "needs the signature of legal"
run casefile task sign 1 statement
has "only the role signs" "$err" "$me has not the role legal"
run casefile task sign 1 statement --as wang
status "a legal person signs" 0
is "both names stand in the trail" "$(casefile log 1 --kind task.sign -f json | jq -c '[.actor,.data.via]')" "[\"wang\",\"$me\"]"
casefile task done 1 statement >/dev/null
is "then it is done" "$(casefile show 1 -f json | jq -r '.tasks[]|select(.id=="statement")|.state,.signed_by')" "done
wang"
run casefile task skip 1 hotline
status "a skip needs a reason" 64
run casefile task skip 1 hotline --reason 已有
status "and takes it" 0
run casefile task skip 1 clock.cac --reason 不报
has "a legal clock is not skipped by anybody" "$err" "may not skip a legal clock"
run casefile task add 1 call --duty 回访客户 --department customer-service --within 2h --after clock.cac
is "a task of one's own" "$(printf '%s' "$out" | jq -c '.tasks[]|select(.id=="call")|[.due,.after,.duty.zh]')" '["2026-11-22T10:10:00Z",["clock.cac"],"回访客户"]'
run casefile task depend 1 clock.cac --after call
has "no circles" "$err" "which waits for it"
run casefile task depend 1 call --after nosuch
has "no unknown tasks" "$err" "no task 'nosuch'"
run casefile task delegate 1 call --to li --department pr
is "delegated" "$(printf '%s' "$out" | jq -c '.tasks[]|select(.id=="call")|[.assignee,.department]')" '["li","pr"]'
run casefile task due 1 call --within 10h --reason 等报告
has "a deadline is not put off by anybody" "$err" "may not put a deadline off"
run casefile task due 1 call --within 1h --reason 急
is "brought forward by those who work" "$(printf '%s' "$out" | jq -r '.tasks[]|select(.id=="call")|.due')" 2026-11-22T09:10:00Z
run casefile task reopen 1 hotline --reason 又要
is "an end is taken back" "$(printf '%s' "$out" | jq -r '.tasks[]|select(.id=="hotline")|.state')" open
run casefile task done 1 nosuch
status "no such task" 1

# --- clocks
run casefile due --within 0s
is "nothing is late" "$code$out" 1
at 08:50:00
run casefile due --within 30m
is "late and soon, most urgent first" "$(printf '%s\n' "$out" | awk '{print $2,$3,$4}')" "TASK DUE DEPARTMENT
hotline late 10m
call in 20m"
run casefile due --escalate -f json
is "no step of the ladder yet" "$code$out" 1
at 09:15:00
run casefile due --escalate -f json
is "the first step" "$(printf '%s\n' "$out" | jq -c '[.kind,.task,.overdue_s,.escalate_to]')" '["task","hotline",2100,"department-head"]'
run casefile due --escalate -f json
is "is taken once" "$code$out" 1
run casefile pause 1 --reason 等监管
has "not everybody pauses" "$err" "may not lower"
run casefile pause 1 --reason 等监管 --as chen
status "a head does" 0
at 10:15:00
is "a paused clock is not due, a legal one is" "$(casefile due --within 4h -f json | jq -r .task | tr '\n' ' ')" "clock.cac "
run casefile resume 1 --as chen
is "deadlines move by the pause, legal ones do not" "$(printf '%s' "$out" | jq -c '[.tasks[]|select(.state=="open")|[.id,.due]]')" \
	'[["clock.cac","2026-11-22T12:00:00Z"],["hotline","2026-11-22T09:40:00Z"],["call","2026-11-22T10:10:00Z"]]'

# --- levels
run casefile escalate 1 red --reason 媒体到场
is "raised by hand" "$(printf '%s' "$out" | jq -c '[.level,.change.note]')" '["red","媒体到场"]'
run casefile lower 1 orange --reason 已恢复
status "not lowered by everybody" 1
run casefile lower 1 orange --reason 已恢复 --as chen
status "by a head" 0
incident red 0.9 1800 '' >red
runin red casefile open
is "an incident above raises again" "$(printf '%s' "$out" | jq -r .level)" red
run casefile lower 1 orange --reason 误判 --as chen
runin red casefile open
is "but not what a person has lowered knowingly" "$code$out" 0
is "a case at red by hand gets its plan through match-playbook" "$(casefile incident 1 | jq -c '[.level,.type,has("playbook")]')" '["orange","system.outage",false]'
runin orange casefile apply 1
status "apply" 0

# --- release grade
run casefile release 1 public
has "one signature is not enough" "$err" "still needs legal"
is "nothing is in force" "$(casefile show 1 -f json | jq -r .release.grade)" null
run casefile release 1 public
status "not twice the same" 1
run casefile release 1 public --as wang
is "with the second it is" "$(printf '%s' "$out" | jq -r .release.grade)" public
casefile escalate 1 red --reason 再起 >/dev/null
casefile release 1 hold --role pr --as chen >/dev/null 2>&1
run casefile release 1 hold --role legal --as chen
has "a role one has not" "$err" "chen has not the role legal"

casefile task add 1 say --duty 说 --sign-off pr --within 1d >/dev/null
casefile task sign 1 say >/dev/null
run casefile task done 1 say
has "at red who signs does not report it done" "$err" "two people"
run casefile task done 1 say --as chen
status "another does" 0

# --- evidence, links, notes
echo 截图 >shot.txt
run casefile attach 1 shot.txt --note 首发
is "evidence by its hash" "$(printf '%s' "$out" | jq -r '.files[0].sha256')" "$(sha256sum shot.txt | cut -d' ' -f1)"
casefile link 1 customer 00381 >/dev/null
run casefile note 1 "$(printf '电话\033[31m来自\n记者')"
is "notes and links are counted" "$(printf '%s' "$out" | jq -c '[.notes,.links]')" '[1,[{"what":"customer","ref":"00381"}]]'
hasnt "and cannot steer a terminal" "$(casefile timeline 1)" "$(printf '\033')"
run casefile assign 1 chen
is "somebody is in charge" "$(printf '%s' "$out" | jq -r .owner)" chen

# --- correct, merge, split
printf '{"kind":"post","id":"w:1","source":"s","text":"x","published":"2026-11-22T02:30:00Z"}\n' | store add >/dev/null
run casefile correct 1 type=fraud.theft --posts --reason 盗刷
is "corrected" "$(printf '%s' "$out" | jq -r .type)" fraud.theft
is "and learnt from" "$(store query --kind label | jq -c .labels)" '{"type":"fraud.theft"}'
run casefile open --subject huapei-bank --type fee.dispute --level blue --title 手续费
is "a case by hand" "$(printf '%s' "$out" | jq -c '[.id,.level,.title]')" '["c-2026-0002","blue","手续费"]'
casefile task add 2 refund --duty 退费 --within 1d --as chen >/dev/null
run casefile merge 2 1 --reason 同一事 --as chen
is "merged: its tasks go along" "$(printf '%s\n' "$out" | jq -c '[.id,.state,.merged_into,.absorbed]')" '["c-2026-0002","merged","c-2026-0001",null]
["c-2026-0001","open",null,["c-2026-0002"]]'
is "with their deadline" "$(casefile show 1 -f json | jq -r '.tasks[]|select(.id=="refund")|.due')" 2026-11-23T10:15:00Z
run casefile note 2 x
has "a merged case is over" "$err" "was merged into 'c-2026-0001'"
run casefile split 1 refund --title 退费 --type fee.dispute --as chen
is "split: the task moves" "$(printf '%s\n' "$out" | jq -c '[.id,.split_from,[.tasks[]|select(.id=="refund")|.state]]')" '["c-2026-0001",null,["skipped"]]
["c-2026-0003","c-2026-0001",["open"]]'

# --- a task that went there and back
casefile open --subject s --type t >/dev/null
for t in stay move; do casefile task add 4 $t --duty x --as chen >/dev/null; done
casefile split 4 move --title away --as chen >/dev/null
casefile merge 5 4 --as chen >/dev/null
is "is not lost when its case comes back" "$(casefile show 4 -f json | jq -c '.tasks | map([.id,.state])')" '[["stay","open"],["move","skipped"],["move.c-2026-0005","open"]]'
casefile close 4 --reason x --override x --as chen >/dev/null

# --- hostile and mistyped arguments
bad=$(printf 'a\377b')
for c in "note 1 $bad" "assign 1 $bad" "link 1 x $bad" "task add 1 z --duty $bad" "open --subject $bad --type t"; do
	# shellcheck disable=SC2086
	run casefile $c
	status "not UTF-8: ${c%% *}" 64
done
ok "and the trail stays readable" sh -c 'casefile log -f json | iconv -f utf-8 -t utf-8 >/dev/null'
run casefile task add 1 'two words' --duty x
status "an id is one word" 64
run casefile task add 1 clock.mine --duty x
status "and not the name of a legal clock" 64
run casefile assign 1 ''
status "nobody is put in charge by an unset variable" 64
run casefile list --level purple
status "a level there is" 64
run casefile list --state lost
status "a state there is" 64

# --- closing
run casefile close 1 --reason 恢复 --as chen
status "a case does not close before its criteria hold" 1
has "what is missing is named, one a line" "$err" "casefile close: low: 负面低于三成
casefile close: told: 已告知客户"
run casefile close 1 --reason 恢复 --confirm all --as chen
hasnt "a person confirms what has no test" "$err" told:
has "but not against a test" "$err" low:
run casefile close 1 --reason 恢复 --confirm tod --as chen
has "a criterion that is not there" "$err" "has no criterion 'tod'"
run casefile close 1 --reason 恢复
has "nor for everybody" "$err" "may not close"
casefile task done 1 hotline clock.cac call --force >/dev/null
at 11:30:00
casefile open <blue
run casefile close 1 --reason 恢复 --confirm told --as chen
status "when the test holds and a person confirms, it does" 0
is "how each held is kept" "$(casefile log 1 --kind case.close -f json | jq -c .data.criteria)" '[{"id":"low","how":"met"},{"id":"told","how":"confirmed"}]'
runin orange casefile open
is "the incident back below the case's level is told, not opened again" "$(printf '%s\n' "$out" | jq -c '[.id,.state,.change.what]')" \
	'["c-2026-0001","closed","case.return"]'
run casefile task start 1 hotline
has "a closed case is closed" "$err" "casefile reopen"
run casefile reopen 1 --reason 复发 --as chen
is "reopened" "$(printf '%s' "$out" | jq -r .state)" open
casefile close 1 --reason 恢复 --override 演示 --as chen >/dev/null
is "a written override" "$(casefile log 1 --kind case.close -f json | jq -r .data.override | tail -1)" 演示
casefile close 3 --reason 转出 --override 转 --as chen >/dev/null
is "the list is empty now" "$(casefile list; echo $?)" 1
is "but not with -a" "$(casefile list -a --subject huapei-bank | wc -l)" 4
run casefile list -a --type fee.dispute -f json
is "and filtered" "$(printf '%s\n' "$out" | jq -r .id | tr '\n' ' ')" "c-2026-0002 c-2026-0003 "

# --- many
awk 'BEGIN {for (i = 0; i < 1200; i++) printf "{\"kind\":\"incident\",\"id\":\"n-%d\",\"subject\":\"s\",\"type\":\"t\",\"level\":\"blue\",\"playbook\":{\"id\":\"p\",\"plan\":{\"tasks\":[{\"id\":\"a\",\"deadline_s\":%d,\"duty\":\"x\"}]}}}\n", i, 600 - i % 300}' | casefile open -q -d many.db >/dev/null
run casefile due -d many.db
is "a table of what is due ends after a thousand" "$(printf '%s\n' "$out" | wc -l)" 1001
has "and says so" "$err" "the first 1000; there are more"
is "the most urgent first" "$(printf '%s\n' "$out" | awk 'NR > 1 {print $4}' | head -4 | sort -u)" 5m
run casefile due -d many.db --limit 0
is "all when asked for" "$(printf '%s\n' "$out" | wc -l)$err" 1201
is "records have no limit" "$(casefile due -d many.db -f json | wc -l)" 1200
is "or the one that is given" "$(casefile due -d many.db -f json --limit 7 2>/dev/null | wc -l)" 7
run casefile list -d many.db --limit 5
is "a list has one too" "$(printf '%s\n' "$out" | wc -l) $err" "6 casefile list: the first 5; there are more (--limit 0 prints all)"

# --- tables
casefile open --subject 华沛银行 --type system.outage --level red --title "$(printf '标题\twith tab\033[2J')" --as chen >/dev/null
out=$(casefile list)
hasnt "no escape reaches the terminal" "$out" "$(printf '\033')"
is "columns stay straight beside Chinese" "$(printf '%s\n' "$out" | sed -n 2p | grep -c '华沛银行  system.outage')" 1

# --- export, import
# what holds elsewhere too: all but the ids, the signatures, and whose hands did it
home() { jq -S 'del(.change,.updated,.id,.release) | del(.tasks[]?|.signed_by,.signed_role) | walk(if type == "string" then sub(" via import by .*"; "") else . end)'; }
casefile export 1 >one.ndjson
run casefile import one.ndjson -d other.db
status "an export comes in elsewhere" 0
is "with the same state" "$(casefile show 1 -d other.db -f json | home)" "$(casefile show 1 -f json | home)"
ok "and a sound chain" casefile verify -d other.db
run casefile import one.ndjson -d other.db
has "once" "$err" "was imported before"
sed 's/"base64":"./"base64":"X/' one.ndjson >forged
run casefile import forged -d third.db
has "evidence must have its hash" "$err" "does not have its hash"
ok "a failed import leaves nothing" test "$(casefile list -a -d third.db | wc -l)" -eq 0

# --- with its texts and their approvals
command -v sqlite3 >/dev/null && {
	printf 'We are sorry.' >text
	sha=$(sha256sum text | cut -d' ' -f1)
	sqlite3 "$TOCSIN_DB" "INSERT INTO drafts(id, version, case_id, kind, state, created, updated, text, sha256, json) VALUES ('d-2026-0001-statement-zh', 1, 'c-2026-0001', 'statement', 'draft', 1795334400, 1795334400, 'We are sorry.', '$sha', '{\"open\":[]}')"
	casefile export 1 >withtext.ndjson
	run casefile import withtext.ndjson -d text.db
	status "a text comes along" 0
	is "byte for byte" "$(sqlite3 text.db 'SELECT text, state, sha256 FROM drafts')" "We are sorry.|draft|$sha"
	sed 's/We are sorry/We are not sorry/' withtext.ndjson >forged
	run casefile import forged -d forged.db
	has "a text must have its hash" "$err" "the text does not have its hash"
	sqlite3 "$TOCSIN_DB" "DELETE FROM drafts"
}

# --- drills
sed 's/"id":"i:1"/"id":"i:2","drill":{"id":"fire"}/' orange | casefile open >/dev/null
is "a drill stays out of the list" "$(casefile list | grep -c drill)" 0
is "and is there when asked for" "$(casefile list --drills -f json | jq -r 'select(.drill)|.incident')" i:2

# --- who
run casefile note 1 x --as nobody
has "who has no role may nothing" "$err" "nobody may not work"
sed "s/^act_for.*//" conf/roles.yaml >conf/r && mv conf/r conf/roles.yaml
run casefile note 1 x --as wang
has "acting for others must be allowed" "$err" "may not act for others"
echo 'roles: [{id: a, may: [fly]}]' >conf/roles.yaml
run casefile note 1 x
status "a faulty roles.yaml" 78
has "names file, line and key" "$err" "roles.yaml:1: key 'may': 'fly'"
ok "the trail is sound at the end" casefile verify
# the trail for people: what an event is called
cat "$SRC"/cmd/*.c "$SRC"/cmd/*/*.c | grep -oE '"(case|task|draft|release|review|notice|post)\.[a-z]+"' | sort -u | grep -v '\.[ch]"' >events
while read -r x; do
	ok "the event $x has a name" grep -qE "^    \{$x, \".*[^ -~].*\", \"[a-z A-Z]+\"\}" "$SRC/lib/model/names.c"
done <events
ok "and there are some" test "$(wc -l <events)" -gt 30
done_testing
