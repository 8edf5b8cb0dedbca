#ifndef EXT_GUNZIP_H
#define EXT_GUNZIP_H
/* gzip files (RFC 1952) through zlib. */
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* Whether the bytes begin like a gzip file. */
bool gunzip_is(struct str bytes);
/*
 * Appends what the members of a gzip file hold, one behind the other; white space behind the last is allowed. -1: ERR_DATA,
 * it is damaged, ends too early, holds something else behind a member, or more than max bytes.
 */
int gunzip(struct str bytes, size_t max, struct buf *out, struct err *e);

#endif
