/*
 * review: what the response to a case achieved, the monthly review, and how playbooks did so far.
 * Reads cases, events, posts, texts and messages of the store; with --save appends review.save to the audit trail.
 * 1: no such case, nothing to review, or not allowed.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/path.h"
#include "ext/crypto.h"
#include "model/markdown.h"
#include "model/page.h"
#include "review.h"

enum { TEXT_COLUMNS = 110, IDS = 12, TEXT_IDS = 4 };

enum { TO_TEXT, TO_HTML, TO_MD, TO_JSON };
static const char *const formats[] = {"text", "html", "md", "json", NULL}, *const langs[] = {"zh", "en", NULL};

static void
check_conf(struct conf *c)
{
	c->to = opt_choice("-f", formats, c->format);
	c->zh = opt_choice("--lang", langs, c->lang) == 0;
	c->offset = opt_offset("--offset", c->offset_text);
	c->colour = opt_colour("--color", c->colour_text);
	if (c->window < 3600 || c->window > 7 * 86400)
		msg_usage("--window: expected 1h to 7d");
}

static void
write_page(struct doc *d, struct buf *out)
{
	struct page_opts o = {.ids = IDS};
	unsigned char digest[SHA256_LEN];
	struct buf hash = {0};

	sha256(page_style(), digest);
	base64_put(str_n((const char *)digest, sizeof digest), &hash);
	o.style_sha256 = buf_view(&hash);
	page_html(d, &o, out);
	buf_free(&hash);
}

static void
write_doc(struct doc *d, const struct conf *conf, struct buf *out)
{
	switch (conf->to) {
	case TO_HTML:
		write_page(d, out);
		break;
	case TO_MD:
		doc_markdown(d, IDS, out);
		break;
	default:
		doc_text(d, &(struct text_opts){.ncol = TEXT_COLUMNS, .colour = conf->colour, .ids = TEXT_IDS}, out);
	}
}

static void
one_case(const struct conf *conf, struct store *s, const char *typed, struct looked *k, struct doc *d, struct buf *json)
{
	struct arena a = {0};
	struct str id = case_id(s, &a, typed, cli_now());
	struct err e;

	if (!look(k, s, conf, id)) {
		(void)err_set(&e, ERR_NO, "case '%.*s' has no events", STRF(id));
		msg_die(&e);
	}
	if (k->r.c.state == CASE_MERGED) {
		(void)err_set(&e, ERR_NO, "case '%.*s' was merged into '%.*s'", STRF(id), STRF(k->r.c.merged_into));
		msg_die(&e);
	}
	if (conf->save)
		save(k);
	if (json != NULL)
		put_record(k, true, json);
	else
		compose_case(d, k);
	arena_free(&a);
}

int
main(int argc, char **argv)
{
	struct conf conf = {.format = "text", .lang = "zh", .offset_text = "8h", .colour_text = "auto", .window = 3 * 3600};
	const struct opt opts[] = {
	    {'d', "db", "STORE", "the store", OPT_STR, &conf.db, 0, 0},
	    {'f', "format", "FORMAT", "text (default), md, html or json", OPT_STR, &conf.format, 0, 0},
	    {0, "lang", "LANG", "zh (default) or en", OPT_STR, &conf.lang, 0, 0},
	    {0, "offset", "OFFSET", "hours east of UTC, default 8h", OPT_STR, &conf.offset_text, 0, 0},
	    {0, "window", "DURATION", "compared before and after an action, default 3h", OPT_DUR, &conf.window, 0, 0},
	    {0, "month", "YYYY-MM", "the month of 'review month'", OPT_STR, &conf.month, 0, 0},
	    {'p', NULL, "DIR", "the playbook library", OPT_STR, &conf.dir, 0, 0},
	    {0, "playbooks", NULL, "how playbooks did so far", OPT_FLAG, &conf.playbooks, 0, 0},
	    {0, "save", NULL, "keep the review in the audit trail", OPT_FLAG, &conf.save, 0, 0},
	    {0, "as", "LOGIN", "save in the name of another", OPT_STR, &conf.as, 0, 0},
	    {0, "color", "WHEN", "auto (default), always or never", OPT_STR, &conf.colour_text, 0, 0},
	    {0},
	};
	char *none[] = {NULL}, **v = opt_parse(argc, argv, opts, "CASE | month", "Says what a response achieved, from the store.");
	bool is_month = *v != NULL && strcmp(*v, "month") == 0;
	struct looked k = {0};
	struct doc d = {0};
	struct buf json = {0};
	struct store *s = NULL;
	struct run run;
	struct err e;
	const char *path;
	int status = EXIT_OK;

	check_conf(&conf);
	if (conf.playbooks ? *v != NULL : *v == NULL || v[1] != NULL)
		msg_usage("expected a case, 'month', or --playbooks");
	if (conf.month != NULL && !is_month)
		msg_usage("--month goes with 'review month'");
	if ((conf.save || conf.as != NULL) && (is_month || conf.playbooks))
		msg_usage("--save and --as go with one case");
	if (conf.as != NULL && !conf.save)
		msg_usage("--as goes with --save");
	run_open(&run, none);
	path = path_store(conf.db, &e);
	if (path == NULL || store_open(path, conf.save ? STORE_WRITE : STORE_READ, &s, &e) != 0)
		msg_die(&e);
	d.zh = conf.zh;
	d.offset = conf.offset;
	d.now = cli_now();
	if (is_month || conf.playbooks)
		status = (is_month ? month : playbooks)(&conf, s, &d, conf.to == TO_JSON ? &json : NULL);
	else
		one_case(&conf, s, *v, &k, &d, conf.to == TO_JSON ? &json : NULL);
	if (status == EXIT_OK && json.n > 0)
		run_emit(&run, buf_view(&json));
	else if (status == EXIT_OK) {
		write_doc(&d, &conf, &run.out.buf);
		run.nwrote++;
	} else {
		run_fail(&run, status);
	}
	status = run_finish(&run);
	store_close(s);
	looked_free(&k);
	doc_free(&d);
	buf_free(&json);
	return status;
}
