#ifndef FETCH_H
#define FETCH_H
/* What the files of fetch share: sources, items on their way to becoming posts, and what is known between runs. */
#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "cli/run.h"
#include "ext/filter.h"
#include "ext/http.h"
#include "ext/store.h"
#include "ext/yaml.h"
#include "model/csv.h"
#include "model/platform.h"

enum format { FORMAT_AUTO, FORMAT_FEED, FORMAT_NDJSON, FORMAT_CSV, FORMAT_SITEMAP, FORMAT_HTML, FORMAT_JSON };

/* Where a field of a page is found: XPath relative to the item, or to the page for `items`. */
enum page_field { PAGE_ITEMS, PAGE_TITLE, PAGE_TEXT, PAGE_URL, PAGE_PUBLISHED, PAGE_AUTHOR, PAGE_ID, PAGE_NEXT, PAGE_FIELDS };

struct heading {
	struct str name;
	enum column col;
};

/* One entry of sources.yaml, or one operand. Lives until exit. */
struct source {
	const char *name;
	bool operand;           /* named on the command line: nothing is remembered, robots.txt is not asked */
	bool enabled;
	const char **url, **path, **command; /* each NULL-terminated; command: program and arguments */
	size_t nurl, npath, ncommand;
	enum format format;
	struct str platform, channel, form, lang;
	int zone_s;             /* of times without a zone */
	bool china;             /* CST is China's */
	int64_t every_s;        /* 0: not set */
	int64_t timeout_s, gap_s, max_items, max_body, pages, max_age_s;
	bool private_ok, robots;
	const char **header;    /* "Name: value", secrets filled in */
	size_t nheader;
	struct filter *items, *next; /* FORMAT_JSON: jq over the answer */
	const char *xpath[PAGE_FIELDS];
	struct heading *columns; /* FORMAT_CSV: headings with a meaning of their own */
	size_t ncolumns;
};

struct config {
	struct source *v;
	size_t n;
	const char *agent;      /* User-Agent */
	int64_t parallel;
};
/* Reads sources.yaml; ERR_CONFIG names file, line and key. Secrets are read only when secrets is set. */
int config_load(const char *path, struct arena *a, bool secrets, struct config *c, struct err *e);
void config_close(struct config *c); /* frees the jq programs */
/* A source for one operand. */
void source_operand(struct arena *a, const char *operand, struct source *s);

/* What a source said about one post; texts are clean already, dates and counts still as written. Absent is empty. */
struct item {
	struct str id, url, title, text, lang, media, author, author_id, followers, verified, published, updated, parent, root,
	    form, region, rating, platform, channel, customer;
	struct str metric[METRIC_PLAYS + 1]; /* views likes reposts comments favourites plays, as in the store */
	struct str *tag;
	size_t ntag;
	struct str raw;         /* bytes it was made from */
	uint64_t line;          /* where it stands in its file, 0 when unknown */
};

struct mark {
	struct str id;
	uint64_t content;
};

/* One run of the program. */
struct fetch {
	struct run run;
	struct store *store;    /* NULL: nothing is remembered */
	struct config *config;
	int64_t now;
	bool at_once;           /* sources were named: they are asked whether due or not */
	struct platform_names platforms;
	struct arena keep;      /* until exit */
};

/* One document of one source while it is turned into posts. */
struct batch {
	struct fetch *f;
	const struct source *src;
	struct str key;         /* state key; empty: nothing is remembered */
	const char *where;      /* for messages */
	struct arena a, tmp;    /* until the batch ends; until the next item */
	struct map seen;        /* ids within the document */
	struct buf marks;       /* struct mark after struct mark: what to remember once it has left the program */
	int64_t items, fresh;   /* posts met, posts passed on */
	int64_t without_text, too_old;
	int64_t undated;        /* rows whose time was not understood; the first of them: */
	uint64_t undated_line;
	struct str undated_raw;
	int64_t ttl_s;
	struct str *follow;     /* addresses of following pages, or of the sitemaps an index lists */
	size_t nfollow, follow_cap;
	int depth;              /* of sitemap indexes this document was found through */
};
void batch_follow(struct batch *b, struct str url);
void batch_open(struct batch *b, struct fetch *f, const struct source *src, struct str key, const char *where);
/* Makes the post and passes it on unless the source gave the same before. -1, ERR_DATA: it is none. */
int batch_item(struct batch *b, const struct item *it, struct err *e);
/* A record that is a post already: checked, passed on byte for byte. */
int batch_record(struct batch *b, struct rec *r, struct err *e);
/* Lets what was passed on leave the program, then remembers it. The store's transaction is the caller's when one is open. */
int batch_close(struct batch *b, struct err *e);

/*
 * Turns a document into posts. type: Content-Type, may be empty; base: its address, may be empty. -1: ERR_DATA, it
 * could not be read at all; single bad entries are reported and counted in f->run.
 */
int parse_document(struct batch *b, struct str bytes, struct str type, struct str base, struct err *e);
/* One object of an export whose members are named like columns ("标题", "content"). */
int parse_row(struct batch *b, const struct rec *r, struct err *e);
int parse_csv(struct batch *b, struct str text, struct err *e);
int parse_page(struct batch *b, struct str html, struct str base, struct err *e);
int parse_api(struct batch *b, struct str json, struct str base, struct err *e);

/* A file, standard input ("-"), or a command's output. -1: could not be read (ERR_IO) or understood. */
int local_path(struct fetch *f, const struct source *src, const char *path, struct err *e);
int local_command(struct fetch *f, const struct source *src, struct err *e);

/* Everything that has an address. Reports what fails; the worst exit status ends in f->run. */
int web_run(struct fetch *f, struct source *const *src, size_t n, struct err *e);
/* --status: one line a source; EXIT_NO when one is in trouble. */
int web_status(struct fetch *f, bool json, struct err *e);

#endif
