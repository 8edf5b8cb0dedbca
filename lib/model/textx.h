#ifndef MODEL_TEXTX_H
#define MODEL_TEXTX_H
/* Plain text out of what sources deliver: HTML, entities, ill-formed XML, counts written for people. */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

/*
 * Appends the text of an HTML page or fragment (valid UTF-8): blocks and <br> become newlines, images their alt text
 * (that is how Weibo's emoticons travel), scripts, styles and the like are left out, white space is folded except
 * in <pre>, entities are decoded, and characters nobody can see are treated as in textx_clean.
 */
void textx_html(struct buf *out, struct str html);
/* The same for one line (a title): line breaks become spaces. */
void textx_html_line(struct buf *out, struct str html);
/* Whether s holds a tag or a decodable entity. */
bool textx_markup(struct str s);
/* Appends s with entities decoded and nothing else changed. */
void textx_unescape(struct buf *out, struct str s);
/*
 * Appends s trimmed, with runs of blanks as one space, at most one newline in a row, and without C0, C1, U+200B, U+FEFF,
 * bidi overrides and joiners inside Latin or Han words. lines = false turns newlines into spaces.
 */
void textx_clean(struct buf *out, struct str s, bool lines);

enum { TEXTX_XML_NOTE = 1 /* something had to be repaired */ };
/*
 * Appends XML made fit for a strict parser: byte order mark, declaration and DOCTYPE are dropped, control characters
 * removed, HTML's named entities replaced by their characters, stray '&' escaped. Entities a DOCTYPE declares are
 * put in when short and literal. -1, ERR_DATA: it declares external, nested or many entities. *flags may be NULL.
 */
int textx_xml(struct buf *out, struct str xml, int *flags, struct err *e);

/*
 * Counts as people write them: 1234, 1,234, 1.2万, 3亿, 12k, 1.5M, 10万+, 100余, "3.4w 阅读". *at_least: the figure
 * is a lower bound. False when there is no such figure; outputs untouched.
 */
bool textx_count(struct str s, int64_t *v, bool *at_least);

#endif
