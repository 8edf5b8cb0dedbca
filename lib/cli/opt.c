#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/msg.h"
#include "cli/opt.h"

struct cli cli = {.prog = "tocsin"};

enum { COMMON = 7, OPTS_MAX = 64, LONG_ONLY = 256 };

static const struct opt common[COMMON] = {
    {'h', "help", NULL, "print this help", OPT_FLAG, NULL, 0, 0},
    {'V', "version", NULL, "print the version", OPT_FLAG, NULL, 0, 0},
    {'q', "quiet", NULL, "no messages but errors", OPT_FLAG, &cli.quiet, 0, 0},
    {'v', "verbose", NULL, "one closing line: read, wrote, skipped", OPT_FLAG, &cli.verbose, 0, 0},
    {0, "config", "DIR", "look for configuration files here first", OPT_STR, &cli.config_dir, 0, 0},
    {0, "rejects", "FILE", "keep malformed lines, verbatim", OPT_STR, &cli.rejects, 0, 0},
    {0, "now", "TIME", "take TIME as the present", OPT_STR, NULL, 0, 0},
};

int64_t
cli_now(void)
{
	return cli.now_fixed ? cli.now : (int64_t)time(NULL);
}

static void
print_options(FILE *f, const struct opt *o, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char left[64];
		int w = 0;

		if (o[i].letter)
			w += snprintf(left, sizeof left, "-%c%s", o[i].letter, o[i].name ? ", " : "");
		else
			w += snprintf(left, sizeof left, "    ");
		if (o[i].name)
			w += snprintf(left + w, sizeof left - (size_t)w, "--%s", o[i].name);
		if (o[i].arg)
			(void)snprintf(left + w, sizeof left - (size_t)w, " %s", o[i].arg);
		(void)fprintf(f, "  %-26s %s\n", left, o[i].help);
	}
}

static size_t
count(const struct opt *opts)
{
	size_t n = 0;

	while (opts != NULL && opts[n].type != OPT_END)
		n++;
	return n;
}

static _Noreturn void
help(const struct opt *opts, const char *usage, const char *about)
{
	(void)printf("usage: %s [options] %s\n%s\n\noptions:\n", cli.prog, usage, about);
	print_options(stdout, opts, count(opts));
	print_options(stdout, common, COMMON);
	(void)printf("\nThe manual: tocsin help %.*s\n", (int)strcspn(cli.prog, " "), cli.prog);
	exit(msg_flush_stdout());
}

static _Noreturn void
version(void)
{
	(void)printf("%s (tocsin) %s\n", cli.prog, TOCSIN_VERSION);
	exit(msg_flush_stdout());
}

static _Noreturn void
misuse(const char *usage)
{
	(void)fprintf(stderr, "usage: %s [options] %s\n(%s -h lists the options)\n", cli.prog, usage, cli.prog);
	exit(EXIT_USAGE);
}

int64_t
opt_int(const char *what, const char *text, int64_t min, int64_t max)
{
	int64_t v;

	if (!str_i64(str_c(text), &v) || v < min || v > max)
		msg_usage("%s: '%s' is not a whole number from %lld to %lld", what, text, (long long)min, (long long)max);
	return v;
}

int64_t
opt_time(const char *what, const char *text)
{
	int64_t t;

	char day[24];

	if (clock_parse(str_c(text), &t))
		return t;
	if (strlen(text) == 10) { /* a date is its beginning */
		(void)snprintf(day, sizeof day, "%sT00:00:00Z", text);
		if (clock_parse(str_c(day), &t))
			return t;
	}
	if (clock_duration(str_c(text), &t))
		return cli_now() - t;
	msg_usage("%s: '%s' is neither a time (2026-11-22T08:30:00Z, or a date) nor a duration (24h, 7d)", what, text);
}

int
opt_choice(const char *what, const char *const *list, const char *text)
{
	char all[256] = "";
	size_t n = 0;

	for (int i = 0; list[i] != NULL; i++) {
		if (strcmp(list[i], text) == 0)
			return i;
		if (n < sizeof all)
			n += (size_t)snprintf(all + n, sizeof all - n, "%s%s", i == 0 ? "" : list[i + 1] != NULL ? ", " : " or ", list[i]);
	}
	msg_usage("%s: expected %s, not '%s'", what, all, text);
}

int64_t
opt_offset(const char *what, const char *text)
{
	struct str s = str_c(text);
	bool west = s.n > 0 && s.p[0] == '-';
	int64_t v;

	if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+'))
		s = str_sub(s, 1, s.n);
	if (!clock_duration(s, &v) || v > 14 * 3600 || v % 60 != 0)
		msg_usage("%s: expected hours east of UTC such as 8h or -5h30m, not '%s'", what, text);
	return west ? -v : v;
}

bool
opt_colour(const char *what, const char *text)
{
	static const char *const when[] = {"auto", "always", "never", NULL};
	const char *no = getenv("NO_COLOR");
	int i = opt_choice(what, when, text);

	return i == 1 || (i == 0 && isatty(STDOUT_FILENO) && (no == NULL || *no == '\0'));
}

static struct arena lists; /* of OPT_LIST arguments */

static void
store(const struct opt *o, const char *arg)
{
	char what[64];

	if (o->name != NULL)
		(void)snprintf(what, sizeof what, "--%s", o->name);
	else
		(void)snprintf(what, sizeof what, "-%c", o->letter);
	switch (o->type) {
	case OPT_FLAG:
		*(bool *)o->dst = true;
		break;
	case OPT_STR:
		*(const char **)o->dst = arg;
		break;
	case OPT_INT:
		*(int64_t *)o->dst = opt_int(what, arg, o->min, o->max);
		break;
	case OPT_TIME:
		*(int64_t *)o->dst = opt_time(what, arg);
		break;
	case OPT_DUR:
		if (!clock_duration(str_c(arg), o->dst))
			msg_usage("%s: '%s' is not a duration (30m, 24h, 7d)", what, arg);
		break;
	case OPT_LIST: {
		struct opt_list *l = o->dst;

		if (l->n == l->cap) { /* lives as long as argv does */
			const char **v = arena_alloc(&lists, (l->cap * 2 + 8) * sizeof *v);

			if (l->n > 0)
				memcpy(v, l->v, l->n * sizeof *v);
			l->v = v;
			l->cap = l->cap * 2 + 8;
		}
		l->v[l->n++] = arg;
		break;
	}
	case OPT_END:
		break;
	}
}

static void
set_now(const char *text)
{
	if (!clock_parse(str_c(text), &cli.now))
		msg_usage("--now: '%s' is not a time like 2026-11-22T08:30:00Z", text);
	cli.now_fixed = true;
}

static void
set_prog(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');

	if (strcmp(cli.prog, "tocsin") == 0) /* not set by opt_verb */
		cli.prog = slash != NULL ? slash + 1 : argv0;
}

/* A closed standard descriptor would be handed out again by the next open: fill it with one that gives EBADF. */
static void
guard_fds(void)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			exit(EXIT_IO);
	(void)signal(SIGXFSZ, SIG_IGN); /* at the limit of ulimit -f writing fails and is reported, as on a full disk */
}

char **
opt_parse(int argc, char **argv, const struct opt *opts, const char *usage, const char *about)
{
	struct option lng[OPTS_MAX + COMMON + 1] = {{0}};
	const struct opt *all[OPTS_MAX + COMMON];
	char sh[2 * (OPTS_MAX + COMMON) + 2];
	const char *now = getenv("TOCSIN_NOW");
	size_t n = 0, k = 0, own = count(opts);
	int c, index = -1;

	guard_fds();
	set_prog(argv[0]);
	sh[k++] = ':';
	for (size_t i = 0; i < own + COMMON && n < OPTS_MAX + COMMON; i++) {
		const struct opt *o = i < own ? &opts[i] : &common[i - own];

		all[n] = o;
		if (o->letter) {
			sh[k++] = o->letter;
			if (o->arg)
				sh[k++] = ':';
		}
		lng[n] = (struct option){o->name ? o->name : "", o->arg ? required_argument : no_argument, NULL,
		    LONG_ONLY + (int)n};
		n++;
	}
	sh[k] = '\0';
	optind = 1;
	opterr = 0;
	if (now != NULL && *now != '\0')
		set_now(now);
	while ((c = getopt_long(argc, argv, sh, lng, &index)) != -1) {
		const struct opt *o = NULL;

		if (c == '?' || c == ':') {
			const char *bad = argv[optind - 1];

			if (c == ':')
				msg_warn("option '%s' needs an argument", bad);
			else if (optopt > 0 && optopt < LONG_ONLY)
				msg_warn("unknown option '-%c'", optopt);
			else if (optopt >= LONG_ONLY)
				msg_warn("option '%s' takes no argument", bad);
			else
				msg_warn("unknown option '%s'", bad);
			misuse(usage);
		}
		for (size_t i = 0; i < n && o == NULL; i++)
			if (c == LONG_ONLY + (int)i || (all[i]->letter && c == all[i]->letter))
				o = all[i];
		if (o == NULL)
			misuse(usage);
		if (o->dst != NULL)
			store(o, optarg);
		else if (o->letter == 'h')
			help(opts, usage, about);
		else if (o->letter == 'V')
			version();
		else
			set_now(optarg);
	}
	if (cli.quiet)
		cli.verbose = false;
	return argv + optind;
}

static void
print_verbs(FILE *f, const struct verb *verbs, const char *about)
{
	(void)fprintf(f, "usage: %s verb [options] [operand...]\n%s\n\nverbs:\n", cli.prog, about);
	for (; verbs->name != NULL; verbs++)
		(void)fprintf(f, "  %-14s %s\n", verbs->name, verbs->help);
	(void)fprintf(f, "\n%s VERB -h lists a verb's options. The manual: tocsin help %s\n", cli.prog, cli.prog);
}

int
opt_verb(int argc, char **argv, const struct verb *verbs, const char *about)
{
	static char name[64];

	set_prog(argv[0]);
	if (argc > 1 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)) {
		print_verbs(stdout, verbs, about);
		return msg_flush_stdout();
	}
	if (argc > 1 && (strcmp(argv[1], "-V") == 0 || strcmp(argv[1], "--version") == 0))
		version();
	if (argc > 1)
		for (const struct verb *v = verbs; v->name != NULL; v++)
			if (strcmp(v->name, argv[1]) == 0) {
				(void)snprintf(name, sizeof name, "%s %s", cli.prog, v->name);
				cli.prog = name;
				return v->run(argc - 1, argv + 1);
			}
	if (argc > 1)
		msg_warn("unknown verb '%s'", argv[1]);
	else
		msg_warn("a verb is missing");
	print_verbs(stderr, verbs, about);
	return EXIT_USAGE;
}
