#ifndef EXT_LIBRARY_H
#define EXT_LIBRARY_H
/*
 * The playbook library on disk (tocsin-playbook(5)): folders <industry>/<crisis>/ with playbook.yaml and texts, what a
 * playbook extends folded in. Opening reads the head of every file, as far as `facts`; play_load reads one whole
 * playbook, with its parents and texts. Everything lives in the library's arena.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "ext/yaml.h"

enum { PLAY_TEXT_MAX = 1 << 20 }; /* bytes of a text */

struct play_text {
	struct str name, lang;   /* "statement", "zh" */
	const char *path;
	struct str body;
	struct str from;         /* id of the playbook it came from */
};

struct play {
	struct str id;           /* the folder, "bank/system-outage" */
	const char *dir, *file;  /* file: playbook.yaml, as messages name it */
	const char *root;        /* the library folder it stands in, without symbolic links */
	/* The head. Empty where the file says nothing; trigger and weight come from the parents then. */
	struct str own_id, version, extends, industry, title_zh, title_en, trigger;
	struct str *type;        /* [ntype] crisis types, the main one first */
	size_t ntype;
	bool abstract;
	int64_t weight;
	struct play *parent;     /* NULL: extends nothing */
	/* After play_load. */
	bool loaded, failed, broken; /* broken: its head; such a one is left out */
	struct ynode *own, *tree; /* the file; the file with its parents folded in */
	struct str own_json, json; /* the same as compact JSON */
	struct play_text *text;  /* [ntext] by name, then language; inherited ones too */
	size_t ntext;
	struct str *stray;       /* [nstray] files of the folder that mean nothing here */
	size_t nstray;
	char hash[65];           /* SHA-256 over json and texts */
};

struct library {
	struct arena mem;
	const char *dir;         /* the one searched first */
	struct play **play;      /* [n] by id */
	size_t n, cap;
	const char **bare;       /* [nbare] folders without a playbook.yaml: passed over */
	size_t nbare, bare_cap;
	size_t left_out;         /* playbooks that bad was told of */
};

/*
 * dir, then, when base is not NULL, base: a folder in dir replaces the one of the same name in base. A file that is at
 * fault goes to bad, when that is given, once, and is left out, as is what extends it; a shipped one of the same name
 * stands in. Without bad the first one ends the opening. -1: ERR_CONFIG, ERR_IO.
 */
typedef void library_bad_fn(void *ctx, const struct err *e);
int library_open(const char *dir, const char *base, struct library *l, library_bad_fn *bad, void *ctx, struct err *e);
void library_free(struct library *l);
struct play *library_find(const struct library *l, struct str id); /* or NULL */
bool library_has_industry(const struct library *l, struct str industry);

/* -1 (ERR_CONFIG): a symbolic link leads from the path, a file of p, out of the library folder. */
int play_inside(const struct play *p, const char *path, struct err *e);
/* Reads what opening left out. Done once. -1: ERR_CONFIG, ERR_IO. */
int play_load(struct library *l, struct play *p, struct err *e);
/* NULL when there is none. */
const struct play_text *play_text(const struct play *p, struct str name, struct str lang);
/*
 * Where a dotted path ("tasks.publish.deadline.red": keys, and ids of list items) stands; the deepest part that exists
 * otherwise. The file may be a parent's.
 */
void play_where(const struct play *p, struct str path, const char **file, int *line);

#endif
