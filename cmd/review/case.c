/* The document about one case. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "review.h"

enum { SHOWN_ACTIONS = 14, SHOWN_TASKS = 8, SHOWN_FORECASTS = 9, HOUR = 3600, TREND_COLUMNS = 72 };

#define SAY(...) arena_printf(&k->mem, __VA_ARGS__)
#define WW(zh_text, en_text) W(k->conf, zh_text, en_text)

/* --- words -------------------------------------------------------------------------------------------------------------- */

struct str
span(struct looked *k, int64_t s)
{
	return format_span(&k->mem, s, k->conf->zh);
}

struct str
percent(struct looked *k, double v)
{
	return SAY("%.1f%%", 100 * v);
}

static struct str
number(struct looked *k, int64_t v)
{
	return format_int(&k->mem, v);
}

static struct evidence
one(struct looked *k, struct str id)
{
	struct str *v;

	if (id.n == 0)
		return (struct evidence){0};
	v = arena_alloc(&k->mem, sizeof *v);
	*v = id;
	return (struct evidence){.id = v, .n = 1, .total = 1};
}

/* "#12" for an event, the id for a post. */
static struct str
source_of(struct looked *k, const struct moment *m)
{
	return m->seq > 0 ? SAY("#%lld", (long long)m->seq) : str_is(m->what, "post") ? m->id : STR("");
}

struct str
case_name(struct looked *k)
{
	const struct casefile *c = &k->r.c;
	struct str type = name_of("type", c->type, k->conf->zh);

	if (c->title.n > 0)
		return c->title;
	if (k->subject_name.n == 0)
		return type.n > 0 ? type : c->id;
	return type.n > 0 ? SAY("%.*s · %.*s", STRF(k->subject_name), STRF(type)) : k->subject_name;
}

struct str
clock_label(const struct conf *conf, enum response c)
{
	static const char *const zh[] = {"首次处置", "首份声明", "处置落实", "舆情受控"}, *const en[] = {"First handling", "First statement", "Action taken", "Containment"};

	return str_c(conf->zh ? zh[c] : en[c]);
}

static struct str
kept_label(const struct looked *k, enum kept s)
{
	static const char *const zh[] = {"无法判定", "进行中", "守住", "超时"}, *const en[] = {"unknown", "running", "kept", "missed"};

	return str_c(k->conf->zh ? zh[s] : en[s]);
}

static enum tone
kept_tone(enum kept s)
{
	return s == KEPT_YES ? TONE_GOOD : s == KEPT_NO ? TONE_BAD : TONE_MUTED;
}

static struct str
verdict_label(const struct looked *k, enum verdict v)
{
	static const char *const zh[] = {"数据不足", "低于预期", "无显著差异", "高于预期"}, *const en[] = {"too little", "less", "same", "more"};

	return str_c(k->conf->zh ? zh[v] : en[v]);
}

static struct str
moment_what(struct looked *k, const struct moment *m)
{
	if (str_is(m->what, "incident"))
		return m->id.n > 0 ? SAY(WW("预警规则 %.*s", "rule %.*s"), STRF(m->id)) : str_c(WW("预警", "alert"));
	if (str_is(m->what, "post"))
		return str_c(WW("帖子", "post"));
	if (str_is(m->what, "curve"))
		return str_c(WW("声量曲线", "the curve"));
	if (str_is(m->what, "case.raise") || str_is(m->what, "case.lower"))
		return SAY(WW("级别改为%.*s", "level %.*s"), STRF(name_of("level", m->id, k->conf->zh)));
	if (m->id.n > 0)
		return SAY(WW("%.*s %.*s", "%.*s %.*s"), STRF(name_of("event", m->what, k->conf->zh)), STRF(m->id));
	return name_of("event", m->what, k->conf->zh);
}

struct str
action_what(struct looked *k, const struct action *a)
{
	struct buf b = {0};
	struct str s;
	size_t tasks = 0;

	for (size_t i = 0; i < a->n; i++)
		if (str_is(a->m[i].what, "task.done")) {
			tasks++;
		} else {
			s = moment_what(k, &a->m[i]);
			buf_printf(&b, "%s%.*s", b.n > 0 ? WW("；", "; ") : "", STRF(s));
		}
	if (tasks > 0) {
		buf_printf(&b, WW("%s完成任务", "%stasks done"), b.n > 0 ? WW("；", "; ") : "");
		for (size_t i = 0, shown = 0; i < a->n && shown < 4; i++)
			if (str_is(a->m[i].what, "task.done"))
				buf_printf(&b, "%s%.*s", shown++ > 0 ? WW("、", ", ") : " ", STRF(a->m[i].id));
		if (tasks > 4)
			buf_printf(&b, WW(" 等 %zu 项", " and more, %zu in all"), tasks);
	}
	s = arena_str(&k->mem, buf_view(&b));
	buf_free(&b);
	return s;
}

/* --- conclusion --------------------------------------------------------------------------------------------------------- */

static void
conclusion(struct doc *d, struct looked *k)
{
	const struct case_review *r = &k->r;
	const struct response_clock *contain = &r->clock[RESPONSE_CONTAIN];
	int64_t kept = 0, missed = 0;
	struct block *b;
	struct str name = case_name(k), level = name_of("level", case_level_name(r->peak), k->conf->zh), ended;

	for (int i = 0; i < RESPONSES; i++) {
		kept += r->clock[i].state == KEPT_YES;
		missed += r->clock[i].state == KEPT_NO;
	}
	ended = contain->state == KEPT_YES && contain->took_s == 0 ? str_c(WW("发现时已受控", "was contained before it was found"))
	    : contain->at.t != 0                               ? SAY(WW("受控用时 %.*s（时限 %.*s）", "was contained %.*s after the discovery (limit %.*s)"), STRF(span(k, contain->took_s)), STRF(span(k, contain->limit_s)))
	    : contain->state == KEPT_NO                        ? SAY(WW("超过时限（%.*s）仍未受控", "is not contained although the limit of %.*s is over"), STRF(span(k, contain->limit_s)))
	    : contain->state == KEPT_RUNNING                   ? SAY(WW("尚未受控（时限 %.*s，未到）", "is not contained yet; the limit of %.*s is not over"), STRF(span(k, contain->limit_s)))
	                                                       : str_c(WW("是否受控无法判定（帖子太少或没有）", "cannot be told contained or not (too few posts, or none)"));
	doc_section(d, "conclusion", WW("结论", "Conclusion"));
	b = doc_block(d, BLOCK_LEAD, "lead", SAY(WW("%.*s（最高%.*s）：%.*s；四个响应时钟守住 %lld 个，超时 %lld 个。", "%.*s (highest level %.*s) %.*s; of four response clocks %lld were kept, %lld missed."),
	                                         STRF(name), STRF(level.n > 0 ? level : STR("—")), STRF(ended), (long long)kept, (long long)missed));
	b->tone = contain->state == KEPT_NO || missed > kept ? TONE_BAD : contain->state == KEPT_YES && missed == 0 ? TONE_GOOD : TONE_ORANGE;
	b->ev = one(k, r->c.id);
	if (r->c.drill)
		doc_point(d, TONE_BLUE, str_c(WW("这是演练，不进入任何统计。", "This was an exercise; it stays out of every statistic.")), one(k, STR("")));
	if (k->share_told) {
		double p = (double)k->share_before.negative / (double)k->share_before.n, q = (double)k->share_after.negative / (double)k->share_after.n;

		doc_point(d, k->share_verdict == VERDICT_LESS ? k->share_stays ? TONE_GOOD : TONE_ORANGE : TONE_BAD,
		    SAY(WW("负面占比%s：%.*s → %.*s，差 %+.1f 个百分点（95%% 区间 %+.1f 至 %+.1f）%s。", "The negative share %s: %.*s → %.*s, a difference of %+.1f points (95 %% interval %+.1f to %+.1f)%s."),
		        k->share_verdict == VERDICT_LESS ? WW("显著下降", "is significantly down")
		        : k->share_verdict == VERDICT_MORE ? WW("显著上升", "is significantly up")
		                                           : WW("没有显著变化", "did not change significantly"),
		        STRF(percent(k, p)), STRF(percent(k, q)), 100 * (q - p), 100 * k->share_difference.low, 100 * k->share_difference.high,
		        k->share_verdict != VERDICT_LESS ? "" : k->share_stays ? WW("，此后没有显著回升", " and stayed down") : WW("，但此后又显著回升", ", but came back later")),
		    one(k, STR("")));
	} else {
		doc_point(d, TONE_MUTED, str_c(WW("负面占比是否下降：帖子太少，无法判定。", "Whether the negative share went down cannot be told: too few posts.")), one(k, STR("")));
	}
	for (size_t i = 0; i < k->nlesson && i < 4; i++)
		doc_point(d, k->lesson[i].tone, k->lesson[i].what, (struct evidence){.id = k->lesson[i].ids, .n = k->lesson[i].nids, .total = (int64_t)k->lesson[i].nids});
	if (k->nlesson > 4)
		doc_note(d, SAY(WW("另有 %zu 条，见“教训与改进”。", "%zu more under “Lessons”."), k->nlesson - 4));
}

/* --- clocks ------------------------------------------------------------------------------------------------------------- */

static void
clocks(struct doc *d, struct looked *k)
{
	const struct case_review *r = &k->r;

	doc_section(d, "clocks", WW("响应时钟", "Response clocks"));
	doc_table(d, "clocks", WW("从发现起", "From the discovery"));
	doc_column(d, "clock", WW("时钟", "Clock"), ALIGN_LEFT);
	doc_column(d, "took", WW("用时", "Took"), ALIGN_RIGHT);
	doc_column(d, "limit", WW("时限", "Limit"), ALIGN_RIGHT);
	doc_column(d, "state", WW("判定", "Verdict"), ALIGN_LEFT);
	doc_column(d, "at", WW("发生于", "At"), ALIGN_LEFT);
	doc_column(d, "by", WW("以何为准", "Taken from"), ALIGN_LEFT);
	doc_column(d, "limit_from", WW("时限来自", "Limit from"), ALIGN_LEFT);
	for (int i = 0; i < RESPONSES; i++) {
		const struct response_clock *c = &r->clock[i];
		struct str source = source_of(k, &c->at);

		doc_cell(d, value_text(clock_label(k->conf, (enum response)i)));
		doc_cell(d, c->at.t != 0 && c->state != KEPT_UNKNOWN ? value_span(c->took_s) : value_c("—"));
		doc_cell(d, value_span(c->limit_s));
		doc_cell(d, value_text(kept_label(k, c->state)))->tone = kept_tone(c->state);
		doc_cell(d, value_time(c->at.t));
		doc_cell(d, c->at.t != 0 ? value_text(SAY("%.*s%s%.*s", STRF(moment_what(k, &c->at)), source.n > 0 ? " " : "", STRF(source))) : value_c("—"))->ev = (struct evidence){0};
		doc_cell(d, c->limit_from.n > 0 ? value_text(SAY(WW("剧本 %.*s", "playbook, %.*s"), STRF(c->limit_from))) : value_c(WW("默认", "default")));
	}
	doc_note(d, SAY(WW("发现：%.*s，%.*s %.*s；立案 #%lld %.*s。# 为审计事件号，见 casefile log。", "Discovery: %.*s, %.*s %.*s; case opened #%lld %.*s. # numbers an event of casefile log."), STRF(doc_time(d, r->found.t)),
	                STRF(moment_what(k, &r->found)), STRF(source_of(k, &r->found)), (long long)r->opened.seq, STRF(doc_time(d, r->opened.t))));
	if (r->alert.t != 0 && r->first_post.t != 0 && r->first_post.t <= r->alert.t)
		doc_note(d, SAY(WW("首帖 %.*s，到预警 %.*s；其间负面 %.*s 条。", "First post %.*s, %.*s before the alert, with %.*s negative posts in between."), STRF(doc_time(d, r->first_post.t)),
		                STRF(span(k, r->alert.t - r->first_post.t)), STRF(number(k, k->before_alert))));
	if (r->legal > 0)
		doc_note(d, SAY(WW("法定或自设时钟：到期 %lld 项，守住 %lld 项。", "Statutory and self-set clocks: %lld ran out, %lld were kept."), (long long)r->legal, (long long)r->legal_kept));
	if (r->update_gap_s >= 0 && r->c.updates_s > 0)
		doc_note(d, SAY(WW("对外更新 %lld 次，最长间隔 %.*s（预案 %.*s），自 %.*s %.*s 起。", "%lld updates, the longest silence %.*s (plan %.*s), from %.*s %.*s."), (long long)r->nwords, STRF(span(k, r->update_gap_s)),
		                STRF(span(k, r->c.updates_s)), STRF(doc_time(d, r->update_after.t)), STRF(source_of(k, &r->update_after))));
	if (r->disorder || r->found.t > k->now)
		doc_note(d, str_c(WW("审计链中有事件的时间早于前一事件，或晚于现在：写入机器的时钟不准，相关用时可能有误。", "Events of the trail stand before the one before them, or in the future: a clock was wrong, and times taken may be, too.")));
	if (r->c.nabsorbed > 0)
		doc_note(d, SAY(WW("本案并入过 %zu 个案件，时钟只从本案发现起算。", "The case took in %zu others; its clocks count from its own discovery."), r->c.nabsorbed));
	if (r->c.split_from.n > 0)
		doc_note(d, SAY(WW("本案由 %.*s 分出，先前的处置记在该案。", "The case was split from %.*s, where earlier handling is on record."), STRF(r->c.split_from)));
}

/* --- tasks -------------------------------------------------------------------------------------------------------------- */

static struct str
timing_label(const struct looked *k, enum timing t)
{
	static const char *const zh[TIMINGS] = {"未到期", "到期未完成", "按时", "迟完成", "跳过", "完成（无时限）"};
	static const char *const en[TIMINGS] = {"not due", "overdue", "in time", "late", "skipped", "done (no deadline)"};

	return str_c(k->conf->zh ? zh[t] : en[t]);
}

struct late {
	size_t i;
	int64_t s;
};

static int
by_lateness(const void *a, const void *b)
{
	const struct late *x = a, *y = b;

	return x->s != y->s ? (x->s > y->s ? -1 : 1) : x->i < y->i ? -1 : 1;
}

static void
tasks(struct doc *d, struct looked *k)
{
	const struct case_review *r = &k->r;
	static const enum timing order[] = {TIMING_IN_TIME, TIMING_LATE, TIMING_OVERDUE, TIMING_OPEN, TIMING_SKIPPED, TIMING_DONE};
	struct late *late;
	size_t n = 0;

	if (r->c.ntask == 0)
		return;
	doc_section(d, "tasks", WW("任务执行", "Tasks"));
	doc_table(d, "departments", WW("按部门", "By department"));
	doc_column(d, "department", WW("部门", "Department"), ALIGN_LEFT);
	for (size_t i = 0; i < TIMINGS; i++)
		doc_column(d, timing_name[order[i]], timing_label(k, order[i]).p, ALIGN_RIGHT);
	doc_column(d, "median_late", WW("迟延中位数", "Median lateness"), ALIGN_RIGHT);
	for (size_t i = 0; i <= r->ndept; i++) {
		bool sum = i == r->ndept;
		const int64_t *count = sum ? r->timing : r->dept[i].n;
		int64_t s = sum ? r->late_s : r->dept[i].late_s;

		doc_cell(d, sum ? value_c(WW("合计", "All")) : r->dept[i].name.n > 0 ? value_text(name_of("department", r->dept[i].name, k->conf->zh)) : value_c("—"));
		for (size_t j = 0; j < TIMINGS; j++)
			doc_cell(d, value_int(count[order[j]]))->tone = count[order[j]] > 0 && (order[j] == TIMING_OVERDUE || order[j] == TIMING_LATE) ? TONE_BAD : TONE_PLAIN;
		doc_cell(d, s > 0 ? value_span(s) : value_c("—"));
	}
	late = arena_alloc(&k->mem, (r->c.ntask + 1) * sizeof *late);
	for (size_t i = 0; i < r->c.ntask; i++)
		if (r->task_late_s[i] > 0)
			late[n++] = (struct late){i, r->task_late_s[i]};
	if (n == 0)
		return;
	qsort(late, n, sizeof *late, by_lateness);
	doc_table(d, "late", WW("最迟的任务", "The latest tasks"));
	doc_column(d, "late", WW("迟", "Late by"), ALIGN_RIGHT);
	doc_column(d, "state", WW("状态", "State"), ALIGN_LEFT);
	doc_column(d, "department", WW("部门", "Department"), ALIGN_LEFT);
	doc_column(d, "duty", WW("任务", "Duty"), ALIGN_LEFT)->wide = true;
	doc_column(d, "task", WW("编号", "Id"), ALIGN_LEFT);
	for (size_t i = 0; i < n && i < SHOWN_TASKS; i++) {
		const struct case_task *t = &r->c.task[late[i].i];

		doc_cell(d, value_span(late[i].s))->tone = TONE_BAD;
		doc_cell(d, value_text(timing_label(k, r->task[late[i].i])));
		doc_cell(d, value_text(name_of("department", t->department, k->conf->zh)));
		doc_cell(d, value_text(k->conf->zh ? t->duty_zh : t->duty_en));
		doc_cell(d, value_text(t->id));
	}
	if (n > SHOWN_TASKS)
		doc_note(d, SAY(WW("另有 %zu 项，见 -f json。", "%zu more with -f json."), n - SHOWN_TASKS));
}

/* --- curve -------------------------------------------------------------------------------------------------------------- */

static void
mark(struct trend *t, int64_t at, enum mark_kind kind, enum tone tone, struct str label)
{
	if (at >= t->from && at < trend_end(t) && t->nmark < 200)
		t->mark[t->nmark++] = (struct mark){.t = at, .kind = kind, .tone = tone, .label = label};
}

static int
mark_time(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	return x->t != y->t ? (x->t < y->t ? -1 : 1) : (int)x->kind - (int)y->kind;
}

static void
trend(struct doc *d, struct looked *k)
{
	static const int64_t steps[] = {900, 1800, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR};
	struct trend *t = arena_zalloc(&d->mem, sizeof *t);
	size_t i = 0;

	while (i < 7 && (k->heard - k->from) / steps[i] > TREND_COLUMNS)
		i++;
	*t = (struct trend){.from = k->from, .step = steps[i], .offset = d->offset, .zh = d->zh};
	t->n = (size_t)((k->heard - k->from + t->step - 1) / t->step);
	if (t->n == 0)
		return;
	t->all = arena_alloc(&d->mem, t->n * sizeof *t->all);
	t->neg = arena_alloc(&d->mem, t->n * sizeof *t->neg);
	t->mark = arena_zalloc(&d->mem, 200 * sizeof *t->mark);
	curve_buckets(&k->curve, t->from, t->step, t->n, t->all, t->neg);
	for (size_t j = 0; j < k->r.nlevel; j++)
		mark(t, k->r.level[j].t, MARK_LEVEL, str_is(k->r.level[j].id, "closed") ? TONE_MUTED : tone_of_level(k->r.level[j].id), name_of("level", k->r.level[j].id, d->zh));
	for (size_t j = 0; j < k->r.naction; j++)
		if (!str_starts(k->r.action[j].what, STR("case.")))
			mark(t, k->r.action[j].t, MARK_ACTION, TONE_GOOD, moment_what(k, &k->r.action[j]));
	if (t->nmark > 1)
		qsort(t->mark, t->nmark, sizeof *t->mark, mark_time);
	doc_block(d, BLOCK_TREND, "trend", STR(""))->trend = t;
}

static void
curve(struct doc *d, struct looked *k)
{
	struct course *c = k->course;
	struct evidence none = {0};
	int64_t left = k->until - k->heard;

	doc_section(d, "curve", WW("声量与负面", "Volume and negative posts"));
	if (k->curve.n == 0) {
		doc_note(d, k->r.c.subject.n == 0 ? str_c(WW("案件没有写明对象，无从计数。", "The case names no subject, so nothing can be counted."))
		                                  : str_c(WW("这段时间库里没有该对象的帖子，声量与效果无法判定。", "The store holds no posts about the subject in this time; volume and effect cannot be told.")));
		return;
	}
	trend(d, k);
	doc_figure(d, "posts", WW("声量", "Posts"), value_int(c->posts), SAY(WW("%.*s 至 %.*s，不含本单位、员工、对手和广告", "%.*s to %.*s, without own, staff, rivals' posts and adverts"), STRF(doc_time(d, k->from + (int64_t)c->start * HOUR)), STRF(doc_time(d, k->heard))), TONE_PLAIN, none);
	doc_figure(d, "negative", WW("负面", "Negative"), value_int(c->negative), c->posts > 0 ? percent(k, (double)c->negative / (double)c->posts) : STR(""), TONE_PLAIN, none);
	if (c->known) {
		double usual = c->usual[c->peak];

		doc_figure(d, "peak", WW("峰值", "Peak"), value_int(c->neg[c->peak]),
		    usual >= 0 ? SAY(WW("条负面／小时，%.*s 起；同一小时通常 %.1f 条", "negatives in the hour from %.*s; usual for that hour: %.1f"), STRF(doc_time(d, c->from + (int64_t)c->peak * HOUR)), usual)
		               : SAY(WW("条负面／小时，%.*s 起；没有历史可比", "negatives in the hour from %.*s; no history to compare with"), STRF(doc_time(d, c->from + (int64_t)c->peak * HOUR))),
		    TONE_BAD, none);
		doc_figure(d, "half", WW("减半", "Halved"), c->half_s >= 0 ? value_span(c->half_s) : value_c("—"),
		    c->half_s >= 0 ? str_c(WW("从峰值到连续 3 小时不超过峰值一半", "from the peak to the first of three hours at half of it or less")) : str_c(WW("尚未出现连续 3 小时不超过峰值一半", "there are no three hours in a row at half of it yet")),
		    TONE_PLAIN, none);
		if (c->fitted)
			doc_figure(d, "half_life", WW("半衰期", "Half-life"), value_span((int64_t)c->half_life_s),
			    c->half_high > 0 ? SAY(WW("峰值后的指数衰减，95%% 区间 %.*s 至 %.*s", "of the decay from the peak, 95 %% interval %.*s to %.*s"), STRF(span(k, (int64_t)c->half_low)), STRF(span(k, (int64_t)c->half_high)))
			                     : SAY(WW("峰值后的指数衰减，95%% 区间 %.*s 以上", "of the decay from the peak, 95 %% interval from %.*s up"), STRF(span(k, (int64_t)c->half_low))),
			    TONE_PLAIN, none);
		doc_figure(d, "contained", WW("受控", "Contained"), c->contained != 0 ? value_time(c->contained) : value_c(WW("未", "no")),
		    SAY(WW("连续 3 小时不超过每小时 %.0f 条（通常的 2 倍或峰值的 10%%，取大者）", "three hours in a row with at most %.0f an hour (twice the usual or a tenth of the peak, whichever is more)"), floor(c->limit)),
		    c->contained != 0 ? TONE_GOOD : TONE_BAD, none);
		if (c->nflare > 0)
			doc_figure(d, "flares", WW("复燃", "Flare-ups"), value_int((int64_t)c->nflare), SAY(WW("首次 %.*s", "the first %.*s"), STRF(doc_time(d, c->flare[0]))), TONE_BAD, none);
	} else {
		doc_note(d, SAY(WW("负面共 %lld 条，少于 %d 条，不判断峰值与受控。", "%lld negative posts, fewer than %d: no peak, no containment."), (long long)c->negative, COURSE_LEAST));
	}
	if (left > HOUR)
		doc_note(d, SAY(WW("%.*s 之后库里没有任何对象的帖子，也没有采集记录，按未观察处理，不当作平静。", "After %.*s the store holds no posts of any subject and no collection: taken as not observed, not as calm."), STRF(doc_time(d, k->heard))));
	if (k->history_h < 7 * 24)
		doc_note(d, SAY(WW("历史只有 %lld 小时，“通常”不可靠。", "Only %lld hours of history: what is usual is not reliable."), (long long)k->history_h));
}

/* --- before and after --------------------------------------------------------------------------------------------------- */

static int64_t
weight(const struct action *a)
{
	int64_t w = 0;

	for (size_t i = 0; i < a->n; i++)
		w += str_is(a->m[i].what, "draft.release") ? 100 : str_starts(a->m[i].what, STR("case.")) ? 10 : 1;
	return w;
}

static struct str
share_text(struct looked *k, const struct window *w)
{
	struct interval i = effect_share(w->negative, w->n);

	if (w->n == 0)
		return STR("—");
	return SAY("%.0f%% (%.0f–%.0f)", 100.0 * (double)w->negative / (double)w->n, 100 * i.low, 100 * i.high);
}

static void
effects(struct doc *d, struct looked *k)
{
	int64_t *all = arena_alloc(&k->mem, (k->naction + 1) * sizeof *all), least = 0;
	size_t told = 0, shown = 0, less = 0, more_n = 0;

	if (k->naction == 0 || k->curve.n == 0)
		return;
	for (size_t i = 0; i < k->naction; i++)
		all[i] = weight(&k->action[i]);
	if (k->naction > SHOWN_ACTIONS)
		least = percentile(all, k->naction, (int)(100 - 100 * SHOWN_ACTIONS / (int)k->naction));
	doc_section(d, "effects", WW("处置前后", "Before and after"));
	doc_table(d, "effects", WW("每个动作前后等长窗口", "Windows of equal length around each action"));
	doc_column(d, "at", WW("时间", "Time"), ALIGN_LEFT);
	doc_column(d, "action", WW("动作", "Action"), ALIGN_LEFT)->wide = true;
	doc_column(d, "negative", WW("负面", "Negative"), ALIGN_RIGHT);
	doc_column(d, "share_before", WW("占比前", "Share before"), ALIGN_RIGHT);
	doc_column(d, "share_after", WW("占比后", "Share after"), ALIGN_RIGHT);
	doc_column(d, "heat", WW("热度", "Heat"), ALIGN_RIGHT);
	doc_column(d, "expected", WW("应有", "Expected"), ALIGN_RIGHT);
	doc_column(d, "placebo", WW("别处", "Elsewhere"), ALIGN_RIGHT);
	doc_column(d, "ratio", WW("实际÷应有", "Came ÷ expected"), ALIGN_LEFT);
	doc_column(d, "verdict", WW("检验", "Test"), ALIGN_LEFT);
	for (size_t i = 0; i < k->naction; i++) {
		const struct action *a = &k->action[i];
		double hours = (double)k->conf->window / HOUR;
		struct cell *cell;

		told += a->its.verdict != VERDICT_UNKNOWN;
		less += a->its.verdict == VERDICT_LESS;
		more_n += a->its.verdict == VERDICT_MORE;
		if (weight(a) < least || shown == SHOWN_ACTIONS)
			continue;
		shown++;
		doc_cell(d, value_time(a->t));
		doc_cell(d, value_text(a->full ? SAY(WW("%.*s（声量每小时 %.0f → %.0f）", "%.*s (%.0f → %.0f posts an hour)"), STRF(action_what(k, a)), (double)a->before.n / hours, (double)a->after.n / hours) : action_what(k, a)));
		doc_cell(d, value_text(SAY("%.*s → %.*s", STRF(number(k, a->before.negative)), STRF(a->full ? number(k, a->after.negative) : SAY("(%.*s)", STRF(number(k, a->after.negative)))))));
		doc_cell(d, value_text(share_text(k, &a->before)));
		doc_cell(d, value_text(share_text(k, &a->after)))->tone = a->full && a->difference.high < 0 ? TONE_GOOD : a->full && a->difference.low > 0 ? TONE_BAD : TONE_PLAIN;
		doc_cell(d, a->full && a->before.heat > 0 ? value_text(SAY("%+.0f%%", 100 * (a->after.heat / a->before.heat - 1))) : value_c("—"));
		doc_cell(d, a->its.verdict != VERDICT_UNKNOWN ? value_text(SAY("%.0f%s", a->its.expected, a->its.bending ? "⌒" : a->its.rising ? "↗" : "")) : value_c("—"));
		doc_cell(d, a->its.placebos > 0 ? value_text(SAY("%lld / %lld", (long long)a->its.as_far, (long long)a->its.placebos)) : value_c("—"));
		doc_cell(d, a->its.verdict != VERDICT_UNKNOWN ? value_text(SAY("×%.2f (%.2f–%.2f)", a->its.ratio, a->its.low, a->its.high)) : value_c("—"));
		cell = doc_cell(d, value_text(SAY("%.*s%s", STRF(verdict_label(k, a->its.verdict)), a->others > 0 ? "*" : "")));
		cell->tone = a->its.verdict == VERDICT_LESS ? TONE_GOOD : a->its.verdict == VERDICT_MORE ? TONE_BAD : TONE_MUTED;
	}
	doc_note(d, SAY(WW("窗口前后各 %.*s。占比括号内为 95%% 区间（Wilson）。“应有”由动作前的走势和一日作息推算（中断时间序列，拟泊松回归）；↗ 此前在涨，按持平推算；⌒ 走势本已见顶，更少不算效果。“实际÷应有”括号内为 95%% 区间，整个小于 1 才可能算低于预期。“别处”为本案其他时刻做同样检验、偏离同样远的次数：超过一成就不算，因为危机自己也会见顶回落。",
	                   "Windows of %.*s on each side. Shares with their 95 %% interval (Wilson). Expected follows from the trend before the action and the rhythm of the day (interrupted time series, quasi-Poisson); ↗: it was rising and is carried on flat; ⌒: it was bending down already, and less is no news. The ratio stands with its 95 %% interval; only one below 1 can count as less. Elsewhere: how often the same test at other moments of the case goes as far; more than one in ten and it does not count, since every crisis peaks by itself."),
	                STRF(span(k, k->conf->window))));
	doc_note(d, SAY(WW("共 %zu 个动作，可检验 %zu 个：低于预期 %zu，高于预期 %zu；二十次里约有一次只是巧合。* 窗口内还有别的动作，分不开是谁的作用。括号中的条数窗口未满。",
	                   "%zu actions, %zu of them can be tested: %zu less, %zu more; one in twenty is chance. * other actions stand in the windows, and their effects cannot be told apart. Counts in brackets: the window is not full."),
	                k->naction, told, less, more_n));
}

static void
blocks(struct doc *d, struct looked *k)
{
	if (k->response.t == 0 || k->share_before.n == 0)
		return;
	doc_section(d, "share", WW("负面占比走势", "Negative share over time"));
	doc_table(d, "share", WW("响应之前与之后各段", "Before the response and after it"));
	doc_column(d, "from", WW("从", "From"), ALIGN_LEFT);
	doc_column(d, "posts", WW("声量", "Posts"), ALIGN_RIGHT);
	doc_column(d, "negative", WW("负面", "Negative"), ALIGN_RIGHT);
	doc_column(d, "share", WW("占比（95% 区间）", "Share (95 % interval)"), ALIGN_RIGHT);
	doc_column(d, "difference", WW("与响应前之差（百分点）", "Against before, points"), ALIGN_RIGHT);
	for (size_t i = 0; i <= k->nblock; i++) {
		const struct window *w = i == 0 ? &k->share_before : &k->block[i - 1];
		struct interval v = effect_difference(k->share_before.negative, k->share_before.n, w->negative, w->n);
		struct cell *cell;

		doc_cell(d, value_text(SAY("%.*s%s", STRF(doc_time(d, w->from)), i == 0 ? WW("（响应前）", " (before)") : "")));
		doc_cell(d, value_int(w->n));
		doc_cell(d, value_int(w->negative));
		doc_cell(d, value_text(share_text(k, w)));
		cell = doc_cell(d, i == 0 || w->n == 0 ? value_c("—") : value_text(SAY("%+.1f (%+.1f ~ %+.1f)", 100 * ((double)w->negative / (double)w->n - (double)k->share_before.negative / (double)k->share_before.n), 100 * v.low, 100 * v.high)));
		cell->tone = i == 0 || w->n == 0 ? TONE_PLAIN : v.high < 0 ? TONE_GOOD : v.low > 0 ? TONE_BAD : TONE_PLAIN;
	}
	doc_note(d, SAY(WW("响应以 %.*s 为界：%.*s %.*s。每段 %.*s，不足 20 条的段不参与判断。", "The response begins at %.*s: %.*s %.*s. Parts of %.*s; those with fewer than 20 posts do not decide."), STRF(doc_time(d, k->response.t)),
	                STRF(moment_what(k, &k->response)), STRF(source_of(k, &k->response)), STRF(span(k, k->block_s > 0 ? k->block_s : k->conf->window))));
}

/* --- strategy, levels, forecasts, lessons -------------------------------------------------------------------------------- */

static const char *
strategy_label(const struct looked *k, struct str id)
{
	static const char *const names[][3] = {{"inform", "说明", "inform"}, {"adjust", "关切", "adjust"}, {"attack-accuser", "反击", "attack the accuser"}, {"deny", "否认", "deny"}, {"scapegoat", "推责", "scapegoat"},
	    {"excuse", "解释", "excuse"}, {"justify", "淡化", "justify"}, {"compensate", "补偿", "compensate"}, {"apologise", "道歉", "apologise"}, {"remind", "重提往绩", "remind"}, {"ingratiate", "感谢", "ingratiate"},
	    {"victimage", "同为受害者", "victimage"}, {"victim", "受害型", "victim"}, {"accidental", "意外型", "accidental"}, {"preventable", "可预防型", "preventable"}};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (str_is(id, names[i][0]))
			return names[i][k->conf->zh ? 1 : 2];
	return "—";
}

static void
strategy(struct doc *d, struct looked *k)
{
	const struct casefile *c = &k->r.c;
	struct buf b = {0};
	struct str title = k->conf->zh ? c->playbook_title_zh : c->playbook_title_en;
	bool bad = false;

	doc_section(d, "strategy", WW("剧本与策略", "Playbook and strategy"));
	if (c->playbook.n == 0) {
		doc_note(d, str_c(WW("案件没有剧本。", "The case has no playbook.")));
		return;
	}
	doc_point(d, TONE_PLAIN, SAY(WW("剧本：%.*s（%.*s，版本 %.*s）。", "Playbook: %.*s (%.*s, version %.*s)."), STRF(title.n > 0 ? title : c->playbook), STRF(c->playbook), STRF(c->playbook_version)), one(k, STR("")));
	if (!k->play_found) {
		doc_point(d, TONE_MUTED, str_c(WW("剧本库里没有这一剧本，策略无从对照。", "The library does not have it, so strategies cannot be compared.")), one(k, STR("")));
		return;
	}
	if (!k->play_same)
		doc_point(d, TONE_MUTED, SAY(WW("剧本库现为版本 %.*s，与案件所用的不同；以下按库里的对照。", "The library now has version %.*s, not the one of the case; what follows compares with that."), STRF(k->play_version)), one(k, STR("")));
	for (size_t i = 0; i < k->nstrategy; i++)
		buf_printf(&b, "%s%s", i > 0 ? WW("、", ", ") : "", strategy_label(k, k->strategy[i]));
	doc_point(d, TONE_PLAIN, SAY(WW("危机类别（SCCT）：%s；允许的策略：%.*s。", "Cluster (SCCT): %s; allowed strategies: %.*s."), strategy_label(k, k->cluster), STRF(buf_view(&b))), one(k, STR("")));
	buf_free(&b);
	if (k->nsaid == 0)
		doc_point(d, TONE_MUTED, str_c(WW("没有经审批发布的声明、媒体答复或问答，策略是否相符无法判定。", "No statement, media answer or FAQ was released; whether the strategy fits cannot be told.")), one(k, STR("")));
	for (size_t i = 0; i < k->nsaid; i++) {
		const struct said *s = &k->said[i];

		doc_point(d, TONE_PLAIN, SAY(WW("%.*s 第 %lld 版（%.*s）：%s、%s、%s。", "%.*s version %lld (%.*s): %s, %s, %s."), STRF(name_of("text", s->form, k->conf->zh)), (long long)s->version, STRF(s->lang),
		                             s->apologises ? WW("有道歉", "apologises") : WW("无道歉", "no apology"), s->compensates ? WW("提到补偿", "names a remedy") : WW("未提补偿", "no remedy"), s->denies ? WW("有否认", "denies") : WW("无否认", "no denial")),
		    one(k, s->id));
	}
	for (size_t i = 0; i < k->nlesson; i++)
		bad = bad || str_starts(str_c(k->lesson[i].id), STR("strategy."));
	if (k->nsaid > 0)
		doc_point(d, bad ? TONE_BAD : TONE_GOOD, str_c(bad ? WW("与剧本不符之处见“教训与改进”。", "Where it does not fit the playbook is under “Lessons”.") : WW("按用词看，与剧本允许的策略相符。", "By its words it fits the strategies of the playbook.")), one(k, STR("")));
}

static void
levels(struct doc *d, struct looked *k)
{
	const struct case_review *r = &k->r;

	if (r->nlevel == 0)
		return;
	doc_section(d, "levels", WW("级别路径", "Levels"));
	doc_table(d, "levels", WW("级别与停留时间", "Levels and how long they lasted"));
	doc_column(d, "at", WW("从", "From"), ALIGN_LEFT);
	doc_column(d, "level", WW("级别", "Level"), ALIGN_LEFT);
	doc_column(d, "for", WW("停留", "For"), ALIGN_RIGHT);
	doc_column(d, "by", WW("由", "By"), ALIGN_LEFT);
	doc_column(d, "event", WW("事件", "Event"), ALIGN_LEFT);
	for (size_t i = 0; i < r->nlevel; i++) {
		const struct moment *m = &r->level[i];
		bool closed = str_is(m->id, "closed");
		int64_t end = i + 1 < r->nlevel ? r->level[i + 1].t : r->end;

		doc_cell(d, value_time(m->t));
		doc_cell(d, closed ? value_c(WW("结束", "closed")) : value_text(name_of("level", m->id, k->conf->zh)))->tone = closed ? TONE_GOOD : tone_of_level(m->id);
		doc_cell(d, closed || end < m->t ? value_c("—") : value_span(end - m->t));
		doc_cell(d, value_text(m->by));
		doc_cell(d, value_text(SAY("%.*s #%lld", STRF(name_of("event", m->what, k->conf->zh)), (long long)m->seq)));
	}
}

static void
forecasts(struct doc *d, struct looked *k)
{
	int64_t inside = 0;

	if (k->nforetold == 0)
		return;
	doc_section(d, "forecasts", WW("预测与实际", "Forecasts and what came"));
	doc_table(d, "forecasts", WW("负面声量", "Negative posts"));
	doc_column(d, "made", WW("预测于", "Made"), ALIGN_LEFT);
	doc_column(d, "next", WW("今后", "Next"), ALIGN_RIGHT);
	doc_column(d, "expected", WW("预测", "Expected"), ALIGN_RIGHT);
	doc_column(d, "interval", WW("80% 区间", "80 % interval"), ALIGN_RIGHT);
	doc_column(d, "actual", WW("实际", "Came"), ALIGN_RIGHT);
	doc_column(d, "event", WW("事件", "Event"), ALIGN_LEFT);
	for (size_t i = 0; i < k->nforetold; i++) {
		const struct forecast_seen *f = k->foretold[i].f;
		bool in = k->foretold[i].actual >= f->low && k->foretold[i].actual <= f->high;

		inside += in;
		if (i >= SHOWN_FORECASTS)
			continue;
		doc_cell(d, value_time(f->made));
		doc_cell(d, value_span(f->hours * HOUR));
		doc_cell(d, value_int(f->expected));
		doc_cell(d, value_text(SAY("%.*s – %.*s", STRF(number(k, f->low)), STRF(number(k, f->high)))));
		doc_cell(d, value_int(k->foretold[i].actual))->tone = in ? TONE_GOOD : TONE_BAD;
		doc_cell(d, value_text(SAY("#%lld", (long long)f->seq)));
	}
	doc_note(d, SAY(WW("%zu 次可核对的预测中 %lld 次落在区间内（应约 %.0f 次）；按案件类型计数。", "Of %zu forecasts that can be checked %lld fell into their interval (about %.0f should); counted by the type of the case."), k->nforetold, (long long)inside,
	                0.8 * (double)k->nforetold));
}

static void
learnt(struct doc *d, struct looked *k)
{
	doc_section(d, "lessons", WW("教训与改进", "Lessons"));
	if (k->nlesson == 0) {
		doc_note(d, str_c(WW("没有发现需要改进的地方。", "Nothing to improve was found.")));
		return;
	}
	for (size_t i = 0; i < k->nlesson; i++) {
		const struct lesson *l = &k->lesson[i];

		doc_point(d, l->tone, SAY(WW("〔%.*s〕%.*s建议：%.*s。", "[%.*s] %.*s Advice: %.*s."), STRF(where_label(k->conf, l->where)), STRF(l->what), STRF(l->advice)),
		    (struct evidence){.id = l->ids, .n = l->nids, .total = (int64_t)l->nids});
	}
	doc_note(d, str_c(WW("〔〕内是改动落在哪里；# 为审计事件号。", "In brackets what a change would touch; # numbers an event of the trail.")));
}

void
compose_case(struct doc *d, struct looked *k)
{
	int64_t o = d->offset, minutes = (o < 0 ? -o : o) % HOUR / 60;
	struct str name = case_name(k), zone = minutes > 0 ? SAY("UTC%s%lld:%02lld", o < 0 ? "−" : "+", (long long)((o < 0 ? -o : o) / HOUR), (long long)minutes) : SAY("UTC%s%lld", o < 0 ? "−" : "+", (long long)((o < 0 ? -o : o) / HOUR));

	d->kind = STR("review");
	d->title = SAY(WW("复盘 · %.*s", "Review · %.*s"), STRF(name));
	d->subject = k->r.c.subject;
	d->from = k->from;
	d->until = k->heard;
	d->tone = tone_of_level(case_level_name(k->r.peak));
	d->level = SAY(WW("最高%.*s", "highest %.*s"), STRF(name_of("level", case_level_name(k->r.peak), k->conf->zh)));
	d->subtitle = SAY(WW("%.*s · %.*s · 生成于 %.*s · %.*s", "%.*s · %.*s · made %.*s · %.*s"), STRF(k->id),
	    STRF(k->r.c.state == CASE_OPEN ? str_c(WW("处置中", "open")) : name_of("state", case_state_name(k->r.c.state), k->conf->zh)), STRF(doc_time(d, k->now)), STRF(zone));
	conclusion(d, k);
	clocks(d, k);
	tasks(d, k);
	curve(d, k);
	effects(d, k);
	blocks(d, k);
	strategy(d, k);
	levels(d, k);
	forecasts(d, k);
	learnt(d, k);
}
