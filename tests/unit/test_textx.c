#include "base/utf8.h"
#include "model/textx.h"
#include "tap.h"

static struct buf b;

static struct str
html(const char *s)
{
	buf_reset(&b);
	textx_html(&b, str_c(s));
	return buf_view(&b);
}

static struct str
line(const char *s)
{
	buf_reset(&b);
	textx_html_line(&b, str_c(s));
	return buf_view(&b);
}

static struct str
xml(const char *s)
{
	struct err e;

	buf_reset(&b);
	return textx_xml(&b, str_c(s), NULL, &e) == 0 ? buf_view(&b) : STR("refused");
}

static void
count(const char *s, int64_t want, bool more)
{
	int64_t v = -1;
	bool at_least = false, got = textx_count(str_c(s), &v, &at_least);

	ok((want < 0 && !got) || (got && v == want && at_least == more), "'%s' is %lld%s", s, (long long)want, more ? "+" : "");
}

int
main(void)
{
	is_str(html("<p>a</p><p>b</p>"), "a\nb", "paragraphs are lines");
	is_str(html("a<br>b<br/>c"), "a\nb\nc", "breaks are lines");
	is_str(html("  a \n\t b  "), "a b", "white space folds");
	is_str(html("<pre>a\n b</pre>"), "a\nb", "pre keeps its lines");
	is_str(html("好<img alt=\"[怒]\" src=x>坏"), "好[怒]坏", "emoticons survive as their alt text");
	is_str(html("<img alt='1 &gt; 0'>"), "1 > 0", "alt text is decoded");
	is_str(html("a<script>alert('<b>')</script>b<style>p{}</style>c"), "abc", "scripts and styles are left out");
	is_str(html("<SCRIPT>x</ScRiPt>y"), "y", "tag names fold case");
	is_str(html("a<!-- <b>x</b> -->b"), "ab", "comments are left out");
	is_str(html("1 < 2 && 3 > 2"), "1 < 2 && 3 > 2", "a plain < is text");
	is_str(html("I <3 you"), "I <3 you", "hearts are text");
	is_str(html("mail <me@example.org> now"), "mail <me@example.org> now", "an address in brackets is text");
	is_str(html("cut <a href=\"x"), "cut <a href=\"x", "an open tag at the end is text");
	is_str(html("<a title=\"a>b\" href=x>t</a>"), "t", "a > inside quotes does not end a tag");
	is_str(html("&lt;b&gt; &amp;amp; &#20013;&#x56fd; &hellip; &nosuch; &copy"), "<b> &amp; 中国 … &nosuch; &copy", "entities");
	is_str(html("a&nbsp;&nbsp;b&#160;c\xe3\x80\x80" "d"), "a b c d", "no-break and wide spaces are spaces");
	is_str(html("&#150; &#0; &#xD800; &#x110000;"), "– \xef\xbf\xbd \xef\xbf\xbd \xef\xbf\xbd", "impossible references become U+FFFD");
	is_str(html("?a=1&amp;lt=2&lt=3"), "?a=1&lt=2&lt=3", "a query is not an entity");
	is_str(html("<![CDATA[<b>x</b>]]>y"), "<b>x</b>y", "CDATA is text");
	is_str(html("<td>a</td><td>b</td>"), "a b", "cells are apart");
	is_str(html("退\xe2\x80\x8b款 re\xe2\x80\x8d" "fund"), "退款 refund", "hidden characters inside words go");
	is_str(html("👨\xe2\x80\x8d👩\xe2\x80\x8d👧"), "👨\xe2\x80\x8d👩\xe2\x80\x8d👧", "joined emoji stay joined");
	is_str(html("a\x1b[31mb\xe2\x80\xae" "c"), "a[31mbc", "escape and bidi override go");
	is_str(line("<p>a</p>\n<p>b</p>"), "a b", "a title is one line");
	ok(!textx_markup(STR("1 < 2 & 3")), "no markup in a plain text");
	ok(textx_markup(STR("<i>x")) && textx_markup(STR("&nbsp;")), "tags and entities are markup");

	is_str(xml("\xef\xbb\xbf \n<?xml version='1.0' encoding='gb2312'?><!DOCTYPE x><a>&nbsp;&amp; b & c &bogus;</a>"),
	    "<a>\xc2\xa0&amp; b &amp; c &amp;bogus;</a>", "XML made fit");
	is_str(xml("<a>x\x01y\x7f\xef\xbf\xbf</a>"), "<a>xy</a>", "characters XML forbids are removed");
	is_str(xml("<a><![CDATA[&nbsp; \x02<]]></a>"), "<a><![CDATA[&nbsp; <]]></a>", "CDATA stays as it is");
	is_str(xml("Warning: mysql\n<rss/>"), "<rss/>", "what a broken server printed first is cut off");
	is_str(xml("<a b='&lt;&quot;'>&#60;</a>"), "<a b='&lt;&quot;'>&#60;</a>", "what must stay escaped stays");
	is_str(xml("<!DOCTYPE r [<!ENTITY co \"ACME\">]><r>&co;</r>"), "<r>ACME</r>", "a short literal entity is put in");
	is_str(xml("<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><r>&x;</r>"), "refused", "an external entity is refused");
	is_str(xml("<!DOCTYPE r [<!ENTITY % x SYSTEM \"http://a/\">%x;]><r/>"), "refused", "a parameter entity is refused");
	is_str(xml("<!DOCTYPE r [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;\">]><r>&b;</r>"), "refused", "nested entities are refused");
	{
		struct buf big = {0};
		struct err e;

		buf_puts(&big, "<!DOCTYPE r [<!ENTITY a \"");
		for (int i = 0; i < 500; i++)
			buf_putc(&big, 'x');
		buf_puts(&big, "\">]><r>");
		for (int i = 0; i < 10000; i++)
			buf_puts(&big, "&a;");
		buf_reset(&b);
		ok(textx_xml(&b, buf_view(&big), NULL, &e) != 0 && b.n < 1 << 20, "quadratic growth is refused");
		buf_free(&big);
	}

	count("1234", 1234, false);
	count("1,234", 1234, false);
	count("1.2万", 12000, false);
	count("3亿", 300000000, false);
	count("10万+", 100000, true);
	count("12k", 12000, false);
	count("1.5M", 1500000, false);
	count("3.4w 阅读", 34000, false);
	count("100余", 100, true);
	count("1千万", 10000000, false);
	count("１２３", 123, false);
	count("约 5 万次", 50000, false);
	count("1.23456万", 12345, false);
	count("0", 0, false);
	count("9223372036854775806", 9223372036854775806, false);
	count("99999999999999999999", -1, false);
	count("9999999999999亿", -1, false);
	count("", -1, false);
	count("-", -1, false);
	count("万", -1, false);
	count("12abc", -1, false);
	count("-5", -1, false);
	buf_free(&b);
	return tap_done();
}
