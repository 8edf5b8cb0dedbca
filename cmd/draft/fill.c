/* What texts are filled with, and how a version is kept. */
#include "draft.h"

#include <stdlib.h>
#include <time.h>

#include "base/utf8.h"
#include "model/template.h"

/* --- facts ------------------------------------------------------------------------------------------------------------ */

/* The day in the place where the program runs. */
static struct str
today(const struct filling *f)
{
	static const char *const month[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September",
	    "October", "November", "December"};
	time_t t = (time_t)f->k->now;
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL)
		return STR("");
	return f->zh ? arena_printf(&f->k->mem, "%d年%d月%d日", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday)
	             : arena_printf(&f->k->mem, "%d %s %d", tm.tm_mday, month[tm.tm_mon], tm.tm_year + 1900);
}

static bool
given(const struct notes *n, struct str id, struct str *value)
{
	for (size_t i = 0; i < n->ngiven; i++)
		if (str_eq(n->given[i].id, id)) {
			*value = n->given[i].text;
			return true;
		}
	return false;
}

static bool
value_of(struct filling *f, struct str id, struct str *value)
{
	struct buf b = {0};
	struct json v;
	bool known;

	if (f->post_author.n > 0 && str_is(id, "author")) {
		*value = f->post_author;
		return true;
	}
	if (f->post_platform.n > 0 && str_is(id, "platform")) {
		*value = f->post_platform;
		return true;
	}
	/* "id.en" is the English answer; "id" alone holds for both languages. */
	if (given(f->n, arena_printf(&f->k->mem, "%.*s.%s", STRF(id), f->zh ? "zh" : "en"), value) || given(f->n, id, value))
		return true;
	v = json_get(f->known, arena_cstr(&f->k->mem, id));
	known = template_value(v, f->zh, &b);
	if (known)
		*value = arena_str(&f->k->mem, buf_view(&b));
	else if (str_is(id, "date") || str_is(id, "organisation")) { /* a case opened by hand has no incident to ask */
		*value = str_is(id, "date") ? today(f) : f->c->subject;
		known = value->n > 0;
	}
	buf_free(&b);
	return known;
}

/* Where the posts may help to answer: the first of them, the words that stand out. */
static struct str
clue(const struct filling *f, struct str id)
{
	struct json latest = json_view(f->c->latest.n > 0 ? f->c->latest : STR("{}")), item;
	struct arena *a = &f->k->mem;
	struct json_iter it;
	struct str key, s = {0};
	struct buf b = {0};

	if (str_is(id, "occurred_at")) {
		it = json_iter(json_get(latest, "evidence"));
		while (s.n == 0 && json_next(&it, &key, &item))
			if (json_is(json_get(item, "role"), "first"))
				s = arena_printf(a, "%s %.*s, %.*s", f->zh ? "最早的相关帖子" : "first post", STRF(json_str(json_get(item, "at"), a)),
				    STRF(json_str(json_get(item, "platform"), a)));
	} else if (str_is(id, "event") && template_value(json_get(latest, "terms"), f->zh, &b))
		s = arena_printf(a, "%s %.*s", f->zh ? "突出的词" : "words that stand out:", STRF(buf_view(&b)));
	buf_free(&b);
	return s;
}

static void
remember(struct notes *n, struct str id, struct str text)
{
	for (size_t i = 0; i < n->nused; i++)
		if (str_eq(n->used[i].id, id))
			return;
	n->used = xgrow(n->used, &n->used_cap, n->nused + 1, sizeof *n->used);
	n->used[n->nused++] = (struct answer){id, text};
}

static bool
find(void *ctx, struct str id, struct str *value, struct str *ask)
{
	struct filling *f = ctx;
	struct arena *a = &f->k->mem;
	struct open_ask o = {.id = arena_str(a, id)};

	if (value_of(f, id, value)) {
		remember(f->n, o.id, *value);
		return true;
	}
	for (size_t i = 0; i < f->nfact; i++)
		if (str_eq(f->fact[i].id, id)) {
			o.zh = json_str(json_get(f->fact[i].ask, "zh"), a);
			o.en = json_str(json_get(f->fact[i].ask, "en"), a);
		}
	o.clue = clue(f, id);
	*ask = f->zh ? o.zh : o.en;
	for (size_t i = 0; i < f->n->nopen; i++)
		if (str_eq(f->n->open[i].id, id)) {
			*ask = o.id; /* asked in full where it stands first */
			return false;
		}
	f->n->open = xgrow(f->n->open, &f->n->open_cap, f->n->nopen + 1, sizeof *f->n->open);
	f->n->open[f->n->nopen++] = o;
	return false;
}

/* Facts that people gave with earlier texts of the case; the later text wins. */
struct earlier {
	struct desk *k;
	struct notes *n;
};

static int
take_earlier(void *ctx, const struct store_draft *d, struct err *e)
{
	struct earlier *x = ctx;
	struct notes old;

	(void)e;
	notes_get(arena_str(&x->k->mem, d->json), &x->k->mem, &old);
	for (size_t i = 0; i < old.ngiven; i++)
		notes_given(x->n, old.given[i].id, old.given[i].text);
	notes_free(&old);
	return 0;
}

static void
take_given(struct desk *k, const struct opt_list *answers, const struct fact *fact, size_t nfact, struct notes *n)
{
	for (size_t i = 0; i < answers->n; i++) {
		struct str s = str_c(answers->v[i]), id;
		struct buf b = {0};
		struct str plain;
		bool declared = false;

		if (!str_split(&s, '=', &id) || s.p == NULL || str_trim(s).n == 0)
			msg_usage("--fact: expected id=text");
		plain = str_ends(id, STR(".zh")) || str_ends(id, STR(".en")) ? str_sub(id, 0, id.n - 3) : id;
		for (size_t f = 0; f < nfact; f++)
			declared = declared || str_eq(fact[f].id, plain);
		if (!declared)
			refuse("the playbook has no fact '%.*s' (match-playbook --show lists them)", STRF(id));
		if (!utf8_valid(s.p, s.n))
			msg_usage("--fact: not UTF-8");
		utf8_clean(&b, str_trim(s));
		notes_given(n, arena_str(&k->mem, id), arena_str(&k->mem, buf_view(&b)));
		buf_free(&b);
	}
}

/* --- keeping ---------------------------------------------------------------------------------------------------------- */

/* "d-2026-0001-statement-zh", with the audience behind: the same text has the same id. */
struct str
draft_id(struct desk *k, struct str case_id, struct str kind, struct str lang, const char *to)
{
	struct str number = str_starts(case_id, STR("c-")) ? str_sub(case_id, 2, case_id.n) : case_id;

	return arena_printf(&k->mem, "d-%.*s-%.*s-%.*s%s%s", STRF(number), STRF(kind), STRF(lang), to != NULL ? "-" : "",
	    to != NULL ? to : "");
}

struct str
first_heading(struct str text, struct arena *a)
{
	struct md_heading *h;

	return md_headings(text, a, &h) > 0 ? h[0].text : (struct str){0};
}

/* Versions that were handed in or approved fall back when the text changes. */
static void
outdate(struct desk *k, const struct store_draft *d)
{
	struct store_draft old;
	struct err e;

	for (int64_t v = d->version - 1; v > 0; v--) {
		if (store_draft_get(k->s, d->id, v, &k->mem, &old, &e) <= 0)
			return;
		if (!str_is(old.state, "submitted") && !str_is(old.state, "approved") && !str_is(old.state, "draft"))
			continue;
		if (store_draft_state(k->s, d->id, v, STR("withdrawn"), k->now, &e) != 0)
			msg_die(&e);
	}
}

void
fill_open(struct filling *f, const struct opt_list *given)
{
	struct earlier earlier = {f->k, f->n};
	struct play *p = f->p;
	struct err e;

	if (f->c->playbook_hash.n > 0 && !str_is(f->c->playbook_hash, p->hash))
		msg_note("the playbook %.*s has changed since the case took it (now %.*s); the text follows the newer one", STRF(p->id),
		    STRF(p->version));
	if (store_drafts(f->k->s, f->c->id, false, take_earlier, &earlier, &e) != 0)
		msg_die(&e);
	f->nfact = plan_facts(json_view(p->json), &f->k->mem, &f->fact);
	take_given(f->k, given, f->fact, f->nfact, f->n);
	f->known = f->c->latest.n > 0 ? json_path(json_view(f->c->latest), "playbook.facts") : (struct json){0};
	f->n->play = p->id;
	f->n->play_version = p->version;
	f->n->play_hash = str_c(p->hash);
}

void
fill_text(struct filling *f, struct str template, struct buf *out)
{
	f->n->nused = f->n->nopen = 0;
	template_fill(template, f->zh, find, f, out);
}

bool
keep_in_tx(struct desk *k, struct store_draft *d, const char *event)
{
	struct err e;
	bool added;

	if (store_draft_add(k->s, d, &added, &e) != 0)
		msg_die(&e);
	if (added) {
		outdate(k, d);
		desk_event(k, event, d, NULL);
		d->state = STR("draft");
		d->updated = d->created;
	}
	return added;
}

void
keep(struct desk *k, struct store_draft *d, const char *event)
{
	struct err e;
	bool added;

	if (store_begin(k->s, &e) != 0)
		msg_die(&e);
	added = keep_in_tx(k, d, event);
	if (store_commit(k->s, &e) != 0)
		msg_die(&e);
	if (!added) {
		struct str id = d->id;

		if (store_draft_get(k->s, id, 0, &k->mem, d, &e) <= 0)
			msg_die(&e);
	}
}
