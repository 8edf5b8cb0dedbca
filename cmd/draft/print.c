/* list, show, diff: looking at texts. */
#include "draft.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "model/diff.h"

struct listing {
	struct desk *k;
	struct str case_id;
	const char *state;
	bool all;
	struct buf out;
};

static void
pad(struct buf *out, struct str s, size_t width)
{
	size_t from = out->n, w;

	utf8_clean(out, s);
	w = utf8_width(str_n(out->p + from, out->n - from));
	do
		buf_putc(out, ' ');
	while (++w < width);
}

static int
list_one(void *ctx, const struct store_draft *d, struct err *e)
{
	struct listing *l = ctx;
	char at[CLOCK_LEN];
	struct notes n;

	(void)e;
	if (l->state != NULL && !str_is(d->state, l->state))
		return 0;
	if (l->k->json) {
		draft_record(l->k, d, NULL, &l->out);
		buf_putc(&l->out, '\n');
		return 0;
	}
	notes_get(d->json, &l->k->mem, &n);
	pad(&l->out, d->id, 34);
	pad(&l->out, arena_printf(&l->k->mem, "v%lld", (long long)d->version), 5);
	pad(&l->out, d->state, 11);
	pad(&l->out, utf8_cut_bytes(clock_format(d->updated, at), 16), 18);
	pad(&l->out, arena_printf(&l->k->mem, "%zu open", n.nopen), 9);
	utf8_clean(&l->out, utf8_cut_cols(n.title, 50));
	buf_putc(&l->out, '\n');
	notes_free(&n);
	return 0;
}

int
verb_list(int argc, char **argv)
{
	struct desk k = {0};
	struct listing l = {.k = &k};
	const struct opt opts[] = {
	    DESK_OPTS(k),
	    {0, "state", "STATE", "draft submitted approved rejected released withdrawn", OPT_STR, &l.state, 0, 0},
	    {0, "all", NULL, "every version, not only the latest", OPT_FLAG, &l.all, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "[CASE]", "Lists texts and where they stand.");
	struct casefile c;
	struct err e;

	if (v[0] != NULL && v[1] != NULL)
		msg_usage("expected one case");
	desk_open(&k, false);
	if (v[0] != NULL) {
		desk_case(&k, v[0], &c);
		l.case_id = arena_str(&k.mem, c.id);
		casefile_free(&c);
	}
	if (store_drafts(k.s, l.case_id, l.all, list_one, &l, &e) != 0)
		msg_die(&e);
	(void)fwrite(l.out.p != NULL ? l.out.p : "", 1, l.out.n, stdout);
	buf_free(&l.out);
	return desk_end(&k, EXIT_OK);
}

static int
show_sign(void *ctx, const struct store_approval *a, struct err *e)
{
	struct buf *out = ctx;
	char at[CLOCK_LEN];

	(void)e;
	buf_printf(out, "%s %.*s by %.*s at %.*s", a->approve ? "approved" : "rejected", STRF(a->role), STRF(a->actor),
	    STRF(clock_format(a->ts, at)));
	if (a->reason.n > 0) {
		buf_puts(out, ": ");
		utf8_clean(out, a->reason);
	}
	buf_putc(out, '\n');
	return 0;
}

int
verb_show(int argc, char **argv)
{
	struct desk k = {0};
	int64_t version = 0;
	bool text = false;
	const struct opt opts[] = {
	    DESK_OPTS(k),
	    {0, "version", "N", "this version instead of the latest", OPT_INT, &version, 1, INT32_MAX},
	    {0, "text", NULL, "the text alone", OPT_FLAG, &text, 0, 0},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "TEXT", "Prints a text, its open questions, findings and signatures.");
	struct store_draft d;
	struct casefile c;
	struct notes n;
	struct buf out = {0};
	struct err e;

	if (v[0] == NULL || v[1] != NULL)
		msg_usage("expected one text");
	desk_open(&k, false);
	desk_draft(&k, v[0], version, &d);
	desk_case(&k, arena_cstr(&k.mem, d.case_id), &c);
	if (k.json) {
		draft_record(&k, &d, &c, &out);
		buf_putc(&out, '\n');
	} else if (text) {
		buf_str(&out, d.text);
	} else {
		notes_get(d.json, &k.mem, &n);
		buf_printf(&out, "%.*s version %lld: %.*s\nsha256 %s\ncase %.*s, playbook %.*s %.*s\n", STRF(d.id), (long long)d.version,
		    STRF(d.state), d.sha256, STRF(d.case_id), STRF(n.play), STRF(n.play_version));
		if (store_approvals(k.s, d.id, d.version, show_sign, &out, &e) != 0)
			msg_die(&e);
		for (size_t i = 0; i < n.nopen; i++)
			buf_printf(&out, "open: %.*s: %.*s\n", STRF(n.open[i].id), STRF(str_is(d.lang, "zh") ? n.open[i].zh : n.open[i].en));
		for (size_t i = 0; i < n.nfound; i++)
			if (!str_is(n.found[i].rule, "open"))
				buf_printf(&out, "line %d: %.*s: %.*s\n", n.found[i].line, STRF(n.found[i].rule), STRF(n.found[i].msg));
		buf_putc(&out, '\n');
		buf_str(&out, d.text);
		notes_free(&n);
	}
	(void)fwrite(out.p, 1, out.n, stdout);
	buf_free(&out);
	casefile_free(&c);
	return desk_end(&k, EXIT_OK);
}

int
verb_diff(int argc, char **argv)
{
	struct desk k = {0};
	int64_t from = 0, to = 0;
	const struct opt opts[] = {
	    DESK_OPTS(k),
	    {0, "from", "N", "the older version (the one before --to)", OPT_INT, &from, 1, INT32_MAX},
	    {0, "to", "N", "the newer version (the latest)", OPT_INT, &to, 1, INT32_MAX},
	    {0},
	};
	char **v = opt_parse(argc, argv, opts, "TEXT", "Compares two versions line by line; 1 when they differ.");
	struct store_draft a, b;
	struct buf out = {0};
	size_t changed;

	if (v[0] == NULL || v[1] != NULL)
		msg_usage("expected one text");
	desk_open(&k, false);
	desk_draft(&k, v[0], to, &b);
	if (from == 0 && b.version == 1)
		refuse("%.*s has one version only", STRF(b.id));
	desk_draft(&k, arena_cstr(&k.mem, b.id), from != 0 ? from : b.version - 1, &a);
	buf_printf(&out, "--- %.*s version %lld\n+++ %.*s version %lld\n", STRF(a.id), (long long)a.version, STRF(b.id),
	    (long long)b.version);
	changed = text_diff(a.text, b.text, &out);
	if (changed > 0)
		(void)fwrite(out.p, 1, out.n, stdout);
	buf_free(&out);
	return desk_end(&k, changed > 0 ? EXIT_NO : EXIT_OK);
}
