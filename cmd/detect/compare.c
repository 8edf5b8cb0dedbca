/* detect --compare: two rule files on the same posts. */
#include "base/clock.h"
#include "base/file.h"
#include "detect.h"
#include "rec/json.h"

/* A known start: {"subject":…,"start":TIME}, or a truth record of the generator. */
struct start {
	struct str subject;
	int64_t t;
};

static int
read_starts(const char *path, struct arena *a, struct start **out, size_t *n, struct err *e)
{
	struct str text, line;
	struct rec r = {0};
	size_t lineno = 0, lines = 1;

	if (file_read(path, 64 << 20, a, &text, e) != 0)
		return -1;
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	*out = arena_alloc(a, lines * sizeof **out);
	while (str_split(&text, '\n', &line)) {
		struct start s;

		lineno++;
		if (str_trim(line).n == 0)
			continue;
		if (rec_parse(&r, line, false, e) != 0)
			return err_prefix(e, "%s:%zu", path, lineno);
		s.subject = arena_str(a, rec_str(&r, "subject"));
		if (!rec_time(&r, "start", &s.t) && !rec_time(&r, "orange", &s.t))
			continue; /* a truth without a crisis */
		(*out)[(*n)++] = s;
	}
	rec_free(&r);
	return 0;
}

struct tally {
	int opened[LEVELS];
	int changes, flaps;
	int found, missed, alarms;
	double lead_min;         /* sum over found, minutes before the known start */
};

static int64_t
first_at(const struct episode *e, enum level level)
{
	for (size_t i = 0; i < e->npath; i++)
		if (e->path[i].to >= level && e->path[i].rule >= 0)
			return e->path[i].t;
	return INT64_MAX;
}

static void
count(const struct detection *d, const struct book *b, const struct start *s, size_t n, struct tally *t)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct episode *e = d->e[i];
		bool known = false;

		t->opened[e->peak]++;
		t->changes += (int)e->npath;
		for (size_t k = 1; k + 1 < e->npath; k++) /* down and up again */
			t->flaps += e->path[k].to < e->path[k].from && e->path[k + 1].to > e->path[k + 1].from;
		for (size_t k = 0; k < n; k++)
			known = known || (str_eq(s[k].subject, b->subject.s[e->subject]) && s[k].t >= e->start - 86400 &&
			    (e->closed == INT64_MIN || s[k].t <= e->closed));
		t->alarms += e->peak >= LEVEL_ORANGE && !known;
	}
	for (size_t k = 0; k < n; k++) {
		int64_t at = INT64_MAX;

		for (size_t i = 0; i < d->n; i++) {
			int64_t x = first_at(d->e[i], LEVEL_ORANGE);

			if (str_eq(s[k].subject, b->subject.s[d->e[i]->subject]) && x < at && x > s[k].t - 86400 && x < s[k].t + 86400)
				at = x;
		}
		if (at == INT64_MAX) {
			t->missed++;
		} else {
			t->found++;
			t->lead_min += (double)(s[k].t - at) / 60;
		}
	}
}

static void
row(struct buf *out, const char *name, int decimals, double x, double y)
{
	buf_printf(out, "%-34s%12.*f%12.*f\n", name, decimals, x, decimals, y);
}

int
compare(struct book *b, const struct rules *ra, const char *a_name, const struct rules *rc, const char *c_name,
    const char *starts, int64_t clock, struct buf *out, struct err *e)
{
	static const char *const name[LEVELS] = {"", "highest level blue", "highest level yellow", "highest level orange",
	    "highest level red"};
	const struct rules *r[2] = {ra, rc};
	struct tally t[2] = {{.found = 0}, {.found = 0}};
	struct detection d[2];
	struct detect_opts o = {.clock = clock};
	struct arena a = {0};
	struct start *s = NULL;
	size_t n = 0;
	double days;

	if (starts != NULL && read_starts(starts, &a, &s, &n, e) != 0)
		return -1;
	for (int i = 0; i < 2; i++) {
		if (detect_run(b, r[i], &o, &d[i], e) != 0)
			return -1;
		count(&d[i], b, s, n, &t[i]);
	}
	days = (double)(d[0].clock - d[0].from) / 86400;
	if (days < 1.0 / 24)
		days = 1.0 / 24;
	buf_printf(out, "%.1f days, %zu observations\n", days, b->n);
	buf_printf(out, "A: %s\nB: %s\n%-34s%12s%12s\n", a_name, c_name, "", "A", "B");
	row(out, "incidents", 0, (double)d[0].n, (double)d[1].n);
	row(out, "incidents a day", 2, (double)d[0].n / days, (double)d[1].n / days);
	for (int l = LEVEL_RED; l >= LEVEL_BLUE; l--)
		row(out, name[l], 0, t[0].opened[l], t[1].opened[l]);
	row(out, "changes of level", 0, t[0].changes, t[1].changes);
	row(out, "down and up again", 0, t[0].flaps, t[1].flaps);
	if (starts != NULL) {
		row(out, "known starts", 0, (double)n, (double)n);
		row(out, "found (orange within a day)", 0, t[0].found, t[1].found);
		row(out, "missed", 0, t[0].missed, t[1].missed);
		row(out, "lead over the known start, min", 1, t[0].found > 0 ? t[0].lead_min / t[0].found : 0,
		    t[1].found > 0 ? t[1].lead_min / t[1].found : 0);
		row(out, "orange or red without a known start", 0, t[0].alarms, t[1].alarms);
	}
	for (int i = 0; i < 2; i++)
		detect_free(&d[i]);
	arena_free(&a);
	return 0;
}
