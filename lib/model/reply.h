#ifndef MODEL_REPLY_H
#define MODEL_REPLY_H
/* Answers to posts: which part of a `reply` text speaks to them, whom to answer, what fits on a platform. Pure. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "rec/json.h"

/*
 * A section of a `reply` text that answers posts: its heading holds 评论 or begins with 网上 (zh), holds "omment" or
 * begins with "Online" (en). said: the words in quotation marks, or all of a section without any; what stands behind
 * the closing mark is advice to the writer.
 */
struct reply_section {
	struct str heading, said; /* views of the text */
};
size_t reply_sections(struct str text, bool zh, struct arena *a, struct reply_section **out);

/* platforms.tsv: how long an answer may be, of those that have a limit. Views of the text. -1: ERR_CONFIG. */
struct platform {
	struct str name;
	int64_t limit;    /* 0 = no limit known */
	enum { UNIT_CHARS, UNIT_HALF /* two half-width characters count one */, UNIT_WIDE /* a wide one counts two */ } unit;
};
struct platforms {
	struct platform *v;
	size_t n;
};
int platforms_load(struct str tsv, const char *name, struct arena *a, struct platforms *out, struct err *e);
const struct platform *platform_find(const struct platforms *p, struct str name); /* or NULL */
int64_t platform_length(const struct platform *p, struct str text);
/* The longest beginning of whole sentences that the platform takes; empty when not even the first one fits. */
struct str platform_fit(const struct platform *p, struct str text);

/* Why a post gets no answer. */
enum reply_why {
	REPLY_YES,
	REPLY_VOICE,   /* written by the house, its staff, an authority, the media or a rival */
	REPLY_FORM,    /* a repost: its author wrote nothing to answer */
	REPLY_KIND,    /* an advertisement or praise, or not negative */
	REPLY_CHANNEL, /* told on the telephone, by mail or in a survey: nothing can be written below it */
	REPLY_TYPE,    /* classified as another kind of crisis, or as none */
	REPLY_WHYS
};
extern const char *const reply_why_name[REPLY_WHYS];
struct reply_rules {
	struct str subject;      /* of the case; the voice is the one this subject gives the author; empty = any */
	const struct str *type;  /* [ntype] crisis types that the case's text fits */
	size_t ntype;
	bool any_type, any_mood;
};
enum reply_why reply_wanted(const struct reply_rules *r, struct json post, struct arena *a);
/* The language to answer in: that of the record, else by its letters. */
bool reply_in_chinese(struct json post, struct arena *a);
/* "customer" for one who wrote to the house or is known to it, else "public". */
struct str reply_stakeholder(struct json post);
/* What the author is limited by: platform and author id, or name; 0 = neither is known. */
uint64_t reply_author(struct json post, struct arena *a);
/* How to reach the author, as an object: id platform url author form stakeholder. */
void reply_address(struct json post, struct arena *a, struct buf *out);

#endif
