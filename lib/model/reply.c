#include "model/reply.h"

#include <string.h>

#include "base/hash.h"
#include "base/tsv.h"
#include "base/utf8.h"

/* --- sections --------------------------------------------------------------------------------------------------------- */

static bool
answers_posts(struct str heading, bool zh)
{
	if (zh)
		return str_find(heading, STR("评论")) >= 0 || str_starts(heading, STR("网上"));
	return str_find(heading, STR("omment")) >= 0 || str_starts(heading, STR("Online"));
}

static ptrdiff_t
last_of(struct str s, struct str mark)
{
	for (size_t i = s.n; i-- > 0;)
		if (str_starts(str_sub(s, i, s.n), mark))
			return (ptrdiff_t)i;
	return -1;
}

/* Between the first quotation mark, when the section begins with one, and the last of its paragraph. */
static struct str
said_in(struct str body)
{
	static const struct {
		struct str open, close;
	} marks[] = {{{"“", sizeof "“" - 1}, {"”", sizeof "”" - 1}}, {{"\"", 1}, {"\"", 1}}};

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		struct str rest, para;
		ptrdiff_t end;

		if (!str_starts(body, marks[i].open))
			continue;
		rest = str_sub(body, marks[i].open.n, body.n);
		end = str_find(rest, STR("\n\n"));
		para = end < 0 ? rest : str_sub(rest, 0, (size_t)end);
		if ((end = last_of(para, marks[i].close)) > 0)
			return str_trim(str_sub(para, 0, (size_t)end));
	}
	return body;
}

size_t
reply_sections(struct str text, bool zh, struct arena *a, struct reply_section **out)
{
	struct str rest = text, line;
	size_t n = 0, room = 1;
	bool on = false;
	const char *from = NULL;

	for (size_t i = 0; i + 1 < text.n; i++)
		room += text.p[i] == '\n' && text.p[i + 1] == '#';
	*out = arena_zalloc(a, (room + 1) * sizeof **out);
	while (str_split(&rest, '\n', &line)) {
		bool heading = str_starts(line, STR("## "));

		if (heading && on)
			(*out)[n - 1].said = said_in(str_trim(str_n(from, (size_t)(line.p - from))));
		if (!heading)
			continue;
		line = str_trim(str_sub(line, 3, line.n));
		on = answers_posts(line, zh);
		from = line.p + line.n;
		if (on)
			(*out)[n++].heading = line;
	}
	if (on)
		(*out)[n - 1].said = said_in(str_trim(str_n(from, (size_t)(text.p + text.n - from))));
	return n;
}

/* --- platforms -------------------------------------------------------------------------------------------------------- */

int
platforms_load(struct str tsv, const char *name, struct arena *a, struct platforms *out, struct err *e)
{
	static const char *const units[] = {"chars", "half", "wide"};
	struct tsv t;
	size_t room = 1;
	int r;

	for (size_t i = 0; i < tsv.n; i++)
		room += tsv.p[i] == '\n';
	*out = (struct platforms){.v = arena_zalloc(a, room * sizeof *out->v)};
	tsv_open(&t, tsv, name);
	while ((r = tsv_next(&t, 3, e)) > 0) {
		struct platform p = {.name = t.col[0]};
		int k = 0;

		if (p.name.n > 0 && str_is(t.col[1], "-") && str_is(t.col[2], "-"))
			continue; /* named for its other names alone */
		while (k < 3 && !str_is(t.col[2], units[k]))
			k++;
		if (k == 3 || p.name.n == 0 || !str_i64(t.col[1], &p.limit) || p.limit < 1)
			return err_set(e, ERR_CONFIG, "%s:%zu: expected a platform, a limit, and chars, half or wide", name, t.lineno);
		p.unit = k == 0 ? UNIT_CHARS : k == 1 ? UNIT_HALF : UNIT_WIDE;
		out->v[out->n++] = p;
	}
	return r;
}

const struct platform *
platform_find(const struct platforms *p, struct str name)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->v[i].name, name))
			return &p->v[i];
	return NULL;
}

int64_t
platform_length(const struct platform *p, struct str text)
{
	const char *at = text.p, *end = text.p + text.n;
	int64_t n = 0, half = 0;

	while (at < end) {
		uint32_t cp = utf8_step(at, end, &at);

		if (p->unit == UNIT_HALF)
			half += cp < 0x80 ? 1 : 2;
		else
			n += p->unit == UNIT_WIDE && cp >= 0x1100 ? 2 : 1;
	}
	return n + (half + 1) / 2;
}

static bool
ends_sentence(struct str s, size_t at, size_t *len)
{
	static const struct str marks[] = {{"。", 3}, {"！", 3}, {"？", 3}};

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (str_starts(str_sub(s, at, s.n), marks[i])) {
			*len = marks[i].n;
			return true;
		}
	*len = 1;
	return (s.p[at] == '.' || s.p[at] == '!' || s.p[at] == '?') && (at + 1 == s.n || is_space(s.p[at + 1]));
}

struct str
platform_fit(const struct platform *p, struct str text)
{
	struct str best = {text.p, 0};
	size_t len;

	if (platform_length(p, text) <= p->limit)
		return text;
	for (size_t i = 0; i < text.n; i++)
		if (ends_sentence(text, i, &len)) {
			struct str s = str_sub(text, 0, i + len);

			if (platform_length(p, s) > p->limit)
				break;
			best = s;
			i += len - 1;
		}
	return best;
}

/* --- whom to answer --------------------------------------------------------------------------------------------------- */

const char *const reply_why_name[REPLY_WHYS] = {"", "not the public's voice", "reposts", "not a complaint", "not on a platform", "of another type"};

static bool
one_of(struct json v, const char *const *names)
{
	for (; *names != NULL; names++)
		if (json_is(v, *names))
			return true;
	return false;
}

enum reply_why
reply_wanted(const struct reply_rules *r, struct json post, struct arena *a)
{
	static const char *const voices[] = {"own", "official", "media", "staff", "rival", NULL};
	static const char *const kinds[] = {"ad", "praise", "news", NULL};
	static const char *const aside[] = {"hotline", "phone", "mail", "survey", "letter", NULL};
	struct json_iter it = json_iter(json_get(post, "subjects"));
	struct json item, type = json_path(post, "crisis.type");
	struct str key, name;

	while (json_next(&it, &key, &item))
		if ((r->subject.n == 0 || str_eq(json_str(json_get(item, "id"), a), r->subject)) && one_of(json_get(item, "voice"), voices))
			return REPLY_VOICE;
	if (json_is(json_get(post, "form"), "repost"))
		return REPLY_FORM;
	if (one_of(json_get(post, "channel"), aside) || one_of(json_get(post, "platform"), aside) || one_of(json_get(post, "form"), aside))
		return REPLY_CHANNEL;
	if (!r->any_mood && (one_of(json_path(post, "crisis.kind"), kinds) || json_is(json_path(post, "sentiment.label"), "pos")))
		return REPLY_KIND;
	name = json_str(type, a);
	if (r->any_type || name.n == 0 || r->ntype == 0)
		return REPLY_YES;
	for (size_t i = 0; i < r->ntype; i++)
		if (str_eq(r->type[i], name))
			return REPLY_YES;
	return REPLY_TYPE;
}

bool
reply_in_chinese(struct json post, struct arena *a)
{
	struct str lang = json_str(json_get(post, "lang"), a), text = json_str(json_get(post, "text"), a);
	const char *p = text.p, *end = text.p + text.n;

	if (str_starts(lang, STR("zh")))
		return true;
	if (str_starts(lang, STR("en")))
		return false;
	while (p < end)
		if (utf8_is_han(utf8_step(p, end, &p)))
			return true;
	return text.n == 0;
}

struct str
reply_stakeholder(struct json post)
{
	static const char *const forms[] = {"complaint", "letter", "survey", NULL};

	return json_get(post, "customer").type != JSON_NONE || one_of(json_get(post, "form"), forms) ? STR("customer") : STR("public");
}

uint64_t
reply_author(struct json post, struct arena *a)
{
	struct str platform = json_str(json_get(post, "platform"), a), id = json_str(json_path(post, "author.id"), a);
	uint64_t h;

	if (id.n == 0)
		id = json_str(json_path(post, "author.name"), a);
	if (id.n == 0)
		return 0;
	h = hash_bytes(id.p, id.n, hash_bytes(platform.p, platform.n, 1));
	return h != 0 ? h : 1;
}

void
reply_address(struct json post, struct arena *a, struct buf *out)
{
	static const char *const keys[] = {"id", "platform", "source", "url", "form", "customer"};
	struct str author = json_str(json_path(post, "author.id"), a), name = json_str(json_path(post, "author.name"), a);
	struct jw w = jw_open(out);

	jw_obj(&w);
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		struct str v = json_str(json_get(post, keys[i]), a);

		jw_kstr_opt(&w, keys[i], v);
	}
	if (author.n > 0 || name.n > 0) {
		jw_key(&w, "author");
		jw_obj(&w);
		jw_kstr_opt(&w, "id", author);
		jw_kstr_opt(&w, "name", name);
		jw_end(&w);
	}
	jw_kstr(&w, "stakeholder", reply_stakeholder(post));
	jw_end(&w);
}
