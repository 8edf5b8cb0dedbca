#include "model/template.h"

#include "base/utf8.h"

static const struct str open_zh = {"【待核实：", sizeof "【待核实：" - 1};
static const struct str open_en = {"[to be confirmed: ", sizeof "[to be confirmed: " - 1};

enum { NAME_MAX_BYTES = 64 /* of a fact id; how far a "{{" is followed */ };

static bool
is_name(struct str s)
{
	if (s.n == 0 || s.n > NAME_MAX_BYTES || !(s.p[0] >= 'a' && s.p[0] <= 'z'))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !is_digit(s.p[i]) && s.p[i] != '_')
			return false;
	return true;
}

bool
template_next(struct str text, size_t *at, struct slot *s)
{
	for (size_t i = *at; i + 1 < text.n; i++) {
		ptrdiff_t end;
		struct str inside;

		if (text.p[i] != '{' || text.p[i + 1] != '{')
			continue;
		end = str_find(str_n(text.p + i + 2, text.n - i - 2 < NAME_MAX_BYTES + 2 ? text.n - i - 2 : NAME_MAX_BYTES + 2), STR("}}"));
		inside = str_sub(text, i + 2, end < 0 ? 0 : (size_t)end);
		s->off = i;
		s->len = end < 0 || !is_name(inside) ? 2 : inside.n + 4;
		s->name = is_name(inside) ? inside : (struct str){0};
		*at = i + s->len;
		return true;
	}
	*at = text.n;
	return false;
}

bool
template_uses(struct str text, struct str name)
{
	struct slot s;

	for (size_t at = 0; template_next(text, &at, &s);)
		if (str_eq(s.name, name))
			return true;
	return false;
}

static bool
scalar(struct json v, bool zh, struct arena *a, struct buf *out)
{
	struct str s;

	switch (v.type) {
	case JSON_STR:
		s = str_trim(json_str(v, a));
		if (s.n == 0)
			return false;
		utf8_clean(out, s);
		return true;
	case JSON_NUM:
		buf_str(out, v.raw);
		return true;
	case JSON_TRUE:
	case JSON_FALSE:
		buf_puts(out, zh ? (v.type == JSON_TRUE ? "是" : "否") : v.type == JSON_TRUE ? "yes" : "no");
		return true;
	default:
		return false;
	}
}

bool
template_value(struct json v, bool zh, struct buf *out)
{
	struct json_iter it;
	struct json item;
	struct arena a = {0};
	struct str key;
	size_t n = 0;
	bool all = true;

	if (v.type != JSON_ARR) {
		all = scalar(v, zh, &a, out);
		arena_free(&a);
		return all;
	}
	it = json_iter(v);
	while (all && json_next(&it, &key, &item)) {
		if (n++ > 0)
			buf_puts(out, zh ? "、" : ", ");
		all = scalar(item, zh, &a, out);
	}
	arena_free(&a);
	return all && n > 0;
}

void
template_fill(struct str text, bool zh, template_find_fn *find, void *ctx, struct buf *out)
{
	struct slot s;
	size_t from = 0;

	for (size_t at = 0; template_next(text, &at, &s); from = at) {
		struct str value = {0}, ask = {0};

		buf_add(out, text.p + from, s.off - from);
		if (s.name.n == 0)
			buf_add(out, text.p + s.off, s.len);
		else if (find(ctx, s.name, &value, &ask))
			buf_str(out, value);
		else {
			buf_str(out, zh ? open_zh : open_en);
			buf_str(out, ask.n > 0 ? ask : s.name);
			buf_puts(out, zh ? "】" : "]");
		}
	}
	buf_add(out, text.p + from, text.n - from);
}

bool
template_open(struct str text, size_t *at, size_t *len)
{
	for (size_t i = *at; i < text.n; i++) {
		struct str rest = str_sub(text, i, text.n);
		bool zh = str_starts(rest, open_zh);
		ptrdiff_t end;

		if (!zh && !str_starts(rest, open_en))
			continue;
		end = str_find(rest, zh ? STR("】") : STR("]"));
		*at = i;
		*len = end < 0 ? rest.n : (size_t)end + (zh ? 3 : 1);
		return true;
	}
	return false;
}

/* --- Markdown --------------------------------------------------------------------------------------------------------- */

size_t
md_headings(struct str text, struct arena *a, struct md_heading **out)
{
	struct str rest = text, line;
	size_t n = 0, room = 1;
	bool fence = false;
	int lineno = 0;

	for (size_t i = 0; i < text.n; i++)
		room += text.p[i] == '\n';
	*out = arena_alloc(a, room * sizeof **out);
	while (str_split(&rest, '\n', &line)) {
		int depth = 0;

		lineno++;
		if (str_starts(line, STR("```"))) {
			fence = !fence;
			continue;
		}
		while ((size_t)depth < line.n && line.p[depth] == '#')
			depth++;
		if (fence || depth == 0 || depth > 6 || (size_t)depth == line.n || line.p[depth] != ' ')
			continue;
		(*out)[n++] = (struct md_heading){depth, str_trim(str_sub(line, (size_t)depth, line.n)), lineno};
	}
	return n;
}

int
md_line(struct str text, size_t off)
{
	int line = 1;

	for (size_t i = 0; i < off && i < text.n; i++)
		line += text.p[i] == '\n';
	return line;
}

/* The end of a slot or an open place that starts at p, or p. */
static const char *
past_slot(struct str text, const char *p)
{
	size_t at = (size_t)(p - text.p), len;
	struct slot s;

	/* Only what starts here is asked for: a search from every place to the end would take hours. */
	if (*p == '{' && str_starts(str_sub(text, at, text.n), STR("{{"))) {
		size_t next = at;

		if (template_next(text, &next, &s) && s.off == at && s.name.n > 0)
			return text.p + next;
	} else if (str_starts(str_sub(text, at, text.n), open_zh) || str_starts(str_sub(text, at, text.n), open_en)) {
		size_t from = at;

		if (template_open(text, &from, &len))
			return p + len;
	}
	return p;
}

size_t
text_han(struct str text)
{
	const char *p = text.p, *end = text.p + text.n;
	size_t n = 0;

	while (p < end) {
		const char *next = past_slot(text, p);

		if (next != p) {
			p = next;
			continue;
		}
		n += utf8_is_han(utf8_step(p, end, &next));
		p = next;
	}
	return n;
}

size_t
text_words(struct str text)
{
	const char *p = text.p, *end = text.p + text.n;
	size_t n = 0;
	bool in = false;

	while (p < end) {
		const char *next = past_slot(text, p);

		if (next != p) {
			in = false;
			p = next;
			continue;
		}
		if (is_alnum(*p)) {
			n += !in;
			in = true;
		} else if (*p != '\'' && *p != '-')
			in = false;
		p++;
	}
	return n;
}

void
md_plain(struct str text, struct buf *out)
{
	struct str rest = text, line;
	bool first = true;

	while (str_split(&rest, '\n', &line)) {
		size_t i = 0;

		if (!first)
			buf_putc(out, '\n');
		first = false;
		while (i < line.n && line.p[i] == '#')
			i++;
		if (i > 0 && i < line.n && line.p[i] == ' ')
			line = str_trim(str_sub(line, i, line.n));
		for (i = 0; i < line.n; i++) {
			if (line.p[i] == '*' && i + 1 < line.n && line.p[i + 1] == '*')
				i++;
			else
				buf_putc(out, line.p[i]);
		}
	}
}
