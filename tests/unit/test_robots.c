#include "model/robots.h"
#include "tap.h"

static bool
may(const char *text, const char *path)
{
	struct arena a = {0};
	struct robots r;
	bool yes;

	robots_parse(&r, &a, str_c(text), STR("tocsin"));
	yes = robots_allowed(&r, str_c(path));
	arena_free(&a);
	return yes;
}

int
main(void)
{
	struct arena a = {0};
	struct robots r;
	struct buf b = {0};

	ok(may("", "/x"), "no rules allow everything");
	ok(may("<html>not found</html>", "/x"), "a page instead of rules allows everything");
	ok(!may("User-agent: *\nDisallow: /", "/x"), "everybody is us too");
	ok(may("User-agent: *\nDisallow: /\nUser-agent: tocsin\nDisallow:", "/x"), "our own group replaces that of *");
	ok(!may("User-agent: other\nUser-agent: Tocsin/2.0\nDisallow: /x", "/x"), "one group for several, case and version aside");
	ok(!may("user-agent: tocsin\nallow: /\n\nuser-agent: tocsin\ndisallow: /x", "/x/y"), "groups of one name merge");
	ok(may("user-agent: tocsinbot\ndisallow: /", "/x"), "a longer name is another robot");
	ok(may("user-agent: *\ndisallow: /a\nallow: /a/b", "/a/b/c"), "the longest rule wins");
	ok(may("user-agent: *\ndisallow: /a\nallow: /a", "/a"), "allow wins a tie");
	ok(!may("user-agent: *\ndisallow: /*.pdf$", "/d/x.pdf"), "* and $");
	ok(may("user-agent: *\ndisallow: /*.pdf$", "/d/x.pdf?a"), "$ ties to the end");
	ok(!may("user-agent: *\ndisallow: /a*b*c", "/aXXbYYc/z"), "several stars");
	ok(!may("user-agent: *\ndisallow: /中", "/%E4%B8%AD"), "patterns are compared encoded");
	ok(may("user-agent: *\ndisallow: /", "/robots.txt"), "robots.txt itself is always allowed");
	ok(!may("\xef\xbb\xbfUser-agent: *\r\nDisallow: /\r\n", "/"), "byte order mark and CRLF");
	ok(!may("User-agent: *\rDisallow: /\r", "/"), "lone CR");
	ok(!may("user-agent:*\ndissallow : / # all", "/"), "blanks, comments and a common misspelling");
	ok(may("disallow: /\nuser-agent: *\n", "/"), "rules before any name are nobody's");
	robots_parse(&r, &a, STR("user-agent: *\ncrawl-delay: 2.5\n"), STR("tocsin"));
	ok(r.delay_s > 2.4 && r.delay_s < 2.6 && !r.ours, "crawl-delay is read");
	buf_puts(&b, "user-agent: *\n");
	while (b.n < ROBOTS_MAX)
		buf_puts(&b, "# filling\n");
	buf_puts(&b, "disallow: /late\n");
	ok(may(b.p, "/late"), "what lies behind the limit is not read");
	buf_reset(&b);
	buf_puts(&b, "user-agent: *\ndisallow: /");
	for (int i = 0; i < 5000; i++)
		buf_puts(&b, "*a");
	buf_puts(&b, "*b$\n");
	{
		struct buf path = {0};

		buf_putc(&path, '/');
		for (int i = 0; i < 5000; i++)
			buf_putc(&path, 'a');
		ok(may(b.p, path.p), "a hostile pattern does not take for ever");
		buf_free(&path);
	}
	buf_free(&b);
	arena_free(&a);
	return tap_done();
}
