#include "model/cacao.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "model/playbook.h"

static const char spec[] = "cacao-2.0";

/* --- canonical JSON --------------------------------------------------------------------------------------------------- */

struct pair {
	struct str key;
	struct json val;
};

static int
by_key(const void *a, const void *b)
{
	return str_cmp(((const struct pair *)a)->key, ((const struct pair *)b)->key);
}

void
json_canon(struct json v, struct buf *out)
{
	struct json_iter it = json_iter(v);
	struct json item;
	struct str key;
	struct arena a = {0};
	struct pair *p = NULL;
	size_t n = 0, cap = 0;

	if (v.type == JSON_STR) {
		json_quote(out, json_str(v, &a));
	} else if (v.type == JSON_ARR) {
		buf_putc(out, '[');
		while (json_next(&it, &key, &item)) {
			if (n++ > 0)
				buf_putc(out, ',');
			json_canon(item, out);
		}
		buf_putc(out, ']');
	} else if (v.type == JSON_OBJ) {
		while (json_next(&it, &key, &item)) {
			p = xgrow(p, &cap, n + 1, sizeof *p);
			p[n++] = (struct pair){key, item};
		}
		if (n > 1)
			qsort(p, n, sizeof *p, by_key);
		buf_putc(out, '{');
		for (size_t i = 0; i < n; i++) {
			buf_printf(out, "%s\"%.*s\":", i > 0 ? "," : "", STRF(p[i].key));
			json_canon(p[i].val, out);
		}
		buf_putc(out, '}');
	} else
		buf_str(out, v.raw);
	free(p);
	arena_free(&a);
}

/* --- ids -------------------------------------------------------------------------------------------------------------- */

/* "kind--UUID" that is always the same for the same thing. UUIDs of steps must be of version 4. */
static struct str
uuid(const char *kind, struct str book, struct str what, struct arena *a)
{
	struct str name = arena_printf(a, "%s %.*s %.*s", kind, STRF(book), STRF(what));
	uint64_t hi = hash_bytes(name.p, name.n, 0x746f6373696e0001u), lo = hash_bytes(name.p, name.n, 0x746f6373696e0002u);

	hi = (hi & ~UINT64_C(0xf000)) | 0x4000;
	lo = (lo & ~(UINT64_C(3) << 62)) | UINT64_C(2) << 62;
	return arena_printf(a, "%s--%08x-%04x-%04x-%04x-%012llx", kind, (unsigned)(hi >> 32), (unsigned)(hi >> 16 & 0xffff),
	    (unsigned)(hi & 0xffff), (unsigned)(lo >> 48), (unsigned long long)(lo & UINT64_C(0xffffffffffff)));
}

/* Who made it and what the extension is: the same for every playbook. */
static struct str
house(struct arena *a)
{
	return uuid("identity", STR("tocsin"), STR(""), a);
}

static struct str
extension(struct arena *a)
{
	return uuid("extension-definition", STR("tocsin"), STR("playbook 1"), a);
}

/* --- writing ---------------------------------------------------------------------------------------------------------- */

struct task {
	struct json v;
	struct str id, step, end; /* ids of its step and, in a branch, of the end of it */
	int wave;                 /* 0: waits for nothing, else one more than what it waits for */
};
struct export {
	const struct cacao_book *b;
	struct json folded;
	struct arena a;
	struct task *task;
	size_t n;
	int waves;
};

static struct str
word(struct export *x, struct json v)
{
	return json_str(v, &x->a);
}

static struct task *
find(struct export *x, struct str id)
{
	for (size_t i = 0; i < x->n; i++)
		if (str_eq(x->task[i].id, id))
			return &x->task[i];
	return NULL;
}

/* The lint refuses circles; depth bounds one that is there all the same. */
static int
wave_of(struct export *x, struct task *t, int depth)
{
	struct json_iter it = json_iter(json_get(t->v, "after"));
	struct json item;
	struct str key;
	int wave = 0;

	if (t->wave >= 0)
		return t->wave;
	while (depth < 64 && json_next(&it, &key, &item)) {
		struct task *other = find(x, word(x, item));
		int w = other != NULL && other != t ? wave_of(x, other, depth + 1) : -1;

		wave = w >= wave ? w + 1 : wave;
	}
	return t->wave = wave;
}

static void
read_tasks(struct export *x)
{
	struct json list = json_get(x->folded, "tasks"), item;
	struct json_iter it = json_iter(list);
	struct str key;
	size_t n = 0;

	while (json_next(&it, &key, &item))
		n++;
	x->task = arena_zalloc(&x->a, (n + 1) * sizeof *x->task);
	it = json_iter(list);
	while (json_next(&it, &key, &item)) {
		struct task *t = &x->task[x->n];

		t->id = word(x, json_get(item, "id"));
		if (t->id.n == 0 || find(x, t->id) != NULL)
			continue;
		t->v = item;
		t->wave = -1;
		t->step = uuid("action", x->b->id, t->id, &x->a);
		t->end = uuid("end", x->b->id, t->id, &x->a);
		x->n++;
	}
	for (size_t i = 0; i < x->n; i++)
		if (wave_of(x, &x->task[i], 0) >= x->waves)
			x->waves = x->task[i].wave + 1;
}

static size_t
in_wave(const struct export *x, int wave, const struct task **only)
{
	size_t n = 0;

	for (size_t i = 0; i < x->n; i++)
		if (x->task[i].wave == wave) {
			*only = &x->task[i];
			n++;
		}
	return n;
}

/* The step a wave begins with; behind the last one the end. */
static struct str
wave_step(struct export *x, int wave)
{
	const struct task *only;

	if (wave >= x->waves)
		return uuid("end", x->b->id, STR(""), &x->a);
	return in_wave(x, wave, &only) == 1 ? only->step : uuid("parallel", x->b->id, arena_printf(&x->a, "%d", wave), &x->a);
}

static struct str
agent(struct export *x, struct str department)
{
	return uuid("group", x->b->id, department, &x->a);
}

/* At the highest level at which it exists: the shortest one. */
static int64_t
timeout_ms(struct json task)
{
	for (int level = LEVELS - 1; level >= 0; level--)
		if (playbook_exists_at(task, level)) {
			int64_t s = playbook_at_level(json_get(task, "deadline"), level);

			return s > 0 ? s * 1000 : -1;
		}
	return -1;
}

static void
action(struct export *x, struct jw *w, const struct task *t, struct str next)
{
	int64_t ms = timeout_ms(t->v);
	struct str text = word(x, json_get(t->v, "text"));

	jw_keyn(w, t->step);
	jw_obj(w);
	jw_kcstr(w, "type", "action");
	jw_kstr(w, "name", t->id);
	jw_kstr_opt(w, "description", word(x, json_path(t->v, "duty.zh")));
	if (ms > 0)
		jw_kint(w, "timeout", ms);
	jw_kstr(w, "on_completion", next);
	jw_key(w, "commands");
	jw_arr(w);
	jw_obj(w);
	jw_kcstr(w, "type", "manual");
	jw_kstr(w, "command", word(x, json_path(t->v, "duty.en")));
	jw_kcstr(w, "playbook_activity", text.n > 0 ? "deliver-content" : "step-sequence");
	jw_end(w);
	jw_end(w);
	jw_kstr(w, "agent", agent(x, word(x, json_get(t->v, "department"))));
	jw_end(w);
}

static void
step_end(struct jw *w, struct str id)
{
	jw_keyn(w, id);
	jw_obj(w);
	jw_kcstr(w, "type", "end");
	jw_end(w);
}

static void
workflow(struct export *x, struct jw *w)
{
	jw_obj(w);
	jw_keyn(w, uuid("start", x->b->id, STR(""), &x->a));
	jw_obj(w);
	jw_kcstr(w, "type", "start");
	jw_kstr(w, "on_completion", wave_step(x, 0));
	jw_end(w);
	for (int wave = 0; wave < x->waves; wave++) {
		const struct task *only;

		if (in_wave(x, wave, &only) == 1) {
			action(x, w, only, wave_step(x, wave + 1));
			continue;
		}
		jw_keyn(w, wave_step(x, wave));
		jw_obj(w);
		jw_kcstr(w, "type", "parallel");
		jw_kstr(w, "on_completion", wave_step(x, wave + 1));
		jw_key(w, "next_steps");
		jw_arr(w);
		for (size_t i = 0; i < x->n; i++)
			if (x->task[i].wave == wave)
				jw_str(w, x->task[i].step);
		jw_end(w);
		jw_end(w);
		for (size_t i = 0; i < x->n; i++)
			if (x->task[i].wave == wave) {
				action(x, w, &x->task[i], x->task[i].end);
				step_end(w, x->task[i].end);
			}
	}
	step_end(w, wave_step(x, x->waves));
	jw_end(w);
}

static void
agents(struct export *x, struct jw *w)
{
	jw_obj(w);
	for (size_t i = 0; i < x->n; i++) {
		struct str department = word(x, json_get(x->task[i].v, "department"));
		bool first = true;

		for (size_t k = 0; k < i; k++)
			first = first && !str_eq(word(x, json_get(x->task[k].v, "department")), department);
		if (!first)
			continue;
		jw_keyn(w, agent(x, department));
		jw_obj(w);
		jw_kcstr(w, "type", "group");
		jw_kstr(w, "name", department.n > 0 ? department : STR("unknown"));
		jw_end(w);
	}
	jw_end(w);
}

static void
variables(struct export *x, struct jw *w)
{
	struct json_iter it = json_iter(json_get(x->folded, "facts"));
	struct json item;
	struct str key;

	jw_obj(w);
	while (json_next(&it, &key, &item)) {
		struct str id = word(x, json_get(item, "id"));

		if (id.n == 0)
			continue;
		jw_keyn(w, arena_printf(&x->a, "__%.*s__", STRF(id)));
		jw_obj(w);
		jw_kcstr(w, "type", "string");
		jw_kstr_opt(w, "description", word(x, json_path(item, "ask.en")));
		jw_kbool(w, "external", true);
		jw_end(w);
	}
	jw_end(w);
}

static void
references(struct export *x, struct jw *w)
{
	struct json_iter it = json_iter(json_get(x->folded, "clocks"));
	struct json item;
	struct str key;
	size_t n = 0;

	while (json_next(&it, &key, &item)) {
		if (n++ == 0) {
			jw_key(w, "external_references");
			jw_arr(w);
		}
		jw_obj(w);
		jw_kstr(w, "name", word(x, json_get(item, "source")));
		jw_kstr(w, "description", word(x, json_path(item, "what.en")));
		jw_end(w);
	}
	if (n > 0)
		jw_end(w);
}

static struct str
midnight(struct export *x, const char *key)
{
	struct str day = word(x, json_get(x->folded, key));

	return arena_printf(&x->a, "%.*sT00:00:00.000Z", STRF(day.n == 10 ? day : STR("1970-01-01")));
}

static void
labels(struct export *x, struct jw *w)
{
	struct json_iter it = json_iter(json_get(x->folded, "types"));
	struct json item;
	struct str key;

	jw_key(w, "labels");
	jw_arr(w);
	jw_str(w, x->b->id);
	while (json_next(&it, &key, &item))
		jw_str(w, word(x, item));
	jw_end(w);
}

static void
sectors(struct export *x, struct jw *w)
{
	static const char *const names[][2] = {{"bank", "financial"}, {"health", "healthcare"}, {"electronics", "electronics-hardware"}};
	struct str industry = word(x, json_get(x->folded, "industry"));

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (str_is(industry, names[i][0])) {
			jw_key(w, "industry_sectors");
			jw_arr(w);
			jw_cstr(w, names[i][1]);
			jw_end(w);
		}
}

/* What a change elsewhere must not go unseen in. */
static void
digest_of(struct json workflow_v, struct json agents_v, struct json variables_v, cacao_digest *digest, char hex[65])
{
	struct buf b = {0};

	json_canon(workflow_v, &b);
	buf_putc(&b, '\n');
	json_canon(agents_v, &b);
	buf_putc(&b, '\n');
	json_canon(variables_v, &b);
	(void)digest(buf_view(&b), hex);
	buf_free(&b);
}

static void
extensions(struct export *x, struct jw *w, const char *check)
{
	const struct cacao_book *b = x->b;

	jw_key(w, "playbook_extensions");
	jw_obj(w);
	jw_keyn(w, extension(&x->a));
	jw_obj(w);
	jw_kstr(w, "tocsin_id", b->id);
	jw_kstr_opt(w, "tocsin_hash", b->hash);
	jw_kcstr(w, "workflow_digest", check);
	jw_kraw(w, "playbook_file", b->own);
	jw_key(w, "playbook_texts");
	jw_obj(w);
	for (size_t i = 0; i < b->ntext; i++) {
		jw_keyn(w, arena_printf(&x->a, "%.*s_%.*s", STRF(b->text[i].name), STRF(b->text[i].lang)));
		jw_str(w, b->text[i].body);
	}
	jw_end(w);
	jw_kstr_opt(w, "playbook_tests", b->tests);
	jw_end(w);
	jw_end(w);
	jw_key(w, "extension_definitions");
	jw_obj(w);
	jw_keyn(w, extension(&x->a));
	jw_obj(w);
	jw_kcstr(w, "type", "extension-definition");
	jw_kcstr(w, "name", "tocsin playbook");
	jw_kcstr(w, "description", "Plan by level, statutory clocks, release grades, audiences and texts of a crisis playbook");
	jw_kstr(w, "created_by", house(&x->a));
	jw_kcstr(w, "schema", "tocsin-playbook(5): playbook_file is playbook.yaml as JSON; playbook_texts are its Markdown files");
	jw_kcstr(w, "version", "1.0.0");
	jw_end(w);
	jw_end(w);
}

void
cacao_write(const struct cacao_book *b, struct json folded, cacao_digest *digest, struct buf *out)
{
	struct export x = {.b = b, .folded = folded};
	struct buf flow = {0}, group = {0}, vars = {0};
	struct jw w = jw_open(&flow), g = jw_open(&group), v = jw_open(&vars);
	struct str parent, zh, en;
	char check[65];

	read_tasks(&x);
	workflow(&x, &w);
	agents(&x, &g);
	variables(&x, &v);
	digest_of(json_view(buf_view(&flow)), json_view(buf_view(&group)), json_view(buf_view(&vars)), digest, check);
	parent = word(&x, json_get(folded, "extends"));
	zh = word(&x, json_path(folded, "title.zh"));
	en = word(&x, json_path(folded, "title.en"));
	w = jw_open(out);
	jw_obj(&w);
	jw_kcstr(&w, "type", "playbook");
	jw_kcstr(&w, "spec_version", spec);
	jw_kstr(&w, "id", uuid("playbook", b->id, STR(""), &x.a));
	jw_kstr(&w, "name", en.n > 0 ? en : b->id);
	jw_kstr_opt(&w, "description", zh);
	jw_key(&w, "playbook_types");
	jw_raw(&w, STR("[\"notification\",\"mitigation\"]"));
	jw_key(&w, "playbook_activities");
	jw_raw(&w, STR("[\"deliver-content\",\"step-sequence\"]"));
	jw_kstr(&w, "created_by", house(&x.a));
	jw_kstr(&w, "created", midnight(&x, "reviewed"));
	jw_kstr(&w, "modified", midnight(&x, "reviewed"));
	jw_kstr(&w, "valid_until", midnight(&x, "review_by"));
	if (parent.n > 0) {
		jw_key(&w, "derived_from");
		jw_arr(&w);
		jw_str(&w, uuid("playbook", parent, STR(""), &x.a));
		jw_end(&w);
	}
	sectors(&x, &w);
	labels(&x, &w);
	references(&x, &w);
	if (vars.n > 2)
		jw_kraw(&w, "playbook_variables", buf_view(&vars));
	jw_kstr(&w, "workflow_start", uuid("start", b->id, STR(""), &x.a));
	jw_kraw(&w, "workflow", buf_view(&flow));
	if (group.n > 2)
		jw_kraw(&w, "agent_definitions", buf_view(&group));
	extensions(&x, &w, check);
	jw_end(&w);
	buf_free(&flow);
	buf_free(&group);
	buf_free(&vars);
	arena_free(&x.a);
}

/* --- reading ---------------------------------------------------------------------------------------------------------- */

/* "bank/system-outage": two plain names, nothing that leads elsewhere. */
static bool
plain_id(struct str id)
{
	struct str rest = id, part;
	int n = 0;

	while (str_split(&rest, '/', &part)) {
		if (part.n == 0 || part.n > 100 || part.p[0] == '-')
			return false;
		for (size_t i = 0; i < part.n; i++)
			if (!(part.p[i] >= 'a' && part.p[i] <= 'z') && !is_digit(part.p[i]) && part.p[i] != '-')
				return false;
		n++;
	}
	return n == 2;
}

static int
read_texts(struct json texts, struct arena *a, struct cacao_book *b, struct err *e)
{
	struct json_iter it = json_iter(texts);
	struct json item;
	struct str key;

	while (json_next(&it, &key, &item)) {
		struct cacao_text *t = &b->text[b->ntext];
		struct str rest = key;

		if (b->ntext == CACAO_TEXTS || item.type != JSON_STR || !str_split(&rest, '_', &t->name) || rest.p == NULL ||
		    playbook_text(t->name) < 0 || (!str_is(rest, "zh") && !str_is(rest, "en")))
			return err_set(e, ERR_DATA, "playbook_texts: '%.*s' is no text of a playbook", STRF(str_sub(key, 0, 60)));
		t->lang = rest;
		t->body = json_str(item, a);
		b->ntext++;
	}
	return 0;
}

int
cacao_read(struct json v, cacao_digest *digest, struct arena *a, struct cacao_book *b, struct err *e)
{
	struct json ours;
	struct buf empty = {0};
	char check[65];

	*b = (struct cacao_book){0};
	if (!json_is(json_get(v, "type"), "playbook") || !json_is(json_get(v, "spec_version"), spec))
		return err_set(e, ERR_DATA, "not a CACAO 2.0 playbook (type playbook, spec_version %s)", spec);
	ours = json_get(json_get(v, "playbook_extensions"), arena_cstr(a, extension(a)));
	if (ours.type != JSON_OBJ)
		return err_set(e, ERR_DATA, "a CACAO playbook without tocsin's extension: it has no levels, texts and clocks to restore");
	b->id = json_str(json_get(ours, "tocsin_id"), a);
	b->hash = json_str(json_get(ours, "tocsin_hash"), a);
	b->tests = json_str(json_get(ours, "playbook_tests"), a);
	b->own = json_get(ours, "playbook_file").raw;
	if (!plain_id(b->id) || json_get(ours, "playbook_file").type != JSON_OBJ)
		return err_set(e, ERR_DATA, "its extension is damaged: no usable tocsin_id or playbook_file");
	buf_puts(&empty, "{}");
	digest_of(json_get(v, "workflow"), json_get(v, "agent_definitions").type == JSON_OBJ ? json_get(v, "agent_definitions") : json_view(buf_view(&empty)),
	    json_get(v, "playbook_variables").type == JSON_OBJ ? json_get(v, "playbook_variables") : json_view(buf_view(&empty)), digest, check);
	buf_free(&empty);
	if (!json_is(json_get(ours, "workflow_digest"), check))
		return err_set(e, ERR_DATA, "%.*s: its workflow, agents or variables were changed after the export; such changes cannot be taken "
		    "over, make them in playbook.yaml", STRF(b->id));
	return read_texts(json_get(ours, "playbook_texts"), a, b, e);
}
