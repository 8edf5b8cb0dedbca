#ifndef MODEL_MARKUP_H
#define MODEL_MARKUP_H
/* Collected text made inert for HTML, SVG, Markdown and tables. */
#include <stdbool.h>

#include "base/str.h"

/* For element content and quoted attributes: & < > " ' become references; controls and bidi steering go. */
void markup_html(struct buf *out, struct str s);
/* For running text in Markdown (CommonMark): nothing in s is taken for markup, HTML or a bare link. */
void markup_md(struct buf *out, struct str s);
/* One cell of RFC 4180; text that a spreadsheet would take for a formula gets an apostrophe in front. */
void markup_csv(struct buf *out, struct str s);
/* An http or https address of printable ASCII or letters, without blanks, quotes and controls: may become a link. */
bool link_ok(struct str url);

#endif
