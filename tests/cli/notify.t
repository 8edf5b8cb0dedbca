#!/bin/sh
# notify from the user's side: once, the ledger, the generic webhook, retries, acknowledgement, escalation.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
httpd -l log port &
tap_pids="$tap_pids $!"
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s port ] || sleep 0.1; done
U=http://127.0.0.1:$(cat port)
NOW=2023-11-14T22:13:20Z # 1700000000
at() { date -u -d "@$((1700000000 + $1))" +%Y-%m-%dT%H:%M:%SZ; }
incident() { # ID LEVEL [MORE]
	printf '{"kind":"incident","id":"%s","subject":"huapei-bank","type":"system.outage","level":"%s"%s}\n' "$1" "$2" "${3:-}"
}
j() { jq "$@" <"$T/.out"; } # of what the last run wrote; echo would undo its escapes
sent() { if [ -f log ]; then grep -c '' log; else echo 0; fi; }
last() { tail -1 log | jq -r "$1"; }

# --- the shipped configuration ---
incident i-1 red >in
runin in notify
status "the shipped configuration works without a word of set-up" 0
is "the notice tells channel, subject and outcome" "$(j -c '[.kind,.channel,.about,.level,.state,.attempts]')" \
	'["notice","screen","i-1","red","delivered",1]'
has "level in words, the subject by its name, the type in words" "$(j -r .text)" '【红色预警】华沛银行 · 系统故障'
runin in notify
is "the same again tells nobody" "$out$err" ""
status "and that is no failure" 0
incident i-1 yellow | notify >out
is "another level of it does" "$(jq -r .level out)" yellow
printf '%s\n' '{"kind":"odd","n":1.000}' '{"kind":"notice","id":"n-9"}' '{"kind":"post","id":"p"}' >other
rm -f "${TOCSIN_DB:?}"*
runin other notify
is "other kinds pass through untouched, notices too" "$out" "$(cat other)"
ok "with nothing to tell there is no store" test ! -e "$TOCSIN_DB"
notify </dev/null >out 2>&1
is "with nothing at all it is silent" "$(cat out)" ""
printf '{"kind":"incident","level":"red"}\n{"kind":"incident","id":"x","level":"puce"}\n' >bad
runin bad notify --rejects rej
status "an incident without id or level is refused" 65
has "by file and line" "$err" '<stdin>:2:'
is "and kept" "$(cmp rej bad && echo same)" same

# --- dry run ---
cat >hook.yaml <<Y
channels:
  - name: hook
    type: webhook
    url: $U/hook?answer=x
    private: true
    secret: [env:HOOK_NEW, env:HOOK_OLD]
    hub_secret: env:HUB
    headers: {X-Api-Key: "Bearer env:API", X-Env: prod}
    retry: {max: 3, first: 30s, most: 10m}
routes:
  - to: hook
Y
HOOK_OLD=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
HOOK_NEW=whsec_$(printf '0123456789abcdef0123456789abcdef' | base64)
HUB="It's a Secret to Everybody"
API=tok-123456
export HOOK_OLD HOOK_NEW HUB API
runin in notify -n -c hook.yaml --now $NOW
status "a dry run needs neither store nor network" 0
ok "and makes no store" test ! -e "$TOCSIN_DB"
is "nothing was sent" "$(sent)" 0
j -r .request.body >dry
has "it shows the request" "$(j -r '.request | .method + " " + .url')" "POST $U/hook"
for secret in MfKQ9r8GKY Everybody tok-123456 MDEyMzQ1; do hasnt "masks $secret" "$out" "$secret"; done
is "a mask stands where the secret would" "$(j -r '.request.header[]' | grep -c '\*\*\*')" 3
(unset HOOK_OLD HOOK_NEW HUB API && notify -n -c hook.yaml <in >out 2>err)
is "it can be looked at before the secrets are there" $? 0

# --- the webhook ---
runin in notify -c hook.yaml --now $NOW
status "a webhook that answers 200 has accepted" 0
is "one request" "$(sent)" 1
is "accepted, not delivered: what the receiver does with it is not known" "$(j -r .state)" accepted
last .body >body
ok "the body is what the dry run showed, byte for byte" cmp dry body
is "its shape" "$(last .body | jq -c '[.type,.timestamp,.data.about,.data.level,.data.subject_name,.data.record.id]')" \
	'["tocsin.incident.level","2023-11-14T22:13:20Z","i-1","red","华沛银行","i-1"]'
is "content type" "$(last '.header["content-type"]')" application/json
is "custom headers, with a secret and without" "$(last '.header | [.["x-api-key"], .["x-env"]] | join(" ")')" "Bearer tok-123456 prod"
id=$(last '.header["webhook-id"]')
ok "webhook-id has no dot" sh -c 'case $1 in msg_*.* | "") exit 1 ;; msg_*) exit 0 ;; *) exit 1 ;; esac' x "$id"
is "webhook-timestamp in seconds" "$(last '.header["webhook-timestamp"]')" 1700000000
hasnt "no cookie, no referer" "$(last '.header | keys | join(" ")')" cookie
tail -1 log | jq -j .body >body
if command -v openssl >/dev/null; then
	b64mac() { # KEYHEX
		{ printf '%s.1700000000.' "$id"; cat body; } | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$1" -binary | base64
	}
	old=$(printf %s "${HOOK_OLD#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \n')
	new=$(printf %s "${HOOK_NEW#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \n')
	is "both signatures are right, new key first" "$(last '.header["webhook-signature"]')" "v1,$(b64mac "$new") v1,$(b64mac "$old")"
	is "X-Hub-Signature-256 too" "$(last '.header["x-hub-signature-256"]')" \
		"sha256=$(openssl dgst -sha256 -hmac "$HUB" body | sed 's/.*= //')"
else
	skip "signatures" "openssl is not installed"
fi
runin in notify -c hook.yaml --now $NOW
is "again: not sent" "$(sent)" 1

# --- retries: the same id, a new signature, a wait that grows ---
sed 's#answer=x#fails=2\&answer=x#; s#/hook?#/flaky?#' hook.yaml >flaky.yaml
incident i-2 red >in2
runin in2 notify -c flaky.yaml --now $NOW
status "503: try again later" 75
is "the notice says failed and when next" "$(j -c '[.state,.attempts,.error]')" '["failed",1,"HTTP 503: x"]'
next=$(j -r .next_try)
ok "30 s and up to a quarter more" sh -c '[ "$1" \> "$2" ] || [ "$1" = "$2" ]' x "$next" "$(at 30)"
ok "not more than that" sh -c '[ "$1" \< "$2" ]' x "$next" "$(at 39)"
n=$(sent)
runin in2 notify -c flaky.yaml --now "$(at 10)"
is "not before its time" "$(sent)" "$n"
status "still queued for another try" 75
run notify --flush -c flaky.yaml --now "$(at 60)"
status "the second attempt fails too" 75
is "two attempts" "$(j -r .attempts)" 2
run notify --flush -c flaky.yaml --now "$(at 200)"
status "the third gets through" 0
is "as accepted at the third attempt" "$(j -c '[.state,.attempts]')" '["accepted",3]'
is "all under one webhook-id" "$(jq -r 'select(.path=="/flaky").header["webhook-id"]' log | sort -u | grep -c '')" 1
is "each with its own timestamp" "$(jq -r 'select(.path=="/flaky").header["webhook-timestamp"]' log | sort -u | grep -c '')" 3
sed 's#answer=x#status=503\&retry=600#; s#/hook?#/busy?#' hook.yaml >busy.yaml
incident i-3 red | notify -c busy.yaml --now $NOW >out 2>err
is "Retry-After is obeyed" "$(jq -r .next_try out)" "$(at 600)"
for t in 700 1400; do notify --flush -c busy.yaml --now "$(at $t)" >out 2>err; done
is "given up at last: dead" "$(jq -c '[.state,.attempts]' out)" '["dead",3]'
has "and said so" "$(cat err)" "given up after 3 attempts"
runin /dev/null notify -c busy.yaml --now "$(at 9000)"
status "what is dead stays dead and is not reported again" 0
sed 's#status=503&retry=600#answer=ok#' busy.yaml >well.yaml
n=$(notify --log --state dead | jq -r .id)
run notify --resend "$n" -c well.yaml --now "$(at 9100)"
is "a person may send it once more" "$(j -r .state)" accepted

# --- final refusals ---
class() { # NAME QUERY STATE STATUS
	sed "s#answer=x#$2#; s#/hook?#/$1?#" hook.yaml >"$1.yaml"
	incident "c-$1" red >"$1.in"
	runin "$1.in" notify -c "$1.yaml" --now $NOW
	is "$1: $3" "$(j -r .state)" "$3"
	status "$1: exit status" "$4"
}
class moved "to=$U/elsewhere" dead 74
has "a redirect is not followed" "$err" "redirects are not followed"
is "nothing arrived there" "$(jq -r .path log | grep -c elsewhere)" 0
class temp "status=307\&to=$U/elsewhere" dead 74
class gone "status=410\&answer=x" dead 74
class refused "status=401\&answer=no" dead 74
class slow "status=429\&answer=x\&retry=120" failed 75
rm -f "${TOCSIN_DB:?}"*
class other "status=204\&answer=" accepted 0
cut=$(j -r .error)
is "no error where there is none" "$cut" null
sed "s#$U/hook?answer=x#http://127.0.0.1:9/none#" hook.yaml >down.yaml
{ incident d-1 red; incident d-2 red; incident d-3 red; } >in3
runin in3 notify -c down.yaml --now $NOW
status "nobody listens: try again" 75
is "the second and third are not even tried" "$(j -r .state | sort | uniq -c | tr -s ' ')" " 1 failed"
is "they wait" "$(notify --log --state queued | jq -r 'select(.error=="not tried: the channel did not answer").about' | grep -c '')" 2
sed 's#private: true##' hook.yaml >public.yaml
runin in2 notify -c public.yaml --now $NOW
status "plain http: without private: true is refused" 78
sed 's#private: true##; s#http://127#https://127#' hook.yaml >public.yaml
incident p-1 red >in4
runin in4 notify -c public.yaml --now $NOW
status "an address inside is not reached unless it is allowed" 74

# --- CloudEvents ---
sed 's#secret: \[.*#format: cloudevents#; s#hub_secret.*##; s#/hook?#/ce?#' hook.yaml >ce.yaml
incident ce-1 orange | notify -c ce.yaml --now $NOW >out
is "a CloudEvent has its required attributes" "$(last .body | jq -c '[.specversion,.source,.type,.subject,.time,.datacontenttype]')" \
	'["1.0","/tocsin","tocsin.incident.level","ce-1","2023-11-14T22:13:20Z","application/json"]'
is "id is the webhook's" "$(last .body | jq -r .id)" "$(last '.header["webhook-id"]')"
is "and its content type" "$(last '.header["content-type"]')" "application/cloudevents+json; charset=UTF-8"

# --- acknowledge, escalate ---
rm -f "${TOCSIN_DB:?}"*
cat >ladder.yaml <<'Y'
channels:
  - {name: one, type: stdout}
  - {name: two, type: stdout}
  - {name: three, type: stdout}
routes:
  - name: red
    level: red
    to: one
    escalate:
      - {after: 10m, to: two}
      - {after: 30m, to: [two, three]}
  - to: one
Y
N="notify -c ladder.yaml"
incident e-1 red | $N --now $NOW >out
incident e-2 red | $N --now $NOW >>out
incident e-3 orange | $N --now $NOW >>out
is "told to the first" "$(jq -r .channel out | sort | uniq -c | tr -s ' ')" " 3 one"
run $N --escalate --now "$(at 500)"
is "nothing before its time" "$out" ""
run notify --ack e-2 --by 王主任 --note '已通知技术' --now "$(at 550)"
is "acknowledged by name" "$(j -r .acked_by)" 王主任
run notify --ack n-2 --by other --now "$(at 560)"
is "who was first stays" "$(j -r .acked_by)" 王主任
run $N --escalate --now "$(at 601)"
is "ten minutes: the next one is told of what nobody acknowledged" "$(j -c '[.channel,.about]')" '["two","e-1"]'
has "and how long it has waited" "$(j -r .text)" "10m无人确认"
run $N --escalate --now "$(at 700)"
is "each step once" "$out" ""
run $N --escalate --now "$(at 1900)"
is "the second step goes to both" "$(j -r .channel | sort | tr '\n' ' ')" "three two "
notify --ack e-1 --now "$(at 1950)" >/dev/null
run $N --escalate --now "$(at 90000)"
is "acknowledged: quiet" "$out" ""
run notify --ack nobody
status "there is nothing to acknowledge" 1
if command -v sqlite3 >/dev/null; then
	has "the note is in the audit trail" "$(sqlite3 "$TOCSIN_DB" 'select data from events')" 已通知技术
else
	skip "the note is in the audit trail" "sqlite3 is not installed"
fi
run store check
status "the chain holds" 0
run notify --log -f text
has "the log is a table for people" "$out" "n-2"
has "with who acknowledged" "$out" 王主任
is "or records" "$(notify --log -f json | jq -r .kind | sort -u)" notice
is "since a time" "$(notify --log --since "$(at 1000)" | grep -c '')" 2

# --- usage and configuration ---
run notify --ack x --flush
status "one thing at a time" 64
run notify --by me
status "--by without --ack" 64
run notify --check -c hook.yaml
status "a good configuration" 0
has "says what there is" "$out" "channel hook: webhook"
(unset HUB && notify --check -c hook.yaml >out 2>err)
is "a secret that is not there" $? 78
has "is named with file and line" "$(cat err)" "hook.yaml:7: the environment variable HUB is not set"
conf() { # NAME WANT, configuration on standard input
	cat >c.yaml
	runin in notify -c c.yaml
	status "refused: $1" 78
	has "by place: $1" "$err" "$2"
}
conf "a secret in the file" 'c.yaml:4: a secret is not written here' <<Y
channels:
  - name: a
    type: wecom
    key: 693a91f6-7xxx
routes: [{to: a}]
Y
hasnt "and it is not repeated" "$err" 693a
conf "a secret in a URL" "its query holds a secret" <<Y
channels:
  - {name: a, type: webhook, url: "https://x.example/?access_token=abcdef"}
routes: [{to: a}]
Y
hasnt "nor is that" "$err" abcdef
conf "a channel that is not there" "c.yaml:3: key 'to': there is no channel 'b'" <<Y
channels:
  - {name: a, type: stdout}
routes: [{to: b}]
Y
conf "a zone that is none" "c.yaml:1: key 'zone'" <<Y
zone: -1
channels:
  - {name: a, type: stdout}
routes: [{to: a}]
Y
conf "an unknown key" "c.yaml:2:" <<Y
channels:
  - {name: a, type: stdout, colour: red}
routes: [{to: a}]
Y
conf "a condition that is no jq" "c.yaml:3: when" <<Y
channels: [{name: a, type: stdout}]
routes:
  - {to: a, when: '.level =='}
Y
conf "a password in a URL" "has no place in a URL" <<Y
channels: [{name: a, type: webhook, url: "https://me:pw@x.example/"}]
routes: [{to: a}]
Y
conf "http to anywhere" "in clear" <<Y
channels: [{name: a, type: webhook, url: "http://x.example/"}]
routes: [{to: a}]
Y
printf 'whsec_%s\n' "$(printf '0123456789abcdef0123456789abcdef' | base64)" >key
chmod 644 key
conf "a secret file others can read" "can be read by others" <<Y
channels: [{name: a, type: webhook, url: "https://x.example/", secret: "file:$T/key"}]
routes: [{to: a}]
Y
printf 'whsec_abcd\n' >key
chmod 600 key
conf "a key that is no key" "not of the form whsec_" <<Y
channels: [{name: a, type: webhook, url: "https://x.example/", secret: "file:$T/key"}]
routes: [{to: a}]
Y
done_testing
