#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "model/series.h"

const char *const cue_name[CUES] = {"death", "injury", "minor", "money", "police", "regulator", "media"};

enum { KOL_FOLLOWERS = 100000, HOLLOW_FOLLOWERS = 20, TEXTS_AN_HOUR = 24, TEXT_MAX = 180, SUBJECTS_A_POST = 8, LOOSE = 20 };

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

static bool
key_is(struct str k, const char *s)
{
	size_t n = strlen(s);

	return k.n == n && memcmp(k.p, s, n) == 0;
}

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
			if (json_i64(x, &n)) {
				o->reach = clamp32(n);
				*known = true;
			}
		} else if (key_is(k, "verified")) {
			if (x.type == JSON_TRUE || (x.type == JSON_STR && x.raw.n > 2))
				o->flags |= OBS_VERIFIED;
		} else if (key_is(k, "type")) {
			if (json_is(x, "kol"))
				o->flags |= OBS_KOL;
			else if (json_is(x, "media"))
				o->voice = VOICE_MEDIA;
			else if (json_is(x, "government"))
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
		if (x.type != JSON_NUM || !json_i64(x, &n))
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

static void
take_crisis(struct book *b, struct obs *o, struct json v, struct arena *a)
{
	struct json_iter it = json_iter(v), cues;
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
			if (json_is(x, "ad") || json_is(x, "praise"))
				o->flags |= OBS_AD;
		}
	}
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
			if (json_i64(x, &n) && n > LOOSE)
				o->flags |= OBS_LOOSE;
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

/* A sample of what is said: the first texts of every subject and hour; enough to find the words that rose. */
static bool
wants_text(struct book *b, const struct obs *o)
{
	int64_t key[2] = {o->t / 3600, o->subject * 2 + (o->label == LABEL_NEG)};
	uintptr_t *n = map_put(&b->hours, str_n((const char *)key, sizeof key), NULL);

	return (*n)++ < TEXTS_AN_HOUR;
}

int
book_post(struct book *b, struct rec *r, struct err *e)
{
	struct obs o = {.seq = (uint32_t)b->n};
	struct json subjects = {{"", 0}, JSON_NONE, false}, author = subjects, metrics = subjects, text = subjects;
	struct str id = {"", 0}, k;
	struct json_iter it;
	struct json x;
	bool dated = false, known = false, met = false, answered = false, form = false, parent = false;
	uint8_t account;
	int n = 0;

	b->posts++;
	o.type = UINT16_MAX;
	for (size_t i = 0; i < r->n; i++) {
		const struct json_member *m = &r->m[i];
		const struct json *v = &m->val;

		k = m->key;
		switch (k.n) {
		case 2:
			if (key_is(k, "id"))
				id = json_str(*v, &r->tmp);
			break;
		case 3:
			if (key_is(k, "dup")) {
				take_dup(&o, *v, &r->tmp);
			}
			break;
		case 4:
			if (key_is(k, "text")) {
				text = *v;
			} else if (key_is(k, "form")) {
				form = true;
				if (json_is(*v, "repost"))
					o.flags |= OBS_REPOST;
				else if (json_is(*v, "comment"))
					o.flags |= OBS_COMMENT;
			}
			break;
		case 6:
			if (key_is(k, "author"))
				author = *v;
			else if (key_is(k, "parent"))
				parent = v->type == JSON_STR;
			else if (key_is(k, "crisis"))
				take_crisis(b, &o, *v, &r->tmp);
			break;
		case 7:
			if (key_is(k, "metrics")) {
				metrics = *v;
				met = true;
			}
			break;
		case 8:
			if (key_is(k, "subjects"))
				subjects = *v;
			else if (key_is(k, "platform"))
				o.platform = (uint8_t)name_id(&b->platform, json_str(*v, &r->tmp));
			break;
		case 9:
			if (key_is(k, "sentiment")) {
				struct json_iter si = json_iter(*v);
				struct str sk;

				while (json_next(&si, &sk, &x)) {
					if (key_is(sk, "label"))
						o.label = json_is(x, "neg") ? LABEL_NEG : json_is(x, "pos") ? LABEL_POS :
						    json_is(x, "neu") ? LABEL_NEU : LABEL_NONE;
					else if (key_is(sk, "emotion"))
						o.emotion = (uint8_t)(1 + name_id(&b->emotion, json_str(x, &r->tmp)) % EMOTIONS);
				}
			} else if (key_is(k, "published")) {
				dated = rec_time(r, "published", &o.t);
			}
			break;
		default:
			break;
		}
	}
	if (!dated)
		return err_set(e, ERR_DATA, "a post without a usable 'published' time");
	it = json_iter(subjects);
	if (subjects.type != JSON_ARR || !json_next(&it, &k, &x)) {
		b->nosubject++;
		return 0;
	}
	if (o.type == UINT16_MAX)
		o.type = name_id(&b->type, STR("none"));
	take_author(&o, author, &known, &r->tmp);
	take_metrics(&o, metrics, &answered);
	account = o.voice; /* what the account says of itself stands where the watch list says nothing */
	if (o.author == 0)
		o.author = id.n > 0 ? hash32(id) : (uint32_t)b->n | 1;
	if (!form && parent)
		o.flags |= OBS_REPOST;
	if (o.cluster == 0)
		o.cluster = hash32(id);
	if (known && o.reach < HOLLOW_FOLLOWERS && met && !answered && (o.flags & (OBS_REPOST | OBS_COMMENT)) == 0)
		o.flags |= OBS_HOLLOW;
	do {
		struct str name = json_str(json_get(x, "id"), &r->tmp);

		if (name.n == 0)
			continue;
		o.subject = name_id(&b->subject, name);
		o.voice = voice_of(json_get(x, "voice"));
		if (o.voice == VOICE_PUBLIC)
			o.voice = account;
		if (json_is(json_get(x, "side"), "rival"))
			o.flags |= OBS_RIVAL;
		o.id = o.text = 0;
		if (o.label == LABEL_NEG || o.voice > VOICE_STAFF || (o.flags & OBS_KOL) != 0)
			o.id = keep(b, id);
		if (wants_text(b, &o))
			o.text = keep(b, utf8_cut_bytes(json_str(text, &r->tmp), TEXT_MAX));
		if (b->n == b->cap)
			b->o = xgrow(b->o, &b->cap, b->n + 1, sizeof *b->o);
		b->sorted = b->n == 0 || (b->sorted && b->o[b->n - 1].t <= o.t);
		b->o[b->n++] = o;
	} while (++n < SUBJECTS_A_POST && json_next(&it, &k, &x));
	return 1;
}

static int
by_time(const void *a, const void *b)
{
	const struct obs *x = a, *y = b;

	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

void
book_sort(struct book *b)
{
	if (!b->sorted && b->n > 1)
		qsort(b->o, b->n, sizeof *b->o, by_time);
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

void
book_free(struct book *b)
{
	struct names *x[] = {&b->subject, &b->type, &b->platform, &b->emotion, &b->industry};

	for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
		map_free(&x[i]->map);
		free(x[i]->s);
	}
	map_free(&b->hours);
	buf_free(&b->text);
	free(b->o);
	arena_free(&b->tmp);
	*b = (struct book){0};
}
