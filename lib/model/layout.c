#include "model/layout.h"

#include <math.h>

#include "base/clock.h"
#include "base/utf8.h"

/* --- values --- */

struct value
value_text(struct str s)
{
	return (struct value){.type = s.n > 0 ? VALUE_TEXT : VALUE_NONE, .text = s};
}

struct value
value_c(const char *s)
{
	return value_text(str_c(s));
}

struct value
value_int(int64_t v)
{
	return (struct value){.type = VALUE_INT, .i = v};
}

struct value
value_share(int64_t part, int64_t of)
{
	if (of <= 0)
		return (struct value){0};
	return (struct value){.type = VALUE_SHARE, .f = (double)part / (double)of};
}

struct value
value_num(double v)
{
	return (struct value){.type = VALUE_NUM, .f = v};
}

struct value
value_time(int64_t t)
{
	return (struct value){.type = t != 0 ? VALUE_TIME : VALUE_NONE, .i = t};
}

struct value
value_span(int64_t seconds)
{
	return (struct value){.type = VALUE_SPAN, .i = seconds};
}

struct str
format_int(struct arena *a, int64_t v)
{
	char digits[40];
	size_t n = sizeof digits;
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	int k = 0;

	do {
		if (k > 0 && k % 3 == 0)
			digits[--n] = ',';
		digits[--n] = (char)('0' + u % 10);
		k++;
	} while ((u /= 10) > 0);
	if (v < 0) { /* a minus sign, U+2212 */
		n -= 3;
		memcpy(digits + n, "−", 3);
	}
	return arena_str(a, str_n(digits + n, sizeof digits - n));
}

struct str
format_span(struct arena *a, int64_t s, bool zh)
{
	const char *sign = s < 0 ? "−" : "";
	int64_t v = s < 0 ? -s : s, d = v / 86400, h = v % 86400 / 3600, m = v % 3600 / 60;

	if (v < 60)
		return arena_printf(a, zh ? "%s%lld 秒" : "%s%lld s", sign, (long long)v);
	if (d > 0 && h > 0)
		return arena_printf(a, zh ? "%s%lld 天 %lld 小时" : "%s%lld d %lld h", sign, (long long)d, (long long)h);
	if (d > 0)
		return arena_printf(a, zh ? "%s%lld 天" : "%s%lld d", sign, (long long)d);
	if (h > 0 && m > 0)
		return arena_printf(a, zh ? "%s%lld 小时 %lld 分" : "%s%lld h %lld min", sign, (long long)h, (long long)m);
	if (h > 0)
		return arena_printf(a, zh ? "%s%lld 小时" : "%s%lld h", sign, (long long)h);
	return arena_printf(a, zh ? "%s%lld 分钟" : "%s%lld min", sign, (long long)m);
}

struct str
doc_time(struct doc *d, int64_t t)
{
	struct civil c = clock_civil(t + d->offset), now = clock_civil(d->now + d->offset);

	if (c.year == now.year)
		return arena_printf(&d->mem, "%02d-%02d %02d:%02d", c.month, c.day, c.hour, c.minute);
	return arena_printf(&d->mem, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
}

struct str
doc_value(struct doc *d, const struct value *v)
{
	if (v->text.n > 0)
		return v->text;
	switch (v->type) {
	case VALUE_INT:
		return format_int(&d->mem, v->i);
	case VALUE_SHARE:
		return arena_printf(&d->mem, "%.1f%%", v->f * 100);
	case VALUE_NUM:
		return arena_printf(&d->mem, "%s%.2f", v->f <= -0.005 ? "−" : "", fabs(v->f));
	case VALUE_TIME:
		return doc_time(d, v->i);
	case VALUE_SPAN:
		return format_span(&d->mem, v->i, d->zh);
	case VALUE_TEXT:
	case VALUE_NONE:
		break;
	}
	return STR("");
}

/* --- building --- */

void
doc_free(struct doc *d)
{
	arena_free(&d->mem);
	*d = (struct doc){0};
}

struct block *
doc_block(struct doc *d, enum block_type type, const char *key, struct str text)
{
	struct block *b = arena_zalloc(&d->mem, sizeof *b);

	b->type = type;
	b->key = key != NULL ? str_c(arena_strdup(&d->mem, key)) : STR("");
	b->text = arena_str(&d->mem, text);
	if (type == BLOCK_POINT)
		b->end = true;
	if (d->n > 0 && d->b[d->n - 1]->type == BLOCK_POINT && type == BLOCK_POINT)
		d->b[d->n - 1]->end = false;
	d->b = arena_grow(&d->mem, d->b, &d->cap, d->n, sizeof *d->b);
	d->b[d->n++] = b;
	return b;
}

void
doc_section(struct doc *d, const char *key, const char *heading)
{
	doc_block(d, BLOCK_SECTION, key, str_c(heading));
}

void
doc_point(struct doc *d, enum tone tone, struct str text, struct evidence ev)
{
	struct block *b = doc_block(d, BLOCK_POINT, NULL, text);

	b->tone = tone;
	b->ev = ev;
}

void
doc_note(struct doc *d, struct str text)
{
	doc_block(d, BLOCK_NOTE, NULL, text);
}

void
doc_figure(struct doc *d, const char *key, const char *label, struct value v, struct str note, enum tone tone,
    struct evidence ev)
{
	struct block *b = d->n > 0 && d->b[d->n - 1]->type == BLOCK_FIGURES ? d->b[d->n - 1] : doc_block(d, BLOCK_FIGURES, "figures", STR(""));

	b->figure = arena_grow(&d->mem, b->figure, &b->cap, b->n, sizeof *b->figure);
	b->figure[b->n++] = (struct figure){.key = str_c(arena_strdup(&d->mem, key)), .label = str_c(arena_strdup(&d->mem, label)),
	    .v = v, .note = arena_str(&d->mem, note), .tone = tone, .ev = ev};
}

void
doc_table(struct doc *d, const char *key, const char *caption)
{
	doc_block(d, BLOCK_TABLE, key, str_c(caption));
}

struct column *
doc_column(struct doc *d, const char *key, const char *label, enum align align)
{
	struct block *b = d->b[d->n - 1];

	b->column = arena_grow(&d->mem, b->column, &b->cap, b->n, sizeof *b->column);
	b->column[b->n] = (struct column){.key = str_c(arena_strdup(&d->mem, key)), .label = str_c(arena_strdup(&d->mem, label)), .align = align};
	return &b->column[b->n++];
}

struct cell *
doc_cell(struct doc *d, struct value v)
{
	struct block *b = d->b[d->n - 1];

	b->cell = arena_grow(&d->mem, b->cell, &b->cell_cap, b->cells, sizeof *b->cell);
	b->cell[b->cells] = (struct cell){.v = v, .bar = -1};
	b->cell[b->cells].v.text = arena_str(&d->mem, v.text);
	return &b->cell[b->cells++];
}

size_t
block_rows(const struct block *b)
{
	return b->n > 0 ? b->cells / b->n : 0;
}

/* --- text for a terminal --- */

static const char *const ansi[TONES] = {"", "\033[2m", "\033[32m", "\033[31m", "\033[1;34m", "\033[1;33m", "\033[1;38;5;208m", "\033[1;31m"};

struct text {
	struct doc *d;
	const struct text_opts *o;
	struct buf *out;
	size_t col;    /* of the cursor */
	size_t indent; /* of lines that follow */
	struct arena tmp;
};

static void
on(struct text *t, enum tone tone)
{
	if (t->o->colour && tone != TONE_PLAIN)
		buf_puts(t->out, ansi[tone]);
}

static void
off(struct text *t, enum tone tone)
{
	if (t->o->colour && tone != TONE_PLAIN)
		buf_puts(t->out, "\033[0m");
}

static void
spaces(struct text *t, size_t n)
{
	t->col += n;
	while (n-- > 0)
		buf_putc(t->out, ' ');
}

static void
newline(struct text *t)
{
	while (t->out->n > 0 && t->out->p[t->out->n - 1] == ' ')
		t->out->n--;
	buf_putc(t->out, '\n');
	t->col = 0;
}

static struct str
cleaned(struct text *t, struct str s)
{
	struct buf b = {0};
	struct str out;

	utf8_clean(&b, s);
	out = arena_str(&t->tmp, str_trim(buf_view(&b)));
	buf_free(&b);
	return out;
}

/* Punctuation that must not begin a line. */
static bool
hangs(uint32_t cp)
{
	static const uint32_t no[] = {0x3001, 0x3002, 0xff0c, 0xff1a, 0xff1b, 0xff01, 0xff1f, 0xff09, 0x300b, 0x300d, 0x300f, 0x2019, 0x201d, 0x3011, ',', '.', ';', ')', ']', '%', 0};

	for (size_t i = 0; no[i] != 0; i++)
		if (cp == no[i])
			return true;
	return false;
}

/* The next piece that stays together: a run without blanks of narrow characters, or one wide character and what hangs on it. */
static struct str
piece(const char *p, const char *end)
{
	const char *q, *r;
	uint32_t cp = utf8_step(p, end, &q);
	bool wide = utf8_cp_width(cp) > 1;

	while (q < end) {
		uint32_t next = utf8_step(q, end, &r);

		if (is_space((char)(next < 0x80 ? next : 'x')))
			break;
		if (utf8_cp_width(next) == 0 || hangs(next)) {
			q = r;
			continue;
		}
		if (wide || utf8_cp_width(next) > 1)
			break;
		q = r;
	}
	return str_n(p, (size_t)(q - p));
}

/* Writes s, wrapped at ncol columns; lines that follow begin at t->indent. */
static void
wrap(struct text *t, struct str s, size_t ncol)
{
	const char *p = s.p, *end = s.p + s.n;

	while (p < end) {
		struct str w;
		size_t width;
		bool blank = false;

		while (p < end && *p == ' ') {
			blank = true;
			p++;
		}
		if (p == end)
			break;
		w = piece(p, end);
		p += w.n;
		width = utf8_width(w);
		if (t->col + (blank ? 1 : 0) + width > ncol && t->col > t->indent) {
			newline(t);
			spaces(t, t->indent);
			blank = false;
		}
		if (blank && t->col > t->indent)
			spaces(t, 1);
		while (width > ncol - t->indent && ncol > t->indent + 1) { /* longer than any line */
			struct str head = utf8_cut_cols(w, ncol - t->col);

			if (head.n == 0)
				break;
			buf_str(t->out, head);
			newline(t);
			spaces(t, t->indent);
			w = str_sub(w, head.n, w.n);
			width = utf8_width(w);
		}
		buf_str(t->out, w);
		t->col += width;
	}
}

/* " [weibo:1 weibo:2 +10]" */
static struct str
refs(struct text *t, const struct evidence *ev, size_t most)
{
	struct buf b = {0};
	struct str out;
	size_t n = ev->n < most ? ev->n : most;
	int64_t total = ev->total > (int64_t)ev->n ? ev->total : (int64_t)ev->n;

	if (n == 0)
		return STR("");
	buf_putc(&b, '[');
	for (size_t i = 0; i < n; i++) {
		struct str id = cleaned(t, ev->id[i]);

		if (i > 0)
			buf_putc(&b, ' ');
		buf_str(&b, utf8_cut_cols(id, 40));
	}
	if (total > (int64_t)n) {
		struct str more = format_int(&t->tmp, total - (int64_t)n);

		buf_printf(&b, " +%.*s", STRF(more));
	}
	buf_putc(&b, ']');
	out = arena_str(&t->tmp, buf_view(&b));
	buf_free(&b);
	return out;
}

static void
put_refs(struct text *t, const struct evidence *ev, size_t most)
{
	struct str r = refs(t, ev, most);

	if (r.n == 0)
		return;
	if (t->col > t->indent) {
		if (t->col + 1 + utf8_width(r) > t->o->ncol) {
			newline(t);
			spaces(t, t->indent);
		} else {
			spaces(t, 1);
		}
	}
	on(t, TONE_MUTED);
	wrap(t, r, t->o->ncol);
	off(t, TONE_MUTED);
}

static void
rule(struct text *t, const char *glyph)
{
	for (size_t i = 0; i < t->o->ncol; i++)
		buf_puts(t->out, glyph);
	newline(t);
}

static void
pad_to(struct text *t, size_t col)
{
	if (t->col < col)
		spaces(t, col - t->col);
}

static void
text_figures(struct text *t, const struct block *b)
{
	size_t label = 0, value = 0;

	newline(t);
	for (size_t i = 0; i < b->n; i++) {
		size_t w = utf8_width(b->figure[i].label);
		struct str v = cleaned(t, doc_value(t->d, &b->figure[i].v));

		label = w > label ? w : label;
		w = utf8_width(v);
		value = w > value && w <= 40 ? w : value;
	}
	for (size_t i = 0; i < b->n; i++) {
		const struct figure *f = &b->figure[i];
		struct str v = cleaned(t, doc_value(t->d, &f->v));
		size_t w = utf8_width(v);

		spaces(t, 2);
		wrap(t, f->label, t->o->ncol);
		pad_to(t, 4 + label + (w < value ? value - w : 0));
		on(t, f->tone);
		t->indent = 4 + label;
		wrap(t, v, t->o->ncol);
		off(t, f->tone);
		t->indent = 6 + label + value;
		if (f->note.n > 0) {
			spaces(t, 2);
			wrap(t, cleaned(t, f->note), t->o->ncol);
		}
		if (f->ev.n > 0) {
			spaces(t, 1);
			put_refs(t, &f->ev, 2);
		}
		t->indent = 0;
		newline(t);
	}
}

enum { CELL_BAR = 14, CELL_SPARK = 24 };

static struct str
cell_text(struct text *t, const struct cell *c)
{
	struct buf b = {0};
	struct str out;

	if (c->nspark > 0)
		chart_spark(&b, c->spark, c->nspark, CELL_SPARK);
	else
		buf_str(&b, cleaned(t, doc_value(t->d, &c->v)));
	out = arena_str(&t->tmp, buf_view(&b));
	buf_free(&b);
	return out;
}

/* How many lines s takes at this width, and what stands in line k. */
static struct str
cell_line(struct text *t, struct str s, size_t width, size_t k, size_t *lines)
{
	struct buf b = {0};
	struct text_opts o = {.ncol = width};
	struct text sub = {.d = t->d, .o = &o, .out = &b};
	struct str rest, line = {0}, out = {0};

	wrap(&sub, s, width);
	rest = buf_view(&b);
	for (*lines = 0; str_split(&rest, '\n', &line); (*lines)++)
		if (*lines == k)
			out = arena_str(&t->tmp, line);
	buf_free(&b);
	arena_free(&sub.tmp);
	return out;
}

/* Returns the wide column that is to stand below its row because too little room would be left beside the others, or b->n. */
static size_t
table_widths(struct text *t, const struct block *b, struct str *text, size_t *width)
{
	size_t rows = block_rows(b), total = 2, below = b->n;

	for (size_t c = 0; c < b->n; c++) {
		width[c] = b->column[c].data ? 0 : utf8_width(b->column[c].label);
		for (size_t r = 0; r < rows && !b->column[c].data; r++) {
			const struct cell *cell = &b->cell[r * b->n + c];
			size_t w;

			text[r * b->n + c] = cell_text(t, cell);
			w = utf8_width(text[r * b->n + c]) + (cell->bar >= 0 ? CELL_BAR + 1 : 0);
			width[c] = w > width[c] ? w : width[c];
		}
		total += b->column[c].data ? 0 : width[c] + 2;
	}
	for (size_t c = 0; c < b->n && total > t->o->ncol + 2; c++) {
		size_t others = total - width[c];

		if (b->column[c].wide && width[c] > 30 && (others > t->o->ncol || t->o->ncol - others < 44)) {
			below = c;
			total -= width[c] + 2;
			width[c] = 0;
			break;
		}
	}
	/* First what is long gives way, down to a width that can be read; then all. */
	for (int pass = 0; pass < 3; pass++)
		for (;;) {
			size_t pick = b->n;

			for (size_t c = 0; c < b->n; c++) {
				size_t least = pass == 2 ? 3 : pass == 1 ? 12 : b->column[c].wide ? 16 : 20;

				if (!b->column[c].data && width[c] > least && (pick == b->n || width[c] > width[pick]))
					pick = c;
			}
			if (total <= t->o->ncol + 2 || pick == b->n)
				break;
			width[pick]--;
			total--;
		}
	return below;
}

static void
text_row(struct text *t, const struct block *b, size_t r, struct str *text, const size_t *width, size_t below)
{
	size_t lines = 1;

	for (size_t k = 0; k < lines && k < 12; k++) {
		size_t col = 2;

		spaces(t, 2);
		for (size_t c = 0; c < b->n; c++) {
			const struct cell *cell = &b->cell[r * b->n + c];
			struct str s;
			size_t n, w, bar = cell->bar >= 0 ? CELL_BAR + 1 : 0;

			if (b->column[c].data || c == below)
				continue;
			pad_to(t, col);
			if (bar == 0 && cell->nspark == 0 && utf8_width(text[r * b->n + c]) > width[c]) {
				s = cell_line(t, text[r * b->n + c], width[c], k, &n);
				lines = n > lines ? n : lines;
			} else {
				s = k == 0 ? utf8_cut_cols(text[r * b->n + c], width[c] > bar ? width[c] - bar : width[c]) : STR("");
			}
			w = utf8_width(s);
			if (b->column[c].align == ALIGN_RIGHT)
				pad_to(t, col + width[c] - w - bar);
			on(t, cell->tone);
			buf_str(t->out, s);
			t->col += w;
			if (bar > 0 && k == 0) {
				spaces(t, 1);
				chart_bar(t->out, cell->bar, CELL_BAR);
				t->col += CELL_BAR;
			}
			off(t, cell->tone);
			col += width[c] + 2;
		}
		newline(t);
	}
	if (below < b->n && text[r * b->n + below].n > 0) {
		spaces(t, 6);
		t->indent = 6;
		wrap(t, text[r * b->n + below], t->o->ncol);
		t->indent = 0;
		newline(t);
	}
}

static void
text_table(struct text *t, const struct block *b, bool first)
{
	size_t rows = block_rows(b), col = 2, below;
	struct str *text = arena_zalloc(&t->tmp, (b->cells + 1) * sizeof *text);
	size_t *width = arena_zalloc(&t->tmp, (b->n + 1) * sizeof *width);

	if (rows == 0)
		return;
	if (!first) { /* the heading does for the first one */
		newline(t);
		spaces(t, 2);
		wrap(t, b->text, t->o->ncol);
		newline(t);
	}
	below = table_widths(t, b, text, width);
	spaces(t, 2);
	for (size_t c = 0; c < b->n; c++) {
		struct str label = utf8_cut_cols(b->column[c].label, width[c]);
		size_t w = utf8_width(label);
		bool bars = rows > 0 && b->cell[c].bar >= 0;

		if (b->column[c].data || c == below)
			continue;
		pad_to(t, col);
		if (b->column[c].align == ALIGN_RIGHT && w + (bars ? CELL_BAR + 1 : 0) <= width[c])
			pad_to(t, col + width[c] - w - (bars ? CELL_BAR + 1 : 0));
		on(t, TONE_MUTED);
		buf_str(t->out, label);
		off(t, TONE_MUTED);
		t->col += w;
		col += width[c] + 2;
	}
	newline(t);
	for (size_t r = 0; r < rows; r++)
		text_row(t, b, r, text, width, below);
}

static void
text_joined(struct text *t, const struct str *part, size_t n, const char *between)
{
	bool first = true;

	for (size_t i = 0; i < n; i++) {
		if (part[i].n == 0)
			continue;
		if (!first) {
			buf_puts(t->out, between);
			t->col += utf8_width(str_c(between));
		}
		wrap(t, cleaned(t, part[i]), t->o->ncol);
		first = false;
	}
}

static void
text_quote(struct text *t, const struct quote *q)
{
	struct str body = cleaned(t, q->text), head;

	spaces(t, 2);
	t->indent = 4;
	{
		const struct str part[] = {doc_time(t->d, q->t), q->platform, q->voice, q->who, q->type};

		text_joined(t, part, sizeof part / sizeof part[0], "  ");
	}
	if (q->mood.n > 0) {
		spaces(t, 2);
		on(t, q->tone);
		wrap(t, cleaned(t, q->mood), t->o->ncol);
		off(t, q->tone);
	}
	if (q->note.n > 0) {
		spaces(t, 2);
		wrap(t, cleaned(t, q->note), t->o->ncol);
	}
	newline(t);
	spaces(t, 4);
	if (q->title.n > 0) {
		wrap(t, cleaned(t, q->title), t->o->ncol);
		if (body.n > 0) {
			newline(t);
			spaces(t, 4);
		}
	}
	head = utf8_cut_cols(body, 3 * (t->o->ncol - 4) - 4);
	wrap(t, head, t->o->ncol);
	if (head.n < body.n)
		buf_puts(t->out, "…");
	newline(t);
	spaces(t, 4);
	on(t, TONE_MUTED);
	{
		const struct str part[] = {q->counts, utf8_cut_cols(q->id, 60), utf8_cut_cols(q->url, 90)};

		text_joined(t, part, 3, "  ");
	}
	off(t, TONE_MUTED);
	t->indent = 0;
	newline(t);
}

static void
text_path(struct text *t, const struct block *b)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct step *s = &b->step[i];

		spaces(t, 2);
		wrap(t, doc_time(t->d, s->t), t->o->ncol);
		spaces(t, 2);
		t->indent = 4;
		if (s->from_name.n > 0) {
			on(t, s->from);
			wrap(t, cleaned(t, s->from_name), t->o->ncol);
			off(t, s->from);
			buf_puts(t->out, " → ");
			t->col += 3;
		}
		on(t, s->to);
		wrap(t, cleaned(t, s->to_name), t->o->ncol);
		off(t, s->to);
		if (s->by.n > 0) {
			spaces(t, 2);
			on(t, TONE_MUTED);
			wrap(t, cleaned(t, s->by), t->o->ncol);
			off(t, TONE_MUTED);
		}
		newline(t);
		for (size_t k = 0; k < s->nwhy; k++) {
			spaces(t, 4);
			t->indent = 6;
			wrap(t, STR("- "), t->o->ncol);
			pad_to(t, 6);
			wrap(t, cleaned(t, s->why[k]), t->o->ncol);
			if (k + 1 == s->nwhy)
				put_refs(t, &s->ev, t->o->ids);
			newline(t);
		}
		t->indent = 0;
	}
}

static void
text_prose(struct text *t, struct str s)
{
	struct str line;
	bool blank = false;

	while (str_split(&s, '\n', &line)) {
		line = cleaned(t, line);
		if (line.n == 0) {
			blank = true;
			continue;
		}
		if (blank) {
			buf_puts(t->out, "  │");
			newline(t);
		}
		blank = false;
		{ /* wrapped apart, so that every line gets the bar */
			struct buf lines = {0};
			struct text_opts o = {.ncol = t->o->ncol - 4};
			struct text sub = {.d = t->d, .o = &o, .out = &lines};
			struct str rest, part;

			wrap(&sub, line, o.ncol);
			rest = buf_view(&lines);
			while (str_split(&rest, '\n', &part)) {
				buf_puts(t->out, "  │ ");
				buf_str(t->out, part);
				newline(t);
			}
			buf_free(&lines);
			arena_free(&sub.tmp);
		}
	}
}

static void
text_block(struct text *t, const struct block *b, bool first)
{
	struct buf chart = {0};

	switch (b->type) {
	case BLOCK_SECTION:
		newline(t);
		if (t->o->colour)
			buf_puts(t->out, "\033[1m");
		wrap(t, cleaned(t, b->text), t->o->ncol);
		if (t->o->colour)
			buf_puts(t->out, "\033[0m");
		newline(t);
		rule(t, "─");
		break;
	case BLOCK_SUB:
		newline(t);
		spaces(t, 2);
		on(t, b->tone);
		wrap(t, cleaned(t, b->text), t->o->ncol);
		off(t, b->tone);
		newline(t);
		break;
	case BLOCK_LEAD:
	case BLOCK_POINT:
		spaces(t, 2);
		on(t, b->tone);
		buf_puts(t->out, b->type == BLOCK_LEAD ? "▌ " : "• ");
		off(t, b->tone);
		t->col = t->indent = 4;
		wrap(t, cleaned(t, b->text), t->o->ncol);
		put_refs(t, &b->ev, t->o->ids);
		t->indent = 0;
		newline(t);
		break;
	case BLOCK_NOTE:
		spaces(t, 2);
		t->indent = 2;
		on(t, TONE_MUTED);
		wrap(t, cleaned(t, b->text), t->o->ncol);
		off(t, TONE_MUTED);
		t->indent = 0;
		newline(t);
		break;
	case BLOCK_FIGURES:
		text_figures(t, b);
		break;
	case BLOCK_TABLE:
		text_table(t, b, first);
		break;
	case BLOCK_TREND:
		chart_text(&chart, b->trend, t->o->ncol - 2, 8, t->o->colour);
		{
			struct str rest = buf_view(&chart), line;

			while (str_split(&rest, '\n', &line))
				if (line.n > 0) {
					spaces(t, 2);
					buf_str(t->out, line);
					newline(t);
				}
		}
		buf_free(&chart);
		break;
	case BLOCK_QUOTES:
		for (size_t i = 0; i < b->n; i++)
			text_quote(t, &b->quote[i]);
		break;
	case BLOCK_PATH:
		text_path(t, b);
		break;
	case BLOCK_PROSE:
		text_prose(t, b->text);
		break;
	}
}

void
doc_text(struct doc *d, const struct text_opts *o, struct buf *out)
{
	struct text t = {.d = d, .o = o, .out = out};

	if (o->colour)
		buf_puts(out, "\033[1m");
	wrap(&t, cleaned(&t, d->title), o->ncol);
	if (o->colour)
		buf_puts(out, "\033[0m");
	if (d->level.n > 0) {
		spaces(&t, 3);
		on(&t, d->tone);
		wrap(&t, cleaned(&t, d->level), o->ncol);
		off(&t, d->tone);
	}
	newline(&t);
	on(&t, TONE_MUTED);
	wrap(&t, cleaned(&t, d->subtitle), o->ncol);
	off(&t, TONE_MUTED);
	newline(&t);
	for (size_t i = 0; i < d->n; i++)
		text_block(&t, d->b[i], i > 0 && d->b[i - 1]->type == BLOCK_SECTION);
	arena_free(&t.tmp);
}
