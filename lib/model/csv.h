#ifndef MODEL_CSV_H
#define MODEL_CSV_H
/* Tables exported by other monitors and by spreadsheets: RFC 4180 with its common deviations, and what a column means. */
#include "base/mem.h"
#include "base/str.h"

enum { CSV_COLS = 256 };

struct csv {
	struct str rest;
	char sep;         /* found out from the first row: comma, semicolon, tab or | */
	size_t lineno;    /* line on which the row last returned starts, from 1 */
	size_t lines;     /* lines passed so far */
	size_t n;         /* its cells; what lies beyond CSV_COLS is dropped */
	struct str cell[CSV_COLS];
	struct str row;   /* its bytes, without the line end */
	bool open_quote;  /* a quote was left open: the row is that one line, its cells mean nothing */
};
void csv_open(struct csv *c, struct str text); /* valid UTF-8; text must outlive c */
/*
 * The next row that is not blank, cells in a or views of the text. False at the end. A quote that is never closed, or only
 * by one on a later line with more of the cell behind it, counts as left open; the row behind it starts on the next line.
 */
bool csv_next(struct csv *c, struct arena *a);

enum column {
	COL_NONE, /* not known: goes nowhere */
	COL_ID, COL_TITLE, COL_TEXT, COL_PUBLISHED, COL_URL, COL_PLATFORM, COL_CHANNEL, COL_SOURCE, COL_AUTHOR, COL_AUTHOR_ID,
	COL_FOLLOWERS, COL_VERIFIED, COL_LANG, COL_REGION, COL_RATING, COL_TAGS, COL_PARENT, COL_ROOT, COL_FORM, COL_UPDATED,
	COL_CUSTOMER,
	COL_VIEWS, COL_LIKES, COL_REPOSTS, COL_COMMENTS, COL_FAVOURITES, COL_PLAYS, /* metrics, in this order */
	COL_COUNT
};
/* What a heading means: Chinese and English, case, blanks, underscores and brackets ignored. */
enum column csv_column(struct str heading);
/* Whether COL_NONE is said of a heading because nobody wants such a column: a running number, an address. */
bool csv_unwanted(struct str heading);
/* The record's field: "title", "metrics.views", "author.name"; "" for COL_NONE. */
const char *csv_field(enum column c);

#endif
