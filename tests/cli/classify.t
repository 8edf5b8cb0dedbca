#!/bin/sh
# classify: types with evidence, severity, kind, rumour, own taxonomies and their errors, entities, terms.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
TOCSIN_NOW=2026-11-22T16:00:00Z
export TOCSIN_NOW
post() { jq -nc --arg t "$1" --arg l "${2:-zh}" '{kind:"post",id:"p:1",source:"s",published:"2026-11-22T08:30:00Z",text:$t,lang:$l}'; }
crisis() { post "$1" "${2:-zh}" | classify | jq -c ".crisis${3:-}"; }

# --- types
c=$(crisis '人民医院手术时把纱布留在病人肚子里，病人没抢救过来')
is "has its type" "$(printf '%s' "$c" | jq -r .type)" care.accident
is "and its industry" "$(printf '%s' "$c" | jq -r .industry)" health
ok "the evidence stands in the text as it is there" sh -c 'printf "%s" "$1" | jq -e ".types[0].evidence | length > 0 and all(. as \$e | \$t | contains(\$e))" --arg t "$2"' x "$c" '人民医院手术时把纱布留在病人肚子里，病人没抢救过来'
is "an outage of a bank" "$(crisis '华沛银行app又崩了，转账转不出去，登录不上' zh '|[.type,.industry]')" '["system.outage","bank"]'
is "in English" "$(crisis 'Halden Bank app is down again, cannot log in, transfers failing for hours' en .type)" '"system.outage"'
is "a leak" "$(crisis '快付科技数据库泄露，几十万用户的身份证和手机号在网上叫卖' zh .type)" '"data.breach"'
is "a run on a bank" "$(crisis '听说海川农商行要倒闭了，赶紧去取钱，去晚了就取不出来' zh .type)" '"rumour.run"'
is "a walk in the park is none" "$(crisis '今天天气不错，带孩子去公园放风筝' zh '|[.type,.types,.kind]')" '["none",[],"other"]'
is "traditional characters make no difference" "$(crisis '華沛銀行app又崩了，轉賬轉不出去，登錄不上' zh-TW '|[.type,.confidence,.industry,.severity]')" \
	"$(crisis '华沛银行app又崩了，转账转不出去，登录不上' zh '|[.type,.confidence,.industry,.severity]')"
is "title and text are one" "$(echo '{"kind":"post","id":"t","title":"手机银行崩了","text":"转不出钱"}' | classify | jq -r .crisis.type)" system.outage
is "the cluster is that of the type" "$(crisis '华沛银行app又崩了，转账转不出去，登录不上' zh '|has("cluster") and has("origin")')" true
is "none has no cluster" "$(crisis '今天天气不错' zh '|has("cluster")')" false

# --- few words say enough; an advert is no misleading one
few() { is "few words: $2" "$(crisis "$2" "${3:-zh}" .type)" "\"$1\""; }
few care.accident '给孩子扎错针了'
few care.accident '给孩子输错液了'
few system.outage '又进不去了'
few product.safety '充电宝爆炸了，炸伤了手'
few data.breach 'They leaked my medical records' en
few fraud.theft '信用卡被盗刷三千'
few none '华沛银行消费贷，年化低至3.9%，额度最高120万，三分钟到账，详询客户经理'

# --- severity, one cue each
sev() { has "severity: $1" "$(crisis "$2" "${3:-zh}" '.severity|join(" ")')" "$1"; }
sev death '老人在手术台上死亡'
sev injury '工人被烫伤送医'
sev injury '住院三天了还没出来'
hasnt "a deposit for a hospital bed is no injury" "$(crisis '给我爸转8万住院押金，钱出去了医院没收到' zh '.severity|join(" ")')" injury
sev minor '幼儿园孩子吐了一地'
sev money '一辈子积蓄五十万元没了'
sev police '派出所已经立案'
sev regulator '市场监管局责令整改'
sev media '已经上热搜，记者在采访'
sev death 'Two patients died on the ward' en
sev regulator 'The regulator has opened a case' en
grave() { is "no severity: $1" "$(crisis "$1" "${2:-zh}" '.severity // []')" "[]"; }
grave '早高峰路上堵死了'
grave '今天第一天在ICU上班'
grave '退休金到账了'
grave 'A minor scratch on the case, took a sec to fix' en

# --- kinds: each of them occurs
kind() { is "kind: $1" "$(crisis "$2" "${3:-zh}" .kind)" "\"$1\""; }
kind complaint '我要投诉，华沛银行乱扣年费，要求退款，太过分了'
kind news '本报讯 记者从市场监管局获悉，当地一公司因数据泄露被立案，警方通报正在进一步调查'
kind praise '住院半个月，护士们特别耐心细心，出院时我们送了锦旗，真心感谢，推荐给大家'
kind ad '限时优惠全场五折起，领券下单买一送一，名额有限'
kind ad '华沛银行消费贷，年化低至3.9%，三分钟到账，详询客户经理'
kind ad '招聘客服专员，月薪5000起，五险一金'
kind other '明天下午三点开会，会议室在二楼'
kind other 'The meeting is at three in room four' en
is "no other values" "$(jq -c '.kind = "post"' "$SRC"/lib/data/train/crisis-a.ndjson | classify | jq -r .crisis.kind | sort -u | grep -v -x -E 'complaint|news|praise|ad|other')" ""

# --- rumour signals
is "hearsay and urging are told" "$(crisis '听说海川农商行要倒闭，速转' zh '.rumour|join(" ")')" '"hearsay urge"'
is "doubt" "$(crisis '海川农商行的事是真的吗，有没有知道的' zh '.rumour|join(" ")')" '"doubt"'
is "without signals no member" "$(crisis '今天天气不错' zh '|has("rumour")')" false

# --- the record
printf '%s\n' '{"v":1, "kind":"post","id":"a", "n":1.000,"text":"银行app崩了","x":"\u00e9"}' '{"kind":"odd","n":1.0}' \
	'{"kind":"incident","crisis":"keep"}' >in
runin in classify
status "done" 0
is "other kinds pass untouched" "$(printf '%s\n' "$out" | tail -2)" "$(tail -2 in)"
is "the post keeps its bytes" "$(printf '%s\n' "$out" | head -1 | sed 's/,"crisis":.*/}/')" "$(head -1 in)"
printf '%s\n' "$out" >once
runin once classify
is "running again changes nothing" "$out" "$(cat once)"
runin in classify --explain
is "--explain adds terms, evidence and n-grams" "$(printf '%s\n' "$out" | head -1 | jq -c '.crisis.explain | [(.terms | length > 0), (.evidence | length > 0), has("top")]')" '[true,true,true]'
is "it says how near none was" "$(post '今天天气不错' | classify --explain | jq -c '.crisis.explain | [.scores[0].type, (.scores | length), .scores[0].probability >= .none_from, (.scores[1] | has("rules") and has("model"))]')" '["none",5,true,true]'
is "and tells no n-gram twice" "$(post '银行app崩了，银行app崩了，银行app又崩了' | classify --explain | jq -r '.crisis.explain.top[].text' | sort | uniq -d)" ""
is "and decides nothing" "$(printf '%s\n' "$out" | head -1 | jq -c '.crisis | del(.explain)')" "$(head -1 once | jq -c .crisis)"
printf '{"kind":"post","text":"a"}\nbroken\n{"kind":"post","text":"b"}\n' >bad
runin bad classify
status "a malformed line is reported" 65
is "the rest is done" "$(printf '%s\n' "$out" | wc -l)" 2
has "with its number" "$err" ":2:"
run classify nofile
status "a missing file is a fault" 74

# --- words of one's own under a shipped type
mkdir -p own
printf 'extends: shipped\ntypes:\n  service:\n    types:\n      service.delay:\n        zh: {3: [号源秒没]}\n        none: [号源秒没的梗]\n' >own/taxonomy.yaml
own() { post "$1" | classify --config own | jq -r .crisis.type; }
is "the shipped types know nothing of it" "$(post '早上七点号源秒没' | classify | jq -r .crisis.type)" none
is "a sure term decides" "$(own '早上七点号源秒没')" service.delay
is "not beside a term that excludes it" "$(own '号源秒没的梗，笑死')" none
is "and what has none of them is as before" "$(own '今天天气不错')" none
is "the evidence is told as it was written" "$(post '早上七点号源秒没' | classify --explain --config own | jq -c '.crisis.explain.evidence["service.delay"]')" 3

# --- the model is found by configuration, as every other file is
mkdir -p with "$HOME/.config/tocsin"
head -200 "$SRC/lib/data/train/crisis-a.ndjson" >some
train classify -q -o with/classify.model some >/dev/null 2>&1
ok "there is a model of our own" test -s with/classify.model
jq -c '.kind = "post"' some | head -20 >few
shipped=$(classify few | cksum)
own=$(classify -m with/classify.model few | cksum)
ok "it says something else than the shipped one" test "$own" != "$shipped"
is "--config names a folder with a model" "$(classify --config with few | cksum)" "$own"
is "so does TOCSIN_CONFIG" "$(TOCSIN_CONFIG=with classify few | cksum)" "$own"
is "-m goes first" "$(TOCSIN_CONFIG=with classify -m "$BUILD/share/tocsin/classify.model" few | cksum)" "$shipped"
run classify --check
status "--check finds the shipped model in order" 0
has "and says which it is" "$out" "/share/tocsin/classify.model: a model of types, trained on: "
has "beside the taxonomy" "$out" "/share/tocsin/taxonomy.yaml: "
run classify --check --rules-only
hasnt "without a model there is none to name" "$out" classify.model
cp with/classify.model "$HOME/.config/tocsin/"
run tocsin check
has "tocsin check says so too" "$out" "$HOME/.config/tocsin/classify.model: a model of types, trained on: 200 posts"
: >"$HOME/.config/tocsin/classify.model"
run classify few
status "an empty model found there is refused, not passed over" 78
has "by name" "$err" "$HOME/.config/tocsin/classify.model: not a model"
head -c 20000 with/classify.model >"$HOME/.config/tocsin/classify.model"
run classify --check
status "so is one cut short" 78
run tocsin check
status "and tocsin check refuses it" 78
has "and says where" "$out" "BAD  classify --check"
is "rules alone need no model" "$(classify --rules-only few | wc -l)" 20
rm "$HOME/.config/tocsin/classify.model"

# --- taxonomies
cat >own.yaml <<'Y'
extends: shipped
types:
  venue.flood:
    label: {en: Flooded hall, zh: 场馆进水}
    zh: {3: [疏影楼进水]}
    en: {3: [hall flooded]}
Y
run classify -c own.yaml --check
status "an own taxonomy on top of the shipped one is checked" 0
has "its types are added" "$out" "own.yaml: 25 types"
is "its terms count" "$(post '昨晚疏影楼进水' | classify -c own.yaml | jq -r .crisis.type)" venue.flood
is "and the shipped ones with them" "$(post '华沛银行app又崩了，转账转不出去' | classify -c own.yaml | jq -r .crisis.type)" system.outage
is "decisively" "$(post '昨晚疏影楼进水' | classify -c own.yaml | jq -r '.crisis.confidence > 0.6')" true
mkdir conf && cp own.yaml conf/taxonomy.yaml
is "it is found where configuration lies" "$(post '昨晚疏影楼进水' | TOCSIN_CONFIG=$T/conf classify | jq -r .crisis.type)" venue.flood
wrong() { # NAME LINE PART TEXT
	printf '%b' "$4" >wrong.yaml
	run classify -c wrong.yaml in
	status "$1: refused" 78
	has "$1: named with its line" "$err" "wrong.yaml:$2:"
	has "$1: and its key" "$err" "$3"
	is "$1: before anything is written" "$out" ""
}
wrong "an unknown key" 4 "zhh" 'extends: shipped\ntypes:\n  a.b:\n    zhh: [x]\n'
wrong "an unknown base" 1 "extends" 'extends: other\n'
wrong "a list that is none" 3 "a.b" 'extends: shipped\ntypes:\n  a.b: 7\n'
wrong "a key twice" 3 "types" 'extends: shipped\ntypes: {}\ntypes: {}\n'
wrong "broken YAML" 3 "wrong.yaml" 'extends: shipped\ntypes: [\n'
wrong "a list of a sureness there is not" 4 "'4'" 'extends: shipped\ntypes:\n  a.b:\n    zh: {4: [疏影楼]}\n'
wrong "nor half of one" 4 "'1.5'" 'extends: shipped\ntypes:\n  a.b:\n    en: {1: [hall], 1.5: [flood]}\n'
wrong "a severity that nothing reads" 3 "'fire'" 'extends: shipped\nseverity:\n  fire: {zh: [着火]}\n'
wrong "another version" 1 "'2'" 'version: 2\nextends: shipped\n'
printf 'version: 1\nextends: shipped\nseverity: {death: {zh: [走得很安详]}}\ntypes:\n  a.b:\n    zh: {3: [疏影楼]}\n  a.c: {label: {zh: 水}}\n  a.d: {label: Water}\n' >bare.yaml
run classify -c bare.yaml --check
status "a type without a label is in order" 0
has "and noted" "$err" "type 'a.b' has no label"
hasnt "with a label it is not" "$err" "a.c"
hasnt "in whichever way" "$err" "a.d"
is "a severity cue of one's own counts" "$(post '她走得很安详' | classify -c bare.yaml | jq -c .crisis.severity)" '["death"]'
run classify -c nowhere.yaml in
status "a taxonomy that is missing" 78
run classify -m nowhere.model in
status "a model that is missing" 78
: >empty.model
run classify -m empty.model in
status "an empty model" 78
has "is named" "$err" "empty.model: not a model of classify"
printf 'tocsin-classify 1\nclass none 0 1\n' >short.model
run classify -m short.model in
status "a model cut short" 78
run classify -m "$BUILD/share/tocsin/sentiment.model" in
status "the model of another program" 78
run classify --nonsense
status "an unknown option" 64

# --- entities
ents() { post "$1" "${2:-zh}" | classify -e | jq -r '.crisis.entities[] | [.kind, .text, (.value // empty | tostring), .unit // empty] | join("|")'; }
is "who, where, when, how much" "$(ents '昨天下午3点在建国路88号的华沛银行城西支行，患者某7QKd存的1.2万元没了，300多人排队')" 'time|昨天下午3点|2026-11-21T07:00:00Z
place|建国路88号
org|华沛银行城西支行
person|患者某7QKd
amount|1.2万元|12000|CNY
amount|300多人|300|people'
is "placeholders and addresses are no products" "$(ents '我的手机号 [手机·d9W233]，微信[账号·P98772]，车牌[车牌·5LR98X]，戳链接 http://t.cn/A6xyz')" ""
is "what stands beside them is told" "$(ents '[手机·d9W233]在华沛银行城西支行')" "org|华沛银行城西支行"
is "nor are parts of a sentence organisations" "$(ents '已派专人前往医院看望，至今未支付医药费，捐给山区学校')" ""
mkdir watch
printf 'subjects:\n  - {id: xl, name: 星澜电子, ambiguous: [星澜], context: [手机], products: [澜充宝], people: [顾远舟], near: [{terms: [某澜, 充电宝], within: 6}]}\n' >watch/watch.yaml
is "terms of a subject are what watch.yaml says they are" "$(echo '{"kind":"post","id":"s","text":"星澜的充电宝和澜充宝，顾远舟出来说话","subjects":[{"id":"xl","terms":["星澜","充电宝","澜充宝","顾远舟"]}]}' |
	classify -e --config watch | jq -c '[.crisis.entities[] | [.kind, .text, .subject]]')" '[["org","星澜","xl"],["product","澜充宝","xl"],["person","顾远舟","xl"]]'
is "in English" "$(ents 'Halden Bank took $4,200 from me last Tuesday' en)" 'org|Halden Bank
amount|$4,200|4200|USD
time|last Tuesday|2026-11-17'
is "元 in Taiwan" "$(ents '罰款600萬元' zh-TW)" 'amount|600萬元|6000000|TWD'
is "positions are code points" "$(post '𠮷祥：华沛银行' | classify -e | jq -c '.crisis.entities[0].at')" '[3,7]'
is "what stands in the title says so" "$(echo '{"kind":"post","id":"t","title":"华沛银行通报","text":"昨天的事","published":"2026-11-22T08:30:00Z"}' | classify -e | jq -c '.crisis.entities | map([.in, .text])')" '[["title","华沛银行"],[null,"昨天"]]'
is "a watched name is known" "$(echo '{"kind":"post","id":"t","text":"疏影楼又关门","subjects":[{"id":"sy","terms":["疏影楼"]}]}' | classify -e | jq -c '.crisis.entities[0] | [.kind,.text,.subject]')" '["org","疏影楼","sy"]'
is "only when asked for" "$(post '华沛银行' | classify | jq -c '.crisis | has("entities")')" false
is "spans are what they say" "$(classify --rules-only -e "$SRC/tests/corpus/entities.ndjson" | jq -r '. as $p | .crisis.entities[] | select(.text != $p.text[.at[0]:.at[1]]) | .text')" ""
f1=$("$SRC/tests/bench/quality-entities.sh" | awk '/^  all/ {f = substr($0, index($0, "F1") + 3)} END {print f + 0}')
ok "entities of the half held out: F1 $f1, at least 0.85" awk -v f="$f1" 'BEGIN {exit !(f >= 0.85)}'

# --- terms
awk 'BEGIN {
	split("我妈 同事 邻居 楼下大爷 舅舅 网友 表哥 老板", who, " ")
	split("： ， 刚知道 听说 看到", by, " ")
	split("急哭 去了三趟 很生气 站在门口 写了投诉信 找记者 等到天黑", end, " ")
	for (i = 0; i < 240; i++) {
		now = i % 3 == 0
		printf "{\"kind\":\"post\",\"id\":\"q:%03d\",\"published\":\"2026-11-%sT%02d:00:00Z\",\"text\":\"%s%s%s%s\",\"sentiment\":{\"label\":\"%s\"},\"crisis\":{\"type\":\"%s\"}}\n",
			i, now ? "22" : "20", i % 24, who[i % 8 + 1], by[i % 5 + 1], now ? "华沛银行取不出钱" : "华沛银行顺便办卡", end[int(i / 5) % 7 + 1],
			now ? "neg" : "neu", now ? "rumour.run" : "none"
	}
}' >stream.ndjson
run classify --terms --split 2026-11-22T00:00:00Z stream.ndjson
status "--terms ends with 0" 0
t=$(printf '%s\n' "$out" | jq -c 'select(.term == "华沛银行取不出钱")')
is "the new phrase comes whole" "$(printf '%s' "$t" | jq -c '[.kind,.series,.status,.n,.posts,.of,.value,.reference.n,.reference.of]')" '["point","terms","new",80,80,80,80,0,160]'
is "with moods, types, the time it began and posts to read" "$(printf '%s' "$t" | jq -c '[.sentiment.neg,.types[0],.first,.ids,.ts]')" \
	'[80,{"type":"rumour.run","n":80},"2026-11-22T00:00:00Z",["q:000","q:024","q:048"],"2026-11-22T21:00:00Z"]'
is "no piece of it beside it" "$(printf '%s\n' "$out" | jq -r 'select(.term as $x | "华沛银行取不出钱" | contains($x)) | .term')" "华沛银行取不出钱"
jq -c 'select(.published < "2026-11-22")' stream.ndjson >before.ndjson
jq -c 'select(.published >= "2026-11-22")' stream.ndjson >now.ndjson
is "a reference in a file gives the same" "$(classify --terms --reference before.ndjson now.ndjson)" "$out"
is "so does another order" "$(sort -r now.ndjson | classify --terms --reference before.ndjson | jq -c '[.term,.n,.g2]')" "$(printf '%s\n' "$out" | jq -c '[.term,.n,.g2]')"
{ cat now.ndjson; for i in 1 2 3 4 5 6 7; do head -1 now.ndjson | jq -c --arg i $i '.id += "-" + $i | .dup = {cluster: "q:000"}'; done; } >copies.ndjson
is "copies count once" "$(classify --terms copies.ndjson | jq -c 'select(.term == "华沛银行取不出钱") | [.n,.posts,.of]')" '[80,87,80]'
run classify --terms now.ndjson
is "without a reference nothing is called new" "$(printf '%s\n' "$out" | jq -c 'select(has("status") or has("g2"))')" ""
run classify --terms --top 1 now.ndjson
is "--top" "$(printf '%s\n' "$out" | wc -l)" 1
run classify --terms -f text --split 2026-11-22T00:00:00Z stream.ndjson
has "a table has a head" "$(printf '%s\n' "$out" | head -1)" "status"
has "and ends with what it counted" "$(printf '%s\n' "$out" | tail -1)" "80 posts (80 without copies) against 160"
is "its columns stand under one another, Chinese or not" "$(printf '%s\n' "$out" | sed '$d' | python3 -c '
import sys, unicodedata
w = lambda s: sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in s)
rows = [l.rstrip("\n") for l in sys.stdin]
at = w(rows[0][:rows[0].index("posts") + 5])
for r in rows[1:]:
    n = 0
    for i, c in enumerate(r):
        n += w(c)
        if n == at: print(r[i].isdigit() and r[i + 1] == " "); break' | sort -u)" True
post "$(printf '\033[2Jred\033[0m alert \007')" en >evil.ndjson
cat evil.ndjson evil.ndjson evil.ndjson | jq -c --slurp 'to_entries[] | .value.id = "e:\u001b[31m\(.key)" | .value' >evil3.ndjson
hasnt "a table cannot steer a terminal" "$(classify --terms -f text evil3.ndjson)" "$(printf '\033')"
echo '{"kind":"post","id":"x","text":"a"}' | classify --terms --split 24h >/dev/null 2>err
is "a post without a time cannot be placed" "$?" 65
has "and is named" "$(cat err)" "published"
run classify --terms --reference nofile now.ndjson
status "a reference that cannot be read is a fault" 74
is "and nothing is called new" "$out" ""
run classify --terms --split 24h --reference before.ndjson now.ndjson
status "one reference, not two" 64
run classify --split 24h now.ndjson
status "--split is for --terms" 64
run classify --top 3 now.ndjson
status "so is --top" 64
for o in -e -x --rules-only '-c own.yaml' '-m with/classify.model'; do
	# shellcheck disable=SC2086
	run classify --terms $o now.ndjson
	status "--terms has no use for $o" 64
done
run classify --check now.ndjson
status "--check reads no posts" 64
jq -nc 'range(8) | {kind: "post", id: "m:\(.)", published: "2026-11-22T0\(.):00:00Z",
	text: "\("买卖修用看想问送"[.:. + 1])星澜X9\("热冷慢快新旧好坏"[.:. + 1])iOS 17\("上里中下前后内外"[.:. + 1])"}' >models.ndjson
is "letters and figures are written as they stand: X9, but iOS 17" "$(classify --terms models.ndjson | jq -r .term | grep -E '9|17' | sort | tr '\n' ' ')" "iOS 17 星澜X9 "
run classify --terms -f html now.ndjson
status "an unknown format" 64
run classify --terms /dev/null
is "nothing in, nothing out" "$code$out$err" 0
done_testing
