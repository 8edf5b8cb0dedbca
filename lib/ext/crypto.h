#ifndef EXT_CRYPTO_H
#define EXT_CRYPTO_H
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

enum { SHA256_LEN = 32, SHA256_HEX = 65 /* with NUL */, SHA1_LEN = 20 };

/* SHA-256 of one string; of several, use the incremental form. Cannot fail but by exhaustion (exits 71). */
void sha256(struct str data, unsigned char out[SHA256_LEN]);
struct str sha256_hex(struct str data, char out[SHA256_HEX]); /* lower case, NUL-terminated; a view of out */

struct sha256_ctx; /* opaque; sha256_final frees it */
struct sha256_ctx *sha256_begin(void);
void sha256_add(struct sha256_ctx *c, struct str data);
struct str sha256_final(struct sha256_ctx *c, char out[SHA256_HEX]);

/* Raw HMAC; hex and base64 forms append to out. */
void hmac_sha256(struct str key, struct str data, unsigned char out[SHA256_LEN]);
void hmac_sha256_hex(struct str key, struct str data, struct buf *out);
void hmac_sha256_base64(struct str key, struct str data, struct buf *out);

/* For gateways whose published API demands them; never for anything of our own. */
void hmac_sha1(struct str key, struct str data, unsigned char out[SHA1_LEN]);
void md5_hex(struct str data, char out[33]);

void base64_put(struct str data, struct buf *out); /* standard alphabet, padded, no line breaks */
void base64url_put(struct str data, struct buf *out); /* URL alphabet, no padding */
/* Strict: standard alphabet, padded, no white space. false = malformed, out holds what came before. */
bool base64_get(struct str text, struct buf *out);
void hex_put(const unsigned char *p, size_t n, struct buf *out);

/* Unpredictable bytes for keys and tokens; -1: ERR_IO when the system has none. */
int random_bytes(void *out, size_t n, struct err *e);
/* Equality in time that depends on the lengths only. */
bool secret_eq(struct str a, struct str b);

#endif
