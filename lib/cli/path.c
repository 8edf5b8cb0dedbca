#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "cli/opt.h"
#include "cli/path.h"

static const char *
join(const char *dir, const char *sub, const char *name)
{
	static struct arena kept; /* until exit */

	return arena_printf(&kept, "%s%s/%s", dir, sub, name).p;
}

/* What may not be looked at is there, too: it is opened, and that fails with a message. */
static bool
exists(const char *path)
{
	return access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* A folder that somebody named: when it is not there, the shipped files are not what was asked for. */
static int
named_folder(const char *dir, const char *by, struct err *e)
{
	struct stat st;

	if (stat(dir, &st) != 0)
		return err_sys(e, ERR_CONFIG, errno, "%s: cannot use the folder '%s'", by, dir);
	if (!S_ISDIR(st.st_mode))
		return err_set(e, ERR_CONFIG, "%s: '%s' is not a folder", by, dir);
	return 0;
}

const char *
path_self_dir(void)
{
	static char self[4096];
	ssize_t n;
	char *slash;

	if (self[0] != '\0')
		return self;
	n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n <= 0)
		return NULL;
	self[n] = '\0';
	slash = strrchr(self, '/');
	if (slash != NULL)
		*slash = '\0';
	return self;
}

/* The shipped file: beside the running program's tree first (built or moved trees), then where make install put it. */
static const char *
shipped(const char *name)
{
	const char *self = path_self_dir(), *p;
	static const char *const up[] = {"/../../share/tocsin", "/../share/tocsin"};

	for (size_t i = 0; self != NULL && i < sizeof up / sizeof *up; i++) {
		p = join(self, up[i], name);
		if (exists(p))
			return p;
	}
	p = join(TOCSIN_DATADIR, "", name);
	return exists(p) ? p : NULL;
}

const char *
path_data(const char *name, struct err *e)
{
	const char *dir = getenv("TOCSIN_DATADIR"), *p;

	if (dir != NULL && *dir != '\0') {
		p = join(dir, "", name);
		if (exists(p))
			return p;
	}
	p = shipped(name);
	if (p == NULL)
		(void)err_set(e, ERR_CONFIG, "cannot find the shipped file '%s' (looked in %s)", name, TOCSIN_DATADIR);
	return p;
}

const char *
path_config(const char *explicit_path, const char *name, struct err *e)
{
	const char *dir, *p;

	if (explicit_path != NULL) {
		if (!exists(explicit_path)) {
			(void)err_sys(e, ERR_CONFIG, errno, "cannot open '%s'", explicit_path);
			return NULL;
		}
		return explicit_path;
	}
	if (cli.config_dir != NULL) {
		if (named_folder(cli.config_dir, "--config", e) != 0)
			return NULL;
		if (exists(p = join(cli.config_dir, "", name)))
			return p;
	}
	dir = getenv("TOCSIN_CONFIG");
	if (dir != NULL && *dir != '\0') {
		if (named_folder(dir, "TOCSIN_CONFIG", e) != 0)
			return NULL;
		if (exists(p = join(dir, "", name)))
			return p;
	}
	dir = getenv("XDG_CONFIG_HOME");
	if (dir != NULL && *dir == '/' && exists(p = join(dir, "/tocsin", name)))
		return p;
	dir = getenv("HOME");
	if (dir != NULL && *dir == '/' && exists(p = join(dir, "/.config/tocsin", name)))
		return p;
	if (exists(p = join(TOCSIN_SYSCONFDIR, "/tocsin", name)))
		return p;
	return path_data(name, e);
}

const char *
path_store(const char *explicit_path, struct err *e)
{
	static const char *const part[] = {"/.local", "/.local/share", "/.local/share/tocsin"};
	const char *p = explicit_path != NULL ? explicit_path : getenv("TOCSIN_DB");

	if (p != NULL && *p != '\0')
		return p;
	p = getenv("HOME");
	if (p == NULL || *p != '/') {
		(void)err_set(e, ERR_CONFIG, "no store named: give -d FILE or set TOCSIN_DB (HOME is not set)");
		return NULL;
	}
	for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
		const char *dir = join(p, part[i], "");

		if (mkdir(dir, 0700) != 0 && errno != EEXIST) {
			(void)err_sys(e, ERR_IO, errno, "cannot make the folder '%s'", dir);
			return NULL;
		}
	}
	return join(p, "/.local/share/tocsin", "cases.db");
}
