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
has "its model is for classify" "$(head -8 t.model)" "tocsin-classify 1"
run train compare a.model t.model test.ndjson
status "models of different kinds are not compared" 78
run train compare t.model t.model types-test.ndjson
status "types can be compared" 1
done_testing
