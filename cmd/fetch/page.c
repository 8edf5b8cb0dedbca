/* Pages by XPath and API answers by jq. */
#include "ext/html.h"
#include "model/textx.h"
#include "model/url.h"

#include "fetch.h"

/* --- HTML ------------------------------------------------------------------------------------------------------- */

static int
field(struct html *h, void *node, const struct source *s, enum page_field f, struct arena *a, struct str *out, struct err *e)
{
	struct buf text = {0};
	bool markup;

	if (s->xpath[f] == NULL)
		return 0;
	if (html_value(h, node, s->xpath[f], a, out, &markup, e) < 0)
		return -1;
	if (out->n == 0)
		return 0;
	if (markup && f == PAGE_TEXT)
		textx_html(&text, *out);
	else if (markup)
		textx_html_line(&text, *out);
	else
		textx_clean(&text, *out, f == PAGE_TEXT);
	*out = arena_str(a, buf_view(&text));
	buf_free(&text);
	return 0;
}

int
parse_page(struct batch *b, struct str text, struct str base, struct err *e)
{
	const struct source *s = b->src;
	struct html *h;
	struct arena a = {0};
	void **node = NULL;
	size_t n = 0;
	struct str own, next = {"", 0};
	int rc;

	if (html_open(text, &h, e) != 0)
		return -1;
	own = url_resolve(&b->a, base, html_base(h, &b->a));
	if (html_base(h, &b->a).n > 0 && own.p != NULL)
		base = own;
	rc = html_select(h, NULL, s->xpath[PAGE_ITEMS], &b->a, &node, &n, e);
	for (size_t i = 0; i < n && rc == 0; i++) {
		struct item it = {0};
		struct str url = {"", 0};

		arena_reset(&a);
		b->f->run.nread++;
		if (field(h, node[i], s, PAGE_TITLE, &a, &it.title, e) != 0 || field(h, node[i], s, PAGE_TEXT, &a, &it.text, e) != 0 ||
		    field(h, node[i], s, PAGE_URL, &a, &url, e) != 0 || field(h, node[i], s, PAGE_PUBLISHED, &a, &it.published, e) != 0 ||
		    field(h, node[i], s, PAGE_AUTHOR, &a, &it.author, e) != 0 || field(h, node[i], s, PAGE_ID, &a, &it.id, e) != 0) {
			rc = -1;
			break;
		}
		if (url.n > 0)
			it.url = url_resolve(&a, base, url);
		if (it.url.p == NULL)
			it.url = STR("");
		it.raw = arena_printf(&a, "%.*s\n%.*s\n%.*s", STRF(it.title), STRF(it.text), STRF(it.url));
		rc = batch_item(b, &it, e);
	}
	if (rc == 0 && field(h, NULL, s, PAGE_NEXT, &b->a, &next, e) != 0)
		rc = -1;
	if (next.n > 0) {
		next = url_resolve(&b->a, base, next);
		batch_follow(b, next.p != NULL ? next : STR(""));
	}
	html_close(h);
	arena_free(&a);
	return rc;
}

/* --- JSON ------------------------------------------------------------------------------------------------------- */

static struct str
scalar(struct json v, struct arena *a)
{
	switch (v.type) {
	case JSON_STR:
		return str_trim(json_str(v, a));
	case JSON_NUM:
	case JSON_TRUE:
	case JSON_FALSE:
		return v.raw;
	default:
		return STR("");
	}
}

static struct str
text_of(struct json v, struct arena *a, bool line)
{
	struct buf out = {0};
	struct str s = scalar(v, a);

	if (line)
		textx_html_line(&out, s);
	else
		textx_html(&out, s);
	s = arena_str(a, buf_view(&out));
	buf_free(&out);
	return s;
}

struct api {
	struct batch *b;
	struct str base;
	struct arena a;
	uint64_t n;
};

static int
api_item(void *ctx, struct str json, struct err *e)
{
	struct api *x = ctx;
	struct arena *a = &x->a;
	struct json v = json_view(json), who = json_get(v, "author"), m = json_get(v, "metrics"), tags = json_get(v, "tags"), tag;
	struct item it = {0};
	struct json_iter i;
	struct str key, url;

	arena_reset(a);
	x->n++;
	x->b->f->run.nread++;
	if (v.type == JSON_NULL)
		return 0;
	if (v.type != JSON_OBJ)
		return err_set(e, ERR_DATA, "'items' gave something that is no object (entry %llu)", (unsigned long long)x->n);
	it.id = scalar(json_get(v, "id"), a);
	it.title = text_of(json_get(v, "title"), a, true);
	it.text = text_of(json_get(v, "text"), a, false);
	url = scalar(json_get(v, "url"), a);
	if (url.n > 0)
		url = url_resolve(a, x->base, url);
	it.url = url.p != NULL ? url : STR("");
	it.published = scalar(json_get(v, "published"), a);
	it.updated = scalar(json_get(v, "updated"), a);
	it.lang = scalar(json_get(v, "lang"), a);
	it.media = text_of(json_get(v, "media"), a, true);
	it.parent = scalar(json_get(v, "parent"), a);
	it.root = scalar(json_get(v, "root"), a);
	it.form = scalar(json_get(v, "form"), a);
	it.region = text_of(json_get(v, "region"), a, true);
	it.rating = scalar(json_get(v, "rating"), a);
	it.platform = text_of(json_get(v, "platform"), a, true);
	it.channel = text_of(json_get(v, "channel"), a, true);
	it.customer = text_of(json_get(v, "customer"), a, true);
	if (who.type == JSON_OBJ) {
		it.author = text_of(json_get(who, "name"), a, true);
		it.author_id = text_of(json_get(who, "id"), a, true);
		it.followers = scalar(json_get(who, "followers"), a);
		it.verified = text_of(json_get(who, "verified"), a, true);
	} else {
		it.author = text_of(who, a, true);
	}
	for (int k = 0; k <= METRIC_PLAYS; k++)
		it.metric[k] = scalar(json_get(m, store_metric_names[k]), a);
	if (tags.type == JSON_ARR) {
		it.tag = arena_alloc(a, 64 * sizeof *it.tag);
		for (i = json_iter(tags); it.ntag < 64 && json_next(&i, &key, &tag);) {
			struct str t = text_of(tag, a, true);

			if (t.n > 0)
				it.tag[it.ntag++] = t;
		}
	}
	it.raw = json;
	return batch_item(x->b, &it, e);
}

int
parse_api(struct batch *b, struct str text, struct str base, struct err *e)
{
	struct api x = {.b = b, .base = base};
	struct buf next = {0};
	struct json_fault fault;
	int rc;

	if (!json_valid(str_trim(text), &fault))
		return err_set(e, ERR_DATA, "not valid JSON: %s at byte %zu", fault.why, fault.at);
	rc = filter_run(b->src->items, text, api_item, &x, e);
	if (rc == 0 && b->src->next != NULL) {
		rc = filter_first(b->src->next, text, &next, e);
		if (rc == 1) {
			struct str ref = scalar(json_view(buf_view(&next)), &b->a), url = {"", 0};

			if (ref.n > 0 && !str_is(ref, "false"))
				url = url_resolve(&b->a, base, ref);
			batch_follow(b, url);
			rc = 0;
		}
	}
	buf_free(&next);
	arena_free(&x.a);
	return rc;
}
