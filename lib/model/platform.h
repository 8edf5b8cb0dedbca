#ifndef MODEL_PLATFORM_H
#define MODEL_PLATFORM_H
/* What platforms are called: 新浪微博 is weibo. Pure. */
#include "base/err.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"

/* Zeroed, it knows no names. */
struct platform_names {
	struct map id; /* folded name -> index */
	struct str *v;
	size_t n;
};
/* platforms.tsv: its first column and the names in its fourth. Ids are views of the text, tables lie in a. -1: ERR_CONFIG. */
int platform_names_load(struct str tsv, const char *name, struct arena *a, struct platform_names *out, struct err *e);
/* The id of a name, ASCII case and blanks aside; the name itself when it is not listed. */
struct str platform_id(const struct platform_names *p, struct str name);
void platform_names_free(struct platform_names *p);

#endif
