#include "ext/store_int.h"

#define FETCH_COLS                                                                                                     \
	"key, name, url, etag, last_modified, body_sha, cursor, last_try, last_ok, last_new, next_try, failures, "     \
	"status,"                                                                                                      \
	" error, items"

static void
read_fetch(sqlite3_stmt *st, struct store_fetch *f)
{
	*f = (struct store_fetch){.key = st_col(st, 0),
	    .name = st_col(st, 1),
	    .url = st_col(st, 2),
	    .etag = st_col(st, 3),
	    .last_modified = st_col(st, 4),
	    .body_sha = st_col(st, 5),
	    .cursor = st_col(st, 6),
	    .last_try = st_col_int(st, 7),
	    .last_ok = st_col_int(st, 8),
	    .last_new = st_col_int(st, 9),
	    .next_try = st_col_int(st, 10),
	    .failures = st_col_int(st, 11),
	    .status = st_col_int(st, 12),
	    .error = st_col(st, 13),
	    .items = st_col_int(st, 14)};
}

int
store_fetch_get(struct store *s, struct str key, struct arena *a, struct store_fetch *f, struct err *e)
{
	sqlite3_stmt *st = st_get(s, "SELECT " FETCH_COLS " FROM fetches WHERE key = :key", e);
	int r;

	if (st == NULL)
		return -1;
	st_text(st, ":key", key);
	if ((r = st_step(s, st, "read source state", e)) > 0) {
		struct str *keep[] = {
		    &f->key, &f->name, &f->url, &f->etag, &f->last_modified, &f->body_sha, &f->cursor, &f->error};

		read_fetch(st, f);
		for (size_t i = 0; i < sizeof keep / sizeof keep[0]; i++)
			*keep[i] = arena_str(a, *keep[i]);
	}
	st_end(s, st);
	return r;
}

static int
fetch_put(struct store *s, const struct store_fetch *f, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "INSERT OR REPLACE INTO fetches(" FETCH_COLS ", run"
	    ") VALUES (:key, :name, :url, :etag, :last_modified, :body_sha,"
	    " :cursor, :last_try, :last_ok, :last_new, :next_try, :failures, :status, :error, :items, :run)",
	    e);

	if (st == NULL)
		return -1;
	st_text(st, ":key", f->key);
	st_text_opt(st, ":name", f->name);
	st_text_opt(st, ":url", f->url);
	st_text_opt(st, ":etag", f->etag);
	st_text_opt(st, ":last_modified", f->last_modified);
	st_text_opt(st, ":body_sha", f->body_sha);
	st_text_opt(st, ":cursor", f->cursor);
	st_int_opt(st, ":last_try", f->last_try);
	st_int_opt(st, ":last_ok", f->last_ok);
	st_int_opt(st, ":last_new", f->last_new);
	st_int_opt(st, ":next_try", f->next_try);
	st_int(st, ":failures", f->failures);
	st_int_opt(st, ":status", f->status);
	st_text_opt(st, ":error", f->error);
	st_int(st, ":items", f->items);
	st_int_opt(st, ":run", s->fetch_run);
	return st_run(s, st, "store source state", e);
}

int
store_fetch_put(struct store *s, const struct store_fetch *f, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, fetch_put(s, f, e), e);
}

int
store_fetches(struct store *s, store_fetch_fn *fn, void *ctx, struct err *e)
{
	sqlite3_stmt *st = st_get(s, "SELECT " FETCH_COLS " FROM fetches ORDER BY name, url, key", e);
	int r;

	if (st == NULL)
		return -1;
	while ((r = st_step(s, st, "read source state", e)) > 0) {
		struct store_fetch f;

		read_fetch(st, &f);
		if ((r = fn(ctx, &f, e)) != 0)
			break;
	}
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

int
store_host_get(struct store *s, struct str host, struct arena *a, struct store_host *h, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "SELECT host, retry_after, last_request, robots, robots_status, robots_until FROM hosts WHERE host = :host",
	    e);
	int r;

	if (st == NULL)
		return -1;
	st_text(st, ":host", host);
	if ((r = st_step(s, st, "read host state", e)) > 0)
		*h = (struct store_host){.host = arena_str(a, st_col(st, 0)),
		    .retry_after = st_col_int(st, 1),
		    .last_request = st_col_int(st, 2),
		    .robots = arena_str(a, st_col(st, 3)),
		    .robots_status = st_col_int(st, 4),
		    .robots_until = st_col_int(st, 5)};
	st_end(s, st);
	return r;
}

static int
host_put(struct store *s, const struct store_host *h, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "INSERT OR REPLACE INTO hosts(host, retry_after, last_request, robots, robots_status, robots_until)"
	    " VALUES (:host, :retry_after, :last_request, :robots, :robots_status, :robots_until)",
	    e);

	if (st == NULL)
		return -1;
	st_text(st, ":host", h->host);
	st_int_opt(st, ":retry_after", h->retry_after);
	st_int_opt(st, ":last_request", h->last_request);
	st_text_opt(st, ":robots", h->robots);
	st_int_opt(st, ":robots_status", h->robots_status);
	st_int_opt(st, ":robots_until", h->robots_until);
	return st_run(s, st, "store host state", e);
}

int
store_host_put(struct store *s, const struct store_host *h, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, host_put(s, h, e), e);
}

static int64_t
key_hash(struct str s)
{
	return (int64_t)hash_bytes(s.p, s.n, 0x7365656e); /* "seen"; the value is kept in files, so never change it */
}

int
store_seen_get(struct store *s, struct str key, struct str id, uint64_t content, enum store_seen *how, struct err *e)
{
	sqlite3_stmt *st = st_get(s, "SELECT content FROM seen WHERE key = :key AND id = :id", e);
	int r;

	if (st == NULL)
		return -1;
	st_int(st, ":key", key_hash(key));
	st_int(st, ":id", key_hash(id));
	r = st_step(s, st, "read seen ids", e);
	if (r >= 0)
		*how = r == 0 ? SEEN_NEW : st_col_int(st, 0) == (int64_t)content ? SEEN_SAME : SEEN_CHANGED;
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

static int
seen_put(struct store *s, struct str key, struct str id, uint64_t content, int64_t now, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "INSERT INTO seen(key, id, content, met, run) VALUES (:key, :id, :content, :met, :run)"
	    " ON CONFLICT DO UPDATE SET run = CASE WHEN content = :content THEN run ELSE :run END,"
	    " content = :content, met = :met",
	    e);

	if (st == NULL)
		return -1;
	st_int(st, ":key", key_hash(key));
	st_int(st, ":id", key_hash(id));
	st_int(st, ":content", (int64_t)content);
	st_int(st, ":met", now);
	st_int_opt(st, ":run", s->fetch_run);
	return st_run(s, st, "store seen id", e);
}

int
store_seen_put(struct store *s, struct str key, struct str id, uint64_t content, int64_t now, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, seen_put(s, key, id, content, now, e), e);
}

static int
seen_expire(struct store *s, int64_t before, struct err *e)
{
	sqlite3_stmt *st = st_get(s, "DELETE FROM seen WHERE met < :before", e);

	if (st == NULL)
		return -1;
	st_int(st, ":before", before);
	return st_run(s, st, "expire seen ids", e);
}

int
store_seen_expire(struct store *s, int64_t before, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, seen_expire(s, before, e), e);
}

/* --- runs ---------------------------------------------------------------------------------------------------------- */

#define RUNS STR("fetch.runs") /* how many there were */

static int
forget_unsettled(struct store *s, int64_t *again, struct err *e)
{
	static const char *const sql[] = {"DELETE FROM seen WHERE run IS NOT NULL",
	    "UPDATE fetches SET etag = NULL, last_modified = NULL, body_sha = NULL, cursor = NULL, next_try = NULL, run = NULL"
	    " WHERE run IS NOT NULL"};

	for (size_t i = 0; i < sizeof sql / sizeof sql[0]; i++) {
		sqlite3_stmt *st = st_get(s, sql[i], e);

		if (st == NULL || st_run(s, st, "forget what was not stored", e) != 0)
			return -1;
		if (i == 0)
			*again = sqlite3_changes64(s->db);
	}
	return 0;
}

static int
next_run(struct store *s, int64_t *run, struct err *e)
{
	struct arena a = {0};
	struct str value;
	int64_t n = 0;
	int rc = store_value_get(s, RUNS, &a, &value, e);

	if (rc > 0)
		(void)str_i64(value, &n);
	if (rc >= 0) {
		*run = n + 1;
		rc = store_value_put(s, RUNS, arena_printf(&a, "%lld", (long long)*run), e);
	}
	arena_free(&a);
	return rc < 0 ? -1 : 0;
}

int
store_fetch_run(struct store *s, int64_t *run, int64_t *again, struct err *e)
{
	bool mine;
	int rc;

	*again = 0;
	if (tx_enter(s, &mine, e) != 0)
		return -1;
	rc = forget_unsettled(s, again, e);
	if (rc == 0 && run != NULL)
		rc = next_run(s, run, e);
	rc = tx_leave(s, mine, rc, e);
	s->fetch_run = rc == 0 && run != NULL ? *run : 0;
	return rc;
}

static int
settle(struct store *s, int64_t run, struct err *e)
{
	static const char *const sql[] = {"UPDATE seen SET run = NULL WHERE run = :run", "UPDATE fetches SET run = NULL WHERE run = :run"};
	struct arena a = {0};
	struct str value = {0};
	int64_t n = 0;
	int rc = store_value_get(s, RUNS, &a, &value, e);

	if (rc > 0)
		(void)str_i64(value, &n);
	arena_free(&a);
	if (rc < 0)
		return -1;
	if (run < 1 || run > n)
		return err_set(e, ERR_NO, "a receipt of fetch's run %lld, which this store does not know: fetch works on another store",
		    (long long)run);
	for (size_t i = 0; i < sizeof sql / sizeof sql[0]; i++) {
		sqlite3_stmt *st = st_get(s, sql[i], e);

		if (st == NULL)
			return -1;
		st_int(st, ":run", run);
		if (st_run(s, st, "settle what was stored", e) != 0)
			return -1;
	}
	return 0;
}

int
store_fetch_settle(struct store *s, int64_t run, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, settle(s, run, e), e);
}
