#!/bin/sh
# train: figures, determinism, models that work, comparison that does not see ghosts.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
# 300 posts: three labels, told by words the lexicons do not know; a tenth of the labels is wrong
awk 'BEGIN {
	split("neg neu pos", l, " ")
	split("蓝桉 青稞 红柳", w, " ")
	for (i = 0; i < 300; i++) {
		k = i % 3 + 1
		printf "{\"id\":\"t%d\",\"text\":\"%s 第%d号样本 %s%d\",\"label\":\"%s\"}\n", i, w[k], i, "编", i * 7919 % 1000, l[i % 10 == 9 ? (k % 3) + 1 : k]
	}
}' >set.ndjson
head -200 set.ndjson >train.ndjson
tail -100 set.ndjson >test.ndjson

run train sentiment -q -o a.model -t test.ndjson train.ndjson
status "sentiment ends with 0" 0
has "it counts the labels" "$out" "data: 200 posts (neg "
has "it reports cross-validation" "$out" "cross-validation: 200 posts, accuracy "
has "and the held-out file" "$out" "test.ndjson: 100 posts, accuracy "
has "and the errors" "$out" "most harmful errors ("
acc=$(printf '%s\n' "$out" | sed -n 's/^test.ndjson: .*accuracy \([0-9]*\)\..*/\1/p')
ok "nine in ten can be right, and nearly are ($acc)" test "$acc" -ge 85 -a "$acc" -le 95
train sentiment -q -o b.model train.ndjson >/dev/null
ok "the same input gives the same model" cmp a.model b.model
has "the model says what it was trained on" "$(head -5 a.model)" "# trained on: 200 posts"
is "the model works" "$(echo '{"kind":"post","text":"红柳 第1000号样本"}' | sentiment -m a.model | jq -r .sentiment.label)" pos
is "for the other labels too" "$(echo '{"kind":"post","text":"青稞 第1000号样本"}' | sentiment -m a.model | jq -r .sentiment.label)" neu

run train compare a.model b.model test.ndjson
status "a model is not better than its copy" 1
has "and compare says so" "$out" "verdict: the difference may be chance"
run train compare "$BUILD/share/tocsin/sentiment.model" a.model test.ndjson
status "a model for this set beats the shipped one on it" 0
has "by name" "$out" "verdict: the second is better"
run train compare a.model "$BUILD/share/tocsin/sentiment.model" test.ndjson
has "whatever the order" "$out" "verdict: the first is better"
status "which is no reason to switch" 1

# labels as the store prints them; what sentiment wrote is no label
jq -c '{id, text, labels: {sentiment: .label}, sentiment: {label: "neg", score: -1}}' train.ndjson >store.ndjson
train sentiment -q -o c.model store.ndjson >/dev/null
ok "labels from the store give the same model" sh -c 'tail -c 500000 a.model >x; tail -c 500000 c.model | cmp - x'
jq -c '{id, text, sentiment: {label: .label}}' train.ndjson >own.ndjson
run train sentiment -q own.ndjson
status "the program does not learn from its own answers" 65
has "and says what is missing" "$err" "too little to learn from: 0 neg"
run train sentiment -q -l sentiment.label own.ndjson
status "unless told to" 0
: >none
run train sentiment none
status "an empty file is too little" 65
run train sentiment -C x train.ndjson
status "a cost must be a number" 64
run train sentiment -q -o "$T/no/such/folder/m" train.ndjson
status "a model that cannot be written is a fault" 74
run train compare a.model
status "compare needs two models" 64
run train compare a.model set.ndjson test.ndjson
status "and models they must be" 78
# a test is no test when it was learnt from: its texts are left out, whichever file they stand in
run train sentiment -q -o left.model -t test.ndjson set.ndjson
status "a test that stands among the posts does not count twice" 0
has "it is said" "$err" "100 posts stand in the test as well: nothing is learnt from them"
has "what is left is learnt from" "$out" "data: 200 posts"
ok "as if it had not been there" cmp left.model a.model
run train sentiment -q -t train.ndjson train.ndjson
status "a test alone is too little" 65
has "and it says why" "$err" "200 posts stand in the test"
jq -c '.id += "-again"' test.ndjson | cat train.ndjson - >copies.ndjson
run train sentiment -q -t test.ndjson copies.ndjson
has "a copy under another id is the same text" "$err" "100 posts stand in the test"
run train sentiment -q -t test.ndjson train.ndjson
hasnt "without any nothing is said of it" "$err" "stand in the test"

# sentiment: few corrections, with the shipped posts and without
head -40 train.ndjson >few.ndjson
run train sentiment -q -e 0 -o alone.model few.ndjson
has "so few make no model to rely on" "$err" "40 labels are too few"
run train sentiment -q -e 0 --base -o base.model few.ndjson
status "--base adds the shipped posts" 0
hasnt "then few are enough" "$err" "too few"
has "it says how many are one's own" "$out" "data: 40 of them are your own"
ok "and there are thousands of others" sh -c 'test "$(printf "%s" "$1" | sed -n "s/^data: \([0-9]*\) posts.*/\1/p")" -gt 2000' x "$out"
has "and how those do" "$out" "cross-validation, your own posts: 40 posts"
mood() { jq -nc --arg t "$1" '{kind: "post", text: $t}' | sentiment -m base.model | jq -r .sentiment.label; }
is "it has learnt the corrections" "$(mood '红柳 第1000号样本') $(mood '蓝桉 第1000号样本')" "pos neg"
is "and still knows what they do not hold" "$(mood '等了三个小时没人理，态度极差，再也不来了') $(mood '护士特别耐心，非常感谢！') $(mood 'Worst bank ever, still no refund')" "neg pos neg"
run train compare base.model "$BUILD/share/tocsin/sentiment.model" "$SRC/tests/corpus/challenge.ndjson"
status "elsewhere the shipped model is not better" 1
hasnt "nor is it that the figures disagree" "$out" "mixed"
run train compare "$BUILD/share/tocsin/sentiment.model" base.model test.ndjson
status "on posts like the corrections it is worse" 0
run train sentiment -q --base own.ndjson
status "without a label of one's own there is nothing to add" 65
{ head -30 train.ndjson; echo broken; } >broken40.ndjson
run train sentiment -q -e 0 --base broken40.ndjson
status "a malformed line counts with --base, too" 65

{
	cat train.ndjson
	echo '{"text":'
} >broken.ndjson
run train sentiment -q broken.ndjson
status "a malformed line is reported, the rest done" 65
has "with file and line" "$err" "broken.ndjson:201:"
has "the report is made" "$out" "cross-validation: 200 posts"

jq -c '{id, text, type: {neg: "fee.dispute", neu: "none", pos: "system.outage"}[.label]}' train.ndjson >types.ndjson
jq -c '{id, text, type: {neg: "fee.dispute", neu: "none", pos: "system.outage"}[.label]}' test.ndjson >types-test.ndjson
run train classify -q -o t.model -t types-test.ndjson types.ndjson
status "classify ends with 0" 0
acc=$(printf '%s\n' "$out" | sed -n 's/^types-test.ndjson: .*accuracy \([0-9]*\)\..*/\1/p')
ok "it learns types as well ($acc)" test "$acc" -ge 85 -a "$acc" -le 95
is "its model is for classify" "$(grep -a -m1 -v '^#' t.model)" "tocsin-classify 1"
run train classify -q -e 0 -o left.model -t types-test.ndjson types.ndjson types-test.ndjson
has "for types, too, a test is not learnt from" "$err" "100 posts stand in the test as well"
ok "as if it had not been there" cmp left.model t.model
run train classify -q -t types.ndjson types.ndjson
status "and alone it is too little" 65
run train compare a.model t.model test.ndjson
status "models of different kinds are not compared" 78
run train compare t.model t.model types-test.ndjson
status "types can be compared" 1

# from an analyst's correction to a model: store label and casefile correct, store query, train, compare, classify
mkdir conf
export TOCSIN_CONFIG="$T/conf" TOCSIN_NOW=2026-11-22T08:00:00Z
printf 'roles:\n  - {id: pr, may: [open, work, correct]}\npeople:\n  - {login: %s, roles: [pr]}\n' "$(id -un)" >conf/roles.yaml
awk 'BEGIN {
	split("蓝桉 青稞", w, " ")
	for (i = 0; i < 60; i++)
		printf "{\"kind\":\"post\",\"id\":\"p:%d\",\"source\":\"s\",\"published\":\"2026-11-22T07:00:00Z\",\"text\":\"%s 的第%d件事 %d\"}\n", i, w[i % 2 + 1], i, i * 7919 % 1000
}' >posts.ndjson
classify posts.ndjson | store add >/dev/null
is "nothing is labelled yet" "$(store query --kind label | wc -l)" 0
for i in 1 3 5 7 9 11 13 15 17 19 21 23 25 27 29; do store label p:$i type=none -q; done
ids=$(jq -rc 'select(.id | ltrimstr("p:") | tonumber | . % 2 == 0 and . < 30) | .id' posts.ndjson | jq -Rsc 'split("\n") | map(select(. != ""))')
printf '{"kind":"incident","id":"i:1","subject":"s","type":"none","level":"blue","opened":"2026-11-22T07:00:00Z","posts":%s}\n' "$ids" |
	casefile open -q >/dev/null
run casefile correct 1 type=supply.failure --posts --reason 断货
status "an analyst corrects a case and its posts" 0
store query --kind label >labels.ndjson
is "every correction is a training record with its text" \
	"$(jq -r 'select(.text | length > 5) | .labels.type' labels.ndjson | sort | uniq -c | awk '{print $2 "=" $1}' | tr '\n' ' ')" "none=15 supply.failure=15 "
run train classify -q -o ours.model labels.ndjson
status "train takes them as they come" 0
has "all of them" "$out" "30 posts"
jq -c 'select((.id | ltrimstr("p:") | tonumber) >= 30) | {id, text, label: (if (.id | ltrimstr("p:") | tonumber) % 2 == 0 then "supply.failure" else "none" end)}' \
	posts.ndjson >rest.ndjson
has "so few make no model to rely on, and it says so" "$err" "30 labels are too few"
run train compare "$BUILD/share/tocsin/classify.model" ours.model labels.ndjson
status "on what it learnt from there is no verdict" 1
has "but a warning" "$err" "'ours.model' was trained on about 30 of these 30 posts"
run train compare a.model b.model train.ndjson
has "for sentiment too" "$err" "'b.model' was trained on about 200 of these 200 posts"
jq -c 'select(.labels.type == "none")' labels.ndjson | jq -c '., (.text += " 又") , (.text += " 再")' >one.ndjson
run train classify -q -o one.model one.ndjson
status "posts of one type teach nothing" 65
ok "and no model is written" test ! -e one.model
run train compare "$BUILD/share/tocsin/classify.model" ours.model rest.ndjson
status "on posts like those the new model is better, by more than chance" 0
has "it says so" "$out" "verdict: the second is better"
has "and counts alarms and crises noticed" "$out" "ours.model: alarms on 0.0 % of 15 posts of type none, 100.0 % of 15 crisis posts noticed"
is "classify learnt what the analyst said" \
	"$(classify -m ours.model posts.ndjson | jq -r 'select(.id == "p:40" or .id == "p:41") | .crisis.type' | tr '\n' ' ')" "supply.failure none "
store label p:0 type=none -q
is "a later judgement replaces an earlier one" "$(store query --kind label | jq -r 'select(.id == "p:0") | .labels.type')" none
done_testing
