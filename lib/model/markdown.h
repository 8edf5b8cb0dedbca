#ifndef MODEL_MARKDOWN_H
#define MODEL_MARKDOWN_H
/* Documents as Markdown, and the small part of Markdown that statements are written in as HTML. */
#include "model/layout.h"

/* The whole document; ids: how many ids behind a number. */
void doc_markdown(struct doc *d, size_t ids, struct buf *out);
/*
 * Markdown by the organisation as HTML: headings (two levels down), paragraphs, lists, **bold**. All else is text, so
 * that nothing in it can become a tag or a link.
 */
void markdown_html(struct str md, struct buf *out);

#endif
