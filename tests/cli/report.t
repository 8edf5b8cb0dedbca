#!/bin/sh
# report: the numbers are those of the posts, each opens to what is behind it, and nothing collected gets out of hand.
# shellcheck disable=SC2034,SC2086
. "$(dirname "$0")/../lib.sh"
now=2026-11-22T16:00:00Z
esc=$(printf '\033')
simulate day --posts 3000 --members >"$T/day.ndjson"
cd "$T" || exit 1

# --- from the store: the figures against an independent count ---
store add day.ndjson >/dev/null
run report daily -f json --now $now
status "a daily report of the store" 0
printf '%s\n' "$out" >daily.json
figure() { jq -r --arg k "$1" '.sections[].blocks[].figures[]? | select(.id == $k) | .value' daily.json; }
neg='(.sentiment.label == "neg") and (.subjects[0].voice | IN("own", "rival", "staff") | not) and .crisis.kind != "ad"'
about='(.subjects | length) > 0'
is "as many posts as name a subject" "$(figure posts)" "$(jq -c "select($about)" day.ndjson | wc -l)"
is "as many negative ones as the public wrote" "$(figure negative)" "$(jq -c "select($about) | select($neg)" day.ndjson | wc -l)"
is "as many negative authors" "$(figure negative_authors)" \
	"$(jq -r "select($about) | select($neg) | .platform + \" \" + .author.id" day.ndjson | sort -u | wc -l)"
is "as many media posts" "$(figure media)" "$(jq -c 'select(.subjects[0].voice == "media")' day.ndjson | wc -l)"
is "copies and shares: a post that is both counts once" "$(figure copies)" \
	"$(jq -c "select($about) | select(.dup != null or .form == \"repost\" or .form == \"comment\")" day.ndjson | wc -l)"
is "the share is that of the two" "$(figure negative_share)" \
	"$(jq -n --argjson n "$(figure negative)" --argjson d "$(figure posts)" '($n / $d * 10000 | round) / 10000')"
is "hours add up to all posts" "$(jq '[.sections[].blocks[] | select(.name == "trend") | .posts[]] | add' daily.json)" "$(figure posts)"
is "so do platforms" "$(jq '[.sections[].blocks[] | select(.name == "platforms") | .rows[].posts] | add' daily.json)" "$(figure posts)"
is "the fullest platform" "$(jq -r '[.sections[].blocks[] | select(.name == "platforms") | .rows[]][0].posts' daily.json)" \
	"$(jq -r "select($about) | .platform" day.ndjson | sort | uniq -c | sort -rn | awk 'NR == 1 { print $1 }')"
is "the day begins at midnight in Beijing" "$(jq -r '.window.from' daily.json)" 2026-11-21T16:00:00Z

# --- every number opens ---
jq -c '.sections[].blocks[] | (.figures[]?, .rows[]?.evidence[]?) | select(.query) | {q: .query, n: .ids_total, first: .ids[0]}' daily.json >opens
ok "numbers carry commands" test "$(wc -l <opens)" -ge 20
bad=0 tried=0
while IFS= read -r o; do
	n=$(printf '%s' "$o" | jq .n)
	q=$(printf '%s' "$o" | jq -r .q)
	got=$(sh -c "$q --count")
	tried=$((tried + 1))
	[ "$got" = "$n" ] || { bad=$((bad + 1)); diag "$q: $got, the report says $n"; }
done <<O
$(sed -n '1,24p' opens)
O
is "each command lists as many posts as its number says ($tried tried)" $bad 0
id=$(jq -r 'select(.n > 100) | .first' opens | head -1)
is "an id behind a number is a stored post" "$(store query --id "$id" --count)" 1
is "the ids named first have the most engagement" \
	"$(jq -r '[.sections[].blocks[].figures[]? | select(.id == "negative") | .ids[]][0:3] | join(" ")' daily.json)" \
	"$(jq -r "select($about) | select($neg) | [(.metrics | (.likes // 0) + (.reposts // 0) + (.comments // 0) + (.favourites // 0)), .published, .id] | @tsv" day.ndjson |
		sort -k1,1nr -k2,2 -k3,3 | head -3 | awk '{ printf "%s%s", s, $3; s = " " }')"

# --- the same input, the same bytes ---
for f in text html md json csv; do
	report daily -f $f --now $now >one.$f
	report daily -f $f --now $now >two.$f
	ok "$f is the same twice" cmp one.$f two.$f
done
sort -R --random-source=one.json day.ndjson >shuffled.ndjson
report flash -f json --now $now day.ndjson >a.json
report flash -f json --now $now shuffled.ndjson >b.json
ok "the order of records does not matter" cmp a.json b.json
sed -n '1,1500p' day.ndjson >half.ndjson
cat day.ndjson half.ndjson | report flash -f json --now $now | jq -S 'del(.sections[] | select(.id == "method"))' >c.json
ok "a post met twice counts once" sh -c "jq -S 'del(.sections[] | select(.id == \"method\"))' a.json | cmp - c.json"

# --- text ---
is "text has no colour in a pipe" "$(grep -c "$esc" one.text)" 0
is "nor lines over 100 columns" "$(awk 'END { print (NR > 50) }' one.text)$(wc -L <one.text | awk '{ print ($1 <= 100) }')" 11
run report daily --now $now --color always
has "colour when asked for" "$out" "${esc}["
run report daily --now $now --lang en
has "English headings" "$out" "What was said"
hasnt "and no Chinese ones" "$out" "摘要"

# --- incidents in a pipe, no store ---
detect --now $now day.ndjson 2>/dev/null | match-playbook --now $now 2>/dev/null >inc.ndjson
out=$(report -f text --now $now <inc.ndjson)
code=$?
status "incidents alone give a report" 0
has "with the level" "$out" "$(jq -r '{"blue": "蓝", "yellow": "黄", "orange": "橙", "red": "红"}[.level]' inc.ndjson)色预警"
has "why it was reached" "$out" "blue.people"
has "the playbook" "$out" "bank/system-outage"
has "and posts as evidence" "$out" "$(jq -r '.posts[0]' inc.ndjson)"
cat day.ndjson inc.ndjson >both.ndjson
run report flash -f json both.ndjson --now $now
is "posts and incidents together: levels stand in the trend" \
	"$(printf '%s' "$out" | jq -r '[.sections[].blocks[] | select(.name == "trend") | .marks[] | select(.kind == "level") | .level] | join(" ")')" \
	"$(jq -r '[.path[].level] | join(" ")' inc.ndjson)"
is "own statements too" "$(printf '%s' "$out" | jq '[.sections[].blocks[] | select(.name == "trend") | .marks[] | select(.kind == "own")] | length')" \
	"$(jq -c 'select(.subjects[0].voice == "own")' day.ndjson | wc -l)"

# --- where records come from ---
: >empty
out=$(report daily --now $now -f json <empty | jq -r .kind)
is "an empty file on standard input means the store" "$out" report
out=$(: | report daily --now $now -f json | jq -r .kind)
is "so does an empty pipe, which is what cron gives" "$out" report
out=$(report daily --now $now -f json -d "$TOCSIN_DB" <inc.ndjson | jq -r '.level')
is "with -d standard input is left alone" "$out" none
run report daily --now 2020-01-01T00:00:00Z
status "a period without records is 1" 1
has "and says so" "$err" "nothing to report: no record from 2019-12-31T00:00:00Z to 2020-01-01T00:00:00Z"
run report daily --subject nobody --now $now
status "an unknown subject is 1" 1
run report daily -d "$T/none.db" --now $now
status "no store is 78" 78
run report case --case c-9 --now $now
status "no such case is 1" 1
has "and names it" "$err" "no case 'c-9'"
printf '%s\n{"kind":"post","id":\n' "$(sed -n 1p day.ndjson)" >broken.ndjson
run report flash --now $now broken.ndjson
status "a malformed line is 65" 65
has "the report says how many" "$out" "1 行不合格式"
for o in '-f pdf' '--lang de' '--color maybe' '--offset 99h' '--offset x' '--ids 0' 'case' '--case 1' '--since 2026-02-01T00:00:00Z --until 2026-01-01T00:00:00Z'; do
	run report $o
	status "report $o is a usage error" 64
done
report daily --now $now >/dev/full 2>err
is "a full device is 74" $? 74

# --- a case, seen at its end and earlier ---
step() {
	store query --until "$1" --since 24h --now "$1" | detect --now "$1" 2>/dev/null | match-playbook --now "$1" 2>/dev/null |
		casefile open --now "$1" >/dev/null
}
step 2026-11-22T06:00:00Z
task=$(casefile show 1 --now $now -f json | jq -r '[.tasks[] | select(.after == null and .sign_off == null and .due)][0].id')
casefile task 'done' 1 "$task" --now 2026-11-22T06:10:00Z >/dev/null 2>err || diag "$(cat err)"
run report case --case 1 -f json --now $now
status "a case file" 0
printf '%s\n' "$out" >case.json
is "with every task" "$(jq '[.sections[].blocks[] | select(.name == "tasks_open" or .name == "tasks_over") | .rows[]] | length' case.json)" \
	"$(casefile show 1 --now $now -f json | jq '.tasks | length')"
is "the one that is done" "$(jq -r '.sections[].blocks[] | select(.name == "tasks_over") | .rows[0].task' case.json)" "$task"
is "as many late ones as there are" \
	"$(jq '[.sections[].blocks[] | select(.name == "tasks_open") | .rows[] | select(.due and .due < "2026-11-22T16:00:00Z") | select(.clock | startswith("逾期"))] | length' case.json)" \
	"$(casefile show 1 --now $now -f json | jq '[.tasks[] | select((.state == "open" or .state == "started") and .due and .due < "2026-11-22T16:00:00Z")] | length')"
is "every event of the audit trail" "$(jq '[.sections[].blocks[] | select(.name == "audit") | .rows[]] | length' case.json)" "$(casefile log 1 -f json | wc -l)"
is "the hash of the trail" "$(jq -r .head case.json)" "$(store stats 2>/dev/null | grep -o -E '[0-9a-f]{64}')"
run report case --case 1 -f json --now 2026-11-22T06:05:00Z
is "five minutes earlier nothing was done" "$(printf '%s' "$out" | jq '[.sections[].blocks[] | select(.name == "tasks_over") | .rows[]] | length')" 0
run report dashboard --now $now
has "the dashboard lists the case" "$out" "c-2026-0001"
for k in flash daily weekly monthly dashboard; do
	run report $k -f html --now $now
	status "$k as a page" 0
	has "$k names its language" "$out" '<html lang="zh-CN">'
	hasnt "$k holds no script" "$out" '<script'
	has "$k forbids everything but its style" "$out" "default-src 'none'; style-src 'sha256-"
done
run report dashboard -f html --refresh 60s --now $now
has "a dashboard that loads itself again" "$out" '<meta http-equiv="refresh" content="60">'
css=$(report daily -f html --now $now | tr '\n' '\001' | sed 's/.*<style>//; s/<\/style>.*//' | tr '\001' '\n' | openssl dgst -sha256 -binary 2>/dev/null | base64)
if [ -n "$css" ] && command -v openssl >/dev/null; then
	has "the policy names the hash of the style" "$(report daily -f html --now $now | grep -o 'sha256-[^;]*')" "$css"
else
	skip "the policy names the hash of the style" "openssl is not installed"
fi

# --- hostile records ---
h="$FIX/report/hostile.ndjson"
for f in text html md json csv; do
	report daily -f $f --now 2026-11-22T08:00:00Z --since 2026-11-21T16:00:00Z "$h" >h.$f
	is "$f: nothing that steers a terminal or turns text around" \
		"$(LC_ALL=C grep -c -a -E "$(printf '[\001-\010\013\014\016-\037\177]|\302[\200-\237]|\342\200[\252-\256\216\217]|\342\201[\246-\251]')" h.$f)" 0
done
is "html: no tag of theirs" "$(grep -c -i -E '<(script|img|b |iframe)|<svg/' h.html)" 0
is "html: links lead to the web only" "$(grep -o -E 'href="[^"#][^"]*"' h.html | sort -u | tr '\n' ' ')" 'href="https://ok.example/a?b=1&amp;c=2" '
is "csv: no cell is a formula" "$(sed 's/\r$//' h.csv | grep -c -E '(^|,)"?[=+@|-][^0-9.]')" 0
is "csv: every line has as many cells" "$(report daily -f csv --now $now | tr -d '\r' | sed 's/"[^"]*"/q/g' | awk -F, '{ print NF }' | sort -u)" 7
is "md: no tag, no link but to the web" "$(grep -c -E '<(script|img|svg|b )|[^\\]\]\((javascript|data)' h.md)" 0
ok "json is one record" test "$(jq -s length h.json)" = 1
is "text: lines keep to 100 columns" "$(wc -L <h.text | awk '{ print ($1 <= 100) }')" 1
awk 'BEGIN { for (i = 0; i < 200000; i++) s = s "長"; printf "{\"kind\":\"post\",\"id\":\"x\",\"source\":\"t\",\"published\":\"2026-11-22T08:00:00Z\",\"text\":\"%s\"}\n", s }' >long.ndjson
run report flash -f html long.ndjson --now $now
status "a post of 600,000 bytes" 0
ok "is shown in part" test "$(printf '%s' "$out" | wc -c)" -lt 60000
# --- a rival's own voice is not ours
cat >rivals.ndjson <<'N'
{"kind":"post","id":"r:1","source":"s","platform":"weibo","published":"2026-11-22T02:00:00Z","text":"态度差","subjects":[{"id":"ours","voice":"public"}],"sentiment":{"label":"neg","score":-0.8,"confidence":0.9},"crisis":{"type":"service.attitude","confidence":0.9,"kind":"complaint"}}
{"kind":"post","id":"r:2","source":"s","platform":"weibo","published":"2026-11-22T02:10:00Z","text":"我院公告","subjects":[{"id":"theirs","voice":"own","side":"rival"}],"sentiment":{"label":"neu","score":0,"confidence":0.9}}
{"kind":"post","id":"r:3","source":"s","platform":"weibo","published":"2026-11-22T02:20:00Z","text":"他们骗人","subjects":[{"id":"theirs","voice":"public","side":"rival"}],"sentiment":{"label":"neg","score":-0.8,"confidence":0.9},"crisis":{"type":"fraud.theft","confidence":0.9,"kind":"complaint"}}
N
report daily --now 2026-11-22T06:00:00Z -f json rivals.ndjson >rivals.json
is "the rival's notice is not our word, complaints about the rival are not ours" \
	"$(jq -c '[.sections[].blocks[].figures[]? | select(.id == "negative") | .value], [.sections[].blocks[] | select(.name == "own") | .id]' rivals.json | tr -d '\n')" '[1][]'
done_testing
