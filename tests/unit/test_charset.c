#include "base/utf8.h"
#include "model/charset.h"
#include "tap.h"

static struct buf b;

static void
decodes(const char *name, struct str in, const char *label, enum charset_doc doc, const char *want, const char *as)
{
	struct charset c;

	buf_reset(&b);
	c = charset_decode(&b, in, str_c(label), doc);
	is_str(buf_view(&b), want, name);
	is_str(str_c(c.name), as, name);
	ok(utf8_valid(b.p != NULL ? b.p : "", b.n), "%s: the result is UTF-8", name);
}

int
main(void)
{
	/* 突发：镕喆旻 in GBK; the last three are not in GB2312 */
	static const char gbk[] = "\xcd\xbb\xb7\xa2\xa3\xba\xe9\x46\x86\xb4\x95\x46";

	decodes("gb2312 means GB18030", str_c(gbk), "gb2312", CHARSET_TEXT, "突发：镕喆旻", "GB18030");
	decodes("big5", STR("\xa4\xa4\xa4\xe5"), "big5", CHARSET_TEXT, "中文", "Big5");
	decodes("latin-1 means windows-1252", STR("caf\xe9 \x93x\x94"), "iso-8859-1", CHARSET_TEXT, "café “x”", "windows-1252");
	decodes("a mark outranks the label", STR("\xef\xbb\xbf中"), "gbk", CHARSET_TEXT, "中", "UTF-8");
	decodes("UTF-16 by its mark", str_n("\xff\xfe-N\x87\x65", 6), "", CHARSET_TEXT, "中文", "UTF-16LE");
	decodes("UTF-16 XML without a mark", str_n("\0<\0a\0/\0>", 8), "", CHARSET_XML, "<a/>", "UTF-16BE");
	decodes("valid UTF-8 outranks a wrong label", STR("中文网页"), "gb2312", CHARSET_TEXT, "中文网页", "UTF-8");
	decodes("a short text believes its label", STR("\xc2\xb7"), "gbk", CHARSET_TEXT, "路", "GB18030");
	decodes("the XML declaration", STR("<?xml version='1.0' encoding='GBK'?><a>\xd6\xd0</a>"), "", CHARSET_XML,
	    "<?xml version='1.0' encoding='GBK'?><a>中</a>", "GB18030");
	decodes("the HTML meta", STR("<meta charset=gbk>\xd6\xd0"), "", CHARSET_HTML, "<meta charset=gbk>中", "GB18030");
	decodes("a server's blanket latin-1 yields to the document",
	    STR("<?xml version='1.0' encoding='GBK'?><a>\xd6\xd0</a>"), "iso-8859-1", CHARSET_XML,
	    "<?xml version='1.0' encoding='GBK'?><a>中</a>", "GB18030");
	decodes("a bad byte costs itself only", STR("\xd6\xd0\xff\xce\xc4 and much more text so that one byte in a hundred is "
	    "not reached, which takes a few more words than this"), "gbk", CHARSET_TEXT,
	    "中\xef\xbf\xbd文 and much more text so that one byte in a hundred is not reached, which takes a few more words than this",
	    "GB18030");
	decodes("a cut character at the end", STR("\xd6\xd0\xce"), "gbk", CHARSET_TEXT, "中\xef\xbf\xbd", "GB18030");
	decodes("unlabelled GBK is found out", STR("\xb1\xea\xcc\xe2\x2c\xc4\xda\xc8\xdd\x2c\xb7\xa2\xb2\xbc\xca\xb1\xbc\xe4"), "",
	    CHARSET_TEXT, "标题,内容,发布时间", "GB18030");
	decodes("nothing", STR(""), "", CHARSET_TEXT, "", "UTF-8");
	is_str(charset_of_type(STR("text/html; Charset=\"GB2312\"; x=1")), "GB2312", "charset of a content type");
	is_str(charset_of_type(STR("text/html")), "", "no charset");
	ok(charset_known(STR("KS_C_5601-1987")) != NULL && charset_known(STR("klingon")) == NULL, "labels");
	buf_free(&b);
	return tap_done();
}
