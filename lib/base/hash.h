#ifndef BASE_HASH_H
#define BASE_HASH_H
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"

/*
 * 64-bit hash for tables and feature buckets: the same on every machine and in every release (models and stores
 * depend on it). Not keyed, so not for secrets; use ext/crypto there.
 */
uint64_t hash_bytes(const void *p, size_t n, uint64_t seed);

/* Mixes one word; a bijection. */
static inline uint64_t
hash_u64(uint64_t x)
{
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93u;
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93u;
	x ^= x >> 32;
	return x;
}

/*
 * Map from byte strings to an array index or pointer-sized value. Keys are copied into the map's arena.
 * A zeroed struct is an empty map.
 */
struct map_slot {
	uint64_t hash;
	struct str key; /* p == NULL: free */
	uintptr_t value;
};
struct map {
	struct map_slot *slot;
	size_t cap, n; /* cap is a power of two */
	struct arena keys;
};
/* The value's address, or NULL when the key is absent. Valid until the next map_put. */
uintptr_t *map_get(const struct map *m, struct str key);
/* As map_get, but adds the key with value 0 when absent; *added says so (may be NULL). */
uintptr_t *map_put(struct map *m, struct str key, bool *added);
void map_free(struct map *m);

#endif
