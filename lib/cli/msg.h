#ifndef CLI_MSG_H
#define CLI_MSG_H
/* Messages to standard error, and the only place where exit statuses have numbers. */
#include "base/err.h"

enum exit_status {
	EXIT_OK = 0,
	EXIT_NO = 1,      /* the answer is no */
	EXIT_USAGE = 64,
	EXIT_DATA = 65,   /* some records were malformed: reported, skipped, the rest done */
	EXIT_MEMORY = 71,
	EXIT_IO = 74,     /* standard output included */
	EXIT_AGAIN = 75,
	EXIT_CONF = 78
};

/* "prog: text"; control characters in the text are made harmless. */
void msg_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* As msg_warn, silent with -q. */
void msg_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void msg_err(const struct err *e);
int msg_status(enum err_kind kind);
/* Which of two statuses a program ends with: 71, 74, 78, 75, 65, then the rest. */
int msg_worse(int a, int b);
_Noreturn void msg_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2))); /* message, exit 64 */
_Noreturn void msg_die(const struct err *e); /* message, exit with its status */
/* Flushes stdio's stdout; EXIT_OK, or EXIT_IO with a message. For output that does not go through run. */
int msg_flush_stdout(void);

#endif
