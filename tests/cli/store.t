#!/bin/sh
# store: what goes in comes out, is found, counted, corrected and forgotten.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
cat >posts.ndjson <<'E'
{"kind":"post","id":"w:1","source":"weibo","platform":"weibo","text":"华沛银行排队两小时没人管","published":"2026-11-21T02:10:00Z","author":{"id":"u1"},"subjects":[{"id":"huapei-bank"}],"sentiment":{"label":"neg","score":-0.9},"crisis":{"type":"service.delay"},"metrics":{"likes":3}}
{"kind":"post","id":"w:2", "source":"weibo","platform":"weibo","text":"\u534e\u6c9b客服很好","published":"2026-11-21T03:20:00+00:00","author":{"id":"u2"},"subjects":[{"id":"huapei-bank"}],"sentiment":{"label":"pos","score":0.8},"n":1.000,"big":12345678901234567890}
{"kind":"odd","id":"x"}
{"kind":"post","id":"n:3","source":"news","platform":"news","title":"通告","text":"","published":"2026-11-22T02:30:00Z","subjects":[{"id":"jn-hospital"}],"sentiment":{"label":"neg","score":-0.4},"crisis":{"type":"none"}}
E
runin posts.ndjson store add
status "posts are taken" 0
is "all records are passed on untouched" "$out" "$(cat posts.ndjson)"
run store query
is "what was stored comes back byte for byte, in order of time" "$out" "$(grep '"post"' posts.ndjson)"
runin posts.ndjson store add -v
has "the same again adds nothing" "$err" "0 new, 0 changed"
run store stats
has "three posts" "$out" "posts       3"
has "one reading" "$out" "readings    1"

run store query --text 排队 --count
is "two characters within a run" "$out" 1
run store query --text '华沛' --count
is "escaped text is found too" "$out" 2
run store query --text 没有 --count
is "what is not there" "$out" 0
status "no match is status 1" 1
run store query --where '.sentiment.score < -0.5'
is "a jq condition" "$(printf '%s' "$out" | jq -r .id)" "w:1"
run store query --where '.big == "12345678901234567890"' --count
is "a long integer is not damaged in a condition" "$out" 1
run store query --where '.text |'
status "a faulty condition is refused" 78
has "and named" "$err" "--where: syntax error"
run store query --where '.text + 1 == 2'
status "one that fails on records" 65
run store query --since 2026-11-22T00:00:00Z --until 2026-11-23T00:00:00Z
is "a day" "$(printf '%s' "$out" | jq -r .id)" "n:3"
run store query --now 2026-11-22T03:00:00Z --since 24h --count
is "a duration counts back from now" "$out" 2
run store query --subject huapei-bank --sentiment neg --type service.delay --platform weibo --source weibo
is "all conditions at once" "$(printf '%s' "$out" | jq -r .id)" "w:1"
run store query --newest --limit 1
is "the newest" "$(printf '%s' "$out" | jq -r .id)" "n:3"
run store query --where '.sentiment.label == "neg"' --limit 1 --count
is "the limit counts what the condition leaves" "$out" 1
run store query --id w:2
is "by id, as it was written" "$out" "$(sed -n 2p posts.ndjson)"
run store query --sentiment bad
status "an unknown sentiment" 64

run store series --step 24h --offset 8h --value neg_share
is "days of Beijing" "$(printf '%s\n' "$out" | jq -c '[.series,.ts,.value,.n]')" '["all","2026-11-20T16:00:00Z",0.5,2]
["all","2026-11-21T16:00:00Z",1,1]'
run store series --by subject --fill --subject huapei-bank
is "hours, gaps filled" "$(printf '%s\n' "$out" | jq -c '[.series,.ts,.value]')" '["huapei-bank","2026-11-21T02:00:00Z",1]
["huapei-bank","2026-11-21T03:00:00Z",1]'
run store series --step 90m
status "a bucket that is not whole hours" 64

sed 's/"likes":3/"likes":30/' posts.ndjson | store add --now 2099-01-01T00:00:00Z >/dev/null
is "new counts replace the old in the record" "$(store query --id w:1 | jq .metrics.likes)" 30
has "and add a reading" "$(store stats)" "readings    2"
run store label w:1 type=fee.dispute sentiment=neu --reason 'it is about the bill'
status "a label" 0
is "labels come with their post" "$(store query --kind label | jq -c '[.id,.labels]')" '["w:1",{"sentiment":"neu","type":"fee.dispute"}]'
run store label w:1 type=fee
status "a group is no type" 64
run store label w:1 type=fee.disputes
status "a type that the taxonomy has not" 64
has "is named" "$err" "fee.disputes"
run store label w:1 sentiment=bad
status "nor is any word a polarity" 64
mkdir -p "$T/own"
printf 'extends: shipped\ntypes:\n  care:\n    types:\n      care.parking:\n        label: {en: Parking, zh: 停车}\n        zh: {3: [停车难]}\n' >"$T/own/taxonomy.yaml"
ok "a type of one's own is taken" env TOCSIN_CONFIG="$T/own" store label w:1 type=care.parking
ok "and so are the shipped ones beside it" env TOCSIN_CONFIG="$T/own" store label w:1 type=fee.dispute industry=bank
run store label nobody type=none
status "no such post" 1
run store label w:1 "$(printf 'a\033[31m')=x"
status "a field that is no word" 64
for x in --id --text --subject --type --platform --source --cluster; do
	run store query $x ''
	status "query $x with nothing is no condition left out" 64
done
run store label w:1 type
status "no value" 64
is "who labelled stands in the trail" "$(store query --kind event | jq -r .what | sort -u)" "post.label"

run store check
status "nothing is wrong" 0
run store backup "$T/copy.db"
status "a backup" 0
is "it holds the same" "$(store query -d copy.db)" "$(store query)"
run store backup "$T/copy.db"
status "is not overwritten" 74
run store forget --author u2
is "an author is forgotten" "$out" "1 posts deleted"
is "with the words" "$(store query --text 客服 --count)" 0
case $(store query --kind event | jq -c 'select(.what == "store.forget")') in *u2*) fail "the trail does not keep the name" ;; *) pass "the trail does not keep the name" ;; esac
run store purge --before 2026-11-20
is "a date will do for a time, and is its beginning" "$out" "0 posts deleted"
run store purge --before 2026-02-30
status "a date no calendar has is none" 64
run store query --type product.safty --count
is "a type the taxonomy does not have: nothing" "$out $code" "0 1"
is "and a note says so" "$err" "store query: --type: the taxonomy has no type 'product.safty'"
run store series --type product.safty
has "of sums, too" "$err" "the taxonomy has no type 'product.safty'"
run store query --type staff.misconduct --since 2030-01-01 --count
is "one it has: no note" "$err" ""
run store purge --before 2026-11-22T00:00:00Z
is "old posts are purged" "$out" "1 posts deleted"
is "their sums stay" "$(store series --step 24h | jq -s 'map(.n) | add')" 3
run store check
status "and the store is sound" 0
run store purge
status "purge without a time" 64

sqlite3 "$TOCSIN_DB" "UPDATE hours SET n = n + 1 WHERE subject = ''" 2>/dev/null && {
	run store check
	status "sums that do not add up" 1
	has "are named" "$out" "the hourly sums count"
	sqlite3 "$TOCSIN_DB" "UPDATE hours SET n = n - 1 WHERE subject = ''"
}
cp "$TOCSIN_DB" damaged.db
sqlite3 damaged.db "DELETE FROM post_text_data WHERE id > 100000" 2>/dev/null && {
	run store check -d damaged.db
	has "a damaged search index is found" "$out" "the search index is damaged"
}
cp "$TOCSIN_DB" damaged.db
sqlite3 damaged.db "UPDATE posts SET json = replace(json, '通告', '通知') WHERE id = 'n:3'" 2>/dev/null && {
	run store check -d damaged.db
	has "a post changed by other means is found" "$out" "post n:3: its bytes are not the ones that were stored"
}
dd if=/dev/urandom of=damaged.db bs=4096 seek=3 count=2 conv=notrunc 2>/dev/null
run store check -d damaged.db
ok "a damaged file is found, or refused as damaged (status $code)" test "$code" -eq 1 -o "$code" -eq 78
printf '{"kind":"post","id":"d:1","source":"s","text":"演练","published":"2026-11-22T02:30:00Z","drill":{"id":"fire"}}\n' | store add >/dev/null
is "a drill is left out" "$(store query --text 演练 --count)" 0
is "and found when asked for" "$(store query --drills | jq -r .id)" "d:1"
printf '{"kind":"post","id":"b:1","text":"x"}\n{"kind":"post","id":"b:2","source":"s","text":"x","published":"2026-11-22T02:30:00Z"}\n' >bad
runin bad store add --rejects rej
status "a post without a time is malformed" 65
has "named with its line" "$err" ":1: post without a time of publication"
is "kept" "$(cat rej)" "$(head -1 bad)"
printf '{"kind":"post","id":"b:3","source":"s","text":"x","published":"昨天"}\n' >bad3
runin bad3 store add
status "nor is one whose time is in words" 65
has "and the message says what stands there" "$err" ":1: post whose 'published' is '昨天', not an RFC 3339 time"
is "and the next one stored" "$(store query --id b:2 | jq -r .id)" "b:2"
run store query -d "$T/nothing.db"
status "a mistyped store is a fault" 78
has "and the message says who makes one" "$err" "('store add' and 'fetch' make one)"
ok "and is not made" test ! -e "$T/nothing.db"
run store
status "no verb" 64
run store frobnicate
status "an unknown verb" 64
chmod 0400 "$TOCSIN_DB"
if [ "$(id -u)" -ne 0 ]; then
	runin posts.ndjson store add
	status "a store that may not be written" 74
else
	skip "a store that may not be written" "root may write everything"
fi

# --- names and numbers that mean something to a library and nothing here
printf '{"kind":"post","id":"n:1","source":"s","published":"2026-11-22T01:00:00Z","text":"x","n":1e18}\n' >odd
store add -d ./:memory: odd >"$T/.out"
is "a store may be called :memory:" "$(store query -d :memory: --count)" 1
run store backup -d :memory: file:copy.db
status "a backup is a file by that name" 0
is "and holds the store" "$(store query -d file:copy.db --count)" 1
run store query -d :memory: --where '.n | todate'
status "a number that is no date is no reason to die" 65
has "it is said" "$err" "no date has this number of seconds"
is "a date still is one" "$(store query -d :memory: --where '(.n / 1e10 | todate) == "1973-03-03T09:46:40Z" and (.n / 1e10 | gmtime | mktime) == 1e8' --count)" 1
done_testing
