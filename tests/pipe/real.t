#!/bin/sh
# The chain over real posts and real feeds: nothing lost, nothing crashes, everything complained about is counted.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
posts=$SHARED/data/posts/weibo.ndjson
if [ ! -f "$posts" ]; then
	skip "real posts" "shared data is absent"
	skip "real feeds" "shared data is absent"
	done_testing
fi
n=$(wc -l <"$posts")
cat >w.yaml <<'E'
subjects:
  - {id: hospitals, industry: health, any: [医院, 医生, 患者]}
  - {id: schools, any: [学校, 老师, 学生]}
  - {id: police, any: [警察, 民警, 派出所, 公安]}
E
match-subject -c w.yaml --keep-all "$posts" | redact -q | dedupe | sentiment | classify >all 2>err
is "real posts: none is lost" "$(wc -l <all)" "$n"
is "real posts: nothing to complain about" "$(cat err)" ""
is "in their order" "$(jq -r .id all | sha256sum)" "$(jq -r .id "$posts" | sha256sum)"
is "every post has a label and a type" "$(jq -c 'select((.sentiment.label | not) or (.crisis.type | not))' all | wc -l)" 0
has "some are about hospitals" "$(jq -r '.subjects[]?.id' all | sort | uniq -c)" hospitals
run store add -q all
status "they are stored" 0
is "and all come back, byte for byte" "$(store query | sort | sha256sum)" "$(sort all | sha256sum)"
TOCSIN_NOW=2014-01-01T00:00:00Z store query | detect >incidents 2>err
code=$?
ok "detect looks at years of posts at once" test $code -eq 0
match-playbook incidents >planned 2>err
is "every incident has a plan" "$(jq -c 'select(.kind == "incident" and (.playbook.plan | not))' planned | wc -l)" 0
report daily --now 2012-06-01T16:00:00Z -f html >r.html 2>err
ok "a report is drawn" grep -q '</html>' r.html

# the same posts as feeds over HTTP
feeds=$SHARED/data/feeds
httpd -r "$feeds" -l web.log port &
tap_pids=$! # lib.sh ends it
export tap_pids
i=0
while [ ! -s port ] && [ $i -lt 100 ]; do sleep 0.05; i=$((i + 1)); done
base=http://127.0.0.1:$(cat port)
jq -r .case "$feeds/cases.ndjson" | sort -u | grep -E '\.xml$' | head -200 >list
{
	echo "sources:"
	k=0
	while read -r f; do
		k=$((k + 1))
		printf '  - {name: f%d, url: "%s/%s", private: true, gap: 0s}\n' $k "$base" "$f"
	done <list
} >s.yaml
run fetch -c s.yaml
ok "two hundred real feeds: some may be broken, the rest is delivered" test "$code" -lt 76
ok "posts came out of them" test "$(printf '%s\n' "$out" | grep -c '"kind":"post"')" -gt 50
is "each post is well-formed" "$(printf '%s\n' "$out" | jq -c 'select((.id | not) or (.source | not) or (.kind != "post"))' | wc -l)" 0
printf '%s\n' "$out" >feed.posts
sentiment feed.posts | classify | redact -q | dedupe >feed.out 2>err
is "and go through the chain" "$(wc -l <feed.out)" "$(wc -l <feed.posts)"
done_testing
