/* The ledger for people: acknowledge, send again, look. */
#include <stdio.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "cli/path.h"
#include "cli/who.h"
#include "notify.h"

static void
open_ledger(struct sender *s, enum store_mode mode)
{
	struct err e;

	if ((s->db == NULL && (s->db = path_store(NULL, &e)) == NULL) || store_open(s->db, mode, &s->s, &e) != 0)
		msg_die(&e);
}

struct found {
	struct arena *mem;
	struct str *key;
	size_t n, cap;
};

static int
take_key(void *ctx, const struct store_notice *n, struct err *e)
{
	struct found *f = ctx;

	(void)e;
	f->key = arena_grow(f->mem, f->key, &f->cap, f->n, sizeof *f->key);
	f->key[f->n++] = arena_str(f->mem, n->key);
	return 0;
}

/* One notice by id, number or key; else all about a case or incident. */
static void
find(struct sender *s, struct str id, struct found *f)
{
	struct store_notice_query q = {.ref = id};
	struct store_notice n;
	struct err e;
	int r = store_notice_get(s->s, str_starts(id, STR("n-")) ? str_sub(id, 2, id.n) : id, f->mem, &n, &e);

	if (r < 0 || (r == 0 && store_notices(s->s, &q, take_key, f, &e) != 0) || (r > 0 && take_key(f, &n, &e) != 0))
		msg_die(&e);
	if (f->n == 0) {
		(void)err_set(&e, ERR_NO, "no notice '%.*s', and none about it", STRF(utf8_cut_bytes(id, 80)));
		msg_die(&e);
	}
}

static int
finish(struct sender *s)
{
	store_close(s->s);
	return run_finish(&s->run);
}

static int
ack_event(struct sender *s, struct str ref, size_t count, struct str who, const char *note, struct err *e)
{
	struct buf data = {0};
	struct jw w = jw_open(&data);
	struct store_case c;
	struct store_event ev = {.ts = cli_now(), .actor = who, .kind = STR("notice.ack")};
	int r;

	jw_obj(&w);
	jw_kstr(&w, "about", ref);
	jw_kint(&w, "notices", (int64_t)count);
	if (note != NULL && *note != '\0')
		jw_kcstr(&w, "note", note);
	jw_end(&w);
	ev.data = buf_view(&data);
	if ((r = store_case_get(s->s, ref, &s->batch, &c, e)) > 0)
		ev.case_id = ref;
	if (r >= 0)
		r = store_event_add(s->s, &ev, e);
	buf_free(&data);
	return r;
}

int
ledger_ack(struct sender *s, const char *id, const char *by, const char *note)
{
	struct found f = {.mem = &s->batch};
	struct str who = str_c(by != NULL ? by : cli_login());
	struct store_notice n;
	size_t fresh = 0;
	struct err e;

	if (who.n == 0 || who.n > 200 || !utf8_valid(who.p, who.n) || (note != NULL && !utf8_valid(note, strlen(note)))) {
		(void)err_set(&e, ERR_USAGE, "--by and --note: text in UTF-8, --by not empty");
		msg_die(&e);
	}
	open_ledger(s, STORE_WRITE);
	find(s, str_c(id), &f);
	if (store_begin(s->s, &e) != 0)
		msg_die(&e);
	for (size_t i = 0; i < f.n; i++) {
		if (store_notice_get(s->s, f.key[i], &s->batch, &n, &e) < 0 || store_notice_ack(s->s, f.key[i], who, cli_now(), &e) != 0)
			msg_die(&e);
		fresh += n.acked == 0;
	}
	if (fresh > 0 && ack_event(s, n.ref, fresh, who, note, &e) != 0)
		msg_die(&e);
	if (store_commit(s->s, &e) != 0)
		msg_die(&e);
	for (size_t i = 0; i < f.n; i++)
		if (store_notice_get(s->s, f.key[i], &s->batch, &n, &e) > 0) {
			if (s->text) {
				struct arena *a = &s->batch;
				char at[CLOCK_LEN];

				n.error = arena_printf(a, "acknowledged by %.*s at %.*s", STRF(n.acked_by), STRF(clock_format(n.acked, at)));
			}
			notice_put(s, &n, n.updated, &(struct notice_extra){0});
		}
	return finish(s);
}

int
ledger_resend(struct sender *s, const char *id)
{
	struct found f = {.mem = &s->batch};
	struct store_notice n;
	size_t k = 0;
	struct err e;

	open_ledger(s, STORE_WRITE);
	find(s, str_c(id), &f);
	for (size_t i = 0; i < f.n; i++) {
		if (store_notice_get(s->s, f.key[i], &s->batch, &n, &e) <= 0 || (!str_is(n.state, "dead") && !str_is(n.state, "unknown")))
			continue;
		n.state = STR("queued");
		n.next_try = cli_now();
		if (store_notice_done(s->s, &n, cli_now(), &e) != 0)
			msg_die(&e);
		k++;
	}
	if (k == 0) {
		(void)err_set(&e, ERR_NO, "nothing to resend: no delivery of '%s' is dead or unknown", id);
		msg_die(&e);
	}
	send_due(s);
	say_held(s);
	return finish(s);
}

/* --- the log ------------------------------------------------------------------------------------------------------- */

enum { COLS = 9 };
struct table {
	struct sender *s;
	struct arena mem;
	struct str (*row)[COLS];
	size_t n, cap;
};

static struct str
minute(struct arena *a, int64_t t)
{
	struct civil c = clock_civil(t);

	return t == 0 ? STR("-") : arena_printf(a, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
}

static int
log_row(void *ctx, const struct store_notice *n, struct err *e)
{
	struct table *t = ctx;
	struct arena *a = &t->mem;
	struct buf clean = {0};
	struct str *row;

	(void)e;
	if (!t->s->text) {
		notice_put(t->s, n, n->updated, &(struct notice_extra){0});
		return 0;
	}
	t->row = arena_grow(&t->mem, t->row, &t->cap, t->n, sizeof *t->row);
	row = t->row[t->n++];
	row[0] = arena_printf(a, "n-%lld", (long long)n->n);
	row[1] = minute(a, n->created);
	row[2] = arena_str(a, n->level.n > 0 ? n->level : STR("-"));
	row[3] = arena_str(a, n->state);
	row[4] = arena_printf(a, "%lld", (long long)n->attempts);
	row[5] = n->target.n > 0 ? arena_printf(a, "%.*s/%.*s", STRF(n->channel), STRF(n->target)) : arena_str(a, n->channel);
	row[6] = arena_str(a, n->ref.n > 0 ? n->ref : STR("-"));
	row[7] = arena_str(a, n->acked != 0 ? n->acked_by : STR("-"));
	row[8] = n->error.n > 0 ? arena_printf(a, "%.*s | %.*s", STRF(n->title), STRF(n->error)) : arena_str(a, n->title);
	for (size_t i = 0; i < COLS; i++) {
		buf_reset(&clean);
		utf8_clean(&clean, row[i]);
		row[i] = arena_str(a, buf_view(&clean));
	}
	buf_free(&clean);
	return 0;
}

static void
print_table(struct table *t)
{
	static const char *const head[COLS] = {"ID", "QUEUED", "LEVEL", "STATE", "TRIES", "CHANNEL", "ABOUT", "ACK", "TITLE"};
	size_t width[COLS] = {0};
	struct buf line = {0};

	for (size_t i = 0; i < COLS; i++) {
		width[i] = strlen(head[i]);
		for (size_t r = 0; r < t->n; r++)
			if (utf8_width(t->row[r][i]) > width[i])
				width[i] = utf8_width(t->row[r][i]);
	}
	for (size_t r = 0; r <= t->n && t->n > 0; r++) {
		buf_reset(&line);
		for (size_t i = 0; i < COLS; i++) {
			struct str cell = r == 0 ? str_c(head[i]) : t->row[r - 1][i];

			buf_str(&line, cell);
			for (size_t w = utf8_width(cell); i + 1 < COLS && w < width[i] + 2; w++)
				buf_putc(&line, ' ');
		}
		run_emit(&t->s->run, buf_view(&line));
	}
	buf_free(&line);
}

int
ledger_log(struct sender *s, int64_t since, const char *state)
{
	static const char *const states[] = {"queued", "sending", "accepted", "delivered", "dead", "unknown", NULL};
	struct store_notice_query q = {.since = since, .state = str_c(state != NULL ? state : "")};
	struct table t = {.s = s};
	struct err e;
	size_t i = 0;

	while (state != NULL && states[i] != NULL && strcmp(state, states[i]) != 0)
		i++;
	if (state != NULL && states[i] == NULL) {
		(void)err_set(&e, ERR_USAGE, "--state: expected queued, sending, accepted, delivered, dead or unknown");
		msg_die(&e);
	}
	open_ledger(s, STORE_READ);
	if (store_notices(s->s, &q, log_row, &t, &e) != 0)
		msg_die(&e);
	if (s->text)
		print_table(&t);
	arena_free(&t.mem);
	return finish(s);
}
