#!/bin/sh
# detect from the user's side.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1

# --- a day of a bank: an outage grows into a crisis
simulate --members --truth >day
run detect day
status "a day is read" 0
printf '%s\n' "$out" >inc
is "the truth record passes through, one incident comes" "$(jq -r .kind inc | sort | tr '\n' ' ')" "incident truth "
is "it is the outage of the bank, red" "$(jq -r 'select(.kind == "incident") | "\(.subject) \(.type) \(.level) \(.level_zh)"' inc)" "huapei-bank system.outage red 红"
is "the path climbs every level" "$(jq -r 'select(.path) | [.path[].level] | join(" ")' inc)" "blue yellow orange red"
ok "orange comes within ten minutes of the truth" jq -e -s '(map(select(.kind == "truth"))[0].orange | fromdate) as $t | map(select(.path))[0].path[] | select(.level == "orange") | (.at | fromdate) - $t | . < 600 and . > -1800' inc
ok "every change of level has its reason with numbers" jq -e 'select(.path) | [.path[].why | test("[0-9]+ ≥ [0-9]+")] | all' inc
ok "it carries what the contract asks for" jq -e 'select(.path) | .id and .opened and .window.from and .window.to and .score > 0 and .indicators.mentions >= .indicators.negative and .indicators.negative >= .indicators.negative_authors and (.indicators.platforms | length) > 5 and (.posts | length) > 5 and (.nodes | length) > 0 and (.why | length) > 1 and .forecast.stage and .industry == "bank" and .rules[0] == "blue.people"' inc
ok "evidence names posts of the input" sh -c "jq -r 'select(.path) | .posts[]' inc | while read -r id; do grep -q -F \"\\\"id\\\":\\\"\$id\\\"\" day || exit 1; done"
ok "the share lies within its interval" jq -e 'select(.path) | .indicators | .negative_share_95[0] < .negative_share and .negative_share < .negative_share_95[1]' inc
detect day >again
is "the same input gives the same bytes" "$(cksum <again)" "$(cksum <inc)"
sort day | detect | jq -c 'select(.kind == "incident")' >sorted
is "the order of coming does not matter" "$(cat sorted)" "$(jq -c 'select(.kind == "incident")' inc)"
cat day day | detect | jq -c 'select(.kind == "incident")' >twice
is "a post that comes twice counts once" "$(cat twice)" "$(cat sorted)"
head -9000 day | detect | jq -r 'select(.path) | "\(.id) \(.opened)"' >half
is "half a day earlier the incident had the same id and start" "$(cat half)" "$(jq -r 'select(.path) | "\(.id) \(.opened)"' inc)"
run detect --lang en day
has "reasons in English" "$out" "to red (red."
hasnt "and no Chinese in them" "$(printf '%s' "$out" | jq -r 'select(.path) | .why[]')" "升"
run detect --explain day
has "--explain shows the limit and how it came about" "$out" "; limit = max(92, 7.4 * usual"
has "the parts of heat" "$out" "heat = sum of weight * ln(1 + count)"
has "and of the score" "$out" "score = "

# --- a program is missing from the pipe
bare() { # bare MEMBERS: three posts with them
	for i in 1 2 3; do printf '{"kind":"post","id":"%s","source":"s","published":"2026-11-22T01:00:00Z","text":"x"%s}\n' "$i" "$1"; done >bare
	run detect bare
}
bare ''
status "posts that went through nothing are no fault" 0
is "and a note names what is missing" "$err" "detect: none of 3 posts has subjects (from match-subject), sentiment (from sentiment), crisis (from classify): these programs come before detect"
bare ',"subjects":[{"id":"a","voice":"public"}],"crisis":{"type":"none"}'
is "one is missing" "$err" "detect: none of 3 posts has sentiment (from sentiment): that program comes before detect"
bare ',"subjects":[{"id":"a","voice":"public"}],"crisis":{"type":"none"},"sentiment":{"label":"neu"}'
is "none is" "$err" ""
run detect -q --explain bare
is "nothing is said with -q" "$err" ""

# --- the clock
detect --now 2026-11-22T02:00:00Z day | jq -r 'select(.path) | .level' >morning
is "at ten in the morning it was blue" "$(cat morning)" "blue"
detect --now 2026-11-24T00:00:00Z day | jq -r 'select(.path) | .path[-1].level, .closed' >later
is "two days later all is closed" "$(head -1 later)" "closed"
ok "a day after it was last held" test "$(tail -1 later)" '<' 2026-11-24 -a "$(tail -1 later)" '>' 2026-11-23
is "a week later nothing is said of it" "$(detect --now 2026-11-30T00:00:00Z day | grep -c '"incident"')" 0
is "unless all is asked for" "$(detect --all --now 2026-11-30T00:00:00Z day | jq -r 'select(.type == "system.outage" and .closed) | .peak')" "red"

# --- what is no crisis
one() { # one N AUTHORS LABEL VOICE KIND [MORE]: two quiet days, then N posts within the hour
	jq -n -c --argjson n "$1" --argjson a "$2" --arg l "$3" --arg v "$4" --arg k "$5" --argjson more "${6:-{\}}" '
		def post($t; $id; $au; $l; $v; $k): {kind: "post", id: "p:\($id)", source: "t", platform: "weibo", text: "手机银行又登录不上了，转账也失败，急死人了",
			published: ($t | todate), author: {id: "u\($au)"}, subjects: [{id: "b", voice: $v}], sentiment: {label: $l},
			crisis: {type: "system.outage", kind: $k}};
		(range(96) | post(1795305600 + . * 1800; .; 100000 + .; "neg"; "public"; "complaint")),
		(range($n) | post(1795305600 + 172800 + (. * 3600 / $n | floor); 1000 + .; . % $a; $l; $v; $k) + $more)'
}
peak() { detect | jq -r .peak | sort | tr '\n' ' '; }
is "two hundred people are orange" "$(one 200 200 neg public complaint | peak)" "orange "
is "one person a hundred times is nobody" "$(one 100 1 neg public complaint | peak)" ""
is "own notices are not the public" "$(one 300 300 neg own other | peak)" ""
is "nor is a rival" "$(one 300 300 neg rival other | peak)" ""
is "adverts are no complaints" "$(one 300 300 neg public ad | peak)" ""
is "a neutral topic that goes round is none" "$(one 300 300 neu public other | peak)" ""
is "a fault told without a harsh word is one" "$(one 200 200 neu public complaint | peak)" "orange "
is "an old story copied again is none" "$(one 300 300 neg public news '{"dup":{"cluster":"weibo:9","of":"weibo:9","distance":0}}' | peak)" ""
is "a story of this very hour counts when copied" "$(one 300 300 neg public news '{"dup":{"cluster":"weibo:9","of":"weibo:9","distance":0,"first":"2026-11-24T00:00:00Z"},"form":"repost"}' | peak)" "orange "
is "a rival's crisis is not ours" "$(one 300 300 neg public complaint | sed 's/"voice":"public"/"voice":"public","side":"rival"/' | peak)" ""
is "the watch list knows the industry, a text is a guess" "$(one 200 200 neg public complaint '{"crisis":{"type":"fee.dispute","industry":"general","kind":"complaint"}}' | sed 's/"voice":"public"/"voice":"public","industry":"bank"/' | detect | jq -r .industry)" bank
one 200 200 neg public complaint '{"drill":"d1"}' >drill
is "a drill is an incident of its own, marked" "$(detect drill | jq -c '[.subject, .drill, .peak]')" '["b",true,"orange"]'
(one 60 60 neg public complaint; one 60 60 neg public complaint '{"drill":"d1"}' | sed 's/"id":"p:1/"id":"q:1/') >mixed
is "real posts and those of a drill do not add up" "$(peak <mixed)" "yellow yellow "
one 25 25 neg public complaint '{"crisis":{"type":"care.accident","kind":"complaint","severity":["death"]}}' >grave
is "twenty people who tell of a death are orange" "$(peak <grave)" "orange "
one 4 4 neg public complaint '{"crisis":{"type":"service.delay","kind":"complaint","severity":["minor"]}}' >queue
is "four who waited with their children are no grave matter" "$(peak <queue)" ""
one 4 4 neg public complaint '{"crisis":{"type":"care.accident","kind":"complaint","severity":["minor"]}}' >harmed
is "four who tell of a child harmed are" "$(peak <harmed)" "blue "
for i in 1 2 3; do
	one 1 1 neg public complaint "{\"id\":\"w:$i\",\"author\":{\"id\":\"w$i\"},\"published\":\"2026-11-24T0$((i * 2)):10:00Z\",\"crisis\":{\"type\":\"product.safety\",\"kind\":\"complaint\",\"severity\":[\"injury\"]}}" | tail -1
done >slow
is "three injured in a day: the first one opens the story" \
	"$(cat queue slow | detect --now 2026-11-24T06:30:00Z | jq -c 'select(.type == "product.safety") | [.window.from, .indicators.negative, (.posts | length)]')" \
	'["2026-11-24T02:10:00Z",3,3]'
{
	one 60 60 neg public complaint
	one 20 20 neg public complaint '{"crisis":{"type":"fee.dispute","kind":"complaint","severity":["minor"]},"text":"给孩子交学费被多扣了一笔，没人管"}' |
		sed -n '97,$s/"id":"p:/"id":"q:/; 97,$s/"id":"u/"id":"v/; 97,$p'
} >two
is "a lesser incident beside it is weighed by its own type" \
	"$(detect two | jq -c 'select(.kind == "incident") | [.type, (.facts.type_weights | keys)]' | sort | tr '\n' ' ')" \
	'["fee.dispute",["fee.dispute"]] ["system.outage",["fee.dispute","system.outage"]] '
one 300 300 neg public complaint | sed 's/"sentiment":{[^}]*}/"sentiment":null/; s/"author":{[^}]*}/"author":7/; s/"crisis":{[^}]*}/"crisis":[]/' >odd
run detect odd
status "members of the wrong shape are survived" 0

# --- rules of one's own
cat >mine.yaml <<'Y'
rules:
  - {id: early, level: orange, all: {negative_authors_1h: {at_least: 20}}}
  - {id: jq, level: red, all: {negative_authors_1h: {at_least: 20}}, when: '.indicators.negative_1h > 150 and .subject == "b"'}
Y
one 200 200 neg public complaint >two
is "rules of one's own, with a jq condition" "$(detect -c mine.yaml two | jq -c '[.path[] | [.level, .rule]]')" '[["orange","early"],["red","jq"]]'
run detect -c mine.yaml --compare "$SRC/lib/data/rules.yaml" two
status "compare" 0
is "compare tells how much earlier" "$(printf '%s\n' "$out" | awk '/^highest level red/ {print $4, $5} /^highest level orange/ {print $4, $5}' | tr '\n' ' ')" "1 0 0 1 "
echo '{"subject":"b","start":"2026-11-24T00:30:00Z"}' >starts
run detect -c mine.yaml --compare "$SRC/lib/data/rules.yaml" --starts starts two
has "compare finds known starts" "$out" "found (orange within a day)                  1           1"
bad() { # bad NAME YAML WANT
	printf '%s\n' "$2" >bad.yaml
	run detect -c bad.yaml two
	status "$1: refused with 78" 78
	has "$1: named" "$err" "$3"
	is "$1: before a byte is read" "$out" ""
}
bad "unknown key" 'quit: 3h' "bad.yaml:1: unknown key 'quit'"
bad "unknown indicator" "rules:
  - {id: a, level: red, all: {negatives: {at_least: 3}}}" "unknown indicator 'negatives'"
bad "a rule without a level" "rules:
  - {id: a, all: {negative_1h: {at_least: 3}}}" "needs a 'level'"
bad "a rule without conditions" "rules:
  - {id: a, level: red}" "rule 'a' has no condition"
bad "twice the same id" "rules:
  - {id: a, level: red, all: {negative_1h: {at_least: 3}}}
  - {id: a, level: blue, all: {negative_1h: {at_least: 1}}}" "used twice"
bad "jq that does not compile" "rules:
  - {id: a, level: red, when: '.indicators |'}" "rule 'a': when"
bad "a bound below nought" "rules:
  - {id: a, level: red, all: {negative_1h: {at_least: -1}}}" "bad.yaml:2: key 'at_least'"
bad "an upper bound below nought" "rules:
  - {id: a, level: red, all: {negative_1h: {at_most: -1}}}" "bad.yaml:2: key 'at_most'"
bad "a place that is not on earth" 'offset: 999999w
rules:
  - {id: a, level: red, all: {negative_1h: {at_least: 3}}}' "bad.yaml:1: key 'offset'"
printf 'rules:\n  - {id: a, level: red, when: ".indicators.negative_1h | error(\\"x\\")"}\n' >fails.yaml
run detect -c fails.yaml two
status "jq that fails on the figures is told and ends with 78" 78

cat >tight.yaml <<'Y'
periods:
  - {name: 两会, from: 2026-11-24, to: 2026-11-26, weight: 0.5}
rules:
  - {id: o, level: orange, weigh: true, all: {negative_authors_1h: {at_least: 60}}}
Y
one 35 35 neg public complaint >few
is "a sensitive period tightens" "$(detect -c tight.yaml few | jq -r .peak)" "orange"
sed 's/2026-/2025-/g' tight.yaml >loose.yaml
is "outside of it nothing happens" "$(detect -c loose.yaml few | jq -r .peak)" ""

cat >words.yaml <<'Y'
keywords:
  转账: [转账也失败, transfer failed]
rules:
  - {id: w, level: red, all: {word.转账_1h: {at_least: 30}}}
Y
has "the frequency of a keyword is an indicator" "$(one 40 1 neg public complaint | detect -c words.yaml | jq -r '.why[0]')" "的负面帖 30 ≥ 30"

# --- history from the store: what is usual there is no news here
awk 'BEGIN { for (h = 0; h < 480; h++) printf "{\"kind\":\"point\",\"series\":\"b/system.outage\",\"subject\":\"b\",\"type\":\"system.outage\",\"step_s\":3600,\"ts\":\"%s\",\"value\":60,\"n\":80,\"neg\":60}\n", strftime("%FT%TZ", 1795305600 - (480 - h) * 3600, 1) }' >history
is "two hundred an hour are no orange where the store knows of sixty every hour" "$(one 200 200 neg public complaint | detect -b history | jq -r .peak)" "blue"
is "a thousand are" "$(one 1000 1000 neg public complaint | detect -b history | jq -r .peak)" "orange"
echo 'not json' >badhistory
run detect -b badhistory two
status "a broken history is refused" 78

# --- counted series
awk 'BEGIN { for (i = 0; i < 900; i++) { v = i >= 864 ? 300 : 20 + i * 7 % 5; printf "{\"kind\":\"point\",\"series\":\"calls\",\"ts\":\"%s\",\"value\":%d}\n", strftime("%FT%TZ", 1795276800 + i * 300, 1), v } }' >points
run detect --series points
status "counted series" 0
is "every point gets a score" "$(printf '%s\n' "$out" | jq -s -c '[length, ([.[].anomaly.score | select(. >= 0 and . <= 1)] | length)]')" "[900,900]"
ok "the alert comes within half an hour of the jump, and not before" jq -e -s '[to_entries[] | select(.value.anomaly.alert) | .key] | length == 1 and .[0] >= 864 and .[0] < 870' "$T/.out"
printf '%s\n' "$out" | sed 's/,"anomaly":{[^}]*}//' >stripped
is "all other bytes pass" "$(cksum <stripped)" "$(cksum <points)"
head -870 points | detect --series >some
is "no point depends on what comes after" "$(cksum <some)" "$(printf '%s\n' "$out" | head -870 | cksum)"
detect --series "$T/.out" >idem
is "a second pass replaces its own member" "$(cksum <idem)" "$(cksum <"$T/.out")"
is "without --series an incident comes" "$(detect points | jq -r '"\(.subject) \(.level)"')" "calls orange"
echo '{"kind":"point","series":"a","ts":"yesterday","value":1}' >badpoint
run detect --series badpoint
status "a point without a time is malformed" 65

# --- how good forecasts would have been
run detect --score-forecast day
ok "forecasts are better than 'as in the last hour' at six hours" awk '$1 == "6h" { exit !($4 + 0 < $6 + 0) }' "$T/.out"

# --- what is talked about
simulate flash --members >flash.ndjson
detect flash.ndjson | jq -r 'select(.type == "service.attitude") | .terms[]' >terms
ok "the words of the incident are told whole" grep -qx 深表遗憾 terms
ok "in English too" grep -q 'died in the lobby of Huapei Bank' terms
is "no piece of a word beside it" "$(awk '{t[NR] = $0} END {for (i in t) for (k in t) if (i != k && index(t[i], t[k])) print t[k], "in", t[i]}' terms)" ""
done_testing
