#ifndef EXT_TAXFILE_H
#define EXT_TAXFILE_H
/* A taxonomy file, and the shipped one under it, on their way from YAML to whoever takes them in. */
#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

enum { TAXFILE_STEPS = 16 };

/*
 * Takes one file as JSON. -1: *e says what is wrong, and step[0..*depth) which child at each level of the tree
 * (indexes; at most TAXFILE_STEPS).
 */
typedef int taxfile_take(void *ctx, struct str json, size_t *step, unsigned *depth, struct err *e);

/*
 * Hands path to take; a file that says "extends: shipped" is preceded by the shipped one (a path; NULL: there is
 * none). -1: ERR_CONFIG naming file, line and key, or ERR_IO.
 */
int taxfile_load(const char *path, const char *shipped, taxfile_take *take, void *ctx, struct arena *a, struct err *e);

/*
 * Whether a taxonomy file, or the shipped one it extends, has a type, or an industry, of this id. A file that cannot be
 * read has none.
 */
bool taxfile_lists(const char *path, const char *shipped, bool industry, struct str id);

#endif
