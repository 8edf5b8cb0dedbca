#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "ext/store_int.h"

enum { SUBJECTS_MAX = 64, HOUR = 3600, BATCH = 2000 };

const char *const store_metric_names[METRICS] = {
    "views", "likes", "reposts", "comments", "favourites", "plays", "dwell_s"};

/* What the store knows of a record beside its bytes. Views into the record or its arena. */
struct facets {
	struct str id, source, platform, form, author, customer, type, cluster, title, text;
	int64_t published;
	int label;               /* -1 0 1, 2 = not judged */
	int64_t score;           /* times 10^4 */
	int64_t metric[METRICS]; /* -1 = not known */
	int64_t engagement, views;
	bool copy, drill;
	struct str subject[SUBJECTS_MAX];
	size_t nsubject;
	int64_t content;
};

/* Deltas of one row of hours. */
struct sums {
	struct str subject, type, platform;
	int64_t hour, n, uniq, neg, neu, pos, sum, sum2, engagement, views;
};

/* --- reading a record ------------------------------------------------------------------------------------------------- */

static void
read_subjects(struct rec *r, struct facets *f)
{
	struct json_iter it = json_iter(rec_get(r, "subjects"));
	struct json v;
	struct str key;

	while (f->nsubject < SUBJECTS_MAX && json_next(&it, &key, &v)) {
		struct str id = json_str(json_get(v, "id"), &r->tmp);
		bool known = id.n == 0;

		for (size_t i = 0; i < f->nsubject && !known; i++)
			known = str_eq(f->subject[i], id);
		if (!known)
			f->subject[f->nsubject++] = id;
	}
}

static void
read_metrics(struct rec *r, struct facets *f)
{
	struct json m = rec_get(r, "metrics");

	for (int i = 0; i < METRICS; i++) {
		int64_t v = -1;
		double d;
		struct json j = json_get(m, store_metric_names[i]);

		if (!json_i64(j, &v) && json_f64(j, &d) && d >= 0 && d < 9e18)
			v = (int64_t)d;
		f->metric[i] = v < 0 ? -1 : v;
	}
	for (int i = METRIC_LIKES; i <= METRIC_FAVOURITES; i++)
		if (f->metric[i] > 0 && f->metric[i] < INT64_MAX / 16) /* a forged count must not overflow a sum */
			f->engagement += f->metric[i];
	if (f->metric[METRIC_VIEWS] > 0)
		f->views = f->metric[METRIC_VIEWS] < INT64_MAX / 16 ? f->metric[METRIC_VIEWS] : INT64_MAX / 16;
}

static void
read_sentiment(struct rec *r, struct facets *f)
{
	struct json s = rec_get(r, "sentiment"), label = json_get(s, "label");
	double score = json_num_or(json_get(s, "score"), 0);

	f->label = json_is(label, "neg") ? -1 : json_is(label, "neu") ? 0 : json_is(label, "pos") ? 1 : 2;
	if (f->label != 2 && score >= -1 && score <= 1)
		f->score = (int64_t)lround(score * 1e4);
}

static int64_t
content_hash(const struct rec *r)
{
	uint64_t h = 0;

	for (size_t i = 0; i < r->n; i++)
		if (!str_is(r->m[i].key, "collected")) {
			h = hash_bytes(r->m[i].key.p, r->m[i].key.n, h);
			h = hash_bytes(r->m[i].val.raw.p, r->m[i].val.raw.n, h);
		}
	return (int64_t)h;
}

static int
read_facets(struct rec *r, struct facets *f, struct err *e)
{
	struct json drill = rec_get(r, "drill"), dup = rec_get(r, "dup");

	*f = (struct facets){0};
	f->id = rec_str(r, "id");
	if (f->id.n == 0)
		return err_set(e, ERR_DATA, "post without an id");
	if (!rec_time(r, "published", &f->published)) {
		struct str said = rec_str(r, "published");

		if (said.n == 0)
			return err_set(e, ERR_DATA, "post without a time of publication");
		return err_set(e, ERR_DATA, "post whose 'published' is '%.*s', not an RFC 3339 time such as 2026-11-22T08:30:00Z",
		    STRF(utf8_cut_cols(said, 40)));
	}
	f->source = rec_str(r, "source");
	f->platform = rec_str(r, "platform");
	f->form = rec_str(r, "form");
	f->author = json_str(json_get(rec_get(r, "author"), "id"), &r->tmp);
	f->customer = rec_str(r, "customer");
	f->type = json_str(json_get(rec_get(r, "crisis"), "type"), &r->tmp);
	f->title = rec_str(r, "title");
	f->text = rec_str(r, "text");
	f->cluster = json_str(json_get(dup, "cluster"), &r->tmp);
	f->copy = f->cluster.n > 0 && !str_eq(f->cluster, f->id);
	if (f->cluster.n == 0)
		f->cluster = f->id;
	f->drill = drill.type != JSON_NONE && drill.type != JSON_FALSE && drill.type != JSON_NULL;
	read_subjects(r, f);
	read_metrics(r, f);
	read_sentiment(r, f);
	f->content = content_hash(r);
	return 0;
}

/* --- search text ------------------------------------------------------------------------------------------------------ */

/*
 * Appends s as words for the index: of every run of Chinese characters all overlapping pairs and the last character
 * alone (so that a one-character search, done as a prefix, finds that one too); other text as it is. cut_last: leave
 * that last single character out where the run ends the text, as a search phrase must.
 */
static void
put_grams(struct buf *out, struct str s, bool cut_last)
{
	const char *p = s.p, *end = s.p + s.n, *next, *prev = NULL;
	bool first = true; /* prev is the first of its run */

	for (; p < end; p = next) {
		uint32_t cp = utf8_step(p, end, &next);

		if (utf8_is_han(cp)) {
			if (prev == NULL)
				buf_putc(out, ' ');
			else {
				buf_add(out, prev, (size_t)(next - prev));
				buf_putc(out, ' ');
			}
			first = prev == NULL;
			prev = p;
			continue;
		}
		if (prev != NULL) {
			buf_add(out, prev, (size_t)(p - prev));
			buf_putc(out, ' ');
			prev = NULL;
		}
		if (cp < 0x80 && !is_alnum((char)cp))
			buf_putc(out, ' ');
		else
			buf_add(out, p, (size_t)(next - p));
	}
	if (prev != NULL && !(cut_last && !first))
		buf_add(out, prev, (size_t)(end - prev));
}

static struct str
post_grams(struct store *s, const struct facets *f)
{
	buf_reset(&s->grams);
	put_grams(&s->grams, f->title, false);
	buf_putc(&s->grams, ' ');
	put_grams(&s->grams, f->text, false);
	return buf_view(&s->grams);
}

/* Whether the word ends in a Chinese character that stands alone, which is searched as a prefix. */
static bool
ends_in_lone_han(struct str word)
{
	const char *p = word.p, *end = word.p + word.n, *next;
	size_t run = 0;

	for (; p < end; p = next)
		run = utf8_is_han(utf8_step(p, end, &next)) ? run + 1 : 0;
	return run == 1;
}

/* Words and "quoted phrases" as an FTS5 expression, all of which must match; false when there is nothing to search. */
static bool
match_expression(struct buf *out, struct str words)
{
	bool any = false;
	size_t i = 0;

	while (i < words.n) {
		struct str word;
		size_t from;
		bool quoted;

		while (i < words.n && is_space(words.p[i]))
			i++;
		if (i == words.n)
			break;
		quoted = words.p[i] == '"';
		from = quoted ? ++i : i;
		while (i < words.n && (quoted ? words.p[i] != '"' : !is_space(words.p[i]) && words.p[i] != '"'))
			i++;
		word = str_sub(words, from, i - from);
		if (quoted && i < words.n)
			i++;
		{
			struct buf grams = {0};
			struct str g;

			put_grams(&grams, word, true);
			g = str_trim(buf_view(&grams));
			if (g.n > 0) {
				buf_printf(out, "%s\"%.*s\"%s", any ? " AND " : "", STRF(g),
				    ends_in_lone_han(word) ? " *" : "");
				any = true;
			}
			buf_free(&grams);
		}
	}
	return any;
}

/* --- sums over hours -------------------------------------------------------------------------------------------------- */

static int64_t
floor_to(int64_t t, int64_t step)
{
	int64_t r = t % step;

	return t - (r < 0 ? r + step : r);
}

static struct sums *
pending(struct store *s, struct str subject, const struct facets *f)
{
	int64_t hour = floor_to(f->published, HOUR);
	size_t len[2] = {subject.n, f->type.n};
	uintptr_t *at;
	bool added;

	buf_reset(&s->scratch);
	buf_add(&s->scratch, &hour, sizeof hour);
	buf_add(&s->scratch, len, sizeof len);
	buf_str(&s->scratch, subject);
	buf_str(&s->scratch, f->type);
	buf_str(&s->scratch, f->platform);
	at = map_put(&s->hours, buf_view(&s->scratch), &added);
	if (added) {
		s->pending = xgrow(s->pending, &s->pending_cap, s->npending + 1, sizeof *s->pending);
		s->pending[s->npending] = (struct sums){.subject = arena_str(&s->hours_mem, subject),
		    .type = arena_str(&s->hours_mem, f->type),
		    .platform = arena_str(&s->hours_mem, f->platform),
		    .hour = hour};
		*at = s->npending++;
	}
	return &s->pending[*at];
}

static void
sums_add(struct store *s, const struct facets *f, int64_t sign)
{
	if (f->drill)
		return;
	for (size_t i = 0; i <= f->nsubject; i++) {
		struct sums *h = pending(s, i == 0 ? STR("") : f->subject[i - 1], f);

		h->n += sign;
		h->uniq += f->copy ? 0 : sign;
		h->neg += f->label == -1 ? sign : 0;
		h->neu += f->label == 0 ? sign : 0;
		h->pos += f->label == 1 ? sign : 0;
		h->sum += sign * f->score;
		h->sum2 += sign * f->score * f->score;
		h->engagement += sign * f->engagement;
		h->views += sign * f->views;
	}
}

void
post_forget_pending(struct store *s)
{
	if (s->npending == 0)
		return;
	map_free(&s->hours);
	arena_reset(&s->hours_mem);
	s->npending = 0;
}

void
post_close(struct store *s)
{
	map_free(&s->hours);
	arena_free(&s->hours_mem);
	free(s->pending);
	rec_free(&s->old);
	buf_free(&s->grams);
	buf_free(&s->scratch);
}

int
post_flush(struct store *s, struct err *e)
{
	for (size_t i = 0; i < s->npending; i++) {
		const struct sums *h = &s->pending[i];
		sqlite3_stmt *st;

		if ((h->n | h->uniq | h->neg | h->neu | h->pos | h->sum | h->sum2 | h->engagement | h->views) == 0)
			continue;
		st = st_get(s,
		    "INSERT INTO hours(subject, hour, type, platform, n, uniq, neg, neu, pos, sum, sum2, engagement, "
		    "views)"
		    " VALUES (:subject, :hour, :type, :platform, :n, :uniq, :neg, :neu, :pos, :sum, :sum2, "
		    ":engagement, :views)"
		    " ON CONFLICT DO UPDATE SET n = n + :n, uniq = uniq + :uniq, neg = neg + :neg, neu = neu + :neu,"
		    " pos = pos + :pos, sum = sum + :sum, sum2 = sum2 + :sum2, engagement = engagement + :engagement,"
		    " views = views + :views",
		    e);
		if (st == NULL)
			return -1;
		st_text(st, ":subject", h->subject);
		st_int(st, ":hour", h->hour);
		st_text(st, ":type", h->type);
		st_text(st, ":platform", h->platform);
		st_int(st, ":n", h->n);
		st_int(st, ":uniq", h->uniq);
		st_int(st, ":neg", h->neg);
		st_int(st, ":neu", h->neu);
		st_int(st, ":pos", h->pos);
		st_int(st, ":sum", h->sum);
		st_int(st, ":sum2", h->sum2);
		st_int(st, ":engagement", h->engagement);
		st_int(st, ":views", h->views);
		if (st_run(s, st, "store sums", e) != 0)
			return -1;
	}
	post_forget_pending(s);
	return 0;
}

/* --- adding ----------------------------------------------------------------------------------------------------------- */

static int
put_text(struct store *s, int64_t n, struct str grams, struct err *e)
{
	sqlite3_stmt *st = st_get(s, "INSERT INTO post_text(rowid, grams) VALUES (:n, :grams)", e);

	if (st == NULL)
		return -1;
	st_int(st, ":n", n);
	st_text(st, ":grams", grams);
	return st_run(s, st, "index post", e);
}

/* The index keeps no text, so it must be told what to take away. */
static int
drop_text(struct store *s, int64_t n, struct str grams, struct err *e)
{
	sqlite3_stmt *st = st_get(s, "INSERT INTO post_text(post_text, rowid, grams) VALUES ('delete', :n, :grams)", e);

	if (st == NULL)
		return -1;
	st_int(st, ":n", n);
	st_text(st, ":grams", grams);
	return st_run(s, st, "index post", e);
}

static int
put_subjects(struct store *s, int64_t n, const struct facets *f, struct err *e)
{
	for (size_t i = 0; i < f->nsubject; i++) {
		sqlite3_stmt *st = st_get(
		    s, "INSERT INTO post_subjects(subject, published, post) VALUES (:subject, :published, :post)", e);

		if (st == NULL)
			return -1;
		st_text(st, ":subject", f->subject[i]);
		st_int(st, ":published", f->published);
		st_int(st, ":post", n);
		if (st_run(s, st, "store subject", e) != 0)
			return -1;
	}
	return 0;
}

static int
put_reading(struct store *s, int64_t n, const struct facets *f, int64_t now, struct err *e)
{
	static const char *const names[METRICS] = {
	    ":views", ":likes", ":reposts", ":comments", ":favourites", ":plays", ":dwell_s"};
	bool any = false;
	sqlite3_stmt *st;

	for (int i = 0; i < METRICS; i++)
		any = any || f->metric[i] >= 0;
	if (!any)
		return 0;
	st = st_get(s,
	    "INSERT INTO readings(post, ts, views, likes, reposts, comments, favourites, plays, dwell_s)"
	    " VALUES (:post, :ts, :views, :likes, :reposts, :comments, :favourites, :plays, :dwell_s)"
	    " ON CONFLICT DO UPDATE SET views = :views, likes = :likes, reposts = :reposts, comments = :comments,"
	    " favourites = :favourites, plays = :plays, dwell_s = :dwell_s",
	    e);
	if (st == NULL)
		return -1;
	st_int(st, ":post", n);
	st_int(st, ":ts", now);
	for (int i = 0; i < METRICS; i++)
		if (f->metric[i] >= 0)
			st_int(st, names[i], f->metric[i]);
	return st_run(s, st, "store reading", e);
}

static void
bind_facets(sqlite3_stmt *st, const struct facets *f, struct str json, int64_t now)
{
	st_text(st, ":id", f->id);
	st_int(st, ":published", f->published);
	st_int(st, ":now", now);
	st_text_opt(st, ":source", f->source);
	st_text_opt(st, ":platform", f->platform);
	st_text_opt(st, ":form", f->form);
	st_text_opt(st, ":author", f->author);
	st_text_opt(st, ":customer", f->customer);
	st_text(st, ":type", f->type);
	if (f->label != 2) {
		st_int(st, ":sentiment", f->label);
		st_int(st, ":score", f->score);
	}
	st_text(st, ":cluster", f->cluster);
	st_int(st, ":engagement", f->engagement);
	st_int(st, ":views", f->views);
	st_int(st, ":drill", f->drill);
	st_int(st, ":content", f->content);
	st_text(st, ":json", json);
}

static int
insert_post(struct store *s, const struct facets *f, struct str json, int64_t now, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "INSERT INTO posts(id, published, stored, updated, source, platform, form, author, customer, type, "
	    "sentiment,"
	    " score, cluster, engagement, views, drill, content, json) VALUES (:id, :published, :now, :now, :source,"
	    " :platform, :form, :author, :customer, :type, :sentiment, :score, :cluster, :engagement, :views, :drill,"
	    " :content, :json)",
	    e);
	int64_t n;

	if (st == NULL)
		return -1;
	bind_facets(st, f, json, now);
	if (st_run(s, st, "store post", e) != 0)
		return -1;
	n = sqlite3_last_insert_rowid(s->db);
	if (put_subjects(s, n, f, e) != 0 || put_text(s, n, post_grams(s, f), e) != 0 ||
	    put_reading(s, n, f, now, e) != 0)
		return -1;
	sums_add(s, f, 1);
	return 0;
}

static int
replace_post(struct store *s, int64_t n, const struct facets *old, const struct facets *f, struct str json, int64_t now,
    struct err *e)
{
	sqlite3_stmt *st;

	if (!str_eq(old->title, f->title) || !str_eq(old->text, f->text))
		if (drop_text(s, n, post_grams(s, old), e) != 0 || put_text(s, n, post_grams(s, f), e) != 0)
			return -1;
	st = st_get(s, "DELETE FROM post_subjects WHERE post = :n", e);
	if (st == NULL)
		return -1;
	st_int(st, ":n", n);
	if (st_run(s, st, "store post", e) != 0)
		return -1;
	st = st_get(s,
	    "UPDATE posts SET published = :published, updated = :now, source = :source, platform = :platform,"
	    " form = :form, author = :author, customer = :customer, type = :type, sentiment = :sentiment, score = "
	    ":score,"
	    " cluster = :cluster, engagement = :engagement, views = :views, drill = :drill, content = :content,"
	    " json = :json WHERE id = :id",
	    e);
	if (st == NULL)
		return -1;
	bind_facets(st, f, json, now);
	if (st_run(s, st, "store post", e) != 0 || put_subjects(s, n, f, e) != 0)
		return -1;
	if (memcmp(old->metric, f->metric, sizeof f->metric) != 0 && put_reading(s, n, f, now, e) != 0)
		return -1;
	sums_add(s, old, -1);
	sums_add(s, f, 1);
	return 0;
}

static int
post_add(struct store *s, struct rec *r, int64_t now, enum store_how *how, struct err *e)
{
	struct facets f, old;
	sqlite3_stmt *st;
	int64_t n, content;
	int found;

	if (read_facets(r, &f, e) != 0)
		return -1;
	st = st_get(s, "SELECT n, content, json FROM posts WHERE id = :id", e);
	if (st == NULL)
		return -1;
	st_text(st, ":id", f.id);
	found = st_step(s, st, "look up post", e);
	if (found <= 0) {
		st_end(s, st);
		*how = STORE_NEW;
		return found < 0 ? -1 : insert_post(s, &f, r->line, now, e);
	}
	n = st_col_int(st, 0);
	content = st_col_int(st, 1);
	if (content == f.content) {
		st_end(s, st);
		*how = STORE_SAME;
		return 0;
	}
	*how = STORE_CHANGED;
	{
		/* The row's text must outlive the statement. */
		struct arena a = {0};
		struct str json = arena_str(&a, st_col(st, 2));
		int bad;

		st_end(s, st);
		bad = rec_parse(&s->old, json, false, e) != 0 || read_facets(&s->old, &old, e) != 0;
		if (bad)
			err_set(e, ERR_CONFIG, "store '%s': the stored post '%.*s' is damaged", s->path,
			    STRF(utf8_cut_bytes(f.id, 80)));
		else
			bad = replace_post(s, n, &old, &f, r->line, now, e) != 0;
		arena_free(&a);
		return bad ? -1 : 0;
	}
}

int
store_post_add(struct store *s, struct rec *r, int64_t now, enum store_how *how, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, post_add(s, r, now, how, e), e);
}

/* --- asking ----------------------------------------------------------------------------------------------------------- */

/* The FROM and WHERE of a query; words gets the search expression. */
static int
query_sql(const struct store_query *q, struct buf *sql, struct buf *words, struct err *e)
{
	buf_puts(sql, " FROM posts p");
	if (q->text.n > 0) {
		if (!match_expression(words, q->text))
			return err_set(
			    e, ERR_USAGE, "no word to search for in '%.*s'", STRF(utf8_cut_bytes(q->text, 80)));
		buf_puts(sql, " JOIN post_text t ON t.rowid = p.n");
	}
	if (q->subject.n > 0)
		buf_puts(sql, " JOIN post_subjects u ON u.post = p.n");
	buf_puts(sql, q->drills ? " WHERE p.drill = 1" : " WHERE p.drill = 0");
	if (q->text.n > 0)
		buf_puts(sql, " AND t.post_text MATCH :words");
	if (q->subject.n > 0) {
		buf_puts(sql, " AND u.subject = :subject");
		if (q->since != 0)
			buf_puts(sql, " AND u.published >= :since");
		if (q->until != 0)
			buf_puts(sql, " AND u.published < :until");
	}
	if (q->since != 0)
		buf_puts(sql, " AND p.published >= :since");
	if (q->until != 0)
		buf_puts(sql, " AND p.published < :until");
	if (q->id.n > 0)
		buf_puts(sql, " AND p.id = :id");
	if (q->type.n > 0)
		buf_puts(sql, " AND p.type = :type");
	if (q->platform.n > 0)
		buf_puts(sql, " AND p.platform = :platform");
	if (q->source.n > 0)
		buf_puts(sql, " AND p.source = :source");
	if (q->cluster.n > 0)
		buf_puts(sql, " AND (p.id = :cluster OR p.cluster = :cluster AND p.cluster <> p.id)");
	if (q->sentiment.n > 0)
		buf_puts(sql, " AND p.sentiment = :sentiment");
	return 0;
}

static sqlite3_stmt *
query_open(
    struct store *s, const char *what, const char *tail, const struct store_query *q, struct buf *words, struct err *e)
{
	struct buf sql = {0};
	sqlite3_stmt *st = NULL;

	buf_puts(&sql, what);
	if (query_sql(q, &sql, words, e) == 0) {
		buf_puts(&sql, tail);
		if (q->limit > 0)
			buf_puts(&sql, " LIMIT :limit");
		st = st_new(s, buf_view(&sql), e);
	}
	buf_free(&sql);
	if (st == NULL)
		return NULL;
	if (q->text.n > 0)
		st_text(st, ":words", buf_view(words));
	if (q->subject.n > 0)
		st_text(st, ":subject", q->subject);
	if (q->since != 0)
		st_int(st, ":since", q->since);
	if (q->until != 0)
		st_int(st, ":until", q->until);
	if (q->id.n > 0)
		st_text(st, ":id", q->id);
	if (q->type.n > 0)
		st_text(st, ":type", q->type);
	if (q->platform.n > 0)
		st_text(st, ":platform", q->platform);
	if (q->source.n > 0)
		st_text(st, ":source", q->source);
	if (q->cluster.n > 0)
		st_text(st, ":cluster", q->cluster);
	if (q->sentiment.n > 0)
		st_int(st, ":sentiment", str_is(q->sentiment, "neg") ? -1 : str_is(q->sentiment, "pos") ? 1 : 0);
	if (q->limit > 0)
		st_int(st, ":limit", q->limit);
	return st;
}

int
store_posts(struct store *s, const struct store_query *q, store_post_fn *fn, void *ctx, struct err *e)
{
	struct buf words = {0};
	sqlite3_stmt *st = query_open(s, "SELECT p.json",
	    q->newest ? " ORDER BY p.published DESC, p.id DESC" : " ORDER BY p.published, p.id", q, &words, e);
	int r = -1;

	if (st != NULL) {
		while ((r = st_step(s, st, "read posts", e)) > 0)
			if ((r = fn(ctx, st_col(st, 0), e)) != 0)
				break;
		st_end(s, st);
	}
	buf_free(&words);
	return r < 0 ? -1 : 0;
}

int
store_posts_count(struct store *s, const struct store_query *q, int64_t *n, struct err *e)
{
	struct buf words = {0};
	struct store_query unlimited = *q;
	sqlite3_stmt *st;
	int r = -1;

	unlimited.limit = 0;
	st = query_open(s, "SELECT count(*)", "", &unlimited, &words, e);
	if (st != NULL) {
		if ((r = st_step(s, st, "count posts", e)) > 0)
			*n = st_col_int(st, 0);
		st_end(s, st);
	}
	buf_free(&words);
	return r < 0 ? -1 : 0;
}

int
store_post_get(struct store *s, struct str id, struct arena *a, struct str *json, struct err *e)
{
	sqlite3_stmt *st = st_get(s, "SELECT json FROM posts WHERE id = :id", e);
	int r;

	if (st == NULL)
		return -1;
	st_text(st, ":id", id);
	if ((r = st_step(s, st, "read post", e)) > 0)
		*json = arena_str(a, st_col(st, 0));
	st_end(s, st);
	return r;
}

int
store_readings(struct store *s, struct str post_id, store_reading_fn *fn, void *ctx, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "SELECT r.ts, r.views, r.likes, r.reposts, r.comments, r.favourites, r.plays, r.dwell_s"
	    " FROM readings r JOIN posts p ON p.n = r.post WHERE p.id = :id ORDER BY r.ts",
	    e);
	int r;

	if (st == NULL)
		return -1;
	st_text(st, ":id", post_id);
	while ((r = st_step(s, st, "read readings", e)) > 0) {
		struct store_reading x = {.ts = st_col_int(st, 0)};

		for (int i = 0; i < METRICS; i++)
			x.v[i] = sqlite3_column_type(st, i + 1) == SQLITE_NULL ? -1 : st_col_int(st, i + 1);
		if ((r = fn(ctx, &x, e)) != 0)
			break;
	}
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

static sqlite3_stmt *
series_open(struct store *s, const struct store_series_query *q, struct err *e)
{
	struct buf sql = {0};
	sqlite3_stmt *st;
	int64_t step = q->step > 0 ? q->step : HOUR;

	buf_printf(&sql,
	    "SELECT (hour + :offset) - ((hour + :offset) %% :step + :step) %% :step - :offset AS bucket, %s AS s, %s "
	    "AS t,"
	    " %s AS pf, sum(n), sum(uniq), sum(neg), sum(neu), sum(pos), sum(sum), sum(sum2), sum(engagement), "
	    "sum(views)"
	    " FROM hours WHERE %s",
	    q->by_subject ? "subject" : ":subject", q->by_type ? "type" : "''", q->by_platform ? "platform" : "''",
	    q->by_subject && q->subject.n == 0 ? "subject <> ''" : "subject = :subject");
	if (q->since != 0)
		buf_puts(&sql, " AND hour >= :since");
	if (q->until != 0)
		buf_puts(&sql, " AND hour < :until");
	if (q->type.n > 0)
		buf_puts(&sql, " AND type = :type");
	if (q->platform.n > 0)
		buf_puts(&sql, " AND platform = :platform");
	buf_puts(&sql, " GROUP BY s, t, pf, bucket HAVING sum(n) > 0 ORDER BY s, t, pf, bucket");
	st = st_new(s, buf_view(&sql), e);
	buf_free(&sql);
	if (st == NULL)
		return NULL;
	st_int(st, ":offset", q->offset);
	st_int(st, ":step", step);
	if (sqlite3_bind_parameter_index(st, ":subject") > 0)
		st_text(st, ":subject", q->subject);
	if (q->since != 0)
		st_int(st, ":since", q->since);
	if (q->until != 0)
		st_int(st, ":until", q->until);
	if (q->type.n > 0)
		st_text(st, ":type", q->type);
	if (q->platform.n > 0)
		st_text(st, ":platform", q->platform);
	return st;
}

int
store_series(struct store *s, const struct store_series_query *q, store_point_fn *fn, void *ctx, struct err *e)
{
	sqlite3_stmt *st = series_open(s, q, e);
	int r;

	if (st == NULL)
		return -1;
	while ((r = st_step(s, st, "read series", e)) > 0) {
		struct store_point p = {.ts = st_col_int(st, 0),
		    .step = q->step > 0 ? q->step : HOUR,
		    .subject = st_col(st, 1),
		    .type = q->by_type ? st_col(st, 2) : q->type,
		    .platform = q->by_platform ? st_col(st, 3) : q->platform,
		    .n = st_col_int(st, 4),
		    .uniq = st_col_int(st, 5),
		    .neg = st_col_int(st, 6),
		    .neu = st_col_int(st, 7),
		    .pos = st_col_int(st, 8),
		    .sum = (double)st_col_int(st, 9) / 1e4,
		    .sum2 = (double)st_col_int(st, 10) / 1e8,
		    .engagement = st_col_int(st, 11),
		    .views = st_col_int(st, 12)};

		if ((r = fn(ctx, &p, e)) != 0)
			break;
	}
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

/* --- labels ----------------------------------------------------------------------------------------------------------- */

static int
label_add(struct store *s, const struct store_label *l, struct err *e)
{
	struct arena a = {0};
	struct buf data = {0};
	struct jw w = jw_open(&data);
	struct store_event ev = {.ts = l->ts, .actor = l->actor, .kind = STR("post.label")};
	struct str json;
	sqlite3_stmt *st = NULL;
	int r = store_post_get(s, l->post_id, &a, &json, e);

	if (r == 0)
		r = err_set(e, ERR_NO, "no post '%.*s'", STRF(utf8_cut_bytes(l->post_id, 80)));
	if (r < 0)
		goto out;
	r = -1;
	jw_obj(&w);
	jw_kstr(&w, "post", l->post_id);
	jw_kstr(&w, "field", l->field);
	jw_kstr(&w, "value", l->value);
	jw_kstr_opt(&w, "reason", l->reason);
	jw_end(&w);
	ev.data = buf_view(&data);
	if (store_event_add(s, &ev, e) != 0)
		goto out;
	st = st_get(s,
	    "INSERT INTO labels(seq, post, field, value, actor, reason, ts)"
	    " VALUES (:seq, :post, :field, :value, :actor, :reason, :ts)",
	    e);
	if (st == NULL)
		goto out;
	st_int(st, ":seq", ev.seq);
	st_text(st, ":post", l->post_id);
	st_text(st, ":field", l->field);
	st_text(st, ":value", l->value);
	st_text(st, ":actor", l->actor);
	st_text_opt(st, ":reason", l->reason);
	st_int(st, ":ts", l->ts);
	r = st_run(s, st, "store label", e);
out:
	buf_free(&data);
	arena_free(&a);
	return r;
}

int
store_label_add(struct store *s, const struct store_label *l, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, label_add(s, l, e), e);
}

int
store_labels(struct store *s, int64_t since, store_label_fn *fn, void *ctx, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "SELECT l.post, l.field, l.value, l.actor, l.reason, l.ts, p.json FROM labels l JOIN posts p ON p.id = "
	    "l.post"
	    " WHERE l.ts >= :since AND l.seq = (SELECT max(seq) FROM labels m WHERE m.post = l.post AND m.field = "
	    "l.field)"
	    " ORDER BY l.post, l.field",
	    e);
	int r;

	if (st == NULL)
		return -1;
	st_int(st, ":since", since);
	while ((r = st_step(s, st, "read labels", e)) > 0) {
		struct store_label l = {.post_id = st_col(st, 0),
		    .field = st_col(st, 1),
		    .value = st_col(st, 2),
		    .actor = st_col(st, 3),
		    .reason = st_col(st, 4),
		    .ts = st_col_int(st, 5)};

		if ((r = fn(ctx, &l, st_col(st, 6), e)) != 0)
			break;
	}
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

/* --- taking away ------------------------------------------------------------------------------------------------------ */

/* Posts that left while their sums stayed; post_check needs the number. */
static int
count_gone(struct store *s, int64_t n, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "INSERT INTO named_values(name, value) VALUES ('store.gone', :n)"
	    " ON CONFLICT DO UPDATE SET value = CAST(CAST(value AS INTEGER) + :n AS TEXT)",
	    e);

	if (st == NULL)
		return -1;
	{
		char text[24];

		snprintf(text, sizeof text, "%lld", (long long)n);
		st_text(st, ":n", str_c(text));
		return st_run(s, st, "count posts", e);
	}
}

/* Deletes the row, its index entry and fingerprint. json: its record. */
static int
delete_post(struct store *s, int64_t n, struct str json, bool *drill, struct err *e)
{
	struct facets f;
	sqlite3_stmt *st;

	if (rec_parse(&s->old, json, false, e) != 0 || read_facets(&s->old, &f, e) != 0)
		return err_set(e, ERR_CONFIG, "store '%s': stored post %lld is damaged", s->path, (long long)n);
	*drill = f.drill;
	if (drop_text(s, n, post_grams(s, &f), e) != 0)
		return -1;
	if ((st = st_get(s, "DELETE FROM posts WHERE n = :n", e)) == NULL)
		return -1;
	st_int(st, ":n", n);
	return st_run(s, st, "delete post", e);
}

/* Deletes up to BATCH posts of the statement (columns n, json). *n counts them; *gone those that were in sums. */
static int
delete_batch(struct store *s, sqlite3_stmt *st, int64_t *n, int64_t *gone, bool forget, struct err *e)
{
	struct arena a = {0};
	struct {
		int64_t n;
		struct str json;
	} *row = NULL;
	size_t count = 0, cap = 0;
	int r;

	while (count < BATCH && (r = st_step(s, st, "read posts", e)) > 0) {
		row = xgrow(row, &cap, count + 1, sizeof *row);
		row[count].n = st_col_int(st, 0);
		row[count++].json = arena_str(&a, st_col(st, 1));
	}
	st_end(s, st);
	r = count < BATCH && r < 0 ? -1 : 0;
	for (size_t i = 0; i < count && r == 0; i++) {
		bool drill = false;

		r = delete_post(s, row[i].n, row[i].json, &drill, e);
		*gone += drill ? 0 : 1;
		if (r == 0 && forget) {
			sqlite3_stmt *del = st_get(s, "DELETE FROM dups WHERE id = :id", e);

			r = -1;
			if (del != NULL) {
				st_text(del, ":id", rec_str(&s->old, "id"));
				r = st_run(s, del, "delete fingerprint", e);
			}
		}
	}
	*n += (int64_t)count;
	free(row);
	arena_free(&a);
	return r < 0 ? -1 : count == BATCH ? 1 : 0;
}

int
store_purge(struct store *s, int64_t before, struct str actor, int64_t now, int64_t *n, struct err *e)
{
	int64_t total = 0;
	int more = 1;

	/* In batches, so that collectors are not locked out for the whole length of a large purge. */
	while (more > 0) {
		bool mine;
		int64_t gone = 0;
		sqlite3_stmt *st;

		if (tx_enter(s, &mine, e) != 0)
			return -1;
		more = -1;
		if ((st = st_get(s, "SELECT n, json FROM posts WHERE published < :before ORDER BY published", e)) !=
		    NULL) {
			st_int(st, ":before", before);
			more = delete_batch(s, st, &total, &gone, false, e);
		}
		if (more >= 0 && gone > 0 && count_gone(s, gone, e) != 0)
			more = -1;
		if (more == 0 && total > 0) {
			struct buf data = {0};
			struct jw w = jw_open(&data);
			struct store_event ev = {.ts = now, .actor = actor, .kind = STR("store.purge")};

			jw_obj(&w);
			jw_ktime(&w, "before", before);
			jw_kint(&w, "posts", total);
			jw_end(&w);
			ev.data = buf_view(&data);
			more = store_event_add(s, &ev, e);
			buf_free(&data);
		}
		if (tx_leave(s, mine, more, e) < 0)
			return -1;
	}
	*n = total;
	return 0;
}

static int
forget(struct store *s, const char *sql, const char *what, struct str id, struct str actor, int64_t now, int64_t *n,
    struct err *e)
{
	int64_t total = 0, gone = 0;
	struct buf data = {0};
	struct jw w = jw_open(&data);
	struct store_event ev = {.ts = now, .actor = actor, .kind = STR("store.forget")};
	int more = 1, r;

	while (more > 0) {
		sqlite3_stmt *st = st_get(s, sql, e);

		if (st == NULL)
			return -1;
		st_text(st, ":id", id);
		more = delete_batch(s, st, &total, &gone, true, e);
	}
	*n = total;
	if (more < 0)
		return -1;
	if (total == 0)
		return 0;
	/* The index would hold the words of deleted posts until its next merge. */
	if (store_exec(s, "INSERT INTO post_text(post_text) VALUES ('optimize')", "clean index", e) != 0 ||
	    count_gone(s, gone, e) != 0)
		return -1;
	/* The event says that it was done, not to whom: the id is what was to be forgotten. */
	jw_obj(&w);
	jw_kcstr(&w, "what", what);
	jw_kint(&w, "posts", total);
	jw_end(&w);
	ev.data = buf_view(&data);
	r = store_event_add(s, &ev, e);
	buf_free(&data);
	return r;
}

int
store_forget(
    struct store *s, enum store_forget what, struct str id, struct str actor, int64_t now, int64_t *n, struct err *e)
{
	static const struct {
		const char *sql, *name;
	} by[] = {
	    [FORGET_POST] = {"SELECT n, json FROM posts WHERE id = :id", "post"},
	    [FORGET_AUTHOR] = {"SELECT n, json FROM posts WHERE author = :id", "author"},
	    [FORGET_CUSTOMER] = {"SELECT n, json FROM posts WHERE customer = :id", "customer"},
	};
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, forget(s, by[what].sql, by[what].name, id, actor, now, n, e), e);
}

/* --- check ------------------------------------------------------------------------------------------------------------ */

/* Every post's bytes against the hash kept beside them. */
static int
check_bytes(struct store *s, store_finding_fn *fn, void *ctx, int64_t *bad, struct err *e)
{
	enum { NAMED = 20 };
	sqlite3_stmt *st = st_get(s, "SELECT id, content, json FROM posts ORDER BY n", e);
	int64_t damaged = 0;
	int r;

	if (st == NULL)
		return -1;
	while ((r = st_step(s, st, "check posts", e)) > 0) {
		struct buf clean = {0};

		if (rec_parse(&s->old, st_col(st, 2), false, NULL) == 0 && content_hash(&s->old) == st_col_int(st, 1) &&
		    str_eq(rec_str(&s->old, "id"), st_col(st, 0)))
			continue;
		if (++damaged > NAMED)
			continue;
		utf8_clean(&clean, utf8_cut_bytes(st_col(st, 0), 100));
		finding(fn, ctx, bad, "post %s: its bytes are not the ones that were stored", clean.p != NULL ? clean.p : "");
		buf_free(&clean);
	}
	st_end(s, st);
	if (damaged > NAMED)
		finding(fn, ctx, bad, "%lld more posts are damaged", (long long)(damaged - NAMED));
	return r < 0 ? -1 : 0;
}

int
post_check(struct store *s, store_finding_fn *fn, void *ctx, int64_t *bad, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "SELECT (SELECT ifnull(sum(n), 0) FROM hours WHERE subject = ''),"
	    " (SELECT count(*) FROM posts WHERE drill = 0),"
	    " ifnull((SELECT CAST(value AS INTEGER) FROM named_values WHERE name = 'store.gone'), 0)",
	    e);
	int r;

	if (st == NULL)
		return -1;
	if ((r = st_step(s, st, "check posts", e)) > 0) {
		int64_t sums = st_col_int(st, 0), posts = st_col_int(st, 1), gone = st_col_int(st, 2);

		if (sums != posts + gone)
			finding(fn, ctx, bad,
			    "posts: the hourly sums count %lld posts, there are %lld and %lld were purged",
			    (long long)sums, (long long)posts, (long long)gone);
	}
	st_end(s, st);
	if (r < 0)
		return -1;
	if (sqlite3_exec(s->db, "INSERT INTO post_text(post_text) VALUES ('integrity-check')", NULL, NULL, NULL) !=
	        SQLITE_OK &&
	    (sqlite3_errcode(s->db) & 0xff) == SQLITE_CORRUPT)
		finding(fn, ctx, bad, "posts: the search index is damaged");
	return check_bytes(s, fn, ctx, bad, e);
}
