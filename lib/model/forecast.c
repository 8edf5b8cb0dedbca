#include <math.h>
#include <string.h>

#include "model/forecast.h"

const char *const stage_name[STAGES] = {"latent", "forming", "burst", "lasting", "fading"};
const char *const stage_zh[STAGES] = {"潜伏", "形成", "爆发", "持续", "消退"};
const int64_t horizon_s[HORIZONS] = {3600, 6 * 3600, 24 * 3600};

static size_t
slot(int64_t quarter)
{
	return (size_t)(((quarter % BINS) + BINS) % BINS);
}

void
bins_open(struct bins *b)
{
	memset(b, 0, sizeof *b);
	for (int i = 0; i < BINS; i++)
		b->at[i] = INT64_MIN;
}

static int64_t
quarter_of(int64_t t)
{
	return t >= 0 ? t / BIN_S : -((-t + BIN_S - 1) / BIN_S);
}

void
bins_add(struct bins *b, int64_t t, bool negative)
{
	int64_t q = quarter_of(t);
	size_t i = slot(q);

	if (b->at[i] != q) {
		b->at[i] = q;
		b->neg[i] = b->all[i] = 0;
	}
	b->neg[i] += negative;
	b->all[i]++;
}

uint32_t
bins_neg(const struct bins *b, int64_t q)
{
	return b->at[slot(q)] == q ? b->neg[slot(q)] : 0;
}

uint32_t
bins_all(const struct bins *b, int64_t q)
{
	return b->at[slot(q)] == q ? b->all[slot(q)] : 0;
}

/* Rate an hour over n quarters ending before quarter q. */
static double
rate(const struct bins *b, int64_t q, int n, bool all)
{
	double sum = 0;

	for (int i = 1; i <= n; i++)
		sum += all ? bins_all(b, q - i) : bins_neg(b, q - i);
	return sum * 4 / n;
}

/*
 * Attention relaxes at the pace of its own age: what has lasted ten hours fades over tens of hours, what came up half an
 * hour ago may be gone in one. So rate · age / (age + h). While it still grows, its growth goes on for a fraction of the
 * age, at most half an hour's worth.
 */
enum { STEPS = 96 };

static double
ahead(const struct forecast *f, double h)
{
	double age = f->age_h, far = age / 3 > 0.5 ? 0.5 : age / 3, up = 0;

	if (f->growth <= 0)
		return f->rate * age / (age + h);
	up = f->growth * far * (1 - exp(-h / far));
	h -= f->growth > 0.5 ? far : 2 * f->growth * far; /* it fades once it has grown */
	return f->rate * exp(up) * age / (age + (h > 0 ? h : 0));
}

void
forecast_make(const struct bins *b, int64_t t, const double rhythm[25], struct forecast *f)
{
	int64_t q = quarter_of(t);
	double now = rate(b, q, 2, false), last = rate(b, q - 2, 4, false), day = rate(b, q, 96, false), highest = 0, sum = 0,
	       all_now = rate(b, q, 4, true), ratio, part = (double)(t - q * BIN_S) / BIN_S;
	double present = part > 0.3 ? bins_neg(b, q) * 4 / part : now; /* the quarter that is being counted */

	memset(f, 0, sizeof *f);
	f->rate = part > 0.3 ? 0.45 * present + 0.55 * now : now;
	for (int i = 1; i < BINS - 8; i++) { /* highest hour of the last two days */
		double r = rate(b, q - i + 1, 4, false);

		highest = r > highest ? r : highest;
	}
	/* the change of the logarithm, shrunk towards none when counts are small */
	f->growth = log((f->rate + 4) / (last + 4)) / 0.75;
	f->growth *= (now + last) / (now + last + 12);
	f->growth = f->growth > 2 ? 2 : f->growth < -2 ? -2 : f->growth;
	f->spread = 0.3 + 1.2 / sqrt(f->rate + last + 4);
	for (int i = 1; i < BINS - 8 && rate(b, q - i, 4, false) >= 0.15 * f->rate; i++)
		f->age_h = i / 4.0;
	f->age_h = f->age_h < 0.5 ? 0.5 : f->age_h;
	f->peak = f->rate;
	f->peak_at = t;
	ratio = f->rate > 0 ? all_now / (rate(b, q, 4, false) + 1) : 0;
	if (f->rate <= 0)
		ratio = 0;
	for (int i = 0, h = 0; i < STEPS && h < HORIZONS; i++) {
		double at = (i + 0.5) / 4, r = ahead(f, at), bend = 1;

		if (rhythm != NULL && rhythm[0] > 0)
			bend = pow(rhythm[(int)at] / rhythm[0], 0.5); /* a crisis keeps people up */
		r *= bend;
		if (r > f->peak * 1.02) {
			f->peak = r;
			f->peak_at = t + (int64_t)(at * 3600);
		}
		sum += r / 4;
		if ((i + 1) * BIN_S == horizon_s[h]) {
			double sd = f->spread * sqrt(1 + at), floor = sum + 1;

			f->neg[h].mean = sum;
			f->neg[h].low = sum * exp(-1.28 * sd) - 0.6 * sqrt(floor);
			f->neg[h].high = sum * exp(1.28 * sd) + 1.28 * sqrt(floor);
			if (f->neg[h].low < 0)
				f->neg[h].low = 0;
			f->all[h].mean = f->neg[h].mean * (ratio > 1 ? ratio : 1);
			f->all[h].low = f->neg[h].low * (ratio > 1 ? ratio : 1);
			f->all[h].high = f->neg[h].high * (ratio > 1 ? ratio : 1);
			h++;
		}
	}
	if (highest < 8 && f->rate < 8)
		f->stage = STAGE_LATENT;
	else if (f->rate < 0.4 * highest && (f->growth <= 0.1 || (f->rate < 0.15 * highest && f->rate < 60)))
		f->stage = STAGE_FADING;
	else if (f->growth > 0.35 && f->rate >= 60)
		f->stage = STAGE_BURST;
	else if (f->growth > 0.15)
		f->stage = f->rate >= 100 && f->rate > 3 * day ? STAGE_BURST : STAGE_FORMING;
	else if (f->rate >= 0.4 * highest && highest >= 30)
		f->stage = STAGE_LASTING;
	else
		f->stage = f->rate < 0.4 * highest ? STAGE_FADING : STAGE_FORMING;
}

double
forecast_highest(const struct forecast *f, int64_t s)
{
	double best = f->rate;

	for (double h = 0.25; h * 3600 <= (double)s; h += 0.25) {
		double r = ahead(f, h);

		best = r > best ? r : best;
	}
	return best;
}

double
forecast_chance(const struct forecast *f, double limit, int64_t s)
{
	double best = forecast_highest(f, s), sd = f->spread * sqrt(1 + (double)s / 3600), z;

	if (best <= 0 || limit <= 0)
		return best >= limit ? 1 : 0;
	z = log(limit / best) / sd;
	return 0.5 * erfc(z / sqrt(2));
}
