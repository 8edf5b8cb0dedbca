#!/bin/sh
# sentiment: the member, its meaning, idempotence, models.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
post() { printf '{"kind":"post","id":"p%s","text":"%s","n":1.000}\n' "$1" "$2"; }
label() { post 1 "$1" | sentiment | jq -r .sentiment.label; }

is "a complaint is neg" "$(label '等了三个小时没人理，态度极差，再也不来了')" neg
is "praise is pos" "$(label '护士特别耐心，手术很成功，非常感谢！')" pos
is "a notice is neu" "$(label '明天上午九点在二楼会议室开会')" neu
is "English: a complaint" "$(label 'Worst bank ever, still no refund after two months')" neg
is "English: praise" "$(label 'The staff were lovely and so helpful, thank you!')" pos
is "a credit card is not stuck" "$(label '请带身份证、信用卡和社保卡到二楼')" neu
is "a phone is" "$(label '这手机卡得要死')" neg
is "a warning of fraud is no fraud" "$(label '银行提醒您：谨防冒充客服诈骗，官方不会索要验证码')" neu
is "a fault denied" "$(label '没有想象中那么差，挺满意的')" pos
is "praise denied" "$(label '一点也不专业，不推荐')" neg

post 1 '服务差[怒]' >in
run sentiment in
status "it ends with 0" 0
is "the other bytes stay" "$(printf '%s' "$out" | sed 's/,"sentiment":{.*}}$/}/')" "$(cat in)"
printf '%s\n' "$out" >once
is "a second run changes nothing" "$(sentiment once)" "$out"
is "its member is replaced in place" \
	"$(echo '{"sentiment":{"label":"pos"},"kind":"post","text":"服务差"}' | sentiment | jq -c 'keys_unsorted')" \
	'["sentiment","kind","text"]'
is "score, confidence and emotion are there" \
	"$(printf '%s' "$out" | jq -c '.sentiment | [.score < 0, .score >= -1, .confidence > 0.5, .confidence <= 1, .emotion]')" \
	'[true,true,true,true,"怒"]'
is "an aspect has its own label" \
	"$(post 1 '医生技术很好，就是停车场太乱了' | sentiment | jq -c '.sentiment.aspects | map({(.aspect): .label}) | add | [.technique, .environment]')" \
	'["pos","neg"]'
is "irony beside a complaint is flagged" "$(post 1 '等了三个小时，真是谢谢你们[微笑]' | sentiment | jq -c .sentiment.irony)" true
is "and nowhere else" "$(post 1 '等了三个小时，气死了' | sentiment | jq -c .sentiment.irony)" null
is "other kinds pass untouched" "$(echo '{"kind":"point","text":"差"}' | sentiment)" '{"kind":"point","text":"差"}'
is "the title counts" "$(echo '{"kind":"post","title":"垃圾银行，黑心！","text":""}' | sentiment | jq -r .sentiment.label)" neg
is "a post without words gets a label too" "$(echo '{"kind":"post","text":""}' | sentiment | jq -r '.sentiment.label | type')" string

s=$(post 1 '这家医院的护士态度恶劣，电话没人接，太让人失望了' | sentiment | jq -c .sentiment)
t=$(post 1 '這家醫院的護士態度惡劣，電話沒人接，太讓人失望了' | sentiment | jq -c .sentiment)
is "traditional characters score as simplified ones" "$t" "$s"
w=$(post 1 'ＷＯＲＳＴ app ever' | sentiment | jq -c .sentiment)
is "full width and case do not matter" "$w" "$(post 1 'worst APP ever' | sentiment | jq -c .sentiment)"

e=$(post 1 '等了三个小时，一点也不专业' | sentiment --explain | jq -c '.sentiment.explain.terms | map([.text, .why])')
has "--explain names a pattern and what it covers" "$e" '等了三个小时'
has "and says why" "$e" '"pattern"'
ok "and the n-grams that weigh most, strongest first" sh -c "echo '{\"kind\":\"post\",\"text\":\"等了三个小时没人理\"}' |
	sentiment --explain | jq -e '.sentiment.explain.top | map(.weight | fabs) | length > 2 and . == (sort | reverse)'"

run sentiment -m /dev/null in
status "an empty model is refused" 78
echo 'not a model' >bad
run sentiment -m bad in
status "so is a text" 78
has "by name and reason" "$err" "bad: not a model"
is "before a byte is written" "$out" ""
head -c 5000 "$BUILD/share/tocsin/sentiment.model" >short.model
run sentiment -m short.model in
status "and one cut short" 78
run sentiment -m nowhere in
status "and one that is not there" 78

# the model is found by configuration, as every other file is
awk 'BEGIN { for (i = 0; i < 60; i++) printf "{\"id\":\"%d\",\"text\":\"%s 第%d号\",\"label\":\"%s\"}\n", i, i % 2 ? "蓝桉" : "红柳", i, i % 2 ? "neg" : "pos" }' >ours
mkdir conf other "$HOME/.config" "$HOME/.config/tocsin"
train sentiment -q -o conf/sentiment.model ours >/dev/null 2>&1
ok "there is a model of our own" test -s conf/sentiment.model
post 1 '红柳 第99号' >word
shipped=$(sentiment word)
own=$(sentiment -m conf/sentiment.model word)
ok "it says something else than the shipped one" test "$own" != "$shipped"
is "--config names a folder with a model" "$(sentiment --config conf word)" "$own"
is "so does TOCSIN_CONFIG" "$(TOCSIN_CONFIG=conf sentiment word)" "$own"
is "-m goes first" "$(TOCSIN_CONFIG=conf sentiment -m "$BUILD/share/tocsin/sentiment.model" word)" "$shipped"
is "a folder without one leaves the shipped model" "$(TOCSIN_CONFIG=other sentiment word)" "$shipped"
run sentiment --check
status "--check finds the shipped model in order" 0
has "and says which it is" "$out" "/share/tocsin/sentiment.model: a model of sentiment, trained on: "
run sentiment --check in
status "it takes no operand" 64
run sentiment --check
is "it reads no input" "$(echo broken | sentiment --check)" "$out"
cp conf/sentiment.model "$HOME/.config/tocsin/"
run sentiment --check
has "and which when it is the user's own" "$out" "$HOME/.config/tocsin/sentiment.model: a model of sentiment, trained on: 60 posts"
run tocsin check
has "tocsin check says so too" "$out" "$HOME/.config/tocsin/sentiment.model: a model of sentiment"
has "by name" "$out" "ok   sentiment --check"
: >"$HOME/.config/tocsin/sentiment.model"
run sentiment word
status "an empty model found there is refused, not passed over" 78
has "by name" "$err" "$HOME/.config/tocsin/sentiment.model: not a model: it is empty"
run tocsin check
status "tocsin check refuses it, too" 78
has "and says where" "$out" "BAD  sentiment --check"
cp "$BUILD/share/tocsin/classify.model" "$HOME/.config/tocsin/sentiment.model"
run sentiment --check
status "a model of something else is none" 78
rm "$HOME/.config/tocsin/sentiment.model"

awk 'BEGIN { printf "{\"kind\":\"post\",\"text\":\""; for (i = 0; i < 300000; i++) printf "难道没有那么好吗"; print "\"}" }' >long
run sentiment -q long
status "a text of seven megabytes is scored" 0
done_testing
