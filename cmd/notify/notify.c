/*
 * notify: tells people and systems what cases, incidents, tasks and released drafts call for, once, and keeps a ledger.
 * Reads case incident task draft; writes notice. Exit status beside the common ones: 74 something was lost, 75 something
 * waits for another try.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "web.h"

struct options {
	const char *channels, *db, *format, *ack, *by, *note, *resend, *state;
	bool flush, escalate, log, check;
	int64_t since;
};

static _Noreturn void
misuse(const char *what)
{
	struct err e;

	(void)err_set(&e, ERR_USAGE, "%s", what);
	msg_die(&e);
}

/* --check: what there is, in words. */
static int
check(struct sender *s)
{
	struct conf *c = &s->conf;
	struct buf line = {0}, raw = {0};
	int status = EXIT_OK;
	struct err e;

	for (size_t i = 0; i < c->nchannel; i++) {
		struct channel *ch = &c->channel[i];
		bool good = config_secrets(c, ch, &e) == 0;

		for (size_t k = 0; good && ch->p == &provider_webhook && k < ch->nsign; k++) {
			buf_reset(&raw);
			good = webhook_key(&ch->sign[k], &raw, &e) == 0;
		}
		buf_reset(&line);
		buf_printf(&line, "channel %.*s: %s", STRF(ch->name), ch->p->type);
		if (ch->rate.n > 0)
			buf_printf(&line, ", at most %lld in %lld s", (long long)ch->rate.n, (long long)ch->rate.per_s);
		if (!good) {
			msg_err(&e);
			status = EXIT_CONF;
			buf_puts(&line, ": not usable");
		}
		run_emit(&s->run, buf_view(&line));
	}
	for (size_t i = 0; i < c->nroute; i++) {
		const struct route *r = &c->route[i];

		buf_reset(&line);
		buf_printf(&line, "route %.*s:", STRF(r->name));
		for (size_t k = 0; k < r->nto; k++)
			buf_printf(&line, "%s%.*s", k > 0 ? ", " : " ", STRF(r->to[k]));
		if (r->nstep > 0)
			buf_printf(&line, "; %zu steps when nobody acknowledges", r->nstep);
		run_emit(&s->run, buf_view(&line));
	}
	run_fail(&s->run, status);
	buf_free(&line);
	buf_free(&raw);
	return run_finish(&s->run);
}

/* Secrets of every channel that may be needed, before a byte of input is read. */
static void
load_secrets(struct sender *s)
{
	struct buf raw = {0};
	struct err e;

	for (size_t i = 0; i < s->conf.nchannel; i++) {
		struct channel *ch = &s->conf.channel[i];

		if (config_secrets(&s->conf, ch, &e) != 0)
			msg_die(&e);
		for (size_t k = 0; ch->p == &provider_webhook && k < ch->nsign; k++) {
			buf_reset(&raw);
			if (webhook_key(&ch->sign[k], &raw, &e) != 0)
				msg_die(&e);
		}
	}
	buf_free(&raw);
}

/* Input pauses, or enough has gathered: what is there goes out now. */
static void
dispatch(void *ctx)
{
	struct sender *s = ctx;

	if (s->dry) {
		arena_reset(&s->batch);
		return;
	}
	if (s->npending == 0)
		return;
	queue_commit(s);
	send_due(s);
}

static bool
wanted(enum rec_kind k, enum msg_kind *kind)
{
	*kind = k == KIND_CASE ? MSG_CASE : k == KIND_INCIDENT ? MSG_INCIDENT : k == KIND_TASK ? MSG_TASK : MSG_DRAFT;
	return k == KIND_CASE || k == KIND_INCIDENT || k == KIND_TASK || k == KIND_DRAFT;
}

static void
read_input(struct sender *s)
{
	enum { BATCH = 200 };
	struct rec r = {0};
	enum msg_kind kind;
	struct err e;

	s->run.idle = dispatch;
	s->run.idle_arg = s;
	while (run_next(&s->run, &r)) {
		if (!wanted(rec_kind(&r), &kind)) {
			run_put(&s->run, &r);
		} else if (queue_record(s, &r, kind, &e) != 0) {
			if (e.kind != ERR_DATA)
				msg_die(&e);
			run_reject(&s->run, &r, &e);
		}
		if (s->npending >= BATCH)
			dispatch(s);
	}
	dispatch(s);
	rec_free(&r);
}

static bool
want_text(const char *format)
{
	if (format == NULL)
		return isatty(1);
	if (strcmp(format, "text") == 0 || strcmp(format, "table") == 0)
		return true;
	if (strcmp(format, "json") != 0 && strcmp(format, "ndjson") != 0)
		misuse("-f: expected json or text");
	return false;
}

int
main(int argc, char **argv)
{
	struct options o = {0};
	static struct sender s;
	const struct opt opts[] = {
	    {'c', "channels", "FILE", "receivers and routes (channels.yaml)", OPT_STR, &o.channels, 0, 0},
	    {'d', "db", "STORE", "the store", OPT_STR, &o.db, 0, 0},
	    {'n', "dry-run", NULL, "send and record nothing; show each request, secrets masked", OPT_FLAG, &s.dry, 0, 0},
	    {'f', "format", "FORMAT", "json, or text for people", OPT_STR, &o.format, 0, 0},
	    {0, "flush", NULL, "read nothing, send what is due", OPT_FLAG, &o.flush, 0, 0},
	    {0, "escalate", NULL, "read nothing, tell the next ones of what nobody acknowledged", OPT_FLAG, &o.escalate, 0, 0},
	    {0, "ack", "ID", "acknowledge a notice, or all about a case", OPT_STR, &o.ack, 0, 0},
	    {0, "by", "WHO", "with --ack: who does", OPT_STR, &o.by, 0, 0},
	    {0, "note", "TEXT", "with --ack: why, or what next", OPT_STR, &o.note, 0, 0},
	    {0, "resend", "ID", "send once more what is dead or unknown", OPT_STR, &o.resend, 0, 0},
	    {0, "log", NULL, "show the ledger", OPT_FLAG, &o.log, 0, 0},
	    {0, "since", "TIME", "with --log: from this time, or so long back", OPT_TIME, &o.since, 0, 0},
	    {0, "state", "STATE", "with --log: in this state only", OPT_STR, &o.state, 0, 0},
	    {0, "check", NULL, "check configuration and secrets", OPT_FLAG, &o.check, 0, 0},
	    {0},
	};
	char **operands = opt_parse(argc, argv, opts, "[file...]", "tell people and systems, once, and keep a ledger of it");
	int modes = o.flush + o.escalate + (o.ack != NULL) + (o.resend != NULL) + o.log + o.check;
	struct err e;

	if (modes > 1 || (modes == 1 && (s.dry || operands[0] != NULL)))
		misuse("--flush, --escalate, --ack, --resend, --log and --check each stand alone and read no input");
	if ((o.ack == NULL && (o.by != NULL || o.note != NULL)) || (!o.log && (o.since != 0 || o.state != NULL)))
		misuse("--by and --note go with --ack, --since and --state with --log");
	s.text = want_text(o.format);
	s.db = o.db;
	run_open(&s.run, operands);
	if (o.log)
		return ledger_log(&s, o.since, o.state);
	if (o.ack != NULL)
		return ledger_ack(&s, o.ack, o.by, o.note);
	if (config_load(&s.conf, o.channels, &e) != 0)
		msg_die(&e);
	if (o.check)
		return check(&s);
	if (!s.dry)
		load_secrets(&s);
	s.down = arena_zalloc(&s.conf.mem, s.conf.nchannel);
	s.held = arena_zalloc(&s.conf.mem, s.conf.nchannel * sizeof *s.held);
	if (o.resend != NULL)
		return ledger_resend(&s, o.resend);
	if (o.escalate)
		queue_ladders(&s);
	else if (!o.flush)
		read_input(&s);
	if (!s.dry) {
		send_due(&s);
		say_held(&s);
	}
	filter_free(s.conf.when);
	http_close(s.http);
	store_close(s.s);
	return run_finish(&s.run);
}
