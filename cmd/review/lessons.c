/* What is to be learnt from one case: findings, each with its numbers, what they stand on and what they would change. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "review.h"

enum { ALERT_LATE = 600, CASE_LATE = 900, LAG_LEAST = 20, LATE_SHOWN = 4 };

const char *const where_name[] = {"process", "rules", "playbook", "texts", "system"};

static const char *const labels[][3] = {
    {"alert", "预警偏迟", "alert came late"},
    {"clock.action", "处置落实超时", "action taken late"},
    {"clock.contain", "受控超时", "containment late"},
    {"clock.handling", "首次处置超时", "first handling late"},
    {"clock.statement", "首份声明超时", "first statement late"},
    {"evidence", "没有附证据", "no evidence attached"},
    {"flapping", "级别反复升降", "level went up and down"},
    {"flare", "受控后复燃", "flared up again"},
    {"forecast", "预测多半不准", "forecasts missed"},
    {"legal", "法定时钟未守住", "statutory clocks missed"},
    {"messages", "通知没有送达", "messages not delivered"},
    {"no-effect", "发布未见效果", "releases without effect"},
    {"open", "预警到立案偏慢", "case opened late"},
    {"release", "没有公开发布", "nothing released"},
    {"share", "负面占比未降", "negative share not down"},
    {"share-back", "负面占比回升", "negative share came back"},
    {"skipped", "任务被跳过", "tasks skipped"},
    {"strategy.apology", "道歉与策略不符", "apology against the strategy"},
    {"strategy.denial", "否认与策略不符", "denial against the strategy"},
    {"strategy.mixed", "否认与道歉并用", "denial beside an apology"},
    {"strategy.no-apology", "该道歉未道歉", "apology missing"},
    {"tasks", "任务迟延", "tasks late"},
    {"unseen", "采集偏慢", "posts collected late"},
    {"updates", "更新间隔过长", "silence between updates"},
};

struct str
lesson_label(const struct conf *conf, const char *id)
{
	for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
		if (strcmp(labels[i][0], id) == 0)
			return str_c(labels[i][conf->zh ? 1 : 2]);
	return str_c(id);
}

struct str
where_label(const struct conf *conf, enum where w)
{
	static const char *const zh[] = {"流程", "预警规则", "剧本", "文本", "系统"}, *const en[] = {"process", "rules", "playbook", "texts", "system"};

	return str_c(conf->zh ? zh[w] : en[w]);
}

static struct lesson *
learn(struct looked *k, const char *id, enum tone tone, enum where where, struct str what, struct str advice)
{
	struct lesson *l;

	k->lesson = arena_grow(&k->mem, k->lesson, &k->lesson_cap, k->nlesson, sizeof *k->lesson);
	l = &k->lesson[k->nlesson++];
	*l = (struct lesson){.id = id, .tone = tone, .where = where, .what = what, .advice = advice};
	return l;
}

static void
stands_on(struct looked *k, struct lesson *l, const struct moment *m)
{
	struct str *ids;

	if (m->seq == 0 && m->id.n == 0)
		return;
	for (size_t i = 0; i < l->nids; i++)
		if (str_eq(l->ids[i], m->seq > 0 ? arena_printf(&k->mem, "#%lld", (long long)m->seq) : m->id))
			return;
	ids = arena_alloc(&k->mem, (l->nids + 1) * sizeof *ids);
	if (l->nids > 0)
		memcpy(ids, l->ids, l->nids * sizeof *ids);
	ids[l->nids++] = m->seq > 0 ? arena_printf(&k->mem, "#%lld", (long long)m->seq) : m->id;
	l->ids = ids;
}

#define SAY(...) arena_printf(&k->mem, __VA_ARGS__)
#define WW(zh_text, en_text) W(k->conf, zh_text, en_text)

/* --- clocks ------------------------------------------------------------------------------------------------------------- */

/* Where the time of the first statement went, as far as texts tell. */
static struct str
statement_parts(struct looked *k)
{
	const struct moment *at = &k->r.clock[RESPONSE_STATEMENT].at;
	const struct text_path *x = NULL;

	for (size_t i = 0; i < k->r.ntext; i++)
		if (str_is(k->r.text[i].form, "statement") && (x == NULL || (k->r.text[i].released.t != 0 && (x->released.t == 0 || k->r.text[i].released.t < x->released.t))))
			x = &k->r.text[i];
	if (x == NULL || x->made.t < k->r.found.t || (at->t != 0 && (x->released.t == 0 || x->released.t > at->t)))
		return STR(""); /* the clock was stopped by something else */
	if (x->submitted.t == 0)
		return SAY(WW("；起草前 %.*s，此后未提交审批", "; drafted %.*s after the discovery, never submitted"), STRF(span(k, x->made.t - k->r.found.t)));
	if (x->released.t == 0)
		return SAY(WW("；起草前 %.*s，起草到提交 %.*s，提交后未发布", "; %.*s to the draft, %.*s to the submission, not released"), STRF(span(k, x->made.t - k->r.found.t)),
		    STRF(span(k, x->submitted.t - x->made.t)));
	return SAY(WW("；其中起草前 %.*s，起草 %.*s，审批 %.*s（退回 %lld 次）", "; %.*s before the draft, %.*s drafting, %.*s approval (%lld rejections)"),
	    STRF(span(k, x->made.t - k->r.found.t)), STRF(span(k, x->submitted.t - x->made.t)), STRF(span(k, x->released.t - x->submitted.t)), (long long)x->rejections);
}

static void
on_clocks(struct looked *k)
{
	static const char *const ids[RESPONSES] = {"clock.handling", "clock.statement", "clock.action", "clock.contain"};
	const char *const advice[RESPONSES][2] = {
	    {"明确值班接手人和代班人；casefile due --escalate 放进 cron，超时自动升级", "Name who takes over on duty and who stands in; put casefile due --escalate into cron"},
	    {"把声明拆成“先说已知、未知和下次时间”的首句版本，平时预审；审批人各设代签人", "Keep a reviewed first word (known, unknown, time of the next word); name a deputy for every approver"},
	    {"处置部门在首次会上领走 contain 并定人；到点未完成须报组长", "Give the task contain to a person in the first meeting; report to the lead when its time is up"},
	    {"对照“处置前后”找没有起作用的动作，调整剧本中的顺序和时限", "See under “Before and after” which actions did nothing; change their order and deadlines in the playbook"}};

	for (int i = 0; i < RESPONSES; i++) {
		const struct response_clock *c = &k->r.clock[i];
		struct str name = clock_label(k->conf, (enum response)i);
		struct lesson *l;

		if (c->state != KEPT_NO)
			continue;
		if (c->at.t != 0)
			l = learn(k, ids[i], TONE_BAD, WHERE_PROCESS,
			    SAY(WW("%.*s用时 %.*s，超过时限 %.*s（超 %.*s）%.*s。", "%.*s took %.*s, limit %.*s (%.*s over)%.*s."), STRF(name), STRF(span(k, c->took_s)), STRF(span(k, c->limit_s)),
			        STRF(span(k, c->took_s - c->limit_s)), STRF(i == RESPONSE_STATEMENT ? statement_parts(k) : STR(""))),
			    str_c(WW(advice[i][0], advice[i][1])));
		else
			l = learn(k, ids[i], TONE_BAD, WHERE_PROCESS,
			    SAY(WW("%.*s超过时限（%.*s）仍没有记录%.*s。", "%.*s: the limit of %.*s is over and nothing is on record%.*s."), STRF(name), STRF(span(k, c->limit_s)),
			        STRF(i == RESPONSE_STATEMENT ? statement_parts(k) : STR(""))),
			    str_c(WW(advice[i][0], advice[i][1])));
		stands_on(k, l, &k->r.found);
		stands_on(k, l, &c->at);
	}
}

/* --- tasks -------------------------------------------------------------------------------------------------------------- */

static void
on_tasks(struct looked *k)
{
	const struct case_review *r = &k->r;
	int64_t trouble = r->timing[TIMING_LATE] + r->timing[TIMING_OVERDUE], clocks = r->timing[TIMING_IN_TIME] + trouble;
	struct buf b = {0};
	int listed = 0;

	if (r->legal > r->legal_kept) {
		for (size_t i = 0; i < r->c.ntask; i++)
			if (r->c.task[i].clock && (r->task[i] == TIMING_LATE || r->task[i] == TIMING_OVERDUE))
				if (listed++ < 3) {
					struct str duty = k->conf->zh ? r->c.task[i].duty_zh : r->c.task[i].duty_en, head = utf8_cut_cols(duty, 60);

					buf_printf(&b, "%s%.*s%s", b.n > 0 ? WW("；", "; ") : "", STRF(head), head.n < duty.n ? "…" : "");
				}
		learn(k, "legal", TONE_RED, WHERE_PROCESS,
		    SAY(WW("法定或自设时钟 %lld 项到期，守住 %lld 项；未守住的如：%.*s。", "Of %lld statutory or self-set clocks that ran out %lld were kept; not kept are such as: %.*s."), (long long)r->legal,
		        (long long)r->legal_kept, STRF(buf_view(&b))),
		    str_c(WW("法务逐项核对是否适用、是否已在系统外报告；已报的补录 casefile task done 并附回执，未报的立即补报", "Legal checks each: does it apply, was it reported outside the system; record what was done with its receipt, report the rest at once")));
		buf_reset(&b);
	}
	if (trouble > 0) {
		size_t shown = 0;
		const struct department *worst = r->ndept > 0 ? &r->dept[0] : NULL;

		for (size_t i = 0; i < r->c.ntask && shown < LATE_SHOWN; i++)
			if (r->task[i] == TIMING_OVERDUE || r->task[i] == TIMING_LATE) {
				buf_printf(&b, "%s%.*s", shown > 0 ? WW("、", ", ") : "", STRF(r->c.task[i].id));
				shown++;
			}
		learn(k, "tasks", trouble * 2 > clocks ? TONE_BAD : TONE_ORANGE, trouble * 2 > clocks ? WHERE_PLAYBOOK : WHERE_PROCESS,
		    SAY(WW("有时限且已到期的任务 %lld 项，按时 %lld，迟完成 %lld，到期未完成 %lld；迟延中位数 %.*s；最多的部门是%.*s（%lld 项）；如 %.*s。",
		            "%lld tasks came due: %lld in time, %lld late, %lld still open; median lateness %.*s; most of them with %.*s (%lld); such as %.*s."),
		        (long long)clocks, (long long)r->timing[TIMING_IN_TIME], (long long)r->timing[TIMING_LATE], (long long)r->timing[TIMING_OVERDUE], STRF(span(k, r->late_s)),
		        STRF(worst != NULL && worst->name.n > 0 ? name_of("department", worst->name, k->conf->zh) : STR("—")),
		        (long long)(worst != NULL ? worst->n[TIMING_LATE] + worst->n[TIMING_OVERDUE] : 0), STRF(buf_view(&b))),
		    trouble * 2 > clocks ? str_c(WW("过半未按时：先查是没有做还是没有记；做了没记的改用 task done 当场勾，做不到的在剧本里合并或放宽", "More than half: find out what was not done and what was not ticked off; tick off on the spot, and merge or widen in the playbook what cannot be met"))
		                         : str_c(WW("与该部门核对人手和时限，必要时在剧本中改派或放宽", "Settle staffing and deadlines with the department; reassign or widen in the playbook where needed")));
		buf_reset(&b);
	}
	if (r->timing[TIMING_SKIPPED] > 0) {
		int64_t n = 0;

		for (size_t i = 0; i < r->c.ntask; i++)
			if (r->task[i] == TIMING_SKIPPED && n++ < LATE_SHOWN)
				buf_printf(&b, "%s%.*s（%.*s）", b.n > 0 ? WW("；", "; ") : "", STRF(r->c.task[i].id), STRF(utf8_cut_bytes(r->c.task[i].reason, 90)));
		learn(k, "skipped", TONE_PLAIN, WHERE_PLAYBOOK, SAY(WW("跳过任务 %lld 项：%.*s。", "%lld tasks were skipped: %.*s."), (long long)r->timing[TIMING_SKIPPED], STRF(buf_view(&b))),
		    str_c(WW("理由成立的，在剧本里给该任务加 from/to 级别；不成立的，向负责人说明", "Where the reason holds, give the task from/to levels in the playbook; where not, tell its owner")));
	}
	buf_free(&b);
	if (k->r.c.nfile == 0 && k->course->negative >= COURSE_LEAST)
		learn(k, "evidence", TONE_ORANGE, WHERE_PROCESS, str_c(WW("案件里没有附任何证据。", "No evidence was attached to the case.")),
		    str_c(WW("固定证据后用 casefile attach 附入（自动记 SHA-256）", "Attach what was preserved with casefile attach (its SHA-256 is kept)")));
}

/* --- warning ------------------------------------------------------------------------------------------------------------ */

static void
on_warning(struct looked *k)
{
	const struct case_review *r = &k->r;
	struct lesson *l;
	int64_t gap = r->alert.t != 0 && r->first_post.t != 0 ? r->alert.t - r->first_post.t : 0, waited = r->alert.t != 0 ? r->opened.t - r->alert.t : 0;

	if (gap > ALERT_LATE && k->before_alert > 0) {
		l = learn(k, "alert", gap > 3600 ? TONE_BAD : TONE_ORANGE, WHERE_RULES,
		    SAY(WW("首帖到首次预警 %.*s，期间已有负面 %lld 条。", "%.*s passed from the first post to the first alert, with %lld negative posts in between."), STRF(span(k, gap)), (long long)k->before_alert),
		    str_c(WW("在 rules.yaml 里降低该类型的蓝色门槛，先用 detect --compare 重放这段数据，看多报几次", "Lower the blue threshold for the type in rules.yaml; replay these posts with detect --compare first and see what else it would raise")));
		stands_on(k, l, &r->first_post);
		stands_on(k, l, &r->alert);
	}
	if (waited > CASE_LATE) {
		l = learn(k, "open", TONE_ORANGE, WHERE_SYSTEM, SAY(WW("预警到立案隔了 %.*s。", "%.*s passed from the alert to the opening of the case."), STRF(span(k, waited))),
		    str_c(WW("缩短 cron 的间隔，或让 detect 常驻在管道里", "Run the pipe more often from cron, or keep it running")));
		stands_on(k, l, &r->alert);
		stands_on(k, l, &r->opened);
	}
	if (k->collected >= LAG_LEAST && k->late_collected * 10 > k->collected)
		learn(k, "unseen", TONE_ORANGE, WHERE_SYSTEM,
		    SAY(WW("%lld 条有采集时间的帖子中，%lld 条发布 10 分钟后才采到。", "Of %lld posts with a time of collection %lld were collected more than ten minutes after publication."), (long long)k->collected, (long long)k->late_collected),
		    str_c(WW("用 fetch --status 找出慢的来源，缩短间隔或换来源", "Find the slow sources with fetch --status; ask them more often or replace them")));
	if (r->raises + r->lowers > 5)
		learn(k, "flapping", TONE_ORANGE, WHERE_RULES, SAY(WW("级别升 %lld 次、降 %lld 次。", "The level was raised %lld times and lowered %lld times."), (long long)r->raises, (long long)r->lowers),
		    str_c(WW("在 rules.yaml 里加大回差或延长降级等待", "Widen the hysteresis or the wait before lowering in rules.yaml")));
	if (k->notices_failed > 0)
		learn(k, "messages", TONE_BAD, WHERE_SYSTEM,
		    SAY(WW("通知 %lld 条中有 %lld 条没有送达%s%.*s。", "%lld messages, %lld not delivered%s%.*s."), (long long)k->notices, (long long)k->notices_failed, k->notice_error.n > 0 ? WW("：", ": ") : "",
		        STRF(utf8_cut_bytes(k->notice_error, 200))),
		    str_c(WW("修好渠道后 notify --flush；给红色设第二条渠道", "Repair the channel, then notify --flush; give red a second channel")));
}

/* --- what was said and what it did --------------------------------------------------------------------------------------- */

static void
on_response(struct looked *k)
{
	const struct case_review *r = &k->r;
	size_t released = 0, less = 0, told = 0;

	for (size_t i = 0; i < k->naction; i++)
		for (size_t j = 0; j < k->action[i].n; j++)
			if (str_is(k->action[i].m[j].what, "draft.release")) {
				released++;
				told += k->action[i].its.verdict != VERDICT_UNKNOWN;
				less += k->action[i].its.verdict == VERDICT_LESS;
			}
	if (released == 0 && r->public_plan && r->clock[RESPONSE_STATEMENT].state != KEPT_RUNNING)
		learn(k, "release", TONE_BAD, WHERE_PROCESS, str_c(WW("预案要求公开发布，但没有任何文本经审批发布。", "The plan asks for a public statement, but no text was approved and released.")),
		    str_c(WW("声明走 draft submit、approve、release；在系统外发的补录并附链接", "Let statements go through draft submit, approve and release; record what was published outside, with its link")));
	if (told > 0 && less == 0)
		learn(k, "no-effect", TONE_ORANGE, WHERE_TEXTS,
		    SAY(WW("已发布的文本中有 %zu 次可以检验，没有一次使负面显著低于按走势的预期。", "%zu releases could be tested; none left the negatives significantly below what the trend led to expect."), told),
		    str_c(WW("对照评论里的新问题改声明：说清已知、补救和下次时间", "Rewrite the statement against the questions people ask: what is known, the remedy, the time of the next word")));
	if (k->share_told && k->share_verdict != VERDICT_LESS)
		learn(k, "share", TONE_BAD, WHERE_PROCESS,
		    SAY(WW("负面占比没有显著下降：%.*s → %.*s。", "The negative share is not significantly down: %.*s → %.*s."), STRF(percent(k, (double)k->share_before.negative / (double)k->share_before.n)),
		        STRF(percent(k, (double)k->share_after.negative / (double)k->share_after.n))),
		    str_c(WW("不要按“已平息”结案；继续按通报频率更新", "Do not close as settled; keep up the rhythm of updates")));
	else if (k->share_told && !k->share_stays)
		learn(k, "share-back", TONE_ORANGE, WHERE_PROCESS, SAY(WW("负面占比下降后又显著回升（第 %zu 段）。", "The negative share went down and came back significantly (part %zu)."), k->share_back + 1),
		    str_c(WW("查回升时段的热帖和新问题，补一次更新", "Look at the most read posts of that part and answer them in an update")));
	if (k->course->nflare > 0)
		learn(k, "flare", TONE_ORANGE, WHERE_PLAYBOOK, SAY(WW("控制住之后又起 %zu 次。", "After containment it flared up %zu times."), k->course->nflare),
		    str_c(WW("在剧本的消退阶段备好二次引爆的口径，结案前多看一个周期", "Hold a line ready for flare-ups in the stage fading; watch one more period before closing")));
	if (r->c.updates_s > 0 && r->update_gap_s > r->c.updates_s) {
		struct lesson *l = learn(k, "updates", TONE_ORANGE, WHERE_PROCESS,
		    SAY(WW("两次对外更新之间最长隔了 %.*s，预案要求 %.*s。", "The longest silence between updates was %.*s; the plan allows %.*s."), STRF(span(k, r->update_gap_s)), STRF(span(k, r->c.updates_s))),
		    str_c(WW("没有新进展也按时说一次；把下次时间写进声明", "Speak at the promised time even without news; write that time into the statement")));

		stands_on(k, l, &r->update_after);
	}
}

static void
on_strategy(struct looked *k)
{
	bool apologised = false, denied = false, compensated = false, statement = false;

	for (size_t i = 0; i < k->nsaid; i++) {
		apologised = apologised || k->said[i].apologises;
		denied = denied || k->said[i].denies;
		compensated = compensated || k->said[i].compensates;
		statement = statement || str_is(k->said[i].form, "statement");
	}
	if (!k->play_found || k->nsaid == 0)
		return;
	if (apologised && !k->may_apologise)
		learn(k, "strategy.apology", TONE_ORANGE, WHERE_TEXTS, SAY(WW("已发布文本道歉，但剧本属 %.*s，允许的策略里没有道歉。", "A released text apologises; the playbook's cluster is %.*s and its strategies have no apology."), STRF(k->cluster)),
		    str_c(WW("责任未定时用“说明＋关切”，不替事实认错；或更正案件类型", "While fault is open, inform and show concern; or correct the type of the case")));
	if (statement && !apologised && k->must_apologise)
		learn(k, "strategy.no-apology", TONE_BAD, WHERE_TEXTS, str_c(WW("本可避免的危机，已发布的声明没有道歉。", "The crisis was preventable, but no released statement apologises.")),
		    str_c(WW("下一次更新补上道歉和补救", "Apologise and name the remedy in the next update")));
	if (denied && !k->may_deny)
		learn(k, "strategy.denial", TONE_BAD, WHERE_TEXTS, str_c(WW("已发布文本有否认措辞，剧本不允许否认。", "A released text denies, which the playbook does not allow.")),
		    str_c(WW("改为逐句写清哪句不实、依据是什么", "Say which sentence is wrong and by what evidence")));
	if (denied && (apologised || compensated))
		learn(k, "strategy.mixed", TONE_BAD, WHERE_TEXTS, str_c(WW("既否认又道歉或补偿，两者相抵。", "Denial stands beside an apology or compensation; each undoes the other.")),
		    str_c(WW("全案统一一种立场", "Take one position in the whole case")));
}

static void
on_forecasts(struct looked *k)
{
	int64_t inside = 0;

	for (size_t i = 0; i < k->nforetold; i++)
		inside += k->foretold[i].actual >= k->foretold[i].f->low && k->foretold[i].actual <= k->foretold[i].f->high;
	if (k->nforetold >= 3 && inside * 2 < (int64_t)k->nforetold)
		learn(k, "forecast", TONE_ORANGE, WHERE_RULES,
		    SAY(WW("%zu 次预测中只有 %lld 次落在 80%% 区间内。", "Of %zu forecasts only %lld fell into their 80 %% interval."), k->nforetold, (long long)inside),
		    str_c(WW("这一类事件不要依预测定级，看实际曲线", "Do not grade this kind of crisis by its forecast; watch the curve")));
}

static int
gravest(const void *a, const void *b)
{
	const struct lesson *x = a, *y = b;

	return x->tone != y->tone ? (x->tone == TONE_PLAIN ? 1 : y->tone == TONE_PLAIN ? -1 : x->tone == TONE_RED ? -1 : y->tone == TONE_RED ? 1 : x->tone == TONE_BAD ? -1 : 1)
	                          : strcmp(x->id, y->id);
}

void
lessons(struct looked *k)
{
	on_clocks(k);
	on_tasks(k);
	on_warning(k);
	on_response(k);
	on_strategy(k);
	on_forecasts(k);
	if (k->nlesson > 1)
		qsort(k->lesson, k->nlesson, sizeof *k->lesson, gravest);
}
