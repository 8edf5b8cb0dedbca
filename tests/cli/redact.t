#!/bin/sh
# redact from the user's side.
. "$(dirname "$0")/../lib.sh"
echo 0123456789abcdef0123456789abcdef >"$T/key"
chmod 600 "$T/key"
text() { printf '%s\n' "$1" | redact --text --key "$T/key"; }
kept() { is "stays: $1" "$(text "$1")" "$1"; }
gone() { # gone TEXT SECRET: the secret goes, the rest stays
	got=$(text "$1")
	hasnt "goes: $1" "$got" "$2"
	has "the rest of it stays: $1" "$got" "${1%%"$2"*}"
}
gone '请打13812345678找我' 13812345678
gone '电话：138-1234-5678' 138-1234-5678
gone '手机１３８１２３４５６７８' １３８１２３４５６７８
gone '加我一三八一二三四五六七八' 一三八一二三四五六七八
gone '联系电话 +86 138 1234 5678' '+86 138 1234 5678'
gone '固话电话：025-83106666转203' 025-83106666
gone '打010-62345678没人接' 010-62345678
kept '客服热线010-62345678'
gone '身份证110101199003077475已上传' 110101199003077475
gone '卡号6222 0212 3456 7890 128 被盗刷' '6222 0212 3456 7890 128'
gone '邮箱zhang.san@example.com收' zhang.san@example.com
gone '护照E12345678丢失' E12345678
gone '车牌苏A12345的车主' 苏A12345
gone '加微信：zhangsan_88聊' zhangsan_88
gone 'v信 abc12345 私聊' abc12345
gone '扣扣：123456789' 123456789
gone '住院号：00123456的病人' 00123456
gone '出生日期：1985-12-15' 1985-12-15
gone '家住中山路88号3栋502室' 中山路88号3栋502室
gone '患者王建国住院三天' 王建国
gone '患者王某某在手术后去世' 王某某
gone '我叫李雪梅，是这家银行的客户' 李雪梅
gone '陈女士反映' 陈
gone '主机192.168.1.1上' 192.168.1.1
gone 'call me at (212) 555-0100 please' '(212) 555-0100'
gone '212-555-0100 是我的号' 212-555-0100
gone 'My phone: 2125550100' 2125550100
gone 'SSN 123-45-6789 was on the form' 123-45-6789
gone '座机(0512)-66667777没人接' '(0512)-66667777'
kept 'hotline 800-555-0100, 400-820-8820'
kept 'rows 200 300 4000, part 900-12-3456, code 666-12-3456'
gone '网卡 aa:bb:cc:dd:ee:0f' aa:bb:cc:dd:ee:0f
kept '客服热线95588，4008001234'
kept '订单号ORDER12345678901234'
kept '身份证110101199003077476号码错了一位，校验不通过'
kept '张医生很有耐心，李主任亲自查房'
kept '用户方面反映，客户金额有误'
kept '鼓楼医院在中山路321号'
kept '播放量1390000万，编号23812345678'
kept '患者高度紧张，家属都在等'
kept 'http://t.cn/13812345678'
kept '版本1.2.3，比例1:2:3:4，12:34:56'
for s in '用户刘女士反映 刘' '患者陈女士 陈' '家长王女士称 王' '业主李先生 李' '市民王先生 王' '网友李女士爆料 李' '记者联系到陈女士 陈' '患者家属陈先生 陈' \
	'家住城南的赵女士 赵' '来电人吴小姐 吴'; do
	gone "${s% *}" "${s##* }"
done
gone '李强13800138000' 李强
gone '受害人（王桂芳，女，68岁）' 王桂芳
gone '驾驶人马某某（男，32岁）' 马某某
gone '消费者孙女士投诉' 孙
gone '联系张丽华 13912345678' 张丽华
gone '收件人电话 陈思雨，15012345678' 陈思雨
gone '买家周子轩申请退款' 周子轩
gone '我是周子轩，上周买的' 周子轩
gone '孩子周子轩，今年七岁' 周子轩
gone '车主小陈说没人管' 陈
gone 'Hello, my name is Jane Doe and it burns' 'Jane Doe'
gone 'hi my name is jane doe, it burns' 'jane doe'
gone 'Hello, I am John Smith' 'John Smith'
gone "it's Mr. Zhang who told us" Zhang
gone "our patient Robert O'Brien died" "Robert O'Brien"
gone 'the customer Wei Zhang wrote' 'Wei Zhang'
gone 'Best, signed, David J. Miller' 'David J. Miller'
gone '护照上的名字是Linda Chen，不是我' 'Linda Chen'
gone 'I live at 12 Oak Hill Road, come' '12 Oak Hill Road'
gone 'find me: 221B Baker Street' '221B Baker Street'
gone 'parcel to 9 Elm St, Apt 4B please' '9 Elm St, Apt 4B'
gone '加wx: tangtang_mama聊' tangtang_mama
gone '微信 tangtang_mama' tangtang_mama
gone '我的vx:tangtang' tangtang
for s in 我是老师 我是真的服了 联系客服三次 用户反映系统卡 孩子高烧不退 感谢师傅上门 各位女士先生 许多先生女士 '@文章同学你好' 客服张小姐说没有 客服刘经理没回 \
	'I am Happy with it' 'I am From Leeds' 'Mr. Fusion in the garage' 'Mr President, read this' 'Customer Service hung up' 'Dr. Wong was kind' \
	'I am Not amused' 'My name is On the list' 'MS Office crashed' 'Signed Up last month' 'the bank at 12 Oak Street closed' \
	'@主播彭嘉 来了' '@我是张兴亮 你好' 总台有位小姐说 像东郭先生一样 '如果我是孙扬，就不去' 'This is Jordan at its best' 'Thanks, Jack Ma would agree' \
	'photo_wx: holiday' '微信 支付 failed_again' 'WeChat: please contact us' '微信：Android版打不开' 'call Customer Care' 'patient Safety First'; do
	kept "$s"
done
printf 'staff_names: true\n' >"$T/staff.yaml"
staff() { echo "$1" | redact --text -c "$T/staff.yaml" --key "$T/key" | sed 's/某[0-9A-Za-z]*/某/; s/Person-[0-9A-Za-z]*/P/'; }
is "staff_names: glued names with a role go" "$(staff 客服刘经理)$(staff 联系刘经理)$(staff 门店王店长)$(staff 刘经理)" 客服某经理联系某经理门店某店长某经理
is "staff_names: names behind a role go" "$(staff '院长刘建国称')$(staff 'and Dr. Wong said')" '院长某称and Dr. P said'
printf 'keep: [138-1234-5678, 王建国, Press@Example.com]\n' >"$T/own.yaml"
is "own numbers, names and addresses stay" "$(echo '找王建国 13812345678 press@example.com，患者李建国 13912345678' | redact --text -c "$T/own.yaml" --key "$T/key" | sed 's/·[^]]*/·x/; s/某[0-9A-Za-z]*/某x/')" '找王建国 13812345678 press@example.com，患者某x [手机·x]'
is "the same number gets the same pseudonym" "$(text '13812345678 138-1234-5678' | tr ' ' '\n' | sort -u | wc -l)" 1
echo fedcba9876543210fedcba9876543210 >"$T/key2"
chmod 600 "$T/key2"
ok "another key gives another" test "$(text 13812345678)" != "$(echo 13812345678 | redact --text --key "$T/key2")"
cat >"$T/in" <<'E'
{"kind":"post","id":"a","text":"患者王建国 \u7535\u8bdd13812345678\n谢谢","author":{"id":"u1","name":"爱吃鱼的猫","followers":12},"published":"2026-11-22T00:00:00Z","n":1.000}
{"kind":"post","id":"b","text":"没有什么","author":{"id":"u2","name":"江宁日报","followers":2000000,"verified":true},"n":1.000}
{"kind":"incident","id":"c","text":"13812345678"}
E
redact --key "$T/key" "$T/in" >"$T/out"
is "what was replaced is counted" "$(jq -c .redact "$T/out" | head -1)" '{"phone":1,"name":1,"account":1}'
has "escapes and line breaks survive" "$(jq -r .text "$T/out")" '谢谢'
hasnt "no number is left" "$(head -1 "$T/out")" 13812345678
hasnt "a private account's name goes" "$(head -1 "$T/out")" 爱吃鱼的猫
printf 'fields: {author.id: private}\n' >"$T/ids.yaml"
is "account numbers go where asked for, a medium's stays" "$(redact -c "$T/ids.yaml" --key "$T/key" "$T/in" | jq -r 'select(.author).author.id | if startswith("某·") then "gone" else . end' | tr '\n' ' ')" 'gone u2 '
has "a medium's name stays" "$(cat "$T/out")" 江宁日报
has "other bytes stay" "$(head -1 "$T/out")" '"n":1.000'
is "nothing found: the member says that it was looked at" "$(jq -c .redact "$T/out" | sed -n 2p)" '{}'
is "other kinds pass" "$(tail -1 "$T/out")" "$(tail -1 "$T/in")"
redact --key "$T/key" "$T/out" >"$T/out2"
ok "run again over its own output it changes nothing" cmp "$T/out" "$T/out2"
printf '%s\n' '{"kind":"post","id":"z","source":"s","text":"13800138000","published":"2026-11-22T08:00:00Z","redact":{"phone":9223372036854775807,"card":-5}}' >"$T/forged"
is "a forged count stays a count" "$(redact --key "$T/key" "$T/forged" | jq -r '.redact | keys | join(" ")')" phone
printf '用户刘女士反映\nhi, I am John Smith\n' >"$T/draft"
run redact --lint --text "$T/draft"
is "lint sees glued and English names" "$out" "$T/draft:1: name
$T/draft:2: name"
run redact --lint "$T/in"
status "lint finds what is left" 1
has "lint names line and type" "$out" ":1: a: text: phone"
hasnt "lint never shows the value" "$out" 138
head -2 "$T/out" >"$T/posts-only"
run redact --lint "$T/posts-only"
status "lint is content with what redact wrote" 0
chmod 644 "$T/key2"
run redact --key "$T/key2" "$T/in"
status "a key that others can read is refused" 78
printf 'types:\n  fax: true\n' >"$T/bad.yaml"
run redact -c "$T/bad.yaml" "$T/in"
status "an unknown key in the configuration is refused" 78
has "by file, line and key" "$err" "bad.yaml:2"
printf 'subjects:\n  - id: x\n    names: [王建国]\n' >"$T/watch.yaml"
has "a watched person stays" "$(redact --key "$T/key" --config "$T" "$T/in")" 王建国
cat >"$T/watch.yaml" <<'E'
accounts:
  media: ['weibo:m1']
subjects:
  - id: x
    any: [星澜, Jane Doe]
    accounts: {own: [星澜电子], staff: ['weibo:s1', '@星澜小李']}
E
post() { printf '{"kind":"post","id":"%s","platform":"weibo","text":"%s","author":{"id":"%s","name":"%s"}%s}\n' "$@"; }
{
	post 1 无 s1 工号一 ''
	post 2 无 u2 星澜小李 ''
	post 3 无 u3 星澜电子 ''
	post 4 无 m1 早报 ''
	post 5 无 u5 路人甲 ''
	post 6 无 u6 路人乙 ',"subjects":[{"id":"x","voice":"staff"}]'
	post 7 'my name is Jane Doe' u7 路人丙 ',"subjects":[{"id":"x","voice":"public"}]'
} >"$T/voices"
redact --key "$T/key" --config "$T" "$T/voices" >"$T/known"
is "accounts that watch.yaml lists keep their names, others do not" "$(jq -r .author.name "$T/known" | sed 's/·.*//' | tr '\n' ' ')" \
	'工号一 星澜小李 星澜电子 早报 某 路人乙 某 '
has "a watched English name stays" "$(cat "$T/known")" 'Jane Doe'
printf 'types: {ip: true}\nkey: my-secret-key-in-plain-text\n' >"$T/plain.yaml"
run redact -c "$T/plain.yaml" --check
status "a key written into the configuration is refused by --check" 78
has "by file, line and key" "$err" "plain.yaml:2: key 'key': expected file:PATH or env:NAME"
hasnt "and not shown" "$err" my-secret
for k in env:NO_SUCH_KEY_HERE file:/no/such/key; do
	printf 'key: %s\n' $k >"$T/plain.yaml"
	run redact -c "$T/plain.yaml" --check
	status "--check looks for the key: $k" 78
done
run redact -c "$T/own.yaml" --check extra
status "--check takes no operand" 64
run env HOME="$T/nobody" redact -c "$T/own.yaml" --check
status "--check needs no key where none is named" 0
ok "and makes none" test ! -e "$T/nobody"
if [ -d "$SHARED/data/pii" ] && command -v python3 >/dev/null; then
	res=$(python3 "$SHARED/eval/pii_check.py" "$SHARED/data/pii/cases.ndjson" --mask "redact --text --key $T/key" | grep '^text/')
	bad=$(printf '%s\n' "$res" | awk '{split($2, a, "/"); r[$1] = a[1] / a[2]} END {for (k in r) if (r[k] < 0.95) print k}')
	is "public cases: every type at 0.95 or better" "$bad" ""
else
	skip "public cases of personal data" "shared data is absent"
fi
done_testing
