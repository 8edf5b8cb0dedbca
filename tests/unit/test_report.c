/* What a report is made of: markup that keeps text inert, charts, counts, layout, Markdown. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "model/markdown.h"
#include "model/markup.h"
#include "model/page.h"
#include "model/tally.h"
#include "tap.h"

static struct buf out;

static struct str
html(const char *s)
{
	buf_reset(&out);
	markup_html(&out, str_c(s));
	return buf_view(&out);
}

static struct str
md(const char *s)
{
	buf_reset(&out);
	markup_md(&out, str_c(s));
	return buf_view(&out);
}

static struct str
csv(const char *s)
{
	buf_reset(&out);
	markup_csv(&out, str_c(s));
	return buf_view(&out);
}

static void
test_markup(void)
{
	static const char *const good[] = {"http://a.example/", "https://a.example/?q=1&r=2#x", "https://例子.example/路径", NULL};
	static const char *const bad[] = {"", "http://", "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//a.example", "/path", "ftp://a.example",
	    "HTTP://a.example", "https://good.example@evil.example/", "https://a.example/\" onclick=\"x", "https://a.example/ b", "https://a.example/\n",
	    "https://a.example/<b>", "https://a.example/\xe2\x80\xae" "x", " https://a.example/", "https://a.example/\\x", NULL};

	is_str(html("<a href=\"x\" id='y'>&amp;"), "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;", "html: every special character becomes a reference");
	is_str(html("a\x1b[31m\xe2\x80\xae" "b\nc\x7f"), "a [31mb c ", "html: controls and bidi steering go");
	is_str(html("汉字 🙂"), "汉字 🙂", "html: other text stays");
	is_str(html(""), "", "html: nothing of nothing");
	is_str(md("*a* _b_ `c` [d](e) <f> # g"), "\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) &lt;f&gt; \\# g", "md: no emphasis, code, link, tag, heading");
	is_str(md("1. x"), "1\\. x", "md: no list");
	is_str(md("85.7% 3)"), "85.7% 3)", "md: a number stays a number");
	is_str(md("http://a.example www.a.example x@y.example"), "http\\://a.example www\\.a.example x\\@y.example", "md: no link of its own accord");
	is_str(md("- a | b"), "\\- a \\| b", "md: no list, no cell");
	is_str(csv("=1+1"), "\"'=1+1\"", "csv: a formula is text");
	is_str(csv("@SUM(A1)"), "\"'@SUM(A1)\"", "csv: so is a function");
	is_str(csv("  +cmd|' /C calc'!A0"), "\"'  +cmd|' /C calc'!A0\"", "csv: and one behind blanks");
	is_str(csv("\t=1"), "\"' =1\"", "csv: and one behind a tab");
	is_str(csv("-0.83"), "-0.83", "csv: a negative number stays one");
	is_str(csv("a,b \"c\""), "\"a,b \"\"c\"\"\"", "csv: RFC 4180");
	for (int i = 0; good[i] != NULL; i++)
		ok(link_ok(str_c(good[i])), "a link: %s", good[i]);
	for (int i = 0; bad[i] != NULL; i++)
		ok(!link_ok(str_c(bad[i])), "no link, %d", i);
}

static void
test_markdown(void)
{
	buf_reset(&out);
	markdown_html(STR("# 说明\n\n您好，**王女士**：\n第二行\n\n- 一\n- 二\n\n1. a\n2. b\n<script>x</script> [a](javascript:b) ** *"), &out);
	is_str(buf_view(&out),
	    "<h4>说明</h4><p>您好，<strong>王女士</strong>：<br>第二行</p><ul><li>一</li><li>二</li></ul><ol><li>a</li><li>b</li></ol>"
	    "<p>&lt;script&gt;x&lt;/script&gt; [a](javascript:b) ** *</p>",
	    "a statement: headings, paragraphs, lists, bold; all else is text");
	buf_reset(&out);
	markdown_html(STR("####### no\n**\n****\n#no"), &out);
	is_str(buf_view(&out), "<p>####### no<br>**<br>****<br>#no</p>", "marks without a meaning are text");
}

static void
test_chart(void)
{
	static const struct {
		int64_t v, top, tick;
	} axis[] = {{0, 4, 1}, {4, 4, 1}, {5, 6, 2}, {9, 10, 5}, {21, 30, 10}, {40, 40, 10}, {41, 60, 20}, {1763, 2000, 500}, {10387, 15000, 5000}, {INT64_MAX / 1024, 0, 0}};
	int64_t tick, spark[] = {0, 1, 4, 8}, all[] = {10, 0, 4}, neg[] = {5, 0, 4};
	struct mark mark[] = {{.t = 3600, .kind = MARK_LEVEL, .tone = TONE_BLUE, .label = STR("<b>")}, {.t = 7300, .kind = MARK_OWN, .label = STR("\"x\"")}};
	struct trend t = {.from = 0, .step = 3600, .n = 3, .all = all, .neg = neg, .mark = mark, .nmark = 2, .offset = 28800, .zh = false};

	for (size_t i = 0; i < sizeof axis / sizeof axis[0]; i++) {
		int64_t top = chart_top(axis[i].v, &tick);

		if (axis[i].top != 0)
			ok(top == axis[i].top && tick == axis[i].tick, "axis for %lld: %lld by %lld", (long long)axis[i].v, (long long)top, (long long)tick);
		ok(top >= axis[i].v && top % tick == 0 && top / tick <= 8, "axis for %lld holds it in a few ticks", (long long)axis[i].v);
	}
	buf_reset(&out);
	chart_spark(&out, spark, 4, 10);
	is_str(buf_view(&out), " ▁▄█", "a line of blocks");
	buf_reset(&out);
	chart_spark(&out, spark, 4, 2);
	is_str(buf_view(&out), "▁█", "summed in groups when there is no room: 0+1 of 12, 4+8 of 12");
	buf_reset(&out);
	chart_bar(&out, 0.5, 4);
	is_str(buf_view(&out), "██  ", "half a bar");
	buf_reset(&out);
	chart_bar(&out, 0.001, 4);
	is_str(buf_view(&out), "▏   ", "a little is not nothing");
	buf_reset(&out);
	chart_bar(&out, 7, 2);
	is_str(buf_view(&out), "██", "more than all is all");
	buf_reset(&out);
	chart_svg(&out, &t, 400, 200, "c");
	ok(str_find(buf_view(&out), STR("<b>")) < 0 && str_find(buf_view(&out), STR("&lt;b&gt;")) > 0, "svg: labels are text");
	ok(str_find(buf_view(&out), STR("01-01 08:00–09:00  all 10  negative 5")) > 0, "svg: each column says what it is, in local time");
	ok(str_find(buf_view(&out), STR("Posts in all 14, negative 9; highest 10 at 01-01 08:00–09:00")) > 0, "svg: described for those who do not see it");
	t.n = 0;
	buf_reset(&out);
	chart_svg(&out, &t, 400, 200, "c");
	chart_text(&out, &t, 80, 8, false);
	ok(out.n > 0, "no columns at all are survived");
	ok(tone_of_level(STR("orange")) == TONE_ORANGE && tone_of_level(STR("none")) == TONE_MUTED && tone_of_level(STR("bad")) == TONE_PLAIN, "only levels have tones of levels");
}

static void
add(struct tally *t, const char *json)
{
	tally_post(t, json_view(str_c(json)));
}

static const char *const posts[] = {
    "{\"id\":\"a\",\"published\":\"2026-11-22T08:00:00Z\",\"platform\":\"weibo\",\"author\":{\"id\":\"1\"},\"subjects\":[{\"id\":\"s\",\"voice\":\"public\"}],\"sentiment\":{\"label\":\"neg\",\"score\":-0.5},\"metrics\":{\"likes\":7}}",
    "{\"id\":\"b\",\"published\":\"2026-11-22T08:10:00Z\",\"platform\":\"weibo\",\"author\":{\"id\":\"1\"},\"subjects\":[{\"id\":\"s\",\"voice\":\"public\"}],\"sentiment\":{\"label\":\"neg\",\"score\":-0.5},\"metrics\":{\"likes\":9}}",
    "{\"id\":\"c\",\"published\":\"2026-11-22T08:20:00Z\",\"platform\":\"zhihu\",\"author\":{\"id\":\"1\"},\"subjects\":[{\"id\":\"s\",\"voice\":\"own\"}],\"sentiment\":{\"label\":\"neg\",\"score\":-0.5}}",
    "{\"id\":\"d\",\"published\":\"2026-11-22T09:00:00Z\",\"platform\":\"zhihu\",\"subjects\":[{\"id\":\"s\",\"voice\":\"public\"},{\"id\":\"r\"}],\"sentiment\":{\"label\":\"pos\",\"score\":0.5}}",
    "{\"id\":\"e\",\"published\":\"2026-11-22T09:00:00Z\",\"platform\":\"zhihu\",\"subjects\":[{\"id\":\"s\",\"voice\":\"public\"}],\"sentiment\":{\"label\":\"neg\"},\"crisis\":{\"type\":\"none\",\"kind\":\"ad\"}}",
    "{\"id\":\"f\",\"published\":\"2026-11-22T09:00:00Z\",\"platform\":\"zhihu\",\"sentiment\":{\"label\":\"neg\"}}",
    "{\"id\":\"g\",\"published\":\"2026-11-22T09:00:00Z\",\"drill\":true,\"subjects\":[{\"id\":\"s\"}]}",
    "{\"id\":\"h\",\"published\":\"2026-11-21T09:00:00Z\",\"subjects\":[{\"id\":\"s\"}]}",
    "{\"id\":\"a\",\"published\":\"2026-11-22T08:30:00Z\",\"subjects\":[{\"id\":\"s\"}]}",
    "{\"id\":\"i\",\"published\":\"yesterday\",\"subjects\":[{\"id\":\"s\"}]}",
};
enum { POSTS = sizeof posts / sizeof posts[0] };

static void
test_tally(void)
{
	static const int other[POSTS] = {5, 6, 7, 4, 3, 2, 1, 0, 8, 9}; /* beginning with one without a subject */
	struct tally_opts o = {.ids = 1};
	struct tally t;
	int64_t all[2], neg[2];

	clock_parse(STR("2026-11-22T08:00:00Z"), &o.from);
	o.until = o.from + 7200;
	for (int way = 0; way < 2; way++) {
		tally_open(&t, &o);
		for (int i = 0; i < POSTS; i++)
			add(&t, posts[way == 0 ? i : other[i]]);
		tally_close(&t);
		is_int(t.all.n, 5, "posts about a subject within the period, each once");
		is_int(t.all.neg, 2, "negative: not the own one, not the advert");
		is_int(t.all.pos, 1, "positive");
		is_int(t.all.neu, 2, "what is judged but counts as neither");
		is_int(t.own, 1, "own");
		is_int(t.adverts, 1, "adverts");
		is_int(t.authors, 2, "an author is one per platform; who has no id is not counted");
		is_int(t.neg_authors, 1, "one author of both negatives");
		is_int(t.unmatched, 1, "one without a subject");
		is_int(t.drills, 1, "one of a drill");
		is_int(t.outside, 1, "one before the period");
		is_int(t.undated, 1, "one without a time");
		is_int(t.again, 1, "one met before");
		is_int((int64_t)t.platform.n, 2, "two platforms");
		ok(groups_find(&t.platform, STR("zhihu")) == &t.platform.g[0] && t.platform.g[0].c.n == 3, "the fuller one first");
		is_int((int64_t)t.subject.n, 2, "a post may have two subjects");
		is_str(t.all.negs.v[0].id, "b", "the id kept is that with most engagement");
		is_int(t.all.negs.total, 2, "and it is known how many there were");
		hist_buckets(&t.hist, o.from, 3600, 2, all, neg);
		ok(all[0] == 3 && neg[0] == 2 && all[1] == 2 && neg[1] == 0, "hours");
		is_str(t.earliest.id, "a", "the first negative one");
		is_str(t.earliest.author, "", "nobody's name is kept who need not be named");
		tally_free(&t);
	}
	o.subject = STR("r");
	tally_open(&t, &o);
	for (int i = 0; i < POSTS; i++)
		add(&t, posts[i]);
	tally_close(&t);
	is_int(t.all.n, 1, "one subject only");
	tally_free(&t);
}

static void
test_layout(void)
{
	struct doc d = {.zh = true, .offset = 28800, .title = STR("标题"), .subtitle = STR("副题")};
	struct text_opts o = {.ncol = 40, .ids = 2};
	struct str id[3] = {STR("weibo:1"), STR("weibo:2"), STR("weibo:3")}, rest, line;
	size_t widest = 0;
	bool hanging = false;

	clock_parse(STR("2026-11-22T00:00:00Z"), &d.now);
	doc_section(&d, "a", "一");
	doc_point(&d, TONE_BAD, STR("很长的一句话，很长的一句话，很长的一句话，很长的一句话，很长的一句话。"), (struct evidence){.id = id, .n = 3, .total = 1234567});
	doc_figure(&d, "n", "总数", value_int(-1234567), STR("说明"), TONE_PLAIN, (struct evidence){0});
	doc_table(&d, "t", "表");
	doc_column(&d, "x", "甲", ALIGN_LEFT)->wide = true;
	doc_column(&d, "y", "乙", ALIGN_RIGHT);
	doc_cell(&d, value_c("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
	doc_cell(&d, value_share(1, 3));
	buf_reset(&out);
	doc_text(&d, &o, &out);
	rest = buf_view(&out);
	while (str_split(&rest, '\n', &line)) {
		size_t w = utf8_width(line);
		struct str t = str_trim(line);

		widest = w > widest ? w : widest;
		hanging = hanging || str_starts(t, STR("，")) || str_starts(t, STR("。"));
	}
	ok(widest <= 40, "no line is wider than asked: %zu", widest);
	ok(!hanging, "no line begins with a comma or full stop");
	ok(str_find(buf_view(&out), STR("+1,234,565]")) > 0, "how many more there are");
	ok(str_find(buf_view(&out), STR("−1,234,567")) > 0, "a negative number with its minus sign");
	ok(str_find(buf_view(&out), STR("33.3%")) > 0, "a share");
	ok(str_find(buf_view(&out), STR("\033")) < 0, "no colour unless asked");
	is_str(doc_time(&d, d.now), "11-22 08:00", "local time");
	is_str(doc_time(&d, d.now - 400 * 86400LL), "2025-10-18 08:00", "with the year when it is another");
	is_str(format_span(&d.mem, 7500, true), "2 小时 5 分", "a duration");
	is_str(format_span(&d.mem, -90, false), "−1 min", "a negative one");
	is_str(format_int(&d.mem, INT64_MIN), "−9,223,372,036,854,775,808", "the smallest number");
	buf_reset(&out);
	page_html(&d, &(struct page_opts){.ids = 2, .style_sha256 = STR("x")}, &out);
	ok(str_find(buf_view(&out), STR("style=")) < 0 && str_find(buf_view(&out), STR("<script")) < 0, "a page without inline styles and scripts");
	ok(str_find(page_style(), STR("url(")) < 0 && str_find(page_style(), STR("@import")) < 0, "a style that asks for nothing");
	ok(str_find(page_style(), STR("</")) < 0, "a style that cannot end early");
	doc_free(&d);
}

int
main(void)
{
	test_markup();
	test_markdown();
	test_chart();
	test_tally();
	test_layout();
	buf_free(&out);
	return tap_done();
}
