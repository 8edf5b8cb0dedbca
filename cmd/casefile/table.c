/* Tables for people: columns that stay straight with Chinese text, colour on a terminal only. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "casefile.h"

enum { NARROW = 6 }; /* columns a last cell keeps on however small a terminal */

void
table_open(struct table *t, const char *const *head)
{
	*t = (struct table){.head = head};
	while (head[t->ncol] != NULL)
		t->ncol++;
}

/* Most cells are short and plain: their width is their length and there is nothing to clean. */
static bool
plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return true;
}

void
table_cell(struct table *t, struct str s)
{
	bool last = t->at + 1 == t->ncol;
	struct cell *c;

	if (t->at == 0)
		t->cell = arena_grow(&t->mem, t->cell, &t->cap, t->n, t->ncol * sizeof *t->cell);
	c = &t->cell[t->n * t->ncol + t->at];
	if (plain(s)) {
		c->s = arena_str(&t->mem, last || s.n <= TABLE_CUT ? s : str_sub(s, 0, TABLE_CUT));
		c->width = c->s.n;
	} else {
		struct buf clean = {0};

		utf8_clean(&clean, s);
		c->s = arena_str(&t->mem, last ? buf_view(&clean) : utf8_cut_cols(buf_view(&clean), TABLE_CUT));
		c->width = last ? 0 : utf8_width(c->s); /* nothing stands behind the last one */
		buf_free(&clean);
	}
	if (++t->at == t->ncol) {
		t->at = 0;
		t->n++;
	}
}

static const char *
colour(struct str cell)
{
	if (str_is(cell, "red"))
		return "\033[31m";
	if (str_is(cell, "orange"))
		return "\033[38;5;208m";
	if (str_is(cell, "yellow"))
		return "\033[33m";
	if (str_is(cell, "blue"))
		return "\033[34m";
	if (str_starts(cell, STR("late ")))
		return "\033[1;31m";
	return NULL;
}

/* Columns of the terminal that is written to; 0: none, nothing is cut. */
static size_t
screen(void)
{
	struct winsize ws;

	return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 ? ws.ws_col : 0;
}

/* What of a last cell fits into n columns, with a mark where something is gone. */
static void
put_last(struct buf *line, struct str s, size_t n)
{
	if (utf8_width(s) <= n) {
		buf_str(line, s);
		return;
	}
	buf_str(line, utf8_cut_cols(s, n - 1));
	buf_puts(line, "…");
}

static void
pad(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_putc(out, ' ');
}

static void
print_row(const struct table *t, struct buf *line, struct run *run, const struct cell *cell, const size_t *width,
    bool with_colour, size_t room)
{
	buf_reset(line);
	for (size_t i = 0; i < t->ncol; i++) {
		const char *on = with_colour ? colour(cell[i].s) : NULL;

		if (i + 1 < t->ncol && width[i] == 0)
			continue;
		if (on != NULL)
			buf_puts(line, on);
		if (i + 1 == t->ncol && room > 0)
			put_last(line, cell[i].s, room);
		else
			buf_str(line, cell[i].s);
		if (on != NULL)
			buf_puts(line, "\033[0m");
		if (i + 1 < t->ncol)
			pad(line, width[i] - cell[i].width + 2);
	}
	while (line->n > 0 && line->p[line->n - 1] == ' ')
		line->p[--line->n] = '\0';
	run_emit(run, buf_view(line));
}

void
table_print(struct table *t, struct run *run)
{
	size_t *width = arena_zalloc(&t->mem, t->ncol * sizeof *width);
	struct cell *head = arena_zalloc(&t->mem, t->ncol * sizeof *head);
	bool with_colour = opt_colour("--color", "auto");
	struct buf line = {0};
	size_t room = screen(), used = 0;

	for (size_t k = 0; k < t->n * t->ncol; k++)
		if (t->cell[k].width > width[k % t->ncol])
			width[k % t->ncol] = t->cell[k].width;
	for (size_t i = 0; i < t->ncol; i++) {
		head[i].s = str_c(t->head[i]);
		head[i].width = head[i].s.n;
		if (width[i] < head[i].width && (width[i] > 0 || room == 0)) /* on a screen an empty column is left out */
			width[i] = head[i].width;
		if (i + 1 < t->ncol && width[i] > 0)
			used += width[i] + 2;
	}
	if (room > 0)
		room = room > used + NARROW ? room - used : NARROW;
	if (t->n > 0)
		print_row(t, &line, run, head, width, false, room);
	for (size_t i = 0; i < t->n; i++)
		print_row(t, &line, run, t->cell + i * t->ncol, width, with_colour, room);
	buf_free(&line);
	arena_free(&t->mem);
}

struct str
short_due(int64_t due, int64_t now, struct arena *a)
{
	char text[32] = "late ";
	size_t at = due < now ? 5 : 3;

	if (due == 0)
		return STR("");
	if (due >= now)
		memcpy(text, "in ", 3);
	return arena_str(a, (struct str){text, at + clock_short(due < now ? now - due : due - now, text + at).n});
}

struct str
short_time(int64_t t, struct arena *a)
{
	char text[CLOCK_LEN];

	if (t == 0)
		return STR("");
	clock_format(t, text);
	text[10] = ' ';
	text[16] = 'Z'; /* UTC, and it says so */
	return arena_str(a, (struct str){text, 17});
}

void
print_line(struct run *run, const char *fmt, ...)
{
	struct arena a = {0};
	struct buf clean = {0};
	va_list ap, again;
	int n;
	char *text;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	text = arena_alloc(&a, (size_t)(n > 0 ? n : 0) + 1);
	text[0] = '\0';
	(void)vsnprintf(text, (size_t)(n > 0 ? n : 0) + 1, fmt, again);
	va_end(again);
	utf8_clean(&clean, str_c(text));
	run_emit(run, buf_view(&clean));
	buf_free(&clean);
	arena_free(&a);
}
