#!/bin/sh
# review from the user's side: a case of known shape, every figure worked out by hand beforehand.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
at() { TOCSIN_NOW=$1Z && export TOCSIN_NOW; }

# Posts about the bank: ten an hour with two negative for a week; then a crisis. Negatives by hour from 07:00 UTC:
# 6 60 120 90 50 30 12 8 4 2 2 2 … so the peak is 09:00, halved from 11:00, at a tenth (12) or less from 13:00.
jq -nc '
	def post($t; $i; $mood; $more): {kind: "post", id: "w:\($t)-\($i)-\($mood)", source: "t", platform: "weibo", published: ($t | todate), text: "华沛 \($mood)",
		collected: ($t + 60 | todate), subjects: [{id: "huapei-bank", voice: "public"}], sentiment: {label: $mood, score: 0, confidence: 1}, crisis: {type: "system.outage", kind: "complaint"}} + $more;
	def hour($h; $n; $mood): range($n) | post($h + (. * 3600 / $n | floor); .; $mood; {});
	("2026-11-15T00:00:00Z" | fromdate) as $from | ("2026-11-22T07:00:00Z" | fromdate) as $crisis |
	(range(0; 175) | $from + . * 3600 | hour(.; 2; "neg"), hour(.; 8; "neu")),
	([6, 60, 120, 90, 50, 30, 12, 8, 4, 2, 2, 2, 2, 2] | to_entries[] | ($crisis + .key * 3600) as $h | hour($h; .value; "neg"), hour($h; 20; "neu")),
	post($crisis + 90; 1; "neg"; {id: "ad:1", crisis: {kind: "ad"}}),
	post($crisis + 91; 1; "neg"; {id: "x:1", subjects: [{id: "other"}]}),
	post($crisis + 92; 1; "neg"; {id: "own:1", subjects: [{id: "huapei-bank", voice: "own"}]})
' >posts
store add posts >/dev/null

# The case: alert 08:00, opened 08:05, first hand 08:20, statement released 09:30, source stopped 11:30, orange all along.
D=d-2026-0001-statement-zh
at 2026-11-22T08:05:00
jq -nc '{kind: "incident", id: "i-1", subject: "huapei-bank", industry: "bank", type: "system.outage", level: "orange", opened: "2026-11-22T08:00:00Z",
	window: {from: "2026-11-22T07:00:00Z", to: "2026-11-22T08:04:00Z"}, path: [{at: "2026-11-22T08:00:00Z", level: "orange", rule: "orange.people"}],
	evidence: [{id: "w:1795330800-0-neg", role: "first", at: "2026-11-22T07:00:00Z"}],
	forecast: {h1: {negative: 100, low: 70, high: 130}, h6: {negative: 1000, low: 600, high: 1500}}}' >incident
match-playbook incident | casefile open >case
at 2026-11-22T08:20:00
casefile task "done" 1 assess-level >/dev/null
draft 1 --kind statement --fact event=服务中断 --fact occurred_at=15:02 --fact place=全国 --fact services=登录和转账 --fact cause=正在排查 \
	--fact funds_checked=正在逐笔核对 --fact actions=15:40启用备用线路 --fact restored_at=尚未恢复 --fact fallback=网点 --fact remedy=方案21:00公布 \
	--fact claim_by=另行公布 --fact next_update=19:00 --fact channel=官网 --fact hotline=95577 --fact accounts=90万 >/dev/null 2>draft.err
at 2026-11-22T08:50:00
{ draft submit $D; draft approve $D --role pr; draft approve $D --role legal; } >/dev/null 2>>draft.err
at 2026-11-22T09:30:00
draft release $D >/dev/null 2>>draft.err
at 2026-11-22T11:30:00
casefile task "done" 1 contain --force --note 已恢复 >/dev/null
casefile task skip 1 psychological-support --reason "$(printf '无人\033[2J受伤 <script>x</script>')" >/dev/null
at 2026-11-23T08:00:00

run review 1 -f json
status "a case is reviewed" 0
printf '%s\n' "$out" >r.json
is "one record of kind review" "$(jq -c '[.kind, .case, .subject, .type, .peak, .state, .playbook.id]' r.json)" '["review","c-2026-0001","huapei-bank","system.outage","orange","open","bank/system-outage"]'
is "clocks: from the alert, kept but for the statement's and the action's shorter limits of orange" "$(jq -c '.clocks[] | [.id, .state, .took_s, .limit_s, .limit_from]' r.json)" '["handling","kept",1200,7200,"playbook"]
["statement","kept",5400,7200,"playbook"]
["action","kept",12600,14400,"playbook"]
["contain","kept",18000,172800,"playbook"]'
is "each with what it was taken from" "$(jq -c '.clocks[] | [.inputs[].seq]' r.json)" "$(casefile log 1 -f json | jq -sc '(map(select(.data.task == "assess-level"))[0].seq) as $a | (map(select(.what == "draft.release"))[0].seq) as $b | (map(select(.data.task == "contain"))[0].seq) as $c | [1, $a], [1, $b], [1, $c], [1, null]')"
is "the curve: peak, half, containment" "$(jq -c '.curve | [.peak.at, .peak.negative_per_h, .half_s, .contained_at, .flare_ups]' r.json)" '["2026-11-22T09:00:00Z",120,7200,"2026-11-22T13:00:00Z",[]]'
is "usual is what a week of mornings had" "$(jq '.curve.peak.usual > 1.5 and .curve.peak.usual < 2.5 and .curve.history_h >= 100' r.json)" true
is "effect: the share of 48 hours that was left" "$(jq .effect r.json)" 0.8958
is "windows around the release hold what the store holds" "$(jq -c '.actions[] | select(.at == "2026-11-22T09:30:00Z") | [.before.n, .before.negative, .after.n, .after.negative]' r.json)" \
	"$(jq -sc 'map(select(.subjects[0].id == "huapei-bank" and .subjects[0].voice != "own" and .crisis.kind != "ad")) |
		[map(select(.published >= "2026-11-22T06:30:00Z" and .published < "2026-11-22T09:30:00Z")), map(select(.published >= "2026-11-22T09:30:00Z" and .published < "2026-11-22T12:30:00Z"))] |
		[(.[0] | length), (.[0] | map(select(.sentiment.label == "neg")) | length), (.[1] | length), (.[1] | map(select(.sentiment.label == "neg")) | length)]' posts)"
is "the negative share is down, and stays" "$(jq -c '.share | [.verdict, .stays, .response.what]' r.json)" '["less",true,"draft.release"]'
is "forecasts against what came: 60 to 119 in the hour, 372 in six" "$(jq -c '.forecasts[] | [.hours, .actual, .actual >= .low and .actual <= .high]' r.json | tr '\n' ' ')" \
	"$(jq -sc 'map(select(.sentiment.label == "neg" and .subjects[0].id == "huapei-bank" and .subjects[0].voice != "own" and .crisis.kind != "ad" and .published >= "2026-11-22T08:04:00Z")) |
		(map(select(.published < "2026-11-22T09:04:00Z")) | length) as $a | (map(select(.published < "2026-11-22T14:04:00Z")) | length) as $b | [1, $a, $a >= 70 and $a <= 130], [6, $b, $b >= 600 and $b <= 1500]' posts | tr '\n' ' ')"
is "the statement fits its cluster" "$(jq -c '.strategy | [.cluster, .texts[0].apologises, .texts[0].denies]' r.json)" '["accidental",true,false]'
is "tasks add up" "$(jq '.tasks | .total == .open + .overdue + .in_time + .late + .skipped + .done and .skipped == 1 and .in_time == 2' r.json)" true
ok "lessons have ids, numbers and advice" jq -e '.lessons | length > 0 and all(.id and .what and .advice and .change)' r.json
is "late tasks are one" "$(jq '[.lessons[] | select(.id == "tasks") | .what | test("[0-9]")] == [true]' r.json)" true
review 1 -f json >again
ok "the same store and clock give the same bytes" cmp r.json again
run review c-2026-0001
status "for people" 0
has "the conclusion" "$out" "受控用时 5 小时（时限 2 天）；四个响应时钟守住 4 个，超时 0 个。"
has "the share with its interval" "$out" "负面占比显著下降"
has "a clock with its event" "$out" "完成任务 assess-level #2"
hasnt "no control character of a reason reaches the terminal" "$out" "$(printf '\033')"
ok "no line is wider than it may be" test "$(review 1 | wc -L)" -le 110
run review 1 --lang en
has "in English" "$out" "was contained 5 h after the discovery (limit 2 d);"
review 1 -f html >page.html
hasnt "no markup of a reason reaches the page" "$(cat page.html)" "<script"
has "a page that may load nothing" "$(cat page.html)" "default-src 'none'"
run review 1 -f md
has "Markdown" "$out" "# 复盘"
run review 1 --window 1h -f json
is "another window" "$(printf %s "$out" | jq -c '[.window_s, .actions[0].after.from, .actions[0].after.to]')" '[3600,"2026-11-22T08:20:00Z","2026-11-22T09:20:00Z"]'

# before there is anything to see
at 2026-11-22T08:10:00
run review 1 -f json
is "a running case: clocks run, and nothing is guessed from posts of the future" "$(printf %s "$out" | jq -c '[(.clocks[] | select(.id == "contain") | .state), .effect]')" '["running",null]'
at 2026-11-26T08:00:00
run review 1 -f json
is "hours nobody collected are not calm: observed ends with the posts" "$(printf %s "$out" | jq -r .curve.observed_to)" 2026-11-22T21:00:00Z

# misuse
at 2026-11-23T08:00:00
for bad in "" "1 2" "--playbooks 1" "1 --month 2026-11" "1 -f pdf" "1 --lang fr" "1 --window 1m" "1 --as x" "month --save" "month --month 2026-13" "1 --offset 99h"; do
	# shellcheck disable=SC2086
	run review $bad
	status "misuse: review $bad" 64
done
run review 9
status "no such case" 1
run review ""
status "an empty name is no case" 1
run review 1 -d "$T/none.db"
status "no store" 78
ok "and none is made" test ! -e "$T/none.db"

# keeping it
run review --playbooks
status "nothing was saved yet" 1
run review --save 1
status "saved" 0
n=$(casefile log -f json | wc -l)
is "as an event of the chain" "$(casefile log 1 --kind review. -f json | jq -c '[.what, .data.kind, .data.effect]')" '["review.save","review",0.8958]'
review --save 1 >/dev/null
is "the same again is not saved again" "$(casefile log -f json | wc -l)" "$n"
run casefile verify
status "the chain holds, with it" 0
run review 1 -f json
is "a review is no part of what is reviewed" "$(printf '%s\n' "$out" | jq -S 'del(.at)' | md5sum)" "$(jq -S 'del(.at)' r.json | md5sum)"
run review --playbooks -f json
is "the playbook's record" "$(printf %s "$out" | jq -c '.playbooks[] | [.id, .version, .reviewed, .told, .effective, .clocks_kept, .clocks_missed, .median_half_s]')" '["bank/system-outage","1.0.0",1,1,1,4,0,7200]'
is "its rank is the lower end of Wilson's interval of 1 of 1" "$(printf %s "$out" | jq '.playbooks[0].rank')" 0.2065
has "and for people" "$(review --playbooks --lang en)" "1 / 1"
has "match-playbook shows it" "$(match-playbook --explain --lang en incident)" "effective in 1 of 1 cases"
casefile note 1 '又看了一遍' >/dev/null
review --save 1 >/dev/null
is "a newer review of a case replaces the older one" "$(review --playbooks -f json | jq -c '.playbooks[0] | [.reviewed, .effective]')" '[1,1]'
is "both stand in the trail" "$(casefile log 1 --kind review. -f json | wc -l)" 2
cat >roles.yaml <<Y
roles:
  - id: guest
people:
  - login: $(id -un)
    roles: [guest]
Y
mkdir conf && cp roles.yaml conf
run review --save 1 --config conf
status "who may not work on cases does not save" 1
run review 1 --config conf
status "but may read" 0
run review --save 1 --as wang
status "nor in the name of another without leave" 1
if command -v sqlite3 >/dev/null; then
	sqlite3 "$TOCSIN_DB" "UPDATE reviews SET effect = -1"
	run casefile verify
	status "a changed row is found" 1
	has "and named" "$out" "review of case 'c-2026-0001' is not the one in the audit trail"
	casefile rebuild >/dev/null
	run casefile verify
	status "rebuild makes it anew" 0
	sqlite3 "$TOCSIN_DB" "DELETE FROM reviews"
	has "a deleted one is found, too" "$(casefile verify)" "is in the audit trail, but not among the reviews"
	casefile rebuild >/dev/null
	is "and comes back" "$(review --playbooks -f json | jq '.playbooks[0].reviewed')" 1
else
	skip "changed reviews are found" "sqlite3 is not installed"
fi
casefile export 1 >export.ndjson
TOCSIN_DB=$T/other.db casefile import export.ndjson >/dev/null
is "an imported case brings its review" "$(TOCSIN_DB=$T/other.db review --playbooks -f json | jq '.playbooks[0].reviewed')" 1
is "and the trail there holds" "$(TOCSIN_DB=$T/other.db casefile verify >/dev/null; echo $?)" 0

# exercises
jq -c '.id = "i-9" | .drill = true' incident >drill
match-playbook drill | casefile open --drill >/dev/null
run review 2
has "a drill is said to be one" "$out" "这是演练"
review --save 2 >/dev/null
is "and stays out of the record" "$(review --playbooks -f json | jq '.playbooks[0].reviewed')" 1
is "and out of the month" "$(review month -f json | jq -c .cases)" '["c-2026-0001"]'

# the month
at 2026-12-02T00:00:00
casefile open --subject other-bank --type fee.dispute --level yellow --industry bank >/dev/null
at 2026-12-02T10:00:00
casefile close 3 --reason '误报：旧闻被转' --override x >/dev/null
run review month --month 2026-12 -f json
is "one case, a false alarm, no clock of it counts" "$(printf %s "$out" | jq -c '[.month, .opened, .closed, .open_at_end, .false_alarms, ([.clocks[] | .kept + .missed] | add)]')" '["2026-12",1,1,1,["c-2026-0003"],0]'
run review month --month 2026-11 -f json
is "the month before" "$(printf %s "$out" | jq -c '[.opened, .closed, .open_at_end, (.clocks[] | [.id, .kept, .missed, .median_s, .p90_s])]')" \
	'[1,0,1,["handling",1,0,1200,1200],["statement",1,0,5400,5400],["action",1,0,12600,12600],["contain",1,0,18000,18000]]'
is "by type and level" "$(printf %s "$out" | jq -c '.types[] | [.type, .opened, .orange]')" '["system.outage",1,1]'
is "lessons by how often they came" "$(printf %s "$out" | jq -c '[.lessons[] | select(.id == "tasks") | .cases, .last, .change]')" '[1,"c-2026-0001","playbook"]'
has "by name" "$(review month --month 2026-11)" "任务迟延"
is "playbooks used" "$(printf %s "$out" | jq -c '.playbooks[] | [.id, .cases, .told, .effective]')" '["bank/system-outage",1,1,1]'
run review month --month 2026-11
has "for people" "$out" "立案 1 起，结案 0 起，月末未结 1 起；响应时钟守住 4 个，超时 0 个；误报 0 起。"
run review month --month 2026-11 --offset -12h -f json
is "months begin at local midnight" "$(printf %s "$out" | jq -r .from)" 2026-11-01T12:00:00Z
run review month --month 2025-01
status "a month without a case" 1

# dirty stores
esc=$(printf '\033[31m<b>\007')
casefile open --subject nobody --type fee.dispute --level blue --title "$esc" >/dev/null
run review 4
status "a case without posts, texts or a playbook" 0
has "says so" "$out" "这段时间库里没有该对象的帖子"
has "and that it cannot tell" "$out" "无法判定"
hasnt "no control character of a title reaches the terminal" "$out" "$(printf '\033')"
hasnt "no markup of a title reaches the page" "$(review 4 -f html)" "<b>"
run review 4 -f json
is "its containment is unknown" "$(printf %s "$out" | jq -c '[(.clocks[] | select(.id == "contain") | .state), .effect]')" '["unknown",null]'
casefile split 4 --title 分出 >/dev/null
run review 5
has "a split case names where it came from" "$out" "由 c-2026-0004 分出"
casefile merge 5 4 --reason 同一件事 >/dev/null
run review 5
status "a merged case is reviewed where it went" 1
has "which is named" "$err" "case 'c-2026-0005' was merged into 'c-2026-0004'"
has "and that one says what it took in" "$(review 4)" "并入过 1 个案件"
at 2026-12-01T00:00:00
run review 4
status "a case from the future" 0
has "is called that" "$out" "时钟不准"
printf '%s\n' '{"kind":"incident","id":"i-7","subject":"nobody","type":"none","level":"red","opened":"0000-01-01T00:00:00Z","window":7,"path":[1],"evidence":{"a":1},"forecast":{"h1":{"negative":1e99,"low":-1e99}},"playbook":{"id":"x/y","plan":{"level":"red","tasks":[{"id":"contain","deadline_s":99999999999999}]}}}' >odd
at 2026-12-03T00:00:00
casefile open <odd >/dev/null
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
	printf '{"kind":"post","id":"h:%s","source":"t","published":"2026-12-03T00:0%s:00Z","text":"x","subjects":[{"id":"nobody"}],"sentiment":{"label":"neg"},"metrics":{"likes":9223372036854775807,"reposts":9223372036854775807}}\n' "$n" "$((n % 10))"
done | store add >/dev/null
at 2026-12-03T06:00:00
run review 6 -f json
status "an incident of nonsense and counts beyond measure" 0
ok "its record is sound" sh -c 'review 6 -f json | jq -e ".curve.negative == 12"'
run review 6
has "a playbook that the library does not have" "$out" "剧本库里没有这一剧本"
done_testing
