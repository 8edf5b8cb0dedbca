#include "base/clock.h"
#include "base/utf8.h"
#include "model/message.h"
#include "model/names.h"

const char *const msg_kind_name[MSG_KINDS + 1] = {"case", "incident", "task", "draft", NULL};

/* --- reading ------------------------------------------------------------------------------------------------------- */

static struct str
get(struct json obj, const char *key, struct arena *a)
{
	return json_str(json_get(obj, key), a);
}

static int64_t
get_time(struct json obj, const char *key, struct arena *a)
{
	int64_t t = 0;

	(void)clock_parse(get(obj, key, a), &t);
	return t;
}

/* A text that is a string, or an object with zh and en. */
static void
get_text(struct json v, struct arena *a, struct str *zh, struct str *en)
{
	if (v.type == JSON_STR) {
		*zh = *en = json_str(v, a);
		return;
	}
	*zh = get(v, "zh", a);
	*en = get(v, "en", a);
	if (zh->n == 0)
		*zh = *en;
	if (en->n == 0)
		*en = *zh;
}

static void
read_why(struct json rec, struct arena *a, struct message *m)
{
	struct json_iter it = json_iter(json_get(rec, "why"));
	struct json v;
	struct str key;

	while (m->nwhy < MSG_WHY && json_next(&it, &key, &v)) {
		struct str s = v.type == JSON_OBJ ? get(v, "text", a) : json_str(v, a);

		if (s.n > 0)
			m->why[m->nwhy++] = s;
	}
}

static void
read_posts(struct json rec, struct arena *a, struct message *m)
{
	struct json_iter it = json_iter(json_get(rec, "posts"));
	struct json v;
	struct str key;

	while (m->npost < MSG_POSTS && json_next(&it, &key, &v)) {
		struct msg_post p = {0};

		if (v.type == JSON_OBJ)
			p = (struct msg_post){get(v, "id", a), get(v, "text", a), get(v, "platform", a), get_time(v, "published", a)};
		else
			p.id = json_str(v, a);
		if (p.id.n > 0 || p.text.n > 0)
			m->post[m->npost++] = p;
	}
}

static bool
sooner(const struct msg_task *a, const struct msg_task *b)
{
	int64_t x = a->due != 0 ? a->due : a->deadline_s, y = b->due != 0 ? b->due : b->deadline_s;

	return x != 0 && (y == 0 || x < y);
}

/* The first few by deadline; those without one come last, in the order of the record. */
static void
read_tasks(struct json list, struct arena *a, struct message *m)
{
	struct json_iter it = json_iter(list);
	struct json v;
	struct str key;

	while (json_next(&it, &key, &v)) {
		struct msg_task t = {0};
		size_t at;

		m->tasks++;
		if (json_is(json_get(v, "state"), "done") || json_is(json_get(v, "state"), "skipped"))
			continue;
		m->open_tasks++;
		t.department = get(v, "department", a);
		t.assignee = get(v, "assignee", a);
		get_text(json_get(v, "duty"), a, &t.duty_zh, &t.duty_en);
		t.due = get_time(v, "due", a);
		t.deadline_s = json_int_or(json_get(v, "deadline_s"), 0);
		if (t.duty_zh.n == 0)
			continue;
		at = m->ntask;
		while (at > 0 && sooner(&t, &m->task[at - 1]))
			at--;
		if (at >= MSG_TASKS)
			continue;
		if (m->ntask < MSG_TASKS)
			m->ntask++;
		for (size_t i = m->ntask - 1; i > at; i--)
			m->task[i] = m->task[i - 1];
		m->task[at] = t;
	}
}

static void
read_case(struct json rec, struct arena *a, struct message *m)
{
	struct json change = json_get(rec, "change"), playbook = json_get(rec, "playbook");
	struct str what = get(change, "what", a), state = get(rec, "state", a);
	char at[CLOCK_LEN];

	m->about = m->id;
	m->at = get_time(change, "at", a);
	m->note = get(change, "note", a);
	m->from = case_level_parse(get(change, "from", a));
	m->change = str_starts(what, STR("case.")) ? str_sub(what, 5, what.n) : what.n > 0 ? what : state.n > 0 ? state : STR("open");
	if (m->at == 0)
		m->at = get_time(rec, "updated", a);
	if (m->at == 0)
		m->at = get_time(rec, "opened", a);
	m->event = arena_printf(a, "%.*s:%.*s@%.*s%s%.*s", STRF(m->change), STRF(case_level_name(m->level)),
	    STRF(clock_format(m->at, at)), get(change, "task", a).n > 0 ? ":" : "", STRF(get(change, "task", a)));
	m->playbook = get(playbook, "id", a);
	m->playbook_version = get(playbook, "version", a);
	get_text(json_get(playbook, "title"), a, &m->playbook_zh, &m->playbook_en);
	read_tasks(json_get(rec, "tasks"), a, m);
}

static void
read_incident(struct json rec, struct arena *a, struct message *m)
{
	struct json playbook = json_get(rec, "playbook");

	m->about = m->id;
	m->change = STR("level");
	m->at = get_time(json_get(rec, "window"), "to", a);
	if (m->at == 0)
		m->at = get_time(rec, "opened", a);
	m->event = arena_printf(a, "level:%.*s", STRF(case_level_name(m->level)));
	m->playbook = get(playbook, "id", a);
	m->playbook_version = get(playbook, "version", a);
	get_text(json_get(playbook, "title"), a, &m->playbook_zh, &m->playbook_en);
	read_tasks(json_get(json_get(playbook, "plan"), "tasks"), a, m);
}

static void
read_task(struct json rec, struct arena *a, struct message *m)
{
	struct msg_task *t = &m->task[0];
	struct str home = get(rec, "case", a);
	char due[CLOCK_LEN];

	m->about = home.n > 0 ? home : m->id;
	m->state = get(rec, "state", a);
	m->overdue_s = json_int_or(json_get(rec, "overdue_s"), 0);
	m->escalate_to = get(rec, "escalate_to", a);
	*t = (struct msg_task){.department = get(rec, "department", a),
	    .assignee = get(rec, "assignee", a),
	    .due = get_time(rec, "due", a),
	    .deadline_s = json_int_or(json_get(rec, "deadline_s"), 0)};
	get_text(json_get(rec, "duty"), a, &t->duty_zh, &t->duty_en);
	m->ntask = 1;
	m->change = m->escalate_to.n > 0 ? STR("escalate") : m->overdue_s > 0 ? STR("overdue") :
	    m->state.n > 0 ? m->state : STR("open");
	/* A task whose deadline was moved may be late again. */
	m->event = arena_printf(a, "%.*s:%.*s.%lld@%.*s", STRF(m->id), STRF(m->change),
	    (long long)json_int_or(json_get(rec, "escalated"), 0), STRF(t->due != 0 ? clock_format(t->due, due) : STR("-")));
}

static int
read_draft(struct json rec, struct arena *a, struct message *m, struct err *e)
{
	struct str home = get(rec, "case", a);

	m->about = home.n > 0 ? home : m->id;
	m->state = get(rec, "state", a);
	m->draft_kind = get(rec, "draft", a).n > 0 ? get(rec, "draft", a) : get(rec, "form", a);
	m->version = json_int_or(json_get(rec, "version"), 0);
	m->text = get(rec, "text", a);
	m->change = STR("release");
	m->event = arena_printf(a, "%.*s:release.v%lld", STRF(m->id), (long long)m->version);
	if (json_path(rec, "reply_to.id").type == JSON_STR) { /* one text for many posts goes to each of them */
		struct json to = json_get(rec, "reply_to");
		struct str author = get(json_get(to, "author"), "name", a);

		m->event = arena_printf(a, "%.*s:%.*s", STRF(m->event), STRF(get(to, "id", a)));
		if (author.n == 0)
			author = get(json_get(to, "author"), "id", a);
		m->title = arena_printf(a, "%.*s → %.*s %.*s %.*s", STRF(m->title), STRF(get(to, "platform", a)), STRF(author),
		    STRF(get(to, "url", a).n > 0 ? get(to, "url", a) : get(to, "id", a)));
	}
	if (m->text.n == 0)
		return err_set(e, ERR_DATA, "draft '%.*s' without a text", STRF(utf8_cut_bytes(m->id, 80)));
	return 0;
}

int
message_read(struct json rec, enum msg_kind kind, struct arena *a, struct message *m, struct err *e)
{
	*m = (struct message){.kind = kind, .id = get(rec, "id", a), .record = rec.raw};
	if (m->id.n == 0)
		return err_set(e, ERR_DATA, "%s without an id", msg_kind_name[kind]);
	m->subject = get(rec, "subject", a);
	m->type = get(rec, "type", a);
	m->title = get(rec, "title", a);
	m->level = case_level_parse(get(rec, "level", a));
	m->drill = json_get(rec, "drill").type != JSON_NONE && json_get(rec, "drill").type != JSON_FALSE &&
	    json_get(rec, "drill").type != JSON_NULL;
	read_why(rec, a, m);
	read_posts(rec, a, m);
	switch (kind) {
	case MSG_CASE:
		read_case(rec, a, m);
		break;
	case MSG_INCIDENT:
		if (m->level == CASE_NO_LEVEL)
			return err_set(e, ERR_DATA, "incident '%.*s' without a level", STRF(utf8_cut_bytes(m->id, 80)));
		read_incident(rec, a, m);
		break;
	case MSG_TASK:
		read_task(rec, a, m);
		break;
	case MSG_DRAFT:
	case MSG_KINDS:
		return read_draft(rec, a, m, e);
	}
	return 0;
}

/* --- words --------------------------------------------------------------------------------------------------------- */

struct str
msg_name(const struct msg_names *names, const char *what, struct str id, bool zh)
{
	struct arena a = {0};
	const uintptr_t *v = NULL;

	if (names != NULL) {
		v = map_get(&names->map, arena_printf(&a, "%s/%.*s/%s", what, STRF(id), zh ? "zh" : "en"));
		if (v == NULL)
			v = map_get(&names->map, arena_printf(&a, "%s/%.*s", what, STRF(id)));
		arena_free(&a);
	}
	if (v != NULL)
		return *(const struct str *)*v;
	return what[0] == 't' ? name_of("type", id, zh) : id;
}

static const char *
colour(enum case_level l, bool zh)
{
	static const char *const zh_words[] = {"", "蓝色", "黄色", "橙色", "红色"};
	static const char *const en_words[] = {"", "BLUE", "YELLOW", "ORANGE", "RED"};

	return zh ? zh_words[l] : en_words[l];
}

/* --- making text harmless ------------------------------------------------------------------------------------------ */

/* Full-width forms look the same to a reader and mean nothing to a parser. */
static const char *
wide(uint32_t cp)
{
	switch (cp) {
	case '<':
		return "＜";
	case '>':
		return "＞";
	case '@':
		return "＠";
	case '[':
		return "［";
	case ']':
		return "］";
	case '*':
		return "＊";
	case '`':
		return "｀";
	case '#':
		return "＃";
	case '&':
		return "＆";
	case '~':
		return "～";
	case '|':
		return "｜";
	case '\\':
		return "＼";
	default:
		return NULL;
	}
}

static const char *
entity(uint32_t cp)
{
	return cp == '&' ? "&amp;" : cp == '<' ? "&lt;" : cp == '>' ? "&gt;" : NULL;
}

void
message_quote(enum msg_style style, struct str s, size_t max, struct buf *out)
{
	struct buf clean = {0};
	const char *p, *end, *q;
	size_t n = 0;
	bool space = true;

	utf8_clean(&clean, s);
	p = buf_view(&clean).p;
	for (end = p + clean.n; p < end; p = q) {
		uint32_t cp = utf8_step(p, end, &q);
		const char *instead = style == STYLE_SLACK ? entity(cp) : style == STYLE_PLAIN ? NULL : wide(cp);

		/* A link in a collected text must not become one in ours. */
		if (cp == ':' && end - q >= 2 && q[0] == '/' && q[1] == '/')
			instead = "：";
		if (cp == ' ' && space)
			continue;
		space = cp == ' ';
		if (max > 0 && n++ >= max) {
			buf_puts(out, "…");
			break;
		}
		if (instead != NULL)
			buf_puts(out, instead);
		else
			buf_add(out, p, (size_t)(q - p));
	}
	while (out->n > 0 && out->p[out->n - 1] == ' ')
		out->p[--out->n] = '\0';
	buf_free(&clean);
}

bool
message_pages(enum msg_style style, struct str s)
{
	static const char *const wecom[] = {"<@", "@all", "@所有人", NULL};
	static const char *const ding[] = {"@all", "@所有人", NULL};
	static const char *const feishu[] = {"<at", NULL};
	static const char *const none[] = {NULL};
	const char *const *bad = style == STYLE_WECOM || style == STYLE_WECOM_TEXT ? wecom : style == STYLE_DING ? ding : style == STYLE_FEISHU ? feishu : none;

	for (; *bad != NULL; bad++)
		for (size_t i = 0; i + strlen(*bad) <= s.n; i++)
			if (str_eq_nocase(str_sub(s, i, strlen(*bad)), str_c(*bad)))
				return true;
	return false;
}

/* --- writing ------------------------------------------------------------------------------------------------------- */

static void
local(int64_t t, const struct msg_opts *o, bool year, struct buf *out)
{
	struct civil c = clock_civil(t + o->zone_s);

	if (year)
		buf_printf(out, "%04d-", c.year);
	buf_printf(out, "%02d-%02d %02d:%02d", c.month, c.day, c.hour, c.minute);
}

static void
zone(const struct msg_opts *o, struct buf *out)
{
	int64_t h = o->zone_s / 3600, min = (o->zone_s < 0 ? -o->zone_s : o->zone_s) / 60 % 60;

	buf_puts(out, " UTC");
	if (o->zone_s != 0)
		buf_printf(out, "%+lld", (long long)h);
	if (min != 0)
		buf_printf(out, ":%02lld", (long long)min);
}

static void
quote(const struct msg_opts *o, struct str s, size_t max, struct buf *out)
{
	message_quote(o->style, s, max, out);
}

/* Name of an id; from our own tables or from the record, so it is quoted like the rest. */
static void
name(const struct msg_opts *o, const char *what, struct str id, struct buf *out)
{
	quote(o, msg_name(o->names, what, id, o->zh), 60, out);
}

/* "升级为红色" and the like: what happened, in the brackets that open a title. */
static void
headline(const struct message *m, const struct msg_opts *o, struct buf *out)
{
	static const struct {
		const char *change, *zh, *en;
	} words[] = {
	    {"close", "已结案", "CLOSED"},
	    {"reopen", "重新打开", "REOPENED"},
	    {"return", "结案后再起", "BACK AFTER CLOSING"},
	    {"merge", "已并案", "MERGED"},
	    {"pause", "计时暂停", "PAUSED"},
	    {"resume", "计时恢复", "RESUMED"},
	};
	const char *c = colour(m->level, o->zh);
	char late[24];

	if (m->kind == MSG_TASK) {
		if (m->overdue_s > 0)
			buf_printf(out, o->zh ? "任务超期 %.*s" : "TASK OVERDUE %.*s", STRF(clock_short(m->overdue_s, late)));
		else
			buf_puts(out, str_is(m->change, "done") ? (o->zh ? "任务完成" : "TASK DONE") : o->zh ? "任务" : "TASK");
		return;
	}
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (str_is(m->change, words[i].change)) {
			buf_puts(out, o->zh ? words[i].zh : words[i].en);
			return;
		}
	if (str_is(m->change, "raise"))
		buf_printf(out, o->zh ? "升级为%s" : "RAISED TO %s", c);
	else if (str_is(m->change, "lower"))
		buf_printf(out, o->zh ? "降为%s" : "LOWERED TO %s", c);
	else if (str_is(m->change, "open") || str_is(m->change, "level"))
		buf_printf(out, o->zh ? "%s预警" : "%s ALERT", c);
	else if (m->level != CASE_NO_LEVEL)
		buf_printf(out, o->zh ? "%s进展" : "%s UPDATE", c);
	else
		buf_puts(out, o->zh ? "进展" : "UPDATE");
}

void
message_title(const struct message *m, const struct msg_opts *o, struct buf *out)
{
	char waited[24];

	if (m->kind == MSG_DRAFT) {
		buf_puts(out, o->zh ? "【发布】" : "[RELEASE] ");
		quote(o, m->title.n > 0 ? m->title : m->id, 240, out);
		return;
	}
	if (m->drill)
		buf_puts(out, o->zh ? "【演练】" : "[DRILL] ");
	if (o->unacked_s > 0)
		buf_printf(out, o->zh ? "【%.*s无人确认】" : "[NOT ACKNOWLEDGED FOR %.*s] ", STRF(clock_short(o->unacked_s, waited)));
	buf_puts(out, o->zh ? "【" : "[");
	headline(m, o, out);
	buf_puts(out, o->zh ? "】" : "] ");
	if (m->subject.n > 0)
		name(o, "subject", m->subject, out);
	if (m->subject.n > 0 && m->type.n > 0)
		buf_puts(out, " · ");
	if (m->type.n > 0)
		name(o, "type", m->type, out);
	if (m->subject.n == 0 && m->type.n == 0)
		quote(o, m->about, 60, out);
}

static void
end_line(const struct msg_opts *o, struct buf *out)
{
	while (out->n > 0 && out->p[out->n - 1] == ' ')
		out->n--;
	buf_puts(out, o->style == STYLE_DING ? "  \n" : "\n"); /* DingTalk joins lines without the two spaces */
}

static void
label(const struct msg_opts *o, const char *zh, const char *en, struct buf *out)
{
	const char *mark = o->style == STYLE_PLAIN || o->style == STYLE_WECOM_TEXT ? "" : o->style == STYLE_SLACK ? "*" : "**";

	buf_printf(out, "%s%s%s", mark, o->zh ? zh : en, mark);
	buf_puts(out, o->zh ? "：" : ": ");
}

static void
put_facts(const struct message *m, const struct msg_opts *o, struct buf *out)
{
	buf_puts(out, o->zh ? (m->kind == MSG_INCIDENT ? "事件 " : "案件 ") : m->kind == MSG_INCIDENT ? "Incident " : "Case ");
	quote(o, m->about, 60, out);
	if (m->from != CASE_NO_LEVEL && m->from != m->level)
		buf_printf(out, " · %s → %s", colour(m->from, o->zh), colour(m->level, o->zh));
	else if (m->level != CASE_NO_LEVEL)
		buf_printf(out, " · %s", colour(m->level, o->zh));
	if (m->at != 0) {
		buf_puts(out, " · ");
		local(m->at, o, true, out);
		zone(o, out);
	}
}

static void
put_posts(const struct message *m, const struct msg_opts *o, struct buf *out)
{
	bool any = false;

	for (size_t i = 0; i < m->npost; i++) {
		const struct msg_post *p = &m->post[i];

		if (p->text.n == 0)
			continue;
		if (!any) {
			label(o, "首批帖子", "First posts", out);
			end_line(o, out);
		}
		any = true;
		buf_puts(out, "· “");
		quote(o, p->text, 60, out);
		buf_puts(out, "”");
		if (p->platform.n > 0) {
			buf_puts(out, " ");
			quote(o, p->platform, 20, out);
		}
		if (p->published != 0) {
			buf_puts(out, " ");
			local(p->published, o, false, out);
		}
		end_line(o, out);
	}
}

static void
put_task(const struct msg_task *t, const struct msg_opts *o, struct buf *out)
{
	char span[24];

	if (t->due != 0) {
		if (!o->zh)
			buf_puts(out, "by ");
		local(t->due, o, false, out);
		buf_puts(out, o->zh ? " 前 " : " ");
	} else if (t->deadline_s > 0) {
		buf_printf(out, o->zh ? "%.*s 内 " : "within %.*s ", STRF(clock_short(t->deadline_s, span)));
	}
	if (t->department.n > 0) {
		name(o, "role", t->department, out);
		if (t->assignee.n > 0) {
			buf_puts(out, "/");
			quote(o, t->assignee, 30, out);
		}
		buf_puts(out, o->zh ? "：" : ": ");
	}
	quote(o, o->zh ? t->duty_zh : t->duty_en, 70, out);
}

static void
put_tasks(const struct message *m, const struct msg_opts *o, struct buf *out)
{
	if (m->ntask == 0)
		return;
	label(o, "任务", "Tasks", out);
	buf_printf(out, o->zh ? "未完成 %lld / 共 %lld，最近期限" : "%lld of %lld open, next deadlines", (long long)m->open_tasks,
	    (long long)m->tasks);
	end_line(o, out);
	for (size_t i = 0; i < m->ntask; i++) {
		buf_puts(out, "· ");
		put_task(&m->task[i], o, out);
		end_line(o, out);
	}
}

static void
put_playbook(const struct message *m, const struct msg_opts *o, struct buf *out)
{
	struct str title = o->zh ? m->playbook_zh : m->playbook_en;

	if (m->playbook.n == 0)
		return;
	label(o, "预案", "Playbook", out);
	if (title.n > 0) {
		quote(o, title, 40, out);
		buf_puts(out, o->zh ? "（" : " (");
	}
	quote(o, m->playbook, 60, out);
	if (m->playbook_version.n > 0) {
		buf_puts(out, " ");
		quote(o, m->playbook_version, 20, out);
	}
	if (title.n > 0)
		buf_puts(out, o->zh ? "）" : ")");
	end_line(o, out);
}

/* An id as it can be pasted into a shell: ids come from records, and one may be "x; rm -rf ~". */
static void
shell_word(const struct msg_opts *o, struct str id, struct buf *out)
{
	struct str s = utf8_cut_bytes(id, 120);
	struct buf word = {0};
	bool plain = s.n > 0;

	for (size_t i = 0; i < s.n; i++)
		plain = plain && (is_digit(s.p[i]) || (s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= 'a' && s.p[i] <= 'z') ||
		                     (s.p[i] != '\0' && strchr("._:@/-", s.p[i]) != NULL));
	if (plain) {
		quote(o, id, 60, out);
		return;
	}
	buf_putc(&word, '\'');
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\'')
			buf_puts(&word, "'\\''");
		else
			buf_putc(&word, s.p[i]);
	buf_putc(&word, '\'');
	quote(o, buf_view(&word), 500, out);
	buf_free(&word);
}

void
message_body(const struct message *m, const struct msg_opts *o, struct buf *out)
{
	if (m->kind == MSG_DRAFT) {
		buf_str(out, m->text);
		return;
	}
	put_facts(m, o, out);
	end_line(o, out);
	if (m->kind == MSG_TASK) {
		buf_puts(out, "· ");
		put_task(&m->task[0], o, out);
		end_line(o, out);
		if (m->escalate_to.n > 0) {
			label(o, "升级至", "Escalated to", out);
			name(o, "role", m->escalate_to, out);
			end_line(o, out);
		}
	}
	if (m->nwhy > 0) {
		label(o, "原因", "Why", out);
		for (size_t i = 0; i < m->nwhy; i++) {
			if (i > 0)
				buf_puts(out, o->zh ? "；" : "; ");
			quote(o, m->why[i], 90, out);
		}
		end_line(o, out);
	}
	if (m->note.n > 0) {
		label(o, "说明", "Note", out);
		quote(o, m->note, 120, out);
		end_line(o, out);
	}
	put_posts(m, o, out);
	put_playbook(m, o, out);
	if (m->kind != MSG_TASK)
		put_tasks(m, o, out);
	if (m->kind == MSG_CASE || m->kind == MSG_INCIDENT) {
		label(o, "确认收到", "Acknowledge", out);
		buf_puts(out, "notify --ack ");
		shell_word(o, m->about, out);
		end_line(o, out);
	}
	while (out->n > 0 && (out->p[out->n - 1] == '\n' || out->p[out->n - 1] == ' '))
		out->p[--out->n] = '\0';
}

void
message_brief(const struct message *m, const struct msg_opts *o, struct buf *out)
{
	message_title(m, o, out);
	end_line(o, out);
	put_facts(m, o, out);
	if (m->kind == MSG_TASK) {
		buf_puts(out, " · ");
		put_task(&m->task[0], o, out);
	} else if (m->nwhy > 0) {
		buf_puts(out, " · ");
		quote(o, m->why[0], 60, out);
	}
}

void
message_whole(const struct message *m, const struct msg_opts *o, struct buf *out)
{
	static const char *const font[] = {"comment", "info", "comment", "warning", "warning"};

	if (m->kind != MSG_DRAFT) {
		switch (o->style) {
		case STYLE_WECOM:
			buf_printf(out, "<font color=\"%s\">**", font[m->level]);
			message_title(m, o, out);
			buf_puts(out, "**</font>\n");
			break;
		case STYLE_DING:
			buf_puts(out, "### ");
			message_title(m, o, out);
			buf_puts(out, "\n\n");
			break;
		case STYLE_SLACK:
			buf_puts(out, "*");
			message_title(m, o, out);
			buf_puts(out, "*\n");
			break;
		case STYLE_PLAIN:
		case STYLE_WECOM_TEXT:
			message_title(m, o, out);
			buf_putc(out, '\n');
			break;
		case STYLE_FEISHU: /* the card has a header of its own */
			break;
		}
	}
	message_body(m, o, out);
}

void
message_type(const struct message *m, struct buf *out)
{
	buf_printf(out, "tocsin.%s.", msg_kind_name[m->kind]);
	for (size_t i = 0; i < m->change.n && i < 40; i++)
		if (is_alnum(m->change.p[i]) || m->change.p[i] == '.')
			buf_putc(out, to_lower(m->change.p[i]));
}

void
message_json(const struct message *m, const struct msg_opts *o, bool with_record, struct buf *out)
{
	struct jw w = jw_open(out);
	struct buf text = {0};

	jw_obj(&w);
	jw_kstr(&w, "about", m->about);
	jw_kcstr(&w, "kind", msg_kind_name[m->kind]);
	jw_kstr(&w, "id", m->id);
	jw_kstr_opt(&w, "change", m->change);
	jw_kstr_opt(&w, "level", case_level_name(m->level));
	jw_kstr_opt(&w, "from", case_level_name(m->from));
	jw_kstr_opt(&w, "subject", m->subject);
	if (m->subject.n > 0)
		jw_kstr_opt(&w, "subject_name", msg_name(o->names, "subject", m->subject, o->zh));
	jw_kstr_opt(&w, "type", m->type);
	if (m->type.n > 0)
		jw_kstr_opt(&w, "type_name", msg_name(o->names, "type", m->type, o->zh));
	if (m->drill)
		jw_kbool(&w, "drill", true);
	if (o->unacked_s > 0)
		jw_kint(&w, "unacknowledged_s", o->unacked_s);
	jw_ktime_opt(&w, "at", m->at);
	message_title(m, o, &text);
	jw_kstr(&w, "title", buf_view(&text));
	buf_reset(&text);
	message_body(m, o, &text);
	jw_kstr(&w, "text", buf_view(&text));
	if (with_record)
		jw_kraw(&w, "record", m->record);
	jw_end(&w);
	buf_free(&text);
}

/* --- splitting ----------------------------------------------------------------------------------------------------- */

/* Length of the longest beginning of s that has at most max units and ends between characters and entities. */
static size_t
fitting(struct str s, size_t max, enum msg_unit unit)
{
	const char *p = s.p, *end = s.p + s.n, *q;
	size_t used = 0, last_line = 0;

	while (p < end) {
		size_t cost;

		(void)utf8_step(p, end, &q);
		if (*p == '&') { /* an entity stays whole */
			const char *semi = memchr(p, ';', (size_t)(end - p) < 6 ? (size_t)(end - p) : 6);

			if (semi != NULL)
				q = semi + 1;
		}
		cost = unit == UNIT_BYTES ? (size_t)(q - p) : utf8_count(str_n(p, (size_t)(q - p)));
		if (used + cost > max)
			break;
		used += cost;
		p = q;
		if (p[-1] == '\n')
			last_line = (size_t)(p - s.p);
	}
	if (p == end)
		return s.n;
	/* A line goes over to the next part as a whole, unless that would leave this one mostly empty. */
	return last_line > (size_t)(p - s.p) / 3 ? last_line : (size_t)(p - s.p);
}

size_t
message_split(struct str text, size_t max, enum msg_unit unit, struct arena *a, struct str **part)
{
	enum { NUMBER = 12 }; /* "(123/456)\n" and a bit */
	struct str rest = text;
	size_t n = 0, room = max > 64 ? max - NUMBER : 64 - NUMBER;

	if (fitting(text, max, unit) == text.n) {
		*part = arena_alloc(a, sizeof **part);
		(*part)[0] = text;
		return 1;
	}
	while (rest.n > 0) {
		rest = str_sub(rest, fitting(rest, room, unit), rest.n);
		n++;
	}
	*part = arena_alloc(a, n * sizeof **part);
	rest = text;
	for (size_t i = 0; i < n; i++) {
		size_t k = fitting(rest, room, unit);

		(*part)[i] = arena_printf(a, "(%zu/%zu)\n%.*s", i + 1, n, (int)k, rest.p);
		rest = str_sub(rest, k, rest.n);
	}
	return n;
}
