/* sources.yaml, and the source an operand stands for. */
#include <stdlib.h>

#include "base/file.h"
#include "ext/html.h"
#include "model/date.h"
#include "model/url.h"

#include "fetch.h"

static const char *const formats[] = {"auto", "feed", "ndjson", "csv", "sitemap", "html", "json", NULL};
static const char *const forms[] = {"post", "repost", "comment", "article", "complaint", "survey", "letter", "video", NULL};
static const char *const page_fields[] = {"items", "title", "text", "url", "published", "author", "id", "next", NULL};

static void
defaults(struct source *s)
{
	*s = (struct source){.enabled = true, .timeout_s = 20, .max_body = 15 << 20, .pages = 1, .robots = true, .gap_s = 1};
}

void
source_operand(struct arena *a, const char *operand, struct source *s)
{
	const char **one = arena_alloc(a, 2 * sizeof *one), *slash;
	struct str name;

	defaults(s);
	s->operand = true;
	s->robots = false;
	s->gap_s = 0;
	one[0] = operand;
	one[1] = NULL;
	if (url_is_web(str_c(operand))) {
		s->url = one;
		s->nurl = 1;
		name = url_split(str_c(operand)).host;
		s->name = name.n > 0 ? arena_cstr(a, name) : "web";
		return;
	}
	s->path = one;
	s->npath = 1;
	slash = strrchr(operand, '/');
	name = str_c(slash != NULL && slash[1] != '\0' ? slash + 1 : operand);
	for (size_t i = name.n; i > 1; i--) /* export.2026.csv -> export.2026 */
		if (name.p[i - 1] == '.') {
			name.n = i - 1;
			break;
		}
	s->name = strcmp(operand, "-") == 0 ? "stdin" : arena_cstr(a, name);
}

/* "Bearer env:TOKEN", "file:/run/secrets/key", or plain text. */
static int
secret(const struct ynode *at, struct str v, struct arena *a, struct str *out, struct err *e)
{
	ptrdiff_t k = -1;
	struct str ref;
	const char *got;

	if (str_starts(v, STR("env:")) || str_starts(v, STR("file:")))
		k = 0;
	else if ((k = str_find(v, STR(" env:"))) >= 0 || (k = str_find(v, STR(" file:"))) >= 0)
		k++;
	if (k < 0) {
		*out = v;
		return 0;
	}
	ref = str_sub(v, (size_t)k, v.n);
	if (str_starts(ref, STR("env:"))) {
		got = getenv(arena_cstr(a, str_sub(ref, 4, ref.n)));
		if (got == NULL || *got == '\0')
			return yaml_err(at, e, "the environment has no '%.*s'", STRF(str_sub(ref, 4, ref.n)));
		ref = str_c(got);
	} else if (file_read_secret(arena_cstr(a, str_sub(ref, 5, ref.n)), a, &ref, e) != 0) {
		return -1;
	}
	*out = arena_printf(a, "%.*s%.*s", (int)k, v.p, STRF(ref));
	return 0;
}

static bool
sensitive(struct str name)
{
	static const char *const names[] = {"authorization", "cookie", "x-api-key", "api-key", "x-auth-token", "private-token",
	    "proxy-authorization"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq_nocase(name, str_c(names[i])))
			return true;
	return false;
}

static int
headers(const struct ynode *n, struct arena *a, bool secrets, struct source *s, struct err *e)
{
	struct ynode *map = NULL;
	int r = yaml_map(n, "headers", &map, e);

	if (r <= 0)
		return r;
	s->header = arena_alloc(a, (map->n + 1) * sizeof *s->header);
	for (size_t i = 0; i < map->n; i++) {
		struct str name = map->key[i].s, v = map->item[i]->s, full = v;

		if (map->item[i]->type != Y_SCALAR || v.n == 0)
			return yaml_err(map->item[i], e, "header '%.*s': expected text", STRF(name));
		for (size_t k = 0; k < name.n + v.n; k++) {
			unsigned char c = (unsigned char)(k < name.n ? name.p[k] : v.p[k - name.n]);

			if (c < 0x20 || c == 0x7f || (k < name.n && (c == ':' || c == ' ')))
				return yaml_err(map->item[i], e, "header '%.*s': not a legal header", STRF(name));
		}
		if (sensitive(name) && str_find(v, STR("env:")) < 0 && str_find(v, STR("file:")) < 0)
			return yaml_err(map->item[i], e, "header '%.*s': a secret is not written here but named, as env:NAME or file:PATH",
			    STRF(name));
		if (secrets && secret(map->item[i], v, a, &full, e) != 0)
			return -1;
		s->header[s->nheader++] = arena_printf(a, "%.*s: %.*s", STRF(name), STRF(full)).p;
	}
	return 0;
}

static int
strings(const struct ynode *n, const char *key, struct arena *a, const char ***out, size_t *count, struct err *e)
{
	struct str *v = NULL;
	size_t k = 0;
	int r = yaml_strs(n, key, a, &v, &k, e);

	if (r <= 0)
		return r;
	*out = arena_alloc(a, (k + 1) * sizeof **out);
	for (size_t i = 0; i < k; i++)
		(*out)[i] = arena_cstr(a, v[i]);
	(*out)[k] = NULL;
	*count = k;
	return 1;
}

static int
columns(const struct ynode *n, struct arena *a, struct source *s, struct err *e)
{
	struct ynode *map = NULL;
	int r = yaml_map(n, "columns", &map, e);

	if (r <= 0)
		return r;
	s->columns = arena_alloc(a, (map->n + 1) * sizeof *s->columns);
	for (size_t i = 0; i < map->n; i++) {
		enum column c;

		for (c = COL_NONE; c < COL_COUNT; c++)
			if (str_is(map->item[i]->s, csv_field(c)) || (c == COL_NONE && str_is(map->item[i]->s, "none")))
				break;
		if (c == COL_COUNT)
			return yaml_err(map->item[i], e, "column '%.*s': '%.*s' is no field of a post", STRF(map->key[i].s),
			    STRF(map->item[i]->s));
		s->columns[s->ncolumns++] = (struct heading){map->key[i].s, c};
	}
	return 0;
}

static int
jq(const struct ynode *n, const char *key, struct arena *a, struct filter **f, struct err *e)
{
	struct str program;
	struct ynode *at = ynode_get(n, key);
	struct filter_opts opts = {0};
	int r = yaml_str(n, key, &program, e);

	if (r <= 0)
		return r;
	opts.name = arena_printf(a, "%s:%d: %s", at->file, at->line, key).p;
	return filter_compile(arena_cstr(a, program), &opts, f, e) == 0 ? 1 : -1;
}

static int
formats_of(const struct ynode *n, struct arena *a, struct source *s, struct err *e)
{
	struct ynode *page = NULL, *api = NULL;
	static const char *const api_keys[] = {"items", "next", NULL};
	int r;

	if ((r = yaml_map(n, "page", &page, e)) < 0 || (r == 1 && yaml_only(page, page_fields, e) != 0))
		return -1;
	for (int i = 0; r == 1 && i < PAGE_FIELDS; i++) {
		struct str x;

		if ((r = yaml_str(page, page_fields[i], &x, e)) < 0)
			return -1;
		if (r == 1) {
			s->xpath[i] = arena_cstr(a, x);
			if (html_check(s->xpath[i], e) != 0)
				return yaml_err(ynode_get(page, page_fields[i]), e, "key '%s': not an XPath expression", page_fields[i]);
		}
		r = 1;
	}
	if ((r = yaml_map(n, "api", &api, e)) < 0 || (r == 1 && yaml_only(api, api_keys, e) != 0))
		return -1;
	if (r == 1 && (jq(api, "items", a, &s->items, e) < 0 || jq(api, "next", a, &s->next, e) < 0))
		return -1;
	if (page != NULL && s->format == FORMAT_AUTO)
		s->format = FORMAT_HTML;
	if (api != NULL && s->format == FORMAT_AUTO)
		s->format = FORMAT_JSON;
	if (s->format == FORMAT_HTML && s->xpath[PAGE_ITEMS] == NULL)
		return yaml_err(n, e, "format html needs 'page' with 'items'");
	if (s->format == FORMAT_JSON && s->items == NULL)
		return yaml_err(n, e, "format json needs 'api' with 'items'");
	return 0;
}

/* The keys a source and `defaults` have in common. */
static int
common(const struct ynode *n, struct source *s, struct err *e)
{
	struct str v;
	int word, r;

	if ((r = yaml_word(n, "format", formats, &word, e)) < 0)
		return -1;
	if (r == 1)
		s->format = (enum format)word;
	if ((r = yaml_word(n, "form", forms, &word, e)) < 0)
		return -1;
	if (r == 1)
		s->form = str_c(forms[word]);
	if ((r = yaml_str(n, "zone", &v, e)) < 0)
		return -1;
	if (r == 1 && !date_zone(v, &s->zone_s))
		return yaml_err(ynode_get(n, "zone"), e, "key 'zone': '%.*s' is not known; use an offset such as +08:00", STRF(v));
	if (r == 1)
		s->china = s->zone_s == 8 * 3600;
	if ((r = yaml_word(n, "robots", (const char *const[]){"ignore", "obey", NULL}, &word, e)) < 0)
		return -1;
	if (r == 1)
		s->robots = word == 1;
	if (yaml_str(n, "platform", &s->platform, e) < 0 || yaml_str(n, "channel", &s->channel, e) < 0 ||
	    yaml_str(n, "lang", &s->lang, e) < 0 || yaml_duration(n, "every", &s->every_s, e) < 0 ||
	    yaml_duration(n, "timeout", &s->timeout_s, e) < 0 || yaml_duration(n, "gap", &s->gap_s, e) < 0 ||
	    yaml_duration(n, "max_age", &s->max_age_s, e) < 0 ||
	    yaml_i64(n, "max_items", 1, 1000000, &s->max_items, e) < 0 ||
	    yaml_i64(n, "max_body", 1024, 256 << 20, &s->max_body, e) < 0 || yaml_i64(n, "pages", 1, 1000, &s->pages, e) < 0 ||
	    yaml_bool(n, "private", &s->private_ok, e) < 0)
		return -1;
	if (s->timeout_s < 1 || s->timeout_s > 600)
		return yaml_err(n, e, "key 'timeout': expected 1s to 10m");
	return 0;
}

static int
one_source(const struct ynode *n, struct arena *a, bool secrets, struct source *s, struct err *e)
{
	static const char *const keys[] = {"name", "url", "path", "command", "enabled", "format", "form", "zone", "robots",
	    "robots_reason", "platform", "channel", "lang", "every", "timeout", "gap", "max_age", "max_items", "max_body", "pages",
	    "private", "headers", "columns", "page", "api", "note", NULL};
	struct str name, reason;
	struct url u;

	if (yaml_want_map(n, "a source", e) != 0 || yaml_only(n, keys, e) != 0)
		return -1;
	if (yaml_str(n, "name", &name, e) != 1)
		return e->kind != ERR_NONE ? -1 : yaml_err(n, e, "a source without 'name'");
	for (size_t i = 0; i < name.n; i++)
		if (!is_alnum(name.p[i]) && (unsigned char)name.p[i] < 0x80 && strchr("-_.", name.p[i]) == NULL)
			return yaml_err(n, e, "source '%.*s': a name has letters, digits, '-', '_' and '.' only", STRF(name));
	s->name = arena_cstr(a, name);
	if (common(n, s, e) != 0 || yaml_bool(n, "enabled", &s->enabled, e) < 0 ||
	    strings(n, "url", a, &s->url, &s->nurl, e) < 0 || strings(n, "path", a, &s->path, &s->npath, e) < 0 ||
	    strings(n, "command", a, &s->command, &s->ncommand, e) < 0 || headers(n, a, secrets && s->enabled, s, e) < 0 ||
	    columns(n, a, s, e) < 0 || formats_of(n, a, s, e) < 0)
		return -1;
	if ((s->nurl > 0) + (s->npath > 0) + (s->ncommand > 0) != 1)
		return yaml_err(n, e, "source '%s': exactly one of 'url', 'path' and 'command'", s->name);
	if (ynode_get(n, "robots") != NULL && !s->robots && yaml_str(n, "robots_reason", &reason, e) != 1)
		return e->kind != ERR_NONE ? -1 : yaml_err(n, e, "source '%s': 'robots: ignore' needs a 'robots_reason'", s->name);
	for (size_t i = 0; i < s->nurl; i++) {
		if (url_clean(a, str_c(s->url[i])).p == NULL)
			return yaml_err(ynode_get(n, "url"), e, "source '%s': not a usable http or https address", s->name);
		u = url_split(str_c(s->url[i]));
		if (u.user.n > 0)
			return yaml_err(ynode_get(n, "url"), e, "source '%s': no password in an address; use 'headers' with env: or file:",
			    s->name);
	}
	return 0;
}

int
config_load(const char *path, struct arena *a, bool secrets, struct config *c, struct err *e)
{
	static const char *const top[] = {"sources", "defaults", "agent", "contact", "parallel", NULL};
	static const char *const default_keys[] = {"format", "form", "zone", "platform", "channel", "lang", "every", "timeout",
	    "gap", "max_age", "max_items", "max_body", "pages", "private", NULL};
	struct ynode *root, *list = NULL, *def = NULL;
	struct source base;
	struct str agent = STR("tocsin/" TOCSIN_VERSION), contact = STR("");
	int r;

	e->kind = ERR_NONE;
	*c = (struct config){.parallel = 16};
	defaults(&base);
	if (yaml_load(path, a, &root, e) != 0)
		return -1;
	if (root->type != Y_NULL) {
		if (yaml_want_map(root, "sources.yaml", e) != 0 || yaml_only(root, top, e) != 0 ||
		    yaml_str(root, "agent", &agent, e) < 0 || yaml_str(root, "contact", &contact, e) < 0 ||
		    yaml_i64(root, "parallel", 1, 256, &c->parallel, e) < 0)
			return -1;
		for (size_t i = 0; i < agent.n + contact.n; i++) {
			unsigned char b = (unsigned char)(i < agent.n ? agent.p[i] : contact.p[i - agent.n]);

			if (b < 0x20 || b > 0x7e)
				return yaml_err(root, e, "'agent' and 'contact' are plain ASCII on one line");
		}
		r = yaml_map(root, "defaults", &def, e);
		if (r < 0 || (r == 1 && (yaml_only(def, default_keys, e) != 0 || common(def, &base, e) != 0)))
			return -1;
		/* an empty list is written "sources: []" */
		list = ynode_get(root, "sources");
		if (list != NULL && list->type != Y_NULL && yaml_seq(root, "sources", &list, e) < 0)
			return -1;
	}
	c->agent = contact.n > 0 ? arena_printf(a, "%.*s (+%.*s)", STRF(agent), STRF(contact)).p : arena_cstr(a, agent);
	if (list == NULL || list->type != Y_SEQ)
		return 0;
	c->v = arena_alloc(a, (list->n + 1) * sizeof *c->v);
	for (size_t i = 0; i < list->n; i++) {
		struct source *s = &c->v[c->n];

		*s = base;
		if (one_source(list->item[i], a, secrets, s, e) != 0)
			return -1;
		for (size_t k = 0; k < c->n; k++)
			if (strcmp(c->v[k].name, s->name) == 0)
				return yaml_err(list->item[i], e, "two sources are called '%s'", s->name);
		c->n++;
	}
	return 0;
}

void
config_close(struct config *c)
{
	for (size_t i = 0; i < c->n; i++) {
		filter_free(c->v[i].items);
		filter_free(c->v[i].next);
	}
}
