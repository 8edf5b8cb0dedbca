#include "base/utf8.h"
#include "ext/crypto.h"
#include "ext/store_int.h"

#define DRAFT_COLS                                                                                                     \
	"id, version, case_id, kind, lang, audience, stage, state, author, created, updated, text, sha256, json"

static void
read_draft(sqlite3_stmt *st, struct store_draft *d)
{
	struct str sha = st_col(st, 12);

	*d = (struct store_draft){.id = st_col(st, 0),
	    .version = st_col_int(st, 1),
	    .case_id = st_col(st, 2),
	    .kind = st_col(st, 3),
	    .lang = st_col(st, 4),
	    .audience = st_col(st, 5),
	    .stage = st_col(st, 6),
	    .state = st_col(st, 7),
	    .author = st_col(st, 8),
	    .created = st_col_int(st, 9),
	    .updated = st_col_int(st, 10),
	    .text = st_col(st, 11),
	    .json = st_col(st, 13)};
	memcpy(d->sha256, sha.p, sha.n < 64 ? sha.n : 64);
}

static void
keep_draft(struct store_draft *d, struct arena *a)
{
	struct str *keep[] = {&d->id, &d->case_id, &d->kind, &d->lang, &d->audience, &d->stage, &d->state, &d->author,
	    &d->text, &d->json};

	for (size_t i = 0; i < sizeof keep / sizeof keep[0]; i++)
		*keep[i] = arena_str(a, *keep[i]);
}

/* ERR_NO: the text is one of another case. */
static int
latest(struct store *s, struct str id, struct str case_id, int64_t *version, char sha[65], struct err *e)
{
	sqlite3_stmt *st =
	    st_get(s, "SELECT version, sha256, case_id FROM drafts WHERE id = :id ORDER BY version DESC LIMIT 1", e);
	int r;

	if (st == NULL)
		return -1;
	st_text(st, ":id", id);
	*version = 0;
	sha[0] = '\0';
	if ((r = st_step(s, st, "read draft", e)) > 0) {
		struct str have = st_col(st, 1);

		*version = st_col_int(st, 0);
		memcpy(sha, have.p, have.n < 64 ? have.n : 64);
		sha[have.n < 64 ? have.n : 64] = '\0';
		if (!str_eq(st_col(st, 2), case_id))
			r = err_set(e, ERR_NO, "text '%.*s' belongs to case '%.*s'", STRF(utf8_cut_bytes(id, 80)),
			    STRF(utf8_cut_bytes(st_col(st, 2), 40)));
	}
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

static int
draft_add(struct store *s, struct store_draft *d, bool *added, struct err *e)
{
	char last[65];
	sqlite3_stmt *st;
	int64_t version;

	sha256_hex(d->text, d->sha256);
	if (latest(s, d->id, d->case_id, &version, last, e) != 0)
		return -1;
	*added = version == 0 || strcmp(last, d->sha256) != 0;
	d->version = *added ? version + 1 : version;
	if (!*added)
		return 0;
	st = st_get(s,
	    "INSERT INTO drafts(" DRAFT_COLS
	    ") VALUES (:id, :version, :case_id, :kind, :lang, :audience, :stage, 'draft',"
	    " :author, :created, :created, :text, :sha256, :json)",
	    e);
	if (st == NULL)
		return -1;
	st_text(st, ":id", d->id);
	st_int(st, ":version", d->version);
	st_text(st, ":case_id", d->case_id);
	st_text(st, ":kind", d->kind);
	st_text_opt(st, ":lang", d->lang);
	st_text_opt(st, ":audience", d->audience);
	st_text_opt(st, ":stage", d->stage);
	st_text_opt(st, ":author", d->author);
	st_int(st, ":created", d->created);
	st_text(st, ":text", d->text);
	st_text(st, ":sha256", str_c(d->sha256));
	st_text_opt(st, ":json", d->json);
	return st_run(s, st, "store draft", e);
}

int
store_draft_add(struct store *s, struct store_draft *d, bool *added, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, draft_add(s, d, added, e), e);
}

int
store_draft_get(struct store *s, struct str id, int64_t version, struct arena *a, struct store_draft *d, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "SELECT " DRAFT_COLS " FROM drafts WHERE id = :id AND (:version = 0 OR version = :version)"
	    " ORDER BY version DESC LIMIT 1",
	    e);
	char sha[SHA256_HEX];
	int r;

	if (st == NULL)
		return -1;
	st_text(st, ":id", id);
	st_int(st, ":version", version);
	if ((r = st_step(s, st, "read draft", e)) > 0) {
		read_draft(st, d);
		keep_draft(d, a);
		sha256_hex(d->text, sha);
		if (strcmp(sha, d->sha256) != 0)
			r = err_set(e, ERR_CONFIG,
			    "draft '%.*s' version %lld: its text was changed by other means than tocsin",
			    STRF(utf8_cut_bytes(id, 80)), (long long)d->version);
	}
	st_end(s, st);
	return r;
}

static int
draft_state(struct store *s, struct str id, int64_t version, struct str state, int64_t now, struct err *e)
{
	sqlite3_stmt *st =
	    st_get(s, "UPDATE drafts SET state = :state, updated = :now WHERE id = :id AND version = :version", e);

	if (st == NULL)
		return -1;
	st_text(st, ":id", id);
	st_int(st, ":version", version);
	st_text(st, ":state", state);
	st_int(st, ":now", now);
	if (st_run(s, st, "store state of draft", e) != 0)
		return -1;
	if (sqlite3_changes(s->db) == 0)
		return err_set(
		    e, ERR_NO, "no draft '%.*s' version %lld", STRF(utf8_cut_bytes(id, 80)), (long long)version);
	return 0;
}

int
store_draft_state(struct store *s, struct str id, int64_t version, struct str state, int64_t now, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, draft_state(s, id, version, state, now, e), e);
}

int
store_drafts(struct store *s, struct str case_id, bool all_versions, store_draft_fn *fn, void *ctx, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "SELECT " DRAFT_COLS " FROM drafts d WHERE (:case_id = '' OR case_id = :case_id)"
	    " AND (:all OR version = (SELECT max(version) FROM drafts m WHERE m.id = d.id)) ORDER BY case_id, id, "
	    "version",
	    e);
	int r;

	if (st == NULL)
		return -1;
	st_text(st, ":case_id", case_id);
	st_int(st, ":all", all_versions);
	while ((r = st_step(s, st, "read drafts", e)) > 0) {
		struct store_draft d;

		read_draft(st, &d);
		if ((r = fn(ctx, &d, e)) != 0)
			break;
	}
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

/* The fields an approval's event holds; draft_check compares the row with it. */
static void
approval_data(const struct store_approval *a, struct buf *out)
{
	struct jw w = jw_open(out);

	jw_obj(&w);
	jw_kstr(&w, "draft", a->draft_id);
	jw_kint(&w, "version", a->version);
	jw_kstr(&w, "sha256", a->sha256);
	jw_kstr(&w, "role", a->role);
	jw_kstr_opt(&w, "reason", a->reason);
	jw_end(&w);
}

static int
approval_add(struct store *s, const struct store_approval *a, struct str case_id, struct err *e)
{
	struct buf data = {0};
	struct store_event ev = {.ts = a->ts,
	    .actor = a->actor,
	    .case_id = case_id,
	    .kind = a->approve ? STR("draft.approve") : STR("draft.reject")};
	sqlite3_stmt *st;
	int r;

	approval_data(a, &data);
	ev.data = buf_view(&data);
	r = store_event_add(s, &ev, e);
	buf_free(&data);
	if (r != 0)
		return -1;
	st = st_get(s,
	    "INSERT INTO approvals(seq, draft_id, version, sha256, role, actor, approve, reason, ts)"
	    " VALUES (:seq, :draft_id, :version, :sha256, :role, :actor, :approve, :reason, :ts)",
	    e);
	if (st == NULL)
		return -1;
	st_int(st, ":seq", ev.seq);
	st_text(st, ":draft_id", a->draft_id);
	st_int(st, ":version", a->version);
	st_text(st, ":sha256", a->sha256);
	st_text(st, ":role", a->role);
	st_text(st, ":actor", a->actor);
	st_int(st, ":approve", a->approve);
	st_text_opt(st, ":reason", a->reason);
	st_int(st, ":ts", a->ts);
	return st_run(s, st, "store approval", e);
}

int
store_approval_add(struct store *s, const struct store_approval *a, struct str case_id, struct err *e)
{
	bool mine;

	if (tx_enter(s, &mine, e) != 0)
		return -1;
	return tx_leave(s, mine, approval_add(s, a, case_id, e), e);
}

static void
read_approval(sqlite3_stmt *st, struct store_approval *a)
{
	*a = (struct store_approval){.draft_id = st_col(st, 0),
	    .version = st_col_int(st, 1),
	    .sha256 = st_col(st, 2),
	    .role = st_col(st, 3),
	    .actor = st_col(st, 4),
	    .approve = st_col_int(st, 5) != 0,
	    .reason = st_col(st, 6),
	    .ts = st_col_int(st, 7)};
}

int
store_approvals(struct store *s, struct str draft_id, int64_t version, store_approval_fn *fn, void *ctx, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "SELECT draft_id, version, sha256, role, actor, approve, reason, ts FROM approvals"
	    " WHERE draft_id = :id AND (:version = 0 OR version = :version) ORDER BY seq",
	    e);
	int r;

	if (st == NULL)
		return -1;
	st_text(st, ":id", draft_id);
	st_int(st, ":version", version);
	while ((r = st_step(s, st, "read approvals", e)) > 0) {
		struct store_approval a;

		read_approval(st, &a);
		if ((r = fn(ctx, &a, e)) != 0)
			break;
	}
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

/* --- answers to posts ------------------------------------------------------------------------------------------------- */

#define REPLY_COLS "post, draft, case_id, author, version, added, sent, json"

static void
read_reply(sqlite3_stmt *st, struct store_reply *r)
{
	*r = (struct store_reply){.post = st_col(st, 0),
	    .draft_id = st_col(st, 1),
	    .case_id = st_col(st, 2),
	    .author = (uint64_t)st_col_int(st, 3),
	    .version = st_col_int(st, 4),
	    .added = st_col_int(st, 5),
	    .sent = st_col_int(st, 6),
	    .json = st_col(st, 7)};
}

int
store_reply_put(struct store *s, const struct store_reply *r, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "INSERT INTO replies(" REPLY_COLS ") VALUES (:post, :draft, :case_id, :author, NULL, :added, NULL, :json)"
	    " ON CONFLICT(post) DO UPDATE SET draft = :draft, case_id = :case_id, author = :author, added = :added,"
	    " json = :json WHERE sent IS NULL",
	    e);

	if (st == NULL)
		return -1;
	st_text(st, ":post", r->post);
	st_text(st, ":draft", r->draft_id);
	st_text(st, ":case_id", r->case_id);
	st_int_opt(st, ":author", (int64_t)r->author);
	st_int(st, ":added", r->added);
	st_text_opt(st, ":json", r->json);
	if (st_run(s, st, "store reply", e) != 0)
		return -1;
	if (sqlite3_changes(s->db) == 0)
		return err_set(e, ERR_NO, "post '%.*s' was answered already", STRF(utf8_cut_bytes(r->post, 80)));
	return 0;
}

int
store_reply_get(struct store *s, struct str post, struct arena *a, struct store_reply *r, struct err *e)
{
	sqlite3_stmt *st = st_get(s, "SELECT " REPLY_COLS " FROM replies WHERE post = :post", e);
	int got;

	if (st == NULL)
		return -1;
	st_text(st, ":post", post);
	if ((got = st_step(s, st, "read reply", e)) > 0) {
		struct str *keep[] = {&r->post, &r->draft_id, &r->case_id, &r->json};

		read_reply(st, r);
		for (size_t i = 0; i < sizeof keep / sizeof keep[0]; i++)
			*keep[i] = arena_str(a, *keep[i]);
	}
	st_end(s, st);
	return got;
}

int
store_reply_count(struct store *s, uint64_t author, int64_t since, int64_t *n, struct err *e)
{
	sqlite3_stmt *st =
	    st_get(s, "SELECT count(*) FROM replies WHERE author = :author AND (sent IS NULL OR sent >= :since)", e);
	int r;

	if (st == NULL)
		return -1;
	st_int(st, ":author", (int64_t)author);
	st_int(st, ":since", since);
	if ((r = st_step(s, st, "count replies", e)) > 0)
		*n = st_col_int(st, 0);
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

int
store_replies(struct store *s, struct str draft_id, bool waiting, store_reply_fn *fn, void *ctx, struct err *e)
{
	sqlite3_stmt *st = st_get(s,
	    "SELECT " REPLY_COLS " FROM replies WHERE draft = :draft AND (NOT :waiting OR sent IS NULL) ORDER BY added, rowid", e);
	int r;

	if (st == NULL)
		return -1;
	st_text(st, ":draft", draft_id);
	st_int(st, ":waiting", waiting);
	while ((r = st_step(s, st, "read replies", e)) > 0) {
		struct store_reply one;

		read_reply(st, &one);
		if ((r = fn(ctx, &one, e)) != 0)
			break;
	}
	st_end(s, st);
	return r < 0 ? -1 : 0;
}

int
store_replies_sent(struct store *s, struct str draft_id, int64_t version, int64_t now, struct err *e)
{
	sqlite3_stmt *st =
	    st_get(s, "UPDATE replies SET version = :version, sent = :now WHERE draft = :draft AND sent IS NULL", e);

	if (st == NULL)
		return -1;
	st_int(st, ":version", version);
	st_int(st, ":now", now);
	st_text(st, ":draft", draft_id);
	return st_run(s, st, "store replies", e);
}

int
store_reply_drop(struct store *s, struct str draft_id, struct str post, struct err *e)
{
	sqlite3_stmt *st = st_get(s, "DELETE FROM replies WHERE draft = :draft AND post = :post AND sent IS NULL", e);

	if (st == NULL)
		return -1;
	st_text(st, ":draft", draft_id);
	st_text(st, ":post", post);
	if (st_run(s, st, "drop reply", e) != 0)
		return -1;
	return sqlite3_changes(s->db) > 0;
}

/* Every text against its hash, every approval row against its event, every approved text against an approval. */
int
draft_check(struct store *s, store_finding_fn *fn, void *ctx, int64_t *bad, struct err *e)
{
	char sha[SHA256_HEX];
	struct buf data = {0};
	sqlite3_stmt *st = st_get(s,
	    "SELECT " DRAFT_COLS
	    ", EXISTS (SELECT 1 FROM approvals a WHERE a.draft_id = d.id AND a.version = d.version AND"
	    " a.approve = 1 AND a.sha256 = d.sha256) FROM drafts d ORDER BY id, version",
	    e);
	int r;

	if (st == NULL)
		return -1;
	while ((r = st_step(s, st, "check drafts", e)) > 0) {
		struct store_draft d;

		read_draft(st, &d);
		sha256_hex(d.text, sha);
		if (strcmp(sha, d.sha256) != 0)
			finding(fn, ctx, bad, "draft %.*s version %lld: the text is not the one that was stored",
			    STRF(d.id), (long long)d.version);
		if ((str_is(d.state, "approved") || str_is(d.state, "released")) && st_col_int(st, 14) == 0)
			finding(fn, ctx, bad, "draft %.*s version %lld: %.*s, but nobody approved this text",
			    STRF(d.id), (long long)d.version, STRF(d.state));
	}
	st_end(s, st);
	if (r < 0)
		return -1;
	st = st_get(s,
	    "SELECT a.draft_id, a.version, a.sha256, a.role, a.actor, a.approve, a.reason, a.ts, a.seq, v.actor, "
	    "v.kind,"
	    " v.data FROM approvals a LEFT JOIN events v ON v.seq = a.seq ORDER BY a.seq",
	    e);
	if (st == NULL)
		return -1;
	while ((r = st_step(s, st, "check approvals", e)) > 0) {
		struct store_approval a;

		read_approval(st, &a);
		buf_reset(&data);
		approval_data(&a, &data);
		if (!str_eq(buf_view(&data), st_col(st, 11)) || !str_eq(a.actor, st_col(st, 9)) ||
		    !str_is(st_col(st, 10), a.approve ? "draft.approve" : "draft.reject"))
			finding(fn, ctx, bad, "approval of draft %.*s version %lld: it is not what event %lld says",
			    STRF(a.draft_id), (long long)a.version, (long long)st_col_int(st, 8));
	}
	st_end(s, st);
	buf_free(&data);
	return r < 0 ? -1 : 0;
}
