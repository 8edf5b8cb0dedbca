#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "model/incident.h"
#include "rec/json.h"

/* --- words ---------------------------------------------------------------------------------------------------- */

static void
put_num(struct buf *b, double v)
{
	json_fixed(b, v, v < 10 ? 2 : v < 100 ? 1 : 0);
}

/* What an indicator is called: in rules.yaml, to people. */
static void
put_indicator(const struct rules *r, int ind, int words /* 0: rules.yaml, 1: Chinese, 2: English */, struct buf *b)
{
	const char *const *name[3] = {indicator_name, indicator_zh, indicator_en};

	if (ind < IND_FIXED) {
		buf_puts(b, name[words][ind]);
	} else if ((size_t)(ind - IND_WORD) < r->nword) {
		struct str s = r->word[ind - IND_WORD].name;

		if (words == 0)
			buf_printf(b, "word.%.*s_1h", STRF(s));
		else if (words == 1)
			buf_printf(b, "1小时内含“%.*s”的负面帖", STRF(s));
		else
			buf_printf(b, "negatives with \"%.*s\" in 1 h", STRF(s));
	}
}

void
change_why(const struct rules *r, const struct change *c, bool en, struct buf *out)
{
	const struct rule *x = c->rule >= 0 ? &r->r[c->rule] : NULL;
	char when[CLOCK_LEN], quiet[24];

	clock_format(c->t, when);
	if (x == NULL) {
		clock_short(r->quiet, quiet);
		if (en)
			buf_printf(out, "%s: %s to %s: below its rules for %s", when, level_name[c->from],
			    c->to == LEVEL_NONE ? "closed" : level_name[c->to], quiet);
		else
			buf_printf(out, "%s %s→%s：持续%s低于维持线", when, level_zh[c->from], c->to == LEVEL_NONE ? "结束" : level_zh[c->to],
			    quiet);
		return;
	}
	if (en)
		buf_printf(out, "%s: to %s (%.*s): ", when, level_name[c->to], STRF(x->id));
	else
		buf_printf(out, "%s 升%s色（%.*s）：", when, level_zh[c->to], STRF(x->id));
	if ((en ? x->en : x->zh).n > 0)
		buf_printf(out, en ? "%.*s; " : "%.*s；", STRF(en ? x->en : x->zh));
	for (size_t i = 0; i < x->n; i++) {
		const struct cond *k = &x->c[i];

		if (i > 0)
			buf_puts(out, en ? ", " : "，");
		put_indicator(r, k->ind, en ? 2 : 1, out);
		buf_putc(out, ' ');
		put_num(out, c->v[i]);
		buf_puts(out, " ≥ ");
		put_num(out, c->limit[i]);
		if (c->usual[i] >= 0 && k->times > 0) {
			buf_puts(out, en ? " (usual " : "（平时 ");
			put_num(out, c->usual[i]);
			buf_puts(out, en ? ")" : "）");
		}
	}
	if (c->whole)
		buf_puts(out, en ? ", over all types of the subject" : "，按该主体全部类型合计");
	if (c->period < 1)
		buf_puts(out, en ? ", in a sensitive period" : "，处于敏感时期");
}

void
incident_id(const struct book *b, const struct episode *e, struct buf *out)
{
	struct buf t = {0};

	buf_str(&t, b->subject.s[e->subject]);
	buf_putc(&t, '\0');
	buf_str(&t, b->type.s[e->type]);
	buf_printf(&t, "%c%lld", 0, (long long)(e->opened / 86400));
	buf_printf(out, "inc-%016llx", (unsigned long long)hash_bytes(t.p, t.n, 0x10c));
	buf_free(&t);
}

/* --- parts of the record -------------------------------------------------------------------------------------- */

struct pair {
	int64_t n;
	int i;
};

static int
most_first(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return x->i - y->i;
}

static void
put_platforms(struct jw *w, const struct book *b, const struct sums *s)
{
	struct pair p[31];
	int n = 0;

	for (int i = 0; i < 31; i++)
		if (s->platform_any[i] > 0 && (size_t)i < b->platform.n && b->platform.s[i].n > 0)
			p[n++] = (struct pair){s->platform_any[i], i};
	qsort(p, (size_t)n, sizeof *p, most_first);
	jw_key(w, "platforms");
	jw_arr(w);
	for (int i = 0; i < n; i++)
		jw_str(w, b->platform.s[p[i].i]);
	jw_end(w);
}

static void
put_counts(struct jw *w, const char *key, const int64_t *n, const char *const *name, int count)
{
	bool any = false;

	for (int i = 0; i < count; i++)
		any = any || n[i] > 0;
	if (!any)
		return;
	jw_key(w, key);
	jw_obj(w);
	for (int i = 0; i < count; i++)
		if (n[i] > 0)
			jw_kint(w, name[i], n[i]);
	jw_end(w);
}

static void
put_indicators(struct jw *w, const struct book *b, const struct rules *r, const struct episode *e)
{
	const struct sums *s = &e->sums;
	double low, high, part[HEAT_PARTS], heat, share;
	const char *feel[EMOTIONS + 1];
	int64_t felt[EMOTIONS + 1];
	int n = 0;

	share = s->pub > 0 ? (double)s->negative / (double)s->pub : 0;
	share_interval((double)s->negative, (double)s->pub, &low, &high);
	jw_key(w, "indicators");
	jw_obj(w);
	jw_kint(w, "mentions", s->mentions);
	jw_kint(w, "negative", s->negative);
	jw_knum(w, "negative_share", share, 3);
	jw_key(w, "negative_share_95");
	jw_arr(w);
	jw_num(w, low, 3);
	jw_num(w, high, 3);
	jw_end(w);
	jw_knum(w, "speed_per_h", e->speed_1h, 1);
	jw_knum(w, "peak_per_h", e->speed_top, 1);
	jw_knum(w, "acceleration", e->now.v[IND_ACCELERATION], 2);
	jw_kint(w, "reach", s->reach);
	jw_kint(w, "authors", e->authors);
	jw_kint(w, "negative_authors", e->neg_authors);
	put_platforms(w, b, s);
	jw_kint(w, "events", s->events);
	jw_kint(w, "copies", s->copies);
	jw_kint(w, "reposts", s->reposts);
	jw_kint(w, "comments", s->comments);
	jw_kint(w, "negative_comments", s->comments_neg);
	jw_kint(w, "interactions", s->shared + s->answered + s->liked);
	jw_kint(w, "attention", s->seen);
	jw_kint(w, "media", s->media);
	jw_kint(w, "official", s->official);
	jw_kint(w, "own", s->own);
	jw_kint(w, "key_accounts", s->kol);
	if (s->planted > 0)
		jw_kint(w, "planted", s->planted);
	if (s->replay > 0)
		jw_kint(w, "replay", s->replay);
	put_counts(w, "cues", s->cue, cue_name, CUES);
	for (int i = 1; i <= EMOTIONS; i++)
		if (s->emotion[i] > 0 && (size_t)i <= b->emotion.n) {
			feel[n] = b->emotion.s[i - 1].p;
			felt[n++] = s->emotion[i];
		}
	put_counts(w, "emotions", felt, feel, n);
	jw_knum(w, "emotion_swing", e->now.v[IND_SWING], 2);
	heat = heat_index(s, (double)e->authors, r->heat, part);
	jw_key(w, "heat");
	jw_obj(w);
	jw_knum(w, "index", heat, 1);
	for (int i = 0; i < HEAT_PARTS; i++)
		jw_knum(w, heat_name[i], part[i], 2);
	jw_end(w);
	/* behaviour: what people do with a post, to be held against what is common on the platform */
	if (s->liked > 0) {
		jw_knum(w, "comments_per_like", (double)s->answered / (double)s->liked, 3);
		jw_knum(w, "reposts_per_like", (double)s->shared / (double)s->liked, 3);
	}
	jw_end(w);
}

static void
put_path(struct jw *w, const struct rules *r, const struct episode *e, bool en)
{
	struct buf why = {0};

	jw_key(w, "path");
	jw_arr(w);
	for (size_t i = 0; i < e->npath; i++) {
		const struct change *c = &e->path[i];

		buf_reset(&why);
		change_why(r, c, en, &why);
		jw_obj(w);
		jw_ktime(w, "at", c->t);
		if (c->from != LEVEL_NONE)
			jw_kcstr(w, "from", level_name[c->from]);
		jw_kcstr(w, "level", c->to == LEVEL_NONE ? "closed" : level_name[c->to]);
		if (c->rule >= 0)
			jw_kstr(w, "rule", r->r[c->rule].id);
		jw_kstr(w, "why", buf_view(&why));
		jw_end(w);
	}
	jw_end(w);
	buf_free(&why);
}

static void
put_forecast(struct jw *w, const struct episode *e)
{
	static const char *const name[HORIZONS] = {"h1", "h6", "h24"};
	const struct forecast *f = &e->forecast;

	jw_key(w, "forecast");
	jw_obj(w);
	jw_kcstr(w, "stage", stage_name[f->stage]);
	jw_kcstr(w, "stage_zh", stage_zh[f->stage]);
	jw_knum(w, "rate_per_h", f->rate, 1);
	for (int i = 0; i < HORIZONS; i++) {
		jw_key(w, name[i]);
		jw_obj(w);
		jw_knum(w, "negative", f->neg[i].mean, 0);
		jw_knum(w, "low", f->neg[i].low, 0);
		jw_knum(w, "high", f->neg[i].high, 0);
		jw_knum(w, "mentions", f->all[i].mean, 0);
		jw_end(w);
	}
	jw_knum(w, "peak_per_h", f->peak, 0);
	jw_ktime(w, "peak_at", f->peak_at);
	if (e->chance_next >= 0) {
		jw_kcstr(w, "next_level", level_name[e->ladder.level + 1]);
		jw_knum(w, "next_level_chance_6h", e->chance_next, 2);
	}
	jw_end(w);
}

static void
put_obs(struct jw *w, const struct book *b, uint32_t i, const char *role)
{
	const struct obs *o = &b->o[i];

	jw_obj(w);
	jw_kstr(w, "id", book_text(b, o->id));
	jw_kcstr(w, "role", role);
	jw_ktime(w, "at", o->t);
	if (o->platform < b->platform.n && b->platform.s[o->platform].n > 0)
		jw_kstr(w, "platform", b->platform.s[o->platform]);
	if (o->reach > 0)
		jw_kint(w, "followers", o->reach);
	if (o->shared + o->answered + o->liked > 0)
		jw_kint(w, "interactions", (int64_t)o->shared + o->answered + o->liked);
	if (o->text != 0)
		jw_kstr(w, "text", book_text(b, o->text));
	jw_end(w);
}

/* Evidence in the order a reader wants it; every post once. Returns how many. */
struct evidence {
	uint32_t i;
	const char *role;
};

static size_t
evidence_of(const struct episode *e, const struct book *b, struct evidence out[32])
{
	struct evidence all[32];
	size_t n = 0, m = 0;

	all[n++] = (struct evidence){e->first, "first"};
	for (int i = 0; i < TOPS; i++)
		all[n++] = (struct evidence){e->top[i], "most-spread"};
	all[n++] = (struct evidence){e->media, "first-media"};
	all[n++] = (struct evidence){e->official, "first-official"};
	all[n++] = (struct evidence){e->own, "first-own"};
	for (int i = 0; i < EVIDENCE_PLATFORMS; i++)
		all[n++] = (struct evidence){e->by_platform[i], "most-spread-on-platform"};
	for (size_t i = 0; i < n; i++) {
		bool twice = false;

		if (all[i].i == UINT32_MAX || b->o[all[i].i].id == 0)
			continue;
		for (size_t j = 0; j < m; j++)
			twice = twice || out[j].i == all[i].i;
		if (!twice)
			out[m++] = all[i];
	}
	return m;
}

static const char *
node_kind(const struct obs *o)
{
	if (o->voice == VOICE_MEDIA)
		return "media";
	if (o->voice == VOICE_OFFICIAL)
		return "official";
	return o->flags & OBS_KOL ? "kol" : "verified";
}

static void
put_nodes(struct jw *w, const struct book *b, const struct episode *e)
{
	jw_key(w, "nodes");
	jw_arr(w);
	for (int i = 0; i < NODES; i++) {
		const struct obs *o;

		if (e->node[i] == UINT32_MAX)
			continue;
		o = &b->o[e->node[i]];
		jw_obj(w);
		jw_kstr(w, "post", book_text(b, o->id));
		jw_kcstr(w, "kind", node_kind(o));
		if (o->platform < b->platform.n && b->platform.s[o->platform].n > 0)
			jw_kstr(w, "platform", b->platform.s[o->platform]);
		jw_kint(w, "followers", o->reach);
		jw_ktime(w, "at", o->t);
		jw_end(w);
	}
	jw_end(w);
}

/* The industry most posts of the subject were given. */
static struct str
industry_of(const struct book *b, const struct episode *e)
{
	int64_t n[16] = {0};
	int best = -1;

	for (size_t i = 0; i < b->n; i++) {
		const struct obs *o = &b->o[i];

		if (o->subject == e->subject && o->type == e->type && o->t >= e->start && o->industry < 16)
			n[o->industry]++;
	}
	for (int i = 0; i < 16 && (size_t)i < b->industry.n; i++)
		if (n[i] > 0 && b->industry.s[i].n > 0 && (best < 0 || n[i] > n[best]))
			best = i;
	return best >= 0 ? b->industry.s[best] : (struct str){"", 0};
}

static void
put_facts(struct jw *w, const struct detection *d, const struct book *b, const struct episode *e)
{
	const struct sums *s = &e->sums;
	int64_t end = e->closed != INT64_MIN ? e->closed : d->clock, by_type[64] = {0}, all = 0;
	uint32_t widest = 0;

	jw_key(w, "facts");
	jw_obj(w);
	jw_knum(w, "duration_h", (double)((e->last < end ? e->last : end) - e->start) / 3600.0, 1);
	if (s->mentions > 0)
		jw_knum(w, "duplicate_share", (double)s->copies / (double)s->mentions, 2);
	for (int i = 0; i < NODES; i++)
		if (e->node[i] != UINT32_MAX && b->o[e->node[i]].voice == VOICE_MEDIA && b->o[e->node[i]].reach > widest)
			widest = b->o[e->node[i]].reach;
	jw_kcstr(w, "media_tier", s->media == 0 ? "none" : widest >= 5000000 ? "national" : widest >= 1000000 ? "provincial" :
	    "local");
	if (s->official > 0)
		jw_kbool(w, "regulator_involved", true);
	if (s->cue[4] > 2)
		jw_kbool(w, "police_involved", true);
	if (s->cue[2] > 2)
		jw_kbool(w, "minors", true);
	if (s->planted > 0 && s->mentions > 0)
		jw_knum(w, "new_accounts_share", (double)s->planted / (double)s->mentions, 2);
	for (size_t i = 0; i < b->n; i++) {
		const struct obs *o = &b->o[i];

		if (o->subject == e->subject && o->type < 64 && (!e->beside || o->type == e->type) && o->t >= e->start && o->t <= end &&
		    obs_negative(o) && !str_is(b->type.s[o->type], "none")) {
			by_type[o->type]++;
			all++;
		}
	}
	if (all > 0) {
		jw_key(w, "type_weights");
		jw_obj(w);
		for (int i = 0; i < 64 && (size_t)i < b->type.n; i++)
			if (by_type[i] * 50 >= all)
				jw_knum(w, b->type.s[i].p, (double)by_type[i] / (double)all, 2);
		jw_end(w);
	}
	jw_end(w);
}

static void
put_terms(struct jw *w, const struct detection *d, const struct book *b, const struct episode *e)
{
	struct term t[TERMS];
	struct arena a = {0};
	size_t n = incident_terms(b, e, d->clock, &a, t);

	if (n > 0) {
		jw_key(w, "terms");
		jw_arr(w);
		for (size_t i = 0; i < n; i++)
			jw_str(w, t[i].s);
		jw_end(w);
	}
	arena_free(&a);
}

static int
top_change(const struct episode *e)
{
	for (size_t i = 0; i < e->npath; i++)
		if (e->path[i].to == e->peak && e->path[i].rule >= 0)
			return (int)i;
	return -1;
}

static void
put_why(struct jw *w, const struct rules *r, const struct episode *e, bool en)
{
	const struct sums *s = &e->sums;
	struct buf t = {0};
	int top = top_change(e);
	double share = s->pub > 0 ? 100.0 * (double)s->negative / (double)s->pub : 0;

	jw_key(w, "why");
	jw_arr(w);
	if (top >= 0) {
		change_why(r, &e->path[top], en, &t);
		jw_str(w, buf_view(&t));
		buf_reset(&t);
	}
	if (en)
		buf_printf(&t, "%lld people posted %lld negatives, %.0f %% of what the public said", (long long)e->neg_authors,
		    (long long)s->negative, share);
	else
		buf_printf(&t, "%lld 人发布负面 %lld 条，占公众声音 %.0f%%", (long long)e->neg_authors, (long long)s->negative, share);
	jw_str(w, buf_view(&t));
	buf_reset(&t);
	if (s->media + s->official + s->kol > 0) {
		if (en)
			buf_printf(&t, "media posts %lld, authorities %lld, large accounts %lld", (long long)s->media,
			    (long long)s->official, (long long)s->kol);
		else
			buf_printf(&t, "媒体 %lld 条，涉监管或官方 %lld 条，大V %lld 条", (long long)s->media, (long long)s->official,
			    (long long)s->kol);
		jw_str(w, buf_view(&t));
		buf_reset(&t);
	}
	if (s->replay > 0) {
		buf_printf(&t, en ? "%lld copies of an old story are left out" : "已剔除旧闻重传 %lld 条", (long long)s->replay);
		jw_str(w, buf_view(&t));
		buf_reset(&t);
	}
	if (s->planted > 0) {
		buf_printf(&t, en ? "%lld posts look planted and are left out" : "疑似水军 %lld 条，未计入", (long long)s->planted);
		jw_str(w, buf_view(&t));
		buf_reset(&t);
	}
	jw_end(w);
	buf_free(&t);
}

/*
 * Risk, 0 to 100: 40 for people (log scale, 1000 authors an hour is full), 20 for surprise (tail 1e-30 is full), 15 for the
 * negative share, 15 for reach and media (log scale), 10 for graver cues.
 */
static double
risk(const struct episode *e, double part[5])
{
	const struct sums *s = &e->sums;
	double share = s->pub > 0 ? (double)s->negative / (double)s->pub : 0, x;

	x = log1p(e->top_1h) / log(1001);
	part[0] = 40 * (x > 1 ? 1 : x);
	x = e->surprise / 30;
	part[1] = 20 * (x > 1 ? 1 : x);
	part[2] = 15 * share;
	x = (log1p((double)s->reach) / log(1e8) + log1p((double)s->media) / log(50)) / 2;
	part[3] = 15 * (x > 1 ? 1 : x);
	x = (double)(s->cue[0] * 3 + s->cue[1] * 2 + s->cue[2] * 2 + s->cue[3] + s->cue[4] + s->official) /
	    (double)(s->negative + 1);
	part[4] = 10 * (x > 1 ? 1 : x);
	return part[0] + part[1] + part[2] + part[3] + part[4];
}

void
incident_put(const struct detection *d, const struct book *b, const struct rules *r, const struct episode *e,
    const struct incident_opts *opt, struct buf *out)
{
	struct jw w = jw_open(out);
	struct buf t = {0};
	struct evidence ev[32];
	size_t n = evidence_of(e, b, ev);
	struct str industry = industry_of(b, e);
	enum level level = e->ladder.level == LEVEL_NONE ? LEVEL_BLUE : e->ladder.level;
	double part[5];
	int64_t end = e->closed != INT64_MIN ? e->closed : d->clock;
	bool drill;

	jw_obj(&w);
	jw_kcstr(&w, "kind", "incident");
	incident_id(b, e, &t);
	jw_kstr(&w, "id", buf_view(&t));
	jw_kstr(&w, "subject", book_subject(b, e->subject, &drill));
	if (drill)
		jw_kbool(&w, "drill", true);
	jw_kstr_opt(&w, "industry", industry);
	jw_kstr(&w, "type", b->type.s[e->type]);
	jw_kcstr(&w, "level", level_name[level]);
	jw_kcstr(&w, "level_zh", level_zh[level]);
	jw_kcstr(&w, "grade", level_grade[level]);
	jw_kcstr(&w, "three", level_three[level]);
	jw_kcstr(&w, "peak", level_name[e->peak]);
	jw_knum(&w, "score", risk(e, part), 1);
	jw_ktime(&w, "opened", e->opened);
	if (e->closed != INT64_MIN)
		jw_ktime(&w, "closed", e->closed);
	jw_key(&w, "window");
	jw_obj(&w);
	jw_ktime(&w, "from", e->start);
	jw_ktime(&w, "to", end);
	jw_end(&w);
	put_indicators(&w, b, r, e);
	jw_key(&w, "baseline");
	jw_obj(&w);
	if (e->usual_1h >= 0)
		jw_knum(&w, "negative_authors_1h_usual", e->usual_1h, 2);
	jw_knum(&w, "negative_authors_1h_top", e->top_1h, 0);
	jw_ktime_opt(&w, "top_at", e->top_at);
	jw_knum(&w, "surprise", e->surprise, 1);
	jw_knum(&w, "days", e->baseline_days, 0);
	jw_end(&w);
	jw_key(&w, "rules");
	jw_arr(&w);
	for (size_t i = 0; i < e->npath; i++)
		if (e->path[i].rule >= 0)
			jw_str(&w, r->r[e->path[i].rule].id);
	jw_end(&w);
	put_path(&w, r, e, opt->english);
	put_forecast(&w, e);
	put_facts(&w, d, b, e);
	put_terms(&w, d, b, e);
	jw_key(&w, "posts");
	jw_arr(&w);
	for (size_t i = 0; i < n; i++)
		jw_str(&w, book_text(b, b->o[ev[i].i].id));
	jw_end(&w);
	jw_key(&w, "evidence");
	jw_arr(&w);
	for (size_t i = 0; i < n; i++)
		put_obs(&w, b, ev[i].i, ev[i].role);
	jw_end(&w);
	put_nodes(&w, b, e);
	put_why(&w, r, e, opt->english);
	jw_end(&w);
	buf_free(&t);
}

/* --- for people ----------------------------------------------------------------------------------------------- */

void
incident_explain(const struct detection *d, const struct book *b, const struct rules *r, const struct episode *e,
    const struct incident_opts *opt, struct buf *out)
{
	static const char *const risk_name[5] = {"people", "surprise", "negative share", "reach and media", "graver cues"};
	const struct sums *s = &e->sums;
	struct buf t = {0};
	char at[CLOCK_LEN];
	double part[HEAT_PARTS], low, high, sum;
	enum level level = e->ladder.level;
	struct str subject;
	bool drill;

	incident_id(b, e, &t);
	subject = book_subject(b, e->subject, &drill);
	buf_printf(out, "%.*s  ", STRF(buf_view(&t)));
	utf8_clean(out, subject);
	buf_printf(out, "%s  ", drill ? " (drill)" : "");
	utf8_clean(out, b->type.s[e->type]);
	buf_printf(out, "  %s", level == LEVEL_NONE ? "closed" : level_name[level]);
	if (level != LEVEL_NONE)
		buf_printf(out, " %s %s", level_zh[level], level_grade[level]);
	buf_printf(out, "  (highest: %s)\n", level_name[e->peak]);
	for (size_t i = 0; i < e->npath; i++) {
		const struct change *c = &e->path[i];

		buf_reset(&t);
		change_why(r, c, opt->english, &t);
		buf_printf(out, "  %.*s\n", STRF(buf_view(&t)));
		if (c->rule < 0)
			continue;
		for (size_t k = 0; k < r->r[c->rule].n; k++) {
			const struct rule *x = &r->r[c->rule];
			const struct cond *q = &x->c[k];

			buf_puts(out, "      ");
			put_indicator(r, q->ind, 0, out);
			buf_puts(out, " = ");
			put_num(out, c->v[k]);
			buf_puts(out, "; limit = ");
			if (q->times > 0 && c->usual[k] >= 0)
				buf_printf(out, "max(%g, %g * usual %.2f)", q->min, q->times, c->usual[k]);
			else
				buf_printf(out, "%g", q->min);
			if (x->weigh && (type_weight(r, b->type.s[e->type]) != 1 || c->period < 1))
				buf_printf(out, " * weight %.2f", type_weight(r, c->whole ? STR("none") : b->type.s[e->type]) *
				    c->period);
			buf_puts(out, " = ");
			put_num(out, c->limit[k]);
			buf_putc(out, '\n');
		}
	}
	share_interval((double)s->negative, (double)s->pub, &low, &high);
	buf_printf(out, "  negative share = %lld / %lld = %.3f (95 %%: %.3f to %.3f); adverts, own and official voices left out\n",
	    (long long)s->negative, (long long)s->pub, s->pub > 0 ? (double)s->negative / (double)s->pub : 0, low, high);
	buf_printf(out, "  voices: %lld public authors, %lld own, %lld official, %lld media, %lld rival; %lld copies, %lld replays, "
			"%lld planted\n",
	    (long long)e->neg_authors, (long long)s->own, (long long)s->official, (long long)s->media, (long long)s->rival,
	    (long long)s->copies, (long long)s->replay, (long long)s->planted);
	buf_printf(out, "  highest hour: %.0f negative authors at %s, usual %.2f (from %.0f days), P(so many) = 1e-%.1f\n", e->top_1h,
	    e->top_at != 0 ? clock_format(e->top_at, at).p : "-", e->usual_1h, e->baseline_days, e->surprise);
	sum = heat_index(s, (double)e->authors, r->heat, part);
	buf_printf(out, "  heat = sum of weight * ln(1 + count) = %.1f:", sum);
	for (int i = 0; i < HEAT_PARTS; i++)
		buf_printf(out, " %s %.1f", heat_name[i], part[i]);
	sum = risk(e, part);
	buf_printf(out, "\n  score = %.1f:", sum);
	for (int i = 0; i < 5; i++)
		buf_printf(out, "%s %s %.1f", i > 0 ? "," : "", risk_name[i], part[i]);
	buf_printf(out, "\n  stage %s %s; next hours (negatives, 80 %% interval):", stage_name[e->forecast.stage],
	    stage_zh[e->forecast.stage]);
	for (int i = 0; i < HORIZONS; i++)
		buf_printf(out, " %lldh %.0f (%.0f to %.0f)", (long long)(horizon_s[i] / 3600), e->forecast.neg[i].mean,
		    e->forecast.neg[i].low, e->forecast.neg[i].high);
	if (e->chance_next >= 0)
		buf_printf(out, "; %s within 6 h: %.0f %%", level_name[level + 1], e->chance_next * 100);
	buf_putc(out, '\n');
	(void)d;
	buf_free(&t);
}
