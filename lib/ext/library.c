#include "ext/library.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "ext/crypto.h"

enum { CHAIN_MAX = 16 /* playbooks that extend one another */ };

/* --- finding folders -------------------------------------------------------------------------------------------------- */

static bool
plain_name(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n > 100)
		return false;
	for (; *s != '\0'; s++)
		if (!is_alnum(*s) && *s != '-' && *s != '_')
			return false;
	return true;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names in a folder, sorted; NULL-terminated, in a. NULL: no such folder, errno says why. */
static const char **
names(const char *dir, struct arena *a, size_t *n)
{
	DIR *d = opendir(dir);
	struct dirent *de;
	const char **v = NULL, **out;
	size_t cap = 0;

	*n = 0;
	if (d == NULL)
		return NULL;
	while ((de = readdir(d)) != NULL) {
		if (de->d_name[0] == '.')
			continue;
		v = xgrow(v, &cap, *n + 1, sizeof *v);
		v[(*n)++] = arena_strdup(a, de->d_name);
	}
	(void)closedir(d);
	if (*n > 1)
		qsort(v, *n, sizeof *v, by_name);
	out = arena_alloc(a, (*n + 1) * sizeof *out);
	if (*n > 0)
		memcpy(out, v, *n * sizeof *out);
	out[*n] = NULL;
	free(v);
	return out;
}

static bool
is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static const char *
path_of(struct arena *a, const char *dir, const char *name)
{
	size_t n = strlen(dir);

	while (n > 1 && dir[n - 1] == '/')
		n--;
	return arena_printf(a, "%.*s/%s", (int)n, dir, name).p;
}

struct play *
library_find(const struct library *l, struct str id)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->play[i]->id, id))
			return l->play[i];
	return NULL;
}

bool
library_has_industry(const struct library *l, struct str industry)
{
	for (size_t i = 0; i < l->n; i++)
		if (industry.n > 0 && str_eq(l->play[i]->industry, industry))
			return true;
	return false;
}

int
play_inside(const struct play *p, const char *path, struct err *e)
{
	char *real = realpath(path, NULL);
	size_t n = strlen(p->root);
	bool in = real == NULL /* reading it says why */ || (strncmp(real, p->root, n) == 0 && (real[n] == '/' || n == 1));

	free(real);
	return in ? 0 : err_set(e, ERR_CONFIG, "%s:1: a symbolic link that leads out of the playbook folder", path);
}

/* --- heads ------------------------------------------------------------------------------------------------------------ */

/* The part of the file before the first long list: what a match needs to know of every playbook. */
static struct str
head_of(struct str text)
{
	static const char *const body[] = {"facts:", "tasks:", "clocks:", "release:", "updates:", "audiences:", "escalation:",
	    "stages:", "closing:"};
	const char *p = text.p, *end = text.p + text.n;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		for (size_t i = 0; i < sizeof body / sizeof body[0]; i++)
			if (str_starts(str_n(p, (size_t)(end - p)), str_c(body[i])))
				return str_n(text.p, (size_t)(p - text.p));
		if (nl == NULL)
			break;
		p = nl + 1;
	}
	return text;
}

static int
read_head(struct library *l, struct play *p, struct err *e)
{
	struct str text, head;
	struct ynode *root, *title = NULL;

	if (play_inside(p, p->file, e) != 0 || file_read(p->file, YAML_FILE_MAX, &l->mem, &text, e) != 0)
		return -1;
	head = head_of(text);
	/* A head that ends inside a value cannot be parsed; then the whole file says more. */
	if ((head.n == text.n || yaml_parse(head, p->file, &l->mem, &root, NULL) != 0) &&
	    yaml_parse(text, p->file, &l->mem, &root, e) != 0)
		return -1;
	if (yaml_want_map(root, "a playbook", e) != 0 || yaml_str(root, "id", &p->own_id, e) < 0 ||
	    yaml_str(root, "version", &p->version, e) < 0 || yaml_str(root, "extends", &p->extends, e) < 0 ||
	    yaml_str(root, "industry", &p->industry, e) < 0 || yaml_str(root, "trigger", &p->trigger, e) < 0 ||
	    yaml_strs(root, "types", &l->mem, &p->type, &p->ntype, e) < 0 ||
	    yaml_bool(root, "abstract", &p->abstract, e) < 0 || yaml_i64(root, "weight", -10, 10, &p->weight, e) < 0)
		return -1;
	if (yaml_map(root, "title", &title, e) < 0 ||
	    (title != NULL && (yaml_str(title, "zh", &p->title_zh, e) < 0 || yaml_str(title, "en", &p->title_en, e) < 0)))
		return -1;
	p->own = root;
	return 0;
}

/* Three looks at a library whose heads are read; a playbook that one of them finds fault with is broken. */
static int
has_parent(struct library *l, struct play *p, struct err *e)
{
	if (p->extends.n == 0)
		return 0;
	p->parent = library_find(l, p->extends);
	if (p->parent == NULL)
		return yaml_err(ynode_get(p->own, "extends"), e, "extends: there is no playbook '%.*s', or it is at fault",
		    STRF(utf8_cut_bytes(p->extends, 100)));
	return 0;
}

static int
has_end(struct library *l, struct play *p, struct err *e)
{
	const struct play *q = p;

	(void)l;
	for (int i = 0; q != NULL; i++, q = q->parent)
		if (i > CHAIN_MAX)
			return yaml_err(ynode_get(p->own, "extends"), e, "extends: a circle, or more than %d playbooks in a row", CHAIN_MAX);
	return 0;
}

static int
has_sound_parents(struct library *l, struct play *p, struct err *e)
{
	(void)l;
	for (const struct play *q = p->parent; q != NULL; q = q->parent)
		if (q->broken)
			return yaml_err(ynode_get(p->own, "extends"), e, "extends: '%.*s' is at fault", STRF(q->id));
	return 0;
}

/* What a head may leave to its parents. */
static void
inherit(struct play *p)
{
	for (const struct play *q = p->parent; q != NULL; q = q->parent) {
		if (p->trigger.n == 0)
			p->trigger = q->trigger;
		if (p->weight == 0 && ynode_get(p->own, "weight") == NULL)
			p->weight = q->weight;
	}
}

static int
scan(struct library *l, const char *dir, bool must, library_bad_fn *bad, void *ctx, struct err *e)
{
	size_t nind, ncri;
	const char **ind = names(dir, &l->mem, &nind);
	char *real = realpath(dir, NULL);
	const char *root = arena_strdup(&l->mem, real != NULL ? real : dir);

	free(real);

	if (ind == NULL) {
		if (!must)
			return 0;
		return err_sys(e, ERR_CONFIG, errno, "cannot read the playbook folder '%s'", dir);
	}
	for (size_t i = 0; i < nind; i++) {
		const char *sub = path_of(&l->mem, dir, ind[i]), **cri;

		if (!plain_name(ind[i]) || !is_dir(sub) || (cri = names(sub, &l->mem, &ncri)) == NULL)
			continue;
		for (size_t k = 0; k < ncri; k++) {
			struct play *p;
			struct str id = arena_printf(&l->mem, "%s/%s", ind[i], cri[k]);
			const char *where = path_of(&l->mem, sub, cri[k]);
			struct err fault;

			if (!plain_name(cri[k]) || !is_dir(where) || library_find(l, id) != NULL)
				continue;
			p = arena_zalloc(&l->mem, sizeof *p);
			p->id = id;
			p->dir = where;
			p->file = path_of(&l->mem, where, "playbook.yaml");
			p->root = root;
			if (access(p->file, F_OK) != 0 && errno == ENOENT) {
				l->bare = xgrow(l->bare, &l->bare_cap, l->nbare + 1, sizeof *l->bare);
				l->bare[l->nbare++] = where;
				continue;
			}
			if (read_head(l, p, &fault) != 0) {
				if (bad == NULL) {
					if (e != NULL)
						*e = fault;
					return -1;
				}
				bad(ctx, &fault);
				l->left_out++;
				continue;
			}
			l->play = xgrow(l->play, &l->cap, l->n + 1, sizeof(struct play *));
			l->play[l->n++] = p;
		}
	}
	return 0;
}

static int
by_id(const void *a, const void *b)
{
	return str_cmp((*(struct play *const *)a)->id, (*(struct play *const *)b)->id);
}

int
library_open(const char *dir, const char *base, struct library *l, library_bad_fn *bad, void *ctx, struct err *e)
{
	static int (*const look[])(struct library *, struct play *, struct err *) = {has_parent, has_end, has_sound_parents};
	size_t kept = 0;

	*l = (struct library){0};
	l->dir = arena_strdup(&l->mem, dir);
	if (scan(l, dir, true, bad, ctx, e) != 0 || (base != NULL && scan(l, base, false, bad, ctx, e) != 0))
		return -1;
	if (l->n == 0 && l->left_out == 0)
		return err_set(e, ERR_CONFIG, "no playbook in '%s' (wanted %s/<industry>/<crisis>/playbook.yaml)", dir, dir);
	if (l->n > 0)
		qsort(l->play, l->n, sizeof(struct play *), by_id);
	for (size_t k = 0; k < sizeof look / sizeof look[0]; k++)
		for (size_t i = 0; i < l->n; i++) {
			struct err fault;

			if (l->play[i]->broken || look[k](l, l->play[i], &fault) == 0)
				continue;
			if (bad == NULL) {
				if (e != NULL)
					*e = fault;
				return -1;
			}
			bad(ctx, &fault);
			l->play[i]->broken = true;
			l->left_out++;
		}
	for (size_t i = 0; i < l->n; i++)
		if (!l->play[i]->broken) {
			inherit(l->play[i]);
			l->play[kept++] = l->play[i];
		}
	l->n = kept;
	return 0;
}

void
library_free(struct library *l)
{
	free(l->play);
	free(l->bare);
	arena_free(&l->mem);
	*l = (struct library){0};
}

/* --- folding ---------------------------------------------------------------------------------------------------------- */

static struct str
item_id(const struct ynode *n)
{
	const struct ynode *id = n->type == Y_MAP ? ynode_get(n, "id") : NULL;

	return id != NULL && id->type == Y_SCALAR ? id->s : (struct str){0};
}

static bool
has_ids(const struct ynode *n)
{
	if (n->type != Y_SEQ || n->n == 0)
		return false;
	for (size_t i = 0; i < n->n; i++)
		if (item_id(n->item[i]).n == 0)
			return false;
	return true;
}

static struct ynode *
empty_like(const struct ynode *n, size_t room, struct arena *a)
{
	struct ynode *m = arena_zalloc(a, sizeof *m);

	m->type = n->type;
	m->file = n->file;
	m->line = n->line;
	m->item = arena_alloc(a, (room > 0 ? room : 1) * sizeof(struct ynode *));
	if (n->type == Y_MAP)
		m->key = arena_alloc(a, (room > 0 ? room : 1) * sizeof *m->key);
	return m;
}

static void
put(struct ynode *map, struct ykey key, struct ynode *value)
{
	map->key[map->n] = key;
	map->item[map->n++] = value;
}

static bool
never_inherited(struct str key)
{
	return str_is(key, "id") || str_is(key, "abstract") || str_is(key, "tests");
}

static struct ynode *fold(struct ynode *parent, struct ynode *child, bool top, struct arena *a);

static struct ynode *
fold_map(struct ynode *parent, struct ynode *child, bool top, struct arena *a)
{
	struct ynode *m = empty_like(child, parent->n + child->n, a);

	for (size_t i = 0; i < parent->n; i++) {
		struct ynode *mine = ynode_find(child, parent->key[i].s);

		if (mine == NULL) {
			if (!top || !never_inherited(parent->key[i].s))
				put(m, parent->key[i], parent->item[i]);
			continue;
		}
		for (size_t k = 0; k < child->n; k++)
			if (child->item[k] == mine)
				put(m, child->key[k], fold(parent->item[i], mine, false, a));
	}
	for (size_t i = 0; i < child->n; i++)
		if (ynode_find(parent, child->key[i].s) == NULL)
			put(m, child->key[i], child->item[i]);
	return m;
}

static bool
dropped(const struct ynode *n)
{
	bool drop = false;
	const struct ynode *d = ynode_get(n, "drop");

	return d != NULL && ynode_bool(d, &drop) && drop;
}

static struct ynode *
find_item(const struct ynode *seq, struct str id)
{
	for (size_t i = 0; i < seq->n; i++)
		if (str_eq(item_id(seq->item[i]), id))
			return seq->item[i];
	return NULL;
}

static struct ynode *
fold_items(const struct ynode *parent, const struct ynode *child, struct arena *a)
{
	struct ynode *m = empty_like(child, parent->n + child->n, a);

	for (size_t i = 0; i < parent->n; i++) {
		struct ynode *mine = find_item(child, item_id(parent->item[i]));

		if (mine == NULL)
			m->item[m->n++] = parent->item[i];
		else if (!dropped(mine))
			m->item[m->n++] = fold_map(parent->item[i], mine, false, a);
	}
	for (size_t i = 0; i < child->n; i++)
		if (find_item(parent, item_id(child->item[i])) == NULL && !dropped(child->item[i]))
			m->item[m->n++] = child->item[i];
	return m;
}

static struct ynode *
fold(struct ynode *parent, struct ynode *child, bool top, struct arena *a)
{
	if (parent->type == Y_MAP && child->type == Y_MAP)
		return fold_map(parent, child, top, a);
	if (has_ids(parent) && has_ids(child))
		return fold_items(parent, child, a);
	return child;
}

/* --- texts ------------------------------------------------------------------------------------------------------------ */

static bool
text_name(const char *file, struct str *name, struct str *lang)
{
	struct str s = str_c(file), part;

	if (!str_ends(s, STR(".md")))
		return false;
	s.n -= 3;
	if (!str_split(&s, '.', name) || !str_split(&s, '.', &part) || s.p != NULL || name->n == 0)
		return false;
	*lang = part;
	return str_is(part, "zh") || str_is(part, "en");
}

static int
load_texts(struct library *l, struct play *p, struct err *e)
{
	size_t n, cap = 0, scap = 0, room = p->parent != NULL ? p->parent->ntext : 0;
	const char **file = names(p->dir, &l->mem, &n);
	struct play_text *own = NULL;
	struct str *stray = NULL;
	size_t nown = 0;
	int r = 0;

	for (size_t i = 0; file != NULL && i < n && r == 0; i++) {
		struct str name, lang;

		if (!text_name(file[i], &name, &lang)) {
			if (strcmp(file[i], "playbook.yaml") == 0 || strcmp(file[i], "tests.ndjson") == 0)
				continue;
			stray = xgrow(stray, &scap, p->nstray + 1, sizeof *stray);
			stray[p->nstray++] = str_c(file[i]);
			continue;
		}
		own = xgrow(own, &cap, nown + 1, sizeof *own);
		own[nown] = (struct play_text){.name = name, .lang = lang, .path = path_of(&l->mem, p->dir, file[i]), .from = p->id};
		r = play_inside(p, own[nown].path, e);
		if (r == 0)
			r = file_read(own[nown].path, PLAY_TEXT_MAX, &l->mem, &own[nown].body, e);
		if (r == 0 && (!utf8_valid(own[nown].body.p, own[nown].body.n) || memchr(own[nown].body.p, '\0', own[nown].body.n) != NULL))
			r = err_set(e, ERR_CONFIG, "%s:1: not UTF-8", own[nown].path);
		nown++;
	}
	p->text = arena_alloc(&l->mem, (nown + room + 1) * sizeof *p->text);
	p->ntext = 0;
	/* Both lists are sorted by file name, "faq.en.md" < "faq.zh.md" < "internal…". */
	for (size_t i = 0, k = 0; r == 0 && (i < nown || k < room);) {
		int c = i == nown ? 1 : k == room ? -1 : str_cmp(own[i].name, p->parent->text[k].name);

		if (c == 0)
			c = str_cmp(own[i].lang, p->parent->text[k].lang);
		p->text[p->ntext++] = c <= 0 ? own[i] : p->parent->text[k];
		i += c <= 0;
		k += c >= 0;
	}
	p->stray = arena_alloc(&l->mem, (p->nstray + 1) * sizeof *p->stray);
	if (p->nstray > 0)
		memcpy(p->stray, stray, p->nstray * sizeof *stray);
	free(own);
	free(stray);
	return r;
}

const struct play_text *
play_text(const struct play *p, struct str name, struct str lang)
{
	for (size_t i = 0; i < p->ntext; i++)
		if (str_eq(p->text[i].name, name) && str_eq(p->text[i].lang, lang))
			return &p->text[i];
	return NULL;
}

/* --- whole playbooks -------------------------------------------------------------------------------------------------- */

static struct str
as_json(const struct ynode *n, struct arena *a)
{
	struct buf b = {0};
	struct str s;

	yaml_json(n, &b);
	s = arena_str(a, buf_view(&b));
	buf_free(&b);
	return s;
}

static void
make_hash(struct play *p)
{
	struct sha256_ctx *c = sha256_begin();
	struct buf b = {0};

	sha256_add(c, p->json);
	for (size_t i = 0; i < p->ntext; i++) {
		buf_reset(&b);
		buf_printf(&b, "\n%.*s.%.*s %zu\n", STRF(p->text[i].name), STRF(p->text[i].lang), p->text[i].body.n);
		sha256_add(c, buf_view(&b));
		sha256_add(c, p->text[i].body);
	}
	buf_free(&b);
	(void)sha256_final(c, p->hash);
}

int
play_load(struct library *l, struct play *p, struct err *e)
{
	if (p->loaded)
		return 0;
	if (p->failed)
		return err_set(e, ERR_CONFIG, "%s: could not be read before", p->file);
	p->failed = true; /* until the end is reached */
	if (p->parent != NULL && play_load(l, p->parent, e) != 0)
		return -1;
	if (yaml_load(p->file, &l->mem, &p->own, e) != 0 || yaml_want_map(p->own, "a playbook", e) != 0)
		return -1;
	p->tree = p->parent != NULL ? fold(p->parent->tree, p->own, true, &l->mem) : p->own;
	p->own_json = as_json(p->own, &l->mem);
	p->json = p->parent != NULL ? as_json(p->tree, &l->mem) : p->own_json;
	if (load_texts(l, p, e) != 0)
		return -1;
	make_hash(p);
	p->failed = false;
	p->loaded = true;
	return 0;
}

void
play_where(const struct play *p, struct str path, const char **file, int *line)
{
	const struct ynode *n = p->tree;
	struct str rest = path, part;

	*file = p->file;
	*line = 1;
	while (n != NULL && rest.n > 0) {
		const struct ynode *next = NULL;

		if (n->type == Y_MAP) {
			(void)str_split(&rest, '.', &part);
			for (size_t i = 0; i < n->n; i++)
				if (str_eq(n->key[i].s, part)) {
					next = n->item[i];
					*file = next->file;
					*line = n->key[i].line;
				}
		} else if (n->type == Y_SEQ) {
			int64_t k;

			(void)str_split(&rest, '.', &part);
			next = find_item(n, part);
			if (next == NULL && str_i64(part, &k) && k >= 0 && (size_t)k < n->n)
				next = n->item[k];
			if (next != NULL) {
				*file = next->file;
				*line = next->line;
			}
		}
		n = next;
	}
}
