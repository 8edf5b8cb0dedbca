/* --export and --import: OASIS CACAO 2.0. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "cli/msg.h"
#include "ext/crypto.h"
#include "matcher.h"
#include "model/cacao.h"

static int
export_one(struct matcher *m, struct play *p, struct arena *a, struct err *e)
{
	struct cacao_book b = {.id = p->id};
	const char *tests;
	struct buf out = {0};

	if (play_load(&m->lib, p, e) != 0)
		return -1;
	b.hash = str_c(p->hash);
	b.own = p->own_json;
	for (size_t i = 0; i < p->ntext && b.ntext < CACAO_TEXTS; i++)
		if (str_eq(p->text[i].from, p->id) && playbook_text(p->text[i].name) >= 0)
			b.text[b.ntext++] = (struct cacao_text){p->text[i].name, p->text[i].lang, p->text[i].body};
	tests = arena_printf(a, "%s/tests.ndjson", p->dir).p;
	if (play_inside(p, tests, e) != 0)
		return -1;
	if (file_read(tests, 16 << 20, a, &b.tests, NULL) != 0 ||
	    !utf8_valid(b.tests.p, b.tests.n))
		b.tests = STR("");
	cacao_write(&b, json_view(p->json), sha256_hex, &out);
	buf_putc(&out, '\n');
	(void)fwrite(out.p, 1, out.n, stdout);
	buf_free(&out);
	return 0;
}

int
do_export(struct matcher *m, const char *format, char **ids)
{
	struct arena a = {0};
	struct err e;

	if (strcmp(format, "cacao") != 0) {
		(void)err_set(&e, ERR_USAGE, "--export: expected cacao");
		msg_die(&e);
	}
	for (size_t i = 0; *ids == NULL && i < m->lib.n; i++)
		if (export_one(m, m->lib.play[i], &a, &e) != 0)
			msg_die(&e);
	for (; *ids != NULL; ids++) {
		struct play *p = library_find(&m->lib, str_c(*ids));

		if (p == NULL) {
			msg_warn("there is no playbook '%s' in %s", *ids, m->lib.dir);
			m->status = EXIT_NO;
		} else if (export_one(m, p, &a, &e) != 0)
			msg_die(&e);
	}
	arena_free(&a);
	return msg_worse(m->status, msg_flush_stdout());
}

/* --- import ----------------------------------------------------------------------------------------------------------- */

static int
make_dir(const char *path, struct err *e)
{
	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		return err_sys(e, ERR_IO, errno, "cannot make the folder '%s'", path);
	return 0;
}

static int
write_file(const char *path, struct str text, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	size_t at = 0;

	if (fd < 0)
		return err_sys(e, ERR_IO, errno, "cannot make '%s'", path);
	while (at < text.n) {
		ssize_t n = write(fd, text.p + at, text.n - at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			(void)err_sys(e, ERR_IO, errno, "cannot write '%s'", path);
			(void)close(fd);
			return -1;
		}
		at += (size_t)n;
	}
	if (close(fd) != 0)
		return err_sys(e, ERR_IO, errno, "cannot write '%s'", path);
	return 0;
}

/* The YAML must say what the JSON said, whatever stood in it. */
static int
same(const char *file, struct str own, struct arena *a, struct err *e)
{
	struct ynode *root;
	struct buf json = {0}, x = {0}, y = {0};
	int r = yaml_load(file, a, &root, e);

	if (r == 0) {
		yaml_json(root, &json);
		json_canon(json_view(buf_view(&json)), &x);
		json_canon(json_view(own), &y);
		if (!str_eq(buf_view(&x), buf_view(&y)))
			r = err_set(e, ERR_DATA, "%s: playbook_file holds what YAML cannot say", file);
	}
	buf_free(&json);
	buf_free(&x);
	buf_free(&y);
	return r;
}

/* Whether what came in would be a playbook that this program reads, and only adds to what there is. */
static int
admit(const struct cacao_book *b, bool whole, struct arena *a, struct err *e)
{
	if (!str_eq(json_str(json_get(json_view(b->own), "id"), a), b->id))
		return err_set(e, ERR_DATA, "%.*s: its playbook_file names another id", STRF(b->id));
	if (str_is(b->id, "general/common") && !whole)
		return err_set(e, ERR_CONFIG, "general/common would replace the shipped library: say so with --whole");
	for (size_t i = 0; i < b->ntext; i++)
		if (b->text[i].body.n > PLAY_TEXT_MAX || (b->text[i].body.n > 0 && memchr(b->text[i].body.p, '\0', b->text[i].body.n) != NULL))
			return err_set(e, ERR_DATA, "%.*s: the text %.*s_%.*s is over %d bytes or holds NUL", STRF(b->id), STRF(b->text[i].name),
			    STRF(b->text[i].lang), PLAY_TEXT_MAX);
	return 0;
}

static int
import_one(const struct cacao_book *b, const char *dir, struct arena *a, struct err *e)
{
	struct str industry = b->id, part;
	const char *folder = arena_printf(a, "%s/%.*s", dir, STRF(b->id)).p, *file;
	struct buf yaml = {0};
	int r;

	(void)str_split(&industry, '/', &part);
	if (access(folder, F_OK) == 0)
		return err_set(e, ERR_CONFIG, "'%s' is there already; move it away first", folder);
	if (make_dir(dir, e) != 0 || make_dir(arena_printf(a, "%s/%.*s", dir, STRF(part)).p, e) != 0 || make_dir(folder, e) != 0)
		return -1;
	yaml_print(json_view(b->own), &yaml);
	file = arena_printf(a, "%s/playbook.yaml", folder).p;
	r = write_file(file, buf_view(&yaml), e);
	buf_free(&yaml);
	if (r != 0)
		return -1;
	if (same(file, b->own, a, e) != 0) {
		(void)unlink(file);
		(void)rmdir(folder);
		return -1;
	}
	for (size_t i = 0; i < b->ntext; i++)
		if (write_file(arena_printf(a, "%s/%.*s.%.*s.md", folder, STRF(b->text[i].name), STRF(b->text[i].lang)).p, b->text[i].body, e) != 0)
			return -1;
	if (b->tests.n > 0 && write_file(arena_printf(a, "%s/tests.ndjson", folder).p, b->tests, e) != 0)
		return -1;
	msg_note("%s", folder);
	return 0;
}

int
do_import(const char *file, const char *dir, bool whole)
{
	struct run run;
	struct rec r = {0};
	struct arena a = {0};
	struct cacao_book b;
	struct err e;
	char *operands[] = {(char[]){"-"}, NULL};
	int status;

	if (dir == NULL) {
		(void)err_set(&e, ERR_USAGE, "--import: say with -p which folder it goes into");
		msg_die(&e);
	}
	operands[0] = arena_strdup(&a, file);
	run_open(&run, operands);
	while (run_next(&run, &r)) {
		struct arena one = {0};

		if (cacao_read(json_view(r.line), sha256_hex, &one, &b, &e) != 0 || admit(&b, whole, &one, &e) != 0 ||
		    import_one(&b, dir, &one, &e) != 0) {
			if (e.kind == ERR_DATA)
				run_reject(&run, &r, &e);
			else {
				msg_err(&e);
				run_fail(&run, msg_status(e.kind));
			}
		}
		arena_free(&one);
	}
	status = run_finish(&run);
	rec_free(&r);
	arena_free(&a);
	return status;
}
