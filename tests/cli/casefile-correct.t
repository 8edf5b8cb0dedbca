#!/bin/sh
# casefile correct: which posts learn from it, and what is only noted.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
mkdir conf
export TOCSIN_CONFIG="$T/conf" TOCSIN_NOW=2026-11-22T08:00:00Z
printf 'roles:\n  - {id: pr, may: [open, work, correct]}\npeople:\n  - {login: %s, roles: [pr]}\n' "$(id -un)" >conf/roles.yaml

# --- correct --posts labels what speaks of it, not what else was said in those hours
cat >posts <<'P'
{"kind":"post","id":"q:first","source":"s","text":"充电时炸了","published":"2026-11-22T02:00:00Z","crisis":{"type":"none","types":[]}}
{"kind":"post","id":"q:main","source":"s","text":"炸了","published":"2026-11-22T02:01:00Z","crisis":{"type":"product.safety","types":[{"type":"product.safety"}]}}
{"kind":"post","id":"q:also","source":"s","text":"乱收费还炸了","published":"2026-11-22T02:02:00Z","crisis":{"type":"fee.dispute","types":[{"type":"fee.dispute"},{"type":"product.safety"}]}}
{"kind":"post","id":"q:stock","source":"s","text":"股价收涨2.3%","published":"2026-11-22T02:03:00Z","crisis":{"type":"none","types":[]}}
{"kind":"post","id":"q:report","source":"s","text":"手机起火","published":"2026-11-22T02:04:00Z","crisis":{"type":"product.safety","types":[{"type":"product.safety"}]}}
{"kind":"post","id":"q:own","source":"s","text":"我们已关注到","published":"2026-11-22T02:05:00Z"}
{"kind":"post","id":"q:other","source":"s","text":"等了三小时","published":"2026-11-22T02:06:00Z","crisis":{"type":"service.delay","types":[{"type":"service.delay"}]}}
{"kind":"post","id":"q:bare","source":"s","text":"着火","published":"2026-11-22T02:07:00Z"}
P
store add <posts >/dev/null
labels() { store query --kind label | jq -r --arg f "$1" --arg v "$2" 'select(.labels[$f] == $v) | .id' | sort | paste -sd' '; }
echo '{"kind":"incident","id":"i:q","subject":"xinglan","type":"product.safety","level":"blue","opened":"2026-11-22T02:00:00Z","posts":["q:first","q:main","q:also","q:stock","q:report","q:own","q:other","q:bare","q:gone"],"evidence":[{"role":"first","id":"q:first"},{"role":"most-spread","id":"q:main"},{"role":"first-media","id":"q:stock"},{"role":"first-official","id":"q:report"},{"role":"first-own","id":"q:own"}]}' | casefile open >/dev/null
run casefile correct 1 type=product.defect --posts -v
status "corrected with its posts" 0
is "labelled are posts of the incident's type, its first ones, and what nobody classified" "$(labels type product.defect)" "q:also q:bare q:first q:main q:report"
has "a message counts both" "$err" "5 posts of the incident are labelled, 3 that speak of something else are not"
has "and names them when asked" "$err" "left out: q:stock"
has "one's own statement too" "$err" "left out: q:own"
hasnt "not those that are labelled" "$err" "left out: q:main"
run casefile correct 1 title=x --posts
status "a title is no label" 64
run casefile correct 1 subject=xinglang
status "a subject nobody watches is taken" 0
has "with a note" "$err" "lists no subject 'xinglang'"
run casefile correct 1 subject=huapei-bank
is "one that is watched without" "$err" ""
done_testing
