#!/bin/sh
# notify in company: killed between sending and recording, two at once, cron twice, a stream that stays open.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
httpd -l log port &
tap_pids="$tap_pids $!"
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s port ] || sleep 0.1; done
U=http://127.0.0.1:$(cat port)
KEY=k-1234567
export KEY
j() { jq "$@" <"$T/.out"; }
incident() { printf '{"kind":"incident","id":"%s","subject":"s","type":"system.outage","level":"%s"}\n' "$1" "$2"; }
sent() { if [ -f log ]; then grep -c "\"path\":\"$1\"" log; else echo 0; fi; }
conf() { # FILE TYPE PATH-AND-QUERY EXTRA
	cat >"$1" <<YAML
channels:
  - {name: g, type: $2, private: true, url: "$U$3"$4}
routes: [{to: g}]
YAML
}

# --- killed between sending and recording ---
kill_in_flight() { # CONFIG PATH ID: the receiver has the request, the answer is still to come
	incident "$3" red | notify -c "$1" --now 2026-11-22T08:00:00Z >killed 2>&1 &
	pid=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ "$(sent "$2")" -gt 0 ] || sleep 0.1; done
	kill -9 $pid
	wait $pid 2>/dev/null
}
conf robot.yaml wecom '/slow?delay=3000&answer=%7B%22errcode%22%3A0%7D' ', key: "env:KEY"'
kill_in_flight robot.yaml /slow k1
is "killed while the answer was on its way: the ledger says sending" "$(notify --log | jq -r .state)" sending
run notify --flush -c robot.yaml --now 2026-11-22T08:05:00Z
is "for as long as the sender might still live nothing happens" "$out" ""
run notify --flush -c robot.yaml --now 2026-11-22T08:20:00Z
is "then it is unknown" "$(j -c '[.about,.state]')" '["k1","unknown"]'
status "which is something that may be lost" 74
has "and is said" "$err" "delivery n-1 (g, k1): the outcome is unknown"
is "a robot is not told twice" "$(sent /slow)" 1
run notify --flush -c robot.yaml --now 2026-11-22T09:20:00Z
is "it is reported once" "$out$err" ""
conf robot.yaml wecom '/slow?answer=%7B%22errcode%22%3A0%7D' ', key: "env:KEY"'
run notify --resend k1 -c robot.yaml --now 2026-11-22T09:30:00Z
is "a person may repeat it" "$(j -r .state)" accepted
rm -f "${TOCSIN_DB:?}"*
conf hook.yaml webhook '/hook?delay=3000&answer=x' ''
kill_in_flight hook.yaml /hook k2
conf hook.yaml webhook '/hook?answer=x' ''
run notify --flush -c hook.yaml --now 2026-11-22T08:20:00Z
status "a webhook knows a repeat by its id: it is sent again" 0
is "as accepted at the second attempt" "$(j -c '[.state,.attempts]')" '["accepted",2]'
is "with the same webhook-id" "$(jq -r 'select(.path=="/hook").header["webhook-id"]' log | sort | uniq -c | awk '{print $1}')" 2

# --- two at once ---
rm -f "${TOCSIN_DB:?}"*
conf two.yaml webhook '/two?answer=x' ''
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do incident "t$i" red; done >in
notify -c two.yaml <in >out1 2>err1 &
p1=$!
notify -c two.yaml <in >out2 2>err2
c2=$?
wait $p1
c1=$?
notify --flush -c two.yaml >out3 2>&1
is "two at once over the same twenty: twenty requests" "$(sent /two)" 20
is "twenty notices between them" "$(cat out1 out2 out3 | grep -c '"state":"accepted"')" 20
ok "neither failed" test "$c1$c2" = 00 -o "$c1$c2" = 750 -o "$c1$c2" = 075
is "each once" "$(jq -r 'select(.path=="/two").header["webhook-id"]' log | sort | uniq -d)" ""

# --- the cron line twice ---
rm -f "${TOCSIN_DB:?}"*
conf cron.yaml webhook '/cron?answer=x' ''
export TOCSIN_NOW=2026-11-22T08:00:00Z
incident inc-1 orange >in
casefile open <in | notify -c cron.yaml >out1
is "a case is opened and told" "$(jq -r '.about + " " + .state' out1)" "c-2026-0001 accepted"
before=$(sqlite3 "$TOCSIN_DB" .dump 2>/dev/null | sha256sum)
casefile open <in | notify -c cron.yaml >out2
is "the same line again tells nobody" "$(cat out2)" ""
is "and changes nothing in the store" "$(sqlite3 "$TOCSIN_DB" .dump 2>/dev/null | sha256sum)" "$before"
casefile show c-2026-0001 -f json | notify -c cron.yaml >out2
is "nor does the same state by another way" "$(cat out2)" ""
is "one request" "$(sent /cron)" 1
export TOCSIN_NOW=2026-11-22T09:00:00Z
incident inc-1 red | casefile open | notify -c cron.yaml >out3
is "a raise is told" "$(jq -r '.title' out3)" "【升级为红色】s · 系统故障"
unset TOCSIN_NOW
run store check
status "the store holds" 0

# --- a stream that stays open ---
rm -f "${TOCSIN_DB:?}"*
mkfifo pipe
notify -f json <pipe >live 2>&1 &
pid=$!
exec 3>pipe
incident l1 red >&3
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s live ] || sleep 0.1; done
is "a record is told while the stream stays open" "$(jq -r .about live)" l1
exec 3>&-
wait $pid
is "and ends with it" $? 0

# --- nobody reads ---
rm -f "${TOCSIN_DB:?}"*
incident f1 red >in
notify <in >/dev/full 2>err
is "what could not be printed is no success" $? 74
is "and is not called delivered" "$(notify --log | jq -r .state)" sending
run notify --flush --now "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)"
is "it comes again when it can" "$(j -r '.about + " " + .state')" "f1 delivered"
printf 'channels: [{name: g, type: stdout}]\nroutes: [{to: g, when: ".a.b | test(1)"}]\n' >odd.yaml
incident w1 red | sed 's/}$/,"a":{"b":1}}/' >in
runin in notify -c odd.yaml
is "a condition that fails does not keep an alert from people" "$(j -r .about)" w1
has "and is reported" "$err" "odd.yaml:2: when"
done_testing
