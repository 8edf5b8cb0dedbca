/*
 * redact: finds personal data in posts and replaces it by keyed, stable pseudonyms.
 * Reads title text author customer subjects; rewrites those and writes redact (counts by type).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "cli/msg.h"
#include "cli/opt.h"
#include "cli/path.h"
#include "cli/run.h"
#include "ext/crypto.h"
#include "ext/yaml.h"
#include "model/pii.h"

enum how { HOW_TEXT, HOW_PRIVATE, HOW_ALL, HOW_KEEP };

struct conf {
	const char *path, *key_path;
	bool lint, text, check;
	struct pii_rules rules;
	struct map keep;
	struct map accounts; /* those watch.yaml lists: a name, an id, platform:id */
	struct str key;
	enum how title, body, author, author_id, customer;
};

struct state {
	const struct conf *conf;
	struct pii_scan scan;
	struct buf out, tmp;
	uint64_t count[PII_TYPES + 1]; /* the last: whole values */
	uint64_t found;                /* with --lint */
};

static const char *const how_words[] = {"text", "private", "all", "keep", NULL};

/* --- configuration ------------------------------------------------------------------------------------------------ */

static void
read_key(struct conf *conf, struct str ref, struct arena *a)
{
	struct err e;
	const char *v;

	if (str_starts(ref, STR("file:"))) {
		if (file_read_secret(arena_cstr(a, str_sub(ref, 5, ref.n)), a, &conf->key, &e) != 0)
			msg_die(&e);
	} else if (str_starts(ref, STR("env:"))) {
		v = getenv(arena_cstr(a, str_sub(ref, 4, ref.n)));
		conf->key = v != NULL ? str_c(v) : STR("");
	}
	if (conf->key.n < 16) {
		(void)err_set(&e, ERR_CONFIG, "the key '%.*s' is missing or shorter than 16 bytes", STRF(ref));
		msg_die(&e);
	}
}

/* The key of this account, made at first use. */
static void
own_key(struct conf *conf, struct arena *a)
{
	struct err e;
	unsigned char raw[32];
	struct buf path = {0}, hex = {0};
	const char *home = getenv("HOME");
	int fd;

	if (home == NULL || *home != '/' || path_store(NULL, &e) == NULL) {
		(void)err_set(&e, ERR_CONFIG, "no key: give --key FILE or set HOME");
		msg_die(&e);
	}
	for (const char *part = "/.local"; part != NULL;
	     part = strcmp(part, "/.local") == 0 ? "/.local/share" : strcmp(part, "/.local/share") == 0 ? "/.local/share/tocsin" : NULL) {
		buf_reset(&path);
		buf_printf(&path, "%s%s", home, part);
		(void)mkdir(path.p, 0700);
	}
	buf_puts(&path, "/redact.key");
	if (access(path.p, F_OK) != 0) {
		if (random_bytes(raw, sizeof raw, &e) != 0)
			msg_die(&e);
		hex_put(raw, sizeof raw, &hex);
		fd = open(path.p, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0 && errno != EEXIST) {
			(void)err_sys(&e, ERR_IO, errno, "cannot make the key '%s'", path.p);
			msg_die(&e);
		}
		if (fd >= 0 && (write(fd, hex.p, hex.n) != (ssize_t)hex.n || close(fd) != 0)) {
			(void)err_sys(&e, ERR_IO, errno, "cannot write the key '%s'", path.p);
			msg_die(&e);
		}
		if (fd >= 0)
			msg_note("made a key for pseudonyms: %s", path.p);
	}
	if (file_read_secret(path.p, a, &conf->key, &e) != 0)
		msg_die(&e);
	buf_free(&path);
	buf_free(&hex);
}

/* A name as it is; a number without what parts its digits, as it is compared. */
static void
keep_one(struct conf *conf, struct str s, struct arena *a)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ' && s.p[i] != '-' && s.p[i] != '(' && s.p[i] != ')')
			p[n++] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] | 0x20) : s.p[i];
	(void)map_put(&conf->keep, s, NULL);
	(void)map_put(&conf->keep, (struct str){p, n}, NULL);
	conf->rules.keep = &conf->keep;
}

static int
load(struct conf *conf, struct arena *a, struct str *key_ref, struct err *e)
{
	static const char *const top[] = {"key", "types", "staff_names", "keep", "fields", NULL};
	static const char *const fields[] = {"title", "text", "author.name", "author.id", "customer", NULL};
	enum how *const how[] = {&conf->title, &conf->body, &conf->author, &conf->author_id, &conf->customer};
	const char *types[PII_TYPES + 1] = {NULL};
	struct ynode *root, *n = NULL;
	const char *path = path_config(conf->path, "redact.yaml", e);
	struct str *own = NULL;
	size_t nown = 0;

	if (path == NULL || yaml_load(path, a, &root, e) != 0 || yaml_want_map(root, "redact.yaml", e) != 0 ||
	    yaml_only(root, top, e) != 0)
		return -1;
	conf->path = path;
	for (size_t i = 0; i < PII_TYPES; i++)
		types[i] = pii_name[i];
	if (yaml_map(root, "types", &n, e) < 0 || (n != NULL && yaml_only(n, types, e) != 0))
		return -1;
	for (size_t i = 0; n != NULL && i < PII_TYPES; i++)
		if (yaml_bool(n, pii_name[i], &conf->rules.on[i], e) < 0)
			return -1;
	n = NULL;
	if (yaml_bool(root, "staff_names", &conf->rules.staff_names, e) < 0 || yaml_map(root, "fields", &n, e) < 0 ||
	    (n != NULL && yaml_only(n, fields, e) != 0) || yaml_str(root, "key", key_ref, e) < 0 ||
	    yaml_strs(root, "keep", a, &own, &nown, e) < 0)
		return -1;
	if (key_ref->n > 0 && !str_starts(*key_ref, STR("file:")) && !str_starts(*key_ref, STR("env:"))) /* it may be the key itself: not shown */
		return yaml_err(ynode_get(root, "key"), e, "key 'key': expected file:PATH or env:NAME, not the key itself");
	while (nown-- > 0)
		keep_one(conf, own[nown], a);
	for (size_t i = 0; n != NULL && fields[i] != NULL; i++) {
		int w = -1;

		if (yaml_word(n, fields[i], how_words, &w, e) < 0)
			return -1;
		if (w >= 0)
			*how[i] = (enum how)w;
	}
	return 0;
}

static void
known_accounts(struct conf *conf, const struct ynode *map, const char *key, struct arena *a)
{
	struct str *v = NULL;
	size_t n = 0;

	if (yaml_strs(map, key, a, &v, &n, NULL) == 1)
		while (n-- > 0)
			(void)map_put(&conf->accounts, v[n].n > 0 && v[n].p[0] == '@' ? str_sub(v[n], 1, v[n].n) : v[n], NULL);
}

/*
 * Names of watched subjects are public: people and organisations the user asked about by name stay readable. So do the
 * accounts listed by name or id, that a later match still knows whose voice speaks.
 */
static int
keep_watched(struct conf *conf, struct arena *a, struct err *e)
{
	static const char *const keys[] = {"name", "names", "aliases", "any", "people", NULL};
	struct ynode *root, *subjects, *acc;
	struct str *v;
	size_t n;
	const char *path = path_config(NULL, "watch.yaml", NULL);

	if (path == NULL)
		return 0;
	if (yaml_load(path, a, &root, e) != 0)
		return -1;
	if ((acc = ynode_get(root, "accounts")) != NULL) {
		known_accounts(conf, acc, "official", a);
		known_accounts(conf, acc, "media", a);
	}
	subjects = ynode_get(root, "subjects");
	for (size_t i = 0; subjects != NULL && i < subjects->n; i++) {
		for (size_t k = 0; keys[k] != NULL; k++) {
			n = 0;
			if (yaml_strs(subjects->item[i], keys[k], a, &v, &n, NULL) == 1)
				while (n-- > 0)
					keep_one(conf, v[n], a);
		}
		known_accounts(conf, subjects->item[i], "handles", a);
		if ((acc = ynode_get(subjects->item[i], "accounts")) != NULL) {
			known_accounts(conf, acc, "own", a);
			known_accounts(conf, acc, "staff", a);
		}
	}
	conf->rules.keep = &conf->keep;
	return 0;
}

/* --- replacing ---------------------------------------------------------------------------------------------------- */

enum { PSEUDONYM = 6 };
static const char pseudonym_letters[] = "23456789BCDFGHJKLMNPQRSTVWXYZbcd";

/* Thirty bits of the keyed hash as six characters without vowels, so that no words come out: two of ten thousand persons
 * are taken for one in one store of twenty. */
static void
pseudonym(const struct conf *conf, const char *kind, struct str canon, struct buf *out)
{
	unsigned char mac[SHA256_LEN];
	struct buf data = {0};
	uint32_t v;

	buf_puts(&data, kind);
	buf_putc(&data, ':');
	buf_str(&data, canon);
	hmac_sha256(conf->key, buf_view(&data), mac);
	buf_free(&data);
	v = (uint32_t)mac[0] << 24 | (uint32_t)mac[1] << 16 | (uint32_t)mac[2] << 8 | mac[3];
	for (int i = 0; i < PSEUDONYM; i++, v >>= 5)
		buf_putc(out, pseudonym_letters[v & 31]);
}

static void
replacement(const struct conf *conf, const struct pii_hit *h, bool han, struct buf *out)
{
	static const char *const zh[PII_TYPES] = {"手机", "电话", "身份证", "银行卡", "邮箱", "证件", "车牌", "账号", "IP", "MAC",
	    "病历", "生日", "住址", "某"};

	if (h->type == PII_NAME) {
		buf_puts(out, han ? "某" : "Person-");
		pseudonym(conf, "name", h->canon, out);
		return;
	}
	buf_puts(out, "[");
	buf_puts(out, han ? zh[h->type] : pii_name[h->type]);
	buf_puts(out, "·");
	pseudonym(conf, pii_name[h->type], h->canon, out);
	buf_puts(out, "]");
}

static bool
has_han(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0xe3)
			return true;
	return false;
}

/* Replaces what is found in text; false when nothing was. The result stands in st->out. */
static bool
redact(struct state *st, struct str text)
{
	size_t at = 0;
	bool han;

	pii_find(&st->conf->rules, text, &st->scan);
	if (st->scan.nhit == 0)
		return false;
	han = has_han(text);
	buf_reset(&st->out);
	for (size_t i = 0; i < st->scan.nhit; i++) {
		const struct pii_hit *h = &st->scan.hit[i];

		buf_add(&st->out, text.p + at, h->off - at);
		replacement(st->conf, h, han, &st->out);
		at = h->off + h->len;
		st->count[h->type]++;
	}
	buf_add(&st->out, text.p + at, text.n - at);
	return true;
}

/* Puts st->out in the place of the string v of r. */
static void
put_back(struct state *st, struct rec *r, struct json v)
{
	buf_reset(&st->tmp);
	json_quote(&st->tmp, buf_view(&st->out));
	rec_splice(r, (size_t)(v.raw.p - r->line.p), v.raw.n, buf_view(&st->tmp));
}

/* An account of watch.yaml, by its name, its id or platform:id. */
static bool
listed(const struct conf *conf, struct rec *r, struct str name, struct str id)
{
	struct str platform;

	if (conf->accounts.n == 0)
		return false;
	if ((name.n > 0 && map_get(&conf->accounts, name) != NULL) || (id.n > 0 && map_get(&conf->accounts, id) != NULL))
		return true;
	if (id.n == 0 || (platform = rec_str(r, "platform")).n == 0)
		return false;
	return map_get(&conf->accounts, arena_join(&r->tmp, platform, ':', id)) != NULL;
}

static bool
private_person(const struct conf *conf, struct rec *r, struct json author)
{
	struct json subjects, s;
	struct json_iter it = json_iter(author);
	struct str key, name = STR(""), id = STR("");

	while (json_next(&it, &key, &s)) {
		if (str_is(key, "name"))
			name = json_str(s, &r->tmp);
		else if (str_is(key, "id"))
			id = json_str(s, &r->tmp);
		else if (str_is(key, "verified") ? s.type == JSON_TRUE || (s.type == JSON_STR && s.raw.n > 2)
		    : str_is(key, "followers") ? json_int_or(s, 0) >= 100000
		    : str_is(key, "type") && (json_is(s, "media") || json_is(s, "official") || json_is(s, "org")))
			return false;
	}
	if (str_is(rec_str(r, "platform"), "news") || listed(conf, r, name, id))
		return false;
	subjects = rec_get(r, "subjects");
	it = json_iter(subjects);
	while (json_next(&it, &key, &s)) {
		struct json voice = json_get(s, "voice");

		if (voice.type == JSON_STR && !json_is(voice, "public"))
			return false;
	}
	return true;
}

/* What whole() writes; older ones were shorter. */
static bool
is_pseudonym(struct str s)
{
	const struct str mark = STR("某·");

	if (!str_starts(s, mark) || (s.n != mark.n + PSEUDONYM && s.n != mark.n + 4))
		return false;
	for (size_t i = mark.n; i < s.n; i++)
		if (memchr(pseudonym_letters, s.p[i], sizeof pseudonym_letters - 1) == NULL)
			return false;
	return true;
}

/* A whole value; one that is a pseudonym already stays. */
static void
whole(struct state *st, struct rec *r, struct json v, const char *kind)
{
	struct str s = v.type == JSON_STR ? json_str(v, &r->tmp) : v.raw;

	if (v.type == JSON_NONE || v.type == JSON_NULL || s.n == 0 || is_pseudonym(s))
		return;
	buf_reset(&st->out);
	buf_puts(&st->out, "某·");
	pseudonym(st->conf, kind, s, &st->out);
	put_back(st, r, v);
	st->count[PII_TYPES]++;
}

static void
field(struct state *st, struct rec *r, struct json v, enum how how, const char *kind)
{
	if (how == HOW_ALL)
		whole(st, r, v, kind);
	else if (how == HOW_TEXT && v.type == JSON_STR && redact(st, json_str(v, &r->tmp)))
		put_back(st, r, v);
}

static void
account(struct state *st, struct rec *r, const char *member, enum how how)
{
	struct json author = rec_get(r, "author"), v;
	struct json_iter it = json_iter(author);
	struct str key;

	if (how == HOW_KEEP || author.type != JSON_OBJ || (how == HOW_PRIVATE && !private_person(st->conf, r, author)))
		return;
	while (json_next(&it, &key, &v)) { /* however it is spelt and how often: another reader takes the last */
		struct json name = {{key.p - 1, key.n + 2}, JSON_STR, true};

		if (str_is(json_str(name, &r->tmp), member))
			field(st, r, v, how == HOW_PRIVATE ? HOW_ALL : how, "author");
	}
}

static void
post(struct state *st, struct rec *r)
{
	const struct conf *conf = st->conf;
	struct json old = rec_get(r, "redact");
	struct buf *b = &st->tmp;
	uint64_t sum = 0;
	struct jw w;

	memset(st->count, 0, sizeof st->count);
	field(st, r, rec_get(r, "title"), conf->title, "title");
	field(st, r, rec_get(r, "text"), conf->body, "text");
	field(st, r, rec_get(r, "customer"), conf->customer, "customer");
	account(st, r, "name", conf->author);
	account(st, r, "id", conf->author_id);
	for (size_t i = 0; i <= PII_TYPES; i++)
		sum += st->count[i];
	if (sum == 0 && old.type == JSON_OBJ)
		return; /* run again over its own output */
	buf_reset(b);
	w = jw_open(b);
	jw_obj(&w);
	for (size_t i = 0; i <= PII_TYPES; i++) {
		const char *name = i < PII_TYPES ? pii_name[i] : "account";
		int64_t n = (int64_t)st->count[i], before = json_int_or(json_get(old, name), 0);

		if (before > 0) /* a forged count must not overflow */
			n = before > INT64_MAX - n ? INT64_MAX : before + n;
		if (n > 0)
			jw_kint(&w, name, n);
	}
	jw_end(&w);
	rec_set(r, "redact", buf_view(b));
}

/* --- lint and plain text ------------------------------------------------------------------------------------------ */

static void
lint(struct state *st, const char *file, uint64_t line, struct str id, const char *what, struct str text)
{
	pii_find(&st->conf->rules, text, &st->scan);
	for (size_t i = 0; i < st->scan.nhit; i++) {
		if (id.n > 0)
			(void)printf("%s:%llu: %.*s: %s: %s\n", file, (unsigned long long)line, STRF(id), what,
			    pii_name[st->scan.hit[i].type]);
		else
			(void)printf("%s:%llu: %s\n", file, (unsigned long long)line, pii_name[st->scan.hit[i].type]);
		st->found++;
	}
}

static int
plain_text(struct state *st, char **operand)
{
	struct reader rd = {0};
	struct writer w;
	struct str line;
	struct err e;
	bool ok;
	enum reader_status s;
	int fd = 0, status = EXIT_OK;

	writer_open(&w, 1, "standard output");
	do {
		const char *name = *operand != NULL ? *operand++ : "-";
		struct buf clean = {0};

		fd = strcmp(name, "-") == 0 ? 0 : open(name, O_RDONLY | O_CLOEXEC);
		if (fd < 0) {
			msg_warn("cannot open '%s': %s", name, strerror(errno));
			status = EXIT_IO;
			continue;
		}
		reader_open(&rd, fd, name);
		while ((s = reader_next(&rd, &line, &ok, &e)) == READER_LINE || s == READER_LONG) {
			if (s == READER_LONG) {
				msg_warn("%s:%llu: a line longer than %d MiB is left out", name, (unsigned long long)rd.lineno, REC_MAX >> 20);
				status = msg_worse(status, EXIT_DATA);
				continue;
			}
			if (!ok && !utf8_valid(line.p, line.n)) {
				buf_reset(&clean);
				(void)utf8_repair(&clean, line);
				line = buf_view(&clean);
			}
			if (st->conf->lint) {
				lint(st, name, rd.lineno, STR(""), "", line);
				continue;
			}
			buf_str(&w.buf, redact(st, line) ? buf_view(&st->out) : line);
			buf_putc(&w.buf, '\n');
			writer_some(&w);
		}
		if (s == READER_ERROR) {
			msg_err(&e);
			status = msg_worse(status, EXIT_IO);
		}
		reader_close(&rd);
		buf_free(&clean);
		if (fd > 0)
			(void)close(fd);
	} while (*operand != NULL);
	if (writer_flush(&w, &e) != 0) {
		msg_err(&e);
		status = EXIT_IO;
	}
	writer_close(&w);
	return status;
}

int
main(int argc, char **argv)
{
	static struct conf conf = {.title = HOW_TEXT, .body = HOW_TEXT, .author = HOW_PRIVATE, .author_id = HOW_KEEP, .customer = HOW_ALL};
	const struct opt opts[] = {{'c', NULL, "FILE", "redact.yaml to use", OPT_STR, &conf.path, 0, 0},
	    {0, "key", "FILE", "the key of the pseudonyms", OPT_STR, &conf.key_path, 0, 0},
	    {0, "lint", NULL, "report what is left instead of replacing; 1 when something is", OPT_FLAG, &conf.lint, 0, 0},
	    {0, "text", NULL, "the input is plain text, not records", OPT_FLAG, &conf.text, 0, 0},
	    {0, "check", NULL, "validate the configuration and stop", OPT_FLAG, &conf.check, 0, 0}, {0}};
	char **operands = opt_parse(argc, argv, opts, "[file...]", "Replaces personal data by stable pseudonyms.");
	static struct state st = {.conf = &conf};
	static struct arena a;
	struct str ref = {0};
	struct run run;
	struct rec r = {0};
	struct err e;
	int status = EXIT_OK;

	pii_rules_default(&conf.rules);
	if (load(&conf, &a, &ref, &e) != 0 || keep_watched(&conf, &a, &e) != 0)
		msg_die(&e);
	if (conf.check && *operands != NULL)
		msg_usage("--check takes no operand ('%s')", *operands);
	if (conf.key_path != NULL)
		read_key(&conf, arena_printf(&a, "file:%s", conf.key_path), &a);
	else if (ref.n > 0)
		read_key(&conf, ref, &a);
	else if (!conf.lint && !conf.check)
		own_key(&conf, &a);
	if (conf.check) {
		msg_note("%s: in order", conf.path);
		return EXIT_OK;
	}
	if (conf.text) {
		status = plain_text(&st, operands);
	} else {
		run_open(&run, operands);
		while (run_next(&run, &r)) {
			if (conf.lint) {
				static const char *const look[] = {"title", "text", "note", "body", NULL};

				for (size_t i = 0; look[i] != NULL; i++)
					lint(&st, r.file, r.lineno, rec_str(&r, "id"), look[i], rec_str(&r, look[i]));
				continue;
			}
			if (rec_kind(&r) == KIND_POST)
				post(&st, &r);
			run_put(&run, &r);
		}
		status = run_finish(&run);
	}
	rec_free(&r);
	pii_free(&st.scan);
	buf_free(&st.out);
	buf_free(&st.tmp);
	arena_free(&a);
	map_free(&conf.keep);
	map_free(&conf.accounts);
	if (conf.lint)
		status = msg_worse(status, msg_worse(msg_flush_stdout(), st.found > 0 ? EXIT_NO : EXIT_OK));
	return status;
}
