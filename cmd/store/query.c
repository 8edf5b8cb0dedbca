#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/run.h"
#include "ext/filter.h"
#include "store.h"

/* What is done with each record that is found. */
struct sink {
	struct run *run;
	struct filter *where; /* NULL: all */
	int64_t limit, n;     /* limit 0 = none */
	bool count;           /* only count */
	int64_t failed;       /* --where failed on so many */
	int64_t since, until; /* of kinds that the store does not select by time */
	struct buf line;
	struct rec last; /* label: the post being put together */
	struct buf last_json, labels;
};

static int
emit(struct sink *k, struct str json, struct err *e)
{
	bool yes = true;

	if (k->where != NULL && filter_test(k->where, json, &yes, e) != 0) {
		if (k->failed++ == 0)
			msg_err(e);
		run_fail(k->run, EXIT_DATA);
		return 0;
	}
	if (!yes)
		return 0;
	k->n++;
	if (!k->count)
		run_emit(k->run, json);
	return k->limit > 0 && k->n >= k->limit;
}

static int
on_post(void *ctx, struct str json, struct err *e)
{
	return emit(ctx, json, e);
}

static bool
within(const struct sink *k, int64_t t)
{
	return t >= k->since && (k->until == 0 || t < k->until);
}

static int
on_case(void *ctx, const struct store_case *c, struct err *e)
{
	return within(ctx, c->opened) ? emit(ctx, c->json, e) : 0;
}

static int
on_task(void *ctx, const struct store_task *t, struct err *e)
{
	return emit(ctx, t->json, e);
}

static int
on_review(void *ctx, const struct store_review *r, struct err *e)
{
	return within(ctx, r->ts) ? emit(ctx, r->json, e) : 0;
}

static int
on_event(void *ctx, const struct store_event *ev, struct err *e)
{
	struct sink *k = ctx;
	struct jw w;

	buf_reset(&k->line);
	w = jw_open(&k->line);
	jw_obj(&w);
	jw_kcstr(&w, "kind", "event");
	jw_kint(&w, "seq", ev->seq);
	jw_ktime(&w, "ts", ev->ts);
	jw_kstr(&w, "actor", ev->actor);
	jw_kstr_opt(&w, "case", ev->case_id);
	jw_kstr(&w, "what", ev->kind);
	jw_kraw(&w, "data", ev->data);
	jw_kcstr(&w, "hash", ev->hash);
	jw_end(&w);
	return emit(k, buf_view(&k->line), e);
}

/* Labels of one post come one after another; they leave as one record. */
static int
flush_labels(struct sink *k, struct err *e)
{
	struct rec *r = &k->last;

	if (k->last_json.n == 0)
		return 0;
	if (rec_parse(r, buf_view(&k->last_json), true, e) != 0)
		return -1;
	buf_putc(&k->labels, '}');
	rec_set(r, "labels", buf_view(&k->labels));
	buf_reset(&k->line);
	rec_put(r, &k->line);
	buf_reset(&k->last_json);
	return emit(k, str_trim(buf_view(&k->line)), e);
}

static int
on_label(void *ctx, const struct store_label *l, struct str post, struct err *e)
{
	struct sink *k = ctx;
	int r = 0;

	if (!str_eq(buf_view(&k->last_json), post)) {
		if ((r = flush_labels(k, e)) != 0)
			return r;
		buf_reset(&k->last_json);
		buf_str(&k->last_json, post);
		buf_reset(&k->labels);
	}
	buf_putc(&k->labels, k->labels.n == 0 ? '{' : ',');
	json_quote(&k->labels, l->field);
	buf_putc(&k->labels, ':');
	json_quote(&k->labels, l->value);
	return 0;
}

static int
ask_labels(struct store *s, struct sink *k, struct err *e)
{
	if (store_labels(s, k->since, on_label, k, e) != 0)
		return -1;
	return k->limit > 0 && k->n >= k->limit ? 0 : flush_labels(k, e) < 0 ? -1 : 0;
}

static int
ask(struct store *s, const char *kind, const struct store_query *q, struct sink *k, struct err *e)
{
	struct store_event_query events = {.since = q->since, .until = q->until};
	struct store_case_query cases = {.drills = q->drills};
	struct store_task_query tasks = {.drills = q->drills};

	if (strcmp(kind, "post") == 0) {
		struct store_query all = *q;

		if (k->where != NULL)
			all.limit = 0; /* the limit counts what --where leaves */
		if (k->count && k->where == NULL && q->limit == 0)
			return store_posts_count(s, q, &k->n, e);
		return store_posts(s, &all, on_post, k, e);
	}
	if (strcmp(kind, "case") == 0)
		return store_cases(s, &cases, on_case, k, e);
	if (strcmp(kind, "task") == 0)
		return store_tasks(s, &tasks, on_task, k, e);
	if (strcmp(kind, "event") == 0)
		return store_events(s, &events, on_event, k, e);
	if (strcmp(kind, "review") == 0)
		return store_reviews(s, STR(""), on_review, k, e);
	if (strcmp(kind, "label") == 0)
		return ask_labels(s, k, e);
	return err_set(e, ERR_USAGE, "--kind: expected post, case, task, event, label or review");
}

static struct str
opt_str(const char *s)
{
	return s != NULL ? str_c(s) : STR("");
}

int
store_query(int argc, char **argv)
{
	const char *db = NULL, *where = NULL, *text = NULL, *id = NULL, *subject = NULL, *type = NULL, *platform = NULL,
	           *source = NULL, *cluster = NULL, *sentiment = NULL, *kind = "post";
	struct store_query q = {0};
	bool count = false;
	const struct opt opts[] = {
	    {'d', "db", "STORE", "the store", OPT_STR, &db, 0, 0},
	    {0, "since", "TIME", "published at or after", OPT_TIME, &q.since, 0, 0},
	    {0, "until", "TIME", "published before", OPT_TIME, &q.until, 0, 0},
	    {0, "where", "JQ", "only records for which this jq program is true", OPT_STR, &where, 0, 0},
	    {0, "text", "WORDS", "title or text hold all words", OPT_STR, &text, 0, 0},
	    {0, "id", "ID", "the post with this id", OPT_STR, &id, 0, 0},
	    {0, "subject", "ID", "posts about this subject", OPT_STR, &subject, 0, 0},
	    {0, "type", "TYPE", "posts of this crisis type", OPT_STR, &type, 0, 0},
	    {0, "platform", "NAME", "posts of this platform", OPT_STR, &platform, 0, 0},
	    {0, "source", "NAME", "posts of this source", OPT_STR, &source, 0, 0},
	    {0, "cluster", "ID", "the copies in this cluster", OPT_STR, &cluster, 0, 0},
	    {0, "sentiment", "LABEL", "neg, neu or pos", OPT_STR, &sentiment, 0, 0},
	    {0, "kind", "KIND", "post (default), case, task, event, label, review", OPT_STR, &kind, 0, 0},
	    {0, "limit", "N", "at most N records", OPT_INT, &q.limit, 1, INT64_MAX},
	    {0, "newest", NULL, "newest first", OPT_FLAG, &q.newest, 0, 0},
	    {0, "count", NULL, "print how many instead", OPT_FLAG, &count, 0, 0},
	    {0, "drills", NULL, "posts of drills instead of all others", OPT_FLAG, &q.drills, 0, 0},
	    {0},
	};
	const struct { const char *name, **s; } word[] = {{"text", &text}, {"id", &id}, {"subject", &subject}, {"type", &type},
	    {"platform", &platform}, {"source", &source}, {"cluster", &cluster}};
	char **operands = opt_parse(argc, argv, opts, "", "print stored posts that satisfy conditions");
	struct sink k = {0};
	struct run run;
	struct store *s;
	struct err e;
	int status;

	if (*operands != NULL)
		msg_usage("unexpected operand '%s'", *operands);
	if (sentiment != NULL && strcmp(sentiment, "neg") != 0 && strcmp(sentiment, "neu") != 0 &&
	    strcmp(sentiment, "pos") != 0)
		msg_usage("--sentiment: expected neg, neu or pos");
	for (size_t i = 0; i < sizeof word / sizeof word[0]; i++)
		if (*word[i].s != NULL && str_trim(str_c(*word[i].s)).n == 0)
			msg_usage("--%s: is empty, which would be no condition", word[i].name);
	q.text = opt_str(text);
	q.id = opt_str(id);
	q.subject = opt_str(subject);
	q.type = opt_str(type);
	q.platform = opt_str(platform);
	q.source = opt_str(source);
	q.cluster = opt_str(cluster);
	q.sentiment = opt_str(sentiment);
	k = (struct sink){.run = &run, .limit = q.limit, .count = count, .since = q.since, .until = q.until};
	if (where != NULL &&
	    filter_compile(
	        where, &(struct filter_opts){.name = "--where", .has_now = true, .now = cli_now()}, &k.where, &e) != 0)
		msg_die(&e);
	s = open_or_die(db, STORE_READ);
	run_open(&run, operands);
	if (ask(s, kind, &q, &k, &e) != 0) {
		run_flush(&run); /* what was found before the fault */
		msg_die(&e);
	}
	if (count) {
		struct buf line = {0};

		buf_printf(&line, "%lld", (long long)k.n);
		run_emit(&run, buf_view(&line));
		buf_free(&line);
	}
	if (k.n == 0) {
		note_unknown_type(type);
		run_fail(&run, EXIT_NO);
	}
	status = run_finish(&run);
	store_close(s);
	filter_free(k.where);
	rec_free(&k.last);
	buf_free(&k.line);
	buf_free(&k.last_json);
	buf_free(&k.labels);
	return status;
}
