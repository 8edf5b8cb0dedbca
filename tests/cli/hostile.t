#!/bin/sh
# Records written to break or to fool the programs that understand posts.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
HOME=$T
export HOME
echo 0123456789abcdef0123456789abcdef >key
chmod 600 key
rec() { jq -cn "{kind: \"post\", id: \"1\"} + $1"; }

# --- texts
rec '{text: ([range(1975) | "[" + "\"" * 10 + "]"] | add)}' >quotes
run sentiment quotes
status "quotes in brackets grow when they are folded" 0
rec '{text: ("ref" + ("​" * 21845) + "und 退款")}' >long
run sh -c 'classify --explain -e long | sentiment --explain | jq -r .id'
is "a word of 64 KiB is cut before a character" "$out" 1
rec '{title: "a", text: "\u0000垃圾银行骗钱，诈骗，倒闭"}' >nul
rec '{text: "a\n垃圾银行骗钱，诈骗，倒闭"}' >none
is "text behind a NUL is read" "$(sentiment nul | jq .sentiment.label)" "$(sentiment none | jq .sentiment.label)"
rec '{text: ("华沛银行骗云岚银行" * 4000)}' >blame
printf 'subjects:\n  - {id: a, name: 华沛银行}\n  - {id: b, name: 云岚银行}\n' >w.yaml
run timeout 20 match-subject -c w.yaml blame
status "names and blame without end take no time without end" 0

# --- what another reader of the same line would see
printf '{"kind":"post","id":"1","te\\u0078t":"我的手机13812345678","author":{"na\\u006de":"张三13812345678","name":"李四13812345678"}}\n' >escaped
hasnt "no spelling of a member's name hides a number" "$(redact --key key escaped)" 13812345678
has "and the spelling stays" "$(redact --key key escaped)" '"te\u0078t":"我的手机['
for v in 13812345678 '["13812345678"]' '{"phone":"13812345678"}' '"某·张三13812345678"'; do
	printf '{"kind":"post","id":"1","text":"x","customer":%s}\n' "$v" >customer
	hasnt "a customer is replaced whatever it is: $v" "$(redact --key key customer)" 13812345678
done
redact --key key customer >once
is "and once replaced it stays" "$(redact --key key once)" "$(cat once)"
printf '{"kind":"post","id":"1","text":"天气不错","\\u0063risis":{"type":"fraud.theft"}}\n' >own
is "a member of one's own under another spelling is replaced, not doubled" "$(classify own | classify | jq -r .crisis.type)" none
{ echo "电话13812345678"; head -c 17000000 /dev/zero | tr '\0' a; echo; echo "电话13912345678"; } >text
run redact --text --key key text
status "a line over 16 MiB is told" 65
has "by its number" "$err" "text:2:"
is "and the lines around it are done" "$(printf '%s\n' "$out" | grep -c '\[手机·')" 2

# --- models
sed 's/^outputs .*/&\noutputs a b c d/' "$SRC/lib/data/sentiment.model" >twice.model
run sentiment -m twice.model quotes
status "a model that says two things is none" 78
# --- a mark of byte order that comes in two reads
{ printf '\357'; sleep 0.2; printf '\273\277'; rec '{text: "a"}'; } | classify >bom
is "a byte order mark is cut however it comes" "$(jq -r .id bom)" 1
done_testing
