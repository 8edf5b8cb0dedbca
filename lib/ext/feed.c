#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>

#include "base/utf8.h"
#include "ext/feed.h"
#include "ext/markup.h"

enum ns {
	NS_OWN,   /* none, RSS 1.0, 0.90: the feed's own words */
	NS_ATOM, NS_DC, NS_DCTERMS, NS_CONTENT, NS_ITUNES, NS_MEDIA, NS_NEWS, NS_SLASH, NS_THR, NS_XHTML, NS_FEEDBURNER, NS_SY,
	NS_RDF, NS_SITEMAP, NS_OTHER
};

struct ns_name {
	const char *part; /* of the URI, in lower case: spelling and version vary */
	const char *prefix;
	enum ns ns;
};

static const struct ns_name ns_names[] = {
    {"w3.org/2005/atom", "atom", NS_ATOM}, {"purl.org/atom/ns", "atom10", NS_ATOM}, {"example.com/newformat", "", NS_ATOM},
    {"purl.org/dc/elements", "dc", NS_DC}, {"purl.org/dc/terms", "dcterms", NS_DCTERMS},
    {"purl.org/rss/1.0/modules/content", "content", NS_CONTENT}, {"itunes.com/dtds/podcast", "itunes", NS_ITUNES},
    {"search.yahoo.com/mrss", "media", NS_MEDIA}, {"google.com/schemas/sitemap-news", "news", NS_NEWS},
    {"purl.org/rss/1.0/modules/slash", "slash", NS_SLASH}, {"purl.org/syndication/thread", "thr", NS_THR},
    {"w3.org/1999/xhtml", "xhtml", NS_XHTML}, {"rssnamespace.org/feedburner", "feedburner", NS_FEEDBURNER},
    {"purl.org/rss/1.0/modules/syndication", "sy", NS_SY}, {"w3.org/1999/02/22-rdf-syntax", "rdf", NS_RDF},
    {"sitemaps.org/schemas/sitemap", "", NS_SITEMAP}, {"google.com/schemas/sitemap/", "", NS_SITEMAP},
    {"purl.org/rss/1.0/modules/", "", NS_OTHER}, {"purl.org/rss/1.0", "", NS_OWN}, {"netscape.com/rdf/simple", "", NS_OWN},
    {"channel.netscape.com", "", NS_OWN}, {"purl.org/net/rss", "", NS_OWN}, {"backend.userland.com", "", NS_OWN},
    {"blogs.law.harvard.edu/tech/rss", "", NS_OWN}, {"cyber.law.harvard.edu/rss", "", NS_OWN},
    {"purl.org/rss/2.0", "", NS_OWN}};

struct ctx {
	struct arena *a;
	struct str base;
	feed_resolve_fn *resolve;
	struct feed *f;
	size_t cap;
	enum ns root_ns;
};

static struct str
xs(const xmlChar *s)
{
	return s != NULL ? str_c((const char *)s) : STR("");
}

/* Whether lower-case part occurs in s, case folded. */
static bool
holds(struct str s, const char *part)
{
	size_t n = strlen(part);

	for (size_t i = 0; n > 0 && i + n <= s.n; i++)
		if (str_eq_nocase(str_sub(s, i, n), str_n(part, n)))
			return true;
	return false;
}

static enum ns
ns_of(const xmlNode *n, struct str *local)
{
	struct str name = xs(n->name), uri;
	const char *colon;

	*local = name;
	if (n->ns == NULL || n->ns->href == NULL || n->ns->href[0] == '\0') {
		/* a prefix nobody declared: go by what it is always used for */
		colon = memchr(name.p, ':', name.n);
		if (colon == NULL)
			return NS_OWN;
		*local = str_n(colon + 1, name.n - (size_t)(colon - name.p) - 1);
		for (size_t i = 0; i < sizeof ns_names / sizeof *ns_names; i++)
			if (ns_names[i].prefix[0] != '\0' &&
			    str_eq_nocase(str_n(name.p, (size_t)(colon - name.p)), str_c(ns_names[i].prefix)))
				return ns_names[i].ns;
		return NS_OTHER;
	}
	uri = xs(n->ns->href);
	for (size_t i = 0; i < sizeof ns_names / sizeof *ns_names; i++)
		if (holds(uri, ns_names[i].part))
			return ns_names[i].ns;
	return NS_OTHER;
}

static bool
is(struct str local, const char *name)
{
	return str_eq_nocase(local, str_c(name));
}

static struct str
attr(const xmlNode *n, const char *name, struct arena *a)
{
	for (const xmlAttr *at = n->properties; at != NULL; at = at->next)
		if (str_eq_nocase(xs(at->name), str_c(name))) {
			xmlChar *v = xmlNodeListGetString(n->doc, at->children, 1);
			struct str s = arena_str(a, str_trim(xs(v)));

			xmlFree(v);
			return s;
		}
	return STR("");
}

static bool
has_elements(const xmlNode *n)
{
	for (const xmlNode *c = n->children; c != NULL; c = c->next)
		if (c->type == XML_ELEMENT_NODE)
			return true;
	return false;
}

static struct str
text_of(xmlNode *n, struct arena *a)
{
	xmlChar *v = xmlNodeGetContent(n);
	struct str s = arena_str(a, xs(v));

	xmlFree(v);
	return s;
}

static struct str
trimmed(xmlNode *n, struct arena *a)
{
	return str_trim(text_of(n, a));
}

/* The markup of a node, or of all its children. */
static struct str
markup(xmlNode *n, bool inner, struct arena *a)
{
	xmlBuffer *b = xmlBufferCreate();
	struct str s;

	if (inner)
		for (xmlNode *c = n->children; c != NULL; c = c->next)
			(void)xmlNodeDump(b, n->doc, c, 0, 0);
	else
		(void)xmlNodeDump(b, n->doc, n, 0, 0);
	s = arena_str(a, str_n((const char *)xmlBufferContent(b), (size_t)xmlBufferLength(b)));
	xmlBufferFree(b);
	return s;
}

/* The base in force at n: every xml:base above it, outermost first. */
static struct str
base_at(const struct ctx *c, const xmlNode *n)
{
	const xmlNode *chain[64];
	size_t k = 0;
	struct str base = c->base;

	for (; n != NULL && n->type == XML_ELEMENT_NODE; n = n->parent)
		for (const xmlAttr *at = n->properties; at != NULL; at = at->next)
			if (at->ns != NULL && str_is(xs(at->name), "base") && k < 64)
				chain[k++] = n;
	while (k > 0) {
		struct str up = c->resolve(c->a, base, attr(chain[--k], "base", c->a));

		if (up.p != NULL)
			base = up;
	}
	return base;
}

static struct str
absolute(const struct ctx *c, const xmlNode *n, struct str ref)
{
	struct str url;

	if (ref.n == 0)
		return STR("");
	url = c->resolve(c->a, base_at(c, n), ref);
	return url.p != NULL ? url : STR("");
}

static bool
base64(struct str in, struct buf *out)
{
	uint32_t acc = 0;
	int bits = 0;

	for (size_t i = 0; i < in.n; i++) {
		char ch = in.p[i];
		int v;

		if (is_space(ch) || ch == '=')
			continue;
		if (ch >= 'A' && ch <= 'Z')
			v = ch - 'A';
		else if (ch >= 'a' && ch <= 'z')
			v = ch - 'a' + 26;
		else if (is_digit(ch))
			v = ch - '0' + 52;
		else if (ch == '+' || ch == '-')
			v = 62;
		else if (ch == '/' || ch == '_')
			v = 63;
		else
			return false;
		acc = acc << 6 | (uint32_t)v;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			buf_putc(out, (char)(acc >> bits & 0xff));
		}
	}
	return true;
}

static bool
is_text_type(struct str type)
{
	return type.n == 0 || is(type, "text") || is(type, "text/plain") || is(type, "plain");
}

/* An Atom text construct, 1.0 or 0.3. */
static struct feed_text
atom_text(const struct ctx *c, xmlNode *n)
{
	struct str type = attr(n, "type", c->a), mode = attr(n, "mode", c->a);
	struct feed_text t = {{"", 0}, false};
	bool other = type.n > 0 && !is_text_type(type) && memchr(type.p, '/', type.n) != NULL && !holds(type, "xml") &&
	    !str_starts(type, STR("text/"));

	if (is(mode, "base64") || (mode.n == 0 && other && !has_elements(n))) {
		struct buf b = {0};

		if (base64(trimmed(n, c->a), &b) && utf8_valid(b.p != NULL ? b.p : "", b.n))
			t.s = arena_str(c->a, buf_view(&b));
		buf_free(&b);
		t.html = !is_text_type(type);
		return t;
	}
	if (has_elements(n)) {
		t.s = markup(n, true, c->a);
		t.html = true;
		return t;
	}
	t.s = text_of(n, c->a);
	t.html = !is_text_type(type) || is(mode, "escaped");
	if (is(type, "xhtml") || (holds(type, "xml") && !is(mode, "escaped"))) /* text of a document, not escaped markup */
		t.html = false;
	return t;
}

/* RSS says nothing about its texts: they are taken for HTML. */
static struct feed_text
rss_text(const struct ctx *c, xmlNode *n)
{
	struct feed_text t = {{"", 0}, true};

	t.s = has_elements(n) ? markup(n, true, c->a) : text_of(n, c->a);
	return t;
}

static bool
blank_text(const struct feed_text *t)
{
	return str_trim(t->s).n == 0;
}

/* "Li Wei <li@example.org>", "li@example.org (Li Wei)", "Li Wei (li@example.org)", either alone. */
static struct feed_person
person(struct str s)
{
	struct feed_person p = {{"", 0}, {"", 0}, {"", 0}};
	const char *open, *close;
	struct str in, out;

	s = str_trim(s);
	open = s.n > 0 ? memchr(s.p, '(', s.n) : NULL;
	close = s.n > 0 && s.p[s.n - 1] == ')' ? s.p + s.n - 1 : NULL;
	if (open == NULL || close == NULL) {
		open = s.n > 0 ? memchr(s.p, '<', s.n) : NULL;
		close = s.n > 0 && s.p[s.n - 1] == '>' ? s.p + s.n - 1 : NULL;
	}
	if (open != NULL && close != NULL && close > open) {
		in = str_trim(str_n(open + 1, (size_t)(close - open - 1)));
		out = str_trim(str_n(s.p, (size_t)(open - s.p)));
		if (memchr(in.p, '@', in.n) != NULL) {
			p.email = in;
			p.name = out;
		} else if (out.n > 0 && memchr(out.p, '@', out.n) != NULL) {
			p.email = out;
			p.name = in;
		} else {
			p.name = s;
		}
	} else if (s.n > 0 && memchr(s.p, '@', s.n) != NULL && s.p[0] != '@' && memchr(s.p, ' ', s.n) == NULL) {
		p.email = s;
	} else {
		p.name = s;
	}
	if (p.name.n > 1 && p.name.p[0] == '"' && p.name.p[p.name.n - 1] == '"')
		p.name = str_sub(p.name, 1, p.name.n - 2);
	return p;
}

static struct feed_person
atom_person(const struct ctx *c, xmlNode *n)
{
	struct feed_person p = {{"", 0}, {"", 0}, {"", 0}};

	for (xmlNode *k = n->children; k != NULL; k = k->next) {
		struct str local;

		if (k->type != XML_ELEMENT_NODE)
			continue;
		(void)ns_of(k, &local);
		if (is(local, "name") && p.name.n == 0)
			p.name = trimmed(k, c->a);
		else if (is(local, "email") && p.email.n == 0)
			p.email = trimmed(k, c->a);
		else if ((is(local, "uri") || is(local, "url")) && p.url.n == 0)
			p.url = absolute(c, k, trimmed(k, c->a));
	}
	if (p.name.n == 0 && p.email.n == 0)
		return person(trimmed(n, c->a));
	return p;
}

static void
set(struct str *to, struct str v)
{
	if (to->n == 0 && v.n > 0)
		*to = v;
}

static struct feed_item *
new_item(struct ctx *c, xmlNode *n)
{
	struct feed *f = c->f;
	struct feed_item *it;

	if (f->n == c->cap) {
		size_t cap = c->cap > 0 ? c->cap * 2 : 32;
		struct feed_item *grown = arena_alloc(c->a, cap * sizeof *grown);

		if (f->n > 0)
			memcpy(grown, f->item, f->n * sizeof *grown);
		f->item = grown;
		c->cap = cap;
	}
	it = &f->item[f->n++];
	memset(it, 0, sizeof *it);
	if (n != NULL) {
		it->line = (int)xmlGetLineNo(n);
		it->raw = markup(n, false, c->a);
	}
	return it;
}

static void
add_tag(struct ctx *c, struct feed_item *it, struct str tag)
{
	tag = str_trim(tag);
	if (tag.n == 0 || tag.n > 200)
		return;
	for (size_t i = 0; i < it->ntag; i++)
		if (str_eq(it->tag[i], tag))
			return;
	if (it->ntag >= 64)
		return;
	if (it->tag == NULL)
		it->tag = arena_alloc(c->a, 64 * sizeof *it->tag);
	it->tag[it->ntag++] = tag;
}

/* --- media:* ------------------------------------------------------------------------------------------------- */

static void
media(struct ctx *c, struct feed_item *it, xmlNode *n, struct str local, int depth)
{
	if (is(local, "title") && blank_text(&it->title))
		it->title = (struct feed_text){text_of(n, c->a), is(attr(n, "type", c->a), "html")};
	else if (is(local, "description") && blank_text(&it->summary))
		it->summary = (struct feed_text){text_of(n, c->a), true};
	else if (is(local, "statistics"))
		set(&it->views, attr(n, "views", c->a));
	else if (is(local, "starRating"))
		set(&it->likes, attr(n, "count", c->a));
	else if ((is(local, "group") || is(local, "community") || is(local, "content")) && depth < 4)
		for (xmlNode *k = n->children; k != NULL; k = k->next) {
			struct str name;

			if (k->type == XML_ELEMENT_NODE && ns_of(k, &name) == NS_MEDIA)
				media(c, it, k, name, depth + 1);
		}
}

/* What media:* says counts only where the feed's own words are silent. */
static void
merge_media(struct feed_item *it, const struct feed_item *m)
{
	if (blank_text(&it->title))
		it->title = m->title;
	if (blank_text(&it->summary))
		it->summary = m->summary;
	set(&it->views, m->views);
	set(&it->likes, m->likes);
}

/* --- Atom ------------------------------------------------------------------------------------------------------ */

static bool
link_rel(const struct ctx *c, const xmlNode *n, const char *rel)
{
	struct str r = attr(n, "rel", c->a);

	return r.n == 0 ? strcmp(rel, "alternate") == 0 : is(r, rel);
}

/* Takes the best link with rel alternate: HTML before anything else, the first of equals. */
static void
alternate(const struct ctx *c, const xmlNode *n, struct str *link, bool *is_html)
{
	struct str type = attr(n, "type", c->a), url = absolute(c, n, attr(n, "href", c->a));
	bool html = type.n == 0 || holds(type, "html");

	if (url.n == 0 || !link_rel(c, n, "alternate"))
		return;
	if (link->n == 0 || (html && !*is_html)) {
		*link = url;
		*is_html = html;
	}
}

static struct str
atom_id(const struct ctx *c, xmlNode *n)
{
	struct str id = trimmed(n, c->a);

	if (id.n > 0 && id.p[0] == '/') { /* forbidden, and seen */
		struct str url = absolute(c, n, id);

		if (url.n > 0)
			return url;
	}
	return id;
}

static void
atom_source(struct ctx *c, struct feed_item *it, xmlNode *n)
{
	for (xmlNode *k = n->children; k != NULL; k = k->next) {
		struct str local;

		if (k->type != XML_ELEMENT_NODE)
			continue;
		(void)ns_of(k, &local);
		if (is(local, "title"))
			set(&it->source, trimmed(k, c->a));
	}
}

static void
atom_entry(struct ctx *c, xmlNode *entry)
{
	struct feed_item *it = new_item(c, entry), m = {0};
	bool html = false;
	struct str created = {"", 0};

	for (xmlNode *n = entry->children; n != NULL; n = n->next) {
		struct str local;
		enum ns ns;

		if (n->type != XML_ELEMENT_NODE)
			continue;
		ns = ns_of(n, &local);
		if (ns == c->root_ns)
			ns = NS_ATOM;
		if (ns == NS_ATOM || ns == NS_OWN) {
			if (is(local, "id"))
				set(&it->id, atom_id(c, n));
			else if (is(local, "title") && blank_text(&it->title))
				it->title = atom_text(c, n);
			else if (is(local, "summary") && blank_text(&it->summary))
				it->summary = atom_text(c, n);
			else if (is(local, "content") && blank_text(&it->content))
				it->content = atom_text(c, n);
			else if (is(local, "link"))
				alternate(c, n, &it->link, &html);
			else if (is(local, "author") && it->author.name.n == 0 && it->author.email.n == 0)
				it->author = atom_person(c, n);
			else if (is(local, "published") || is(local, "issued"))
				set(&it->published, trimmed(n, c->a));
			else if (is(local, "updated") || is(local, "modified"))
				it->updated = trimmed(n, c->a); /* of several the last */
			else if (is(local, "created"))
				set(&created, trimmed(n, c->a));
			else if (is(local, "category"))
				add_tag(c, it, attr(n, "label", c->a).n > 0 ? attr(n, "label", c->a) : attr(n, "term", c->a));
			else if (is(local, "source"))
				atom_source(c, it, n);
		} else if (ns == NS_DC && is(local, "date")) {
			set(&it->published, trimmed(n, c->a));
		} else if (ns == NS_DC && is(local, "creator") && it->author.name.n == 0) {
			it->author = person(trimmed(n, c->a));
		} else if (ns == NS_DC && is(local, "subject")) {
			add_tag(c, it, trimmed(n, c->a));
		} else if (ns == NS_THR && is(local, "in-reply-to")) {
			set(&it->parent, attr(n, "ref", c->a));
		} else if (ns == NS_THR && is(local, "total")) {
			set(&it->comments, trimmed(n, c->a));
		} else if (ns == NS_SLASH && is(local, "comments")) {
			set(&it->comments, trimmed(n, c->a));
		} else if (ns == NS_CONTENT && is(local, "encoded") && blank_text(&it->content)) {
			it->content = rss_text(c, n);
		} else if (ns == NS_FEEDBURNER && is(local, "origLink")) {
			struct str url = absolute(c, n, trimmed(n, c->a));

			if (url.n > 0) {
				it->link = url;
				html = true;
			}
		} else if (ns == NS_MEDIA) {
			media(c, &m, n, local, 0);
		} else if (ns == NS_XHTML && is(local, "div") && blank_text(&it->content)) {
			it->content = (struct feed_text){markup(n, true, c->a), true};
		}
	}
	merge_media(it, &m);
	set(&it->published, created);
	it->lang = attr(entry, "lang", c->a);
}

static void
atom_feed(struct ctx *c, xmlNode *root)
{
	struct feed *f = c->f;
	bool html = false;

	f->kind = FEED_ATOM;
	f->lang = attr(root, "lang", c->a);
	for (xmlNode *n = root->children; n != NULL; n = n->next) {
		struct str local;
		enum ns ns;

		if (n->type != XML_ELEMENT_NODE)
			continue;
		ns = ns_of(n, &local);
		if (ns == c->root_ns)
			ns = NS_ATOM;
		if (ns == NS_DC && is(local, "date"))
			set(&f->updated, trimmed(n, c->a));
		if (ns != NS_ATOM && ns != NS_OWN)
			continue;
		if (is(local, "entry"))
			atom_entry(c, n);
		else if (is(local, "id"))
			set(&f->id, atom_id(c, n));
		else if (is(local, "title") && blank_text(&f->title))
			f->title = atom_text(c, n);
		else if (is(local, "author") && f->author.name.n == 0 && f->author.email.n == 0)
			f->author = atom_person(c, n);
		else if (is(local, "updated") || is(local, "modified"))
			set(&f->updated, trimmed(n, c->a));
		else if (is(local, "link") && is(attr(n, "rel", c->a), "next"))
			set(&f->next, absolute(c, n, attr(n, "href", c->a)));
		else if (is(local, "link"))
			alternate(c, n, &f->link, &html);
	}
}

/* --- RSS ------------------------------------------------------------------------------------------------------- */

static void
rss_item(struct ctx *c, xmlNode *item)
{
	struct feed_item *it = new_item(c, item), m = {0};
	struct feed_text encoded = {{"", 0}, true}, dc_text = encoded, body = encoded;
	struct str modified = {"", 0}, dc_date = {"", 0}, origin = {"", 0}, atom = {"", 0};
	struct feed_person creator = {{"", 0}, {"", 0}, {"", 0}}, itunes = creator;
	bool html = false;

	for (xmlNode *n = item->children; n != NULL; n = n->next) {
		struct str local;
		enum ns ns;

		if (n->type != XML_ELEMENT_NODE)
			continue;
		ns = ns_of(n, &local);
		if (ns == c->root_ns)
			ns = NS_OWN;
		switch (ns) {
		case NS_OWN:
			if (is(local, "title") && blank_text(&it->title)) {
				it->title = rss_text(c, n);
			} else if (is(local, "link") && it->link.n == 0) {
				struct str ref = trimmed(n, c->a);

				it->link = absolute(c, n, ref.n > 0 ? ref : attr(n, "href", c->a));
			} else if (is(local, "description") && blank_text(&it->summary)) {
				it->summary = rss_text(c, n);
			} else if (is(local, "guid")) {
				set(&it->id, trimmed(n, c->a));
				it->id_is_url = !is(attr(n, "isPermaLink", c->a), "false");
			} else if (is(local, "pubDate") || is(local, "pubdate")) {
				set(&it->published, trimmed(n, c->a));
			} else if (is(local, "author") && it->author.name.n == 0 && it->author.email.n == 0) {
				it->author = has_elements(n) ? atom_person(c, n) : person(trimmed(n, c->a));
			} else if (is(local, "category")) {
				add_tag(c, it, trimmed(n, c->a));
			} else if (is(local, "source")) {
				set(&it->source, trimmed(n, c->a));
			} else if (is(local, "body") || is(local, "fullitem")) {
				body = rss_text(c, n);
			}
			break;
		case NS_CONTENT:
			if (is(local, "encoded"))
				encoded = rss_text(c, n);
			break;
		case NS_XHTML:
			if (is(local, "body") || is(local, "div"))
				body = (struct feed_text){markup(n, true, c->a), true};
			break;
		case NS_DC:
			if (is(local, "date"))
				set(&dc_date, trimmed(n, c->a));
			else if (is(local, "creator") || is(local, "author"))
				creator = person(trimmed(n, c->a));
			else if (is(local, "subject"))
				add_tag(c, it, trimmed(n, c->a));
			else if (is(local, "description"))
				dc_text = rss_text(c, n);
			else if (is(local, "title") && blank_text(&it->title))
				it->title = rss_text(c, n);
			else if (is(local, "language"))
				set(&it->lang, trimmed(n, c->a));
			else if (is(local, "source"))
				set(&it->source, trimmed(n, c->a));
			break;
		case NS_DCTERMS:
			if (is(local, "modified"))
				set(&modified, trimmed(n, c->a));
			else if (is(local, "issued") || is(local, "created"))
				set(&it->published, trimmed(n, c->a));
			break;
		case NS_ITUNES:
			if (is(local, "author"))
				itunes = person(trimmed(n, c->a));
			else if ((is(local, "summary") || is(local, "subtitle")) && blank_text(&it->summary))
				it->summary = rss_text(c, n);
			break;
		case NS_ATOM:
			if (is(local, "link"))
				alternate(c, n, &atom, &html);
			else if (is(local, "updated"))
				set(&modified, trimmed(n, c->a));
			else if (is(local, "published"))
				set(&it->published, trimmed(n, c->a));
			else if (is(local, "author") && creator.name.n == 0)
				creator = atom_person(c, n);
			break;
		case NS_SLASH:
			if (is(local, "comments"))
				set(&it->comments, trimmed(n, c->a));
			break;
		case NS_THR:
			if (is(local, "in-reply-to"))
				set(&it->parent, attr(n, "ref", c->a));
			break;
		case NS_FEEDBURNER:
			if (is(local, "origLink"))
				origin = absolute(c, n, trimmed(n, c->a));
			break;
		case NS_MEDIA:
			media(c, &m, n, local, 0);
			break;
		default:
			break;
		}
	}
	merge_media(it, &m);
	it->content = !blank_text(&encoded) ? encoded : body;
	if (blank_text(&it->summary))
		it->summary = dc_text;
	if (creator.name.n > 0)
		it->author.name = creator.name;
	if (it->author.email.n == 0)
		it->author.email = creator.email;
	if (it->author.name.n == 0)
		it->author.name = itunes.name;
	if (origin.n > 0)
		it->link = origin;
	set(&it->link, atom);
	if (it->id.n == 0)
		it->id = attr(item, "about", c->a); /* RSS 1.0 */
	if (it->link.n == 0 && (it->id_is_url || c->f->kind == FEED_RDF))
		it->link = absolute(c, item, it->id);
	set(&it->link, absolute(c, item, attr(item, "href", c->a))); /* CDF */
	set(&it->updated, modified);
	set(&it->updated, dc_date);
	set(&it->updated, attr(item, "lastmod", c->a));
	set(&it->published, dc_date);
}

static int64_t
period(struct str name)
{
	static const struct {
		const char *name;
		int64_t s;
	} names[] = {{"hourly", 3600}, {"daily", 86400}, {"weekly", 604800}, {"monthly", 2592000}, {"yearly", 31536000}};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (is(name, names[i].name))
			return names[i].s;
	return 0;
}

static void
rss_channel(struct ctx *c, xmlNode *channel)
{
	struct feed *f = c->f;
	struct str built = {"", 0}, atom = {"", 0}, dc_date = {"", 0};
	struct feed_person creator = {{"", 0}, {"", 0}, {"", 0}};
	int64_t update = 0, times = 1, v;
	bool html = false;

	for (xmlNode *n = channel->children; n != NULL; n = n->next) {
		struct str local;
		enum ns ns;

		if (n->type != XML_ELEMENT_NODE)
			continue;
		ns = ns_of(n, &local);
		if (ns == c->root_ns)
			ns = NS_OWN;
		if (ns == NS_OWN) {
			if (is(local, "item"))
				rss_item(c, n);
			else if (is(local, "title") && blank_text(&f->title))
				f->title = rss_text(c, n);
			else if (is(local, "link"))
				set(&f->link, absolute(c, n, trimmed(n, c->a)));
			else if (is(local, "language"))
				set(&f->lang, trimmed(n, c->a));
			else if (is(local, "pubDate"))
				set(&f->published, trimmed(n, c->a));
			else if (is(local, "lastBuildDate"))
				set(&built, trimmed(n, c->a));
			else if ((is(local, "managingEditor") || is(local, "author")) && f->author.name.n == 0)
				f->author = has_elements(n) ? atom_person(c, n) : person(trimmed(n, c->a));
			else if (is(local, "webMaster") && creator.name.n == 0)
				creator = person(trimmed(n, c->a));
			else if (is(local, "ttl") && str_i64(trimmed(n, c->a), &v) && v > 0 && v < 525600)
				f->ttl_s = v * 60;
		} else if (ns == NS_DC && is(local, "date")) {
			set(&dc_date, trimmed(n, c->a));
		} else if (ns == NS_DC && (is(local, "creator") || is(local, "author"))) {
			f->author = person(trimmed(n, c->a));
		} else if (ns == NS_DC && is(local, "title") && blank_text(&f->title)) {
			f->title = rss_text(c, n);
		} else if (ns == NS_DC && is(local, "language")) {
			set(&f->lang, trimmed(n, c->a));
		} else if (ns == NS_DCTERMS && (is(local, "issued") || is(local, "created"))) {
			set(&f->published, trimmed(n, c->a));
		} else if (ns == NS_DCTERMS && is(local, "modified")) {
			set(&f->updated, trimmed(n, c->a));
		} else if (ns == NS_ATOM && is(local, "link")) {
			if (is(attr(n, "rel", c->a), "next"))
				set(&f->next, absolute(c, n, attr(n, "href", c->a)));
			else
				alternate(c, n, &atom, &html);
		} else if (ns == NS_SY && is(local, "updatePeriod")) {
			update = period(trimmed(n, c->a));
		} else if (ns == NS_SY && is(local, "updateFrequency")) {
			if (str_i64(trimmed(n, c->a), &v) && v > 0)
				times = v;
		} else if (ns == NS_ITUNES && is(local, "author") && creator.name.n == 0) {
			creator = person(trimmed(n, c->a));
		}
	}
	set(&f->link, atom);
	set(&f->link, absolute(c, channel, attr(channel, "href", c->a)));
	set(&f->id, attr(channel, "about", c->a));
	set(&f->updated, built);
	set(&f->updated, dc_date);
	set(&f->published, dc_date);
	if (f->author.name.n == 0 && f->author.email.n == 0)
		f->author = creator;
	if (f->ttl_s == 0 && update > 0)
		f->ttl_s = update / times;
}

static void
rss(struct ctx *c, xmlNode *root)
{
	/* items are the channel's children in 2.0 and its siblings in 1.0; both are met in either */
	for (xmlNode *n = root->children; n != NULL; n = n->next) {
		struct str local;

		if (n->type != XML_ELEMENT_NODE)
			continue;
		(void)ns_of(n, &local);
		if (is(local, "channel"))
			rss_channel(c, n);
		else if (is(local, "item"))
			rss_item(c, n);
	}
}

/* --- sitemaps --------------------------------------------------------------------------------------------------- */

static void
news(struct ctx *c, struct feed_item *it, xmlNode *n)
{
	for (xmlNode *k = n->children; k != NULL; k = k->next) {
		struct str local;

		if (k->type != XML_ELEMENT_NODE)
			continue;
		(void)ns_of(k, &local);
		if (is(local, "title"))
			it->title = (struct feed_text){text_of(k, c->a), true};
		else if (is(local, "publication_date"))
			set(&it->published, trimmed(k, c->a));
		else if (is(local, "name"))
			set(&it->source, trimmed(k, c->a));
		else if (is(local, "language"))
			set(&it->lang, trimmed(k, c->a));
		else if (is(local, "publication"))
			news(c, it, k);
		else if (is(local, "keywords")) {
			struct str rest = text_of(k, c->a), w;

			while (str_split(&rest, ',', &w))
				add_tag(c, it, w);
		}
	}
}

static void
sitemap(struct ctx *c, xmlNode *root)
{
	for (xmlNode *n = root->children; n != NULL; n = n->next) {
		struct feed_item *it;
		struct str local;

		if (n->type != XML_ELEMENT_NODE)
			continue;
		(void)ns_of(n, &local);
		if (!is(local, "url") && !is(local, "sitemap"))
			continue;
		it = new_item(c, n);
		for (xmlNode *k = n->children; k != NULL; k = k->next) {
			if (k->type != XML_ELEMENT_NODE)
				continue;
			if (ns_of(k, &local) == NS_NEWS && is(local, "news"))
				news(c, it, k);
			else if (is(local, "loc"))
				set(&it->link, absolute(c, k, trimmed(k, c->a)));
			else if (is(local, "lastmod"))
				set(&it->updated, trimmed(k, c->a));
		}
		it->id = it->link;
		it->id_is_url = true;
	}
}

/* --- entry ------------------------------------------------------------------------------------------------------ */

static void
quiet(void *ctx, xmlErrorPtr error)
{
	(void)ctx, (void)error;
}

int
feed_parse(struct str xml, struct str base, feed_resolve_fn *resolve, struct arena *a, struct feed *f, struct err *e)
{
	struct ctx c = {.a = a, .base = base, .resolve = resolve, .f = f};
	const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA | XML_PARSE_BIG_LINES;
	xmlDoc *doc;
	xmlNode *root;
	struct str local;
	int rc = 0;

	memset(f, 0, sizeof *f);
	f->title.s = STR("");
	if (xml.n > INT32_MAX)
		return err_set(e, ERR_DATA, "the document is too large");
	if (markup_overloaded(xml))
		return err_set(e, ERR_DATA, "a tag with more than %d attributes", MARKUP_ATTRIBUTES);
	xmlSetStructuredErrorFunc(NULL, quiet);
	doc = xmlReadMemory(xml.p, (int)xml.n, NULL, "UTF-8", options);
	if (doc == NULL) {
		f->recovered = true;
		doc = xmlReadMemory(xml.p, (int)xml.n, NULL, "UTF-8", options | XML_PARSE_RECOVER);
	}
	root = doc != NULL ? xmlDocGetRootElement(doc) : NULL;
	if (root == NULL) {
		xmlFreeDoc(doc);
		return err_set(e, ERR_DATA, "not XML");
	}
	c.root_ns = ns_of(root, &local);
	if (c.root_ns == NS_RDF || c.root_ns == NS_OWN || c.root_ns == NS_OTHER)
		c.root_ns = NS_OWN;
	if (is(local, "rss")) {
		c.root_ns = NS_OWN;
		f->kind = FEED_RSS;
		rss(&c, root);
	} else if (is(local, "RDF")) {
		f->kind = FEED_RDF;
		rss(&c, root);
	} else if (is(local, "channel")) {
		f->kind = FEED_RSS;
		rss_channel(&c, root);
	} else if (is(local, "feed")) {
		struct str name;
		enum ns first = NS_ATOM;

		/* a feed in a namespace of its own: its children's is taken for Atom */
		for (xmlNode *n = root->children; n != NULL; n = n->next)
			if (n->type == XML_ELEMENT_NODE) {
				first = ns_of(n, &name);
				break;
			}
		c.root_ns = c.root_ns == NS_OWN ? first : NS_ATOM;
		atom_feed(&c, root);
	} else if (is(local, "entry")) {
		c.root_ns = NS_ATOM;
		f->kind = FEED_ATOM;
		atom_entry(&c, root);
	} else if (is(local, "urlset")) {
		f->kind = FEED_SITEMAP;
		sitemap(&c, root);
	} else if (is(local, "sitemapindex")) {
		f->kind = FEED_SITEMAP_INDEX;
		sitemap(&c, root);
	} else {
		rc = err_set(e, ERR_DATA, "not a feed but an XML document <%.*s>", (int)(local.n < 40 ? local.n : 40), local.p);
	}
	xmlFreeDoc(doc);
	return rc;
}

/* --- JSON Feed --------------------------------------------------------------------------------------------------- */

bool
feed_is_json(struct json v)
{
	struct json version = json_get(v, "version");

	return version.type == JSON_STR && holds(version.raw, "jsonfeed.org") && json_get(v, "items").type == JSON_ARR;
}

static struct feed_person
json_author(struct json v, struct arena *a)
{
	struct feed_person p = {{"", 0}, {"", 0}, {"", 0}};
	struct json who = json_get(v, "authors"), one;
	struct json_iter it = json_iter(who);
	struct str key;

	if (who.type != JSON_ARR || !json_next(&it, &key, &one))
		one = json_get(v, "author");
	p.name = str_trim(json_str(json_get(one, "name"), a));
	p.url = str_trim(json_str(json_get(one, "url"), a));
	return p;
}

/* A string, or a number as it is written. */
static struct str
json_scalar(struct json v, struct arena *a)
{
	return v.type == JSON_NUM ? v.raw : str_trim(json_str(v, a));
}

int
feed_parse_json(struct json v, struct str base, feed_resolve_fn *resolve, struct arena *a, struct feed *f, struct err *e)
{
	struct ctx c = {.a = a, .base = base, .resolve = resolve, .f = f};
	struct json items = json_get(v, "items"), one;
	struct json_iter it = json_iter(items);
	struct str key, url;

	memset(f, 0, sizeof *f);
	f->kind = FEED_JSON;
	if (items.type != JSON_ARR)
		return err_set(e, ERR_DATA, "not a JSON Feed: no items");
	f->title = (struct feed_text){json_str(json_get(v, "title"), a), false};
	f->lang = str_trim(json_str(json_get(v, "language"), a));
	f->author = json_author(v, a);
	url = resolve(a, base, json_str(json_get(v, "home_page_url"), a));
	f->link = url.p != NULL ? url : STR("");
	f->id = str_trim(json_str(json_get(v, "feed_url"), a));
	url = json_get(v, "next_url").type == JSON_STR ? resolve(a, base, json_str(json_get(v, "next_url"), a)) : STR("");
	f->next = url.p != NULL ? url : STR("");
	while (json_next(&it, &key, &one)) {
		struct str id = json_scalar(json_get(one, "id"), a);
		struct feed_item *x;
		struct json tags, tag;
		struct json_iter ti;

		if (id.n == 0)
			continue;
		x = new_item(&c, NULL);
		x->id = id;
		x->raw = one.raw;
		url = resolve(a, base, json_str(json_get(one, "url"), a));
		x->link = url.p != NULL ? url : STR("");
		x->title = (struct feed_text){json_str(json_get(one, "title"), a), false};
		x->summary = (struct feed_text){json_str(json_get(one, "summary"), a), false};
		x->content = (struct feed_text){json_str(json_get(one, "content_html"), a), true};
		if (blank_text(&x->content))
			x->content = (struct feed_text){json_str(json_get(one, "content_text"), a), false};
		x->published = str_trim(json_str(json_get(one, "date_published"), a));
		x->updated = str_trim(json_str(json_get(one, "date_modified"), a));
		x->author = json_author(one, a);
		x->lang = str_trim(json_str(json_get(one, "language"), a));
		tags = json_get(one, "tags");
		for (ti = json_iter(tags); json_next(&ti, &key, &tag);)
			add_tag(&c, x, json_str(tag, a));
	}
	return 0;
}
