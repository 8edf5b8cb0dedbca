#include "ext/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdlib.h>

#include "base/mem.h"

struct sha256_ctx {
	EVP_MD_CTX *md;
};

/* libcrypto's digests fail only when memory runs out or a provider is missing; both leave nothing sane to do. */
static void
must(int ok)
{
	if (ok != 1)
		abort();
}

static void
digest(const EVP_MD *type, struct str data, unsigned char *out)
{
	must(EVP_Digest(data.n > 0 ? data.p : "", data.n, out, NULL, type, NULL));
}

void
sha256(struct str data, unsigned char out[SHA256_LEN])
{
	digest(EVP_sha256(), data, out);
}

static void
to_hex(const unsigned char *p, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * n] = '\0';
}

struct str
sha256_hex(struct str data, char out[SHA256_HEX])
{
	unsigned char raw[SHA256_LEN];

	sha256(data, raw);
	to_hex(raw, sizeof raw, out);
	return str_n(out, SHA256_HEX - 1);
}

struct sha256_ctx *
sha256_begin(void)
{
	struct sha256_ctx *c = xmalloc(sizeof *c);

	c->md = EVP_MD_CTX_new();
	must(c->md != NULL && EVP_DigestInit_ex(c->md, EVP_sha256(), NULL));
	return c;
}

void
sha256_add(struct sha256_ctx *c, struct str data)
{
	if (data.n > 0)
		must(EVP_DigestUpdate(c->md, data.p, data.n));
}

struct str
sha256_final(struct sha256_ctx *c, char out[SHA256_HEX])
{
	unsigned char raw[SHA256_LEN];

	must(EVP_DigestFinal_ex(c->md, raw, NULL));
	EVP_MD_CTX_free(c->md);
	free(c);
	to_hex(raw, sizeof raw, out);
	return str_n(out, SHA256_HEX - 1);
}

static void
hmac(const EVP_MD *type, struct str key, struct str data, unsigned char *out)
{
	unsigned n = 0;

	/* An empty key must still be a pointer: NULL means "the key of the last call" to libcrypto. */
	must(HMAC(type, key.n > 0 ? key.p : "", (int)key.n, (const unsigned char *)(data.n > 0 ? data.p : ""), data.n,
	         out, &n) != NULL);
}

void
hmac_sha256(struct str key, struct str data, unsigned char out[SHA256_LEN])
{
	hmac(EVP_sha256(), key, data, out);
}

void
hmac_sha256_hex(struct str key, struct str data, struct buf *out)
{
	unsigned char raw[SHA256_LEN];

	hmac_sha256(key, data, raw);
	hex_put(raw, sizeof raw, out);
}

void
hmac_sha256_base64(struct str key, struct str data, struct buf *out)
{
	unsigned char raw[SHA256_LEN];

	hmac_sha256(key, data, raw);
	base64_put(str_n((const char *)raw, sizeof raw), out);
}

void
hmac_sha1(struct str key, struct str data, unsigned char out[SHA1_LEN])
{
	hmac(EVP_sha1(), key, data, out);
}

void
md5_hex(struct str data, char out[33])
{
	unsigned char raw[16];

	digest(EVP_md5(), data, raw);
	to_hex(raw, sizeof raw, out);
}

static void
base64_with(const char *alphabet, bool pad, struct str data, struct buf *out)
{
	const unsigned char *p = (const unsigned char *)data.p;
	size_t i = 0;

	buf_reserve(out, data.n / 3 * 4 + 4);
	for (; i + 2 < data.n; i += 3) {
		buf_putc(out, alphabet[p[i] >> 2]);
		buf_putc(out, alphabet[(p[i] & 3) << 4 | p[i + 1] >> 4]);
		buf_putc(out, alphabet[(p[i + 1] & 15) << 2 | p[i + 2] >> 6]);
		buf_putc(out, alphabet[p[i + 2] & 63]);
	}
	if (i < data.n) {
		unsigned second = i + 1 < data.n ? p[i + 1] : 0;

		buf_putc(out, alphabet[p[i] >> 2]);
		buf_putc(out, alphabet[(p[i] & 3u) << 4 | second >> 4]);
		if (i + 1 < data.n)
			buf_putc(out, alphabet[(second & 15) << 2]);
		else if (pad)
			buf_putc(out, '=');
		if (pad)
			buf_putc(out, '=');
	}
}

void
base64_put(struct str data, struct buf *out)
{
	base64_with("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", true, data, out);
}

void
base64url_put(struct str data, struct buf *out)
{
	base64_with("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", false, data, out);
}

static int
base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (is_digit(c))
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool
base64_get(struct str text, struct buf *out)
{
	size_t pad = 0;

	if (text.n % 4 != 0)
		return false;
	while (pad < 2 && pad < text.n && text.p[text.n - 1 - pad] == '=')
		pad++;
	for (size_t i = 0; i < text.n; i += 4) {
		size_t digits = i + 4 == text.n ? 4 - pad : 4;
		unsigned v = 0;

		for (size_t k = 0; k < 4; k++) {
			int d = k < digits ? base64_digit(text.p[i + k]) : 0;

			if (d < 0)
				return false;
			v = v << 6 | (unsigned)d;
		}
		if ((digits == 3 && (v & 0xff) != 0) || (digits == 2 && (v & 0xffff) != 0))
			return false; /* stray bits: two spellings of one value */
		buf_putc(out, (char)(v >> 16));
		if (digits > 2)
			buf_putc(out, (char)(v >> 8 & 0xff));
		if (digits > 3)
			buf_putc(out, (char)(v & 0xff));
	}
	return true;
}

void
hex_put(const unsigned char *p, size_t n, struct buf *out)
{
	buf_reserve(out, 2 * n);
	to_hex(p, n, out->p + out->n);
	out->n += 2 * n;
}

int
random_bytes(void *out, size_t n, struct err *e)
{
	if (RAND_bytes(out, (int)n) != 1)
		return err_set(e, ERR_IO, "cannot get random bytes from the system");
	return 0;
}

bool
secret_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || CRYPTO_memcmp(a.p, b.p, a.n) == 0);
}
