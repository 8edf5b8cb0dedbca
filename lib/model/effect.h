#ifndef MODEL_EFFECT_H
#define MODEL_EFFECT_H
/*
 * What changed at a moment: posts over time, windows before and after, intervals, and an interrupted time series. Pure.
 *
 * Shares: Wilson's interval (1927) and, for a difference, Newcombe's hybrid of two of them (1998, method 10); both hold
 * for small counts, where the textbook ones do not.
 * Counts: segmented regression (Wagner, Soumerai, Zhang, Ross-Degnan 2002; Bernal, Cummins, Gasparrini 2017). The part
 * before the moment is fitted by quasi-Poisson regression, log E(y) = b0 + b1·t + log(season); with a term for level and
 * one for slope behind it, the full segmented model splits into this fit and another one, so the counterfactual is this
 * fit carried on. Variance is inflated by the dispersion found and by (1+r)/(1-r) for the first-order correlation r of
 * residuals. A rising trend is carried on flat: growth would promise any number one likes. And since every crisis peaks
 * by itself, less counts as less only when a trend that bends down beyond doubt (b2·t²), carried on bending, says so too,
 * and when the same test at other moments of the same crisis (placebos in time) seldom goes as far.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "rec/json.h"

struct interval {
	double low, high;
};
struct interval effect_share(int64_t k, int64_t n);                                  /* 95 %; 0..1 when n is 0 */
struct interval effect_difference(int64_t k1, int64_t n1, int64_t k2, int64_t n2);  /* k2/n2 - k1/n1; -1..1 when unknown */
double effect_t(double df); /* 97.5 % quantile of Student's t, df >= 1 */

/* --- posts over time --------------------------------------------------------------------------------------------------- */

struct seen {
	int64_t t;
	float heat;       /* 1 + ln(1 + interactions) */
	bool negative, own, typed; /* own: by the organisation, not counted; typed: of the type asked for */
	bool late;        /* collected more than ten minutes after it was published */
};
struct curve {
	struct seen *v;   /* by time after curve_sort */
	size_t n, cap;
	int64_t own_first; /* first post of the organisation at or after own_since, 0 = none */
	int64_t own_since;
	struct buf own_id; /* its id */
	int64_t lag_n;     /* posts whose collection time is known */
};
/* A post about subject (empty: any) in [from, until); others are passed over. type may be empty. */
void curve_add(struct curve *c, struct json post, struct str subject, struct str type, int64_t from, int64_t until);
void curve_sort(struct curve *c);
void curve_free(struct curve *c);

struct window {
	int64_t from, until;
	int64_t n, negative;
	double heat;
};
struct window curve_window(const struct curve *c, int64_t from, int64_t until);
/* Negative posts of the type in [from, until). */
int64_t curve_typed(const struct curve *c, int64_t from, int64_t until);
/* n buckets of step seconds from from into all and neg (each may be NULL). */
void curve_buckets(const struct curve *c, int64_t from, int64_t step, size_t n, int64_t *all, int64_t *neg);

/* --- trends ------------------------------------------------------------------------------------------------------------ */

/* log E(y) = b[0] + b[1]·x (+ b[2]·x²) + log(season) */
enum { FIT_TERMS = 3 };
struct loglinear {
	size_t terms;                     /* 2 or 3 */
	double b[FIT_TERMS];
	double cov[FIT_TERMS][FIT_TERMS]; /* dispersion and correlation are in it */
	double inflate;                   /* dispersion times correlation, 1 or more */
	double df;
};
/* season: expected relative activity, > 0, or NULL. False: fewer than terms + 2 points, or nothing that can be fitted. */
bool loglinear_fit(const double *x, const int64_t *y, const double *season, size_t n, size_t terms, struct loglinear *out);

enum verdict { VERDICT_UNKNOWN, VERDICT_LESS, VERDICT_SAME, VERDICT_MORE };
extern const char *const verdict_names[]; /* "unknown" "less" "same" "more" */

enum { ITS_BINS = 12, ITS_LEAST = 20 /* negatives before */ };
struct its {
	enum verdict verdict;
	int64_t observed;
	double expected;
	double ratio, low, high; /* observed to expected, 95 % */
	bool rising;             /* the trend before was, and was carried on flat */
	bool bending;            /* it was bending down, and less is no news */
	int64_t placebos, as_far; /* the same test at other moments, and how many of them went as far this way */
};
struct placebo {
	int64_t t;
	double ratio;
};
enum { PLACEBOS = 400, PLACEBO_LEAST = 8 };
#define PLACEBO_SHARE 0.1
/*
 * Negatives in [at, at + span) against what [at - span, at) leads to expect. rhythm: activity by local hour, mean 1;
 * offset: seconds east of UTC. until: end of what was observed; a window that reaches beyond it is unknown.
 */
struct its effect_its(const struct curve *c, int64_t at, int64_t span, int64_t since, int64_t until, const double rhythm[24],
    int64_t offset);

/* The test at moments all over [from, until), for effect_against. Returns how many, at most PLACEBOS. */
size_t effect_placebos(const struct curve *c, int64_t span, int64_t from, int64_t since, int64_t until, const double rhythm[24],
    int64_t offset, struct placebo out[PLACEBOS]);
/* Holds the verdict against those whose windows do not reach over at: to VERDICT_SAME when too many went as far. */
void effect_against(struct its *k, int64_t at, int64_t span, const struct placebo *p, size_t n);

/* --- the course -------------------------------------------------------------------------------------------------------- */

enum { COURSE_HOURS = 32 * 24, COURSE_RUN = 3, COURSE_LEAST = 10, FLARES = 8 };
struct course {
	int64_t from;             /* start of the first hour */
	size_t n;                 /* whole hours */
	size_t start;             /* the hour of the first post of the crisis; before it lies what was before */
	int64_t all[COURSE_HOURS], neg[COURSE_HOURS];
	double usual[COURSE_HOURS]; /* negatives; below zero: not known */
	int64_t posts, negative;  /* from start on */
	size_t peak;              /* index; the first of equals */
	bool known;               /* COURSE_LEAST negatives or more */
	int64_t half_s;           /* -1: not yet */
	bool fitted;
	double half_life_s, half_low, half_high; /* of the fit; high below zero: no upper end */
	int64_t contained;        /* time, 0 = not yet */
	double limit;             /* what an hour may have at contained, or at the end */
	int64_t flare[FLARES];    /* times */
	size_t nflare;
};
/* from, n, start, all, neg, usual are given; the rest is found. rhythm and offset as above. */
void course_find(struct course *c, const double rhythm[24], int64_t offset);
/* What an hour may have to count as contained. */
double course_limit(const struct course *c, size_t hour);

#endif
