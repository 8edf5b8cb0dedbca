#include "model/blame.h"

enum { FAR = 40, PASSIVE = 12 /* units */, CLASS = 256, MAX_NAMES = 256, MAX_WORDS = 1024 /* of one text; enough, and bounded */ };
/* What a word says of the names around it; a matcher's value is the class times CLASS and a number. */
enum word_class {
	NEAR,    /* something is wrong with the nearest */
	BETTER,  /* of two compared the first is better */
	DOER,    /* wrong is done by the name before it to the one behind it */
	ACCUSES  /* the name before it says so of the one behind it */
};

static const char *const near_words[] = {"骗", "坑", "垃圾", "黑心", "崩", "瘫痪", "故障", "投诉", "曝光", "维权", "退款", "爆炸", "起火",
    "隐瞒", "泄露", "误诊", "事故", "推诿", "敷衍", "态度差", "乱收费", "道歉", "赔", "死亡", "失望", "差劲", "欺诈", "违规", "被罚",
    "处罚", "裁员", "拖欠", "侵权", "造假", "虚假", "打不通", "登不上", "scam", "fraud", "broken", "crash", "down", "outage",
    "worst", "terrible", "refund", "complaint", "lied", "recall", "leak", "fire", "lawsuit", "fined",
    "差远了", "差多了", "差太多", "更差", "还差", "不如", "比不上", "的气", "半斤八两", "扣了我", "多扣", "乱扣", "冻结", "失灵", "瘫", "挂了", "卡死",
    "倒闭", "跑路", "爆雷", "偷", "吃相", "恶心", "坑人", "害我", "害得", "不作为", "不靠谱", "不认账", "拒绝", "糊弄", "忽悠", "丢人", "打人",
    "worse than", "avoid", "awful", "useless", "overcharged", "hacked", "breach", "scammed", "incompetent", "rude", NULL};
static const char *const better_words[] = {"好太多", "好多了", "强多了", "强太多", "好得多", "强得多", "靠谱多了", "方便多了", "快多了", NULL};
static const char *const doer_words[] = {"抄袭", "剽窃", "照抄", "盗用", "侵犯", "山寨了", "诋毁", "抹黑", "污蔑", "造谣", "碰瓷", "was sued", "were sued",
    "is sued", "is being sued", "been sued", "got sued", "gets sued", "copied", "copies", "plagiarised", "plagiarized", "stole from",
    "infringed", "infringes", "smeared", NULL};
static const char *const accuse_words[] = {"起诉", "状告", "控告", "告上法庭", "sued", "sues", "suing", "accused", "accuses", "copied by",
    "plagiarised by", "plagiarized by", "infringed by", "smeared by", NULL};

void
blame_words(struct matcher *m, const struct fold *fold)
{
	static const char *const *const lists[] = {near_words, better_words, doer_words, accuse_words};

	for (uint32_t c = 0; c < sizeof lists / sizeof *lists; c++)
		for (uint32_t i = 0; lists[c][i] != NULL; i++)
			(void)matcher_add(m, fold, str_c(lists[c][i]), c * CLASS + i);
	matcher_build(m);
}

static bool
inside(uint32_t unit, uint32_t n, uint32_t of, uint32_t of_n)
{
	return unit >= of && unit + n <= of + of_n && n < of_n;
}

/* "sued" within "was sued" says nothing by itself. */
static bool
part_of_another(const struct match_text *t, size_t k)
{
	const struct match_hit *h = &t->hit[k];

	for (size_t i = k > 8 ? k - 8 : 0; i < t->nhit && i < k + 8; i++)
		if (i != k && t->hit[i].value >= DOER * CLASS && inside(h->unit, h->nunit, t->hit[i].unit, t->hit[i].nunit))
			return true;
	return false;
}

/* A longer spelling of the same name at the same place, or the same one again. */
static bool
said_already(const struct blame_name *names, size_t n, size_t k)
{
	for (size_t i = 0; i < n; i++)
		if (i != k && names[i].who == names[k].who && (inside(names[k].unit, names[k].nunit, names[i].unit, names[i].nunit) ||
		    (i < k && names[i].unit == names[k].unit && names[i].nunit == names[k].nunit)))
			return true;
	return false;
}

/* Units between the ends from and to; -1: too many, or a sentence ends there. *clauses: commas among them. */
static int
distance(const struct match_text *t, uint32_t from, uint32_t to, int *clauses)
{
	*clauses = 0;
	if (to > from + FAR)
		return -1;
	for (uint32_t u = from; u < to; u++) {
		if (t->unit[u].flag & MATCH_BREAK)
			return -1;
		*clauses += t->id[u] == ',' || t->id[u] == 0xff0c;
	}
	return to > from ? (int)(to - from) : 0;
}

/* Behind 比, 不如: what another is measured by. */
static bool
yardstick(const struct match_text *t, uint32_t unit)
{
	return unit > 0 && (t->id[unit - 1] == 0x6bd4 || (unit > 1 && t->id[unit - 2] == 0x4e0d && t->id[unit - 1] == 0x5982));
}

static void
weigh_near(const struct match_text *t, const struct match_hit *h, struct blame_name *x)
{
	bool before = x->unit < h->unit;
	int clauses, d = before ? distance(t, x->unit + x->nunit, h->unit, &clauses) : distance(t, h->unit + h->nunit, x->unit, &clauses);

	if (d < 0 || yardstick(t, x->unit) != (h->value / CLASS == BETTER)) /* A 比 B 差 blames A, A 比 B 好 rather B */
		return;
	/* a name comes before what it did, and in the same clause */
	x->weight += 1.0 / (1 + d) * (before ? 1.0 : 0.7) * (clauses > 0 ? 0.5 : 1.0);
}

/* The nearest name that ends at or before a unit, or starts at or behind it; NULL when the sentence has none there. */
static struct blame_name *
nearest(const struct match_text *t, struct blame_name *names, size_t n, uint32_t unit, bool before)
{
	struct blame_name *best = NULL;
	int least = FAR + 1, clauses;

	for (size_t i = 0; i < n; i++) {
		uint32_t end = names[i].unit + names[i].nunit;
		int d = -1;

		if (names[i].weight < 0)
			continue;
		if (before && end <= unit)
			d = distance(t, end, unit, &clauses);
		else if (!before && names[i].unit >= unit)
			d = distance(t, unit, names[i].unit, &clauses);
		if (d >= 0 && d < least) {
			least = d;
			best = &names[i];
		}
	}
	return best;
}

/* 被 or 遭 in the clause before a word; its unit + 1, or 0. */
static uint32_t
passive(const struct match_text *t, uint32_t unit)
{
	for (uint32_t u = unit; u > 0 && unit - u < PASSIVE; u--) {
		if ((t->unit[u - 1].flag & MATCH_BREAK) || t->id[u - 1] == ',' || t->id[u - 1] == 0xff0c)
			return 0;
		if (t->id[u - 1] == 0x88ab || t->id[u - 1] == 0x906d)
			return u;
	}
	return 0;
}

/* 被指, 被曝, 被控, 被疑, 被质…, 被举…: what follows is what is said of the one before. */
static bool
alleged(uint32_t id)
{
	return id == 0x6307 || id == 0x66dd || id == 0x63a7 || id == 0x7591 || id == 0x8d28 || id == 0x4e3e || id == 0x7206;
}

static bool
denied(const struct match_text *t, uint32_t unit) /* 没, 未, 否(认) just before */
{
	for (uint32_t u = unit; u > 0 && unit - u < 2; u--)
		if (t->id[u - 1] == 0x6ca1 || t->id[u - 1] == 0x672a || t->id[u - 1] == 0x5426)
			return true;
	return false;
}

static struct blame_name *
directed(const struct match_text *t, const struct match_hit *h, struct blame_name *names, size_t n)
{
	uint32_t by = passive(t, h->unit);
	struct blame_name *x;

	if (denied(t, h->unit))
		return NULL;
	if (h->value / CLASS == ACCUSES) /* A 起诉 B, B 被 A 起诉 */
		return by > 0 ? nearest(t, names, n, by - 1, true) : nearest(t, names, n, h->unit + h->nunit, false);
	x = nearest(t, names, n, h->unit, true);
	if (by > 0 && x != NULL && x->unit < by && !alleged(t->id[by])) /* B 被抄袭: by whom is not said */
		return NULL;
	return x; /* A 抄袭 B, B 被 A 抄袭, A 被指抄袭 */
}

void
blame_weigh(const struct match_text *t, struct blame_name *names, size_t n)
{
	if (n > MAX_NAMES) {
		memset(names + MAX_NAMES, 0, (n - MAX_NAMES) * sizeof *names);
		n = MAX_NAMES;
	}
	for (size_t i = 0; i < n; i++) /* below 0: counts under another spelling */
		names[i].weight = said_already(names, n, i) ? -1 : 0;
	for (size_t k = 0; k < t->nhit && k < MAX_WORDS; k++) {
		const struct match_hit *h = &t->hit[k];

		if (h->value >= DOER * CLASS) {
			struct blame_name *x = part_of_another(t, k) ? NULL : directed(t, h, names, n);

			if (x != NULL)
				x->weight += 2; /* more than any nearness */
			continue;
		}
		for (size_t i = 0; i < n; i++)
			if (names[i].weight >= 0)
				weigh_near(t, h, &names[i]);
	}
	for (size_t i = 0; i < n; i++)
		if (names[i].weight < 0)
			names[i].weight = 0;
}
