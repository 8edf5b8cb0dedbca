/* Over many cases: the monthly review, and the record of every playbook. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "review.h"

enum { WORST = 6, HORIZONS = 3 };
static const int64_t horizon[HORIZONS] = {1, 6, 24};

struct numbers {
	int64_t *v;
	size_t n, cap;
};

static void
push(struct arena *a, struct numbers *k, int64_t v)
{
	k->v = arena_grow(a, k->v, &k->cap, k->n, sizeof *k->v);
	k->v[k->n++] = v;
}

/* --- the month ---------------------------------------------------------------------------------------------------------- */

struct row { /* of a crisis type */
	struct str type;
	int64_t opened, closed, level[5];
};
struct over {
	struct str case_id, name;
	enum response clock;
	int64_t took_s, limit_s; /* took_s 0: did not happen */
};
struct used { /* a playbook */
	struct str id, version;
	int64_t cases, told, effective;
};
struct team {
	struct str name;
	int64_t n[TIMINGS];
};

struct again { /* a lesson, and in how many cases */
	const char *id;
	enum where where;
	int64_t cases;
	struct str last; /* a case */
};

struct month {
	const struct conf *conf;
	struct arena *mem; /* of the document */
	int64_t from, until, now;
	struct str *id; /* cases */
	size_t n, cap;
	struct row *row;
	size_t nrow, row_cap;
	int64_t opened, closed, open_at_end, merged;
	struct str *false_alarm;
	size_t nfalse, false_cap;
	int64_t state[RESPONSES][4];
	struct numbers took[RESPONSES];
	struct over *over;
	size_t nover, over_cap;
	int64_t foretold[HORIZONS], inside[HORIZONS];
	struct numbers error[HORIZONS]; /* per mille of what came */
	struct used *used;
	size_t nused, used_cap;
	struct team *team;
	size_t nteam, team_cap;
	struct again *again;
	size_t nagain, again_cap;
	struct numbers half;
};

#define SAY(...) arena_printf(m->mem, __VA_ARGS__)
#define WW(zh_text, en_text) W(m->conf, zh_text, en_text)

/* [from, until) of a month in local time; text "2026-10", or NULL for that of now. */
static void
bounds(struct month *m, const char *text)
{
	struct civil c = clock_civil(m->now + m->conf->offset);
	int64_t y = c.year, mon = c.month;

	if (text != NULL) {
		struct str s = str_c(text);

		if (s.n != 7 || s.p[4] != '-' || !str_i64(str_sub(s, 0, 4), &y) || !str_i64(str_sub(s, 5, 2), &mon) || y < 1970 || y > 9998 || mon < 1 || mon > 12)
			msg_usage("--month: expected a month such as 2026-10, not '%s'", text);
	}
	m->from = clock_days((int)y, (int)mon, 1) * 86400 - m->conf->offset;
	m->until = clock_days((int)(mon == 12 ? y + 1 : y), (int)(mon == 12 ? 1 : mon + 1), 1) * 86400 - m->conf->offset;
}

static int
on_case(void *ctx, const struct store_case *c, struct err *e)
{
	struct month *m = ctx;
	bool opened = c->opened >= m->from && c->opened < m->until, closed = c->closed >= m->from && c->closed < m->until;

	(void)e;
	m->open_at_end += c->opened < m->until && (c->closed == 0 || c->closed >= m->until);
	if (!opened && !closed)
		return 0;
	m->id = arena_grow(m->mem, m->id, &m->cap, m->n, sizeof *m->id);
	m->id[m->n++] = arena_str(m->mem, c->id);
	return 0;
}

static struct row *
row_of(struct month *m, struct str type)
{
	for (size_t i = 0; i < m->nrow; i++)
		if (str_eq(m->row[i].type, type))
			return &m->row[i];
	m->row = arena_grow(m->mem, m->row, &m->row_cap, m->nrow, sizeof *m->row);
	m->row[m->nrow] = (struct row){.type = arena_str(m->mem, type)};
	return &m->row[m->nrow++];
}

static struct used *
used_of(struct month *m, struct str id, struct str version)
{
	for (size_t i = 0; i < m->nused; i++)
		if (str_eq(m->used[i].id, id) && str_eq(m->used[i].version, version))
			return &m->used[i];
	m->used = arena_grow(m->mem, m->used, &m->used_cap, m->nused, sizeof *m->used);
	m->used[m->nused] = (struct used){.id = arena_str(m->mem, id), .version = arena_str(m->mem, version)};
	return &m->used[m->nused++];
}

static struct team *
team_of(struct month *m, struct str name)
{
	for (size_t i = 0; i < m->nteam; i++)
		if (str_eq(m->team[i].name, name))
			return &m->team[i];
	m->team = arena_grow(m->mem, m->team, &m->team_cap, m->nteam, sizeof *m->team);
	m->team[m->nteam] = (struct team){.name = arena_str(m->mem, name)};
	return &m->team[m->nteam++];
}

/* Closed as nothing: its type was corrected to none, or the reason says so. */
static bool
false_alarm(const struct looked *k)
{
	static const char *const words[] = {"误报", "虚警", "false alarm", "False alarm", "false positive", "False positive", NULL};
	const struct casefile *c = &k->r.c;
	struct json type = json_get(c->latest.n > 0 ? json_view(c->latest) : (struct json){0}, "type");

	if (c->state != CASE_CLOSED)
		return false;
	if (str_is(c->type, "none") && type.type == JSON_STR && !json_is(type, "none"))
		return true;
	for (size_t i = 0; words[i] != NULL; i++)
		if (str_find(c->close_reason, str_c(words[i])) >= 0)
			return true;
	return false;
}

static void
add_clocks(struct month *m, struct looked *k)
{
	for (int i = 0; i < RESPONSES; i++) {
		const struct response_clock *c = &k->r.clock[i];

		m->state[i][c->state]++;
		if (c->at.t != 0 && (c->state == KEPT_YES || c->state == KEPT_NO))
			push(m->mem, &m->took[i], c->took_s);
		if (c->state != KEPT_NO)
			continue;
		m->over = arena_grow(m->mem, m->over, &m->over_cap, m->nover, sizeof *m->over);
		m->over[m->nover++] = (struct over){.case_id = arena_str(m->mem, k->id), .name = arena_str(m->mem, case_name(k)), .clock = (enum response)i,
		    .took_s = c->at.t != 0 ? c->took_s : 0, .limit_s = c->limit_s};
	}
}

static void
add_forecasts(struct month *m, struct looked *k)
{
	for (size_t i = 0; i < k->nforetold; i++) {
		const struct foretold *f = &k->foretold[i];
		int64_t off = f->actual - f->f->expected;

		for (int h = 0; h < HORIZONS; h++) {
			if (f->f->hours != horizon[h])
				continue;
			m->foretold[h]++;
			m->inside[h] += f->actual >= f->f->low && f->actual <= f->f->high;
			if (f->actual > 0 && off < INT64_MAX / 1000 && off > -INT64_MAX / 1000)
				push(m->mem, &m->error[h], 1000 * (off < 0 ? -off : off) / f->actual);
		}
	}
}

static void
add_lessons(struct month *m, struct looked *k)
{
	for (size_t i = 0; i < k->nlesson; i++) {
		struct again *a = NULL;

		for (size_t j = 0; j < m->nagain && a == NULL; j++)
			if (strcmp(m->again[j].id, k->lesson[i].id) == 0)
				a = &m->again[j];
		if (a == NULL) {
			m->again = arena_grow(m->mem, m->again, &m->again_cap, m->nagain, sizeof *m->again);
			a = &m->again[m->nagain++];
			*a = (struct again){.id = k->lesson[i].id, .where = k->lesson[i].where};
		}
		a->cases++;
		a->last = arena_str(m->mem, k->id);
	}
}

static int
by_cases(const void *a, const void *b)
{
	const struct again *x = a, *y = b;

	return x->cases != y->cases ? (x->cases > y->cases ? -1 : 1) : strcmp(x->id, y->id);
}

static void
add_case(struct month *m, struct looked *k)
{
	const struct case_review *r = &k->r;
	struct row *row = row_of(m, r->c.type);
	double effect;

	if (r->c.state == CASE_MERGED) {
		m->merged++;
		return;
	}
	if (r->c.opened >= m->from && r->c.opened < m->until) {
		m->opened++;
		row->opened++;
		row->level[r->peak]++;
	}
	if (r->c.closed >= m->from && r->c.closed < m->until) {
		m->closed++;
		row->closed++;
	}
	if (false_alarm(k)) {
		m->false_alarm = arena_grow(m->mem, m->false_alarm, &m->false_cap, m->nfalse, sizeof *m->false_alarm);
		m->false_alarm[m->nfalse++] = arena_str(m->mem, k->id);
		return; /* nothing to respond to, nothing to time */
	}
	add_clocks(m, k);
	add_forecasts(m, k);
	add_lessons(m, k);
	if (r->c.playbook.n > 0) {
		struct used *u = used_of(m, r->c.playbook, r->c.playbook_version);

		u->cases++;
		if (case_review_effect(r, &effect)) {
			u->told++;
			u->effective += effect > 0;
		}
	}
	for (size_t i = 0; i < r->ndept; i++)
		for (int t = 0; t < TIMINGS; t++)
			team_of(m, r->dept[i].name)->n[t] += r->dept[i].n[t];
	if (k->course->known && k->course->half_s >= 0)
		push(m->mem, &m->half, k->course->half_s);
}

static int
by_row(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return x->opened != y->opened ? (x->opened > y->opened ? -1 : 1) : str_cmp(x->type, y->type);
}

static int
by_over(const void *a, const void *b)
{
	const struct over *x = a, *y = b;
	int64_t p = x->took_s - x->limit_s, q = y->took_s - y->limit_s;

	if ((x->took_s == 0) != (y->took_s == 0))
		return x->took_s == 0 ? -1 : 1; /* what never happened is worst */
	if (x->took_s != 0 && p != q)
		return p > q ? -1 : 1;
	return str_eq(x->case_id, y->case_id) ? (int)x->clock - (int)y->clock : str_cmp(x->case_id, y->case_id);
}

static int
by_use(const void *a, const void *b)
{
	const struct used *x = a, *y = b;

	if (x->cases != y->cases)
		return x->cases > y->cases ? -1 : 1;
	return str_eq(x->id, y->id) ? str_cmp(x->version, y->version) : str_cmp(x->id, y->id);
}

static int
by_team(const void *a, const void *b)
{
	const struct team *x = a, *y = b;
	int64_t p = x->n[TIMING_LATE] + x->n[TIMING_OVERDUE], q = y->n[TIMING_LATE] + y->n[TIMING_OVERDUE];

	return p != q ? (p > q ? -1 : 1) : str_cmp(x->name, y->name);
}

static struct str
month_name(struct month *m)
{
	struct civil c = clock_civil(m->from + m->conf->offset);

	return SAY("%04d-%02d", c.year, c.month);
}

static struct str
share_with(struct month *m, int64_t k, int64_t n)
{
	struct interval i = effect_share(k, n);

	return n > 0 ? SAY("%.0f%% (%.0f–%.0f)", 100.0 * (double)k / (double)n, 100 * i.low, 100 * i.high) : STR("—");
}

static struct str
clock_name(const struct month *m, int i)
{
	return clock_label(m->conf, (enum response)i);
}

static void
month_clocks(struct doc *d, struct month *m)
{
	doc_section(d, "clocks", WW("响应时钟", "Response clocks"));
	doc_table(d, "clocks", WW("守住与超时", "Kept and missed"));
	doc_column(d, "clock", WW("时钟", "Clock"), ALIGN_LEFT);
	doc_column(d, "kept", WW("守住", "Kept"), ALIGN_RIGHT);
	doc_column(d, "missed", WW("超时", "Missed"), ALIGN_RIGHT);
	doc_column(d, "running", WW("进行中", "Running"), ALIGN_RIGHT);
	doc_column(d, "unknown", WW("无法判定", "Unknown"), ALIGN_RIGHT);
	doc_column(d, "share", WW("守住率（95% 区间）", "Share kept (95 % interval)"), ALIGN_RIGHT);
	doc_column(d, "median", WW("用时中位数", "Median"), ALIGN_RIGHT);
	doc_column(d, "p90", "P90", ALIGN_RIGHT);
	for (int i = 0; i < RESPONSES; i++) {
		const int64_t *s = m->state[i];
		struct numbers *t = &m->took[i];

		doc_cell(d, value_text(clock_name(m, i)));
		doc_cell(d, value_int(s[KEPT_YES]));
		doc_cell(d, value_int(s[KEPT_NO]))->tone = s[KEPT_NO] > 0 ? TONE_BAD : TONE_PLAIN;
		doc_cell(d, value_int(s[KEPT_RUNNING]));
		doc_cell(d, value_int(s[KEPT_UNKNOWN]));
		doc_cell(d, value_text(share_with(m, s[KEPT_YES], s[KEPT_YES] + s[KEPT_NO])));
		doc_cell(d, t->n > 0 ? value_span(median(t->v, t->n)) : value_c("—"));
		doc_cell(d, t->n > 0 ? value_span(percentile(t->v, t->n, 90)) : value_c("—"));
	}
	doc_note(d, str_c(WW("从发现起算；中位数与 P90 只含已发生的。没有发生而时限已过的计为超时。", "From the discovery; median and P90 are of what did happen. What did not happen within its limit is missed.")));
	if (m->nover == 0)
		return;
	doc_table(d, "worst", WW("最差的时钟", "The worst"));
	doc_column(d, "case", WW("案件", "Case"), ALIGN_LEFT);
	doc_column(d, "name", WW("名称", "Name"), ALIGN_LEFT)->wide = true;
	doc_column(d, "clock", WW("时钟", "Clock"), ALIGN_LEFT);
	doc_column(d, "took", WW("用时", "Took"), ALIGN_RIGHT);
	doc_column(d, "limit", WW("时限", "Limit"), ALIGN_RIGHT);
	for (size_t i = 0; i < m->nover && i < WORST; i++) {
		const struct over *o = &m->over[i];

		doc_cell(d, value_text(o->case_id));
		doc_cell(d, value_text(o->name));
		doc_cell(d, value_text(clock_name(m, (int)o->clock)));
		doc_cell(d, o->took_s > 0 ? value_span(o->took_s) : value_c(WW("没有发生", "never")))->tone = TONE_BAD;
		doc_cell(d, value_span(o->limit_s));
	}
}

static void
month_types(struct doc *d, struct month *m)
{
	static const char *const levels[] = {"", "blue", "yellow", "orange", "red"};

	doc_section(d, "cases", WW("案件", "Cases"));
	doc_table(d, "types", WW("按类型和最高级别", "By type and highest level"));
	doc_column(d, "type", WW("类型", "Type"), ALIGN_LEFT);
	doc_column(d, "opened", WW("立案", "Opened"), ALIGN_RIGHT);
	doc_column(d, "closed", WW("结案", "Closed"), ALIGN_RIGHT);
	for (int l = 4; l >= 1; l--)
		doc_column(d, levels[l], name_of("level", str_c(levels[l]), m->conf->zh).p, ALIGN_RIGHT);
	for (size_t i = 0; i < m->nrow; i++) {
		const struct row *r = &m->row[i];

		if (r->opened + r->closed == 0)
			continue;
		doc_cell(d, r->type.n > 0 ? value_text(name_of("type", r->type, m->conf->zh)) : value_c("—"));
		doc_cell(d, value_int(r->opened));
		doc_cell(d, value_int(r->closed));
		for (int l = 4; l >= 1; l--)
			doc_cell(d, value_int(r->level[l]))->tone = r->level[l] > 0 ? tone_of_level(str_c(levels[l])) : TONE_PLAIN;
	}
	if (m->merged > 0)
		doc_note(d, SAY(WW("另有 %lld 个案件已并入他案，不重复计算。", "%lld more were merged into others and are not counted again."), (long long)m->merged));
}

static void
month_rest(struct doc *d, struct month *m)
{
	static const enum timing order[] = {TIMING_IN_TIME, TIMING_LATE, TIMING_OVERDUE, TIMING_SKIPPED};
	static const char *const zh[] = {"按时", "迟完成", "到期未完成", "跳过"}, *const en[] = {"in time", "late", "overdue", "skipped"};
	bool any = m->foretold[0] + m->foretold[1] + m->foretold[2] > 0;

	if (m->nteam > 0) {
		doc_section(d, "tasks", WW("任务执行", "Tasks"));
		doc_table(d, "departments", WW("按部门", "By department"));
		doc_column(d, "department", WW("部门", "Department"), ALIGN_LEFT);
		for (int i = 0; i < 4; i++)
			doc_column(d, timing_name[order[i]], WW(zh[i], en[i]), ALIGN_RIGHT);
		doc_column(d, "share", WW("按时率（95% 区间）", "In time (95 % interval)"), ALIGN_RIGHT);
		for (size_t i = 0; i < m->nteam; i++) {
			const int64_t *n = m->team[i].n;

			doc_cell(d, m->team[i].name.n > 0 ? value_text(name_of("department", m->team[i].name, m->conf->zh)) : value_c("—"));
			for (int j = 0; j < 4; j++)
				doc_cell(d, value_int(n[order[j]]));
			doc_cell(d, value_text(share_with(m, n[TIMING_IN_TIME], n[TIMING_IN_TIME] + n[TIMING_LATE] + n[TIMING_OVERDUE])));
		}
	}
	if (any) {
		doc_section(d, "forecasts", WW("预测与实际", "Forecasts and what came"));
		doc_table(d, "forecasts", WW("负面声量预测", "Forecasts of negative posts"));
		doc_column(d, "next", WW("今后", "Next"), ALIGN_RIGHT);
		doc_column(d, "n", WW("可核对", "Checked"), ALIGN_RIGHT);
		doc_column(d, "inside", WW("在 80% 区间内", "In the 80 % interval"), ALIGN_RIGHT);
		doc_column(d, "error", WW("误差中位数", "Median error"), ALIGN_RIGHT);
		for (int h = 0; h < HORIZONS; h++) {
			if (m->foretold[h] == 0)
				continue;
			doc_cell(d, value_span(horizon[h] * 3600));
			doc_cell(d, value_int(m->foretold[h]));
			doc_cell(d, value_text(SAY("%lld · %.*s", (long long)m->inside[h], STRF(share_with(m, m->inside[h], m->foretold[h])))));
			doc_cell(d, m->error[h].n > 0 ? value_text(SAY("%.0f%%", (double)median(m->error[h].v, m->error[h].n) / 10)) : value_c("—"));
		}
	}
	if (m->nused > 0) {
		doc_section(d, "playbooks", WW("使用的剧本", "Playbooks used"));
		doc_table(d, "playbooks", WW("本月案件", "Cases of the month"));
		doc_column(d, "playbook", WW("剧本", "Playbook"), ALIGN_LEFT);
		doc_column(d, "version", WW("版本", "Version"), ALIGN_LEFT);
		doc_column(d, "cases", WW("案件", "Cases"), ALIGN_RIGHT);
		doc_column(d, "told", WW("可判定", "Can be told"), ALIGN_RIGHT);
		doc_column(d, "effective", WW("按时受控", "Contained in time"), ALIGN_RIGHT);
		for (size_t i = 0; i < m->nused; i++) {
			doc_cell(d, value_text(m->used[i].id));
			doc_cell(d, value_text(m->used[i].version));
			doc_cell(d, value_int(m->used[i].cases));
			doc_cell(d, value_int(m->used[i].told));
			doc_cell(d, value_int(m->used[i].effective));
		}
	}
}

static void
month_lessons(struct doc *d, struct month *m)
{
	if (m->nagain == 0)
		return;
	doc_section(d, "lessons", WW("反复出现的教训", "Lessons by how often"));
	doc_table(d, "lessons", WW("出现在多少起案件", "In how many cases"));
	doc_column(d, "lesson", WW("发现", "Finding"), ALIGN_LEFT);
	doc_column(d, "change", WW("改哪里", "Change"), ALIGN_LEFT);
	doc_column(d, "cases", WW("案件", "Cases"), ALIGN_RIGHT);
	doc_column(d, "last", WW("最近一起", "Last one"), ALIGN_LEFT);
	for (size_t i = 0; i < m->nagain; i++) {
		doc_cell(d, value_text(lesson_label(m->conf, m->again[i].id)));
		doc_cell(d, value_text(where_label(m->conf, m->again[i].where)));
		doc_cell(d, value_int(m->again[i].cases));
		doc_cell(d, value_text(m->again[i].last));
	}
	doc_note(d, str_c(WW("细节与建议见各案的 review。", "Details and advice: the review of each case.")));
}

static void
month_doc(struct doc *d, struct month *m)
{
	int64_t kept = 0, missed = 0;
	struct block *b;

	for (int i = 0; i < RESPONSES; i++) {
		kept += m->state[i][KEPT_YES];
		missed += m->state[i][KEPT_NO];
	}
	d->kind = STR("review");
	d->title = arena_str(&d->mem, SAY(WW("月度复盘 · %.*s", "Monthly review · %.*s"), STRF(month_name(m))));
	d->subtitle = arena_str(&d->mem, SAY(WW("%.*s 至 %.*s · 生成于 %.*s", "%.*s to %.*s · made %.*s"), STRF(doc_time(d, m->from)), STRF(doc_time(d, m->until)), STRF(doc_time(d, m->now))));
	d->from = m->from;
	d->until = m->until;
	d->level = str_c(WW("演练不计入", "without exercises"));
	d->tone = TONE_MUTED;
	doc_section(d, "conclusion", WW("结论", "Conclusion"));
	b = doc_block(d, BLOCK_LEAD, "lead",
	    SAY(WW("立案 %lld 起，结案 %lld 起，月末未结 %lld 起；响应时钟守住 %lld 个，超时 %lld 个；误报 %zu 起。", "%lld cases opened, %lld closed, %lld open at the end; of the response clocks %lld were kept, %lld missed; %zu false alarms."),
	        (long long)m->opened, (long long)m->closed, (long long)m->open_at_end, (long long)kept, (long long)missed, m->nfalse));
	b->tone = missed > kept ? TONE_BAD : missed > 0 ? TONE_ORANGE : TONE_GOOD;
	b->ev = (struct evidence){.id = m->id, .n = m->n < 12 ? m->n : 12, .total = (int64_t)m->n};
	if (m->nfalse > 0)
		doc_point(d, TONE_ORANGE, SAY(WW("误报 %zu 起，占立案的 %.0f%%。", "%zu false alarms, %.0f %% of the cases opened."), m->nfalse, m->opened > 0 ? 100.0 * (double)m->nfalse / (double)m->opened : 0),
		    (struct evidence){.id = m->false_alarm, .n = m->nfalse, .total = (int64_t)m->nfalse});
	if (m->half.n > 0)
		doc_point(d, TONE_PLAIN, SAY(WW("负面从峰值减半的用时：中位数 %.*s（%zu 起）。", "From the peak to half of it: median %.*s (%zu cases)."), STRF(format_span(m->mem, median(m->half.v, m->half.n), m->conf->zh)), m->half.n),
		    (struct evidence){0});
	if (m->until > m->now)
		doc_point(d, TONE_MUTED, str_c(WW("本月尚未结束。", "The month is not over.")), (struct evidence){0});
	month_types(d, m);
	month_clocks(d, m);
	month_rest(d, m);
	month_lessons(d, m);
}

static void
month_json(struct month *m, struct buf *out)
{
	struct jw w = jw_open(out);

	jw_obj(&w);
	jw_kcstr(&w, "kind", "review");
	jw_kstr(&w, "month", month_name(m));
	jw_ktime(&w, "from", m->from);
	jw_ktime(&w, "to", m->until);
	jw_kint(&w, "opened", m->opened);
	jw_kint(&w, "closed", m->closed);
	jw_kint(&w, "open_at_end", m->open_at_end);
	jw_kint(&w, "merged", m->merged);
	jw_key(&w, "cases");
	jw_arr(&w);
	for (size_t i = 0; i < m->n; i++)
		jw_str(&w, m->id[i]);
	jw_end(&w);
	jw_key(&w, "false_alarms");
	jw_arr(&w);
	for (size_t i = 0; i < m->nfalse; i++)
		jw_str(&w, m->false_alarm[i]);
	jw_end(&w);
	jw_key(&w, "types");
	jw_arr(&w);
	for (size_t i = 0; i < m->nrow; i++) {
		jw_obj(&w);
		jw_kstr_opt(&w, "type", m->row[i].type);
		jw_kint(&w, "opened", m->row[i].opened);
		jw_kint(&w, "closed", m->row[i].closed);
		for (int l = 1; l <= 4; l++)
			jw_kint(&w, case_level_name((enum case_level)l).p, m->row[i].level[l]);
		jw_end(&w);
	}
	jw_end(&w);
	jw_key(&w, "clocks");
	jw_arr(&w);
	for (int i = 0; i < RESPONSES; i++) {
		jw_obj(&w);
		jw_kcstr(&w, "id", response_name[i]);
		for (int s = 0; s < 4; s++)
			jw_kint(&w, kept_name[s], m->state[i][s]);
		if (m->took[i].n > 0) {
			jw_kint(&w, "median_s", median(m->took[i].v, m->took[i].n));
			jw_kint(&w, "p90_s", percentile(m->took[i].v, m->took[i].n, 90));
		}
		jw_end(&w);
	}
	jw_end(&w);
	jw_key(&w, "worst");
	jw_arr(&w);
	for (size_t i = 0; i < m->nover && i < WORST; i++) {
		jw_obj(&w);
		jw_kstr(&w, "case", m->over[i].case_id);
		jw_kcstr(&w, "clock", response_name[m->over[i].clock]);
		if (m->over[i].took_s > 0)
			jw_kint(&w, "took_s", m->over[i].took_s);
		jw_kint(&w, "limit_s", m->over[i].limit_s);
		jw_end(&w);
	}
	jw_end(&w);
	jw_key(&w, "forecasts");
	jw_arr(&w);
	for (int h = 0; h < HORIZONS; h++) {
		jw_obj(&w);
		jw_kint(&w, "hours", horizon[h]);
		jw_kint(&w, "n", m->foretold[h]);
		jw_kint(&w, "inside", m->inside[h]);
		if (m->error[h].n > 0)
			jw_knum(&w, "median_error", (double)median(m->error[h].v, m->error[h].n) / 1000, 3);
		jw_end(&w);
	}
	jw_end(&w);
	jw_key(&w, "playbooks");
	jw_arr(&w);
	for (size_t i = 0; i < m->nused; i++) {
		jw_obj(&w);
		jw_kstr(&w, "id", m->used[i].id);
		jw_kstr_opt(&w, "version", m->used[i].version);
		jw_kint(&w, "cases", m->used[i].cases);
		jw_kint(&w, "told", m->used[i].told);
		jw_kint(&w, "effective", m->used[i].effective);
		jw_end(&w);
	}
	jw_end(&w);
	jw_key(&w, "departments");
	jw_arr(&w);
	for (size_t i = 0; i < m->nteam; i++) {
		jw_obj(&w);
		jw_kstr_opt(&w, "department", m->team[i].name);
		for (int t = 0; t < TIMINGS; t++)
			jw_kint(&w, timing_name[t], m->team[i].n[t]);
		jw_end(&w);
	}
	jw_end(&w);
	jw_key(&w, "lessons");
	jw_arr(&w);
	for (size_t i = 0; i < m->nagain; i++) {
		jw_obj(&w);
		jw_kcstr(&w, "id", m->again[i].id);
		jw_kcstr(&w, "change", where_name[m->again[i].where]);
		jw_kint(&w, "cases", m->again[i].cases);
		jw_kstr(&w, "last", m->again[i].last);
		jw_end(&w);
	}
	jw_end(&w);
	jw_ktime(&w, "at", m->now);
	jw_end(&w);
}

int
month(const struct conf *conf, struct store *s, struct doc *d, struct buf *json)
{
	struct month *m = arena_zalloc(&d->mem, sizeof *m);
	struct store_case_query q = {0};
	struct err e;

	m->mem = &d->mem;
	m->conf = conf;
	m->now = cli_now();
	bounds(m, conf->month);
	q.brief = true;
	q.opened_until = m->until;
	if (store_cases(s, &q, on_case, m, &e) != 0)
		msg_die(&e);
	if (m->n == 0) {
		msg_warn("no case was opened or closed in %.*s", STRF(month_name(m)));
		return EXIT_NO;
	}
	for (size_t i = 0; i < m->n; i++) {
		struct looked k;

		if (look(&k, s, conf, m->id[i]))
			add_case(m, &k);
		looked_free(&k);
	}
	if (m->nrow > 1)
		qsort(m->row, m->nrow, sizeof *m->row, by_row);
	if (m->nover > 1)
		qsort(m->over, m->nover, sizeof *m->over, by_over);
	if (m->nused > 1)
		qsort(m->used, m->nused, sizeof *m->used, by_use);
	if (m->nteam > 1)
		qsort(m->team, m->nteam, sizeof *m->team, by_team);
	if (m->nagain > 1)
		qsort(m->again, m->nagain, sizeof *m->again, by_cases);
	if (json != NULL)
		month_json(m, json);
	else
		month_doc(d, m);
	return EXIT_OK;
}

/* --- playbooks ---------------------------------------------------------------------------------------------------------- */

struct pasts {
	struct arena *mem; /* of the document */
	struct past_record *v;
	size_t n, cap;
};

static int
on_review(void *ctx, const struct store_review *r, struct err *e)
{
	struct pasts *p = ctx;
	struct past_record *k = NULL;
	struct json v = json_view(r->json), item, half;
	struct json_iter it;
	struct json_fault f;
	struct str key;

	(void)e;
	if (r->playbook.n == 0 || !json_valid(r->json, &f))
		return 0;
	for (size_t i = 0; i < p->n && k == NULL; i++)
		if (str_eq(p->v[i].id, r->playbook) && str_eq(p->v[i].version, r->playbook_version))
			k = &p->v[i];
	if (k == NULL) {
		p->v = arena_grow(p->mem, p->v, &p->cap, p->n, sizeof *p->v);
		k = &p->v[p->n++];
		*k = (struct past_record){.id = arena_str(p->mem, r->playbook), .version = arena_str(p->mem, r->playbook_version)};
	}
	k->reviewed++;
	k->told += r->effect > 0 || r->effect < 0;
	k->effective += r->effect > 0;
	for (it = json_iter(json_get(v, "clocks")); json_next(&it, &key, &item);) {
		k->kept += json_is(json_get(item, "state"), "kept");
		k->missed += json_is(json_get(item, "state"), "missed");
	}
	half = json_path(v, "curve.half_s");
	if (half.type == JSON_NUM) {
		k->half = arena_grow(p->mem, k->half, &k->half_cap, k->nhalf, sizeof *k->half);
		k->half[k->nhalf++] = json_int_or(half, 0);
	}
	return 0;
}

static int
by_rank(const void *a, const void *b)
{
	const struct past_record *x = a, *y = b;

	if (x->rank > y->rank || x->rank < y->rank)
		return x->rank > y->rank ? -1 : 1;
	return str_eq(x->id, y->id) ? str_cmp(x->version, y->version) : str_cmp(x->id, y->id);
}

static void
past_json(struct pasts *p, int64_t now, struct buf *out)
{
	struct jw w = jw_open(out);

	jw_obj(&w);
	jw_kcstr(&w, "kind", "review");
	jw_key(&w, "playbooks");
	jw_arr(&w);
	for (size_t i = 0; i < p->n; i++) {
		struct past_record *k = &p->v[i];
		struct interval v = effect_share(k->effective, k->told);

		jw_obj(&w);
		jw_kstr(&w, "id", k->id);
		jw_kstr_opt(&w, "version", k->version);
		jw_kint(&w, "reviewed", k->reviewed);
		jw_kint(&w, "told", k->told);
		jw_kint(&w, "effective", k->effective);
		if (k->told > 0) {
			jw_knum(&w, "low", v.low, 4);
			jw_knum(&w, "high", v.high, 4);
		}
		jw_knum(&w, "rank", k->rank, 4);
		jw_kint(&w, "clocks_kept", k->kept);
		jw_kint(&w, "clocks_missed", k->missed);
		if (k->nhalf > 0)
			jw_kint(&w, "median_half_s", median(k->half, k->nhalf));
		jw_end(&w);
	}
	jw_end(&w);
	jw_ktime(&w, "at", now);
	jw_end(&w);
}

int
playbooks(const struct conf *conf, struct store *s, struct doc *d, struct buf *json)
{
	struct pasts *p = arena_zalloc(&d->mem, sizeof *p);
	struct err e;
	int64_t cases = 0;

	p->mem = &d->mem;
	if (store_reviews(s, STR(""), on_review, p, &e) != 0)
		msg_die(&e);
	if (p->n == 0) {
		msg_warn("no review of a case with a playbook was saved yet");
		return EXIT_NO;
	}
	for (size_t i = 0; i < p->n; i++) {
		p->v[i].rank = past_rank(p->v[i].effective, p->v[i].told);
		cases += p->v[i].reviewed;
	}
	qsort(p->v, p->n, sizeof *p->v, by_rank);
	if (json != NULL) {
		past_json(p, cli_now(), json);
		return EXIT_OK;
	}
	d->kind = STR("review");
	d->title = str_c(W(conf, "剧本成效", "What playbooks achieved"));
	d->subtitle = arena_printf(&d->mem, W(conf, "复盘 %lld 案 · 生成于 %.*s", "%lld cases reviewed · made %.*s"), (long long)cases, STRF(doc_time(d, cli_now())));
	d->level = str_c(W(conf, "演练不计入", "without exercises"));
	d->tone = TONE_MUTED;
	doc_section(d, "playbooks", W(conf, "各剧本", "Playbooks"));
	doc_table(d, "playbooks", W(conf, "按序值", "By rank"));
	doc_column(d, "playbook", W(conf, "剧本", "Playbook"), ALIGN_LEFT);
	doc_column(d, "version", W(conf, "版本", "Version"), ALIGN_LEFT);
	doc_column(d, "reviewed", W(conf, "复盘", "Reviewed"), ALIGN_RIGHT);
	doc_column(d, "effective", W(conf, "按时受控", "Contained in time"), ALIGN_RIGHT);
	doc_column(d, "interval", W(conf, "95% 区间", "95 % interval"), ALIGN_RIGHT);
	doc_column(d, "rank", W(conf, "序值", "Rank"), ALIGN_RIGHT);
	doc_column(d, "half", W(conf, "减半中位数", "Median to half"), ALIGN_RIGHT);
	doc_column(d, "clocks", W(conf, "时钟守住", "Clocks kept"), ALIGN_RIGHT);
	for (size_t i = 0; i < p->n; i++) {
		struct past_record *k = &p->v[i];
		struct interval v = effect_share(k->effective, k->told);

		doc_cell(d, value_text(k->id));
		doc_cell(d, value_text(k->version));
		doc_cell(d, value_int(k->reviewed));
		doc_cell(d, value_text(arena_printf(&d->mem, "%lld / %lld", (long long)k->effective, (long long)k->told)));
		doc_cell(d, k->told > 0 ? value_text(arena_printf(&d->mem, "%.0f–%.0f%%", 100 * v.low, 100 * v.high)) : value_c("—"));
		doc_cell(d, value_num(k->rank));
		doc_cell(d, k->nhalf > 0 ? value_span(median(k->half, k->nhalf)) : value_c("—"));
		doc_cell(d, value_text(arena_printf(&d->mem, "%lld / %lld", (long long)k->kept, (long long)(k->kept + k->missed))));
	}
	doc_note(d, str_c(W(conf, "按时受控：分母为能够判定的案件。序值为 95% 区间（Wilson）的下端，案件少的不会靠运气排在前；match-playbook 在其他条件相等时按它选。",
	                    "Contained in time: of the cases that can be told. Rank is the lower end of Wilson's 95 % interval, so few cases do not win by luck; match-playbook chooses by it where all else is equal.")));
	return EXIT_OK;
}
