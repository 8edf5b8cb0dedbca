#include "ext/gunzip.h"

#include <zlib.h>

enum { PIECE = 64 << 10, GZIP = 16 + MAX_WBITS };

bool
gunzip_is(struct str bytes)
{
	return bytes.n >= 18 && str_starts(bytes, STR("\x1f\x8b\x08"));
}

int
gunzip(struct str bytes, size_t max, struct buf *out, struct err *e)
{
	z_stream z = {0};
	size_t from = out->n, at = 0;
	int got = Z_OK;

	if (inflateInit2(&z, GZIP) != Z_OK)
		return err_set(e, ERR_MEM, "no memory to unpack");
	while (at < bytes.n) {
		size_t n = bytes.n - at < PIECE ? bytes.n - at : PIECE;

		if (got == Z_STREAM_END) { /* another member, or what some writers leave behind */
			if (!gunzip_is(str_sub(bytes, at, bytes.n)))
				break;
			(void)inflateReset(&z);
		}
		buf_reserve(out, PIECE);
		z.next_in = (Bytef *)(uintptr_t)(bytes.p + at);
		z.avail_in = (uInt)n;
		z.next_out = (Bytef *)out->p + out->n;
		z.avail_out = PIECE;
		got = inflate(&z, Z_NO_FLUSH);
		at += n - z.avail_in;
		out->n += PIECE - z.avail_out;
		if ((got != Z_OK && got != Z_STREAM_END) || out->n - from > max)
			break;
	}
	(void)inflateEnd(&z);
	if (out->n - from > max)
		return err_set(e, ERR_DATA, "unpacked it holds more than %zu bytes", max);
	if (got != Z_STREAM_END)
		return err_set(e, ERR_DATA, "%s", got == Z_OK ? "the gzip file ends too early" : "the gzip file is damaged");
	if (str_trim(str_sub(bytes, at, bytes.n)).n > 0)
		return err_set(e, ERR_DATA, "something else follows the gzip file");
	return 0;
}
