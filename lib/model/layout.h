#ifndef MODEL_LAYOUT_H
#define MODEL_LAYOUT_H
/*
 * A document of a report before it has a form: sections of sentences, figures, tables, a trend, quotes. Every piece may
 * carry evidence: the ids behind it. One document becomes text here, a page in model/page, Markdown in model/markdown.
 * Strings are kept in the document's arena; texts are as collected: whoever writes them out makes them harmless.
 */
#include "base/mem.h"
#include "base/str.h"
#include "model/chart.h"

/* What stands behind a number or a sentence. */
struct evidence {
	const struct str *id; /* [n] the most telling ones */
	size_t n;
	int64_t total;        /* how many there are, 0: not known, or n */
	struct str query;     /* a command that lists them all, may be empty */
};

enum value_type { VALUE_NONE, VALUE_TEXT, VALUE_INT, VALUE_SHARE, VALUE_NUM, VALUE_TIME, VALUE_SPAN };
struct value {
	enum value_type type;
	struct str text; /* VALUE_TEXT; else shown instead of the number when not empty */
	int64_t i;       /* INT; TIME and SPAN in seconds */
	double f;        /* SHARE 0..1, NUM */
};
struct value value_text(struct str s);
struct value value_c(const char *s);
struct value value_int(int64_t v);
struct value value_share(int64_t part, int64_t of); /* VALUE_NONE when of is 0 */
struct value value_num(double v);
struct value value_time(int64_t t);                 /* VALUE_NONE for 0 */
struct value value_span(int64_t seconds);

struct cell {
	struct value v;
	enum tone tone;
	double bar;      /* 0..1: drawn as a bar beside the value; < 0: none */
	struct str href; /* address the text leads to, may be empty; checked when written */
	struct evidence ev;
	const int64_t *spark, *spark_neg; /* [nspark] a small line instead of a value */
	size_t nspark;
};

enum align { ALIGN_LEFT, ALIGN_RIGHT };
struct column {
	struct str key, label; /* key: for JSON and CSV */
	enum align align;
	bool wide;             /* takes the room others leave; is wrapped in text */
	bool data;             /* only for JSON and CSV */
};

struct figure {
	struct str key, label;
	struct value v;
	struct str note;
	enum tone tone;
	struct evidence ev;
};

struct quote {
	struct str id, platform, who, voice, title, text, url, type;
	int64_t t;
	enum tone tone;
	struct str mood;       /* "负面 −0.83" */
	struct str counts;     /* "转发 3,021 · 评论 88" */
	struct str note;       /* why it is shown */
};

struct step {
	int64_t t;
	enum tone from, to;
	struct str from_name, to_name;
	struct str *why;       /* [nwhy] sentences */
	size_t nwhy;
	struct str by;         /* incident, case or person */
	struct evidence ev;
};

enum block_type {
	BLOCK_SECTION, /* text: heading; key */
	BLOCK_SUB,     /* a smaller heading */
	BLOCK_LEAD,    /* text: the sentence to read when only one is read; tone */
	BLOCK_POINT,   /* text: a sentence of a list; tone, ev */
	BLOCK_NOTE,    /* text: how to read what stands above */
	BLOCK_FIGURES, /* figure[n] */
	BLOCK_TABLE,   /* column[n], cell[rows * n] */
	BLOCK_TREND,   /* trend */
	BLOCK_QUOTES,  /* quote[n] */
	BLOCK_PATH,    /* step[n] */
	BLOCK_PROSE    /* text: Markdown by the organisation, such as a statement */
};
struct block {
	enum block_type type;
	struct str key, text;
	enum tone tone;
	struct evidence ev;
	struct figure *figure;
	struct column *column;
	struct cell *cell;
	struct quote *quote;
	struct step *step;
	struct trend *trend;
	size_t n, cap;         /* of the array in use; of a table: columns */
	size_t cells, cell_cap;
	bool end;              /* the last point of a list */
};

struct doc {
	struct arena mem;
	bool zh;
	int64_t offset, now;   /* seconds east of UTC; when it was made */
	struct str kind;       /* "daily" */
	struct str title, subtitle;
	struct str subject;    /* id, may be empty */
	int64_t from, until;
	enum tone tone;        /* highest level in it */
	struct str level;      /* its name, may be empty */
	struct block **b;
	size_t n, cap;
};
void doc_free(struct doc *d);
/* Builders. Strings are copied unless they lie in d->mem already is of no concern: copying twice is harmless. */
struct block *doc_block(struct doc *d, enum block_type type, const char *key, struct str text);
void doc_section(struct doc *d, const char *key, const char *heading);
void doc_point(struct doc *d, enum tone tone, struct str text, struct evidence ev);
void doc_note(struct doc *d, struct str text);
void doc_figure(struct doc *d, const char *key, const char *label, struct value v, struct str note, enum tone tone,
    struct evidence ev); /* joins the block before when that holds figures */
void doc_table(struct doc *d, const char *key, const char *caption);
struct column *doc_column(struct doc *d, const char *key, const char *label, enum align align); /* before the first cell */
struct cell *doc_cell(struct doc *d, struct value v); /* valid until the next doc_cell */
size_t block_rows(const struct block *b);

/* "2026-11-22 11:09" in local time, without the year when it is that of d->now. */
struct str doc_time(struct doc *d, int64_t t);
/* "13,423", "18.4 %", a time, a duration in words of the document's language. */
struct str doc_value(struct doc *d, const struct value *v);
struct str format_int(struct arena *a, int64_t v);
struct str format_span(struct arena *a, int64_t seconds, bool zh); /* "2 小时 5 分" "2 h 5 min" */

/* The whole document for a terminal of ncol columns. */
struct text_opts {
	size_t ncol;
	bool colour;
	size_t ids; /* how many ids behind a number */
};
void doc_text(struct doc *d, const struct text_opts *o, struct buf *out);

#endif
