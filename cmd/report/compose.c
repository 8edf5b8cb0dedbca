/* Which sections a report has, and its title. */
#include "base/clock.h"
#include "parts.h"

static struct str
title_of(struct facts *f)
{
	static const struct {
		const char *zh, *en;
	} names[KINDS] = {
	    {"舆情快报", "Flash report"}, {"舆情日报", "Daily report"}, {"舆情周报", "Weekly report"}, {"舆情月报", "Monthly report"},
	    {"案件档案", "Case file"}, {"舆情看板", "Dashboard"}};
	const char *name = W(f, names[f->conf->kind].zh, names[f->conf->kind].en);

	if (f->conf->kind == KIND_FILE && f->ncrisis > 0)
		return say(f, "%s · %.*s", name, STRF(crisis_name(f, f->crisis[0])));
	if (f->subject.n > 0)
		return say(f, "%s · %.*s", name, STRF(subject_name(f, f->subject)));
	return str_c(name);
}

static struct str
zone(struct facts *f)
{
	int64_t o = f->conf->offset, h = (o < 0 ? -o : o) / 3600, m = (o < 0 ? -o : o) % 3600 / 60;

	if (m > 0)
		return say(f, "UTC%s%lld:%02lld", o < 0 ? "−" : "+", (long long)h, (long long)m);
	return say(f, "UTC%s%lld", o < 0 ? "−" : "+", (long long)h);
}

static struct str
subtitle_of(struct facts *f)
{
	struct str head = f->conf->kind == KIND_FILE && f->ncrisis > 0 ? say(f, "%.*s · ", STRF(f->crisis[0]->case_id.n > 0 ? f->crisis[0]->case_id : f->crisis[0]->id)) : STR("");

	return say(f, W(f, "%.*s%.*s 至 %.*s · 生成于 %.*s · %.*s", "%.*s%.*s to %.*s · made %.*s · %.*s"), STRF(head), STRF(local(f, f->from)), STRF(local(f, f->until)),
	    STRF(local(f, f->now)), STRF(zone(f)));
}

static void
levels_of(struct doc *d, struct facts *f)
{
	int best = 0;

	for (size_t i = 0; i < f->ncrisis; i++)
		if (f->crisis[i]->closed == 0 && level_rank(f->crisis[i]->level) > best) {
			best = level_rank(f->crisis[i]->level);
			d->tone = tone_of_level(f->crisis[i]->level);
			d->level = say(f, W(f, "%.*s预警", "%.*s"), STRF(level_name_of(f, f->crisis[i]->level)));
		}
	if (best == 0) {
		d->tone = TONE_GOOD;
		d->level = str_c(W(f, "无预警", "no warning"));
		if (f->conf->kind == KIND_FILE && f->ncrisis > 0)
			d->level = name_of("state", f->crisis[0]->state.n > 0 ? f->crisis[0]->state : STR("closed"), f->conf->zh);
	}
}

void
compose(struct doc *d, struct facts *f)
{
	enum kind kind = f->conf->kind;
	bool long_one = kind == KIND_WEEKLY || kind == KIND_MONTHLY;

	d->zh = f->conf->zh;
	d->offset = f->conf->offset;
	d->now = f->now;
	d->kind = str_c(kind_name[kind]);
	d->from = f->from;
	d->until = f->until;
	d->subject = f->subject;
	d->title = title_of(f);
	d->subtitle = subtitle_of(f);
	levels_of(d, f);
	part_summary(d, f);
	part_figures(d, f);
	if (kind == KIND_DASHBOARD) {
		part_cases(d, f);
		part_subjects(d, f);
	}
	part_trend(d, f);
	part_levels(d, f);
	if (kind == KIND_FLASH || kind == KIND_DAILY)
		part_advice(d, f);
	if (long_one) {
		part_days(d, f);
		part_cases(d, f);
		part_subjects(d, f);
	}
	if (kind == KIND_DAILY)
		part_subjects(d, f);
	if (kind != KIND_FILE)
		part_platforms(d, f);
	part_focus(d, f, kind == KIND_FLASH ? 3 : kind == KIND_DASHBOARD ? 5 : 8);
	if (kind != KIND_DASHBOARD && kind != KIND_FLASH)
		part_voices(d, f, 6);
	if (kind == KIND_FILE)
		part_platforms(d, f);
	if (kind == KIND_DAILY || long_one || kind == KIND_FILE)
		part_topics(d, f);
	part_risk(d, f);
	if (kind != KIND_FLASH)
		part_playbook(d, f);
	part_tasks(d, f, kind == KIND_FILE);
	if (kind == KIND_DAILY)
		part_cases(d, f);
	if (kind != KIND_FLASH) { /* two pages: what happened, how bad, what next */
		part_texts(d, f, kind == KIND_FILE);
		part_notices(d, f);
	}
	if (kind != KIND_DASHBOARD && kind != KIND_FLASH)
		part_chronicle(d, f);
	if (kind == KIND_FILE) {
		part_file(d, f);
		part_audit(d, f);
	}
	part_method(d, f);
}
