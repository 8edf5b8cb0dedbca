#!/bin/sh
# A post counts as delivered when it is stored: whatever breaks in the pipe, the next run gives it again.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
mkdir www conf
export TOCSIN_CONFIG="$T/conf"
feed() { # TITLE…
	echo '<rss version="2.0"><channel><title>F</title>'
	for t; do echo "<item><title>华沛银行$t</title><guid isPermaLink=\"false\">$t</guid><pubDate>Sun, 22 Nov 2026 08:00:00 GMT</pubDate></item>"; done
	echo '</channel></rss>'
}
feed 一 二 >www/a.xml
printf '{"id":"h1","published":"2026-11-22T07:00:00Z","text":"华沛银行三"}\n' >hotline.ndjson
httpd -r www -l log port &
tap_pids="$tap_pids $!"
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s port ] || sleep 0.1; done
U=http://127.0.0.1:$(cat port)
printf 'defaults: {gap: 0s, private: true, every: 1m}\nsources:\n  - {name: web, url: "%s/a.xml"}\n  - {name: hotline, path: "%s"}\n' "$U" "$T/hotline.ndjson" >conf/sources.yaml
printf '{"subjects":[{"id":"b","name":"华沛银行","any":["华沛"]}]}' >conf/watch.yaml
at() { export TOCSIN_NOW="2026-11-22T$1:00Z"; }
n() { store query --count; }

at 09:00
fetch --until-stored 2>err | cat >first # a reader that stores nothing
is "nothing is stored" "$(n)" 0
at 09:05
fetch --until-stored 2>err | redact --key "$T/absent/key" 2>/dev/null | store add >"$T/.gone"
has "what was not stored is said to come again" "$(cat err)" "3 posts of earlier runs were not stored and are given again"
is "a program that refuses to start: nothing is stored" "$(n)" 0
at 09:10
fetch --until-stored 2>err | match-subject | sentiment | dedupe -d "$TOCSIN_DB" | store add >out
is "the third run gives all three" "$(n)" 3
is "the receipt goes no further than the store" "$(jq -r .kind out | sort -u)" post
at 09:15
fetch --until-stored 2>err | tee given | match-subject | store add >out
is "then none is given again" "$(jq -r .kind given) $(cat err)" "receipt "
is "the page was asked with its validators" "$(tail -1 log | jq -r '.header | has("if-none-match")')" true
feed 一 二 四 >www/a.xml
at 09:20
fetch --until-stored | match-subject >first # and the machine goes down
at 09:25
fetch --until-stored 2>err | tee given | match-subject | store add >out
is "one new post, lost on its way, comes again alone" "$(jq -r 'select(.kind == "post") | .title' given)" 华沛银行四
is "and is stored" "$(n)" 4
at 09:30
fetch >given 2>err
is "without the option nothing is owed" "$(cat given err)" ""
run fetch --until-stored "$U/a.xml"
status "operands need a store for it" 64
fetch --until-stored -d other.db hotline.ndjson | store add -d third.db >out 2>err
has "a receipt from another store is told" "$(cat err)" "a receipt of fetch's run 1"
done_testing
