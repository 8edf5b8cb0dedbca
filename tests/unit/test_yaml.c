/* Configuration files: what is read, and that what could mislead is refused with file and line. */
#include "tap.h"

#include "ext/yaml.h"

static struct arena a;
static struct buf out;

static const char *
json(const char *text)
{
	struct ynode *root;
	struct err e = {0};

	buf_reset(&out);
	if (yaml_parse(str_c(text), "t.yaml", &a, &root, &e) != 0)
		buf_puts(&out, e.msg);
	else
		yaml_json(root, &out);
	return out.p;
}

static struct ynode *
tree(const char *text)
{
	struct ynode *root = NULL;
	struct err e;

	if (yaml_parse(str_c(text), "t.yaml", &a, &root, &e) != 0)
		printf("# %s\n", e.msg);
	return root;
}

#define gives(text, want, name) is_str(str_c(json(text)), want, name)

static void
schema(void)
{
	gives("a: 1\nb: -2\nc: 0x1F\nd: 0o17\ne: 007\nf: +5\n", "{\"a\":1,\"b\":-2,\"c\":31,\"d\":15,\"e\":7,\"f\":5}", "integers of the core schema");
	gives("a: 1.50\nb: .5\nc: 1e3\nd: -0.25\n", "{\"a\":1.5,\"b\":0.5,\"c\":1000,\"d\":-0.25}", "floats");
	gives("a: true\nb: False\nc: yes\nd: on\ne: NO\n", "{\"a\":true,\"b\":false,\"c\":\"yes\",\"d\":\"on\",\"e\":\"NO\"}", "yes and on are words");
	gives("a: ~\nb:\nc: null\nd: ''\n", "{\"a\":null,\"b\":null,\"c\":null,\"d\":\"\"}", "null and the empty string differ");
	gives("a: '1'\nb: \"true\"\nc: |\n  2\n", "{\"a\":\"1\",\"b\":\"true\",\"c\":\"2\\n\"}", "quoted text stays text");
	gives("id: 123456789012345678901234567890\n", "{\"id\":123456789012345678901234567890}", "long integers keep their digits");
	gives("a: .nan\nb: .inf\nc: 1e400\nd: 12:30:00\n", "{\"a\":\".nan\",\"b\":\".inf\",\"c\":\"1e400\",\"d\":\"12:30:00\"}", "what JSON has no number for is text");
	gives("- [1, {a: b}]\n- >\n  x\n  y\n", "[[1,{\"a\":\"b\"}],\"x y\\n\"]", "lists, flow style, folded text");
	gives("a: \"\\u4e2d\\t\\\"\"\n", "{\"a\":\"中\\t\\\"\"}", "escapes");
	gives("", "null", "an empty file is null");
	gives("\xef\xbb\xbf" "a: 1\n", "{\"a\":1}", "a byte order mark is dropped");
}

static void
refusals(void)
{
	struct buf deep = {0};

	gives("a: 1\nb: 2\na: 3\n", "t.yaml:3: key 'a' stands twice", "a duplicate key");
	gives("x:\n  a: &v 1\n", "t.yaml:2: anchors ('&v') are not used here", "an anchor");
	gives("x: *v\n", "t.yaml:1: aliases ('*v') are not used here; write the value out", "an alias");
	gives("x: !!str 1\n", "t.yaml:1: tags ('tag:yaml.org,2002:str') are not used here", "a tag");
	gives("a: 1\n---\nb: 2\n", "t.yaml:2: a second document; a file holds one", "a second document");
	gives("? [a]\n: 1\n", "t.yaml:1: a key must be text", "a list as key");
	gives("a: 1\nb: \xff\n", "t.yaml:2: not UTF-8", "bytes that are not UTF-8");
	gives("a: \"x\\0\"\n", "t.yaml:1: text holds a NUL character", "a NUL");
	gives("a: b: c\n", "t.yaml:1: mapping values are not allowed in this context", "a colon too many");
	for (int i = 0; i < 70; i++)
		buf_putc(&deep, '[');
	gives(deep.p, "t.yaml:1: nested deeper than 64", "deep nesting");
	buf_free(&deep);
}

static void
getters(void)
{
	static const char *const allowed[] = {"n", "f", "d", "w", "l", "b", "t", "e", NULL};
	static const char *const words[] = {"blue", "red", NULL};
	struct ynode *r = tree("n: 12\nf: 0.5\nd: 90m\nw: red\nl: [x, y]\nb: true\nt: 'text'\ne:\n"), *sub = NULL;
	int64_t n = 7;
	double f = 0;
	bool b = false;
	int w = -1;
	struct str s = {0}, *list = NULL;
	size_t nlist = 0;
	struct err e = {0};

	is_int(yaml_i64(r, "n", 1, 60, &n, &e), 1, "a number is found");
	is_int(n, 12, "and read");
	is_int(yaml_i64(r, "none", 1, 60, &n, &e), 0, "an absent key is 0");
	is_int(n, 12, "and leaves the default");
	is_int(yaml_i64(r, "n", 20, 60, &n, &e), -1, "out of range is -1");
	is_str(str_c(e.msg), "t.yaml:1: key 'n': expected a whole number between 20 and 60", "and says so");
	is_int(yaml_i64(r, "t", 0, 9, &n, &e), -1, "text is no number");
	is_int(yaml_f64(r, "f", 0, 1, &f, &e), 1, "a fraction");
	ok(f == 0.5, "its value");
	is_int(yaml_duration(r, "d", &n, &e), 1, "a duration");
	is_int(n, 5400, "in seconds");
	is_int(yaml_duration(r, "n", &n, &e), -1, "a bare number is no duration");
	is_int(yaml_word(r, "w", words, &w, &e), 1, "a word");
	is_int(w, 1, "its index");
	is_int(yaml_word(r, "t", words, &w, &e), -1, "another word");
	is_str(str_c(e.msg), "t.yaml:7: key 't': expected one of blue, red", "names the words");
	is_int(yaml_strs(r, "l", &a, &list, &nlist, &e), 1, "a list");
	is_int((int64_t)nlist, 2, "of two");
	is_int(yaml_strs(r, "w", &a, &list, &nlist, &e), 1, "one word stands for a list");
	is_str(list[0], "red", "of one");
	is_int(yaml_bool(r, "b", &b, &e), 1, "a boolean");
	is_int(yaml_bool(r, "w", &b, &e), -1, "a word is none");
	is_int(yaml_str(r, "e", &s, &e), -1, "a key without a value is wrong");
	is_str(str_c(e.msg), "t.yaml:8: key 'e': has no value", "and named with its line");
	is_int(yaml_map(r, "l", &sub, &e), -1, "a list is no map");
	is_int(yaml_only(r, allowed, &e), 0, "all keys are known");
	is_int(yaml_only(tree("n: 1\nnn: 2\n"), allowed, &e), -1, "a misspelt key is not");
	is_str(str_c(e.msg), "t.yaml:2: unknown key 'nn'; known are n, f, d, w, l, b, t, e", "and named with what there is");
	is_int(yaml_load("/nonexistent/x.yaml", &a, &r, &e), -1, "a missing file");
	is_int(e.kind, ERR_IO, "is an I/O error");
}

int
main(void)
{
	schema();
	refusals();
	getters();
	buf_free(&out);
	arena_free(&a);
	return tap_done();
}
