#include "model/markdown.h"

#include "base/utf8.h"
#include "model/markup.h"

/* --- the Markdown of statements as HTML --- */

/* **bold** and text; a mark without its partner is text. */
static void
inline_html(struct str s, struct buf *out)
{
	while (s.n > 0) {
		ptrdiff_t open = str_find(s, STR("**")), shut = open >= 0 ? str_find(str_sub(s, (size_t)open + 2, s.n), STR("**")) : -1;

		if (shut <= 0) {
			markup_html(out, s);
			return;
		}
		markup_html(out, str_sub(s, 0, (size_t)open));
		buf_puts(out, "<strong>");
		markup_html(out, str_sub(s, (size_t)open + 2, (size_t)shut));
		buf_puts(out, "</strong>");
		s = str_sub(s, (size_t)(open + 2 + shut + 2), s.n);
	}
}

/* "- x" "* x" "1. x": the item's text; false when the line is none. */
static bool
list_item(struct str line, bool *numbered, struct str *item)
{
	size_t i = 0;

	if (line.n > 2 && (line.p[0] == '-' || line.p[0] == '*') && line.p[1] == ' ') {
		*numbered = false;
		*item = str_trim(str_sub(line, 2, line.n));
		return true;
	}
	while (i < line.n && is_digit(line.p[i]))
		i++;
	if (i > 0 && i < 4 && i + 1 < line.n && (line.p[i] == '.' || line.p[i] == ')') && line.p[i + 1] == ' ') {
		*numbered = true;
		*item = str_trim(str_sub(line, i + 2, line.n));
		return true;
	}
	return false;
}

enum state { NOTHING, PARAGRAPH, BULLETS, NUMBERS };

static enum state
shift(enum state from, enum state to, struct buf *out)
{
	static const char *const shut[] = {"", "</p>", "</ul>", "</ol>"}, *const open[] = {"", "<p>", "<ul>", "<ol>"};

	if (from == to)
		return to;
	buf_puts(out, shut[from]);
	buf_puts(out, open[to]);
	return to;
}

void
markdown_html(struct str md, struct buf *out)
{
	enum state state = NOTHING;
	struct str line;

	while (str_split(&md, '\n', &line)) {
		struct str item;
		bool numbered;
		size_t level = 0;

		line = str_trim(line);
		while (level < line.n && line.p[level] == '#')
			level++;
		if (line.n == 0) {
			state = shift(state, NOTHING, out);
		} else if (level > 0 && level <= 6 && level < line.n && line.p[level] == ' ') {
			state = shift(state, NOTHING, out);
			buf_printf(out, "<h%d>", level > 1 ? 5 : 4);
			inline_html(str_trim(str_sub(line, level, line.n)), out);
			buf_printf(out, "</h%d>", level > 1 ? 5 : 4);
		} else if (list_item(line, &numbered, &item)) {
			state = shift(state, numbered ? NUMBERS : BULLETS, out);
			buf_puts(out, "<li>");
			inline_html(item, out);
			buf_puts(out, "</li>");
		} else {
			if (state == PARAGRAPH)
				buf_puts(out, "<br>");
			state = shift(state, PARAGRAPH, out);
			inline_html(line, out);
		}
	}
	shift(state, NOTHING, out);
}

/* --- documents as Markdown --- */

struct md {
	struct doc *d;
	size_t ids;
	struct buf *out;
};

/* An id as code: a span of back quotes longer than any in it. */
static void
put_code(struct md *m, struct str s, bool in_table)
{
	struct buf b = {0};
	size_t most = 0, run = 0;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '<' || s.p[i] == '&' || (s.p[i] == '|' && in_table)) { /* odd for an id or a command, and not every reader of Markdown is careful */
			markup_md(m->out, s);
			return;
		}
	utf8_clean(&b, s);
	for (size_t i = 0; i < b.n; i++) {
		run = b.p[i] == '`' ? run + 1 : 0;
		most = run > most ? run : most;
	}
	for (size_t i = 0; i <= most; i++)
		buf_putc(m->out, '`');
	if (most > 0)
		buf_putc(m->out, ' ');
	buf_str(m->out, buf_view(&b));
	if (most > 0)
		buf_putc(m->out, ' ');
	for (size_t i = 0; i <= most; i++)
		buf_putc(m->out, '`');
	buf_free(&b);
}

static void
put_refs(struct md *m, const struct evidence *ev, bool query /* false: within a table */)
{
	size_t n = ev->n < m->ids ? ev->n : m->ids;
	struct arena a = {0};

	if (n > 0) {
		buf_puts(m->out, " (");
		for (size_t i = 0; i < n; i++) {
			if (i > 0)
				buf_puts(m->out, " ");
			put_code(m, ev->id[i], !query);
		}
		if (ev->total > (int64_t)n) {
			struct str more = format_int(&a, ev->total - (int64_t)n);

			buf_printf(m->out, " +%.*s", STRF(more));
		}
		buf_putc(m->out, ')');
	}
	if (query && ev->query.n > 0) {
		buf_putc(m->out, ' ');
		put_code(m, ev->query, false);
	}
	arena_free(&a);
}

static void
put_table(struct md *m, const struct block *b)
{
	size_t rows = block_rows(b);
	struct buf cell = {0};

	if (rows == 0)
		return;
	buf_puts(m->out, "**");
	markup_md(m->out, b->text);
	buf_puts(m->out, "**\n\n|");
	for (size_t c = 0; c < b->n; c++) {
		buf_putc(m->out, ' ');
		markup_md(m->out, b->column[c].label);
		buf_puts(m->out, " |");
	}
	buf_puts(m->out, "\n|");
	for (size_t c = 0; c < b->n; c++)
		buf_puts(m->out, b->column[c].align == ALIGN_RIGHT ? " --: |" : " --- |");
	buf_putc(m->out, '\n');
	for (size_t r = 0; r < rows; r++) {
		buf_putc(m->out, '|');
		for (size_t c = 0; c < b->n; c++) {
			const struct cell *k = &b->cell[r * b->n + c];

			buf_putc(m->out, ' ');
			buf_reset(&cell);
			if (k->nspark > 0)
				chart_spark(m->out, k->spark, k->nspark, 24);
			else
				markup_md(m->out, doc_value(m->d, &k->v));
			buf_puts(m->out, " |");
		}
		buf_putc(m->out, '\n');
	}
	buf_putc(m->out, '\n');
	buf_free(&cell);
}

static void
put_quote(struct md *m, const struct quote *q)
{
	const struct str part[] = {doc_time(m->d, q->t), q->platform, q->who, q->voice, q->type, q->mood, q->note};
	bool first = true;

	buf_puts(m->out, "> ");
	for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
		if (part[i].n == 0)
			continue;
		if (!first)
			buf_puts(m->out, " · ");
		markup_md(m->out, part[i]);
		first = false;
	}
	buf_puts(m->out, "\n>\n> ");
	if (q->title.n > 0) {
		buf_puts(m->out, "**");
		markup_md(m->out, q->title);
		buf_puts(m->out, "** ");
	}
	markup_md(m->out, q->text);
	buf_puts(m->out, "\n>\n> ");
	if (q->counts.n > 0) {
		markup_md(m->out, q->counts);
		buf_puts(m->out, " · ");
	}
	put_code(m, utf8_cut_bytes(q->id, 160), false);
	if (link_ok(q->url)) {
		buf_printf(m->out, " · [%s](<", m->d->zh ? "原文" : "original");
		buf_str(m->out, q->url);
		buf_puts(m->out, ">)");
	}
	buf_puts(m->out, "\n\n");
}

static void
put_trend(struct md *m, const struct trend *t)
{
	buf_puts(m->out, "```text\n");
	chart_text(m->out, t, 92, 8, false);
	buf_puts(m->out, "```\n\n");
}

static void
put_path(struct md *m, const struct block *b)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct step *s = &b->step[i];

		buf_puts(m->out, "- ");
		markup_md(m->out, doc_time(m->d, s->t));
		buf_puts(m->out, " **");
		if (s->from_name.n > 0) {
			markup_md(m->out, s->from_name);
			buf_puts(m->out, " → ");
		}
		markup_md(m->out, s->to_name);
		buf_puts(m->out, "** ");
		if (s->by.n > 0)
			put_code(m, s->by, false);
		buf_putc(m->out, '\n');
		for (size_t k = 0; k < s->nwhy; k++) {
			buf_puts(m->out, "  - ");
			markup_md(m->out, s->why[k]);
			if (k + 1 == s->nwhy)
				put_refs(m, &s->ev, true);
			buf_putc(m->out, '\n');
		}
	}
	buf_putc(m->out, '\n');
}

/* A statement is quoted line by line: its own Markdown, which is the organisation's, must not break out of the report. */
static void
put_prose(struct md *m, struct str s)
{
	struct str line;

	while (str_split(&s, '\n', &line)) {
		buf_puts(m->out, "> ");
		markup_md(m->out, str_trim(line));
		buf_putc(m->out, '\n');
	}
	buf_putc(m->out, '\n');
}

static void
put_block(struct md *m, const struct block *b)
{
	switch (b->type) {
	case BLOCK_SECTION:
		buf_puts(m->out, "## ");
		markup_md(m->out, b->text);
		buf_puts(m->out, "\n\n");
		break;
	case BLOCK_SUB:
		buf_puts(m->out, "### ");
		markup_md(m->out, b->text);
		buf_puts(m->out, "\n\n");
		break;
	case BLOCK_LEAD:
		buf_puts(m->out, "**");
		markup_md(m->out, b->text);
		buf_puts(m->out, "**");
		put_refs(m, &b->ev, true);
		buf_puts(m->out, "\n\n");
		break;
	case BLOCK_POINT:
		buf_puts(m->out, "- ");
		markup_md(m->out, b->text);
		put_refs(m, &b->ev, true);
		buf_puts(m->out, b->end ? "\n\n" : "\n");
		break;
	case BLOCK_NOTE:
		markup_md(m->out, b->text);
		buf_puts(m->out, "\n\n");
		break;
	case BLOCK_FIGURES:
		buf_puts(m->out, m->d->zh ? "| 指标 | 数值 | 说明 |\n| --- | --: | --- |\n" : "| Figure | Value | Note |\n| --- | --: | --- |\n");
		for (size_t i = 0; i < b->n; i++) {
			buf_puts(m->out, "| ");
			markup_md(m->out, b->figure[i].label);
			buf_puts(m->out, " | ");
			markup_md(m->out, doc_value(m->d, &b->figure[i].v));
			buf_puts(m->out, " | ");
			markup_md(m->out, b->figure[i].note);
			put_refs(m, &b->figure[i].ev, false);
			buf_puts(m->out, " |\n");
		}
		buf_putc(m->out, '\n');
		break;
	case BLOCK_TABLE:
		put_table(m, b);
		break;
	case BLOCK_TREND:
		put_trend(m, b->trend);
		break;
	case BLOCK_QUOTES:
		for (size_t i = 0; i < b->n; i++)
			put_quote(m, &b->quote[i]);
		break;
	case BLOCK_PATH:
		put_path(m, b);
		break;
	case BLOCK_PROSE:
		put_prose(m, b->text);
		break;
	}
}

void
doc_markdown(struct doc *d, size_t ids, struct buf *out)
{
	struct md m = {d, ids, out};

	buf_puts(out, "# ");
	markup_md(out, d->title);
	if (d->level.n > 0) {
		buf_puts(out, " — ");
		markup_md(out, d->level);
	}
	buf_puts(out, "\n\n");
	markup_md(out, d->subtitle);
	buf_puts(out, "\n\n");
	for (size_t i = 0; i < d->n; i++)
		put_block(&m, d->b[i]);
	while (out->n > 1 && out->p[out->n - 1] == '\n' && out->p[out->n - 2] == '\n')
		out->n--;
}
