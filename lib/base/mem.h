#ifndef BASE_MEM_H
#define BASE_MEM_H
#include <stddef.h>

#include "base/str.h"

/*
 * Allocation cannot fail here: on exhaustion a message goes to standard error and the process exits 71.
 * This is the one place of the library that may do so.
 */
void *xmalloc(size_t n);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t n);
/* Grows an array to hold at least want elements of size bytes; updates *cap (elements). p may be NULL. */
void *xgrow(void *p, size_t *cap, size_t want, size_t size);
char *xstrdup(const char *s);
/* memset to zero for hot paths: for a few hundred bytes of known size compilers choose string instructions, which start slowly. */
void mem_zero(void *p, size_t n);

/*
 * An arena owns everything allocated from it until arena_reset (keeps the largest block for reuse) or
 * arena_free. Objects are 16-byte aligned. A zeroed struct is a valid empty arena.
 */
struct arena_block;
struct arena {
	struct arena_block *head;
};
void *arena_alloc(struct arena *a, size_t n);                 /* uninitialised */
void *arena_zalloc(struct arena *a, size_t n);                /* zeroed */
/* As xgrow, for an array in an arena: when it is full a bigger copy is made and the old one left to the arena. */
void *arena_grow(struct arena *a, void *v, size_t *cap, size_t n, size_t size);
char *arena_strdup(struct arena *a, const char *s);
char *arena_cstr(struct arena *a, struct str s);              /* NUL-terminated copy */
struct str arena_str(struct arena *a, struct str s);          /* copy; also NUL-terminated */
struct str arena_join(struct arena *a, struct str x, char between, struct str y); /* may hold NULs, as JSON strings do */
struct str arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void arena_reset(struct arena *a);
void arena_free(struct arena *a);

#endif
