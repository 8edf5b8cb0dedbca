/* casefile rebuild, verify, export, import. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/utf8.h"
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
		msg_usage("unexpected operand");
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
		msg_usage("unexpected operand");
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

/* --- export --- */

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
		jw_kstr_opt(&j, more[i].key, more[i].v);
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
		msg_usage("expected one case");
	work_read(&w);
	q.case_id = work_id(&w, v[0]);
	if (store_drafts(w.s, q.case_id, true, put_text, &x, &e) != 0 || store_events(w.s, &q, put_event, &x, &e) != 0)
		msg_die(&e);
	map_free(&x.sent);
	buf_free(&x.line);
	return work_end(&w);
}

/* --- import --- */

/*
 * An export comes from another store, whose people and rights nobody here can look up. What it says happened is kept as
 * history: every actor is marked as foreign, and what allows something (casefile_vouches) goes under "import.", where
 * nothing takes it for a signature of this house.
 */
enum { IMPORT_MAX = 1 << 30 /* bytes of one export */, ACTOR_MAX = 300 /* bytes */ };

struct import {
	struct work *w;
	struct casefile c;
	struct rec r;           /* the line at hand */
	struct str *line;       /* all of them, read before anybody is kept waiting */
	uint64_t *lineno;
	size_t n, cap, nocap;
	const char *file;
	struct str home;        /* id of the case over there */
	struct store_event last; /* over there: seq and hash */
	struct map evidence, hash; /* those of the export */
	char first[65];         /* hash of its opening */
	bool known;
};

_Noreturn static void
bad_export(const struct import *i, const char *what)
{
	refuse("%s:%llu: %s", i->file, (unsigned long long)i->r.lineno, what);
}

/* A pipe may be slow: nothing is locked while it is read. */
static void
import_read(struct import *i, char **operands)
{
	struct work *w = i->w;
	size_t bytes = 0;

	run_open(&w->run, operands);
	while (run_next(&w->run, &i->r)) {
		bytes += i->r.line.n;
		if (bytes > IMPORT_MAX)
			refuse("%s: an export is at most %d MiB", i->r.file, IMPORT_MAX >> 20);
		i->line = arena_grow(&w->mem, i->line, &i->cap, i->n, sizeof *i->line);
		i->lineno = arena_grow(&w->mem, i->lineno, &i->nocap, i->n, sizeof *i->lineno);
		i->lineno[i->n] = i->r.lineno;
		i->line[i->n++] = arena_str(&w->mem, i->r.line);
		i->file = i->r.file;
	}
	if (w->run.status != EXIT_OK)
		refuse("the input is damaged; nothing was imported");
	if (i->n == 0)
		refuse("nothing to import");
}

static void
import_evidence(struct import *i, struct err *e)
{
	struct buf bytes = {0};
	struct str said = rec_str(&i->r, "sha256");
	char sha[65];
	bool added;

	if (!base64_get(rec_str(&i->r, "base64"), &bytes))
		bad_export(i, "evidence is not base64");
	sha256_hex(buf_view(&bytes), sha);
	if (!str_is(said, sha))
		bad_export(i, "evidence does not have its hash");
	if (store_blob_put(i->w->s, buf_view(&bytes), sha, e) != 0)
		msg_die(e);
	map_put(&i->evidence, arena_str(&i->w->mem, said), &added);
	buf_free(&bytes);
}

/* c-YYYY-N as this program writes it: such an id is counted, typed and printed anywhere without harm. */
static bool
own_id(struct str id)
{
	size_t digits = id.n - 7;

	if (id.n < 11 || id.n > 16 || !str_starts(id, STR("c-")) || id.p[6] != '-' || (digits > 4 && id.p[7] == '0'))
		return false;
	for (size_t k = 2; k < id.n; k++)
		if (k != 6 && !is_digit(id.p[k]))
			return false;
	return true;
}

/* A case under its own id, or the next free one when that is taken here. */
static void
import_case(struct import *i, struct err *e)
{
	struct work *w = i->w;
	struct str home = rec_str(&i->r, "case"), id = home;
	struct store_case have;
	struct casefile c;
	char fresh[32];
	int year = clock_civil(w->now).year;
	int64_t n;
	int known;

	if (!own_id(home))
		bad_export(i, "the case has no id as c-2026-0001");
	known = store_case_get(w->s, home, &w->mem, &have, e);
	if (known == 0 && (known = case_load(w->s, home, &c, e)) > 0)
		casefile_free(&c); /* its row was lost, its events are here */
	if (known < 0 || (known > 0 && store_case_number(w->s, year, &n, e) != 0))
		msg_die(e);
	if (known > 0) {
		(void)snprintf(fresh, sizeof fresh, "c-%04d-%04lld", year, (long long)n);
		id = str_c(fresh);
	}
	i->home = arena_str(&w->mem, home);
	casefile_init(&i->c, id);
}

/* Who did it over there, so that nobody here is taken for them. */
static struct str
foreign_actor(struct import *i, struct str actor)
{
	if (actor.n > ACTOR_MAX)
		bad_export(i, "the name of an actor is too long");
	return arena_printf(&i->w->mem, "%.*s via import by %.*s", STRF(actor), STRF(i->w->actor));
}

/* The id of a text names its case: that of another case is refused, and it follows the case to a new number. */
static bool
text_id(struct import *i, struct str id, struct str *here)
{
	struct str number = str_sub(i->home, 2, i->home.n), rest;

	if (!str_starts(id, STR("d-")) || !str_starts(str_sub(id, 2, id.n), number))
		return false;
	rest = str_sub(id, 2 + number.n, id.n);
	*here = arena_printf(&i->w->mem, "d-%.*s%.*s", STRF(str_sub(i->c.id, 2, i->c.id.n)), STRF(rest));
	return rest.n > 1 && rest.p[0] == '-';
}

/* Texts come before the events that tell of them, in order of version. Whatever a text was over there, here it is a draft. */
static void
import_text(struct import *i, struct err *e)
{
	struct rec *r = &i->r;
	struct store_draft d = {.case_id = i->c.id,
	    .kind = rec_str(r, "form"),
	    .lang = rec_str(r, "lang"),
	    .audience = rec_str(r, "audience"),
	    .stage = rec_str(r, "stage"),
	    .author = rec_str(r, "author"),
	    .text = rec_str(r, "text"),
	    .json = rec_get(r, "notes").raw};
	struct str id = rec_str(r, "id");
	int64_t version = json_int_or(rec_get(r, "version"), 0);
	bool added;

	if (id.n == 0 || d.kind.n == 0 || version < 1 || !rec_time(r, "created", &d.created))
		bad_export(i, "not a text of 'casefile export'");
	if (!str_eq(rec_str(r, "case"), i->home) || !text_id(i, id, &d.id))
		refuse("%s:%llu: text %.*s belongs to another case than %.*s", i->file, (unsigned long long)r->lineno,
		    STRF(utf8_cut_bytes(id, 80)), STRF(i->home));
	if (d.author.n > 0)
		d.author = foreign_actor(i, d.author);
	if (store_draft_add(i->w->s, &d, &added, e) != 0)
		msg_die(e);
	if (!added || d.version != version)
		refuse("%s:%llu: text %.*s: version %lld does not follow the one before", i->file, (unsigned long long)r->lineno,
		    STRF(utf8_cut_bytes(id, 80)), (long long)version);
	if (!str_is(rec_str(r, "sha256"), d.sha256))
		bad_export(i, "the text does not have its hash");
	if (str_is(rec_str(r, "state"), "withdrawn") &&
	    store_draft_state(i->w->s, d.id, d.version, STR("withdrawn"), d.created, e) != 0)
		msg_die(e);
}

/* Each event against its hash, and against the one before where that is of the same case. */
static void
check_link(struct import *i, struct store_event *ev)
{
	struct rec *r = &i->r;
	struct str prev = rec_str(r, "prev"), said = rec_str(r, "hash");
	char hash[65];

	ev->seq = json_int_or(rec_get(r, "seq"), 0);
	if (prev.n != 64 || said.n != 64 || ev->seq < 1)
		bad_export(i, "not an event of 'casefile export'");
	memcpy(ev->prev, prev.p, 64);
	memcpy(ev->hash, said.p, 64);
	store_event_hash(ev, hash);
	if (strcmp(hash, ev->hash) != 0)
		bad_export(i, "the event does not have its hash: the export was changed");
	if (ev->seq <= i->last.seq || (i->last.seq > 0 && ev->seq == i->last.seq + 1 && strcmp(ev->prev, i->last.hash) != 0))
		bad_export(i, "the event does not follow the one before: the export was changed");
	i->last.seq = ev->seq;
	memcpy(i->last.hash, ev->hash, sizeof ev->hash);
	map_put(&i->hash, arena_str(&i->w->mem, said), NULL);
}

/* The text an imported event tells of has its id of this store. */
static void
follow_text(struct import *i, struct store_event *ev, struct buf *data, struct err *e)
{
	struct str id = json_str(json_get(json_view(ev->data), "draft"), &i->w->mem), here;
	struct rec r = {0};

	if (id.n == 0 || str_eq(i->home, i->c.id) || !text_id(i, id, &here))
		return;
	if (rec_parse(&r, ev->data, false, e) != 0)
		msg_die(e);
	json_quote(data, here);
	rec_set(&r, "draft", buf_view(data));
	buf_reset(data);
	rec_put(&r, data);
	ev->data = str_trim(buf_view(data));
	rec_free(&r);
}

static void
import_event(struct import *i, struct err *e)
{
	struct rec *r = &i->r;
	struct json data = rec_get(r, "data");
	struct store_event ev = {.actor = rec_str(r, "actor"), .case_id = rec_str(r, "case"), .kind = rec_str(r, "what"), .data = data.raw};
	struct buf moved = {0};

	if (!rec_time(r, "ts", &ev.ts) || ev.actor.n == 0 || ev.kind.n == 0 || data.type != JSON_OBJ)
		bad_export(i, "not an event of 'casefile export'");
	if (!str_eq(ev.case_id, i->home))
		bad_export(i, "events of two cases");
	check_link(i, &ev);
	if (str_is(ev.kind, "case.open"))
		memcpy(i->first, ev.hash, sizeof i->first);
	if (str_is(ev.kind, "case.attach") && map_get(&i->evidence, json_str(json_get(data, "sha256"), &i->w->mem)) == NULL)
		bad_export(i, "its evidence does not come before it");
	if (str_starts(ev.kind, STR("import.")) && str_eq(casefile_past(ev.kind), ev.kind))
		bad_export(i, "an event of no kind that is known");
	if (casefile_vouches(ev.kind))
		ev.kind = arena_printf(&i->w->mem, "import.%.*s", STRF(ev.kind));
	ev.actor = foreign_actor(i, ev.actor);
	ev.case_id = i->c.id;
	follow_text(i, &ev, &moved, e);
	if (store_event_add(i->w->s, &ev, e) != 0 ||
	    casefile_apply(&i->c,
	        &(struct case_event){.seq = ev.seq, .ts = ev.ts, .actor = ev.actor, .kind = ev.kind, .data = ev.data},
	        e) != 0)
		msg_die(e);
	buf_free(&moved);
}

static int
same_case(void *ctx, const struct store_event *ev, struct err *e)
{
	struct import *i = ctx;
	struct json d = json_view(ev->data);

	(void)e;
	i->known = i->known || map_get(&i->hash, json_str(json_get(d, "head"), &i->w->mem)) != NULL ||
	    str_is(json_str(json_get(d, "first"), &i->w->mem), i->first);
	return i->known;
}

static int
same_event(void *ctx, const struct store_event *ev, struct err *e)
{
	struct import *i = ctx;

	(void)e;
	i->known = i->known || map_get(&i->hash, str_c(ev->hash)) != NULL;
	return i->known;
}

/* A case comes in once, however long it had become when it was exported, and never where it is from. */
static void
must_be_new(struct import *i)
{
	struct store_event_query imports = {.kind = STR("case.import")}, opened = {.kind = STR("case.open")};
	struct err e;

	if (store_events(i->w->s, &imports, same_case, i, &e) != 0)
		msg_die(&e);
	if (i->known)
		refuse("case %.*s was imported before", STRF(i->home));
	if (store_events(i->w->s, &opened, same_event, i, &e) != 0)
		msg_die(&e);
	if (i->known)
		refuse("case %.*s is from this store", STRF(i->home));
}

int
verb_import(int argc, char **argv)
{
	struct work w = {0};
	struct import i = {.w = &w};
	const struct opt opts[] = {WORK_OPTS(w), WORK_AS(w), {0}};
	char **v = opt_parse(argc, argv, opts, "[file]", "take in a case that was exported elsewhere");
	struct buf data = {0};
	struct err e;

	work_change(&w, MAY_IMPORT);
	import_read(&i, v);
	if (store_begin(w.s, &e) != 0)
		msg_die(&e);
	for (size_t k = 0; k < i.n; k++) {
		struct str kind;

		if (rec_parse(&i.r, i.line[k], false, &e) != 0)
			msg_die(&e);
		i.r.lineno = i.lineno[k];
		kind = rec_str(&i.r, "kind");
		if (!str_is(kind, "evidence") && !str_is(kind, "event") && !str_is(kind, "text"))
			bad_export(&i, "not a record of 'casefile export'");
		if (str_is(kind, "evidence")) {
			import_evidence(&i, &e);
			continue;
		}
		if (i.c.id.n == 0)
			import_case(&i, &e);
		if (str_is(kind, "text"))
			import_text(&i, &e);
		else
			import_event(&i, &e);
	}
	if (i.c.state == CASE_NONE)
		refuse("%s: no case is opened in it", i.file);
	must_be_new(&i);
	data_strs(&data, "case", arena_cstr(&w.mem, i.home), "first", i.first, "head", i.last.hash, NULL);
	change_add(&w, &i.c, "case.import", &data);
	if (store_reviews_rebuild(w.s, &e) != 0)
		msg_die(&e);
	change_end(&w, &i.c);
	buf_free(&data);
	rec_free(&i.r);
	map_free(&i.evidence);
	map_free(&i.hash);
	return work_end(&w);
}
