#include <string.h>

#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/run.h"
#include "store.h"

enum { HOUR = 3600 };

static const char *const values[] = {"n", "uniq", "neg", "neg_share", "sentiment", "engagement", "views", NULL};

struct series {
	struct run *run;
	const struct store_series_query *q;
	int value;
	bool fill, any;
	struct buf name, line;
	/* of the series being printed, for --fill */
	struct buf subject, type, platform;
	int64_t next;
	int64_t n;
};

static double
value_of(const struct store_point *p, int which)
{
	int64_t judged = p->neg + p->neu + p->pos;

	switch (which) {
	case 0:
		return (double)p->n;
	case 1:
		return (double)p->uniq;
	case 2:
		return (double)p->neg;
	case 3:
		return judged > 0 ? (double)p->neg / (double)judged : 0;
	case 4:
		return judged > 0 ? p->sum / (double)judged : 0;
	case 5:
		return (double)p->engagement;
	default:
		return (double)p->views;
	}
}

/* "all", or the parts that tell this series from others: "huapei-bank/system.outage". */
static void
put_name(struct series *k, const struct store_point *p)
{
	const struct str part[] = {p->subject, p->type, p->platform};

	buf_reset(&k->name);
	for (size_t i = 0; i < 3; i++)
		if (part[i].n > 0) {
			if (k->name.n > 0)
				buf_putc(&k->name, '/');
			buf_str(&k->name, part[i]);
		}
	if (k->name.n == 0)
		buf_puts(&k->name, "all");
}

static void
put_point(struct series *k, const struct store_point *p)
{
	int64_t judged = p->neg + p->neu + p->pos;
	struct jw w;

	buf_reset(&k->line);
	w = jw_open(&k->line);
	jw_obj(&w);
	jw_kcstr(&w, "kind", "point");
	jw_kstr(&w, "series", buf_view(&k->name));
	jw_ktime(&w, "ts", p->ts);
	jw_knum(&w, "value", value_of(p, k->value), 6);
	jw_kint(&w, "step_s", p->step);
	jw_kstr_opt(&w, "subject", p->subject);
	jw_kstr_opt(&w, "type", p->type);
	jw_kstr_opt(&w, "platform", p->platform);
	jw_kint(&w, "n", p->n);
	jw_kint(&w, "uniq", p->uniq);
	jw_kint(&w, "neg", p->neg);
	jw_kint(&w, "neu", p->neu);
	jw_kint(&w, "pos", p->pos);
	if (judged > 0)
		jw_knum(&w, "sentiment", p->sum / (double)judged, 4);
	jw_kint(&w, "engagement", p->engagement);
	jw_kint(&w, "views", p->views);
	jw_end(&w);
	run_emit(k->run, buf_view(&k->line));
	k->n++;
}

static bool
same_series(const struct series *k, const struct store_point *p)
{
	return k->any && str_eq(buf_view(&k->subject), p->subject) && str_eq(buf_view(&k->type), p->type) &&
	    str_eq(buf_view(&k->platform), p->platform);
}

static void
keep(struct buf *b, struct str s)
{
	buf_reset(b);
	buf_str(b, s);
}

static int
on_point(void *ctx, const struct store_point *p, struct err *e)
{
	struct series *k = ctx;

	(void)e;
	put_name(k, p);
	if (same_series(k, p)) {
		for (; k->fill && k->next < p->ts; k->next += p->step)
			put_point(k,
			    &(struct store_point){.ts = k->next,
			        .step = p->step,
			        .subject = p->subject,
			        .type = p->type,
			        .platform = p->platform});
	} else {
		keep(&k->subject, p->subject);
		keep(&k->type, p->type);
		keep(&k->platform, p->platform);
		k->any = true;
	}
	put_point(k, p);
	k->next = p->ts + p->step;
	return 0;
}

static bool
read_by(const char *by, struct store_series_query *q)
{
	struct str rest = str_c(by), part;

	while (str_split(&rest, ',', &part))
		if (str_is(part, "subject"))
			q->by_subject = true;
		else if (str_is(part, "type"))
			q->by_type = true;
		else if (str_is(part, "platform"))
			q->by_platform = true;
		else
			return false;
	return true;
}

int
store_series_cmd(int argc, char **argv)
{
	struct store_series_query q = {.step = HOUR};
	const char *db = NULL, *subject = NULL, *type = NULL, *platform = NULL, *by = NULL, *value = "n";
	bool fill = false;
	const struct opt opts[] = {
	    {'d', "db", "STORE", "the store", OPT_STR, &db, 0, 0},
	    {0, "since", "TIME", "buckets that start at or after", OPT_TIME, &q.since, 0, 0},
	    {0, "until", "TIME", "buckets that start before", OPT_TIME, &q.until, 0, 0},
	    {0, "subject", "ID", "posts about this subject", OPT_STR, &subject, 0, 0},
	    {0, "type", "TYPE", "posts of this crisis type", OPT_STR, &type, 0, 0},
	    {0, "platform", "NAME", "posts of this platform", OPT_STR, &platform, 0, 0},
	    {0, "by", "LIST", "a series for each subject, type, platform", OPT_STR, &by, 0, 0},
	    {0, "step", "DURATION", "length of a bucket, whole hours", OPT_DUR, &q.step, 0, 0},
	    {0, "offset", "DURATION", "hours east of UTC where days begin", OPT_DUR, &q.offset, 0, 0},
	    {0, "value", "NAME", "n uniq neg neg_share sentiment engagement views", OPT_STR, &value, 0, 0},
	    {0, "fill", NULL, "empty buckets too", OPT_FLAG, &fill, 0, 0},
	    {0},
	};
	char **operands = opt_parse(argc, argv, opts, "", "print sums by hour or longer as points");
	struct series k = {0};
	struct run run;
	struct store *s;
	struct err e;
	int status, which = 0;

	while (values[which] != NULL && strcmp(values[which], value) != 0)
		which++;
	if (values[which] == NULL || (by != NULL && !read_by(by, &q)) || *operands != NULL)
		msg_usage(*operands != NULL ? "unexpected operand"
		        : values[which] == NULL
		        ? "--value: expected n, uniq, neg, neg_share, sentiment, engagement or views"
		        : "--by: expected subject, type, platform, separated by commas");
	if (q.step < HOUR || q.step % HOUR != 0 || q.offset % HOUR != 0)
		msg_usage("--step and --offset: expected whole hours");
	if (subject != NULL)
		q.subject = str_c(subject);
	if (type != NULL)
		q.type = str_c(type);
	if (platform != NULL)
		q.platform = str_c(platform);
	s = open_or_die(db, STORE_READ);
	run_open(&run, operands);
	k = (struct series){.run = &run, .q = &q, .value = which, .fill = fill};
	if (store_series(s, &q, on_point, &k, &e) != 0)
		msg_die(&e);
	if (k.n == 0) {
		note_unknown_type(type);
		run_fail(&run, EXIT_NO);
	}
	status = run_finish(&run);
	store_close(s);
	buf_free(&k.name);
	buf_free(&k.line);
	buf_free(&k.subject);
	buf_free(&k.type);
	buf_free(&k.platform);
	return status;
}
