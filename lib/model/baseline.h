#ifndef MODEL_BASELINE_H
#define MODEL_BASELINE_H
/*
 * What is usual: the expectation of an hourly count from the same hours of the days before, and the probability of a
 * count as high as the one seen. Robust to gaps, to past crises and to low counts.
 */
#include <stdbool.h>
#include <stdint.h>

enum { BASE_HOURS = 24 * 42, BASE_MEASURES = 3 };
enum { BASE_AUTHORS, BASE_NEGATIVE, BASE_MENTIONS };

struct base_hour {
	int64_t hour;        /* hours since the epoch */
	float v[BASE_MEASURES];
	bool set;
};

/* Hours in which anything at all was heard of any series: the others are gaps, not zeros. */
struct coverage {
	int64_t first;              /* hour; INT64_MAX: none yet */
	int64_t heard[BASE_HOURS];  /* ring: the hour that was heard, by hour % BASE_HOURS */
};

struct baseline {
	struct base_hour ring[BASE_HOURS];
	int64_t cached;             /* hour of usual[], INT64_MIN: none */
	double usual[BASE_MEASURES];  /* of that hour */
	double before[BASE_MEASURES]; /* of the hour before it */
	double days;                /* how many earlier days stood behind them */
};

void coverage_open(struct coverage *c);
void coverage_add(struct coverage *c, int64_t hour);
void baseline_open(struct baseline *b);
struct base_hour *baseline_hour(struct baseline *b, int64_t hour); /* found or made */
/*
 * Expected count of measure m in the sixty minutes before t. offset: seconds the local day is ahead of UTC. Sees only
 * hours before the present one. Below zero: nothing is known yet.
 */
double baseline_usual(struct baseline *b, const struct coverage *c, int m, int64_t t, int64_t offset);
/* How busy people are by local hour, mean 1: stands in for the rhythm until days have been seen. */
double baseline_rhythm(int hour);
/*
 * P(X >= n) when mean is usual: negative binomial, its variance mean·(1 + spread·mean). In (0, 1]; never 0.
 */
double baseline_tail(double n, double mean, double spread);

#endif
