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
	ok(csv_next(&c, &a) && csv_next(&c, &a) && c.open_quote && c.lineno == 2, "a quote that is never closed is told");
	is_str(c.row, "\"open,1", "it costs its own line");
	ok(csv_next(&c, &a) && !c.open_quote && c.lineno == 3 && c.n == 1, "and the next line is a row");
	is_str(c.cell[0], "2", "with its cell");
	ok(!csv_next(&c, &a), "and the end is the end");
	csv_open(&c, STR("a,b\r\n\"open,1\r\n\"two,\r\nlines\",2\r\n"));
	ok(csv_next(&c, &a) && csv_next(&c, &a) && c.open_quote && c.lineno == 2, "a quote closed by the next row's is open, too");
	ok(csv_next(&c, &a) && !c.open_quote && c.lineno == 3 && c.n == 2, "and that row stands by itself");
	is_str(c.cell[0], "two,\r\nlines", "over its two lines");
	csv_open(&c, STR("a,\"b\"junk,c\n"));
	ok(csv_next(&c, &a) && c.n == 3 && !c.open_quote, "text behind a quote does not shift the cells");
	is_str(c.cell[1], "bjunk", "and is not lost");
	csv_open(&c, STR("\"a\""));
	ok(csv_next(&c, &a) && c.n == 1 && str_is(c.cell[0], "a"), "a closing quote may be the last byte");
	csv_open(&c, STR("\""));
	ok(csv_next(&c, &a) && c.open_quote && !csv_next(&c, &a), "an opening one, too, but then it is open");
	csv_open(&c, STR(""));
	ok(!csv_next(&c, &a), "an empty text has no rows");

	ok(csv_column(STR("标题")) == COL_TITLE && csv_column(STR("发布时间")) == COL_PUBLISHED, "Chinese headings");
	ok(csv_column(STR(" 阅读数（万）")) == COL_VIEWS && csv_column(STR("点赞数")) == COL_LIKES, "counts, with a unit in brackets");
	ok(csv_column(STR("Created_At")) == COL_PUBLISHED && csv_column(STR("Author ID")) == COL_AUTHOR_ID, "English, case and blanks aside");
	ok(csv_column(STR("随便")) == COL_NONE && csv_column(STR("")) == COL_NONE, "unknown headings");
	ok(csv_column(STR("平台名称")) == COL_PLATFORM && csv_column(STR("博主昵称")) == COL_AUTHOR &&
	    csv_column(STR("认证类型")) == COL_VERIFIED, "headings of other monitors");
	ok(csv_unwanted(STR("序号")) && !csv_unwanted(STR("备注")) && !csv_unwanted(STR("标题")), "a running number is unwanted, not unknown");
	is_str(str_c(csv_field(COL_REPOSTS)), "metrics.reposts", "a column's field");
	arena_free(&a);
	return tap_done();
}
