#ifndef EXT_YAML_H
#define EXT_YAML_H
/*
 * Configuration files: one YAML document becomes a tree in an arena. YAML 1.2 core schema (yes, no, on, off are
 * words, not booleans). Refused, so that a file means what it shows: anchors, aliases, tags, duplicate keys, keys
 * that are not plain text, a second document, text that is not UTF-8, nesting deeper than YAML_DEPTH.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

enum { YAML_DEPTH = 64, YAML_FILE_MAX = 8 << 20 /* bytes */ };

enum ynode_type { Y_NULL, Y_SCALAR, Y_SEQ, Y_MAP };

struct ykey {
	struct str s; /* NUL-terminated behind n */
	int line;
};

struct ynode {
	enum ynode_type type;
	struct str s;        /* Y_SCALAR: its text, NUL-terminated behind n; else empty */
	bool plain;          /* Y_SCALAR: written without quotes and not a block: may be a number or a boolean */
	const char *file;    /* name for messages; never NULL */
	int line;            /* from 1 */
	size_t n;            /* children of Y_SEQ and Y_MAP */
	struct ynode **item; /* [n], in the order of the file */
	struct ykey *key;    /* Y_MAP: [n], beside item; else NULL */
};

/* Reads a file. The tree and its text live in a. An empty file is a Y_NULL root. -1: ERR_CONFIG "file:line: …", ERR_IO. */
int yaml_load(const char *path, struct arena *a, struct ynode **root, struct err *e);
/* The same from memory; name stands in messages and is copied. */
int yaml_parse(struct str text, const char *name, struct arena *a, struct ynode **root, struct err *e);

/* "file:line: " and the message, kind ERR_CONFIG; returns -1. */
int yaml_err(const struct ynode *at, struct err *e, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* A map's value (Y_NULL nodes too), or NULL: absent, or not a map. */
struct ynode *ynode_get(const struct ynode *map, const char *key);
struct ynode *ynode_find(const struct ynode *map, struct str key);

/* What a single node is under the core schema; false when it is something else, *out untouched. */
bool ynode_bool(const struct ynode *n, bool *out);     /* plain true, false */
bool ynode_i64(const struct ynode *n, int64_t *out);   /* plain 12, -3, 0x1f, 0o17 */
bool ynode_f64(const struct ynode *n, double *out);    /* plain number, finite */

/*
 * Typed access to map[key]. 1 = found, 0 = absent (*out untouched, so preset the default), -1 = there but wrong:
 * "file:line: key 'x': expected a number between 1 and 60". A key without a value is wrong.
 */
int yaml_str(const struct ynode *map, const char *key, struct str *out, struct err *e); /* any scalar; not empty */
int yaml_bool(const struct ynode *map, const char *key, bool *out, struct err *e);
int yaml_i64(const struct ynode *map, const char *key, int64_t min, int64_t max, int64_t *out, struct err *e);
int yaml_f64(const struct ynode *map, const char *key, double min, double max, double *out, struct err *e);
int yaml_duration(const struct ynode *map, const char *key, int64_t *seconds, struct err *e); /* "90s" "4h" "2d", or 0 */
int yaml_map(const struct ynode *map, const char *key, struct ynode **out, struct err *e);
int yaml_seq(const struct ynode *map, const char *key, struct ynode **out, struct err *e);
/* A list of scalars, or one scalar standing for a list of one. The array lives in a. */
int yaml_strs(const struct ynode *map, const char *key, struct arena *a, struct str **out, size_t *n, struct err *e);
/* One of the words (NULL-terminated); *out is its index. */
int yaml_word(const struct ynode *map, const char *key, const char *const words[], int *out, struct err *e);

/* -1 with a message when n is not a map; what names the thing ("a source"). */
int yaml_want_map(const struct ynode *n, const char *what, struct err *e);
/* -1 when the map has a key outside the NULL-terminated list; the message lists what is allowed. */
int yaml_only(const struct ynode *map, const char *const allowed[], struct err *e);

/* The tree as compact JSON: plain scalars by the core schema (integers keep their digits), all others strings. */
void yaml_json(const struct ynode *n, struct buf *out);

#endif
