#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "model/sim.h"
#include "model/sim_text.h"
#include "rec/json.h"

const char *const sim_kind_name[SIM_KINDS + 1] = {"day", "quiet", "seasonal", "slow-burn", "flash", "level-shift",
    "replay", "planted", "holiday", "source-outage", NULL};

enum { LOCAL = 8 * 3600, RING = 2048, HUBS = 64, MINUTES = 1440 };

enum platform { WEIBO, DOUYIN, XHS, WECHAT, ZHIHU, FORUM, NEWS, HOTLINE, APPSTORE, TWITTER, PLATFORMS };
static const char *const platform_name[PLATFORMS] = {"weibo", "douyin", "xiaohongshu", "wechat", "zhihu", "forum",
    "news", "hotline", "appstore", "twitter"};

/* Whose pen writes: decides author, voice and verification. */
enum pen { PEN_PUBLIC, PEN_OWN, PEN_MEDIA, PEN_KOL, PEN_REGULATOR, PEN_HAND };

/* One post before it is written out. */
struct draft {
	int64_t t, due;      /* published; delivered */
	uint32_t seq;
	uint8_t topic, pen;
	int16_t line;        /* sentence of the topic, -1: any */
	int8_t platform;     /* -1: by custom */
	uint8_t how;         /* HOW_… */
	bool hub;            /* others will repost it */
	bool base;           /* everyday voice: authors recur */
	uint32_t author;     /* 0: by custom */
};
enum { HOW_NEW, HOW_REPOST, HOW_COPY, HOW_NEAR };

/* A post others may refer to. */
struct seen {
	struct buf id, text, root, name;
	uint32_t author;
	int64_t t;
	uint8_t topic;
	bool set;
};

struct sim {
	const struct sim_conf *conf;
	uint64_t rng;
	struct draft *d;
	size_t nd, cap;
	struct seen ring[RING];
	struct seen hub[HUBS];
	size_t nring, nhub;
	struct seen old;          /* what SIM_REPLAY copies */
	struct seen plant[8];
	struct buf text, out, tmp;
	uint64_t serial;
	int64_t now;              /* published time of the post being written */
	/* the truth */
	double *expect;           /* everyday public negatives, per minute of the stream */
	int64_t minutes;
	int64_t orange, until, begin;
	const char *type;
};

/* --- chance --------------------------------------------------------------------------------------------------- */

static uint64_t
rnd(struct sim *s)
{
	s->rng += 0x9e3779b97f4a7c15u;
	return hash_u64(s->rng);
}

static uint32_t
below(struct sim *s, uint32_t n)
{
	return n == 0 ? 0 : (uint32_t)((rnd(s) >> 32) * n >> 32);
}

static double
unit(struct sim *s)
{
	return ((double)(rnd(s) >> 11) + 0.5) / 9007199254740992.0;
}

static bool
chance(struct sim *s, int percent)
{
	return below(s, 100) < (uint32_t)percent;
}

static int
poisson(struct sim *s, double mean)
{
	double p = 1, limit;
	int n = 0;

	if (mean <= 0)
		return 0;
	if (mean > 60) /* the sum of two halves is the same law */
		return poisson(s, mean / 2) + poisson(s, mean / 2);
	limit = exp(-mean);
	while ((p *= unit(s)) > limit)
		n++;
	return n;
}

/* An index by weight; w ends at n. */
static size_t
pick(struct sim *s, const int *w, size_t n)
{
	int sum = 0, x;

	for (size_t i = 0; i < n; i++)
		sum += w[i];
	x = (int)below(s, (uint32_t)sum);
	for (size_t i = 0; i < n; i++)
		if ((x -= w[i]) < 0)
			return i;
	return n - 1;
}

/* --- slots ---------------------------------------------------------------------------------------------------- */

#define ONE(s, a) ((a)[below((s), sizeof(a) / sizeof *(a))])

static const char *const city[] = {"江宁", "云州", "临湖", "南浦", "青岩", "海棠", "安津", "白沙", "阳关", "锦江", "北辰", "泉山"};
static const char *const branch[] = {"新街口支行", "人民路支行", "大学城支行", "解放桥支行", "东站支行", "湖滨支行", "开发区支行", "钟楼支行",
    "体育馆支行", "老城支行", "桂园支行", "中山路支行"};
static const char *const shop[] = {"早餐店", "菜市场", "加油站", "药店", "超市", "奶茶店", "水果摊", "面馆", "宠物医院", "理发店", "五金店", "花店"};
static const char *const kin[] = {"我妈", "我爸", "老婆", "我老公", "室友", "奶奶", "外公", "我姐", "丈母娘", "表弟", "我婆婆", "同事"};
static const char *const emoji[] = {"😡", "😭", "🙃", "😅", "💔", "🙏", "😤", "[怒]", "[泪]", "[允悲]", "[摊手]", "🤡", ""};
static const char *const smile[] = {"😊", "👍", "❤️", "😂", "[心]", "[鼓掌]", "🌸", ""};
static const char *const app[] = {"App", "手机银行", "网银", "APP", "掌上银行", "app"};
static const char *const rivals[] = {"江舟银行", "兴渡银行", "长汀银行"};
static const char *const rivals_en[] = {"Jiangzhou Bank", "Xingdu Bank"};
static const char *const when_before[] = {"上个月", "国庆前", "九月", "上周", "前阵子"};
static const char *const family_name[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "马", "朱", "胡", "郭", "何", "林", "高", "罗"};
static const char *const given_name[] = {"建国", "秀英", "伟", "芳", "敏", "静", "丽华", "志强", "晓东", "雪梅", "国庆", "海燕", "俊杰", "婷婷", "文博",
    "玉兰", "浩然", "梓涵", "德明", "桂香"};
static const char *const small[] = {"12.5", "38", "66", "150", "200", "320", "480", "860", "1200", "1680", "2000", "3500", "4999", "5000", "7800", "9600"};
static const char *const large[] = {"2万", "3.6万", "5万", "8万", "12万", "15万", "20万", "28.8万", "38万", "50万", "66万", "120万"};
static const char *const region[] = {"江苏", "浙江", "广东", "上海", "北京", "山东", "四川", "河南", "湖北", "福建", "湖南", "安徽", "陕西", "辽宁", "重庆"};

static void
put_phone(struct sim *s, struct buf *b)
{
	static const char *const head[] = {"130", "135", "138", "151", "158", "177", "186", "199"};

	buf_printf(b, "%s0000%04u", ONE(s, head), below(s, 10000));
}

static void
put_identity(struct sim *s, struct buf *b)
{
	static const int weight[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	static const char *const area[] = {"320199", "330199", "440199", "510199"};
	char id[24];
	int sum = 0;
	struct buf t = {0};

	buf_printf(&t, "%s%u%02u%02u%03u", ONE(s, area), 1945 + below(s, 60), 1 + below(s, 12), 1 + below(s, 28),
	    below(s, 1000));
	memcpy(id, t.p, 17);
	buf_free(&t);
	for (int i = 0; i < 17; i++)
		sum += (id[i] - '0') * weight[i];
	id[17] = "10X98765432"[sum % 11];
	buf_add(b, id, 18);
}

static void
put_card(struct sim *s, struct buf *b)
{
	char c[20];
	int sum = 0;

	memcpy(c, "622500000", 9);
	for (int i = 9; i < 18; i++)
		c[i] = (char)('0' + below(s, 10));
	for (int i = 17; i >= 0; i--) { /* the digit beside the check digit counts double */
		int v = c[i] - '0';

		if ((17 - i) % 2 == 0)
			v = v * 2 > 9 ? v * 2 - 9 : v * 2;
		sum += v;
	}
	c[18] = (char)('0' + (10 - sum % 10) % 10);
	buf_add(b, c, 19);
}

static void
put_slot(struct sim *s, char slot, bool english, bool glad, struct buf *b)
{
	struct civil c;

	switch (slot) {
	case 'c': buf_puts(b, ONE(s, city)); break;
	case 'b': buf_puts(b, ONE(s, branch)); break;
	case 's': buf_puts(b, ONE(s, shop)); break;
	case 'f': buf_puts(b, ONE(s, kin)); break;
	case 'e': buf_puts(b, glad ? ONE(s, smile) : ONE(s, emoji)); break;
	case 'x': buf_puts(b, ONE(s, app)); break;
	case 'u': buf_puts(b, english ? ONE(s, rivals_en) : ONE(s, rivals)); break;
	case 'd': buf_puts(b, ONE(s, when_before)); break;
	case 'm': buf_puts(b, ONE(s, small)); break;
	case 'w': buf_puts(b, ONE(s, large)); break;
	case 'n': buf_printf(b, "%u", 2 + below(s, 8)); break;
	case 'k': buf_printf(b, "%u", 10 + below(s, 50)); break;
	case 'V': buf_printf(b, "%u", 1000 + below(s, 9000)); break;
	case 'q': buf_printf(b, "%c%03u", 'A' + (int)below(s, 4), 20 + below(s, 300)); break;
	case 'N': buf_printf(b, "%s%s", ONE(s, family_name), ONE(s, given_name)); break;
	case 'P': put_phone(s, b); break;
	case 'I': put_identity(s, b); break;
	case 'K': put_card(s, b); break;
	case 'M': buf_printf(b, "%c%u@mail.example", 'a' + (int)below(s, 26), 100 + below(s, 9000)); break;
	case 'h': /* a moment within the last hour */
		c = clock_civil(s->now + LOCAL - 60 - (int64_t)below(s, 3000));
		if (english)
			buf_printf(b, "%d:%02d", c.hour, c.minute);
		else if (chance(s, 60))
			buf_printf(b, "%d点%02d", c.hour > 12 && chance(s, 50) ? c.hour - 12 : c.hour, c.minute);
		else
			buf_printf(b, "%d:%02d", c.hour, c.minute);
		break;
	default: break;
	}
}

static bool
has_han(struct str s)
{
	for (const char *p = s.p, *end = s.p + s.n, *next; p < end; p = next)
		if (utf8_is_han(utf8_step(p, end, &next)))
			return true;
	return false;
}

/* Appends a sentence with its slots filled; a leading mark (@h, @a) is left out. */
static void
put_line(struct sim *s, const char *line, bool glad, struct buf *b)
{
	bool english = !has_han(str_c(line));

	if (line[0] == '@')
		line += 2;
	for (; *line != '\0'; line++) {
		if (line[0] == '{' && line[1] != '\0' && line[2] == '}') {
			put_slot(s, line[1], english, glad, b);
			line += 2;
		} else {
			buf_putc(b, *line);
		}
	}
}

/* --- authors -------------------------------------------------------------------------------------------------- */

struct author {
	uint64_t h;
	int64_t followers;
	bool verified;
	const char *type, *name; /* name NULL: made up */
};

static const char *const outlet[] = {"江宁晚报", "云州都市报", "财经前哨", "消费观察网", "第一消费", "城市新闻网", "金融时刻", "海棠日报", "新闻晨线", "南浦广电"};
static const char *const kol_name[] = {"老周说消费", "理财师阿May", "码农观察", "城市打假人", "法律小书生", "深夜财经", "南浦吃瓜姐"};

static struct author
author_of(uint32_t index, enum pen pen)
{
	struct author a = {.h = hash_u64(index * 0x100000001b3u + 77 + (uint64_t)pen * 0x51ed27)};
	uint32_t x = (uint32_t)(a.h >> 40) & 0xffff;

	switch (pen) {
	case PEN_OWN:
		return (struct author){a.h, 1860000, true, "enterprise", "华沛银行"};
	case PEN_REGULATOR:
		return (struct author){a.h, 940000, true, "government", "江宁金融监管"};
	case PEN_MEDIA:
		a.name = outlet[index % 10];
		a.followers = 200000 + (int64_t)(a.h % 9000000);
		a.verified = true;
		a.type = "media";
		return a;
	case PEN_KOL:
		a.name = kol_name[index % 7];
		a.followers = 1200000 + (int64_t)(a.h % 6000000);
		a.verified = true;
		a.type = "kol";
		return a;
	case PEN_HAND:
		a.followers = (int64_t)(a.h % 8);
		return a;
	case PEN_PUBLIC:
		break;
	}
	/* many small accounts, few large ones: about 18 / u², at most 60 thousand */
	a.followers = (int64_t)(18.0 * 65536.0 * 65536.0 / ((double)(x + 30) * (double)(x + 30)));
	if (a.followers > 60000)
		a.followers = 60000 + (int64_t)(a.h % 40000);
	a.verified = a.followers > 20000 && a.h % 3 == 0;
	return a;
}

static void
put_name(const struct author *a, struct buf *b)
{
	static const char *const one[] = {"爱吃", "不想", "今天也要", "一只", "路过的", "半糖", "小城", "追风的", "冬天的", "临湖", "失眠", "老", "快乐", "楼下", "西瓜味",
	    "今晚", "江边", "不加班的", "转角", "隔壁"};
	static const char *const two[] = {"小鱼", "上班", "早睡", "柠檬", "阿宽", "少女", "打工人", "汤圆", "木头", "老陈", "番茄", "企鹅", "云朵", "加菲", "月亮", "糯米", "奶爸",
	    "豆包", "阿花", "路人甲"};

	if (a->name != NULL) {
		buf_puts(b, a->name);
		return;
	}
	buf_printf(b, "%s%s", one[a->h % 20], two[a->h / 20 % 20]);
	if (a->h / 400 % 3 != 0)
		buf_printf(b, "%u", (unsigned)(a->h / 1200 % 10000));
}

/* --- text ----------------------------------------------------------------------------------------------------- */

static const char *const opener[] = {"服了，", "无语，", "救命，", "气笑了，", "谁懂啊，", "早上一睁眼，", "说个事，", "家人们，", "真的会谢，", "我就想问，", "崩溃，",
    "求助！", "提醒大家：", "有没有搞错，", "啊啊啊", "就离谱，", "实名吐槽：", "刚刚，", "忍不了了，", "今天真是，", "唉，", "救救我，", "从早上到现在，", "无了，"};
static const char *const tail[] = {"，在线等，急", "，谁有打得通的电话？", "，第一次这么想销户", "，有没有人管管", "，客服呢", "，到底怎么回事", "。已截图", "，现在怎么办啊",
    "，心态崩了", "，你们都好了吗", "！！！", "……", "，太耽误事了", "，@华沛银行 出来走两步", "，求个准信", "，一肚子火", "，我不急，房东急", "，今天全毁了",
    "，等一个说法", "，我真的会谢", "，有一样的吗", "，明天还要用钱呢", "？？？", "，希望快点恢复", "，坐标{c}", "（{c}）", "，人在{c}"};

static const char *const mild[] = {"，哈哈", "，记录一下", "，有同感的吗", "，不知道说什么好", "，就这样吧", "～", "，明天继续", "，你们呢", "（{c}）", "，晚安", "。今天也辛苦了",
    "，先这样"};

static const char *
line_of(struct sim *s, enum sim_topic topic, int line)
{
	const struct sim_pool *p = &sim_pool[topic];

	return p->s[line >= 0 ? (size_t)line % p->n : below(s, (uint32_t)p->n)];
}

/* The words of a fresh post about the outage: a sentence, often with something around it. */
static void
put_outage(struct sim *s, enum sim_topic topic, const char *line, bool tagged, struct buf *b)
{
	bool short_one = topic == T_OUTAGE || topic == T_IRONY || topic == T_CLAIM || topic == T_ANGER || topic == T_RELIEF ||
	    topic == T_RUN || topic == T_BYSTAND;
	int more = strchr(line, '{') != NULL ? 0 : 22; /* a sentence without slots would come out the same again and again */

	if (short_one && chance(s, 28 + more) && topic != T_RELIEF)
		buf_puts(b, ONE(s, opener));
	put_line(s, line, topic == T_RELIEF || topic == T_PATIENCE, b);
	if (short_one && chance(s, 30 + more)) {
		const enum sim_topic next[] = {topic, T_OUTAGE, T_CLAIM, T_IRONY};

		buf_puts(b, chance(s, 50) ? "。" : "，");
		put_line(s, line_of(s, topic == T_RELIEF || topic == T_BYSTAND ? topic : next[below(s, 4)], -1), false, b);
	}
	if (short_one && topic != T_RELIEF && chance(s, 34 + more))
		put_line(s, ONE(s, tail), false, b);
	if (tagged && topic != T_OUTAGE_LONG && chance(s, 18))
		buf_puts(b, chance(s, 70) ? " #华沛银行崩了#" : " #华沛银行系统故障#");
	else if (short_one && chance(s, 12))
		buf_puts(b, ONE(s, emoji));
}

/* --- writing one post ----------------------------------------------------------------------------------------- */

static enum platform
place_of(struct sim *s, const struct draft *d, const char *line)
{
	static const int usual[PLATFORMS] = {42, 17, 14, 7, 5, 8, 0, 2, 3, 2};
	static const int press[PLATFORMS] = {20, 8, 0, 22, 0, 0, 50, 0, 0, 0};
	static const int own[PLATFORMS] = {60, 0, 0, 30, 0, 0, 0, 0, 10, 0};
	size_t pl;

	if (d->platform >= 0)
		return (enum platform)d->platform;
	if (line[0] == '@')
		return line[1] == 'h' ? HOTLINE : APPSTORE;
	if (d->topic == T_OUTAGE_EN || d->topic == T_LIFE_EN)
		return chance(s, 70) ? TWITTER : WEIBO;
	if (d->pen == PEN_MEDIA)
		return (enum platform)pick(s, press, PLATFORMS);
	if (d->pen == PEN_OWN || d->pen == PEN_REGULATOR)
		return (enum platform)pick(s, own, PLATFORMS);
	if (d->pen == PEN_KOL)
		return chance(s, 65) ? WEIBO : DOUYIN;
	if (d->how == HOW_REPOST)
		return chance(s, 75) ? WEIBO : XHS;
	pl = pick(s, usual, PLATFORMS);
	return (pl == HOTLINE || pl == APPSTORE) && d->topic >= T_RIVAL ? WEIBO : (enum platform)pl;
}

/* A long tail: most posts get nothing, a few get a lot. */
static int64_t
tally(struct sim *s, int64_t followers, double share)
{
	double u = unit(s), v = share * (3.0 + (double)followers * 0.0008) * (1.0 / (u + 0.02) - 0.9);

	return (int64_t)(v < 0 ? 0 : v);
}

static bool
about_bank(enum sim_topic t)
{
	return t < T_RIVAL || t >= T_OLD || t == T_HOLIDAY;
}

static void
put_members(struct sim *s, struct jw *w, const struct draft *d, enum sim_topic topic, const struct sim_pool *p,
    const struct seen *copied, const char *type)
{
	static const char *const voice[] = {"public", "own", "media", "public", "official", "public"};
	static const char *const feel[] = {"怒", "怒", "忧", "厌", "悲"};
	const char *label = p->label;
	double v = 0.55 + 0.4 * unit(s);
	bool none = strcmp(type, "none") == 0;

	if (!about_bank(topic))
		return;
	jw_key(w, "subjects");
	jw_arr(w);
	jw_obj(w);
	jw_kcstr(w, "id", "huapei-bank");
	jw_key(w, "terms");
	jw_arr(w);
	jw_cstr(w, topic == T_OUTAGE_EN ? "huapei" : "华沛");
	jw_end(w);
	jw_kcstr(w, "voice", voice[d->pen]);
	jw_end(w);
	jw_end(w);
	if (copied != NULL && copied->id.n > 0) {
		jw_key(w, "dup");
		jw_obj(w);
		jw_kstr(w, "cluster", buf_view(&copied->id));
		jw_kstr(w, "of", buf_view(&copied->id));
		jw_kint(w, "distance", d->how == HOW_NEAR ? 2 : 0);
		jw_end(w);
	}
	if (chance(s, 4)) /* a model is wrong now and then */
		label = label[2] == 'g' ? "neu" : "neg";
	jw_key(w, "sentiment");
	jw_obj(w);
	jw_kcstr(w, "label", label);
	jw_knum(w, "score", label[2] == 'g' ? -v : label[2] == 's' ? v : v / 4, 2);
	jw_knum(w, "confidence", v, 2);
	if (label[2] == 'g')
		jw_kcstr(w, "emotion", ONE(s, feel));
	jw_end(w);
	jw_key(w, "crisis");
	jw_obj(w);
	jw_kcstr(w, "type", type);
	jw_knum(w, "confidence", 0.6 + 0.39 * unit(s), 2);
	jw_kcstr(w, "industry", "bank");
	jw_key(w, "severity");
	jw_arr(w);
	if (topic == T_DEATH)
		jw_cstr(w, "death");
	if (!none && p->label[2] == 'g' && topic != T_DEATH && chance(s, 40))
		jw_cstr(w, "money");
	if (topic == T_REGULATOR)
		jw_cstr(w, "regulator");
	if (d->pen == PEN_MEDIA)
		jw_cstr(w, "media");
	jw_end(w);
	jw_kcstr(w, "kind", p->kind);
	jw_end(w);
}

static void
remember(struct seen *x, struct str id, struct str text, struct str root, const struct author *a, uint32_t author,
    int64_t t, uint8_t topic)
{
	buf_reset(&x->id);
	buf_str(&x->id, id);
	buf_reset(&x->text);
	buf_str(&x->text, text);
	buf_reset(&x->root);
	buf_str(&x->root, root);
	buf_reset(&x->name);
	put_name(a, &x->name);
	x->author = author;
	x->t = t;
	x->topic = topic;
	x->set = true;
}

/* What a repost answers: mostly one of the posts everybody sees, weighted to the latest. */
static struct seen *
parent_of(struct sim *s)
{
	if (s->nhub > 0 && chance(s, 70)) {
		size_t back = below(s, 1 + below(s, (uint32_t)(s->nhub < 10 ? s->nhub : 10)));

		return &s->hub[(s->nhub - 1 - back) % HUBS];
	}
	if (s->nring == 0)
		return NULL;
	return &s->ring[(s->nring - 1 - below(s, (uint32_t)(s->nring < RING ? s->nring : RING))) % RING];
}

static struct seen *
copied_by(struct sim *s, const struct draft *d)
{
	if (d->topic == T_OLD)
		return &s->old;
	if (d->topic == T_PLANT)
		return &s->plant[(size_t)(d->line < 0 ? 0 : d->line) % 8];
	return d->how == HOW_COPY || d->how == HOW_NEAR ? parent_of(s) : NULL;
}

static uint32_t
author_index(struct sim *s, const struct draft *d)
{
	uint32_t crowd = d->base ? 3000 : 60000;

	if (d->author != 0)
		return d->author;
	if (d->pen == PEN_OWN || d->pen == PEN_REGULATOR)
		return 1;
	if (d->pen == PEN_MEDIA || d->pen == PEN_KOL)
		return 1 + below(s, d->pen == PEN_KOL ? 7 : 10);
	/* some write often, most once */
	return 1 + (chance(s, 30) ? below(s, 1 + below(s, crowd)) : below(s, crowd));
}

/* Whether the post counts as a public negative for the truth. */
static bool
is_public_negative(const struct draft *d, enum sim_topic topic)
{
	return about_bank(topic) && sim_pool[topic].label[2] == 'g' &&
	    (d->pen == PEN_PUBLIC || d->pen == PEN_KOL || d->pen == PEN_HAND);
}

static void
put_metrics(struct sim *s, struct jw *w, const struct draft *d, enum platform pl, const struct author *a)
{
	bool loud = d->hub;
	int64_t f = a->followers;

	if (pl == HOTLINE)
		return;
	if (pl == APPSTORE) {
		jw_kint(w, "rating", sim_pool[d->topic].label[2] == 's' ? 5 : 1);
		return;
	}
	jw_key(w, "metrics");
	jw_obj(w);
	if (pl == NEWS || pl == WECHAT || pl == DOUYIN)
		jw_kint(w, pl == DOUYIN ? "plays" : "views", d->pen == PEN_HAND ? 3 : 40 + tally(s, f, loud ? 60 : 25));
	if (d->pen == PEN_HAND) {
		jw_kint(w, "likes", 0);
	} else {
		jw_kint(w, "reposts", tally(s, f, loud ? 4 : 0.25));
		jw_kint(w, "comments", tally(s, f, loud ? 6 : 0.6));
		jw_kint(w, "likes", tally(s, f, loud ? 20 : 2));
	}
	jw_end(w);
}

/* Writes the post into s->out and, for the truth, says whose it is. */
static void
write_post(struct sim *s, const struct draft *d, uint32_t *who, enum sim_topic *what)
{
	const char *line = line_of(s, d->topic, d->line);
	enum platform pl = place_of(s, d, line);
	struct seen *up = d->how == HOW_REPOST ? parent_of(s) : copied_by(s, d);
	uint32_t index = author_index(s, d);
	struct author a = author_of(index, d->pen);
	enum sim_topic topic = (enum sim_topic)d->topic;
	const struct sim_pool *pool;
	struct jw w;
	struct buf *b = &s->text;
	struct civil day = clock_civil(d->t + LOCAL);
	char clock[CLOCK_LEN];
	bool comment = false, noon = s->conf->kind == SIM_DAY && day.hour * 60 + day.minute >= 690;

	s->now = d->t;
	buf_reset(b);
	if (d->how == HOW_REPOST && up != NULL && up->set) {
		comment = chance(s, 40);
		topic = (enum sim_topic)up->topic == T_NOTICE ? T_ANGER : T_COMMENT;
		if (topic == T_ANGER || chance(s, 25))
			put_line(s, line_of(s, topic == T_ANGER ? T_ANGER : T_IRONY, -1), false, b);
		else if (chance(s, 92))
			put_line(s, line_of(s, T_COMMENT, -1), false, b);
		else
			buf_puts(b, "转发微博");
		if (!comment && pl == WEIBO)
			buf_printf(b, "//@%.*s:%.*s", STRF(buf_view(&up->name)), STRF(utf8_cut_bytes(buf_view(&up->text), 240)));
	} else if (up != NULL && up->set) {
		topic = (enum sim_topic)up->topic;
		if (d->how == HOW_NEAR)
			buf_puts(b, chance(s, 50) ? "转：" : "【扩散】");
		buf_str(b, buf_view(&up->text));
	} else if (d->topic <= T_COMMENT) {
		up = NULL;
		put_outage(s, topic, line, noon && d->pen != PEN_OWN && d->pen != PEN_MEDIA, b);
	} else {
		up = NULL;
		put_line(s, line, strcmp(sim_pool[topic].label, "neg") != 0, b);
		if ((topic == T_LIFE || topic == T_BANK_BAD || topic == T_DEVICE) && chance(s, 25))
			put_line(s, topic == T_BANK_BAD ? ONE(s, tail) : ONE(s, mild), false, b);
	}
	pool = &sim_pool[topic];
	*who = index + (uint32_t)d->pen * 1000000u;
	*what = topic;

	s->serial += 1 + below(s, 900000);
	buf_reset(&s->tmp);
	buf_printf(&s->tmp, "%s:%llu", platform_name[pl], (unsigned long long)(5236000000000000u + s->serial * 1000u));
	w = jw_open(&s->out);
	jw_obj(&w);
	jw_kcstr(&w, "kind", "post");
	jw_kstr(&w, "id", buf_view(&s->tmp));
	jw_key(&w, "source");
	buf_printf(&s->out, "\"sim-%s\"", platform_name[pl]);
	w.keyed = false;
	jw_kcstr(&w, "platform", platform_name[pl]);
	jw_kcstr(&w, "channel", pl == NEWS ? "news" : pl == HOTLINE ? "hotline" : pl == APPSTORE ? "review" :
	    pl == FORUM ? "forum" : "social");
	if (pl != HOTLINE) {
		jw_key(&w, "url");
		buf_printf(&s->out, "\"https://%s.example/%llu\"", platform_name[pl],
		    (unsigned long long)(5236000000000000u + s->serial * 1000u));
		w.keyed = false;
	}
	if (pl == NEWS && d->how == HOW_NEW) {
		jw_kstr(&w, "title", buf_view(b));
		buf_puts(b, has_han(buf_view(b)) ? "。记者多方采访了解到，" : ". ");
		put_line(s, line_of(s, has_han(buf_view(b)) ? T_OUTAGE : T_OUTAGE_EN, -1), false, b);
	}
	jw_kstr(&w, "text", buf_view(b));
	jw_kcstr(&w, "lang", has_han(buf_view(b)) ? "zh" : "en");
	jw_key(&w, "author");
	jw_obj(&w);
	jw_key(&w, "id");
	buf_printf(&s->out, "\"u%u%06x\"", d->pen, (unsigned)(a.h & 0xffffff) ^ index << 4);
	w.keyed = false;
	jw_key(&w, "name");
	{
		struct buf name = {0};

		put_name(&a, &name);
		jw_str(&w, buf_view(&name));
		buf_free(&name);
	}
	if (pl != HOTLINE && pl != APPSTORE) {
		jw_kint(&w, "followers", a.followers);
		jw_kbool(&w, "verified", a.verified);
	}
	if (a.type != NULL)
		jw_kcstr(&w, "type", a.type);
	jw_end(&w);
	jw_kstr(&w, "published", clock_format(d->t, clock));
	jw_kstr(&w, "collected", clock_format(d->due + 20 + (int64_t)below(s, 280), clock));
	if (d->how == HOW_REPOST && up != NULL && up->set) {
		jw_kstr(&w, "parent", buf_view(&up->id));
		jw_kstr(&w, "root", buf_view(&up->root));
		jw_kcstr(&w, "form", comment ? "comment" : "repost");
	} else {
		jw_kcstr(&w, "form", pl == NEWS ? "article" : pl == HOTLINE ? "complaint" : pl == DOUYIN ? "video" : "post");
	}
	jw_kcstr(&w, "region", region[(a.h >> 8) % 15]);
	put_metrics(s, &w, d, pl, &a);
	if (s->conf->members)
		put_members(s, &w, d, topic, pool, d->how == HOW_REPOST ? NULL : up,
		    d->how == HOW_REPOST && up != NULL && up->set && up->topic != T_NOTICE ? sim_pool[up->topic].type : pool->type);
	jw_end(&w);
	buf_putc(&s->out, '\n');

	if (d->topic == T_OLD && !s->old.set)
		remember(&s->old, buf_view(&s->tmp), buf_view(b), buf_view(&s->tmp), &a, index, d->t, d->topic);
	if (d->topic == T_PLANT && !copied_by(s, d)->set)
		remember(copied_by(s, d), buf_view(&s->tmp), buf_view(b), buf_view(&s->tmp), &a, index, d->t, d->topic);
	if (d->hub) {
		remember(&s->hub[s->nhub++ % HUBS], buf_view(&s->tmp), buf_view(b), buf_view(&s->tmp), &a, index, d->t,
		    d->topic);
	} else if (topic <= T_COMMENT && pl != HOTLINE && d->how <= HOW_REPOST) {
		remember(&s->ring[s->nring++ % RING], buf_view(&s->tmp), buf_view(b),
		    d->how == HOW_REPOST && up != NULL ? buf_view(&up->root) : buf_view(&s->tmp), &a, index, d->t,
		    d->how == HOW_REPOST && up != NULL && up->set && up->topic != T_NOTICE ? up->topic : (uint8_t)topic);
	}
}

/* --- plans ---------------------------------------------------------------------------------------------------- */

static struct draft *
add(struct sim *s, int64_t t, enum sim_topic topic)
{
	if (s->nd == s->cap)
		s->d = xgrow(s->d, &s->cap, s->nd + 1, sizeof *s->d);
	s->d[s->nd] = (struct draft){.t = t, .due = t, .seq = (uint32_t)s->nd, .topic = (uint8_t)topic, .line = -1,
	    .platform = -1, .base = true};
	return &s->d[s->nd++];
}

/* How busy people are by the hour of their day, in percent of the mean. */
static const int rhythm[24] = {45, 25, 14, 9, 8, 12, 32, 66, 104, 128, 140, 144, 150, 138, 128, 126, 130, 134, 146, 162, 176,
    180, 148, 92};

static double
habit(int64_t t)
{
	struct civil c = clock_civil(t + LOCAL);
	double a = rhythm[c.hour], b = rhythm[(c.hour + 1) % 24];

	return (a + (b - a) * (c.minute * 60 + c.second) / 3600.0) / 100.0;
}

struct knot {
	int minute;
	double rate; /* posts an hour */
};

static double
curve(const struct knot *k, size_t n, double minute)
{
	if (minute < k[0].minute || minute > k[n - 1].minute)
		return 0;
	for (size_t i = 1; i < n; i++)
		if (minute <= k[i].minute)
			return k[i - 1].rate + (k[i].rate - k[i - 1].rate) * (minute - k[i - 1].minute) /
			    (k[i].minute - k[i - 1].minute);
	return 0;
}

/* The day of the outage: scattered complaints from 8:40, a well-known account at 11:40, media from noon, the bank's
 * first words at 14:05, the regulator at 15:30, all restored at 19:30. */
static const struct knot outage_curve[] = {{518, 0}, {520, 4}, {560, 14}, {600, 45}, {640, 100}, {690, 230}, {700, 420},
    {740, 860}, {800, 1150}, {845, 1250}, {870, 1900}, {930, 1750}, {1000, 1500}, {1080, 1250}, {1170, 1050},
    {1230, 640}, {1320, 360}, {1440, 130}};
enum { NOTICE_AT = 845, RESTORED_AT = 1170 };

static enum sim_topic
outage_topic(struct sim *s, int minute)
{
	static const enum sim_topic t[] = {T_OUTAGE, T_OUTAGE_LONG, T_OUTAGE_EN, T_IRONY, T_CLAIM, T_RUN, T_ANGER, T_BYSTAND,
	    T_RELIEF, T_PATIENCE};
	static const int before[] = {62, 9, 6, 8, 6, 1, 0, 8, 0, 0}, after[] = {34, 6, 4, 13, 14, 5, 16, 5, 0, 3},
			 end[] = {10, 2, 2, 10, 15, 2, 10, 5, 36, 8};

	return t[pick(s, minute < NOTICE_AT ? before : minute < RESTORED_AT ? after : end, 10)];
}

/* n posts at moments drawn from a curve over the day's minutes. */
static void
spread_by(struct sim *s, const double cumulative[MINUTES + 1], int64_t n, void (*plan)(struct sim *, int64_t, int))
{
	for (int64_t i = 0; i < n; i++) {
		double x = unit(s) * cumulative[MINUTES];
		int lo = 0, hi = MINUTES;

		while (hi - lo > 1) {
			int mid = (lo + hi) / 2;

			if (cumulative[mid] <= x)
				lo = mid;
			else
				hi = mid;
		}
		plan(s, s->conf->start + lo * 60 + (int64_t)below(s, 60), lo);
	}
}

static void
plan_ordinary(struct sim *s, int64_t t, int minute)
{
	static const enum sim_topic topic[] = {T_LIFE, T_LIFE_EN, T_RIVAL, T_RIVAL_BAD, T_HOSPITAL, T_DEVICE, T_BANK, T_BANK_GOOD,
	    T_BANK_BAD, T_BANK_AD};
	static const int share[] = {420, 45, 120, 36, 110, 120, 70, 32, 17, 30};

	(void)minute;
	(void)add(s, t, topic[pick(s, share, 10)]);
}

static void
plan_outage(struct sim *s, int64_t t, int minute)
{
	struct draft *d = add(s, t, outage_topic(s, minute));
	uint32_t x = below(s, 100);

	d->base = false;
	if (minute > 540 && x < 26) {
		d->how = HOW_REPOST;
		d->topic = T_COMMENT;
	} else if (minute > 600 && x < 32) {
		d->how = x < 30 ? HOW_COPY : HOW_NEAR;
	}
}

static void
fixed(struct sim *s, int minute, enum sim_topic topic, int line, enum pen pen, int platform, uint32_t author)
{
	struct draft *d = add(s, s->conf->start + minute * 60 + (int64_t)below(s, 50), topic);

	d->line = (int16_t)line;
	d->pen = (uint8_t)pen;
	d->platform = (int8_t)platform;
	d->hub = true;
	d->base = false;
	d->author = author;
}

static void
plan_day(struct sim *s)
{
	static const int kol_at[] = {700, 722, 760, 815, 838, 862, 1010}, notice_at[] = {NOTICE_AT, 965, 1090, RESTORED_AT};
	static const int news_at[] = {741, 752, 765, 778, 800, 880, 850, 900, 915, 1120, 940, 1200, 996, 1050, 820, 1002};
	double *cum = xcalloc(2 * (MINUTES + 1), sizeof *cum), *out = cum + MINUTES + 1;
	int64_t n = s->conf->posts > 0 ? s->conf->posts : 22000, before, rest;

	for (int m = 0; m < MINUTES; m++) {
		cum[m + 1] = cum[m] + habit(s->conf->start + m * 60);
		out[m + 1] = out[m] + curve(outage_curve, sizeof outage_curve / sizeof *outage_curve, m);
	}
	for (int i = 0; i < 7; i++)
		fixed(s, kol_at[i], T_KOL, i, PEN_KOL, -1, (uint32_t)i + 7);
	for (int i = 0; i < 4; i++) {
		fixed(s, notice_at[i], T_NOTICE, i, PEN_OWN, WEIBO, 0);
		fixed(s, notice_at[i] + 4, T_NOTICE, i, PEN_OWN, WECHAT, 0);
	}
	fixed(s, 930, T_REGULATOR, 0, PEN_REGULATOR, WEIBO, 0);
	fixed(s, 992, T_REGULATOR, 1, PEN_REGULATOR, WEIBO, 0);
	for (int i = 0; i < 16; i++) {
		fixed(s, news_at[i], T_NEWS, i, PEN_MEDIA, i >= 14 ? TWITTER : NEWS, 1 + (uint32_t)i * 3 % 10);
		for (uint32_t k = 0, more = 2 + below(s, 7); k < more; k++) {
			struct draft *d = add(s, s->conf->start + (news_at[i] + 3) * 60 + (int64_t)below(s, 3600), T_NEWS);

			d->line = (int16_t)i;
			d->pen = PEN_MEDIA;
			d->author = 1 + below(s, 10);
			d->base = false;
		}
	}
	before = (int64_t)s->nd;
	rest = n > before ? n - before : 0;
	spread_by(s, out, rest * 54 / 100, plan_outage);
	spread_by(s, cum, rest - rest * 54 / 100, plan_ordinary);
	free(cum);
	s->type = "system.outage";
}

/* --- the short kinds ------------------------------------------------------------------------------------------ */

struct plan {
	double rate;         /* everyday mentions an hour, mean */
	double negative;     /* their negative share */
	double swing;        /* 0 flat .. 1 the full rhythm, more exaggerates */
	double weekend;      /* factor on Saturday and Sunday */
	double payday;       /* factor on one weekday's working hours: habit too */
	double shift;        /* factor from shift_at on */
	int64_t shift_at;
	int64_t feast;       /* a day of greetings starts here; 0: none */
	double feast_factor;
	int64_t gap, gap_end; /* platform weibo is not delivered between these */
};

static double
everyday(const struct plan *p, int64_t t)
{
	struct civil c = clock_civil(t + LOCAL);
	double h = 1 + (habit(t) - 1) * p->swing, v;

	if (h < 0.05)
		h = 0.05;
	v = p->rate * h;
	if (c.weekday == 0 || c.weekday == 6)
		v *= p->weekend;
	if (c.weekday == 3 && c.hour >= 10 && c.hour < 16)
		v *= p->payday;
	if (p->shift_at > 0 && t >= p->shift_at)
		v *= p->shift;
	return v;
}

static void
ordinary_voice(struct sim *s, const struct plan *p, int64_t t)
{
	double x = unit(s);

	if (x < p->negative)
		(void)add(s, t, T_BANK_BAD);
	else if (x < p->negative + 0.2)
		(void)add(s, t, T_BANK_GOOD);
	else if (x < p->negative + 0.3)
		(void)add(s, t, T_BANK_AD);
	else if (x < p->negative + 0.32)
		add(s, t, T_BANK)->pen = PEN_OWN;
	else
		(void)add(s, t, T_BANK);
}

/* A crisis of public negatives: peak an hour, reached after rise seconds, then falling by half every half seconds. */
static void
crisis(struct sim *s, int64_t at, int64_t rise, int64_t half, double peak, bool slow, bool deadly)
{
	int64_t end = s->conf->start + (int64_t)s->conf->days * 86400;

	s->begin = at;
	s->type = deadly ? "service.attitude" : "system.outage";
	for (int64_t t = at; t < end; t += 60) {
		double x = (double)(t - at) / (double)rise, v, wake = slow ? 0.35 + 0.65 * habit(t) : 1;
		int n;

		v = x < 1 ? (slow ? pow(peak, x) : peak * x) : peak * pow(0.5, (double)(t - at - rise) / (double)half);
		if (x >= 1 && v < 2)
			break;
		n = poisson(s, v * wake / 60);
		for (int i = 0; i < n; i++) {
			static const enum sim_topic t3[] = {T_OUTAGE, T_CLAIM, T_IRONY, T_OUTAGE_EN};
			static const int w3[] = {70, 14, 12, 4};
			struct draft *d = add(s, t + (int64_t)below(s, 60), deadly ? T_DEATH : t3[pick(s, w3, 4)]);

			d->base = false;
			if (i > 0 && chance(s, 12))
				d->how = HOW_REPOST;
			else if (i > 0 && chance(s, 6))
				d->how = HOW_COPY;
			if (x > 0.3 && below(s, 400) == 0) {
				d->topic = T_NEWS;
				d->pen = PEN_MEDIA;
				d->hub = true;
			} else if (x > 0.2 && below(s, 300) == 0) {
				d->hub = true;
			}
		}
	}
}

static void
plan_stream(struct sim *s)
{
	enum sim_kind kind = s->conf->kind;
	int64_t start = s->conf->start, days = s->conf->days, end = start + days * 86400, at;
	struct plan p = {.negative = 0.1 + 0.12 * unit(s), .swing = 0.4 + 0.6 * unit(s), .weekend = 0.8 + 0.3 * unit(s),
	    .payday = 1, .shift = 1, .feast_factor = 1};
	bool deadly = false;

	p.rate = s->conf->posts > 0 ? (double)s->conf->posts / 24 : 1.5 * pow(40, unit(s)); /* 1.5 .. 60 an hour */
	/* something happens in the last third, at any hour */
	at = start + days * 86400 * 2 / 3 + (int64_t)below(s, (uint32_t)(days * 86400 / 5));
	switch (kind) {
	case SIM_SEASONAL:
		p.rate *= 1 + 4 * unit(s);
		p.swing = 1 + 0.3 * unit(s);
		p.weekend = 0.3 + 0.4 * unit(s);
		p.payday = 1.5 + 2 * unit(s);
		p.negative += 0.1 * unit(s);
		break;
	case SIM_SHIFT:
		p.shift = 1.8 + 1.7 * unit(s);
		p.shift_at = at - days * 86400 / 4;
		break;
	case SIM_HOLIDAY:
		p.feast = at - (at + LOCAL) % 86400;
		p.feast_factor = 2 + 3 * unit(s);
		break;
	case SIM_SOURCE:
		p.gap = at;
		p.gap_end = at + 4 * 3600 + (int64_t)below(s, 10 * 3600);
		break;
	case SIM_SLOW:
		deadly = chance(s, 30);
		crisis(s, at - 86400, 86400 + (int64_t)below(s, 2 * 86400), 6 * 3600 + (int64_t)below(s, 12 * 3600),
		    deadly ? 25 + 60 * unit(s) : fmax(180, 14 * p.rate * p.negative) * (1 + 2 * unit(s)), true, deadly);
		break;
	case SIM_FLASH:
		deadly = chance(s, 20);
		crisis(s, at, 600 + (int64_t)below(s, 3600), 3 * 3600 + (int64_t)below(s, 9 * 3600),
		    fmax(260, 20 * p.rate * p.negative) * (1 + 4 * unit(s)), false, deadly);
		break;
	case SIM_REPLAY:
		for (int i = 0, n = 150 + (int)below(s, 500); i < n; i++) {
			double u = unit(s);
			struct draft *d = add(s, at + (int64_t)(u * u * 4 * 3600), T_OLD);

			d->how = chance(s, 80) ? HOW_COPY : HOW_NEAR;
			d->base = false;
		}
		break;
	case SIM_PLANTED:
		for (int i = 0, n = 150 + (int)below(s, 500), hands = 3 + (int)below(s, 15); i < n; i++) {
			struct draft *d = add(s, at + (int64_t)below(s, 3 * 3600), T_PLANT);

			d->author = 1 + below(s, (uint32_t)hands);
			d->pen = PEN_HAND;
			d->line = (int16_t)below(s, 3);
			d->how = HOW_COPY;
			d->base = false;
		}
		break;
	default:
		if (kind == SIM_QUIET && chance(s, 40)) /* something goes round that means nothing */
			for (int i = 0, n = 100 + (int)below(s, 500); i < n; i++) {
				struct draft *d = add(s, at + (int64_t)(unit(s) * unit(s) * 20 * 3600), T_VIRAL);

				d->base = false;
			}
		break;
	}
	s->minutes = days * MINUTES;
	s->expect = xcalloc((size_t)s->minutes + 1, sizeof *s->expect);
	for (int64_t t = start, m = 0; t < end; t += 60, m++) {
		double v = everyday(&p, t), fest = 0;
		int n;

		s->expect[m] = v * p.negative / 60;
		if (p.feast > 0 && t >= p.feast && t < p.feast + 2 * 86400) {
			fest = v * p.feast_factor;
			v *= 1 + (p.feast_factor - 1) * 0.3;
		}
		n = poisson(s, v / 60);
		for (int i = 0; i < n; i++)
			ordinary_voice(s, &p, t + (int64_t)below(s, 60));
		n = poisson(s, fest / 60);
		for (int i = 0; i < n; i++)
			(void)add(s, t + (int64_t)below(s, 60), T_HOLIDAY);
	}
	if (kind == SIM_SOURCE)
		for (size_t i = 0; i < s->nd; i++)
			if (s->d[i].t >= p.gap && s->d[i].t < p.gap_end && chance(s, 60)) {
				s->d[i].platform = WEIBO;
				s->d[i].due = p.gap_end + (int64_t)below(s, 1200);
			}
	if (kind == SIM_REPLAY) {
		struct author a = author_of(5, PEN_MEDIA);

		if (chance(s, 50)) { /* told for the first time in the days that are shown, else long before */
			struct draft *d = add(s, start + 3600 + (int64_t)below(s, 43200), T_OLD);

			d->pen = PEN_MEDIA;
			return;
		}
		buf_reset(&s->text);
		put_line(s, line_of(s, T_OLD, -1), false, &s->text);
		remember(&s->old, STR("weibo:5001200000731000"), buf_view(&s->text), STR("weibo:5001200000731000"), &a, 5,
		    start - 200 * 86400, T_OLD);
	}
}

static int
by_time(const void *a, const void *b)
{
	const struct draft *x = a, *y = b;

	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* --- the truth ------------------------------------------------------------------------------------------------ */

struct voice {
	int64_t t;
	uint32_t who;
	bool grave;
};

struct watch {
	struct voice *v;
	size_t n, cap, hour, day; /* first within 60 min, within 24 h */
	uint16_t *hourly, *daily; /* by author, hashed; large enough that collisions do not matter */
	int in_hour, in_day;
};
enum { WATCH = 1 << 22 };

static uint32_t
watch_slot(uint32_t who)
{
	return (uint32_t)hash_u64(who) & (WATCH - 1);
}

/* The rule of a reasonable duty officer, on what was really said. */
static void
judge(struct sim *s, struct watch *w, int64_t t, uint32_t who, bool grave)
{
	double expected = 0;
	int64_t m = (t - s->conf->start) / 60;

	if (w->n == w->cap)
		w->v = xgrow(w->v, &w->cap, w->n + 1, sizeof *w->v);
	w->v[w->n++] = (struct voice){t, who, grave};
	if (w->hourly[watch_slot(who)]++ == 0)
		w->in_hour++;
	if (grave && w->daily[watch_slot(who)]++ == 0)
		w->in_day++;
	for (; w->v[w->hour].t <= t - 3600; w->hour++)
		if (--w->hourly[watch_slot(w->v[w->hour].who)] == 0)
			w->in_hour--;
	for (; w->v[w->day].t <= t - 86400; w->day++)
		if (w->v[w->day].grave && --w->daily[watch_slot(w->v[w->day].who)] == 0)
			w->in_day--;
	for (int64_t i = m > 60 ? m - 60 : 0; i < m && i < s->minutes; i++)
		expected += s->expect[i];
	if (w->in_hour >= (8 * expected > 100 ? 8 * expected : 100) || w->in_day >= 20) {
		if (s->orange == 0)
			s->orange = t;
		s->until = t;
	}
}

static void
put_truth(struct sim *s, sim_fn *fn, void *ctx)
{
	struct jw w;

	buf_reset(&s->out);
	w = jw_open(&s->out);
	jw_obj(&w);
	jw_kcstr(&w, "kind", "truth");
	jw_kcstr(&w, "stream", sim_kind_name[s->conf->kind]);
	jw_kint(&w, "seed", (int64_t)(s->conf->seed & INT64_MAX));
	jw_kcstr(&w, "subject", "huapei-bank");
	jw_kbool(&w, "crisis", s->orange != 0);
	if (s->type != NULL)
		jw_kcstr(&w, "type", s->type);
	jw_ktime_opt(&w, "begin", s->begin);
	if (s->orange != 0) {
		jw_ktime(&w, "orange", s->orange);
		jw_ktime(&w, "until", s->until);
	}
	jw_ktime(&w, "from", s->conf->start);
	jw_ktime(&w, "to", s->nd > 0 ? s->d[s->nd - 1].t : s->conf->start);
	jw_end(&w);
	fn(ctx, buf_view(&s->out));
}

/* Posts that were held back, in the order they are delivered. */
struct held {
	int64_t due;
	size_t off, n;
};

static int
by_due(const void *a, const void *b)
{
	const struct held *x = a, *y = b;

	if (x->due != y->due)
		return x->due < y->due ? -1 : 1;
	return x->off < y->off ? -1 : x->off > y->off;
}

int
sim_run(const struct sim_conf *given, sim_fn *fn, void *ctx, struct err *e)
{
	struct sim_conf conf = *given;
	struct sim *s;
	struct watch w = {0};
	struct buf late = {0};
	struct held *held = NULL;
	size_t nheld = 0, heldcap = 0;
	enum sim_topic topic;
	uint32_t who;

	if (conf.kind >= SIM_KINDS)
		return err_set(e, ERR_USAGE, "unknown kind of stream");
	if (conf.kind == SIM_DAY)
		conf.days = 1;
	else if (conf.days == 0)
		conf.days = 10;
	if (conf.days < 1 || conf.days > 400 || conf.posts < 0 || conf.posts > 50000000)
		return err_set(e, ERR_USAGE, "a stream has 1 to 400 days and at most 50 million posts");
	s = xcalloc(1, sizeof *s);
	s->conf = &conf;
	s->rng = hash_u64(conf.seed + 0x5eed) + (uint64_t)conf.kind;
	if (conf.kind == SIM_DAY)
		plan_day(s);
	else
		plan_stream(s);
	for (size_t i = 0; i < s->nd; i++)
		s->d[i].due = s->d[i].due > s->d[i].t ? s->d[i].due : s->d[i].t;
	qsort(s->d, s->nd, sizeof *s->d, by_time);
	w.hourly = xcalloc(WATCH, sizeof *w.hourly);
	w.daily = xcalloc(WATCH, sizeof *w.daily);
	for (size_t i = 0; i < s->nd; i++) {
		const struct draft *d = &s->d[i];

		buf_reset(&s->out);
		write_post(s, d, &who, &topic);
		if (is_public_negative(d, topic) && d->topic != T_OLD && d->topic != T_PLANT)
			judge(s, &w, d->t, who, topic == T_DEATH);
		if (conf.kind != SIM_SOURCE) {
			fn(ctx, str_n(s->out.p, s->out.n - 1));
			continue;
		}
		if (nheld == heldcap)
			held = xgrow(held, &heldcap, nheld + 1, sizeof *held);
		held[nheld++] = (struct held){d->due, late.n, s->out.n - 1};
		buf_str(&late, buf_view(&s->out));
		buf_reset(&s->out);
	}
	if (nheld > 0)
		qsort(held, nheld, sizeof *held, by_due);
	for (size_t i = 0; i < nheld; i++)
		fn(ctx, str_n(late.p + held[i].off, held[i].n));
	if (conf.truth)
		put_truth(s, fn, ctx);
	for (size_t i = 0; i < RING + HUBS + 9; i++) {
		struct seen *x = i < RING ? &s->ring[i] : i < RING + HUBS ? &s->hub[i - RING] : i < RING + HUBS + 8 ?
		    &s->plant[i - RING - HUBS] : &s->old;

		buf_free(&x->id);
		buf_free(&x->text);
		buf_free(&x->root);
		buf_free(&x->name);
	}
	buf_free(&s->text);
	buf_free(&s->out);
	buf_free(&s->tmp);
	buf_free(&late);
	free(held);
	free(s->d);
	free(s->expect);
	free(w.v);
	free(w.hourly);
	free(w.daily);
	free(s);
	return 0;
}
