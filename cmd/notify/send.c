/*
 * Sending what is due: orphans first, then each channel in turn. Rows are claimed in a short transaction, sent outside of
 * any, and their outcome is written down one by one, so that two senders never send the same row and a killed one loses
 * at most the knowledge of what it was about to learn.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "notify.h"

enum {
	LEASE_S = 900,   /* longer than a round can take */
	ROUND = 40,      /* messages of a channel in one round */
	CLAIM = 200      /* rows gathered for digests */
};

/* --- notices ------------------------------------------------------------------------------------------------------- */

static void
put_request(struct jw *w, const struct request *r)
{
	jw_key(w, "request");
	jw_obj(w);
	jw_kcstr(w, "method", r->method);
	jw_kstr(w, "url", r->url);
	if (r->nheader > 0) {
		jw_key(w, "header");
		jw_arr(w);
		for (size_t i = 0; i < r->nheader; i++)
			jw_cstr(w, r->header[i]);
		jw_end(w);
	}
	jw_kstr(w, "body", r->body);
	jw_end(w);
}

static void
notice_json(const struct store_notice *n, int64_t at, const struct notice_extra *x, struct buf *out)
{
	struct jw w = jw_open(out);
	char id[40];

	jw_obj(&w);
	jw_kcstr(&w, "kind", "notice");
	if (n->n > 0) {
		(void)snprintf(id, sizeof id, "n-%lld", (long long)n->n);
		jw_kcstr(&w, "id", id);
	} else {
		jw_kstr(&w, "id", n->key);
	}
	jw_kstr(&w, "channel", n->channel);
	jw_kstr_opt(&w, "target", n->target);
	jw_kstr_opt(&w, "about", n->ref);
	jw_kstr_opt(&w, "level", n->level);
	jw_kstr_opt(&w, "title", n->title);
	jw_kstr(&w, "state", x->state != NULL ? str_c(x->state) : n->state);
	if (x->state == NULL || !str_is(str_c(x->state), "planned"))
		jw_kint(&w, "attempts", n->attempts);
	jw_ktime(&w, "at", at);
	if (str_is(n->state, "queued") && n->next_try > 0 && x->request == NULL)
		jw_ktime(&w, "next_try", n->next_try);
	jw_kstr_opt(&w, "error", n->error);
	jw_kstr_opt(&w, "remote", n->remote);
	if (n->acked != 0) {
		jw_kstr(&w, "acked_by", n->acked_by);
		jw_ktime(&w, "acked", n->acked);
	}
	if (x->digest > 1)
		jw_kint(&w, "digest", x->digest);
	jw_kstr_opt(&w, "text", x->text);
	if (x->request != NULL)
		put_request(&w, x->request);
	jw_end(&w);
}

static void
put_lines(struct sender *s, struct str text)
{
	struct str line;

	while (text.p != NULL && str_split(&text, '\n', &line)) {
		struct buf clean = {0};

		utf8_clean(&clean, line);
		run_emit(&s->run, buf_view(&clean));
		buf_free(&clean);
	}
}

static void
notice_text(struct sender *s, const struct store_notice *n, const struct notice_extra *x)
{
	struct buf b = {0};

	if (x->text.n > 0) {
		put_lines(s, x->text);
		run_emit(&s->run, STR(""));
		return;
	}
	buf_printf(&b, "%s %.*s", x->state != NULL ? x->state : arena_cstr(&s->batch, n->state), STRF(n->channel));
	if (n->target.n > 0)
		buf_printf(&b, " %.*s", STRF(n->target));
	buf_printf(&b, ": %.*s", STRF(n->title));
	if (n->error.n > 0)
		buf_printf(&b, " (%.*s)", STRF(n->error));
	put_lines(s, buf_view(&b));
	if (x->request != NULL) {
		buf_reset(&b);
		buf_printf(&b, "%s %.*s", x->request->method, STRF(x->request->url));
		put_lines(s, buf_view(&b));
		for (size_t i = 0; i < x->request->nheader; i++)
			put_lines(s, str_c(x->request->header[i]));
		run_emit(&s->run, STR(""));
		put_lines(s, x->request->body);
		run_emit(&s->run, STR(""));
	}
	buf_free(&b);
}

void
notice_put(struct sender *s, const struct store_notice *n, int64_t at, const struct notice_extra *x)
{
	struct buf b = {0};

	if (s->text) {
		notice_text(s, n, x);
		return;
	}
	notice_json(n, at, x, &b);
	run_emit(&s->run, buf_view(&b));
	buf_free(&b);
}

/* --- standard output ----------------------------------------------------------------------------------------------- */

static void
stdout_build(const struct channel *ch, const struct delivery *d, bool mask, struct arena *a, struct request *r)
{
	(void)ch, (void)mask, (void)a;
	*r = (struct request){.method = "PRINT", .url = STR("standard output"), .body = d->text};
}

/* The notice is the message: written out for good before the ledger says so. run_flush ends the program when it cannot. */
static void
stdout_send(struct sender *s, const struct channel *ch, const struct delivery *d, struct arena *a, struct outcome *o)
{
	(void)ch, (void)a;
	for (size_t i = 0; i < d->n; i++) {
		struct store_notice row = d->row[i];

		row.state = STR("delivered");
		row.error = STR("");
		row.next_try = 0;
		notice_put(s, &row, cli_now(), &(struct notice_extra){.text = d->n > 1 ? (i == 0 ? d->text : row.title) : d->text,
		    .digest = (int64_t)d->n});
	}
	run_flush(&s->run);
	*o = (struct outcome){.kind = OUT_DELIVERED};
}

const struct provider provider_stdout = {
    .type = "stdout",
    .style = STYLE_PLAIN,
    .resend_unknown = true,
    .build = stdout_build,
    .send = stdout_send,
};

const struct provider *const providers[] = {&provider_stdout, &provider_webhook, &provider_wecom, &provider_dingtalk,
    &provider_feishu, &provider_slack, &provider_mail, &provider_exec, NULL};

const struct provider *
provider_find(struct str type)
{
	for (size_t i = 0; providers[i] != NULL; i++)
		if (str_is(type, providers[i]->type))
			return providers[i];
	return NULL;
}

/* --- a round -------------------------------------------------------------------------------------------------------- */

struct lane { /* what one channel has to send in this round */
	struct channel *ch;
	struct delivery *d;
	size_t n, next;
	bool busy;
};
struct done {
	struct store_notice n;
	const char *state; /* NULL: the row's own */
	int64_t at, digest;
};
struct round {
	struct arena mem;
	struct lane *lane;
	size_t nlane;
	struct done *done;
	size_t ndone, done_cap;
	bool more;
};

/* Whether this row is sent again although it may have arrived. */
static void
settle_unknown(struct sender *s, struct round *r, struct store_notice *n, const struct channel *ch)
{
	struct err e;

	if (ch != NULL && ch->resend_unknown && n->attempts < ch->retry.max) {
		n->state = STR("queued");
		n->next_try = cli_now();
	} else {
		n->state = STR("unknown");
		msg_warn("delivery n-%lld (%.*s, %.*s): the outcome is unknown: %.*s", (long long)n->n, STRF(n->channel), STRF(n->ref),
		    STRF(n->error));
		run_fail(&s->run, EXIT_IO);
		r->done = arena_grow(&r->mem, r->done, &r->done_cap, r->ndone, sizeof *r->done);
		r->done[r->ndone++] = (struct done){.n = *n, .at = cli_now()};
	}
	if (store_notice_done(s->s, n, cli_now(), &e) != 0)
		msg_die(&e);
}

struct orphans {
	struct arena *mem;
	struct store_notice *n;
	size_t count, cap;
	int64_t now;
};

static int
take_orphan(void *ctx, const struct store_notice *n, struct err *e)
{
	struct orphans *o = ctx;
	struct store_notice *k;

	(void)e;
	if (n->updated != o->now)
		return 0; /* known for longer */
	o->n = arena_grow(o->mem, o->n, &o->cap, o->count, sizeof *o->n);
	k = &o->n[o->count++];
	*k = *n;
	k->key = arena_str(o->mem, n->key);
	k->channel = arena_str(o->mem, n->channel);
	k->target = arena_str(o->mem, n->target);
	k->ref = arena_str(o->mem, n->ref);
	k->level = arena_str(o->mem, n->level);
	k->title = arena_str(o->mem, n->title);
	k->error = arena_str(o->mem, n->error);
	k->remote = arena_str(o->mem, n->remote);
	return 0;
}

static void
find_orphans(struct sender *s, struct round *r)
{
	struct orphans o = {.mem = &r->mem, .now = cli_now()};
	struct store_notice_query q = {.state = STR("unknown")};
	int64_t count;
	struct err e;

	if (store_notice_orphans(s->s, o.now, &count, &e) != 0 || (count > 0 && store_notices(s->s, &q, take_orphan, &o, &e) != 0))
		msg_die(&e);
	for (size_t i = 0; i < o.count; i++)
		settle_unknown(s, r, &o.n[i], config_channel(&s->conf, o.n[i].channel));
}

/* --- planning ------------------------------------------------------------------------------------------------------ */

static bool
plain_row(const struct store_notice *n)
{
	return n->json.n > 0 && json_get(json_view(n->json), "plain").type == JSON_TRUE;
}

static struct delivery
single(struct arena *a, struct store_notice *row)
{
	return (struct delivery){.row = row,
	    .n = 1,
	    .id = message_key_id(a, row->key),
	    .title = row->title,
	    .text = row->body,
	    .level = case_level_parse(row->level),
	    .plain = plain_row(row)};
}

/* Several rows as one message: a line or two for each. Takes as many as fit; returns how many. */
static size_t
digest(struct arena *a, const struct channel *ch, struct store_notice *row, size_t n, struct delivery *d)
{
	struct buf text = {0}, head = {0}, keys = {0};
	size_t took = 0, used = 0, limit = ch->p->limit > 0 ? ch->p->limit : 16000;
	const char *end = ch->p->style == STYLE_DING ? "  \n" : "\n";

	*d = (struct delivery){.row = row};
	for (; took < n; took++) {
		struct str brief = json_str(json_get(json_view(row[took].json), "brief"), a);
		size_t cost = (ch->p->unit == UNIT_CHARS ? utf8_count(brief) : brief.n) + 4;
		enum case_level l = case_level_parse(row[took].level);

		if (took > 0 && used + cost + 80 > limit)
			break;
		used += cost;
		buf_printf(&text, "%s%s%.*s", end, took > 0 ? end : "", STRF(brief));
		buf_printf(&keys, "%.*s\n", STRF(row[took].key));
		if (l > d->level)
			d->level = l;
	}
	buf_printf(&head, ch->zh ? "【汇总】%zu 条" : "[DIGEST] %zu notices", took);
	d->n = took;
	d->title = arena_str(a, buf_view(&head));
	d->text = ch->p == &provider_mail || ch->p->style == STYLE_FEISHU ? arena_str(a, str_trim(buf_view(&text))) :
	    arena_printf(a, "%.*s%.*s", STRF(d->title), STRF(buf_view(&text)));
	d->id = message_key_id(a, buf_view(&keys));
	buf_free(&text);
	buf_free(&head);
	buf_free(&keys);
	return took;
}

static int
by_group(const void *a, const void *b)
{
	const struct store_notice *x = a, *y = b;
	int c = str_cmp(x->group, y->group);

	if (c == 0)
		c = str_cmp(x->target, y->target);
	return c != 0 ? c : x->n < y->n ? -1 : x->n > y->n;
}

static bool
same_group(const struct store_notice *a, const struct store_notice *b)
{
	return a->group.n > 0 && str_eq(a->group, b->group) && str_eq(a->target, b->target);
}

/* Deliveries for the rows: one for each, or for each group. */
static size_t
plan(struct arena *a, const struct channel *ch, struct store_notice *row, size_t n, struct delivery *d)
{
	size_t k = 0;

	qsort(row, n, sizeof *row, by_group);
	for (size_t i = 0; i < n;) {
		size_t j = i + 1;

		while (j < n && same_group(&row[i], &row[j]))
			j++;
		while (j - i > 1)
			i += digest(a, ch, &row[i], j - i, &d[k++]);
		if (i < j)
			d[k++] = single(a, &row[i++]);
	}
	return k;
}

/* More messages than the channel's rate lets out: what comes last goes as digests, to the same target each. */
static size_t
squeeze(struct arena *a, const struct channel *ch, struct store_notice *row, size_t n, struct delivery *d, size_t room)
{
	size_t keep = room - 1, at = 0, k;

	for (size_t i = 0; i < keep; i++)
		at += d[i].n;
	if (plain_row(&row[at]))
		return room; /* an approved text is no digest's business */
	for (size_t i = at; i < n; i++)
		if (!str_eq(row[i].target, row[at].target) || plain_row(&row[i])) {
			n = i;
			break;
		}
	k = digest(a, ch, &row[at], n - at, &d[keep]);
	if (k == 1)
		d[keep] = single(a, &row[at]);
	return room;
}

static void
put_back(struct sender *s, struct store_notice *n, int64_t when, struct str why)
{
	struct err e;

	n->state = STR("queued");
	n->next_try = when;
	n->error = why;
	if (store_notice_done(s->s, n, cli_now(), &e) != 0)
		msg_die(&e);
	run_fail(&s->run, EXIT_AGAIN);
}

/* Takes what is due for a channel, as much as its rate allows. */
static void
claim(struct sender *s, struct round *r, struct channel *ch, struct lane *lane)
{
	struct arena *a = &r->mem;
	struct store_notice *row = arena_alloc(a, CLAIM * sizeof *row);
	struct rate_log *log = arena_zalloc(a, sizeof *log);
	struct str name = arena_printf(a, "notify.rate.%.*s", STRF(ch->name)), value = {0};
	struct buf text = {0};
	size_t n = 0, k = 0, room, used = 0, max;
	struct err e;

	*lane = (struct lane){.ch = ch};
	if (store_begin(s->s, &e) != 0 || (ch->rate.n > 0 && store_value_get(s->s, name, a, &value, &e) < 0))
		msg_die(&e);
	rate_log_read(log, value);
	room = rate_room(log, &ch->rate, cli_now());
	if (room > ROUND)
		room = ROUND;
	max = room == 0 ? 0 : ch->p->machine ? room : CLAIM;
	while (n < max) {
		int got = store_notice_claim(s->s, ch->name, cli_now(), LEASE_S, a, &row[n], &e);

		if (got < 0)
			msg_die(&e);
		if (got == 0)
			break;
		n++;
	}
	r->more = r->more || (n > 0 && n == max);
	lane->d = arena_zalloc(a, (n + 1) * sizeof *lane->d);
	if (n > 0) {
		k = plan(a, ch, row, n, lane->d);
		if (k > room)
			k = ch->p->machine ? room : squeeze(a, ch, row, n, lane->d, room);
	}
	lane->n = k;
	for (size_t i = 0; i < k; i++)
		used += lane->d[i].n;
	for (size_t i = 0; i < k; i++)
		rate_add(log, &ch->rate, cli_now());
	if (k > 0 && ch->rate.n > 0) {
		rate_log_write(log, &text);
		if (store_value_put(s->s, name, buf_view(&text), &e) != 0)
			msg_die(&e);
	}
	if (room == 0 || used < n)
		s->held[ch - s->conf.channel].until = rate_next(log, &ch->rate, cli_now());
	for (size_t i = used; i < n; i++)
		put_back(s, &row[i], rate_next(log, &ch->rate, cli_now()), row[i].error);
	if (store_commit(s->s, &e) != 0)
		msg_die(&e);
	if (used < n)
		r->more = false;
	buf_free(&text);
}

/* --- outcomes ------------------------------------------------------------------------------------------------------ */

static void
record_row(struct sender *s, struct round *r, const struct lane *lane, const struct delivery *d, struct store_notice *n,
    const struct outcome *o)
{
	const struct channel *ch = lane->ch;
	int64_t max = o->max > 0 && o->max < ch->retry.max ? o->max : ch->retry.max, now = cli_now();
	const char *state = NULL;
	enum outcome_kind kind = o->kind;
	struct err e;

	if (kind == OUT_UNKNOWN && ch->resend_unknown)
		kind = OUT_RETRY; /* a repeat does no harm here */
	n->error = config_mask(ch, &r->mem, o->error);
	n->remote = o->remote.n > 0 ? config_mask(ch, &r->mem, o->remote) : n->remote;
	n->next_try = 0;
	if (kind == OUT_RETRY && n->attempts >= max) {
		n->error = arena_printf(&r->mem, "given up after %lld attempts: %.*s", (long long)n->attempts, STRF(n->error));
		kind = OUT_DEAD;
	}
	switch (kind) {
	case OUT_ACCEPTED:
		n->state = STR("accepted");
		break;
	case OUT_DELIVERED:
		n->state = STR("delivered");
		break;
	case OUT_UNKNOWN:
		settle_unknown(s, r, n, ch);
		return;
	case OUT_RETRY: {
		int64_t wait = retry_wait(&ch->retry, n->attempts, n->key);

		n->state = STR("queued");
		n->next_try = now + (wait > o->wait_s ? wait : o->wait_s);
		state = "failed";
		run_fail(&s->run, EXIT_AGAIN);
		break;
	}
	case OUT_DEAD:
		n->state = STR("dead");
		run_fail(&s->run, EXIT_IO);
		break;
	}
	if (store_notice_done(s->s, n, now, &e) != 0)
		msg_die(&e);
	if (n->error.n > 0)
		msg_warn("channel '%.*s': %.*s: %.*s%s", STRF(ch->name), STRF(n->ref), STRF(n->error),
		    state != NULL ? "" : " (lost; 'notify --resend' tries it once more)");
	if (ch->p == &provider_stdout)
		return; /* said already */
	r->done = arena_grow(&r->mem, r->done, &r->done_cap, r->ndone, sizeof *r->done);
	r->done[r->ndone++] = (struct done){*n, state, now, (int64_t)d->n};
}

static void
record(struct sender *s, struct round *r, struct lane *lane, const struct outcome *o)
{
	struct delivery *d = &lane->d[lane->next++];

	for (size_t i = 0; i < d->n; i++)
		record_row(s, r, lane, d, &d->row[i], o);
	if (!o->network)
		return;
	/* The channel does not answer: the others wait without having been tried. */
	s->down[lane->ch - s->conf.channel] = true;
	for (; lane->next < lane->n; lane->next++)
		for (size_t i = 0; i < lane->d[lane->next].n; i++)
			put_back(s, &lane->d[lane->next].row[i], cli_now() + (o->wait_s > 30 ? o->wait_s : 30),
			    STR("not tried: the channel did not answer"));
}

/* Starts the lane's next request; lanes without HTTP are done here and now. */
static void
start(struct sender *s, struct round *r, struct lane *lane)
{
	struct outcome o;

	while (lane->next < lane->n) {
		const struct delivery *d = &lane->d[lane->next];
		struct request req;
		struct http_req h = {.max_body = 64 * 1024,
		    .timeout_ms = (int)lane->ch->timeout_s * 1000,
		    .connect_ms = (int)(lane->ch->timeout_s < 10 ? lane->ch->timeout_s : 10) * 1000,
		    .private_ok = lane->ch->private_ok ? HTTP_PRIVATE_ORIGIN : HTTP_PRIVATE_NO,
		    .gap_ms = lane->ch->p == &provider_slack ? 1000 : lane->ch->p == &provider_feishu ? 210 : 0,
		    .tag = lane};

		if (lane->ch->p->judge == NULL) {
			lane->ch->p->send(s, lane->ch, d, &r->mem, &o);
			record(s, r, lane, &o);
			continue;
		}
		lane->ch->p->build(lane->ch, d, false, &r->mem, &req);
		h.url = arena_cstr(&r->mem, req.url);
		h.method = req.method;
		h.header = req.header;
		h.nheader = req.nheader;
		h.body = req.body;
		http_add(s->http, &h);
		lane->busy = true;
		return;
	}
}

static void
need_http(struct sender *s)
{
	struct http_conf c = {.agent = "tocsin/" TOCSIN_VERSION, .proxy = s->conf.proxy, .ca_file = s->conf.ca_file, .parallel = 8};
	struct err e;

	if (s->http == NULL && (s->http = http_open(&c, &e)) == NULL)
		msg_die(&e);
}

static int
by_number(const void *a, const void *b)
{
	const struct done *x = a, *y = b;

	return x->n.n < y->n.n ? -1 : x->n.n > y->n.n;
}

static void
report(struct sender *s, struct round *r)
{
	if (r->ndone > 1)
		qsort(r->done, r->ndone, sizeof *r->done, by_number);
	for (size_t i = 0; i < r->ndone; i++)
		notice_put(s, &r->done[i].n, r->done[i].at, &(struct notice_extra){.state = r->done[i].state, .digest = r->done[i].digest});
	r->done = NULL; /* the arena's */
	r->ndone = r->done_cap = 0;
}

static void
one_round(struct sender *s, struct round *r)
{
	const struct http_res *res;
	struct outcome o;
	struct err e;
	bool web = false;
	int got;

	r->lane = arena_zalloc(&r->mem, s->conf.nchannel * sizeof *r->lane);
	for (size_t i = 0; i < s->conf.nchannel; i++) {
		if (s->down[i])
			continue;
		claim(s, r, &s->conf.channel[i], &r->lane[r->nlane]);
		web = web || (r->lane[r->nlane].n > 0 && s->conf.channel[i].p->judge != NULL);
		r->nlane++;
	}
	if (web)
		need_http(s);
	/* Requests over HTTP are under way while commands and mails are done one after the other. */
	for (size_t i = 0; i < r->nlane; i++)
		if (r->lane[i].ch->p->judge != NULL)
			start(s, r, &r->lane[i]);
	for (size_t i = 0; i < r->nlane; i++)
		if (r->lane[i].ch->p->judge == NULL)
			start(s, r, &r->lane[i]);
	while (web && (got = http_next(s->http, &res, &e)) != 0) {
		struct lane *lane = got > 0 ? res->tag : NULL;

		if (got < 0)
			msg_die(&e);
		o = (struct outcome){0};
		lane->ch->p->judge(lane->ch, res, &r->mem, &o);
		record(s, r, lane, &o);
		start(s, r, lane);
	}
	report(s, r);
}

struct left {
	struct sender *s;
	int64_t homeless;
	struct str channel;
	bool again;
};

static int
look(void *ctx, const struct store_notice *n, struct err *e)
{
	struct left *l = ctx;
	const struct channel *ch = config_channel(&l->s->conf, n->channel);
	struct held *held;

	(void)e;
	if (ch == NULL) {
		if (l->homeless++ == 0)
			l->channel = arena_str(&l->s->batch, n->channel);
		return 0;
	}
	held = &l->s->held[ch - l->s->conf.channel];
	held->n += n->attempts == 0 && n->next_try <= held->until;
	l->again = l->again || n->attempts > 0 || n->next_try <= cli_now();
	return 0;
}

void
send_due(struct sender *s)
{
	struct store_notice_query q = {.state = STR("queued")};
	struct left left = {.s = s};
	struct round r = {0};
	struct err e;

	if (!have_store(s))
		return;
	find_orphans(s, &r);
	report(s, &r);
	do {
		r.more = false;
		r.nlane = 0;
		one_round(s, &r);
		arena_reset(&r.mem);
	} while (r.more);
	for (size_t i = 0; i < s->conf.nchannel; i++)
		s->held[i].n = 0;
	if (store_notices(s->s, &q, look, &left, &e) != 0)
		msg_die(&e);
	if (left.again)
		run_fail(&s->run, EXIT_AGAIN);
	if (left.homeless > 0) {
		msg_warn("%lld deliveries wait for channel '%.*s', which is not in %s", (long long)left.homeless, STRF(left.channel),
		    s->conf.path);
		run_fail(&s->run, EXIT_CONF);
	}
	arena_free(&r.mem);
}

void
say_held(const struct sender *s)
{
	for (size_t i = 0; i < s->conf.nchannel; i++) {
		const struct channel *ch = &s->conf.channel[i];
		const struct held *h = &s->held[i];
		char when[CLOCK_LEN];

		if (h->n > 0)
			msg_warn("channel '%.*s': sends at most %lld in %lld s; %lld more wait until %.*s, 'notify --flush' sends them then",
			    STRF(ch->name), (long long)ch->rate.n, (long long)ch->rate.per_s, (long long)h->n,
			    STRF(clock_format(h->until, when)));
	}
}
