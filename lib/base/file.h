#ifndef BASE_FILE_H
#define BASE_FILE_H
#include <stddef.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

/*
 * Reads a whole file of at most max bytes into a (NUL-terminated behind out->n). -1: ERR_IO or, too large, ERR_DATA.
 * Never waits for somebody to open the other end: a FIFO is refused unless the caller holds it open, as /dev/fd/N.
 */
int file_read(const char *path, size_t max, struct arena *a, struct str *out, struct err *e);
/* As file_read, nothing but a regular file. */
int file_read_regular(const char *path, size_t max, struct arena *a, struct str *out, struct err *e);
/* As file_read for a secret (key, token): refused (ERR_CONFIG) when group or others may read it; one final newline is cut. */
int file_read_secret(const char *path, struct arena *a, struct str *out, struct err *e);

#endif
