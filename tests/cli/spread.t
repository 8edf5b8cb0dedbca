#!/bin/sh
# spread from the user's side.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
p() { # p ID MINUTE [MORE]: a post
	printf '{"kind":"post","id":"%s","source":"t","platform":"weibo","text":"x","author":{"id":"u%s","name":"n%s"},"published":"2026-11-22T08:%02d:00Z"%s}\n' "$1" "$1" "$1" "$2" "${3:-}"
}
{ # a path of four below r, and two leaves: worked out by hand
	p c 3 ',"parent":"b","root":"r"'
	p r 0
	p a 1 ',"parent":"r","root":"r"'
	p b 2 ',"parent":"a","root":"r"'
	p d 40 ',"parent":"c","root":"r"'
	p e 5 ',"parent":"r","root":"r"'
	p lone 9
} >in
run spread in
status "a tree is measured" 0
is "one cascade, the lone post aside" "$(printf '%s\n' "$out" | wc -l)" 1
f() { printf '%s\n' "$out" | jq -c ".$1"; }
is "posts" "$(f n)" 6
is "depth, whatever the order of lines" "$(f depth)" 4
is "breadth by level" "$(f breadth)" '[1,2,1,1,1]'
is "leaves" "$(f leaves)" 2
# sizes below the edges: a 4, b 3, c 2, d 1, e 1 -> 4*2 + 3*3 + 2*4 + 1*5 + 1*5 = 35
is "Wiener index" "$(f wiener)" 35
is "virality is twice that over n(n-1)" "$(f virality)" 2.333333
is "half were there with the third post" "$(f t50)" 120
is "the top spreader" "$(f 'top_spreaders[0]')" '["a","ua",3,1]'
is "an answer at a, half an hour later, cuts d off" "$(f 'nodes[] | select(.id == "a") | .cut_off')" 1
is "an answer at once would have cut off all three" "$(spread --delay 0s in | jq '.nodes[] | select(.id == "a") | .cut_off')" 3
has "the tree shows them" "$(spread -f tree in)" '└─ nd  +40m'
has "so does DOT" "$(spread -f dot in)" '"c" -> "d";'
{
	p r 0
	printf '{"kind":"post","id":"q1","source":"t","text":"看看","author":{"id":"u1","name":"小明"},"published":"2026-11-22T08:10:00Z","parent":"r","root":"r"}\n'
	printf '{"kind":"post","id":"q2","source":"t","text":"不信 //@小明:看看","author":{"id":"u2","name":"小红"},"published":"2026-11-22T08:20:00Z","root":"r"}\n'
	printf '{"kind":"post","id":"k","source":"t","text":"抄","author":{"id":"u3"},"published":"2026-11-22T08:30:00Z","platform":"douyin","dup":{"cluster":"r","of":"r"}}\n'
	printf '{"kind":"post","id":"l","source":"t","text":"见 https://w.example/r1","author":{"id":"u4"},"published":"2026-11-22T08:40:00Z"}\n'
} | sed 's|"id":"r","source":"t"|"id":"r","source":"t","url":"https://w.example/r1"|' >inf
out=$(spread inf)
is "edges are inferred from quotes, copies and links, and say so" "$(f grounds)" '{"root":1,"given":1,"quote":1,"copy":1,"link":1}'
is "jumps between platforms" "$(f 'jumps[0]')" '{"from":"weibo","to":"","n":2}'
{
	p x 1 ',"parent":"y"'
	p y 2 ',"parent":"x"'
} >cycle
run spread cycle
status "a cycle does not hang it" 0
has "and is reported" "$err" "cut"
printf '{"kind":"post","id":"a","text":"x"}\n' >bad
run spread bad
status "a post without a time is malformed" 65
has "the message says so" "$err" "bad:1: a post needs a time in 'published'"
printf '{"kind":"post","id":"z\\u001b[31m","author":{"id":"u","name":"evil\\u001b[2J\\u202e"},"text":"x","published":"2026-11-22T08:00:00Z"}\n{"kind":"post","id":"y","parent":"z\\u001b[31m","author":{"id":"v\\"];"},"text":"x","published":"2026-11-22T08:00:00Z"}\n' >evil
hasnt "a name cannot steer the terminal" "$(spread -f tree evil)" "$(printf '\033')"
has "nor break out of DOT" "$(spread -f dot evil)" '"y" [width='
awk 'BEGIN { for (i = 0; i < 200000; i++) printf "{\"kind\":\"post\",\"id\":\"%d\",\"text\":\"\",\"author\":{\"id\":\"u\"},\"published\":\"2026-11-22T08:00:00Z\"%s}\n", i, i ? ",\"parent\":\"" i - 1 "\"" : "" }' >deep
is "a chain two hundred thousand deep is measured" "$(spread deep | jq .depth)" 199999
jq -nc '("a", "b") as $i | {kind: "post", id: $i, text: "", published: "2026-11-22T08:00:00Z", author: {id: $i, followers: 9223372036854775000}} + if $i == "b" then {parent: "a"} else {} end' >huge
ok "forged followers stay a number of people" test "$(spread --seen 100 huge | jq '.reach.followers > 9e18 and .reach.estimate > 9e18')" = true
facts=$SHARED/data/cascades/facts.ndjson
if [ -f "$facts" ] && command -v python3 >/dev/null; then
	res=$(spread --min 1 "$SHARED/data/cascades/posts.ndjson" | python3 "$SHARED/eval/cascade_check.py" "$facts")
	is "160 real trees: every fact equals the reference" "$(printf '%s\n' "$res" | awk 'NR > 1 && $2 != "1.0000" && $3 != "1.0000" && $4 != "1.0000"')" ""
	has "all of them were found" "$res" "roots 160 of 160"
else
	skip "real cascades" "shared data is absent"
fi
done_testing
