#ifndef MODEL_ANOMALY_H
#define MODEL_ANOMALY_H
/*
 * Anomaly scores for a counted series, point by point, seeing only what came before.
 *
 * Counts are smoothed over half an hour, one hour and two hours and held against a level with a half-life of 18 hours
 * whose own steps are cut, so that a burst does not become the level at once. How far each stands above the level, in
 * standard deviations of a count, is ranked among the highest of every past hour of the same series: the score is one
 * minus the probability that an hour's highest reaches it. Past hours beyond the highest seen follow a power law; until
 * there are past hours, a common prior stands for two of them. After an alert the series is silent for 18 hours unless
 * something three times as large comes.
 */
#include <stdbool.h>
#include <stdint.h>

enum { ANOMALY_SCALES = 3, ANOMALY_HOURS = 1080 /* blocks remembered: 45 days of hours */ };

struct anomaly {
	int64_t first, last;       /* times of the first and last point */
	int64_t step;              /* seconds between points, smoothed; 0: unknown */
	uint64_t n;
	double level, fast[ANOMALY_SCALES];
	float past[ANOMALY_SCALES][ANOMALY_HOURS]; /* ring of highest values of past blocks */
	int npast, next;
	double block[ANOMALY_SCALES]; /* highest of the present block */
	int64_t block_at;
	int64_t quiet_until;
	int64_t alerted_at;
	double alerted;            /* deviation at the last alert, its onset included */
};

struct anomaly_score {
	double score;              /* 0..1, one minus the tail probability; at most 0.9 while silent */
	double raw;                /* the same, silence not applied */
	double usual;              /* the level before this point */
	double fast;               /* the count smoothed over an hour, this point included */
	bool alert;                /* score reached ANOMALY_ALERT */
};
#define ANOMALY_ALERT 0.99

/* A zeroed struct is a new series. value < 0 counts as 0; a time before the last one counts as the last one. */
struct anomaly_score anomaly_point(struct anomaly *a, int64_t t, double value);

#endif
