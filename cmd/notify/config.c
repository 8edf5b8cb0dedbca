/* channels.yaml: receivers, routes, secrets. tocsin-channels(5) describes it. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/path.h"
#include "model/date.h"
#include "notify.h"

/* --- secrets ------------------------------------------------------------------------------------------------------- */

/* Where a reference starts in s: at its beginning or behind a space. -1: there is none. */
static ptrdiff_t
find_ref(struct str s)
{
	static const char *const kinds[] = {"env:", "file:"};

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < s.n; i++)
			if ((i == 0 || s.p[i - 1] == ' ') && str_starts(str_sub(s, i, s.n), str_c(kinds[k])))
				return (ptrdiff_t)i;
	return -1;
}

static int
take_secret(const struct ynode *at, struct secret *s, struct err *e)
{
	ptrdiff_t ref = at->type == Y_SCALAR ? find_ref(at->s) : -1;

	/* The value is not quoted: it may be the secret itself. */
	if (ref < 0)
		return yaml_err(at, e, "a secret is not written here: say env:NAME or file:PATH");
	*s = (struct secret){.prefix = str_sub(at->s, 0, (size_t)ref), .ref = str_sub(at->s, (size_t)ref, at->s.n), .at = at};
	return 0;
}

int
conf_secret(const struct ynode *map, const char *key, struct secret *s, struct err *e)
{
	const struct ynode *at = ynode_get(map, key);

	if (at == NULL)
		return 0;
	return take_secret(at, s, e) != 0 ? -1 : 1;
}

static int
fetch_secret(struct conf *c, struct secret *s, struct err *e)
{
	if (s->at == NULL || s->value.p != NULL)
		return 0;
	if (str_starts(s->ref, STR("file:"))) {
		if (file_read_secret(arena_cstr(&c->mem, str_sub(s->ref, 5, s->ref.n)), &c->mem, &s->value, e) != 0) {
			e->kind = ERR_CONFIG;
			return err_prefix(e, "%s:%d", s->at->file, s->at->line);
		}
	} else {
		const char *name = arena_cstr(&c->mem, str_sub(s->ref, 4, s->ref.n)), *v = getenv(name);

		if (v == NULL || *v == '\0')
			return yaml_err(s->at, e, "the environment variable %s is not set", name);
		s->value = str_c(v);
	}
	if (s->value.n == 0)
		return yaml_err(s->at, e, "%.*s is empty", STRF(s->ref));
	for (size_t i = 0; i < s->value.n; i++)
		if ((unsigned char)s->value.p[i] < 0x20)
			return yaml_err(s->at, e, "%.*s holds a control character", STRF(s->ref));
	return 0;
}

static int
url_ok(const struct ynode *at, struct str url, bool private_ok, struct err *e)
{
	struct str host;

	if (!str_starts(url, STR("https://")) && !str_starts(url, STR("http://")))
		return yaml_err(at, e, "an https: URL is needed");
	if (str_starts(url, STR("http://")) && !private_ok)
		return yaml_err(at, e, "http: goes over the wire in clear; it is allowed with 'private: true' only");
	host = str_sub(url, str_starts(url, STR("https:")) ? 8 : 7, url.n);
	for (size_t i = 0; i < host.n && host.p[i] != '/' && host.p[i] != '?'; i++)
		if (host.p[i] == '@')
			return yaml_err(at, e, "a name or password has no place in a URL");
	for (size_t i = 0; i < url.n; i++)
		if ((unsigned char)url.p[i] <= 0x20 || url.p[i] == 0x7f)
			return yaml_err(at, e, "a URL without spaces and control characters is needed");
	return 0;
}

int
config_secrets(struct conf *c, struct channel *ch, struct err *e)
{
	struct secret *one[] = {&ch->whole, &ch->key, &ch->hub, &ch->password};

	for (size_t i = 0; i < sizeof one / sizeof one[0]; i++)
		if (fetch_secret(c, one[i], e) != 0)
			return -1;
	for (size_t i = 0; i < ch->nsign; i++)
		if (fetch_secret(c, &ch->sign[i], e) != 0)
			return -1;
	for (size_t i = 0; i < ch->nheader; i++)
		if (fetch_secret(c, &ch->header[i].secret, e) != 0)
			return -1;
	if (ch->whole.at != NULL && url_ok(ch->whole.at, ch->whole.value, ch->private_ok, e) != 0)
		return -1;
	return 0;
}

static void
mask_one(struct arena *a, struct str *text, struct str value)
{
	ptrdiff_t at;

	while (value.n >= 4 && (at = str_find(*text, value)) >= 0)
		*text = arena_printf(a, "%.*s***%.*s", (int)at, text->p, STRF(str_sub(*text, (size_t)at + value.n, text->n)));
}

struct str
config_mask(const struct channel *ch, struct arena *a, struct str text)
{
	const struct secret *one[] = {&ch->whole, &ch->key, &ch->hub, &ch->password};

	for (size_t i = 0; i < sizeof one / sizeof one[0]; i++)
		mask_one(a, &text, one[i]->value);
	for (size_t i = 0; i < ch->nsign; i++)
		mask_one(a, &text, ch->sign[i].value);
	for (size_t i = 0; i < ch->nheader; i++)
		mask_one(a, &text, ch->header[i].secret.value);
	return text;
}

/* --- channels ------------------------------------------------------------------------------------------------------ */

int
conf_url(const struct ynode *map, struct channel *ch, const char *fallback, struct err *e)
{
	static const char *const secret_names[] = {"key=", "token=", "access_token=", "sig=", "sign=", "secret=", NULL};
	const struct ynode *at = ynode_get(map, "url");
	ptrdiff_t query;

	if (at == NULL && fallback == NULL)
		return yaml_err(map, e, "key 'url': missing");
	if (at == NULL) {
		ch->url = str_c(fallback);
		return 0;
	}
	if (at->type == Y_SCALAR && (str_starts(at->s, STR("env:")) || str_starts(at->s, STR("file:"))))
		return take_secret(at, &ch->whole, e);
	if (at->type != Y_SCALAR || at->s.n == 0)
		return yaml_err(at, e, "key 'url': expected a URL, env:NAME or file:PATH");
	if ((query = str_find(at->s, STR("?"))) >= 0)
		for (size_t i = 0; secret_names[i] != NULL; i++)
			if (str_find(str_sub(at->s, (size_t)query, at->s.n), str_c(secret_names[i])) > 0)
				return yaml_err(at, e, "key 'url': its query holds a secret; put the whole URL into env:NAME or file:PATH");
	ch->url = at->s;
	return url_ok(at, at->s, ch->private_ok, e);
}

static int
load_rate(const struct ynode *map, struct rate *r, struct err *e)
{
	struct str s = {0}, n;
	int got = yaml_str(map, "rate", &s, e);

	if (got <= 0)
		return got;
	if (str_is(s, "none")) {
		*r = (struct rate){0};
		return 0;
	}
	if (!str_split(&s, '/', &n) || s.p == NULL || !str_i64(n, &r->n) || r->n < 1 || r->n > RATE_MAX ||
	    !clock_duration(s, &r->per_s) || r->per_s < 1)
		return yaml_err(ynode_get(map, "rate"), e, "key 'rate': expected messages per time, such as 20/1m (at most %d), or none",
		    RATE_MAX);
	return 0;
}

static int
load_retry(const struct ynode *map, struct retry *r, struct err *e)
{
	static const char *const allowed[] = {"max", "first", "most", NULL};
	struct ynode *n = NULL;

	*r = (struct retry){30, 3600, 12};
	if (yaml_map(map, "retry", &n, e) < 0)
		return -1;
	if (n == NULL)
		return 0;
	if (yaml_only(n, allowed, e) != 0 || yaml_i64(n, "max", 1, 100, &r->max, e) < 0 ||
	    yaml_duration(n, "first", &r->first_s, e) < 0 || yaml_duration(n, "most", &r->most_s, e) < 0)
		return -1;
	if (r->first_s < 1 || r->most_s < r->first_s)
		return yaml_err(n, e, "key 'retry': 'first' is at least 1s and 'most' not below it");
	return 0;
}

static bool
mention_ok(struct str s)
{
	if (s.n == 0 || s.n > 64)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && memchr("_.-@+", s.p[i], 5) == NULL)
			return false;
	return true;
}

static int
load_mentions(struct conf *c, const struct ynode *map, struct channel *ch, struct err *e)
{
	static const char *const allowed[] = {"blue", "yellow", "orange", "red", NULL};
	struct ynode *n = NULL;

	if (yaml_map(map, "mention", &n, e) < 0 || (n != NULL && yaml_only(n, allowed, e) != 0))
		return -1;
	for (size_t l = 0; n != NULL && allowed[l] != NULL; l++) {
		if (yaml_strs(n, allowed[l], &c->mem, &ch->mention[l + 1], &ch->nmention[l + 1], e) < 0)
			return -1;
		for (size_t i = 0; i < ch->nmention[l + 1]; i++)
			if (!mention_ok(ch->mention[l + 1][i]))
				return yaml_err(ynode_get(n, allowed[l]), e, "key '%s': expected ids of people, or all", allowed[l]);
	}
	return 0;
}

static bool
name_ok(struct str s)
{
	if (s.n == 0 || s.n > 64)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && memchr("_.-", s.p[i], 3) == NULL)
			return false;
	return true;
}

static int
load_lang(const struct ynode *map, bool *zh, struct err *e)
{
	static const char *const words[] = {"zh", "en", NULL};
	int w = *zh ? 0 : 1;

	if (yaml_word(map, "lang", words, &w, e) < 0)
		return -1;
	*zh = w == 0;
	return 0;
}

static int
load_channel(struct conf *c, const struct ynode *n, bool zh, struct channel *ch, struct err *e)
{
	static const char *const common[] = {"name", "type", "lang", "rate", "retry", "timeout", "private", "resend_unknown",
	    "mention", NULL};
	const char *allowed[40];
	struct str type = {0};
	size_t k = 0;

	*ch = (struct channel){.zh = zh, .at = n, .timeout_s = 15};
	if (yaml_want_map(n, "a channel", e) != 0)
		return -1;
	if (yaml_str(n, "name", &ch->name, e) <= 0)
		return yaml_err(n, e, "a channel needs a name");
	if (!name_ok(ch->name))
		return yaml_err(n, e, "key 'name': letters, digits, '.', '_' and '-' only, at most 64");
	if (yaml_str(n, "type", &type, e) <= 0)
		return yaml_err(n, e, "channel '%.*s' needs a type", STRF(ch->name));
	if ((ch->p = provider_find(type)) == NULL) {
		struct buf list = {0};

		for (size_t i = 0; providers[i] != NULL; i++)
			buf_printf(&list, "%s%s", i > 0 ? ", " : "", providers[i]->type);
		(void)yaml_err(ynode_get(n, "type"), e, "key 'type': expected one of %s", list.p);
		buf_free(&list);
		return -1;
	}
	for (; common[k] != NULL; k++)
		allowed[k] = common[k];
	for (size_t i = 0; ch->p->keys != NULL && ch->p->keys[i] != NULL; i++)
		allowed[k++] = ch->p->keys[i];
	allowed[k] = NULL;
	ch->rate = ch->p->rate;
	ch->resend_unknown = ch->p->resend_unknown;
	if (yaml_only(n, allowed, e) != 0 || load_lang(n, &ch->zh, e) != 0 || load_rate(n, &ch->rate, e) < 0 ||
	    load_retry(n, &ch->retry, e) != 0 || yaml_bool(n, "private", &ch->private_ok, e) < 0 ||
	    yaml_bool(n, "resend_unknown", &ch->resend_unknown, e) < 0 || yaml_duration(n, "timeout", &ch->timeout_s, e) < 0 ||
	    load_mentions(c, n, ch, e) != 0)
		return -1;
	if (ch->timeout_s < 1 || ch->timeout_s > 120)
		return yaml_err(ynode_get(n, "timeout"), e, "key 'timeout': expected 1s to 120s");
	return ch->p->check != NULL ? ch->p->check(c, ch, n, e) : 0;
}

struct channel *
config_channel(const struct conf *c, struct str name)
{
	for (size_t i = 0; i < c->nchannel; i++)
		if (str_eq(c->channel[i].name, name))
			return &c->channel[i];
	return NULL;
}

/* --- routes -------------------------------------------------------------------------------------------------------- */

static int
load_words(const struct ynode *map, const char *key, const char *const words[], unsigned *bits, struct arena *a, struct err *e)
{
	struct str *v = NULL;
	size_t n = 0, w;

	if (yaml_strs(map, key, a, &v, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		for (w = 0; words[w] != NULL && !str_is(v[i], words[w]); w++)
			;
		if (words[w] == NULL)
			return yaml_err(ynode_get(map, key), e, "key '%s': unknown word '%.*s'", key, STRF(str_sub(v[i], 0, 40)));
		*bits |= 1u << w;
	}
	return 0;
}

/* "levels: [orange, red]" or "level: orange" for that and above. */
static int
load_levels(const struct ynode *n, struct route *r, struct arena *a, struct err *e)
{
	static const char *const words[] = {"none", "blue", "yellow", "orange", "red", NULL};
	int least = -1;

	if (load_words(n, "levels", words, &r->levels, a, e) != 0 || yaml_word(n, "level", words, &least, e) < 0)
		return -1;
	if (least >= 0 && r->levels != 0)
		return yaml_err(n, e, "'level' (at least) and 'levels' (exactly) exclude one another");
	for (int l = least; least >= 0 && l < LEVELS_N; l++)
		r->levels |= 1u << l;
	return 0;
}

static bool
minute_of_day(struct str s, int *out)
{
	int64_t h, m;

	if (s.n != 5 || s.p[2] != ':' || !str_i64(str_sub(s, 0, 2), &h) || !str_i64(str_sub(s, 3, 2), &m) || h > 24 || m > 59 ||
	    h * 60 + m > 1440)
		return false;
	*out = (int)(h * 60 + m);
	return true;
}

static int
load_quiet(const struct ynode *map, struct quiet *q, struct err *e)
{
	static const char *const allowed[] = {"from", "to", NULL};
	struct ynode *n = NULL;
	struct str from = {0}, to = {0};
	bool on = true;

	if (ynode_get(map, "quiet") != NULL && ynode_bool(ynode_get(map, "quiet"), &on)) {
		if (on)
			return yaml_err(ynode_get(map, "quiet"), e, "key 'quiet': expected {from: \"22:00\", to: \"07:30\"}, or false");
		q->on = false;
		return 0;
	}
	if (yaml_map(map, "quiet", &n, e) < 0)
		return -1;
	if (n == NULL)
		return 0;
	if (yaml_only(n, allowed, e) != 0 || yaml_str(n, "from", &from, e) < 0 || yaml_str(n, "to", &to, e) < 0)
		return -1;
	if (!minute_of_day(from, &q->from_min) || !minute_of_day(to, &q->to_min))
		return yaml_err(n, e, "key 'quiet': expected {from: \"22:00\", to: \"07:30\"}");
	q->on = true;
	return 0;
}

/* Every name must be a channel. */
static int
load_to(struct conf *c, const struct ynode *map, struct str **to, size_t *nto, struct err *e)
{
	int got = yaml_strs(map, "to", &c->mem, to, nto, e);

	if (got < 0)
		return -1;
	if (*nto == 0)
		return yaml_err(map, e, "key 'to': which channels?");
	for (size_t i = 0; i < *nto; i++)
		if (config_channel(c, (*to)[i]) == NULL)
			return yaml_err(ynode_get(map, "to"), e, "key 'to': there is no channel '%.*s'", STRF(str_sub((*to)[i], 0, 64)));
	return 0;
}

static int
load_ladder(struct conf *c, const struct ynode *map, struct route *r, struct err *e)
{
	static const char *const allowed[] = {"after", "to", NULL};
	struct ynode *list = NULL;
	int64_t last = 0;

	if (yaml_seq(map, "escalate", &list, e) < 0)
		return -1;
	if (list == NULL)
		return 0;
	r->step = arena_zalloc(&c->mem, (list->n + 1) * sizeof *r->step);
	for (size_t i = 0; i < list->n; i++) {
		struct route_step *s = &r->step[r->nstep++];
		const struct ynode *n = list->item[i];

		if (yaml_want_map(n, "a step", e) != 0 || yaml_only(n, allowed, e) != 0)
			return -1;
		if (yaml_duration(n, "after", &s->after_s, e) <= 0)
			return yaml_err(n, e, "key 'after': expected a time such as 15m");
		if (s->after_s <= last)
			return yaml_err(n, e, "key 'after': a step comes later than the one before");
		last = s->after_s;
		if (load_to(c, n, &s->to, &s->nto, e) != 0)
			return -1;
	}
	return 0;
}

static int
load_route(struct conf *c, const struct ynode *n, const struct quiet *quiet, struct route *r, struct str *when, struct err *e)
{
	static const char *const allowed[] = {"name", "kinds", "level", "levels", "subjects", "types", "changes", "when", "to",
	    "continue", "quiet", "group", "wait", "escalate", NULL};
	static const char *const groups[] = {"subject", "type", "level", "kind", "all", NULL};
	char line[32];

	*r = (struct route){.when = -1, .quiet = *quiet};
	(void)snprintf(line, sizeof line, "line-%d", n->line);
	r->name = arena_str(&c->mem, str_c(line));
	if (yaml_want_map(n, "a route", e) != 0 || yaml_only(n, allowed, e) != 0 || yaml_str(n, "name", &r->name, e) < 0 ||
	    load_words(n, "kinds", msg_kind_name, &r->kinds, &c->mem, e) != 0 || load_levels(n, r, &c->mem, e) != 0 ||
	    yaml_strs(n, "subjects", &c->mem, &r->subject, &r->nsubject, e) < 0 ||
	    yaml_strs(n, "types", &c->mem, &r->type, &r->ntype, e) < 0 ||
	    yaml_strs(n, "changes", &c->mem, &r->change, &r->nchange, e) < 0 || yaml_str(n, "when", when, e) < 0 ||
	    yaml_bool(n, "continue", &r->go_on, e) < 0 || load_quiet(n, &r->quiet, e) != 0 ||
	    load_words(n, "group", groups, &r->group, &c->mem, e) != 0 || yaml_duration(n, "wait", &r->wait_s, e) < 0 ||
	    load_to(c, n, &r->to, &r->nto, e) != 0 || load_ladder(c, n, r, e) != 0)
		return -1;
	if (r->wait_s > 0 && r->group == 0)
		return yaml_err(n, e, "'wait' is for messages that are gathered: say 'group' too");
	return 0;
}

static int
load_routes(struct conf *c, const struct ynode *root, struct err *e)
{
	struct ynode *list = NULL;
	struct quiet quiet = {0};
	struct filter_src *src;
	struct filter_opts fo = {.has_now = cli.now_fixed, .now = cli_now()};

	if (load_quiet(root, &quiet, e) != 0 || yaml_seq(root, "routes", &list, e) < 0)
		return -1;
	if (list == NULL || list->n == 0)
		return yaml_err(root, e, "key 'routes': nobody would be told anything");
	c->route = arena_zalloc(&c->mem, list->n * sizeof *c->route);
	src = arena_zalloc(&c->mem, list->n * sizeof *src);
	for (size_t i = 0; i < list->n; i++) {
		struct str when = {0};

		if (load_route(c, list->item[i], &quiet, &c->route[i], &when, e) != 0)
			return -1;
		for (size_t k = 0; k < i; k++)
			if (str_eq(c->route[k].name, c->route[i].name))
				return yaml_err(list->item[i], e, "there are two routes '%.*s'", STRF(c->route[i].name));
		c->nroute++;
		if (when.n == 0)
			continue;
		c->route[i].when = (int)c->nwhen;
		src[c->nwhen].program = arena_cstr(&c->mem, when);
		src[c->nwhen++].name = arena_printf(&c->mem, "%s:%d: when", list->item[i]->file, ynode_get(list->item[i], "when")->line).p;
	}
	return c->nwhen > 0 ? filter_compile_many(src, c->nwhen, &fo, &c->when, e) : 0;
}

/* --- names --------------------------------------------------------------------------------------------------------- */

static void
add_name(struct conf *c, const char *what, struct str id, const char *lang, struct str name)
{
	struct str *keep;

	if (id.n == 0 || name.n == 0)
		return;
	keep = arena_alloc(&c->mem, sizeof *keep);
	*keep = name;
	*map_put(&c->names.map, arena_printf(&c->mem, "%s/%.*s%s%s", what, STRF(id), lang[0] != '\0' ? "/" : "", lang), NULL) =
	    (uintptr_t)keep;
}

/* Names make messages readable; where a file is absent or wrong the ids stand, and its own program says what is wrong. */
static void
load_names(struct conf *c, const char *file, const char *list, const char *what, const char *text)
{
	const char *path = path_config(NULL, file, NULL);
	struct ynode *root, *n;

	if (path == NULL || yaml_load(path, &c->mem, &root, NULL) != 0)
		return;
	n = ynode_get(root, list);
	for (size_t i = 0; n != NULL && i < n->n; i++) {
		const struct ynode *t = ynode_get(n->item[i], text);
		struct str id = {0};

		(void)yaml_str(n->item[i], "id", &id, NULL);
		if (id.n == 0 && n->type == Y_MAP)
			id = n->key[i].s;
		if (t != NULL && t->type == Y_SCALAR)
			add_name(c, what, id, "", t->s);
		for (size_t k = 0; t != NULL && t->type == Y_MAP && k < t->n; k++)
			if (t->item[k]->type == Y_SCALAR)
				add_name(c, what, id, t->key[k].s.p, t->item[k]->s);
	}
}

void
config_type_names(struct conf *c)
{
	const char *path = path_config(NULL, "taxonomy.yaml", NULL);
	struct ynode *root, *groups;

	c->types_known = true;
	if (path == NULL || yaml_load(path, &c->mem, &root, NULL) != 0)
		return;
	groups = ynode_get(root, "types");
	for (size_t g = 0; groups != NULL && g < groups->n; g++) {
		const struct ynode *types = ynode_get(groups->item[g], "types");

		for (size_t i = 0; types != NULL && types->type == Y_MAP && i < types->n; i++) {
			const struct ynode *label = ynode_get(types->item[i], "label");

			for (size_t k = 0; label != NULL && label->type == Y_MAP && k < label->n; k++)
				add_name(c, "type", types->key[i].s, label->key[k].s.p, label->item[k]->s);
		}
	}
}

int
config_load(struct conf *c, const char *explicit_path, struct err *e)
{
	static const char *const allowed[] = {"zone", "lang", "match", "quiet", "proxy", "ca_file", "channels", "routes", NULL};
	static const char *const match[] = {"first", "all", NULL};
	struct ynode *root, *list = NULL;
	struct str zone = {0}, proxy = {0}, ca = {0};
	int w = 0, zone_s = 8 * 3600;
	bool zh = true;

	c->path = path_config(explicit_path, "channels.yaml", e);
	if (c->path == NULL || yaml_load(c->path, &c->mem, &root, e) != 0 || yaml_want_map(root, "channels.yaml", e) != 0 ||
	    yaml_only(root, allowed, e) != 0 || yaml_str(root, "zone", &zone, e) < 0 || load_lang(root, &zh, e) != 0 ||
	    yaml_word(root, "match", match, &w, e) < 0 || yaml_str(root, "proxy", &proxy, e) < 0 ||
	    yaml_str(root, "ca_file", &ca, e) < 0 || yaml_seq(root, "channels", &list, e) < 0)
		return -1;
	if (zone.n > 0 && ((!is_alpha(zone.p[0]) && (zone.n != 6 || zone.p[3] != ':')) || !date_zone(zone, &zone_s)))
		return yaml_err(ynode_get(root, "zone"), e, "key 'zone': expected an offset such as \"+08:00\"");
	c->zone_s = zone_s;
	c->first = w == 0;
	c->proxy = proxy.n > 0 ? proxy.p : NULL;
	c->ca_file = ca.n > 0 ? ca.p : NULL;
	if (list == NULL || list->n == 0)
		return yaml_err(root, e, "key 'channels': there is none");
	c->channel = arena_zalloc(&c->mem, list->n * sizeof *c->channel);
	for (size_t i = 0; i < list->n; i++) {
		if (load_channel(c, list->item[i], zh, &c->channel[i], e) != 0)
			return -1;
		if (config_channel(c, c->channel[i].name) != NULL)
			return yaml_err(list->item[i], e, "there are two channels '%.*s'", STRF(c->channel[i].name));
		c->nchannel++;
	}
	if (load_routes(c, root, e) != 0)
		return -1;
	load_names(c, "watch.yaml", "subjects", "subject", "name");
	load_names(c, "roles.yaml", "roles", "role", "title");
	return 0;
}
