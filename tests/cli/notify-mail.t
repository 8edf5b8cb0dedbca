#!/bin/sh
# notify by e-mail to a real SMTP server, and to commands; drafts; tasks; cases in full.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
NOW=2023-11-14T22:13:20Z
j() { jq "$@" <"$T/.out"; }
incident() { printf '{"kind":"incident","id":"%s","subject":"%s","type":"system.outage","level":"%s"%s}\n' "$1" "$2" "$3" "${4:-}"; }

# --- commands ---
cat >cmd <<'CMD'
#!/bin/sh
cat >>"$(dirname "$0")/got"
printf '\n--%s|%s|%s\n' "$TOCSIN_ABOUT" "$TOCSIN_LEVEL" "$TOCSIN_NOTICE" >>"$(dirname "$0")/got"
echo "sms-4711"
echo "more"
exit "$(cat "$(dirname "$0")/rc")"
CMD
chmod +x cmd
echo 0 >rc
cat >x.yaml <<YAML
channels:
  - {name: sms, type: exec, command: [$T/cmd, "a b", ";touch no"], retry: {max: 2, first: 10s, most: 10s}}
routes: [{to: sms}]
YAML
incident x1 '华沛；`touch no`$(touch no)' red >in
runin in notify -c x.yaml --now $NOW
status "a command that ends with 0 has accepted" 0
is "what it printed first is what it calls the message" "$(j -r .remote)" sms-4711
is "its output does not get into ours" "$(j -c .kind)" '"notice"'
has "the message came on standard input" "$(cat got)" '【红色预警】华沛；`touch no`$(touch no) · 系统故障'
has "with its subject and level in the environment" "$(cat got)" '--x1|red|msg_'
ok "nothing was run by a shell" test ! -e no
echo 75 >rc
incident x2 a red >in
runin in notify -c x.yaml --now $NOW
status "75: try again" 75
echo 3 >rc
run notify --flush -c x.yaml --now 2023-11-14T22:14:00Z
status "another status: lost" 74
has "and says which" "$err" "ended with status 3"
printf '#!/bin/sh\nsleep 30\n' >cmd
sed -i 's/retry/timeout: 1s, retry/' x.yaml
incident x3 a red >in
runin in notify -c x.yaml --now $NOW
status "a command that does not end: nobody knows" 74
is "unknown" "$(j -r .state)" unknown
run notify --flush -c x.yaml --now 2023-11-15T22:14:00Z
is "and it is not run again by itself" "$out" ""
printf '#!/bin/sh\nkill -9 $$\n' >cmd
sed -i 's/retry/resend_unknown: true, retry/' x.yaml
incident x4 a red >in
runin in notify -c x.yaml --now $NOW
is "unless the channel asks for that" "$(j -r .state)" failed
sed 's#\[.*cmd#[/nonexistent/cmd#' x.yaml >y.yaml
incident x5 a red >in
runin in notify -c y.yaml --now $NOW
has "a command that is not there" "$(j -r .error)" "cannot start '/nonexistent/cmd'"
printf '#!/bin/sh\ncat >"$(dirname "$0")/json"\n' >cmd
sed 's/retry/input: json, retry/' x.yaml >json.yaml
incident x6 a red | notify -c json.yaml --now $NOW >/dev/null
is "or it gets JSON" "$(jq -c '[.about,.level,.record.id]' json)" '["x6","red","x6"]'

# --- mail ---
py=
for p in python3 /usr/bin/python3; do "$p" -c 'import aiosmtpd' 2>/dev/null && py=$p && break; done
if [ -n "$py" ]; then
	cat >smtpd.py <<'PY'
import asyncio, json, socket, time
from aiosmtpd.controller import Controller
class Handler:
    async def handle_RCPT(self, server, session, envelope, address, opts):
        if address.startswith("nobody"): return "550 no such user"
        if address.startswith("later"): return "451 greylisted"
        if address.startswith("half"): session.half = True
        envelope.rcpt_tos.append(address)
        return "250 OK"
    async def handle_DATA(self, server, session, envelope):
        with open("mails", "a") as f:
            f.write(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "raw": envelope.content.decode("latin-1")}) + "\n")
        if getattr(session, "half", False):
            server.transport.abort()
            await asyncio.sleep(1)
        return "250 taken"
s = socket.socket()
s.bind(("127.0.0.1", 0))
port = s.getsockname()[1]
s.close()
c = Controller(Handler(), hostname="127.0.0.1", port=port, ready_timeout=20)
c.start()
open("smtp.port", "w").write(str(port))
while True: time.sleep(60)
PY
	cat >head.py <<'PY'
import sys, json, email, email.policy
m = email.message_from_string(json.loads(sys.stdin.read())["raw"], policy=email.policy.default)
h = sys.argv[1]
sys.stdout.write(m.get_content() if h == "body" else str(m[h]))
PY
	"$py" smtpd.py 2>smtpd.err &
	tap_pids="$tap_pids $!"
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -s smtp.port ] || sleep 0.3; done
	mailconf() { # ADDRESSES [PLAIN]
		cat >m.yaml <<YAML
channels:
  - name: mail
    type: mail
    url: smtp://127.0.0.1:$(cat smtp.port)
    plain: ${2:-true}
    from: tocsin@example.com
    from_name: 警钟
    to: [$1]
    retry: {max: 3, first: 60s, most: 60s}
routes: [{to: mail}]
YAML
	}
	decode() { tail -1 mails | "$py" head.py "$1"; }
	rm -f "$T"/cases.db*
	mailconf "a@example.com, b@example.com"
	incident m1 '华沛银行股份有限公司江宁分行营业部及其下属各网点与自助银行' red ',"why":["近一小时负面 2310 条"]' >in
	runin in notify -c m.yaml --now $NOW
	status "the server took it" 0
	is "one mail for each address" "$(jq -c .to mails | tr '\n' ' ')" '["a@example.com"] ["b@example.com"] '
	is "the subject survives its encoding" "$(decode Subject)" "【红色预警】华沛银行股份有限公司江宁分行营业部及其下属各网点与自助银行 · 系统故障"
	is "no header line is over 76 characters" "$(tail -1 mails | jq -r .raw | tr -d '\r' | sed '/^$/q' | awk 'length > 76')" ""
	has "the text" "$(decode body)" "原因：近一小时负面 2310 条"
	is "the date" "$(decode Date)" "Tue, 14 Nov 2023 22:13:20 +0000"
	is "from whom" "$(decode From)" "警钟 <tocsin@example.com>"
	is "no vacation message comes back" "$(decode Auto-Submitted)" auto-generated
	is "every mail has its own id" "$(jq -r '.raw' mails | grep -i '^Message-ID' | sort -u | grep -c '')" 2
	is "one thread" "$(jq -r '.raw' mails | grep -i '^References' | sort -u | grep -c '')" 1
	: >mails
	printf '%s\n' '{"kind":"incident","id":"m2","subject":"x\r\nBcc: evil@example.com\r\n\r\nhello","type":"a\u000db","level":"red"}' >in
	runin in notify -c m.yaml --now $NOW
	is "a line break in a collected text makes no header" "$(jq -r .raw mails | tr -d '\r' | grep -c -i '^Bcc')" 0
	is "and no recipient" "$(jq -c .to mails | sort | tr '\n' ' ')" '["a@example.com"] ["b@example.com"] '
	: >mails
	mailconf "nobody@example.com, later@example.com, c@example.com"
	incident m3 s red >in
	runin in notify -c m.yaml --now $NOW
	status "one address does not exist: lost, and said so" 74
	is "each has its own outcome" "$(j -r '[.target,.state] | join(" ")' | sort | tr '\n' ';')" \
		"c@example.com accepted;later@example.com failed;nobody@example.com dead;"
	has "the server's reason is told" "$(j -r 'select(.state=="dead").error')" 550
	mailconf "half@example.com"
	incident m4 s red >in
	runin in notify -c m.yaml --now $NOW
	is "the line breaks after the text was sent: nobody knows" "$(j -r .state)" unknown
	status "which is reported" 74
	: >mails
	run notify --flush -c m.yaml --now 2023-11-15T22:13:20Z
	is "a mail is not sent twice by itself" "$(grep -c half mails)" 0
	rm -f "$T"/cases.db*
	mailconf "d@example.com" false
	: >mails
	incident m5 s red >in
	runin in notify -c m.yaml --now $NOW
	has "without TLS nothing is sent unless it is allowed" "$(j -r .error)" TLS
	is "not a byte of it" "$(grep -c '' mails)" 0
else
	skip "mail to a real server" "python3-aiosmtpd is not installed"
fi
printf 'channels: [{name: m, type: mail, url: "smtp://h:25", from: a@b.c, to: ["x@y.z\\r\\nRCPT TO:<e@f>"]}]\nroutes: [{to: m}]\n' >bad.yaml
run notify --check -c bad.yaml
status "an address that is more than an address" 78

# --- records ---
rm -f "$T"/cases.db*
cat >case.json <<'JSON'
{"kind":"case","id":"c-2026-0001","incident":"i-1","subject":"huapei-bank","type":"system.outage","level":"red","state":"open","opened":"2026-11-22T08:00:00Z","playbook":{"id":"bank/system-outage","version":"1.2.0","title":{"zh":"银行服务中断","en":"Bank service outage"}},"tasks":[{"id":"late","department":"pr","duty":{"zh":"发布声明","en":"Publish the statement"},"state":"open","due":"2026-11-22T10:00:00Z"},{"id":"done","department":"it","duty":{"zh":"完成的","en":"done"},"state":"done","due":"2026-11-22T08:10:00Z"},{"id":"soon","department":"it","assignee":"li","duty":{"zh":"核实范围","en":"Verify the scope"},"state":"started","due":"2026-11-22T08:40:00Z"}],"why":["负面作者数 61 ≥ 40"],"posts":["p:1"],"change":{"what":"case.raise","by":"casefile","at":"2026-11-22T08:05:00Z","from":"orange","to":"red"}}
JSON
echo '{"kind":"post","id":"p:1","source":"t","platform":"weibo","published":"2026-11-22T07:58:00Z","text":"又登录不上了"}' | store add >/dev/null
runin case.json notify -n
j -r .request.body >got.txt
cat >want.txt <<'TEXT'
【升级为红色】华沛银行 · 系统故障
案件 c-2026-0001 · 橙色 → 红色 · 2026-11-22 16:05 UTC+8
原因：负面作者数 61 ≥ 40
首批帖子：
· “又登录不上了” weibo 11-22 15:58
预案：银行服务中断（bank/system-outage 1.2.0）
任务：未完成 2 / 共 3，最近期限
· 11-22 16:40 前 信息技术/li：核实范围
· 11-22 18:00 前 公关：发布声明
确认收到：notify --ack c-2026-0001
TEXT
ok "a case on one screen, tasks by deadline, the post from the store" diff -u want.txt got.txt
sed 's/"kind":"case",/&"drill":true,/' case.json >drill.json
runin drill.json notify -n
has "an exercise says so first" "$(j -r .title)" "【演练】【升级为红色】"
printf 'lang: en\nzone: "-05:30"\nchannels: [{name: s, type: stdout}]\nroutes: [{to: s}]\n' >en.yaml
runin case.json notify -n -c en.yaml
j -r .request.body >got.txt
cat >want.txt <<'TEXT'
[RAISED TO RED] 华沛银行 · system outage
Case c-2026-0001 · ORANGE → RED · 2026-11-22 02:35 UTC-5:30
Why: 负面作者数 61 ≥ 40
First posts:
· “又登录不上了” weibo 11-22 02:28
Playbook: Bank service outage (bank/system-outage 1.2.0)
Tasks: 2 of 3 open, next deadlines
· by 11-22 03:10 IT/li: Verify the scope
· by 11-22 04:30 Public relations: Publish the statement
Acknowledge: notify --ack c-2026-0001
TEXT
ok "the same in English, elsewhere" diff -u want.txt got.txt
runin case.json notify
status "a case is told" 0
runin case.json notify
is "once" "$out" ""
sed 's/T08:05:00Z/T09:05:00Z/' case.json >again.json
runin again.json notify
is "a later change is another" "$(j -r .about)" c-2026-0001
mkdir conf
printf 'types:\n  own:\n    types:\n      own.thing:\n        label: {en: Own thing, zh: 自有类型}\n' >conf/taxonomy.yaml
echo '{"kind":"incident","id":"o","type":"own.thing","level":"blue"}' >in
runin in notify -n --config conf
is "a type of one's own taxonomy by its name" "$(j -r .title)" "【蓝色预警】自有类型"
task='{"kind":"task","id":"c-1/x","case":"c-1","task":"x","subject":"huapei-bank","type":"system.outage","level":"orange","department":"pr","duty":{"zh":"发布声明","en":"Publish"},"state":"open","due":"2026-11-22T08:00:00Z"'
echo "$task,\"overdue_s\":2700}" >in
runin in notify
has "an overdue task" "$(j -r .text)" "【任务超期 45m】"
echo "$task,\"overdue_s\":9000}" >in
runin in notify
is "is told once, however late it gets" "$out" ""
echo "$task,\"escalated\":1,\"overdue_s\":9000,\"escalate_to\":\"management\"}" >in
runin in notify
has "and again at each step of its ladder" "$(j -r .text)" "升级至：管理层"

# --- drafts ---
draft() { printf '{"kind":"draft","id":"d-1","version":1,"case":"c-1","state":"%s","title":"声明","text":"%s"}\n' "$1" "$2"; }
draft approved 正文 >in
runin in notify
status "a draft that is not released is refused" 65
has "by name" "$err" "draft 'd-1' is not released"
draft released 正文 >in
runin in notify
status "released in the record only: refused" 65
has "because the store does not know it" "$err" "not in the store"
if command -v sqlite3 >/dev/null; then
	text='致歉 & <b>
第二行 *'
	sha=$(printf %s "$text" | sha256sum | cut -d' ' -f1)
	sqlite3 "$TOCSIN_DB" "INSERT INTO drafts(id,version,case_id,kind,state,created,updated,text,sha256) VALUES ('d-1',1,'c-1','statement','approved',1,1,'$text','$sha')"
	draft released '致歉 & <b>\n第二行 *' >in
	runin in notify
	status "released in the record, approved in the store: refused" 65
	sqlite3 "$TOCSIN_DB" "UPDATE drafts SET state = 'released'"
	draft released '致歉 & <b>\n第二行' >other
	runin other notify
	status "another text than the released one: refused" 65
	runin in notify
	status "released in both: sent" 0
	printf '%s\n' "$text" >want.txt
	j -r .text >got.txt
	ok "as the very text, byte for byte" cmp want.txt got.txt
	SLACK=https://hooks.slack.com/x
	export SLACK
	printf 'channels:\n  - {name: s, type: slack, url: "env:SLACK"}\n  - {name: w, type: wecom, key: "env:SLACK"}\nroutes: [{to: [s, w]}]\n' >s.yaml
	runin in notify -n -c s.yaml
	is "in Slack it is escaped so that it shows as it is" "$(j -r 'select(.channel=="s").request.body' | jq -r .text)" '致歉 &amp; &lt;b&gt;
第二行 *'
	is "in WeCom it is plain text" "$(j -r 'select(.channel=="w").request.body' | jq -r '.msgtype + " " + .text.content')" "text $text"
else
	skip "released drafts" "sqlite3 is not installed"
fi
done_testing
