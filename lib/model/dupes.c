#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "model/dupes.h"

enum { HALF = DUP_WINDOW / 2, MIN_EXACT = 6 /* letters: shorter texts are nobody's copy */, NO_CLUSTER = UINT32_MAX };

/* A remembered text. Ids live in one of two arenas, the older of which is emptied when its half is written over. */
struct text {
	struct str id;
	uint64_t exact;
	int64_t published;
	uint64_t author;
	uint32_t cluster;
	bool sketched;
};

struct cluster {
	struct str first_id;
	int64_t first;
	uint32_t size;
	uint32_t nauthors;
	uint64_t author[DUP_SPAM_AUTHORS];
};

/* A post known by its id: enough to give the same mark again. */
struct known {
	uint32_t number, rank, cluster; /* number: of its text, or of the text it copies exactly */
	struct str of;
	uint8_t distance;
	bool spam;
};

enum by { BY_EXACT, BY_ID, NBY }; /* hash of the folded text; its own id, which reposts name */

struct key {
	uint64_t hash;
	struct str id; /* BY_ID only */
};

struct number_map { /* key -> number of the text; open addressing */
	uint32_t *slot;
	size_t cap, n;
};

struct dupes {
	const struct fold *fold;
	double min_j;
	struct dup_index *index;
	struct text *text;
	size_t text_cap;
	uint64_t ntext;
	struct arena ids[2];
	struct number_map number[2][NBY]; /* a pair for either half of the window */
	struct cluster *cluster;
	size_t ncluster, cluster_cap;
	struct arena cluster_ids;
	bool with_ids;
	struct map by_id;
	struct known *known;
	size_t nknown, known_cap;
	struct buf tmp, of; /* of: the id a mark names, which its text may not outlive */
	struct sketch sketch;
};

struct dupes *
dupes_new(const struct fold *fold, double min_j, bool with_ids)
{
	struct dupes *d = xcalloc(1, sizeof *d);

	d->fold = fold;
	d->min_j = min_j;
	d->with_ids = with_ids;
	d->index = dup_index_new();
	return d;
}

void
dupes_free(struct dupes *d)
{
	if (d == NULL)
		return;
	dup_index_free(d->index);
	free(d->text);
	for (int i = 0; i < 2; i++) {
		arena_free(&d->ids[i]);
		for (int by = 0; by < NBY; by++)
			free(d->number[i][by].slot);
	}
	free(d->cluster);
	arena_free(&d->cluster_ids);
	map_free(&d->by_id);
	free(d->known);
	buf_free(&d->tmp);
	buf_free(&d->of);
	free(d);
}

/* What a text is found by in one of its tables. */
static struct key
key_of(const struct text *t, enum by by)
{
	return by == BY_EXACT ? (struct key){t->exact, {NULL, 0}} : (struct key){hash_bytes(t->id.p, t->id.n, 4), t->id};
}

static bool
has_key(const struct text *t, enum by by, struct key k)
{
	return by == BY_EXACT ? t->exact == k.hash : str_eq(t->id, k.id);
}

static uint32_t *
number_find(const struct dupes *d, const struct number_map *m, enum by by, struct key k)
{
	size_t i = (size_t)k.hash & (m->cap - 1);

	while (m->slot[i] != DUP_NONE && !has_key(&d->text[m->slot[i]], by, k))
		i = (i + 1) & (m->cap - 1);
	return &m->slot[i];
}

static void
number_put(struct dupes *d, int half, enum by by, uint32_t number)
{
	struct number_map *m = &d->number[half][by];

	if ((m->n + 1) * 4 > m->cap * 3) {
		struct number_map old = *m;

		m->cap = old.cap ? old.cap * 2 : 1024;
		m->slot = xmalloc(m->cap * sizeof *m->slot);
		memset(m->slot, 0xff, m->cap * sizeof *m->slot);
		for (size_t i = 0; i < old.cap; i++)
			if (old.slot[i] != DUP_NONE)
				*number_find(d, m, by, key_of(&d->text[old.slot[i]], by)) = old.slot[i];
		free(old.slot);
	}
	*number_find(d, m, by, key_of(&d->text[number], by)) = number;
	m->n++;
}

static uint32_t
number_get(const struct dupes *d, enum by by, struct key k)
{
	for (int i = 0; i < 2; i++) {
		uint32_t v = d->number[i][by].cap ? *number_find(d, &d->number[i][by], by, k) : DUP_NONE;

		if (v != DUP_NONE)
			return v;
	}
	return DUP_NONE;
}

static uint32_t
exact_get(const struct dupes *d, uint64_t h)
{
	return number_get(d, BY_EXACT, (struct key){h, {NULL, 0}});
}

static uint32_t
id_get(const struct dupes *d, struct str id)
{
	return number_get(d, BY_ID, (struct key){hash_bytes(id.p, id.n, 4), id});
}

static uint32_t
remember(struct dupes *d, struct str id, int64_t published, uint64_t author, bool sketched)
{
	uint32_t number;
	struct text *t;
	int half;

	/* every text takes a number, sketched or not, so that the index and this table stay in step */
	number = dup_index_add(d->index, &d->sketch);
	half = number >= HALF;
	if (number % HALF == 0) {
		arena_free(&d->ids[half]);
		for (int by = 0; by < NBY; by++) {
			free(d->number[half][by].slot);
			d->number[half][by] = (struct number_map){NULL, 0, 0};
		}
	}
	if (number >= d->text_cap)
		d->text = xgrow(d->text, &d->text_cap, number + 1u, sizeof *d->text);
	t = &d->text[number];
	*t = (struct text){arena_str(&d->ids[half], id), d->sketch.exact, published, author, NO_CLUSTER, sketched};
	number_put(d, half, BY_EXACT, number);
	if (id.n > 0)
		number_put(d, half, BY_ID, number);
	d->ntext++;
	return number;
}

static void
add_author(struct cluster *c, uint64_t author)
{
	for (uint32_t i = 0; i < c->nauthors; i++)
		if (c->author[i] == author)
			return;
	if (c->nauthors < DUP_SPAM_AUTHORS)
		c->author[c->nauthors++] = author;
}

/* The cluster of a text, made when this is its first copy. */
static uint32_t
cluster_of(struct dupes *d, uint32_t number)
{
	struct text *t = &d->text[number];
	struct cluster *c;

	if (t->cluster != NO_CLUSTER)
		return t->cluster;
	d->cluster = xgrow(d->cluster, &d->cluster_cap, d->ncluster + 1, sizeof *d->cluster);
	c = &d->cluster[d->ncluster];
	*c = (struct cluster){.first_id = arena_str(&d->cluster_ids, t->id), .first = t->published, .size = 1};
	if (t->author != 0)
		add_author(c, t->author);
	return t->cluster = (uint32_t)d->ncluster++;
}

/* "转发微博" and the like: nothing of one's own was said. */
static bool
bare_repost(struct str text)
{
	static const struct str stock[] = {{"转发微博", 12}, {"轉發微博", 12}, {"转发", 6}, {"轉發", 6}, {"转", 3},
	    {"repost", 6}, {"Repost", 6}, {"RT", 2}};
	ptrdiff_t chain = str_find(text, STR("//@"));

	text = str_trim(chain >= 0 ? str_sub(text, 0, (size_t)chain) : text);
	for (size_t i = 0; i < sizeof stock / sizeof *stock; i++)
		if (str_eq(text, stock[i]))
			return true;
	return text.n == 0;
}

/* Makes a text take part in exact comparison only. */
static void
meet_nobody(struct dupes *d)
{
	for (size_t i = 0; i < sizeof d->sketch.band / sizeof *d->sketch.band; i++)
		d->sketch.band[i] = (uint32_t)hash_u64(d->sketch.exact + i);
	for (size_t i = 0; i < SKETCH_BYTES; i += 8) {
		uint64_t v = hash_u64(d->sketch.exact ^ i);

		memcpy(d->sketch.nibble + i, &v, 8);
	}
}

static void
mark(const struct dupes *d, const struct known *k, struct dup_mark *m)
{
	const struct cluster *c;

	*m = (struct dup_mark){.copy = false};
	if (k->rank <= 1)
		return;
	c = &d->cluster[k->cluster];
	*m = (struct dup_mark){.copy = true, .cluster = c->first_id, .of = k->of.n > 0 ? k->of : c->first_id,
	    .distance = k->distance, .size = k->rank, .first = c->first, .template_spam = k->spam};
}

static void
know(struct dupes *d, struct str id, struct known k)
{
	if (!d->with_ids || id.n == 0)
		return;
	d->known = xgrow(d->known, &d->known_cap, d->nknown + 1, sizeof *d->known);
	k.of = arena_str(&d->cluster_ids, k.of);
	d->known[d->nknown] = k;
	*map_put(&d->by_id, id, NULL) = d->nknown++;
}

/* The layout: flags, distance, length of `of`, author, of, then sketch and bands when there are any. */
enum { TRACE_HEAD = 11, TRACE_SKETCH = SKETCH_BYTES + 4 * 32, OF_MAX = DUP_TRACE_MAX - TRACE_HEAD - TRACE_SKETCH };

static void
make_trace(const struct dupes *d, const struct dup_post *p, uint64_t author, bool sketched, const struct known *k,
    struct str cluster, struct dup_trace *t)
{
	size_t nof = k->of.n <= OF_MAX ? k->of.n : 0, n = TRACE_HEAD; /* without `of` the cluster's first stands in */

	*t = (struct dup_trace){.id = p->id, .cluster = cluster, .published = p->published, .exact = d->sketch.exact,
	    .fresh = true};
	t->bytes[0] = (uint8_t)(sketched | k->spam << 1);
	t->bytes[1] = k->distance;
	t->bytes[2] = (uint8_t)nof;
	memcpy(t->bytes + 3, &author, 8);
	if (nof > 0)
		memcpy(t->bytes + n, k->of.p, nof);
	n += nof;
	if (sketched) {
		memcpy(t->bytes + n, d->sketch.nibble, SKETCH_BYTES);
		memcpy(t->bytes + n + SKETCH_BYTES, d->sketch.band, sizeof d->sketch.band);
		n += TRACE_SKETCH;
	}
	t->nbytes = n;
}

void
dupes_see(struct dupes *d, const struct dup_post *p, struct dup_mark *m, struct dup_trace *t)
{
	uint64_t author = p->author.n > 0 ? hash_bytes(p->author.p, p->author.n, 1) | 1 : 0;
	uint32_t number;
	bool sketched, exact, bare = p->root.n > 0 && bare_repost(p->text);
	double j = 1;

	sketch_text(d->fold, p->title, p->text, &d->tmp, &d->sketch);
	sketched = d->sketch.nshingles >= DUP_MIN_SHINGLES && !bare;
	if (bare) /* a bare repost is a copy of what it reposts, not of the other words "repost" */
		d->sketch.exact = hash_bytes(p->root.p, p->root.n, 2);
	else if (!sketched && d->sketch.nletters < MIN_EXACT)
		d->sketch.exact = hash_bytes(p->id.p, p->id.n, 3);
	if (!sketched)
		meet_nobody(d);
	if (t != NULL)
		t->fresh = false;
	if (d->with_ids && p->id.n > 0) {
		uintptr_t *k = map_get(&d->by_id, p->id);

		if (k != NULL) {
			mark(d, &d->known[*k], m);
			return;
		}
	}
	number = bare ? id_get(d, p->root) : DUP_NONE;
	if (number == DUP_NONE)
		number = exact_get(d, d->sketch.exact);
	exact = number != DUP_NONE;
	if (!exact && sketched)
		number = dup_index_find(d->index, &d->sketch, d->min_j, DUP_NONE, &j);
	if (number == DUP_NONE) {
		struct known k = {.rank = 1, .cluster = NO_CLUSTER};

		k.number = remember(d, p->id, p->published, p->original ? author : 0, sketched);
		mark(d, &k, m);
		know(d, p->id, k);
		if (t != NULL)
			make_trace(d, p, p->original ? author : 0, sketched, &k, p->id, t);
		return;
	}
	uint32_t cl = cluster_of(d, number);
	buf_reset(&d->of);
	buf_str(&d->of, d->text[number].id);
	struct known k = {.number = number, .rank = ++d->cluster[cl].size, .cluster = cl, .of = buf_view(&d->of),
	    .distance = (uint8_t)((1 - (j > 1 ? 1 : j)) * 100 + 0.5)};

	if (p->original && author != 0 && k.distance <= DUP_SPAM_DISTANCE && sketched) {
		add_author(&d->cluster[cl], author);
		k.spam = d->cluster[cl].nauthors >= DUP_SPAM_AUTHORS;
	} else {
		author = 0;
	}
	mark(d, &k, m);
	if (!exact) {
		k.number = remember(d, p->id, p->published, p->original ? author : 0, sketched);
		d->text[k.number].cluster = cl;
	}
	know(d, p->id, k);
	if (t != NULL)
		make_trace(d, p, author, sketched && !exact, &k, m->cluster, t);
}

bool
dupes_recall(struct dupes *d, const struct dup_trace *t)
{
	struct known k = {.rank = 1, .cluster = NO_CLUSTER};
	uint32_t number;
	uint64_t author;
	bool sketched;
	size_t nof, n;
	uintptr_t *first;

	if (t->nbytes < TRACE_HEAD)
		return false;
	sketched = t->bytes[0] & 1;
	nof = t->bytes[2];
	n = TRACE_HEAD + nof;
	if (t->nbytes != n + (sketched ? TRACE_SKETCH : 0))
		return false;
	k.spam = t->bytes[0] >> 1 & 1;
	k.distance = t->bytes[1];
	k.of = (struct str){(const char *)t->bytes + TRACE_HEAD, nof};
	memcpy(&author, t->bytes + 3, 8);
	d->sketch.exact = t->exact;
	number = exact_get(d, t->exact);
	first = map_get(&d->by_id, t->cluster);
	if (!str_eq(t->id, t->cluster) && first != NULL) {
		k.cluster = cluster_of(d, d->known[*first].number);
		k.rank = ++d->cluster[k.cluster].size;
		if (author != 0)
			add_author(&d->cluster[k.cluster], author);
	}
	k.number = number;
	if (number == DUP_NONE) {
		if (sketched) {
			memcpy(d->sketch.nibble, t->bytes + n, SKETCH_BYTES);
			memcpy(d->sketch.band, t->bytes + n + SKETCH_BYTES, sizeof d->sketch.band);
		} else {
			meet_nobody(d);
		}
		k.number = remember(d, t->id, t->published, author, sketched);
		d->text[k.number].cluster = k.cluster;
	}
	know(d, t->id, k);
	return true;
}
