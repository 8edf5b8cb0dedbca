#ifndef MODEL_TEMPLATE_H
#define MODEL_TEMPLATE_H
/* Texts of a playbook: Markdown with {{placeholders}}. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"
#include "rec/json.h"

/* One thing that stands between the braces of a text; name is empty when it is no fact id ("{{ x }}", "{{X}}", "{{"). */
struct slot {
	struct str name;
	size_t off, len; /* of "{{name}}" in the text */
};
/* The next slot at or behind *at, which moves on; false: no more. Start with *at = 0. */
bool template_next(struct str text, size_t *at, struct slot *s);
bool template_uses(struct str text, struct str name);

/*
 * A known fact as it stands in a text: strings with controls made harmless, lists joined, true and false as words,
 * numbers as they are. False: it is not known (absent, null, empty, an object).
 */
bool template_value(struct json v, bool zh, struct buf *out);

/*
 * Appends text with its slots filled. find says what a name stands for and returns false while that is open; then
 * ask is written so that nobody can miss it: 【待核实：…】 or [to be confirmed: …].
 */
typedef bool template_find_fn(void *ctx, struct str name, struct str *value, struct str *ask);
void template_fill(struct str text, bool zh, template_find_fn *find, void *ctx, struct buf *out);
/* The next open place in a filled text; false: none at or behind *at. */
bool template_open(struct str text, size_t *at, size_t *len);

struct md_heading {
	int depth;       /* 1..6 */
	struct str text; /* without marks */
	int line;        /* from 1 */
};
/* ATX headings outside code fences. Returns how many; *out lives in a. */
size_t md_headings(struct str text, struct arena *a, struct md_heading **out);
int md_line(struct str text, size_t off); /* from 1 */
/* Han characters, words of Latin letters or digits; slots and open places are not counted. */
size_t text_han(struct str text);
size_t text_words(struct str text);
/* "- ", "#", "**" and the like taken off: for places without Markdown. */
void md_plain(struct str text, struct buf *out);

#endif
