/* Published test vectors: FIPS 180-4, RFC 4231, RFC 2202, RFC 1321, RFC 4648. */
#include "tap.h"

#include "ext/crypto.h"

static void
base64(const char *text, const char *want)
{
	struct buf b = {0}, back = {0};

	base64_put(str_c(text), &b);
	is_str(buf_view(&b), want, "base64");
	ok(base64_get(buf_view(&b), &back) && str_is(buf_view(&back), text), "and back");
	buf_free(&b);
	buf_free(&back);
}

int
main(void)
{
	static const char *const wrong[] = {"Zg=", "Zg", "Z===", "Zh==", "Zm9=", "Zg= =", "Zm 9", "Zm9v "};
	char hex[SHA256_HEX], million[1000], md5[33];
	unsigned char raw[SHA1_LEN], r1[16], r2[16];
	struct buf b = {0};
	struct sha256_ctx *c;
	struct err e;

	is_str(sha256_hex(STR(""), hex), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "sha256 of nothing");
	is_str(sha256_hex(STR("abc"), hex), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "sha256 of abc");
	memset(million, 'a', sizeof million);
	c = sha256_begin();
	for (int i = 0; i < 1000; i++)
		sha256_add(c, str_n(million, sizeof million));
	is_str(sha256_final(c, hex), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", "sha256 of a million a");
	hmac_sha256_hex(STR("Jefe"), STR("what do ya want for nothing?"), &b);
	is_str(buf_view(&b), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", "hmac-sha256, RFC 4231 case 2");
	buf_reset(&b);
	hmac_sha256_hex(STR(""), STR(""), &b);
	is_str(buf_view(&b), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad", "hmac-sha256 with an empty key");
	buf_reset(&b);
	hmac_sha256_base64(STR("Jefe"), STR("what do ya want for nothing?"), &b);
	is_str(buf_view(&b), "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=", "the same in base64");
	hmac_sha1(STR("Jefe"), STR("what do ya want for nothing?"), raw);
	buf_reset(&b);
	hex_put(raw, sizeof raw, &b);
	is_str(buf_view(&b), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", "hmac-sha1, RFC 2202 case 2");
	md5_hex(STR("message digest"), md5);
	is_str(str_c(md5), "f96b697d7cb7938d525a2f31aaf161d0", "md5, RFC 1321");
	base64("", "");
	base64("f", "Zg==");
	base64("fo", "Zm8=");
	base64("foo", "Zm9v");
	base64("foobar", "Zm9vYmFy");
	buf_reset(&b);
	base64url_put(STR("\xfb\xff\xfe"), &b);
	is_str(buf_view(&b), "-__-", "base64url");
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		buf_reset(&b);
		ok(!base64_get(str_c(wrong[i]), &b), "'%s' is not base64", wrong[i]);
	}
	ok(random_bytes(r1, sizeof r1, &e) == 0 && random_bytes(r2, sizeof r2, &e) == 0 && memcmp(r1, r2, sizeof r1) != 0, "random bytes differ");
	ok(secret_eq(STR("abc"), STR("abc")) && !secret_eq(STR("abc"), STR("abd")) && !secret_eq(STR("abc"), STR("ab")) && secret_eq(STR(""), STR("")), "comparison of secrets");
	buf_free(&b);
	return tap_done();
}
