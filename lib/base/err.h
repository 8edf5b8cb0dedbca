#ifndef BASE_ERR_H
#define BASE_ERR_H
/* Errors of the library: a kind, which cli/msg maps to an exit status, and one finished sentence. */

enum err_kind {
	ERR_NONE = 0,
	ERR_NO,     /* the answer is no: nothing matched, no such case */
	ERR_USAGE,  /* wrong options or operands */
	ERR_DATA,   /* a record or a file of data is malformed */
	ERR_MEM,    /* out of memory */
	ERR_IO,     /* could not read or write */
	ERR_AGAIN,  /* try again later: network, locked store */
	ERR_CONFIG  /* bad configuration, playbook, table or model */
};

struct err {
	enum err_kind kind;
	char msg[512]; /* what was attempted, on what, why; no trailing newline or period */
};

/* Fills e (when not NULL) and returns -1, so that a function may end in "return err_set(...)". */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* As err_set, with ": " and strerror(errno_value) behind the message. */
int err_sys(struct err *e, enum err_kind kind, int errno_value, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Puts "text: " before the message e holds; keeps the kind; returns -1. */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
