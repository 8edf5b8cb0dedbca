#include <math.h>

#include "model/anomaly.h"

/*
 * Chosen for a plateau, not a peak: on the five public series each may be halved or doubled alone and the NAB score
 * stays within a few points.
 */
static const double smooth_s[ANOMALY_SCALES] = {1800, 3600, 7200}; /* half-lives */
static const double level_s = 18 * 3600;
static const double scatter = 0.04;    /* variance = level + scatter·level² + floor, at one hour */
static const double least = 0.5;       /* floor */
static const double cut = 7.5;         /* steps of the level: at most cut·(sqrt(level+1) + level/2) + 1 above it */
static const double young_cut = 0.5;   /* the same in the first 18 h, when every point weighs much */
static const double prior_blocks = 2;  /* what stands for the past of a young series */
static const double prior_from = 1.2, prior_fall = 4; /* P(block's highest >= z) = (z/1.2)^-4 */
static const double own_fall = 4;      /* beyond its own highest: (z/highest)^-4 */
static const double silence_s = 18 * 3600;
static const double regrow = 3;

/* P(a block's highest reaches z), from the past of this scale. */
static double
tail(const struct anomaly *a, int k, double z)
{
	double reached = 0, highest = prior_from / 2, prior, p;

	if (z <= prior_from / 2)
		return 1;
	for (int i = 0; i < a->npast; i++) {
		double v = (double)a->past[k][i];

		reached += v >= z;
		highest = v > highest ? v : highest;
	}
	if (reached == 0)
		reached = pow(z / highest, -own_fall);
	prior = z > prior_from ? pow(z / prior_from, -prior_fall) : 1;
	p = (reached + prior_blocks * prior) / (a->npast + prior_blocks + 1);
	return p > 1 ? 1 : p < 1e-12 ? 1e-12 : p;
}

static void
close_block(struct anomaly *a, int64_t t)
{
	for (int k = 0; k < ANOMALY_SCALES; k++) {
		a->past[k][a->next] = (float)a->block[k];
		a->block[k] = 0;
	}
	a->next = (a->next + 1) % ANOMALY_HOURS;
	if (a->npast < ANOMALY_HOURS)
		a->npast++;
	a->block_at = t;
}

static double
share(double dt, double half_life)
{
	return 1 - exp2(-dt / half_life);
}

struct anomaly_score
anomaly_point(struct anomaly *a, int64_t t, double x)
{
	struct anomaly_score out = {.usual = a->level};
	double dt, p = 0, mean = 0, most, longest;

	if (!(x > 0))
		x = 0;
	if (a->n == 0) {
		a->first = a->last = a->block_at = t;
		a->level = x;
		for (int k = 0; k < ANOMALY_SCALES; k++)
			a->fast[k] = x;
		a->quiet_until = INT64_MIN;
		out.usual = x;
	}
	if (t < a->last)
		t = a->last;
	dt = (double)(t - a->last);
	/* coarse series (hourly, daily) live at their own pace: every time below is at least some steps */
	if (dt > 0 && (a->step == 0 || dt < (double)a->step * 4))
		a->step = a->step == 0 ? (int64_t)dt : (int64_t)((double)a->step * 0.9 + dt * 0.1);
	longest = (double)a->step;
	for (int k = 0; k < ANOMALY_SCALES; k++) {
		double half = smooth_s[k] > longest * 0.7 ? smooth_s[k] : longest * 0.7, z;
		double pace = 3600 / smooth_s[k]; /* short sums scatter more */

		a->fast[k] += a->n == 0 ? 0 : share(dt, half) * (x - a->fast[k]);
		z = (a->fast[k] - a->level) /
		    sqrt(a->level + scatter * sqrt(pace) * a->level * a->level + least * pace);
		if (z < 0)
			z = 0;
		if (z > a->block[k])
			a->block[k] = z;
		p += -log10(tail(a, k, z)) / ANOMALY_SCALES;
		mean += z / ANOMALY_SCALES;
	}
	out.fast = a->fast[1];
	out.raw = out.score = 1 - pow(10, -p);
	/* what follows within two hours is the same onset, still growing */
	if (t < a->quiet_until && t - a->alerted_at < 7200 && mean > a->alerted)
		a->alerted = mean;
	if (t < a->quiet_until && mean < regrow * a->alerted) {
		if (out.score > 0.9)
			out.score = 0.9;
	} else if (out.score >= ANOMALY_ALERT) {
		out.alert = true;
		a->quiet_until = t + (int64_t)(silence_s > 6 * longest ? silence_s : 6 * longest);
		a->alerted = mean;
		a->alerted_at = t;
	}
	if ((double)(t - a->block_at) >= (3600 > longest ? 3600 : longest) && a->n > 0)
		close_block(a, t);
	/* the level learns last, and only so fast */
	most = (double)(t - a->first) < level_s && a->n > 6 ? young_cut : cut;
	most = a->level + most * (sqrt(a->level + 1) + a->level * 0.5) + 1;
	if (x > most)
		x = most;
	{
		double w = share(dt, level_s > 12 * longest ? level_s : 12 * longest), warm = 1.0 / (double)(a->n + 1);

		a->level += (w > warm ? w : warm) * (x - a->level);
	}
	a->last = t;
	a->n++;
	return out;
}
