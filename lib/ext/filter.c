#include "ext/filter.h"

#include <jq.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#include "base/mem.h"
#include "base/utf8.h"

struct filter {
	jq_state *jq;
	char *name;
	int seconds;       /* of CPU that a run may take */
	struct timeval left; /* of them in this run */
	size_t n;          /* programs in one; 0 = a single program */
	char **names;      /* [n] */
	struct buf quoted; /* the input with long integers quoted */
	struct buf values; /* what filter_values_many hands out views of */
};

/*
 * What a program must not reach is shadowed: the environment, the input stream, standard error. Stands on a line of
 * its own before the user's text, so that messages of jq can be cut at line ends and lines counted back.
 */
static const char prelude[] =
    "{} as $ENV | def env: {}; def debug: .; def stderr: .; def input: error(\"input is not available here\"); "
    "def inputs: empty; def input_filename: null; "
    /* libjq 1.6 ends the program on a number that is no date */
    "def _date: if type == \"number\" then if . > -62167219200 and . < 253402300800 then . else error(\"no date has this number of seconds\") end "
    "elif type == \"array\" then if length >= 6 and all(.[:6][]; type == \"number\" and . > -100000 and . < 100000) then . else error(\"not a date\") end "
    "else error(\"a date is wanted\") end; "
    "def _sf(f): strftime(f); def strftime(f): _date | _sf(f); def _sl(f): strflocaltime(f); def strflocaltime(f): _date | _sl(f); "
    "def _gm: gmtime; def gmtime: _date | _gm; def _lt: localtime; def localtime: _date | _lt; def _mk: mktime; def mktime: _date | _mk; "
    "def todate: strftime(\"%Y-%m-%dT%H:%M:%SZ\"); def todateiso8601: todate; def date: todate; ";

static void
on_error(void *ctx, jv msg)
{
	struct buf *text = ctx;

	msg = jq_format_error(msg);
	if (jv_get_kind(msg) == JV_KIND_STRING && text->n == 0)
		buf_puts(text, jv_string_value(msg));
	jv_free(msg);
}

/* "jq: error: syntax error, unexpected X (Unix shell quoting issues?) at <top-level>, line 3:\n…" made short. */
static void
compile_message(struct str raw, const char *program, const char *name, struct err *e)
{
	static const char at[] = " at <top-level>, line ";
	struct str first = {0}, rest = raw, place = {0};
	struct buf clean = {0}, source = {0};
	ptrdiff_t i;
	int64_t line = 0;

	str_split(&rest, '\n', &first);
	if (str_starts(first, STR("jq: ")))
		first = str_sub(first, 4, first.n);
	if (str_starts(first, STR("error: ")))
		first = str_sub(first, 7, first.n);
	i = str_find(first, str_c(at));
	if (i >= 0) {
		place = str_trim(str_sub(first, (size_t)i + sizeof at - 1, first.n));
		if (str_ends(place, STR(":")))
			place.n--;
		first = str_sub(first, 0, (size_t)i);
	}
	if (str_ends(first, STR(" (Unix shell quoting issues?)")))
		first.n -= sizeof " (Unix shell quoting issues?)" - 1;
	utf8_clean(&clean, first.n > 0 ? first : STR("does not compile"));
	utf8_clean(&source, utf8_cut_bytes(str_c(program), 160));
	if (strchr(program, '\n') != NULL && str_i64(place, &line) && line > 1)
		err_set(e, ERR_CONFIG, "%s: %s, line %lld of the program", name, clean.p, (long long)line - 1);
	else
		err_set(e, ERR_CONFIG, "%s: %s in '%s'", name, clean.p, source.p != NULL ? source.p : "");
	buf_free(&clean);
	buf_free(&source);
}

static int
compile(const char *text, const struct filter_opts *opts, const char *name, jq_state **out, struct err *e)
{
	struct buf message = {0}, program = {0};
	jq_state *jq = jq_init();
	jv args = jv_object();
	int ok;

	if (jq == NULL)
		return err_set(e, ERR_MEM, "%s: out of memory", name);
	jq_set_error_cb(jq, on_error, &message);
	jq_set_attr(jq, jv_string("JQ_LIBRARY_PATH"), jv_array());
	buf_puts(&program, prelude);
	if (opts != NULL && opts->has_now) {
		args = jv_object_set(args, jv_string("__now"), jv_number((double)opts->now));
		buf_puts(&program, "def now: $__now;\n");
	} else
		buf_puts(&program, "now as $__now |\n");
	buf_puts(&program, text);
	ok = jq_compile_args(jq, program.p, args);
	jq_set_error_cb(jq, NULL, NULL);
	if (!ok) {
		compile_message(buf_view(&message), text, name, e);
		jq_teardown(&jq);
	}
	buf_free(&program);
	buf_free(&message);
	*out = jq;
	return ok ? 0 : -1;
}

/*
 * libjq has no limit of its own, but halts between two steps when it is told to; a timer of the process's CPU time
 * does that. One program runs at a time, and no other timer of this kind is in use.
 */
static jq_state *volatile running;
static volatile sig_atomic_t late;

static void
on_time(int sig)
{
	(void)sig;
	if (running == NULL || late)
		return;
	late = 1;
	if (!jq_halted(running))
		jq_halt(running, jv_invalid(), jv_invalid());
}

static jv
timed_next(struct filter *f)
{
	static bool ready;
	const struct itimerval off = {0};
	struct itimerval limit = {.it_value = f->left}, rest;
	jv v;

	if (!ready) {
		struct sigaction act = {.sa_handler = on_time, .sa_flags = SA_RESTART};

		sigemptyset(&act.sa_mask);
		(void)sigaction(SIGVTALRM, &act, NULL);
		ready = true;
	}
	late = 0;
	running = f->jq;
	limit.it_interval = (struct timeval){.tv_usec = 10000};
	(void)setitimer(ITIMER_VIRTUAL, &limit, NULL);
	v = jq_next(f->jq);
	(void)setitimer(ITIMER_VIRTUAL, &off, &rest);
	running = NULL;
	if (rest.it_value.tv_sec == 0 && rest.it_value.tv_usec == 0)
		rest.it_value.tv_usec = 1; /* nought would be no limit */
	f->left = rest.it_value;
	return v;
}

static struct filter *
new_filter(jq_state *jq, const struct filter_opts *opts, const char *name)
{
	struct filter *f = xcalloc(1, sizeof *f);

	f->jq = jq;
	f->seconds = opts != NULL && opts->seconds > 0 ? opts->seconds : FILTER_SECONDS;
	f->name = xstrdup(name);
	return f;
}

int
filter_compile(const char *program, const struct filter_opts *opts, struct filter **f, struct err *e)
{
	const char *name = opts != NULL && opts->name != NULL ? opts->name : "condition";
	jq_state *jq;

	if (compile(program, opts, name, &jq, e) != 0)
		return -1;
	*f = new_filter(jq, opts, name);
	return 0;
}

void
filter_free(struct filter *f)
{
	if (f == NULL)
		return;
	jq_teardown(&f->jq);
	for (size_t i = 0; i < f->n; i++)
		free(f->names[i]);
	free(f->names);
	free(f->name);
	buf_free(&f->quoted);
	buf_free(&f->values);
	free(f);
}

/*
 * Copies JSON with every integer of more than 15 digits put in quotes; the view itself when there is none. Only
 * strings and number runs are told apart, so it works on any text; jv_parse judges the rest.
 */
static struct str
quote_long_integers(struct buf *out, struct str s)
{
	size_t copied = 0, i = 0;

	buf_reset(out);
	while (i < s.n) {
		size_t from = i;

		if (s.p[i] == '"') {
			for (i++; i < s.n && s.p[i] != '"'; i++)
				if (s.p[i] == '\\')
					i++;
			i++;
			continue;
		}
		if (!is_digit(s.p[i]) && s.p[i] != '-') {
			i++;
			continue;
		}
		for (i++; i < s.n && (is_alnum(s.p[i]) || s.p[i] == '.' || s.p[i] == '+' || s.p[i] == '-'); i++)
			;
		{
			size_t digit = s.p[from] == '-' ? from + 1 : from, k = digit;

			while (k < i && is_digit(s.p[k]))
				k++;
			if (k < i || k - digit <= 15)
				continue;
		}
		buf_add(out, s.p + copied, from - copied);
		buf_putc(out, '"');
		buf_add(out, s.p + from, i - from);
		buf_putc(out, '"');
		copied = i;
	}
	if (copied == 0)
		return s;
	buf_add(out, s.p + copied, s.n - copied);
	return buf_view(out);
}

/* Starts the program on the input; -1 when that is not one JSON text. */
static int
start(struct filter *f, struct str json, struct err *e)
{
	struct str s = quote_long_integers(&f->quoted, json);
	jv v;

	if (s.n > INT32_MAX)
		return err_set(e, ERR_DATA, "%s: input too large", f->name);
	v = jv_parse_sized(s.n > 0 ? s.p : "", (int)s.n);
	if (!jv_is_valid(v)) {
		jv msg = jv_invalid_get_msg(v);

		if (jv_get_kind(msg) == JV_KIND_STRING)
			err_set(e, ERR_DATA, "%s: input is not JSON: %.200s", f->name, jv_string_value(msg));
		else
			err_set(e, ERR_DATA, "%s: input is not JSON", f->name);
		jv_free(msg);
		return -1;
	}
	f->left = (struct timeval){.tv_sec = f->seconds};
	jq_start(f->jq, v, 0);
	return 0;
}

/* Puts the message of an invalid jv (owned here) in e. */
static int
failed(const char *name, jv invalid, struct err *e)
{
	jv msg = jv_invalid_get_msg(invalid);
	struct buf text = {0};

	if (jv_get_kind(msg) != JV_KIND_STRING)
		msg = jv_dump_string(msg, 0);
	utf8_clean(&text, utf8_cut_bytes(str_c(jv_string_value(msg)), 300));
	err_set(e, ERR_DATA, "%s: %s", name, text.p != NULL ? text.p : "failed");
	buf_free(&text);
	jv_free(msg);
	return -1;
}

/* 1 = *out holds an output, 0 = no more, -1 = failed. */
static int
next(struct filter *f, jv *out, struct err *e)
{
	jv v = timed_next(f);

	if (late) {
		jv_free(v);
		return err_set(e, ERR_DATA, "%s: stopped after %d s of computing", f->name, f->seconds);
	}
	if (jv_is_valid(v)) {
		*out = v;
		return 1;
	}
	if (jv_invalid_has_msg(jv_copy(v)))
		return failed(f->name, v, e);
	jv_free(v);
	return 0;
}

static bool
truth(jv v)
{
	jv_kind k = jv_get_kind(v);

	jv_free(v);
	return k != JV_KIND_NULL && k != JV_KIND_FALSE;
}

int
filter_test(struct filter *f, struct str json, bool *yes, struct err *e)
{
	jv v;
	int r;

	if (start(f, json, e) != 0)
		return -1;
	r = next(f, &v, e);
	if (r < 0)
		return -1;
	*yes = r > 0 && truth(v);
	return 0;
}

int
filter_run(struct filter *f, struct str json, filter_fn *fn, void *ctx, struct err *e)
{
	jv v;
	int r;

	if (start(f, json, e) != 0)
		return -1;
	for (size_t count = 0; (r = next(f, &v, e)) > 0; count++) {
		jv text = jv_dump_string(v, 0);
		int stop = 0;

		if (count >= FILTER_OUTPUTS)
			stop = err_set(e, ERR_DATA, "%s: more than %d outputs", f->name, FILTER_OUTPUTS);
		else
			stop = fn(ctx, str_n(jv_string_value(text), (size_t)jv_string_length_bytes(jv_copy(text))), e);
		jv_free(text);
		if (stop != 0)
			return stop > 0 ? 0 : -1;
	}
	return r;
}

struct first {
	struct buf *out;
	bool seen;
};

static int
take_first(void *ctx, struct str json, struct err *e)
{
	struct first *t = ctx;

	(void)e;
	buf_str(t->out, json);
	t->seen = true;
	return 1;
}

int
filter_first(struct filter *f, struct str json, struct buf *out, struct err *e)
{
	struct first t = {out, false};

	if (filter_run(f, json, take_first, &t, e) != 0)
		return -1;
	return t.seen ? 1 : 0;
}

/*
 * Whether brackets close what they open, so that a program pasted between parentheses stays between them. Strings
 * (with their \( … ) interpolations) and comments are stepped over.
 */
static bool
balanced(const char *p)
{
	char stack[FILTER_DEPTH];
	size_t n = 0;

	for (; *p != '\0'; p++) {
		bool in_string = n > 0 && stack[n - 1] == '"';

		if (in_string) {
			if (*p == '"')
				n--;
			else if (*p == '\\' && p[1] == '(') {
				if (n == sizeof stack)
					return false;
				stack[n++] = ')';
				p++;
			} else if (*p == '\\' && p[1] != '\0')
				p++;
			continue;
		}
		if (*p == '#')
			while (p[1] != '\0' && p[1] != '\n')
				p++;
		else if (*p == '"' || *p == '(' || *p == '[' || *p == '{') {
			if (n == sizeof stack)
				return false;
			stack[n++] = *p == '(' ? ')' : *p == '[' ? ']' : *p == '{' ? '}' : '"';
		} else if (*p == ')' || *p == ']' || *p == '}')
			if (n == 0 || stack[--n] != *p)
				return false;
	}
	return n == 0;
}

static const char *
source_name(const struct filter_src *src, size_t i, char tmp[40])
{
	if (src[i].name != NULL)
		return src[i].name;
	snprintf(tmp, 40, "condition %zu", i + 1);
	return tmp;
}

/* The combined program failed: the first one that fails alone is to blame. */
static int
blame(const struct filter_src *src, size_t n, const struct filter_opts *opts, struct err *e)
{
	char tmp[40];

	for (size_t i = 0; i < n; i++) {
		jq_state *jq;

		if (compile(src[i].program, opts, source_name(src, i, tmp), &jq, e) != 0)
			return -1;
		jq_teardown(&jq);
	}
	return -1; /* e still holds the combined program's message */
}

int
filter_compile_many(
    const struct filter_src *src, size_t n, const struct filter_opts *opts, struct filter **f, struct err *e)
{
	struct buf all = {0};
	struct err combined = {0};
	jq_state *jq = NULL;
	char tmp[40];
	int r = -1;

	for (size_t i = 0; i < n; i++)
		if (!balanced(src[i].program))
			return err_set(e, ERR_CONFIG, "%s: brackets or quotes do not match in '%.160s'",
			    source_name(src, i, tmp), src[i].program);
	/* Each element is {v: first output or null} or {e: message}; the newline ends a comment in the program. */
	buf_puts(&all,
	    "def tocsin_one(f): try {v: first((f), null)} catch {e: (if type == \"string\" then . else tojson end)}; "
	    "[");
	for (size_t i = 0; i < n; i++)
		buf_printf(&all, "%stocsin_one(%s\n)", i > 0 ? "," : "", src[i].program);
	buf_puts(&all, "]");
	if (compile(all.p, opts, "conditions", &jq, &combined) != 0) {
		if (e != NULL)
			*e = combined;
		blame(src, n, opts, e);
		goto out;
	}
	*f = new_filter(jq, opts, "conditions");
	(*f)->n = n;
	(*f)->names = xcalloc(n, sizeof *(*f)->names);
	for (size_t i = 0; i < n; i++)
		(*f)->names[i] = xstrdup(source_name(src, i, tmp));
	r = 0;
out:
	buf_free(&all);
	return r;
}

/* The array of n {v:…} or {e:…} for this input; owned by the caller. */
static int
run_many(struct filter *f, struct str json, jv *all, struct err *e)
{
	int r;

	if (start(f, json, e) != 0)
		return -1;
	r = next(f, all, e);
	if (r <= 0)
		return r < 0 ? -1 : err_set(e, ERR_DATA, "%s: halted", f->name);
	if (jv_get_kind(*all) != JV_KIND_ARRAY || (size_t)jv_array_length(jv_copy(*all)) != f->n) {
		jv_free(*all);
		return err_set(e, ERR_DATA, "%s: not one answer each", f->name);
	}
	return 0;
}

/* The value of element i, or invalid with e filled when it failed. */
static jv
element(struct filter *f, jv all, size_t i, bool report, struct err *e)
{
	jv item = jv_array_get(jv_copy(all), (int)i), v;
	jv msg = jv_object_get(jv_copy(item), jv_string("e"));

	if (jv_is_valid(msg)) {
		jv_free(item);
		if (report)
			failed(f->names[i], jv_invalid_with_msg(msg), e);
		else
			jv_free(msg);
		return jv_invalid();
	}
	jv_free(msg);
	v = jv_object_get(item, jv_string("v"));
	return v;
}

int
filter_eval_many(struct filter *f, struct str json, enum filter_answer *out, struct err *e)
{
	jv all;
	int r = 0;

	for (size_t i = 0; i < f->n; i++)
		out[i] = FILTER_FAILED;
	if (run_many(f, json, &all, e) != 0)
		return -1;
	for (size_t i = 0; i < f->n; i++) {
		jv v = element(f, all, i, r == 0, e);

		if (!jv_is_valid(v)) {
			jv_free(v);
			r = -1;
		} else
			out[i] = truth(v) ? FILTER_YES : FILTER_NO;
	}
	jv_free(all);
	return r;
}

int
filter_values_many(struct filter *f, struct str json, struct str *out, struct err *e)
{
	size_t *end = xcalloc(f->n + 1, sizeof *end);
	jv all;
	int r = 0;

	for (size_t i = 0; i < f->n; i++)
		out[i] = STR("null");
	if (run_many(f, json, &all, e) != 0) {
		free(end);
		return -1;
	}
	buf_reset(&f->values);
	for (size_t i = 0; i < f->n; i++) {
		jv v = element(f, all, i, r == 0, e), text;

		if (!jv_is_valid(v)) {
			jv_free(v);
			v = jv_null();
			r = -1;
		}
		text = jv_dump_string(v, 0);
		buf_add(&f->values, jv_string_value(text), (size_t)jv_string_length_bytes(jv_copy(text)));
		jv_free(text);
		end[i + 1] = f->values.n;
	}
	for (size_t i = 0; i < f->n; i++)
		out[i] = str_n(f->values.p + end[i], end[i + 1] - end[i]);
	free(end);
	jv_free(all);
	return r;
}
