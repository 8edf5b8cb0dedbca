#include <math.h>

#include "model/indicator.h"

const char *const indicator_name[IND_FIXED + 1] = {"negative_authors_1h", "negative_1h", "mentions_1h",
    "negative_authors_24h", "negative_24h", "mentions_24h", "grave_authors_24h", "negative_share_1h",
    "negative_share_low_1h", "acceleration", "negative_comments_24h", "reposts_1h", "reach_1h", "media_24h", "official_24h",
    "kol_24h", "platforms_24h", "police_24h", "money_24h", "replay_1h", "planted_1h", "events_1h", "heat_1h", "surprise",
    "shift_hours", "emotion_swing", "forecast_authors_6h", "comment_ratio", NULL};
const char *const indicator_zh[IND_FIXED] = {"1小时内负面发帖人", "1小时负面帖", "1小时提及", "24小时负面发帖人", "24小时负面帖", "24小时提及",
    "24小时内涉伤亡或未成年人的负面发帖人", "1小时负面占比", "1小时负面占比下限", "加速度", "24小时负面评论", "1小时转发", "1小时覆盖粉丝", "24小时媒体报道",
    "24小时涉官方帖", "24小时大V负面帖", "24小时负面平台数", "24小时涉警帖", "24小时涉资金帖", "1小时旧闻重传", "1小时疑似水军帖", "1小时负面事件(去重)",
    "1小时热度", "意外程度", "连续偏高小时数", "情绪波动", "6小时内预计负面发帖人峰值", "评论点赞比相对平时"};
const char *const indicator_en[IND_FIXED] = {"authors of public negatives in 1 h", "negatives in 1 h", "mentions in 1 h",
    "authors of public negatives in 24 h", "negatives in 24 h", "mentions in 24 h",
    "authors of negatives with death, injury or minors in 24 h", "negative share in 1 h",
    "lower end of the negative share in 1 h", "acceleration", "negative comments in 24 h", "reposts in 1 h",
    "followers reached in 1 h", "media posts in 24 h", "posts by or naming authorities in 24 h",
    "negatives by large accounts in 24 h", "platforms with negatives in 24 h", "posts naming the police in 24 h",
    "posts about money in 24 h", "copies of an old story in 1 h", "posts like hired hands' in 1 h",
    "negative events in 1 h, copies folded", "heat in 1 h", "surprise", "hours in a row above twice the usual",
    "swing of emotions", "authors expected at the peak within 6 h", "comments per like against the day before"};
const char *const heat_name[HEAT_PARTS + 1] = {"posts", "authors", "reposts", "comments", "likes", "views", "reach", "media",
    NULL};

bool
obs_negative(const struct obs *o)
{
	return o->label == LABEL_NEG && o->voice <= VOICE_STAFF &&
	    (o->flags & (OBS_AD | OBS_REPLAY | OBS_PLANTED | OBS_RIVAL)) == 0;
}

void
sums_add(struct sums *s, const struct obs *o, int sign)
{
	int p = o->platform < 31 ? o->platform : 31;

	if (o->voice == VOICE_OWN || o->voice == VOICE_RIVAL) {
		*(o->voice == VOICE_OWN ? &s->own : &s->rival) += sign;
		return;
	}
	if (o->voice == VOICE_OFFICIAL)
		s->official += sign;
	else if (o->cues & CUE_REGULATOR)
		s->official += sign;
	s->mentions += sign;
	s->platform_any[p] += sign;
	if (o->flags & OBS_AD)
		s->ads += sign;
	else if (o->voice <= VOICE_STAFF)
		s->pub += sign;
	if (o->voice == VOICE_MEDIA) {
		s->media += sign;
		s->reach += sign * (int64_t)o->reach;
	}
	if (o->flags & OBS_COPY)
		s->copies += sign;
	if (o->flags & OBS_REPLAY)
		s->replay += sign;
	if (o->flags & OBS_PLANTED)
		s->planted += sign;
	if (o->flags & OBS_REPOST)
		s->reposts += sign;
	if (o->flags & OBS_COMMENT)
		s->comments += sign;
	if (o->label == LABEL_POS)
		s->positive += sign;
	s->shared += sign * (int64_t)o->shared;
	s->answered += sign * (int64_t)o->answered;
	s->liked += sign * (int64_t)o->liked;
	s->seen += sign * (int64_t)o->seen;
	if (!obs_negative(o))
		return;
	s->negative += sign;
	s->platform[p] += sign;
	s->reach += sign * (int64_t)o->reach;
	s->emotion[o->emotion] += sign;
	if ((o->flags & OBS_COPY) == 0)
		s->events += sign;
	if (o->flags & (OBS_COMMENT | OBS_REPOST))
		s->comments_neg += sign;
	if (o->flags & OBS_KOL)
		s->kol += sign;
	for (int i = 0; i < CUES; i++)
		if (o->cues >> i & 1)
			s->cue[i] += sign;
	for (int i = 0; o->words >> i != 0; i++)
		if (o->words >> i & 1)
			s->word[i] += sign;
}

int
sums_platforms(const struct sums *s)
{
	int n = 0;

	for (int i = 0; i < 32; i++)
		n += s->platform[i] > 0;
	return n;
}

double
heat_index(const struct sums *s, double authors, const double weight[HEAT_PARTS], double part[HEAT_PARTS])
{
	const double x[HEAT_PARTS] = {(double)s->mentions, authors, (double)s->shared, (double)s->answered, (double)s->liked,
	    (double)s->seen, (double)s->reach, (double)s->media};
	double sum = 0;

	for (int i = 0; i < HEAT_PARTS; i++) {
		part[i] = weight[i] * log1p(x[i] > 0 ? x[i] : 0);
		sum += part[i];
	}
	return sum;
}

void
share_interval(double k, double n, double *low, double *high)
{
	const double z = 1.96;
	double p, mid, half;

	if (n <= 0) {
		*low = 0;
		*high = 1;
		return;
	}
	p = k / n;
	mid = (p + z * z / (2 * n)) / (1 + z * z / n);
	half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
	*low = mid - half > 0 ? mid - half : 0;
	*high = mid + half < 1 ? mid + half : 1;
}
