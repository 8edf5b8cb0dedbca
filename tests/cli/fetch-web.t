#!/bin/sh
# fetch over HTTP, against a server on loopback that misbehaves on request
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
mkdir www
NOW=2026-11-22T09:00:00Z
LATER=2026-11-22T10:00:00Z
field() { printf '%s\n' "$out" | sed -n "${2:-1}p" | jq -r "$1"; }
lines() { printf '%s' "$out" | grep -c ''; }
rss() { # TITLE…: a feed with these entries
	echo '<rss version="2.0"><channel><title>F</title>'
	for t; do echo "<item><title>$t</title><guid isPermaLink=\"false\">$t</guid><pubDate>Sun, 22 Nov 2026 08:00:00 GMT</pubDate></item>"; done
	echo '</channel></rss>'
}
asked() { jq -r 'select(.path=="'"$1"'")|.method' log | grep -c ''; } # how often a path was asked for
rss one two >www/a.xml
rss three >www/b.xml
httpd -r www -l log port &
tap_pids="$tap_pids $!"
for _ in 1 2 3 4 5 6 7 8 9 10; do [ -s port ] || sleep 0.1; done
P=$(cat port)
U=http://127.0.0.1:$P
src() { # [NAME URL [MORE KEYS]]…: sources.yaml on standard output
	printf 'defaults: {gap: 0s, private: true, timeout: 5s}\nsources:\n'
	while [ $# -gt 0 ]; do
		printf -- '  - {name: %s, url: "%s"%s}\n' "$1" "$2" "$3"
		shift 3
	done
}
collect() { run fetch -c sources.yaml -d "$1.db" --now "$2"; }

# --- an operand
run fetch "$U/a.xml"
is "an address on the command line is fetched, even a private one" "$(lines) $code" "2 0"
is "who asks is said" "$(jq -r '.header["user-agent"]' log | head -1 | cut -d/ -f1)" tocsin
is "an operand asks for nothing else" "$(grep -c '' log)" 1
run fetch "$U/x?to=$U/b.xml&status=301"
is "a redirect is followed" "$(field .title)" three
run fetch "$U/x?to=/b.xml"
is "also a relative one" "$(field .title)" three
run fetch "$U/x?to=$U/x"
status "a redirect in circles is 75" 75
run fetch "$U/x?to=http://localhost:$P/b.xml"
status "a redirect to another private host is refused" 75
has "and the address named" "$err" "not public"
run fetch "$U/x?to=http://2130706433:$P/b.xml"
has "however it is spelled" "$err" "127.0.0.1 is not public"
run fetch "$U/x?to=http://0x7f.2:$P/b.xml"
has "and whatever it is" "$err" "127.0.0.2 is not public"
run fetch "$U/x?to=http://[::ffff:127.0.0.1]:$P/b.xml"
has "in IPv6 too" "$err" "not public"
run fetch "$U/x?to=file:///etc/passwd"
has "a redirect to a file leads nowhere" "$err" "no web address"
run fetch "$U/x?to=http://127.0.0.1:22/"
has "nor one to a port of another service" "$err" "not for the web"
run fetch "$U/a.xml?bytes=16000000"
status "an answer over 15 MiB is 65" 65
run fetch "$U/a.xml?bytes=16000000&chunked=1"
has "also a chunked one" "$err" "exceeds 15728640 bytes"
head -c 50000000 /dev/zero | gzip -9 >www/bomb.gz
run fetch "$U/bomb.gz?enc=gzip"
has "a compression bomb is noticed" "$err" "compressed beyond reason"
run fetch "$U/a.xml?enc=gzip,gzip"
has "so is one inside another" "$err" "compressed beyond reason"
gzip -c www/a.xml >www/a.gz
run fetch "$U/a.gz?enc=gzip"
is "an honest compressed feed is read" "$(lines)" 2
run fetch "$U/a.xml?cut=100"
status "an answer that breaks off is 75" 75
is "and nothing of it is passed on" "$out" ""
run fetch "$U/a.xml?type=text/html"
is "a wrong content type is no matter" "$(lines)" 2
sed 's/one/标题/g' www/a.xml | iconv -f UTF-8 -t GBK >www/gbk.xml
run fetch "$U/gbk.xml?type=text/xml;charset=gb2312"
is "the charset of the header" "$(field .title)" 标题
printf '<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/a.xml"></head></html>' >www/page.html
run fetch "$U/page.html"
has "a page names its feed" "$err" "its feed is $U/a.xml"
run fetch "http://127.0.0.1:1/x"
status "a dead host is 75" 75
has "with the reason" "$err" "127.0.0.1"
run fetch "http://user:secret@127.0.0.1:1/x?token=abc"
hasnt "messages hold no password" "$err" secret
hasnt "and no token" "$err" abc
run fetch "ht!tp://"
status "what is neither address nor file is a missing file" 74

# --- packed documents
rss four five | gzip -n >www/p.xml.gz
{ rss six | head -c 40 | gzip -n; rss six | tail -c +41 | gzip -n; echo; } >www/two.xml.gz
head -c 100 www/p.xml.gz >www/short.xml.gz
{ head -c 60 www/p.xml.gz; printf 'xxxxxxxx'; tail -c +69 www/p.xml.gz; } >www/bad.xml.gz
{ rss seven; head -c 30000000 /dev/zero; } | gzip -n >www/bomb.xml.gz
{ cat www/p.xml.gz; echo more; } >www/tail.xml.gz
run fetch "$U/p.xml.gz"
is "a gzip file is unpacked, whatever it is called" "$(field .title 1) $(field .title 2) $code" "four five 0"
run fetch "$U/two.xml.gz"
is "one of two members too" "$(field .title) $code" "six 0"
for f in "short ends too early" "bad is damaged" "bomb more than 15728640 bytes" "tail something else follows"; do
	run fetch "$U/${f%% *}.xml.gz"
	has "a packed file that is ${f%% *}: it is said" "$err" "${f#* }"
	is "and nothing comes of it" "$(lines) $code" "0 65"
done
printf 'id,published,text\n1,2026-11-22 08:00:00,很好\n' | gzip >export.csv.gz
run fetch export.csv.gz
is "a packed table on the command line" "$(field .text) $code" "很好 0"

# --- sources, their state and their errors
: >log
src a "$U/a.xml" '' dead http://127.0.0.1:1/x '' gone "$U/none.xml" '' b "$U/b.xml" ', platform: forum, channel: social' >sources.yaml
collect one $NOW
status "a dead host and a missing page are 75" 75
is "the rest is delivered" "$(printf '%s\n' "$out" | jq -r .title | sort | tr '\n' ' ')" "one three two "
has "the dead host is reported by name" "$err" "fetch: dead: http://127.0.0.1:1/x: "
has "so is the missing page" "$err" "gone: $U/none.xml: answered 404"
is "what the source says goes into its posts" "$(printf '%s\n' "$out" | jq -r 'select(.source=="b")|.platform+" "+.channel')" "forum social"
is "robots.txt is asked for once for a host" "$(asked /robots.txt)" 1
collect one $NOW
is "at once again: nothing is due, nobody is asked" "$out$code$(asked /a.xml)" "01"
collect one $LATER
is "later: nothing new, nothing said twice" "$out" ""
is "it asked with the validators it was given" \
	"$(jq -r 'select(.path=="/a.xml")|.header|(.["if-none-match"] != null and .["if-modified-since"] != null)' log | tail -1)" true
is "robots.txt is remembered" "$(asked /robots.txt)" 1
rss one two four >www/a.xml
collect one 2026-11-22T11:00:00Z
is "only the new entry of a changed feed" "$(field .title)" four
is "and no other" "$(lines)" 1
sed 's/<title>two/<title>two, corrected/' www/a.xml >www/a2 && mv www/a2 www/a.xml
collect one 2026-11-22T12:00:00Z
is "an edited entry comes again" "$(field '.id+" "+.title')" "a:two two, corrected"
run fetch -d one.db --status --now 2026-11-22T12:01:00Z
status "--status is 1 when a source is in trouble" 1
has "it says which" "$out" "FAILING"
has "and how often" "$out" "in a row"
run fetch -d one.db --status -f json --now 2026-11-22T12:01:00Z
is "--status as JSON" "$(printf '%s\n' "$out" | jq -r 'select(.source=="a")|"\(.ok) \(.items) \(.last_new)"')" \
	"true 4 2026-11-22T12:00:00Z"
src a "$U/a.xml?plain=1" '' >sources.yaml
collect plain $NOW
collect plain $LATER
is "without validators the same bytes are not news either" "$out" ""

src a "$U/b.xml" '' >sources.yaml
collect named $NOW
run fetch -c sources.yaml -d named.db --now $NOW --only a
is "a source that is named is asked at once" "$(jq -r 'select(.path=="/b.xml")|.header["if-none-match"] != null' log | tail -1)" true

# --- a slow host does not hold up the rest
printf 'defaults: {gap: 0s, private: true, timeout: 1s}\nsources:\n  - {name: slow, url: "http://localhost:%s/a.xml?hang=1"}\n  - {name: quick, url: "%s/b.xml"}\n  - {name: stuck, url: "http://127.0.0.2:%s/x"}\n' "$P" "$U" "$P" >sources.yaml
(fetch -c sources.yaml -d slow.db --now $NOW 2>slow.err; echo "$?" >slow.code) | { IFS= read -r first; printf '%s\n' "$first" >first; date +%s%N >first.at; cat >/dev/null; date +%s%N >last.at; }
is "the quick host's post is there" "$(jq -r .title first)" three
ok "well before the slow one gives up" test $(($(cat last.at) - $(cat first.at))) -gt 500000000
has "the slow one is named" "$(cat slow.err)" "slow: http://localhost:$P/a.xml"
is "and the status is 75" "$(cat slow.code)" 75

# --- a source that talks nonsense keeps no validators, so that it is tried again
printf 'not a feed' >www/c.xml
src c "$U/c.xml" ', format: feed' >sources.yaml
collect c $NOW
status "no feed is 65" 65
collect c 2026-11-22T11:00:00Z
is "asked again without validators" "$(jq -r 'select(.path=="/c.xml")|.header["if-none-match"]' log | tail -1)" null
rss five >www/c.xml
collect c 2026-11-22T15:00:00Z
is "and read once it is a feed" "$(field .title)" five

# --- politeness
src busy "$U/a.xml?status=429&retry=7200" '' other "$U/b.xml" '' >sources.yaml
collect busy $NOW
has "429 names the wait" "$err" "asks to wait 7200 s"
src busy "$U/a.xml?status=429&retry=7200" '' other "$U/a.xml" '' >sources.yaml
: >log
collect busy 2026-11-22T10:30:00Z
is "nobody asks that host before the time" "$(asked /a.xml)" 0
has "and this is said" "$err" "until 2026-11-22T11:00:00Z"
collect busy 2026-11-22T11:30:00Z
is "afterwards it is asked again" "$(asked /a.xml)" 2
printf 'User-agent: *\nDisallow: /\n\nUser-agent: tocsin\nDisallow: /b\nCrawl-delay: 0.1\n' >www/robots.txt
src a "$U/a.xml" '' b "$U/b.xml" '' own "$U/b.xml?x" ', robots: ignore, robots_reason: ours' >sources.yaml
: >log
collect robots $NOW
is "robots.txt: our group counts, an explicit exception too" "$(printf '%s\n' "$out" | jq -r .source | sort -u | tr '\n' ' ')" "a own "
has "robots.txt: what it forbids is not fetched" "$err" "b: $U/b.xml: robots.txt of the site forbids this address"
rm www/robots.txt
printf 'defaults: {gap: 0s, private: true}\nsources:\n  - {name: a, url: "http://localhost:%s/a.xml"}\n' 1 >sources.yaml
collect unreach $NOW
has "robots.txt: an unreachable site is left alone" "$err" "robots.txt of the site cannot be read"

# --- private addresses, keys
printf 'sources:\n  - {name: a, url: "%s/a.xml", gap: 0s}\n' "$U" >sources.yaml
: >log
collect private $NOW
status "a configured source on a private address needs 'private: true'" 75
is "nothing was sent there" "$(grep -c '' log)" 0
KEY=s3cret
export KEY
printf 'defaults: {gap: 0s, private: true}\nsources:\n  - {name: a, url: "%s/x?to=http://localhost:%s/b.xml", headers: {X-Api-Key: "env:KEY"}}\n' "$U" "$P" >sources.yaml
collect key $NOW
is "a key is sent to the host it is for" "$(jq -r 'select(.path=="/x")|.header["x-api-key"]' log)" s3cret
is "and to no other" "$(jq -r 'select(.path=="/b.xml")|.header["x-api-key"]' log)" null
unset KEY
run fetch -c sources.yaml -d key2.db
status "a key that is not there is 78" 78

# --- proxies
: >log
run env http_proxy="$U" fetch "http://news.invalid/a.xml"
is "a proxy is used" "$(lines) $(jq -r .header.host log)" "3 news.invalid"
run env http_proxy="$U" fetch "http://news.invalid/x?to=http://169.254.169.254/a.xml"
status "private addresses are refused behind a proxy too" 75
run env http_proxy=http://127.0.0.1:1 fetch "$U/a.xml"
status "a dead proxy is a fault, not a detour" 75
run env http_proxy=http://127.0.0.1:1 no_proxy=127.0.0.1 fetch "$U/a.xml"
is "hosts that go direct go direct" "$(lines)" 3

# --- sitemaps
cat >www/index.xml <<E
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>$U/old.xml</loc><lastmod>2020-01-01</lastmod></sitemap>
<sitemap><loc>$U/news.xml</loc><lastmod>2026-11-22</lastmod></sitemap></sitemapindex>
E
cat >www/news.xml <<E
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>http://n.example/1</loc><news:news><news:publication><news:name>某报</news:name><news:language>zh</news:language></news:publication>
<news:publication_date>2026-11-22T08:00:00Z</news:publication_date><news:title>停机</news:title></news:news></url>
<url><loc>http://n.example/plain</loc></url></urlset>
E
src map "$U/index.xml" ', pages: 10, max_age: 30d' >sources.yaml
: >log
collect map $NOW
is "a sitemap index leads to its news" "$(field '[.title,.url,.media,.lang,.published]|join(" ")')" \
	"停机 http://n.example/1 某报 zh 2026-11-22T08:00:00Z"
is "an old sitemap is left alone" "$(asked /old.xml)" 0
src map "$U/index.xml" '' >sources.yaml
collect map2 $NOW
has "an index without 'pages' says what to do" "$err" "set 'pages'"

# --- pages and APIs
cat >www/board.html <<'E'
<html><body><div class=t><h3><a href="t/1">转账 <b>失败</b></a></h3><i>10分钟前</i><u>小王</u></div>
<div class=t><h3><a href="/t/2">2</a></h3><i>昨天 12:30</i></div><a rel=next href="board2.html">next</a></body></html>
E
cat >www/board2.html <<'E'
<div class=t><h3><a href="t/3">3</a></h3></div><a rel=next href="board.html">round</a>
E
cat >sources.yaml <<E
defaults: {gap: 0s, private: true, zone: "+08:00"}
sources:
  - name: board
    url: $U/board.html
    pages: 5
    page: {items: '//div[@class="t"]', title: .//h3, url: .//h3/a/@href, published: .//i, author: .//u, next: '//a[@rel="next"]/@href'}
E
collect board $NOW
is "a page by XPath, with its following page, once" "$(printf '%s\n' "$out" | jq -r .url | tr '\n' ' ')" "$U/t/1 $U/t/2 $U/t/3 "
is "its fields" "$(field '.title+" "+.author.name+" "+.published+" "+.dated')" "转账 失败 小王 2026-11-22T08:50:00Z minute"
collect board $LATER
is "the same page again gives nothing" "$out" ""
echo '<p>maintenance' >www/board.html
collect board 2026-11-22T11:00:00Z
has "a page that lost its items is in trouble, not empty" "$err" "gave nothing where it used to give posts"
cat >www/api.json <<'E'
{"data":[{"mid":4900000000000000977,"body":"<p>你好</p>","at":1795334400000,"n":"1.2万","who":{"nick":"W","fans":"3亿"}}],"next":"/api2.json"}
E
echo '{"data":[{"mid":2,"body":"b","at":"2026-11-22 08:00"}],"next":null}' >www/api2.json
cat >sources.yaml <<E
defaults: {gap: 0s, private: true}
sources:
  - name: api
    url: $U/api.json
    pages: 9
    api:
      items: '.data[] | {id: .mid, platform: "weibo", text: .body, published: .at, metrics: {likes: .n}, author: {name: .who.nick, followers: .who.fans}}'
      next: .next
E
collect api $NOW
is "an API by jq, with its following page" "$(printf '%s\n' "$out" | jq -r .id | tr '\n' ' ')" "weibo:4900000000000000977 weibo:2 "
is "its fields" "$(field '[.text,.published,.metrics.likes,.author.followers]|join(" ")')" "你好 2026-11-22T08:00:00Z 12000 300000000"
done_testing
