/*
 * dedupe: folds copies and near-copies of posts into clusters.
 * Reads id title text author root parent form platform channel published; writes dup.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/path.h"
#include "cli/run.h"
#include "ext/store.h"
#include "model/dupes.h"

struct conf {
	const char *store;
	bool drop;
	int64_t window, min;
};

struct state {
	struct dupes *dupes;
	struct store *store;
	struct run run;
	struct map dropped; /* with --drop: cluster -> index into sum */
	struct heat *sum;
	size_t nsum, sum_cap;
	struct dup_trace *pending; /* not in the store yet */
	size_t npending, pending_cap;
	struct arena ids;          /* of pending */
};
enum { PENDING_MAX = 4000 };

/* What dropped copies add to their cluster. */
static const char *const metric[] = {"views", "likes", "reposts", "comments", "favourites"};
enum { METRIC_N = sizeof metric / sizeof *metric };
struct heat {
	struct str cluster;
	int64_t n, last, v[METRIC_N];
};

static int
recall(void *ctx, const struct store_dup *x, struct err *e)
{
	struct dup_trace t = {.id = x->id, .cluster = x->cluster, .published = x->published, .exact = x->exact,
	    .nbytes = x->sketch.n};

	if (x->sketch.n > sizeof t.bytes)
		return err_set(e, ERR_CONFIG, "the store holds a fingerprint this program cannot read");
	memcpy(t.bytes, x->sketch.p, x->sketch.n);
	if (!dupes_recall(ctx, &t))
		return err_set(e, ERR_CONFIG, "the store holds a fingerprint this program cannot read");
	return 0;
}

/*
 * Traces gather in memory and go to the store in one short transaction: one that stayed open while records are written
 * would stand in the way of a `store add` further down the same pipe, which would then not read on.
 */
static void
commit(void *ctx)
{
	struct state *st = ctx;
	struct err e;

	if (st->npending == 0)
		return;
	if (store_begin(st->store, &e) != 0)
		msg_die(&e);
	for (size_t i = 0; i < st->npending; i++) {
		const struct dup_trace *t = &st->pending[i];
		struct store_dup x = {.id = t->id, .cluster = t->cluster, .published = t->published, .exact = t->exact,
		    .sketch = {(const char *)t->bytes, t->nbytes}};

		if (store_dup_put(st->store, &x, &e) != 0)
			msg_die(&e);
	}
	if (store_commit(st->store, &e) != 0)
		msg_die(&e);
	st->npending = 0;
	arena_reset(&st->ids);
}

static void
keep(struct state *st, const struct dup_trace *t)
{
	struct dup_trace *own;

	if (st->npending == PENDING_MAX)
		commit(st);
	st->pending = xgrow(st->pending, &st->pending_cap, st->npending + 1, sizeof *st->pending);
	own = &st->pending[st->npending++];
	*own = *t;
	own->id = arena_str(&st->ids, t->id);
	own->cluster = arena_str(&st->ids, t->cluster);
}

static void
count_dropped(struct state *st, struct rec *r, const struct dup_mark *m, int64_t published)
{
	bool added;
	uintptr_t *i = map_put(&st->dropped, m->cluster, &added);
	struct json metrics = rec_get(r, "metrics");
	struct heat *h;

	if (added) {
		st->sum = xgrow(st->sum, &st->sum_cap, st->nsum + 1, sizeof *st->sum);
		st->sum[st->nsum] = (struct heat){.cluster = arena_str(&st->dropped.keys, m->cluster)};
		*i = st->nsum++;
	}
	h = &st->sum[*i];
	h->n++;
	h->last = published > h->last ? published : h->last;
	for (size_t k = 0; k < METRIC_N; k++) {
		int64_t v = json_int_or(json_get(metrics, metric[k]), 0);

		if (v > 0 && h->v[k] <= INT64_MAX - v)
			h->v[k] += v;
	}
}

static void
emit_dropped(struct state *st)
{
	struct buf b = {0};

	for (size_t i = 0; i < st->nsum; i++) {
		const struct heat *h = &st->sum[i];
		struct jw w = jw_open(&b);

		buf_reset(&b);
		jw_obj(&w);
		jw_kcstr(&w, "kind", "point");
		jw_kcstr(&w, "series", "copies");
		jw_kstr(&w, "cluster", h->cluster);
		if (h->last > 0)
			jw_ktime(&w, "ts", h->last);
		jw_kint(&w, "value", h->n);
		jw_key(&w, "metrics");
		jw_obj(&w);
		for (size_t k = 0; k < METRIC_N; k++)
			if (h->v[k] > 0)
				jw_kint(&w, metric[k], h->v[k]);
		jw_end(&w);
		jw_end(&w);
		run_emit(&st->run, buf_view(&b));
	}
	buf_free(&b);
}

static struct str
mark_json(const struct dup_mark *m, struct buf *b)
{
	struct jw w = jw_open(b);

	buf_reset(b);
	jw_obj(&w);
	jw_kstr(&w, "cluster", m->cluster);
	jw_kstr(&w, "of", m->of);
	jw_kint(&w, "distance", m->distance);
	jw_kint(&w, "size", m->size);
	if (m->first > 0)
		jw_ktime(&w, "first", m->first);
	if (m->template_spam)
		jw_kbool(&w, "template", true);
	jw_end(&w);
	return buf_view(b);
}

static void
post(struct state *st, const struct conf *conf, struct rec *r, struct buf *b)
{
	struct str form = rec_str(r, "form"), channel = rec_str(r, "channel"), root = rec_str(r, "root");
	struct dup_post p = {.id = rec_str(r, "id"), .title = rec_str(r, "title"), .text = rec_str(r, "text"),
	    .author = json_str(json_get(rec_get(r, "author"), "id"), &r->tmp),
	    .root = root.n > 0 ? root : rec_str(r, "parent")};
	struct dup_mark m;
	struct dup_trace t;

	(void)rec_time(r, "published", &p.published);
	p.original = p.root.n == 0 && !str_is(form, "repost") && !str_is(form, "article") &&
	    !str_is(channel, "news") && str_find(p.text, STR("//@")) < 0;
	dupes_see(st->dupes, &p, &m, st->store != NULL ? &t : NULL);
	if (st->store != NULL && t.fresh && p.id.n > 0)
		keep(st, &t);
	if (!m.copy) {
		rec_del(r, "dup");
		run_put(&st->run, r);
	} else if (conf->drop) {
		count_dropped(st, r, &m, p.published);
	} else {
		rec_set(r, "dup", mark_json(&m, b));
		run_put(&st->run, r);
	}
}

int
main(int argc, char **argv)
{
	struct conf conf = {.window = 7 * 86400, .min = 40};
	const struct opt opts[] = {
	    {'d', "store", "STORE", "remember what was seen in this store", OPT_STR, &conf.store, 0, 0},
	    {0, "drop", NULL, "leave copies out instead of marking them", OPT_FLAG, &conf.drop, 0, 0},
	    {0, "window", "DURATION", "with -d: how far back to remember (7d)", OPT_DUR, &conf.window, 0, 0},
	    {0, "min", "PERCENT", "what must be in common to be a copy (40)", OPT_INT, &conf.min, 20, 95}, {0}};
	char **operands = opt_parse(argc, argv, opts, "[file...]", "Folds copies and near-copies of posts into clusters.");
	struct state st = {0};
	struct arena a = {0};
	struct fold *fold = xcalloc(1, sizeof *fold);
	struct rec r = {0};
	struct buf b = {0};
	struct str table;
	struct err e;
	const char *path = path_data("t2s.tsv", &e);

	fold_init(fold);
	if (path == NULL || file_read(path, 4 << 20, &a, &table, &e) != 0 || fold_load(fold, table, path, &e) != 0)
		msg_die(&e);
	st.dupes = dupes_new(fold, (double)conf.min / 100, conf.store != NULL);
	if (conf.store != NULL) {
		int64_t since = cli_now() - conf.window;

		if (store_open(conf.store, STORE_CREATE, &st.store, &e) != 0 ||
		    store_dup_expire(st.store, since, &e) != 0 || store_dups(st.store, since, recall, st.dupes, &e) != 0)
			msg_die(&e);
	}
	run_open(&st.run, operands);
	st.run.idle = commit;
	st.run.idle_arg = &st;
	while (run_next(&st.run, &r))
		if (rec_kind(&r) == KIND_POST)
			post(&st, &conf, &r, &b);
		else
			run_put(&st.run, &r);
	emit_dropped(&st);
	commit(&st);
	if (st.store != NULL)
		store_close(st.store);
	dupes_free(st.dupes);
	free(st.pending);
	arena_free(&st.ids);
	map_free(&st.dropped);
	free(st.sum);
	free(fold);
	buf_free(&b);
	arena_free(&a);
	rec_free(&r);
	return run_finish(&st.run);
}
