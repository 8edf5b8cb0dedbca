#ifndef MODEL_FORECAST_H
#define MODEL_FORECAST_H
/* Where a curve stands and where it goes: short forecasts with intervals from quarter-hour counts. */
#include <stdbool.h>
#include <stdint.h>

enum { BIN_S = 900, BINS = 192 /* two days */ };

/* Counts by quarter of an hour; a ring, absent quarters are zero. */
struct bins {
	int64_t at[BINS];     /* quarter since the epoch that stands here */
	uint32_t neg[BINS], all[BINS];
};
void bins_open(struct bins *b);
void bins_add(struct bins *b, int64_t t, bool negative);
uint32_t bins_neg(const struct bins *b, int64_t quarter);
uint32_t bins_all(const struct bins *b, int64_t quarter);

enum stage { STAGE_LATENT, STAGE_FORMING, STAGE_BURST, STAGE_LASTING, STAGE_FADING, STAGES };
extern const char *const stage_name[STAGES]; /* latent forming burst lasting fading */
extern const char *const stage_zh[STAGES];   /* 潜伏 形成 爆发 持续 消退 */

enum { HORIZONS = 3 };
extern const int64_t horizon_s[HORIZONS]; /* 1 h, 6 h, 24 h */

struct forecast {
	double rate;                   /* smoothed negatives an hour now */
	double growth;                 /* per hour, natural logarithm */
	double age_h;                  /* hours for which it has stood above 15 % of the present rate, 0.5 or more */
	struct { double mean, low, high; } neg[HORIZONS], all[HORIZONS]; /* totals; 80 % intervals */
	double peak;                   /* highest expected rate an hour */
	int64_t peak_at;               /* when; the present when it is past */
	double spread;                 /* standard deviation of the logarithm of the rate one hour on */
	enum stage stage;
};
/*
 * From what stood before t. rhythm: expected share of activity by the hours to come, [0] = the present hour, mean 1 over
 * a day; NULL = flat.
 */
void forecast_make(const struct bins *b, int64_t t, const double rhythm[25], struct forecast *f);
/* P(the rate within the next s seconds reaches limit an hour). */
double forecast_chance(const struct forecast *f, double limit, int64_t s);
/* Expected highest rate within s seconds. */
double forecast_highest(const struct forecast *f, int64_t s);

#endif
