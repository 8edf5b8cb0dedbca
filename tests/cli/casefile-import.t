#!/bin/sh
# casefile import: what comes from elsewhere is history, changes nothing that is here and vouches for nothing.
# shellcheck disable=SC1010,SC2094
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
mkdir conf
export TOCSIN_CONFIG="$T/conf" TOCSIN_NOW=2026-11-22T08:00:00Z
me=$(id -un)
cat >conf/roles.yaml <<Y
roles:
  - {id: clerk, may: [open]}
  - {id: legal, may: [work]}
  - {id: head, may: [open, work, escalate, lower, close, correct]}
  - {id: courier, may: [import]}
people:
  - {login: $me, roles: [head, legal]}
  - {login: nobody, roles: [clerk]}
  - {login: post, roles: [courier]}
act_for: [$me]
Y
command -v python3 >/dev/null || {
	skip "imports" "python3 is not installed"
	done_testing
	exit
}
# A case as anybody can make one up, hashes and all: make FILE ID, further events as lines "ACTOR KIND DATA" and texts
# as lines "TEXT ID VERSION STATE TEXT" on standard input.
cat >make.py <<'P'
import hashlib, json, sys
name, case = sys.argv[1:3]
out, seq, prev = [], 0, "0" * 64
def line(o): out.append(json.dumps(o, ensure_ascii=False, separators=(",", ":")))
def event(actor, kind, data):
    global seq, prev
    seq += 1
    h = hashlib.sha256(("tocsin-event-1\n%d\n%d\n" % (seq, 1795330800)).encode())
    for p in (actor, case, kind, data):
        h.update(b"%d:" % len(p.encode()) + p.encode() + b"\n")
    h.update(prev.encode())
    line(dict(kind="event", seq=seq, ts="2026-11-22T07:00:00Z", actor=actor, case=case, what=kind, data=json.loads(data), prev=prev, hash=h.hexdigest()))
    prev = h.hexdigest()
rest = []
for l in sys.stdin:
    w = l.rstrip("\n").split(" ", 4)
    if w[0] == "TEXT":
        line(dict(kind="text", case=case, id=w[1], version=int(w[2]), form="statement", lang="zh", state=w[3], author="li.legal", created="2026-11-22T07:00:00Z", sha256=hashlib.sha256(w[4].encode()).hexdigest(), text=w[4], notes={}))
    else:
        rest.append(l.rstrip("\n").split(" ", 2))
event("root", "case.open", '{"subject":"huapei-bank","type":"system.outage","level":"red"}')
for r in rest:
    event(*r)
open(name, "w").write("\n".join(out) + "\n")
P
make() { python3 make.py "$@"; }
sql() { sqlite3 "$TOCSIN_DB" "$1"; }

# --- a forged release
text=华沛银行宣布破产，请速取款。
sha=$(printf %s "$text" | sha256sum | cut -d' ' -f1)
id=d-2026-0001-statement-zh
make forged c-2026-0001 <<X
TEXT $id 1 released $text
li.legal draft.approve {"draft":"$id","version":1,"sha256":"$sha","role":"legal"}
root draft.approve {"draft":"$id","version":1,"sha256":"$sha","role":"management"}
li.legal draft.release {"draft":"$id","version":1,"sha256":"$sha"}
li.legal release.sign {"grade":"public","role":"legal"}
li.legal release.grade {"grade":"public"}
root task.add {"task":"t","duty":"x","sign_off":"legal"}
li.legal task.sign {"task":"t","role":"legal"}
root case.import {"case":"c-2026-0009","head":"x"}
X
run casefile import forged --as nobody
has "the right to open is not the right to import" "$err" "nobody may not import"
run casefile import forged
has "nor are all the others" "$err" "$me may not import"
casefile open --subject huapei-bank --type system.outage --level red >/dev/null
run casefile import forged --as post
status "who may import, may" 0
c=$(printf '%s\n' "$out" | jq -r .id)
is "under a number that is free" "$c" c-2026-0002
is "no grade is in force" "$(casefile show 2 -f json | jq -c '.release // null | if . == null then null else .grade end')" null
is "no task is signed" "$(casefile show 2 -f json | jq -c '[.tasks[]|.signed_by // empty]')" '[]'
printf '{"kind":"draft","id":"d-2026-0002-statement-zh","version":1,"case":"%s","subject":"huapei-bank","level":"red","form":"statement","lang":"zh","state":"released","sha256":"%s","text":"%s"}\n' "$c" "$sha" "$text" >rec
cat >conf/channels.yaml <<'Y'
channels:
  - {id: out, kind: command, command: [cat]}
routes:
  - {to: out}
Y
run draft show d-2026-0002-statement-zh -f json
is "what was released elsewhere is a draft here, under the number of its case" "$(printf '%s\n' "$out" | jq -c '[.id,.state,.case]')" '["d-2026-0002-statement-zh","draft","c-2026-0002"]'
run draft release d-2026-0002-statement-zh
ok "and is not released" test "$code" -ne 0
is "the case that was here has none of it" "$(casefile export 1 | grep -c '"kind":"text"')" 0
is "approvals, releases, signatures and imports are history" "$(casefile log 2 -f json | jq -r .what | grep import | tr '\n' ' ')" \
	"import.draft.approve import.draft.approve import.draft.release import.release.sign import.release.grade import.task.sign import.case.import case.import "
is "and every actor is a stranger" "$(casefile log 2 -f json | jq -r 'select(.what!="case.import").actor' | sort -u | tr '\n' '|')" "li.legal via import by post|root via import by post|"
is "events name the text by its id of here" "$(casefile log 2 --kind import.draft. -f json | jq -r .data.draft | uniq)" d-2026-0002-statement-zh
has "people read that it was elsewhere" "$(casefile timeline 2)" "elsewhere: release public is in force"
ok "the trail is sound" casefile verify
casefile export 2 >again
run casefile import again -d third.db --as post
status "it travels on" 0
is "as history" "$(casefile log 2 -d third.db -f json | jq -r .what | grep -c '^import\.import')" 0
if command -v sqlite3 >/dev/null; then
	is "no approval stands in the store" "$(sql 'SELECT count(*) FROM approvals')" 0
else
	skip "no approval stands in the store" "sqlite3 is not installed"
fi
make w c-2026-0100 <<X
TEXT d-2026-0100-statement-zh 1 withdrawn $text
X
casefile import w --as post -d w.db >/dev/null
is "a text that was withdrawn stays so" "$(draft show d-2026-0100-statement-zh -d w.db -f json | jq -r .state)" withdrawn

# --- texts of others
for t in d-2026-0001-statement-zh d-2026-00021-x d-2026-0002 x "$(printf 'd-2026-0001')"; do
	printf 'TEXT %s 1 draft boo\n' "$t" | make other c-2026-0077
	run casefile import other --as post
	has "a text of another case: $t" "$err" "belongs to another case than c-2026-0077"
done
make v2 c-2026-0077 <<X
TEXT d-2026-0077-statement-zh 2 draft boo
X
run casefile import v2 --as post
has "a second version without its first" "$err" "version 2 does not follow"

# --- the chain
make good c-2026-0300 <<X
root case.note {"text":"one"}
root case.note {"text":"two"}
X
sed 's/"one"/"ONE"/' good >bad
run casefile import bad --as post
has "a changed event, with its line" "$err" "bad:2: the event does not have its hash"
sed 's/"actor":"root"/"actor":"li"/' good >bad
run casefile import bad --as post
has "another actor" "$err" "bad:1: the event does not have its hash"
{ sed -n 1p good && sed -n 3p good && sed -n 2p good; } >bad
run casefile import bad --as post
has "another order" "$err" "bad:3: the event does not follow the one before"
make branch c-2026-0300 <<X
root case.note {"text":"other"}
root case.note {"text":"two"}
X
{ sed -n 1,2p good && sed -n 3p branch; } >bad
run casefile import bad --as post
has "an event of another chain" "$err" "bad:3: the event does not follow the one before"
printf '%s\n' 'root import.case.open {}' | make bad c-2026-0300
run casefile import bad --as post
has "history of no known kind" "$err" "no kind that is known"
printf '%s\n' 'root case.open {"level":"blue"}' | make bad c-2026-0300
run casefile import bad --as post
has "a case opens once" "$err" "case 'c-2026-0300' exists already"
is "none of it left anything" "$(casefile log -f json | jq -r .case | sort -u | tr '\n' ' ')" "c-2026-0001 c-2026-0002 "

# --- once
run casefile import good --as post
status "a case" 0
printf 'root case.note {"text":"%s"}\n' one two three | make longer c-2026-0300
run casefile import longer --as post
has "comes in once, also with more" "$err" "was imported before"
sed -n 1,2p good >shorter
run casefile import shorter --as post
has "and with less" "$err" "was imported before"
casefile export 1 >own
run casefile import own --as post
has "and not where it is from" "$err" "c-2026-0001 is from this store"

# --- evidence
echo shot >shot
casefile open --subject x --type y -d e.db >/dev/null
casefile attach 1 shot -d e.db >/dev/null
casefile export 1 -d e.db >with
grep -v '"kind":"evidence"' with >without
run casefile import without --as post
has "evidence that is missing" "$err" "its evidence does not come before it"
run casefile import with --as post
status "evidence that is there" 0
ok "and the store is sound" casefile verify

# --- ids
e=$(printf '\033')
for bad in c-2026-zzzzzzzz c- c-2026- c-2026-1 c-2026-1234567890 c-2026-99999999999999999 c-20260-0001 c-2026-00005 c-../../etc "c-2026-${e}[31m" "c-2026-0001 " 'c-2026-%s%n' c-２０２６-0001; do
	make odd "$bad" </dev/null
	run casefile import odd --as post
	has "no id: $(printf %s "$bad" | tr -d '\033')" "$err" "the case has no id as c-2026-0001"
	hasnt "and not repeated to the terminal" "$err" "$e"
done
export TOCSIN_DB="$T/n.db"
make one c-2026-0007 </dev/null
casefile import one --as post >/dev/null
is "the next number follows" "$(casefile open --subject a --type b | jq -r .id)" c-2026-0008
make last c-2026-999999999 </dev/null
casefile import last --as post >/dev/null
is "the last number taken: the lowest that is free" "$({ casefile open --subject a --type b; casefile open --subject a --type b; } | jq -r .id | tr '\n' ' ')" "c-2026-0001 c-2026-0002 "
if command -v sqlite3 >/dev/null; then
	sql "DELETE FROM cases" # rows follow from events: losing them must not free a number
	is "a lost row frees no number" "$(casefile open --subject a --type b | jq -r .id)" c-2026-0003
	casefile rebuild >/dev/null
	sql "INSERT INTO cases SELECT 'c-2026-zzzzzzzz', incident, subject, type, level, state, title, owner, playbook, playbook_version, opened, updated, closed, due, tasks, open_tasks, incident_level, incident_hash, incident_ts, merged_into, seq, drill, json FROM cases WHERE id = 'c-2026-0001'"
	is "an id that is no number is passed over" "$(casefile open --subject a --type b | jq -r .id)" c-2026-0004
	casefile rebuild >/dev/null
fi
ok "nothing was written over" casefile verify
run casefile open --subject a --type b --now 9999-12-31T23:59:60Z
status "no case in the year 10000" 64
casefile open --subject a --type b --now 9999-12-31T23:59:59Z >/dev/null
is "but in the year before" "$(casefile list -f json --now 9999-12-31T23:59:59Z | jq -r .id | grep -c c-9999-0001)" 1
done_testing
