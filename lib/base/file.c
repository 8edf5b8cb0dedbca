#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static int
slurp(int fd, const char *path, size_t max, struct arena *a, struct str *out, struct err *e)
{
	struct stat st;
	size_t n = 0, cap;
	char *p;

	if (fstat(fd, &st) != 0)
		return err_sys(e, ERR_IO, errno, "cannot stat '%s'", path);
	if (S_ISDIR(st.st_mode))
		return err_set(e, ERR_IO, "cannot read '%s': it is a directory", path);
	cap = st.st_size > 0 && (uint64_t)st.st_size <= max ? (size_t)st.st_size : 4096;
	p = arena_alloc(a, cap + 1);
	for (;;) {
		ssize_t k;

		if (n == cap) { /* a pipe or a file that grew */
			char *q = arena_alloc(a, cap * 2 + 1);

			memcpy(q, p, n);
			p = q;
			cap *= 2;
		}
		k = read(fd, p + n, cap - n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return err_sys(e, ERR_IO, errno, "cannot read '%s'", path);
		if (k == 0)
			break;
		n += (size_t)k;
		if (n > max)
			return err_set(e, ERR_DATA, "'%s' is larger than %zu bytes", path, max);
	}
	p[n] = '\0';
	*out = (struct str){p, n};
	return 0;
}

int
file_read(const char *path, size_t max, struct arena *a, struct str *out, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return err_sys(e, ERR_IO, errno, "cannot open '%s'", path);
	rc = slurp(fd, path, max, a, out, e);
	close(fd);
	return rc;
}

int
file_read_secret(const char *path, struct arena *a, struct str *out, struct err *e)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

	if (fd < 0)
		return err_sys(e, ERR_CONFIG, errno, "cannot open the secret file '%s'", path);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077) != 0) {
		close(fd);
		return err_set(e, ERR_CONFIG, "the secret file '%s' can be read by others (mode %04o); chmod 600 it",
		    path, (unsigned)(st.st_mode & 07777));
	}
	rc = slurp(fd, path, 1 << 20, a, out, e);
	close(fd);
	if (rc == 0 && out->n > 0 && out->p[out->n - 1] == '\n')
		out->n--;
	return rc;
}
