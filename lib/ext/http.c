#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/mem.h"
#include "ext/http.h"

enum {
	DEF_TIMEOUT_MS = 20000,
	DEF_CONNECT_MS = 10000,
	DEF_PARALLEL = 16,
	MAX_HEADERS = 256 * 1024,
	BOMB_FLOOR = 1024 * 1024, /* no ratio is suspicious below this size */
	BOMB_RATIO = 200,
	RETRY_MAX_S = 7 * 86400
};
#define DEF_BODY ((size_t)15 * 1024 * 1024)

struct host {
	char *name;      /* "host" in lower case; ports share it: one machine */
	bool busy;
	int64_t free_at; /* monotonic ms before which nothing is sent */
};

struct transfer {
	struct transfer *next;
	struct http *pool;
	struct arena mem;
	struct http_req req;
	struct http_res res;
	CURL *easy;
	struct curl_slist *list;
	char *url;          /* of the present hop */
	char *origin;       /* "host:port" of the request's own URL */
	char *authority;    /* "host:port" of the present hop */
	char *host_name;
	size_t host;        /* index into pool->host */
	bool hold;          /* host[host].busy is ours */
	int64_t not_before, started;
	struct buf body;
	struct http_header *header;
	size_t nheader, cap_header, header_bytes;
	bool encoded;
	enum http_fail fail; /* set by a callback before it aborts */
	char denied[INET6_ADDRSTRLEN];
	char errbuf[CURL_ERROR_SIZE];
};

struct http {
	CURLM *multi;
	struct http_conf conf;
	struct arena mem;
	struct host *hostv;
	size_t nhost, cap_host;
	struct transfer *pending, *done, *last; /* last: the result the caller holds */
	struct transfer *running;
	int nrunning;
	struct sockaddr_storage proxy_addr[8];
	size_t nproxy;
};

static int64_t
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* --- addresses ---------------------------------------------------------------------------------------------- */

struct net4 {
	uint32_t net;
	int bits;
};

static bool
denied4(uint32_t ip)
{
	static const struct net4 nets[] = {
	    {0x00000000, 8}, {0x0a000000, 8}, {0x64400000, 10}, {0x7f000000, 8}, {0xa9fe0000, 16},
	    {0xac100000, 12}, {0xc0000000, 24}, {0xc0000200, 24}, {0xc0586300, 24}, {0xc0a80000, 16},
	    {0xc6120000, 15}, {0xc6336400, 24}, {0xcb007100, 24}, {0xe0000000, 4}, {0xf0000000, 4},
	};

	for (size_t i = 0; i < sizeof nets / sizeof *nets; i++)
		if (((ip ^ nets[i].net) >> (32 - nets[i].bits)) == 0)
			return true;
	return false;
}

static uint32_t
be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool
denied6(const unsigned char *a)
{
	static const unsigned char zero[16], nat64[12] = {0x00, 0x64, 0xff, 0x9b};

	if (memcmp(a, zero, 10) == 0 && a[10] == 0xff && a[11] == 0xff) /* ::ffff:a.b.c.d */
		return denied4(be32(a + 12));
	if (memcmp(a, zero, 12) == 0) /* ::, ::1 and the old IPv4-compatible block */
		return true;
	if (memcmp(a, nat64, 12) == 0)
		return denied4(be32(a + 12));
	if (a[0] == 0x00 && a[1] == 0x64 && a[2] == 0xff && a[3] == 0x9b) /* local-use NAT64, 64:ff9b:1::/48 */
		return true;
	if (a[0] == 0x01 && a[1] == 0x00 && memcmp(a + 2, zero, 6) == 0) /* 100::/64 */
		return true;
	if (a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0d && a[3] == 0xb8)
		return true;
	if (a[0] == 0x20 && a[1] == 0x02) /* 6to4 */
		return denied4(be32(a + 2));
	if (a[0] == 0x20 && a[1] == 0x01 && a[2] == 0 && a[3] == 0) /* Teredo hides the target */
		return true;
	return (a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && (a[1] & 0x80) != 0) || a[0] == 0xff;
}

static bool
denied_sockaddr(const struct sockaddr *sa)
{
	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, sa, sizeof in);
		return denied4(ntohl(in.sin_addr.s_addr));
	}
	if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, sa, sizeof in6);
		return denied6(in6.sin6_addr.s6_addr);
	}
	return true;
}

bool
http_addr_denied(const char *ip)
{
	struct in_addr a4;
	struct in6_addr a6;

	if (inet_pton(AF_INET, ip, &a4) == 1)
		return denied4(ntohl(a4.s_addr));
	if (inet_pton(AF_INET6, ip, &a6) == 1)
		return denied6(a6.s6_addr);
	return true;
}

static bool
same_endpoint(const struct sockaddr *a, const struct sockaddr_storage *b)
{
	if (a->sa_family != b->ss_family)
		return false;
	if (a->sa_family == AF_INET) {
		struct sockaddr_in x, y;

		memcpy(&x, a, sizeof x);
		memcpy(&y, b, sizeof y);
		return x.sin_port == y.sin_port && x.sin_addr.s_addr == y.sin_addr.s_addr;
	}
	if (a->sa_family == AF_INET6) {
		struct sockaddr_in6 x, y;

		memcpy(&x, a, sizeof x);
		memcpy(&y, b, sizeof y);
		return x.sin6_port == y.sin6_port && memcmp(&x.sin6_addr, &y.sin6_addr, 16) == 0;
	}
	return false;
}

static bool
is_proxy(const struct http *h, const struct sockaddr *sa)
{
	for (size_t i = 0; i < h->nproxy; i++)
		if (same_endpoint(sa, &h->proxy_addr[i]))
			return true;
	return false;
}

static bool
private_allowed(const struct transfer *t)
{
	if (t->req.private_ok == HTTP_PRIVATE_ANY)
		return true;
	return t->req.private_ok == HTTP_PRIVATE_ORIGIN && strcmp(t->authority, t->origin) == 0;
}

static void
note_denied(struct transfer *t, const struct sockaddr *sa)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	t->fail = HTTP_BLOCKED;
	if (sa->sa_family == AF_INET) {
		memcpy(&in, sa, sizeof in);
		(void)inet_ntop(AF_INET, &in.sin_addr, t->denied, sizeof t->denied);
	} else if (sa->sa_family == AF_INET6) {
		memcpy(&in6, sa, sizeof in6);
		(void)inet_ntop(AF_INET6, &in6.sin6_addr, t->denied, sizeof t->denied);
	}
}

/* Called for every address libcurl is about to connect to. */
static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *ca)
{
	struct transfer *t = arg;

	(void)purpose;
	if (denied_sockaddr(&ca->addr) && !private_allowed(t) && !is_proxy(t->pool, &ca->addr)) {
		note_denied(t, &ca->addr);
		return CURL_SOCKET_BAD;
	}
	return socket(ca->family, ca->socktype | SOCK_CLOEXEC, ca->protocol);
}

/* Called before every request, also on a connection that another transfer opened. */
static int
before_request(void *arg, char *peer, char *local, int peer_port, int local_port)
{
	struct transfer *t = arg;

	(void)local, (void)peer_port, (void)local_port;
	if (t->pool->nproxy == 0 && http_addr_denied(peer) && !private_allowed(t)) {
		t->fail = HTTP_BLOCKED;
		(void)snprintf(t->denied, sizeof t->denied, "%s", peer);
		return CURL_PREREQFUNC_ABORT;
	}
	t->res.sent = true;
	t->fail = HTTP_OK; /* an earlier address of the host may have been refused */
	return CURL_PREREQFUNC_OK;
}

/* --- receiving ---------------------------------------------------------------------------------------------- */

static size_t
on_header(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	struct str line = str_trim(str_n(p, size * n));
	const char *colon;
	struct http_header *h;

	t->header_bytes += size * n;
	if (t->header_bytes > MAX_HEADERS) {
		t->fail = HTTP_TOO_LARGE;
		return 0;
	}
	if (str_starts(line, STR("HTTP/"))) { /* a new answer (100-continue, proxy CONNECT) */
		t->nheader = 0;
		return n * size;
	}
	colon = line.n > 0 ? memchr(line.p, ':', line.n) : NULL;
	if (colon == NULL)
		return n * size;
	t->header = xgrow(t->header, &t->cap_header, t->nheader + 1, sizeof *t->header);
	h = &t->header[t->nheader++];
	h->name = arena_str(&t->mem, str_trim(str_n(line.p, (size_t)(colon - line.p))));
	h->value = arena_str(&t->mem, str_trim(str_n(colon + 1, line.n - (size_t)(colon - line.p) - 1)));
	if (str_eq_nocase(h->name, STR("content-encoding"))) {
		if (memchr(h->value.p, ',', h->value.n) != NULL || t->encoded) {
			t->fail = HTTP_BOMB; /* one layer is honest, two are not */
			return 0;
		}
		t->encoded = true;
	}
	return n * size;
}

static size_t
on_body(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	size_t len = size * n, max = t->req.max_body;
	curl_off_t wire = 0;

	/* CURLOPT_MAXFILESIZE ignores chunked and compressed bodies, so what arrives decoded is counted here */
	if (len > max || t->body.n > max - len) {
		t->fail = HTTP_TOO_LARGE;
		return 0;
	}
	if (t->encoded && t->body.n + len > BOMB_FLOOR) {
		(void)curl_easy_getinfo(t->easy, CURLINFO_SIZE_DOWNLOAD_T, &wire);
		if ((size_t)wire < (t->body.n + len) / BOMB_RATIO) {
			t->fail = HTTP_BOMB;
			return 0;
		}
	}
	buf_add(&t->body, p, len);
	return len;
}

struct str
http_header(const struct http_res *res, const char *name)
{
	for (size_t i = 0; i < res->nheader; i++)
		if (str_eq_nocase(res->header[i].name, str_c(name)))
			return res->header[i].value;
	return (struct str){NULL, 0};
}

/* --- the pool ----------------------------------------------------------------------------------------------- */

static void
transfer_free(struct transfer *t)
{
	if (t == NULL)
		return;
	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->list);
	buf_free(&t->body);
	free(t->header);
	free(t->url);
	free(t->origin);
	free(t->authority);
	free(t->host_name);
	arena_free(&t->mem);
	free(t);
}

static void
list_free(struct transfer *t)
{
	while (t != NULL) {
		struct transfer *next = t->next;

		transfer_free(t);
		t = next;
	}
}

static void
find_proxy(struct http *h)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *ai = NULL, *p;
	CURLU *u = curl_url();
	char *host = NULL, *port = NULL;

	if (curl_url_set(u, CURLUPART_URL, h->conf.proxy, CURLU_DEFAULT_SCHEME | CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK) {
		if (curl_url_get(u, CURLUPART_PORT, &port, 0) != CURLUE_OK)
			port = NULL;
		if (getaddrinfo(host, port != NULL ? port : "1080", &hints, &ai) == 0)
			for (p = ai; p != NULL && h->nproxy < sizeof h->proxy_addr / sizeof *h->proxy_addr; p = p->ai_next)
				if (p->ai_addrlen <= sizeof *h->proxy_addr)
					memcpy(&h->proxy_addr[h->nproxy++], p->ai_addr, p->ai_addrlen);
	}
	if (ai != NULL)
		freeaddrinfo(ai);
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(u);
}

static const char *
copy(struct arena *a, const char *s)
{
	return s != NULL && *s != '\0' ? arena_strdup(a, s) : NULL;
}

struct http *
http_open(const struct http_conf *conf, struct err *e)
{
	struct http *h;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		(void)err_set(e, ERR_IO, "libcurl does not start");
		return NULL;
	}
	h = xcalloc(1, sizeof *h);
	h->multi = curl_multi_init();
	h->conf = *conf;
	h->conf.agent = copy(&h->mem, conf->agent);
	h->conf.proxy = copy(&h->mem, conf->proxy);
	h->conf.no_proxy = copy(&h->mem, conf->no_proxy);
	h->conf.ca_file = copy(&h->mem, conf->ca_file);
	if (h->conf.parallel <= 0)
		h->conf.parallel = DEF_PARALLEL;
	if (h->conf.proxy != NULL)
		find_proxy(h);
	return h;
}

void
http_close(struct http *h)
{
	if (h == NULL)
		return;
	for (struct transfer *t = h->running; t != NULL; t = t->next)
		(void)curl_multi_remove_handle(h->multi, t->easy);
	list_free(h->running);
	list_free(h->pending);
	list_free(h->done);
	transfer_free(h->last);
	(void)curl_multi_cleanup(h->multi);
	for (size_t i = 0; i < h->nhost; i++)
		free(h->hostv[i].name);
	free(h->hostv);
	arena_free(&h->mem);
	free(h);
	curl_global_cleanup();
}

static void
append(struct transfer **list, struct transfer *t)
{
	while (*list != NULL)
		list = &(*list)->next;
	t->next = NULL;
	*list = t;
}

static void
unlink_from(struct transfer **list, struct transfer *t)
{
	while (*list != NULL && *list != t)
		list = &(*list)->next;
	if (*list != NULL)
		*list = t->next;
	t->next = NULL;
}

static size_t
host_index(struct http *h, const char *name)
{
	for (size_t i = 0; i < h->nhost; i++)
		if (strcmp(h->hostv[i].name, name) == 0)
			return i;
	h->hostv = xgrow(h->hostv, &h->cap_host, h->nhost + 1, sizeof *h->hostv);
	h->hostv[h->nhost] = (struct host){.name = xstrdup(name)};
	return h->nhost++;
}

static int
fail(struct transfer *t, enum http_fail f, enum err_kind kind, const char *why)
{
	t->res.fail = f;
	return err_set(&t->res.err, kind, "%s", why);
}

/* Takes t->url apart: scheme allowed, host known, port sane. */
static int
set_hop(struct transfer *t)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL, *port = NULL;
	char text[300];
	int rc = -1;
	long n;

	if (curl_url_set(u, CURLUPART_URL, t->url, CURLU_URLENCODE) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_HOST, &host, 0) != CURLUE_OK ||
	    curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) != CURLUE_OK) {
		(void)fail(t, HTTP_BAD, ERR_CONFIG, "not a usable URL");
		goto done;
	}
	if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0) {
		(void)fail(t, HTTP_BAD, ERR_CONFIG, "only http and https URLs are fetched");
		goto done;
	}
	n = strtol(port, NULL, 10);
	for (char *p = host; *p != '\0'; p++)
		*p = to_lower(*p);
	(void)snprintf(text, sizeof text, "%.255s:%ld", host, n);
	free(t->authority);
	t->authority = xstrdup(text);
	if (t->origin == NULL)
		t->origin = xstrdup(text);
	/* a redirect to a low port that is not the web's is an attempt to speak to something else */
	if (n < 1024 && n != 80 && n != 443 && strcmp(t->authority, t->origin) != 0) {
		(void)fail(t, HTTP_BLOCKED, ERR_DATA, "redirected to a port that is not for the web");
		goto done;
	}
	free(t->host_name);
	t->host_name = xstrdup(host);
	t->host = host_index(t->pool, host);
	rc = 0;
done:
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(u);
	return rc;
}

static bool
header_ok(const char *line)
{
	const char *colon = strchr(line, ':');

	if (colon == NULL || colon == line)
		return false;
	for (; *line != '\0'; line++)
		if ((unsigned char)*line < 0x20 && *line != '\t')
			return false;
	return true;
}

void
http_add_later(struct http *h, const struct http_req *req, int delay_ms)
{
	struct transfer *t = xcalloc(1, sizeof *t);
	const char **line;

	t->pool = h;
	t->req = *req;
	t->res.tag = req->tag;
	t->res.retry_after_s = -1;
	t->not_before = delay_ms > 0 ? now_ms() + delay_ms : 0;
	t->url = xstrdup(req->url != NULL ? req->url : "");
	if (req->method == NULL)
		t->req.method = req->body.p != NULL ? "POST" : "GET";
	else
		t->req.method = arena_strdup(&t->mem, req->method);
	if (req->body.p != NULL)
		t->req.body = arena_str(&t->mem, req->body);
	if (t->req.timeout_ms <= 0)
		t->req.timeout_ms = DEF_TIMEOUT_MS;
	if (t->req.connect_ms <= 0)
		t->req.connect_ms = DEF_CONNECT_MS;
	if (t->req.max_body == 0)
		t->req.max_body = DEF_BODY;
	line = arena_alloc(&t->mem, (req->nheader + 1) * sizeof *line);
	for (size_t i = 0; i < req->nheader; i++) {
		if (!header_ok(req->header[i])) {
			(void)fail(t, HTTP_BAD, ERR_CONFIG, "a request header is malformed");
			append(&h->done, t);
			return;
		}
		line[i] = arena_strdup(&t->mem, req->header[i]);
	}
	t->req.header = line;
	if (set_hop(t) != 0) {
		append(&h->done, t);
		return;
	}
	append(&h->pending, t);
}

void
http_add(struct http *h, const struct http_req *req)
{
	http_add_later(h, req, 0);
}

/* A literal private address behind a proxy never reaches open_socket. */
static bool
literal_denied(const struct transfer *t)
{
	const char *s = t->host_name;
	char text[INET6_ADDRSTRLEN + 2];
	struct in_addr a4;
	size_t n = strlen(s);

	if (s[0] == '[' && n > 2 && n - 2 < sizeof text) {
		memcpy(text, s + 1, n - 2);
		text[n - 2] = '\0';
		return http_addr_denied(text);
	}
	return strcmp(s, "localhost") == 0 || (inet_pton(AF_INET, s, &a4) == 1 && http_addr_denied(s));
}

static bool
same_host_headers(const struct transfer *t)
{
	return strcmp(t->authority, t->origin) == 0;
}

static void
prepare(struct transfer *t)
{
	struct http *h = t->pool;
	CURL *c;
	int64_t left = t->req.timeout_ms - (now_ms() - t->started);

	if (t->easy == NULL)
		t->easy = curl_easy_init();
	else
		curl_easy_reset(t->easy);
	c = t->easy;
	curl_slist_free_all(t->list);
	t->list = NULL;
	/* whatever the caller added (keys, tokens, validators) is for the host it named and no other */
	if (same_host_headers(t))
		for (size_t i = 0; i < t->req.nheader; i++)
			t->list = curl_slist_append(t->list, t->req.header[i]);
	t->list = curl_slist_append(t->list, "Expect:");
	buf_reset(&t->body);
	t->nheader = t->header_bytes = 0;
	t->encoded = false;
	t->fail = HTTP_OK;
	t->errbuf[0] = t->denied[0] = '\0';
	curl_easy_setopt(c, CURLOPT_URL, t->url);
	curl_easy_setopt(c, CURLOPT_PRIVATE, t);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, t->list);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->errbuf);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, t);
	curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, before_request);
	curl_easy_setopt(c, CURLOPT_PREREQDATA, t);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)(left > 1 ? left : 1));
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)t->req.connect_ms);
	curl_easy_setopt(c, CURLOPT_PROXY, h->conf.proxy != NULL ? h->conf.proxy : "");
	curl_easy_setopt(c, CURLOPT_NOPROXY, h->conf.no_proxy != NULL ? h->conf.no_proxy : "");
	if (h->conf.agent != NULL)
		curl_easy_setopt(c, CURLOPT_USERAGENT, h->conf.agent);
	if (h->conf.ca_file != NULL)
		curl_easy_setopt(c, CURLOPT_CAINFO, h->conf.ca_file);
	if (strcmp(t->req.method, "GET") == 0 && t->req.body.p == NULL) {
		curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
	} else if (strcmp(t->req.method, "HEAD") == 0) {
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	} else {
		curl_easy_setopt(c, CURLOPT_POST, 1L);
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->req.body.n);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, t->req.body.p != NULL ? t->req.body.p : "");
		if (strcmp(t->req.method, "POST") != 0)
			curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, t->req.method);
	}
}

/* Puts every pending transfer to work whose host is free; returns ms until another could start, or -1. */
static int64_t
start_ready(struct http *h)
{
	int64_t now = now_ms(), wait = -1;
	struct transfer *t, *next;

	for (t = h->pending; t != NULL && h->nrunning < h->conf.parallel; t = next) {
		struct host *host = &h->hostv[t->host];
		int64_t at = host->free_at > t->not_before ? host->free_at : t->not_before;

		next = t->next;
		if (host->busy)
			continue;
		if (at > now) {
			if (wait < 0 || at - now < wait)
				wait = at - now;
			continue;
		}
		unlink_from(&h->pending, t);
		if (t->started == 0)
			t->started = now;
		if (h->conf.proxy != NULL && literal_denied(t) && !private_allowed(t)) {
			(void)fail(t, HTTP_BLOCKED, ERR_CONFIG, "the address is not public");
			append(&h->done, t);
			continue;
		}
		prepare(t);
		host->busy = t->hold = true;
		append(&h->running, t);
		h->nrunning++;
		(void)curl_multi_add_handle(h->multi, t->easy);
	}
	return wait;
}

static void
classify(struct transfer *t, CURLcode rc)
{
	const char *why = t->errbuf[0] != '\0' ? t->errbuf : curl_easy_strerror(rc);

	switch (t->fail) { /* our own verdict first */
	case HTTP_BLOCKED:
		t->res.fail = HTTP_BLOCKED;
		(void)err_set(&t->res.err, ERR_CONFIG, "address %s is not public and not allowed for this source",
		    t->denied);
		return;
	case HTTP_TOO_LARGE:
		t->res.fail = HTTP_TOO_LARGE;
		if (t->header_bytes > MAX_HEADERS)
			(void)err_set(&t->res.err, ERR_DATA, "the answer's headers exceed %d bytes", MAX_HEADERS);
		else
			(void)err_set(&t->res.err, ERR_DATA, "the answer exceeds %zu bytes", t->req.max_body);
		return;
	case HTTP_BOMB:
		(void)fail(t, HTTP_BOMB, ERR_DATA, "the answer is compressed beyond reason");
		return;
	default:
		break;
	}
	switch (rc) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		(void)fail(t, HTTP_RESOLVE, ERR_AGAIN, why);
		break;
	case CURLE_COULDNT_CONNECT:
		(void)fail(t, HTTP_CONNECT, ERR_AGAIN, why);
		break;
	case CURLE_OPERATION_TIMEDOUT:
		(void)fail(t, HTTP_TIMEOUT, ERR_AGAIN, "no complete answer in time");
		break;
	case CURLE_PARTIAL_FILE:
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		(void)fail(t, HTTP_TRUNCATED, ERR_AGAIN, why);
		break;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
		(void)fail(t, HTTP_TLS, ERR_AGAIN, why);
		break;
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		(void)fail(t, HTTP_BAD, ERR_CONFIG, why);
		break;
	default:
		(void)fail(t, HTTP_PROTOCOL, ERR_AGAIN, why);
		break;
	}
}

/* 1: another hop was queued; 0: the 3xx is the answer; -1: t->res says what is wrong. */
static int
follow(struct transfer *t, int status)
{
	char *to = NULL;

	if (t->req.max_redirect <= 0 || (status != 301 && status != 302 && status != 303 && status != 307 && status != 308))
		return 0;
	if (strcmp(t->req.method, "GET") != 0 && strcmp(t->req.method, "HEAD") != 0)
		return 0;
	(void)curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &to);
	if (to == NULL)
		return fail(t, HTTP_REDIRECTS, ERR_AGAIN, "redirected without a usable place to go");
	if (t->res.hops >= t->req.max_redirect)
		return fail(t, HTTP_REDIRECTS, ERR_AGAIN, "redirected too often");
	if (strcmp(to, t->url) == 0)
		return fail(t, HTTP_REDIRECTS, ERR_AGAIN, "redirected to itself");
	t->res.moved = (status == 301 || status == 308) && (t->res.hops == 0 || t->res.moved);
	t->res.hops++;
	to = xstrdup(to);
	free(t->url);
	t->url = to;
	return set_hop(t) == 0 ? 1 : -1;
}

static void
finish(struct http *h, struct transfer *t, CURLcode rc)
{
	long status = 0;
	curl_off_t v = 0;
	int gap = t->req.gap_ms > 0 ? t->req.gap_ms : h->conf.gap_ms;

	(void)curl_multi_remove_handle(h->multi, t->easy);
	unlink_from(&h->running, t);
	h->nrunning--;
	h->hostv[t->host].busy = t->hold = false;
	h->hostv[t->host].free_at = gap > 0 ? now_ms() + gap : 0;
	if (rc == CURLE_OK) {
		(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
		if (follow(t, (int)status) == 1) {
			t->next = h->pending; /* ahead of the queue: this one has waited already */
			h->pending = t;
			return;
		}
		t->res.status = (int)status;
	} else {
		classify(t, rc);
	}
	(void)curl_easy_getinfo(t->easy, CURLINFO_SIZE_DOWNLOAD_T, &v);
	t->res.size_wire = v;
	if (!str_eq(http_header(&(struct http_res){.header = t->header, .nheader = t->nheader}, "retry-after"), STR(""))) {
		v = 0;
		(void)curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &v);
		t->res.retry_after_s = v < 0 ? 0 : v > RETRY_MAX_S ? RETRY_MAX_S : v;
	}
	append(&h->done, t);
}

static int
run(struct http *h, int64_t until, const struct http_res **res, struct err *e)
{
	transfer_free(h->last);
	h->last = NULL;
	for (;;) {
		int64_t wait, left;
		int live, queued;
		CURLMsg *msg;
		CURLMcode mc;

		if (h->done != NULL) {
			struct transfer *t = h->done;

			h->done = t->next;
			t->next = NULL;
			t->res.url = t->url;
			t->res.body = buf_view(&t->body);
			t->res.header = t->header;
			t->res.nheader = t->nheader;
			t->res.took_ms = t->started != 0 ? now_ms() - t->started : 0;
			h->last = t;
			*res = &t->res;
			return 1;
		}
		wait = start_ready(h);
		if (h->done != NULL)
			continue;
		if (h->running == NULL && h->pending == NULL)
			return 0;
		mc = curl_multi_perform(h->multi, &live);
		if (mc != CURLM_OK)
			return err_set(e, ERR_IO, "network: %s", curl_multi_strerror(mc));
		while ((msg = curl_multi_info_read(h->multi, &queued)) != NULL) {
			struct transfer *t = NULL;
			CURLcode rc = msg->data.result;

			if (msg->msg != CURLMSG_DONE)
				continue;
			(void)curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&t);
			finish(h, t, rc);
		}
		if (h->done != NULL)
			continue;
		left = until < 0 ? 1000 : until - now_ms();
		if (left <= 0)
			return 2;
		if (wait < 0 || wait > left)
			wait = left;
		if (wait > 1000)
			wait = 1000;
		/* a redirect may have put a transfer back into the queue: then do not sleep */
		if (h->pending != NULL && h->nrunning == 0 && start_ready(h) < 0)
			continue;
		mc = curl_multi_poll(h->multi, NULL, 0, (int)wait, NULL);
		if (mc != CURLM_OK)
			return err_set(e, ERR_IO, "network: %s", curl_multi_strerror(mc));
	}
}

int
http_next(struct http *h, const struct http_res **res, struct err *e)
{
	return run(h, -1, res, e);
}

int
http_poll(struct http *h, int wait_ms, const struct http_res **res, struct err *e)
{
	return run(h, now_ms() + wait_ms, res, e);
}

int
http_once(struct http *h, const struct http_req *req, const struct http_res **res, struct err *e)
{
	http_add(h, req);
	return http_next(h, res, e) == 1 ? 0 : -1;
}

/* --- mail --------------------------------------------------------------------------------------------------- */

struct upload {
	struct buf text;
	size_t at;
};

static size_t
read_upload(char *p, size_t size, size_t n, void *arg)
{
	struct upload *u = arg;
	size_t k = size * n, left = u->text.n - u->at;

	if (k > left)
		k = left;
	memcpy(p, u->text.p + u->at, k);
	u->at += k;
	return k;
}

static size_t
drop(char *p, size_t size, size_t n, void *arg)
{
	(void)p, (void)arg;
	return size * n;
}

static bool
address_ok(const char *s)
{
	size_t n = 0;

	if (s == NULL)
		return false;
	for (; s[n] != '\0'; n++)
		if ((unsigned char)s[n] <= 0x20 || s[n] == 0x7f || strchr("<>,;\"", s[n]) != NULL)
			return false;
	return n > 0 && n <= 254 && strchr(s, '@') != NULL;
}

int
http_mail(const struct http_mail *m, int *code, bool *sent, struct err *e)
{
	struct curl_slist *to = NULL;
	struct upload up = {0};
	char errbuf[CURL_ERROR_SIZE] = "";
	char from[260];
	bool tls = strncasecmp(m->url, "smtps:", 6) == 0;
	CURL *c;
	CURLcode rc;
	long reply = 0;
	int ret = 0;

	*code = 0;
	*sent = false;
	if (!tls && strncasecmp(m->url, "smtp:", 5) != 0)
		return err_set(e, ERR_CONFIG, "mail server: an smtp: or smtps: URL is needed");
	if (!address_ok(m->from))
		return err_set(e, ERR_CONFIG, "mail: the sender's address is not usable");
	for (size_t i = 0; i < m->nto; i++)
		if (!address_ok(m->to[i]))
			return err_set(e, ERR_CONFIG, "mail: a recipient's address is not usable");
	if (m->nto == 0)
		return err_set(e, ERR_CONFIG, "mail: no recipient");
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || (c = curl_easy_init()) == NULL)
		return err_set(e, ERR_IO, "libcurl does not start");
	for (size_t i = 0; i < m->message.n; i++) {
		if (m->message.p[i] == '\n' && (i == 0 || m->message.p[i - 1] != '\r'))
			buf_putc(&up.text, '\r');
		buf_putc(&up.text, m->message.p[i]);
	}
	buf_reserve(&up.text, 0);
	for (size_t i = 0; i < m->nto; i++)
		to = curl_slist_append(to, m->to[i]);
	(void)snprintf(from, sizeof from, "<%s>", m->from);
	curl_easy_setopt(c, CURLOPT_URL, m->url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, errbuf);
	curl_easy_setopt(c, CURLOPT_USE_SSL, (long)(m->plain_ok ? CURLUSESSL_TRY : CURLUSESSL_ALL));
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)(m->timeout_ms > 0 ? m->timeout_ms : 30000));
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)DEF_CONNECT_MS);
	curl_easy_setopt(c, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(c, CURLOPT_READFUNCTION, read_upload);
	curl_easy_setopt(c, CURLOPT_READDATA, &up);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, drop);
	if (m->ca_file != NULL)
		curl_easy_setopt(c, CURLOPT_CAINFO, m->ca_file);
	if (m->user != NULL) {
		curl_easy_setopt(c, CURLOPT_USERNAME, m->user);
		curl_easy_setopt(c, CURLOPT_PASSWORD, m->password != NULL ? m->password : "");
	}
	rc = curl_easy_perform(c);
	(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &reply);
	*code = (int)reply;
	if (rc != CURLE_OK) {
		const char *why = errbuf[0] != '\0' ? errbuf : curl_easy_strerror(rc);

		/* all text handed over and no final reply: nobody knows whether it was taken */
		*sent = up.at == up.text.n && up.text.n > 0 && reply < 400;
		if (reply >= 500 || rc == CURLE_LOGIN_DENIED)
			ret = err_set(e, rc == CURLE_LOGIN_DENIED ? ERR_CONFIG : ERR_DATA, "mail server refused with %ld: %s",
			    reply, why);
		else if (rc == CURLE_USE_SSL_FAILED)
			ret = err_set(e, ERR_CONFIG, "mail server does not offer TLS");
		else
			ret = err_set(e, ERR_AGAIN, "mail server: %s", why);
	}
	curl_easy_cleanup(c);
	curl_slist_free_all(to);
	buf_free(&up.text);
	curl_global_cleanup();
	return ret;
}
