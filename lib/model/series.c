#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "model/series.h"

const char *const cue_name[CUES] = {"death", "injury", "minor", "money", "police", "regulator", "media"};

enum { KOL_FOLLOWERS = 100000, HOLLOW_FOLLOWERS = 20, TEXT_MAX = 180, SUBJECTS_A_POST = 8,
	LOOSE = 20, SAME = 3 /* dup.distance */, SHORT = 60 /* bytes of JSON text */,
	TEXTS_MAX = 32 << 20 /* bytes */ };

uint16_t
name_id(struct names *x, struct str s)
{
	bool added;
	uintptr_t *v;

	if (x->n > 0 && str_eq(x->s[x->n - 1], s))
		return (uint16_t)(x->n - 1);
	if (x->n >= UINT16_MAX) {
		v = map_get(&x->map, s);
		return v != NULL ? (uint16_t)*v : UINT16_MAX - 1;
	}
	v = map_put(&x->map, s, &added);
	if (added) {
		*v = x->n;
		x->s = xgrow(x->s, &x->cap, x->n + 1, sizeof *x->s);
		x->s[x->n++] = arena_str(&x->map.keys, s);
	}
	return (uint16_t)*v;
}

static uint32_t
clamp32(int64_t v)
{
	return v < 0 ? 0 : v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

static uint32_t
hash32(struct str s)
{
	uint32_t h = (uint32_t)hash_bytes(s.p, s.n, 0);

	return h != 0 ? h : 1;
}

#define key_is(k, lit) ((k).n == sizeof(lit) - 1 && memcmp((k).p, "" lit, sizeof(lit) - 1) == 0)

/* A count: digits in the common case, anything else the careful way. */
static bool
count_of(struct json v, int64_t *n)
{
	int64_t x = 0;

	if (v.type != JSON_NUM)
		return false;
	if (v.raw.n > 15)
		return json_i64(v, n);
	for (size_t i = 0; i < v.raw.n; i++) {
		if (!is_digit(v.raw.p[i]))
			return json_i64(v, n);
		x = x * 10 + (v.raw.p[i] - '0');
	}
	*n = x;
	return true;
}

static inline bool
says(struct json v, const char *s, size_t n)
{
	return v.type == JSON_STR && v.raw.n == n + 2 && memcmp(v.raw.p + 1, s, n) == 0;
}
#define SAYS(v, lit) says((v), "" lit, sizeof(lit) - 1)

static void
take_author(struct obs *o, struct json v, bool *known, struct arena *a)
{
	struct json_iter it = json_iter(v);
	struct str k;
	struct json x;
	int64_t n;

	while (json_next(&it, &k, &x)) {
		if (key_is(k, "id")) {
			o->author = hash32(x.type == JSON_STR ? json_str(x, a) : x.raw);
		} else if (key_is(k, "name")) {
			if (o->author == 0 && x.type == JSON_STR)
				o->author = hash32(json_str(x, a));
		} else if (key_is(k, "followers")) {
			if (count_of(x, &n)) {
				o->reach = clamp32(n);
				*known = true;
			}
		} else if (key_is(k, "verified")) {
			if (x.type == JSON_TRUE || (x.type == JSON_STR && x.raw.n > 2))
				o->flags |= OBS_VERIFIED;
		} else if (key_is(k, "type")) {
			if (SAYS(x, "kol"))
				o->flags |= OBS_KOL;
			else if (SAYS(x, "media"))
				o->voice = VOICE_MEDIA;
			else if (SAYS(x, "government"))
				o->voice = VOICE_OFFICIAL;
		}
	}
	if (o->reach >= KOL_FOLLOWERS)
		o->flags |= OBS_KOL;
}

static void
take_metrics(struct obs *o, struct json v, bool *answered)
{
	struct json_iter it = json_iter(v);
	struct str k;
	struct json x;
	int64_t n;

	while (json_next(&it, &k, &x)) {
		if (!count_of(x, &n))
			continue;
		if (key_is(k, "reposts"))
			o->shared = clamp32(n);
		else if (key_is(k, "comments"))
			o->answered = clamp32(n);
		else if (key_is(k, "likes"))
			o->liked = clamp32(n);
		else if (key_is(k, "views") || key_is(k, "plays"))
			o->seen = clamp32(n);
	}
	*answered = o->shared + o->answered + o->liked > 0;
}

static uint8_t
cue_bit(struct json x)
{
	for (int i = 0; i < CUES; i++)
		if (json_is(x, cue_name[i]))
			return (uint8_t)(1 << i);
	return 0;
}

/* A child in a queue is no grave matter, a child in an accident is. */
static bool
grave(uint8_t cues, struct str type)
{
	static const char *const harms[] = {"care.accident", "care.infection", "product.safety", "staff.misconduct",
	    "management.misconduct", "fraud.theft", "data.breach", "disaster.site", "environment.pollution"};

	if (cues & (CUE_DEATH | CUE_INJURY))
		return true;
	for (size_t i = 0; (cues & CUE_MINOR) && i < sizeof harms / sizeof harms[0]; i++)
		if (str_is(type, harms[i]))
			return true;
	return false;
}

/* Whether it is a complaint. */
static bool
take_crisis(struct book *b, struct obs *o, struct json v, struct arena *a)
{
	bool complaint = false;
	struct json_iter cues;
	struct json_iter it = json_iter(v);
	struct str k, none;
	struct json x, y;

	while (json_next(&it, &k, &x)) {
		if (key_is(k, "type")) {
			o->type = name_id(&b->type, json_str(x, a));
		} else if (key_is(k, "industry")) {
			o->industry = (uint8_t)name_id(&b->industry, json_str(x, a));
		} else if (key_is(k, "severity")) {
			cues = json_iter(x);
			while (json_next(&cues, &none, &y))
				o->cues |= cue_bit(y);
		} else if (key_is(k, "kind")) {
			if (SAYS(x, "ad") || SAYS(x, "praise"))
				o->flags |= OBS_AD;
			else if (SAYS(x, "complaint"))
				complaint = true;
		}
	}
	return complaint;
}

static void
take_dup(struct obs *o, struct json v, struct arena *a)
{
	struct json_iter it = json_iter(v);
	struct str k;
	struct json x;
	int64_t n;

	while (json_next(&it, &k, &x)) {
		if (key_is(k, "cluster") && x.type == JSON_STR) {
			o->cluster = hash32(json_str(x, a));
			o->flags |= OBS_COPY;
		} else if (key_is(k, "distance")) {
			if (count_of(x, &n))
				o->flags |= n > LOOSE ? OBS_LOOSE | OBS_VARIED : n > SAME ? OBS_VARIED : 0;
		} else if (key_is(k, "first")) {
			(void)clock_parse(json_str(x, a), &o->first);
		}
	}
}

static uint8_t
voice_of(struct json v)
{
	static const char *const name[] = {"public", "staff", "own", "official", "media", "rival"};

	for (uint8_t i = 0; i < 6; i++)
		if (json_is(v, name[i]))
			return i;
	return VOICE_PUBLIC;
}

static uint32_t
keep(struct book *b, struct str s)
{
	size_t at;

	if (b->text.n == 0)
		buf_putc(&b->text, '\0');
	at = b->text.n;
	if (at + s.n + 1 > UINT32_MAX)
		return 0;
	buf_str(&b->text, s);
	buf_putc(&b->text, '\0');
	return (uint32_t)at;
}

static bool
contains(struct str s, struct str word)
{
	char first = to_lower(word.p[0]), upper = first >= 'a' && first <= 'z' ? (char)(first - 32) : first;

	for (size_t i = 0; i + word.n <= s.n; i++)
		if ((s.p[i] == first || s.p[i] == upper) && str_eq_nocase(str_n(s.p + i, word.n), word))
			return true;
	return false;
}

static uint16_t
words_in(const struct book *b, struct str title, struct str text)
{
	uint16_t found = 0;

	for (size_t k = 0; k < b->nkeywords; k++)
		for (size_t i = 0; i < b->keywords[k].n && (found >> k & 1) == 0; i++)
			if (contains(text, b->keywords[k].word[i]) || contains(title, b->keywords[k].word[i]))
				found |= (uint16_t)(1u << k);
	return found;
}

/* All texts while there is room, then one in sixteen. */
static bool
wants_text(struct book *b, const struct obs *o, size_t n)
{
	if (b->texts > TEXTS_MAX && (o->idh & 15) != 0)
		return false;
	b->texts += n < TEXT_MAX ? n : TEXT_MAX;
	return true;
}

static void
take_sentiment(struct book *b, struct obs *o, struct json v, struct arena *a)
{
	struct json_iter it = json_iter(v);
	struct str k;
	struct json x;

	while (json_next(&it, &k, &x)) {
		if (key_is(k, "label"))
			o->label = SAYS(x, "neg") ? LABEL_NEG : SAYS(x, "pos") ? LABEL_POS : SAYS(x, "neu") ? LABEL_NEU : LABEL_NONE;
		else if (key_is(k, "emotion"))
			o->emotion = (uint8_t)(1 + name_id(&b->emotion, json_str(x, a)) % EMOTIONS);
	}
}

/* The members of a post that count; spans of the record. */
struct parts {
	struct json id, dup, drill, text, title, form, author, parent, crisis, metrics, subjects, platform, sentiment, published;
};

static void
find_parts(const struct rec *r, struct parts *p)
{
	static const struct json absent = {{"", 0}, JSON_NONE, false};

	*p = (struct parts){absent, absent, absent, absent, absent, absent, absent, absent, absent, absent, absent, absent, absent, absent};
	for (size_t i = 0; i < r->n; i++) {
		struct str k = r->m[i].key;
		struct json v = r->m[i].val;

		switch (k.n) {
		case 2:
			if (key_is(k, "id"))
				p->id = v;
			break;
		case 3:
			if (key_is(k, "dup"))
				p->dup = v;
			break;
		case 4:
			if (key_is(k, "text"))
				p->text = v;
			else if (key_is(k, "form"))
				p->form = v;
			break;
		case 5:
			if (key_is(k, "title"))
				p->title = v;
			else if (key_is(k, "drill"))
				p->drill = v;
			break;
		case 6:
			if (key_is(k, "author"))
				p->author = v;
			else if (key_is(k, "parent"))
				p->parent = v;
			else if (key_is(k, "crisis"))
				p->crisis = v;
			break;
		case 7:
			if (key_is(k, "metrics"))
				p->metrics = v;
			break;
		case 8:
			if (key_is(k, "subjects"))
				p->subjects = v;
			else if (key_is(k, "platform"))
				p->platform = v;
			break;
		case 9:
			if (key_is(k, "sentiment"))
				p->sentiment = v;
			else if (key_is(k, "published"))
				p->published = v;
			break;
		default:
			break;
		}
	}
}

int
book_post(struct book *b, struct rec *r, struct err *e)
{
	struct obs o = {.t = 0};
	struct parts p;
	struct str id, k;
	struct json_iter it;
	struct json x;
	bool known = false, answered = false, complaint;
	uint8_t account, guessed;
	int n = 0;

	b->posts++;
	find_parts(r, &p);
	if (!clock_parse(json_str(p.published, &r->tmp), &o.t))
		return err_set(e, ERR_DATA, "a post without a usable 'published' time");
	b->nosentiment += p.sentiment.type == JSON_NONE;
	b->nocrisis += p.crisis.type == JSON_NONE;
	it = json_iter(p.subjects);
	if (p.subjects.type != JSON_ARR || !json_next(&it, &k, &x)) {
		b->nosubject++;
		return 0;
	}
	id = json_str(p.id, &r->tmp);
	o.type = UINT16_MAX;
	complaint = take_crisis(b, &o, p.crisis, &r->tmp);
	if (o.type == UINT16_MAX)
		o.type = name_id(&b->type, STR("none"));
	if (grave(o.cues, b->type.s[o.type]))
		o.cues |= CUE_GRAVE;
	take_dup(&o, p.dup, &r->tmp);
	if (p.text.raw.n < SHORT)
		o.flags |= OBS_VARIED;
	take_sentiment(b, &o, p.sentiment, &r->tmp);
	/* who reports a fault without a harsh word complains all the same */
	if (complaint && o.label != LABEL_POS && !str_is(b->type.s[o.type], "none"))
		o.label = LABEL_NEG;
	take_author(&o, p.author, &known, &r->tmp);
	take_metrics(&o, p.metrics, &answered);
	account = o.voice; /* what the account says of itself stands where the watch list says nothing */
	o.platform = (uint8_t)name_id(&b->platform, json_str(p.platform, &r->tmp));
	if (SAYS(p.form, "repost") || (p.form.type == JSON_NONE && p.parent.type == JSON_STR))
		o.flags |= OBS_REPOST;
	else if (SAYS(p.form, "comment"))
		o.flags |= OBS_COMMENT;
	o.idh = hash32(id.n > 0 ? id : r->line);
	if (o.author == 0)
		o.author = o.idh;
	if (o.cluster == 0)
		o.cluster = o.idh;
	else if (o.cluster == o.idh)
		o.flags &= (uint16_t)~OBS_COPY; /* the first of its story */
	if (known && o.reach < HOLLOW_FOLLOWERS && p.metrics.type == JSON_OBJ && !answered &&
	    (o.flags & (OBS_REPOST | OBS_COMMENT)) == 0)
		o.flags |= OBS_HOLLOW;
	if (b->nkeywords > 0 && o.label == LABEL_NEG)
		o.words = words_in(b, json_str(p.title, &r->tmp), json_str(p.text, &r->tmp));
	guessed = o.industry;
	do {
		struct str name = {"", 0};
		struct json_iter w = json_iter(x);
		struct json y;

		o.voice = VOICE_PUBLIC;
		o.industry = guessed;
		o.flags &= (uint16_t)~OBS_RIVAL;
		while (json_next(&w, &k, &y)) {
			if (key_is(k, "id"))
				name = json_str(y, &r->tmp);
			else if (key_is(k, "voice"))
				o.voice = voice_of(y);
			else if (key_is(k, "industry")) /* the watch list knows, a text is a guess */
				o.industry = (uint8_t)name_id(&b->industry, json_str(y, &r->tmp));
			else if (key_is(k, "side") && SAYS(y, "rival"))
				o.flags |= OBS_RIVAL;
		}
		if (name.n == 0)
			continue;
		if (o.voice == VOICE_PUBLIC)
			o.voice = account;
		if (p.drill.type > JSON_FALSE) /* an exercise is another world */
			name = arena_printf(&r->tmp, "%.*s%c", STRF(name), BOOK_DRILL);
		o.subject = name_id(&b->subject, name);
		o.id = o.text = 0;
		if (o.label == LABEL_NEG || o.voice > VOICE_STAFF || (o.flags & OBS_KOL) != 0)
			o.id = keep(b, id);
		if (wants_text(b, &o, p.text.raw.n))
			o.text = keep(b, utf8_cut_bytes(json_str(p.text, &r->tmp), TEXT_MAX));
		if (b->n == b->cap)
			b->o = xgrow(b->o, &b->cap, b->n + 1, sizeof *b->o);
		b->sorted = b->n == 0 || (b->sorted && b->o[b->n - 1].t <= o.t);
		b->o[b->n++] = o;
	} while (++n < SUBJECTS_A_POST && json_next(&it, &k, &x));
	return 1;
}

int
book_past(struct book *b, struct rec *r, struct err *e)
{
	struct str subject = rec_str(r, "subject"), type = rec_str(r, "type");
	struct past p = {.hour = 0};
	int64_t t;

	if (subject.n == 0 || type.n == 0 || json_int_or(rec_get(r, "step_s"), 3600) != 3600)
		return 0;
	if (!rec_time(r, "ts", &t))
		return err_set(e, ERR_DATA, "a point without a usable 'ts' time");
	p.hour = t / 3600;
	p.neg = (float)json_num_or(rec_get(r, "neg"), 0);
	p.n = (float)json_num_or(rec_get(r, "n"), 0);
	p.subject = name_id(&b->subject, subject);
	p.type = name_id(&b->type, type);
	if (b->npast == b->past_cap)
		b->past = xgrow(b->past, &b->past_cap, b->npast + 1, sizeof *b->past);
	b->past[b->npast++] = p;
	return 1;
}

static int
by_time(const void *a, const void *b)
{
	const struct obs *x = a, *y = b;

	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	if (x->idh != y->idh)
		return x->idh < y->idh ? -1 : 1;
	return x->subject < y->subject ? -1 : x->subject > y->subject;
}

struct named {
	struct str s;
	uint16_t was;
};

static int
by_name(const void *a, const void *b)
{
	return str_cmp(((const struct named *)a)->s, ((const struct named *)b)->s);
}

/* Puts the names in order; to[old number] = new number. False when they were. */
static bool
order_names(struct names *x, uint16_t **to)
{
	struct named *n = xcalloc(x->n + 1, sizeof *n);
	bool moved = false;

	*to = xcalloc(x->n + 1, sizeof **to);
	for (size_t i = 0; i < x->n; i++)
		n[i] = (struct named){x->s[i], (uint16_t)i};
	qsort(n, x->n, sizeof *n, by_name);
	for (size_t i = 0; i < x->n; i++) {
		uintptr_t *v = map_get(&x->map, n[i].s);

		(*to)[n[i].was] = (uint16_t)i;
		moved = moved || n[i].was != i;
		x->s[i] = n[i].s;
		if (v != NULL)
			*v = i;
	}
	free(n);
	return moved;
}

static void
rename_all(struct book *b)
{
	uint16_t *subject, *type, *platform, *emotion, *industry;
	bool moved = order_names(&b->subject, &subject);

	moved |= order_names(&b->type, &type);
	moved |= order_names(&b->platform, &platform);
	moved |= order_names(&b->emotion, &emotion);
	moved |= order_names(&b->industry, &industry);
	for (size_t i = 0; moved && i < b->n; i++) {
		struct obs *o = &b->o[i];

		o->subject = subject[o->subject];
		o->type = type[o->type];
		if (o->platform < b->platform.n)
			o->platform = (uint8_t)platform[o->platform];
		if (o->industry < b->industry.n)
			o->industry = (uint8_t)industry[o->industry];
		if (o->emotion > 0 && o->emotion <= b->emotion.n)
			o->emotion = (uint8_t)(1 + emotion[o->emotion - 1] % EMOTIONS);
	}
	for (size_t i = 0; moved && i < b->npast; i++) {
		b->past[i].subject = subject[b->past[i].subject];
		b->past[i].type = type[b->past[i].type];
	}
	free(subject);
	free(type);
	free(platform);
	free(emotion);
	free(industry);
}

void
book_sort(struct book *b)
{
	size_t n = 0;

	(void)name_id(&b->type, STR("none")); /* always there, so that no later use of it renumbers */
	rename_all(b);
	if (!b->sorted && b->n > 1)
		qsort(b->o, b->n, sizeof *b->o, by_time);
	for (size_t i = 0, j; b->sorted && i < b->n; i = j) { /* in order already but for equal times */
		for (j = i + 1; j < b->n && b->o[j].t == b->o[i].t; j++)
			;
		if (j - i > 1)
			qsort(b->o + i, j - i, sizeof *b->o, by_time);
	}
	for (size_t i = 0; i < b->n; i++)
		if (n == 0 || by_time(&b->o[n - 1], &b->o[i]) != 0)
			b->o[n++] = b->o[i];
	b->n = n;
	b->sorted = true;
}

int64_t
book_clock(const struct book *b)
{
	for (size_t i = b->n; i-- > 2;)
		if (b->o[i].t - b->o[i - 2].t <= 86400)
			return b->o[i].t;
	return b->n > 0 ? b->o[b->n - 1].t : 0;
}

struct str
book_subject(const struct book *b, uint16_t subject, bool *drill)
{
	struct str s = b->subject.s[subject];

	*drill = s.n > 0 && s.p[s.n - 1] == BOOK_DRILL;
	return *drill ? str_sub(s, 0, s.n - 1) : s;
}

void
book_free(struct book *b)
{
	struct names *x[] = {&b->subject, &b->type, &b->platform, &b->emotion, &b->industry};

	for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
		map_free(&x[i]->map);
		free(x[i]->s);
	}
	buf_free(&b->text);
	free(b->o);
	free(b->past);
	arena_free(&b->tmp);
	*b = (struct book){0};
}
