#include "model/url.h"
#include "tap.h"

static struct arena a;

static void
resolves(const char *base, const char *ref, const char *want)
{
	struct str got = url_resolve(&a, str_c(base), str_c(ref));

	is_str(got.p != NULL ? got : STR("none"), want, ref);
}

static void
same(const char *s, const char *want)
{
	struct str got = url_canonical(&a, str_c(s));

	is_str(got.p != NULL ? got : STR("none"), want, s);
}

int
main(void)
{
	static const char base[] = "http://a/b/c/d;p?q";
	/* RFC 3986, 5.4 */
	static const char *const rfc[][2] = {{"http:h", "http://a/b/c/h"}, {"g", "http://a/b/c/g"}, {"./g", "http://a/b/c/g"},
	    {"g/", "http://a/b/c/g/"}, {"/g", "http://a/g"}, {"//g", "http://g/"}, {"?y", "http://a/b/c/d;p?y"},
	    {"g?y", "http://a/b/c/g?y"}, {"#s", "http://a/b/c/d;p?q#s"}, {"g#s", "http://a/b/c/g#s"}, {";x", "http://a/b/c/;x"},
	    {"", "http://a/b/c/d;p?q"}, {".", "http://a/b/c/"}, {"./", "http://a/b/c/"}, {"..", "http://a/b/"},
	    {"../g", "http://a/b/g"}, {"../..", "http://a/"}, {"../../../g", "http://a/g"}, {"/./g", "http://a/g"},
	    {"/../g", "http://a/g"}, {"g.", "http://a/b/c/g."}, {"..g", "http://a/b/c/..g"}, {"./g/.", "http://a/b/c/g/"},
	    {"g/../h", "http://a/b/c/h"}, {"g;x=1/./y", "http://a/b/c/g;x=1/y"}, {"g?y/../x", "http://a/b/c/g?y/../x"}};

	for (size_t i = 0; i < sizeof rfc / sizeof *rfc; i++)
		resolves(base, rfc[i][0], rfc[i][1]);
	resolves(base, "javascript:alert(1)", "none");
	resolves(base, "data:text/html,x", "none");
	resolves(base, "file:///etc/passwd", "none");
	resolves("", "page.html", "none");
	resolves("", "http://", "none");
	resolves(base, "中 文|[x]", "http://a/b/c/%E4%B8%AD%20%E6%96%87%7C%5Bx%5D");
	resolves(base, "\\x\\y", "http://a/x/y");
	resolves(base, " \thttp://Host.EXAMPLE/a\nb ", "http://Host.EXAMPLE/ab");
	resolves(base, "%zz%4a", "http://a/b/c/%25zz%4A");
	resolves(base, "/%2e%2E/x", "http://a/x");
	resolves("", "HTTPS://例子.测试/路", "https://xn--fsqu00a.xn--0zwm56d/%E8%B7%AF");
	resolves("", "http://例子。测试/", "http://xn--fsqu00a.xn--0zwm56d/");
	resolves("", "http://b\xc3\xbc" "cher.example:80/", "http://xn--bcher-kva.example/");
	resolves("", "https://h:443/", "https://h/");
	resolves("", "https://h:8443/", "https://h:8443/");
	resolves("", "https://h:99999/", "none");
	resolves("", "http://a b/", "none");
	resolves("", "http://u:p@h/x", "http://u:p@h/x");

	same("HTTP://Host:80/a/../b?utm_source=x&id=1&spm=2#frag", "http://host/b?id=1");
	same("https://h/?from=timeline&isappinstalled=0", "https://h/");
	same("https://h/?from=2026-01-01", "https://h/?from=2026-01-01");
	same("https://h/?b=2&a=1", "https://h/?b=2&a=1");
	same("https://h/#!/page", "https://h/#!/page");
	same("https://h/%e4%b8%ad", "https://h/%E4%B8%AD");

	is_str(url_site(&a, STR("https://Host/x")), "https://host:443", "a site has its port");
	is_str(url_path(&a, STR("https://h/x?y#z")), "/x?y", "path and query");
	is_str(url_path(&a, STR("https://h")), "/", "at least a slash");
	is_str(url_show(&a, STR("https://u:secret@h/x?key=abc&n=1")), "https://h/x?key=...&n=...", "messages hold no secrets");
	is_str(url_show(&a, STR("\x1b[2Jx")), " [2Jx", "nor steer a terminal");
	arena_free(&a);
	return tap_done();
}
