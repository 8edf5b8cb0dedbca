/*
 * tocsin: the front door. Runs a program, lists them, opens manuals, sets up a shell.
 * The programs lie in libexec/tocsin beside bin, with their plain names.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/path.h"

static const struct {
	const char *name, *about;
} programs[] = {
    {"fetch", "collect posts from feeds, files, APIs and commands"},
    {"match-subject", "keep posts about watched subjects; say which terms and whose voice"},
    {"redact", "replace personal data by stable pseudonyms"},
    {"dedupe", "fold copies and near-copies into clusters"},
    {"sentiment", "positive, negative or neutral, with confidence and reasons"},
    {"classify", "crisis type, severity and kind of text, with evidence"},
    {"store", "the case store: add, query, series, purge, check, backup"},
    {"spread", "repost trees: shape, speed, key nodes"},
    {"detect", "indicators, baselines, levels blue to red, incidents"},
    {"match-playbook", "the playbook that fits an incident, and its plan"},
    {"casefile", "cases, tasks, clocks, approvals, audit trail"},
    {"draft", "statements and replies from playbooks, behind an approval gate"},
    {"notify", "tell people and systems; a ledger, nothing lost"},
    {"report", "flash, daily and case reports; dashboard in HTML"},
    {"review", "effect of the response, KPIs, lessons"},
    {"audience", "segments, content effect, channels, peak hours"},
    {"drill", "play a simulated crisis and score the response"},
    {"train", "train and evaluate sentiment and crisis-type models"},
};

static struct arena mem; /* lives as long as the process */

static const char *
libexec(void)
{
	static const char *dir;
	const char *self = path_self_dir();

	if (dir == NULL)
		dir = arena_printf(&mem, "%s/../libexec/tocsin", self != NULL ? self : TOCSIN_DATADIR).p;
	return dir;
}

static const char *
program(const char *name)
{
	const char *path = arena_printf(&mem, "%s/%s", libexec(), name).p;

	return access(path, X_OK) == 0 ? path : NULL;
}

static int
list(FILE *f)
{
	(void)fprintf(f, "usage: tocsin PROGRAM [options] [file...]\n"
			 "Watches public opinion and turns what it sees into crisis response.\n\nprograms:\n");
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (program(programs[i].name) != NULL)
			(void)fprintf(f, "  %-15s %s\n", programs[i].name, programs[i].about);
	(void)fprintf(f, "\n  tocsin help [PROGRAM]   open a manual\n"
			 "  tocsin check            validate the configuration in use\n"
			 "  eval \"$(tocsin env)\"    use the programs by their plain names\n");
	return msg_flush_stdout();
}

/* Opens the manual of name, or the introduction: by file where this tree has it, else by name. */
static int
manual(const char *name)
{
	struct err e;
	static const char *const section[] = {"1", "5", "7"};
	const char *dir = path_data("man", &e), *p = NULL, *page;

	page = arena_printf(&mem, "%s%s", name != NULL ? "tocsin-" : "tocsin", name != NULL ? name : "").p;
	for (size_t i = 0; dir != NULL && p == NULL && i < 3; i++) {
		const char *file = arena_printf(&mem, "%s/%s.%s", dir, page, section[i]).p;

		if (access(file, R_OK) == 0)
			p = file;
	}
	(void)execlp("man", "man", p != NULL ? p : page, (char *)NULL);
	if (p != NULL)
		(void)execlp("mandoc", "mandoc", "-a", p, (char *)NULL);
	if (p != NULL)
		msg_warn("no manual reader found (man or mandoc); the page is %s", p);
	else
		msg_warn("cannot run man: %s", strerror(errno));
	return EXIT_NO;
}

static void
shell_quoted(const char *s)
{
	(void)putchar('\'');
	for (; *s != '\0'; s++)
		if (*s == '\'')
			(void)fputs("'\\''", stdout);
		else
			(void)putchar(*s);
	(void)putchar('\'');
}

static int
env(void)
{
	char *real = realpath(libexec(), NULL);

	(void)printf("PATH=");
	shell_quoted(real != NULL ? real : libexec());
	(void)printf(":\"$PATH\"; export PATH\n");
	free(real);
	return msg_flush_stdout();
}

/* Every program that reads configuration validates it with --check and says which files it used. */
static int
check(void)
{
	static const char *const checks[] = {"fetch --check", "match-subject --check", "redact --check",
	    "sentiment --check", "classify --check", "detect --check", "match-playbook --lint", "notify --check"}; /* lint reads roles.yaml too */
	int worst = EXIT_OK;

	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		const char *cmd;
		int rc;

		if (program(arena_cstr(&mem, str_n(checks[i], strcspn(checks[i], " ")))) == NULL)
			continue;
		(void)fflush(stdout);
		if (setenv("TOCSIN_LIBEXEC", libexec(), 1) != 0)
			return EXIT_MEMORY;
		cmd = arena_printf(&mem, "\"$TOCSIN_LIBEXEC\"/%s </dev/null", checks[i]).p;
		rc = system(cmd);
		if (rc != 0)
			worst = EXIT_CONF;
		(void)printf("%-4s %s\n", rc == 0 ? "ok" : "BAD", checks[i]);
	}
	return worst != EXIT_OK ? (void)fflush(stdout), worst : msg_flush_stdout();
}

int
main(int argc, char **argv)
{
	const char *p;

	if (argc < 2 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)
		return list(stdout);
	if (strcmp(argv[1], "-V") == 0 || strcmp(argv[1], "--version") == 0) {
		(void)printf("tocsin %s\n", TOCSIN_VERSION);
		return msg_flush_stdout();
	}
	if (strcmp(argv[1], "help") == 0)
		return argc > 2 ? manual(argv[2]) : manual(NULL);
	if (strcmp(argv[1], "env") == 0)
		return env();
	if (strcmp(argv[1], "check") == 0)
		return check();
	p = strchr(argv[1], '/') == NULL && argv[1][0] != '-' && argv[1][0] != '.' ? program(argv[1]) : NULL;
	if (p == NULL) {
		msg_warn("no program '%s'; 'tocsin' alone lists them", argv[1]);
		return EXIT_USAGE;
	}
	argv[1] = (char *)p;
	(void)execv(p, argv + 1);
	msg_warn("cannot run '%s': %s", p, strerror(errno));
	return EXIT_IO;
}
