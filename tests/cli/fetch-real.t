#!/bin/sh
# fetch over real material: 426 feed cases served on loopback, real posts, dates and robots.txt cases. Needs shared data.
. "$(dirname "$0")/../lib.sh"
D=$SHARED/data
if [ ! -d "$D/feeds" ]; then
	skip "real feeds are read" "shared data is not here"
	done_testing
fi
cd "$T" || exit 1
httpd -r "$D/feeds" port &
tap_pids="$tap_pids $!"
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s port ] || sleep 0.1; done
U=http://127.0.0.1:$(cat port)
find "$D/feeds" -name '*.xml' | sort | sed "s#^$D/feeds#$U#" >urls
xargs -n 500 fetch --now 2026-11-22T09:00:00Z <urls >all.ndjson 2>err
code=$?
files=$(grep -c '' urls)
ok "hundreds of feed cases are fetched over HTTP without a crash" test "$files" -gt 300 -a "$code" -lt 124
is "every post has its required members" \
	"$(jq -c 'select(.kind!="post" or .id=="" or .source=="" or (.published|test("^[0-9]{4}-.*Z$")|not) or (.text|type)!="string")' all.ndjson | grep -c '')" 0
has "most files give a post" "$(awk -v n="$(grep -c '' all.ndjson)" -v f="$files" 'BEGIN {print (n > f / 2 ? "yes" : "no " n " of " f)}')" yes
hasnt "no file outside is read" "$(cat all.ndjson)" "root:x:0"
if command -v python3 >/dev/null && [ -f "$SHARED/eval/feed_check.py" ]; then
	python3 "$SHARED/eval/feed_check.py" --cases "$D/feeds/cases.ndjson" --root "$D/feeds" --cmd 'feeds {file} "{ctype}"' \
		--map entry.link=link --map entry.summary=summary,content >score
	part() { awk -v c="$1" '$1 == "class" && $2 == c {split($3, x, "/"); print x[1]}' score; }
	ok "of 111 must cases at least 109 are right (has $(part must))" test "$(part must)" -ge 109
	ok "of 244 ill-formed but readable ones at least 240 (has $(part robust))" test "$(part robust)" -ge 240
	ok "no parser case crashes" grep -q 'errors or crashes 0' score
	# through the program itself: what an analyst gets
	python3 "$SHARED/eval/feed_check.py" --cases "$D/feeds/cases.ndjson" --root "$D/feeds" --cmd 'fetch -q {file}' --class must \
		--map feed.title=media --map entry.summary=text --map entry.content=text >score
	entry=$(awk '$1 == "field" && $2 ~ /^must.entry.(title|id|link|summary|content)$/ {split($3, x, "/"); p += x[1]; n += x[2]} END {print (n > 0 && p * 100 >= n * 95 ? "yes" : "no " p "/" n)}' score)
	is "titles, links, texts and times of posts are those of the entries" "$entry" yes
	python3 "$SHARED/eval/date_check.py" "$D/dates/"*.ndjson --cmd dates >score
	is "dates: every must case and every real one, and none that is none" "$(grep -c -E '^(must +37/37|real +138/138|reject +18/18)$' score)" 3
	python3 "$SHARED/eval/robots_check.py" "$D/robots/"*.ndjson --cmd 'robots {agent} {url} {file}' >score
	is "robots.txt: every case of the RFC" "$(grep rfc score | awk '{print $2}')" 117/117
else
	skip "scores" "no python3"
fi
run fetch "$D/posts/weibo.ndjson"
ok "1,709 real Weibo posts pass byte for byte" cmp -s "$T/.out" "$D/posts/weibo.ndjson"
done_testing
