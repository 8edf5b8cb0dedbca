#include "model/csv.h"
#include "tap.h"

int
main(void)
{
	struct arena a = {0};
	struct csv c;

	csv_open(&c, STR("\xef\xbb\xbf" "a,b\r\n\"x,\"\"y\"\"\nz\", 2 \r\n\r\n,\n3"));
	ok(csv_next(&c, &a) && c.n == 2 && c.lineno == 1, "first row");
	is_str(c.cell[0], "a", "the byte order mark is gone");
	ok(csv_next(&c, &a) && c.n == 2, "a row over two lines");
	is_str(c.cell[0], "x,\"y\"\nz", "quotes, separators and line breaks inside quotes");
	is_str(c.cell[1], "2", "blanks around a plain cell are cut");
	is_int((int64_t)c.lineno, 2, "it starts on line 2");
	ok(csv_next(&c, &a) && c.n == 1, "blank rows are passed over");
	is_str(c.cell[0], "3", "the last row needs no line end");
	is_int((int64_t)c.lineno, 6, "lines are counted through quotes and blank rows");
	ok(!csv_next(&c, &a), "the end");
	csv_open(&c, STR("标题\t内容\n一\t二\n"));
	ok(c.sep == '\t' && csv_next(&c, &a) && c.n == 2, "tabs are found out");
	csv_open(&c, STR("a;b;c\n1,5;2;3\n"));
	ok(c.sep == ';' && csv_next(&c, &a) && csv_next(&c, &a) && c.n == 3, "semicolons are found out");
	csv_open(&c, STR("sep=|\na|b\n"));
	ok(c.sep == '|' && csv_next(&c, &a) && c.n == 2 && c.lineno == 2, "a spreadsheet's sep= line");
	csv_open(&c, STR("a,b\n\"open,1\n2"));
	ok(csv_next(&c, &a) && csv_next(&c, &a) && c.ragged && !csv_next(&c, &a), "an open quote ends with the text");
	csv_open(&c, STR("a,\"b\"junk,c\n"));
	ok(csv_next(&c, &a) && c.n == 3, "junk behind a quote does not shift the cells");
	csv_open(&c, STR(""));
	ok(!csv_next(&c, &a), "an empty text has no rows");

	ok(csv_column(STR("标题")) == COL_TITLE && csv_column(STR("发布时间")) == COL_PUBLISHED, "Chinese headings");
	ok(csv_column(STR(" 阅读数（万）")) == COL_VIEWS && csv_column(STR("点赞数")) == COL_LIKES, "counts, with a unit in brackets");
	ok(csv_column(STR("Created_At")) == COL_PUBLISHED && csv_column(STR("Author ID")) == COL_AUTHOR_ID, "English, case and blanks aside");
	ok(csv_column(STR("随便")) == COL_NONE && csv_column(STR("")) == COL_NONE, "unknown headings");
	is_str(str_c(csv_field(COL_REPOSTS)), "metrics.reposts", "a column's field");
	arena_free(&a);
	return tap_done();
}
