#ifndef CLI_OPT_H
#define CLI_OPT_H
/*
 * Options from one table, which also prints the usage line and -h. Every program has -h -V -q -v, --config DIR,
 * --rejects FILE and --now TIME without listing them.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum opt_type {
	OPT_END = 0,
	OPT_FLAG,  /* bool *dst = true */
	OPT_STR,   /* const char **dst */
	OPT_INT,   /* int64_t *dst, within min..max */
	OPT_TIME,  /* int64_t *dst, RFC 3339, a date (its beginning in UTC), or a duration ("24h") that counts back from now */
	OPT_DUR,   /* int64_t *dst, seconds */
	OPT_LIST   /* struct opt_list *dst: may be given several times */
};

struct opt_list {
	const char **v; /* never freed; lives as long as argv */
	size_t n, cap;
};

struct opt {
	char letter;       /* 0: long form only */
	const char *name;  /* long form, or NULL */
	const char *arg;   /* name of the argument for the usage, or NULL for a flag */
	const char *help;  /* one line */
	enum opt_type type;
	void *dst;
	int64_t min, max;  /* OPT_INT */
};

/* What the common options said. */
struct cli {
	const char *prog;
	bool quiet, verbose;
	const char *config_dir; /* --config, or NULL */
	const char *rejects;    /* --rejects, or NULL */
	int64_t now;            /* --now, else $TOCSIN_NOW, else the clock at start */
	bool now_fixed;         /* now was given */
};
extern struct cli cli;

/*
 * Parses argv; exits 64 on misuse, 0 after -h or -V. usage: the operands, as "[file...]". about: one sentence.
 * Options may stand behind operands; "--" ends them. Returns the operands, NULL-terminated.
 */
char **opt_parse(int argc, char **argv, const struct opt *opts, const char *usage, const char *about);

/*
 * For programs with verbs ("store add"): takes argv[1] as the verb when it is no option; -h and -V are answered.
 * Exits 64, naming the verbs, when there is none or it is unknown.
 */
struct verb {
	const char *name;
	const char *help; /* one line */
	int (*run)(int argc, char **argv); /* argv[0] is the verb; returns the exit status */
};
int opt_verb(int argc, char **argv, const struct verb *verbs, const char *about);

/* The present moment: cli.now when fixed, else the clock. */
int64_t cli_now(void);
/* Strict parsers for operands; they exit 64 with a message that names what. */
int64_t opt_time(const char *what, const char *text);
int64_t opt_int(const char *what, const char *text, int64_t min, int64_t max);
int opt_choice(const char *what, const char *const *list, const char *text); /* index in a NULL-terminated list */
int64_t opt_offset(const char *what, const char *text); /* seconds east of UTC: "8h", "-5h30m" */
bool opt_colour(const char *what, const char *text); /* auto, always or never: whether standard output is to have colour */

#endif
