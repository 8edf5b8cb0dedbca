/* casefile rebuild, verify, export, import. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "casefile.h"
#include "ext/crypto.h"

int
verb_rebuild(int argc, char **argv)
{
	struct work w = {0};
	const struct opt opts[] = {WORK_OPTS(w), {0}};
	char **v = opt_parse(argc, argv, opts, "", "make the present state anew from the events");
	struct str *id;
	size_t n;
	struct err e;

	if (*v != NULL)
		usage_die("unexpected operand");
	work_change(&w, MAY_WORK);
	if (store_begin(w.s, &e) != 0 || store_cases_clear(w.s, &e) != 0)
		msg_die(&e);
	n = case_ids(&w, &id);
	for (size_t i = 0; i < n; i++) {
		struct casefile c;

		if (case_load(w.s, id[i], &c, &e) <= 0 || case_save(w.s, &c, &e) != 0)
			msg_die(&e);
		casefile_free(&c);
	}
	if (store_reviews_rebuild(w.s, &e) != 0)
		msg_die(&e);
	change_commit(&w);
	if (!cli.quiet)
		print_line(&w.run, "%zu cases rebuilt", n);
	return work_end(&w);
}

/* --- verify --- */

struct verify {
	struct work *w;
	int64_t bad;
	struct buf rows; /* tasks of the case at hand as the store has them */
};

static void
found(void *ctx, const char *text)
{
	struct verify *v = ctx;

	print_line(&v->w->run, "%s", text);
}

static int
gather_task(void *ctx, const struct store_task *t, struct err *e)
{
	struct verify *v = ctx;

	(void)e;
	buf_str(&v->rows, t->json);
	buf_putc(&v->rows, '\n');
	return 0;
}

static void
fault(struct verify *v, const char *fmt, struct str id)
{
	struct arena a = {0};

	v->bad++;
	found(v, arena_printf(&a, fmt, STRF(id)).p);
	arena_free(&a);
}

/* A case's rows against what its events give. */
static void
verify_case(struct verify *v, struct str id)
{
	struct store_task_query q = {.case_id = id, .drills = true};
	struct casefile c;
	struct store_case row;
	struct buf json = {0}, tasks = {0};
	struct err e;
	int have;

	if (case_load(v->w->s, id, &c, &e) <= 0) {
		v->bad++;
		found(v, e.msg);
		return;
	}
	if ((have = store_case_get(v->w->s, id, &v->w->mem, &row, &e)) < 0)
		msg_die(&e);
	if (have == 0) {
		fault(v, "case %.*s: its row was deleted (casefile rebuild brings it back)", id);
	} else {
		casefile_json(&c, &json);
		if (!str_eq(buf_view(&json), row.json) || !str_eq(row.state, case_state_name(c.state)) ||
		    !str_eq(row.level, case_level_name(c.level)) || row.due != casefile_due(&c))
			fault(v, "case %.*s: its row is not what its events say (casefile rebuild brings it back)", id);
		for (size_t i = 0; i < c.ntask; i++) {
			casefile_task_json(&c, &c.task[i], &tasks);
			buf_putc(&tasks, '\n');
		}
		buf_reset(&v->rows);
		if (store_tasks(v->w->s, &q, gather_task, v, &e) != 0)
			msg_die(&e);
		if (!str_eq(buf_view(&tasks), buf_view(&v->rows)))
			fault(v, "case %.*s: its tasks are not what its events say (casefile rebuild brings them back)",
			    id);
	}
	buf_free(&json);
	buf_free(&tasks);
	casefile_free(&c);
}

static int
orphan(void *ctx, const struct store_case *c, struct err *e)
{
	struct map *known = ((void **)ctx)[0];
	struct verify *v = ((void **)ctx)[1];

	(void)e;
	if (map_get(known, c->id) == NULL)
		fault(v, "case %.*s: it has no events", c->id);
	return 0;
}

int
verb_verify(int argc, char **argv)
{
	struct work w = {0};
	struct verify v = {.w = &w};
	const char *head = NULL;
	const struct opt opts[] = {
	    WORK_OPTS(w),
	    {0, "head", "HASH", "the audit trail must hold this hash", OPT_STR, &head, 0, 0},
	    {0},
	};
	char **operands = opt_parse(argc, argv, opts, "", "check the audit trail and what follows from it");
	struct store_case_query all = {.drills = true, .brief = true};
	struct map known = {0};
	struct str *id;
	size_t n;
	int64_t seq;
	char hash[65];
	struct err e;

	if (*operands != NULL)
		usage_die("unexpected operand");
	work_read(&w);
	if (store_verify(w.s, head, found, &v, &v.bad, &e) != 0)
		msg_die(&e);
	n = case_ids(&w, &id);
	for (size_t i = 0; i < n; i++) {
		map_put(&known, id[i], NULL);
		verify_case(&v, id[i]);
	}
	{
		void *ctx[2] = {&known, &v};

		if (store_cases(w.s, &all, orphan, ctx, &e) != 0 || store_head(w.s, &seq, hash, &e) != 0)
			msg_die(&e);
	}
	if (v.bad > 0)
		run_fail(&w.run, EXIT_NO);
	else if (!cli.quiet)
		print_line(&w.run, "%zu cases, %lld events, nothing wrong; head %s", n, (long long)seq, hash);
	map_free(&known);
	buf_free(&v.rows);
	return work_end(&w);
}

/* --- export, import --- */

struct export
{
	struct work *w;
	struct buf line;
	struct map sent; /* evidence already written */
};

static void
put_evidence(struct export *x, struct str sha)
{
	struct str bytes;
	struct err e;
	bool added;
	struct jw j;
	struct buf text = {0};

	map_put(&x->sent, sha, &added);
	if (!added)
		return;
	switch (store_blob_get(x->w->s, sha, &x->w->mem, &bytes, &e)) {
	case 0:
		msg_warn("evidence %.*s is missing from the store", STRF(sha));
		run_fail(&x->w->run, EXIT_NO);
		return;
	case 1:
		break;
	default:
		msg_die(&e);
	}
	base64_put(bytes, &text);
	buf_reset(&x->line);
	j = jw_open(&x->line);
	jw_obj(&j);
	jw_kcstr(&j, "kind", "evidence");
	jw_kstr(&j, "sha256", sha);
	jw_kstr(&j, "base64", buf_view(&text));
	jw_end(&j);
	run_emit(&x->w->run, buf_view(&x->line));
	buf_free(&text);
}

static int
put_event(void *ctx, const struct store_event *ev, struct err *e)
{
	struct export *x = ctx;
	struct jw j;

	(void)e;
	if (str_is(ev->kind, "case.attach"))
		put_evidence(x, json_str(json_get(json_view(ev->data), "sha256"), &x->w->mem));
	buf_reset(&x->line);
	j = jw_open(&x->line);
	jw_obj(&j);
	jw_kcstr(&j, "kind", "event");
	jw_kint(&j, "seq", ev->seq);
	jw_ktime(&j, "ts", ev->ts);
	jw_kstr(&j, "actor", ev->actor);
	jw_kstr(&j, "case", ev->case_id);
	jw_kstr(&j, "what", ev->kind);
	jw_kraw(&j, "data", ev->data);
	jw_kcstr(&j, "prev", ev->prev);
	jw_kcstr(&j, "hash", ev->hash);
	jw_end(&j);
	run_emit(&x->w->run, buf_view(&x->line));
	return 0;
}

/* A text with the state it is in; its approvals are events. */
static int
put_text(void *ctx, const struct store_draft *d, struct err *e)
{
	const struct {
		const char *key;
		struct str v;
	} more[] = {{"lang", d->lang}, {"audience", d->audience}, {"stage", d->stage}, {"state", d->state}, {"author", d->author}};
	struct export *x = ctx;
	struct jw j;

	(void)e;
	buf_reset(&x->line);
	j = jw_open(&x->line);
	jw_obj(&j);
	jw_kcstr(&j, "kind", "text");
	jw_kstr(&j, "case", d->case_id);
	jw_kstr(&j, "id", d->id);
	jw_kint(&j, "version", d->version);
	jw_kstr(&j, "form", d->kind);
	for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
		if (more[i].v.n > 0)
			jw_kstr(&j, more[i].key, more[i].v);
	jw_ktime(&j, "created", d->created);
	jw_kcstr(&j, "sha256", d->sha256);
	jw_kstr(&j, "text", d->text);
	jw_kraw(&j, "notes", d->json.n > 0 ? d->json : STR("{}"));
	jw_end(&j);
	run_emit(&x->w->run, buf_view(&x->line));
	return 0;
}

int
verb_export(int argc, char **argv)
{
	struct work w = {0};
	const struct opt opts[] = {WORK_OPTS(w), {0}};
	char **v = opt_parse(argc, argv, opts, "CASE", "print the events of a case with its evidence");
	struct export x = {.w = &w};
	struct store_event_query q = {0};
	struct err e;

	if (v[0] == NULL || v[1] != NULL)
		usage_die("expected one case");
	work_read(&w);
	q.case_id = work_id(&w, v[0]);
	if (store_drafts(w.s, q.case_id, true, put_text, &x, &e) != 0 || store_events(w.s, &q, put_event, &x, &e) != 0)
		msg_die(&e);
	map_free(&x.sent);
	buf_free(&x.line);
	return work_end(&w);
}

static void
import_evidence(struct work *w, struct rec *r, struct err *e)
{
	struct buf bytes = {0};
	char sha[65];

	if (!base64_get(rec_str(r, "base64"), &bytes))
		refuse("%s:%llu: evidence is not base64", r->file, (unsigned long long)r->lineno);
	if (store_blob_put(w->s, buf_view(&bytes), sha, e) != 0)
		msg_die(e);
	if (!str_is(rec_str(r, "sha256"), sha))
		refuse("%s:%llu: evidence does not have its hash", r->file, (unsigned long long)r->lineno);
	buf_free(&bytes);
}

/* Texts come before the events that approve them, in order of version. */
static void
import_text(struct work *w, struct str case_id, struct rec *r, struct err *e)
{
	struct store_draft d = {.id = rec_str(r, "id"),
	    .case_id = case_id,
	    .kind = rec_str(r, "form"),
	    .lang = rec_str(r, "lang"),
	    .audience = rec_str(r, "audience"),
	    .stage = rec_str(r, "stage"),
	    .author = rec_str(r, "author"),
	    .text = rec_str(r, "text"),
	    .json = rec_get(r, "notes").raw};
	int64_t version = json_int_or(rec_get(r, "version"), 0);
	bool added;

	if (d.id.n == 0 || d.kind.n == 0 || version < 1 || !rec_time(r, "created", &d.created))
		refuse("%s:%llu: not a text of 'casefile export'", r->file, (unsigned long long)r->lineno);
	if (store_draft_add(w->s, &d, &added, e) != 0)
		msg_die(e);
	if (!added || d.version != version)
		refuse("%s:%llu: text %.*s is here already", r->file, (unsigned long long)r->lineno, STRF(d.id));
	if (!str_is(rec_str(r, "sha256"), d.sha256))
		refuse("%s:%llu: the text does not have its hash", r->file, (unsigned long long)r->lineno);
	if (store_draft_state(w->s, d.id, d.version, rec_str(r, "state"), d.created, e) != 0)
		msg_die(e);
}

/* An approval is an event and a row beside it. */
static void
import_approval(struct work *w, struct casefile *c, const struct store_event *ev, struct err *e)
{
	struct json d = json_view(ev->data);
	struct store_approval a = {.draft_id = json_str(json_get(d, "draft"), &w->mem),
	    .version = json_int_or(json_get(d, "version"), 0),
	    .sha256 = json_str(json_get(d, "sha256"), &w->mem),
	    .role = json_str(json_get(d, "role"), &w->mem),
	    .actor = ev->actor,
	    .approve = str_is(ev->kind, "draft.approve"),
	    .reason = json_str(json_get(d, "reason"), &w->mem),
	    .ts = ev->ts};
	char head[65];

	if (store_approval_add(w->s, &a, c->id, e) != 0 || store_head(w->s, &c->seq, head, e) != 0)
		msg_die(e);
}

/*
 * The events come in under a case id that is free here, each with its own time and actor; what was done here, by whom
 * and out of which chain stands in one more event.
 */
static void
import_event(struct work *w, struct casefile *c, struct rec *r, struct str *from, struct err *e)
{
	struct str kind = rec_str(r, "what"), home = rec_str(r, "case");
	struct json data = rec_get(r, "data");
	struct store_event ev = {.actor = rec_str(r, "actor"), .case_id = c->id, .kind = kind, .data = data.raw};

	if (!rec_time(r, "ts", &ev.ts) || ev.actor.n == 0 || kind.n == 0 || data.type != JSON_OBJ || home.n == 0)
		refuse("%s:%llu: not an event of 'casefile export'", r->file, (unsigned long long)r->lineno);
	if (from->n > 0 && !str_eq(*from, home))
		refuse("%s:%llu: events of two cases", r->file, (unsigned long long)r->lineno);
	if (from->n == 0)
		*from = arena_str(&w->mem, home);
	if (str_is(kind, "draft.approve") || str_is(kind, "draft.reject")) {
		import_approval(w, c, &ev, e);
		return;
	}
	if (store_event_add(w->s, &ev, e) != 0 ||
	    casefile_apply(c,
	        &(struct case_event){.seq = ev.seq, .ts = ev.ts, .actor = ev.actor, .kind = ev.kind, .data = ev.data},
	        e) != 0)
		msg_die(e);
}

struct import {
	struct str head;
	bool known;
};

static int
same_head(void *ctx, const struct store_event *ev, struct err *e)
{
	struct import *i = ctx;
	struct arena a = {0};

	(void)e;
	i->known = i->known || str_eq(json_str(json_get(json_view(ev->data), "head"), &a), i->head);
	arena_free(&a);
	return 0;
}

/* The hash of its last event names an export; the chain of this store holds it when the case is from here. */
static void
must_be_new(struct work *w, struct str head)
{
	struct import i = {.head = head};
	struct store_event_query q = {.kind = STR("case.import")};
	struct err e;

	if (store_events(w->s, &q, same_head, &i, &e) != 0)
		msg_die(&e);
	if (i.known)
		refuse("this export was imported before");
}

/* A case under its own id, or the next free one when that is taken here. */
static void
import_case(struct work *w, struct casefile *c, struct rec *r, struct err *e)
{
	struct str home = rec_str(r, "case");
	struct store_case have;
	char id[32];
	int64_t n;
	int known;

	if (!str_starts(home, STR("c-")) || home.n > 24)
		refuse("%s:%llu: not an event of 'casefile export'", r->file, (unsigned long long)r->lineno);
	known = store_case_get(w->s, home, &w->mem, &have, e);
	if (known < 0 || (known > 0 && store_case_number(w->s, clock_civil(w->now).year, &n, e) != 0))
		msg_die(e);
	if (known > 0) {
		(void)snprintf(id, sizeof id, "c-%04d-%04lld", clock_civil(w->now).year, (long long)n);
		home = str_c(id);
	}
	casefile_init(c, home);
}

int
verb_import(int argc, char **argv)
{
	struct work w = {0};
	const struct opt opts[] = {WORK_OPTS(w), WORK_AS(w), {0}};
	char **v = opt_parse(argc, argv, opts, "[file]", "take in a case that was exported elsewhere");
	struct casefile c = {0};
	struct rec r = {0};
	struct buf data = {0};
	struct str from = {0}, last = {0};
	int64_t count = 0;
	struct err e;

	work_change(&w, MAY_OPEN);
	run_open(&w.run, v);
	if (store_begin(w.s, &e) != 0)
		msg_die(&e);
	while (run_next(&w.run, &r)) {
		struct str kind = rec_str(&r, "kind");

		if (str_is(kind, "evidence")) {
			import_evidence(&w, &r, &e);
			continue;
		}
		if (!str_is(kind, "event") && !str_is(kind, "text"))
			refuse("%s:%llu: not a record of 'casefile export'", r.file, (unsigned long long)r.lineno);
		if (c.id.n == 0)
			import_case(&w, &c, &r, &e);
		if (str_is(kind, "text")) {
			import_text(&w, c.id, &r, &e);
			continue;
		}
		count++;
		import_event(&w, &c, &r, &from, &e);
		last = arena_str(&w.mem, rec_str(&r, "hash"));
	}
	if (count == 0)
		refuse("nothing to import");
	if (w.run.status != EXIT_OK)
		refuse("the input is damaged; nothing was imported");
	must_be_new(&w, last);
	data_strs(&data, "case", arena_cstr(&w.mem, from), "head", arena_cstr(&w.mem, last), NULL);
	change_add(&w, &c, "case.import", &data);
	if (store_reviews_rebuild(w.s, &e) != 0)
		msg_die(&e);
	change_end(&w, &c);
	buf_free(&data);
	rec_free(&r);
	return work_end(&w);
}
