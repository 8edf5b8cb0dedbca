#!/bin/sh
# fetch: files, standard input and commands become posts
. "$(dirname "$0")/../lib.sh"
TOCSIN_NOW=2026-11-22T09:00:00Z
export TOCSIN_NOW
cd "$T" || exit 1
field() { printf '%s\n' "$out" | sed -n "${2:-1}p" | jq -r "$1"; }
lines() { printf '%s' "$out" | grep -c ''; }

cat >rss.xml <<'E'
<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>某报</title><link>http://news.example/</link>
<item><title>银行&amp;nbsp;系统 &lt;b&gt;故障&lt;/b&gt;</title><link>http://news.example/a?utm_source=x&amp;id=1</link>
<guid isPermaLink="false">g1</guid><pubDate>Sun, 22 Nov 2026 08:00:00 +0800</pubDate><author>li@example.org (李伟)</author>
<description>&lt;p&gt;第一段 &lt;img alt="[怒]"&gt;&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;&lt;p&gt;第二段&lt;/p&gt;</description><category>金融</category></item>
<item><title>No date, no guid</title></item>
<item><title>Same again</title><guid isPermaLink="false">g1</guid></item>
<item><category>empty</category></item>
<item><link>http://news.example/picture</link></item>
</channel></rss>
E
run fetch rss.xml
status "a feed file is read" 0
is "every entry that says something becomes a post" "$(printf '%s\n' "$out" | jq -r .kind | tr '\n' ' ')" "post post post post "
is "an entry without words is known by its address" "$(field .title 4)" http://news.example/picture
is "a short guid is kept in the id" "$(field .id)" rss:g1
is "markup and entities are gone from titles" "$(field .title)" "银行 系统 故障"
is "text keeps emoticons and loses scripts" "$(field .text | tr '\n' '|')" "第一段 [怒]|第二段|"
is "times are UTC" "$(field .published)" 2026-11-22T00:00:00Z
is "the author is named without address" "$(field '.author|tojson')" '{"name":"李伟"}'
is "tags, language and paper" "$(field '[.tags[0],.lang,.media]|join(" ")')" "金融 zh 某报"
is "a hash of the entry's bytes" "$(field '.raw_sha256|length')" 64
is "an entry without a date says so" "$(field '.dated+" "+.published' 2)" "unknown 2026-11-22T09:00:00Z"
is "one guid for two things gives two ids" "$(printf '%s\n' "$out" | jq -r .id | sort -u | grep -c '')" 4
has "entries without a text are counted" "$err" "1 entries have neither title nor text"
ids=$(printf '%s\n' "$out" | jq -r .id | tr '\n' ' ')
sed 's/utm_source=x&amp;//; s#http://news#https://news#' rss.xml >rss2.xml
run fetch --source rss rss2.xml
is "ids do not change with scheme or tracking" "$(printf '%s\n' "$out" | jq -r .id | tr '\n' ' ')" "$ids"

cat >atom.xml <<'E'
<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><id>tag:x,1</id><title type="text">1 &lt; 2</title>
<link href="http://h/1"/><published>2026-11-22T08:00:00+08:00</published><updated>2026-11-22T01:00:00Z</updated>
<content type="html">&lt;p&gt;x&lt;/p&gt;</content><author><name>W</name></author></entry></feed>
E
run fetch atom.xml
is "an id of odd characters is hashed, and kept beside" "$(field '.guid+" "+(.id|test("^atom:[0-9a-f]{20}$")|tostring)')" "tag:x,1 true"
is "Atom: text titles are text" "$(field .title)" "1 < 2"
is "Atom: an edit keeps its own time" "$(field '.published+" "+.updated')" "2026-11-22T00:00:00Z 2026-11-22T01:00:00Z"
printf '{"version":"https://jsonfeed.org/version/1.1","title":"J","items":[{"id":9007199254740993,"content_html":"<b>hi</b>","url":"http://h/2","date_published":"2026-11-21T00:00:00Z"}]}' >feed.json
run fetch feed.json
is "JSON Feed: big number ids are not damaged" "$(field .id)" feed:9007199254740993

printf '标题,内容,发布时间,作者,平台,链接,评论数,转发数,点赞数,阅读数(万),播放量\n故障,"转不了账,""急""",2026-11-22 08:01,小王,weibo,https://w.example/1,12,1.2万,10万+,3.5,3亿\n,,,,,,1,,,,\n二,,昨天 12:30,,,,,12k,,,\n' >table.csv
run fetch --zone +08:00 --rejects rejects table.csv
status "a row that cannot be a post is 65, the rest is done" 65
is "Chinese headings and counters" "$(field '.metrics|tojson')" \
	'{"views":35000,"likes":100000,"reposts":12000,"comments":12,"plays":300000000,"at_least":["likes"]}'
is "quotes inside cells" "$(field .text)" '转不了账,"急"'
is "local times by --zone, to the minute" "$(field '.published+" "+.dated')" "2026-11-22T00:01:00Z minute"
is "relative dates count from now" "$(field .published 2)" 2026-11-21T04:30:00Z
has "the bad row is named by file and line" "$err" "table.csv:3: neither title nor text"
is "and kept" "$(cat rejects)" ",,,,,,1,,,,"
iconv -f UTF-8 -t GB18030 table.csv >gbk.csv
run fetch --zone +08:00 --source table gbk.csv
is "a GBK table without a label reads the same" "$(field .text)" '转不了账,"急"'
iconv -f UTF-8 -t UTF-16 table.csv >u16.csv
run fetch --zone +08:00 --source table u16.csv
is "a UTF-16 table reads the same" "$(field .text)" '转不了账,"急"'
cat >broken.csv <<'E'
标题,内容,发布时间,平台,作者
甲,"星澜手机没网,2026-11-20 08:00,微博,a
乙,星澜手机绿屏,2026-11-20 09:00,微博,b
丙,"星澜电池鼓包，客服说""没事""",2026-11-20 10:00,小红书,c
E
run fetch --rejects rejects broken.csv
status "a quote that is never closed is 65" 65
has "it is named by file and line" "$err" "broken.csv:2: a quote is opened and not closed"
is "the rows behind it are posts of their own" "$(printf '%s\n' "$out" | jq -r .title | tr '\n' ' ')" "乙 丙 "
has "that row alone is kept with the rejects" "$(tail -1 rejects)" '甲,"星澜手机没网,2026-11-20 08:00,微博,a'
printf '内容,发布时间\n"他说"没事"",2026-11-20\n坏了,修了,2026-11-20\n' >loose.csv
run fetch loose.csv
is "quotes inside quotes that were not doubled lose nothing" "$(field .text)" '他说没事""'
has "cells under no heading are told" "$err" "loose.csv:3: cells beyond the last heading are left out"

printf '帖子id,内容,平台名称,博主昵称,认证类型,粉丝数,备注,正文,序号\n700100200,甲,微博,小周,政府,5,急,乙,1\n2,丙,小红书 APP,小吴,普通用户,5,,,2\n3,丁,哪里都有,,,,,,3\n' >words.csv
run fetch words.csv
is "platforms become the words of the record" "$(printf '%s\n' "$out" | jq -r .platform | tr '\n' ' ')" "weibo xiaohongshu 哪里都有 "
is "and stand in the id" "$(field .id)" weibo:700100200
is "name and kind of verification by other headings" "$(field '.author|tojson')" '{"name":"小周","followers":5,"verified":"政府"}'
is "an ordinary user is not verified" "$(field '.author.verified|tostring' 2)" false
is "headings without a meaning are named, once, and the second of a kind" "$err" \
	"fetch: words.csv:1: headings not used: 备注, 正文 (a second column for text)"
printf '[{"内容":"甲","平台":"知乎"}]' >words.json
run fetch words.json
is "rows in JSON, too" "$(field .platform)" zhihu
printf 'sources:\n  - {name: w, path: words.csv, platform: 微博, columns: {备注: tags, 正文: none, 不存在的列: region, 也没有: none}}\n' >columns.yaml
run fetch -c columns.yaml -d columns.db
is "a heading 'columns' names and the table lacks is told; one to be left out may lack" "$err" \
	"fetch: words.csv:1: no heading '不存在的列', which 'columns' of source 'w' names"
is "the others hold" "$(field '.tags[0]')" 急

printf '内容,发布时间\n甲,46346.375\n乙,46346\n' >serial.csv
run fetch --zone +08:00 serial.csv
is "a spreadsheet's day numbers are dates" "$(printf '%s\n' "$out" | jq -r '.published+" "+(.dated//"exact")' | tr '\n' '|')" \
	"2026-11-20T01:00:00Z exact|2026-11-19T16:00:00Z day|"
printf '内容,发布时间\n甲,2026-11-20\n乙,改天\n丙,下回\n丁,\n' >undated.csv
run fetch undated.csv
is "times that are none are told, with the first" "$err" \
	"fetch: undated.csv:3: '改天' is no time of the last decades; in 2 rows the time of collection stands in"
is "and marked" "$(printf '%s\n' "$out" | jq -r '.dated' | tr '\n' ' ')" "day unknown unknown unknown "
printf 'PK\003\004\024\000\006\000[Content_Types].xml\nxx' >book.xlsx
run fetch book.xlsx
status "a workbook is no table" 65
is "and the message says what to do" "$err" "fetch: book.xlsx: a workbook or archive (zip), not a table: save it as CSV"
printf '\320\317\021\340\241\261\032\341rest' >book.xls
run fetch book.xls
has "an old one, too" "$err" "book.xls: a workbook (.xls), not a table: save it as CSV"
printf 'a,b\n1,2\n' >odd.csv
run fetch odd.csv
status "a table without text or title is refused" 65
has "and says how many headings it knows" "$err" "0 of 2 headings are known"
has "and which it does not" "$err" "odd.csv:1: headings not used: a, b"
run fetch "$T"
status "a folder is no file" 74
run fetch absent.xml rss.xml
status "a missing file is 74" 74
is "and the others are still delivered" "$(lines)" 4

printf '{"kind":"post","id":"a:1","source":"x","published":"2026-11-22T08:00:00Z","text":"t","n":1.000}\n{"kind":"case","id":"c"}\n{"kind":"post","id":"a:2"}\n{bad\n' >posts.ndjson
run fetch posts.ndjson
status "a malformed record is 65" 65
is "posts and other kinds pass byte for byte" "$out" "$(head -2 posts.ndjson)"
has "what is missing is named" "$err" "posts.ndjson:3: a post without 'source'"
runin posts.ndjson fetch -
is "standard input by -" "$out" "$(head -2 posts.ndjson)"
printf '[{"标题":"甲","时间":"2026-11-22 08:00","点赞数":5},\n {"title":"b","id":"7","platform":"zhihu","created_at":1795334400}]' >array.json
run fetch array.json
is "an array of rows with column names" "$(printf '%s\n' "$out" | jq -r '.title+" "+.published' | tr '\n' '|')" \
	"甲 2026-11-22T08:00:00Z|b 2026-11-22T08:00:00Z|"
is "a row's own id goes with its platform" "$(field .id 2)" zhihu:7

cat >xxe.xml <<'E'
<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss><channel><item><title>&x;</title></item></channel></rss>
E
run fetch xxe.xml
status "an external entity is refused" 65
is "and nothing of the file is seen" "$out" ""
has "with its reason" "$err" "external"
printf '<!doctype html><html><head><title>x</title></head></html>' >page.html
run fetch page.html
status "a page is no feed" 65
has "and says so" "$err" "HTML page"
printf '<rss><channel><item><title>a\001b</title><description>cut' >cut.xml
run fetch cut.xml
is "a broken feed gives what it has" "$(field .title)" "ab"
has "and is reported" "$err" "not well-formed"
: >empty.xml
run fetch empty.xml
status "an empty file has no posts" 0
awk 'BEGIN{print "title"; for(i=0;i<5000;i++) print "t" i}' >many.csv
run fetch -v many.csv
has "counts with -v" "$err" "read 5000, wrote 5000, skipped 0"

cat >sources.yaml <<'E'
defaults: {zone: "+08:00"}
sources:
  - name: hotline
    path: calls.csv
    channel: hotline
    form: complaint
    columns: {投诉: text, 受理: published, 网点: region, 备注: none}
  - name: tool
    command: [printf, '标题\n%s\n', 一条消息]
  - {name: broken, command: [/bin/false]}
  - {name: off, enabled: false, path: absent.csv}
E
printf '投诉,受理,网点,备注\n排队两小时,2026-11-22 10:00,人民路,内部\n' >calls.csv
run fetch -c sources.yaml
status "a failing command is 75, the rest is delivered" 75
has "it is named" "$err" "broken: '/bin/false' failed with status 1"
is "columns by name" "$(field '[.source,.channel,.form,.region,.text,.published]|join(" ")')" \
	"hotline hotline complaint 人民路 排队两小时 2026-11-22T02:00:00Z"
is "a command's output" "$(field '.source+" "+.title' 2)" "tool 一条消息"
hasnt "a column called none is nobody's business" "$out" 内部
run fetch -c sources.yaml --only tool
is "the second run says nothing twice" "$out" ""
status "and is content" 0
rm -f "$TOCSIN_DB"
run fetch -c sources.yaml --only tool
is "--only takes one" "$(printf '%s\n' "$out" | jq -r .source)" tool
run fetch -c sources.yaml --only nobody
status "--only with an unknown name is misuse" 64

mkdir in
printf 'title\nx1\n' >in/1.csv
printf 'title\nx2\n' >in/2.csv
printf 'sources:\n  - {name: dir, path: "in/*.csv"}\n  - {name: none, path: "in/*.xml"}\n' >glob.yaml
run fetch -c glob.yaml
is "a pattern takes all files it matches, and may match none" "$(printf '%s\n' "$out" | jq -r .title | tr '\n' ' ')$code" "x1 x2 0"

bad() { # NAME YAML PART
	printf '%s\n' "$2" >bad.yaml
	run fetch -c bad.yaml
	status "$1: 78" 78
	has "$1: named by file, line and reason" "$err" "$3"
	is "$1: before anything is read" "$out" ""
}
bad "unknown key" 'sources:
  - {name: a, path: rss.xml, colour: red}' "bad.yaml:2:"
bad "two places" 'sources:
  - {name: a, path: rss.xml, url: "http://h/"}' "exactly one of"
bad "two of one name" 'sources:
  - {name: a, path: rss.xml}
  - {name: a, path: rss.xml}' "bad.yaml:3: two sources are called 'a'"
bad "secret in the file" 'sources:
  - {name: a, url: "http://h/", headers: {Authorization: Bearer abc}}' "env:NAME or file:PATH"
bad "password in an address" 'sources:
  - {name: a, url: "http://u:p@h/"}' "no password in an address"
bad "bad XPath" 'sources:
  - {name: a, url: "http://h/", page: {items: "//["}}' "not an XPath expression"
bad "bad jq" 'sources:
  - {name: a, url: "http://h/", api: {items: ".["}}' "bad.yaml:2"
bad "robots ignored without a reason" 'sources:
  - {name: a, url: "http://h/", robots: ignore}' "robots_reason"
bad "unknown zone" 'sources:
  - {name: a, path: x, zone: Mars}' "not known"
bad "no address" 'sources:
  - {name: a, url: "ftp://h/"}' "not a usable http"

# the shipped default names no source
run fetch
status "without sources there is nothing to do" 0
has "and the page that helps is named" "$err" "tocsin-sources(5)"
run fetch --check -c sources.yaml
is "--check says what is in the file" "$out" "sources.yaml: 4 sources, 0 of them on the web, 1 switched off"
run fetch --check -c bad.yaml
status "--check finds what is wrong" 78
run fetch --status rss.xml
status "--status takes no operands" 64
done_testing
