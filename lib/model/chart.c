#include "model/chart.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "model/markup.h"

const char *const tone_name[TONES] = {"plain", "muted", "good", "bad", "blue", "yellow", "orange", "red"};

enum tone
tone_of_level(struct str level)
{
	for (int i = TONE_BLUE; i <= TONE_RED; i++)
		if (str_is(level, tone_name[i]))
			return (enum tone)i;
	return str_is(level, "none") ? TONE_MUTED : TONE_PLAIN;
}

static const char *
level_word(enum tone t, bool zh)
{
	static const char *const zhs[] = {"蓝", "黄", "橙", "红"}, *const ens[] = {"blue", "yellow", "orange", "red"};

	if (t < TONE_BLUE)
		return zh ? "解除" : "none";
	return zh ? zhs[t - TONE_BLUE] : ens[t - TONE_BLUE];
}

int64_t
chart_top(int64_t v, int64_t *tick)
{
	int64_t unit = 1, step;

	if (v < 4)
		v = 4;
	while (unit <= v / 40)
		unit *= 10;
	/* four to eight ticks of 1, 2 or 5 units */
	if (v <= 4 * unit)
		step = unit;
	else if (v <= 8 * unit)
		step = 2 * unit;
	else if (v <= 20 * unit)
		step = 5 * unit;
	else
		step = 10 * unit;
	*tick = step;
	return (v + step - 1) / step * step;
}

int64_t
trend_end(const struct trend *t)
{
	return t->from + (int64_t)t->n * t->step;
}

static int64_t
highest(const struct trend *t)
{
	int64_t top = 0;

	for (size_t i = 0; i < t->n; i++)
		top = t->all[i] > top ? t->all[i] : top;
	return top;
}

static int64_t
floor_to(int64_t t, int64_t step)
{
	int64_t r = t % step;

	return r < 0 ? t - r - step : t - r;
}

static void
put_int(struct buf *out, int64_t v)
{
	char digits[24];
	int n = 0;

	if (v < 0) {
		buf_puts(out, "−");
		v = -v;
	}
	do
		digits[n++] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	while (n > 0) {
		buf_putc(out, digits[--n]);
		if (n > 0 && n % 3 == 0)
			buf_putc(out, ',');
	}
}

static void
put_clock(struct buf *out, int64_t t, int64_t offset, bool date, bool time)
{
	struct civil c = clock_civil(t + offset);

	if (date)
		buf_printf(out, "%02d-%02d", c.month, c.day);
	if (time)
		buf_printf(out, "%s%02d:%02d", date ? " " : "", c.hour, c.minute);
}

/* "11-22 11:00–12:00", "11-22". */
static void
put_bucket(struct buf *out, const struct trend *t, size_t i)
{
	int64_t at = t->from + (int64_t)i * t->step;

	put_clock(out, at, t->offset, true, t->step < 86400);
	if (t->step < 86400) {
		buf_puts(out, "–");
		put_clock(out, at + t->step, t->offset, false, true);
	}
}

/* --- SVG --- */

/* Everything a drawing needs to place things. */
struct frame {
	struct buf *out;
	const struct trend *t;
	double left, right, top, bottom; /* of the plot */
	double strip;                    /* top of the strip of levels */
	int64_t ymax;
};

static double
x_of(const struct frame *f, int64_t t)
{
	double span = (double)(trend_end(f->t) - f->t->from), at = (double)(t - f->t->from);

	at = at < 0 ? 0 : at > span ? span : at;
	return f->left + (span > 0 ? at / span : 0) * (f->right - f->left);
}

static double
y_of(const struct frame *f, int64_t v)
{
	return f->bottom - (double)v / (double)f->ymax * (f->bottom - f->top);
}

static void
draw_grid(struct frame *f, int64_t tick)
{
	for (int64_t v = 0; v <= f->ymax; v += tick) {
		double y = y_of(f, v);

		buf_printf(f->out, "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", v == 0 ? "axis" : "grid",
		    f->left, f->right, y, y);
		buf_printf(f->out, "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">", f->left - 6, y + 4);
		put_int(f->out, v);
		buf_puts(f->out, "</text>");
	}
}

static void
draw_hours(struct frame *f)
{
	static const int64_t steps[] = {900, 1800, 3600, 7200, 10800, 14400, 21600, 43200, 86400, 172800, 604800, 1209600, 2592000};
	const struct trend *t = f->t;
	double span = (double)(trend_end(t) - t->from);
	size_t k = 0, n = sizeof steps / sizeof steps[0];
	int64_t step;

	while (k + 1 < n && (double)steps[k] / span * (f->right - f->left) < 58)
		k++;
	step = steps[k];
	for (int64_t at = floor_to(t->from + t->offset, step) - t->offset; at <= trend_end(t); at += step) {
		bool midnight = floor_to(at + t->offset, 86400) == at + t->offset;
		double x;

		if (at < t->from)
			continue;
		x = x_of(f, at);
		buf_printf(f->out, "<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", x, x, f->strip + 12, f->strip + 16);
		buf_printf(f->out, "<text class=\"tick%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", midnight ? " day" : "", x, f->strip + 29,
		    x < f->left + 14 ? "start" : x > f->right - 14 ? "end" : "middle");
		put_clock(f->out, at, t->offset, midnight || step >= 86400, !midnight && step < 86400);
		buf_puts(f->out, "</text>");
	}
}

static void
draw_columns(struct frame *f)
{
	const struct trend *t = f->t;
	double wide = (f->right - f->left) / (double)(t->n > 0 ? t->n : 1);
	double gap = wide > 6 ? 1.5 : wide > 3 ? 0.6 : 0;

	for (size_t i = 0; i < t->n; i++) {
		double x = f->left + wide * (double)i;
		double ya = y_of(f, t->all[i]), yn = y_of(f, t->neg[i]);

		if (t->all[i] == 0)
			continue;
		buf_puts(f->out, "<g><title>");
		put_bucket(f->out, t, i);
		buf_puts(f->out, t->zh ? "  总 " : "  all ");
		put_int(f->out, t->all[i]);
		buf_puts(f->out, t->zh ? "  负面 " : "  negative ");
		put_int(f->out, t->neg[i]);
		buf_puts(f->out, "</title>");
		if (yn - ya > 0.05)
			buf_printf(f->out, "<rect class=\"vol\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/>", x + gap / 2, ya, wide - gap, yn - ya);
		if (f->bottom - yn > 0.05)
			buf_printf(f->out, "<rect class=\"neg\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/>", x + gap / 2, yn, wide - gap, f->bottom - yn);
		buf_puts(f->out, "</g>");
	}
}

static const struct mark *
next_level(const struct trend *t, size_t i)
{
	while (++i < t->nmark)
		if (t->mark[i].kind == MARK_LEVEL)
			return &t->mark[i];
	return NULL;
}

/* Tints behind the columns and the strip below: which level was in force when. */
static void
draw_bands(struct frame *f)
{
	const struct trend *t = f->t;

	buf_printf(f->out, "<rect class=\"strip\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"10\"/>", f->left, f->strip, f->right - f->left);
	for (size_t i = 0; i < t->nmark; i++) {
		const struct mark *m = &t->mark[i], *next;
		double x1, x2;

		if (m->kind != MARK_LEVEL || m->tone < TONE_BLUE)
			continue;
		next = next_level(t, i);
		x1 = x_of(f, m->t);
		x2 = x_of(f, next != NULL ? next->t : trend_end(t));
		if (x2 - x1 < 0.05)
			continue;
		buf_printf(f->out, "<rect class=\"band %s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", tone_name[m->tone], x1, f->top, x2 - x1,
		    f->bottom - f->top);
		buf_printf(f->out, "<rect class=\"fill %s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"10\"><title>", tone_name[m->tone], x1, f->strip, x2 - x1);
		markup_html(f->out, m->label);
		buf_puts(f->out, "</title></rect>");
	}
}

enum { LEVEL_ROWS = 4 };

/* Over more than two days the hour alone does not tell when a level changed. */
static bool
dated(const struct trend *t)
{
	return trend_end(t) - t->from > 2 * 86400;
}

static double
label_width(const struct trend *t)
{
	return (t->zh ? 68 : 84) + (dated(t) ? 38 : 0);
}

/* Rows that the labels of level changes need so that none covers another; row[i] of the mark i. */
static int
label_rows(const struct frame *f, int *row)
{
	double last[LEVEL_ROWS], wide = label_width(f->t);
	int rows = 0;

	for (int k = 0; k < LEVEL_ROWS; k++)
		last[k] = -1e9;
	for (size_t i = 0; i < f->t->nmark; i++) {
		double x = x_of(f, f->t->mark[i].t);
		int k = 0;

		row[i] = -1;
		if (f->t->mark[i].kind != MARK_LEVEL)
			continue;
		while (k < LEVEL_ROWS && x < last[k] + wide)
			k++;
		if (k == LEVEL_ROWS)
			continue; /* too many at one place: the line stays, the table says the rest */
		last[k] = x;
		row[i] = k;
		rows = k + 1 > rows ? k + 1 : rows;
	}
	return rows;
}

static void
draw_levels(struct frame *f, const int *row, int rows, double top)
{
	const struct trend *t = f->t;
	double wide = label_width(t) - 6;

	for (size_t i = 0; i < t->nmark; i++) {
		const struct mark *m = &t->mark[i];
		double x = x_of(f, m->t), y = top + 17 * (rows - 1 - row[i]);

		if (m->kind == MARK_LEVEL)
			buf_printf(f->out, "<line class=\"change %s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", tone_name[m->tone], x, x,
			    row[i] < 0 ? f->top : y + 14, f->strip + 10);
	}
	for (size_t i = 0; i < t->nmark; i++) {
		const struct mark *m = &t->mark[i];
		double x = x_of(f, m->t), y = top + 17 * (rows - 1 - row[i]), x0;

		if (m->kind != MARK_LEVEL || row[i] < 0)
			continue;
		x0 = x + wide > f->right + 8 ? f->right + 8 - wide : x - 1;
		buf_puts(f->out, "<g><title>");
		markup_html(f->out, m->label);
		buf_printf(f->out, "</title><rect class=\"pill %s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"15\" rx=\"3\"/>", tone_name[m->tone], x0, y, wide);
		buf_printf(f->out, "<text class=\"pilltext %s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s ", tone_name[m->tone], x0 + wide / 2, y + 11.5,
		    level_word(m->tone, t->zh));
		put_clock(f->out, m->t, t->offset, dated(t), true);
		buf_puts(f->out, "</text></g>");
	}
}

static void
draw_marks(struct frame *f)
{
	const struct trend *t = f->t;

	for (size_t i = 0; i < t->nmark; i++) {
		const struct mark *m = &t->mark[i];
		double x = x_of(f, m->t), y;

		if (m->kind == MARK_LEVEL || m->t < t->from || m->t > trend_end(t))
			continue;
		y = f->bottom + (m->kind == MARK_ACTION ? 18 : 8);
		buf_puts(f->out, "<g><title>");
		put_clock(f->out, m->t, t->offset, true, true);
		buf_putc(f->out, ' ');
		markup_html(f->out, m->label);
		buf_puts(f->out, "</title>");
		if (m->kind == MARK_OWN)
			buf_printf(f->out, "<path class=\"own\" d=\"M%.1f %.1fl5 5l-5 5l-5 -5z\"/>", x, y - 5);
		else if (m->kind == MARK_OFFICIAL)
			buf_printf(f->out, "<circle class=\"official\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>", x, y);
		else
			buf_printf(f->out, "<path class=\"action\" d=\"M%.1f %.1fl4.5 8l-9 0z\"/>", x, y - 4);
		buf_puts(f->out, "</g>");
	}
}

static bool
any_mark(const struct trend *t)
{
	for (size_t i = 0; i < t->nmark; i++)
		if (t->mark[i].kind != MARK_LEVEL)
			return true;
	return false;
}

static void
describe(struct buf *out, const struct trend *t)
{
	int64_t all = 0, neg = 0;
	size_t at = 0;

	for (size_t i = 0; i < t->n; i++) {
		all += t->all[i];
		neg += t->neg[i];
		at = t->all[i] > t->all[at] ? i : at;
	}
	buf_puts(out, t->zh ? "共 " : "Posts in all ");
	put_int(out, all);
	buf_puts(out, t->zh ? " 条，其中负面 " : ", negative ");
	put_int(out, neg);
	buf_puts(out, t->zh ? " 条；最高 " : "; highest ");
	put_int(out, t->n > 0 ? t->all[at] : 0);
	buf_puts(out, t->zh ? " 条，在 " : " at ");
	if (t->n > 0)
		put_bucket(out, t, at);
	buf_puts(out, t->zh ? "。各时段数字见下方表格。" : ". The table below gives every bucket.");
}

void
chart_svg(struct buf *out, const struct trend *t, int width, int height, const char *id)
{
	struct arena a = {0};
	struct frame f = {.out = out, .t = t};
	int64_t tick;
	int *row = arena_alloc(&a, (t->nmark + 1) * sizeof *row);
	int rows;

	f.ymax = chart_top(highest(t), &tick);
	{
		struct buf b = {0};

		put_int(&b, f.ymax);
		f.left = 12 + 7 * (double)b.n;
		buf_free(&b);
	}
	f.right = width - 10;
	rows = label_rows(&f, row);
	f.top = 8 + 17 * rows;
	f.strip = height - 34;
	f.bottom = f.strip - (any_mark(t) ? 28 : 8);
	buf_printf(out, "<svg class=\"trend\" viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"%s-t %s-d\" xmlns=\"http://www.w3.org/2000/svg\">", width,
	    height, id, id);
	buf_printf(out, "<title id=\"%s-t\">%s</title><desc id=\"%s-d\">", id, t->zh ? "声量与负面声量走势" : "Posts and negative posts over time", id);
	describe(out, t);
	buf_puts(out, "</desc>");
	draw_bands(&f);
	draw_grid(&f, tick);
	draw_columns(&f);
	draw_levels(&f, row, rows, 2);
	draw_marks(&f);
	draw_hours(&f);
	buf_puts(out, "</svg>");
	arena_free(&a);
}

void
chart_spark_svg(struct buf *out, const int64_t *all, const int64_t *neg, size_t n, const char *label)
{
	int64_t top = 1;
	double wide = n > 0 ? 120.0 / (double)n : 0;

	for (size_t i = 0; i < n; i++)
		top = all[i] > top ? all[i] : top;
	buf_puts(out, "<svg class=\"spark\" viewBox=\"0 0 120 24\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"");
	markup_html(out, str_c(label));
	buf_puts(out, "\">");
	for (size_t i = 0; i < n; i++) {
		double ha = 24.0 * (double)all[i] / (double)top, hn = neg != NULL ? 24.0 * (double)neg[i] / (double)top : 0;

		if (ha - hn > 0.05)
			buf_printf(out, "<rect class=\"vol\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/>", wide * (double)i, 24 - ha, wide * 0.86, ha - hn);
		if (hn > 0.05)
			buf_printf(out, "<rect class=\"neg\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/>", wide * (double)i, 24 - hn, wide * 0.86, hn);
	}
	buf_puts(out, "</svg>");
}

/* --- block characters --- */

void
chart_bar(struct buf *out, double share, size_t ncol)
{
	static const char *const part[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	size_t eighths, full, used;

	share = share > 1 ? 1 : share > 0 ? share : 0;
	eighths = (size_t)(share * (double)ncol * 8 + 0.5);
	if (share > 0 && eighths == 0)
		eighths = 1;
	full = eighths / 8;
	for (size_t i = 0; i < full; i++)
		buf_puts(out, "█");
	buf_puts(out, part[eighths % 8]);
	used = full + (eighths % 8 > 0);
	for (size_t i = used; i < ncol; i++)
		buf_putc(out, ' ');
}

void
chart_spark(struct buf *out, const int64_t *v, size_t n, size_t ncol)
{
	static const char *const block[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	size_t group = ncol > 0 ? (n + ncol - 1) / ncol : 1;
	int64_t top = 0;

	if (group == 0)
		group = 1;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < n; i += group) {
			int64_t sum = 0;

			for (size_t k = i; k < n && k < i + group; k++)
				sum += v[k];
			if (pass == 0) {
				top = sum > top ? sum : top;
			} else {
				int64_t h = top > 0 ? (sum * 8 + top - 1) / top : 0;

				buf_puts(out, block[h]);
			}
		}
}

static const char *const ansi[TONES] = {"", "\033[2m", "\033[32m", "\033[31m", "\033[34m", "\033[33m", "\033[38;5;208m", "\033[31m"};

static void
put_run(struct buf *out, const char *glyph, size_t n, const char *colour, bool on)
{
	if (on)
		buf_puts(out, colour);
	while (n-- > 0)
		buf_puts(out, glyph);
	if (on)
		buf_puts(out, "\033[0m");
}

/* Ends a line without blanks at its end. */
static void
end_line(struct buf *out)
{
	while (out->n > 0 && out->p[out->n - 1] == ' ')
		out->n--;
	buf_putc(out, '\n');
}

static void
put_spaces(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_putc(out, ' ');
}

/* The tone in force at the end of bucket i. */
static enum tone
level_at(const struct trend *t, size_t i)
{
	enum tone tone = TONE_PLAIN;
	int64_t end = t->from + (int64_t)(i + 1) * t->step;

	for (size_t k = 0; k < t->nmark && t->mark[k].t < end; k++)
		if (t->mark[k].kind == MARK_LEVEL)
			tone = t->mark[k].tone;
	return tone;
}

/* Buckets are summed in groups until they fit; returns a trend whose arrays live in a. */
static struct trend
grouped(const struct trend *t, size_t most, struct arena *a)
{
	struct trend g = *t;
	size_t k = most > 0 ? (t->n + most - 1) / most : 1;

	if (k <= 1)
		return g;
	g.n = (t->n + k - 1) / k;
	g.step = t->step * (int64_t)k;
	g.all = arena_zalloc(a, g.n * sizeof *g.all);
	g.neg = arena_zalloc(a, g.n * sizeof *g.neg);
	for (size_t i = 0; i < t->n; i++) {
		g.all[i / k] += t->all[i];
		g.neg[i / k] += t->neg[i];
	}
	return g;
}

static void
text_levels(struct buf *out, const struct trend *t, size_t axis, size_t col, bool colour)
{
	static const char *const zh[] = {"蓝", "黄", "橙", "红"}, *const en[] = {"B", "Y", "O", "R"};
	bool wide = t->zh && col >= 2, any = false;

	for (size_t i = 0; i < t->n; i++)
		any = any || level_at(t, i) >= TONE_BLUE;
	if (!any)
		return;
	put_spaces(out, axis + 2);
	for (size_t i = 0; i < t->n; i++) {
		enum tone tone = level_at(t, i);

		if (tone >= TONE_BLUE) {
			put_run(out, (wide ? zh : en)[tone - TONE_BLUE], 1, ansi[tone], colour);
			put_spaces(out, col - (wide ? 2 : 1));
		} else {
			put_spaces(out, col);
		}
	}
	end_line(out);
}

static void
text_marks(struct buf *out, const struct trend *t, size_t axis, size_t col)
{
	bool any = false;

	for (int pass = 0; pass < 2; pass++) {
		if (pass == 1 && !any)
			return;
		if (pass == 1)
			put_spaces(out, axis + 2);
		for (size_t i = 0; i < t->n; i++) {
			const char *g = NULL;

			for (size_t k = 0; k < t->nmark; k++) {
				int64_t at = t->from + (int64_t)i * t->step;

				if (t->mark[k].kind != MARK_LEVEL && t->mark[k].t >= at && t->mark[k].t < at + t->step && (g == NULL || t->mark[k].kind == MARK_OWN))
					g = t->mark[k].kind == MARK_OWN ? "◆" : t->mark[k].kind == MARK_OFFICIAL ? "●" : "▲";
			}
			any = any || g != NULL;
			if (pass == 1) {
				buf_puts(out, g != NULL ? g : " ");
				put_spaces(out, col - 1);
			}
		}
	}
	end_line(out);
}

static void
text_hours(struct buf *out, const struct trend *t, size_t axis, size_t col)
{
	size_t at = 0, end = t->n * col;

	put_spaces(out, axis + 2);
	for (size_t i = 0; i < t->n; i++) {
		int64_t ts = t->from + (int64_t)i * t->step;
		bool midnight = floor_to(ts + t->offset, 86400) == ts + t->offset;
		struct buf b = {0};

		put_clock(&b, ts, t->offset, midnight || t->step >= 86400, !midnight && t->step < 86400);
		if (i * col >= at && (at == 0 || i * col > at) && i * col + b.n <= end) {
			put_spaces(out, i * col - at);
			buf_str(out, buf_view(&b));
			at = i * col + b.n;
		}
		buf_free(&b);
	}
	end_line(out);
}

static void
text_legend(struct buf *out, const struct trend *t, size_t axis, bool colour)
{
	static const char *const zh[] = {"", "◆ 自有发声", "● 官方发声", "▲ 处置动作"}, *const en[] = {"", "◆ own post", "● official post", "▲ action"};
	bool kind[4] = {false};

	for (size_t i = 0; i < t->nmark; i++)
		kind[t->mark[i].kind] = true;
	put_spaces(out, axis + 2);
	put_run(out, "█", 1, ansi[TONE_BAD], colour);
	buf_puts(out, t->zh ? " 负面  " : " negative  ");
	put_run(out, "░", 1, ansi[TONE_MUTED], colour);
	buf_puts(out, t->zh ? " 其他" : " other");
	for (int k = 1; k < 4; k++)
		if (kind[k])
			buf_printf(out, "  %s", (t->zh ? zh : en)[k]);
	end_line(out);
}

void
chart_text(struct buf *out, const struct trend *trend, size_t ncol, size_t rows, bool colour)
{
	struct arena a = {0};
	struct buf label = {0};
	struct trend t;
	int64_t tick, top = chart_top(highest(trend), &tick);
	size_t axis, col;

	put_int(&label, top);
	axis = label.n;
	t = grouped(trend, ncol > axis + 12 ? ncol - axis - 4 : 8, &a);
	top = chart_top(highest(&t), &tick);
	buf_reset(&label);
	put_int(&label, top);
	axis = label.n;
	col = t.n > 0 ? (ncol - axis - 2) / t.n : 1;
	col = col > 4 ? 4 : col < 1 ? 1 : col;
	text_legend(out, &t, axis, colour);
	for (size_t r = rows; r-- > 0;) {
		buf_reset(&label);
		if (r + 1 == rows)
			put_int(&label, top);
		put_spaces(out, axis - label.n);
		buf_str(out, buf_view(&label));
		buf_puts(out, " │");
		for (size_t i = 0; i < t.n; i++) {
			double all = (double)t.all[i] / (double)top * (double)rows, neg = (double)t.neg[i] / (double)top * (double)rows;
			size_t bar = col > 1 ? col - 1 : 1;
			bool is_neg = neg >= (double)r + 0.5, is_all = all >= (double)r + 0.5;

			/* the lowest row shows that there was something */
			if (r == 0 && !is_all && t.all[i] > 0) {
				put_run(out, "▁", bar, t.neg[i] * 2 > t.all[i] ? ansi[TONE_BAD] : ansi[TONE_MUTED], colour);
			} else if (is_neg) {
				put_run(out, "█", bar, ansi[TONE_BAD], colour);
			} else if (is_all) {
				put_run(out, "░", bar, ansi[TONE_MUTED], colour);
			} else {
				put_spaces(out, bar);
			}
			put_spaces(out, col - bar);
		}
		end_line(out);
	}
	put_spaces(out, axis - 1);
	buf_puts(out, "0 └");
	put_run(out, "─", t.n * col, "", false);
	end_line(out);
	text_levels(out, &t, axis, col, colour);
	text_marks(out, &t, axis, col);
	text_hours(out, &t, axis, col);
	buf_free(&label);
	arena_free(&a);
}
