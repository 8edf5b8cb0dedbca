#!/bin/sh
# The two lines of cron, run twice: the second time nothing changes and nobody is told again.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
TOCSIN_CONFIG=$T/conf
export TOCSIN_CONFIG
mkdir conf web
cp "$SRC/lib/data/watch.yaml" conf/
simulate --posts 6000 --seed 11 >web/day.ndjson
cat >conf/sources.yaml <<E
sources:
  - name: export
    path: $T/web/day.ndjson
E
collect() {
	fetch | match-subject | redact -q | dedupe -d "$TOCSIN_DB" | sentiment | classify | store add
}
respond() {
	store query --since 24h | detect | match-playbook | casefile open | notify
}
state() { # what a second run must not change
	store stats 2>/dev/null | grep -v -i -E 'size|bytes|page'
	casefile list -f json
	casefile log 2>/dev/null
	notify --log -f json 2>/dev/null
}
TOCSIN_NOW=2026-11-22T16:00:00Z
export TOCSIN_NOW
collect >one.posts 2>one.err
is "collecting complains about nothing" "$(cat one.err)" ""
ok "posts about the bank were collected" test "$(wc -l <one.posts)" -gt 1000
respond >one.out 2>one.err
is "responding complains about nothing" "$(cat one.err)" ""
is "a case was opened" "$(casefile list -f json | jq -r .subject | sort -u)" huapei-bank
has "somebody was told" "$(jq -r .kind one.out | sort -u | tr '\n' ' ')" notice
state >one.state
TOCSIN_NOW=2026-11-22T16:05:00Z
collect >two.posts 2>two.err
respond >two.out 2>two.err
is "the second run has nothing to say" "$(cat two.posts two.out two.err)" ""
state >two.state
ok "store, cases and ledger are as they were" diff one.state two.state
run store check
status "the store is sound" 0
# A filter whose reader does not read must not keep others from the store.
(dedupe -d "$TOCSIN_DB" web/day.ndjson | (sleep 5; cat >/dev/null)) &
sleep 1
head -50 one.posts >few
ok "a filter that waits for its reader holds no lock" timeout 3 store add few
wait
done_testing
