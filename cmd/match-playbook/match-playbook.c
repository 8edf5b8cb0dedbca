/*
 * match-playbook: finds the playbook that fits an incident and fills its plan.
 * Reads industry type level facts stage and whatever triggers name; writes playbook. 1 with --require when only the
 * catch-all fits, with --test when an example fails.
 */
#include <stdio.h>
#include <string.h>

#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/run.h"
#include "matcher.h"

struct conf {
	const char *dir, *db, *lang, *show, *export, *import;
	bool lint, test, require, explain, check, whole;
};

static int
pass(struct matcher *m, const struct conf *conf, char **operands)
{
	struct arena a = {0};
	struct buf b = {0};
	struct run run;
	struct rec r = {0};
	struct match x;
	struct err e;
	int status;

	run_open(&run, operands);
	while (run_next(&run, &r)) {
		if (rec_kind(&r) != KIND_INCIDENT) {
			if (!conf->explain)
				run_put(&run, &r);
			continue;
		}
		arena_reset(&a);
		buf_reset(&b);
		if (match_one(m, r.line, &a, &x, &e) != 0) {
			msg_err(&e);
			run_fail(&run, msg_status(e.kind));
			run_put(&run, &r);
			continue;
		}
		if (conf->explain) {
			match_explain(m, r.line, &x, &b);
			buf_str(&run.out.buf, buf_view(&b));
			writer_some(&run.out);
			run.nwrote++;
			continue;
		}
		match_json(m, r.line, &x, &b);
		rec_set(&r, "playbook", buf_view(&b));
		run_put(&run, &r);
	}
	run_fail(&run, m->status);
	status = run_finish(&run);
	rec_free(&r);
	buf_free(&b);
	arena_free(&a);
	return status == EXIT_OK && conf->require && m->fell_back > 0 ? EXIT_NO : status;
}

int
main(int argc, char **argv)
{
	struct conf conf = {0};
	const struct opt opts[] = {
	    {'p', NULL, "DIR", "the playbook folder", OPT_STR, &conf.dir, 0, 0},
	    {'d', NULL, "STORE", "the store with reviews of past cases", OPT_STR, &conf.db, 0, 0},
	    {0, "lang", "LANG", "zh or en: the language of why (zh)", OPT_STR, &conf.lang, 0, 0},
	    {0, "require", NULL, "1 when only the catch-all fits some incident", OPT_FLAG, &conf.require, 0, 0},
	    {0, "explain", NULL, "print reasons for people instead of records", OPT_FLAG, &conf.explain, 0, 0},
	    {0, "lint", NULL, "check the library, or the playbooks named", OPT_FLAG, &conf.lint, 0, 0},
	    {0, "check", NULL, "read the library and stop", OPT_FLAG, &conf.check, 0, 0},
	    {0, "test", NULL, "run example incidents; without a file those of every playbook", OPT_FLAG, &conf.test, 0, 0},
	    {0, "show", "ID", "print a playbook with what it extends folded in", OPT_STR, &conf.show, 0, 0},
	    {0, "export", "FORMAT", "print playbooks, or those named, as cacao", OPT_STR, &conf.export, 0, 0},
	    {0, "import", "FILE", "make playbook folders below -p from such a file", OPT_STR, &conf.import, 0, 0},
	    {0, "whole", NULL, "with --import: general/common too, which makes -p a library of its own", OPT_FLAG, &conf.whole, 0, 0},
	    {0}};
	char **operands = opt_parse(argc, argv, opts, "[file...]", "Finds the playbook that fits an incident and fills its plan.");
	struct matcher m;
	struct err e;
	int status;

	if (conf.lang != NULL && strcmp(conf.lang, "zh") != 0 && strcmp(conf.lang, "en") != 0) {
		(void)err_set(&e, ERR_USAGE, "--lang: expected zh or en");
		msg_die(&e);
	}
	if (conf.lint)
		return do_lint(conf.dir, operands);
	if (conf.import != NULL)
		return do_import(conf.import, conf.dir, conf.whole);
	matcher_open(&m, conf.dir, conf.db, conf.lang == NULL || strcmp(conf.lang, "zh") == 0);
	if (conf.check) {
		if (m.status == EXIT_OK)
			msg_note("%zu playbooks: in order", m.lib.n);
		status = EXIT_OK;
	} else if (conf.test)
		status = do_test(&m, operands);
	else if (conf.show != NULL)
		status = do_show(&m, conf.show);
	else if (conf.export != NULL)
		status = do_export(&m, conf.export, operands);
	else
		status = pass(&m, &conf, operands);
	status = msg_worse(status, m.status);
	matcher_close(&m);
	return status;
}
