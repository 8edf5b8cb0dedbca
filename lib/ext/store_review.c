#include "ext/store_int.h"

/* A review.save event as the row that follows from it; the effect of damaged or foreign data is none. */
#define ROW(case_id, ts, data) \
	case_id ", json_extract(" data ", '$.playbook.id'), json_extract(" data ", '$.playbook.version'), " ts \
	", CASE WHEN json_type(" data ", '$.effect') IN ('real', 'integer') THEN 1.0 * json_extract(" data ", '$.effect') ELSE 0.0 END, " data
#define LATEST \
	" SELECT " ROW("case_id", "ts", "data") " FROM events WHERE seq IN" \
	" (SELECT max(seq) FROM events WHERE kind = 'review.save' AND case_id <> '' AND json_valid(data) GROUP BY case_id)"
#define COLUMNS "case_id, playbook, playbook_version, ts, effect, json"
#define COUNTED " FROM reviews r LEFT JOIN cases c ON c.id = r.case_id WHERE ifnull(c.drill, 0) = 0 AND ifnull(c.state, '') <> 'merged'"

static int
put(struct store *s, const struct store_review *r, struct err *e)
{
	struct store_event ev = {.ts = r->ts, .actor = r->actor, .case_id = r->case_id, .kind = STR("review.save"), .data = r->json};
	sqlite3_stmt *st;

	if (store_event_add(s, &ev, e) != 0)
		return -1;
	st = st_get(s, "INSERT OR REPLACE INTO reviews(" COLUMNS ") SELECT " ROW(":case_id", ":ts", ":json"), e);
	if (st == NULL)
		return -1;
	st_text(st, ":case_id", r->case_id);
	st_int(st, ":ts", r->ts);
	st_text(st, ":json", r->json);
	return st_run(s, st, "store review", e);
}

int
store_review_put(struct store *s, const struct store_review *r, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, put(s, r, e), e);
}

static struct store_review
read_review(sqlite3_stmt *st)
{
	return (struct store_review){.case_id = st_col(st, 0),
	    .playbook = st_col(st, 1),
	    .playbook_version = st_col(st, 2),
	    .ts = st_col_int(st, 3),
	    .effect = sqlite3_column_double(st, 4),
	    .json = st_col(st, 5)};
}

int
store_review_get(struct store *s, struct str case_id, struct arena *a, struct store_review *r, struct err *e)
{
	sqlite3_stmt *st = st_get(s, "SELECT " COLUMNS " FROM reviews WHERE case_id = :case_id", e);
	int found;

	if (st == NULL)
		return -1;
	st_text(st, ":case_id", case_id);
	if ((found = st_step(s, st, "read review", e)) > 0) {
		*r = read_review(st);
		r->case_id = arena_str(a, r->case_id);
		r->playbook = arena_str(a, r->playbook);
		r->playbook_version = arena_str(a, r->playbook_version);
		r->json = arena_str(a, r->json);
	}
	st_end(s, st);
	return found;
}

int
store_reviews(struct store *s, struct str playbook, store_review_fn *fn, void *ctx, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "SELECT r.case_id, r.playbook, r.playbook_version, r.ts, r.effect, r.json" COUNTED
	    " AND (:playbook = '' OR r.playbook = :playbook) ORDER BY r.ts, r.case_id",
	    e);
	int r;

	if (st == NULL)
		return -1;
	st_text(st, ":playbook", playbook);
	while ((r = st_step(s, st, "read reviews", e)) > 0) {
		struct store_review v = read_review(st);

		if ((r = fn(ctx, &v, e)) != 0)
			break;
	}
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

int
store_playbook_past(struct store *s, struct str playbook, int64_t *cases, int64_t *effective, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "SELECT count(*), ifnull(sum(r.effect > 0), 0)" COUNTED " AND r.playbook = :playbook AND r.effect <> 0", e);
	int r;

	if (st == NULL)
		return -1;
	st_text(st, ":playbook", playbook);
	if ((r = st_step(s, st, "read reviews", e)) > 0) {
		*cases = st_col_int(st, 0);
		*effective = st_col_int(st, 1);
	}
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

int
store_reviews_rebuild(struct store *s, struct err *e)
{
	bool mine;
	int r;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	r = store_exec(s, "DELETE FROM reviews; INSERT INTO reviews(" COLUMNS ")" LATEST, "rebuild reviews", e);
	return tx_leave(s, mine, r, e);
}

/* Rows that do not follow from the events, and the other way round. */
static int
differ(struct store *s, const char *sql, const char *what, store_finding_fn *fn, void *ctx, int64_t *bad, struct err *e)
{
	sqlite3_stmt *st = st_get(s, sql, e);
	int r;

	if (st == NULL)
		return -1;
	while ((r = st_step(s, st, "check reviews", e)) > 0) {
		struct str id = st_col(st, 0);

		finding(fn, ctx, bad, "review of case '%.*s' %s", STRF(id), what);
	}
	st_end(s, st);
	return r;
}

int
review_check(struct store *s, store_finding_fn *fn, void *ctx, int64_t *bad, struct err *e)
{
	if (differ(s, "SELECT case_id FROM (SELECT " COLUMNS " FROM reviews EXCEPT" LATEST ") ORDER BY 1", "is not the one in the audit trail", fn, ctx, bad, e) != 0)
		return -1;
	return differ(s,
	    "SELECT case_id FROM (SELECT case_id FROM events WHERE kind = 'review.save' AND case_id <> '' AND json_valid(data) GROUP BY case_id"
	    " EXCEPT SELECT case_id FROM reviews) ORDER BY 1",
	    "is in the audit trail, but not among the reviews", fn, ctx, bad, e);
}
