#include <stdio.h>

#include "base/utf8.h"
#include "ext/crypto.h"
#include "ext/store_int.h"

static const char zero_hash[65] = "0000000000000000000000000000000000000000000000000000000000000000";

/* --- the chain -------------------------------------------------------------------------------------------------------- */

/* tocsin-store(5) states this form; changing it would break every chain there is. */
void
store_event_hash(const struct store_event *ev, char out[65])
{
	const struct str part[] = {ev->actor, ev->case_id, ev->kind, ev->data};
	struct sha256_ctx *c = sha256_begin();
	char head[64];

	snprintf(head, sizeof head, "tocsin-event-1\n%lld\n%lld\n", (long long)ev->seq, (long long)ev->ts);
	sha256_add(c, str_c(head));
	for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
		snprintf(head, sizeof head, "%zu:", part[i].n);
		sha256_add(c, str_c(head));
		sha256_add(c, part[i]);
		sha256_add(c, STR("\n"));
	}
	sha256_add(c, str_c(ev->prev));
	sha256_final(c, out);
}

static void
copy_hash(char out[65], struct str s)
{
	size_t n = s.n < 64 ? s.n : 64;

	memcpy(out, s.p, n);
	out[n] = '\0';
}

int
store_head(struct store *s, int64_t *seq, char hash[65], struct err *e)
{
	sqlite3_stmt *st = st_get(s, "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1", e);
	int r;

	if (st == NULL)
		return -1;
	*seq = 0;
	memcpy(hash, zero_hash, sizeof zero_hash);
	if ((r = st_step(s, st, "read audit trail", e)) > 0) {
		*seq = st_col_int(st, 0);
		copy_hash(hash, st_col(st, 1));
	}
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

/* 1 0 -1 */
static int
has_events(struct store *s, struct str case_id, struct err *e)
{
	sqlite3_stmt *st = st_get(s, "SELECT 1 FROM events WHERE case_id = :case_id LIMIT 1", e);
	int r;

	if (st == NULL)
		return -1;
	st_text(st, ":case_id", case_id);
	r = st_step(s, st, "read audit trail", e);
	st_end(s, st);
	return r;
}

/* Two openings under one id would fold into one case, and the first would be lost from sight. */
static int
must_be_free(struct store *s, struct str case_id, struct err *e)
{
	int r = has_events(s, case_id, e);

	return r > 0 ? err_set(e, ERR_NO, "case '%.*s' exists already", STRF(utf8_cut_bytes(case_id, 80))) : r;
}

static int
event_add(struct store *s, struct store_event *ev, struct err *e)
{
	sqlite3_stmt *st;
	int64_t last;

	/* What a person typed may be anything; a record that is not UTF-8 could never be read again. */
	if (!utf8_valid(ev->data.p, ev->data.n) || !utf8_valid(ev->actor.p, ev->actor.n) || !utf8_valid(ev->case_id.p, ev->case_id.n))
		return err_set(e, ERR_USAGE, "an argument is not UTF-8");
	if (str_is(ev->kind, "case.open") && must_be_free(s, ev->case_id, e) != 0)
		return -1;
	if (store_head(s, &last, ev->prev, e) != 0)
		return -1;
	ev->seq = last + 1;
	if (ev->data.n == 0)
		ev->data = STR("{}");
	store_event_hash(ev, ev->hash);
	st = st_get(s,
	    "INSERT INTO events(seq, ts, actor, case_id, kind, data, prev, hash)"
	    " VALUES (:seq, :ts, :actor, :case_id, :kind, :data, :prev, :hash)",
	    e);
	if (st == NULL)
		return -1;
	st_int(st, ":seq", ev->seq);
	st_int(st, ":ts", ev->ts);
	st_text(st, ":actor", ev->actor);
	st_text(st, ":case_id", ev->case_id);
	st_text(st, ":kind", ev->kind);
	st_text(st, ":data", ev->data);
	st_text(st, ":prev", str_c(ev->prev));
	st_text(st, ":hash", str_c(ev->hash));
	return st_run(s, st, "append to audit trail", e);
}

int
store_event_add(struct store *s, struct store_event *ev, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, event_add(s, ev, e), e);
}

static void
read_event(sqlite3_stmt *st, struct store_event *ev)
{
	*ev = (struct store_event){.seq = st_col_int(st, 0),
	    .ts = st_col_int(st, 1),
	    .actor = st_col(st, 2),
	    .case_id = st_col(st, 3),
	    .kind = st_col(st, 4),
	    .data = st_col(st, 5)};
	copy_hash(ev->prev, st_col(st, 6));
	copy_hash(ev->hash, st_col(st, 7));
}

int
store_events(struct store *s, const struct store_event_query *q, store_event_fn *fn, void *ctx, struct err *e)
{
	bool prefix = q->kind.n > 0 && q->kind.p[q->kind.n - 1] == '.';
	struct buf sql = {0};
	sqlite3_stmt *st;
	int r;

	buf_puts(&sql, "SELECT seq, ts, actor, case_id, kind, data, prev, hash FROM events WHERE seq > :after");
	if (q->case_id.n > 0)
		buf_puts(&sql, " AND case_id = :case_id");
	if (q->kind.n > 0)
		buf_puts(&sql, prefix ? " AND substr(kind, 1, length(:kind)) = :kind" : " AND kind = :kind");
	if (q->since != 0)
		buf_puts(&sql, " AND ts >= :since");
	if (q->until != 0)
		buf_puts(&sql, " AND ts < :until");
	buf_puts(&sql, " ORDER BY seq");
	st = st_new(s, buf_view(&sql), e);
	buf_free(&sql);
	if (st == NULL)
		return -1;
	st_int(st, ":after", q->after_seq);
	if (q->case_id.n > 0)
		st_text(st, ":case_id", q->case_id);
	if (q->kind.n > 0)
		st_text(st, ":kind", q->kind);
	if (q->since != 0)
		st_int(st, ":since", q->since);
	if (q->until != 0)
		st_int(st, ":until", q->until);
	while ((r = st_step(s, st, "read audit trail", e)) > 0) {
		struct store_event ev;

		read_event(st, &ev);
		if ((r = fn(ctx, &ev, e)) != 0)
			break;
	}
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

/* "event 7 (task.done, case c-2026-0001, by li)" */
static void
event_name(const struct store_event *ev, char out[200])
{
	struct buf clean = {0};

	utf8_clean(&clean, utf8_cut_bytes(ev->kind, 40));
	if (ev->case_id.n > 0) {
		buf_puts(&clean, ", case ");
		utf8_clean(&clean, utf8_cut_bytes(ev->case_id, 40));
	}
	buf_puts(&clean, ", by ");
	utf8_clean(&clean, utf8_cut_bytes(ev->actor, 40));
	snprintf(out, 200, "event %lld (%s)", (long long)ev->seq, clean.p);
	buf_free(&clean);
}

struct chain {
	store_finding_fn *fn;
	void *ctx;
	int64_t *bad;
	int64_t last;
	char hash[65];
	const char *expect;
	bool met;
};

static int
check_event(void *ctx, const struct store_event *ev, struct err *e)
{
	struct chain *c = ctx;
	char name[200], hash[SHA256_HEX];

	(void)e;
	event_name(ev, name);
	store_event_hash(ev, hash);
	if (ev->seq == c->last + 2)
		finding(c->fn, c->ctx, c->bad, "event %lld was deleted (before %s)", (long long)c->last + 1, name);
	else if (ev->seq > c->last + 1)
		finding(c->fn, c->ctx, c->bad, "events %lld to %lld were deleted (before %s)", (long long)c->last + 1,
		    (long long)ev->seq - 1, name);
	if (strcmp(hash, ev->hash) != 0)
		finding(c->fn, c->ctx, c->bad, "%s was changed: its content does not have its hash", name);
	else if (ev->seq == c->last + 1 && strcmp(ev->prev, c->hash) != 0)
		finding(c->fn, c->ctx, c->bad, "%s does not continue event %lld: one of the two was replaced or moved",
		    name, (long long)c->last);
	c->last = ev->seq;
	memcpy(c->hash, ev->hash, sizeof c->hash);
	if (c->expect != NULL && strcmp(c->expect, ev->hash) == 0)
		c->met = true;
	return 0;
}

/* Rows of one statement with a text column each become findings. */
static int
report_rows(struct store *s, const char *sql, const char *fmt, struct chain *c, struct err *e)
{
	sqlite3_stmt *st = st_get(s, sql, e);
	int r;

	if (st == NULL)
		return -1;
	while ((r = st_step(s, st, "check", e)) > 0) {
		struct buf clean = {0};

		utf8_clean(&clean, utf8_cut_bytes(st_col(st, 0), 100));
		finding(c->fn, c->ctx, c->bad, "%s: %s", clean.p != NULL ? clean.p : "", fmt);
		buf_free(&clean);
	}
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

static int
check_blobs(struct store *s, struct chain *c, struct err *e)
{
	sqlite3_stmt *st = st_get(s, "SELECT sha256, bytes FROM blobs ORDER BY sha256", e);
	char sha[SHA256_HEX];
	int r;

	if (st == NULL)
		return -1;
	while ((r = st_step(s, st, "check evidence", e)) > 0)
		if (!str_eq(sha256_hex(st_col(st, 1), sha), st_col(st, 0)))
			finding(c->fn, c->ctx, c->bad, "evidence %.*s: its bytes were changed",
			    STRF(str_sub(st_col(st, 0), 0, 64)));
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

static int
check_chain(struct store *s, const char *expect, struct chain *c, struct err *e)
{
	struct store_event_query all = {0};

	c->expect = expect;
	memcpy(c->hash, zero_hash, sizeof zero_hash);
	all.after_seq = INT64_MIN; /* a forged event 0 or -1 must not hide */
	if (store_events(s, &all, check_event, c, e) != 0)
		return -1;
	if (expect != NULL && !c->met && strcmp(expect, zero_hash) != 0)
		finding(c->fn, c->ctx, c->bad,
		    "the head %.64s is not in the audit trail: events were cut off or replaced", expect);
	if (report_rows(s,
	        "SELECT t.name FROM (SELECT 'events_no_update' AS name UNION ALL SELECT 'events_no_delete') t"
	        " WHERE NOT EXISTS (SELECT 1 FROM sqlite_schema m WHERE m.type = 'trigger' AND m.name = t.name)",
	        "the guard of the audit trail was removed", c, e) != 0)
		return -1;
	if (report_rows(s,
	        "SELECT 'case ' || id FROM cases WHERE seq > (SELECT ifnull(max(seq), 0) FROM events) ORDER BY id",
	        "its last event is missing from the end of the audit trail", c, e) != 0)
		return -1;
	return report_rows(s,
	    "SELECT 'event ' || seq || ', evidence ' || json_extract(data, '$.sha256') FROM events v"
	    " WHERE kind = 'case.attach' AND json_valid(data) AND NOT EXISTS"
	    " (SELECT 1 FROM blobs b WHERE b.sha256 = json_extract(v.data, '$.sha256')) ORDER BY seq",
	    "the evidence was deleted", c, e);
}

int
store_verify(struct store *s, const char *expect, store_finding_fn *fn, void *ctx, int64_t *bad, struct err *e)
{
	struct chain c = {.fn = fn, .ctx = ctx, .bad = bad};

	*bad = 0;
	if (check_chain(s, expect, &c, e) != 0 || check_blobs(s, &c, e) != 0)
		return -1;
	return draft_check(s, fn, ctx, bad, e) != 0 ? -1 : review_check(s, fn, ctx, bad, e);
}

/* --- cases ------------------------------------------------------------------------------------------------------------ */

#define CASE_BRIEF                                                                                                     \
	"id, incident, subject, type, level, state, title, owner, playbook, playbook_version, opened, updated, "       \
	"closed, due,"                                                                                                 \
	" tasks, open_tasks, incident_level, incident_hash, incident_ts, merged_into, seq, drill"
#define CASE_COLS CASE_BRIEF ", json"

static void
read_case(sqlite3_stmt *st, struct store_case *c)
{
	*c = (struct store_case){.id = st_col(st, 0),
	    .incident = st_col(st, 1),
	    .subject = st_col(st, 2),
	    .type = st_col(st, 3),
	    .level = st_col(st, 4),
	    .state = st_col(st, 5),
	    .title = st_col(st, 6),
	    .owner = st_col(st, 7),
	    .playbook = st_col(st, 8),
	    .playbook_version = st_col(st, 9),
	    .opened = st_col_int(st, 10),
	    .updated = st_col_int(st, 11),
	    .closed = st_col_int(st, 12),
	    .due = st_col_int(st, 13),
	    .tasks = st_col_int(st, 14),
	    .open_tasks = st_col_int(st, 15),
	    .incident_level = st_col(st, 16),
	    .incident_hash = (uint64_t)st_col_int(st, 17),
	    .incident_ts = st_col_int(st, 18),
	    .merged_into = st_col(st, 19),
	    .seq = st_col_int(st, 20),
	    .drill = st_col_int(st, 21) != 0};
	if (sqlite3_column_count(st) > 22)
		c->json = st_col(st, 22);
}

static void
keep_case(struct store_case *c, struct arena *a)
{
	struct str *keep[] = {&c->id, &c->incident, &c->subject, &c->type, &c->level, &c->state, &c->title, &c->owner,
	    &c->playbook, &c->playbook_version, &c->incident_level, &c->merged_into, &c->json};

	for (size_t i = 0; i < sizeof keep / sizeof keep[0]; i++)
		*keep[i] = arena_str(a, *keep[i]);
}

static int
case_put(struct store *s, const struct store_case *c, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "INSERT OR REPLACE INTO cases(" CASE_COLS
	    ") VALUES (:id, :incident, :subject, :type, :level, :state, :title,"
	    " :owner, :playbook, :playbook_version, :opened, :updated, :closed, :due, :tasks, :open_tasks, "
	    ":incident_level,"
	    " :incident_hash, :incident_ts, :merged_into, :seq, :drill, :json)",
	    e);

	if (st == NULL)
		return -1;
	st_text(st, ":id", c->id);
	st_text_opt(st, ":incident", c->incident);
	st_text_opt(st, ":subject", c->subject);
	st_text_opt(st, ":type", c->type);
	st_text_opt(st, ":level", c->level);
	st_text(st, ":state", c->state);
	st_text_opt(st, ":title", c->title);
	st_text_opt(st, ":owner", c->owner);
	st_text_opt(st, ":playbook", c->playbook);
	st_text_opt(st, ":playbook_version", c->playbook_version);
	st_int(st, ":opened", c->opened);
	st_int(st, ":updated", c->updated);
	st_int_opt(st, ":closed", c->closed);
	st_int_opt(st, ":due", c->due);
	st_int(st, ":tasks", c->tasks);
	st_int(st, ":open_tasks", c->open_tasks);
	st_text_opt(st, ":incident_level", c->incident_level);
	st_int_opt(st, ":incident_hash", (int64_t)c->incident_hash);
	st_int_opt(st, ":incident_ts", c->incident_ts);
	st_text_opt(st, ":merged_into", c->merged_into);
	st_int(st, ":seq", c->seq);
	st_int(st, ":drill", c->drill);
	st_text(st, ":json", c->json);
	return st_run(s, st, "store case", e);
}

int
store_case_put(struct store *s, const struct store_case *c, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, case_put(s, c, e), e);
}

static int
one_case(struct store *s, const char *sql, struct str key, struct arena *a, struct store_case *c, struct err *e)
{
	sqlite3_stmt *st = st_get(s, sql, e);
	int r;

	if (st == NULL)
		return -1;
	st_text(st, ":key", key);
	if ((r = st_step(s, st, "read case", e)) > 0) {
		read_case(st, c);
		keep_case(c, a);
	}
	st_end(s, st);
	return r;
}

int
store_case_get(struct store *s, struct str id, struct arena *a, struct store_case *c, struct err *e)
{
	return one_case(s, "SELECT " CASE_COLS " FROM cases WHERE id = :key", id, a, c, e);
}

int
store_case_by_incident(struct store *s, struct str incident, struct arena *a, struct store_case *c, struct err *e)
{
	return one_case(s,
	    "SELECT " CASE_COLS
	    " FROM cases WHERE incident = :key ORDER BY state = 'merged', opened DESC, id DESC LIMIT 1",
	    incident, a, c, e);
}

int
store_case_find(struct store *s, struct str prefix, struct arena *a, struct str *id, struct err *e)
{
	sqlite3_stmt *st;
	int r, n = 0;

	if (prefix.n == 0) /* an unset variable of a script must not mean the only case there is */
		return 0;
	st = st_get(s,
	    "SELECT id FROM cases WHERE id >= :prefix AND substr(id, 1, length(:prefix)) = :prefix ORDER BY id LIMIT 2",
	    e);
	if (st == NULL)
		return -1;
	st_text(st, ":prefix", prefix);
	while ((r = st_step(s, st, "read case", e)) > 0) {
		struct str found = st_col(st, 0);

		if (n == 0 || str_eq(found, prefix))
			*id = arena_str(a, found);
		n = n == 0 || str_eq(found, prefix) ? 1 : 2;
		if (str_eq(found, prefix))
			break;
	}
	st_end(s, st);
	return r < 0 ? -1 : n;
}

int
store_cases(struct store *s, const struct store_case_query *q, store_case_fn *fn, void *ctx, struct err *e)
{
	const struct {
		const char *sql, *name;
		struct str v;
	} text[] = {{" AND state = :state", ":state", q->state}, {" AND level = :level", ":level", q->level},
	    {" AND subject = :subject", ":subject", q->subject}, {" AND type = :type", ":type", q->type},
	    {" AND owner = :owner", ":owner", q->owner}};
	struct buf sql = {0};
	sqlite3_stmt *st;
	int r;

	buf_puts(
	    &sql, q->brief ? "SELECT " CASE_BRIEF " FROM cases WHERE 1" : "SELECT " CASE_COLS " FROM cases WHERE 1");
	for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
		if (text[i].v.n > 0)
			buf_puts(&sql, text[i].sql);
	if (q->open_only)
		buf_puts(&sql, " AND state NOT IN ('closed', 'merged')");
	if (!q->drills)
		buf_puts(&sql, " AND drill = 0");
	if (q->opened_since != 0)
		buf_puts(&sql, " AND opened >= :since");
	if (q->opened_until != 0)
		buf_puts(&sql, " AND opened < :until");
	if (q->due_before != 0)
		buf_puts(&sql, " AND due < :due");
	buf_puts(&sql, " ORDER BY opened, id");
	st = st_new(s, buf_view(&sql), e);
	buf_free(&sql);
	if (st == NULL)
		return -1;
	for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
		if (text[i].v.n > 0)
			st_text(st, text[i].name, text[i].v);
	if (q->opened_since != 0)
		st_int(st, ":since", q->opened_since);
	if (q->opened_until != 0)
		st_int(st, ":until", q->opened_until);
	if (q->due_before != 0)
		st_int(st, ":due", q->due_before);
	while ((r = st_step(s, st, "read cases", e)) > 0) {
		struct store_case c;

		read_case(st, &c);
		if ((r = fn(ctx, &c, e)) != 0)
			break;
	}
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

int
store_case_number(struct store *s, int year, int64_t *n, struct err *e)
{
	sqlite3_stmt *st;
	char from[16], to[16], id[40];
	int r;

	if (year < 0 || year > 9999)
		return err_set(e, ERR_USAGE, "no case is opened in the year %d: the clock is wrong", year);
	st = st_get(s,
	    "SELECT id FROM cases INDEXED BY cases_number WHERE length(id) BETWEEN 8 AND 16 AND +id >= :from AND +id < :to"
	    " AND substr(id, 8) NOT GLOB '*[^0-9]*' ORDER BY length(id) DESC, id DESC LIMIT 1",
	    e);
	if (st == NULL)
		return -1;
	(void)snprintf(from, sizeof from, "c-%04d-", year);
	(void)snprintf(to, sizeof to, "c-%04d.", year); /* '.' follows '-' */
	st_text(st, ":from", str_c(from));
	st_text(st, ":to", str_c(to));
	*n = 1;
	if ((r = st_step(s, st, "number case", e)) > 0) {
		int64_t last;

		if (str_i64(str_sub(st_col(st, 0), 7, 9), &last))
			*n = last + 1;
	}
	st_end(s, st);
	/* The rows follow from the events and may be damaged: what has events is taken. */
	for (bool again = false; r >= 0; (*n)++) {
		if (*n > STORE_CASE_NUMBER) {
			if (again)
				return err_set(e, ERR_NO, "the year %d has no case number left", year);
			again = true;
			*n = 1;
		}
		(void)snprintf(id, sizeof id, "c-%04d-%04lld", year, (long long)*n);
		if ((r = has_events(s, str_c(id), e)) == 0)
			return 0;
	}
	return -1;
}

/* --- tasks ------------------------------------------------------------------------------------------------------------ */

static int
tasks_put(struct store *s, struct str case_id, const struct store_task *t, size_t n, struct err *e)
{
	sqlite3_stmt *st = st_get(s, "DELETE FROM tasks WHERE case_id = :case_id", e);

	if (st == NULL)
		return -1;
	st_text(st, ":case_id", case_id);
	if (st_run(s, st, "store tasks", e) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		st = st_get(s,
		    "INSERT INTO tasks(case_id, ord, id, department, assignee, state, duty, due, done, json) VALUES "
		    "(:case_id,"
		    " :ord, :id, :department, :assignee, :state, :duty, :due, :done, :json)",
		    e);
		if (st == NULL)
			return -1;
		st_text(st, ":case_id", case_id);
		st_int(st, ":ord", (int64_t)i + 1);
		st_text(st, ":id", t[i].id);
		st_text_opt(st, ":department", t[i].department);
		st_text_opt(st, ":assignee", t[i].assignee);
		st_text(st, ":state", t[i].state);
		st_text_opt(st, ":duty", t[i].duty);
		st_int_opt(st, ":due", t[i].due);
		st_int_opt(st, ":done", t[i].done);
		st_text(st, ":json", t[i].json);
		if (st_run(s, st, "store task", e) != 0)
			return -1;
	}
	return 0;
}

int
store_tasks_put(struct store *s, struct str case_id, const struct store_task *t, size_t n, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, tasks_put(s, case_id, t, n, e), e);
}

int
store_tasks(struct store *s, const struct store_task_query *q, store_task_fn *fn, void *ctx, struct err *e)
{
	const struct {
		const char *sql, *name;
		struct str v;
	} text[] = {{" AND t.case_id = :case_id", ":case_id", q->case_id},
	    {" AND t.department = :department", ":department", q->department},
	    {" AND t.assignee = :assignee", ":assignee", q->assignee}, {" AND t.state = :state", ":state", q->state}};
	struct buf sql = {0};
	sqlite3_stmt *st;
	int r;

	buf_puts(&sql, "SELECT t.case_id, t.id, t.department, t.assignee, t.state, t.duty, t.due, t.done, ");
	buf_puts(&sql, q->brief ? "NULL" : "t.json");
	buf_puts(&sql,
	    " FROM tasks t JOIN cases c ON c.id = t.case_id WHERE 1");
	for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
		if (text[i].v.n > 0)
			buf_puts(&sql, text[i].sql);
	if (q->open_only)
		buf_puts(&sql, " AND t.done IS NULL AND c.state NOT IN ('closed', 'merged')");
	if (!q->drills && q->case_id.n == 0)
		buf_puts(&sql, " AND c.drill = 0");
	if (q->due_before != 0)
		buf_puts(&sql, " AND t.due < :due");
	buf_puts(&sql, q->case_id.n > 0 ? " ORDER BY t.ord"
	        : q->due_before != 0    ? " ORDER BY t.due, t.case_id, t.ord" /* the order of the index */
	                                : " ORDER BY t.due IS NULL, t.due, t.case_id, t.ord");
	st = st_new(s, buf_view(&sql), e);
	buf_free(&sql);
	if (st == NULL)
		return -1;
	for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
		if (text[i].v.n > 0)
			st_text(st, text[i].name, text[i].v);
	if (q->due_before != 0)
		st_int(st, ":due", q->due_before);
	while ((r = st_step(s, st, "read tasks", e)) > 0) {
		struct store_task t = {.case_id = st_col(st, 0),
		    .id = st_col(st, 1),
		    .department = st_col(st, 2),
		    .assignee = st_col(st, 3),
		    .state = st_col(st, 4),
		    .duty = st_col(st, 5),
		    .due = st_col_int(st, 6),
		    .done = st_col_int(st, 7),
		    .json = st_col(st, 8)};

		if ((r = fn(ctx, &t, e)) != 0)
			break;
	}
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

int
store_cases_clear(struct store *s, struct err *e)
{
	bool mine;
	int r;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	r = store_exec(s, "DELETE FROM tasks; DELETE FROM cases", "clear cases", e);
	return tx_leave(s, mine, r, e);
}

/* --- evidence ---------------------------------------------------------------------------------------------------------- */

static int
blob_put(struct store *s, struct str bytes, char sha[65], struct err *e)
{
	sqlite3_stmt *st =
	    st_get(s, "INSERT INTO blobs(sha256, bytes) VALUES (:sha, :bytes) ON CONFLICT DO NOTHING", e);

	if (st == NULL)
		return -1;
	st_text(st, ":sha", sha256_hex(bytes, sha));
	st_blob(st, ":bytes", bytes);
	return st_run(s, st, "store evidence", e);
}

int
store_blob_put(struct store *s, struct str bytes, char sha[65], struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, blob_put(s, bytes, sha, e), e);
}

int
store_blob_get(struct store *s, struct str sha, struct arena *a, struct str *bytes, struct err *e)
{
	sqlite3_stmt *st = st_get(s, "SELECT bytes FROM blobs WHERE sha256 = :sha", e);
	int r;

	if (st == NULL)
		return -1;
	st_text(st, ":sha", sha);
	if ((r = st_step(s, st, "read evidence", e)) > 0)
		*bytes = arena_str(a, st_col(st, 0));
	st_end(s, st);
	return r;
}
