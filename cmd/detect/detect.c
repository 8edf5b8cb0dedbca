/*
 * detect: indicators over posts, baselines, levels; writes incidents.
 * Reads kind, id, published, platform, form, text, author, metrics, subjects, sentiment, crisis, dup of posts.
 */
#include "base/file.h"
#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/path.h"
#include "detect.h"

enum { BASELINE_MAX = 256 << 20 /* bytes */ };

struct conf {
	const char *rules, *baseline, *compare, *starts, *lang;
	bool explain, score, all, series, english, check;
};

static void
write_incidents(struct run *run, const struct conf *c, const struct detection *d, const struct book *b,
    const struct rules *r)
{
	struct incident_opts o = {.english = c->english};
	struct buf line = {0};

	for (size_t i = 0; i < d->n; i++) {
		const struct episode *e = d->e[i];

		/* what ended is told for as long as it took to be sure of it */
		if (!c->all && (e->side || (e->closed != INT64_MIN &&
				       (e->peak < LEVEL_YELLOW || d->clock - e->closed > r->quiet))))
			continue;
		buf_reset(&line);
		if (c->explain) {
			incident_explain(d, b, r, e, &o, &line);
			buf_str(&run->out.buf, buf_view(&line));
			run->nwrote++;
		} else {
			incident_put(d, b, r, e, &o, &line);
			run_emit(run, buf_view(&line));
		}
	}
	buf_free(&line);
}

static void
write_score(struct run *run, const struct detection *d)
{
	struct buf *o = &run->out.buf;

	buf_puts(o, "horizon  forecasts  actual/forecast  error  naive error  inside 80 % interval\n");
	for (int i = 0; i < HORIZONS; i++) {
		double n = d->score[i].n, actual = d->score[i].actual;

		if (n == 0)
			buf_printf(o, "%5lldh           0\n", (long long)(horizon_s[i] / 3600));
		else
			buf_printf(o, "%5lldh  %10.0f  %15.1f  %4.0f %%  %9.0f %%  %19.0f %%\n", (long long)(horizon_s[i] / 3600), n,
			    actual / n, 100 * d->score[i].abs_model / actual, 100 * d->score[i].abs_naive / actual,
			    100 * d->score[i].inside / n);
	}
}

static void
read_records(struct run *run, const struct conf *c, struct book *b, struct points *p)
{
	struct rec r = {0};
	struct err e;
	int rc;

	while (run_next(run, &r)) {
		enum rec_kind kind = rec_kind(&r);

		if (kind == KIND_POINT && c->series) {
			if (points_score(p, &r, &e) == 0)
				run_put(run, &r);
			else
				run_reject(run, &r, &e);
			continue;
		}
		if (kind == KIND_POINT)
			rc = points_take(p, &r, run, c->english, &e);
		else if (kind == KIND_POST && !c->series)
			rc = book_post(b, &r, &e);
		else
			rc = (run_put(run, &r), 0);
		if (rc < 0)
			run_reject(run, &r, &e);
	}
	rec_free(&r);
}

/* A program that is missing from the pipe leaves nothing to count and no other trace. */
static void
missing_stage(const struct book *b)
{
	const struct {
		uint64_t without;
		const char *member, *from;
	} stage[] = {{b->nosubject, "subjects", "match-subject"}, {b->nosentiment, "sentiment", "sentiment"},
	    {b->nocrisis, "crisis", "classify"}};
	struct buf names = {0};

	for (size_t i = 0; b->posts > 0 && i < sizeof stage / sizeof *stage; i++)
		if (stage[i].without == b->posts)
			buf_printf(&names, "%s%s (from %s)", names.n > 0 ? ", " : "", stage[i].member, stage[i].from);
	if (names.n > 0)
		msg_note("none of %llu posts has %s: %s before detect", (unsigned long long)b->posts, names.p,
		    strchr(names.p, ',') != NULL ? "these programs come" : "that program comes");
	buf_free(&names);
}

/* History of the store, before any post is read. */
static void
read_baseline(const char *path, struct book *b, struct arena *a)
{
	struct str text, line;
	struct rec r = {0};
	struct err e;
	size_t lineno = 0;

	if (file_read(path, BASELINE_MAX, a, &text, &e) != 0)
		msg_die(&e);
	while (str_split(&text, '\n', &line)) {
		lineno++;
		if (str_trim(line).n == 0)
			continue;
		if (rec_parse(&r, line, false, &e) != 0 || (rec_kind(&r) == KIND_POINT && book_past(b, &r, &e) < 0)) {
			(void)err_prefix(&e, "%s:%zu", path, lineno);
			e.kind = ERR_CONFIG;
			msg_die(&e);
		}
	}
	rec_free(&r);
}

int
main(int argc, char **argv)
{
	struct conf c = {.lang = "zh"};
	const struct opt opts[] = {
	    {'c', "rules", "FILE", "rules.yaml to use", OPT_STR, &c.rules, 0, 0},
	    {'b', "baseline", "FILE", "history: points of 'store series --by subject,type'", OPT_STR, &c.baseline, 0, 0},
	    {0, "series", NULL, "add an anomaly score to every point record, nothing else", OPT_FLAG, &c.series, 0, 0},
	    {0, "explain", NULL, "print the arithmetic of every incident as text", OPT_FLAG, &c.explain, 0, 0},
	    {0, "all", NULL, "incidents long closed or never above blue, and lesser types too", OPT_FLAG, &c.all, 0, 0},
	    {0, "compare", "FILE", "try these other rules on the same posts; print both", OPT_STR, &c.compare, 0, 0},
	    {0, "starts", "FILE", "known starts of crises, for --compare", OPT_STR, &c.starts, 0, 0},
	    {0, "score-forecast", NULL, "print how good forecasts would have been", OPT_FLAG, &c.score, 0, 0},
	    {0, "lang", "LANG", "language of reasons: zh or en", OPT_STR, &c.lang, 0, 0},
	    {0, "check", NULL, "validate the rules and stop", OPT_FLAG, &c.check, 0, 0},
	    {0},
	};
	char **operands = opt_parse(argc, argv, opts, "[file...]",
	    "Reads posts and counted series, writes incidents with level, indicators and evidence.");
	struct arena a = {0};
	struct rules r, other;
	struct book b = {0};
	struct detection d = {0};
	struct detect_opts o = {.clock = cli.now_fixed ? cli.now : INT64_MIN, .score_forecasts = c.score};
	struct points *p = points_open(&a);
	struct run run;
	struct err e;
	const char *path = path_config(c.rules, "rules.yaml", &e);
	int status;

	if (path == NULL || rules_load(path, &a, &r, &e) != 0)
		msg_die(&e);
	if (c.compare != NULL && (rules_load(c.compare, &a, &other, &e) != 0 || rules_join(&r, &other, &a, &e) != 0))
		msg_die(&e);
	if (c.check) {
		msg_note("%s: in order", path);
		rules_free(&r);
		arena_free(&a);
		return EXIT_OK;
	}
	c.english = str_starts(str_c(c.lang), STR("en"));
	b.keywords = r.word;
	b.nkeywords = r.nword;
	if (c.baseline != NULL)
		read_baseline(c.baseline, &b, &a);
	run_open(&run, operands);
	read_records(&run, &c, &b, p);
	points_finish(p, &run, c.english);
	missing_stage(&b);
	if (c.compare != NULL) {
		if (compare(&b, &r, path, &other, c.compare, c.starts, o.clock, &run.out.buf, &e) != 0)
			msg_die(&e);
	} else if (detect_run(&b, &r, &o, &d, &e) != 0) {
		msg_die(&e);
	} else if (c.score) {
		write_score(&run, &d);
	} else {
		write_incidents(&run, &c, &d, &b, &r);
	}
	if (rules_filter_fault(&r) != NULL) {
		msg_warn("%s", rules_filter_fault(&r));
		run_fail(&run, EXIT_CONF);
	}
	status = run_finish(&run);
	detect_free(&d);
	book_free(&b);
	rules_free(&r);
	if (c.compare != NULL)
		rules_free(&other);
	arena_free(&a);
	return status;
}
