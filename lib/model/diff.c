#include "model/diff.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"

enum { LINES_MAX = 4000 };

static size_t
split(struct str s, struct str **out)
{
	struct str rest = s, line, *v = NULL;
	size_t n = 0, cap = 0;

	if (s.n > 0 && s.p[s.n - 1] == '\n')
		rest.n--;
	while (s.n > 0 && str_split(&rest, '\n', &line)) {
		v = xgrow(v, &cap, n + 1, sizeof *v);
		v[n++] = line;
	}
	*out = v;
	return n;
}

static void
put(struct buf *out, char mark, struct str line)
{
	buf_putc(out, mark);
	buf_str(out, line);
	buf_putc(out, '\n');
}

/* The longest common subsequence, from the end; len[i][j] is that of a[i..] and b[j..]. */
size_t
text_diff(struct str a, struct str b, struct buf *out)
{
	struct str *x, *y;
	size_t n = split(a, &x), m = split(b, &y), i = 0, j = 0, w = m + 1, changed = 0;
	bool small = n <= LINES_MAX && m <= LINES_MAX;
	uint16_t *len = xcalloc(small ? (n + 1) * w : 1, sizeof *len);

	for (size_t p = small ? n : 0; p-- > 0;)
		for (size_t q = m; q-- > 0;)
			len[p * w + q] = str_eq(x[p], y[q]) ? (uint16_t)(len[(p + 1) * w + q + 1] + 1)
			    : len[(p + 1) * w + q] >= len[p * w + q + 1] ? len[(p + 1) * w + q] : len[p * w + q + 1];
	while (i < n || j < m) {
		if (small && i < n && j < m && str_eq(x[i], y[j])) {
			put(out, ' ', x[i++]);
			j++;
			continue;
		}
		changed++;
		if (j == m || (i < n && (!small || len[(i + 1) * w + j] >= len[i * w + j + 1])))
			put(out, '-', x[i++]);
		else
			put(out, '+', y[j++]);
	}
	free(len);
	free(x);
	free(y);
	return changed;
}
