/* The document for machines: one JSON record, or a row of CSV for every figure. */
#include "base/clock.h"
#include "base/utf8.h"
#include "model/markup.h"
#include "report.h"

/* --- JSON --- */

static struct str
cleaned(struct doc *d, struct str s)
{
	struct buf b = {0};
	struct str out;

	utf8_clean(&b, s);
	out = arena_str(&d->mem, buf_view(&b));
	buf_free(&b);
	return out;
}

static void
put_str(struct jw *w, struct doc *d, const char *key, struct str s)
{
	if (s.n > 0)
		jw_kstr(w, key, cleaned(d, s));
}

static void
put_value(struct jw *w, struct doc *d, const struct value *v)
{
	switch (v->type) {
	case VALUE_INT:
	case VALUE_SPAN:
		jw_int(w, v->i);
		break;
	case VALUE_SHARE:
		jw_num(w, v->f, 4);
		break;
	case VALUE_NUM:
		jw_num(w, v->f, 6);
		break;
	case VALUE_TIME:
		jw_time(w, v->i);
		break;
	case VALUE_TEXT:
	case VALUE_NONE:
		jw_str(w, cleaned(d, v->text));
		break;
	}
}

static void
put_ev(struct jw *w, struct doc *d, const struct evidence *ev)
{
	int64_t total = ev->total > (int64_t)ev->n ? ev->total : (int64_t)ev->n;

	if (ev->n > 0) {
		jw_key(w, "ids");
		jw_arr(w);
		for (size_t i = 0; i < ev->n; i++)
			jw_str(w, ev->id[i]);
		jw_end(w);
		jw_kint(w, "ids_total", total);
	}
	put_str(w, d, "query", ev->query);
}

static void
json_table(struct jw *w, struct doc *d, const struct block *b)
{
	size_t rows = block_rows(b);

	jw_kstr(w, "name", b->key);
	put_str(w, d, "caption", b->text);
	jw_key(w, "rows");
	jw_arr(w);
	for (size_t r = 0; r < rows; r++) {
		struct buf ids = {0};
		struct jw k;
		bool any = false;

		jw_obj(w);
		for (size_t c = 0; c < b->n; c++) {
			const struct cell *cell = &b->cell[r * b->n + c];

			if (cell->nspark > 0) {
				jw_keyn(w, b->column[c].key);
				jw_arr(w);
				for (size_t i = 0; i < cell->nspark; i++)
					jw_int(w, cell->spark[i]);
				jw_end(w);
			} else if (cell->v.type != VALUE_NONE) {
				jw_keyn(w, b->column[c].key);
				put_value(w, d, &cell->v);
			}
		}
		k = jw_open(&ids);
		jw_obj(&k);
		for (size_t c = 0; c < b->n; c++)
			if (b->cell[r * b->n + c].ev.n > 0) {
				any = true;
				jw_keyn(&k, b->column[c].key);
				jw_obj(&k);
				put_ev(&k, d, &b->cell[r * b->n + c].ev);
				jw_end(&k);
			}
		jw_end(&k);
		if (any)
			jw_kraw(w, "evidence", buf_view(&ids));
		buf_free(&ids);
		jw_end(w);
	}
	jw_end(w);
}

static void
json_trend(struct jw *w, const struct trend *t)
{
	static const char *const kind[] = {"level", "own", "official", "action"};

	jw_kcstr(w, "name", "trend");
	jw_ktime(w, "from", t->from);
	jw_kint(w, "step_s", t->step);
	jw_key(w, "posts");
	jw_arr(w);
	for (size_t i = 0; i < t->n; i++)
		jw_int(w, t->all[i]);
	jw_end(w);
	jw_key(w, "negative");
	jw_arr(w);
	for (size_t i = 0; i < t->n; i++)
		jw_int(w, t->neg[i]);
	jw_end(w);
	jw_key(w, "marks");
	jw_arr(w);
	for (size_t i = 0; i < t->nmark; i++) {
		jw_obj(w);
		jw_ktime(w, "at", t->mark[i].t);
		jw_kcstr(w, "kind", kind[t->mark[i].kind]);
		if (t->mark[i].kind == MARK_LEVEL)
			jw_kcstr(w, "level", tone_name[t->mark[i].tone]);
		jw_kstr_opt(w, "label", t->mark[i].label);
		jw_end(w);
	}
	jw_end(w);
}

static void
json_quotes(struct jw *w, struct doc *d, const struct block *b)
{
	jw_kstr(w, "name", b->key);
	jw_key(w, "posts");
	jw_arr(w);
	for (size_t i = 0; i < b->n; i++) {
		const struct quote *q = &b->quote[i];

		jw_obj(w);
		jw_kstr(w, "id", q->id);
		jw_ktime(w, "at", q->t);
		put_str(w, d, "platform", q->platform);
		put_str(w, d, "voice", q->voice);
		put_str(w, d, "author", q->who);
		put_str(w, d, "type", q->type);
		put_str(w, d, "mood", q->mood);
		put_str(w, d, "title", q->title);
		put_str(w, d, "text", q->text);
		put_str(w, d, "counts", q->counts);
		put_str(w, d, "note", q->note);
		if (link_ok(q->url))
			jw_kstr(w, "url", q->url);
		jw_end(w);
	}
	jw_end(w);
}

static void
json_steps(struct jw *w, struct doc *d, const struct block *b)
{
	jw_kstr(w, "name", b->key);
	put_str(w, d, "about", b->text);
	jw_key(w, "steps");
	jw_arr(w);
	for (size_t i = 0; i < b->n; i++) {
		const struct step *s = &b->step[i];

		jw_obj(w);
		jw_ktime(w, "at", s->t);
		if (s->from >= TONE_BLUE)
			jw_kcstr(w, "from", tone_name[s->from]);
		jw_kcstr(w, "level", s->to >= TONE_BLUE ? tone_name[s->to] : "closed");
		put_str(w, d, "by", s->by);
		jw_key(w, "why");
		jw_arr(w);
		for (size_t k = 0; k < s->nwhy; k++)
			jw_str(w, cleaned(d, s->why[k]));
		jw_end(w);
		put_ev(w, d, &s->ev);
		jw_end(w);
	}
	jw_end(w);
}

static void
json_figures(struct jw *w, struct doc *d, const struct block *b)
{
	jw_kcstr(w, "name", "figures");
	jw_key(w, "figures");
	jw_arr(w);
	for (size_t i = 0; i < b->n; i++) {
		jw_obj(w);
		jw_kstr(w, "id", b->figure[i].key);
		put_str(w, d, "label", b->figure[i].label);
		if (b->figure[i].v.type != VALUE_NONE) {
			jw_key(w, "value");
			put_value(w, d, &b->figure[i].v);
		}
		put_str(w, d, "note", b->figure[i].note);
		put_ev(w, d, &b->figure[i].ev);
		jw_end(w);
	}
	jw_end(w);
}

static void
json_block(struct jw *w, struct doc *d, const struct block *b)
{
	jw_obj(w);
	switch (b->type) {
	case BLOCK_FIGURES:
		json_figures(w, d, b);
		break;
	case BLOCK_TABLE:
		json_table(w, d, b);
		break;
	case BLOCK_TREND:
		json_trend(w, b->trend);
		break;
	case BLOCK_QUOTES:
		json_quotes(w, d, b);
		break;
	case BLOCK_PATH:
		json_steps(w, d, b);
		break;
	default:
		put_str(w, d, b->type == BLOCK_SUB ? "heading" : b->type == BLOCK_NOTE ? "note" : b->type == BLOCK_PROSE ? "prose" : "sentence", b->text);
		put_ev(w, d, &b->ev);
	}
	jw_end(w);
}

void
put_json(struct doc *d, const struct facts *f, struct buf *out)
{
	struct jw w = jw_open(out);
	bool open = false;

	jw_obj(&w);
	jw_kcstr(&w, "kind", "report");
	jw_kstr(&w, "report", d->kind);
	put_str(&w, d, "title", d->title);
	put_str(&w, d, "subject", d->subject);
	jw_kcstr(&w, "lang", d->zh ? "zh" : "en");
	jw_kcstr(&w, "level", d->tone >= TONE_BLUE ? tone_name[d->tone] : "none");
	jw_key(&w, "window");
	jw_obj(&w);
	jw_ktime(&w, "from", d->from);
	jw_ktime(&w, "to", d->until);
	jw_end(&w);
	jw_ktime(&w, "at", d->now);
	if (f->head[0] != '\0')
		jw_kcstr(&w, "head", f->head);
	jw_key(&w, "sections");
	jw_arr(&w);
	for (size_t i = 0; i < d->n; i++) {
		const struct block *b = d->b[i];

		if (b->type == BLOCK_SECTION) {
			if (open) {
				jw_end(&w);
				jw_end(&w);
			}
			open = true;
			jw_obj(&w);
			jw_kstr(&w, "id", b->key);
			put_str(&w, d, "title", b->text);
			jw_key(&w, "blocks");
			jw_arr(&w);
		} else {
			json_block(&w, d, b);
		}
	}
	if (open) {
		jw_end(&w);
		jw_end(&w);
	}
	jw_end(&w);
	jw_end(&w);
	buf_putc(out, '\n');
}

/* --- CSV --- */

struct csv {
	struct doc *d;
	struct buf *out;
	struct str section;
};

static void
row(struct csv *c, const char *name, struct str line, struct str column, const struct value *v, const struct evidence *ev)
{
	struct buf value = {0};

	markup_csv(c->out, c->section);
	buf_putc(c->out, ',');
	markup_csv(c->out, str_c(name));
	buf_putc(c->out, ',');
	markup_csv(c->out, line);
	buf_putc(c->out, ',');
	markup_csv(c->out, column);
	buf_putc(c->out, ',');
	switch (v->type) {
	case VALUE_INT:
	case VALUE_SPAN:
		buf_printf(&value, "%lld", (long long)v->i);
		break;
	case VALUE_SHARE:
		json_fixed(&value, v->f, 4);
		break;
	case VALUE_NUM:
		json_fixed(&value, v->f, 6);
		break;
	case VALUE_TIME: {
		char t[21];
		struct civil k = clock_civil(v->i);

		(void)t;
		buf_printf(&value, "%04d-%02d-%02dT%02d:%02d:%02dZ", k.year, k.month, k.day, k.hour, k.minute, k.second);
		break;
	}
	default:
		buf_str(&value, v->text);
	}
	markup_csv(c->out, buf_view(&value));
	buf_reset(&value);
	buf_printf(c->out, ",");
	if (ev->n > 0)
		buf_printf(c->out, "%lld", (long long)(ev->total > (int64_t)ev->n ? ev->total : (int64_t)ev->n));
	buf_putc(c->out, ',');
	for (size_t i = 0; i < ev->n; i++) {
		if (i > 0)
			buf_putc(&value, ' ');
		buf_str(&value, ev->id[i]);
	}
	markup_csv(c->out, buf_view(&value));
	buf_puts(c->out, "\r\n");
	buf_free(&value);
}

static void
csv_table(struct csv *c, const struct block *b)
{
	size_t rows = block_rows(b);

	for (size_t r = 0; r < rows; r++) {
		struct str line = doc_value(c->d, &b->cell[r * b->n].v);
		struct arena *a = &c->d->mem;

		if (line.n == 0)
			line = arena_printf(a, "%zu", r + 1);
		for (size_t k = 1; k < b->n; k++) {
			const struct cell *cell = &b->cell[r * b->n + k];

			if (cell->v.type != VALUE_NONE && cell->nspark == 0)
				row(c, b->key.p, line, b->column[k].key, &cell->v, &cell->ev);
		}
	}
}

static void
csv_trend(struct csv *c, const struct trend *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct value at = value_time(t->from + (int64_t)i * t->step), all = value_int(t->all[i]), neg = value_int(t->neg[i]);
		struct civil k = clock_civil(at.i);
		struct str line = arena_printf(&c->d->mem, "%04d-%02d-%02dT%02d:%02d:%02dZ", k.year, k.month, k.day, k.hour, k.minute, k.second);

		row(c, "trend", line, STR("posts"), &all, &(struct evidence){0});
		row(c, "trend", line, STR("negative"), &neg, &(struct evidence){0});
	}
}

static void
csv_block(struct csv *c, const struct block *b)
{
	struct value v;

	switch (b->type) {
	case BLOCK_SECTION:
		c->section = b->key;
		break;
	case BLOCK_FIGURES:
		for (size_t i = 0; i < b->n; i++)
			row(c, "figures", b->figure[i].key, STR("value"), &b->figure[i].v, &b->figure[i].ev);
		break;
	case BLOCK_TABLE:
		csv_table(c, b);
		break;
	case BLOCK_TREND:
		csv_trend(c, b->trend);
		break;
	case BLOCK_LEAD:
	case BLOCK_POINT:
		v = value_text(b->text);
		row(c, "sentence", STR(""), STR("text"), &v, &b->ev);
		break;
	case BLOCK_PATH:
		for (size_t i = 0; i < b->n; i++) {
			struct str why = b->step[i].nwhy > 0 ? b->step[i].why[0] : STR("");
			struct civil k = clock_civil(b->step[i].t);
			struct str line = arena_printf(&c->d->mem, "%04d-%02d-%02dT%02d:%02d:%02dZ", k.year, k.month, k.day, k.hour, k.minute, k.second);

			v = value_c(b->step[i].to >= TONE_BLUE ? tone_name[b->step[i].to] : "closed");
			row(c, "path", line, STR("level"), &v, &b->step[i].ev);
			v = value_text(why);
			row(c, "path", line, STR("why"), &v, &(struct evidence){0});
		}
		break;
	case BLOCK_QUOTES:
		for (size_t i = 0; i < b->n; i++) {
			v = value_text(b->quote[i].text.n > 0 ? b->quote[i].text : b->quote[i].title);
			row(c, b->key.p, b->quote[i].id, STR("text"), &v, &(struct evidence){0});
		}
		break;
	case BLOCK_SUB:
	case BLOCK_NOTE:
	case BLOCK_PROSE:
		break;
	}
}

void
put_csv(struct doc *d, struct buf *out)
{
	struct csv c = {.d = d, .out = out, .section = STR("")};

	buf_puts(out, "section,name,row,column,value,ids_total,ids\r\n");
	for (size_t i = 0; i < d->n; i++)
		csv_block(&c, d->b[i]);
}
