#ifndef EXT_FEED_H
#define EXT_FEED_H
/*
 * Feeds into one shape (libxml2): RSS 0.9x, 1.0, 2.0, Atom 0.3, 1.0, sitemaps and news sitemaps, and JSON Feed. Texts
 * and dates stay as written: what they mean is decided elsewhere. No entity, DTD or network is ever loaded.
 */
#include <stdbool.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "rec/json.h"

enum feed_kind { FEED_RSS, FEED_RDF, FEED_ATOM, FEED_JSON, FEED_SITEMAP, FEED_SITEMAP_INDEX };

struct feed_text {
	struct str s;
	bool html; /* markup to be stripped; else plain text */
};

struct feed_person {
	struct str name, email, url;
};

/* Everything is a view into the arena given; absent is empty. */
struct feed_item {
	struct str id;          /* guid, atom:id, rdf:about, JSON id */
	bool id_is_url;         /* a guid that is a permalink */
	struct str link;        /* absolute http(s) URL */
	struct feed_text title, summary, content;
	struct feed_person author;
	struct str published, updated; /* as written */
	struct str source;      /* whom an aggregator took it from */
	struct str lang;
	struct str parent;      /* id of what it answers (thr:in-reply-to) */
	struct str comments, views, likes; /* counts as written */
	struct str *tag;
	size_t ntag;
	struct str raw;         /* the item's own markup */
	int line;               /* in the document, from 1; 0 when unknown */
};

struct feed {
	enum feed_kind kind;
	struct str id, link, lang;
	struct feed_text title;
	struct feed_person author;
	struct str published, updated;
	struct str next;        /* following page, absolute */
	int64_t ttl_s;          /* how long the feed asks to be left alone; 0 when it does not say */
	struct feed_item *item;
	size_t n;
	bool recovered;         /* the document was not well-formed: something may be missing */
};

/* Makes ref absolute against base; p == NULL when that gives no web address. */
typedef struct str feed_resolve_fn(struct arena *a, struct str base, struct str ref);

/*
 * xml: UTF-8, fit for a parser (no DOCTYPE, no undeclared entities). base: the document's address, may be empty.
 * -1, ERR_DATA: not XML even with patience, or no feed (the message says what it is instead).
 */
int feed_parse(struct str xml, struct str base, feed_resolve_fn *resolve, struct arena *a, struct feed *f,
    struct err *e);
/* v: a valid JSON value. Items without an id are left out. */
int feed_parse_json(struct json v, struct str base, feed_resolve_fn *resolve, struct arena *a, struct feed *f,
    struct err *e);
/* Whether it looks like a JSON Feed: an object with a version that says so and items. */
bool feed_is_json(struct json v);

#endif
