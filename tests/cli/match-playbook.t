#!/bin/sh
# match-playbook from the user's side.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
TOCSIN_NOW=2026-11-22T16:00:00Z
export TOCSIN_NOW
PB=$SRC/playbooks
cat >inc <<'E'
{"kind":"incident","id":"i-1","subject":"huapei-bank","industry":"bank","type":"system.outage","level":"orange","indicators":{"mentions":4100},"facts":{"cause":"主备切换失败\u001b[31m","accounts_affected":900000,"amount_cny":0,"big":12345678901234567890},"n":1.000,"posts":["p:1"]}
{"kind":"incident","id":"i-2","subject":"s","type":"system.outage","level":"red","facts":{"unauthorised_transfers":true,"police_involved":true},"industry":"bank"}
{"kind":"incident","id":"i-3","subject":"Bank of Nowhere","type":"system.outage","level":"blue"}
{"kind":"incident","id":"i-4","subject":"s","type":"vibe.collapse","level":"yellow","industry":"electronics"}
{"kind":"incident","id":"i-5","subject":"s","type":"fee.dispute","industry":"retail"}
{"kind":"post","id":"p:1"}
E
match-playbook inc >out
q() { sed -n "$1p" out | jq -c ".playbook$2"; }
is "an industry playbook for its type" "$(q 1 .id)" '"bank/system-outage"'
is "the settled type is told apart from the label" "$(q 2 '|[.id,.type]')" '["bank/fraud-theft","fraud.theft"]'
is "the label itself stays" "$(sed -n 2p out | jq -r .type)" system.outage
is "no industry in the record, none from the name" "$(q 3 .id)" '"general/system-outage"'
is "an unknown type gets the catch-all" "$(q 4 '|[.id,.types,.score]')" '["general/catch-all",["none"],0]'
is "an unknown industry is general" "$(q 5 .id)" '"general/fee-dispute"'
is "without a level: blue" "$(q 5 .plan.level)" '"blue"'
is "other kinds pass" "$(sed -n 6p out)" '{"kind":"post","id":"p:1"}'
has "other bytes stay" "$(sed -n 1p out)" '"big":12345678901234567890},"n":1.000,'
is "every one is explained" "$(head -5 out | jq -r '.playbook.why | length > 1' | sort -u)" true
is "the fraud plan tells why" "$(q 2 '.why[0]')" '"资金被擅自转走且已报警，按资金被盗处理"'
is "and what else it might be" "$(q 2 '.alternatives|map(.id)')" '["general/fraud-theft","bank/system-outage","general/catch-all"]'
has "in English when asked" "$(match-playbook --lang en inc | sed -n 3p | jq -c .playbook.why)" 'none is guessed from a name'
is "facts of the incident fill the plan" "$(q 1 .facts.accounts)" 900000
is "nought is no amount" "$(q 1 '.facts|has("amount")')" false
is "what is unknown is asked" "$(q 1 '.open|map(.id)|index("hotline")!=null')" true
is "what is known is not asked" "$(q 1 '.open|map(.id)|index("cause")')" null
is "questions come in both languages" "$(q 1 '.open|all(.ask.zh and .ask.en)')" true
is "red tasks stay shut at orange" "$(q 1 '.plan.tasks|map(.id)|index("outside-experts")')" null
is "and open at red" "$(q 2 '.plan.tasks|map(.id)|index("outside-experts")!=null')" true
is "a deadline of the level" "$(q 1 '.plan.tasks[]|select(.id=="publish-statement").deadline_s')" 7200
is "clocks bring their source" "$(q 1 '.plan.clocks|length>0 and all(.source and .within_s>0 and .verify)')" true
is "who approves" "$(q 2 '.plan.release.approve')" '["pr","legal","management"]'
match-playbook out >again
ok "over its own output it changes nothing" cmp out again
is "the hash pins plan and texts" "$(q 1 '.hash|length')" 64
match-playbook inc --require >/dev/null
is "--require: 1 when only the catch-all fits" $? 1
head -3 inc | match-playbook --require >/dev/null
is "--require: 0 when all have their own" $? 0
run match-playbook --explain --lang en inc
has "--explain names the score" "$out" "bank/system-outage 1.0.0 (0.9000)"
mkdir -p conf
printf 'subjects:\n  - id: huapei-bank\n    name: 华沛银行\n    any: [华沛]\n' >conf/watch.yaml
is "a text is signed by the subject's name" "$(match-playbook --config conf inc | sed -n 1p | jq -r .playbook.facts.organisation)" 华沛银行
is "--test: the shipped examples all pass" "$(match-playbook -p "$PB" --test | tail -1 | sed 's/[0-9]* passed/N passed/')" "N passed, 0 failed"
printf '%s\n' '{"incident":{"kind":"incident","id":"x","type":"fee.dispute"},"expect":{"id":"bank/fee-dispute"}}' >wrong
run match-playbook --test wrong
status "--test: 1 when another wins" 1
has "--test says which" "$out" "not ok wrong:1 x: got general/fee-dispute, want bank/fee-dispute"
if [ -d "$SHARED/data/incidents" ]; then
	res=$(match-playbook --test "$SHARED/data/incidents/dev.ndjson" | tail -1)
	ok "public incidents: at least 57 of 60 right ($res)" test "${res%% *}" -ge 57
else
	skip "public incidents" "shared data is absent"
fi
run match-playbook --test "$SRC/tests/corpus/incidents.ndjson"
status "incidents written from the precedence rules, away from the library" 0
has "all of them" "$out" "48 passed, 0 failed"
run match-playbook -p "$PB" --show bank/system-outage
has "--show prints the folded playbook" "$out" "id: psychological-support"
mkdir -p one/bank/system-outage
match-playbook -p "$PB" --show bank/system-outage | sed '/^extends:/d' >one/bank/system-outage/playbook.yaml
ok "--show prints YAML that reads back" match-playbook -p one --check
is "as the same playbook" "$(match-playbook -p one --show bank/system-outage | grep -v '^#\|^extends')" "$(match-playbook -p "$PB" --show bank/system-outage | grep -v '^#\|^extends')"
run match-playbook --show bank/nothing
status "--show: 1 for what is not there" 1
run match-playbook -p nowhere inc
status "a missing folder is refused" 78
is "before a byte is written" "$out" ""

# a site's own playbooks
mkdir -p conf/playbooks/general/system-outage conf/playbooks/retail/returns
sed 's/^version: .*/version: 9.0.0/' "$PB/general/system-outage/playbook.yaml" >conf/playbooks/general/system-outage/playbook.yaml
cp "$PB"/general/system-outage/*.md conf/playbooks/general/system-outage/
cat >conf/playbooks/retail/returns/playbook.yaml <<'E'
id: retail/returns
version: 0.1.0
extends: general/fee-dispute
title: {zh: 退货纠纷, en: Returns}
industry: retail
types: [fee.dispute]
trigger: '.type == "fee.dispute" and (.subject | test("^s"))'
weight: 3
E
match-playbook --config conf inc >out2
is "a folder of the configuration replaces the shipped one of its name" "$(sed -n 3p out2 | jq -r .playbook.version)" 9.0.0
is "and makes its industry known" "$(sed -n 5p out2 | jq -r .playbook.id)" retail/returns
is "what it extends is folded in" "$(sed -n 5p out2 | jq '.playbook.plan.tasks | length > 5')" true
is "the shipped rest is still there" "$(sed -n 1p out2 | jq -r .playbook.id)" bank/system-outage
sed -i 's/^trigger: .*/trigger: ".facts.deaths > 0"/; s/types: .*/types: [returns.odd]/' conf/playbooks/retail/returns/playbook.yaml
printf '%s\n' '{"kind":"incident","id":"a","industry":"retail","type":"rude.clerk","facts":{"deaths":1}}' '{"kind":"incident","id":"b","industry":"retail","type":"rude.clerk","facts":"none"}' >odd
runin odd match-playbook --config conf
status "a trigger that fails on an incident is a no" 0
is "a trigger on facts alone wins over the catch-all" "$(printf '%s\n' "$out" | jq -r .playbook.id | tr '\n' ' ')" "retail/returns general/catch-all "
echo 'tasks: [{id: a' >>conf/playbooks/general/system-outage/playbook.yaml
sed -n 3p inc >three
runin three match-playbook --config conf
status "a plan that cannot be read is a fault" 78
is "yet the crisis gets the next that fits" "$(printf '%s' "$out" | jq -r .playbook.id)" general/catch-all
echo 'id: [' >conf/playbooks/retail/returns/playbook.yaml
run match-playbook --config conf inc
status "a head that cannot be read ends it" 78
has "by file and line" "$err" "conf/playbooks/retail/returns/playbook.yaml:"
rm -rf conf/playbooks
mkdir -p loop/general/a loop/general/b
for x in a:b b:a; do
	printf 'id: general/%s\nextends: general/%s\nindustry: general\ntypes: [%s]\n' "${x%:*}" "${x#*:}" "${x%:*}" >"loop/general/${x%:*}/playbook.yaml"
	: >"loop/general/${x%:*}/statement.zh.md"
done
mkdir -p loop/general/common
echo 'id: general/common' >loop/general/common/playbook.yaml
run match-playbook -p loop inc
status "a circle of extends is refused" 78
has "and named" "$err" "extends: a circle"

# past effects break ties
cp -R "$PB" lib2
cp -R lib2/bank/system-outage lib2/bank/system-outage-b
sed -i 's,^id: .*,id: bank/system-outage-b,' lib2/bank/system-outage-b/playbook.yaml
is "equal ones: the id decides" "$(match-playbook -p lib2 inc | sed -n 1p | jq -r .playbook.id)" bank/system-outage
match-playbook -p lib2 inc | casefile open >/dev/null 2>&1
if command -v sqlite3 >/dev/null; then
	# review CASE PLAYBOOK EFFECT: a saved review, as far as the ranking looks
	review() { sqlite3 "$TOCSIN_DB" "INSERT INTO reviews(case_id, playbook, playbook_version, ts, effect, json) VALUES ('$1', '$2', '1', 1, $3, '{}')"; }
	won() { match-playbook -p lib2 "$@" inc | sed -n 1p | jq -c '.playbook | [.id, (.why | map(select(test("案中|of [0-9]+ cases"))))]'; }
	review r1 bank/system-outage 0.9
	for i in 2 3 4 5 6 7 8; do review r$i bank/system-outage-b 0.3; done
	review r9 bank/system-outage-b -0.4
	review r10 bank/system-outage-b -1
	is "seven of nine beat one of one, with the counts" "$(won)" '["bank/system-outage-b",["此前 9 案中 7 案有效（按时受控）"]]'
	is "in English too" "$(won --lang en)" '["bank/system-outage-b",["effective in 7 of 9 cases (contained in time)"]]'
	is "what cannot be told does not count" "$(review r11 bank/system-outage-b 0 && won | jq -c '.[1]')" '["此前 9 案中 7 案有效（按时受控）"]'
	c=$(casefile list -f json | jq -r 'select(.type == "system.outage") | .id' | head -1)
	sqlite3 "$TOCSIN_DB" "UPDATE cases SET drill = 1 WHERE id = '$c'; UPDATE reviews SET case_id = '$c' WHERE case_id = 'r9'"
	is "drills stay out" "$(won | jq -c '.[1]')" '["此前 8 案中 7 案有效（按时受控）"]'
	sqlite3 "$TOCSIN_DB" "DELETE FROM reviews; "
	for i in 1 2 3; do review r$i bank/system-outage -1; done
	is "nothing known goes before three failures" "$(won)" '["bank/system-outage-b",[]]'
	is "a store that is not there changes nothing" "$(TOCSIN_DB=$T/none.db match-playbook -p lib2 inc | md5sum)" "$(env -u TOCSIN_DB HOME="$T/nobody" match-playbook -p lib2 inc | md5sum)"
	ok "nor is it made" test ! -e "$T/none.db"
else
	skip "past effects" "sqlite3 is not installed"
fi

# one playbook at fault does not keep the others from an incident
rm -rf own
mkdir -p own/bank/drafts own/bank/nosuch own/bank/child own/bank/yaml own/bank/ring-a own/bank/ring-b
echo '{"kind":"incident","id":"i1","subject":"s","industry":"bank","type":"system.outage","level":"red","facts":{}}' >i1.nd
run match-playbook -p own i1.nd
is "a folder without a playbook says nothing" "$code:$err" 0:
want=$(printf %s "$out" | jq -c .playbook)
printf 'id: bank/nosuch\nindustry: bank\nextends: nosuch/x\n' >own/bank/nosuch/playbook.yaml
printf 'id: bank/child\nindustry: bank\nextends: bank/nosuch\n' >own/bank/child/playbook.yaml
printf 'id: [\n' >own/bank/yaml/playbook.yaml
printf 'id: bank/ring-a\nindustry: bank\nextends: bank/ring-b\n' >own/bank/ring-a/playbook.yaml
printf 'id: bank/ring-b\nindustry: bank\nextends: bank/ring-a\n' >own/bank/ring-b/playbook.yaml
cat i1.nd i1.nd >i2.nd
run match-playbook -p own i2.nd
status "playbooks at fault: the status says so" 78
is "and the incidents have theirs all the same" "$(printf '%s\n' "$out" | jq -c .playbook)" "$want
$want"
is "each is told once" "$(printf '%s\n' "$err" | grep -c .)" 5
has "by file, line and key: one that extends nothing there is" "$err" "own/bank/nosuch/playbook.yaml:3: extends: there is no playbook 'nosuch/x'"
has "one that extends it" "$err" "own/bank/child/playbook.yaml:3: extends: 'bank/nosuch' is at fault"
has "a circle" "$err" "own/bank/ring-a/playbook.yaml:3: extends: a circle"
has "no YAML" "$err" "own/bank/yaml/playbook.yaml:2: "
run match-playbook -p own --lint
status "the lint fails" 78
has "and names the folder without a playbook too" "$out" "own/bank/drafts/playbook.yaml:1: there is no such file"
run match-playbook -p own --check
status "as does --check" 78
rm -rf own/general own/bank
mkdir -p own/general/common
echo 'id: [' >own/general/common/playbook.yaml
run match-playbook -p own i1.nd
is "where nothing is left the incident passes as it was" "$code $(printf %s "$out" | jq -c .)" "78 $(jq -c . i1.nd)"
# nothing leaves the folder by a symbolic link
rm -rf own
mkdir -p own/bank/leak own/bank/whole
ln -s own linked
echo 'root:x:0:0 of another file' >secret
printf 'id: bank/leak\nindustry: bank\nextends: bank/system-outage\ntypes: [system.outage]\nweight: 9\n' >own/bank/leak/playbook.yaml
echo '# 说明' >own/bank/leak/faq.zh.md
ln -s faq.zh.md own/bank/leak/media.zh.md
run match-playbook -p linked --show bank/leak
status "a link inside the folder, and the folder itself a link" 0
ln -s ../../../secret own/bank/leak/statement.zh.md
run match-playbook -p linked --show bank/leak
status "a text that is a link out of it" 78
has "is named" "$err" "statement.zh.md:1: a symbolic link that leads out of the playbook folder"
run match-playbook -p linked --lint bank/leak
has "the lint names it too" "$out" "statement.zh.md:1: a symbolic link that leads out"
run match-playbook -p linked i1.nd
status "such a playbook is passed over" 78
is "for the next one that fits" "$(printf %s "$out" | jq -r .playbook.id)" bank/system-outage
rm own/bank/leak/statement.zh.md
ln -s ../../../secret own/bank/leak/tests.ndjson
run match-playbook -p linked --export cacao bank/leak
hasnt "nor do examples" "$out" root:x
ln -s ../../../secret own/bank/whole/playbook.yaml
run match-playbook -p linked i1.nd
has "nor a playbook" "$err" "whole/playbook.yaml:1: a symbolic link"

# the lint: each fault alone, in a copy of a sound library
run match-playbook -p "$PB" --lint
status "the shipped library is in order" 0
rm -rf lib2/bank/system-outage-b
P=lib2/bank/system-outage/playbook.yaml
cp -R lib2/bank/system-outage sound
reset() { rm -rf lib2/bank/system-outage && cp -R sound lib2/bank/system-outage; }
lint() { # lint NAME WHAT-IT-SAYS: after the fault was put in
	run match-playbook -p lib2 --lint bank/system-outage
	if [ "$code" -eq 78 ]; then has "lint: $1" "$out" "$2"; else fail "lint: $1 (status $code)"; fi
	reset
}
edit() { # edit SED [FILE]: and the file must have changed
	cp "${2:-$P}" before
	sed -i "$1" "${2:-$P}"
	if cmp -s before "${2:-$P}"; then fail "the edit changed nothing: $1"; fi
}
run match-playbook -p lib2 --lint bank/system-outage
status "lint: the copy is sound" 0
edit 's/^review_by: .*/review_by: 2026-11-21/'
lint "an expired review" "playbook.yaml:7: review_by: the review has expired (2026-11-21)"
edit 's/^owner: .*/owner: kitchen/'
lint "an owner that is no role" "playbook.yaml:5: owner: is not one of roles"
edit '/id: reconcile-ledger/,/department/s/department: business/department: kitchen/'
lint "a department that is no role" "tasks.reconcile-ledger.department: kitchen is not one of roles"
edit '/id: reconcile-ledger/,/deadline/{/department:/d}'
lint "a task without owner" "tasks.reconcile-ledger.department: is missing"
edit '/id: reconcile-ledger/,/after/{/deadline:/d}'
lint "a task without deadline" "tasks.reconcile-ledger.deadline: is missing"
edit '/id: reconcile-ledger/,/after/s/red: 12h/red: 1h/'
lint "a deadline before that of what it waits for" "tasks.reconcile-ledger.deadline.red: 1h00m is before contain (4h00m)"
edit '/id: reconcile-ledger/,/after/s/red: 12h/red: 5d/'
lint "a higher level with a later deadline" "tasks.reconcile-ledger.deadline.red: is later than at orange"
edit '/id: reconcile-ledger/,/after/s/, red: 12h//'
lint "a level that a deadline leaves out" "tasks.reconcile-ledger.deadline: says nothing for red"
edit '/id: reconcile-ledger/,/after/s/red: 12h/red: noon/'
lint "a deadline that is none" "tasks.reconcile-ledger.deadline.red: expected a duration"
edit '/id: reconcile-ledger/,/after/s/after: \[contain\]/after: [nowhere]/'
lint "waiting for nothing" "there is no task 'nowhere'"
edit '/id: reconcile-ledger/,/after/s/after: \[contain\]/after: [notify-results]/'
lint "waiting in a circle" "waits for itself"
edit 's/^  red: {grade: public, approve: .*/  red: {grade: public, approve: [pr, management]}/'
lint "no legal at red" "release.red.approve: red needs legal"
edit 's/^  red: {grade: public, approve: .*/  red: {grade: public, approve: [legal]}/'
lint "one signature at red" "red needs at least two roles"
edit '/id: report-regulator/,/sign_off/s/, legal-review\]/]/'
lint "a report that legal does not see" "tasks.report-regulator: at red regulator leaves without legal sign-off"
edit 's/cluster: accidental/cluster: victim/'
lint "an apology where the cluster has none" "scct.strategies: apologise is not allowed in the cluster victim"
edit 's/, apologise//'
lint "an apology that the strategies do not have" "statement.zh.md:3: apologises where no fault of ours"
edit 's/strategies: \[.*/strategies: [inform, deny]/'
lint "deny where nothing is a rumour" "deny is for rumours and attacks alone"
edit 's/strategies: \[.*/strategies: [inform, hypnotise]/'
lint "an unknown strategy" "'hypnotise' is no strategy"
edit 's/cluster: accidental/cluster: preventable/'
edit 's/strategies: \[.*/strategies: [inform, adjust]/'
lint "preventable without rebuild" "needs apologise or compensate"
edit "s/^trigger: .*/trigger: '.type == \"fee.dispute\"'/"
lint "an unreachable trigger" "trigger: is unreachable"
edit "s/^trigger: .*/trigger: 'true'/"
lint "a trigger that takes everything" "trigger: overlaps"
edit "s/^trigger: .*/trigger: '.type == '/"
lint "a trigger that is no jq" "trigger: jq:"
edit 's/^weight: .*/weight: 11/'
lint "a weight out of bounds" "weight"
edit 's/from: .*accounts_affected.*/from: ".facts | nope"/'
lint "a fact that is no jq" "facts.accounts.from: jq:"
edit 's/^version: .*/version: 1.0/'
lint "a version" "version: expected three numbers"
printf 'escalatoin:\n  - {after: 1h, to: pr}\n' >>$P
lint "a slip of the pen in a key" "escalatoin: unknown key"
printf 'escalation:\n  - {after: 1h, to: nobody}\n  - {after: 30m, to: pr}\n' >>$P
lint "a ladder to a role nobody has" "roles.yaml has no role 'nobody'"
printf 'escalation:\n  - {after: 1h, to: pr}\n  - {after: 30m, to: pr}\n' >>$P
lint "a ladder that does not rise" "escalation.1.after: is not later than the step before"
edit '/id: cyber-report/,/verify/{/source:/d}'
lint "a clock without its law" "clocks.cyber-report.source: is missing"
edit '/id: cyber-report/,/verify/s/verify: .*/verify: 2026-01-01/'
lint "a law to be read again" "clocks.cyber-report.verify: the source must be read again (2026-01-01)"
edit '/^stages:/,/^closing:/{/^  fading:/,/en:/d}'
run match-playbook -p lib2 --lint bank/system-outage
status "lint: what is inherited is not missing" 0
reset
echo '{{hotlin}}' >>lib2/bank/system-outage/faq.zh.md
lint "an unknown placeholder" "unknown placeholder {{hotlin}}"
echo '{{ hotline }}' >>lib2/bank/system-outage/faq.zh.md
lint "a malformed placeholder" "'{{' without the id of a fact"
echo '{{hotline}} {{cause}} {{deaths}}' >>lib2/bank/system-outage/faq.en.md
lint "a placeholder in one language only" "out of step with faq.en.md: {{deaths}} is missing"
echo '## One more' >>lib2/bank/system-outage/faq.en.md
lint "a heading in one language only" "faq.en.md:1: out of step with faq.zh.md"
cp lib2/bank/system-outage/faq.zh.md lib2/bank/system-outage/faq.en.md
lint "a text in the wrong language" "faq.en.md:1: is not English"
edit 's/{{next_update}}//' lib2/bank/system-outage/statement.zh.md
lint "a statement without the time of the next word" "does not name the time of the next word"
edit 's/{{cause}}//' lib2/bank/system-outage/statement.en.md
lint "a statement without a why" "the statement does not say why (5W1H)"
yes '我们逐笔核对每一笔交易并用短信逐户告知。' | head -20 >>lib2/bank/system-outage/statement.zh.md
lint "a statement too long" "Chinese characters, at most 450"
echo '我们高度重视。' >>lib2/bank/system-outage/statement.zh.md
lint "vague words" "'高度重视' says nothing that can be checked"
echo '必要时联系平台有偿删帖。' >>lib2/bank/system-outage/reply.zh.md
lint "paying for deletion" "'有偿删帖' is against the law"
echo '- If needed, threaten the poster with a lawsuit.' >>lib2/bank/system-outage/reply.en.md
lint "threats" "is against the law or near it"
edit '/id: reconcile-ledger/,/duty/s/逐笔/先编造一个理由，再逐笔/'
lint "unlawful advice in a duty" "tasks.reconcile-ledger.duty.zh: '编造一个理由'"
echo '网传内容纯属谣言。' >>lib2/bank/system-outage/statement.zh.md
lint "denial of what is open" "denies what may be open"
echo '请联系王建国经理，电话13812345678。' >>lib2/bank/system-outage/faq.zh.md
lint "personal data" "personal data: phone"
echo x >lib2/bank/system-outage/notes.txt
lint "a stray file" "notes.txt:1: a file that no playbook has"
head -2 sound/tests.ndjson >lib2/bank/system-outage/tests.ndjson
lint "too few examples" "fewer than three examples"
grep '"id":"bank/system-outage"' sound/tests.ndjson >lib2/bank/system-outage/tests.ndjson
lint "no near miss" "no near miss"
sed 's|"id":"bank/system-outage"|"id":"bank/other"|' sound/tests.ndjson >lib2/bank/system-outage/tests.ndjson
lint "an example that wants what is not there" "there is no such playbook"
cp -R sound lib2/bank/system-outage-b
sed -i "s,^id: .*,id: bank/system-outage-b,; s/^trigger: .*/trigger: '.type == \"system.outage\"'/" lib2/bank/system-outage-b/playbook.yaml
lint "two that fight over the same" "overlaps with bank/system-outage-b for system.outage"
sed -i 's/^weight: .*/weight: 2/' lib2/bank/system-outage-b/playbook.yaml
lint "one that can never win" "is unreachable: bank/system-outage-b always wins"
rm -rf lib2/bank/system-outage-b
echo 'id: x' >$P
lint "a playbook of one line" "is missing in the file itself"
printf 'id: \377\n' >$P
lint "a file that is not UTF-8" "playbook.yaml:1"
: >$P
lint "an empty file" "playbook.yaml"
done_testing
