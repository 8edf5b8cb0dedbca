/* Everything that reads what strangers wrote: charsets, XML, HTML, feeds, tables, dates, robots.txt, addresses, counts. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "ext/feed.h"
#include "ext/html.h"
#include "model/charset.h"
#include "model/csv.h"
#include "model/date.h"
#include "model/robots.h"
#include "model/textx.h"
#include "model/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define MUST(x) do { if (!(x)) abort(); } while (0)

static void
is_text(struct str s)
{
	MUST(utf8_valid(s.p != NULL ? s.p : "", s.n));
}

static void
strip(struct str s)
{
	struct buf out = {0}, again = {0};

	textx_html(&out, s);
	is_text(buf_view(&out));
	MUST(out.n <= s.n * 3 + 16);
	textx_clean(&again, buf_view(&out), true);
	MUST(str_eq(buf_view(&again), buf_view(&out))); /* clean text stays as it is */
	buf_reset(&out);
	textx_html_line(&out, s);
	MUST(out.n == 0 || memchr(out.p, '\n', out.n) == NULL);
	buf_free(&out);
	buf_free(&again);
}

static void
feed(struct str text, struct arena *a)
{
	struct buf xml = {0};
	struct feed f;
	struct err e;

	if (textx_xml(&xml, text, NULL, &e) == 0) {
		is_text(buf_view(&xml));
		if (feed_parse(buf_view(&xml), STR("http://h/a/"), url_resolve, a, &f, &e) == 0) {
			for (size_t i = 0; i < f.n; i++) {
				is_text(f.item[i].title.s);
				is_text(f.item[i].content.s);
				strip(f.item[i].content.s);
				MUST(f.item[i].link.n == 0 || url_is_web(f.item[i].link));
			}
		}
	}
	buf_free(&xml);
}

static void
page(struct str text, struct arena *a)
{
	struct html *h;
	struct err e;
	void **node = NULL;
	size_t n = 0;
	struct str v;
	bool markup;

	if (html_open(text, &h, &e) != 0)
		return;
	if (html_select(h, NULL, "//*[position() < 20]", a, &node, &n, &e) == 0 && n > 0)
		(void)html_value(h, node[n - 1], ".", a, &v, &markup, &e);
	(void)html_feed(h, a);
	html_close(h);
}

static void
small(struct str text, struct arena *a)
{
	const struct date_ctx ctx = {.now = 1795334400, .zone_s = 28800, .china = true};
	struct date d;
	struct robots r;
	struct csv c;
	struct str rest = text, line, url;
	int64_t v;
	bool more;

	while (str_split(&rest, '\n', &line)) {
		(void)date_parse(line, &ctx, &d);
		if (textx_count(line, &v, &more))
			MUST(v >= 0);
		url = url_resolve(a, STR("http://h/a/b?c"), line);
		if (url.p != NULL) {
			for (size_t i = 0; i < url.n; i++)
				MUST(url.p[i] > 0x20 && url.p[i] < 0x7f);
			MUST(url_is_web(url));
			MUST(str_eq(url_clean(a, url), url)); /* a clean address is left alone */
		}
		is_text(url_show(a, line));
	}
	robots_parse(&r, a, text, STR("tocsin"));
	(void)robots_allowed(&r, STR("/a/b?c"));
	csv_open(&c, text);
	while (csv_next(&c, a)) {
		MUST(c.n > 0 && c.n <= CSV_COLS);
		(void)csv_column(c.cell[0]);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str in = {(const char *)data, n};
	struct arena a = {0};
	struct buf text = {0};
	size_t cut = 0;

	(void)charset_decode(&text, in, n % 3 == 0 ? STR("gbk") : STR(""), n % 2 == 0 ? CHARSET_XML : CHARSET_HTML);
	is_text(buf_view(&text));
	while (cut < text.n && text.p[cut] != '<')
		cut++;
	strip(buf_view(&text));
	if (cut < text.n) {
		feed(buf_view(&text), &a);
		page(buf_view(&text), &a);
	}
	small(buf_view(&text), &a);
	buf_free(&text);
	arena_free(&a);
	return 0;
}
