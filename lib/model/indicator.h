#ifndef MODEL_INDICATOR_H
#define MODEL_INDICATOR_H
/* The figures a rule may ask for, over the last hour, the last day, or both, of one series. */
#include "base/str.h"
#include "model/series.h"

enum indicator {
	IND_NEG_AUTHORS_1H,  /* different authors of public negatives */
	IND_NEG_1H,          /* public negatives, copies included */
	IND_MENTIONS_1H,     /* everything but own and official voices and rivals */
	IND_NEG_AUTHORS_24H,
	IND_NEG_24H,
	IND_MENTIONS_24H,
	IND_GRAVE_24H,       /* different authors of public negatives with CUE_GRAVE */
	IND_SHARE_1H,        /* negative share of public mentions that are no adverts */
	IND_SHARE_LOW_1H,    /* lower end of its 95 % interval */
	IND_ACCELERATION,    /* negative authors per hour of the last 20 min over those of the 40 min before */
	IND_COMMENTS_NEG_24H,/* negatives that are comments or reposts with words */
	IND_REPOSTS_1H,
	IND_REACH_1H,        /* sum of followers of public negatives and media */
	IND_MEDIA_24H,       /* posts by media */
	IND_OFFICIAL_24H,    /* posts by authorities, or naming them */
	IND_KOL_24H,         /* public negatives by accounts of 100,000 followers or more */
	IND_PLATFORMS_24H,   /* platforms with public negatives */
	IND_POLICE_24H,      /* posts with the cue */
	IND_MONEY_24H,
	IND_REPLAY_1H,       /* copies of a story that had been silent for a day */
	IND_PLANTED_1H,      /* posts that look like hired hands */
	IND_EVENTS_1H,       /* public negatives with copies folded */
	IND_HEAT_1H,         /* open formula, see rules.yaml */
	IND_SURPRISE,        /* -log10 of the tail probability of negative_authors_1h */
	IND_SHIFT_H,         /* hours in a row that stood above twice the usual */
	IND_SWING,           /* how much the mix of emotions of the hour differs from the day's, 0 to 1 */
	IND_FORECAST_6H,     /* expected highest negative_authors_1h within six hours */
	IND_COMMENT_RATIO,   /* comments per like in the hour over that of the day before it: quarrels answer more than they like */
	IND_FIXED,
	IND_WORD = IND_FIXED, /* public negatives of the hour with a keyword group of rules.yaml: word.NAME_1h, one each */
	INDICATORS = IND_FIXED + WORDS
};
extern const char *const indicator_name[IND_FIXED + 1]; /* as in rules.yaml; then NULL */
extern const char *const indicator_zh[IND_FIXED];
extern const char *const indicator_en[IND_FIXED];

/* Open formula of the heat index: Σ weight · ln(1 + count). */
enum { HEAT_POSTS, HEAT_AUTHORS, HEAT_SHARED, HEAT_ANSWERED, HEAT_LIKED, HEAT_SEEN, HEAT_REACH, HEAT_MEDIA, HEAT_PARTS };
extern const char *const heat_name[HEAT_PARTS + 1];

/* Sums over a window; posts go in and, when they grow old, out again. */
struct sums {
	int64_t mentions, negative, positive, copies, replay, planted, own, official, media, rival, ads, events;
	int64_t comments_neg, reposts, comments, kol, cue[CUES], pub;
	int64_t shared, answered, liked, seen, reach;
	int64_t word[WORDS];
	int64_t emotion[EMOTIONS + 1];
	int32_t platform[32];      /* public negatives by platform number (31 = all beyond) */
	int32_t platform_any[32];
};
void sums_add(struct sums *s, const struct obs *o, int sign);
/* A public negative: counted as a voice against the subject. */
bool obs_negative(const struct obs *o);
int sums_platforms(const struct sums *s);
double heat_index(const struct sums *s, double authors, const double weight[HEAT_PARTS], double part[HEAT_PARTS]);
/* 95 % interval of k of n (Wilson). */
void share_interval(double k, double n, double *low, double *high);

#endif
