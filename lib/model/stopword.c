#include <stdlib.h>

#include "base/utf8.h"
#include "model/stopword.h"

/* Both sorted by bytes: see find. */
static const char *const words[] = {
    "able", "about", "above", "across", "actually", "after", "again", "against", "ago", "all", "also",
    "always", "am", "among", "amp", "an", "and", "another", "any", "anyone", "anything", "are", "aren't",
    "around", "as", "ask", "asked", "at", "back", "bad", "basically", "be", "because", "been", "before",
    "behind", "being", "between", "beyond", "big", "both", "but", "by", "came", "can", "can't", "cannot",
    "cant", "com", "come", "comes", "coming", "could", "couldn't", "day", "days", "did", "didn't", "didnt",
    "do", "does", "doesn't", "doesnt", "doing", "don't", "done", "dont", "down", "during", "each", "eight",
    "eleven", "even", "ever", "every", "everyone", "everything", "feel", "felt", "few", "fifty", "find",
    "first", "five", "for", "forty", "found", "four", "from", "gave", "get", "gets", "getting", "give",
    "given", "go", "goes", "going", "gone", "good", "got", "had", "hadn't", "half", "has", "hasn't", "have",
    "haven't", "having", "he", "he's", "hello", "her", "here", "hers", "hey", "him", "his", "hour", "hours",
    "how", "http", "https", "hundred", "i'd", "i'll", "i'm", "i've", "if", "im", "in", "into", "is", "isn't",
    "isnt", "it", "it's", "its", "ive", "just", "keep", "keeps", "kept", "knew", "know", "known", "last",
    "left", "let", "let's", "lets", "like", "liked", "literally", "little", "lol", "long", "look", "looking",
    "looks", "lot", "lots", "made", "make", "makes", "making", "many", "may", "maybe", "me", "might", "mine",
    "minute", "minutes", "month", "months", "more", "most", "much", "must", "my", "need", "needed", "needs",
    "never", "new", "next", "nine", "no", "nobody", "nor", "not", "nothing", "now", "of", "off", "ok", "okay",
    "old", "omg", "on", "once", "one", "only", "onto", "or", "other", "others", "our", "ours", "out", "over",
    "own", "people", "per", "perhaps", "please", "pretty", "put", "quite", "really", "right", "rt", "said",
    "same", "saw", "say", "saying", "says", "see", "seems", "seen", "seven", "shall", "she", "she's",
    "should", "shouldn't", "since", "six", "so", "some", "someone", "something", "still", "such", "sure",
    "take", "taken", "takes", "tell", "tells", "ten", "than", "thank", "thanks", "that", "that's", "thats",
    "the", "their", "theirs", "them", "then", "there", "there's", "these", "they", "they're", "they've",
    "thing", "things", "think", "thirty", "this", "those", "thought", "thousand", "three", "through", "time",
    "times", "to", "today", "told", "tomorrow", "tonight", "too", "took", "toward", "towards", "tried", "try",
    "trying", "twelve", "twenty", "two", "under", "until", "up", "upon", "us", "use", "used", "using", "very",
    "via", "want", "wanted", "wants", "was", "wasn't", "way", "we", "we're", "we've", "week", "weeks", "well",
    "went", "were", "weren't", "what", "what's", "when", "where", "which", "while", "who", "whom", "whose",
    "why", "will", "with", "within", "without", "won't", "wont", "would", "wouldn't", "www", "yeah", "year",
    "years", "yes", "yesterday", "yet", "you", "you'll", "you're", "you've", "your", "yours", "一下", "一个",
    "一个月", "一些", "一会", "一会儿", "一只", "一天", "一定", "一家", "一年", "一月", "一样", "一次",
    "一点", "一点儿", "一直", "一种", "一起", "一边", "三个", "三天", "三年", "上午", "上次", "上面", "下午",
    "下次", "下面", "不上", "不下", "不了", "不仅", "不会", "不出", "不到", "不去", "不如", "不得", "不想",
    "不是", "不来", "不用", "不知", "不知道", "不管", "不能", "不行", "不要", "不让我", "不起", "不过",
    "东西", "两个", "两个月", "两天", "两年", "个小时", "个月", "中午", "为什么", "之前", "之后", "之类",
    "之间", "也不", "也是", "也有", "也没", "了吗", "了吧", "了呢", "了我", "事情", "于是", "人家", "人都",
    "什么", "什么时候", "什么的", "今天", "今年", "从而", "他们", "他家", "他是", "他的", "以上", "以下",
    "以前", "以及", "以后", "似乎", "但是", "作为", "你们", "你好", "你是", "你的", "使用", "先生", "全文",
    "关于", "其他", "其它", "其实", "再也", "再说", "几个", "几天", "几次", "出来", "分享图片", "分钟",
    "刚刚", "刚才", "别人", "到了", "到底", "到现在", "前面", "包括", "十分", "半天", "即使", "原微博",
    "原来", "去了", "去年", "反正", "另外", "只好", "只是", "只有", "只能", "只要", "可以", "可能", "各种",
    "同一", "后面", "吗我", "听到", "呜呜", "呜呜呜", "呵呵", "哈哈", "哈哈哈", "哪里", "啊啊啊", "嗯嗯",
    "嘿嘿", "因为", "因此", "图片", "外面", "多分钟", "多少", "多年", "多次", "大家", "大家好", "女士",
    "她们", "她的", "好了", "好像", "好吗", "如何", "如果", "它的", "完了", "对于", "小时", "尤其", "就是",
    "就有", "就没", "就算", "就能", "就要", "居然", "展开全文", "左右", "已经", "希望", "年月", "并且",
    "应该", "开始", "当中", "当时", "很多", "得到", "微博", "必须", "怎么", "怎么办", "怎么样", "怎样",
    "情况", "想想", "感觉", "成为", "我也", "我们", "我在", "我妈说", "我家", "我就", "我是", "我的", "我都",
    "或者", "所以", "才能", "按照", "无论", "早上", "时候", "明天", "明年", "昨天", "是不是", "是吗", "是谁",
    "晚上", "更加", "更多", "最近", "月日", "有个", "有些", "有人", "有人说", "有没有", "有点", "有的",
    "有谁", "来了", "来自", "来说", "果然", "查看图片", "根据", "楼主", "每个", "每天", "每次", "比较",
    "毕竟", "没人", "没有", "没法", "然后", "特别", "现在", "甚至", "由于", "的人", "的是", "的话", "目前",
    "直到", "直接", "看了", "看到", "看看", "真的", "知道", "秒拍视频", "究竟", "突然", "立刻", "竟然",
    "第一", "第二", "等等", "终于", "网页链接", "而且", "而已", "而是", "自己", "至今", "虽然", "表示",
    "要不", "视频", "觉得", "认为", "说了", "说是", "说说", "请问", "谁知道", "谢谢", "走了", "起来",
    "越来越", "转发", "转发微博", "过了", "还是", "还有", "还没", "还能", "还要", "这一", "这个", "这么",
    "这些", "这家", "这是", "这样", "这次", "这种", "这边", "这里", "进行", "通过", "那一", "那个", "那么",
    "那些", "那家", "那是", "那样", "那种", "那边", "那里", "都不", "都是", "都有", "都没", "都能", "都要",
    "里面", "链接", "问题", "需要", "非常", "马上"};
static const char *const latin[] = {
    "a", "about", "after", "against", "all", "also", "am", "amp", "an", "and", "and/or", "any", "are", "as",
    "at", "be", "because", "been", "before", "being", "between", "but", "by", "can", "can't", "could", "did",
    "didn't", "do", "does", "don't", "down", "during", "even", "ever", "every", "for", "from", "get", "go",
    "got", "had", "has", "have", "he", "her", "here", "him", "his", "how", "i", "i'd", "i'm", "i've", "if",
    "in", "into", "is", "isn't", "it", "it's", "its", "just", "many", "may", "me", "might", "more", "most",
    "much", "must", "my", "no", "nor", "not", "now", "of", "off", "on", "only", "or", "other", "our", "out",
    "over", "per", "really", "rt", "she", "should", "since", "so", "some", "still", "such", "than", "that",
    "that's", "the", "their", "them", "then", "there", "these", "they", "this", "those", "through", "to",
    "too", "under", "until", "up", "us", "very", "via", "was", "wasn't", "we", "were", "what", "when",
    "where", "which", "while", "who", "why", "will", "with", "within", "without", "won't", "would", "you",
    "your"};

static int
against(const void *key, const void *item)
{
	return str_cmp(*(const struct str *)key, str_c(*(const char *const *)item));
}

static bool
find(struct str s, const char *const *list, size_t n)
{
	return bsearch(&s, list, n, sizeof *list, against) != NULL;
}

bool
stop_word(struct str s)
{
	return find(s, words, sizeof words / sizeof *words) || stop_latin(s);
}

bool
stop_latin(struct str s)
{
	return find(s, latin, sizeof latin / sizeof *latin);
}

static bool
among(uint32_t cp, const char *list)
{
	const char *end = list + strlen(list);

	while (list < end)
		if (utf8_step(list, end, &list) == cp)
			return true;
	return false;
}

enum stop_edge
stop_head(uint32_t cp)
{
	if (among(cp, "的吗呢吧啊呀嘛啦哦们么"))
		return STOP_HARD;
	return among(cp, "了着过地得之和与及或而且但并就都也还又才再很太更最是在有把被让给对从向到为以于由等个这那其该我你他她它您咱某什怎谁哪所因如若虽则"
	                 "说要会能可去来上下里中后前时将已曾便只却称请向跟比连按")
	    ? STOP_SOFT : STOP_NO;
}

enum stop_edge
stop_tail(uint32_t cp)
{
	if (among(cp, "的什很把被和与及或但并而且就也我你他她它您咱这那没个么吗呢吧啊呀嘛啦哦其所"))
		return STOP_HARD;
	return among(cp, "了着过地得是在有都还又才再太更最让给对从向到为以于由等谁哪因如若说要会能可去来上下里中后前时将已曾便只却称请跟比连按一不们之人") ?
	    STOP_SOFT : STOP_NO;
}
