#ifndef BASE_UTF8_H
#define BASE_UTF8_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Whether the bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF). */
bool utf8_valid(const char *p, size_t n);

/*
 * Decodes the code point at p (p < end) and sets *next behind it. For input that utf8_valid accepted; on other
 * bytes it returns U+FFFD and moves on by one byte, never past end.
 */
static inline uint32_t
utf8_step(const char *p, const char *end, const char **next)
{
	const unsigned char *u = (const unsigned char *)p;
	size_t n = (size_t)(end - p);

	if (u[0] < 0x80) {
		*next = p + 1;
		return u[0];
	}
	if (u[0] >= 0xe0 && u[0] < 0xf0 && n >= 3) {
		*next = p + 3;
		return (uint32_t)(u[0] & 0x0f) << 12 | (uint32_t)(u[1] & 0x3f) << 6 | (u[2] & 0x3f);
	}
	if (u[0] >= 0xc2 && u[0] < 0xe0 && n >= 2) {
		*next = p + 2;
		return (uint32_t)(u[0] & 0x1f) << 6 | (u[1] & 0x3f);
	}
	if (u[0] >= 0xf0 && u[0] < 0xf5 && n >= 4) {
		*next = p + 4;
		return (uint32_t)(u[0] & 0x07) << 18 | (uint32_t)(u[1] & 0x3f) << 12 |
		    (uint32_t)(u[2] & 0x3f) << 6 | (u[3] & 0x3f);
	}
	*next = p + 1;
	return 0xfffd;
}

size_t utf8_put(char out[4], uint32_t cp);       /* bytes written, 1..4; cp must be a scalar value */
size_t utf8_count(struct str s);                 /* code points of valid text */
/* Terminal columns: 0 for controls, combining and zero-width characters, 2 for East Asian wide and emoji. */
int utf8_cp_width(uint32_t cp);
size_t utf8_width(struct str s);
/* The longest prefix of whole code points that is at most n bytes / at most ncol columns. */
struct str utf8_cut_bytes(struct str s, size_t n);
struct str utf8_cut_cols(struct str s, size_t ncol);
/* Han ideograph (URO, extensions, compatibility). */
bool utf8_is_han(uint32_t cp);
/*
 * Appends s made safe for a terminal or a text file of one line: C0, DEL, C1 and bidi controls become spaces or
 * are dropped, so collected text can never steer the terminal.
 */
void utf8_clean(struct buf *out, struct str s);
/* For importers only: appends s with every ill-formed byte replaced by U+FFFD; returns how many were. */
size_t utf8_repair(struct buf *out, struct str s);

#endif
