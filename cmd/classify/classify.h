#ifndef CLASSIFY_H
#define CLASSIFY_H
/* What the two ways of running classify share. */
#include "base/mem.h"
#include "base/str.h"
#include "cli/opt.h"
#include "model/entity.h"
#include "rec/rec.h"

/* Loads a shipped table or a file; exits 78 when it cannot. */
struct str load_file(const char *path, struct arena *a);
const char *shipped_file(const char *name);

/* Writes the key "entities" and what title and text of r name. */
void write_entities(struct entity_finder *f, struct rec *r, struct jw *w);

struct terms_conf {
	struct opt_list reference; /* files */
	const char *format;        /* "ndjson", "text", or NULL */
	int64_t split, min, top;   /* split: INT64_MIN = none; min, top: 0 = as usual */
	bool all;
};
/* classify --terms: reads all posts, writes what words they hold. Returns the exit status. */
int write_terms(const struct terms_conf *conf, char **operands);

#endif
