#!/bin/sh
# draft replies: many posts, few texts, one approval a text, nobody answered twice or too often.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
TOCSIN_NOW=2026-11-22T02:00:00Z
export TOCSIN_NOW
printf '%s\n' '{"kind":"incident","id":"i-1","subject":"huapei","industry":"bank","type":"system.outage","level":"orange","window":{"from":"2026-11-22T00:00:00Z","to":"2026-11-22T02:00:00Z"}}' |
	match-playbook | casefile open >/dev/null
# post ID PLATFORM AUTHOR TEXT [MORE]
post() { printf '{"kind":"post","id":"%s","source":"s","platform":"%s","author":{"id":"%s"},"published":"2026-11-22T01:00:00Z","text":"%s"%s}\n' "$1" "$2" "$3" "$4" "${5:-}"; }
{
	post w:1 weibo u1 又登不上了 ',"url":"https://weibo.example/1","subjects":[{"id":"huapei","voice":"public"}]'
	post w:2 weibo u1 还是登不上
	post d:3 douyin u3 钱呢
	post x:4 forum u4 'cannot log in'
	post n:5 news m5 快讯 ',"subjects":[{"id":"huapei","voice":"media"}]'
	post w:6 weibo u6 转发 ',"form":"repost"'
	post w:7 weibo u7 信息泄露了吧 ',"crisis":{"type":"data.breach"}'
	post w:8 weibo u8 登不上 ',"form":"complaint","customer":"C-8"'
	post w:1 weibo u1 又登不上了
} >posts
Z=d-2026-0001-reply-zh-post1
E=d-2026-0001-reply-en-post1

run draft replies 1 posts -n
status "a dry run" 0
is "stores nothing" "$(draft list 1 | wc -l)" 0
run draft replies 1 posts
status "answers are drafted" 0
has "in Chinese to who writes Chinese" "$out" "您好，【待核实：哪些业务中断"
has "in English to who writes English" "$out" "We are sorry about the trouble with [to be confirmed:"
has "what is not known is asked" "$err" "open: hotline:"
has "and the sum is told" "$err" "8 posts read, 4 added to 2 texts; 1 of authors who have an answer; 1 not the public's voice; 1 reposts; 1 of another type"
is "posts with the same words share one text" "$(draft posts $Z -f json | jq -r .post | tr '\n' ' ')" "w:1 d:3 w:8 "
is "it is a draft" "$(draft show $Z -f json | jq -c '[.form,.audience,.state,.version]')" '["reply","posts","draft",1]'
run draft submit $Z
status "which an open question keeps in" 1
run draft replies 1 posts
has "the same posts again change nothing" "$err" "0 added to 2 texts; 4 waited already"
is "not even the version" "$(draft show $Z -f json | jq .version)" 1

set -- --fact services=登录和转账 --fact fallback=全省网点延长营业到20点、ATM、电话银行 --fact hotline=95577 --fact next_update=14:00
run draft replies 1 posts "$@"
has "the answers fill the text" "$out" "您好，登录和转账中断给您造成麻烦，我们道歉。"
has "too long for a platform: whole sentences are left out in a text of its own" "$out" "$Z-douyin version 1, draft: 1 posts, shortened for douyin"
hasnt "and only there" "$(draft show $Z-douyin --text)" 下一次通报
is "its post moved there" "$(draft posts $Z-douyin -f json | jq -r .post)" d:3
is "the others stay" "$(draft posts $Z -f json | jq -r .post | tr '\n' ' ')" "w:1 w:8 "
has "Chinese facts in an English text are found" "$err" "language: Chinese in an English text: '登录和转账'"
run draft submit $E
status "and keep it in" 1
draft replies 1 posts --fact services.en='log-in and transfers' --fact fallback.en='branches until 20:00, ATMs, telephone banking' >/dev/null 2>&1
is "an answer in English does" "$(draft show $E --text)" "We are sorry about the trouble with log-in and transfers. You can still use: branches until 20:00, ATMs, telephone banking. Please do not repeat transfers. For a check, send us the reference number in a private message (never card or ID numbers in public) or call 95577. Next update: 14:00."
has "the Chinese text keeps its own" "$(draft show $Z --text)" "登录和转账中断"

# the gate: one approval a text
run draft release $Z
status "no text leaves unsigned" 1
for t in $Z $E; do
	draft submit "$t" >/dev/null 2>&1
	draft approve "$t" --role pr >/dev/null 2>&1
	draft approve "$t" --role legal >/dev/null 2>&1
done
run draft release $Z
status "an approved text leaves" 0
is "a record for each post that waited, and for no other" "$(printf '%s\n' "$out" | jq -c '[.kind,.state,.reply_to.id,.reply_to.stakeholder]')" '["draft","released","w:1","public"]
["draft","released","w:8","customer"]'
is "with the bytes that were signed" "$(printf '%s\n' "$out" | jq '(.text|@base64) as $t | .approvals|length' | sort -u)" 2
is "and where it goes" "$(printf '%s\n' "$out" | head -1 | jq -c .reply_to)" '{"id":"w:1","platform":"weibo","source":"s","url":"https://weibo.example/1","author":{"id":"u1"},"stakeholder":"public"}'
printf '%s\n' "$out" >released
run draft release $Z
status "nothing is sent twice" 1
has "for nobody waits" "$err" "no post waits"
run draft release $Z-douyin
status "a text of another platform needs its own signatures" 1
run draft reject $Z-douyin --reason x
status "what was not handed in cannot be rejected" 1
draft submit $Z-douyin >/dev/null 2>&1
draft reject $Z-douyin --role legal --reason 语气 >/dev/null 2>&1
run draft release $Z-douyin
status "a rejected text does not leave" 1

# posts that come later
{
	cat posts
	post w:9 weibo u9 也登不上
	post w:10 weibo u1 再问一次 | sed s/T01:00/T05:00/
} >later
run draft replies 1 later
has "a later post joins the text that was approved" "$out" "$Z version 2, released: 1 posts"
has "who has an answer gets no second" "$err" "2 were answered before; 2 of authors who have an answer"
is "without another approval" "$(draft release $Z 2>/dev/null | jq -r .reply_to.id)" w:9
TOCSIN_NOW=2026-11-23T03:00:00Z
run draft replies 1 later
has "a day later the author may be answered again, to another post" "$err" "1 added to"
is "which was written after the answer" "$(draft posts $Z -f json | jq -r 'select(.state == "waiting").post')" w:10
run draft posts $Z --drop w:10
status "taking a post off says why" 64
run draft posts $Z --drop w:10 --reason 已电话联系
status "and then it is off" 0
hasnt "the list" "$out" w:10
run draft posts $Z --drop w:1 --reason x
status "one that was answered stays" 1
TOCSIN_NOW=2026-11-22T02:00:00Z

# a person's wording
draft replies 1 --per-author 5 >/dev/null 2>&1 <<-J
	$(post w:11 weibo u11 登不上)
J
echo '您好，登录已于10:05恢复，原因：机房断电。请拨95577核对。' | draft edit $Z >/dev/null 2>&1
draft replies 1 >/dev/null 2>&1 <<-J
	$(post w:12 weibo u12 登不上)
J
has "an edited text is not filled anew" "$(draft show $Z --text)" 机房断电
is "new posts join it" "$(draft posts $Z -f json | jq -r 'select(.state == "waiting").post' | tr '\n' ' ')" "w:11 w:12 "
run draft release $Z
status "its old signatures do not hold" 1
awk 'BEGIN {for (i = 0; i < 20; i++) printf "您好，登录已经恢复。"; print ""}' | draft edit $Z >/dev/null 2>&1
run draft submit $Z
has "too long for a platform that waits" "$err" "length: 200 characters where weibo takes 140 (2 posts)"
status "is not handed in" 1

# personal data, other sections, other cases
echo '您好，请找张伟，电话13812345678。' | draft edit $Z >/dev/null 2>&1
run draft submit $Z
status "personal data stay in" 1
run draft replies 1 posts --section 没有这一段
status "a section that is not there" 1
has "lists those that are" "$err" "section: 网络评论公开回复"
printf '%s\n' '{"kind":"incident","id":"i-2","subject":"huapei","industry":"bank","type":"system.outage","level":"yellow"}' | match-playbook | casefile open >/dev/null
run draft replies 2 posts
has "a post is answered once, whatever the case" "$err" "2 were answered before"
casefile close 2 --override x --reason x >/dev/null
run draft replies 2 posts
status "a closed case answers nobody" 1
run draft replies 1 /nonexistent
status "no such file" 74
run draft replies
status "no case" 64
run draft replies 1 posts --posts x
status "files or the store, not both" 64

# out of the store
jq -c '.id |= sub("^";"s-") | .author.id |= sub("^";"s-") | .subjects = [{"id":"huapei","voice":"public"}]' posts | grep -v n:5 | store add >/dev/null 2>&1
run draft replies 1 --posts 登不上 --refill
has "posts of the store with these words" "$err" "3 posts read, 2 added"
run draft replies 1 --posts '*' --per-author 9
has "or all of them" "$err" "7 posts read, 3 added"
S=$(draft posts $Z -f json | jq -r 'select(.state == "waiting") | .post' | grep -c ^s-)
ok "they wait" test "$S" -gt 1
store forget --post s-w:1 >/dev/null 2>&1 || store forget --id s-w:1 >/dev/null 2>&1
draft submit $Z >/dev/null 2>&1
draft approve $Z --role pr >/dev/null 2>&1
draft approve $Z --role legal >/dev/null 2>&1
run draft release $Z
status "they leave" 0
hasnt "but nothing to a post that was forgotten meanwhile" "$out" '"s-w:1"'
run casefile verify
status "the chain holds" 0
run store check
status "and the store" 0
run notify -n released
is "a notice for each post" "$(printf '%s\n' "$out" | jq -r .id | sort -u | wc -l)" 2
has "that says where it goes" "$out" "→ weibo u1 https：//weibo.example/1"

# a text that names its reader is one for each
mkdir -p lib/bank
cp -r "$SRC/playbooks/general" lib/ && cp -r "$SRC/playbooks/bank/system-outage" lib/bank/
for l in zh en; do sed -i 's/“您好，{{services}}/“{{author}}您好，{{services}}/; s/^"We are sorry about/"{{author}}: we are sorry about/' "lib/bank/system-outage/reply.$l.md"; done
run match-playbook -p lib --lint
hasnt "such a playbook is allowed" "$out" placeholder
sed -i 's/^## 网络评论公开回复/## 其他/' lib/bank/system-outage/reply.zh.md
run match-playbook -p lib --lint
has "one that says nothing to posts is not" "$out" "bank/system-outage/reply.zh.md:1: no section answers posts"
sed -i 's/^## 其他/## 网络评论公开回复/' lib/bank/system-outage/reply.zh.md
printf '%s\n' '{"kind":"incident","id":"i-3","subject":"other","industry":"bank","type":"system.outage","level":"blue"}' | match-playbook -p lib | casefile open >/dev/null
{ post a:1 weibo 用户A 坏了; post a:2 weibo 用户B 坏了; } >two
run draft replies 3 two -p lib
is "one text for each author" "$(draft list 3 | wc -l)" 2
has "with the name" "$out" "用户B您好"
done_testing
