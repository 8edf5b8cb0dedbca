#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/tsv.h"
#include "base/utf8.h"
#include "model/normalize.h"

enum { RUN_MAX = 3, EMOTE_MAX = 10 /* characters between brackets */, PAD = 4 };

/* Of a folded character: where norm_text goes with it. */
enum { CLS_DROP, CLS_SPACE, CLS_HAN, CLS_LETTER, CLS_DIGIT, CLS_EMOJI, CLS_OTHER };

static uint8_t class_of(uint32_t c);

void
fold_init(struct fold *f)
{
	uint32_t c;

	for (c = 0; c < 65536; c++)
		f->bmp[c] = (uint16_t)c;
	for (c = 0; c < ' '; c++)
		f->bmp[c] = ' ';
	f->bmp['\n'] = '\n';
	f->bmp['\r'] = 0;
	f->bmp[0x7f] = 0;
	for (c = 'A'; c <= 'Z'; c++)
		f->bmp[c] = (uint16_t)(c + 32);
	for (c = 0xc0; c <= 0xde; c++) /* Latin-1 capitals, but not the multiplication sign */
		if (c != 0xd7)
			f->bmp[c] = (uint16_t)(c + 32);
	for (c = 0x391; c <= 0x3a9; c++)
		f->bmp[c] = (uint16_t)(c + 32);
	for (c = 0x410; c <= 0x42f; c++)
		f->bmp[c] = (uint16_t)(c + 32);
	f->bmp[0x401] = 0x451;
	for (c = 0xff01; c <= 0xff5e; c++)
		f->bmp[c] = f->bmp[c - 0xfee0];
	f->bmp[0x3000] = f->bmp[0xa0] = f->bmp[0x1680] = f->bmp[0x202f] = f->bmp[0x205f] = ' ';
	for (c = 0x2000; c <= 0x200a; c++)
		f->bmp[c] = ' ';
	f->bmp[0x2028] = f->bmp[0x2029] = f->bmp[0x85] = '\n';
	f->bmp[0xad] = f->bmp[0xfeff] = f->bmp[0x180e] = 0;
	for (c = 0x200b; c <= 0x200f; c++)
		f->bmp[c] = 0;
	for (c = 0x202a; c <= 0x202e; c++)
		f->bmp[c] = 0;
	for (c = 0x2060; c <= 0x206f; c++)
		f->bmp[c] = 0;
	for (c = 0xfe00; c <= 0xfe0f; c++) /* variation selectors */
		f->bmp[c] = 0;
	f->bmp[0x2018] = f->bmp[0x2019] = f->bmp[0x02bc] = '\'';
	f->bmp[0x300c] = f->bmp[0x300e] = f->bmp[0x201d] = 0x201c; /* all double quotes alike */
	f->bmp[0x300d] = f->bmp[0x300f] = f->bmp['"'] = f->bmp[0xff02] = 0x201c;
	f->bmp[0x3010] = f->bmp[0xff3b] = '[';
	f->bmp[0x3011] = f->bmp[0xff3d] = ']';
	f->bmp[0xfe50] = f->bmp[0xff64] = ',';
	f->bmp[0xff61] = 0x3002;
	for (c = 0; c < 65536; c++)
		f->cls[c] = class_of(f->bmp[c]);
}

int
fold_load(struct fold *f, struct str text, const char *name, struct err *e)
{
	struct tsv t;
	int rc;

	tsv_open(&t, text, name);
	while ((rc = tsv_next(&t, 2, e)) == 1) {
		uint32_t c[2];

		for (int i = 0; i < 2; i++) {
			const char *next = t.col[i].p;

			c[i] = 0;
			if (t.col[i].n > 0)
				c[i] = utf8_step(t.col[i].p, t.col[i].p + t.col[i].n, &next);
			if (t.col[i].n == 0 || next != t.col[i].p + t.col[i].n)
				return err_set(e, ERR_CONFIG, "%s:%zu: column %d must be one character", name, t.lineno, i + 1);
		}
		if (c[0] < 0x80 || c[1] > 0xffff || c[1] < 0x80)
			continue; /* what the table cannot hold stays as it is */
		if (c[0] > 0xffff)
			continue;
		f->bmp[c[0]] = (uint16_t)c[1];
		f->cls[c[0]] = class_of(c[1]);
	}
	return rc;
}

uint32_t
fold_cp(const struct fold *f, uint32_t c)
{
	if (c <= 0xffff)
		return f->bmp[c];
	if ((c >= 0x1f3fb && c <= 0x1f3ff) || c >= 0xe0000)
		return 0; /* skin tones, tags */
	return c;
}

static bool
is_emoji(uint32_t c)
{
	return (c >= 0x1f000 && c <= 0x1faff) || (c >= 0x2600 && c <= 0x27bf) || (c >= 0x2b00 && c <= 0x2bff) ||
	    (c >= 0x2300 && c <= 0x23ff) || (c >= 0x2190 && c <= 0x21ff) || c == 0x203c || c == 0x2049 || c == 0x2661;
}

/* Letters of words: Latin, Greek, Cyrillic and others that put spaces between words. */
static inline bool
is_letter(uint32_t c)
{
	if (c < 0x80)
		return (c >= 'a' && c <= 'z') || c == '_';
	return (c >= 0xc0 && c <= 0x1fff && c != 0xd7 && c != 0xf7 && !(c >= 0x1100 && c <= 0x11ff));
}

static inline bool
is_han(uint32_t c)
{
	return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x3040 && c <= 0x30ff) ||
	    (c >= 0xac00 && c <= 0xd7af) || (c >= 0x1100 && c <= 0x11ff) || (c >= 0x20000 && c <= 0x3ffff) ||
	    (c >= 0xf900 && c <= 0xfaff) || c == 0x3005 || c == 0x3007;
}

static uint8_t
class_of(uint32_t c)
{
	return c == 0           ? CLS_DROP
	    : c == ' '          ? CLS_SPACE
	    : is_han(c)         ? CLS_HAN
	    : is_letter(c)      ? CLS_LETTER
	    : c >= '0' && c <= '9' ? CLS_DIGIT
	    : is_emoji(c)       ? CLS_EMOJI
	                           : CLS_OTHER;
}

static inline void
close_unit(struct unit *u, const char *text, size_t end)
{
	size_t n = end - u->off;

	if (n > UINT16_MAX)
		n = utf8_cut_bytes((struct str){text + u->off, n}, UINT16_MAX).n;
	u->len = (uint16_t)n;
}

/* The hash that units with folded text go by, byte for byte. */
enum { HASH_START = 0x811c9dc5 };

static inline uint32_t
hash_step(uint32_t h, unsigned char c)
{
	return (h ^ c) * 16777619u;
}

static inline void
hash_end(const struct buf *text, struct unit *u, uint32_t h)
{
	u->nword = (uint32_t)(text->n - u->word);
	h ^= h >> 15;
	h *= 0x2c1b3c6du;
	h ^= h >> 13;
	u->id = h | 0x80000000u;
}

static void
hash_unit(const struct buf *text, struct unit *u)
{
	uint32_t h = HASH_START;

	for (size_t i = u->word; i < text->n; i++)
		h = hash_step(h, (unsigned char)text->p[i]);
	hash_end(text, u, h);
}

/* norm_text has reserved room: a byte becomes three at most: '"' a curly quote, a letter a word with its two marks. */
static inline void
put_cp(struct buf *b, uint32_t c)
{
	if (c < 0x80)
		b->p[b->n++] = (char)c;
	else
		b->n += utf8_put(b->p + b->n, c);
}

/* A run of ASCII that belongs to a web address; p stands behind "http://" or the like. */
static const char *
skip_url(const char *p, const char *end)
{
	while (p < end && (unsigned char)*p > ' ' && (unsigned char)*p < 0x7f && *p != '"' && *p != '<' && *p != '>')
		p++;
	return p;
}

static const char *
url_at(const char *p, const char *end)
{
	size_t n = (size_t)(end - p);

	if (n > 7 && (p[0] == 'h' || p[0] == 'H')) {
		if (memcmp(p + 1, "ttp://", 6) == 0)
			return skip_url(p + 7, end);
		if (n > 8 && memcmp(p + 1, "ttps://", 7) == 0)
			return skip_url(p + 8, end);
	}
	if (n > 4 && p[0] == 'w' && memcmp(p, "www.", 4) == 0)
		return skip_url(p + 4, end);
	return NULL;
}

/* "[...]" of up to EMOTE_MAX characters without white space or brackets inside; NULL when it is something else. */
static const char *
emote_end(const struct fold *f, const char *p, const char *end)
{
	int n = 0;

	while (p < end && n <= EMOTE_MAX) {
		const char *next;
		uint32_t c = fold_cp(f, utf8_step(p, end, &next));

		if (c == ']')
			return n > 0 ? next : NULL;
		if (c == ' ' || c == '\n' || c == '[' || c == ',' || c == 0x3002 || c == '!' || c == '?' || c == ':')
			return NULL;
		n++;
		p = next;
	}
	return NULL;
}

/* The ASCII letters of words, folded; 0: none. */
static const char letter[256] = {
#define PAIR(up, low) [up] = (low), [low] = (low)
    PAIR('A', 'a'), PAIR('B', 'b'), PAIR('C', 'c'), PAIR('D', 'd'), PAIR('E', 'e'), PAIR('F', 'f'), PAIR('G', 'g'),
    PAIR('H', 'h'), PAIR('I', 'i'), PAIR('J', 'j'), PAIR('K', 'k'), PAIR('L', 'l'), PAIR('M', 'm'), PAIR('N', 'n'),
    PAIR('O', 'o'), PAIR('P', 'p'), PAIR('Q', 'q'), PAIR('R', 'r'), PAIR('S', 's'), PAIR('T', 't'), PAIR('U', 'u'),
    PAIR('V', 'v'), PAIR('W', 'w'), PAIR('X', 'x'), PAIR('Y', 'y'), PAIR('Z', 'z'), ['_'] = '_',
#undef PAIR
};

/* A word that begins with a letter at p: its folded letters behind text, which has room. Returns its end. */
static inline const char *
word(const struct fold *f, const char *p, const char *end, struct buf *text, uint32_t *hash)
{
	const char *next = p;
	uint32_t c, prev = 0, h = HASH_START;
	int same = 0;

	for (;;) {
		char *to = text->p + text->n;

		while (p < end && (c = (unsigned char)letter[(unsigned char)*p]) != 0) {
			p++;
			if (c == prev) {
				if (++same > RUN_MAX)
					continue;
			} else {
				same = 1;
			}
			prev = c;
			*to++ = (char)c;
			h = hash_step(h, (unsigned char)c);
		}
		text->n = (size_t)(to - text->p);
		if (p >= end || ((unsigned char)*p < 0x80 && *p != '\'' && f->cls[(unsigned char)*p] != CLS_DROP))
			break;
		c = fold_cp(f, utf8_step(p, end, &next));
		if (c == 0) { /* what is dropped does not end a word */
			p = next;
			continue;
		}
		if (!is_letter(c) && !(c == '\'' && next < end && is_letter(fold_cp(f, (unsigned char)*next)))) /* don't */
			break;
		same = c == prev ? same + 1 : 1;
		prev = c;
		if (same <= RUN_MAX) {
			size_t from = text->n;

			put_cp(text, c);
			for (size_t i = from; i < text->n; i++)
				h = hash_step(h, (unsigned char)text->p[i]);
		}
		p = next;
	}
	*hash = h;
	return p;
}

/* The character of three bytes at p; of ill-formed ones something below 65536. */
static inline uint32_t
three(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint16_t)(((uint32_t)u[0] << 12) + ((uint32_t)u[1] << 6) + u[2] - ((0xe0u << 12) + (0x80u << 6) + 0x80u));
}

void
norm_text(const struct fold *f, struct str s, struct norm *out)
{
	const char *p = s.p, *end = s.p + s.n, *next;
	const struct unit empty = {0};
	struct buf text;
	struct unit *u; /* the next one: there is room for one per byte */
	uint32_t last = 0;
	int run = 0;
	bool space = false, han = false; /* what stood before: white space, a Han unit */

	out->nhan = out->nword = 0;
	out->text.n = 0;
	if (s.n + PAD > out->cap)
		out->u = xgrow(out->u, &out->cap, s.n + PAD, sizeof *out->u);
	if (3 * s.n + 9 > out->text.cap)
		buf_reserve(&out->text, 3 * s.n + 8);
	text = out->text;
	u = out->u;
	while (p < end) {
		uint32_t c, hash;
		uint8_t cls;

		if (han && !space) {
			const struct unit *from = u;

			for (; end - p > 2 && (*p & 0xf0) == 0xe0; p += 3) { /* nearly all there is in Chinese */
				c = three(p);
				if (f->cls[c] != CLS_HAN || (c = f->bmp[c]) == last)
					break;
				last = c;
				u->id = c;
				u->off = (uint32_t)(p - s.p);
				u->len = 3;
				u->cls = UNIT_HAN;
				u->space = false;
				u->turned = 0;
				u->glued = true;
				u->stop = false;
				u++;
			}
			if (u > from) {
				out->nhan += (size_t)(u - from);
				run = 1;
			}
		}
		if (p >= end)
			break;
		if (*p == ' ') {
			space = true;
			p++;
			continue;
		}
		c = utf8_step(p, end, &next);
		if (c <= 0xffff) {
			cls = f->cls[c];
			c = f->bmp[c];
		} else {
			c = fold_cp(f, c);
			cls = class_of(c);
		}
		if (cls == CLS_DROP || cls == CLS_SPACE) {
			space |= cls == CLS_SPACE;
			p = next;
			continue;
		}
		*u = empty;
		u->off = (uint32_t)(p - s.p);
		u->space = space;
		space = false;
		if (cls == CLS_HAN) {
			run = c == last ? run + 1 : 1;
			last = c;
			if (run <= RUN_MAX) {
				u->id = c;
				u->len = (uint16_t)(next - p);
				u->stop = u->space;
				u->glued = !u->space && han;
				han = true;
				u++;
				out->nhan++;
			}
			p = next;
			continue;
		}
		han = false;
		if (cls == CLS_LETTER) {
			const char *url = c == 'h' || c == 'w' ? url_at(p, end) : NULL;

			last = 0;
			if (url != NULL) {
				u->id = UNIT_ID_URL;
				u->cls = UNIT_URL;
				u->stop = true;
				p = url;
				close_unit(u++, s.p, (size_t)(p - s.p));
				continue;
			}
			text.p[text.n++] = NORM_WORD_BEG;
			u->cls = UNIT_WORD;
			u->word = (uint32_t)text.n;
			p = word(f, p, end, &text, &hash);
			hash_end(&text, u, hash);
			text.p[text.n++] = NORM_WORD_END;
			close_unit(u++, s.p, (size_t)(p - s.p));
			out->nword++;
			continue;
		}
		if (cls == CLS_DIGIT) {
			u->cls = UNIT_NUM;
			u->word = (uint32_t)text.n;
			while (c >= '0' && c <= '9') {
				put_cp(&text, c);
				p = next;
				c = p < end ? fold_cp(f, utf8_step(p, end, &next)) : ' ';
			}
			hash_unit(&text, u);
			close_unit(u++, s.p, (size_t)(p - s.p));
			last = 0;
			continue;
		}
		if (c == '@' && next < end) {
			const char *q = next;
			int n = 0;

			while (q < end && n < 30) { /* a name ends at white space or punctuation */
				const char *qn;
				uint32_t d = fold_cp(f, utf8_step(q, end, &qn));

				if (!(is_letter(d) || is_han(d) || (d >= '0' && d <= '9') || d == '-' || d == 0xb7))
					break;
				q = qn;
				n++;
			}
			if (n > 0) {
				u->id = UNIT_ID_USER;
				u->cls = UNIT_USER;
				u->stop = true;
				p = q;
				close_unit(u++, s.p, (size_t)(p - s.p));
				last = 0;
				continue;
			}
		}
		if (c == '[') {
			const char *q = emote_end(f, next, end);

			if (q != NULL) {
				u->cls = UNIT_EMOTE;
				u->word = (uint32_t)text.n;
				while (p < q) {
					c = fold_cp(f, utf8_step(p, end, &next));
					if (c != 0)
						put_cp(&text, c);
					p = next;
				}
				hash_unit(&text, u);
				close_unit(u, s.p, (size_t)(p - s.p));
				run = u->id == last ? run + 1 : 1;
				last = u->id;
				u += run <= RUN_MAX;
				continue;
			}
		}
		run = c == last ? run + 1 : 1;
		last = c;
		u->id = c;
		u->cls = cls == CLS_EMOJI ? UNIT_EMOJI : UNIT_PUNCT;
		u->stop = cls != CLS_EMOJI;
		u->len = (uint16_t)(next - p);
		u += run <= RUN_MAX;
		p = next;
	}
	text.p[text.n] = '\0';
	out->text = text;
	out->n = (size_t)(u - out->u);
	mem_zero(u, PAD * sizeof *u);
}

void
norm_free(struct norm *nm)
{
	free(nm->u);
	buf_free(&nm->text);
	*nm = (struct norm){0};
}

void
fold_str(const struct fold *f, struct str s, struct buf *out)
{
	const char *p = s.p, *end = s.p + s.n;
	bool space = false, some = false;

	while (p < end) {
		uint32_t c = fold_cp(f, utf8_step(p, end, &p));

		if (c == 0)
			continue;
		if (c == ' ' || c == '\n') {
			space = some;
			continue;
		}
		buf_reserve(out, 8);
		if (space)
			put_cp(out, ' ');
		space = false;
		some = true;
		put_cp(out, c);
		out->p[out->n] = '\0';
	}
}
