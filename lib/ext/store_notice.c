#include "base/utf8.h"
#include "ext/store_int.h"

#define NOTICE_COLS                                                                                                    \
	"n, key, channel, target, ref, level, title, body, body_sha, grp, state, attempts, next_try, error, remote, "  \
	"acked_by,"                                                                                                    \
	" acked, created, updated, json"

static void
read_notice(sqlite3_stmt *st, struct store_notice *n)
{
	*n = (struct store_notice){.n = st_col_int(st, 0),
	    .key = st_col(st, 1),
	    .channel = st_col(st, 2),
	    .target = st_col(st, 3),
	    .ref = st_col(st, 4),
	    .level = st_col(st, 5),
	    .title = st_col(st, 6),
	    .body = st_col(st, 7),
	    .body_sha = st_col(st, 8),
	    .group = st_col(st, 9),
	    .state = st_col(st, 10),
	    .attempts = st_col_int(st, 11),
	    .next_try = st_col_int(st, 12),
	    .error = st_col(st, 13),
	    .remote = st_col(st, 14),
	    .acked_by = st_col(st, 15),
	    .acked = st_col_int(st, 16),
	    .created = st_col_int(st, 17),
	    .updated = st_col_int(st, 18),
	    .json = st_col(st, 19)};
}

static void
keep_notice(struct store_notice *n, struct arena *a)
{
	struct str *keep[] = {&n->key, &n->channel, &n->target, &n->ref, &n->level, &n->title, &n->body, &n->body_sha,
	    &n->group, &n->state, &n->error, &n->remote, &n->acked_by, &n->json};

	for (size_t i = 0; i < sizeof keep / sizeof keep[0]; i++)
		*keep[i] = arena_str(a, *keep[i]);
}

static int
notice_add(struct store *s, const struct store_notice *n, bool *added, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "INSERT INTO notices(key, channel, target, ref, level, title, body, body_sha, grp, state, attempts, "
	    "next_try,"
	    " error, remote, created, updated, json) VALUES (:key, :channel, :target, :ref, :level, :title, :body, "
	    ":body_sha,"
	    " :grp, :state, :attempts, :next_try, :error, :remote, :created, :updated, :json) ON CONFLICT(key) DO "
	    "NOTHING",
	    e);
	int r;

	if (st == NULL)
		return -1;
	st_text(st, ":key", n->key);
	st_text(st, ":channel", n->channel);
	st_text_opt(st, ":target", n->target);
	st_text_opt(st, ":ref", n->ref);
	st_text_opt(st, ":level", n->level);
	st_text_opt(st, ":title", n->title);
	st_text_opt(st, ":body", n->body);
	st_text_opt(st, ":body_sha", n->body_sha);
	st_text_opt(st, ":grp", n->group);
	st_text(st, ":state", n->state.n > 0 ? n->state : STR("queued"));
	st_int(st, ":attempts", n->attempts);
	st_int(st, ":next_try", n->next_try);
	st_text_opt(st, ":error", n->error);
	st_text_opt(st, ":remote", n->remote);
	st_int(st, ":created", n->created);
	st_int(st, ":updated", n->updated != 0 ? n->updated : n->created);
	st_text_opt(st, ":json", n->json);
	r = st_run(s, st, "queue notice", e);
	*added = r == 0 && sqlite3_changes(s->db) > 0;
	return r;
}

int
store_notice_add(struct store *s, const struct store_notice *n, bool *added, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, notice_add(s, n, added, e), e);
}

static int
notice_claim(struct store *s, struct str channel, int64_t now, int64_t lease_s, struct arena *a, struct store_notice *n,
    struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "UPDATE notices SET state = 'sending', attempts = attempts + 1, next_try = :lease, updated = :now WHERE n ="
	    " (SELECT n FROM notices WHERE state = 'queued' AND next_try <= :now AND (:channel = '' OR channel = "
	    ":channel)"
	    " ORDER BY next_try, n LIMIT 1) RETURNING " NOTICE_COLS,
	    e);
	int r;

	if (st == NULL)
		return -1;
	st_int(st, ":now", now);
	st_int(st, ":lease", now + lease_s);
	st_text(st, ":channel", channel);
	if ((r = st_step(s, st, "claim notice", e)) > 0) {
		read_notice(st, n);
		keep_notice(n, a);
		if (st_step(s, st, "claim notice", e) < 0)
			r = -1;
	}
	st_end(s, st);
	return r;
}

int
store_notice_claim(struct store *s, struct str channel, int64_t now, int64_t lease_s, struct arena *a,
    struct store_notice *n, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, notice_claim(s, channel, now, lease_s, a, n, e), e);
}

static int
notice_done(struct store *s, const struct store_notice *n, int64_t now, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "UPDATE notices SET state = :state, error = :error, remote = :remote, next_try = :next_try, updated = :now"
	    " WHERE key = :key",
	    e);

	if (st == NULL)
		return -1;
	st_text(st, ":key", n->key);
	st_text(st, ":state", n->state);
	st_text_opt(st, ":error", n->error);
	st_text_opt(st, ":remote", n->remote);
	st_int(st, ":next_try", n->next_try);
	st_int(st, ":now", now);
	return st_run(s, st, "store outcome of notice", e);
}

int
store_notice_done(struct store *s, const struct store_notice *n, int64_t now, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, notice_done(s, n, now, e), e);
}

static int
notice_orphans(struct store *s, int64_t now, int64_t *count, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "UPDATE notices SET state = 'unknown', error = 'the sender ended before it had an answer', updated = :now"
	    " WHERE state = 'sending' AND next_try < :now",
	    e);
	int r;

	if (st == NULL)
		return -1;
	st_int(st, ":now", now);
	r = st_run(s, st, "find lost notices", e);
	*count = r == 0 ? sqlite3_changes(s->db) : 0;
	return r;
}

int
store_notice_orphans(struct store *s, int64_t now, int64_t *count, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, notice_orphans(s, now, count, e), e);
}

int
store_notice_get(struct store *s, struct str key, struct arena *a, struct store_notice *n, struct err *e)
{
	sqlite3_stmt *st = st_get(
	    s, "SELECT " NOTICE_COLS " FROM notices WHERE key = :key OR n = :n ORDER BY key = :key DESC LIMIT 1", e);
	int64_t number = -1;
	int r;

	if (st == NULL)
		return -1;
	if (key.n == 0 || !is_digit(key.p[0]) || !str_i64(key, &number))
		number = -1;
	st_text(st, ":key", key);
	st_int(st, ":n", number);
	if ((r = st_step(s, st, "read notice", e)) > 0) {
		read_notice(st, n);
		keep_notice(n, a);
	}
	st_end(s, st);
	return r;
}

static int
notice_ack(struct store *s, struct str key, struct str who, int64_t now, struct err *e)
{
	struct arena a = {0};
	struct store_notice n;
	sqlite3_stmt *st;
	int r = store_notice_get(s, key, &a, &n, e);

	if (r == 0)
		r = err_set(e, ERR_NO, "no notice '%.*s'", STRF(utf8_cut_bytes(key, 80)));
	if (r > 0) {
		/* Who was first stays: a second acknowledgement changes nothing. */
		st = st_get(s,
		    "UPDATE notices SET acked_by = :who, acked = :now, updated = :now WHERE n = :n AND acked IS NULL",
		    e);
		r = -1;
		if (st != NULL) {
			st_text(st, ":who", who);
			st_int(st, ":now", now);
			st_int(st, ":n", n.n);
			r = st_run(s, st, "acknowledge notice", e);
		}
	}
	arena_free(&a);
	return r;
}

int
store_notice_ack(struct store *s, struct str key, struct str who, int64_t now, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, notice_ack(s, key, who, now, e), e);
}

int
store_notices(struct store *s, const struct store_notice_query *q, store_notice_fn *fn, void *ctx, struct err *e)
{
	struct buf sql = {0};
	sqlite3_stmt *st;
	int r;

	buf_puts(&sql, "SELECT " NOTICE_COLS " FROM notices WHERE created >= :since");
	if (q->state.n > 0)
		buf_puts(&sql, " AND state = :state");
	if (q->channel.n > 0)
		buf_puts(&sql, " AND channel = :channel");
	if (q->ref.n > 0)
		buf_puts(&sql, " AND ref = :ref");
	if (q->group.n > 0)
		buf_puts(&sql, " AND grp = :grp");
	if (q->unacked)
		buf_puts(&sql, " AND acked IS NULL");
	buf_puts(&sql, q->newest ? " ORDER BY n DESC" : " ORDER BY n");
	if (q->limit > 0)
		buf_puts(&sql, " LIMIT :limit");
	st = st_new(s, buf_view(&sql), e);
	buf_free(&sql);
	if (st == NULL)
		return -1;
	st_int(st, ":since", q->since);
	if (q->state.n > 0)
		st_text(st, ":state", q->state);
	if (q->channel.n > 0)
		st_text(st, ":channel", q->channel);
	if (q->ref.n > 0)
		st_text(st, ":ref", q->ref);
	if (q->group.n > 0)
		st_text(st, ":grp", q->group);
	if (q->limit > 0)
		st_int(st, ":limit", q->limit);
	while ((r = st_step(s, st, "read notices", e)) > 0) {
		struct store_notice n;

		read_notice(st, &n);
		if ((r = fn(ctx, &n, e)) != 0)
			break;
	}
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

int
store_value_get(struct store *s, struct str name, struct arena *a, struct str *value, struct err *e)
{
	sqlite3_stmt *st = st_get(s, "SELECT value FROM named_values WHERE name = :name", e);
	int r;

	if (st == NULL)
		return -1;
	st_text(st, ":name", name);
	if ((r = st_step(s, st, "read value", e)) > 0)
		*value = arena_str(a, st_col(st, 0));
	st_end(s, st);
	return r;
}

static int
value_put(struct store *s, struct str name, struct str value, struct err *e)
{
	sqlite3_stmt *st = st_get(s, "INSERT OR REPLACE INTO named_values(name, value) VALUES (:name, :value)", e);

	if (st == NULL)
		return -1;
	st_text(st, ":name", name);
	st_text(st, ":value", value);
	return st_run(s, st, "store value", e);
}

int
store_value_put(struct store *s, struct str name, struct str value, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, value_put(s, name, value, e), e);
}
