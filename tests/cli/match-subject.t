#!/bin/sh
# match-subject from the user's side.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
cat >"$T/w.yaml" <<'E'
block: [抽奖互粉]
sources:
  spamfeed: {block: [优惠]}
accounts:
  media: [第一财经]
  official: ['weibo:g77']
subjects:
  - id: huapei
    name: 华沛银行
    industry: bank
    aliases: [Huapei Bank]
    ambiguous: [华沛]
    context: [银行, 转账, 网点, app]
    hashtags: ['#崩了#']
    handles: ['@华沛银行客服']
    none: [华沛路]
    near: [{terms: [沛行, 挤兑], within: 5}]
    regex: ['hp[- ]?bank']
    accounts: {staff: [柜员小李]}
  - id: yunlan
    name: 云岚银行
    side: rival
    handles: ['@云岚银行']
  - id: both
    all: [充电, 起火]
E
# subject TEXT [REST OF THE RECORD]: "id:voice" of each subject that matches
subject() {
	printf '{"kind":"post","id":"1","text":"%s"%s}\n' "$1" "${2:-}" | match-subject -c "$T/w.yaml" |
		jq -r '[.subjects[] | .id + ":" + .voice] | join(" ")'
}
is "a name matches" "$(subject 华沛银行又登录不上了)" huapei:public
is "traditional characters match simplified terms" "$(subject 華沛銀行當機了)" huapei:public
is "full width and case do not matter" "$(subject 'ＨＵＡＰＥＩ  bank is down')" huapei:public
is "a Latin term is a whole word" "$(subject 'Huapei Banking news')" ""
is "an ambiguous name alone does not count" "$(subject 华沛这个名字好听)" ""
is "beside a context term it does" "$(subject 华沛的网点排队)" huapei:public
is "an excluded term wins" "$(subject 住在华沛路旁的华沛银行对面)" ""
is "a hashtag counts behind #" "$(subject '#崩了# 真的吗')" huapei:public
is "the same word without # does not" "$(subject 我崩了)" ""
is "two terms near each other" "$(subject 沛行出现挤兑)" huapei:public
is "the same two far apart" "$(subject 沛行今天开业大家都来祝贺没有人挤兑)" ""
is "a regular expression" "$(subject 'HP-Bank again')" huapei:public
is "a global block word" "$(subject '抽奖互粉 华沛银行')" ""
is "a block word of a source" "$(subject '华沛银行优惠' ',"source":"spamfeed"')" ""
is "the same word from another source" "$(subject '华沛银行优惠' ',"source":"x"')" huapei:public
is "all terms of all" "$(subject '充电时突然起火')" both:public
is "one of them is not enough" "$(subject '充电很快')" ""
is "a title counts" "$(subject '' ',"title":"华沛银行公告"')" huapei:public
is "a tag counts" "$(subject 'x' ',"tags":["崩了"]')" huapei:public
is "its own account" "$(subject 华沛银行公告 ',"author":{"name":"华沛银行客服"}')" huapei:own
is "its staff" "$(subject 华沛银行加班 ',"author":{"name":"柜员小李"}')" huapei:staff
is "a listed medium" "$(subject 华沛银行 ',"author":{"name":"第一财经"}')" huapei:media
is "a listed authority by id" "$(subject 华沛银行 ',"platform":"weibo","author":{"id":"g77"}')" huapei:official
is "the press by platform" "$(subject 华沛银行 ',"platform":"news"')" huapei:media
is "a rival speaks of us" "$(subject 华沛银行不行 ',"author":{"name":"云岚银行"}')" huapei:rival
# --- what the platform says of the account
says() { subject 华沛银行辟谣 ",\"author\":$1"; }
for word in gov government 政府 政府认证 police official 北京市公安局官方微博; do
	is "verified as $word: an authority" "$(says "{\"name\":\"甲\",\"verified\":\"$word\"}")" huapei:official
done
is "an authority by type" "$(says '{"name":"甲","type":"police"}')" huapei:official
is "a verified account that is named like the police" "$(says '{"name":"北京警方","verified":true}')" huapei:official
is "an organisation named like one" "$(says '{"name":"某市公安局","verified":"机构"}')" huapei:official
is "that name alone, which anybody may take" "$(says '{"name":"北京警方"}')" huapei:public
is "that name, said not to be verified" "$(says '{"name":"北京警方","verified":"未认证"}')" huapei:public
is "that name, said to be a person's" "$(says '{"name":"北京警方","verified":"个人"}')" huapei:public
is "an organisation is one of the public" "$(says '{"name":"某某公司","verified":"企业认证"}')" huapei:public
is "media by their verification" "$(says '{"name":"甲","verified":"媒体"}')" huapei:media
is "media by type" "$(says '{"name":"甲","type":"press","verified":true}')" huapei:media
is "what somebody once was says nothing" "$(says '{"name":"甲","verified":"律师，曾任职某法院"}')" huapei:public
cat >"$T/tree" <<'E'
{"kind":"post","id":"p","text":"华沛银行把我的卡冻结了"}
{"kind":"post","id":"r1","text":"转发微博","parent":"p"}
{"kind":"post","id":"r2","text":"又是这样","parent":"r1","root":"p"}
{"kind":"post","id":"r3","text":"住在华沛路上看热闹","parent":"p"}
{"kind":"post","id":"r4","text":"抽奖互粉","parent":"p"}
{"kind":"post","id":"r5","text":"云岚银行也一样","parent":"p"}
{"kind":"post","id":"r6","text":"转发微博","parent":"nobody","root":"p"}
{"kind":"post","id":"s","text":"今天天气好"}
{"kind":"post","id":"s1","text":"转发微博","parent":"s"}
E
is "reposts and answers are about what their post is about" \
	"$(match-subject -c "$T/w.yaml" "$T/tree" | jq -r '[.id, (.subjects[] | .id, .via // "-")] | join(" ")' | tr '\n' ';')" \
	'p huapei -;r1 huapei p;r2 huapei r1;r5 yunlan -;r6 huapei p;'
has "whose fault, among several" "$(printf '{"kind":"post","id":"1","text":"云岚银行很好，华沛银行太坑了"}\n' | match-subject -c "$T/w.yaml" | jq -c '.subjects[] | select(.blamed) | .id')" huapei
blamed() { printf '{"kind":"post","id":"1","text":"%s"}\n' "$1" | match-subject -c "$T/w.yaml" | jq -r '.subjects[] | select(.blamed) | .id'; }
is "worse than another: it is to blame" "$(blamed 华沛银行比云岚银行差远了)" huapei
is "not as good as another" "$(blamed 华沛银行不如云岚银行)" huapei
is "better than another: rather the other" "$(blamed 华沛银行比云岚银行好太多)" yunlan
is "the nearer one, when two stand in a sentence" "$(blamed 从华沛银行转到云岚银行，云岚银行扣了我两次手续费)" yunlan
is "the one in the clause of the blame, whatever the other is called besides" "$(blamed '云岚银行app垃圾，还是华沛银行 (华沛) 好')" yunlan
is "who copied" "$(blamed 云岚银行抄袭华沛银行)" yunlan
is "who copied, the copied one going to court" "$(blamed 云岚银行抄袭华沛银行的转账界面，华沛银行已起诉)" yunlan
is "who copied, said the other way round" "$(blamed 华沛银行的转账界面被云岚银行抄袭)" yunlan
is "who is said to have copied" "$(blamed 云岚银行被指抄袭华沛银行)" yunlan
is "not who was copied by nobody in particular" "$(blamed 华沛银行被抄袭，云岚银行表示同情)" ""
is "not who did not" "$(blamed 云岚银行没有抄袭华沛银行)" ""
is "who is sued" "$(blamed 华沛银行起诉云岚银行)" yunlan
is "who is sued, said the other way round" "$(blamed 云岚银行被华沛银行起诉)" yunlan
is "who is sued, in English" "$(blamed 'Huapei Bank sued 云岚银行')" yunlan
is "who was sued, in English" "$(blamed 'Huapei Bank was sued by 云岚银行')" huapei
is "none, when nobody is blamed" "$(blamed 华沛银行和云岚银行今天都上班)" ""
printf '{"kind":"post","id":"1","text":"a 华沛银行"}\n{"kind":"post","id":"2","text":"别的"}\n' >"$T/in"
is "explain says where" "$(match-subject -c "$T/w.yaml" --explain "$T/in" | jq -c '.subjects[0].at[0]')" '{"term":"华沛银行","in":"text","byte":2,"len":12}'
is "others are dropped" "$(match-subject -c "$T/w.yaml" "$T/in" | wc -l)" 1
is "or kept on demand, untouched" "$(match-subject -c "$T/w.yaml" --keep-all "$T/in" | tail -1)" "$(tail -1 "$T/in")"
match-subject -c "$T/w.yaml" --keep-all "$T/in" >"$T/o1"
match-subject -c "$T/w.yaml" --keep-all "$T/o1" >"$T/o2"
ok "run again over its own output it changes nothing" cmp "$T/o1" "$T/o2"
bad() { # bad NAME YAML MESSAGE
	printf '%b' "$2" >"$T/bad.yaml"
	run match-subject -c "$T/bad.yaml" "$T/in"
	status "$1 is refused" 78
	has "$1: the message names it" "$err" "$3"
}
bad "a subject without terms" 'subjects:\n  - id: x\n' "bad.yaml:2"
bad "an unknown key" 'subjects:\n  - id: x\n    nam: y\n' "nam"
bad "an industry that is no folder" 'subjects:\n  - id: x\n    industry: ../bank\n    name: 华沛银行\n' "bad.yaml:3: key 'industry'"
bad "a broken expression" 'subjects:\n  - id: x\n    regex: ["a("]\n' "bad.yaml:3"
bad "an id twice" 'subjects:\n  - {id: x, any: [a]}\n  - {id: x, any: [b]}\n' "twice"
bad "an ambiguous name without context" 'subjects:\n  - {id: x, ambiguous: [a]}\n' "context"
bad "no subjects" 'block: [a]\n' "no subjects"
printf 'subjects:\n  - {id: x, regex: ["(a+)+$"]}\n' >"$T/slow.yaml"
printf '{"kind":"post","id":"1","text":"%s!"}\n' "$(printf 'a%.0s' $(seq 60))" >"$T/slow"
ok "a regular expression that backtracks without end is cut short" timeout 20 match-subject -c "$T/slow.yaml" "$T/slow"
run match-subject --check
status "the shipped file is in order" 0

# --- an own account need not name the house
printf 'subjects: [{id: a, any: [澄湖医院], none: [招聘], accounts: {own: [澄湖发布], staff: [小林]}}]\n' >own.yaml
say() { printf '{"kind":"post","id":"1","source":"s","published":"2026-11-22T01:00:00Z","text":"%s","author":{"name":"%s"}}\n' "$1" "$2" | match-subject -c own.yaml; }
is "its notice is about it" "$(say 我院明日停诊 澄湖发布 | jq -c '.subjects')" '[{"id":"a","terms":[],"voice":"own"}]'
is "unless a word rules it out" "$(say 我院招聘护士 澄湖发布)" ""
is "what staff post is not" "$(say 今天下雨 小林)" ""
is "nor what anybody does" "$(say 我院明日停诊 路人)" ""

# --- a source that is about one subject
printf 'subjects: [{id: a, any: [澄湖医院], none: [招聘]}]\nsources: {hotline: {subject: a, block: [测试]}}\n' >hotline.yaml
call() { printf '{"kind":"post","id":"1","source":"%s","published":"2026-11-22T01:00:00Z","text":"%s"}\n' "$2" "$1" | match-subject -c hotline.yaml | jq -c '[.subjects[].id]'; }
is "every call to the house's hotline is about it" "$(call 等了两小时 hotline)" '["a"]'
is "calls elsewhere are not" "$(call 等了两小时 weibo)" ""
is "block words hold" "$(call 测试电话 hotline)$(call 问招聘 hotline)" ""
printf 'subjects: [{id: a, any: [x]}]\nsources:\n  hotline: {subject: b}\n' >wrong.yaml
run match-subject -c wrong.yaml --check
status "a subject that is not there" 78
has "is named with its line" "$err" "wrong.yaml:3: key 'subject': there is no subject 'b'"

# --- a long post is no hiding place
printf 'subjects: [{id: a, regex: ["华沛(?:服务|网点|[a-z])*挤兑"]}]\n' >long.yaml
awk 'BEGIN { printf "{\"kind\":\"post\",\"id\":\"1\",\"source\":\"s\",\"published\":\"2026-11-22T01:00:00Z\",\"text\":\"华沛"; for (i = 0; i < 20000; i++) printf "a"; print "挤兑\"}" }' >long
is "twenty thousand letters between" "$(match-subject -c long.yaml long | grep -c '')" 1

# --- a folder of configuration that is named must be there
run match-subject --config "$T/nowhere" long
status "one that is not" 78
has "is told" "$err" "cannot use the folder"
TOCSIN_CONFIG=$T/long.yaml run match-subject long
status "a file instead of a folder" 78
done_testing
