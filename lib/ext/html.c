#include <stdlib.h>
#include <string.h>

#include <libxml/HTMLparser.h>
#include <libxml/HTMLtree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include "ext/html.h"
#include "ext/markup.h"

enum { OPERATIONS = 20000000, /* of one expression, against those that never end */ MAX_NODES = 100000 };

struct html {
	htmlDocPtr doc;
	xmlXPathContext *x;
};

static void
quiet(void *ctx, xmlErrorPtr error)
{
	(void)ctx, (void)error;
}

int
html_open(struct str utf8, struct html **out, struct err *e)
{
	/* without HUGE everything below 255 levels would be lost silently */
	const int options = HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
	    HTML_PARSE_COMPACT | (int)XML_PARSE_HUGE;
	struct html *h;

	if (utf8.n > INT32_MAX)
		return err_set(e, ERR_DATA, "the page is too large");
	if (markup_overloaded(utf8))
		return err_set(e, ERR_DATA, "a tag with more than %d attributes", MARKUP_ATTRIBUTES);
	xmlSetStructuredErrorFunc(NULL, quiet);
	h = xcalloc(1, sizeof *h);
	h->doc = htmlReadMemory(utf8.p, (int)utf8.n, NULL, "UTF-8", options);
	if (h->doc != NULL && xmlDocGetRootElement(h->doc) != NULL)
		h->x = xmlXPathNewContext(h->doc);
	if (h->x == NULL) {
		html_close(h);
		return err_set(e, ERR_DATA, "the page is empty");
	}
	h->x->opLimit = OPERATIONS;
	*out = h;
	return 0;
}

void
html_close(struct html *h)
{
	if (h == NULL)
		return;
	xmlXPathFreeContext(h->x);
	xmlFreeDoc(h->doc);
	free(h);
}

int
html_check(const char *xpath, struct err *e)
{
	xmlXPathCompExpr *c;

	xmlSetStructuredErrorFunc(NULL, quiet);
	xmlSetGenericErrorFunc(NULL, NULL);
	c = xmlXPathCompile((const xmlChar *)xpath);
	if (c == NULL)
		return err_set(e, ERR_CONFIG, "'%.100s' is no XPath expression", xpath);
	xmlXPathFreeCompExpr(c);
	return 0;
}

static xmlXPathObject *
eval(struct html *h, void *ctx, const char *xpath, struct err *e)
{
	xmlXPathObject *r;

	h->x->node = ctx != NULL ? ctx : xmlDocGetRootElement(h->doc);
	h->x->opCount = 0;
	r = xmlXPathEvalExpression((const xmlChar *)xpath, h->x);
	if (r == NULL)
		(void)err_set(e, ERR_DATA, "the expression '%.100s' failed on this page", xpath);
	return r;
}

int
html_select(struct html *h, void *ctx, const char *xpath, struct arena *a, void ***node, size_t *n, struct err *e)
{
	xmlXPathObject *r = eval(h, ctx, xpath, e);
	int rc = 0;

	*n = 0;
	if (r == NULL)
		return -1;
	if (r->type != XPATH_NODESET) {
		rc = err_set(e, ERR_DATA, "the expression '%.100s' finds no elements but a value", xpath);
	} else if (r->nodesetval != NULL && r->nodesetval->nodeNr > 0) {
		xmlXPathNodeSetSort(r->nodesetval);
		*n = (size_t)r->nodesetval->nodeNr < MAX_NODES ? (size_t)r->nodesetval->nodeNr : MAX_NODES;
		*node = arena_alloc(a, *n * sizeof **node);
		for (size_t i = 0; i < *n; i++)
			(*node)[i] = r->nodesetval->nodeTab[i];
	}
	xmlXPathFreeObject(r);
	return rc;
}

static void
put_node(struct html *h, xmlNode *n, struct buf *out, bool *markup)
{
	if (out->n > 0)
		buf_putc(out, '\n');
	if (n->type == XML_ELEMENT_NODE) {
		xmlBuffer *b = xmlBufferCreate();

		(void)htmlNodeDump(b, h->doc, n);
		buf_add(out, xmlBufferContent(b), (size_t)xmlBufferLength(b));
		xmlBufferFree(b);
		*markup = true;
	} else {
		xmlChar *s = xmlNodeGetContent(n);

		if (s != NULL)
			buf_puts(out, (const char *)s);
		xmlFree(s);
	}
}

int
html_value(struct html *h, void *ctx, const char *xpath, struct arena *a, struct str *out, bool *markup, struct err *e)
{
	xmlXPathObject *r = eval(h, ctx, xpath, e);
	struct buf b = {0};

	*out = STR("");
	*markup = false;
	if (r == NULL)
		return -1;
	if (r->type == XPATH_NODESET) {
		if (r->nodesetval != NULL) {
			xmlXPathNodeSetSort(r->nodesetval);
			for (int i = 0; i < r->nodesetval->nodeNr && i < MAX_NODES; i++)
				put_node(h, r->nodesetval->nodeTab[i], &b, markup);
		}
	} else {
		xmlChar *s = xmlXPathCastToString(r);

		if (s != NULL)
			buf_puts(&b, (const char *)s);
		xmlFree(s);
	}
	xmlXPathFreeObject(r);
	*out = arena_str(a, str_trim(buf_view(&b)));
	buf_free(&b);
	return out->n > 0;
}

static struct str
value_or_empty(struct html *h, const char *xpath, struct arena *a)
{
	struct str s;
	struct err e;
	bool markup;

	return html_value(h, NULL, xpath, a, &s, &markup, &e) == 1 ? s : STR("");
}

struct str
html_base(struct html *h, struct arena *a)
{
	return value_or_empty(h, "string((//base/@href)[1])", a);
}

struct str
html_feed(struct html *h, struct arena *a)
{
	return value_or_empty(h,
	    "string((//link[contains(concat(' ', @rel, ' '), ' alternate ')][@type='application/rss+xml' or "
	    "@type='application/atom+xml' or @type='application/feed+json']/@href)[1])",
	    a);
}
