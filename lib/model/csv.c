#include "model/csv.h"

static char
separator(struct str text)
{
	static const char seps[] = ",\t;|";
	size_t count[4] = {0}, best = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.n; i++) {
		const char *q;

		if (text.p[i] == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		if (text.p[i] == '\n' || text.p[i] == '\r')
			break;
		q = text.p[i] != '\0' ? strchr(seps, text.p[i]) : NULL;
		if (q != NULL)
			count[q - seps]++;
	}
	for (size_t k = 1; k < 4; k++)
		if (count[k] > count[best])
			best = k;
	return seps[best];
}

void
csv_open(struct csv *c, struct str text)
{
	*c = (struct csv){0};
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_sub(text, 3, text.n);
	if (str_starts(text, STR("sep=")) && text.n > 5 && (text.p[5] == '\n' || text.p[5] == '\r')) { /* spreadsheets */
		c->sep = text.p[4];
		c->lines = 1;
		text = str_sub(text, text.p[5] == '\r' && text.n > 6 && text.p[6] == '\n' ? 7 : 6, text.n);
	} else {
		c->sep = separator(text);
	}
	c->rest = text;
}

/* One cell at s.p[*i]; leaves *i on the separator, the line end or the end. */
static struct str
cell(struct csv *c, struct arena *a, struct str s, size_t *i)
{
	size_t from = *i, close, n = 0;
	bool lines = false;
	char *text;

	if (*i >= s.n || s.p[*i] != '"') {
		while (*i < s.n && s.p[*i] != c->sep && s.p[*i] != '\n' && s.p[*i] != '\r')
			(*i)++;
		return str_trim(str_sub(s, from, *i - from));
	}
	for (close = from + 1; close < s.n; close++) {
		lines = lines || s.p[close] == '\n';
		if (s.p[close] != '"')
			continue;
		if (close + 1 >= s.n || s.p[close + 1] != '"')
			break;
		close++;
	}
	for (*i = close < s.n ? close + 1 : s.n; *i < s.n && s.p[*i] != c->sep && s.p[*i] != '\n' && s.p[*i] != '\r';)
		(*i)++;
	c->open_quote = close >= s.n || (lines && *i > close + 1);
	if (c->open_quote)
		return STR("");
	text = arena_alloc(a, *i - from);
	for (size_t k = from + 1; k < close; k++) {
		c->lines += s.p[k] == '\n';
		text[n++] = s.p[k];
		k += s.p[k] == '"';
	}
	for (size_t k = close + 1; k < *i; k++) /* more behind the closing quote, left as it is */
		text[n++] = s.p[k];
	return str_n(text, n);
}

bool
csv_next(struct csv *c, struct arena *a)
{
	while (c->rest.n > 0) {
		struct str s = c->rest;
		size_t i = 0;
		bool some = false;

		c->n = 0;
		c->open_quote = false;
		c->lineno = c->lines + 1;
		for (;;) {
			struct str v = cell(c, a, s, &i);

			if (c->open_quote) { /* that line alone */
				c->lines = c->lineno - 1;
				c->n = 0;
				some = true;
				for (i = 0; i < s.n && s.p[i] != '\n' && s.p[i] != '\r';)
					i++;
				break;
			}
			some = some || v.n > 0;
			if (c->n < CSV_COLS)
				c->cell[c->n++] = v;
			if (i >= s.n || s.p[i] != c->sep)
				break;
			i++;
		}
		c->row = str_sub(s, 0, i);
		if (i < s.n && s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
			i++;
		c->lines++;
		c->rest = str_sub(s, i + 1, s.n);
		if (some)
			return true;
	}
	return false;
}

struct heading {
	const char *name;
	enum column col;
};

static const struct heading headings[] = {
    {"id", COL_ID}, {"编号", COL_ID}, {"序号", COL_NONE}, {"文章id", COL_ID}, {"帖子id", COL_ID}, {"微博id", COL_ID},
    {"mid", COL_ID}, {"postid", COL_ID}, {"消息id", COL_ID}, {"工单号", COL_ID}, {"投诉编号", COL_ID}, {"guid", COL_ID},
    {"title", COL_TITLE}, {"标题", COL_TITLE}, {"標題", COL_TITLE}, {"题目", COL_TITLE}, {"主题", COL_TITLE},
    {"headline", COL_TITLE}, {"subject", COL_TITLE},
    {"text", COL_TEXT}, {"内容", COL_TEXT}, {"內容", COL_TEXT}, {"正文", COL_TEXT}, {"全文", COL_TEXT}, {"content", COL_TEXT},
    {"body", COL_TEXT}, {"message", COL_TEXT}, {"微博正文", COL_TEXT}, {"微博内容", COL_TEXT}, {"评论内容", COL_TEXT},
    {"投诉内容", COL_TEXT}, {"文章内容", COL_TEXT}, {"帖子内容", COL_TEXT}, {"原文内容", COL_TEXT}, {"博文内容", COL_TEXT}, {"博文", COL_TEXT}, {"发布内容", COL_TEXT},
    {"笔记内容", COL_TEXT}, {"comment", COL_TEXT}, {"review", COL_TEXT},
    {"published", COL_PUBLISHED}, {"发布时间", COL_PUBLISHED}, {"發布時間", COL_PUBLISHED}, {"发表时间", COL_PUBLISHED},
    {"时间", COL_PUBLISHED}, {"日期", COL_PUBLISHED}, {"发布日期", COL_PUBLISHED}, {"date", COL_PUBLISHED},
    {"time", COL_PUBLISHED}, {"createdat", COL_PUBLISHED}, {"created", COL_PUBLISHED}, {"pubdate", COL_PUBLISHED},
    {"publishedat", COL_PUBLISHED}, {"datepublished", COL_PUBLISHED}, {"timestamp", COL_PUBLISHED},
    {"评论时间", COL_PUBLISHED}, {"发文时间", COL_PUBLISHED}, {"发帖时间", COL_PUBLISHED}, {"发表日期", COL_PUBLISHED},
    {"投诉时间", COL_PUBLISHED}, {"创建时间", COL_PUBLISHED}, {"publishtime", COL_PUBLISHED},
    {"url", COL_URL}, {"链接", COL_URL}, {"鏈接", COL_URL}, {"連結", COL_URL}, {"网址", COL_URL}, {"地址", COL_NONE},
    {"link", COL_URL}, {"原文链接", COL_URL}, {"链接地址", COL_URL}, {"原文地址", COL_URL}, {"原文网址", COL_URL}, {"网页链接", COL_URL},
    {"帖子链接", COL_URL}, {"url地址", COL_URL}, {"视频链接", COL_URL}, {"文章链接", COL_URL}, {"微博链接", COL_URL}, {"permalink", COL_URL},
    {"platform", COL_PLATFORM}, {"平台", COL_PLATFORM}, {"网站", COL_PLATFORM}, {"站点", COL_PLATFORM}, {"site", COL_PLATFORM},
    {"媒体平台", COL_PLATFORM}, {"平台名称", COL_PLATFORM}, {"平台类型", COL_PLATFORM}, {"发布平台", COL_PLATFORM},
    {"站点名称", COL_PLATFORM}, {"网站名称", COL_PLATFORM}, {"所属平台", COL_PLATFORM}, {"平臺", COL_PLATFORM}, {"来源平台", COL_PLATFORM},
    {"channel", COL_CHANNEL}, {"渠道", COL_CHANNEL}, {"媒体类型", COL_CHANNEL}, {"信息类型", COL_CHANNEL},
    {"source", COL_SOURCE}, {"来源", COL_SOURCE}, {"來源", COL_SOURCE}, {"媒体", COL_SOURCE}, {"媒体名称", COL_SOURCE},
    {"author", COL_AUTHOR}, {"作者", COL_AUTHOR}, {"用户名", COL_AUTHOR}, {"用户", COL_AUTHOR}, {"昵称", COL_AUTHOR},
    {"用户昵称", COL_AUTHOR}, {"账号", COL_AUTHOR}, {"博主", COL_AUTHOR}, {"发布者", COL_AUTHOR}, {"发布人", COL_AUTHOR},
    {"username", COL_AUTHOR}, {"user", COL_AUTHOR}, {"screenname", COL_AUTHOR}, {"authorname", COL_AUTHOR},
    {"nickname", COL_AUTHOR}, {"作者昵称", COL_AUTHOR}, {"博主昵称", COL_AUTHOR}, {"博主名称", COL_AUTHOR}, {"作者名称", COL_AUTHOR},
    {"账号名称", COL_AUTHOR}, {"账号昵称", COL_AUTHOR}, {"发帖人", COL_AUTHOR}, {"发布账号", COL_AUTHOR}, {"网名", COL_AUTHOR},
    {"用户名称", COL_AUTHOR}, {"发布人昵称", COL_AUTHOR}, {"暱稱", COL_AUTHOR},
    {"authorid", COL_AUTHOR_ID}, {"作者id", COL_AUTHOR_ID}, {"用户id", COL_AUTHOR_ID}, {"userid", COL_AUTHOR_ID},
    {"uid", COL_AUTHOR_ID}, {"博主id", COL_AUTHOR_ID}, {"账号id", COL_AUTHOR_ID},
    {"followers", COL_FOLLOWERS}, {"粉丝数", COL_FOLLOWERS}, {"粉丝量", COL_FOLLOWERS}, {"粉丝数量", COL_FOLLOWERS}, {"粉丝", COL_FOLLOWERS},
    {"followerscount", COL_FOLLOWERS}, {"fans", COL_FOLLOWERS},
    {"verified", COL_VERIFIED}, {"认证", COL_VERIFIED}, {"是否认证", COL_VERIFIED}, {"加v", COL_VERIFIED}, {"认证类型", COL_VERIFIED}, {"认证状态", COL_VERIFIED}, {"认证信息", COL_VERIFIED},
    {"用户认证", COL_VERIFIED}, {"账号认证", COL_VERIFIED}, {"博主认证", COL_VERIFIED}, {"作者认证", COL_VERIFIED},
    {"认证情况", COL_VERIFIED}, {"認證", COL_VERIFIED}, {"verifiedtype", COL_VERIFIED}, {"verification", COL_VERIFIED},
    {"lang", COL_LANG}, {"language", COL_LANG}, {"语言", COL_LANG},
    {"region", COL_REGION}, {"地区", COL_REGION}, {"地域", COL_REGION}, {"省份", COL_REGION}, {"ip属地", COL_REGION},
    {"所在地", COL_REGION}, {"属地", COL_REGION}, {"location", COL_REGION}, {"发布地", COL_REGION},
    {"rating", COL_RATING}, {"评分", COL_RATING}, {"星级", COL_RATING}, {"stars", COL_RATING}, {"score", COL_NONE},
    {"满意度", COL_RATING},
    {"tags", COL_TAGS}, {"标签", COL_TAGS}, {"话题", COL_TAGS}, {"关键词", COL_TAGS}, {"topics", COL_TAGS},
    {"keywords", COL_TAGS}, {"tag", COL_TAGS},
    {"parent", COL_PARENT}, {"父id", COL_PARENT}, {"回复id", COL_PARENT}, {"parentid", COL_PARENT}, {"inreplyto", COL_PARENT},
    {"root", COL_ROOT}, {"原文id", COL_ROOT}, {"根id", COL_ROOT}, {"rootid", COL_ROOT}, {"原微博id", COL_ROOT},
    {"form", COL_FORM}, {"类型", COL_FORM}, {"文章类型", COL_FORM}, {"type", COL_FORM},
    {"updated", COL_UPDATED}, {"更新时间", COL_UPDATED}, {"updatedat", COL_UPDATED}, {"修改时间", COL_UPDATED},
    {"customer", COL_CUSTOMER}, {"客户号", COL_CUSTOMER}, {"客户编号", COL_CUSTOMER}, {"customerid", COL_CUSTOMER},
    {"患者id", COL_CUSTOMER},
    {"views", COL_VIEWS}, {"阅读数", COL_VIEWS}, {"阅读量", COL_VIEWS}, {"阅读", COL_VIEWS}, {"浏览量", COL_VIEWS},
    {"浏览数", COL_VIEWS}, {"閱讀數", COL_VIEWS}, {"reads", COL_VIEWS}, {"点击量", COL_VIEWS}, {"点击数", COL_VIEWS},
    {"viewcount", COL_VIEWS}, {"曝光量", COL_VIEWS}, {"阅读次数", COL_VIEWS},
    {"likes", COL_LIKES}, {"点赞数", COL_LIKES}, {"点赞量", COL_LIKES}, {"点赞", COL_LIKES}, {"赞", COL_LIKES},
    {"赞数", COL_LIKES}, {"點讚數", COL_LIKES}, {"likecount", COL_LIKES}, {"attitudescount", COL_LIKES}, {"获赞数", COL_LIKES},
    {"reposts", COL_REPOSTS}, {"转发数", COL_REPOSTS}, {"转发量", COL_REPOSTS}, {"转发", COL_REPOSTS}, {"分享数", COL_REPOSTS},
    {"分享量", COL_REPOSTS}, {"轉發數", COL_REPOSTS}, {"shares", COL_REPOSTS}, {"repostscount", COL_REPOSTS},
    {"retweets", COL_REPOSTS}, {"转载量", COL_REPOSTS}, {"转载数", COL_REPOSTS},
    {"comments", COL_COMMENTS}, {"评论数", COL_COMMENTS}, {"评论量", COL_COMMENTS}, {"评论", COL_COMMENTS},
    {"評論數", COL_COMMENTS}, {"回复数", COL_COMMENTS}, {"回帖数", COL_COMMENTS}, {"commentscount", COL_COMMENTS},
    {"commentcount", COL_COMMENTS}, {"replies", COL_COMMENTS}, {"跟帖数", COL_COMMENTS},
    {"favourites", COL_FAVOURITES}, {"favorites", COL_FAVOURITES}, {"收藏数", COL_FAVOURITES}, {"收藏量", COL_FAVOURITES},
    {"收藏", COL_FAVOURITES}, {"在看数", COL_FAVOURITES},
    {"plays", COL_PLAYS}, {"播放量", COL_PLAYS}, {"播放数", COL_PLAYS}, {"播放", COL_PLAYS}, {"playcount", COL_PLAYS},
};

static const struct heading *
find(struct str h)
{
	char tmp[96];
	size_t n = 0;

	for (size_t i = 0; i < h.n; i++) {
		unsigned char c = (unsigned char)h.p[i];

		if (c == '(' || c == '[' || str_starts(str_sub(h, i, 3), STR("（")) || str_starts(str_sub(h, i, 3), STR("【")))
			break; /* "阅读数(万)" would change the unit; the unit is the caller's to see */
		if (is_space((char)c) || c == '_' || c == '-' || c == '.' || c == '*' || c == '#')
			continue;
		if (c == 0xc2 && i + 1 < h.n && (unsigned char)h.p[i + 1] == 0xa0) {
			i++;
			continue;
		}
		if (n + 1 >= sizeof tmp)
			return NULL;
		tmp[n++] = to_lower((char)c);
	}
	for (size_t i = 0; i < sizeof headings / sizeof *headings; i++)
		if (str_eq(str_n(tmp, n), str_c(headings[i].name)))
			return &headings[i];
	return NULL;
}

enum column
csv_column(struct str heading)
{
	const struct heading *h = find(heading);

	return h != NULL ? h->col : COL_NONE;
}

bool
csv_unwanted(struct str heading)
{
	const struct heading *h = find(heading);

	return h != NULL && h->col == COL_NONE;
}

const char *
csv_field(enum column c)
{
	static const char *const names[COL_COUNT] = {"", "id", "title", "text", "published", "url", "platform", "channel",
	    "source", "author.name", "author.id", "author.followers", "author.verified", "lang", "region", "rating", "tags",
	    "parent", "root", "form", "updated", "customer", "metrics.views", "metrics.likes", "metrics.reposts",
	    "metrics.comments", "metrics.favourites", "metrics.plays"};

	return c < COL_COUNT ? names[c] : "";
}
