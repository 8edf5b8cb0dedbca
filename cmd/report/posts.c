/* The sections that show posts. */
#include "base/clock.h"
#include "base/utf8.h"
#include "parts.h"

static struct str
counts_of(struct facts *f, const struct post *p)
{
	struct buf b = {0};
	struct str out;
	const struct {
		int64_t v;
		const char *zh, *en;
	} k[] = {{p->views, "阅读", "views"}, {p->reposts, "转发", "shares"}, {p->comments, "评论", "comments"}, {p->likes, "点赞", "likes"}};

	for (size_t i = 0; i < sizeof k / sizeof k[0]; i++) {
		struct str n;

		if (k[i].v < 0)
			continue;
		n = number(f, k[i].v);
		if (b.n > 0)
			buf_puts(&b, " · ");
		if (f->conf->zh)
			buf_printf(&b, "%s %.*s", k[i].zh, STRF(n));
		else
			buf_printf(&b, "%.*s %s", STRF(n), k[i].en);
	}
	out = arena_str(&f->mem, buf_view(&b));
	buf_free(&b);
	return out;
}

static struct quote
quote_of(struct facts *f, const struct post *p, struct str note)
{
	bool zh = f->conf->zh;
	struct quote q = {.id = p->id, .platform = name_of("platform", p->platform, zh), .who = p->author, .title = p->title, .text = p->text, .url = p->url,
	    .t = p->t, .note = note, .counts = counts_of(f, p)};

	if (str_starts(p->text, p->title)) /* a headline that the text repeats */
		q.title = STR("");
	if (p->voice.n > 0)
		q.voice = name_of("voice", p->voice, zh);
	if (p->type.n > 0 && !str_is(p->type, "none"))
		q.type = type_name(f, p->type);
	if (p->label.n > 0) {
		q.tone = str_is(p->label, "neg") ? TONE_BAD : str_is(p->label, "pos") ? TONE_GOOD : TONE_MUTED;
		q.mood = say(f, "%.*s %s%.2f", STRF(name_of("mood", p->label, zh)), p->score < -0.004 ? "−" : "", p->score < 0 ? -p->score : p->score);
	}
	return q;
}

/* A block of quotes for up to most places. */
static struct block *
quotes(struct doc *d, const char *key, size_t most)
{
	struct block *b = doc_block(d, BLOCK_QUOTES, key, STR(""));

	b->quote = arena_zalloc(&d->mem, (most + 1) * sizeof *b->quote);
	return b;
}

static int
bits(uint32_t v)
{
	int n = 0;

	for (; v != 0; v &= v - 1)
		n++;
	return n;
}

/* Copied texts first: what is said by many hands. */
static void
stories(struct doc *d, struct facts *f, size_t most)
{
	const struct tally *t = &f->tally;
	struct block *b;
	size_t n = 0;

	for (size_t i = 0; i < t->nstory && n < most; i++)
		n += t->story[i].n >= 3 && t->story[i].sample != NULL;
	if (n == 0)
		return;
	doc_block(d, BLOCK_SUB, "stories", str_c(W(f, "转载最多的内容", "Copied most")));
	b = quotes(d, "stories", n);
	for (size_t i = 0; i < t->nstory && b->n < n; i++) {
		const struct story *s = &t->story[i];

		if (s->n >= 3 && s->sample != NULL)
			b->quote[b->n++] = quote_of(f, s->sample,
			    say(f, W(f, "同文 %.*s 条，%d 个平台，%.*s 至 %.*s", "%.*s copies on %d platforms, %.*s to %.*s"), STRF(number(f, s->n)), bits(s->seen),
			        STRF(local(f, s->first)), STRF(local(f, s->last))));
	}
}

/* What the incident itself gives as evidence, when no posts were read. */
static void
incident_evidence(struct doc *d, struct facts *f, size_t most)
{
	static const struct {
		const char *role, *zh, *en;
	} roles[] = {
	    {"first", "首发", "first"},
	    {"most-spread", "传播最广", "spread most"},
	    {"first-media", "首家媒体", "first media"},
	    {"first-official", "首个官方", "first official"},
	    {"first-own", "首次自有发声", "first own"},
	    {"most-spread-on-platform", "该平台传播最广", "spread most on its platform"},
	};
	struct json_iter it;
	struct str key;
	struct json v;
	struct block *b;

	if (f->ncrisis == 0)
		return;
	it = json_iter(json_get(f->crisis[0]->incident, "evidence"));
	if (!json_next(&it, &key, &v))
		return;
	doc_section(d, "focus", W(f, "焦点内容", "What was said"));
	b = quotes(d, "evidence", most);
	do {
		struct quote q = {.id = json_str(json_get(v, "id"), &f->mem), .text = json_str(json_get(v, "text"), &f->mem),
		    .platform = name_of("platform", json_str(json_get(v, "platform"), &f->mem), f->conf->zh)};
		int64_t n = json_int_or(json_get(v, "interactions"), -1);
		struct str at = json_str(json_get(v, "at"), &f->mem), role = json_str(json_get(v, "role"), &f->mem);

		(void)clock_parse(at, &q.t);
		q.note = role;
		for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
			if (str_is(role, roles[i].role))
				q.note = str_c(W(f, roles[i].zh, roles[i].en));
		if (n >= 0)
			q.counts = say(f, W(f, "互动 %.*s", "%.*s interactions"), STRF(number(f, n)));
		b->quote[b->n++] = q;
	} while (b->n < most && json_next(&it, &key, &v));
}

void
part_focus(struct doc *d, struct facts *f, size_t most)
{
	const struct tally *t = &f->tally;
	struct block *b;

	if (t->all.n == 0) {
		incident_evidence(d, f, most);
		return;
	}
	if (t->worst.n == 0 && t->nstory == 0)
		return;
	doc_section(d, "focus", W(f, "焦点内容", "What was said"));
	if (t->worst.n > 0) {
		doc_block(d, BLOCK_SUB, "worst", str_c(W(f, "互动最多的负面", "Negative posts with most engagement")));
		b = quotes(d, "worst", most);
		for (size_t i = 0; i < t->worst.n && b->n < most; i++)
			b->quote[b->n++] = quote_of(f, &t->worst.v[i], STR(""));
	}
	stories(d, f, most > 5 ? 5 : most);
}

static void
voice_block(struct doc *d, struct facts *f, const struct posts *p, const char *key, const char *heading, size_t most)
{
	struct block *b;

	if (p->n == 0)
		return;
	doc_block(d, BLOCK_SUB, key, say(f, "%s %.*s", heading, STRF(number(f, p->total))));
	b = quotes(d, key, most);
	for (size_t i = 0; i < p->n && i < most; i++)
		b->quote[b->n++] = quote_of(f, &p->v[i], STR(""));
	if (p->total > (int64_t)b->n)
		doc_note(d, say(f, W(f, "共 %.*s 条，此处 %zu 条。", "%.*s in all, %zu shown."), STRF(number(f, p->total)), b->n));
}

/* Accounts with many followers, each once. */
static void
key_nodes(struct doc *d, struct facts *f, size_t most)
{
	const struct posts *p = &f->tally.voices;
	size_t shown = 0;

	if (p->n == 0)
		return;
	doc_table(d, "nodes", W(f, "粉丝最多的发声账号", "Accounts with most followers"));
	doc_column(d, "account", W(f, "账号", "Account"), ALIGN_LEFT);
	doc_column(d, "voice", W(f, "身份", "Voice"), ALIGN_LEFT);
	doc_column(d, "platform", W(f, "平台", "Platform"), ALIGN_LEFT);
	doc_column(d, "followers", W(f, "粉丝", "Followers"), ALIGN_RIGHT);
	doc_column(d, "at", W(f, "时间", "Time"), ALIGN_LEFT);
	doc_column(d, "mood", W(f, "情感", "Mood"), ALIGN_LEFT);
	doc_column(d, "post", W(f, "编号", "Id"), ALIGN_LEFT);
	for (size_t i = 0; i < p->n && shown < most; i++) {
		const struct post *v = &p->v[i];
		bool again = false;
		struct cell *c;

		for (size_t k = 0; k < i; k++)
			again = again || (v->author.n > 0 && str_eq(p->v[k].author, v->author));
		if (again)
			continue;
		shown++;
		doc_cell(d, value_text(v->author.n > 0 ? utf8_cut_cols(v->author, 40) : STR("—")));
		doc_cell(d, value_text(name_of("voice", v->voice, f->conf->zh)));
		doc_cell(d, value_text(name_of("platform", v->platform, f->conf->zh)));
		doc_cell(d, value_int(v->followers));
		doc_cell(d, value_time(v->t));
		c = doc_cell(d, value_text(name_of("mood", v->label, f->conf->zh)));
		c->tone = str_is(v->label, "neg") ? TONE_BAD : TONE_PLAIN;
		c = doc_cell(d, value_text(utf8_cut_cols(v->id, 60)));
		c->href = v->url;
	}
}

void
part_voices(struct doc *d, struct facts *f, size_t most)
{
	const struct tally *t = &f->tally;

	if (t->voices.n + t->own_posts.n + t->official_posts.n + t->media_posts.n == 0)
		return;
	doc_section(d, "voices", W(f, "谁在发声", "Who speaks"));
	key_nodes(d, f, most + 3);
	voice_block(d, f, &t->own_posts, "own", W(f, "自有发声", "Own posts"), most);
	voice_block(d, f, &t->official_posts, "official", W(f, "官方发声", "Official posts"), most);
	voice_block(d, f, &t->media_posts, "media", W(f, "媒体报道", "Media posts"), most);
}
