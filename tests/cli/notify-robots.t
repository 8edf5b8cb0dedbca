#!/bin/sh
# notify to WeCom, DingTalk, Feishu and Slack: bodies byte for byte, what counts as accepted, who is paged, what cannot page.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
httpd -l log port &
tap_pids="$tap_pids $!"
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s port ] || sleep 0.1; done
U=http://127.0.0.1:$(cat port)
NOW=2023-11-14T22:13:20Z # 1700000000
j() { jq "$@" <"$T/.out"; }
last() { tail -1 log | jq -j "$1"; }
incident() { # ID LEVEL [MORE]
	printf '{"kind":"incident","id":"%s","subject":"华沛银行","type":"system.outage","level":"%s","window":{"to":"2023-11-14T22:10:00Z"}%s}\n' "$1" "$2" "${3:-}"
}
ok_wecom='%7B%22errcode%22%3A0%2C%22errmsg%22%3A%22ok%22%7D'
ok_feishu='%7B%22code%22%3A0%2C%22msg%22%3A%22success%22%7D'
conf() { # TYPE EXTRA-LINES…: one channel "g"
	{
		printf 'channels:\n  - name: g\n    type: %s\n    private: true\n' "$1"
		shift
		for line; do printf '    %s\n' "$line"; done
		echo 'routes: [{to: g}]'
	} >c.yaml
}
KEY=693a91f6-7c0b-4a1e TOKEN=tok/en+1 SEC=SECtest DEMO=demo
export KEY TOKEN SEC DEMO

# --- WeCom ---
conf wecom "url: $U/cgi-bin/webhook/send?answer=$ok_wecom" 'key: env:KEY' 'mention: {red: [all, zhang.san, "13800000000"]}'
incident w1 orange >in
runin in notify -c c.yaml --now $NOW
status "wecom accepts" 0
is "wecom: the key goes into the query" "$(last .query | sed 's/.*&//')" "key=$KEY"
last .body >body
printf '%s' '{"msgtype":"markdown","markdown":{"content":"<font color=\"warning\">**【橙色预警】华沛银行 · 系统故障**</font>\n事件 w1 · 橙色 · 2023-11-15 06:10 UTC+8\n**确认收到**：notify --ack w1"}}' >want
ok "wecom: the body, byte for byte" cmp body want
incident w2 red >in
runin in notify -c c.yaml --now $NOW
last .body >body
printf '%s' '{"msgtype":"text","text":{"content":"【红色预警】华沛银行 · 系统故障\n事件 w2 · 红色 · 2023-11-15 06:10 UTC+8\n确认收到：notify --ack w2","mentioned_list":["@all","zhang.san"],"mentioned_mobile_list":["13800000000"]}}' >want
ok "wecom: paging people needs the text form" cmp body want
answer() { # NAME TYPE ANSWER STATE [QUERY]
	conf "$2" "url: env:URL" "retry: {max: 5}"
	URL="$U/$1?$3${5:-}"
	export URL
	rm -f "${TOCSIN_DB:?}"*
	incident "a-$1" orange >in
	runin in notify -c c.yaml --now $NOW
	is "$2 $1: $4" "$(j -r .state)" "$4"
}
e() { printf 'answer=%%7B%%22errcode%%22%%3A%s%%2C%%22errmsg%%22%%3A%%22%s%%22%%7D' "$1" "$2"; }
answer key wecom "$(e 93000 invalid+webhook+url)" dead
is "wecom: the reason is told" "$(j -r .error)" "errcode 93000: invalid webhook url"
hasnt "wecom: the URL is not, it is a secret" "$out$err" "$U"
answer long wecom "$(e 40058 exceed)" dead
answer busy wecom "$(e -1 system+busy)" failed
answer freq wecom "$(e 45009 freq)" failed
has "wecom: over the limit it waits a minute" "$(j -r .next_try)" "T22:14:2"
answer html wecom 'answer=%3Chtml%3Elogin%3C/html%3E' failed
answer down wecom 'status=502' failed
answer wrong wecom 'answer=%7B%22errcode%22%3A%220%22%7D' failed

# --- DingTalk ---
conf dingtalk "url: $U/robot/send?answer=$ok_wecom" 'token: env:TOKEN' 'secret: env:SEC' 'keyword: 警钟' 'mention: {red: [all], orange: ["13800000000", manager7]}'
rm -f "${TOCSIN_DB:?}"*
incident d1 orange >in
runin in notify -c c.yaml --now $NOW
status "dingtalk accepts" 0
is "dingtalk: token, milliseconds and signature, each encoded once" "$(last .query | cut -d'&' -f2-)" \
	'access_token=tok%2Fen%2B1&timestamp=1700000000000&sign=aZLLrriXgn05YbwaGR7knYsLeJADjr9NwLaNNKpxh4g%3D'
is "dingtalk: content type" "$(last '.header["content-type"]')" application/json
last .body >body
printf '%s' '{"msgtype":"markdown","markdown":{"title":"【橙色预警】华沛银行 · 系统故障","text":"### 【橙色预警】华沛银行 · 系统故障\n\n事件 d1 · 橙色 · 2023-11-15 06:10 UTC+8  \n**确认收到**：notify --ack d1\n警钟\n\n@13800000000 @manager7"},"at":{"atMobiles":["13800000000"],"atUserIds":["manager7"],"isAtAll":false}}' >want
ok "dingtalk: the body, byte for byte" cmp body want
incident d2 red | notify -c c.yaml --now $NOW >"$T/.out"
is "dingtalk: everybody" "$(last .body | jq -c .at)" '{"atMobiles":[],"atUserIds":[],"isAtAll":true}'
answer sign dingtalk "$(e 310000 sign+not+match)" dead
answer fast dingtalk "$(e 130101 send+too+fast)" failed
ok "dingtalk: muted for ten minutes" test "$(j -r .next_try)" \> 2023-11-14T22:23:1
answer new dingtalk "$(e 777777 what)" failed
for t in 24 26 30; do notify --flush -c c.yaml --now 2023-11-14T22:$t:00Z >"$T/.out" 2>/dev/null; done
is "dingtalk: a code nobody knows is tried three times" "$(notify --log | jq -c '[.state,.attempts]')" '["dead",3]'
answer skew dingtalk "$(e 310000 timestamp)" dead "&header=Date:Tue,+14+Nov+2023+21:13:20+GMT"
has "dingtalk: a wrong clock is named" "$(j -r .error)" "this clock is 1h00m ahead of the receiver's"

# --- Feishu ---
FEISHU="$U/hook/x?answer=$ok_feishu"
export FEISHU
conf feishu 'url: env:FEISHU' 'secret: env:DEMO' 'mention: {red: [all, ou_1]}'
incident f1 red >in
runin in notify -c c.yaml --now $NOW
status "feishu accepts" 0
last .body >body
printf '%s' '{"timestamp":"1700000000","sign":"8oT2n3SMKFfEnDoiwer8BUM/SjKLwe9SqoEIHlhDTKo=","msg_type":"interactive","card":{"config":{"wide_screen_mode":true},"header":{"title":{"tag":"plain_text","content":"【红色预警】华沛银行 · 系统故障"},"template":"red"},"elements":[{"tag":"div","text":{"tag":"lark_md","content":"事件 f1 · 红色 · 2023-11-15 06:10 UTC+8\n**确认收到**：notify --ack f1\n<at id=all></at> <at id=ou_1></at>"}}]}}' >want
ok "feishu: the body, byte for byte" cmp body want
runin in notify -n -c c.yaml --now $NOW
is "feishu: a dry run masks the signature in the body" "$(j -r .request.body | jq -r .sign)" '***'
is "feishu: and the URL" "$(j -r .request.url)" '***'
conf feishu "url: $U/open-apis/bot/v2/hook" 'token: env:TOKEN'
incident f2 blue | notify -c c.yaml --now $NOW >"$T/.out" 2>&1
is "feishu: the token goes into the path" "$(last .path)" /open-apis/bot/v2/hook/tok%2Fen%2B1
f() { printf 'answer=%%7B%%22code%%22%%3A%s%%2C%%22msg%%22%%3A%%22%s%%22%%7D' "$1" "$2"; }
answer f0 feishu "$(f 0 success)" accepted
answer f19021 feishu "$(f 19021 sign)" dead
answer f9499 feishu "$(f 9499 bad)" dead
answer f11232 feishu "$(f 11232 limited)" failed
answer f400 feishu "status=400&$(f 99991400 limited)" failed "&header=x-ogw-ratelimit-reset:300"
ok "feishu: waits as long as its header says" test "$(j -r .next_try)" \> 2023-11-14T22:18:1
answer old feishu 'answer=%7B%22StatusCode%22%3A0%7D' failed

# --- Slack ---
SLACK="$U/services/T/B/x?answer=ok"
export SLACK
conf slack 'url: env:SLACK' 'lang: en' 'mention: {red: [all, U123, S456, here]}'
rm -f "${TOCSIN_DB:?}"*
incident s1 red >in
runin in notify -c c.yaml --now $NOW
status "slack accepts" 0
last .body >body
printf '%s' '{"text":"[RED ALERT] 华沛银行 · system outage","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"*[RED ALERT] 华沛银行 · system outage*\nIncident s1 · RED · 2023-11-15 06:10 UTC+8\n*Acknowledge*: notify --ack s1\n<!channel> <@U123> <!subteam^S456> <!here>","verbatim":true}}],"unfurl_links":false,"unfurl_media":false}' >want
ok "slack: the body, byte for byte" cmp body want
answer s0 slack 'answer=ok' accepted
answer s1 slack 'answer=invalid_payload' dead
answer s2 slack 'status=400&answer=no_text' dead
answer s3 slack 'status=429&answer=rate_limited&retry=90' failed
ok "slack: Retry-After" test "$(j -r .next_try)" = 2023-11-14T22:14:50Z
answer s4 slack 'status=500&answer=rollup_error' failed
answer s5 slack "answer=$ok_wecom" dead

# --- hostile text ---
evil=',"why":["<!channel> <@all> @all @所有人 <at id=all></at> [click](http://evil.example) **fake** # head > quote `code`\r\nBcc: x@y \u202egnp.exe\u0000"],"posts":[{"text":"</font>\n\n### 官方通告 <@zhang.san>&lt;!here&gt;","platform":"weibo<!here>"}]'
text_of() { last .body | jq -r '.markdown.content // .markdown.text // .card.elements[0].text.content // .blocks[0].text.text'; }
rm -f "${TOCSIN_DB:?}"*
conf wecom "url: $U/w?answer=$ok_wecom" 'key: env:KEY'
incident h1 orange "$evil" | notify -c c.yaml --now $NOW >"$T/.out"
t=$(text_of)
is "wecom: a post has nothing that pages, links or marks up" "$(printf '%s' "$t" | grep -c -E '<@|@all|@所有人|\]\(|://|^#|^>|</font>.*</font>|\*\*fake')" 0
is "wecom: it adds no line" "$(printf '%s\n' "$t" | grep -c '')" 6
has "wecom: what it said can still be read" "$t" '＜＠all＞'
conf dingtalk "url: $U/d?answer=$ok_wecom" 'token: env:TOKEN'
incident h2 orange "$evil" | notify -c c.yaml --now $NOW >"$T/.out"
t=$(text_of)
is "dingtalk: nothing either" "$(printf '%s' "$t" | grep -c -E '<|@all|@所有人|\]\(|://|^> |\*\*fake')" 0
is "dingtalk: one heading, ours" "$(printf '%s' "$t" | grep -c '^#')" 1
FEISHU="$U/hook/h?answer=$ok_feishu"
conf feishu 'url: env:FEISHU'
incident h3 orange "$evil" | notify -c c.yaml --now $NOW >"$T/.out"
t=$(text_of)
is "feishu: nothing either" "$(printf '%s' "$t" | grep -c -E '<|&|\]\(|://|\*\*fake')" 0
conf slack 'url: env:SLACK'
incident h4 orange "$evil" | notify -c c.yaml --now $NOW >"$T/.out"
t=$(text_of)
is "slack: nothing either" "$(printf '%s' "$t" | grep -c -E '<|>|://')" 0
has "slack: escaped, not removed" "$t" '&lt;!channel&gt;'
has "slack: an entity in a post stays an entity in a post" "$t" '&amp;lt;!here'
runin /dev/null notify --log -f text
is "a terminal is not steered" "$(printf '%s' "$out" | grep -c -P '[\x00-\x08\x1b]|\x{202e}')" 0

# --- sizes ---
rm -f "${TOCSIN_DB:?}"*
: >log
conf wecom "url: $U/w?answer=$ok_wecom" 'key: env:KEY'
tasks=$(awk 'BEGIN {for (i = 0; i < 5; i++) {d = ""; for (k = 0; k < 70; k++) d = d "任"; printf "%s{\"department\":\"it\",\"duty\":{\"zh\":\"%s\"},\"deadline_s\":%d}", i ? "," : "", d, 600 * (i + 1)}}')
why=$(awk 'BEGIN {for (k = 0; k < 200; k++) printf "因"}')
incident big orange ",\"why\":[\"$why\",\"$why\",\"$why\"],\"playbook\":{\"id\":\"p\",\"plan\":{\"tasks\":[$tasks]}}" | notify -c c.yaml --now $NOW >"$T/.out"
is "a long message is split" "$(grep -c '' log)" 2
is "no part is over 2,048 bytes" "$(jq -r '.body | fromjson | .markdown.content | utf8bytelength | . <= 2048' log | sort -u)" true
is "parts are numbered" "$(jq -r '.body | fromjson | .markdown.content | split("\n")[0]' log | tr '\n' ' ')" "(1/2) (2/2) "
is "and nothing is lost" "$(jq -j '.body | fromjson | .markdown.content | sub("^[^\n]*\n"; "")' log | grep -o 任 | grep -c '')" 351 # five times seventy, and the label 任务
is "each part is a delivery of its own" "$(j -r .state | sort | uniq -c | tr -s ' ')" " 2 accepted"

# --- rates and digests ---
rm -f "${TOCSIN_DB:?}"*
: >log
conf wecom "url: $U/w?answer=$ok_wecom" 'key: env:KEY' 'rate: 3/1m'
for i in 1 2 3 4 5 6 7; do incident "r$i" orange; done >in
runin in notify -c c.yaml --now $NOW
status "seven messages, three a minute" 0
is "three requests" "$(grep -c '' log)" 3
is "the last is a digest of the rest" "$(tail -1 log | jq -r '.body | fromjson | .markdown.content' | grep -c '^事件 r[34567]')" 5
is "every one of the seven is accepted" "$(j -r .state | sort | uniq -c | tr -s ' ')" " 7 accepted"
incident r8 orange >in
runin in notify -c c.yaml --now 2023-11-14T22:13:50Z
status "the minute is not over: wait" 75
has "and it says what waits, for how long and why" "$err" "channel 'g': sends at most 3 in 60 s; 1 more wait until 2023-11-14T22:14:"
is "nothing went out" "$(grep -c '' log)" 3
run notify --flush -c c.yaml --now 2023-11-14T22:14:21Z
status "then it goes" 0
is "now it did" "$(grep -c '' log)" 4
cat >group.yaml <<Y
channels:
  - {name: g, type: wecom, private: true, url: "$U/g?answer=$ok_wecom", key: "env:KEY"}
routes:
  - {to: g, group: [subject], wait: 5m, quiet: {from: "22:00", to: "07:30"}}
Y
: >log
{ incident g1 yellow; incident g2 yellow; } >in
runin in notify -c group.yaml --now 2023-11-14T04:00:00Z # noon
is "what is gathered waits" "$(j -r '[.state,.next_try] | join(" ")' | sort -u)" "queued 2023-11-14T04:05:00Z"
incident g3 red | notify -c group.yaml --now 2023-11-14T04:01:00Z >"$T/.out"
is "red does not" "$(j -r .state)" accepted
run notify --flush -c group.yaml --now 2023-11-14T04:05:00Z
is "then both are one message" "$(tail -1 log | jq -r '.body | fromjson | .markdown.content' | head -1)" "【汇总】2 条"
is "two requests in all" "$(grep -c '' log)" 2
incident g4 orange >in
runin in notify -c group.yaml --now 2023-11-14T15:00:00Z # 23:00
is "quiet hours: it waits for the morning" "$(j -r '[.state,.next_try] | join(" ")')" "queued 2023-11-14T23:30:00Z"
incident g5 red | notify -c group.yaml --now 2023-11-14T15:01:00Z >"$T/.out"
is "red breaks through" "$(j -r .state)" accepted
done_testing
