/* Documents into items: what it is, in which encoding, and its entries one by one. */
#include "base/utf8.h"
#include "cli/msg.h"
#include "ext/feed.h"
#include "ext/gunzip.h"
#include "ext/html.h"
#include "model/charset.h"
#include "model/date.h"
#include "model/textx.h"
#include "model/url.h"

#include "fetch.h"

static struct str
cleaned(struct arena *a, struct feed_text t, bool line)
{
	struct buf out = {0};
	struct str s;

	if (!t.html)
		textx_clean(&out, t.s, !line);
	else if (line)
		textx_html_line(&out, t.s);
	else
		textx_html(&out, t.s);
	s = arena_str(a, buf_view(&out));
	buf_free(&out);
	return s;
}

/* Text that was escaped once too often still shows its tags. */
static bool
twice_escaped(struct str s, bool title)
{
	if (str_find(s, STR("</")) >= 0 || str_find(s, STR("<br")) >= 0)
		return textx_markup(s);
	return title && str_find(s, STR("&")) >= 0 && textx_markup(s);
}

static struct str
feed_text(struct arena *a, const struct feed *f, struct feed_text t, bool line)
{
	struct str s = cleaned(a, t, line);

	if (t.html && (f->kind == FEED_RSS || f->kind == FEED_RDF) && twice_escaped(s, line))
		s = cleaned(a, (struct feed_text){s, true}, line);
	return s;
}

static struct str
clean_line(struct arena *a, struct str s)
{
	return s.n > 0 ? cleaned(a, (struct feed_text){s, false}, true) : s;
}

static int
feed_items(struct batch *b, const struct feed *f, struct err *e)
{
	struct arena a = {0};
	struct str media = clean_line(&b->a, cleaned(&b->a, f->title, true));
	int rc = 0;

	for (size_t i = 0; i < f->n && rc == 0; i++) {
		const struct feed_item *x = &f->item[i];
		struct item it = {.id = x->id, .url = x->link, .updated = x->updated, .published = x->published};

		arena_reset(&a);
		b->f->run.nread++;
		it.title = feed_text(&a, f, x->title, true);
		it.text = feed_text(&a, f, x->content, false);
		if (it.text.n == 0)
			it.text = feed_text(&a, f, x->summary, false);
		if (it.title.n == 0 && it.text.n == 0 && f->kind != FEED_SITEMAP) /* a picture, say: the address stands for it */
			it.title = x->link.n > 0 ? x->link : clean_line(&a, x->id);
		it.author = clean_line(&a, x->author.name);
		it.author_id = x->author.url;
		if (it.author.n == 0 && it.author_id.n == 0)
			it.author = clean_line(&a, f->author.name);
		it.media = clean_line(&a, x->source);
		if (it.media.n == 0)
			it.media = media;
		it.lang = x->lang.n > 0 ? x->lang : f->lang;
		it.parent = x->parent;
		it.metric[METRIC_VIEWS] = x->views;
		it.metric[METRIC_LIKES] = x->likes;
		it.metric[METRIC_COMMENTS] = x->comments;
		it.tag = x->tag;
		it.ntag = x->ntag;
		it.raw = x->raw;
		if (f->kind == FEED_SITEMAP && it.published.n == 0)
			it.published = x->updated;
		rc = batch_item(b, &it, e);
	}
	arena_free(&a);
	b->ttl_s = f->ttl_s;
	batch_follow(b, f->next);
	return rc;
}

/* The sitemaps an index lists, the last one first, which by custom is the latest; those too old are left out. */
static int
sitemap_index(struct batch *b, const struct feed *f, struct err *e)
{
	const struct date_ctx ctx = {.now = b->f->now};

	if (b->depth >= 2)
		return err_set(e, ERR_DATA, "sitemap indexes within sitemap indexes");
	if (b->src->pages < 2)
		return err_set(e, ERR_DATA, "a sitemap index; set 'pages' to read the sitemaps it lists");
	for (size_t i = f->n; i-- > 0;) {
		struct date d;

		if (b->src->max_age_s > 0 && date_parse(f->item[i].updated, &ctx, &d) && d.t < b->f->now - b->src->max_age_s)
			continue;
		batch_follow(b, f->item[i].link);
	}
	return 0;
}

static int
parse_feed_xml(struct batch *b, struct str text, struct str base, struct err *e)
{
	struct buf xml = {0};
	struct feed f;
	int rc = textx_xml(&xml, text, NULL, e);

	if (rc == 0)
		rc = feed_parse(buf_view(&xml), base, url_resolve, &b->a, &f, e);
	if (rc == 0 && f.recovered)
		msg_note("%s: not well-formed XML, read with what could be recovered", b->where);
	if (rc == 0 && f.kind == FEED_SITEMAP_INDEX)
		rc = sitemap_index(b, &f, e);
	else if (rc == 0)
		rc = feed_items(b, &f, e);
	buf_free(&xml);
	return rc;
}

/* --- rows ---------------------------------------------------------------------------------------------------- */

/* known (may be NULL): that the heading is one of a kind, if only one nobody wants. */
static enum column
meaning(const struct source *s, struct str heading, bool *known)
{
	enum column c;

	for (size_t i = 0; i < s->ncolumns; i++)
		if (str_eq(s->columns[i].name, heading)) {
			if (known != NULL)
				*known = true;
			return s->columns[i].col;
		}
	c = csv_column(heading);
	if (known != NULL)
		*known = c != COL_NONE || heading.n == 0 || csv_unwanted(heading);
	return c;
}

/* "阅读数(万)": the unit stands in the heading. */
static const char *
unit(struct str heading)
{
	static const char *const words[] = {"万", "萬", "亿", "億", "千"};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		ptrdiff_t k = str_find(heading, str_c(words[i]));

		if (k > 0 && (heading.p[k - 1] == '(' || str_ends(str_sub(heading, 0, (size_t)k), STR("（"))))
			return words[i];
	}
	return "";
}

enum { MAX_TAGS = 64 };

static void
split_tags(struct item *it, struct str s, struct arena *a)
{
	static const char *const seps[] = {",", ";", "|", "，", "；", "、", "#", " "};

	it->tag = arena_alloc(a, MAX_TAGS * sizeof *it->tag);
	it->ntag = 0;
	while (s.n > 0 && it->ntag < MAX_TAGS) {
		size_t cut = s.n, skip = 0;
		struct str w;

		for (size_t i = 0; i < sizeof seps / sizeof *seps; i++) {
			ptrdiff_t k = str_find(s, str_c(seps[i]));

			if (k >= 0 && (size_t)k < cut) {
				cut = (size_t)k;
				skip = strlen(seps[i]);
			}
		}
		w = str_trim(str_sub(s, 0, cut));
		if (w.n > 0)
			it->tag[it->ntag++] = w;
		s = str_sub(s, cut + skip, s.n);
	}
}

static void
put_cell(struct item *it, enum column col, struct str heading, struct str v, struct arena *a)
{
	struct buf out = {0};

	v = str_trim(v);
	if (v.n == 0 || str_is(v, "-") || str_is(v, "--") || str_is(v, "null") || str_is(v, "NULL") || str_is(v, "N/A"))
		return;
	switch (col) {
	case COL_TITLE:
		textx_html_line(&out, v);
		it->title = arena_str(a, buf_view(&out));
		break;
	case COL_TEXT:
		textx_html(&out, v);
		it->text = arena_str(a, buf_view(&out));
		break;
	case COL_ID:
		it->id = v;
		break;
	case COL_URL: {
		struct str url = url_clean(a, v);

		if (url.p != NULL)
			it->url = url;
		break;
	}
	case COL_PUBLISHED:
		it->published = v;
		break;
	case COL_UPDATED:
		it->updated = v;
		break;
	case COL_PLATFORM:
		it->platform = clean_line(a, v);
		break;
	case COL_CHANNEL:
		it->channel = clean_line(a, v);
		break;
	case COL_SOURCE:
		it->media = clean_line(a, v);
		break;
	case COL_AUTHOR:
		it->author = clean_line(a, v);
		break;
	case COL_AUTHOR_ID:
		it->author_id = clean_line(a, v);
		break;
	case COL_FOLLOWERS:
		it->followers = v;
		break;
	case COL_VERIFIED:
		it->verified = clean_line(a, v);
		break;
	case COL_LANG:
		it->lang = v;
		break;
	case COL_REGION:
		it->region = clean_line(a, v);
		break;
	case COL_RATING:
		it->rating = v;
		break;
	case COL_TAGS:
		split_tags(it, clean_line(a, v), a);
		break;
	case COL_PARENT:
		it->parent = v;
		break;
	case COL_ROOT:
		it->root = v;
		break;
	case COL_FORM:
		it->form = v;
		break;
	case COL_CUSTOMER:
		it->customer = clean_line(a, v);
		break;
	case COL_VIEWS:
	case COL_LIKES:
	case COL_REPOSTS:
	case COL_COMMENTS:
	case COL_FAVOURITES:
	case COL_PLAYS:
		it->metric[col - COL_VIEWS] = arena_printf(a, "%.*s%s", STRF(v), unit(heading));
		break;
	default:
		break;
	}
	buf_free(&out);
}

static int
row_done(struct batch *b, struct item *it, struct err *e)
{
	if (it->title.n == 0 && it->text.n == 0)
		return err_set(e, ERR_DATA, "neither title nor text");
	return batch_item(b, it, e);
}

int
parse_row(struct batch *b, const struct rec *r, struct err *e)
{
	struct arena a = {0};
	struct item it = {.raw = r->line, .line = r->lineno > 0 ? r->lineno : 1};
	int rc;

	for (size_t i = 0; i < r->n; i++) {
		const struct json_member *m = &r->m[i];
		struct str v = m->val.type == JSON_STR ? json_str(m->val, &a) : m->val.raw;

		if (m->val.type == JSON_STR || m->val.type == JSON_NUM || m->val.type == JSON_TRUE || m->val.type == JSON_FALSE)
			put_cell(&it, meaning(b->src, m->key, NULL), m->key, v, &a);
	}
	rc = row_done(b, &it, e);
	arena_free(&a);
	return rc;
}

enum { HEADINGS_TOLD = 12 };

/* A table's first row, and what its columns mean. */
struct table {
	struct str heading[CSV_COLS];
	enum column col[CSV_COLS];
	size_t n, known;
	bool has_text;
};

static void
read_headings(struct table *t, const struct batch *b, const struct csv *c, struct arena *a)
{
	struct buf unused = {0};
	size_t nunused = 0;

	t->n = c->n;
	for (size_t i = 0; i < t->n; i++) {
		const char *why = NULL;
		bool known;

		t->heading[i] = arena_str(a, c->cell[i]);
		t->col[i] = meaning(b->src, t->heading[i], &known);
		if (!known)
			why = "";
		for (size_t k = 0; k < i && t->col[i] != COL_NONE; k++) /* the first of two columns with one meaning counts */
			if (t->col[k] == t->col[i]) {
				why = csv_field(t->col[i]);
				t->col[i] = COL_NONE;
			}
		nunused += why != NULL;
		if (why != NULL && nunused <= HEADINGS_TOLD) {
			buf_printf(&unused, "%s%.*s", unused.n > 0 ? ", " : "", STRF(utf8_cut_cols(t->heading[i], 40)));
			if (*why != '\0')
				buf_printf(&unused, " (a second column for %s)", why);
		}
		t->known += t->col[i] != COL_NONE;
		t->has_text = t->has_text || t->col[i] == COL_TEXT || t->col[i] == COL_TITLE;
	}
	if (nunused > HEADINGS_TOLD)
		buf_printf(&unused, " and %zu more", nunused - HEADINGS_TOLD);
	if (unused.n > 0)
		msg_note("%s:%zu: headings not used: %s", b->where, c->lineno, unused.p);
	buf_free(&unused);
}

/* What `columns` names and the table does not have: it was another table once. */
static void
missing_columns(const struct table *t, const struct batch *b, size_t lineno)
{
	for (size_t i = 0; i < b->src->ncolumns; i++) {
		size_t k = 0;

		while (k < t->n && !str_eq(t->heading[k], b->src->columns[i].name))
			k++;
		if (k == t->n && b->src->columns[i].col != COL_NONE)
			msg_warn("%s:%zu: no heading '%.*s', which 'columns' of source '%s' names", b->where, lineno,
			    STRF(b->src->columns[i].name), b->src->name);
	}
}

/* Cells that stand under no heading: a separator in a text without quotes, mostly. */
static bool
too_wide(const struct csv *c, const struct table *t)
{
	for (size_t i = t->n; i < c->n; i++)
		if (c->cell[i].n > 0)
			return true;
	return false;
}

static int
csv_row(struct batch *b, const struct csv *c, const struct table *t, struct arena *a, struct err *e)
{
	struct item it = {.line = c->lineno, .raw = c->row};

	if (c->open_quote)
		return err_set(e, ERR_DATA, "a quote is opened and not closed");
	for (size_t i = 0; i < c->n && i < t->n; i++)
		if (t->col[i] != COL_NONE)
			put_cell(&it, t->col[i], t->heading[i], c->cell[i], a);
	return row_done(b, &it, e);
}

int
parse_csv(struct batch *b, struct str text, struct err *e)
{
	struct csv c;
	struct arena heads = {0}, a = {0};
	struct table t = {0};
	size_t wide = 0, first_wide = 0;
	int rc = 0;

	csv_open(&c, text);
	if (!csv_next(&c, &heads))
		return 0;
	if (c.open_quote) {
		rc = err_set(e, ERR_DATA, "line %zu: a quote is opened and not closed among the headings", c.lineno);
		goto done;
	}
	read_headings(&t, b, &c, &heads);
	missing_columns(&t, b, c.lineno);
	if (!t.has_text) {
		rc = err_set(e, ERR_DATA, "a table without a column for text or title (%zu of %zu headings are known)", t.known, t.n);
		goto done;
	}
	while (rc == 0 && csv_next(&c, &a)) {
		b->f->run.nread++;
		if (!c.open_quote && too_wide(&c, &t) && wide++ == 0)
			first_wide = c.lineno;
		if (csv_row(b, &c, &t, &a, e) != 0) {
			struct rec bad = {.line = c.row, .file = b->where, .lineno = c.lineno};

			if (e->kind != ERR_DATA)
				rc = -1;
			else
				run_reject(&b->f->run, &bad, e);
		}
		arena_reset(&a);
	}
	if (wide > 0)
		msg_note("%s:%zu: cells beyond the last heading are left out (in %zu rows)", b->where, first_wide, wide);
done:
	arena_free(&heads);
	arena_free(&a);
	return rc;
}

static int
parse_lines(struct batch *b, struct str text, struct err *e)
{
	struct rec r = {.file = b->where};
	struct str rest = text, line;
	uint64_t lineno = 0;
	int rc = 0;

	while (rc == 0 && rest.n > 0 && str_split(&rest, '\n', &line)) {
		lineno++;
		if (str_trim(line).n == 0)
			continue;
		b->f->run.nread++;
		r.lineno = lineno;
		if (rec_parse(&r, line, true, e) == 0 &&
		    (rec_get(&r, "kind").type == JSON_STR ? batch_record(b, &r, e) : parse_row(b, &r, e)) == 0)
			continue;
		if (e->kind != ERR_DATA) {
			rc = -1;
		} else {
			struct rec bad = {.line = line, .file = b->where, .lineno = lineno};

			run_reject(&b->f->run, &bad, e);
		}
	}
	rec_free(&r);
	return rc;
}

/* An export that is one JSON array of objects. */
static int
parse_array(struct batch *b, struct json v, struct err *e)
{
	struct json_iter it = json_iter(v);
	struct rec r = {.file = b->where};
	struct buf line = {0};
	struct json one;
	struct str key;
	int rc = 0;

	while (rc == 0 && json_next(&it, &key, &one)) {
		buf_reset(&line);
		buf_str(&line, one.raw);
		for (size_t i = 0; i < line.n; i++) /* only white space between tokens can be a line break */
			if (line.p[i] == '\n' || line.p[i] == '\r')
				line.p[i] = ' ';
		r.lineno++;
		b->f->run.nread++;
		if (rec_parse(&r, buf_view(&line), true, e) == 0 &&
		    (rec_get(&r, "kind").type == JSON_STR ? batch_record(b, &r, e) : parse_row(b, &r, e)) == 0)
			continue;
		if (e->kind != ERR_DATA) {
			rc = -1;
		} else {
			struct rec bad = {.line = buf_view(&line), .file = b->where, .lineno = r.lineno};

			run_reject(&b->f->run, &bad, e);
		}
	}
	rec_free(&r);
	buf_free(&line);
	return rc;
}

/* Somebody gave the address of a page where that of its feed was meant. */
static int
page_not_feed(struct batch *b, struct str text, struct str base, struct err *e)
{
	struct html *h;
	struct str ref = {"", 0}, url = {NULL, 0};
	struct err ignored;

	if (html_open(text, &h, &ignored) == 0) {
		ref = html_feed(h, &b->a);
		html_close(h);
	}
	if (ref.n > 0)
		url = url_resolve(&b->a, base, ref);
	if (url.p == NULL)
		return err_set(e, ERR_DATA, "an HTML page, not a feed");
	return err_set(e, ERR_DATA, "an HTML page, not a feed; its feed is %.*s", STRF(url_show(&b->a, url)));
}

/* --- what it is -------------------------------------------------------------------------------------------------- */

static bool
has_word(struct str s, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= s.n; i++)
		if (str_eq_nocase(str_sub(s, i, n), str_n(word, n)))
			return true;
	return false;
}

static enum charset_doc
shape(struct str bytes, const struct source *s)
{
	struct str head = str_sub(bytes, 0, 2048);
	size_t i = 0;

	if (s->format == FORMAT_HTML)
		return CHARSET_HTML;
	while (i < head.n && (is_space(head.p[i]) || (unsigned char)head.p[i] >= 0xef || head.p[i] == '\0'))
		i++;
	if (i >= head.n || head.p[i] != '<')
		return CHARSET_TEXT;
	if ((has_word(head, "<html") || has_word(head, "<!doctype html")) && !has_word(head, "<rss") && !has_word(head, "<feed"))
		return CHARSET_HTML;
	return CHARSET_XML;
}

static int
parse_plain(struct batch *b, struct str bytes, struct str type, struct str base, struct err *e)
{
	struct buf utf8 = {0};
	enum charset_doc doc = shape(bytes, b->src);
	struct charset cs = charset_decode(&utf8, bytes, charset_of_type(type), doc);
	struct str text = buf_view(&utf8), trimmed = str_trim(text);
	enum format format = b->src->format;
	struct json_fault fault;
	struct feed f;
	int rc;

	if (cs.replaced > 0)
		msg_note("%s: %zu bytes are not %s and were replaced", b->where, cs.replaced, cs.name);
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_sub(text, 3, text.n);
	if (trimmed.n == 0 && format != FORMAT_NDJSON && format != FORMAT_CSV) {
		rc = format == FORMAT_AUTO && b->src->operand ? 0 : err_set(e, ERR_DATA, "the document is empty");
		goto done;
	}
	if (format == FORMAT_AUTO && trimmed.p[0] != '<' && trimmed.p[0] != '{' && trimmed.p[0] != '[')
		format = FORMAT_CSV;
	if (format == FORMAT_HTML)
		rc = parse_page(b, text, base, e);
	else if (doc == CHARSET_HTML)
		rc = page_not_feed(b, text, base, e);
	else if (format == FORMAT_CSV)
		rc = parse_csv(b, text, e);
	else if (format == FORMAT_NDJSON)
		rc = parse_lines(b, text, e);
	else if (format == FORMAT_JSON)
		rc = parse_api(b, text, base, e);
	else if (trimmed.p[0] == '<')
		rc = parse_feed_xml(b, text, base, e);
	else if (!json_valid(trimmed, &fault))
		rc = format == FORMAT_FEED ? err_set(e, ERR_DATA, "not valid JSON: %s at byte %zu", fault.why, fault.at) :
		    parse_lines(b, text, e);
	else if (feed_is_json(json_view(trimmed)))
		rc = feed_parse_json(json_view(trimmed), base, url_resolve, &b->a, &f, e) == 0 ? feed_items(b, &f, e) : -1;
	else if (format == FORMAT_FEED || format == FORMAT_SITEMAP)
		rc = err_set(e, ERR_DATA, "JSON, but no JSON Feed");
	else if (trimmed.p[0] == '[')
		rc = parse_array(b, json_view(trimmed), e);
	else
		rc = parse_lines(b, text, e);
done:
	buf_free(&utf8);
	return rc;
}

int
parse_document(struct batch *b, struct str bytes, struct str type, struct str base, struct err *e)
{
	enum { MAX_LOCAL = 512 << 20 };
	struct buf plain = {0};
	int rc;

	if (str_starts(bytes, STR("PK\x03\x04")))
		return err_set(e, ERR_DATA, "a workbook or archive (zip), not a table: save it as CSV");
	if (str_starts(bytes, STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")))
		return err_set(e, ERR_DATA, "a workbook (.xls), not a table: save it as CSV");
	if (!gunzip_is(bytes))
		return parse_plain(b, bytes, type, base, e);
	rc = gunzip(bytes, base.n > 0 ? (size_t)b->src->max_body : MAX_LOCAL, &plain, e);
	if (rc == 0)
		rc = parse_plain(b, buf_view(&plain), STR(""), base, e); /* the type was that of the packed file */
	buf_free(&plain);
	return rc;
}
