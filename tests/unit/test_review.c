/* Effect and clocks: intervals and fits against published values, tests that must and must not find something. */
#include "tap.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "ext/library.h"
#include "model/effect.h"
#include "model/names.h"
#include "model/playbook.h"
#include "model/review.h"

static bool
near(double got, double want, double by)
{
	if (fabs(got - want) <= by)
		return true;
	printf("#  got %.6f\n# want %.6f\n", got, want);
	return false;
}

/* Values of Newcombe 1998 (both papers of that year), rounded there to four places. */
static void
intervals(void)
{
	struct interval i;

	i = effect_share(81, 263);
	ok(near(i.low, 0.2553, 6e-5) && near(i.high, 0.3662, 6e-5), "Wilson 81/263");
	i = effect_share(0, 20);
	ok(near(i.low, 0, 1e-12) && near(i.high, 0.1611, 6e-5), "Wilson 0/20");
	i = effect_share(1, 29);
	ok(near(i.low, 0.0061, 6e-5) && near(i.high, 0.1718, 6e-5), "Wilson 1/29");
	i = effect_share(0, 0);
	ok(near(i.low, 0, 0) && near(i.high, 1, 0), "nothing says nothing");
	i = effect_difference(48, 80, 56, 70);
	ok(near(i.low, 0.0524, 6e-5) && near(i.high, 0.3339, 6e-5), "Newcombe 56/70 - 48/80");
	i = effect_difference(3, 10, 9, 10);
	ok(near(i.low, 0.1705, 6e-5) && near(i.high, 0.8090, 6e-5), "Newcombe 9/10 - 3/10");
	i = effect_difference(0, 20, 0, 10);
	ok(near(i.low, -0.1611, 6e-5) && near(i.high, 0.2775, 6e-5), "Newcombe 0/10 - 0/20");
	i = effect_difference(0, 20, 10, 10);
	ok(near(i.low, 0.6791, 6e-5) && near(i.high, 1, 1e-9), "Newcombe 10/10 - 0/20");
	ok(near(effect_t(1), 12.706, 1e-3) && near(effect_t(5), 2.5706, 1e-4) && near(effect_t(6), 2.4469, 2e-3) &&
	    near(effect_t(10), 2.2281, 3e-4) && near(effect_t(30), 2.0423, 1e-4) && near(effect_t(1e6), 1.95996, 1e-4),
	    "Student's t");
}

/* Deaths from AIDS in Australia by quarter, 1983 to 1986 (Whyte 1987), as fitted in Dobson's textbook: 0.340 + 0.257 x. */
static void
fits(void)
{
	static const int64_t deaths[14] = {0, 1, 2, 3, 1, 4, 9, 18, 23, 31, 20, 25, 37, 45};
	static const int64_t halves[6] = {1024, 512, 256, 128, 64, 32}, zeros[6] = {0};
	double x[14], season[6] = {2, 2, 1, 1, 2, 2}, chi = 0;
	int64_t seasonal[6], bent[14];
	struct loglinear f;

	for (int i = 0; i < 14; i++)
		x[i] = i + 1;
	ok(loglinear_fit(x, deaths, NULL, 14, 2, &f), "a fit");
	ok(near(f.b[0], 0.3396, 2e-4) && near(f.b[1], 0.2565, 2e-4), "its coefficients are the published ones");
	for (int i = 0; i < 14; i++) {
		double mu = exp(f.b[0] + f.b[1] * x[i]);

		chi += ((double)deaths[i] - mu) * ((double)deaths[i] - mu) / mu;
	}
	ok(f.inflate >= chi / 12 - 1e-9, "the dispersion found is at least Pearson's");
	ok(near(sqrt(f.cov[1][1] / f.inflate), 0.0220, 2e-4) && near(sqrt(f.cov[0][0] / f.inflate), 0.2512, 2e-3), "and without it the published errors");
	ok(loglinear_fit(x, halves, NULL, 6, 2, &f) && near(f.b[1], -log(2), 1e-9) && near(f.inflate, 1, 1e-6), "a curve that halves each step");
	for (int i = 0; i < 6; i++)
		seasonal[i] = halves[i] * (int64_t)season[i];
	ok(loglinear_fit(x, seasonal, season, 6, 2, &f) && near(f.b[1], -log(2), 1e-9), "the season is taken out");
	for (int i = 0; i < 14; i++)
		bent[i] = (int64_t)(exp(6 + 0.3 * x[i] - 0.02 * x[i] * x[i]) + 0.5);
	ok(loglinear_fit(x, bent, NULL, 14, 3, &f) && near(f.b[0], 6, 0.01) && near(f.b[1], 0.3, 0.002) && near(f.b[2], -0.02, 0.0002), "a curve that bends");
	ok(!loglinear_fit(x, zeros, NULL, 6, 2, &f) && !loglinear_fit(x, halves, NULL, 3, 2, &f), "nothing and too little fit nothing");
}

/* --- curves made of posts ------------------------------------------------------------------------------------------------- */

#define T0 INT64_C(1795305600) /* 2026-11-22T00:00:00Z */

static void
post(struct curve *c, int64_t t, const char *label, const char *more)
{
	char at[CLOCK_LEN];
	struct arena a = {0};
	struct str s = arena_printf(&a, "{\"kind\":\"post\",\"id\":\"p\",\"published\":\"%s\",\"subjects\":[{\"id\":\"b\"}],\"sentiment\":{\"label\":\"%s\"}%s}",
	    clock_format(t, at).p, label, more);

	curve_add(c, json_view(s), STR("b"), STR(""), T0, T0 + 40 * 86400);
	arena_free(&a);
}

static void
posts(struct curve *c, int64_t from, int64_t step, int64_t n, const char *label)
{
	for (int64_t i = 0; i < n; i++)
		post(c, from + i * step / (n > 0 ? n : 1), label, "");
}

static struct its
test(const int64_t n[24])
{
	static const double flat[24] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
	struct curve c = {0};
	struct its k;

	for (int i = 0; i < 24; i++)
		for (int64_t j = 0; j < n[i]; j++) {
			c.v = xgrow(c.v, &c.cap, c.n + 1, sizeof *c.v);
			c.v[c.n++] = (struct seen){.t = T0 + i * 900 + j * 900 / n[i], .negative = true};
		}
	curve_sort(&c);
	k = effect_its(&c, T0 + 12 * 900, 3 * 3600, T0, T0 + 24 * 900, flat, 0);
	curve_free(&c);
	return k;
}

static void
its(void)
{
	int64_t n[24];
	struct its k;
	static const double flat[24] = {1};
	struct curve none = {0};

	for (int i = 0; i < 24; i++)
		n[i] = 40 + i % 3;
	k = test(n);
	ok(k.verdict == VERDICT_SAME && near(k.ratio, 1, 0.05), "what goes on as before has no effect");
	for (int i = 12; i < 24; i++)
		n[i] = 20;
	k = test(n);
	ok(k.verdict == VERDICT_LESS && near(k.expected, 492, 15) && k.observed == 240, "half of it is less");
	for (int i = 0; i < 24; i++)
		n[i] = (int64_t)(200 * pow(0.9, i) + 0.5);
	k = test(n);
	ok(k.verdict == VERDICT_SAME && !k.rising, "a fall that goes on as before is no effect, although fewer posts came");
	for (int i = 12; i < 24; i++)
		n[i] = n[11];
	ok(test(n).verdict == VERDICT_MORE, "a fall that stops is more than was to be expected");
	for (int i = 0; i < 24; i++)
		n[i] = (int64_t)(10 * pow(1.2, i < 12 ? i : 12) + 0.5);
	k = test(n);
	ok(k.rising && k.verdict != VERDICT_LESS, "a rise that ends by itself earns nobody anything");
	for (int i = 12; i < 24; i++)
		n[i] = 20;
	ok(test(n).verdict == VERDICT_LESS, "a rise cut to a quarter is less");
	for (int i = 0; i < 24; i++)
		n[i] = (int64_t)(150 * exp(-(i - 12) * (i - 12) / 50.0) + 0.5);
	k = test(n);
	ok(k.bending && k.verdict == VERDICT_SAME, "a crisis that peaks by itself right at the action");
	for (int i = 12; i < 24; i++)
		n[i] = n[i] / 8;
	n[11] = n[10] = n[9] = 150;
	for (int i = 12; i < 24; i++)
		n[i] = 3;
	ok(test(n).verdict == VERDICT_LESS, "and one that breaks off there");
	{
		struct placebo p[40];
		struct its less = {.verdict = VERDICT_LESS, .ratio = 0.5}, few = less, rare = less, near_by = less;

		for (int i = 0; i < 40; i++)
			p[i] = (struct placebo){T0 + i * 900, i % 4 == 0 ? 0.4 : 1};
		effect_against(&less, T0 - 7200, 3600, p, 40);
		ok(less.verdict == VERDICT_SAME && less.placebos == 40 && less.as_far == 10, "what every fourth moment shows is no effect");
		effect_against(&few, T0 - 7200, 3600, p, 7);
		ok(few.verdict == VERDICT_LESS && few.placebos == 7, "seven moments judge nothing");
		effect_against(&near_by, T0 + 20 * 900, 3600, p, 40);
		is_int(near_by.placebos, 33, "windows that reach over the action are not asked");
		for (int i = 0; i < 40; i++)
			p[i].ratio = i == 0 ? 0.4 : 1;
		effect_against(&rare, T0 - 7200, 3600, p, 40);
		ok(rare.verdict == VERDICT_LESS && rare.as_far == 1, "what is rare stands");
	}
	for (int i = 0; i < 24; i++)
		n[i] = i < 12 ? 1 : 0;
	ok(test(n).verdict == VERDICT_UNKNOWN, "twelve posts tell nothing");
	ok(effect_its(&none, T0, 3 * 3600, T0 - 86400, T0 + 3600, flat, 0).verdict == VERDICT_UNKNOWN, "nor do windows that are not full");
	ok(effect_its(&none, T0, 0, INT64_MIN, INT64_MAX, flat, 0).verdict == VERDICT_UNKNOWN, "nor windows of nothing");
}

/* --- what the test is worth: series of known effect, always the same ones ---------------------------------------------- */

static uint64_t state = 88172645463325252u;

static double
uniform(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return ((double)(state >> 11) + 0.5) / 9007199254740992.0;
}

/* A Poisson number whose mean wanders: log-normal noise of standard deviation sd on top, so that counts scatter more. */
static int64_t
scattered(double mean, double sd)
{
	double u = sqrt(-2 * log(uniform())) * cos(2 * 3.14159265358979 * uniform()), l = exp(-mean * exp(sd * u - sd * sd / 2)), p = 1;
	int64_t n = -1;

	do {
		n++;
		p *= uniform();
	} while (p > l);
	return n;
}

/* In how many of 400 series of slope a quarter, with an effect from the middle on, the verdict is v. */
static int
said(enum verdict v, double slope, double effect, double sd)
{
	int times = 0;

	for (int r = 0; r < 400; r++) {
		int64_t n[24];

		for (int i = 0; i < 24; i++)
			n[i] = scattered(60 * pow(slope, i) * (i < 12 ? 1 : effect), sd);
		times += test(n).verdict == v;
	}
	return times;
}

static void
worth(void)
{
	int flat_less = said(VERDICT_LESS, 1, 1, 0.2), flat_more = said(VERDICT_MORE, 1, 1, 0.2), fall_less = said(VERDICT_LESS, 0.96, 1, 0.2);
	int fall_more = said(VERDICT_MORE, 0.96, 1, 0.2), half = said(VERDICT_LESS, 1, 0.5, 0.2), half_fall = said(VERDICT_LESS, 0.97, 0.4, 0.2);

	printf("# of 400: flat less %d more %d, falling less %d more %d; halved, found %d; to 40 %% in a fall, found %d\n", flat_less, flat_more, fall_less, fall_more, half, half_fall);
	ok(flat_less <= 20 && fall_less <= 20, "without an effect less is said in one of twenty at most");
	ok(flat_more <= 40 && fall_more <= 40, "and more in one of ten");
	ok(half >= 240, "a halving is found in three of five");
	ok(half_fall >= 200, "a fall to 40 %% within a fall in one of two");
}

static void
windows(void)
{
	struct curve c = {.own_since = T0 + 50};
	struct window w;

	posts(&c, T0, 100, 10, "neg");
	posts(&c, T0, 100, 30, "pos");
	post(&c, T0 + 10, "neg", ",\"crisis\":{\"kind\":\"ad\"}");
	post(&c, T0 + 20, "neg", ",\"metrics\":{\"likes\":1e300,\"reposts\":-5}");
	post(&c, T0 - 1, "neg", "");
	post(&c, T0 + 5, "neg", ",\"collected\":\"2026-11-22T01:00:00Z\"");
	curve_add(&c, json_view(STR("{\"id\":\"o1\",\"published\":\"2026-11-22T00:00:10Z\",\"subjects\":[{\"id\":\"b\",\"voice\":\"own\"}]}")), STR("b"), STR(""), T0, T0 + 86400);
	curve_add(&c, json_view(STR("{\"id\":\"o2\",\"published\":\"2026-11-22T00:02:00Z\",\"subjects\":[{\"id\":\"b\",\"voice\":\"own\"}]}")), STR("b"), STR(""), T0, T0 + 86400);
	curve_add(&c, json_view(STR("{\"id\":\"x\",\"published\":\"no time\",\"subjects\":\"b\"}")), STR("b"), STR(""), T0, T0 + 86400);
	curve_sort(&c);
	w = curve_window(&c, T0, T0 + 100);
	is_int(w.n, 42, "adverts, own posts and what stands outside do not count");
	is_int(w.negative, 12, "negatives");
	ok(isfinite(w.heat) && w.heat < 120, "a like count of 1e300 does not boil over");
	is_str(buf_view(&c.own_id), "o2", "the first post of the organisation after the discovery");
	is_int(c.lag_n, 1, "a time of collection");
	curve_free(&c);
}

static void
courses(void)
{
	static struct course c;
	double flat[24];
	int64_t shape[] = {1, 0, 4, 40, 100, 80, 60, 45, 30, 20, 9, 8, 7, 3, 2, 20, 25, 30, 5, 5, 5};

	for (int i = 0; i < 24; i++)
		flat[i] = 1;
	c = (struct course){.from = T0, .n = sizeof shape / sizeof shape[0]};
	for (size_t i = 0; i < c.n; i++) {
		c.neg[i] = shape[i];
		c.all[i] = 2 * shape[i];
		c.usual[i] = 1;
	}
	course_find(&c, flat, 0);
	ok(c.known && c.peak == 4, "the peak");
	is_int(c.half_s, 3 * 3600, "halved: three hours in a row at 50 or less");
	is_int(c.contained, T0 + 10 * 3600, "contained: three hours in a row at a tenth of the peak or less");
	ok(c.nflare == 1 && c.flare[0] == T0 + 15 * 3600, "and a flare-up");
	ok(c.fitted && c.half_life_s > 3600 && c.half_life_s < 2.5 * 3600 && c.half_low < c.half_life_s && c.half_high > c.half_life_s, "the half-life of the decay");
	for (size_t i = 0; i < c.n; i++)
		c.usual[i] = 12;
	course_find(&c, flat, 0);
	is_int(c.contained, T0 + 9 * 3600, "twice the usual counts where it is more");
	c.n = 12;
	for (size_t i = 0; i < c.n; i++)
		c.usual[i] = 1;
	course_find(&c, flat, 0);
	is_int(c.contained, 0, "two calm hours are not enough");
	for (size_t i = 0; i < c.n; i++)
		c.neg[i] = i == 3 ? 9 : 0;
	course_find(&c, flat, 0);
	ok(!c.known && c.contained == 0 && c.half_s == -1, "nine posts are no crisis that could be contained");
	c.n = 0;
	course_find(&c, flat, 0);
	ok(!c.known && c.posts == 0, "no hours at all");
}

/* --- clocks --------------------------------------------------------------------------------------------------------------- */

struct step {
	int64_t ts;
	const char *kind, *data;
};

static struct case_review *
review(const struct step *s, int64_t now)
{
	struct case_review *r = xcalloc(1, sizeof *r);
	struct err e;

	case_review_init(r, STR("c-1"), now);
	for (int64_t seq = 1; s->kind != NULL; s++, seq++)
		if (case_review_event(r, &(struct case_event){seq, s->ts, STR("li"), str_c(s->kind), str_c(s->data)}, &e) != 0)
			printf("# %s\n", e.msg);
	case_review_close(r);
	return r;
}

#define PLAN(level, s) "\"playbook\":{\"id\":\"p\",\"version\":\"1\",\"plan\":{\"level\":\"" level "\",\"release\":{\"grade\":\"public\"},\"tasks\":[" \
	"{\"id\":\"publish-statement\",\"department\":\"pr\",\"deadline_s\":" s ",\"text\":\"statement\"},{\"id\":\"contain\",\"department\":\"it\",\"deadline_s\":14400}]," \
	"\"clocks\":[{\"id\":\"law\",\"within_s\":3600}]}}"

static void
clocks(void)
{
	static const struct step steps[] = {
	    {T0 + 600, "case.open", "{\"incident\":{\"id\":\"i\",\"subject\":\"b\",\"type\":\"t\",\"level\":\"blue\",\"path\":[{\"at\":\"2026-11-22T00:00:00Z\",\"rule\":\"r\"}]," PLAN("blue", "10800") "}}"},
	    {T0 + 1200, "case.incident", "{\"incident\":{\"id\":\"i\",\"forecast\":{\"h1\":{\"negative\":5,\"low\":1,\"high\":9}}}}"},
	    {T0 + 1800, "case.raise", "{\"from\":\"blue\",\"to\":\"red\",\"incident\":{\"id\":\"i\",\"level\":\"red\"," PLAN("red", "5400") "}}"},
	    {T0 + 2400, "case.assign", "{\"owner\":\"li\"}"},
	    {T0 + 3000, "draft.new", "{\"draft\":\"d\",\"form\":\"statement\",\"lang\":\"zh\"}"},
	    {T0 + 3600, "draft.submit", "{\"draft\":\"d\"}"},
	    {T0 + 7201, "draft.release", "{\"draft\":\"d\",\"form\":\"statement\"}"},
	    {T0 + 9000, "task.done", "{\"task\":\"contain\"}"},
	    {T0 + 9001, "task.skip", "{\"task\":\"publish-statement\",\"reason\":\"x\"}"},
	    {T0 + 9002, "review.save", "{\"anything\":1}"},
	    {0, NULL, NULL}};
	struct case_review *r = review(steps, T0 + 86400);
	double effect;

	is_int(r->found.t, T0, "found: the first alert of the incident");
	ok(r->clock[RESPONSE_HANDLING].state == KEPT_YES && r->clock[RESPONSE_HANDLING].at.seq == 4, "first handling is a person's event, by its number");
	is_int(r->clock[RESPONSE_STATEMENT].limit_s, 7200, "a raise brings its own deadline, from the raise");
	ok(r->clock[RESPONSE_STATEMENT].state == KEPT_NO && r->clock[RESPONSE_STATEMENT].took_s == 7201, "a statement one second late");
	ok(r->clock[RESPONSE_ACTION].state == KEPT_YES && r->clock[RESPONSE_ACTION].took_s == 9000, "the source stopped in time");
	is_int(r->clock[RESPONSE_CONTAIN].limit_s, 48 * 3600, "no such task in the plan: the default");
	is_str(r->clock[RESPONSE_CONTAIN].limit_from, "", "and said so");
	ok(r->timing[TIMING_IN_TIME] == 1 && r->timing[TIMING_SKIPPED] == 1 && r->timing[TIMING_OVERDUE] == 1, "tasks: in time, skipped, overdue");
	ok(r->legal == 1 && r->legal_kept == 0, "the legal clock ran out");
	is_int((int64_t)r->naction, 3, "actions: the raise, the release, the task");
	is_int(r->forecast[0].expected, 5, "a forecast to check");
	ok(r->update_gap_s == 86400 - 7201, "silence since the only release");
	case_review_contain(r, true, T0 + 24 * 3600, T0 + 86400);
	ok(r->clock[RESPONSE_CONTAIN].state == KEPT_YES && case_review_effect(r, &effect) && near(effect, 0.5, 1e-9), "contained in half the time");
	case_review_contain(r, true, 0, T0 + 86400);
	ok(r->clock[RESPONSE_CONTAIN].state == KEPT_RUNNING && !case_review_effect(r, &effect), "not yet, and there is time");
	case_review_contain(r, true, 0, T0 + 49 * 3600);
	ok(r->clock[RESPONSE_CONTAIN].state == KEPT_NO && case_review_effect(r, &effect) && near(effect, -1, 0), "not at all");
	case_review_contain(r, true, T0 + 72 * 3600, T0 + 80 * 3600);
	ok(case_review_effect(r, &effect) && near(effect, -0.5, 1e-9), "half the time too late");
	case_review_contain(r, false, T0 + 3600, T0 + 80 * 3600);
	ok(!case_review_effect(r, &effect), "too few posts: cannot be told");
	case_review_free(r);
	free(r);
}

static void
bad_clocks(void)
{
	static const struct step backwards[] = {{T0, "case.open", "{\"subject\":\"b\"}"}, {T0 - 60, "task.add", "{\"task\":\"x\"}"}, {T0 - 50, "case.note", "{\"text\":\"x\"}"}, {0, NULL, NULL}};
	static const struct step future[] = {{T0 + 86400, "case.open", "{\"subject\":\"b\"}"}, {0, NULL, NULL}};
	static const struct step soon[] = {{T0, "case.open", "{\"subject\":\"b\"}"}, {T0 + 600, "case.close", "{\"reason\":\"x\"}"}, {0, NULL, NULL}};
	static const struct step wild[] = {{T0, "case.open", "{\"subject\":\"b\",\"incident\":{\"opened\":\"0001-01-01T00:00:00Z\",\"path\":7,\"evidence\":[1,{}],\"forecast\":{\"h1\":{\"negative\":9e99}}}}"},
	    {T0 + 1, "case.apply", "{\"playbook\":{\"plan\":{\"tasks\":[{\"id\":\"contain\",\"deadline_s\":9223372036854775807},{\"id\":\"contact-affected\",\"deadline_s\":-5}]}}}"},
	    {T0 + 2, "draft.release", "{}"}, {T0 + 3, "task.done", "{\"task\":\"contain\"}"}, {0, NULL, NULL}};
	struct case_review *r = review(backwards, T0 + 100);

	ok(r->disorder && r->clock[RESPONSE_HANDLING].state == KEPT_UNKNOWN, "handled before it was found: no figure");
	case_review_free(r);
	free(r);
	r = review(future, T0);
	ok(r->clock[RESPONSE_HANDLING].state == KEPT_RUNNING && r->timing[TIMING_OVERDUE] == 0, "a case from the future has missed nothing");
	case_review_free(r);
	free(r);
	r = review(soon, T0 + 86400);
	ok(r->clock[RESPONSE_STATEMENT].state == KEPT_UNKNOWN, "closed before the clock ran out: neither kept nor missed");
	case_review_free(r);
	free(r);
	r = review(wild, T0 + 86400);
	is_int(r->clock[RESPONSE_ACTION].limit_s, 4 * 3600, "a deadline without measure is none");
	is_int(r->clock[RESPONSE_HANDLING].limit_s, 3 * 3600, "nor is one below zero");
	case_review_free(r);
	free(r);
}

static void
ranks(void)
{
	int64_t odd[] = {5, 1, 3}, even[] = {4, 1, 3, 2}, big[] = {INT64_MAX, INT64_MAX - 2}, many[] = {10, 9, 8, 7, 6, 5, 4, 3, 2, 1};
	struct rank a = {FIT_MAIN, true, 0, 9, 0, STR("z")}, b = {FIT_MAIN, true, 0, 1, 0, STR("a")};

	ok(past_rank(7, 9) > past_rank(1, 1), "seven of nine before one of one");
	ok(past_rank(1, 1) > past_rank(0, 0) && past_rank(0, 0) > past_rank(0, 1) && past_rank(0, 1) > past_rank(0, 9), "one of one, nothing known, none of one, none of nine");
	ok(near(past_rank(7, 9), 0.4526, 1e-4), "the lower end of Wilson's interval");
	ok(past_rank(1000000, 1000000) < 1.0000001 && past_rank(0, 1000000) >= -1, "in bounds");
	a.effect = past_rank(7, 9);
	b.effect = past_rank(1, 1);
	ok(rank_cmp(&a, &b) < 0 && rank_score(&a) > rank_score(&b), "and so playbooks are ranked");
	is_int(median(odd, 3), 3, "median of three");
	is_int(median(even, 4), 2, "of four, rounded down");
	is_int(median(big, 2), INT64_MAX - 1, "of what a sum would overflow");
	is_int(median(NULL, 0), 0, "of none");
	is_int(percentile(many, 10, 90), 9, "nearest rank");
	is_int(percentile(many, 10, 0), 1, "and its end");
}

/* What a case can show has a name in both languages. The test runs in the source tree. */
static void
names(void)
{
	struct library lib;
	struct arena a = {0};
	struct str text;
	struct err e;
	size_t departments = 0, events = 0, nameless = 0;

	if (library_open("playbooks", NULL, &lib, NULL, NULL, &e) != 0 || file_read("lib/model/casefile.c", 1 << 20, &a, &text, &e) != 0) {
		skip("names: not in the source tree");
		return;
	}
	for (size_t i = 0; i < lib.n; i++) {
		struct json_iter it;
		struct str key;
		struct json v;

		if (play_load(&lib, lib.play[i], &e) != 0)
			continue;
		for (it = json_iter(json_get(json_view(lib.play[i]->json), "tasks")); json_next(&it, &key, &v);) {
			struct str id = json_str(json_get(v, "department"), &a);

			departments += id.n > 0;
			if (id.n > 0 && str_eq(name_of("department", id, true), id)) {
				printf("# %.*s: department '%.*s' has no name\n", STRF(lib.play[i]->id), STRF(id));
				nameless++;
			}
		}
	}
	ok(departments > 100 && nameless == 0, "every department of the playbooks has a name (%zu)", departments);
	for (nameless = 0; text.n > 0;) {
		ptrdiff_t at = str_find(text, STR("{\"")), end;
		struct str id;

		if (at < 0)
			break;
		text = str_sub(text, (size_t)at + 2, text.n);
		if ((end = str_find(text, STR("\", on_"))) < 0 || end > 30)
			continue;
		id = str_sub(text, 0, (size_t)end);
		events++;
		if (str_eq(name_of("event", id, true), id)) {
			printf("# event '%.*s' has no name\n", STRF(id));
			nameless++;
		}
	}
	ok(events > 25 && nameless == 0, "and every event of a case (%zu)", events);
	library_free(&lib);
	arena_free(&a);
}

int
main(void)
{
	names();
	intervals();
	fits();
	windows();
	its();
	worth();
	courses();
	clocks();
	bad_clocks();
	ranks();
	return tap_done();
}
