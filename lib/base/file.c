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

/* Whether path names a descriptor this process was given, as a shell's process substitution does. */
static bool
given(struct str path)
{
	return str_starts(path, STR("/dev/fd/")) || str_starts(path, STR("/proc/self/fd/")) || str_is(path, "/dev/stdin");
}

/* Opening and, but for a FIFO that was given, reading do not block. */
static int
open_file(const char *path, bool regular, int *fd, struct err *e)
{
	struct stat st;

	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (*fd < 0)
		return err_sys(e, ERR_IO, errno, "cannot open '%s'", path);
	if (fstat(*fd, &st) == 0 && !S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)) {
		bool pipe = S_ISFIFO(st.st_mode);

		if (regular || (pipe && !given(str_c(path))) || (pipe && fcntl(*fd, F_SETFL, 0) != 0)) {
			close(*fd);
			return err_set(e, ERR_IO, "cannot read '%s': it is not a regular file", path);
		}
	}
	return 0;
}

static int
read_file(const char *path, bool regular, size_t max, struct arena *a, struct str *out, struct err *e)
{
	int fd, rc;

	if (open_file(path, regular, &fd, e) != 0)
		return -1;
	rc = slurp(fd, path, max, a, out, e);
	close(fd);
	return rc;
}

int
file_read(const char *path, size_t max, struct arena *a, struct str *out, struct err *e)
{
	return read_file(path, false, max, a, out, e);
}

int
file_read_regular(const char *path, size_t max, struct arena *a, struct str *out, struct err *e)
{
	return read_file(path, true, max, a, out, e);
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
