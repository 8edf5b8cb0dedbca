#ifndef MODEL_CHART_H
#define MODEL_CHART_H
/* Figures over time and shares, drawn: as SVG without script, and with block characters for a terminal. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"
#include "base/str.h"

/* How something is to be taken, and so coloured. */
enum tone { TONE_PLAIN, TONE_MUTED, TONE_GOOD, TONE_BAD, TONE_BLUE, TONE_YELLOW, TONE_ORANGE, TONE_RED, TONES };
extern const char *const tone_name[TONES]; /* class names: "plain" "muted" … */
/* "blue" "yellow" "orange" "red"; TONE_MUTED for "none", TONE_PLAIN for anything else. */
enum tone tone_of_level(struct str level);

enum mark_kind {
	MARK_LEVEL,    /* a change of level: tone is the new one */
	MARK_OWN,      /* a statement of the organisation */
	MARK_OFFICIAL, /* of an authority */
	MARK_ACTION    /* a task done, a text released, a message sent */
};
struct mark {
	int64_t t;
	enum mark_kind kind;
	enum tone tone;
	struct str label; /* one line */
};

/* Counts in n buckets of step seconds from from. Marks are in order of time. */
struct trend {
	int64_t from, step;
	size_t n;
	int64_t *all, *neg; /* neg is part of all */
	struct mark *mark;
	size_t nmark;
	int64_t offset;     /* of local time, seconds east of UTC */
	bool zh;
};

/* A round number >= v for the top of an axis, and the distance of its ticks. */
int64_t chart_top(int64_t v, int64_t *tick);
/* The end of a trend's last bucket. */
int64_t trend_end(const struct trend *t);

/*
 * The trend as an <svg> element of these user units; narrow leaves out what does not fit a telephone. id makes the
 * element's own ids unique in the page. Colours come from classes of the page's style.
 */
void chart_svg(struct buf *out, const struct trend *t, int width, int height, const char *id);
/* The same for a terminal of ncol columns, lines ending in newlines; colour: ANSI colours. */
void chart_text(struct buf *out, const struct trend *t, size_t ncol, size_t rows, bool colour);

/* A line of block characters, at most ncol columns; longer series are summed in groups. */
void chart_spark(struct buf *out, const int64_t *v, size_t n, size_t ncol);
/* A bar of share 0..1 of ncol columns, padded with spaces. */
void chart_bar(struct buf *out, double share, size_t ncol);
/* A line of SVG for a table cell. */
void chart_spark_svg(struct buf *out, const int64_t *all, const int64_t *neg, size_t n, const char *label);

#endif
