#ifndef EXT_HTTP_H
#define EXT_HTTP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/*
 * HTTP(S) and SMTP through libcurl. A pool runs many transfers at once, but at most one per host at a time.
 * TLS certificates are always verified. Only http: and https: are spoken, .netrc and cookies are never used.
 *
 * Addresses that are not public (loopback, private, link-local, metadata, multicast, reserved) are refused after
 * name resolution, for every hop and every reused connection, unless the request allows them.
 */

enum http_private {
	HTTP_PRIVATE_NO = 0, /* public addresses only */
	HTTP_PRIVATE_ORIGIN, /* also private ones, but only for the host and port of the request's own URL */
	HTTP_PRIVATE_ANY     /* also private ones, on every hop */
};

struct http_req {
	const char *url;
	const char *method;         /* NULL: GET, or POST when body.p is set */
	const char *const *header;  /* "Name: value" lines; a line with CR or LF is refused */
	size_t nheader;
	struct str body;            /* p == NULL: none */
	int timeout_ms;             /* for the whole transfer with its redirects; 0: 20 000 */
	int connect_ms;             /* 0: 10 000 */
	size_t max_body;            /* of decoded bytes; 0: 15 MiB */
	int max_redirect;           /* 0: a 3xx is the answer. Only for GET and HEAD. */
	enum http_private private_ok;
	int gap_ms;                 /* least time between two requests to this host; 0: the pool's */
	void *tag;                  /* comes back in the result */
};

enum http_fail {
	HTTP_OK = 0,     /* there is a status */
	HTTP_BAD,        /* the request cannot be made: URL, scheme, header, option */
	HTTP_BLOCKED,    /* address or port not allowed */
	HTTP_RESOLVE,    /* host name not found */
	HTTP_CONNECT,    /* refused, unreachable */
	HTTP_TLS,
	HTTP_TIMEOUT,
	HTTP_TRUNCATED,  /* the answer ended early or the connection broke */
	HTTP_TOO_LARGE,  /* body over max_body, or headers */
	HTTP_BOMB,       /* compressed more than 200:1, or several times over */
	HTTP_REDIRECTS,  /* too many, a loop, or without a place to go */
	HTTP_PROTOCOL    /* anything else that is not HTTP */
};

struct http_header {
	struct str name, value;
};

/* Owned by the pool (or by the http_once caller's result) and valid until the next http_next. */
struct http_res {
	void *tag;
	enum http_fail fail;
	struct err err;          /* complete when fail != HTTP_OK; never holds the URL's path or query */
	int status;              /* 0 when none came */
	struct str body;         /* decoded */
	const char *url;         /* of the last hop */
	bool moved;              /* every hop was permanent (301, 308) and there was at least one */
	int hops;
	bool sent;               /* the request may have reached the server: repeating it may do its work twice */
	int64_t retry_after_s;   /* of Retry-After, clamped to 0..7 days; -1 when absent */
	int64_t size_wire;       /* body bytes as received */
	int64_t took_ms;
	const struct http_header *header; /* of the last hop, in order */
	size_t nheader;
};
/* The first header of that name (case folded); empty view with p == NULL when there is none. */
struct str http_header(const struct http_res *, const char *name);

struct http_conf {
	const char *agent;    /* User-Agent; NULL: none is sent */
	const char *proxy;    /* URL; NULL: none. The environment is not consulted. */
	const char *no_proxy; /* hosts that go direct, comma-separated; NULL: none */
	const char *ca_file;  /* PEM bundle instead of the system's; NULL */
	int parallel;         /* transfers at once over all hosts; 0: 16 */
	int gap_ms;           /* least time between two requests to one host */
};

struct http;
struct http *http_open(const struct http_conf *, struct err *);
void http_close(struct http *); /* cancels what still runs; NULL is fine */
/* Queues a request; everything in it is copied. A request that cannot be made yields a result with HTTP_BAD. */
void http_add(struct http *, const struct http_req *);
/* As http_add, but not before delay_ms have passed. */
void http_add_later(struct http *, const struct http_req *, int delay_ms);
/* Runs until some transfer has ended: 1 with *res, 0 when nothing is queued or running, -1 when the engine itself failed. */
int http_next(struct http *, const struct http_res **res, struct err *);
/* As http_next, but gives up after wait_ms with 2. */
int http_poll(struct http *, int wait_ms, const struct http_res **res, struct err *);
/* One request, alone; the pool must be idle. 0 with *res, or -1. */
int http_once(struct http *, const struct http_req *, const struct http_res **res, struct err *);

/* Whether an address in text form (v4 or v6) is refused by default; text that is no address is refused too. */
bool http_addr_denied(const char *ip);

struct http_mail {
	const char *url;       /* smtp://host:587 or smtps://host:465; a path is the EHLO name */
	const char *user;      /* NULL: no authentication */
	const char *password;
	const char *from;      /* bare addresses; control characters, spaces and <> are refused */
	const char *const *to;
	size_t nto;
	struct str message;    /* complete RFC 5322 text; bare LF becomes CRLF */
	bool plain_ok;         /* allows smtp:// without STARTTLS (a relay on loopback) */
	const char *ca_file;   /* NULL: the system's */
	int timeout_ms;        /* 0: 30 000 */
};
/*
 * Sends one mail. *code is the server's last reply (0 when none). On -1 kind is ERR_AGAIN for 4xx and network
 * faults, ERR_DATA for a 5xx refusal, ERR_CONFIG for an unusable argument; *sent says that the text may have been
 * accepted although no answer came (outcome unknown).
 */
int http_mail(const struct http_mail *, int *code, bool *sent, struct err *);

#endif
