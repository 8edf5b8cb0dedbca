/*
 * report: flash, daily, weekly, monthly and case reports and a dashboard, from the store or from records of a pipe.
 * Reads posts, incidents, cases, tasks, drafts and notices; writes text, HTML, Markdown, JSON or CSV. 1: nothing to report.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/msg.h"
#include "cli/path.h"
#include "ext/crypto.h"
#include "ext/subjects.h"
#include "model/markdown.h"
#include "model/page.h"
#include "parts.h"

enum { TEXT_COLUMNS = 100, TEXT_IDS = 3 };

enum { TO_TEXT, TO_HTML, TO_MD, TO_JSON, TO_CSV };
static const char *const formats[] = {"text", "html", "md", "json", "csv", NULL}, *const langs[] = {"zh", "en", NULL};

/* Whether standard input may hold records: a pipe, a socket or a file, not a terminal and not /dev/null. */
static bool
stdin_may_hold(void)
{
	struct stat st;

	if (fstat(STDIN_FILENO, &st) != 0)
		return false;
	return S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || (S_ISREG(st.st_mode) && st.st_size > 0);
}

/* The first operand may be the kind of report. */
static char **
take_kind(struct conf *conf, char **v)
{
	for (int k = 0; *v != NULL && kind_name[k] != NULL; k++)
		if (strcmp(kind_name[k], *v) == 0) {
			conf->kind = (enum kind)k;
			return v + 1;
		}
	return v;
}

static void
check_conf(struct conf *conf)
{
	conf->to = opt_choice("-f", formats, conf->format);
	conf->zh = opt_choice("--lang", langs, conf->lang) == 0;
	conf->offset = opt_offset("--offset", conf->offset_text);
	conf->colour = opt_colour("--color", conf->colour_text);
	if (conf->since != 0 && conf->until != 0 && conf->since >= conf->until)
		msg_usage("--since must be before --until");
	if (conf->kind == KIND_FILE && conf->case_id == NULL)
		msg_usage("expected --case with 'report case'");
	if (conf->kind != KIND_FILE && conf->case_id != NULL)
		msg_usage("--case goes with 'report case'");
}

static const struct ynode *names;

struct str
subject_name(struct facts *f, struct str id)
{
	return subjects_name(names, id, f->conf->zh, &f->mem);
}

static void
write_page(struct doc *d, const struct conf *conf, struct buf *out)
{
	struct page_opts o = {.ids = (size_t)conf->ids, .refresh = conf->refresh};
	unsigned char digest[SHA256_LEN];
	struct buf hash = {0};

	sha256(page_style(), digest);
	base64_put(str_n((const char *)digest, sizeof digest), &hash);
	o.style_sha256 = buf_view(&hash);
	page_html(d, &o, out);
	buf_free(&hash);
}

static void
write_doc(struct doc *d, const struct facts *f, const struct conf *conf, struct buf *out)
{
	switch (conf->to) {
	case TO_HTML:
		write_page(d, conf, out);
		break;
	case TO_MD:
		doc_markdown(d, (size_t)conf->ids, out);
		break;
	case TO_JSON:
		put_json(d, f, out);
		break;
	case TO_CSV:
		put_csv(d, out);
		break;
	default:
		doc_text(d, &(struct text_opts){.ncol = TEXT_COLUMNS, .colour = conf->colour, .ids = TEXT_IDS}, out);
	}
}

int
main(int argc, char **argv)
{
	struct conf conf = {.kind = KIND_FLASH, .format = "text", .lang = "zh", .offset_text = "8h", .colour_text = "auto", .ids = 12};
	const struct opt opts[] = {
	    {'d', "db", "STORE", "the store", OPT_STR, &conf.db, 0, 0},
	    {'f', "format", "FORMAT", "text (default), html, md, json or csv", OPT_STR, &conf.format, 0, 0},
	    {0, "since", "TIME", "the period begins here", OPT_TIME, &conf.since, 0, 0},
	    {0, "until", "TIME", "and ends before this", OPT_TIME, &conf.until, 0, 0},
	    {0, "subject", "ID", "only about this subject", OPT_STR, &conf.subject, 0, 0},
	    {0, "case", "CASE", "the case of 'report case'", OPT_STR, &conf.case_id, 0, 0},
	    {0, "lang", "LANG", "zh (default) or en", OPT_STR, &conf.lang, 0, 0},
	    {0, "offset", "OFFSET", "hours east of UTC, default 8h", OPT_STR, &conf.offset_text, 0, 0},
	    {0, "ids", "N", "ids given behind a number, default 12", OPT_INT, &conf.ids, 1, TALLY_IDS},
	    {0, "refresh", "DURATION", "the page loads itself again after this", OPT_DUR, &conf.refresh, 0, 0},
	    {0, "color", "WHEN", "auto (default), always or never", OPT_STR, &conf.colour_text, 0, 0},
	    {0},
	};
	char *none[] = {NULL};
	char **v = take_kind(&conf, opt_parse(argc, argv, opts, "[flash|daily|weekly|monthly|case|dashboard] [file...]",
	                                "Writes a report from the store or from records of a pipe."));
	struct facts f = {0};
	struct doc d = {0};
	struct run run;
	int status;

	check_conf(&conf);
	conf.from_run = *v != NULL || (conf.db == NULL && conf.kind != KIND_FILE && stdin_may_hold());
	conf.from_store = conf.db != NULL || !conf.from_run;
	names = subjects_read(path_config(NULL, "watch.yaml", NULL), &f.mem);
	run_open(&run, conf.from_run ? v : none);
	gather(&f, &conf, &run);
	if (f.read == 0 && f.ncrisis == 0 && *v == NULL && conf.from_run && !conf.from_store && f.bad == 0) {
		/* an empty pipe, as cron gives one: the store */
		facts_free(&f);
		f = (struct facts){0};
		names = subjects_read(path_config(NULL, "watch.yaml", NULL), &f.mem);
		conf.from_run = false;
		conf.from_store = true;
		gather(&f, &conf, &run);
	}
	if (f.tally.all.n == 0 && f.ncrisis == 0) {
		char from[CLOCK_LEN], until[CLOCK_LEN];

		if (run.status == EXIT_OK)
			msg_warn("nothing to report: no record from %s to %s", clock_format(f.from, from).p, clock_format(f.until, until).p);
		run_fail(&run, EXIT_NO);
	} else {
		compose(&d, &f);
		write_doc(&d, &f, &conf, &run.out.buf);
		run.nwrote++;
	}
	status = run_finish(&run);
	doc_free(&d);
	facts_free(&f);
	return status;
}
