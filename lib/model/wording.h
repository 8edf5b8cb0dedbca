#ifndef MODEL_WORDING_H
#define MODEL_WORDING_H
/* Phrases that a text of a playbook must not hold, and where they are meant rather than forbidden. */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

enum wording_rule { WORDING_VAGUE, WORDING_PROMISE, WORDING_DENY, WORDING_UNLAWFUL, WORDING_APOLOGY, WORDING_RULES };
extern const char *const wording_names[WORDING_RULES + 1];

struct wording;
/* A table as in lib/data/wording.tsv; lives in a. -1: ERR_CONFIG "name:line: …". */
int wording_load(struct str tsv, const char *name, struct arena *a, struct wording **out, struct err *e);

struct wording_hit {
	enum wording_rule rule;
	size_t off, len;      /* bytes of the text */
	struct str instead;   /* may be "-" */
};
typedef void wording_fn(void *ctx, const struct wording_hit *h);
/*
 * Calls fn for each phrase of the rules (bit 1 << rule) that the text uses itself. A phrase is passed over when its
 * sentence or its heading forbids it, when the text calls it a crime, or when it stands behind "do not say". The
 * sentence is looked at for WORDING_REACH bytes to either side; from the WORDING_PLACES-th place of one phrase on
 * each counts as used, whatever stands around it.
 */
enum { WORDING_REACH = 1024, WORDING_PLACES = 500 };
void wording_find(const struct wording *w, struct str text, unsigned rules, wording_fn *fn, void *ctx);

#endif
