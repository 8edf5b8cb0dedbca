/* The sections about incidents and cases. */
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "parts.h"

enum { SHOWN_CRISES = 6, SHOWN_TASKS = 14, FLASH_TASKS = 6, CHRONICLE = 60 };

/* --- shared --- */

struct str
type_name(struct facts *f, struct str type)
{
	return name_of("type", type, f->conf->zh);
}

struct str
level_name_of(struct facts *f, struct str level)
{
	if (str_is(level, "closed"))
		return str_c(W(f, "解除", "closed"));
	return name_of("level", level, f->conf->zh);
}

struct str
crisis_name(struct facts *f, const struct crisis *c)
{
	struct str subject = c->subject.n > 0 ? subject_name(f, c->subject) : STR("");

	if (c->title.n > 0)
		return c->title;
	if (subject.n == 0)
		return c->type.n > 0 ? type_name(f, c->type) : c->case_id.n > 0 ? c->case_id : c->id;
	if (c->type.n == 0)
		return subject;
	return say(f, "%.*s · %.*s", STRF(subject), STRF(type_name(f, c->type)));
}

struct str
text_of(struct facts *f, struct json v)
{
	struct str s;

	if (v.type == JSON_STR)
		return arena_str(&f->mem, json_str(v, &f->mem));
	s = json_str(json_get(v, f->conf->zh ? "zh" : "en"), &f->mem);
	if (s.n == 0)
		s = json_str(json_get(v, f->conf->zh ? "en" : "zh"), &f->mem);
	return arena_str(&f->mem, s);
}

bool
task_over(const struct task *t)
{
	return str_is(t->state, "done") || str_is(t->state, "skipped");
}

bool
task_late(const struct facts *f, const struct crisis *c, const struct task *t)
{
	return !task_over(t) && t->due != 0 && t->due < f->now && c->closed == 0;
}

const struct post *
first_own(const struct facts *f, int64_t t)
{
	for (size_t i = 0; i < f->tally.own_posts.n; i++)
		if (f->tally.own_posts.v[i].t >= t)
			return &f->tally.own_posts.v[i];
	return NULL;
}

int64_t
first_level(const struct crisis *c, int rank)
{
	for (size_t i = 0; i < c->nchange; i++)
		if (level_rank(c->change[i].to) >= rank)
			return c->change[i].t;
	return rank <= level_rank(c->level) ? c->opened : 0;
}

struct json
plan_of(const struct crisis *c)
{
	return json_get(c->playbook, "plan");
}

static struct str
ref_of(const struct crisis *c)
{
	return c->case_id.n > 0 ? c->case_id : c->id;
}

/* A smaller heading when there is more than one crisis. */
static void
head_of(struct doc *d, struct facts *f, const struct crisis *c)
{
	if (f->ncrisis > 1)
		doc_block(d, BLOCK_SUB, NULL, say(f, "%.*s  %.*s", STRF(crisis_name(f, c)), STRF(ref_of(c))))->tone = tone_of_level(c->level);
}

/* --- levels --- */

static void
path_of(struct doc *d, struct facts *f, const struct crisis *c)
{
	struct block *b;

	if (c->nchange == 0)
		return;
	b = doc_block(d, BLOCK_PATH, "path", crisis_name(f, c));
	b->step = arena_zalloc(&d->mem, c->nchange * sizeof *b->step);
	for (size_t i = 0; i < c->nchange; i++) {
		const struct change *k = &c->change[i];
		struct step *s = &b->step[b->n++];

		s->t = k->t;
		s->to = str_is(k->to, "closed") ? TONE_GOOD : tone_of_level(k->to);
		s->to_name = level_name_of(f, k->to);
		if (k->from.n > 0) {
			s->from = tone_of_level(k->from);
			s->from_name = level_name_of(f, k->from);
		}
		s->why = k->why;
		s->nwhy = k->nwhy;
		s->by = k->by;
		s->ev = k->npost > 0 ? ev_strs(k->post, k->npost) : ev_none();
	}
}

/* The sentences of the incident as a whole, with the posts that carry it. */
static void
why_of(struct doc *d, struct facts *f, const struct crisis *c)
{
	struct str *why, *post;
	size_t n = strs_of(f, json_get(c->incident, "why"), &why), np = strs_of(f, json_get(c->incident, "posts"), &post);
	struct evidence ev = ev_strs(post, np < (size_t)f->conf->ids ? np : (size_t)f->conf->ids);

	ev.total = (int64_t)np;
	for (size_t i = 0; i < n; i++) {
		int64_t t;

		/* the first one is the change already told in the path */
		if (i == 0 && c->nchange > 0 && why[i].n > 21 && clock_parse(str_sub(why[i], 0, 20), &t))
			continue;
		doc_point(d, TONE_PLAIN, why[i], i + 1 == n ? ev : ev_one(f, c->id));
	}
}

void
part_levels(struct doc *d, struct facts *f)
{
	bool any = false;

	for (size_t i = 0; i < f->ncrisis; i++)
		any = any || f->crisis[i]->nchange > 0;
	if (!any)
		return;
	doc_section(d, "levels", W(f, "级别与依据", "Levels and why"));
	for (size_t i = 0; i < f->ncrisis && i < SHOWN_CRISES; i++) {
		head_of(d, f, f->crisis[i]);
		path_of(d, f, f->crisis[i]);
		why_of(d, f, f->crisis[i]);
	}
	if (f->ncrisis > SHOWN_CRISES)
		doc_note(d, say(f, W(f, "另有 %zu 起。", "%zu more."), f->ncrisis - SHOWN_CRISES));
}

/* --- risk --- */

static void
horizon(struct doc *d, struct facts *f, struct json fc, const char *key, const char *zh, const char *en)
{
	struct json h = json_get(fc, key);

	if (h.type != JSON_OBJ)
		return;
	doc_cell(d, value_c(W(f, zh, en)));
	doc_cell(d, value_int(json_int_or(json_get(h, "negative"), 0)));
	doc_cell(d, value_text(say(f, "%.*s – %.*s", STRF(number(f, json_int_or(json_get(h, "low"), 0))), STRF(number(f, json_int_or(json_get(h, "high"), 0))))));
	doc_cell(d, value_int(json_int_or(json_get(h, "mentions"), 0)));
}

static void
risk_of(struct doc *d, struct facts *f, const struct crisis *c)
{
	struct json fc = json_get(c->incident, "forecast"), cues = json_path(c->incident, "indicators.cues"), chance = json_get(fc, "next_level_chance_6h");
	struct str stage = json_str(json_get(fc, f->conf->zh ? "stage_zh" : "stage"), &f->mem);
	struct json_iter it;
	struct str key;
	struct json v;
	struct buf b = {0};

	head_of(d, f, c);
	if (stage.n > 0)
		doc_point(d, TONE_PLAIN, say(f, W(f, "所处阶段：%.*s；目前每小时负面约 %.0f 条。", "Stage: %.*s; about %.0f negative posts an hour at present."), STRF(stage),
		                             json_num_or(json_get(fc, "rate_per_h"), 0)),
		    ev_one(f, c->id));
	if (chance.type == JSON_NUM)
		doc_point(d, json_num_or(chance, 0) >= 0.5 ? TONE_BAD : TONE_PLAIN,
		    say(f, W(f, "6 小时内升至%.*s的可能性：%.0f%%。", "Chance of %.*s within 6 h: %.0f %%."),
		        STRF(level_name_of(f, json_str(json_get(fc, "next_level"), &f->mem))), 100 * json_num_or(chance, 0)),
		    ev_one(f, c->id));
	it = json_iter(cues);
	while (json_next(&it, &key, &v))
		buf_printf(&b, "%s%.*s %.*s", b.n > 0 ? W(f, "、", ", ") : "", STRF(name_of("severity", key, f->conf->zh)), STRF(number(f, json_int_or(v, 0))));
	if (b.n > 0)
		doc_point(d, TONE_PLAIN, say(f, W(f, "严重线索（条）：%.*s。", "Grave cues (posts): %.*s."), STRF(buf_view(&b))), ev_one(f, c->id));
	buf_free(&b);
	if (json_get(fc, "h1").type == JSON_OBJ) {
		doc_table(d, "forecast", W(f, "负面声量预测（80% 区间）", "Expected negative posts (80 % interval)"));
		doc_column(d, "horizon", W(f, "未来", "Next"), ALIGN_LEFT);
		doc_column(d, "negative", W(f, "负面", "Negative"), ALIGN_RIGHT);
		doc_column(d, "interval", W(f, "区间", "Interval"), ALIGN_RIGHT);
		doc_column(d, "mentions", W(f, "总提及", "Mentions"), ALIGN_RIGHT);
		horizon(d, f, fc, "h1", "1 小时", "1 hour");
		horizon(d, f, fc, "h6", "6 小时", "6 hours");
		horizon(d, f, fc, "h24", "24 小时", "24 hours");
	}
}

void
part_risk(struct doc *d, struct facts *f)
{
	bool any = false;

	for (size_t i = 0; i < f->ncrisis; i++)
		any = any || (f->crisis[i]->closed == 0 && json_get(f->crisis[i]->incident, "forecast").type == JSON_OBJ);
	if (!any)
		return;
	doc_section(d, "risk", W(f, "风险研判", "Risk"));
	for (size_t i = 0; i < f->ncrisis && i < SHOWN_CRISES; i++)
		if (f->crisis[i]->closed == 0 && json_get(f->crisis[i]->incident, "forecast").type == JSON_OBJ)
			risk_of(d, f, f->crisis[i]);
}

/* --- playbook --- */

static void
playbook_of(struct doc *d, struct facts *f, const struct crisis *c)
{
	struct json p = c->playbook, plan = plan_of(c), release = json_get(plan, "release");
	struct str id = json_str(json_get(p, "id"), &f->mem), title = text_of(f, json_get(p, "title")), *why;
	size_t n = strs_of(f, json_get(p, "why"), &why);
	struct json_iter it;
	struct str key;
	struct json v;

	head_of(d, f, c);
	doc_point(d, TONE_PLAIN, say(f, W(f, "匹配剧本：%.*s（%.*s，版本 %.*s）。", "Playbook: %.*s (%.*s, version %.*s)."), STRF(title.n > 0 ? title : id), STRF(id),
	                             STRF(json_str(json_get(p, "version"), &f->mem))),
	    ev_one(f, ref_of(c)));
	for (size_t i = 0; i < n; i++)
		doc_point(d, TONE_PLAIN, say(f, W(f, "依据：%.*s", "Why: %.*s"), STRF(why[i])), ev_none());
	{
		struct str stage = text_of(f, json_get(plan, "stage"));

		if (stage.n > 0)
			doc_point(d, TONE_PLAIN, say(f, W(f, "本阶段沟通：%.*s", "What to say at this stage: %.*s"), STRF(stage)), ev_none());
	}
	if (release.type == JSON_OBJ) {
		static const char *const grades[][3] = {{"hold", "暂不发布", "hold"}, {"internal", "仅内部", "internal only"}, {"reactive", "被动回应", "answer when asked"}, {"public", "公开发布", "public"}};
		struct str grade = json_str(json_get(release, "grade"), &f->mem);
		struct buf b = {0};

		for (size_t i = 0; i < 4; i++)
			if (str_is(grade, grades[i][0]))
				grade = str_c(W(f, grades[i][1], grades[i][2]));
		it = json_iter(json_get(release, "approve"));
		while (json_next(&it, &key, &v))
			buf_printf(&b, "%s%.*s", b.n > 0 ? W(f, "、", ", ") : "", STRF(name_of("department", json_str(v, &f->mem), f->conf->zh)));
		doc_point(d, TONE_PLAIN, say(f, W(f, "信息发布分级：%.*s；须签署：%.*s。", "Release grade: %.*s; must be signed by %.*s."), STRF(grade), STRF(buf_view(&b))), ev_none());
		buf_free(&b);
	}
	it = json_iter(json_get(p, "alternatives"));
	for (int shown = 0; shown < 3 && json_next(&it, &key, &v); shown++) {
		struct str *alt;
		size_t m = strs_of(f, json_get(v, "why"), &alt);

		doc_point(d, TONE_MUTED, say(f, W(f, "备选：%.*s（%.*s）", "Alternative: %.*s (%.*s)"), STRF(json_str(json_get(v, "id"), &f->mem)), STRF(m > 0 ? alt[0] : STR("—"))),
		    ev_none());
	}
}

void
part_playbook(struct doc *d, struct facts *f)
{
	bool any = false;

	for (size_t i = 0; i < f->ncrisis; i++)
		any = any || f->crisis[i]->playbook.type == JSON_OBJ;
	if (!any)
		return;
	doc_section(d, "playbook", W(f, "应对剧本", "Playbook"));
	for (size_t i = 0; i < f->ncrisis && i < SHOWN_CRISES; i++)
		if (f->crisis[i]->playbook.type == JSON_OBJ)
			playbook_of(d, f, f->crisis[i]);
}

/* --- tasks --- */

/* "逾期 35 分钟", "按时", "剩 2 小时". */
static struct str
clock_text(struct facts *f, const struct crisis *c, const struct task *t, enum tone *tone)
{
	*tone = TONE_PLAIN;
	if (task_over(t)) {
		if (str_is(t->state, "skipped")) {
			*tone = TONE_MUTED;
			return name_of("state", t->state, f->conf->zh);
		}
		*tone = t->due != 0 && t->done > t->due ? TONE_BAD : TONE_GOOD;
		if (t->due == 0)
			return name_of("state", t->state, f->conf->zh);
		return t->done > t->due ? say(f, W(f, "完成，超时 %.*s", "done %.*s late"), STRF(span(f, t->done - t->due)))
		                        : say(f, W(f, "按时完成", "done in time"));
	}
	if (t->due == 0)
		return name_of("state", t->state, f->conf->zh);
	if (c->closed != 0)
		return say(f, W(f, "结案时未完成", "open at the close"));
	if (t->due < f->now) {
		*tone = TONE_BAD;
		return say(f, W(f, "逾期 %.*s", "late by %.*s"), STRF(span(f, f->now - t->due)));
	}
	if (t->due - f->now < 3600)
		*tone = TONE_ORANGE;
	return say(f, W(f, "剩 %.*s", "%.*s left"), STRF(span(f, t->due - f->now)));
}

struct row {
	const struct crisis *c;
	const struct task *t;
	size_t order;
};

static int
by_due(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	bool xo = task_over(x->t), yo = task_over(y->t);

	if (xo != yo)
		return xo ? 1 : -1;
	if (xo && x->t->done != y->t->done)
		return x->t->done > y->t->done ? -1 : 1;
	if (!xo && x->t->due != y->t->due) {
		if (x->t->due == 0 || y->t->due == 0)
			return x->t->due == 0 ? 1 : -1;
		return x->t->due < y->t->due ? -1 : 1;
	}
	return x->order < y->order ? -1 : 1;
}

static void
task_rows(struct doc *d, struct facts *f, const struct row *row, size_t n, const char *key, const char *caption)
{
	struct column *wide;

	doc_table(d, key, caption);
	doc_column(d, "clock", W(f, "时钟", "Clock"), ALIGN_LEFT);
	doc_column(d, "due", W(f, "时限", "Due"), ALIGN_LEFT);
	doc_column(d, "department", W(f, "部门", "Department"), ALIGN_LEFT);
	wide = doc_column(d, "duty", W(f, "任务", "Duty"), ALIGN_LEFT);
	wide->wide = true;
	doc_column(d, "who", W(f, "经办 / 签署", "Who / signed"), ALIGN_LEFT);
	doc_column(d, "task", W(f, "编号", "Id"), ALIGN_LEFT);
	for (size_t i = 0; i < n; i++) {
		const struct task *t = row[i].t;
		enum tone tone;
		struct str clock = clock_text(f, row[i].c, t, &tone), duty = f->conf->zh ? t->duty_zh : t->duty_en, who;
		struct cell *cell;

		if (duty.n == 0)
			duty = f->conf->zh ? t->duty_en : t->duty_zh;
		if (t->source.n > 0)
			duty = say(f, W(f, "%.*s〔时限依据：%.*s〕", "%.*s [period from: %.*s]"), STRF(duty), STRF(t->source));
		who = t->done_by.n > 0 ? t->done_by : t->assignee;
		if (t->signed_by.n > 0)
			who = say(f, W(f, "%.*s / 签署 %.*s", "%.*s / signed %.*s"), STRF(who), STRF(t->signed_by));
		else if (t->sign_off.n > 0)
			who = say(f, W(f, "%.*s%s待%.*s签署", "%.*s%sto be signed by %.*s"), STRF(who), who.n > 0 ? " / " : "", STRF(name_of("department", t->sign_off, f->conf->zh)));
		cell = doc_cell(d, value_text(clock));
		cell->tone = tone;
		doc_cell(d, value_time(t->due));
		doc_cell(d, value_text(name_of("department", t->department, f->conf->zh)));
		doc_cell(d, value_text(duty));
		doc_cell(d, value_text(who));
		doc_cell(d, value_text(f->ncrisis > 1 ? say(f, "%.*s/%.*s", STRF(row[i].c->case_id), STRF(t->id)) : t->id));
	}
}

void
part_tasks(struct doc *d, struct facts *f, bool all)
{
	struct row *row;
	const bool flash = f->conf->kind == KIND_FLASH;
	size_t n = 0, open = 0, over = 0, clocks = 0, most, shown;
	int64_t late = 0;

	for (size_t i = 0; i < f->ncrisis; i++)
		n += f->crisis[i]->ntask;
	if (n == 0)
		return;
	row = arena_alloc(&f->mem, n * sizeof *row);
	n = 0;
	for (size_t i = 0; i < f->ncrisis; i++)
		for (size_t k = 0; k < f->crisis[i]->ntask; k++) {
			const struct crisis *c = f->crisis[i];
			const struct task *t = &c->task[k];

			if (!all && c->closed != 0)
				continue;
			row[n] = (struct row){c, t, n};
			n++;
			open += !task_over(t);
			over += task_over(t);
			late += task_late(f, c, t);
			clocks += t->clock;
		}
	if (n == 0)
		return;
	qsort(row, n, sizeof *row, by_due);
	doc_section(d, "tasks", W(f, "任务与时钟", "Tasks and clocks"));
	doc_note(d, say(f, W(f, "共 %zu 项：未完成 %zu，已完成或跳过 %zu，逾期 %.*s；其中法定或自设时钟 %zu 项。", "%zu in all: %zu open, %zu done or skipped, %.*s late; %zu are statutory or self-set clocks."), n, open,
	                over, STRF(number(f, late)), clocks));
	most = flash ? FLASH_TASKS : SHOWN_TASKS;
	shown = all || open < most ? open : most;
	if (shown > 0)
		task_rows(d, f, row, shown, "tasks_open", W(f, "未完成，按时限", "Open, by deadline"));
	if (shown < open)
		doc_note(d, say(f, W(f, "另有 %zu 项未完成，见案件档案（report case）。", "%zu more open; see the case report."), open - shown));
	most = flash ? 0 : 6;
	shown = all || over < most ? over : most;
	if (shown > 0)
		task_rows(d, f, row + open, shown, "tasks_over", W(f, "已完成，最近的在前", "Done, the latest first"));
	if (shown < over && !flash)
		doc_note(d, say(f, W(f, "另有 %zu 项已完成。", "%zu more done."), over - shown));
}

/* --- texts --- */

void
part_texts(struct doc *d, struct facts *f, bool whole)
{
	size_t n = 0;

	for (size_t i = 0; i < f->ncrisis; i++)
		n += f->crisis[i]->ntext;
	if (n == 0)
		return;
	doc_section(d, "texts", W(f, "文本与审批", "Texts and approvals"));
	doc_table(d, "texts", W(f, "各文本最新版本", "Latest version of each text"));
	doc_column(d, "kind", W(f, "种类", "Kind"), ALIGN_LEFT);
	doc_column(d, "lang", W(f, "语言", "Language"), ALIGN_LEFT);
	doc_column(d, "state", W(f, "状态", "State"), ALIGN_LEFT);
	doc_column(d, "version", W(f, "版本", "Version"), ALIGN_RIGHT);
	doc_column(d, "updated", W(f, "更新", "Updated"), ALIGN_LEFT);
	doc_column(d, "signed", W(f, "签署", "Signed"), ALIGN_LEFT)->wide = true;
	doc_column(d, "sha256", W(f, "文本哈希", "Hash of the text"), ALIGN_LEFT);
	doc_column(d, "id", W(f, "编号", "Id"), ALIGN_LEFT);
	for (size_t i = 0; i < f->ncrisis; i++)
		for (size_t k = 0; k < f->crisis[i]->ntext; k++) {
			const struct text *t = &f->crisis[i]->text[k];
			struct buf b = {0};
			struct cell *c;

			for (size_t s = 0; s < t->nsign; s++)
				buf_printf(&b, "%s%.*s %.*s%s", s > 0 ? W(f, "；", "; ") : "", STRF(name_of("department", t->sign[s].role, f->conf->zh)), STRF(t->sign[s].actor),
				    t->sign[s].approve ? W(f, " 批准", " approved") : W(f, " 退回", " rejected"));
			doc_cell(d, value_text(name_of("text", t->d.kind, f->conf->zh)));
			doc_cell(d, value_text(t->d.lang));
			c = doc_cell(d, value_text(name_of("state", t->d.state, f->conf->zh)));
			c->tone = str_is(t->d.state, "released") || str_is(t->d.state, "approved") ? TONE_GOOD : str_is(t->d.state, "rejected") ? TONE_BAD : TONE_PLAIN;
			doc_cell(d, value_int(t->d.version));
			doc_cell(d, value_time(t->d.updated));
			doc_cell(d, value_text(b.n > 0 ? say(f, "%.*s", STRF(buf_view(&b))) : STR("—")));
			doc_cell(d, value_text(say(f, "%.12s", t->d.sha256)));
			doc_cell(d, value_text(t->d.id));
			buf_free(&b);
		}
	for (size_t i = 0; i < f->ncrisis && whole; i++)
		for (size_t k = 0; k < f->crisis[i]->ntext; k++) {
			const struct text *t = &f->crisis[i]->text[k];

			doc_block(d, BLOCK_SUB, NULL, say(f, "%.*s %.*s · %.*s", STRF(name_of("text", t->d.kind, f->conf->zh)), STRF(t->d.lang), STRF(name_of("state", t->d.state, f->conf->zh))));
			doc_note(d, say(f, W(f, "%.*s 第 %lld 版，SHA-256 %s", "%.*s version %lld, SHA-256 %s"), STRF(t->d.id), (long long)t->d.version, t->d.sha256));
			doc_block(d, BLOCK_PROSE, "text", t->d.text);
		}
}

/* --- deliveries --- */

void
part_notices(struct doc *d, struct facts *f)
{
	size_t from = f->nnotice > 40 ? f->nnotice - 40 : 0;

	if (f->nnotice == 0)
		return;
	doc_section(d, "notices", W(f, "通知与送达", "Messages and delivery"));
	doc_table(d, "notices", W(f, "发送台账", "The ledger"));
	doc_column(d, "at", W(f, "时间", "Time"), ALIGN_LEFT);
	doc_column(d, "channel", W(f, "渠道", "Channel"), ALIGN_LEFT);
	doc_column(d, "target", W(f, "接收方", "To"), ALIGN_LEFT);
	doc_column(d, "about", W(f, "事项", "About"), ALIGN_LEFT);
	doc_column(d, "title", W(f, "标题", "Title"), ALIGN_LEFT)->wide = true;
	doc_column(d, "state", W(f, "结果", "Outcome"), ALIGN_LEFT);
	doc_column(d, "attempts", W(f, "次数", "Attempts"), ALIGN_RIGHT);
	doc_column(d, "acked", W(f, "确认", "Acknowledged"), ALIGN_LEFT);
	doc_column(d, "number", W(f, "编号", "Number"), ALIGN_LEFT);
	for (size_t i = from; i < f->nnotice; i++) {
		const struct store_notice *n = &f->notice[i];
		bool good = str_is(n->state, "accepted") || str_is(n->state, "delivered"), bad = str_is(n->state, "failed") || str_is(n->state, "dead") || str_is(n->state, "unknown");
		struct cell *c;

		doc_cell(d, value_time(n->created));
		doc_cell(d, value_text(utf8_cut_cols(n->channel, 24)));
		doc_cell(d, value_text(utf8_cut_cols(n->target, 32)));
		doc_cell(d, value_text(n->ref));
		doc_cell(d, value_text(utf8_cut_cols(n->title, 80)));
		c = doc_cell(d, value_text(n->error.n > 0 && !good ? say(f, "%.*s: %.*s", STRF(name_of("state", n->state, f->conf->zh)), STRF(utf8_cut_cols(n->error, 60)))
		                                                 : name_of("state", n->state, f->conf->zh)));
		c->tone = good ? TONE_GOOD : bad ? TONE_BAD : TONE_PLAIN;
		doc_cell(d, value_int(n->attempts));
		doc_cell(d, value_text(n->acked != 0 ? say(f, "%.*s %.*s", STRF(n->acked_by), STRF(local(f, n->acked))) : STR("")));
		doc_cell(d, value_text(n->n > 0 ? say(f, "n-%lld", (long long)n->n) : n->key));
	}
	if (from > 0)
		doc_note(d, say(f, W(f, "此前 %zu 条从略，见 notify --log。", "%zu earlier ones left out; see notify --log."), from));
}

/* --- chronicle --- */

struct entry {
	int64_t t;
	enum tone tone;
	struct str what;
	struct evidence ev;
	size_t order;
};

struct entries {
	struct entry *v;
	size_t n;
};

static void
enter(struct entries *k, int64_t t, enum tone tone, struct str what, struct evidence ev)
{
	if (t == 0 || k->n >= 600)
		return;
	k->v[k->n] = (struct entry){t, tone, what, ev, k->n};
	k->n++;
}

static int
by_entry(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static struct str
excerpt(struct facts *f, const struct post *p)
{
	return shortened(f, p->title.n > 0 ? p->title : p->text, 90);
}

/* What an event says beyond its kind. */
static struct str
fact_detail(struct facts *f, const struct crisis *c, const struct fact *v)
{
	static const char *const keys[] = {"task", "text", "reason", "note", "to", "name", "what", "draft", "grade", "role", "case", "login", NULL};

	for (size_t i = 0; keys[i] != NULL; i++) {
		struct str s = json_str(json_get(v->data, keys[i]), &f->mem);

		if (s.n > 0 && i == 0) /* a task: its duty says more */
			for (size_t k = 0; k < c->ntask; k++)
				if (str_eq(c->task[k].id, s) && c->task[k].duty_zh.n + c->task[k].duty_en.n > 0)
					return say(f, "%.*s %.*s", STRF(s), STRF(shortened(f, f->conf->zh ? c->task[k].duty_zh : c->task[k].duty_en, 56)));
		if (s.n > 0)
			return shortened(f, s, 80);
	}
	return STR("");
}

static void
enter_facts(struct facts *f, struct entries *k, const struct crisis *c)
{
	for (size_t i = 0; i < c->nfact; i++) {
		const struct fact *v = &c->fact[i];
		struct str detail = fact_detail(f, c, v);

		if (v->t < f->from || v->t >= f->until || str_is(v->kind, "case.incident") || str_is(v->kind, "task.start") || str_is(v->kind, "case.raise"))
			continue;
		enter(k, v->t, TONE_PLAIN, say(f, "%.*s%s%.*s（%.*s）", STRF(name_of("event", v->kind, f->conf->zh)), detail.n > 0 ? W(f, "：", ": ") : "", STRF(detail), STRF(v->actor)),
		    ev_one(f, c->case_id));
	}
}

static void
enter_posts(struct facts *f, struct entries *k, const struct posts *p, const char *zh, const char *en, size_t most)
{
	for (size_t i = 0; i < p->n && i < most; i++)
		enter(k, p->v[i].t, TONE_PLAIN, say(f, "%s%.*s", W(f, zh, en), STRF(excerpt(f, &p->v[i]))), ev_one(f, p->v[i].id));
}

void
part_chronicle(struct doc *d, struct facts *f)
{
	struct entries k = {.v = arena_alloc(&f->mem, 600 * sizeof *k.v)};
	const struct tally *t = &f->tally;
	const struct post *media = NULL;
	struct post origin;
	size_t from;

	if (first_of(f, &origin))
		enter(&k, origin.t, TONE_PLAIN, say(f, W(f, "事件首发%s%.*s", "Where it began%s%.*s"), origin.text.n > 0 ? W(f, "：", ": ") : "", STRF(excerpt(f, &origin))), ev_one(f, origin.id));
	else if (t->earliest.id.n > 0)
		enter(&k, t->earliest.t, TONE_PLAIN, say(f, W(f, "首条负面：%.*s", "First negative post: %.*s"), STRF(excerpt(f, &t->earliest))), ev_one(f, t->earliest.id));
	for (size_t i = 0; i < t->media_posts.n; i++)
		if (media == NULL || t->media_posts.v[i].t < media->t)
			media = &t->media_posts.v[i];
	if (media != NULL && t->media_posts.total <= TALLY_TOP)
		enter(&k, media->t, TONE_PLAIN, say(f, W(f, "首家媒体：%.*s", "First media post: %.*s"), STRF(excerpt(f, media))), ev_one(f, media->id));
	enter_posts(f, &k, &t->own_posts, "自有发声：", "Own post: ", 12);
	enter_posts(f, &k, &t->official_posts, "官方发声：", "Official post: ", 8);
	for (size_t i = 0; i < f->ncrisis; i++) {
		const struct crisis *c = f->crisis[i];

		for (size_t j = 0; j < c->nchange; j++)
			enter(&k, c->change[j].t, tone_of_level(c->change[j].to),
			    c->change[j].from.n > 0 ? say(f, W(f, "%.*s：%.*s → %.*s", "%.*s: %.*s → %.*s"), STRF(crisis_name(f, c)), STRF(level_name_of(f, c->change[j].from)), STRF(level_name_of(f, c->change[j].to)))
			                            : say(f, W(f, "%.*s：%.*s", "%.*s: %.*s"), STRF(crisis_name(f, c)), STRF(level_name_of(f, c->change[j].to))),
			    ev_one(f, ref_of(c)));
		enter_facts(f, &k, c);
	}
	if (k.n == 0)
		return;
	qsort(k.v, k.n, sizeof *k.v, by_entry);
	from = k.n > CHRONICLE ? k.n - CHRONICLE : 0;
	doc_section(d, "chronicle", W(f, "大事记", "Chronicle"));
	doc_table(d, "chronicle", W(f, "按时间", "By time"));
	doc_column(d, "at", W(f, "时间", "Time"), ALIGN_LEFT);
	doc_column(d, "what", W(f, "事项", "What happened"), ALIGN_LEFT)->wide = true;
	doc_column(d, "id", W(f, "出处", "Source"), ALIGN_LEFT);
	for (size_t i = from; i < k.n; i++) {
		struct cell *c;

		doc_cell(d, value_time(k.v[i].t))->tone = k.v[i].tone;
		c = doc_cell(d, value_text(k.v[i].what));
		c->tone = k.v[i].tone;
		doc_cell(d, value_text(k.v[i].ev.n > 0 ? utf8_cut_cols(k.v[i].ev.id[0], 48) : STR("")));
	}
	if (from > 0)
		doc_note(d, say(f, W(f, "更早的 %zu 项从略。", "%zu earlier entries left out."), from));
}

/* --- cases --- */

void
part_cases(struct doc *d, struct facts *f)
{
	bool any = false;

	for (size_t i = 0; i < f->ncrisis; i++)
		any = any || f->crisis[i]->case_id.n > 0;
	if (!any)
		return;
	doc_section(d, "cases", W(f, "案件", "Cases"));
	doc_table(d, "cases", W(f, "本期在办、新立和已结案件", "Cases open, opened or closed in the period"));
	doc_column(d, "level", W(f, "级别", "Level"), ALIGN_LEFT);
	doc_column(d, "case", W(f, "编号", "Case"), ALIGN_LEFT);
	doc_column(d, "name", W(f, "案件", "What"), ALIGN_LEFT)->wide = true;
	doc_column(d, "state", W(f, "状态", "State"), ALIGN_LEFT);
	doc_column(d, "opened", W(f, "立案", "Opened"), ALIGN_LEFT);
	doc_column(d, "lasted", W(f, "历时", "Lasted"), ALIGN_LEFT);
	doc_column(d, "done", W(f, "任务", "Tasks"), ALIGN_RIGHT);
	doc_column(d, "next", W(f, "下一时限", "Next deadline"), ALIGN_LEFT);
	doc_column(d, "owner", W(f, "负责人", "Owner"), ALIGN_LEFT);
	for (size_t i = 0; i < f->ncrisis; i++) {
		const struct crisis *c = f->crisis[i];
		size_t over = 0;
		struct cell *cell;
		int64_t due = 0;

		if (c->case_id.n == 0)
			continue;
		for (size_t k = 0; k < c->ntask; k++) {
			over += task_over(&c->task[k]);
			if (!task_over(&c->task[k]) && c->task[k].due != 0 && (due == 0 || c->task[k].due < due))
				due = c->task[k].due;
		}
		doc_cell(d, value_text(level_name_of(f, c->level)))->tone = tone_of_level(c->level);
		doc_cell(d, value_text(c->case_id));
		doc_cell(d, value_text(crisis_name(f, c)));
		doc_cell(d, value_text(str_is(c->state, "open") ? name_of("state", STR("opened"), f->conf->zh) : name_of("state", c->state, f->conf->zh)));
		doc_cell(d, value_time(c->opened));
		doc_cell(d, value_span((c->closed != 0 ? c->closed : f->now) - c->opened));
		doc_cell(d, value_text(say(f, "%zu/%zu", over, c->ntask)));
		if (c->closed != 0 || due == 0) {
			doc_cell(d, (struct value){0});
		} else {
			cell = doc_cell(d, due < f->now ? value_text(say(f, W(f, "逾期 %.*s", "late by %.*s"), STRF(span(f, f->now - due))))
			                                : value_text(say(f, W(f, "%.*s（剩 %.*s）", "%.*s (%.*s left)"), STRF(local(f, due)), STRF(span(f, due - f->now)))));
			cell->tone = due < f->now ? TONE_BAD : TONE_PLAIN;
		}
		doc_cell(d, value_text(c->owner));
	}
}

/* The head of a case file. */
void
part_file(struct doc *d, struct facts *f)
{
	const struct crisis *c = f->ncrisis > 0 ? f->crisis[0] : NULL;
	struct json_iter it;
	struct str key;
	struct json v;
	bool any = false;

	if (c == NULL)
		return;
	doc_section(d, "file", W(f, "案卷", "On file"));
	it = json_iter(json_get(c->record, "files"));
	while (json_next(&it, &key, &v)) {
		if (!any) {
			doc_table(d, "files", W(f, "证据", "Evidence"));
			doc_column(d, "name", W(f, "名称", "Name"), ALIGN_LEFT);
			doc_column(d, "bytes", W(f, "字节", "Bytes"), ALIGN_RIGHT);
			doc_column(d, "note", W(f, "说明", "Note"), ALIGN_LEFT)->wide = true;
			doc_column(d, "sha256", "SHA-256", ALIGN_LEFT);
		}
		any = true;
		doc_cell(d, value_text(json_str(json_get(v, "name"), &f->mem)));
		doc_cell(d, value_int(json_int_or(json_get(v, "bytes"), 0)));
		doc_cell(d, value_text(json_str(json_get(v, "note"), &f->mem)));
		doc_cell(d, value_text(json_str(json_get(v, "sha256"), &f->mem)));
	}
	it = json_iter(json_get(c->record, "links"));
	while (json_next(&it, &key, &v))
		doc_point(d, TONE_PLAIN, say(f, W(f, "关联 %.*s：%.*s", "Linked %.*s: %.*s"), STRF(json_str(json_get(v, "what"), &f->mem)), STRF(json_str(json_get(v, "ref"), &f->mem))), ev_none());
	it = json_iter(json_get(plan_of(c), "closing"));
	for (bool first = true; json_next(&it, &key, &v); first = false) {
		if (first)
			doc_block(d, BLOCK_SUB, "closing", str_c(W(f, "结案条件", "Closes when")));
		doc_point(d, TONE_PLAIN, text_of(f, json_get(v, "what")), ev_none());
	}
	if (c->reason.n > 0)
		doc_point(d, TONE_GOOD, say(f, W(f, "结案理由：%.*s", "Closed because: %.*s"), STRF(c->reason)), ev_one(f, c->case_id));
}

void
part_audit(struct doc *d, struct facts *f)
{
	const struct crisis *c = f->ncrisis > 0 ? f->crisis[0] : NULL;

	if (c == NULL || c->nfact == 0)
		return;
	doc_section(d, "audit", W(f, "审计轨迹", "Audit trail"));
	doc_table(d, "audit", W(f, "本案全部事件", "Every event of the case"));
	doc_column(d, "seq", W(f, "序号", "No."), ALIGN_RIGHT);
	doc_column(d, "at", W(f, "时间", "Time"), ALIGN_LEFT);
	doc_column(d, "who", W(f, "何人", "Who"), ALIGN_LEFT);
	doc_column(d, "what", W(f, "何事", "What"), ALIGN_LEFT);
	doc_column(d, "detail", W(f, "内容", "Detail"), ALIGN_LEFT)->wide = true;
	for (size_t i = 0; i < c->nfact; i++) {
		const struct fact *v = &c->fact[i];

		doc_cell(d, (struct value){.type = VALUE_INT, .i = v->seq});
		doc_cell(d, value_time(v->t));
		doc_cell(d, value_text(v->actor));
		doc_cell(d, value_text(name_of("event", v->kind, f->conf->zh)));
		doc_cell(d, value_text(fact_detail(f, c, v)));
	}
}

/* --- what to do next --- */

/* Whether a text of the case states the fact already. */
static bool
answered(const struct crisis *c, struct str id)
{
	struct arena key = {0};
	bool yes = false;

	for (size_t i = 0; i < c->ntext && !yes; i++) {
		struct json facts = json_get(json_view(c->text[i].d.json.n > 0 ? c->text[i].d.json : STR("{}")), "facts");

		yes = json_get(facts, arena_printf(&key, "%.*s", STRF(id)).p).type != JSON_NONE;
	}
	arena_free(&key);
	return yes;
}

void
part_advice(struct doc *d, struct facts *f)
{
	const struct crisis *c = f->ncrisis > 0 && f->crisis[0]->closed == 0 ? f->crisis[0] : NULL;
	struct json open;
	struct json_iter it;
	struct str key;
	struct json v;
	const struct task *next = NULL;
	int64_t t;

	if (c == NULL)
		return;
	doc_section(d, "advice", W(f, "建议", "What to do next"));
	t = first_level(c, 3);
	if (t != 0 && f->tally.all.n > 0 && first_own(f, t) == NULL && first_release(c, t) == 0)
		doc_point(d, TONE_BAD, say(f, W(f, "尽快首次发声：橙色以来已过 %.*s，“黄金 4 小时”止于 %.*s。", "Say the first word: %.*s since orange, the golden four hours end at %.*s."), STRF(span(f, f->now - t)),
		                           STRF(local(f, t + 4 * 3600))),
		    ev_one(f, ref_of(c)));
	for (size_t i = 0; i < c->ntask; i++)
		if (task_late(f, c, &c->task[i]) && (next == NULL || c->task[i].due < next->due))
			next = &c->task[i];
	if (next != NULL)
		doc_point(d, TONE_BAD, say(f, W(f, "先处理逾期最久的任务：%.*s（%.*s，逾期 %.*s）。", "Finish the longest overdue task: %.*s (%.*s, late by %.*s)."),
		                           STRF(f->conf->zh ? next->duty_zh : next->duty_en), STRF(name_of("department", next->department, f->conf->zh)), STRF(span(f, f->now - next->due))),
		    ev_one(f, say(f, "%.*s/%.*s", STRF(c->case_id), STRF(next->id))));
	next = NULL;
	for (size_t i = 0; i < c->ntask; i++)
		if (!task_over(&c->task[i]) && c->task[i].due >= f->now && (next == NULL || c->task[i].due < next->due))
			next = &c->task[i];
	if (next != NULL)
		doc_point(d, TONE_PLAIN, say(f, W(f, "下一时限 %.*s：%.*s（%.*s）。", "Next deadline %.*s: %.*s (%.*s)."), STRF(local(f, next->due)), STRF(f->conf->zh ? next->duty_zh : next->duty_en),
		                             STRF(name_of("department", next->department, f->conf->zh))),
		    ev_one(f, say(f, "%.*s/%.*s", STRF(c->case_id), STRF(next->id))));
	open = json_get(c->playbook, "open");
	it = json_iter(open);
	for (int n = 0; n < 5 && json_next(&it, &key, &v);) {
		if (answered(c, json_str(json_get(v, "id"), &f->mem)))
			continue;
		n++;
		doc_point(d, TONE_PLAIN, say(f, W(f, "待查明：%.*s", "To find out: %.*s"), STRF(text_of(f, json_get(v, "ask")))), ev_one(f, json_str(json_get(c->playbook, "id"), &f->mem)));
	}
	if (c->ntask == 0) {
		it = json_iter(json_get(plan_of(c), "tasks"));
		for (int n = 0; n < 6 && json_next(&it, &key, &v); n++) {
			struct str duty = text_of(f, json_get(v, "duty"));
			int64_t s = json_int_or(json_get(v, "deadline_s"), 0);

			doc_point(d, TONE_PLAIN, s > 0 ? say(f, W(f, "%.*s：%.*s（%.*s内）", "%.*s: %.*s (within %.*s)"), STRF(name_of("department", json_str(json_get(v, "department"), &f->mem), f->conf->zh)), STRF(duty), STRF(span(f, s)))
			                               : say(f, W(f, "%.*s：%.*s", "%.*s: %.*s"), STRF(name_of("department", json_str(json_get(v, "department"), &f->mem), f->conf->zh)), STRF(duty)),
			    ev_one(f, json_str(json_get(v, "id"), &f->mem)));
		}
	}
}
