#include "ext/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ext/store_int.h"

enum {
	BUSY_MS = 10000,
	APP_ID = 0x746f6373 /* "tocs": in every store's header, so that another program's file is not taken for one */
};

static const struct {
	const char *name, *sql;
} schema[] = {
#include "schema.inc"
};
enum { SCHEMA_N = sizeof schema / sizeof schema[0] };

/* --- errors ----------------------------------------------------------------------------------------------------------- */

int
store_fail(struct store *s, const char *what, struct err *e)
{
	int rc = sqlite3_extended_errcode(s->db);
	const char *msg = sqlite3_errmsg(s->db);

	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, ERR_AGAIN, "%s: store '%s' is in use by another process; try again", what, s->path);
	case SQLITE_NOTADB:
		return err_set(e, ERR_CONFIG, "%s: '%s' is not a store", what, s->path);
	case SQLITE_CORRUPT:
		return err_set(e, ERR_CONFIG,
		    "%s: store '%s' is damaged; bring back a backup ('store check' says more)", what, s->path);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return err_set(
		    e, ERR_IO, "%s: store '%s' is read-only (the file and its folder must be writable)", what, s->path);
	case SQLITE_CANTOPEN:
		return err_set(e, ERR_IO, "%s: cannot open store '%s'", what, s->path);
	case SQLITE_FULL:
		return err_set(e, ERR_IO, "%s: store '%s': no space left", what, s->path);
	case SQLITE_NOMEM:
		return err_set(e, ERR_MEM, "%s: out of memory", what);
	default:
		return err_set(e, ERR_IO, "%s: store '%s': %.200s", what, s->path, msg);
	}
}

int
store_exec(struct store *s, const char *sql, const char *what, struct err *e)
{
	if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return store_fail(s, what, e);
	return 0;
}

/* --- statements ------------------------------------------------------------------------------------------------------- */

sqlite3_stmt *
st_new(struct store *s, struct str sql, struct err *e)
{
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v3(s->db, sql.p, (int)sql.n, 0, &st, NULL) != SQLITE_OK) {
		store_fail(s, "prepare", e);
		return NULL;
	}
	s->loose = xgrow(s->loose, &s->loose_cap, s->nloose + 1, sizeof(*s->loose));
	s->loose[s->nloose++] = st;
	return st;
}

sqlite3_stmt *
st_get(struct store *s, const char *sql, struct err *e)
{
	uintptr_t *slot = map_put(&s->stmts, str_n((const char *)&sql, sizeof sql), NULL);
	sqlite3_stmt *st = (sqlite3_stmt *)*slot;

	if (st != NULL && !sqlite3_stmt_busy(st)) {
		sqlite3_reset(st);
		sqlite3_clear_bindings(st);
		return st;
	}
	if (st != NULL)
		return st_new(s, str_c(sql), e);
	if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) != SQLITE_OK) {
		store_fail(s, "prepare", e);
		return NULL;
	}
	*slot = (uintptr_t)st;
	return st;
}

void
st_end(struct store *s, sqlite3_stmt *st)
{
	for (size_t i = 0; i < s->nloose; i++)
		if (s->loose[i] == st) {
			s->loose[i] = s->loose[--s->nloose];
			sqlite3_finalize(st);
			return;
		}
	sqlite3_reset(st);
}

static int
param(sqlite3_stmt *st, const char *name)
{
	int i = sqlite3_bind_parameter_index(st, name);

	if (i == 0)
		abort(); /* a misspelt name is a bug */
	return i;
}

void
st_text(sqlite3_stmt *st, const char *name, struct str v)
{
	sqlite3_bind_text64(st, param(st, name), v.n > 0 ? v.p : "", v.n, SQLITE_STATIC, SQLITE_UTF8);
}

void
st_text_opt(sqlite3_stmt *st, const char *name, struct str v)
{
	if (v.n > 0)
		st_text(st, name, v);
	else
		sqlite3_bind_null(st, param(st, name));
}

void
st_int(sqlite3_stmt *st, const char *name, int64_t v)
{
	sqlite3_bind_int64(st, param(st, name), v);
}

void
st_int_opt(sqlite3_stmt *st, const char *name, int64_t v)
{
	if (v != 0)
		st_int(st, name, v);
	else
		sqlite3_bind_null(st, param(st, name));
}

void
st_blob(sqlite3_stmt *st, const char *name, struct str v)
{
	sqlite3_bind_blob64(st, param(st, name), v.n > 0 ? v.p : "", v.n, SQLITE_STATIC);
}

void
st_real(sqlite3_stmt *st, const char *name, double v)
{
	sqlite3_bind_double(st, param(st, name), v);
}

int
st_step(struct store *s, sqlite3_stmt *st, const char *what, struct err *e)
{
	switch (sqlite3_step(st)) {
	case SQLITE_ROW:
		return 1;
	case SQLITE_DONE:
		return 0;
	default:
		return store_fail(s, what, e);
	}
}

int
st_run(struct store *s, sqlite3_stmt *st, const char *what, struct err *e)
{
	int r = st_step(s, st, what, e);

	st_end(s, st);
	return r < 0 ? -1 : 0;
}

struct str
st_col(sqlite3_stmt *st, int i)
{
	const void *p = sqlite3_column_blob(st, i);

	return str_n(p != NULL ? p : "", (size_t)sqlite3_column_bytes(st, i));
}

int64_t
st_col_int(sqlite3_stmt *st, int i)
{
	return sqlite3_column_int64(st, i);
}

/* --- opening ---------------------------------------------------------------------------------------------------------- */

/* One number a pragma or a count answers. */
static int
one_int(struct store *s, const char *sql, int64_t *out, struct err *e)
{
	sqlite3_stmt *st = st_new(s, str_c(sql), e);
	int r;

	if (st == NULL)
		return -1;
	r = st_step(s, st, "read store", e);
	if (r > 0)
		*out = st_col_int(st, 0);
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

/* Applies what is missing, all in one transaction; others that come at the same time wait and find it done. */
static int
upgrade(struct store *s, struct err *e)
{
	int64_t version = 0;
	char sql[80];

	if (store_begin(s, e) != 0)
		return -1;
	if (one_int(s, "PRAGMA user_version", &version, e) != 0)
		goto fail;
	for (size_t i = (size_t)version; i < SCHEMA_N; i++)
		if (store_exec(s, schema[i].sql, schema[i].name, e) != 0)
			goto fail;
	snprintf(sql, sizeof sql, "PRAGMA application_id=%d; PRAGMA user_version=%d", APP_ID, SCHEMA_N);
	if (store_exec(s, sql, "set version", e) != 0 || store_commit(s, e) != 0)
		goto fail;
	return 0;
fail:
	store_rollback(s);
	return -1;
}

/* WAL is set once for the file; the change needs the file alone, and SQLite does not wait for that by itself. */
static int
set_wal(struct store *s, struct err *e)
{
	for (int tries = 0;; tries++) {
		sqlite3_stmt *st = st_new(s, STR("PRAGMA journal_mode=WAL"), e);
		int r;

		if (st == NULL)
			return -1;
		r = sqlite3_step(st);
		if (r == SQLITE_ROW) {
			bool wal = str_is(st_col(st, 0), "wal");

			st_end(s, st);
			return wal ? 0 : err_set(e, ERR_IO, "open store '%s': its file system cannot do WAL", s->path);
		}
		store_fail(s, "open", e);
		st_end(s, st);
		if ((r & 0xff) != SQLITE_BUSY || tries == BUSY_MS / 20)
			return -1;
		nanosleep(&(struct timespec){0, 20 * 1000 * 1000}, NULL);
	}
}

/*
 * SQLite's own waiting slows down to ten looks a second, so that with forty writers one may find the store taken for
 * ten seconds by chance. Looking every few milliseconds at odd times costs little and lets everybody in.
 */
static int
wait_turn(void *ctx, int count)
{
	struct store *s = ctx;
	struct timespec now;
	int64_t ms;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	if (count == 0) {
		s->waiting_since = ms;
		s->jitter ^= (uint64_t)now.tv_nsec ^ (uint64_t)getpid() << 20;
	}
	if (ms - s->waiting_since >= BUSY_MS)
		return 0;
	s->jitter = hash_u64(s->jitter + 1);
	nanosleep(&(struct timespec){0, (long)(500000 + s->jitter % (count < 20 ? 2000000 : 8000000))}, NULL);
	return 1;
}

static int
check_version(struct store *s, enum store_mode mode, int64_t *version, struct err *e)
{
	int64_t app = 0, tables = 0;

	/* Another process may be making this very store: a file half looked at before and half after is asked again. */
	for (int tries = 0; tries < 50; tries++) {
		if (one_int(s, "PRAGMA application_id", &app, e) != 0 || one_int(s, "PRAGMA user_version", version, e) != 0 ||
		    one_int(s, "SELECT count(*) FROM sqlite_schema", &tables, e) != 0)
			return -1;
		if (app != 0 || (mode == STORE_CREATE && tables == 0 && *version == 0))
			break;
		nanosleep(&(struct timespec){0, 5000000}, NULL);
	}
	if (app != APP_ID && !(app == 0 && tables == 0 && *version == 0))
		return err_set(e, ERR_CONFIG, "'%s' is a database of another program", s->path);
	if (app != APP_ID && mode != STORE_CREATE)
		return err_set(e, ERR_CONFIG, "'%s' is empty, not a store", s->path);
	if (*version > SCHEMA_N)
		return err_set(e, ERR_CONFIG, "store '%s' has version %lld, this program knows %d; use a newer tocsin",
		    s->path, (long long)*version, SCHEMA_N);
	return 0;
}

static int
connect(struct store *s, const char *name, int flags, struct err *e)
{
	if (sqlite3_open_v2(name, &s->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL) != SQLITE_OK)
		return store_fail(s, "open", e);
	sqlite3_busy_handler(s->db, wait_turn, s);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	return store_exec(s, "PRAGMA foreign_keys=ON; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000", "open", e);
}

/* "file:/path?immutable=1" with what a URI cannot hold escaped. */
static void
immutable_uri(const char *path, struct buf *out)
{
	buf_puts(out, "file:");
	for (const char *p = path; *p != '\0'; p++)
		if (*p == '?' || *p == '#' || *p == '%')
			buf_printf(out, "%%%02x", (unsigned)*p);
		else
			buf_putc(out, *p);
	buf_puts(out, "?immutable=1");
}

/*
 * A reader of a WAL file needs to write its shared memory; where it may not (another's folder, a read-only disk) and
 * nobody has the store open, the file as it lies is the whole truth and can be read as such.
 */
static int
connect_reader(struct store *s, struct err *e)
{
	struct buf uri = {0};
	char *wal;
	int64_t n;
	int r;

	if (connect(s, s->path, SQLITE_OPEN_READONLY, e) == 0 && one_int(s, "PRAGMA user_version", &n, e) == 0)
		return 0;
	if ((sqlite3_errcode(s->db) & 0xff) != SQLITE_CANTOPEN && (sqlite3_errcode(s->db) & 0xff) != SQLITE_READONLY)
		return -1;
	buf_printf(&uri, "%s-wal", s->path);
	wal = xstrdup(uri.p);
	r = access(wal, F_OK);
	free(wal);
	buf_reset(&uri);
	if (r == 0) {
		buf_free(&uri);
		return -1;
	}
	sqlite3_close(s->db);
	s->db = NULL;
	immutable_uri(s->path, &uri);
	r = connect(s, uri.p, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, e);
	buf_free(&uri);
	return r;
}

static int
make_file(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_sys(e, ERR_IO, errno, "cannot open store '%s'", path);
	close(fd);
	return 0;
}

/* One thread uses a store, and Debian's SQLite has its cache of small blocks switched off. */
static void
configure(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	sqlite3_config(SQLITE_CONFIG_URI, 0); /* file names are file names */
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 256, 500);
}

int
store_open(const char *path, enum store_mode mode, struct store **out, struct err *e)
{
	struct store *s = xcalloc(1, sizeof *s);
	struct stat sb;
	int64_t version = 0;
	char *real;

	configure();
	s->path = xstrdup(path);
	if (mode == STORE_CREATE && make_file(path, e) != 0)
		goto fail;
	if (stat(path, &sb) != 0) {
		if (errno == ENOENT)
			err_set(e, ERR_CONFIG, "no store at '%s' ('store add' and 'fetch' make one)", path);
		else
			err_sys(e, ERR_IO, errno, "cannot open store '%s'", path);
		goto fail;
	}
	if (!S_ISREG(sb.st_mode)) {
		err_set(e, ERR_CONFIG, "store '%s' is not a regular file", path);
		goto fail;
	}
	real = realpath(path, NULL); /* ":memory:" is a file here, and what lies beside a link is not what lies beside the store */
	if (real != NULL) {
		free(s->path);
		s->path = real;
	}
	if ((mode == STORE_READ ? connect_reader(s, e) : connect(s, s->path, SQLITE_OPEN_READWRITE, e)) != 0)
		goto fail;
	if (check_version(s, mode, &version, e) != 0)
		goto fail;
	if (mode == STORE_READ && version < SCHEMA_N) {
		/* A reader of an older store brings it up to date first, like any writer would. */
		struct store *w;

		if (store_open(path, STORE_WRITE, &w, e) != 0)
			goto fail;
		store_close(w);
	}
	if (mode != STORE_READ && (set_wal(s, e) != 0 || (version < SCHEMA_N && upgrade(s, e) != 0)))
		goto fail;
	*out = s;
	return 0;
fail:
	store_close(s);
	return -1;
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	store_rollback(s);
	for (size_t i = 0; i < s->stmts.cap; i++)
		if (s->stmts.slot[i].key.p != NULL)
			sqlite3_finalize((sqlite3_stmt *)s->stmts.slot[i].value);
	while (s->nloose > 0)
		sqlite3_finalize(s->loose[--s->nloose]);
	free(s->loose);
	sqlite3_close_v2(s->db);
	map_free(&s->stmts);
	post_close(s);
	rec_free(&s->old);
	buf_free(&s->grams);
	buf_free(&s->scratch);
	free(s->path);
	free(s);
}

/* --- transactions ----------------------------------------------------------------------------------------------------- */

int
store_begin(struct store *s, struct err *e)
{
	if (s->tx)
		abort(); /* a bug: transactions do not nest */
	if (store_exec(s, "BEGIN IMMEDIATE", "begin", e) != 0)
		return -1;
	s->tx = true;
	return 0;
}

int
store_commit(struct store *s, struct err *e)
{
	if (post_flush(s, e) != 0 || store_exec(s, "COMMIT", "commit", e) != 0) {
		store_rollback(s);
		return -1;
	}
	s->tx = false;
	return 0;
}

void
store_rollback(struct store *s)
{
	post_forget_pending(s);
	if (!s->tx)
		return;
	s->tx = false;
	if (!sqlite3_get_autocommit(s->db)) /* some failures have rolled back already */
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

bool
store_in_tx(const struct store *s)
{
	return s->tx;
}

int
tx_enter(struct store *s, bool *mine, struct err *e)
{
	*mine = !s->tx;
	return *mine ? store_begin(s, e) : 0;
}

int
tx_leave(struct store *s, bool mine, int result, struct err *e)
{
	if (!mine)
		return result;
	if (result < 0) {
		store_rollback(s);
		return -1;
	}
	return store_commit(s, e) != 0 ? -1 : result;
}

/* --- the store as a whole --------------------------------------------------------------------------------------------- */

void
finding(store_finding_fn *fn, void *ctx, int64_t *bad, const char *fmt, ...)
{
	char text[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	++*bad;
	fn(ctx, text);
}

static int
sqlite_check(struct store *s, store_finding_fn *fn, void *ctx, int64_t *bad, struct err *e)
{
	static const char *const pragmas[] = {"PRAGMA integrity_check(20)", "PRAGMA foreign_key_check"};

	for (size_t i = 0; i < 2; i++) {
		sqlite3_stmt *st = st_new(s, str_c(pragmas[i]), e);
		int r;

		if (st == NULL)
			return -1;
		while ((r = st_step(s, st, "check", e)) > 0) {
			struct str text = st_col(st, 0);

			if (i == 0 && !str_is(text, "ok"))
				finding(fn, ctx, bad, "database: %.*s", STRF(str_sub(text, 0, 300)));
			else if (i == 1)
				finding(fn, ctx, bad, "database: a row of %.*s refers to nothing", STRF(text));
		}
		st_end(s, st);
		if (r < 0)
			return -1;
	}
	return 0;
}

int
store_check(struct store *s, const char *expect, store_finding_fn *fn, void *ctx, int64_t *bad, struct err *e)
{
	int64_t verified = 0;

	*bad = 0;
	if (sqlite_check(s, fn, ctx, bad, e) != 0 || store_verify(s, expect, fn, ctx, &verified, e) != 0)
		return -1;
	*bad += verified;
	return post_check(s, fn, ctx, bad, e);
}

int
store_backup(struct store *s, const char *path, struct err *e)
{
	sqlite3_stmt *st;
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct stat sb;
	char *real;
	int r = -1;

	if (fd < 0)
		return err_sys(e, ERR_IO, errno, "cannot make backup '%s'", path);
	close(fd);
	real = realpath(path, NULL); /* a name, whatever SQLite reads into it */
	st = st_get(s, "VACUUM INTO :path", e);
	if (st != NULL) {
		st_text(st, ":path", str_c(real != NULL ? real : path));
		r = st_run(s, st, "backup", e);
	}
	if (r == 0 && (stat(path, &sb) != 0 || sb.st_size == 0))
		r = err_set(e, ERR_IO, "backup '%s' is empty", path);
	if (r != 0)
		unlink(path);
	free(real);
	return r;
}

int
store_stats(struct store *s, struct store_stats *st, struct err *e)
{
	struct stat sb;
	const struct {
		const char *sql;
		int64_t *out;
	} q[] = {
	    {"SELECT count(*) FROM posts WHERE drill = 0", &st->posts},
	    {"SELECT count(*) FROM posts WHERE drill = 1", &st->drills},
	    {"SELECT count(*) FROM readings", &st->readings},
	    {"SELECT count(*) FROM hours", &st->hours},
	    {"SELECT count(*) FROM fetches", &st->fetches},
	    {"SELECT count(*) FROM seen", &st->seen},
	    {"SELECT count(*) FROM dups", &st->dups},
	    {"SELECT count(*) FROM events", &st->events},
	    {"SELECT count(*) FROM cases", &st->cases},
	    {"SELECT count(*) FROM cases WHERE state NOT IN ('closed', 'merged')", &st->open_cases},
	    {"SELECT count(*) FROM tasks", &st->tasks},
	    {"SELECT count(*) FROM drafts", &st->drafts},
	    {"SELECT count(*) FROM notices", &st->notices},
	    {"SELECT count(*) FROM labels", &st->labels},
	    {"SELECT ifnull(min(published), 0) FROM posts", &st->first},
	    {"SELECT ifnull(max(published), 0) FROM posts", &st->last},
	    {"PRAGMA user_version", &st->schema},
	};

	*st = (struct store_stats){0};
	for (size_t i = 0; i < sizeof q / sizeof q[0]; i++)
		if (one_int(s, q[i].sql, q[i].out, e) != 0)
			return -1;
	if (stat(s->path, &sb) == 0)
		st->bytes = sb.st_size;
	return 0;
}
