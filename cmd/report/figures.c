/* The sections made of counts. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "parts.h"

/* --- words and numbers --- */

struct str
say(struct facts *f, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;
	struct str out;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	buf_reserve(&b, (size_t)n + 1);
	va_start(ap, fmt);
	(void)vsnprintf(b.p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b.n = (size_t)n;
	out = arena_str(&f->mem, buf_view(&b));
	buf_free(&b);
	return out;
}

struct str
number(struct facts *f, int64_t v)
{
	return format_int(&f->mem, v);
}

struct str
percent(struct facts *f, int64_t part, int64_t of)
{
	return arena_printf(&f->mem, "%.1f%%", of > 0 ? 100.0 * (double)part / (double)of : 0);
}

struct str
local(struct facts *f, int64_t t)
{
	struct civil c = clock_civil(t + f->conf->offset), now = clock_civil(f->now + f->conf->offset);

	if (c.year == now.year)
		return arena_printf(&f->mem, "%02d-%02d %02d:%02d", c.month, c.day, c.hour, c.minute);
	return arena_printf(&f->mem, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
}

struct str
span(struct facts *f, int64_t s)
{
	return format_span(&f->mem, s, f->conf->zh);
}

struct str
shortened(struct facts *f, struct str s, size_t ncol)
{
	struct str head = utf8_cut_cols(s, ncol);

	return head.n < s.n ? say(f, "%.*s…", STRF(head)) : s;
}

/* The post an incident names as its first. */
bool
first_of(struct facts *f, struct post *out)
{
	struct json_iter it;
	struct str key;
	struct json v;

	for (size_t i = 0; i < f->ncrisis; i++) {
		it = json_iter(json_get(f->crisis[i]->incident, "evidence"));
		while (json_next(&it, &key, &v)) {
			if (!json_is(json_get(v, "role"), "first"))
				continue;
			*out = (struct post){.id = json_str(json_get(v, "id"), &f->mem), .platform = json_str(json_get(v, "platform"), &f->mem),
			    .text = json_str(json_get(v, "text"), &f->mem)};
			for (size_t k = 0; k < f->tally.worst.n && out->text.n == 0; k++)
				if (str_eq(f->tally.worst.v[k].id, out->id))
					out->text = f->tally.worst.v[k].text;
			return clock_parse(json_str(json_get(v, "at"), &f->mem), &out->t) && out->id.n > 0;
		}
	}
	return false;
}

struct evidence
ev_none(void)
{
	return (struct evidence){0};
}

struct evidence
ev_strs(const struct str *v, size_t n)
{
	return (struct evidence){.id = v, .n = n, .total = (int64_t)n};
}

struct evidence
ev_one(struct facts *f, struct str id)
{
	struct str *v;

	if (id.n == 0)
		return ev_none();
	v = arena_alloc(&f->mem, sizeof *v);
	*v = arena_str(&f->mem, id);
	return ev_strs(v, 1);
}

struct evidence
ev_ids(struct facts *f, const struct ids *ids, struct str query)
{
	size_t n = ids->n < (size_t)f->conf->ids ? ids->n : (size_t)f->conf->ids;
	struct str *v = arena_alloc(&f->mem, (n + 1) * sizeof *v);

	for (size_t i = 0; i < n; i++)
		v[i] = ids->v[i].id;
	return (struct evidence){.id = v, .n = n, .total = ids->total, .query = query};
}

static void
shell_quote(struct buf *b, struct str s)
{
	bool plain = s.n > 0;

	for (size_t i = 0; i < s.n; i++)
		plain = plain && (is_alnum(s.p[i]) || strchr("-_.:/@", s.p[i]) != NULL);
	if (plain) {
		buf_str(b, s);
		return;
	}
	buf_putc(b, '\'');
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\'')
			buf_puts(b, "'\\''");
		else
			buf_putc(b, s.p[i]);
	buf_putc(b, '\'');
}

/*
 * The same choice that the tally makes, as a command. What does not count as negative is what tally.c leaves out: own,
 * rival and staff voices and adverts.
 */
struct str
query_of(struct facts *f, bool negative, const char *option, struct str value)
{
	struct buf b = {0};
	char from[CLOCK_LEN], until[CLOCK_LEN];
	struct str out;

	if (!f->conf->from_store)
		return STR("");
	buf_printf(&b, "store query --since %s --until %s", clock_format(f->from, from).p, clock_format(f->until, until).p);
	if (f->conf->db != NULL) {
		buf_puts(&b, " -d ");
		shell_quote(&b, str_c(f->conf->db));
	}
	if (f->tally.o.subject.n > 0) {
		buf_puts(&b, " --subject ");
		shell_quote(&b, f->tally.o.subject);
	}
	if (option != NULL) {
		buf_printf(&b, " --%s ", option);
		shell_quote(&b, value);
	}
	if (negative)
		buf_puts(&b, " --sentiment neg");
	if (negative || (f->tally.subjects && f->tally.o.subject.n == 0)) {
		struct buf jq = {0};

		if (!negative) {
			buf_puts(&jq, "(.subjects|length)>0");
		} else {
			if (f->tally.o.subject.n > 0) {
				buf_puts(&jq, "([.subjects[]?|select(.id==");
				json_quote(&jq, f->tally.o.subject);
				buf_puts(&jq, ")][0].voice)");
			} else if (f->tally.subjects) {
				buf_puts(&jq, "([.subjects[]?|select(.side!=\"rival\")|.voice//\"\"][0]//\"rival\")");
			} else {
				buf_puts(&jq, "(.subjects[0]?.voice)");
			}
			buf_puts(&jq, " as $v|($v|IN(\"own\",\"rival\",\"staff\")|not) and .crisis.kind!=\"ad\"");
		}
		buf_puts(&b, " --where ");
		shell_quote(&b, buf_view(&jq));
		buf_free(&jq);
	}
	out = arena_str(&f->mem, buf_view(&b));
	buf_free(&b);
	return out;
}

/* --- summary --- */

static struct str
against(struct facts *f, int64_t now, int64_t before)
{
	if (!f->compared)
		return STR("");
	if (before == 0)
		return say(f, W(f, "上一周期 0", "0 in the period before"));
	return say(f, W(f, "较上一周期 %+.1f%%（%.*s）", "%+.1f%% on the period before (%.*s)"),
	    100.0 * ((double)now - (double)before) / (double)before, STRF(number(f, before)));
}

/* "；舆情处于消退期，每小时负面约 96 条", or nothing. */
static struct str
stage_of(struct facts *f, const struct crisis *c)
{
	struct json fc = json_get(c->incident, "forecast");
	struct str stage = json_str(json_get(fc, f->conf->zh ? "stage_zh" : "stage"), &f->mem);
	double rate;

	if (stage.n == 0 || !json_f64(json_get(fc, "rate_per_h"), &rate) || rate < 0 || rate > 1e9)
		return STR("");
	return say(f, W(f, "；舆情处于%.*s期，每小时负面约 %.0f 条", "; %.*s, about %.0f negative posts an hour"), STRF(stage), rate);
}

static void
lead(struct doc *d, struct facts *f)
{
	const struct crisis *c = f->ncrisis > 0 ? f->crisis[0] : NULL;
	struct block *b;
	struct str text;

	if (c == NULL) {
		text = f->tally.all.n > 0 ? say(f, W(f, "本期未见达到预警级别的事件，负面占比 %.*s。", "No event reached a warning level; %.*s of posts are negative."),
		                                STRF(percent(f, f->tally.all.neg, f->tally.all.n)))
		                          : say(f, W(f, "本期没有记录。", "There is no record in the period."));
		b = doc_block(d, BLOCK_LEAD, "lead", text);
		b->tone = TONE_GOOD;
		return;
	}
	if (c->closed != 0)
		text = say(f, W(f, "%.*s：最高%.*s，已于 %.*s 结束。", "%.*s: highest level %.*s, over since %.*s."), STRF(crisis_name(f, c)),
		    STRF(level_name_of(f, c->peak)), STRF(local(f, c->closed)));
	else if (!str_eq(c->peak, c->level))
		text = say(f, W(f, "%.*s：现为%.*s，最高曾达%.*s%.*s。", "%.*s: now %.*s, was %.*s%.*s."), STRF(crisis_name(f, c)),
		    STRF(level_name_of(f, c->level)), STRF(level_name_of(f, c->peak)), STRF(stage_of(f, c)));
	else
		text = say(f, W(f, "%.*s：%.*s预警，自 %.*s 起%.*s。", "%.*s: level %.*s since %.*s%.*s."), STRF(crisis_name(f, c)),
		    STRF(level_name_of(f, c->level)), STRF(local(f, first_level(c, level_rank(c->level)))), STRF(stage_of(f, c)));
	b = doc_block(d, BLOCK_LEAD, "lead", text);
	b->tone = tone_of_level(c->closed != 0 ? STR("none") : c->level);
	b->ev = ev_one(f, c->case_id.n > 0 ? c->case_id : c->id);
}

static void
say_volume(struct doc *d, struct facts *f)
{
	const struct tally *t = &f->tally;
	struct str change = against(f, t->all.n, f->before.all.n);

	if (t->all.n == 0)
		return;
	doc_point(d, TONE_PLAIN, say(f, W(f, "共 %.*s 条，其中负面 %.*s 条（%.*s），%.*s 位作者%s%.*s。",
	                                 "%.*s posts, of them %.*s negative (%.*s), by %.*s authors%s%.*s."),
	                             STRF(number(f, t->all.n)), STRF(number(f, t->all.neg)), STRF(percent(f, t->all.neg, t->all.n)),
	                             STRF(number(f, t->authors)), change.n > 0 ? W(f, "；", "; ") : "", STRF(change)),
	    ev_ids(f, &t->all.negs, query_of(f, true, NULL, STR(""))));
}

static void
say_peak(struct doc *d, struct facts *f)
{
	const struct tally *t = &f->tally;
	int64_t n = (f->until - f->from + 3599) / 3600, *all, *neg, at = 0;
	struct arena a = {0};

	if (t->all.n == 0 || n <= 1 || n > 10000)
		return;
	all = arena_alloc(&a, (size_t)n * sizeof *all);
	neg = arena_alloc(&a, (size_t)n * sizeof *neg);
	hist_buckets(&t->hist, f->from - ((f->from % 3600) + 3600) % 3600, 3600, (size_t)n, all, neg);
	for (int64_t i = 0; i < n; i++)
		at = neg[i] > neg[at] ? i : at;
	if (neg[at] > 0) {
		int64_t ts = f->from - ((f->from % 3600) + 3600) % 3600 + at * 3600;

		doc_point(d, TONE_PLAIN, say(f, W(f, "负面最高的一小时从 %.*s 起：%.*s 条，占当时 %.*s 条的 %.*s。",
		                                 "The hour with most negatives began at %.*s: %.*s of %.*s posts (%.*s)."),
		                             STRF(local(f, ts)), STRF(number(f, neg[at])),
		                             STRF(number(f, all[at])), STRF(percent(f, neg[at], all[at]))),
		    ev_none());
	}
	arena_free(&a);
}

static void
say_first(struct doc *d, struct facts *f)
{
	const struct post *p = &f->tally.earliest;
	struct post origin;

	if (first_of(f, &origin)) {
		doc_point(d, TONE_PLAIN, say(f, W(f, "事件首发：%.*s，%.*s。", "It began at %.*s on %.*s."), STRF(local(f, origin.t)),
		                             STRF(name_of("platform", origin.platform, f->conf->zh))),
		    ev_one(f, origin.id));
		return;
	}
	if (p->id.n == 0)
		return;
	doc_point(d, TONE_PLAIN, say(f, W(f, "本期首条负面：%.*s，%.*s。", "First negative post of the period: %.*s, %.*s."), STRF(local(f, p->t)),
	                             STRF(name_of("platform", p->platform, f->conf->zh))),
	    ev_one(f, p->id));
}

static int
by_negative(const void *a, const void *b)
{
	const struct group *x = *(const struct group *const *)a, *y = *(const struct group *const *)b;

	if (x->c.neg != y->c.neg)
		return x->c.neg > y->c.neg ? -1 : 1;
	return str_cmp(x->key, y->key);
}

static const struct group **
sorted_negative(struct facts *f, const struct groups *g)
{
	const struct group **v = arena_alloc(&f->mem, (g->n + 1) * sizeof *v);

	for (size_t i = 0; i < g->n; i++)
		v[i] = &g->g[i];
	if (g->n > 1)
		qsort(v, g->n, sizeof *v, by_negative);
	return v;
}

static void
say_platforms(struct doc *d, struct facts *f)
{
	const struct groups *g = &f->tally.platform;
	const struct group **v = sorted_negative(f, g);
	struct buf b = {0};
	size_t n = 0;

	if (f->tally.all.neg == 0)
		return;
	for (; n < g->n && n < 3 && v[n]->c.neg > 0; n++)
		buf_printf(&b, "%s%.*s %.*s", n > 0 ? W(f, "、", ", ") : "", STRF(name_of("platform", v[n]->key, f->conf->zh)),
		    STRF(percent(f, v[n]->c.neg, f->tally.all.neg)));
	if (n > 0)
		doc_point(d, TONE_PLAIN, say(f, W(f, "负面主要在 %.*s。", "Negative posts stand mostly on %.*s."), STRF(buf_view(&b))),
		    ev_ids(f, &v[0]->c.negs, query_of(f, true, "platform", v[0]->key)));
	buf_free(&b);
}

int64_t
first_release(const struct crisis *c, int64_t since)
{
	int64_t best = 0;

	for (size_t i = 0; i < c->ntext; i++) {
		const struct store_draft *d = &c->text[i].d;

		if (str_is(d->state, "released") && str_is(d->kind, "statement") && d->updated >= since && (best == 0 || d->updated < best))
			best = d->updated;
	}
	return best;
}

/* The response against the clock: first own word after the warning. */
static void
say_response(struct doc *d, struct facts *f)
{
	const struct crisis *c = f->ncrisis > 0 ? f->crisis[0] : NULL;
	int64_t t = c != NULL ? first_level(c, 3) : 0;
	struct str level = STR("orange");
	const struct post *p;

	if (c == NULL)
		return;
	if (t == 0) {
		t = first_level(c, 1);
		level = STR("blue");
	}
	if (t == 0 || f->tally.all.n == 0)
		return;
	p = first_own(f, t);
	if (p != NULL)
		doc_point(d, p->t - t > 4 * 3600 ? TONE_BAD : TONE_PLAIN,
		    say(f, W(f, "达到%.*s后 %.*s 首次发声（%.*s）；本期自有发声 %.*s 条。",
		            "First own word %4$.*3$s after %2$.*1$s was reached (%6$.*5$s); %8$.*7$s own posts in the period."),
		        STRF(level_name_of(f, level)), STRF(span(f, p->t - t)), STRF(local(f, p->t)), STRF(number(f, f->tally.own))),
		    ev_one(f, p->id));
	else if (first_release(c, t) != 0)
		doc_point(d, TONE_PLAIN,
		    say(f, W(f, "达到%.*s后 %.*s 发布声明（%.*s）；采集到的帖子里还没有。",
		            "A statement was released %4$.*3$s after %2$.*1$s was reached (%6$.*5$s); no collected post shows it yet."),
		        STRF(level_name_of(f, level)), STRF(span(f, first_release(c, t) - t)), STRF(local(f, first_release(c, t)))),
		    ev_one(f, c->case_id));
	else
		doc_point(d, TONE_BAD, say(f, W(f, "达到%.*s后 %.*s 仍未见自有发声。", "No own word yet, %4$.*3$s after %2$.*1$s was reached."), STRF(level_name_of(f, level)),
		                           STRF(span(f, f->now - t))),
		    ev_none());
}

static void
say_tasks(struct doc *d, struct facts *f)
{
	int64_t all = 0, over = 0, late = 0;
	struct str *id = NULL;
	size_t n = 0;

	for (size_t i = 0; i < f->ncrisis; i++)
		for (size_t k = 0; k < f->crisis[i]->ntask; k++)
			all++;
	id = arena_alloc(&f->mem, ((size_t)all + 1) * sizeof *id);
	for (size_t i = 0; i < f->ncrisis; i++)
		for (size_t k = 0; k < f->crisis[i]->ntask; k++) {
			const struct crisis *c = f->crisis[i];

			over += task_over(&c->task[k]);
			if (task_late(f, c, &c->task[k])) {
				late++;
				id[n++] = say(f, "%.*s/%.*s", STRF(c->case_id), STRF(c->task[k].id));
			}
		}
	if (all > 0) {
		struct evidence ev = ev_strs(id, n < (size_t)f->conf->ids ? n : (size_t)f->conf->ids);

		ev.total = (int64_t)n;
		doc_point(d, late > 0 ? TONE_BAD : TONE_PLAIN,
		    say(f, W(f, "任务 %.*s 项：完成 %.*s 项，逾期未完成 %.*s 项。", "%.*s tasks: %.*s done, %.*s late and open."), STRF(number(f, all)),
		        STRF(number(f, over)), STRF(number(f, late))),
		    ev);
	}
}

void
part_summary(struct doc *d, struct facts *f)
{
	doc_section(d, "summary", W(f, "摘要", "Summary"));
	lead(d, f);
	say_volume(d, f);
	for (size_t i = 1; i < f->ncrisis && i < 6; i++) {
		const struct crisis *c = f->crisis[i];

		doc_point(d, tone_of_level(c->closed != 0 ? STR("none") : c->level),
		    say(f, W(f, "%.*s：%.*s%s。", "%.*s: %.*s%s."), STRF(crisis_name(f, c)), STRF(level_name_of(f, c->level)),
		        str_is(c->state, "merged") ? W(f, "，已并案", ", merged") : c->closed != 0 ? W(f, "，已结束", ", over") : ""),
		    ev_one(f, c->case_id.n > 0 ? c->case_id : c->id));
	}
	say_first(d, f);
	say_peak(d, f);
	say_platforms(d, f);
	say_response(d, f);
	say_tasks(d, f);
}

/* --- figures --- */

/* Without posts: what the incidents themselves counted. */
static void
incident_figures(struct doc *d, struct facts *f)
{
	static const struct {
		const char *key, *zh, *en;
	} shown[] = {
	    {"mentions", "提及", "Mentions"},
	    {"negative", "负面", "Negative"},
	    {"negative_authors", "负面作者", "Negative authors"},
	    {"reach", "覆盖粉丝（人次）", "Followers reached"},
	    {"peak_per_h", "最高每小时", "Most in an hour"},
	    {"media", "媒体", "Media"},
	    {"official", "官方", "Official"},
	};
	const struct crisis *c = f->ncrisis > 0 ? f->crisis[0] : NULL;
	struct json ind = c != NULL ? json_get(c->incident, "indicators") : (struct json){0};
	struct str *id;
	size_t n;
	double v;

	if (ind.type != JSON_OBJ)
		return;
	n = strs_of(f, json_get(c->incident, "posts"), &id);
	for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
		if (json_f64(json_get(ind, shown[i].key), &v) && fabs(v) < 9e15)
			doc_figure(d, shown[i].key, W(f, shown[i].zh, shown[i].en), value_int((int64_t)v), STR(""),
			    i == 1 && v > 0 ? TONE_BAD : TONE_PLAIN, i == 1 ? ev_strs(id, n < (size_t)f->conf->ids ? n : (size_t)f->conf->ids) : ev_none());
	if (json_f64(json_get(ind, "negative_share"), &v)) {
		struct json range = json_get(ind, "negative_share_95");
		struct json_iter it = json_iter(range);
		struct str key;
		struct json low, high;
		struct str note = STR("");

		if (json_next(&it, &key, &low) && json_next(&it, &key, &high))
			note = say(f, W(f, "95%% 区间 %.1f%%–%.1f%%", "95 %% interval %.1f %%–%.1f %%"), 100 * json_num_or(low, 0), 100 * json_num_or(high, 0));
		doc_figure(d, "negative_share", W(f, "负面占比", "Negative share"), (struct value){.type = VALUE_SHARE, .f = v}, note, TONE_PLAIN, ev_none());
	}
}

void
part_figures(struct doc *d, struct facts *f)
{
	const struct tally *t = &f->tally, *b = &f->before;
	int64_t open = 0, late = 0, all = 0;

	if (t->all.n == 0) {
		incident_figures(d, f);
	} else {
		doc_figure(d, "posts", W(f, "总声量", "Posts"), value_int(t->all.n), against(f, t->all.n, b->all.n), TONE_PLAIN,
		    ev_ids(f, &t->all.all, query_of(f, false, NULL, STR(""))));
		doc_figure(d, "negative", W(f, "负面声量", "Negative posts"), value_int(t->all.neg), against(f, t->all.neg, b->all.neg),
		    t->all.neg > 0 ? TONE_BAD : TONE_PLAIN, ev_ids(f, &t->all.negs, query_of(f, true, NULL, STR(""))));
		doc_figure(d, "negative_share", W(f, "负面占比", "Negative share"), value_share(t->all.neg, t->all.n),
		    f->compared ? say(f, W(f, "上一周期 %.*s", "%.*s in the period before"), STRF(percent(f, b->all.neg, b->all.n)))
		                : say(f, W(f, "正面 %.*s", "positive %.*s"), STRF(percent(f, t->all.pos, t->all.n))),
		    TONE_PLAIN, ev_none());
		doc_figure(d, "negative_authors", W(f, "负面作者", "Negative authors"), value_int(t->neg_authors),
		    say(f, W(f, "全部作者 %.*s", "of %.*s authors"), STRF(number(f, t->authors))), TONE_PLAIN, ev_none());
		doc_figure(d, "media", W(f, "媒体报道", "Media posts"), value_int(t->media),
		    say(f, W(f, "官方 %.*s · 自有 %.*s", "official %.*s · own %.*s"), STRF(number(f, t->official)), STRF(number(f, t->own))), TONE_PLAIN, ev_none());
		doc_figure(d, "copies", W(f, "转载与转发", "Copies and shares"), value_int(t->echoed),
		    say(f, W(f, "转载副本 %.*s · 转评 %.*s", "copies %.*s · shares and comments %.*s"), STRF(number(f, t->copies)), STRF(number(f, t->shared))), TONE_PLAIN, ev_none());
	}
	for (size_t i = 0; i < f->ncrisis; i++)
		for (size_t k = 0; k < f->crisis[i]->ntask; k++) {
			all++;
			open += !task_over(&f->crisis[i]->task[k]);
			late += task_late(f, f->crisis[i], &f->crisis[i]->task[k]);
		}
	if (all > 0)
		doc_figure(d, "tasks_open", W(f, "未完成任务", "Open tasks"), value_int(open),
		    late > 0 ? say(f, W(f, "逾期 %.*s · 共 %.*s", "%.*s late · %.*s in all"), STRF(number(f, late)), STRF(number(f, all)))
		             : say(f, W(f, "无逾期 · 共 %.*s", "none late · %.*s in all"), STRF(number(f, all))),
		    late > 0 ? TONE_BAD : TONE_PLAIN, ev_none());
	if (f->nnotice > 0) {
		int64_t lost = 0, waits = 0;

		for (size_t i = 0; i < f->nnotice; i++) {
			struct str state = f->notice[i].state;

			lost += str_is(state, "failed") || str_is(state, "dead") || str_is(state, "unknown");
			waits += str_is(state, "queued") || str_is(state, "sending");
		}
		doc_figure(d, "notices", W(f, "通知", "Messages"), value_int((int64_t)f->nnotice),
		    lost + waits == 0 ? say(f, W(f, "全部送出", "all sent"))
		                      : say(f, W(f, "失败 %.*s · 待发 %.*s", "%.*s failed · %.*s waiting"), STRF(number(f, lost)), STRF(number(f, waits))),
		    lost > 0 ? TONE_BAD : TONE_PLAIN, ev_none());
	}
}

/* --- trend --- */

static int64_t
step_of(int64_t length)
{
	if (length <= 4 * 3600)
		return 900;
	if (length <= 12 * 3600)
		return 1800;
	if (length <= 4 * 86400)
		return 3600;
	if (length <= 15 * 86400)
		return 6 * 3600;
	for (int64_t days = 1;; days *= 2)
		if (length / (days * 86400) <= 120)
			return days * 86400;
}

static int
by_mark_time(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	return (int)x->kind - (int)y->kind;
}

static void
add_mark(struct trend *t, int64_t at, enum mark_kind kind, enum tone tone, struct str label)
{
	if (t->nmark < 200)
		t->mark[t->nmark++] = (struct mark){.t = at, .kind = kind, .tone = tone, .label = label};
}

/* Levels of the gravest crisis; own and official posts; what was done. */
static void
add_marks(struct facts *f, struct trend *t)
{
	t->mark = arena_zalloc(&f->mem, 200 * sizeof *t->mark);
	if (f->ncrisis > 0) {
		const struct crisis *c = f->crisis[0];

		for (size_t i = 0; i < c->nchange; i++)
			add_mark(t, c->change[i].t, MARK_LEVEL, str_is(c->change[i].to, "closed") ? TONE_MUTED : tone_of_level(c->change[i].to),
			    say(f, "%.*s %.*s", STRF(level_name_of(f, c->change[i].to)), STRF(c->change[i].nwhy > 0 ? utf8_cut_cols(c->change[i].why[0], 160) : STR(""))));
		for (size_t i = 0; i < c->ntask; i++)
			if (str_is(c->task[i].state, "done"))
				add_mark(t, c->task[i].done, MARK_ACTION, TONE_GOOD, say(f, W(f, "完成任务 %.*s", "task done: %.*s"), STRF(c->task[i].id)));
		for (size_t i = 0; i < c->nfact; i++)
			if (str_is(c->fact[i].kind, "draft.release"))
				add_mark(t, c->fact[i].t, MARK_ACTION, TONE_GOOD, name_of("event", c->fact[i].kind, f->conf->zh));
	}
	for (size_t i = 0; i < f->tally.own_posts.n; i++)
		add_mark(t, f->tally.own_posts.v[i].t, MARK_OWN, TONE_PLAIN,
		    say(f, "%.*s %.*s", STRF(f->tally.own_posts.v[i].id), STRF(utf8_cut_cols(f->tally.own_posts.v[i].text, 60))));
	for (size_t i = 0; i < f->tally.official_posts.n; i++)
		add_mark(t, f->tally.official_posts.v[i].t, MARK_OFFICIAL, TONE_PLAIN,
		    say(f, "%.*s %.*s", STRF(f->tally.official_posts.v[i].id), STRF(utf8_cut_cols(f->tally.official_posts.v[i].text, 60))));
	if (t->nmark > 1)
		qsort(t->mark, t->nmark, sizeof *t->mark, by_mark_time);
}

static struct trend *
make_trend(struct facts *f, const struct hist *h)
{
	struct trend *t = arena_zalloc(&f->mem, sizeof *t);
	int64_t length = f->until - f->from, rest;

	t->step = step_of(length > 0 ? length : 3600);
	t->offset = f->conf->offset;
	t->zh = f->conf->zh;
	rest = (f->from + t->offset) % t->step;
	t->from = f->from - (rest < 0 ? rest + t->step : rest);
	t->n = (size_t)((f->until - t->from + t->step - 1) / t->step);
	if (t->n == 0)
		t->n = 1;
	t->all = arena_alloc(&f->mem, t->n * sizeof *t->all);
	t->neg = arena_alloc(&f->mem, t->n * sizeof *t->neg);
	hist_buckets(h, t->from, t->step, t->n, t->all, t->neg);
	return t;
}

void
part_trend(struct doc *d, struct facts *f)
{
	struct trend *t;

	if (f->tally.all.n == 0)
		return;
	t = make_trend(f, &f->tally.hist);
	add_marks(f, t);
	doc_section(d, "trend", W(f, "声量与负面走势", "Volume and negative posts over time"));
	doc_block(d, BLOCK_TREND, "trend", STR(""))->trend = t;
	doc_note(d, say(f, W(f, "每格 %.*s；时间为 UTC%+.4g。竖线为级别变化，依据见“级别与依据”。", "Each column is %.*s; times are UTC%+.4g. Lines mark changes of level; the reasons stand under “Levels and why”."),
	                STRF(span(f, t->step)), (double)f->conf->offset / 3600));
}

void
part_days(struct doc *d, struct facts *f)
{
	int64_t off = f->conf->offset, rest = ((f->from + off) % 86400 + 86400) % 86400, from = f->from - rest;
	int64_t n = (f->until - from + 86399) / 86400, top = 1;
	int64_t *all, *neg;

	if (f->tally.all.n == 0 || n < 2 || n > 400)
		return;
	all = arena_alloc(&f->mem, (size_t)n * sizeof *all);
	neg = arena_alloc(&f->mem, (size_t)n * sizeof *neg);
	hist_buckets(&f->tally.hist, from, 86400, (size_t)n, all, neg);
	for (int64_t i = 0; i < n; i++)
		top = all[i] > top ? all[i] : top;
	doc_section(d, "days", W(f, "逐日", "Day by day"));
	doc_table(d, "days", W(f, "每日声量", "Posts of each day"));
	doc_column(d, "day", W(f, "日期", "Day"), ALIGN_LEFT);
	doc_column(d, "posts", W(f, "声量", "Posts"), ALIGN_RIGHT);
	doc_column(d, "negative", W(f, "负面", "Negative"), ALIGN_RIGHT);
	doc_column(d, "negative_share", W(f, "负面占比", "Negative share"), ALIGN_RIGHT);
	for (int64_t i = 0; i < n; i++) {
		struct civil c = clock_civil(from + i * 86400 + off);

		doc_cell(d, value_text(say(f, "%04d-%02d-%02d", c.year, c.month, c.day)));
		doc_cell(d, value_int(all[i]))->bar = (double)all[i] / (double)top;
		doc_cell(d, value_int(neg[i]))->tone = neg[i] > 0 ? TONE_BAD : TONE_PLAIN;
		doc_cell(d, value_share(neg[i], all[i]));
	}
}

/* --- tables of groups --- */

static void
group_table(struct doc *d, struct facts *f, const struct groups *g, const char *key, const char *caption, const char *head, const char *set,
    const char *option, size_t most)
{
	int64_t of = f->tally.all.n;

	doc_table(d, key, caption);
	doc_column(d, "name", head, ALIGN_LEFT);
	doc_column(d, "posts", W(f, "声量", "Posts"), ALIGN_RIGHT);
	doc_column(d, "share", W(f, "占比", "Share"), ALIGN_RIGHT);
	doc_column(d, "negative", W(f, "负面", "Negative"), ALIGN_RIGHT);
	doc_column(d, "negative_share", W(f, "负面占比", "Negative share"), ALIGN_RIGHT);
	doc_column(d, "views", W(f, "阅读", "Views"), ALIGN_RIGHT);
	doc_column(d, "engagement", W(f, "互动", "Engagement"), ALIGN_RIGHT);
	for (size_t i = 0; i < g->n && i < most; i++) {
		const struct count *c = &g->g[i].c;
		struct cell *cell;

		doc_cell(d, value_text(set != NULL ? name_of(set, g->g[i].key, f->conf->zh) : g->g[i].key));
		doc_cell(d, value_int(c->n))->ev = ev_ids(f, &c->all, option != NULL ? query_of(f, false, option, g->g[i].key) : STR(""));
		doc_cell(d, value_share(c->n, of))->bar = of > 0 ? (double)c->n / (double)of : 0;
		cell = doc_cell(d, value_int(c->neg));
		cell->tone = c->neg > 0 ? TONE_BAD : TONE_PLAIN;
		cell->ev = ev_ids(f, &c->negs, option != NULL ? query_of(f, true, option, g->g[i].key) : STR(""));
		doc_cell(d, value_share(c->neg, c->n));
		doc_cell(d, c->viewed > 0 ? value_int(c->views) : value_c("—"));
		doc_cell(d, value_int(c->engagement));
	}
}

void
part_platforms(struct doc *d, struct facts *f)
{
	const struct groups *g = &f->tally.platform;

	if (g->n == 0)
		return;
	doc_section(d, "platforms", W(f, "平台分布", "Platforms"));
	group_table(d, f, g, "platforms", W(f, "各平台声量与情感", "Posts and mood by platform"), W(f, "平台", "Platform"), "platform", "platform", 14);
	doc_note(d, say(f, W(f, "互动为点赞、转发、评论、收藏之和，阅读只含平台给出的；各平台口径不同，不宜跨平台相加比较。", "Engagement is likes, shares, comments and favourites, views are those a platform tells; platforms count differently, so compare within one.")));
}

void
part_subjects(struct doc *d, struct facts *f)
{
	const struct groups *g = &f->tally.subject;

	if (g->n < 2)
		return;
	doc_section(d, "subjects", W(f, "监测对象", "Subjects"));
	doc_table(d, "subjects", W(f, "各对象声量与级别", "Posts and level of each subject"));
	doc_column(d, "name", W(f, "对象", "Subject"), ALIGN_LEFT);
	doc_column(d, "level", W(f, "级别", "Level"), ALIGN_LEFT);
	doc_column(d, "posts", W(f, "声量", "Posts"), ALIGN_RIGHT);
	doc_column(d, "negative", W(f, "负面", "Negative"), ALIGN_RIGHT);
	doc_column(d, "negative_share", W(f, "负面占比", "Negative share"), ALIGN_RIGHT);
	doc_column(d, "trend", W(f, "走势", "Trend"), ALIGN_LEFT);
	for (size_t i = 0; i < g->n && i < 30; i++) {
		const struct group *s = &g->g[i];
		struct trend *t = make_trend(f, &s->h);
		struct str level = STR("none");
		struct cell *cell;

		for (size_t k = 0; k < f->ncrisis; k++)
			if (str_eq(f->crisis[k]->subject, s->key) && f->crisis[k]->closed == 0 && level_rank(f->crisis[k]->level) > level_rank(level))
				level = f->crisis[k]->level;
		doc_cell(d, value_text(subject_name(f, s->key)));
		doc_cell(d, value_text(level_name_of(f, level)))->tone = tone_of_level(level);
		doc_cell(d, value_int(s->c.n))->ev = ev_ids(f, &s->c.all, query_of(f, false, "subject", s->key));
		cell = doc_cell(d, value_int(s->c.neg));
		cell->tone = s->c.neg > 0 ? TONE_BAD : TONE_PLAIN;
		cell->ev = ev_ids(f, &s->c.negs, STR(""));
		doc_cell(d, value_share(s->c.neg, s->c.n));
		cell = doc_cell(d, (struct value){0});
		cell->spark = t->all;
		cell->spark_neg = t->neg;
		cell->nspark = t->n;
	}
}

static void
name_counts(struct doc *d, struct facts *f, const struct groups *g, const char *key, const char *caption, const char *head, const char *set, size_t most,
    bool negative)
{
	int64_t of = negative ? f->tally.all.neg : f->tally.all.n;

	if (g->n == 0)
		return;
	doc_table(d, key, caption);
	doc_column(d, "name", head, ALIGN_LEFT);
	doc_column(d, "posts", W(f, "条数", "Posts"), ALIGN_RIGHT);
	doc_column(d, "share", W(f, "占比", "Share"), ALIGN_RIGHT);
	for (size_t i = 0; i < g->n && i < most; i++) {
		const struct count *c = &g->g[i].c;

		doc_cell(d, value_text(set != NULL ? name_of(set, g->g[i].key, f->conf->zh) : g->g[i].key));
		doc_cell(d, value_int(c->n))->ev = ev_ids(f, &c->all, STR(""));
		doc_cell(d, value_share(c->n, of))->bar = of > 0 ? (double)c->n / (double)of : 0;
	}
}

void
part_topics(struct doc *d, struct facts *f)
{
	const struct tally *t = &f->tally;
	struct str *term;
	size_t n = f->ncrisis > 0 ? strs_of(f, json_get(f->crisis[0]->incident, "terms"), &term) : 0;

	if (t->type.n == 0 && t->emotion.n == 0 && t->tag.n == 0 && n == 0)
		return;
	doc_section(d, "topics", W(f, "议题与情绪", "Topics and emotions"));
	if (n > 0) {
		struct buf b = {0};

		for (size_t i = 0; i < n && i < 12; i++)
			buf_printf(&b, "%s%.*s", i > 0 ? W(f, "、", ", ") : "", STRF(term[i]));
		doc_point(d, TONE_PLAIN, say(f, W(f, "事件中突增的词：%.*s。", "Words that stand out in the incident: %.*s."), STRF(buf_view(&b))), ev_one(f, f->crisis[0]->id));
		buf_free(&b);
	}
	if (t->type.n > 0)
		group_table(d, f, &t->type, "types", W(f, "危机类型", "Crisis types"), W(f, "类型", "Type"), "type", "type", 10);
	name_counts(d, f, &t->emotion, "emotions", W(f, "负面情绪", "Emotions of negative posts"), W(f, "情绪", "Emotion"), NULL, 8, true);
	name_counts(d, f, &t->severity, "severity", W(f, "严重线索", "Grave cues"), W(f, "线索", "Cue"), "severity", 8, false);
	name_counts(d, f, &t->tag, "tags", W(f, "话题标签", "Hashtags"), W(f, "话题", "Hashtag"), NULL, 10, false);
	name_counts(d, f, &t->region, "regions", W(f, "作者自述地区（前 6）", "Regions, as stated by authors (top 6)"), W(f, "地区", "Region"), NULL, 6, false);
}

/* --- how it was made --- */

void
part_method(struct doc *d, struct facts *f)
{
	const struct tally *t = &f->tally;
	char from[CLOCK_LEN], until[CLOCK_LEN], now[CLOCK_LEN];

	doc_section(d, "method", W(f, "口径与出处", "How it was counted"));
	doc_point(d, TONE_PLAIN, say(f, W(f, "期间 %s 至 %s（UTC，含起不含止），生成于 %s。", "Period %s to %s (UTC, the end not included), made at %s."),
	                             clock_format(f->from, from).p, clock_format(f->until, until).p, clock_format(f->now, now).p),
	    (struct evidence){.query = query_of(f, false, NULL, STR(""))});
	if (t->all.n > 0)
		doc_point(d, TONE_PLAIN, say(f, W(f, "负面指情感判为负面的条目，不含自有、员工、竞争方账号和广告；占比以总声量为分母。副本计入声量（%.*s 条）。",
		                                 "Negative: judged negative, without own, staff and rival accounts and adverts; shares are of all posts. Copies count (%.*s)."),
		                             STRF(number(f, t->copies))),
		    ev_none());
	if (t->unmatched + t->drills + t->again + t->undated > 0)
		doc_point(d, TONE_PLAIN, say(f, W(f, "未计入：与监测对象无关 %.*s 条，演练 %.*s 条，重复编号 %.*s 条，缺编号或时间 %.*s 条。",
		                                 "Not counted: about no subject %.*s, drills %.*s, ids met before %.*s, without id or time %.*s."),
		                             STRF(number(f, t->unmatched)), STRF(number(f, t->drills)), STRF(number(f, t->again)), STRF(number(f, t->undated))),
		    ev_none());
	if (f->bad > 0)
		doc_point(d, TONE_BAD, say(f, W(f, "%.*s 行不合格式，未计入。", "%.*s malformed lines are not counted."), STRF(number(f, f->bad))), ev_none());
	doc_point(d, TONE_PLAIN, say(f, W(f, "普通个人账号不具名；具名的是媒体、官方、本机构、认证账号及粉丝 10 万以上账号。",
	                                 "Private persons are not named; media, authorities, the organisation, verified accounts and those with 100,000 followers or more are.")),
	    ev_none());
	if (f->head[0] != '\0' && f->head_seq > 0)
		doc_point(d, TONE_PLAIN, say(f, W(f, "审计链至第 %.*s 号事件，哈希 %s；store check --head 可核对。", "Audit trail up to event %.*s, hash %s; store check --head verifies it."),
		                             STRF(number(f, f->head_seq)), f->head),
		    ev_none());
}
