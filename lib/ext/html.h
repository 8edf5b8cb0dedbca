#ifndef EXT_HTML_H
#define EXT_HTML_H
/* HTML pages by XPath (libxml2). Scripts run nowhere, nothing is loaded. */
#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

struct html;

/* utf8: the page, already UTF-8. -1, ERR_DATA: nothing in it. */
int html_open(struct str utf8, struct html **h, struct err *e);
void html_close(struct html *h);

/* -1, ERR_CONFIG: not an XPath expression. */
int html_check(const char *xpath, struct err *e);

/*
 * The nodes an expression finds below ctx (a node, or NULL for the whole page), in document order; the array lives in
 * a. -1, ERR_DATA: it is no node set, or it cost too much.
 */
int html_select(struct html *h, void *ctx, const char *xpath, struct arena *a, void ***node, size_t *n, struct err *e);
/*
 * What an expression says of ctx: of elements their markup, one after the other, *markup true; of attributes, texts,
 * strings and numbers the text. 1 found, 0 nothing or empty, -1 as above.
 */
int html_value(struct html *h, void *ctx, const char *xpath, struct arena *a, struct str *out, bool *markup, struct err *e);

/* <base href>, as written; empty when there is none. */
struct str html_base(struct html *h, struct arena *a);
/* The first feed the page points to, as written; empty when there is none. */
struct str html_feed(struct html *h, struct arena *a);

#endif
