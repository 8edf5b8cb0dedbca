#include "model/page.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "model/markdown.h"
#include "model/markup.h"

/*
 * Fonts are the reader's own. Level colours are those of the national scale 蓝黄橙红; text in them is darker (lighter on
 * dark ground) than the fills, so that both keep a contrast of 4.5 : 1.
 */
static const char style[] =
    ":root{color-scheme:light dark;--bg:#f4f5f6;--paper:#fff;--ink:#1b1f24;--soft:#57606a;--line:#d9dde2;--faint:#eef0f2;"
    "--accent:#1d4a7a;--neg:#b23a2e;--vol:#a9b7c6;--good:#1f6f43;"
    "--blue:#1f5fbf;--yellow:#f0c419;--orange:#bf5207;--red:#b3261e;"
    "--tblue:#1a55ad;--tyellow:#735700;--torange:#9a4300;--tred:#a61f18;--onyellow:#2a2200}"
    "@media (prefers-color-scheme:dark){:root{--bg:#101317;--paper:#181c21;--ink:#e6e9ec;--soft:#a4adb8;--line:#2f363e;--faint:#21272e;"
    "--accent:#8db8ea;--neg:#e5776b;--vol:#4d5d6f;--good:#6fc596;"
    "--blue:#2f6fd2;--yellow:#e6bd2e;--orange:#b9560f;--red:#c0392f;"
    "--tblue:#8bb6f5;--tyellow:#ecca57;--torange:#f2a566;--tred:#f28b82}}"
    "*{box-sizing:border-box}"
    "html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-behavior:smooth}"
    "body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.65 -apple-system,BlinkMacSystemFont,\"Segoe UI\",\"PingFang SC\",\"Hiragino Sans GB\","
    "\"Noto Sans CJK SC\",\"Noto Sans SC\",\"Source Han Sans SC\",\"Microsoft YaHei\",sans-serif;overflow-wrap:anywhere;text-spacing-trim:normal}"
    ":lang(en){line-height:1.55}"
    ".wrap{max-width:1080px;margin:0 auto;padding:0 28px}"
    ".skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--paper);padding:8px 12px;z-index:9}"
    "a{color:var(--accent)}a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--accent);outline-offset:2px}"
    "header{background:var(--paper);border-top:6px solid var(--soft);border-bottom:1px solid var(--line)}"
    "header.blue{border-top-color:var(--blue)}header.yellow{border-top-color:var(--yellow)}header.orange{border-top-color:var(--orange)}"
    "header.red{border-top-color:var(--red)}header.good{border-top-color:var(--good)}"
    "header .wrap{display:flex;flex-wrap:wrap;gap:6px 24px;align-items:flex-end;justify-content:space-between;padding-top:26px;padding-bottom:20px}"
    "h1{font-family:\"Noto Serif CJK SC\",\"Source Han Serif SC\",\"Songti SC\",STSong,SimSun,Georgia,serif;font-size:30px;line-height:1.3;font-weight:700;margin:0;letter-spacing:.01em}"
    ".sub{margin:4px 0 0;color:var(--soft);font-size:14px;font-variant-numeric:tabular-nums}"
    ".badge{display:inline-block;border-radius:4px;padding:1px 9px;font-size:14px;font-weight:600;line-height:1.6;white-space:nowrap;max-width:100%;overflow:hidden;text-overflow:ellipsis;vertical-align:bottom;background:var(--faint);color:var(--ink)}"
    ".badge.blue{background:var(--blue);color:#fff}.badge.yellow{background:var(--yellow);color:var(--onyellow)}"
    ".badge.orange{background:var(--orange);color:#fff}.badge.red{background:var(--red);color:#fff}.badge.good{color:var(--good)}"
    "header .badge{font-size:18px;padding:4px 16px}"
    "nav{background:var(--paper);border-bottom:1px solid var(--line);font-size:14px}"
    "nav ol{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:0 18px}nav a{display:block;padding:8px 0;color:var(--soft);text-decoration:none;white-space:nowrap}nav a:hover{color:var(--accent);text-decoration:underline}"
    "main{padding-top:12px;padding-bottom:48px}"
    "section{background:var(--paper);border:1px solid var(--line);border-radius:6px;padding:20px 26px 22px;margin:14px 0;scroll-margin-top:12px}"
    "h2{font-size:20px;line-height:1.4;margin:0 0 12px;font-weight:650}"
    "h3{font-size:16px;line-height:1.5;margin:22px 0 8px;font-weight:650}h2+h3{margin-top:0}h3.blue{color:var(--tblue)}h3.yellow{color:var(--tyellow)}h3.orange{color:var(--torange)}h3.red{color:var(--tred)}"
    "p{margin:0 0 10px}"
    ".lead{font-size:20px;line-height:1.55;font-weight:600;margin:0 0 14px;padding-left:14px;border-left:4px solid var(--soft)}"
    ".lead.blue{border-color:var(--blue)}.lead.yellow{border-color:var(--yellow)}.lead.orange{border-color:var(--orange)}.lead.red{border-color:var(--red)}.lead.good{border-color:var(--good)}"
    ".points{margin:0 0 10px;padding:0;list-style:none}.points>li{position:relative;padding:3px 0 3px 18px}"
    ".points>li::before{content:\"\";position:absolute;left:3px;top:1em;width:5px;height:5px;border-radius:50%;background:var(--soft)}"
    ".points>li.bad::before,.points>li.red::before{background:var(--red)}.points>li.orange::before{background:var(--orange)}.points>li.yellow::before{background:var(--yellow)}.points>li.blue::before{background:var(--blue)}.points>li.good::before{background:var(--good)}"
    ".points>li.muted{color:var(--soft)}.points>li.bad,.points>li.good{color:inherit}"
    ".note{color:var(--soft);font-size:14px;margin:8px 0 0}"
    "code,.id{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,\"Noto Sans Mono\",monospace;color:var(--soft)}"
    "a .id,a.id{color:var(--accent)}"
    "details{display:inline}details>summary{display:inline;cursor:pointer;list-style:none;border-radius:3px}details>summary::-webkit-details-marker{display:none}"
    ".ev>summary{font-size:13px;color:var(--accent);border:1px solid var(--line);padding:0 7px;margin-left:6px;white-space:nowrap;border-radius:10px}"
    ".ev>summary:hover,.num>summary:hover{background:var(--faint)}.ev>summary::after{content:\" ▾\"}.ev[open]>summary::after{content:\" ▴\"}"
    ".num>summary{text-decoration:underline dotted 1px;text-underline-offset:4px;text-decoration-color:var(--soft)}"
    ".pop{display:block;margin:6px 0 8px;padding:8px 12px;background:var(--faint);border-radius:4px;text-align:left;font-weight:400;font-size:13px;line-height:1.5;white-space:normal;color:var(--ink)}"
    ".pop ul{list-style:none;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:1px 12px}.pop .cmd{display:block;margin-top:6px;white-space:pre-wrap;user-select:all}"
    ".figures{display:grid;grid-template-columns:repeat(4,1fr);border:1px solid var(--line);border-radius:6px;overflow:hidden;margin:16px 0 0}"
    ".figures>div{box-shadow:1px 0 0 var(--line),0 1px 0 var(--line);padding:12px 14px;min-width:0}.figures dt{color:var(--soft);font-size:13px}.figures dd{margin:0}"
    ".figures .value{font-size:26px;line-height:1.3;font-weight:650;font-variant-numeric:tabular-nums;letter-spacing:-.01em}.figures .bad .value{color:var(--neg)}.figures .note{margin:2px 0 0;font-size:13px}"
    ".figures .pop{font-size:13px;letter-spacing:0}"
    ".scroll{overflow-x:auto;margin:0 0 6px}.cards{overflow-x:auto}"
    "table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}caption{text-align:left;font-weight:650;font-size:15px;padding:12px 0 6px}"
    "th,td{text-align:left;vertical-align:top;padding:6px 14px 6px 0;border-bottom:1px solid var(--line)}thead th{color:var(--soft);font-weight:500;white-space:nowrap;font-size:13px;vertical-align:bottom}"
    "tbody th{font-weight:500}tr:last-child>*{border-bottom:0}th.r,td.r{text-align:right}td.w{min-width:18em}td:last-child,th:last-child{padding-right:0}"
    "td.nw,th.nw,code.nw,a.nw{white-space:nowrap}th.rb{padding-right:173px}.grid{display:grid;grid-template-columns:1fr 1fr;gap:0 48px}"
    ".bad{color:var(--neg)}.good{color:var(--good)}.muted{color:var(--soft)}.tblue{color:var(--tblue)}.tyellow{color:var(--tyellow)}.torange{color:var(--torange)}.tred{color:var(--tred)}"
    ".bar{display:inline-block;width:150px;height:9px;margin-left:9px;vertical-align:baseline}.bar .bg{fill:var(--faint)}.bar .fg{fill:var(--vol)}"
    ".trend{display:block;width:100%;height:auto}.trend .tick{font-size:12px;fill:var(--soft);font-variant-numeric:tabular-nums}.trend .day{font-weight:650;fill:var(--ink)}"
    ".trend .grid{stroke:var(--line);stroke-width:1;stroke-dasharray:2 3}.trend .axis{stroke:var(--soft);stroke-width:1}.vol{fill:var(--vol)}.neg{fill:var(--neg)}"
    ".trend .strip{fill:var(--faint)}.trend .band{opacity:.09}.trend .blue,.sw.blue{fill:var(--blue)}.trend .yellow,.sw.yellow{fill:var(--yellow)}.trend .orange,.sw.orange{fill:var(--orange)}.trend .red,.sw.red{fill:var(--red)}"
    ".trend .change{stroke:var(--soft);stroke-width:1.5;stroke-dasharray:4 3}.trend .change.blue{stroke:var(--blue)}.trend .change.yellow{stroke:var(--yellow)}.trend .change.orange{stroke:var(--orange)}.trend .change.red{stroke:var(--red)}"
    ".trend .pill{stroke:none;fill:var(--soft)}.trend .pill.blue{fill:var(--blue)}.trend .pill.yellow{fill:var(--yellow)}.trend .pill.orange{fill:var(--orange)}.trend .pill.red{fill:var(--red)}"
    ".trend .pilltext{font-size:11.5px;font-weight:600;fill:#fff;font-variant-numeric:tabular-nums}.trend .pilltext.yellow{fill:var(--onyellow)}.trend .pilltext.muted{fill:var(--paper)}"
    ".own{fill:var(--accent)}.official{fill:var(--paper);stroke:var(--accent);stroke-width:2}.action{fill:var(--good)}"
    ".narrow{display:none}figure{margin:0}figcaption{display:flex;flex-wrap:wrap;gap:2px 18px;font-size:13px;color:var(--soft);margin-top:8px}.sw{width:12px;height:12px;vertical-align:-1px;margin-right:5px}"
    ".spark{width:150px;height:24px;display:block}"
    ".path{list-style:none;margin:0 0 14px;padding:0}.path>li{position:relative;padding:0 0 14px 22px;border-left:2px solid var(--line);margin-left:6px}.path>li:last-child{border-left-color:transparent;padding-bottom:4px}"
    ".path>li::before{content:\"\";position:absolute;left:-7px;top:7px;width:12px;height:12px;border-radius:50%;background:var(--soft);box-shadow:0 0 0 3px var(--paper)}"
    ".path>li.blue::before{background:var(--blue)}.path>li.yellow::before{background:var(--yellow)}.path>li.orange::before{background:var(--orange)}.path>li.red::before{background:var(--red)}.path>li.good::before{background:var(--good)}"
    ".path time{font-variant-numeric:tabular-nums;font-weight:600;margin-right:10px}.path ul{margin:4px 0 0;padding:0;list-style:none;color:var(--ink);font-size:15px}.path .id{margin-left:8px}"
    ".quotes{list-style:none;margin:0 0 8px;padding:0}.quotes>li{border-left:3px solid var(--line);padding:2px 0 2px 14px;margin:0 0 14px;overflow:hidden}.quotes>li.bad{border-left-color:var(--neg)}.quotes>li.good{border-left-color:var(--good)}.quotes>li:target{background:var(--faint)}"
    ".quotes>li.bad,.quotes>li.good,.quotes>li.muted{color:var(--ink)}.qh{font-size:13px;color:var(--soft);display:flex;flex-wrap:wrap;gap:0 12px}.qh .who{color:var(--ink);font-weight:600}.qt{margin:2px 0;line-height:1.6}.qt .t{font-weight:600}.qf{font-size:13px;color:var(--soft);display:flex;flex-wrap:wrap;gap:0 14px}"
    ".prose ul,.prose ol{margin:0 0 8px;padding-left:22px}.prose{background:var(--faint);border-radius:4px;padding:14px 18px;margin:0 0 12px}.prose h4,.prose h5{margin:10px 0 4px;font-size:15px}.prose>:last-child{margin-bottom:0}.prose>:first-child{margin-top:0}"
    "footer{color:var(--soft);font-size:13px;padding:0 0 40px}"
    ".vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}"
    "@media screen and (max-width:640px){.wrap{padding:0 14px}h1{font-size:24px}section{padding:16px 14px;margin:10px 0}.lead{font-size:18px}.figures{grid-template-columns:1fr 1fr}.figures .value{font-size:22px}"
    "nav .wrap{overflow-x:auto}nav ol{flex-wrap:nowrap}.wide{display:none}.narrow{display:block}.bar{display:none}th.rb{padding-right:14px}.grid{grid-template-columns:1fr}"
    ".scroll th,.scroll td{white-space:nowrap}.scroll .long{white-space:normal;min-width:13em}"
    "}"
    "@media screen and (max-width:820px){"
    "table.stack,table.stack tbody,table.stack tr,table.stack td,table.stack th,table.stack caption{display:block;width:auto}table.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}"
    "table.stack tr{border-bottom:1px solid var(--line);padding:8px 0}table.stack tr:last-child{border-bottom:0}table.stack td,table.stack th{border:0;padding:1px 0;text-align:left;min-width:0}"
    "table.stack td[data-l]::before,table.stack th[data-l]::before{content:attr(data-l);margin-right:.6em;color:var(--soft);font-weight:400;font-size:13px}table.stack td:empty{display:none}}"
    "@media print{@page{size:A4;margin:16mm 14mm}:root{color-scheme:light}body{background:#fff;font-size:10.5pt;line-height:1.5}nav,.skip{display:none}.wrap{max-width:none;padding:0}main{padding:0}"
    "section{border:0;border-top:1px solid var(--line);border-radius:0;padding:10pt 0;margin:0}h2,h3,caption{break-after:avoid}.quotes>li,.path>li,tr,.figures,figure{break-inside:avoid}"
    "header .wrap{padding-top:10pt}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}.ev>summary::after{content:\"\"}a{color:inherit;text-decoration:none}table{font-size:8.5pt}td.w{min-width:0}th,td{padding-right:8px}.scroll,.cards{overflow:visible}}"
    "@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}";

struct str
page_style(void)
{
	return str_n(style, sizeof style - 1);
}

struct page {
	struct doc *d;
	const struct page_opts *o;
	struct buf *out;
	struct map shown;  /* ids of quotes -> number + 1 */
	size_t nquote;
	size_t ntrend;
	bool in_list, in_section, in_grid;
};

static const char *
w(const struct page *p, const char *zh, const char *en)
{
	return p->d->zh ? zh : en;
}

static void
text(struct page *p, struct str s)
{
	markup_html(p->out, s);
}

/* Collected text: its own direction must not leak. */
static void
bdi(struct page *p, struct str s)
{
	buf_puts(p->out, "<bdi>");
	text(p, s);
	buf_puts(p->out, "</bdi>");
}

static void
put_time(struct page *p, int64_t t)
{
	char iso[CLOCK_LEN];

	buf_printf(p->out, "<time datetime=\"%s\">", clock_format(t, iso).p);
	text(p, doc_time(p->d, t));
	buf_puts(p->out, "</time>");
}

/* An id; a link to its post where that stands in the page. */
static void
put_id(struct page *p, struct str id)
{
	uintptr_t *v = map_get(&p->shown, id);

	const char *keep = id.n <= 30 ? " nw" : "";

	if (v != NULL)
		buf_printf(p->out, "<a class=\"id%s\" href=\"#q%zu\">", keep, (size_t)*v);
	else
		buf_printf(p->out, "<code class=\"id%s\">", keep);
	text(p, utf8_cut_bytes(id, 160));
	buf_puts(p->out, v != NULL ? "</a>" : "</code>");
}

static bool
has_ev(const struct evidence *ev)
{
	return ev->n > 0 || ev->query.n > 0;
}

static void
put_pop(struct page *p, const struct evidence *ev)
{
	size_t n = ev->n < p->o->ids ? ev->n : p->o->ids;
	struct arena a = {0};

	buf_puts(p->out, "<span class=\"pop\">");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_puts(p->out, " · ");
		put_id(p, ev->id[i]);
	}
	if (ev->total > (int64_t)n) {
		struct str more = format_int(&a, ev->total - (int64_t)n);

		buf_printf(p->out, w(p, "%s另有 %.*s 条", "%sand %.*s more"), n > 0 ? " · " : "", STRF(more));
	}
	if (ev->query.n > 0) {
		buf_puts(p->out, "<code class=\"cmd\">");
		text(p, ev->query);
		buf_puts(p->out, "</code>");
	}
	buf_puts(p->out, "</span>");
	arena_free(&a);
}

/* Behind a sentence: the one id, or how many there are, to be opened. */
static void
put_ev(struct page *p, const struct evidence *ev)
{
	struct arena a = {0};

	if (!has_ev(ev))
		return;
	if (ev->n == 1 && ev->total <= 1 && ev->query.n == 0) {
		buf_putc(p->out, ' ');
		put_id(p, ev->id[0]);
		return;
	}
	buf_puts(p->out, " <details class=\"ev\"><summary>");
	if (ev->n > 0) {
		struct str n = format_int(&a, ev->total > (int64_t)ev->n ? ev->total : (int64_t)ev->n);

		buf_printf(p->out, w(p, "出处 %.*s", "%.*s sources"), STRF(n));
	} else {
		buf_puts(p->out, w(p, "查询命令", "command"));
	}
	buf_puts(p->out, "</summary>");
	put_pop(p, ev);
	buf_puts(p->out, "</details>");
	arena_free(&a);
}

/* A number that opens. */
static void
put_number(struct page *p, struct str shown, const struct evidence *ev)
{
	if (!has_ev(ev)) {
		text(p, shown);
		return;
	}
	buf_printf(p->out, "<details class=\"num\"><summary title=\"%s\">", w(p, "点开看出处", "open the sources"));
	text(p, shown);
	buf_puts(p->out, "</summary>");
	put_pop(p, ev);
	buf_puts(p->out, "</details>");
}

static const char *
text_class(enum tone t)
{
	static const char *const name[TONES] = {"", "muted", "good", "bad", "tblue", "tyellow", "torange", "tred"};

	return name[t];
}

static void
put_badge(struct page *p, enum tone tone, struct str s)
{
	buf_printf(p->out, "<span class=\"badge %s\">", tone_name[tone]);
	text(p, s);
	buf_puts(p->out, "</span>");
}

static void
put_figures(struct page *p, const struct block *b)
{
	buf_puts(p->out, "<dl class=\"figures\">");
	for (size_t i = 0; i < b->n; i++) {
		const struct figure *f = &b->figure[i];

		buf_printf(p->out, "<div class=\"%s\"><dt>", tone_name[f->tone]);
		text(p, f->label);
		buf_puts(p->out, "</dt><dd class=\"value\">");
		put_number(p, doc_value(p->d, &f->v), &f->ev);
		buf_puts(p->out, "</dd>");
		if (f->note.n > 0) {
			buf_puts(p->out, "<dd class=\"note\">");
			text(p, f->note);
			buf_puts(p->out, "</dd>");
		}
		buf_puts(p->out, "</div>");
	}
	buf_puts(p->out, "</dl>");
}

static void
put_cell(struct page *p, const struct block *b, size_t r, size_t c, bool stack)
{
	const struct cell *cell = &b->cell[r * b->n + c];
	const struct column *col = &b->column[c];
	struct str shown = doc_value(p->d, &cell->v);
	bool head = c == 0 && !stack, level = cell->tone >= TONE_BLUE && cell->v.type == VALUE_TEXT && shown.n > 0;
	bool link = link_ok(cell->href), nowrap = cell->v.type == VALUE_TIME || cell->v.type == VALUE_SPAN || cell->bar >= 0 ||
	    (!col->wide && utf8_width(shown) <= 26);
	bool id = str_is(col->key, "id") || str_is(col->key, "task") || str_is(col->key, "case");

	buf_printf(p->out, head ? "<th scope=\"row\" role=\"rowheader\" class=\"%s%s%s\"" : "<td role=\"cell\" class=\"%s%s%s\"", col->align == ALIGN_RIGHT ? "r " : "",
	    col->wide ? "w " : nowrap ? "nw " : utf8_width(shown) > 28 ? "long " : "", level ? "" : text_class(cell->tone));
	if (stack && shown.n > 0) {
		buf_puts(p->out, " data-l=\"");
		text(p, col->label);
		buf_putc(p->out, '"');
	}
	buf_putc(p->out, '>');
	if (cell->nspark > 0) {
		chart_spark_svg(p->out, cell->spark, cell->spark_neg, cell->nspark, w(p, "声量与负面走势", "posts and negative posts over time"));
	} else if (level && utf8_width(shown) <= 12) {
		put_badge(p, cell->tone, shown);
	} else if (link) {
		buf_puts(p->out, "<a rel=\"noopener noreferrer nofollow\" href=\"");
		text(p, cell->href);
		buf_puts(p->out, "\">");
		text(p, shown);
		buf_puts(p->out, "</a>");
	} else if (cell->v.type == VALUE_TIME) {
		put_time(p, cell->v.i);
	} else if (has_ev(&cell->ev)) {
		put_number(p, shown, &cell->ev);
	} else if (cell->v.type == VALUE_TEXT && map_get(&p->shown, shown) != NULL) {
		put_id(p, shown);
	} else if (shown.n > 0) {
		if (cell->v.type == VALUE_TEXT && id)
			put_id(p, shown);
		else if (cell->v.type == VALUE_TEXT)
			bdi(p, shown);
		else
			text(p, shown);
	}
	if (cell->bar >= 0)
		buf_printf(p->out, "<svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"bg\" width=\"100\" height=\"10\"/>"
		                   "<rect class=\"fg\" width=\"%.1f\" height=\"10\"/></svg>",
		    100 * (cell->bar > 1 ? 1 : cell->bar));
	buf_puts(p->out, head ? "</th>" : "</td>");
}

static void
put_table(struct page *p, const struct block *b)
{
	size_t rows = block_rows(b);
	bool stack = false;

	if (rows == 0)
		return;
	stack = b->n > 7 || (b->n == 7 && b->column[1].align == ALIGN_LEFT); /* on a telephone: rows become cards */
	for (size_t c = 0; c < b->n; c++)
		stack = stack || b->column[c].wide;
	buf_printf(p->out, stack ? "<div class=\"cards\">" : "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
	if (!stack) {
		text(p, b->text);
		buf_puts(p->out, "\">");
	}
	buf_printf(p->out, "<table role=\"table\"%s><caption>", stack ? " class=\"stack\"" : "");
	text(p, b->text);
	buf_puts(p->out, "</caption><thead role=\"rowgroup\"><tr role=\"row\">");
	for (size_t c = 0; c < b->n; c++) {
		if (b->column[c].data)
			continue;
		buf_printf(p->out, "<th scope=\"col\" role=\"columnheader\"%s>",
		    b->column[c].align != ALIGN_RIGHT ? "" : b->cell[c].bar >= 0 ? " class=\"r rb\"" : " class=\"r\"");
		text(p, b->column[c].label);
		buf_puts(p->out, "</th>");
	}
	buf_puts(p->out, "</tr></thead><tbody role=\"rowgroup\">\n");
	for (size_t r = 0; r < rows; r++) {
		buf_puts(p->out, "<tr role=\"row\">");
		for (size_t c = 0; c < b->n; c++)
			if (!b->column[c].data)
				put_cell(p, b, r, c, stack);
		buf_puts(p->out, "</tr>\n");
	}
	buf_puts(p->out, "</tbody></table></div>\n");
}

static void
put_swatch(struct page *p, const char *shape, const char *label)
{
	buf_printf(p->out, "<span><svg class=\"sw\" viewBox=\"0 0 12 12\" aria-hidden=\"true\">%s</svg>%s</span>", shape, label);
}

static void
put_trend(struct page *p, const struct trend *t)
{
	bool kind[4] = {false};
	struct arena a = {0};
	struct str id = arena_printf(&a, "c%zuw", p->ntrend), small = arena_printf(&a, "c%zun", p->ntrend);

	p->ntrend++;
	for (size_t i = 0; i < t->nmark; i++)
		kind[t->mark[i].kind] = true;
	buf_puts(p->out, "<figure><div class=\"wide\">");
	chart_svg(p->out, t, 1000, 340, id.p);
	buf_puts(p->out, "</div><div class=\"narrow\">");
	chart_svg(p->out, t, 340, 300, small.p);
	buf_puts(p->out, "</div><figcaption>");
	put_swatch(p, "<rect class=\"neg\" width=\"12\" height=\"12\"/>", w(p, "负面", "negative"));
	put_swatch(p, "<rect class=\"vol\" width=\"12\" height=\"12\"/>", w(p, "其他", "other"));
	if (kind[MARK_LEVEL])
		put_swatch(p, "<rect class=\"sw blue\" width=\"3\" height=\"12\"/><rect class=\"sw yellow\" x=\"3\" width=\"3\" height=\"12\"/><rect class=\"sw orange\" x=\"6\" width=\"3\" height=\"12\"/><rect class=\"sw red\" x=\"9\" width=\"3\" height=\"12\"/>",
		    w(p, "预警级别", "level"));
	if (kind[MARK_OWN])
		put_swatch(p, "<path class=\"own\" d=\"M6 1l5 5l-5 5l-5 -5z\"/>", w(p, "自有发声", "own post"));
	if (kind[MARK_OFFICIAL])
		put_swatch(p, "<circle class=\"official\" cx=\"6\" cy=\"6\" r=\"4\"/>", w(p, "官方发声", "official post"));
	if (kind[MARK_ACTION])
		put_swatch(p, "<path class=\"action\" d=\"M6 2l4.5 8l-9 0z\"/>", w(p, "处置动作", "action"));
	buf_printf(p->out, "</figcaption></figure><details class=\"ev data\"><summary>%s</summary><div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"%s\"><table><caption>%s</caption><thead><tr><th scope=\"col\">%s</th><th scope=\"col\" class=\"r\">%s</th><th scope=\"col\" class=\"r\">%s</th><th scope=\"col\">%s</th></tr></thead><tbody>\n",
	    w(p, "图中数据", "the figures as a table"), w(p, "走势数据", "trend as a table"), w(p, "走势数据", "Trend"), w(p, "时段起", "From"), w(p, "总声量", "Posts"), w(p, "负面", "Negative"), w(p, "标记", "Marks"));
	for (size_t i = 0, m = 0; i < t->n; i++) {
		int64_t at = t->from + (int64_t)i * t->step;
		bool first = true;

		buf_puts(p->out, "<tr><th scope=\"row\" class=\"nw\">");
		put_time(p, at);
		buf_puts(p->out, "</th><td class=\"r\">");
		text(p, format_int(&a, t->all[i]));
		buf_puts(p->out, "</td><td class=\"r\">");
		text(p, format_int(&a, t->neg[i]));
		buf_puts(p->out, "</td><td>");
		for (; m < t->nmark && t->mark[m].t < at + t->step; m++) {
			if (t->mark[m].t < at)
				continue;
			if (!first)
				buf_puts(p->out, "<br>");
			first = false;
			put_time(p, t->mark[m].t);
			buf_putc(p->out, ' ');
			bdi(p, t->mark[m].label);
		}
		buf_puts(p->out, "</td></tr>\n");
	}
	buf_puts(p->out, "</tbody></table></div></details>");
	arena_free(&a);
}

static void
put_span(struct page *p, const char *class_name, struct str s)
{
	if (s.n == 0)
		return;
	buf_printf(p->out, class_name[0] != '\0' ? "<span class=\"%s\">" : "<span>", class_name);
	bdi(p, s);
	buf_puts(p->out, "</span>");
}

/* The first place a post is shown at is where its id leads. */
static void
put_quotes(struct page *p, const struct block *b)
{
	buf_puts(p->out, "<ul class=\"quotes\">\n");
	for (size_t i = 0; i < b->n; i++) {
		const struct quote *q = &b->quote[i];
		uintptr_t *v = map_get(&p->shown, q->id);

		p->nquote++;
		buf_printf(p->out, "<li class=\"%s\"", tone_name[q->tone]);
		if (v != NULL && *v == p->nquote)
			buf_printf(p->out, " id=\"q%zu\"", p->nquote);
		buf_puts(p->out, "><div class=\"qh\">");
		put_time(p, q->t);
		put_span(p, "", q->platform);
		put_span(p, "who", q->who);
		put_span(p, "", q->voice);
		put_span(p, "", q->type);
		put_span(p, text_class(q->tone), q->mood);
		put_span(p, "", q->note);
		buf_puts(p->out, "</div>");
		if (q->title.n + q->text.n > 0) {
			buf_puts(p->out, "<p class=\"qt\" dir=\"auto\">");
			if (q->title.n > 0) {
				buf_puts(p->out, "<span class=\"t\">");
				bdi(p, q->title);
				buf_puts(p->out, "</span> ");
			}
			bdi(p, q->text);
			buf_puts(p->out, "</p>");
		}
		buf_puts(p->out, "<div class=\"qf\">");
		put_span(p, "", q->counts);
		buf_puts(p->out, "<code>");
		text(p, utf8_cut_bytes(q->id, 160));
		buf_puts(p->out, "</code>");
		if (link_ok(q->url)) {
			buf_puts(p->out, "<a rel=\"noopener noreferrer nofollow\" href=\"");
			text(p, q->url);
			buf_printf(p->out, "\">%s</a>", w(p, "原文", "original"));
		}
		buf_puts(p->out, "</div></li>\n");
	}
	buf_puts(p->out, "</ul>\n");
}

static void
put_path(struct page *p, const struct block *b)
{
	buf_puts(p->out, "<ol class=\"path\" aria-label=\"");
	text(p, b->text);
	buf_puts(p->out, "\">\n");
	for (size_t i = 0; i < b->n; i++) {
		const struct step *s = &b->step[i];

		buf_printf(p->out, "<li class=\"%s\">", tone_name[s->to]);
		put_time(p, s->t);
		if (s->from_name.n > 0) {
			put_badge(p, s->from, s->from_name);
			buf_puts(p->out, " → ");
		}
		put_badge(p, s->to, s->to_name);
		if (s->by.n > 0) {
			buf_puts(p->out, "<code class=\"id\">");
			text(p, s->by);
			buf_puts(p->out, "</code>");
		}
		if (s->nwhy > 0) {
			buf_puts(p->out, "<ul>");
			for (size_t k = 0; k < s->nwhy; k++) {
				buf_puts(p->out, "<li>");
				bdi(p, s->why[k]);
				if (k + 1 == s->nwhy)
					put_ev(p, &s->ev);
				buf_puts(p->out, "</li>");
			}
			buf_puts(p->out, "</ul>");
		}
		buf_puts(p->out, "</li>\n");
	}
	buf_puts(p->out, "</ol>\n");
}

static void
put_point(struct page *p, const struct block *b)
{
	if (!p->in_list)
		buf_puts(p->out, "<ul class=\"points\">\n");
	buf_printf(p->out, "<li class=\"%s\">", tone_name[b->tone]);
	bdi(p, b->text);
	put_ev(p, &b->ev);
	buf_puts(p->out, "</li>\n");
	p->in_list = !b->end;
	if (b->end)
		buf_puts(p->out, "</ul>\n");
}

/* Small tables stand side by side. */
static bool
is_small(const struct doc *d, size_t i)
{
	return i < d->n && d->b[i]->type == BLOCK_TABLE && d->b[i]->n <= 3 && block_rows(d->b[i]) > 0 && !d->b[i]->column[0].wide && !d->b[i]->column[1].wide;
}

static void
put_block(struct page *p, const struct block *b)
{
	switch (b->type) {
	case BLOCK_SECTION:
		if (p->in_section)
			buf_puts(p->out, "</section>\n");
		p->in_section = true;
		buf_printf(p->out, "<section id=\"%.*s\" aria-labelledby=\"h-%.*s\"><h2 id=\"h-%.*s\">", STRF(b->key), STRF(b->key), STRF(b->key));
		text(p, b->text);
		buf_puts(p->out, "</h2>\n");
		break;
	case BLOCK_SUB:
		buf_printf(p->out, "<h3 class=\"%s\">", tone_name[b->tone]);
		text(p, b->text);
		buf_puts(p->out, "</h3>\n");
		break;
	case BLOCK_LEAD:
		buf_printf(p->out, "<div class=\"lead %s\">", tone_name[b->tone]);
		bdi(p, b->text);
		put_ev(p, &b->ev);
		buf_puts(p->out, "</div>\n");
		break;
	case BLOCK_POINT:
		put_point(p, b);
		break;
	case BLOCK_NOTE:
		buf_puts(p->out, "<p class=\"note\">");
		text(p, b->text);
		buf_puts(p->out, "</p>\n");
		break;
	case BLOCK_FIGURES:
		put_figures(p, b);
		break;
	case BLOCK_TABLE:
		put_table(p, b);
		break;
	case BLOCK_TREND:
		put_trend(p, b->trend);
		break;
	case BLOCK_QUOTES:
		put_quotes(p, b);
		break;
	case BLOCK_PATH:
		put_path(p, b);
		break;
	case BLOCK_PROSE:
		buf_puts(p->out, "<div class=\"prose\">");
		markdown_html(b->text, p->out);
		buf_puts(p->out, "</div>\n");
		break;
	}
}

static void
put_head(struct page *p)
{
	struct doc *d = p->d;

	buf_printf(p->out, "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
	                   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-%.*s'; base-uri 'none'; form-action 'none'\">\n"
	                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
	                   "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n",
	    d->zh ? "zh-CN" : "en", STRF(p->o->style_sha256));
	if (p->o->refresh > 0)
		buf_printf(p->out, "<meta http-equiv=\"refresh\" content=\"%lld\">\n", (long long)p->o->refresh);
	buf_puts(p->out, "<title>");
	text(p, d->title);
	buf_puts(p->out, "</title>\n<style>");
	buf_str(p->out, page_style());
	buf_printf(p->out, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">%s</a>\n<header class=\"%s\"><div class=\"wrap\"><div><h1>", w(p, "跳到正文", "Skip to the report"),
	    tone_name[d->tone]);
	text(p, d->title);
	buf_puts(p->out, "</h1><p class=\"sub\">");
	text(p, d->subtitle);
	buf_puts(p->out, "</p></div>");
	if (d->level.n > 0)
		put_badge(p, d->tone, d->level);
	buf_printf(p->out, "</div></header>\n<nav aria-label=\"%s\"><div class=\"wrap\"><ol>", w(p, "目录", "Contents"));
	for (size_t i = 0; i < d->n; i++)
		if (d->b[i]->type == BLOCK_SECTION) {
			buf_printf(p->out, "<li><a href=\"#%.*s\">", STRF(d->b[i]->key));
			text(p, d->b[i]->text);
			buf_puts(p->out, "</a></li>");
		}
	buf_puts(p->out, "</ol></div></nav>\n<main id=\"main\" class=\"wrap\">\n");
}

void
page_html(struct doc *d, const struct page_opts *o, struct buf *out)
{
	struct page p = {.d = d, .o = o, .out = out};
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		for (size_t k = 0; d->b[i]->type == BLOCK_QUOTES && k < d->b[i]->n; k++) {
			bool added;
			uintptr_t *v = map_put(&p.shown, d->b[i]->quote[k].id, &added);

			n++;
			if (added)
				*v = n;
		}
	put_head(&p);
	for (size_t i = 0; i < d->n; i++) {
		bool small = is_small(d, i);

		if (small && !p.in_grid && is_small(d, i + 1)) {
			buf_puts(out, "<div class=\"grid\">\n");
			p.in_grid = true;
		}
		put_block(&p, d->b[i]);
		if (p.in_grid && !is_small(d, i + 1)) {
			buf_puts(out, "</div>\n");
			p.in_grid = false;
		}
	}
	if (p.in_section)
		buf_puts(out, "</section>\n");
	buf_printf(out, "</main>\n<footer><div class=\"wrap\">tocsin 警钟 · %s</div></footer>\n</body>\n</html>\n",
	    w(&p, "每个数字都可点开查看出处", "every underlined number opens to its sources"));
	map_free(&p.shown);
}
