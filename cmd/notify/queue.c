/* From records to rows of the ledger: routes, texts, keys, ladders. */
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "cli/path.h"
#include "ext/crypto.h"
#include "web.h"

bool
have_store(struct sender *s)
{
	struct err e;

	if (s->s != NULL)
		return true;
	if (s->db == NULL && (s->db = path_store(NULL, &e)) == NULL)
		return false;
	if (access(s->db, F_OK) != 0)
		return false;
	if (store_open(s->db, s->dry ? STORE_READ : STORE_WRITE, &s->s, &e) != 0) {
		s->s = NULL;
		if (!s->dry)
			msg_die(&e);
	}
	return s->s != NULL;
}

void
need_store(struct sender *s)
{
	struct err e;

	if (s->s != NULL)
		return;
	if ((s->db == NULL && (s->db = path_store(NULL, &e)) == NULL) || store_open(s->db, STORE_CREATE, &s->s, &e) != 0)
		msg_die(&e);
}

/* --- texts --------------------------------------------------------------------------------------------------------- */

static void
fill_posts(struct sender *s, struct arena *a, struct message *m)
{
	struct err e;

	for (size_t i = 0; i < m->npost; i++) {
		struct msg_post *p = &m->post[i];
		struct str json;
		struct json v;

		if (p->text.n > 0 || p->id.n == 0 || !have_store(s) || store_post_get(s->s, p->id, a, &json, &e) <= 0)
			continue;
		v = json_view(json);
		p->text = json_str(json_get(v, "title"), a);
		if (p->text.n == 0)
			p->text = json_str(json_get(v, "text"), a);
		p->platform = json_str(json_get(v, "platform"), a);
		(void)clock_parse(json_str(json_get(v, "published"), a), &p->published);
	}
}

static enum msg_style
style_of(const struct channel *ch, const struct message *m)
{
	bool paged = ch->nmention[m->level] > 0;

	return ch->p->style == STYLE_WECOM && paged ? STYLE_WECOM_TEXT : ch->p->style;
}

static struct msg_opts
opts_of(const struct sender *s, const struct channel *ch, const struct message *m, int64_t unacked_s)
{
	return (struct msg_opts){style_of(ch, m), ch->zh, s->conf.zone_s, &s->conf.names, unacked_s};
}

struct str
message_key_id(struct arena *a, struct str key)
{
	char hex[SHA256_HEX];

	(void)sha256_hex(key, hex);
	return arena_printf(a, "msg_%.32s", hex);
}

/* What the row remembers beside the columns: for retries, digests and ladders. */
static struct str
row_json(struct sender *s, const struct channel *ch, const struct route *r, const struct message *m,
    const struct msg_opts *o, size_t step)
{
	struct buf b = {0}, brief = {0};
	struct jw w = jw_open(&b);
	struct str out;

	(void)ch;
	jw_obj(&w);
	jw_kstr(&w, "route", r->name);
	jw_kcstr(&w, "kind", msg_kind_name[m->kind]);
	jw_kstr(&w, "event", m->event);
	if (step > 0)
		jw_kint(&w, "step", (int64_t)step);
	if (m->kind == MSG_DRAFT)
		jw_kbool(&w, "plain", true);
	message_brief(m, o, &brief);
	jw_kstr(&w, "brief", buf_view(&brief));
	if (r->nstep > 0 && step == 0)
		jw_kraw(&w, "record", m->record);
	jw_end(&w);
	out = arena_str(&s->batch, buf_view(&b));
	buf_free(&b);
	buf_free(&brief);
	return out;
}

/* --- rows ---------------------------------------------------------------------------------------------------------- */

static void
show_planned(struct sender *s, const struct channel *ch, struct store_notice *n, const struct message *m)
{
	struct delivery d = {.row = n, .n = 1, .title = n->title, .text = n->body, .level = m->level, .plain = m->kind == MSG_DRAFT};
	struct request req;
	struct arena a = {0};
	bool added;

	(void)map_put(&s->planned, n->key, &added);
	if (!added)
		return;
	d.id = message_key_id(&a, n->key);
	ch->p->build(ch, &d, true, &a, &req);
	notice_put(s, n, cli_now(), &(struct notice_extra){.state = "planned", .request = &req});
	arena_free(&a);
}

static void
add_row(struct sender *s, struct channel *ch, const struct store_notice *n, const struct message *m)
{
	struct store_notice row = *n;

	if (s->dry) {
		show_planned(s, ch, &row, m);
		return;
	}
	s->pending = xgrow(s->pending, &s->pending_cap, s->npending + 1, sizeof *s->pending);
	s->pending[s->npending].n = row;
	s->pending[s->npending++].ch = ch;
}

static void
queue_one(struct sender *s, const struct route *r, struct channel *ch, struct str target, const struct message *m, size_t step,
    int64_t unacked_s)
{
	struct arena *a = &s->batch;
	struct msg_opts o = opts_of(s, ch, m, unacked_s);
	struct store_notice n = {.channel = ch->name, .target = target, .ref = arena_str(a, m->about), .created = cli_now()};
	struct buf text = {0}, title = {0};
	struct str *part;
	size_t parts = 1;
	char sha[SHA256_HEX];

	message_title(m, &o, &title);
	n.title = arena_str(a, buf_view(&title));
	n.level = case_level_name(m->level);
	n.json = row_json(s, ch, r, m, &o, step);
	if (!ch->p->machine && step == 0)
		n.group = route_group(a, r, m);
	n.next_try = n.created;
	/* Red breaks through; a text that a person released goes when it was released. */
	if (m->level != CASE_RED && m->kind != MSG_DRAFT) {
		if (n.group.n > 0)
			n.next_try += r->wait_s;
		n.next_try = quiet_until(&r->quiet, s->conf.zone_s, n.next_try);
	}
	if (ch->p->machine || ch->json_input) {
		if (ch->json_input)
			message_json(m, &o, true, &text);
		else
			webhook_body(ch, m, &o, message_key_id(a, route_key(a, ch->name, target, m, step, 0)), n.created, &text);
		part = arena_alloc(a, sizeof *part);
		part[0] = arena_str(a, buf_view(&text));
	} else {
		if (m->kind == MSG_DRAFT || ch->p == &provider_mail)
			message_body(m, &o, &text); /* a mail has its title in its subject */
		else
			message_whole(m, &o, &text);
		parts = ch->p->limit > 0 ? message_split(arena_str(a, buf_view(&text)), ch->p->limit, ch->p->unit, a, &part) : 1;
		if (ch->p->limit == 0) {
			part = arena_alloc(a, sizeof *part);
			part[0] = arena_str(a, buf_view(&text));
		}
	}
	for (size_t i = 0; i < parts; i++) {
		n.key = route_key(a, ch->name, target, m, step, parts > 1 ? i + 1 : 0);
		n.body = part[i];
		n.body_sha = arena_str(a, sha256_hex(part[i], sha));
		if (parts > 1)
			n.group = STR(""); /* parts stay apart */
		add_row(s, ch, &n, m);
	}
	buf_free(&text);
	buf_free(&title);
}

static void
queue_to(struct sender *s, const struct route *r, const struct str *to, size_t nto, const struct message *m, size_t step,
    int64_t unacked_s)
{
	for (size_t i = 0; i < nto; i++) {
		struct channel *ch = config_channel(&s->conf, to[i]);

		if (m->kind == MSG_DRAFT && message_pages(ch->p->style, m->text)) {
			msg_warn("draft '%.*s': its text would page people on channel '%.*s': not sent there", STRF(m->id),
			    STRF(ch->name));
			run_fail(&s->run, EXIT_DATA);
			continue;
		}
		if (ch->nto == 0)
			queue_one(s, r, ch, STR(""), m, step, unacked_s);
		for (size_t k = 0; k < ch->nto; k++)
			queue_one(s, r, ch, ch->to[k], m, step, unacked_s);
	}
}

/* --- records ------------------------------------------------------------------------------------------------------- */

/* Released in the record is what anybody can write; released in the store, with these bytes, is what counts. */
static int
check_draft(struct sender *s, struct arena *a, const struct message *m, struct err *e)
{
	struct store_draft d;
	struct str id = utf8_cut_bytes(m->id, 80);
	int r;

	if (!str_is(m->state, "released"))
		return err_set(e, ERR_DATA, "draft '%.*s' is not released: refused", STRF(id));
	if (!have_store(s))
		return s->dry ? 0 : err_set(e, ERR_DATA, "draft '%.*s' is not in the store: refused", STRF(id));
	r = store_draft_get(s->s, m->id, m->version, a, &d, e);
	if (r < 0)
		return -1;
	if (r == 0)
		return err_set(e, ERR_DATA, "draft '%.*s' is not in the store: refused", STRF(id));
	if (!str_is(d.state, "released"))
		return err_set(e, ERR_DATA, "draft '%.*s' is not released: refused (the store says %.*s)", STRF(id), STRF(d.state));
	if (!str_eq(d.text, m->text))
		return err_set(e, ERR_DATA, "draft '%.*s' has not the text that was released: refused", STRF(id));
	return 0;
}

static void
ask_conditions(struct sender *s, const struct rec *r, bool *when)
{
	enum filter_answer *ans = arena_alloc(&s->batch, (s->conf.nwhen + 1) * sizeof *ans);
	struct err e;

	if (s->conf.when == NULL)
		return;
	/* A condition that fails on a record does not keep an alert from people. */
	if (filter_eval_many(s->conf.when, r->line, ans, &e) != 0) {
		msg_warn("%s:%llu: %s; taken for true", r->file, (unsigned long long)r->lineno, e.msg);
		run_fail(&s->run, EXIT_DATA);
	}
	for (size_t i = 0; i < s->conf.nwhen; i++)
		when[i] = ans[i] != FILTER_NO;
}

int
queue_record(struct sender *s, struct rec *r, enum msg_kind kind, struct err *e)
{
	bool *when = arena_zalloc(&s->batch, s->conf.nwhen + 1), *hit = arena_zalloc(&s->batch, s->conf.nroute + 1);
	struct message m;

	/* The record's line is gone with the next one; what is queued lives on in the batch. */
	if (message_read(json_view(r->line), kind, &s->batch, &m, e) != 0)
		return -1;
	if (kind == MSG_DRAFT && check_draft(s, &s->batch, &m, e) != 0)
		return -1;
	ask_conditions(s, r, when);
	if (route_pick(s->conf.route, s->conf.nroute, s->conf.first, &m, when, hit) == 0)
		return 0;
	if (m.type.n > 0 && !s->conf.types_known && str_eq(msg_name(&s->conf.names, "type", m.type, true), m.type))
		config_type_names(&s->conf); /* a long file, and rarely needed */
	fill_posts(s, &s->batch, &m);
	for (size_t i = 0; i < s->conf.nroute; i++)
		if (hit[i])
			queue_to(s, &s->conf.route[i], s->conf.route[i].to, s->conf.route[i].nto, &m, 0, 0);
	return 0;
}

void
queue_commit(struct sender *s)
{
	struct err e;
	bool added;

	if (s->npending > 0) {
		need_store(s);
		if (store_begin(s->s, &e) != 0)
			msg_die(&e);
		for (size_t i = 0; i < s->npending; i++) {
			struct store_notice *n = &s->pending[i].n;

			if (store_notice_add(s->s, n, &added, &e) != 0)
				msg_die(&e);
			if (!added)
				n->key = STR("");
		}
		if (store_commit(s->s, &e) != 0)
			msg_die(&e);
		for (size_t i = 0; i < s->npending; i++) {
			struct store_notice *n = &s->pending[i].n, row;

			/* What waits for its time is said once; the rest is reported when it was tried. */
			if (n->key.n > 0 && n->next_try > cli_now() && store_notice_get(s->s, n->key, &s->batch, &row, &e) > 0)
				notice_put(s, &row, row.created, &(struct notice_extra){0});
		}
	}
	s->npending = 0;
	arena_reset(&s->batch);
}

/* --- ladders ------------------------------------------------------------------------------------------------------- */

struct told { /* one event, by whatever channels it was told */
	struct str ref, event, route, record;
	int64_t since;
};
struct ladders {
	struct arena mem;
	struct told *told;
	size_t n, cap;
	struct map acked; /* refs */
};

static int
take_told(void *ctx, const struct store_notice *n, struct err *e)
{
	struct ladders *l = ctx;
	struct json v = n->json.n > 0 ? json_view(n->json) : (struct json){0};
	struct json record = json_get(v, "record");
	struct str event, route;

	(void)e;
	if (n->acked != 0) {
		uintptr_t *at = map_put(&l->acked, n->ref, NULL);

		if ((int64_t)*at < n->acked)
			*at = (uintptr_t)n->acked;
	}
	if (record.type != JSON_OBJ)
		return 0;
	event = json_str(json_get(v, "event"), &l->mem);
	route = json_str(json_get(v, "route"), &l->mem);
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->told[i].ref, n->ref) && str_eq(l->told[i].event, event) && str_eq(l->told[i].route, route))
			return 0;
	l->told = arena_grow(&l->mem, l->told, &l->cap, l->n, sizeof *l->told);
	l->told[l->n++] = (struct told){arena_str(&l->mem, n->ref), arena_str(&l->mem, event), arena_str(&l->mem, route),
	    arena_str(&l->mem, record.raw), n->created};
	return 0;
}

static bool
case_over(struct sender *s, struct arena *a, struct str ref)
{
	struct store_case c;
	struct err e;

	return store_case_get(s->s, ref, a, &c, &e) > 0 && !str_is(c.state, "open");
}

static const struct route *
find_route(const struct conf *c, struct str name)
{
	for (size_t i = 0; i < c->nroute; i++)
		if (str_eq(c->route[i].name, name))
			return &c->route[i];
	return NULL;
}

void
queue_ladders(struct sender *s)
{
	struct ladders l = {0};
	struct store_notice_query q = {.since = cli_now() - 7 * 86400};
	struct err e;

	if (!have_store(s))
		return;
	if (store_notices(s->s, &q, take_told, &l, &e) != 0)
		msg_die(&e);
	for (size_t i = 0; i < l.n; i++) {
		const struct told *t = &l.told[i];
		const struct route *r = find_route(&s->conf, t->route);
		const uintptr_t *acked = map_get(&l.acked, t->ref);
		struct json record = json_view(t->record);
		struct str kind = json_str(json_get(record, "kind"), &l.mem);
		int64_t waited = cli_now() - t->since;
		struct message m;
		size_t k = 0;

		/* Whoever acknowledged after this was told has seen it; a later change asks again. */
		if (r == NULL || (acked != NULL && (int64_t)*acked >= t->since) || case_over(s, &l.mem, t->ref))
			continue;
		while (k < MSG_KINDS && !str_is(kind, msg_kind_name[k]))
			k++;
		if (k == MSG_KINDS || message_read(record, (enum msg_kind)k, &s->batch, &m, &e) != 0)
			continue;
		fill_posts(s, &s->batch, &m);
		for (size_t step = 0; step < r->nstep && r->step[step].after_s <= waited; step++)
			queue_to(s, r, r->step[step].to, r->step[step].nto, &m, step + 1, r->step[step].after_s);
	}
	queue_commit(s);
	arena_free(&l.mem);
	map_free(&l.acked);
}
