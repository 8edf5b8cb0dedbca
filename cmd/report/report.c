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
#include "ext/yaml.h"
#include "model/markdown.h"
#include "model/page.h"
#include "parts.h"

enum { TEXT_COLUMNS = 100, TEXT_IDS = 3 };

static const char *const formats[] = {"text", "html", "md", "json", "csv", NULL};

_Noreturn static void
usage_die(const char *fmt, const char *what)
{
	struct arena a = {0};
	struct str s = arena_printf(&a, fmt, what);

	msg_warn("%.*s", STRF(s));
	exit(EXIT_USAGE);
}

static int
index_of(const char *const *list, const char *s)
{
	for (int i = 0; list[i] != NULL; i++)
		if (strcmp(list[i], s) == 0)
			return i;
	return -1;
}

/* "8h", "-5h", "5h30m", "0h". */
static int64_t
read_offset(const char *text)
{
	struct str s = str_c(text);
	bool minus = s.n > 0 && s.p[0] == '-';
	int64_t v;

	if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+'))
		s = str_sub(s, 1, s.n);
	if (!clock_duration(s, &v) || v > 14 * 3600 || v % 60 != 0)
		usage_die("--offset: expected hours east of UTC such as 8h or -5h30m, not '%s'", text);
	return minus ? -v : v;
}

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
	int k = *v != NULL ? index_of(kind_name, *v) : -1;

	if (k >= 0)
		conf->kind = (enum kind)k;
	return k >= 0 ? v + 1 : v;
}

static void
check_conf(struct conf *conf)
{
	if (index_of(formats, conf->format) < 0)
		usage_die("-f: expected text, html, md, json or csv, not '%s'", conf->format);
	if (strcmp(conf->lang, "zh") != 0 && strcmp(conf->lang, "en") != 0)
		usage_die("--lang: expected zh or en, not '%s'", conf->lang);
	if (strcmp(conf->colour_text, "auto") != 0 && strcmp(conf->colour_text, "always") != 0 && strcmp(conf->colour_text, "never") != 0)
		usage_die("--color: expected auto, always or never, not '%s'", conf->colour_text);
	if (conf->since != 0 && conf->until != 0 && conf->since >= conf->until)
		usage_die("%s", "--since must be before --until");
	if (conf->kind == KIND_FILE && conf->case_id == NULL)
		usage_die("%s", "expected --case with 'report case'");
	if (conf->kind != KIND_FILE && conf->case_id != NULL)
		usage_die("%s", "--case goes with 'report case'");
	conf->zh = strcmp(conf->lang, "zh") == 0;
	conf->offset = read_offset(conf->offset_text);
	conf->colour = strcmp(conf->colour_text, "always") == 0 ||
	    (strcmp(conf->colour_text, "auto") == 0 && isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL);
}

/* Names of subjects out of watch.yaml, when there is one that can be read. */
static struct json
read_names(struct arena *a)
{
	struct ynode *root;
	struct buf b = {0};
	struct str text;
	struct err e;
	const char *path = path_config(NULL, "watch.yaml", &e);

	if (path == NULL || yaml_load(path, a, &root, &e) != 0)
		return (struct json){0};
	yaml_json(root, &b);
	text = arena_str(a, buf_view(&b));
	buf_free(&b);
	return json_get(json_view(text), "subjects");
}

static struct json names;

static bool
is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return s.n > 0;
}

struct str
subject_name(struct facts *f, struct str id)
{
	struct json_iter it = json_iter(names);
	struct str key;
	struct json v;

	while (json_next(&it, &key, &v))
		if (str_eq(json_str(json_get(v, "id"), &f->mem), id)) {
			struct str name = json_str(json_get(v, "name"), &f->mem);
			struct json_iter more = json_iter(json_get(v, "names"));

			while (!f->conf->zh && !is_ascii(name) && json_next(&more, &key, &v))
				if (is_ascii(json_str(v, &f->mem)))
					name = json_str(v, &f->mem);
			return name.n > 0 ? name : id;
		}
	return id;
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
	switch (index_of(formats, conf->format)) {
	case 1:
		write_page(d, conf, out);
		break;
	case 2:
		doc_markdown(d, (size_t)conf->ids, out);
		break;
	case 3:
		put_json(d, f, out);
		break;
	case 4:
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
	names = read_names(&f.mem);
	run_open(&run, conf.from_run ? v : none);
	gather(&f, &conf, &run);
	if (f.read == 0 && f.ncrisis == 0 && *v == NULL && conf.from_run && !conf.from_store && f.bad == 0) {
		/* an empty pipe, as cron gives one: the store */
		facts_free(&f);
		f = (struct facts){0};
		names = read_names(&f.mem);
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
