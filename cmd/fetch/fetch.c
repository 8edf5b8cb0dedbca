/*
 * fetch: collects posts from feeds, pages, APIs, exports and commands.
 * Writes records of kind post. Exit codes beyond the common ones: 1 with --status when a source is in trouble.
 */
#include <glob.h>

#include "base/file.h"
#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/path.h"
#include "model/date.h"

#include "fetch.h"

/* An entry not met for so long is forgotten; longer than any feed keeps one, for an unchanged feed meets none. */
enum { FORGET_S = 400 * 86400, TABLE_MAX = 4 << 20 };

struct options {
	const char *config, *store, *format, *zone, *name;
	struct opt_list only;
	bool status, check, until_stored;
};

static bool
wanted(const struct options *o, const struct source *s)
{
	if (o->only.n == 0)
		return s->enabled;
	for (size_t i = 0; i < o->only.n; i++)
		if (strcmp(o->only.v[i], s->name) == 0)
			return true;
	return false;
}

static void
complain(struct fetch *f, const struct err *e)
{
	msg_err(e);
	run_fail(&f->run, msg_status(e->kind));
}

/* One path, or all that a pattern matches, in order; a pattern may match nothing yet. */
static void
paths(struct fetch *f, const struct source *s, const char *path)
{
	glob_t g;
	struct err e = {0};
	int rc;

	if (s->operand || strpbrk(path, "*?[") == NULL) { /* the shell has expanded operands */
		if (local_path(f, s, path, &e) != 0)
			complain(f, &e);
		return;
	}
	rc = glob(path, GLOB_ERR, NULL, &g);
	if (rc != 0 && rc != GLOB_NOMATCH) {
		(void)err_set(&e, ERR_IO, "%s: cannot list '%s'", s->name, path);
		complain(f, &e);
		return;
	}
	for (size_t i = 0; rc == 0 && i < g.gl_pathc; i++)
		if (local_path(f, s, g.gl_pathv[i], &e) != 0)
			complain(f, &e);
	if (rc == 0)
		globfree(&g);
}

/* Everything but the network, and the list of what needs it. */
static size_t
near_sources(struct fetch *f, struct source *all, size_t n, const struct options *o, struct source **web)
{
	size_t nweb = 0;

	for (size_t i = 0; i < n; i++) {
		struct source *s = &all[i];
		struct err e = {0};

		if (!s->operand && !wanted(o, s))
			continue;
		if (s->nurl > 0)
			web[nweb++] = s;
		for (size_t k = 0; k < s->npath; k++)
			paths(f, s, s->path[k]);
		if (s->ncommand > 0 && local_command(f, s, &e) != 0) {
			msg_warn("%s: %s", s->name, e.msg);
			run_fail(&f->run, msg_status(e.kind));
		}
	}
	return nweb;
}

static int
explain(const char *path, const struct config *c, struct run *run)
{
	size_t off = 0, web = 0;

	for (size_t i = 0; i < c->n; i++) {
		off += !c->v[i].enabled;
		web += c->v[i].nurl > 0;
	}
	buf_printf(&run->out.buf, "%s: %zu sources, %zu of them on the web, %zu switched off\n", path, c->n, web, off);
	return run_finish(run);
}

/* Names given with --only that no source has. */
static void
check_only(const struct options *o, const struct config *c)
{
	for (size_t i = 0; i < o->only.n; i++) {
		bool found = false;
		struct err e;

		for (size_t k = 0; k < c->n; k++)
			found = found || strcmp(c->v[k].name, o->only.v[i]) == 0;
		if (!found) {
			(void)err_set(&e, ERR_USAGE, "no source is called '%s'", o->only.v[i]);
			msg_die(&e);
		}
	}
}

static void
load_platforms(struct fetch *f)
{
	struct str text;
	struct err e;
	const char *path = path_data("platforms.tsv", &e);

	if (path == NULL || file_read(path, TABLE_MAX, &f->keep, &text, &e) != 0 ||
	    platform_names_load(text, path, &f->keep, &f->platforms, &e) != 0)
		msg_die(&e);
}

/* The last line: where it arrives, everything before it has arrived. */
static void
put_receipt(struct run *run, int64_t n)
{
	struct buf line = {0};

	buf_printf(&line, "{\"kind\":\"receipt\",\"fetch\":%lld}", (long long)n);
	run_emit(run, buf_view(&line));
	buf_free(&line);
}

int
main(int argc, char **argv)
{
	static struct options o;
	static const struct opt opts[] = {
	    {'c', "sources", "FILE", "where to collect, instead of sources.yaml", OPT_STR, &o.config, 0, 0},
	    {'d', "store", "FILE", "the store that remembers what was fetched", OPT_STR, &o.store, 0, 0},
	    {0, "only", "NAME", "this source only, at once, even when disabled; may be repeated", OPT_LIST, &o.only, 0, 0},
	    {0, "status", NULL, "list what is known of every source and how it is doing", OPT_FLAG, &o.status, 0, 0},
	    {0, "check", NULL, "check sources.yaml and say what is in it", OPT_FLAG, &o.check, 0, 0},
	    {0, "zone", "ZONE", "of times without a zone in operands, as +08:00 (default UTC)", OPT_STR, &o.zone, 0, 0},
	    {0, "source", "NAME", "what operands are called in 'source' and ids", OPT_STR, &o.name, 0, 0},
	    {0, "until-stored", NULL, "give again what 'store add' did not get to store", OPT_FLAG, &o.until_stored, 0, 0},
	    {'f', "format", "FORMAT", "with --status: text or json", OPT_STR, &o.format, 0, 0},
	    {0}};
	struct fetch f = {0};
	struct config c = {0};
	struct source *src, **web;
	static char *none[] = {NULL};
	char **operand = opt_parse(argc, argv, opts, "[url|path...]", "collects posts from feeds, exports, pages and APIs");
	size_t n = 0, nweb;
	int zone = 0, rc;
	struct err e = {0};
	const char *path = NULL;
	int64_t fetch_run = 0, again = 0;

	while (operand[n] != NULL)
		n++;
	if (o.format != NULL && strcmp(o.format, "json") != 0 && strcmp(o.format, "text") != 0) {
		(void)err_set(&e, ERR_USAGE, "-f takes text or json");
		msg_die(&e);
	}
	if (o.zone != NULL && !date_zone(str_c(o.zone), &zone)) {
		(void)err_set(&e, ERR_USAGE, "'%s' is not a known zone; use an offset such as +08:00", o.zone);
		msg_die(&e);
	}
	if (n > 0 && (o.only.n > 0 || o.status || o.check)) {
		(void)err_set(&e, ERR_USAGE, "--only, --status and --check are about configured sources, not operands");
		msg_die(&e);
	}
	/* with operands the file still says who we are */
	if ((n == 0 || o.config != NULL) && !o.status) {
		if ((path = path_config(o.config, "sources.yaml", &e)) == NULL || config_load(path, &f.keep, n == 0, &c, &e) != 0)
			msg_die(&e);
		f.config = &c;
		check_only(&o, &c);
	}
	if (o.until_stored && n > 0 && o.store == NULL) {
		(void)err_set(&e, ERR_USAGE, "--until-stored needs a store: name it with -d when there are operands");
		msg_die(&e);
	}
	if (o.check) {
		run_open(&f.run, none);
		rc = explain(path, &c, &f.run);
		goto done;
	}
	if (n == 0 || o.store != NULL) {
		if ((path = path_store(o.store, &e)) == NULL ||
		    store_open(path, o.status ? STORE_READ : STORE_CREATE, &f.store, &e) != 0)
			msg_die(&e);
	}
	if (f.store != NULL && !o.status) {
		if (store_fetch_run(f.store, o.until_stored ? &fetch_run : NULL, &again, &e) != 0)
			msg_die(&e);
		if (again > 0)
			msg_note("%lld posts of earlier runs were not stored and are given again", (long long)again);
	}
	if (!o.status)
		load_platforms(&f);
	f.now = cli_now();
	f.at_once = o.only.n > 0;
	run_open(&f.run, none);
	f.run.stdin_used = true; /* standard input is read when "-" says so */
	if (o.status) {
		if (web_status(&f, o.format != NULL && strcmp(o.format, "json") == 0, &e) != 0)
			msg_die(&e);
	} else {
		src = c.v;
		if (n > 0) {
			src = arena_alloc(&f.keep, n * sizeof *src);
			for (size_t i = 0; i < n; i++) {
				source_operand(&f.keep, operand[i], &src[i]);
				if (o.name != NULL)
					src[i].name = o.name;
				if (o.zone != NULL) {
					src[i].zone_s = zone;
					src[i].china = zone == 8 * 3600;
				}
			}
		} else {
			n = c.n;
			if (n == 0)
				msg_note("no source is configured; tocsin-sources(5) tells how");
		}
		web = arena_alloc(&f.keep, (n + 1) * sizeof *web);
		nweb = near_sources(&f, src, n, &o, web);
		run_flush(&f.run);
		if (nweb > 0 && web_run(&f, web, nweb, &e) != 0)
			complain(&f, &e);
		if (f.store != NULL && store_seen_expire(f.store, f.now - FORGET_S, &e) != 0)
			complain(&f, &e);
	}
	store_close(f.store);
	if (fetch_run > 0)
		put_receipt(&f.run, fetch_run);
	rc = run_finish(&f.run);
done:
	platform_names_free(&f.platforms);
	config_close(&c);
	arena_free(&f.keep);
	return rc;
}
