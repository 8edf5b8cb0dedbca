/* The store, the case, the playbook and the rules, as the verbs of draft need them. */
#include "draft.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/utf8.h"
#include "cli/path.h"
#include "cli/who.h"
#include "model/template.h"

_Noreturn void
refuse(const char *fmt, ...)
{
	struct err e = {.kind = ERR_NO};
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(e.msg, sizeof e.msg, fmt, ap);
	va_end(ap);
	msg_die(&e);
}

void
desk_open(struct desk *k, bool write)
{
	struct err e;
	const char *path;
	struct str login = str_c(cli_login());

	if (k->format != NULL && strcmp(k->format, "text") != 0 && strcmp(k->format, "json") != 0)
		msg_usage("-f: expected text or json");
	k->json = k->format != NULL && strcmp(k->format, "json") == 0;
	k->now = cli_now();
	k->actor = login;
	if (write) {
		path = path_config(NULL, "roles.yaml", &e);
		if (path == NULL || roles_load(path, &k->mem, &k->roles, &e) != 0)
			msg_die(&e);
		if (k->as != NULL && strcmp(k->as, cli_login()) != 0 && !roles_act_for(k->roles, login))
			refuse("%s may not act for others (act_for in roles.yaml)", cli_login());
		k->actor = k->as != NULL ? str_c(k->as) : login;
		if (!roles_may(k->roles, k->actor, MAY_WORK))
			refuse("%.*s may not work on texts; roles.yaml says who may", STRF(k->actor));
	}
	path = path_store(k->db, &e);
	if (path == NULL || store_open(path, write ? STORE_WRITE : STORE_READ, &k->s, &e) != 0)
		msg_die(&e);
}

int
desk_end(struct desk *k, int status)
{
	store_close(k->s);
	if (k->lib_open)
		library_free(&k->lib);
	pii_free(&k->scan);
	arena_free(&k->mem);
	return msg_worse(status, msg_flush_stdout());
}

/* --- cases ------------------------------------------------------------------------------------------------------------ */

struct fold {
	struct casefile *c;
	bool any;
};

static int
fold(void *ctx, const struct store_event *ev, struct err *e)
{
	struct fold *f = ctx;

	f->any = true;
	return casefile_apply(f->c, &(struct case_event){ev->seq, ev->ts, ev->actor, ev->kind, ev->data}, e);
}

bool
desk_case_try(struct desk *k, struct str id, struct casefile *c)
{
	struct fold f = {c, false};
	struct store_event_query q = {.case_id = id};
	struct err e;

	casefile_init(c, id);
	if (store_events(k->s, &q, fold, &f, &e) != 0)
		msg_die(&e);
	if (f.any && c->state != CASE_NONE)
		return true;
	casefile_free(c);
	return false;
}

void
desk_case(struct desk *k, const char *typed, struct casefile *c)
{
	struct str id = str_c(typed);
	struct err e;
	int64_t number;
	int found;

	if (is_digit(typed[0]) && str_i64(id, &number))
		id = arena_printf(&k->mem, "c-%04d-%04lld", clock_civil(k->now).year, (long long)number);
	found = store_case_find(k->s, id, &k->mem, &id, &e);
	if (found < 0)
		msg_die(&e);
	if (found > 1)
		refuse("several cases begin with '%s'", typed);
	if (found == 0 || !desk_case_try(k, id, c))
		refuse("no case '%s'", typed);
}

/* It may well be another than the one of this case. */
static void
on_bad(void *ctx, const struct err *e)
{
	(void)ctx;
	msg_err(e);
}

static void
open_library(struct desk *k)
{
	const char *first, *base;
	struct err e;

	if (k->lib_open)
		return;
	first = path_config(k->dir, "playbooks", &e);
	if (first == NULL)
		msg_die(&e);
	base = path_data("playbooks", NULL);
	if (base != NULL && strcmp(base, first) == 0)
		base = NULL;
	if (library_open(first, base, &k->lib, on_bad, NULL, &e) != 0)
		msg_die(&e);
	k->lib_open = true;
}

struct play *
desk_play(struct desk *k, const struct casefile *c)
{
	struct str id = c->playbook.n > 0 ? c->playbook : STR("general/catch-all");
	struct play *p;
	struct err e;

	open_library(k);
	p = library_find(&k->lib, id);
	if (p == NULL) {
		msg_warn("the library has no playbook '%.*s' any more", STRF(id));
		return NULL;
	}
	if (play_load(&k->lib, p, &e) != 0)
		msg_die(&e);
	return p;
}

const struct wording *
desk_wording(struct desk *k)
{
	struct str text;
	struct wording *w;
	struct err e;
	const char *path;

	if (k->rules.wording != NULL)
		return k->rules.wording;
	path = path_data("wording.tsv", &e);
	if (path == NULL || file_read(path, YAML_FILE_MAX, &k->mem, &text, &e) != 0 ||
	    wording_load(text, path, &k->mem, &w, &e) != 0)
		msg_die(&e);
	k->rules.wording = w;
	return w;
}

/* --- drafts ----------------------------------------------------------------------------------------------------------- */

struct search {
	struct str typed, id;
	struct arena *a;
	size_t n;
	bool exact;
};

static int
look(void *ctx, const struct store_draft *d, struct err *e)
{
	struct search *s = ctx;

	(void)e;
	if (s->exact || !str_starts(d->id, s->typed))
		return 0;
	s->exact = str_eq(d->id, s->typed);
	s->n = s->exact ? 1 : s->n + 1;
	s->id = arena_str(s->a, d->id);
	return s->exact;
}

void
desk_draft(struct desk *k, const char *typed, int64_t version, struct store_draft *d)
{
	struct search s = {.typed = str_c(typed), .a = &k->mem};
	struct err e;
	int r = store_draft_get(k->s, s.typed, version, &k->mem, d, &e);

	if (r == 0) {
		if (store_drafts(k->s, STR(""), false, look, &s, &e) != 0)
			msg_die(&e);
		if (s.n == 0)
			refuse("no text '%s'", typed);
		if (s.n > 1)
			refuse("several texts begin with '%s'", typed);
		r = store_draft_get(k->s, s.id, version, &k->mem, d, &e);
	}
	if (r < 0)
		msg_die(&e);
	if (r == 0)
		refuse("text '%.*s' has no version %lld", STRF(s.n > 0 ? s.id : s.typed), (long long)version);
}

void
desk_event_posts(struct desk *k, const char *kind, const struct store_draft *d, const char *reason, const struct str *post, size_t n)
{
	struct store_event ev = {.ts = k->now, .actor = k->actor, .case_id = d->case_id, .kind = str_c(kind)};
	struct buf b = {0};
	struct jw w = jw_open(&b);
	struct err e;

	jw_obj(&w);
	jw_kstr(&w, "draft", d->id);
	jw_kint(&w, "version", d->version);
	jw_kcstr(&w, "sha256", d->sha256);
	jw_kstr(&w, "form", d->kind);
	jw_kstr(&w, "lang", d->lang);
	if (reason != NULL && *reason != '\0')
		jw_kcstr(&w, "reason", reason);
	if (n > 0) {
		jw_key(&w, "posts");
		jw_arr(&w);
		for (size_t i = 0; i < n; i++)
			jw_str(&w, post[i]);
		jw_end(&w);
	}
	jw_end(&w);
	ev.data = buf_view(&b);
	if (store_event_add(k->s, &ev, &e) != 0)
		msg_die(&e);
	buf_free(&b);
}

void
desk_event(struct desk *k, const char *kind, const struct store_draft *d, const char *reason)
{
	desk_event_posts(k, kind, d, reason, NULL, 0);
}

/* --- notes ------------------------------------------------------------------------------------------------------------ */

static void
put_answers(struct jw *w, const char *key, const struct answer *v, size_t n)
{
	jw_key(w, key);
	jw_obj(w);
	for (size_t i = 0; i < n; i++) {
		jw_keyn(w, v[i].id);
		jw_str(w, v[i].text);
	}
	jw_end(w);
}

static const char *const weights[] = {"soft", "hard", "never", NULL};

void
notes_put(const struct notes *n, struct buf *out)
{
	struct jw w = jw_open(out);

	jw_obj(&w);
	if (n->play.n > 0) {
		jw_key(&w, "playbook");
		jw_obj(&w);
		jw_kstr(&w, "id", n->play);
		jw_kstr_opt(&w, "version", n->play_version);
		jw_kstr_opt(&w, "hash", n->play_hash);
		jw_end(&w);
	}
	jw_kstr_opt(&w, "title", n->title);
	jw_kstr_opt(&w, "message", n->message);
	jw_kstr_opt(&w, "stage_advice", n->advice);
	put_answers(&w, "facts", n->used, n->nused);
	put_answers(&w, "given", n->given, n->ngiven);
	jw_key(&w, "open");
	jw_arr(&w);
	for (size_t i = 0; i < n->nopen; i++) {
		jw_obj(&w);
		jw_kstr(&w, "id", n->open[i].id);
		jw_key(&w, "ask");
		jw_obj(&w);
		jw_kstr_opt(&w, "zh", n->open[i].zh);
		jw_kstr_opt(&w, "en", n->open[i].en);
		jw_end(&w);
		jw_kstr_opt(&w, "clue", n->open[i].clue);
		jw_end(&w);
	}
	jw_end(&w);
	jw_key(&w, "findings");
	jw_arr(&w);
	for (size_t i = 0; i < n->nfound; i++) {
		jw_obj(&w);
		jw_kcstr(&w, "weight", weights[n->found[i].weight]);
		jw_kint(&w, "line", n->found[i].line);
		jw_kstr(&w, "rule", n->found[i].rule);
		jw_kstr(&w, "what", n->found[i].msg);
		jw_end(&w);
	}
	jw_end(&w);
	jw_kstr_opt(&w, "accepted", n->accepted);
	jw_kstr_opt(&w, "assist", n->assist);
	if (n->edited)
		jw_kbool(&w, "edited", true);
	jw_end(&w);
}

void
notes_free(struct notes *n)
{
	free(n->used);
	free(n->given);
	free(n->open);
	free(n->found);
	*n = (struct notes){0};
}

static void
add_answer(struct answer **v, size_t *n, size_t *cap, struct str id, struct str text)
{
	for (size_t i = 0; i < *n; i++)
		if (str_eq((*v)[i].id, id)) {
			(*v)[i].text = text;
			return;
		}
	*v = xgrow(*v, cap, *n + 1, sizeof **v);
	(*v)[(*n)++] = (struct answer){id, text};
}

void
notes_given(struct notes *n, struct str id, struct str text)
{
	add_answer(&n->given, &n->ngiven, &n->given_cap, id, text);
}

void
notes_get(struct str json, struct arena *a, struct notes *n)
{
	struct json v = json_view(json.n > 0 ? json : STR("{}")), item;
	struct json_iter it;
	struct str key;

	*n = (struct notes){.play = json_str(json_path(v, "playbook.id"), a),
	    .play_version = json_str(json_path(v, "playbook.version"), a),
	    .play_hash = json_str(json_path(v, "playbook.hash"), a),
	    .title = json_str(json_get(v, "title"), a),
	    .message = json_str(json_get(v, "message"), a),
	    .advice = json_str(json_get(v, "stage_advice"), a),
	    .accepted = json_str(json_get(v, "accepted"), a),
	    .assist = json_str(json_get(v, "assist"), a),
	    .edited = json_get(v, "edited").type == JSON_TRUE};
	it = json_iter(json_get(v, "facts"));
	while (json_next(&it, &key, &item))
		add_answer(&n->used, &n->nused, &n->used_cap, key, json_str(item, a));
	it = json_iter(json_get(v, "given"));
	while (json_next(&it, &key, &item))
		notes_given(n, key, json_str(item, a));
	it = json_iter(json_get(v, "open"));
	while (json_next(&it, &key, &item)) {
		n->open = xgrow(n->open, &n->open_cap, n->nopen + 1, sizeof *n->open);
		n->open[n->nopen++] = (struct open_ask){json_str(json_get(item, "id"), a), json_str(json_path(item, "ask.zh"), a),
		    json_str(json_path(item, "ask.en"), a), json_str(json_get(item, "clue"), a)};
	}
	it = json_iter(json_get(v, "findings"));
	while (json_next(&it, &key, &item)) {
		int weight = 0;

		while (weights[weight + 1] != NULL && !json_is(json_get(item, "weight"), weights[weight]))
			weight++;
		n->found = xgrow(n->found, &n->found_cap, n->nfound + 1, sizeof *n->found);
		n->found[n->nfound++] = (struct finding){(enum weight)weight, (int)json_int_or(json_get(item, "line"), 0),
		    json_str(json_get(item, "rule"), a), json_str(json_get(item, "what"), a)};
	}
}

struct collect {
	struct notes *n;
	struct arena *a;
};

static void
on_finding(void *ctx, enum weight weight, int line, const char *rule, const char *msg)
{
	struct collect *c = ctx;

	c->n->found = xgrow(c->n->found, &c->n->found_cap, c->n->nfound + 1, sizeof *c->n->found);
	c->n->found[c->n->nfound++] = (struct finding){weight, line, arena_str(c->a, str_c(rule)), arena_str(c->a, str_c(msg))};
}

/* What a machine worded may hold no number that nobody gave it. */
static void
invented(struct play *p, struct str kind, bool zh, struct str text, struct collect *c)
{
	const struct play_text *t = play_text(p, kind, zh ? STR("zh") : STR("en"));
	struct str odd = assist_invented(text, t != NULL ? t->body : STR(""), c->n->used, c->n->nused);
	char msg[80];

	if (odd.n == 0)
		return;
	(void)snprintf(msg, sizeof msg, "the number %.*s stands in no fact", STRF(utf8_cut_bytes(odd, 30)));
	on_finding(c, RULE_HARD, md_line(text, (size_t)(odd.p - text.p)), "assist", msg);
}

/* Which of the six questions nothing in the text answers. Only for texts made from the template: the values are known. */
static void
six_questions(struct json play, struct str text, struct collect *c)
{
	static const char *const w[] = {"what", "when", "where", "who", "why", "how", NULL};
	struct json_iter it;
	struct json item;
	struct str key;

	for (size_t i = 0; w[i] != NULL; i++) {
		bool answered = false, asked = false;
		char msg[80];

		it = json_iter(json_get(play, "facts"));
		while (!answered && json_next(&it, &key, &item)) {
			struct str id = json_str(json_get(item, "id"), c->a);

			if (!json_is(json_get(item, "w"), w[i]))
				continue;
			for (size_t k = 0; k < c->n->nused; k++)
				answered = answered || (str_eq(c->n->used[k].id, id) && str_find(text, c->n->used[k].text) >= 0);
			for (size_t k = 0; k < c->n->nopen; k++)
				asked = asked || str_eq(c->n->open[k].id, id);
		}
		(void)snprintf(msg, sizeof msg, "the text does not say %s", w[i]);
		if (!answered && !asked)
			on_finding(c, RULE_SOFT, 1, "5W1H", msg);
	}
}

void
notes_check(struct desk *k, struct play *p, struct str kind, bool zh, struct str text, struct notes *n)
{
	struct collect c = {n, &k->mem};

	n->nfound = 0;
	(void)desk_wording(k);
	k->rules.kind = kind;
	k->rules.zh = zh;
	k->rules.sources = false;
	k->rules.allowed = STR("");
	for (size_t i = 0; i < n->nused; i++)
		if (str_is(n->used[i].id, "hotline"))
			k->rules.allowed = n->used[i].text;
	if (p != NULL)
		text_rules_for(json_view(p->json), &k->rules);
	text_rules_check(&k->rules, text, &k->scan, on_finding, &c);
	if (p != NULL && str_is(kind, "statement"))
		six_questions(json_view(p->json), text, &c);
	if (p != NULL && n->assist.n > 0)
		invented(p, kind, zh, text, &c);
}

/* --- printing --------------------------------------------------------------------------------------------------------- */

struct signatures {
	struct jw *w;
	size_t n;
};

static int
put_signature(void *ctx, const struct store_approval *a, struct err *e)
{
	struct signatures *s = ctx;

	(void)e;
	if (s->n++ == 0) {
		jw_key(s->w, "approvals");
		jw_arr(s->w);
	}
	jw_obj(s->w);
	jw_kstr(s->w, "role", a->role);
	jw_kstr(s->w, "actor", a->actor);
	jw_kbool(s->w, "approve", a->approve);
	jw_kstr_opt(s->w, "reason", a->reason);
	jw_kstr(s->w, "sha256", a->sha256);
	jw_ktime(s->w, "at", a->ts);
	jw_end(s->w);
	return 0;
}

void
draft_record(struct desk *k, const struct store_draft *d, const struct casefile *c, struct buf *out)
{
	static const char *const from_notes[] = {"title", "message", "stage_advice", "playbook", "facts", "open", "findings", "accepted", "assist", NULL};
	struct json notes = json_view(d->json.n > 0 ? d->json : STR("{}"));
	struct jw w = jw_open(out);
	struct signatures s = {&w, 0};
	struct err e;

	jw_obj(&w);
	jw_kcstr(&w, "kind", "draft");
	jw_kstr(&w, "id", d->id);
	jw_kint(&w, "version", d->version);
	jw_kstr(&w, "case", d->case_id);
	if (c != NULL) {
		jw_kstr_opt(&w, "subject", c->subject);
		jw_kstr_opt(&w, "type", c->type);
		jw_kstr_opt(&w, "level", case_level_name(c->level));
		if (c->drill)
			jw_kbool(&w, "drill", true);
	}
	jw_kstr(&w, "form", d->kind);
	jw_kstr_opt(&w, "lang", d->lang);
	jw_kstr_opt(&w, "audience", d->audience);
	jw_kstr_opt(&w, "stage", d->stage);
	jw_kstr(&w, "state", d->state.n > 0 ? d->state : STR("draft"));
	jw_kstr_opt(&w, "author", d->author);
	jw_ktime(&w, "created", d->created);
	jw_ktime(&w, "updated", d->updated != 0 ? d->updated : d->created);
	jw_kcstr(&w, "sha256", d->sha256);
	for (size_t i = 0; from_notes[i] != NULL; i++) {
		struct json v = json_get(notes, from_notes[i]);

		if (v.type != JSON_NONE && v.raw.n > 2)
			jw_kraw(&w, from_notes[i], v.raw);
	}
	if (d->version > 0 && store_approvals(k->s, d->id, d->version, put_signature, &s, &e) != 0)
		msg_die(&e);
	if (s.n > 0)
		jw_end(&w);
	jw_kstr(&w, "text", d->text);
	jw_end(&w);
}

void
print_notes(const struct notes *n, const struct store_draft *d)
{
	bool zh = str_is(d->lang, "zh");

	if (n->message.n > 0)
		msg_note("for %.*s: %.*s", STRF(d->audience), STRF(n->message));
	if (n->advice.n > 0)
		msg_note("stage %.*s: %.*s", STRF(d->stage), STRF(n->advice));
	for (size_t i = 0; i < n->nopen; i++)
		msg_note("open: %.*s: %.*s%s%.*s%s", STRF(n->open[i].id), STRF(zh || n->open[i].en.n == 0 ? n->open[i].zh : n->open[i].en),
		    n->open[i].clue.n > 0 ? " [" : "", STRF(n->open[i].clue), n->open[i].clue.n > 0 ? "]" : "");
	for (size_t i = 0; i < n->nfound; i++)
		if (!str_is(n->found[i].rule, "open"))
			msg_note("line %d: %.*s: %.*s", n->found[i].line, STRF(n->found[i].rule), STRF(n->found[i].msg));
}

void
draft_print(struct desk *k, const struct store_draft *d, const struct casefile *c)
{
	struct buf b = {0};
	struct notes n;

	if (k->json) {
		draft_record(k, d, c, &b);
		buf_putc(&b, '\n');
		(void)fwrite(b.p, 1, b.n, stdout);
	} else {
		notes_get(d->json, &k->mem, &n);
		(void)fwrite(d->text.p, 1, d->text.n, stdout);
		(void)fflush(stdout); /* the text before its notes, where both go to one terminal */
		print_notes(&n, d);
		notes_free(&n);
	}
	buf_free(&b);
}
