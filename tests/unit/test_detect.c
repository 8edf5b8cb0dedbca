/* The parts of detection: series, baseline, indicator, level, forecast, anomaly, incident, sim. */
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "model/anomaly.h"
#include "model/baseline.h"
#include "model/forecast.h"
#include "model/incident.h"
#include "model/sim.h"
#include "tap.h"

static int64_t
at(const char *s)
{
	int64_t t = 0;

	(void)clock_parse(str_c(s), &t);
	return t;
}

static bool
near(double a, double b, double by)
{
	return fabs(a - b) <= by;
}

/* --- tail probability: against sums done by hand and limits known in closed form */

static void
tails(void)
{
	/* spread s, mean m: negative binomial with r = 1/s. With s = 1 it is geometric: P(X >= n) = (m/(1+m))^n */
	ok(near(baseline_tail(1, 1, 1), 0.5, 1e-9), "geometric, mean 1: P(X >= 1) = 1/2");
	ok(near(baseline_tail(3, 1, 1), 0.125, 1e-9), "geometric, mean 1: P(X >= 3) = 1/8");
	ok(near(log10(baseline_tail(100, 1, 1)), -100 * log10(2), 1e-6), "far out the sum keeps its precision");
	ok(baseline_tail(0, 5, 0.1) == 1, "at least nothing is certain");
	/* small spread comes near Poisson: P(X >= 2 | 1) = 1 - 2/e */
	ok(near(baseline_tail(2, 1, 1e-6), 1 - 2 / exp(1), 1e-4), "without spread it is Poisson");
	ok(baseline_tail(1e6, 1, 0.1) > 0, "never zero");
	ok(baseline_tail(20, 5, 0.15) > baseline_tail(30, 5, 0.15), "more is rarer");
}

/* --- what is usual */

static struct coverage cover;
static struct baseline base;

static void
fill(int64_t from, int days, double (*f)(int day, int hour))
{
	coverage_open(&cover);
	baseline_open(&base);
	for (int d = 0; d < days; d++)
		for (int h = 0; h < 24; h++) {
			int64_t hour = from / 3600 + d * 24 + h;
			double v = f(d, h);

			if (v < 0)
				continue; /* a gap: nothing heard */
			coverage_add(&cover, hour);
			baseline_hour(&base, hour)->v[BASE_AUTHORS] = (float)v;
		}
}

static double
steady(int day, int hour)
{
	(void)day;
	return hour == 12 ? 40 : 10;
}

static double
one_wild(int day, int hour)
{
	return day == 3 && hour == 12 ? 4000 : steady(day, hour);
}

static double
one_silent(int day, int hour)
{
	return day == 5 ? -1 : steady(day, hour);
}

static double
weekly(int day, int hour)
{
	(void)hour;
	return day % 7 == 2 ? 100 : 10;
}

static double
usual_at(int64_t t)
{
	return baseline_usual(&base, &cover, BASE_AUTHORS, t, 0);
}

static void
usuals(void)
{
	int64_t from = at("2026-11-02T00:00:00Z"); /* a Monday */
	double quiet, noon, wild, gap;

	fill(from, 14, steady);
	quiet = usual_at(from + 14 * 86400 + 4 * 3600 - 1);
	noon = usual_at(from + 14 * 86400 + 13 * 3600 - 1);
	ok(near(quiet, 10, 1.5), "a flat hour is expected as it was: %.1f", quiet);
	ok(noon > 26 && noon < 40, "the noon peak is expected, smoothed by its neighbours: %.1f", noon);
	fill(from, 14, one_wild);
	wild = usual_at(from + 14 * 86400 + 13 * 3600 - 1);
	ok(wild < noon * 1.15, "one day of four thousand moves it by less than 15 %%: %.1f", wild);
	fill(from, 14, one_silent);
	gap = usual_at(from + 14 * 86400 + 13 * 3600 - 1);
	ok(near(gap, noon, 1.0), "a day on which nothing was heard is no zero: %.1f", gap);
	fill(from, 21, weekly);
	ok(usual_at(from + 23 * 86400 + 3600 * 12 - 1) > 2 * usual_at(from + 22 * 86400 + 3600 * 12 - 1),
	    "a weekday of its own is expected as such");
	coverage_open(&cover);
	baseline_open(&base);
	ok(usual_at(from) < 0, "nothing known is said to be unknown");
	/* the first night: four people an hour at three in the morning mean far more by day */
	fill(from, 1, steady);
	ok(baseline_rhythm(12) > 5 * baseline_rhythm(3), "people sleep");
}

/* --- levels */

static struct rule rules_[] = {
    {.id = {"blue", 4}, .level = LEVEL_BLUE, .weigh = true, .whole = true, .c = {{IND_NEG_AUTHORS_1H, 10, 3, INFINITY}}, .n = 1, .filter = -1},
    {.id = {"orange", 6}, .level = LEVEL_ORANGE, .whole = true, .c = {{IND_NEG_AUTHORS_1H, 100, 8, INFINITY}}, .n = 1, .filter = -1},
    {.id = {"both", 4}, .level = LEVEL_RED, .c = {{IND_NEG_AUTHORS_1H, 200, 0, INFINITY}, {IND_MEDIA_24H, 3, 0, INFINITY}}, .n = 2, .filter = -1},
};
static const struct rules rules = {.r = rules_, .n = 3, .hold = 0.5, .quiet = 86400, .replay = 86400, .spread = 0.15, .offset = 8 * 3600};

static enum level
ask(double authors, double usual, double media, double weight, double factor)
{
	struct figures f = {.weight = weight};
	int which = -1;

	for (int i = 0; i < INDICATORS; i++)
		f.usual[i] = -1;
	f.v[IND_NEG_AUTHORS_1H] = authors;
	f.v[IND_MEDIA_24H] = media;
	f.usual[IND_NEG_AUTHORS_1H] = usual;
	return level_of(&rules, &f, factor, NULL, &which);
}

static void
levels(void)
{
	struct ladder l = {.level = LEVEL_NONE};
	int64_t fell;

	is_int(ask(9, 1, 0, 1, 1), LEVEL_NONE, "below every threshold");
	is_int(ask(10, 1, 0, 1, 1), LEVEL_BLUE, "at the threshold");
	is_int(ask(10, 5, 0, 1, 1), LEVEL_NONE, "ten is nothing where five is usual");
	is_int(ask(100, 1, 0, 1, 1), LEVEL_ORANGE, "a hundred people");
	is_int(ask(150, 20, 0, 1, 1), LEVEL_BLUE, "a hundred and fifty, but twenty is usual");
	is_int(ask(300, 1, 2, 1, 1), LEVEL_ORANGE, "all conditions of a rule must hold");
	is_int(ask(300, 1, 3, 1, 1), LEVEL_RED, "and then it does");
	is_int(ask(100, -1, 0, 1, 1), LEVEL_ORANGE, "where the usual is unknown at_least decides");
	is_int(ask(6, 1, 0, 0.6, 1), LEVEL_BLUE, "a grave type lowers the thresholds that weigh");
	is_int(ask(60, 1, 0, 0.6, 1), LEVEL_BLUE, "and no others");
	is_int(ask(50, 1, 0, 1, 0.5), LEVEL_ORANGE, "held at half");

	is_int(ladder_rise(&l, 1000, LEVEL_ORANGE, LEVEL_ORANGE), LEVEL_ORANGE, "rises at once");
	is_int(ladder_rise(&l, 2000, LEVEL_NONE, LEVEL_ORANGE), LEVEL_ORANGE, "stays while held");
	is_int(ladder_rise(&l, 3000, LEVEL_NONE, LEVEL_BLUE), LEVEL_ORANGE, "and when no longer held");
	is_int(ladder_fall(&l, 2000 + 86399, 86400, &fell), LEVEL_ORANGE, "until it has been quiet for a day");
	is_int(ladder_fall(&l, 2000 + 86400, 86400, &fell), LEVEL_BLUE, "then it falls to what was held meanwhile");
	is_int(fell, 2000 + 86400, "at the moment it was due");
	is_int(ladder_fall(&l, 10 * 86400, 86400, &fell), LEVEL_NONE, "and ends");
	is_int(fell, 3000 + 86400, "when that was due");
}

/* --- posts to incidents */

static struct book book;
static struct buf line;

static void
post(int64_t t, int id, int author, const char *label, const char *type, const char *more)
{
	struct rec r = {0};
	struct err e = {.msg = ""};
	char tm[CLOCK_LEN];

	buf_reset(&line);
	buf_printf(&line, "{\"kind\":\"post\",\"id\":\"p:%d\",\"source\":\"t\",\"platform\":\"weibo\",\"text\":\"这家银行千万别去，利息骗人服务垃圾，赶紧把钱取出来转告身边的人\",\"author\":{\"id\":\"a%d\"},"
			  "\"published\":\"%s\",\"subjects\":[{\"id\":\"s\",\"voice\":\"public\"}],\"sentiment\":{\"label\":\"%s\"},"
			  "\"crisis\":{\"type\":\"%s\"}%s}",
	    id, author, clock_format(t, tm).p, label, type, more);
	if (rec_parse(&r, buf_view(&line), false, &e) != 0 || book_post(&book, &r, &e) != 1)
		ok(false, "post is taken: %s", e.msg);
	rec_free(&r);
}

/* Two quiet days of one negative an hour; then n posts in an hour by as many authors, a hundredth of a day later. */
static enum level
crisis_of(int n, int authors, const char *label, const char *more, const char *type)
{
	struct detection d;
	struct detect_opts o = {.clock = INT64_MIN};
	struct err e;
	int64_t t = at("2026-11-20T00:00:00Z");
	enum level l;

	for (int h = 0; h < 48; h++) {
		post(t + h * 3600, h, 1000 + h, "neg", "service.delay", "");
		post(t + h * 3600 + 9, 100 + h, 2000 + h, "neu", "none", "");
	}
	t += 48 * 3600;
	for (int i = 0; i < n; i++)
		post(t + i * 3600 / n, 10000 + i, i % authors, label, type, more);
	ok(detect_run(&book, &rules, &o, &d, &e) == 0, "a run");
	l = LEVEL_NONE;
	for (size_t i = 0; i < d.n; i++)
		l = d.e[i]->peak > l ? d.e[i]->peak : l;
	detect_free(&d);
	book_free(&book);
	return l;
}

static void
incidents(void)
{
	struct detection d, d2;
	struct detect_opts o = {.clock = INT64_MIN};
	struct err e;
	struct buf a = {0}, b = {0};
	int64_t t = at("2026-11-20T00:00:00Z");

	is_int(crisis_of(120, 120, "neg", "", "system.outage"), LEVEL_ORANGE, "a hundred and twenty people");
	is_int(crisis_of(120, 3, "neg", "", "system.outage"), LEVEL_NONE, "three people forty times each");
	is_int(crisis_of(120, 120, "neu", "", "system.outage"), LEVEL_NONE, "a neutral topic that goes round");
	is_int(crisis_of(120, 120, "neg", ",\"dup\":{\"cluster\":\"old:1\",\"distance\":0}", "system.outage"), LEVEL_NONE,
	    "copies of a story nobody told in two days");
	is_int(crisis_of(120, 120, "neg", ",\"author2\":0", "none"), LEVEL_ORANGE, "a type is not needed to be many");
	is_int(crisis_of(300, 300, "neg",
		   ",\"metrics\":{\"likes\":0},\"dup\":{\"cluster\":\"p:10000\",\"distance\":0}", "system.outage"),
	    LEVEL_BLUE, "word-for-word posts of one story count for fifty people at most");

	/* rules look at the past only: a longer stream says the same of what came before */
	for (int i = 0; i < 200; i++)
		post(t + i * 600, i, i, "neg", "system.outage", "");
	for (int i = 0; i < 150; i++)
		post(t + 200000 + i * 20, 1000 + i, 500 + i, "neg", "system.outage", "");
	(void)detect_run(&book, &rules, &o, &d, &e);
	for (int i = 0; i < 300; i++)
		post(t + 210000 + i * 10, 2000 + i, 2500 + i, "neg", "system.outage", "");
	(void)detect_run(&book, &rules, &o, &d2, &e);
	ok(d.n > 0 && d2.n >= d.n, "both runs see it");
	incident_id(&book, d.e[0], &a);
	incident_id(&book, d2.e[0], &b);
	is_str(buf_view(&b), a.p, "the id is the same in a longer stream");
	is_int(d2.e[0]->path[0].t, d.e[0]->path[0].t, "so is the moment it opened");
	for (size_t i = 0; i < d.e[0]->npath && i < d2.e[0]->npath; i++)
		ok(d.e[0]->path[i].t == d2.e[0]->path[i].t && d.e[0]->path[i].to == d2.e[0]->path[i].to, "change %zu is the same", i);
	buf_free(&a);
	buf_free(&b);
	detect_free(&d);
	detect_free(&d2);
	book_free(&book);

	/* a single post from a wrong clock does not move the present */
	for (int i = 0; i < 5; i++)
		post(t + i, i, i, "neu", "none", "");
	post(at("2099-01-01T00:00:00Z"), 9, 9, "neu", "none", "");
	book_sort(&book);
	is_int(book_clock(&book), t + 4, "the present is where posts have company");
	book_free(&book);
}

/* --- forecast */

static void
forecasts(void)
{
	static struct bins b;
	struct forecast f;
	int64_t t = at("2026-11-20T12:00:00Z");

	bins_open(&b);
	forecast_make(&b, t, NULL, &f);
	ok(f.stage == STAGE_LATENT && f.neg[0].mean < 1, "silence goes on");
	for (int q = 48; q > 0; q--)
		for (int i = 0; i < 25; i++)
			bins_add(&b, t - q * 900 + i, true);
	forecast_make(&b, t, NULL, &f);
	ok(near(f.neg[0].mean, 100, 12), "a hundred an hour go on for an hour: %.0f", f.neg[0].mean);
	ok(f.neg[0].low < 100 && f.neg[0].high > 100, "within their interval");
	ok(f.neg[2].mean > f.neg[1].mean && f.neg[1].mean > f.neg[0].mean, "more time, more posts");
	is_int(f.stage, STAGE_LASTING, "a plateau");
	ok(forecast_chance(&f, 50, 3600) > 0.85, "half of it is as good as certain");
	ok(forecast_chance(&f, 5000, 3600) < 0.05, "fifty times as much is not");
	for (int q = 4; q > 0; q--)
		for (int i = 0; i < 25 << (5 - q); i++)
			bins_add(&b, t - q * 900 + i % 900, true);
	forecast_make(&b, t, NULL, &f);
	is_int(f.stage, STAGE_BURST, "doubling by the quarter is a burst");
	ok(f.peak > f.rate && f.peak_at > t, "and its peak lies ahead");
	for (int i = 0; i < 10; i++)
		bins_add(&b, t + 20 * 900 + i, true);
	forecast_make(&b, t + 21 * 900, NULL, &f);
	is_int(f.stage, STAGE_FADING, "five hours of nothing later it has faded");
}

/* --- counted series */

static void
series(void)
{
	static struct anomaly a;
	struct anomaly_score s = {0};
	int alerts = 0, first = -1;

	for (int i = 0; i < 288 * 3; i++) {
		s = anomaly_point(&a, (int64_t)i * 300, 20 + (i * 7) % 5);
		alerts += s.alert;
	}
	is_int(alerts, 0, "a steady series is quiet");
	for (int i = 0; i < 48; i++) {
		s = anomaly_point(&a, (int64_t)(288 * 3 + i) * 300, 200);
		if (s.alert && first < 0)
			first = i;
		alerts += s.alert;
	}
	ok(first >= 0 && first < 6, "ten times as much alerts within half an hour (%d)", first);
	is_int(alerts, 1, "once");
	ok(s.score <= 0.9 && s.raw >= 0 && s.raw <= 1, "then it is silent for 18 h");
	memset(&a, 0, sizeof a);
	first = -1;
	for (int i = 0; i < 72; i++) {
		s = anomaly_point(&a, (int64_t)i * 300, i < 36 ? 3 + i % 3 : 60);
		if (s.alert && first < 0)
			first = i;
	}
	ok(first >= 36 && first < 48, "a series three hours old finds its onset within the hour (%d)", first);
	memset(&a, 0, sizeof a);
	s = anomaly_point(&a, 100, NAN);
	s = anomaly_point(&a, 50, -3);
	ok(s.score >= 0 && s.score <= 1 && isfinite(s.usual), "nonsense is zero, time does not run backwards");
}

/* --- the generator */

struct seen {
	uint64_t hash;
	int posts, out_of_order;
	int64_t last;
	bool crisis, truth;
	int64_t orange;
};

static void
look(void *ctx, struct str json)
{
	struct seen *s = ctx;
	struct rec r = {0};
	struct err e = {.msg = ""};
	int64_t t;

	s->hash = hash_bytes(json.p, json.n, s->hash);
	if (rec_parse(&r, json, false, &e) != 0)
		ok(false, "the generator writes records: %s", e.msg);
	if (rec_kind(&r) == KIND_POST) {
		s->posts++;
		if (rec_time(&r, "published", &t)) {
			s->out_of_order += t < s->last;
			s->last = t;
		}
	} else {
		s->truth = true;
		s->crisis = rec_get(&r, "crisis").type == JSON_TRUE;
		(void)rec_time(&r, "orange", &s->orange);
	}
	rec_free(&r);
}

static struct seen
run_sim(enum sim_kind kind, uint64_t seed)
{
	struct sim_conf c = {.kind = kind, .seed = seed, .start = 1795276800, .members = true, .truth = true, .days = 6};
	struct seen s = {0};
	struct err e = {.msg = ""};

	if (sim_run(&c, look, &s, &e) != 0)
		ok(false, "sim: %s", e.msg);
	return s;
}

static void
sims(void)
{
	struct sim_conf wrong = {.kind = SIM_QUIET, .days = 4000};
	struct seen a = run_sim(SIM_DAY, 1), b = run_sim(SIM_DAY, 1), c = run_sim(SIM_DAY, 2);
	struct err e;

	ok(a.posts >= 20000, "a day has 20,000 posts and more: %d", a.posts);
	ok(a.hash == b.hash, "the same seed gives the same bytes");
	ok(a.hash != c.hash, "another seed others");
	is_int(a.out_of_order, 0, "in order of publication");
	ok(a.truth && a.crisis && a.orange > 0, "with its truth");
	for (int k = SIM_QUIET; k < SIM_KINDS; k++) {
		struct seen s = run_sim((enum sim_kind)k, 3);

		ok(s.crisis == (k == SIM_SLOW || k == SIM_FLASH), "%s: %s", sim_kind_name[k], s.crisis ? "a crisis" : "none");
		if (k == SIM_SOURCE)
			ok(s.out_of_order > 0, "what was held back comes late");
	}
	ok(sim_run(&wrong, look, &a, &e) == -1 && e.kind == ERR_USAGE, "too many days are refused");
}

int
main(void)
{
	double low, high;

	tails();
	usuals();
	levels();
	incidents();
	forecasts();
	series();
	sims();
	share_interval(0, 0, &low, &high);
	ok(low == 0 && high == 1, "a share of nothing may be anything");
	share_interval(8, 10, &low, &high); /* Wilson: (0.490, 0.943) */
	ok(near(low, 0.490, 0.001) && near(high, 0.943, 0.001), "eight of ten: 0.49 to 0.94");
	buf_free(&line);
	return tap_done();
}
