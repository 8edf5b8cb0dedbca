#include "ext/feed.h"
#include "ext/html.h"
#include "ext/http.h"
#include "rec/json.h"
#include "tap.h"

/* A resolver as simple as the test: absolute stays, the rest is put behind the base. */
static struct str
join(struct arena *a, struct str base, struct str ref)
{
	if (str_starts(ref, STR("http")))
		return ref;
	return base.n > 0 ? arena_printf(a, "%.*s%.*s", STRF(base), STRF(ref)) : (struct str){NULL, 0};
}

int
main(void)
{
	struct arena a = {0};
	struct feed f;
	struct err e = {0};
	struct json_fault fault;
	struct html *h;
	void **node;
	size_t n;
	struct str v;
	bool markup;
	struct buf big = {0};
	static const char *const denied[] = {"127.0.0.1", "10.1.2.3", "100.64.0.1", "100.100.100.200", "169.254.169.254",
	    "172.31.255.255", "192.168.0.1", "192.0.2.1", "198.19.0.1", "224.0.0.1", "255.255.255.255", "0.0.0.0", "::1", "::",
	    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "fc00::1", "fe80::1", "fec0::1", "ff02::1",
	    "2001:db8::1", "100::1", "::127.0.0.1", "2001::1", "localhost", "", "0x7f.1"};
	static const char *const open[] = {"1.1.1.1", "100.128.0.1", "172.32.0.1", "192.169.0.1", "2606:4700::1111", "::ffff:8.8.8.8",
	    "64:ff9b::808:808", "2002:808:808::"};

	ok(feed_parse(STR("<rss version='2.0'><channel><title>T</title><ttl>30</ttl><image><title>no</title><link>http://no</link>"
	    "</image><item><title>a &lt;b&gt;</title><link>/x</link><guid isPermaLink='false'>g</guid><pubDate>D</pubDate>"
	    "<dc:creator>Li</dc:creator><content:encoded>full</content:encoded><description>short</description></item>"
	    "<item><guid>http://h/1</guid></item></channel></rss>"), STR("http://h"), join, &a, &f, &e) == 0, "RSS 2.0, undeclared prefixes");
	ok(f.kind == FEED_RSS && f.n == 2 && f.ttl_s == 1800, "two items, half an hour");
	is_str(f.title.s, "T", "the channel's own title");
	is_str(f.item[0].link, "http://h/x", "a relative link");
	is_str(f.item[0].content.s, "full", "content:encoded is the content");
	is_str(f.item[0].author.name, "Li", "dc:creator");
	is_str(f.item[1].link, "http://h/1", "a guid that is an address");
	ok(feed_parse(STR("<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://b/'><entry xml:base='e/'><id>i</id>"
	    "<title type='html'>&lt;i&gt;x&lt;/i&gt;</title><link rel='self' href='s'/><link href='p'/>"
	    "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>t<br/></div></content>"
	    "<author><name>W</name></author><updated>U</updated></entry></feed>"), STR(""), join, &a, &f, &e) == 0, "Atom 1.0");
	is_str(f.item[0].link, "http://b/e/p", "xml:base inherits");
	ok(f.item[0].title.html && f.item[0].content.html && !f.recovered, "marked-up texts are marked");
	is_str(f.item[0].updated, "U", "updated");
	ok(feed_parse(STR("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>"
	    "<channel><title>C</title></channel><item rdf:about='http://h/2'><title>x</title></item></rdf:RDF>"), STR(""), join, &a, &f,
	    &e) == 0 && f.n == 1, "RSS 1.0");
	is_str(f.item[0].id, "http://h/2", "rdf:about is the id");
	ok(feed_parse(STR("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
	    "xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>http://h/3</loc><n:news><n:publication><n:name>P"
	    "</n:name><n:language>zh</n:language></n:publication><n:publication_date>D</n:publication_date><n:title>T</n:title>"
	    "</n:news></url></urlset>"), STR(""), join, &a, &f, &e) == 0 && f.kind == FEED_SITEMAP && f.n == 1, "news sitemap");
	is_str(f.item[0].published, "D", "publication_date");
	is_str(f.item[0].source, "P", "publication");
	ok(feed_parse(STR("<rss><channel><item><title>a</title></item><item><title>b</channel>"), STR(""), join, &a, &f, &e) == 0 &&
	    f.recovered && f.n == 2, "a cut feed gives what it has");
	ok(feed_parse(STR("<svg/>"), STR(""), join, &a, &f, &e) != 0 && e.kind == ERR_DATA, "XML that is no feed");
	ok(feed_parse(STR("{}"), STR(""), join, &a, &f, &e) != 0, "no XML at all");
	ok(feed_parse(STR(""), STR(""), join, &a, &f, &e) != 0, "nothing");
	for (int i = 0; i < 200000; i++)
		buf_puts(&big, "<a>");
	(void)feed_parse(buf_view(&big), STR(""), join, &a, &f, &e);
	ok(true, "deep nesting does no harm");
	{
		static const char json[] = "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"J\",\"items\":[{\"id\":9007199254740993,"
		    "\"content_text\":\"a<b\",\"authors\":[{\"name\":\"N\"}],\"tags\":[\"t\",\"t\"]},{\"content_text\":\"no id\"}]}";

		ok(json_valid(str_c(json), &fault) && feed_is_json(json_view(str_c(json))), "it is a JSON Feed");
		ok(feed_parse_json(json_view(str_c(json)), STR(""), join, &a, &f, &e) == 0 && f.n == 1, "an item without id is left out");
		is_str(f.item[0].id, "9007199254740993", "a number keeps all its digits as an id");
		ok(!f.item[0].content.html && f.item[0].ntag == 1, "plain text is plain, tags once");
	}

	ok(html_open(STR("<html><base href='/b/'><div class=t><h3><a href=x>标<b>题</b></a></h3><p>1</div><div class=t><h3>2</h3></div>"),
	    &h, &e) == 0, "a page");
	ok(html_select(h, NULL, "//div[@class='t']", &a, &node, &n, &e) == 0 && n == 2, "two items by XPath");
	ok(html_value(h, node[0], ".//h3/a", &a, &v, &markup, &e) == 1 && markup, "an element is markup");
	ok(str_find(v, STR("标<b>题</b>")) >= 0, "with its inner markup");
	ok(html_value(h, node[0], ".//a/@href", &a, &v, &markup, &e) == 1 && !markup && str_is(v, "x"), "an attribute is text");
	ok(html_value(h, node[1], ".//a/@href", &a, &v, &markup, &e) == 0, "nothing found is nothing");
	ok(html_select(h, NULL, "string(//p)", &a, &node, &n, &e) != 0, "a value is no list");
	ok(html_value(h, NULL, "//[", &a, &v, &markup, &e) != 0, "a bad expression fails");
	is_str(html_base(h, &a), "/b/", "base href");
	html_close(h);
	ok(html_check("//a", &e) == 0 && html_check("//[", &e) != 0, "expressions are checked");
	buf_reset(&big);
	for (int i = 0; i < 3000; i++)
		buf_puts(&big, "<div>");
	buf_puts(&big, "<p id=deep>x</p>");
	ok(html_open(buf_view(&big), &h, &e) == 0 && html_value(h, NULL, "string(//p[@id='deep'])", &a, &v, &markup, &e) == 1 &&
	    str_is(v, "x"), "text below 255 levels is not lost");
	ok(html_value(h, NULL, "count(//*[count(.//*[count(.//*) > 1]) > 1])", &a, &v, &markup, &e) != 0,
	    "an expression that costs too much is stopped");
	html_close(h);

	/* a tag with so many attributes that libxml2 would compare them for minutes */
	static const char *const shape[][2] = {{" a", "=x"}, {" a", "='x'"}, {" a", ""}, {"/a", ""}, {"\ta", " = \"x>\""}};
	for (size_t k = 0; k < sizeof shape / sizeof *shape; k++) {
		buf_reset(&big);
		buf_puts(&big, "<p>1 < 2</p><item");
		for (int i = 0; i < 200000; i++)
			buf_printf(&big, "%s%d%s", shape[k][0], i, shape[k][1]);
		buf_puts(&big, "><title>x</title></item>");
		ok(html_open(buf_view(&big), &h, &e) != 0 && feed_parse(buf_view(&big), STR(""), join, &a, &f, &e) != 0 &&
		    strstr(e.msg, "attributes") != NULL, "a tag full of '%s1%s' is refused at once", shape[k][0], shape[k][1]);
	}
	buf_reset(&big);
	buf_puts(&big, "<p id=ok title=\"");
	for (int i = 0; i < 5000; i++)
		buf_puts(&big, "many words ");
	buf_puts(&big, "\">1 ");
	for (int i = 0; i < 5000; i++)
		buf_puts(&big, "<a href=/x/y/z class='a b c'>go</a> < many words ");
	ok(html_open(buf_view(&big), &h, &e) == 0, "a long page of ordinary tags is not");
	html_close(h);

	for (size_t i = 0; i < sizeof denied / sizeof *denied; i++)
		ok(http_addr_denied(denied[i]), "refused: '%s'", denied[i]);
	for (size_t i = 0; i < sizeof open / sizeof *open; i++)
		ok(!http_addr_denied(open[i]), "public: %s", open[i]);
	buf_free(&big);
	arena_free(&a);
	return tap_done();
}
