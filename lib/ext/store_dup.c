#include "ext/store_int.h"

static int
dup_put(struct store *s, const struct store_dup *d, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "INSERT INTO dups(id, cluster, published, exact, sketch) VALUES (:id, :cluster, :published, :exact, "
	    ":sketch)"
	    " ON CONFLICT(id) DO UPDATE SET cluster = :cluster, published = :published, exact = :exact, sketch = "
	    ":sketch",
	    e);

	if (st == NULL)
		return -1;
	st_text(st, ":id", d->id);
	st_text_opt(st, ":cluster", str_eq(d->cluster, d->id) ? STR("") : d->cluster);
	st_int(st, ":published", d->published);
	st_int(st, ":exact", (int64_t)d->exact);
	st_blob(st, ":sketch", d->sketch);
	return st_run(s, st, "store fingerprint", e);
}

int
store_dup_put(struct store *s, const struct store_dup *d, struct err *e)
{
	bool mine;

	if (d->sketch.n > 256)
		return err_set(e, ERR_DATA, "fingerprint of %zu bytes; 256 are allowed", d->sketch.n);
	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, dup_put(s, d, e), e);
}

int
store_dups(struct store *s, int64_t since, store_dup_fn *fn, void *ctx, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "SELECT id, ifnull(cluster, id), published, exact, sketch FROM dups WHERE published >= :since ORDER BY n",
	    e);
	int r;

	if (st == NULL)
		return -1;
	st_int(st, ":since", since);
	while ((r = st_step(s, st, "read fingerprints", e)) > 0) {
		struct store_dup d = {.id = st_col(st, 0),
		    .cluster = st_col(st, 1),
		    .published = st_col_int(st, 2),
		    .exact = (uint64_t)st_col_int(st, 3),
		    .sketch = st_col(st, 4)};

		if ((r = fn(ctx, &d, e)) != 0)
			break;
	}
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

static int
dup_expire(struct store *s, int64_t before, struct err *e)
{
	sqlite3_stmt *st = st_get(s, "DELETE FROM dups WHERE published < :before", e);

	if (st == NULL)
		return -1;
	st_int(st, ":before", before);
	return st_run(s, st, "expire fingerprints", e);
}

int
store_dup_expire(struct store *s, int64_t before, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, dup_expire(s, before, e), e);
}
