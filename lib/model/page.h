#ifndef MODEL_PAGE_H
#define MODEL_PAGE_H
/* A document as one web page that needs nothing else: no script, no request, collected text inert. */
#include "model/layout.h"

struct page_opts {
	size_t ids;             /* how many ids behind a number */
	int64_t refresh;        /* seconds after which the browser loads it again, 0 = never */
	struct str style_sha256; /* base64 of the SHA-256 of page_style(), for the content security policy */
};
/* The style sheet, exactly as it stands in the page. */
struct str page_style(void);
void page_html(struct doc *d, const struct page_opts *o, struct buf *out);

#endif
