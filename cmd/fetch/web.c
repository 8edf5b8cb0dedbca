/* Sources with an address: who is asked when, how often, and what becomes of the answer. */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "cli/msg.h"
#include "cli/opt.h"
#include "ext/crypto.h"
#include "model/robots.h"
#include "model/url.h"

#include "fetch.h"

enum {
	HOPS = 10,
	MINUTE = 60, HOUR = 3600, DAY = 86400,
	EVERY = 10 * MINUTE,      /* between two requests, when neither source nor configuration says otherwise */
	ROBOTS_FRESH = DAY,
	ROBOTS_STALE = 30 * DAY,  /* an old copy serves this long while the site cannot be reached */
	ROBOTS_AGAIN = HOUR       /* after which an unreachable one is asked for again */
};

struct job;

/* scheme://host:port */
struct site {
	struct str name;
	struct store_host host;
	enum { UNKNOWN, ASKING, READY, CLOSED } state;
	struct robots rules;
	struct job *parked;      /* wait for robots.txt */
	int64_t blocked_until;   /* Retry-After */
	const char *why;         /* CLOSED: what happened */
};

struct job {
	struct job *next;
	const struct source *src;
	struct str url;          /* of this request */
	struct str first;        /* as configured */
	struct str origin;       /* site of first */
	struct str key;
	struct store_fetch st;
	struct site *site;
	struct site *robots_of;  /* this request is for its robots.txt */
	int hops;
	int depth;               /* of sitemap indexes above it */
	bool later;              /* not the source's own address but a page found through it */
	int64_t *asked;          /* pages of this address asked for so far */
};

struct web {
	struct fetch *f;
	struct http *http;
	struct map sites;        /* name -> struct site * */
	struct map pages;        /* state key or source, and the address of a page already asked for */
	struct arena *a;         /* until exit */
};

static struct site *
site_of(struct web *w, struct str url)
{
	struct str name = url_site(w->a, url);
	bool added;
	uintptr_t *v = map_put(&w->sites, name, &added);
	struct site *s;
	struct err e;

	if (!added)
		return (struct site *)*v; /* NOLINT: a pointer kept as an integer */
	s = arena_zalloc(w->a, sizeof *s);
	*v = (uintptr_t)s;
	s->name = name;
	s->host.host = name;
	if (w->f->store != NULL && store_host_get(w->f->store, name, w->a, &s->host, &e) < 0)
		msg_err(&e);
	s->blocked_until = s->host.retry_after;
	return s;
}

static void
save_site(struct web *w, struct site *s)
{
	struct err e;

	s->host.last_request = w->f->now;
	s->host.retry_after = s->blocked_until;
	if (w->f->store != NULL && store_host_put(w->f->store, &s->host, &e) != 0) {
		msg_err(&e);
		run_fail(&w->f->run, msg_status(e.kind));
	}
}

static void
save_job(struct web *w, struct job *j)
{
	struct err e;

	if (w->f->store == NULL || j->key.n == 0)
		return;
	j->st.key = j->key;
	j->st.name = str_c(j->src->name);
	j->st.url = j->first;
	if (store_fetch_put(w->f->store, &j->st, &e) != 0) {
		msg_err(&e);
		run_fail(&w->f->run, msg_status(e.kind));
	}
}

static int64_t
interval(const struct source *s, int64_t asked)
{
	if (s->every_s > 0)
		return s->every_s;
	if (asked > HOUR)
		asked = HOUR;
	return asked > EVERY ? asked : EVERY;
}

/* A little less than the interval, so that a cron job of the same period does not skip every other turn. */
static int64_t
after(int64_t now, int64_t wait)
{
	return now + wait - (wait / 10 < MINUTE ? wait / 10 : MINUTE);
}

static void
report(struct web *w, const struct job *j, const struct err *e)
{
	msg_warn("%s: %.*s: %s", j->src->name, STRF(url_show(w->a, j->url)), e->msg);
	run_fail(&w->f->run, msg_status(e->kind == ERR_CONFIG ? ERR_AGAIN : e->kind));
}

static void
failed(struct web *w, struct job *j, const struct err *e, int64_t wait)
{
	int64_t back = interval(j->src, 0);

	report(w, j, e);
	for (int64_t i = 0; i < j->st.failures && back < DAY; i++)
		back *= 2;
	if (back > DAY)
		back = DAY;
	j->st.failures++;
	j->st.error = arena_str(w->a, utf8_cut_bytes(str_c(e->msg), 300));
	j->st.last_try = w->f->now;
	j->st.next_try = after(w->f->now, wait > back ? wait : back);
	save_job(w, j);
}

static void
succeeded(struct web *w, struct job *j, int64_t items, int64_t fresh, int64_t ttl)
{
	j->st.failures = 0;
	j->st.error = STR("");
	j->st.last_try = j->st.last_ok = w->f->now;
	if (fresh > 0)
		j->st.last_new = w->f->now;
	j->st.items += fresh;
	(void)items;
	j->st.next_try = after(w->f->now, interval(j->src, ttl));
	save_job(w, j);
}

static const char *
accept_line(const struct source *s)
{
	switch (s->format) {
	case FORMAT_HTML:
		return "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.1";
	case FORMAT_JSON:
		return "Accept: application/json,*/*;q=0.1";
	default:
		return "Accept: application/atom+xml,application/rss+xml,application/feed+json,application/xml;q=0.9,text/xml;q=0.9,"
		       "application/json;q=0.8,*/*;q=0.1";
	}
}

static void
request(struct web *w, struct job *j)
{
	const struct source *s = j->src;
	const char *header[68];
	size_t n = 0;
	bool home = str_eq(j->site->name, j->origin);
	int64_t gap = s->gap_s * 1000, delay = (int64_t)(j->site->rules.delay_s * 1000);
	struct http_req r = {.url = j->url.p, .tag = j, .timeout_ms = (int)s->timeout_s * 1000,
	    .max_body = (size_t)s->max_body};

	header[n++] = accept_line(s);
	if (home) /* keys and validators are for the host they were given for */
		for (size_t i = 0; i < s->nheader && n < 64; i++)
			header[n++] = s->header[i];
	if (!j->later && j->hops == 0 && j->st.etag.n > 0)
		header[n++] = arena_printf(w->a, "If-None-Match: %.*s", STRF(j->st.etag)).p;
	if (!j->later && j->hops == 0 && j->st.last_modified.n > 0)
		header[n++] = arena_printf(w->a, "If-Modified-Since: %.*s", STRF(j->st.last_modified)).p;
	r.header = header;
	r.nheader = n;
	/* whoever typed an address meant that host; where its answers lead is another matter */
	r.private_ok = s->private_ok ? HTTP_PRIVATE_ANY : s->operand && home ? HTTP_PRIVATE_ORIGIN : HTTP_PRIVATE_NO;
	if (delay > gap)
		gap = delay < 60000 ? delay : 60000;
	r.gap_ms = (int)(gap > 600000 ? 600000 : gap);
	http_add(w->http, &r);
}

static void
ask_robots(struct web *w, struct site *s, const struct job *j)
{
	struct job *r = arena_zalloc(w->a, sizeof *r);
	struct http_req q = {.tag = r, .timeout_ms = 10000, .max_body = ROBOTS_MAX, .max_redirect = 5};

	r->src = j->src;
	r->robots_of = s;
	r->url = arena_printf(w->a, "%.*s/robots.txt", STRF(s->name));
	q.url = r->url.p;
	q.private_ok = j->src->private_ok ? HTTP_PRIVATE_ANY : HTTP_PRIVATE_NO;
	s->state = ASKING;
	http_add(w->http, &q);
}

/* Decides from the text at hand whether a job may go; reports when not. */
static void
admit(struct web *w, struct job *j)
{
	struct site *s = j->site;
	struct err e;

	if (s->state == CLOSED) {
		(void)err_set(&e, ERR_AGAIN, "robots.txt of the site cannot be read (%s), so nothing is fetched from it",
		    s->why != NULL ? s->why : "asked a short time ago");
		failed(w, j, &e, 0);
	} else if (!robots_allowed(&s->rules, url_path(w->a, j->url))) {
		(void)err_set(&e, ERR_AGAIN, "robots.txt of the site forbids this address");
		failed(w, j, &e, HOUR);
	} else {
		request(w, j);
	}
}

static void
use_rules(struct web *w, struct site *s, struct str text)
{
	robots_parse(&s->rules, w->a, text, STR("tocsin"));
	s->state = READY;
}

/* Sends a job on its way: at once, after robots.txt, or not now. */
static void
start(struct web *w, struct job *j)
{
	struct site *s = j->site = site_of(w, j->url);
	struct err e;

	if (s->blocked_until > w->f->now) {
		char text[CLOCK_LEN];

		(void)err_set(&e, ERR_AGAIN, "the site asked to be left alone until %s", clock_format(s->blocked_until, text).p);
		j->st.last_try = j->st.last_try > 0 ? j->st.last_try : w->f->now;
		report(w, j, &e);
		return;
	}
	if (!j->src->robots) {
		request(w, j);
		return;
	}
	if (s->state == UNKNOWN && s->host.robots_until > w->f->now) {
		if (s->host.robots_status >= 500 || s->host.robots_status == 0)
			s->state = CLOSED;
		else
			use_rules(w, s, s->host.robots);
	}
	if (s->state == UNKNOWN)
		ask_robots(w, s, j);
	if (s->state == ASKING) {
		j->next = s->parked;
		s->parked = j;
		return;
	}
	admit(w, j);
}

static void
robots_done(struct web *w, struct site *s, const struct http_res *res)
{
	int64_t now = w->f->now;
	struct job *j, *next, *order = NULL;

	if (res->fail == HTTP_TOO_LARGE || (res->fail == HTTP_OK && res->status >= 200 && res->status < 300)) {
		struct buf text = {0};

		(void)utf8_repair(&text, res->body);
		s->host.robots = arena_str(w->a, buf_view(&text));
		buf_free(&text);
		s->host.robots_status = 200;
		s->host.robots_until = now + ROBOTS_FRESH;
		use_rules(w, s, s->host.robots);
	} else if (res->fail == HTTP_REDIRECTS ||
	    (res->fail == HTTP_OK && res->status >= 300 && res->status < 500 && res->status != 429)) {
		s->host.robots = STR(""); /* there is none: everything is allowed */
		s->host.robots_status = res->status > 0 ? res->status : 404;
		s->host.robots_until = now + ROBOTS_FRESH;
		use_rules(w, s, STR(""));
	} else if (s->host.robots_status == 200 && s->host.robots_until + ROBOTS_STALE > now) {
		use_rules(w, s, s->host.robots); /* the copy we have */
	} else {
		s->host.robots_status = res->fail == HTTP_OK ? 503 : 0;
		s->host.robots_until = now + ROBOTS_AGAIN;
		s->state = CLOSED;
		s->why = res->fail == HTTP_OK ? arena_printf(w->a, "answered %d", res->status).p :
		    arena_strdup(w->a, res->err.msg);
	}
	save_site(w, s);
	for (j = s->parked; j != NULL; j = next) { /* they were put in front of one another */
		next = j->next;
		j->next = order;
		order = j;
	}
	s->parked = NULL;
	for (j = order; j != NULL; j = next) {
		next = j->next;
		j->next = NULL;
		admit(w, j);
	}
}

static bool
web_port(struct arena *a, struct str url)
{
	struct str site = url_site(a, url);
	int64_t port = 0;
	size_t k = site.n;

	while (k > 0 && site.p[k - 1] != ':')
		k--;
	return str_i64(str_sub(site, k, site.n), &port) && (port == 80 || port == 443 || port >= 1024);
}

/* Follows a redirect: true when another request was made or the failure reported. */
static bool
redirected(struct web *w, struct job *j, const struct http_res *res)
{
	struct str to = http_header(res, "location"), url;
	struct err e;

	if (res->status != 301 && res->status != 302 && res->status != 303 && res->status != 307 && res->status != 308)
		return false;
	url = url_resolve(w->a, j->url, to);
	if (to.n == 0 || url.p == NULL)
		(void)err_set(&e, ERR_AGAIN, "redirected to something that is no web address");
	else if (++j->hops > HOPS || str_eq(url, j->url))
		(void)err_set(&e, ERR_AGAIN, "redirected too often");
	else if (!web_port(w->a, url) && !str_eq(url_site(w->a, url), j->origin))
		(void)err_set(&e, ERR_AGAIN, "redirected to a port that is not for the web");
	else {
		if ((res->status == 301 || res->status == 308) && j->hops == 1 && cli.verbose)
			msg_note("%s: moved for good to %.*s", j->src->name, STRF(url_show(w->a, url)));
		j->url = url;
		start(w, j);
		return true;
	}
	failed(w, j, &e, 0);
	return true;
}

/* Whether this page of this source is asked for for the first time; a page may lead back to itself. */
static bool
new_page(struct web *w, const struct job *j, struct str url)
{
	bool added;

	(void)map_put(&w->pages, arena_printf(w->a, "%s\n%.*s\n%.*s", j->src->name, STRF(j->first), STRF(url)), &added);
	return added;
}

static void
next_page(struct web *w, const struct job *j, struct str url)
{
	struct job *n;

	if (*j->asked >= j->src->pages || url.n == 0 || !new_page(w, j, url))
		return;
	(*j->asked)++;
	n = arena_zalloc(w->a, sizeof *n);
	*n = *j;
	n->next = NULL;
	n->url = arena_str(w->a, url);
	n->hops = 0;
	n->depth = j->depth + 1;
	n->later = true;
	start(w, n);
}

static void
answered(struct web *w, struct job *j, const struct http_res *res)
{
	char sha[SHA256_HEX];
	struct batch b;
	struct err e, later;
	struct str *follow = NULL, tag, modified, type = http_header(res, "content-type"), base;
	int64_t items, fresh, ttl;
	size_t nfollow;
	int rc;

	tag = http_header(res, "etag");
	modified = http_header(res, "last-modified");
	(void)sha256_hex(res->body, sha);
	if (!j->later && j->st.body_sha.n > 0 && str_is(j->st.body_sha, sha)) {
		j->st.etag = arena_str(w->a, tag);
		j->st.last_modified = arena_str(w->a, modified);
		succeeded(w, j, 0, 0, 0);
		return;
	}
	batch_open(&b, w->f, j->src, j->key, arena_printf(w->a, "%s: %.*s", j->src->name, STRF(url_show(w->a, j->url))).p);
	b.depth = j->depth;
	base = http_header(res, "content-location");
	base = base.n > 0 ? url_resolve(w->a, j->url, base) : base;
	rc = parse_document(&b, res->body, type, base.n > 0 ? base : j->url, &e);
	items = b.items;
	fresh = b.fresh;
	ttl = b.ttl_s;
	nfollow = rc == 0 ? b.nfollow : 0;
	if (nfollow > 0)
		follow = arena_alloc(w->a, nfollow * sizeof *follow);
	for (size_t i = 0; i < nfollow; i++)
		follow[i] = arena_str(w->a, b.follow[i]);
	if (rc == 0 && items == 0 && j->st.items > 0 && (j->src->format == FORMAT_HTML || j->src->format == FORMAT_JSON))
		rc = err_set(&e, ERR_DATA, "gave nothing where it used to give posts; the source may have changed");
	if (batch_close(&b, rc == 0 ? &e : &later) != 0)
		rc = -1;
	if (rc != 0) { /* no validators kept: the same bytes are to be tried again */
		failed(w, j, &e, 0);
		return;
	}
	if (!j->later) {
		j->st.etag = arena_str(w->a, tag);
		j->st.last_modified = arena_str(w->a, modified);
		j->st.body_sha = arena_str(w->a, str_c(sha));
	}
	succeeded(w, j, items, fresh, ttl);
	for (size_t i = 0; i < nfollow; i++)
		next_page(w, j, follow[i]);
}

static void
done(struct web *w, const struct http_res *res)
{
	struct job *j = res->tag;
	struct err e;
	int64_t wait = res->retry_after_s > 0 ? res->retry_after_s : 0;

	if (j->robots_of != NULL) {
		robots_done(w, j->robots_of, res);
		return;
	}
	j->st.status = res->status;
	if (res->fail != HTTP_OK) {
		failed(w, j, &res->err, 0);
		return;
	}
	if (redirected(w, j, res))
		return;
	if (res->status == 429 || (res->status == 503 && wait > 0)) {
		j->site->blocked_until = w->f->now + (wait > 0 ? wait : 10 * MINUTE);
		save_site(w, j->site);
	}
	if (res->status == 304) {
		struct str tag = http_header(res, "etag"), modified = http_header(res, "last-modified");

		if (tag.n > 0)
			j->st.etag = arena_str(w->a, tag);
		if (modified.n > 0)
			j->st.last_modified = arena_str(w->a, modified);
		succeeded(w, j, 0, 0, 0);
	} else if (res->status >= 200 && res->status < 300) {
		answered(w, j, res);
	} else if (res->status == 410) {
		(void)err_set(&e, ERR_AGAIN, "gone for good (410): take the source out");
		failed(w, j, &e, 7 * DAY);
	} else if (http_header(res, "cf-mitigated").n > 0) {
		(void)err_set(&e, ERR_AGAIN, "refused as a robot (%d)", res->status);
		failed(w, j, &e, HOUR);
	} else if (wait > 0) {
		(void)err_set(&e, ERR_AGAIN, "answered %d and asks to wait %lld s", res->status, (long long)wait);
		failed(w, j, &e, wait);
	} else {
		(void)err_set(&e, ERR_AGAIN, "answered %d", res->status);
		failed(w, j, &e, 0);
	}
}

/* The address of one source joins the queue when it is due. */
static int
enqueue(struct web *w, const struct source *s, const char *address, struct err *e)
{
	struct job *j = arena_zalloc(w->a, sizeof *j);

	j->src = s;
	j->first = j->url = url_clean(w->a, str_c(address));
	if (j->url.p == NULL)
		return err_set(e, ERR_USAGE, "'%s' is not a usable http or https address", address);
	j->origin = url_site(w->a, j->url);
	j->asked = arena_zalloc(w->a, sizeof *j->asked);
	*j->asked = 1;
	(void)new_page(w, j, j->url);
	if (w->f->store != NULL) {
		j->key = arena_printf(w->a, "%s %s", s->name, address);
		if (store_fetch_get(w->f->store, j->key, w->a, &j->st, e) < 0)
			return -1;
		if (!s->operand && !w->f->at_once && j->st.next_try > w->f->now)
			return 0;
	}
	start(w, j);
	return 0;
}

static const char *
env(const char *a, const char *b)
{
	const char *v = getenv(a);

	if (v == NULL || *v == '\0')
		v = getenv(b);
	return v != NULL && *v != '\0' ? v : NULL;
}

int
web_run(struct fetch *f, struct source *const *src, size_t n, struct err *e)
{
	struct web w = {.f = f, .a = &f->keep};
	struct http_conf conf = {.agent = f->config != NULL ? f->config->agent : "tocsin/" TOCSIN_VERSION,
	    .parallel = f->config != NULL ? (int)f->config->parallel : 0};
	const struct http_res *res;
	int rc = 0;

	conf.proxy = env("https_proxy", "HTTPS_PROXY");
	if (conf.proxy == NULL)
		conf.proxy = env("http_proxy", "ALL_PROXY");
	conf.no_proxy = env("no_proxy", "NO_PROXY");
	conf.ca_file = env("SSL_CERT_FILE", "CURL_CA_BUNDLE");
	w.http = http_open(&conf, e);
	if (w.http == NULL)
		return -1;
	for (size_t i = 0; i < n && rc == 0; i++)
		for (size_t k = 0; k < src[i]->nurl && rc == 0; k++)
			if (enqueue(&w, src[i], src[i]->url[k], e) != 0) {
				if (e->kind == ERR_USAGE) {
					msg_err(e);
					run_fail(&f->run, msg_status(e->kind));
				} else {
					rc = -1;
				}
			}
	while (rc == 0 && (rc = http_next(w.http, &res, e)) == 1) {
		done(&w, res);
		run_flush(&f->run); /* what one source gave does not wait for the next */
		rc = 0;
	}
	http_close(w.http);
	map_free(&w.sites);
	map_free(&w.pages);
	return rc;
}

/* --- status -------------------------------------------------------------------------------------------------------- */

struct status {
	struct fetch *f;
	bool json, trouble;
	struct buf *out;
};

static int
status_line(void *ctx, const struct store_fetch *x, struct err *e)
{
	struct status *s = ctx;
	struct buf *out = s->out;
	char age[24], next[24];
	int64_t now = s->f->now;
	/* a source is in trouble when it failed last time, or has been due for long without anybody asking */
	bool bad = x->failures > 0;

	(void)e;
	s->trouble = s->trouble || bad;
	if (s->json) {
		struct jw w = jw_open(out);

		jw_obj(&w);
		jw_kstr(&w, "source", x->name);
		jw_kstr(&w, "url", url_show(&s->f->keep, x->url));
		jw_kbool(&w, "ok", !bad);
		if (x->last_ok > 0)
			jw_ktime(&w, "last_ok", x->last_ok);
		if (x->last_new > 0)
			jw_ktime(&w, "last_new", x->last_new);
		if (x->next_try > 0)
			jw_ktime(&w, "next_try", x->next_try);
		jw_kint(&w, "failures", x->failures);
		jw_kint(&w, "status", x->status);
		jw_kint(&w, "items", x->items);
		jw_kstr_opt(&w, "error", x->error);
		jw_end(&w);
		buf_putc(out, '\n');
		return 0;
	}
	buf_printf(out, "%-20.*s %-8s %-8s %-8s %8lld  ", STRF(utf8_cut_cols(x->name, 20)), bad ? "FAILING" : "ok",
	    x->last_ok > 0 ? clock_short(now - x->last_ok, age).p : "never",
	    x->next_try > now ? clock_short(x->next_try - now, next).p : "due", (long long)x->items);
	buf_str(out, url_show(&s->f->keep, x->url));
	if (bad) {
		buf_printf(out, "  (%lld in a row: ", (long long)x->failures);
		utf8_clean(out, x->error);
		buf_putc(out, ')');
	}
	buf_putc(out, '\n');
	return 0;
}

int
web_status(struct fetch *f, bool json, struct err *e)
{
	struct status s = {.f = f, .json = json, .out = &f->run.out.buf};

	if (!json)
		buf_printf(s.out, "%-20s %-8s %-8s %-8s %8s  %s\n", "source", "state", "last ok", "next", "posts", "address");
	if (store_fetches(f->store, status_line, &s, e) != 0)
		return -1;
	if (s.trouble)
		run_fail(&f->run, EXIT_NO);
	return 0;
}
