/* Opening the store, finding who acts, and the frame of every change. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "casefile.h"
#include "cli/path.h"
#include "cli/who.h"

void
refuse(const char *fmt, ...)
{
	struct err e;
	va_list ap;

	e.kind = ERR_NO;
	va_start(ap, fmt);
	(void)vsnprintf(e.msg, sizeof e.msg, fmt, ap);
	va_end(ap);
	msg_die(&e);
}

static void
open_store(struct work *w, enum store_mode mode)
{
	static char *none[] = {NULL};
	struct err e;
	const char *path = path_store(w->db, &e);

	if (path == NULL || store_open(path, mode, &w->s, &e) != 0)
		msg_die(&e);
	if (w->format != NULL && strcmp(w->format, "table") != 0 && strcmp(w->format, "json") != 0)
		msg_usage("-f: expected table or json");
	if (w->lang != NULL && strcmp(w->lang, "zh") != 0 && strcmp(w->lang, "en") != 0)
		msg_usage("--lang: expected zh or en");
	w->zh = w->lang == NULL || strcmp(w->lang, "zh") == 0;
	w->now = cli_now();
	run_open(&w->run, none);
}

void
work_read(struct work *w)
{
	open_store(w, STORE_READ);
	w->json = w->format != NULL && strcmp(w->format, "json") == 0;
}

void
work_change(struct work *w, enum role_may what)
{
	struct err e;
	const char *path = path_config(NULL, "roles.yaml", &e);
	struct str login = str_c(cli_login());

	if (path == NULL || roles_load(path, &w->mem, &w->roles, &e) != 0)
		msg_die(&e);
	if (w->as != NULL && strcmp(w->as, cli_login()) != 0 && !roles_act_for(w->roles, login))
		refuse("%s may not act for others (act_for in roles.yaml)", cli_login());
	w->actor = w->as != NULL ? str_c(w->as) : login;
	if (!roles_may(w->roles, w->actor, what))
		refuse("%.*s may not %s; roles.yaml says who may", STRF(w->actor), role_may_names[what]);
	open_store(w, what == MAY_OPEN || what == MAY_IMPORT ? STORE_CREATE : STORE_WRITE);
	w->json = w->format != NULL ? strcmp(w->format, "json") == 0 : !isatty(1);
}

int
work_end(struct work *w)
{
	int status = run_finish(&w->run);

	store_close(w->s);
	arena_free(&w->mem);
	return status;
}

struct str
work_id(struct work *w, const char *typed)
{
	struct str id = str_c(typed);
	struct err e;
	int64_t number;
	int found;

	if (str_i64(id, &number) && is_digit(typed[0]))
		id = arena_printf(&w->mem, "c-%04d-%04lld", clock_civil(w->now).year, (long long)number);
	found = store_case_find(w->s, id, &w->mem, &id, &e);
	if (found < 0)
		msg_die(&e);
	if (found == 0)
		refuse("no case '%s'", typed);
	if (found > 1)
		refuse("several cases begin with '%s'", typed);
	return id;
}

struct fold {
	struct casefile *c;
	bool any;
};

static int
fold(void *ctx, const struct store_event *ev, struct err *e)
{
	struct fold *f = ctx;

	f->any = true;
	return casefile_apply(f->c,
	    &(struct case_event){.seq = ev->seq, .ts = ev->ts, .actor = ev->actor, .kind = ev->kind, .data = ev->data},
	    e);
}

int
case_load(struct store *s, struct str id, struct casefile *c, struct err *e)
{
	struct fold f = {c, false};
	struct store_event_query q = {.case_id = id};

	casefile_init(c, id);
	if (store_events(s, &q, fold, &f, e) != 0) {
		casefile_free(c);
		return -1;
	}
	if (!f.any || c->state == CASE_NONE) {
		casefile_free(c);
		return 0;
	}
	return 1;
}

/* The same two functions make rows for saving and for verifying; buffers in a. */
static struct store_task *
task_rows(const struct casefile *c, struct arena *a)
{
	struct store_task *t = arena_zalloc(a, (c->ntask + 1) * sizeof *t);

	for (size_t i = 0; i < c->ntask; i++) {
		const struct case_task *k = &c->task[i];
		struct buf json = {0};

		casefile_task_json(c, k, &json);
		t[i] = (struct store_task){.case_id = c->id,
		    .id = k->id,
		    .department = k->department,
		    .assignee = k->assignee,
		    .state = task_state_name(k->state),
		    .duty = k->duty_zh,
		    .due = c->paused != 0 && !k->clock ? 0 : k->due, /* a paused clock is not due */
		    .done = k->done,
		    .json = arena_str(a, buf_view(&json))};
		buf_free(&json);
	}
	return t;
}

int
case_save(struct store *s, const struct casefile *c, struct err *e)
{
	struct arena a = {0};
	struct buf json = {0};
	struct store_case row = {.id = c->id,
	    .incident = c->incident,
	    .subject = c->subject,
	    .type = c->type,
	    .level = case_level_name(c->level),
	    .state = case_state_name(c->state),
	    .title = c->title,
	    .owner = c->owner,
	    .playbook = c->playbook,
	    .playbook_version = c->playbook_version,
	    .opened = c->opened,
	    .updated = c->updated,
	    .closed = c->closed,
	    .due = casefile_due(c),
	    .tasks = (int64_t)casefile_tasks(c),
	    .open_tasks = (int64_t)casefile_open_tasks(c),
	    .incident_level = case_level_name(c->latest_level),
	    .incident_hash = c->latest.n > 0 ? hash_bytes(c->latest.p, c->latest.n, 0) : 0,
	    .incident_ts = c->latest_ts,
	    .merged_into = c->merged_into,
	    .seq = c->seq,
	    .drill = c->drill};
	int r;

	casefile_json(c, &json);
	row.json = buf_view(&json);
	r = store_case_put(s, &row, e);
	if (r == 0)
		r = store_tasks_put(s, c->id, task_rows(c, &a), c->ntask, e);
	buf_free(&json);
	arena_free(&a);
	return r;
}

int
case_add(struct work *w, struct casefile *c, const char *kind, struct str data, struct err *e)
{
	struct store_event ev = {.ts = w->now, .actor = w->actor, .case_id = c->id, .kind = str_c(kind), .data = data};
	struct buf with = {0};
	int r;

	/* Who really sat at the keyboard stands in the event beside the name acted for. */
	if (w->as != NULL && strcmp(w->as, cli_login()) != 0) {
		struct rec rec = {0};

		r = rec_parse(&rec, data, false, e);
		if (r == 0) {
			buf_putc(&with, '"');
			utf8_clean(&with, str_c(cli_login()));
			buf_putc(&with, '"');
			rec_set(&rec, "via", buf_view(&with));
			buf_reset(&with);
			rec_put(&rec, &with);
			ev.data = str_trim(buf_view(&with));
		}
		rec_free(&rec);
		if (r != 0)
			return -1;
	}
	r = store_event_add(w->s, &ev, e);
	if (r == 0)
		r = casefile_apply(c,
		    &(struct case_event){
		        .seq = ev.seq, .ts = ev.ts, .actor = ev.actor, .kind = ev.kind, .data = ev.data},
		    e);
	buf_free(&with);
	return r;
}

struct ids {
	struct arena *a;
	struct str *v;
	size_t n, cap;
};

static int
collect(void *ctx, const struct store_event *ev, struct err *e)
{
	struct ids *ids = ctx;

	(void)e;
	ids->v = arena_grow(ids->a, ids->v, &ids->cap, ids->n, sizeof *ids->v);
	ids->v[ids->n++] = arena_str(ids->a, ev->case_id);
	return 0;
}

size_t
case_ids(struct work *w, struct str **out)
{
	struct ids ids = {.a = &w->mem};
	struct store_event_query q = {.kind = STR("case.open")};
	struct err e;

	if (store_events(w->s, &q, collect, &ids, &e) != 0)
		msg_die(&e);
	*out = ids.v;
	return ids.n;
}

void
change_load(struct work *w, const char *typed, struct casefile *c)
{
	struct str id = work_id(w, typed);
	struct err e;
	int r = case_load(w->s, id, c, &e);

	if (r < 0)
		msg_die(&e);
	if (r == 0)
		refuse("case '%.*s' has no events; 'casefile verify' says more", STRF(id));
}

void
change_begin(struct work *w, const char *typed, struct casefile *c)
{
	struct err e;

	if (store_begin(w->s, &e) != 0)
		msg_die(&e);
	change_load(w, typed, c);
}

void
change_add(struct work *w, struct casefile *c, const char *kind, const struct buf *data)
{
	struct err e;

	if (case_add(w, c, kind, data != NULL && data->n > 0 ? buf_view(data) : STR("{}"), &e) != 0)
		msg_die(&e);
}

void
change_save(struct work *w, const struct casefile *c)
{
	struct err e;

	if (case_save(w->s, c, &e) != 0)
		msg_die(&e);
}

void
change_commit(struct work *w)
{
	struct err e;

	if (store_commit(w->s, &e) != 0)
		msg_die(&e);
}

void
change_print(struct work *w, const struct casefile *c)
{
	if (w->json) {
		struct buf json = {0};

		casefile_json(c, &json);
		run_emit(&w->run, buf_view(&json));
		buf_free(&json);
		return;
	}
	print_line(&w->run, "%.*s %.*s%s%.*s by %.*s; %.*s, %.*s, %zu of %zu tasks open", STRF(c->id),
	    STRF(c->change_what), c->change_task.n > 0 ? " " : "", STRF(c->change_task), STRF(c->change_by),
	    STRF(case_state_name(c->state)), STRF(case_level_name(c->level)), casefile_open_tasks(c), casefile_tasks(c));
}

void
change_end(struct work *w, struct casefile *c)
{
	change_save(w, c);
	change_commit(w); /* before anything is printed: what was read as done is done */
	change_print(w, c);
	casefile_free(c);
}

void
must_be_open(const struct casefile *c)
{
	if (c->state == CASE_MERGED)
		refuse("case '%.*s' was merged into '%.*s'", STRF(c->id), STRF(c->merged_into));
	if (c->state != CASE_OPEN)
		refuse("case '%.*s' is closed; 'casefile reopen' opens it again", STRF(c->id));
}

void
data_strs(struct buf *out, ...)
{
	struct jw w = jw_open(out);
	const char *key;
	va_list ap;

	jw_obj(&w);
	va_start(ap, out);
	while ((key = va_arg(ap, const char *)) != NULL) {
		const char *value = va_arg(ap, const char *);

		if (value != NULL && *value != '\0')
			jw_kcstr(&w, key, value);
	}
	va_end(ap);
	jw_end(&w);
}
