#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/hash.h"

static inline uint64_t
fold_mul(uint64_t a, uint64_t b)
{
	__extension__ typedef unsigned __int128 u128;
	u128 m = (u128)a * b;

	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static inline uint64_t
load64(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	v = __builtin_bswap64(v);
#endif
	return v;
}

uint64_t
hash_bytes(const void *data, size_t n, uint64_t seed)
{
	static const uint64_t k1 = 0x9e3779b97f4a7c15u, k2 = 0xc2b2ae3d27d4eb4fu, k3 = 0x165667b19e3779f9u;
	const unsigned char *p = data;
	uint64_t h = fold_mul(seed ^ k1, (uint64_t)n ^ k2);

	for (; n >= 16; n -= 16, p += 16)
		h = fold_mul(load64(p) ^ h, load64(p + 8) ^ k3);
	if (n > 0) {
		unsigned char tail[16] = {0};

		memcpy(tail, p, n);
		h = fold_mul(load64(tail) ^ h ^ k2, load64(tail + 8) ^ k3);
	}
	return hash_u64(h);
}

/*
 * Of a map, another in every process: whoever writes the keys of a stream cannot choose such as meet in one slot. Nothing
 * ever walks a map in the order of its slots, so no output depends on it.
 */
static uint64_t
map_hash(struct str key)
{
	static uint64_t seed;

	while (seed == 0)
		if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed)
			seed = (uint64_t)(uintptr_t)&seed | 1; /* addresses differ, too */
	return hash_bytes(key.p, key.n, seed);
}

static struct map_slot *
find(const struct map *m, struct str key, uint64_t h)
{
	size_t i = (size_t)h & (m->cap - 1);

	while (m->slot[i].key.p != NULL &&
	    (m->slot[i].hash != h || !str_eq(m->slot[i].key, key)))
		i = (i + 1) & (m->cap - 1);
	return &m->slot[i];
}

uintptr_t *
map_get(const struct map *m, struct str key)
{
	struct map_slot *s;

	if (m->cap == 0)
		return NULL;
	s = find(m, key, map_hash(key));
	return s->key.p != NULL ? &s->value : NULL;
}

static void
grow(struct map *m)
{
	struct map_slot *old = m->slot;
	size_t n = m->cap;

	m->cap = n ? n * 2 : 64;
	m->slot = xcalloc(m->cap, sizeof *m->slot);
	for (size_t i = 0; i < n; i++)
		if (old[i].key.p != NULL)
			*find(m, old[i].key, old[i].hash) = old[i];
	free(old);
}

uintptr_t *
map_put(struct map *m, struct str key, bool *added)
{
	uint64_t h = map_hash(key);
	struct map_slot *s;

	if ((m->n + 1) * 4 > m->cap * 3)
		grow(m);
	s = find(m, key, h);
	if (added != NULL)
		*added = s->key.p == NULL;
	if (s->key.p == NULL) {
		s->key = arena_str(&m->keys, key);
		s->hash = h;
		s->value = 0;
		m->n++;
	}
	return &s->value;
}

void
map_free(struct map *m)
{
	free(m->slot);
	arena_free(&m->keys);
	*m = (struct map){0};
}
