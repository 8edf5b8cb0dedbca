#include "model/wording.h"

#include <stdlib.h>
#include <string.h>

#include "base/tsv.h"
#include "base/utf8.h"

const char *const wording_names[WORDING_RULES + 1] = {"vague", "promise", "deny", "unlawful", "apology", NULL};

enum { PARTS = 4, GAP = 24 /* characters that a "*" may stand for */, HAN = 4 /* bytes of a character, at most */ };

struct phrase {
	enum wording_rule rule;
	bool zh;
	struct str part[PARTS];
	size_t n;
	struct str instead;
};
struct wording {
	struct phrase *v;
	size_t n, cap;
};

int
wording_load(struct str tsv, const char *name, struct arena *a, struct wording **out, struct err *e)
{
	struct wording *w = arena_zalloc(a, sizeof *w);
	struct phrase *grown = NULL;
	struct tsv t;
	int r;

	tsv_open(&t, tsv, name);
	while ((r = tsv_next(&t, 4, e)) > 0) {
		struct phrase p = {.zh = str_is(t.col[1], "zh"), .instead = t.col[3]};
		struct str rest = t.col[2], part;
		int k = 0;

		while (wording_names[k] != NULL && !str_is(t.col[0], wording_names[k]))
			k++;
		if (wording_names[k] == NULL || (!p.zh && !str_is(t.col[1], "en")) || rest.n == 0) {
			r = err_set(e, ERR_CONFIG, "%s:%zu: expected a rule, zh or en, a phrase and what to write instead", name, t.lineno);
			break;
		}
		p.rule = (enum wording_rule)k;
		while (p.n < PARTS && str_split(&rest, '*', &part))
			if (part.n > 0)
				p.part[p.n++] = part;
		grown = xgrow(grown, &w->cap, w->n + 1, sizeof *grown);
		grown[w->n++] = p;
	}
	w->v = arena_alloc(a, (w->n + 1) * sizeof *w->v);
	if (w->n > 0)
		memcpy(w->v, grown, w->n * sizeof *grown);
	free(grown);
	*out = w;
	return r < 0 ? -1 : 0;
}

/* --- the sentence around a place -------------------------------------------------------------------------------------- */

static bool
ends_sentence(const char *p, const char *end)
{
	static const char *const mark[] = {"。", "！", "？", "；"};

	if (*p == '\n' || *p == '!' || *p == '?' || *p == ';')
		return true;
	if (*p == '.') /* not that of "No. 21" */
		return p + 1 == end || (is_space(p[1]) && (p + 2 == end || !is_digit(p[2])));
	if (*p != '\xe3' && *p != '\xef') /* how the marks begin */
		return false;
	for (size_t i = 0; i < sizeof mark / sizeof mark[0]; i++)
		if (end - p >= 3 && memcmp(p, mark[i], 3) == 0)
			return true;
	return false;
}

static struct str
before(struct str text, size_t off)
{
	size_t from = off, first = off > WORDING_REACH ? off - WORDING_REACH : 0;

	while (from > first && !ends_sentence(text.p + from - 1, text.p + text.n) &&
	    !(from >= 3 && ends_sentence(text.p + from - 3, text.p + text.n) && (unsigned char)text.p[from - 3] >= 0xe0))
		from--;
	return str_n(text.p + from, off - from);
}

static struct str
behind(struct str text, size_t off, size_t reach)
{
	size_t to = off, last = text.n - off > reach ? off + reach : text.n;

	while (to < last && !ends_sentence(text.p + to, text.p + text.n))
		to++;
	return str_n(text.p + off, to - off);
}

/* The headings of a text, in order: views of it. */
struct headings {
	struct str *v;
	size_t n;
};

static void
find_headings(struct str text, struct headings *h)
{
	struct str rest = text, line;
	size_t cap = 0;

	*h = (struct headings){0};
	while (str_split(&rest, '\n', &line))
		if (line.n > 1 && line.p[0] == '#') {
			h->v = xgrow(h->v, &cap, h->n + 1, sizeof *h->v);
			h->v[h->n++] = line;
		}
}

/* The heading that the place p stands under or, as far as it goes before p, in; empty without one. */
static struct str
heading(const struct headings *h, const char *p)
{
	size_t low = 0, high = h->n;
	struct str s;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (h->v[mid].p + 1 < p)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0)
		return (struct str){0};
	s = h->v[low - 1];
	return str_n(s.p, s.p + s.n <= p ? s.n : (size_t)(p - s.p));
}

static bool
any(struct str s, const char *const words[])
{
	for (size_t i = 0; words[i] != NULL; i++) {
		struct str w = str_c(words[i]), rest = s;
		ptrdiff_t at;
		bool latin = is_alpha(words[i][0]);

		while ((at = str_find(rest, w)) >= 0) {
			size_t end = (size_t)at + w.n;

			/* A Latin word stands for itself, not for a part of another. */
			if (!latin || ((at == 0 || !is_alpha(rest.p[at - 1])) && (end == rest.n || !is_alpha(rest.p[end]) || !is_alpha(w.p[w.n - 1]))))
				return true;
			rest = str_sub(rest, end, rest.n);
		}
	}
	return false;
}

/* What forbids in its own clause; what forbids for the whole sentence; what comes behind and calls it a crime. */
static const char *const no_words[] = {"不", "勿", "未", "没有", "并非", "禁", "拒绝", "避免", "防止", "以免", "杜绝", "严查",
    "查处", "打击", "举报", "除非", "是否", "涉嫌", "not", "never", "no", "nor", "neither", "none", "nobody", "without", "avoid", "refuse", "refuses",
    "forbid", "forbids", "prevent", "don't", "doesn't", "cannot", "whether", "alleged", "accused", "instead of", NULL};
/* "不" and "未" that deny nothing: 不实 不良 不满 … 未成年 未经. */
static const char *const no_not[] = {"不实", "不良", "不明", "不满", "不利", "不同", "不便", "不足", "不少", "不久", "不断", "不论",
    "不管", "不法", "不当", "不仅", "不只", "不但", "不过", "不错", "不对", "不等", "不了", "不服", "不属实", "未成年", "未经", "未来",
    "未知", NULL};
static const char *const strong_no[] = {"不得", "不可", "不要", "不许", "不准", "严禁", "禁止", "绝不", "决不", "切勿", "一律不",
    "never", "must not", "do not", "don't", "may not", "not to", "no one", "nobody", "forbidden", NULL};
static const char *const conditions[] = {"if", "when", "unless", "where", "如果", "若", "一旦", NULL};
static const char *const crime_words[] = {"是违法", "属违法", "属于违法", "均违法", "都违法", "可能违法", "涉嫌", "构成", "是犯罪",
    "触犯", "入刑", "刑事责任", "后果", "除外", "不得", "不允许", "is a crime", "crime", "illegal", "unlawful", "is forbidden", "are forbidden",
    "is prohibited", "are prohibited", "an offence", "criminal", NULL};
static const char *const not_said[] = {"never \"", "never “", "not \"", "not “", "不说", "不写", "不用", "不答", "不讲", "不提", "别说", "不要说", "不得说", "不能说", "避免",
    "禁用", "不出现", "不使用", "而不是", "删去", "do not say", "don't say", "never say", "not say", "do not write", "never write",
    "not write", "instead of", "avoid", "no words like", "not use", "do not use", "never use", "words such as", NULL};
static const char *const no_heading[] = {"不得", "不能", "不说", "不可", "不要", "不应", "不该", "不写", "禁", "红线", "别说", "勿",
    "must not", "do not", "don't", "never", "not to", "not say", "no-go", "avoid", "red line", "red lines", "what not", NULL};

/* The clause at the end of a sentence's front: what stands behind its last comma. */
static struct str
clause(struct str front)
{
	for (size_t i = front.n; i > 0; i--)
		if (front.p[i - 1] == ',' || (i >= 3 && memcmp(front.p + i - 3, "，", 3) == 0))
			return str_sub(front, i, front.n);
	return front;
}

/* The rest of a clause: what stands before the next comma. */
static struct str
clause_front(struct str rear)
{
	for (size_t i = 0; i < rear.n; i++)
		if (rear.p[i] == ',' || str_starts(str_sub(rear, i, rear.n), STR("，")))
			return str_n(rear.p, i);
	return rear;
}

/* Whether the sentence that ends at off is a question. */
static bool
asks(struct str text, size_t off)
{
	return str_starts(str_sub(text, off, text.n), STR("？")) || str_starts(str_sub(text, off, text.n), STR("?"));
}

/* The sentence with those uses of 不 and 未 taken out that deny nothing. */
static struct str
without(struct str s, const char *const words[], struct buf *out)
{
	buf_reset(out);
	for (size_t i = 0; i < s.n;) {
		size_t skip = 0;

		for (size_t k = 0; words[k] != NULL && skip == 0; k++)
			if (str_starts(str_sub(s, i, s.n), str_c(words[k])))
				skip = strlen(words[k]);
		if (skip == 0)
			buf_putc(out, s.p[i++]);
		i += skip;
	}
	return buf_view(out);
}

static bool
forbidden_here(struct str lower, const struct headings *h, size_t off, size_t len, enum wording_rule rule)
{
	struct str front = before(lower, off);
	struct str rear = behind(lower, off + len, WORDING_REACH), rest = clause_front(rear);
	struct buf b = {0};
	bool no;

	if (any(utf8_cut_bytes(heading(h, lower.p + off), WORDING_REACH), no_heading))
		return true;
	if (rule != WORDING_UNLAWFUL)
		return any(front, not_said);
	/* "编造…的" tells of those who do it; a question does not advise. */
	no = any(without(clause(front), no_not, &b), no_words) || any(str_sub(lower, off, len), no_words) ||
	    any(rear, crime_words) || (any(front, strong_no) && !any(front, conditions)) || str_ends(rest, STR("的")) ||
	    asks(lower, off + len + rear.n);
	buf_free(&b);
	return no;
}

/* --- search ----------------------------------------------------------------------------------------------------------- */

/* The phrase at or behind from: its offset and length; false when there is none. */
static bool
next_phrase(struct str lower, const struct phrase *p, size_t from, size_t *off, size_t *len)
{
	while (from < lower.n) {
		ptrdiff_t at = str_find(str_sub(lower, from, lower.n), p->part[0]);
		size_t end, i;

		if (at < 0)
			return false;
		*off = from + (size_t)at;
		end = *off + p->part[0].n;
		from = end;
		if (!p->zh && *off > 0 && is_alpha(lower.p[*off - 1]))
			continue;
		for (i = 1; i < p->n; i++) {
			struct str rest = behind(lower, end, GAP * HAN + p->part[i].n), gap;

			at = str_find(rest, p->part[i]);
			if (at < 0)
				break;
			gap = str_n(rest.p, (size_t)at);
			if (utf8_count(gap) > GAP || str_find(gap, STR("，")) >= 0 || str_find(gap, STR("：")) >= 0 || str_find(gap, STR(",")) >= 0)
				break;
			end += (size_t)at + p->part[i].n;
		}
		if (i == p->n) {
			*len = end - *off;
			return true;
		}
	}
	return false;
}

void
wording_find(const struct wording *w, struct str text, unsigned rules, wording_fn *fn, void *ctx)
{
	struct buf b = {0};
	struct headings h;
	struct str lower;

	for (size_t i = 0; i < text.n; i++)
		buf_putc(&b, to_lower(text.p[i]));
	lower = buf_view(&b);
	find_headings(lower, &h);
	for (size_t i = 0; i < w->n; i++) {
		const struct phrase *p = &w->v[i];
		size_t off, len, places = 0;

		if (!(rules & 1u << p->rule))
			continue;
		for (size_t from = 0; next_phrase(lower, p, from, &off, &len); from = off + len)
			if (p->rule == WORDING_APOLOGY || ++places > WORDING_PLACES || !forbidden_here(lower, &h, off, len, p->rule))
				fn(ctx, &(struct wording_hit){p->rule, off, len, p->instead});
	}
	free(h.v);
	buf_free(&b);
}
