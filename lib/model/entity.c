#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "model/entity.h"
#include "model/stopword.h"
#include "rec/json.h"

const char *const entity_name[ENTITY_KINDS] = {"org", "place", "product", "person", "amount", "time"};

/* What a listed word is; one word may be several. */
enum {
	W_ORG = 1 << 0,        /* end of an organisation's name */
	W_BODY = 1 << 1,       /* an authority, by itself or behind a place */
	W_PLACE = 1 << 2,      /* end of a place's name */
	W_CITY = 1 << 3,       /* a place */
	W_NOT = 1 << 4,        /* looks like a name with an end and is none: 超市, 手机银行 */
	W_BORDER = 1 << 5,     /* no name reaches over it */
	W_CURRENCY = 1 << 6,   /* before the number */
	W_MONEY = 1 << 7,      /* behind it */
	W_PERCENT = 1 << 8,
	W_PEOPLE = 1 << 9,     /* 患者, students */
	W_COUNTER = 1 << 10,   /* 名, 位 */
	W_THING = 1 << 11,     /* 台, 次, 年: then a number is no sum of money */
	W_SPENT = 1 << 12,     /* 亏损, 花了: the number behind is one */
	W_ROLE = 1 << 13,      /* 患者: before a pseudonym */
	W_TITLE = 1 << 14,     /* 医生: behind a surname */
	W_SURNAME = 1 << 15,
	W_COURTESY = 1 << 16,  /* 先生 */
	W_DAY = 1 << 17,       /* 昨天; v: days */
	W_PERIOD = 1 << 18,    /* 下午; v: hours added to a clock up to 12 */
	W_MONTH = 1 << 19,
	W_WEEKDAY = 1 << 20,
	W_MODEL = 1 << 21,     /* Pro, Max */
	W_GOODS = 1 << 22,     /* 胶囊: end of a product's name */
	W_DEVICE = 1 << 23,    /* 手环: a number behind it is a model */
	W_NUMBER = 1 << 24,    /* seven; v */
	W_MR = 1 << 25,        /* Dr, Patient */
	W_AGO = 1 << 26,       /* minutes, 天; v: seconds; 0: month, -1: year */
	W_GENERIC = 1 << 27,   /* 三甲, 当地: not by itself a name before an end */
	W_ABOUT = 1 << 28,     /* 约, at least: before a number */
	W_VERB = 1 << 29       /* stands before names: 投诉, Avoid */
};

struct word {
	uint32_t cp[20];
	uint8_t n;
	bool latin;
	uint32_t is;
	double v;
	const char *code;
};

struct entity_finder {
	const struct fold *fold;
	struct word *word;
	size_t nwords, word_cap;
	uint16_t *first;       /* index + 1 of the first word of a code point, by hash */
	bool sorted;
	/* of the present text: n code points, then four zeros */
	uint32_t *cp, *raw;    /* folded; as written */
	uint32_t *off;
	uint8_t *taken;
	uint32_t *is;          /* what words begin here: all their sorts */
	size_t n, cap, cap_raw, cap_off, cap_taken, cap_is;
	struct entity found[ENTITY_MAX];
	size_t nfound;
	struct entity spare;
	const struct entity_about *about;
	int zone;              /* of the writer: seconds east of UTC */
	int64_t today;         /* local day of about->published */
};

static const struct list {
	uint32_t is;
	const char *code;
	double v;
	const char *words; /* divided by blanks; "_" is a blank inside one */
} lists[] = {
    {W_ORG, NULL, 0, "医院 诊所 卫生院 保健院 银行 农商行 信用社 支行 分行 分理处 证券 保险 人寿 信托 公司 集团 科技 电器 电子 药业 医药 制药 "
     "食品 地产 置业 物业 超市 商场 百货 航空 快递 速运 物流 大学 学院 学校 中学 小学 幼儿园 养老院 福利院 敬老院 酒店 宾馆 餐厅 饭店 研究所 研究院 "
     "电视台 日报 晚报 出版社 俱乐部 健身 影城 旗舰店 专卖店 门店 工厂 化工厂 电子厂 煤矿 委员会 协会 基金会 信用卡中心 血液中心 体检中心 月子中心 公安局 派出所 "
     "教育局 税务局 民政局 管理局 监管局 监督局 环保局 卫生局 住建局 健康局 人社局 城管局 交通局 水务局 汽车 烟草局 检察院 法院 交警大队 地铁 水果 出行 教育 便利店"},
    {W_BODY, NULL, 0, "卫健委 卫计委 银保监局 银保监会 金融监管局 市场监管局 市场监督管理局 药监局 食药监局 卫生健康局 卫生健康委 应急管理局 生态环境局 "
     "消协 消保委 消费者协会 网信办 央行 中国人民银行 人民银行 证监会 公安部 公安局 工信部 教育部 卫福部 卫生部 金管会 纪委监委 纪委 监委 海关总署 国家电网 "
     "港交所 上交所 深交所 国务院 发改委 国资委 疾控中心 医保局 教育局 住建局 税务局 人社局 民政局 城管局 劳动局 消基会 食药署 健保署 国家药监局 国家税务总局 高铁局 "
     "fda fca cqc nhs hmrc ftc epa cdc cfpb bbc cnn"},
    {W_PLACE, NULL, 0, "省 市 县 区 镇 乡 路 街 大道 街道 机场 火车站 高铁站 地铁站 广场 小区 园区 开发区 大桥 新区 古镇 景区"},
    {W_CITY, NULL, 0, "北京 上海 天津 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 "
     "内蒙古 广西 西藏 宁夏 新疆 香港 澳门 石家庄 太原 沈阳 大连 长春 哈尔滨 南京 苏州 无锡 杭州 宁波 温州 合肥 福州 厦门 南昌 济南 青岛 郑州 武汉 长沙 广州 深圳 珠海 "
     "佛山 东莞 海口 三亚 成都 贵阳 昆明 西安 兰州 西宁 拉萨 银川 乌鲁木齐 呼和浩特 南宁 桂林 台北 台中 台南 高雄 新北 桃园 新竹 "
     "london manchester birmingham leeds liverpool bristol brighton glasgow edinburgh cardiff belfast dublin sheffield nottingham oxford cambridge "
     "new_york los_angeles chicago houston boston seattle san_francisco washington atlanta dallas miami denver philadelphia toronto vancouver sydney "
     "melbourne brisbane singapore hong_kong beijing shanghai shenzhen guangzhou taipei tokyo paris berlin madrid rome"},
    {W_NOT, NULL, 0, "评论区 差评区 匿名区 弹幕区 留言区 步行街 条街 全程 跨省 跨区 驻村 跑路 线路 开路 出路 后路 退路 活路 死路 弯路 绕路 带路 问路 赶路 回路 套路 "
     "隔离区 等候区 休息区 服务区 工作区 生活区 景区 校区 库区 集市 夜市 菜市 停市 开市 收市 救市 熊市 牛市 黑市 入市 节省 半价区 家小区 本小区 手机银行 网上银行 个人银行 网银 血液银行 上市 股市 城市 门市 超市 都市 市场 市民 社区 地区 专区 灾区 城区 郊区 片区 院区 病区 厂区 半路 一路 走路 电路 短路 铁路 公路 "
     "高速公路 网路 思路 道路 马路 路上 逛街 大街 家乡 老乡 下乡 农村 村镇 城镇 乡镇 全县 全省 全市 市区 区别 区域 区块 路过 路人 路边 路口 街上 街边 县城 "
     "医药费 医药代表 省钱 省事 大学生 中学生 小学生 银行卡 银行流水 医院里 公司里 科技感 电子版 电子发票 电子病历 电子秤 保险单 保险费 食品安全 教育部 物业费 快递员 快递费 物流信息 外卖平台 地铁口 区块链 市值 市长 区长 县长 省长 镇长"},
    {W_BORDER, NULL, 0, "在 的 了 到 去 被 把 从 给 是 就 又 让 找 说 叫 我 你 他 她 它 们 这 那 个 某 该 每 各 吗 呢 吧 啊 买 住 里 后 过 着 也 还 很 太 请 问 跟 用 对 与 来 于 以 及 "
     "要 想 会 能 没 不 但 而 则 且 并 再 才 只 最 更 所 其 之 谁 什 么 怎 因 如 若 虽 或 听 据 称 骂 告 做 当 像 比 向 由 等 由于 这家 那家 一家 几家 两家 三家 四家 五家 六家 七家 八家 九家 十家 多家 数家 各家 一间 两间 三间 多间 一所 两所 多所 全家 门口 卖 跳 批号 批次 接种 围堵 致函 援引 已 完 写 反映 披露 致电 咨询 表扬 卧底 查实 暂停 谢谢 讲 系 购 入手 围殴 闯 激活 安排 自家 大家 同行 转自 覆盖 直通 抹黑 牙科 网红 附近 现在 发现 刚刚 已经 "
     "家属 朋友 邻居 同事 老公 老婆 妈妈 爸爸 孩子 隔壁 楼下 走进 冲进 送进 跑到 来到 送到 送往 位于 属于 关于 根据 针对 涉及 负责人 回应 表示 宣布 通知 发布 公布 介绍 证实 承认 否认 透露 "
     "前往 专人 名为 品牌为 作为 成为 称为 改为 均为 应为 实为 未支付 双十一 双十二 骑 "
     "坐 吃 打 逼 拖 收 退 欠 扣 存 取 赔 扔 丢 逛 进 出 和"},
    {W_CURRENCY, "CNY", 0, "¥ ￥ rmb 人民币 cny"}, {W_CURRENCY, "USD", 0, "$ us$ usd 美金"}, {W_CURRENCY, "GBP", 0, "£ gbp"},
    {W_CURRENCY, "EUR", 0, "€ eur"}, {W_CURRENCY, "HKD", 0, "hk$ hkd 港币"}, {W_CURRENCY, "TWD", 0, "nt$ twd 新台币 台币"},
    {W_MONEY, "CNY", 0, "元 块钱 块 圆 人民币 元人民币 yuan rmb"}, {W_MONEY, "USD", 0, "美元 美金 刀 dollar dollars usd bucks"},
    {W_MONEY, "EUR", 0, "欧元 euro euros eur"}, {W_MONEY, "GBP", 0, "英镑 pound pounds quid gbp"}, {W_MONEY, "HKD", 0, "港元 港币 港幣"},
    {W_MONEY, "JPY", 0, "日元 日圆 yen"}, {W_MONEY, "TWD", 0, "新台币 台币 元新台币"}, {W_MONEY, "KRW", 0, "韩元"},
    {W_PERCENT, "%", 0, "% 个百分点 百分点 percent per_cent pct percentage_points"},
    {W_PEOPLE, NULL, 0, "人 患者 病人 病患 儿童 孩子 小孩 学生 老人 女子 男子 乘客 旅客 游客 顾客 客户 储户 用户 员工 工人 职工 居民 业主 村民 家长 医生 护士 老师 教师 消费者 投资者 投资人 "
     "女生 男生 网友 群众 市民 婴儿 幼儿 宝宝 住户 会员 司机 嫌疑人 被告人 犯罪嫌疑人 伤者 死者 遇难者 受害者 受害人 家属 "
     "people men women children kids patients students pupils passengers workers residents customers users staff employees victims families members pensioners "
     "nurses doctors teachers men's accounts_holders shareholders investors depositors tenants guests babies"},
    {W_COUNTER, NULL, 0, "名 位 个 多名 多位"},
    {W_THING, NULL, 0, "部 户 台 件 次 年 天 月 日 周 号 岁 米 里 斤 克 辆 套 条 张 只 本 页 字 份 种 批 家 所 座 层 楼 间 平 亩 吨 度 倍 点 分 秒 小时 步 粉 播 阅 赞 股 票 瓶 盒 箱 单 "
     "人 名 位 个 毫 升 瓦 兆 像 转 条 多次 多条 多台 多年 多天"},
    {W_SPENT, NULL, 0, "亏损 亏了 亏 花了 花 赔了 赔 欠了 欠 欠我 收了 收 收费 费 押金 损失 炒到 借了 借 赚了 骗走 骗了 被骗 罚 罚款 退款 贷款 贷了 金额 转走 价格 交了 掉 手术费 存了 存 存款 卷走 扣了 "
     "倒贴 报价 首付 学费 医药费 住院费 赔偿"},
    {W_ROLE, NULL, 0, "患者 病人 病患 患儿 产妇 客户 储户 用户 顾客 员工 职工 家属 学生 老人 投诉人 举报人 当事人 被告 原告 死者 伤者 嫌疑人 业主 乘客 消费者 医生 护士"},
    {W_TITLE, NULL, 0, "医生 大夫 主任 护士 护士长 院长 教授 经理 行长 老师 校长 局长 律师 警官 书记 董事长 总监 店长"},
    {W_COURTESY, NULL, 0, "先生 女士 小姐 阿姨 大爷 大妈 奶奶 爷爷 老师 医生 同学"},
    {W_SURNAME, NULL, 0, "王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 林 高 罗 郑 梁 谢 宋 唐 许 韩 冯 邓 曹 彭 曾 肖 田 董 潘 袁 蔡 蒋 余 杜 叶 程 魏 苏 吕 丁 任 卢 姚 沈 钟 姜 崔 谭 陆 汪 范 "
     "石 廖 贾 夏 韦 付 傅 方 邹 熊 白 孟 秦 邱 江 尹 薛 闫 段 雷 侯 龙 陶 黎 贺 顾 郝 龚 邵 万 钱 严 武 戴 莫 孔 汤 欧阳 司马 诸葛"},
    {W_DAY, NULL, -3, "大前天"}, {W_DAY, NULL, -2, "前天 前日"}, {W_DAY, NULL, -1, "昨天 昨日 昨晚 昨夜 昨儿 yesterday last_night"},
    {W_DAY, NULL, 0, "今天 今日 今早 今晨 今晚 今夜 today tonight this_morning this_afternoon this_evening"}, {W_DAY, NULL, 1, "明天 明日 明早 明晚 tomorrow"},
    {W_DAY, NULL, 2, "后天"},
    {W_PERIOD, NULL, 0, "凌晨 早上 早晨 清晨 上午 早间 今早 今晨 明早"}, {W_PERIOD, NULL, 12, "下午 晚上 傍晚 夜里 深夜 夜间 晚间 中午 昨晚 今晚 昨夜 今夜 明晚"},
    {W_MONTH, NULL, 1, "january jan"}, {W_MONTH, NULL, 2, "february feb"}, {W_MONTH, NULL, 3, "march mar"}, {W_MONTH, NULL, 4, "april apr"},
    {W_MONTH, NULL, 5, "may"}, {W_MONTH, NULL, 6, "june jun"}, {W_MONTH, NULL, 7, "july jul"}, {W_MONTH, NULL, 8, "august aug"},
    {W_MONTH, NULL, 9, "september sep sept"}, {W_MONTH, NULL, 10, "october oct"}, {W_MONTH, NULL, 11, "november nov"}, {W_MONTH, NULL, 12, "december dec"},
    {W_WEEKDAY, NULL, 1, "monday"}, {W_WEEKDAY, NULL, 2, "tuesday"}, {W_WEEKDAY, NULL, 3, "wednesday"}, {W_WEEKDAY, NULL, 4, "thursday"},
    {W_WEEKDAY, NULL, 5, "friday"}, {W_WEEKDAY, NULL, 6, "saturday"}, {W_WEEKDAY, NULL, 0, "sunday"},
    {W_MODEL, NULL, 0, "pro max plus ultra mini lite air se fe gt edge fold flip"},
    {W_GOODS, NULL, 0, "胶囊 颗粒 口服液 注射液 滴眼液 奶粉 糖浆 软膏 冲剂 喷雾剂 缓释片 分散片"},
    {W_DEVICE, NULL, 0, "手环 手表 手机 耳机 平板 音箱 电视 路由器 眼镜 充电器 充电宝 冰箱 空调 洗衣机 热水器 电饭煲 打印机 相机 键盘 显示器 buds watch phone tab band"},
    {W_NUMBER, NULL, 1, "one"}, {W_NUMBER, NULL, 2, "two"}, {W_NUMBER, NULL, 3, "three"}, {W_NUMBER, NULL, 4, "four"}, {W_NUMBER, NULL, 5, "five"},
    {W_NUMBER, NULL, 6, "six"}, {W_NUMBER, NULL, 7, "seven"}, {W_NUMBER, NULL, 8, "eight"}, {W_NUMBER, NULL, 9, "nine"}, {W_NUMBER, NULL, 10, "ten"},
    {W_NUMBER, NULL, 11, "eleven"}, {W_NUMBER, NULL, 12, "twelve dozen a_dozen"}, {W_NUMBER, NULL, 20, "twenty"}, {W_NUMBER, NULL, 30, "thirty"},
    {W_NUMBER, NULL, 40, "forty"}, {W_NUMBER, NULL, 50, "fifty"}, {W_NUMBER, NULL, 100, "a_hundred hundreds_of hundreds"},
    {W_NUMBER, NULL, 1000, "a_thousand thousands_of thousands"}, {W_NUMBER, NULL, 24, "dozens_of dozens"},
    {W_MR, NULL, 0, "dr mr mrs ms prof professor nurse"}, {W_MR, NULL, 1, "patient customer client employee resident witness"},
    {W_AGO, NULL, 60, "分钟 minutes minute mins"}, {W_AGO, NULL, 3600, "小时 个小时 个钟头 hours hour hrs"}, {W_AGO, NULL, 86400, "天 日 days day"},
    {W_AGO, NULL, 604800, "周 个星期 星期 weeks week"}, {W_AGO, NULL, 0, "个月 months month"}, {W_AGO, NULL, -1, "年 years year"},
    {W_GENERIC, NULL, 0, "山区 乡村 偏远 周边 同级 咨询 殡葬 品牌 养老 旅居 服务 管理 设备 装饰 公立 私立 三甲 民营 专科 综合 大型 小型 当地 外地 本地 各大 知名 著名 正规 黑心 无良 垃圾 其他 其它 别家 同一 上级 有关 相关 主管 代理 外资 国有 股份制 商业 农村 乡镇 "
     "社区 医疗 食品 线下 线上 官方 地方 公办 民办 一流 传统 智能 高端 国产 全国 某些 很多 许多 所有 部分 海外 国外 国内 第三方 上市 保险 快递 物业 航空 贸易 装修 中介 劳务 外包 投资 理财 贷款 基金 "
     "网络 家用 消费 二手 五星 五星级 连锁 重点 普通 有限 股份 有限责任 餐饮 分 子 总 母 老 大 小 新 好 坏 整 全 同 首"},
    {W_ABOUT, NULL, 0, "约 大约 近 将近 上 超 超过 逾 数 几 at_least about around nearly almost over more_than up_to some"},
    {W_VERB, NULL, 0, "听说 据说 网传 举报 投诉 曝光 约谈 起诉 通报 责令 要求 联系 感谢 支持 抵制 避雷 推荐 选择 加盟 收购 判决 怒斥 状告 控诉 实名 原来 难道 为什么 可怜 什么 怎么 以为 觉得 知道 "
     "希望 等待 查获 涉案 涉嫌 打电话 去年 今年 连夜 全家 医保 只有 只能 天天 年卡 新机 客服 专家 检查 手术 刚从 因 该 原 健身房 平台 商家 物业 中介 "
     "avoid boycott called visited went shame dear hey thanks is has was stuck waited queue shares flight charged got only two protest prices outside great my the at in on a an "
     "they their our your this that from with why how when what can anyone honestly never again yes no so and but or for of to"},
    {W_ORG, NULL, 1, "hospital clinic bank credit_union building_society infirmary surgery university council ministry department airlines airways "
     "electronics group inc ltd plc corp corporation company police pharmacy college school insurance motors pharma pharmaceuticals foods energy hotel hotels rail holdings "
     "capital pay nursing_home care_home lettings trust society air telecom water_company stores supermarket restaurant academy health_department fire_department police_department"},
    {W_PLACE, NULL, 1, "street road avenue square airport station park bridge county lane drive boulevard"},
};

/* --- the words ---------------------------------------------------------------------------------------------------- */

static void
add_word(struct entity_finder *f, struct str s, const struct list *l)
{
	const char *p = s.p, *end = s.p + s.n;
	struct word w = {.is = l->is, .v = l->v, .code = l->code};

	while (p < end) {
		uint32_t c = fold_cp(f->fold, utf8_step(p, end, &p));

		if (w.n == sizeof w.cp / sizeof *w.cp)
			return;
		w.cp[w.n++] = c == '_' ? ' ' : c;
	}
	if (w.n == 0)
		return;
	w.latin = w.cp[0] >= 'a' && w.cp[0] <= 'z';
	f->word = xgrow(f->word, &f->word_cap, f->nwords + 1, sizeof *f->word);
	f->word[f->nwords++] = w;
	f->sorted = false;
}

static int
by_word(const void *a, const void *b)
{
	const struct word *x = a, *y = b;

	if (x->cp[0] != y->cp[0])
		return x->cp[0] < y->cp[0] ? -1 : 1;
	if (x->n != y->n)
		return y->n - x->n;
	return memcmp(x->cp, y->cp, sizeof x->cp);
}

enum { FIRSTS = 1 << 13, SOME = 0x67d0 /* 某 */ };

static void
sort_words(struct entity_finder *f)
{
	qsort(f->word, f->nwords, sizeof *f->word, by_word);
	memset(f->first, 0, FIRSTS * sizeof *f->first);
	for (size_t i = 0; i < f->nwords && i < UINT16_MAX; i++) {
		size_t s = f->word[i].cp[0] * 2654435761u % FIRSTS;

		if (i > 0 && f->word[i].cp[0] == f->word[i - 1].cp[0])
			continue;
		while (f->first[s] != 0)
			s = (s + 1) % FIRSTS;
		f->first[s] = (uint16_t)(i + 1);
	}
	f->sorted = true;
}

struct entity_finder *
entity_open(const struct fold *fold)
{
	struct entity_finder *f = xcalloc(1, sizeof *f);

	f->fold = fold;
	f->first = xcalloc(FIRSTS, sizeof *f->first);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct str rest = str_c(lists[i].words), part;

		while (str_split(&rest, ' ', &part))
			add_word(f, part, &lists[i]);
	}
	return f;
}

void
entity_close(struct entity_finder *f)
{
	if (f == NULL)
		return;
	free(f->word);
	free(f->first);
	free(f->cp);
	free(f->raw);
	free(f->off);
	free(f->taken);
	free(f->is);
	free(f);
}

static bool
is_device(struct str s)
{
	return str_is(s, "手机") || str_is(s, "电视") || str_is(s, "股份");
}

void
entity_names(struct entity_finder *f, struct str json)
{
	static const char *const key[] = {"organisation", "organisation_en", "place", "place_en"};
	struct json all = json_get(json_view(json), "entities"), item;
	struct arena a = {0};
	struct str k;

	for (int i = 0; i < 4; i++) {
		struct list l = {.is = i < 2 ? W_ORG : W_PLACE, .v = i % 2};
		struct json_iter it = json_iter(json_get(all, key[i]));

		while (json_next(&it, &k, &item)) {
			struct str s = json_str(item, &a);

			/* the end of a name, and more often what somebody bought: not a telling end */
			if (f->nwords < 20000 && !is_device(s))
				add_word(f, s, &l);
		}
	}
	arena_free(&a);
}

static inline bool
is_latin(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool
is_num(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static inline bool
is_upper(uint32_t c)
{
	return c >= 'A' && c <= 'Z';
}

/* The first word that begins with the code point at i: words from there on do, longest first. nwords: none. */
static inline size_t
words_at(const struct entity_finder *f, size_t i)
{
	size_t s = f->cp[i] * 2654435761u % FIRSTS;

	for (; f->first[s] != 0; s = (s + 1) % FIRSTS)
		if (f->word[f->first[s] - 1].cp[0] == f->cp[i])
			return f->first[s] - 1u;
	return f->nwords;
}

/* Latin words stand whole. */
static inline bool
stands_at(const struct entity_finder *f, const struct word *w, size_t i)
{
	if (i + w->n > f->n || memcmp(w->cp, f->cp + i, w->n * sizeof *w->cp) != 0)
		return false;
	return !w->latin || !((i > 0 && is_latin(f->raw[i - 1])) || is_latin(f->raw[i + w->n]));
}

static void
mark_words(struct entity_finder *f)
{
	for (size_t i = 0; i < f->n; i++) {
		f->is[i] = 0;
		for (size_t k = words_at(f, i); k < f->nwords && f->word[k].cp[0] == f->cp[i]; k++)
			if (stands_at(f, &f->word[k], i))
				f->is[i] |= f->word[k].is;
	}
	for (size_t i = f->n; i < f->n + 8; i++)
		f->is[i] = 0;
}

/* The longest word of one of these sorts at i, or NULL. */
static inline const struct word *
word_at(const struct entity_finder *f, size_t i, uint32_t is)
{
	if ((f->is[i] & is) == 0)
		return NULL;
	for (size_t k = words_at(f, i); k < f->nwords && f->word[k].cp[0] == f->cp[i]; k++)
		if ((f->word[k].is & is) != 0 && stands_at(f, &f->word[k], i))
			return &f->word[k];
	return NULL;
}

static inline bool
is_word_at(const struct entity_finder *f, size_t i, uint32_t is, size_t *end)
{
	const struct word *w = word_at(f, i, is);

	if (w != NULL)
		*end = i + w->n;
	return w != NULL;
}

/* Whether s stands at i; folded text. */
static bool
here(const struct entity_finder *f, size_t i, const char *s)
{
	const char *end = s + strlen(s);

	for (; s < end; i++)
		if (utf8_step(s, end, &s) != f->cp[i])
			return false;
	return true;
}

static inline size_t
skip_blank(const struct entity_finder *f, size_t i)
{
	while (f->cp[i] == ' ')
		i++;
	return i;
}

/* --- what was found ----------------------------------------------------------------------------------------------- */

static struct entity *
found(struct entity_finder *f, enum entity_kind kind, size_t from, size_t to)
{
	struct entity *e = f->nfound < ENTITY_MAX ? &f->found[f->nfound++] : &f->spare;

	*e = (struct entity){.kind = kind, .from = from, .to = to, .subject = -1};
	for (size_t i = from; i < to; i++)
		f->taken[i] = 1;
	return e;
}

static bool
is_free(const struct entity_finder *f, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (f->taken[i])
			return false;
	return true;
}

/* --- numbers ------------------------------------------------------------------------------------------------------ */

struct number {
	size_t from, end;
	double v;
	bool approx, arabic, big; /* big: with 万, 千, 百, million */
};

static int
han_digit(uint32_t c)
{
	switch (c) {
	case 0x96f6: /* 零 */
	case 0x3007: return 0;
	case 0x4e00: return 1;
	case 0x4e8c: return 2;
	case 0x4e24: return 2; /* 两 */
	case 0x4e09: return 3;
	case 0x56db: return 4;
	case 0x4e94: return 5;
	case 0x516d: return 6;
	case 0x4e03: return 7;
	case 0x516b: return 8;
	case 0x4e5d: return 9;
	default: return -1;
	}
}

static double
han_unit(uint32_t c)
{
	return c == 0x5341 ? 10 : c == 0x767e ? 100 : c == 0x5343 ? 1000 : c == 0x4e07 ? 1e4 : c == 0x4ebf ? 1e8 : 0;
}

static bool
is_more(uint32_t c) /* 多 余 来 几 */
{
	return c == 0x591a || c == 0x4f59 || c == 0x6765 || c == 0x51e0;
}

/* bare: 百 and 万 may stand without a digit before them, as in 上百. */
static bool
han_number(const struct entity_finder *f, size_t i, bool bare, struct number *x)
{
	double total = 0, wan = 0, section = 0, unit = 1;
	int digit = -1;
	bool any = false, after_unit = false;

	for (;; i++) {
		uint32_t c = f->cp[i];
		double u = han_unit(c);
		int d = han_digit(c);

		if (d >= 0) {
			if (digit > 0)
				break;
			digit = d;
			any = true;
			if (d == 0)
				after_unit = false;
		} else if (u > 0) {
			if (!any && !bare && u > 10)
				return false;
			section += digit > 0 ? (u < 1e4 ? 0 : digit) : 0;
			if (u < 1e4) {
				section += (digit > 0 ? digit : 1) * u;
			} else if (u < 1e8) {
				wan = (section > 0 ? section : 1) * u;
				section = 0;
			} else {
				total += (wan + section > 0 ? wan + section : 1) * u;
				wan = section = 0;
			}
			digit = -1;
			unit = u;
			any = after_unit = x->big = true;
		} else if (is_more(c) && any && after_unit && digit < 0) {
			x->approx = true;
		} else {
			break;
		}
	}
	if (!any)
		return false;
	x->v = total + wan + section + (digit > 0 ? (after_unit && unit >= 100 ? digit * unit / 10 : digit) : 0);
	x->end = i;
	return true;
}

static bool
arabic_number(const struct entity_finder *f, size_t i, struct number *x)
{
	double v = 0, scale = 1;
	size_t digits = 0;
	double u;

	for (;; i++) {
		if (is_num(f->cp[i])) {
			v = v * 10 + (double)(f->cp[i] - '0');
			digits++;
		} else if (f->cp[i] == ',' && is_num(f->cp[i + 1]) && is_num(f->cp[i + 2]) && is_num(f->cp[i + 3]) && !is_num(f->cp[i + 4])) {
			continue;
		} else {
			break;
		}
	}
	if (digits == 0 || digits > 15)
		return false;
	if (f->cp[i] == '.' && is_num(f->cp[i + 1]))
		for (i++; is_num(f->cp[i]); i++)
			v += (double)(f->cp[i] - '0') * (scale /= 10);
	x->arabic = true;
	if (is_more(f->cp[i])) {
		x->approx = true;
		i++;
	}
	while ((u = han_unit(f->cp[i])) > 0) {
		v *= u;
		x->big = true;
		i++;
	}
	if (is_more(f->cp[i])) {
		x->approx = true;
		i++;
	}
	if (!x->big) {
		static const struct {
			const char *word;
			double by;
		} by[] = {{" million", 1e6}, {" billion", 1e9}, {" thousand", 1e3}, {"bn", 1e9}, {"m", 1e6}, {"k", 1e3}, {"w", 1e4}, {"b", 1e9}};

		for (size_t k = 0; k < sizeof by / sizeof *by; k++)
			if (here(f, i, by[k].word) && !is_latin(f->raw[i + strlen(by[k].word)]) && !is_num(f->cp[i + strlen(by[k].word)])) {
				i += strlen(by[k].word);
				v *= by[k].by;
				x->big = true;
				break;
			}
	}
	x->v = v;
	x->end = i;
	return true;
}

/* A number at i, with words before it that say "about". */
static bool
number_at(const struct entity_finder *f, size_t i, struct number *x)
{
	size_t k = i;
	const struct word *w;

	*x = (struct number){.from = i};
	w = word_at(f, i, W_ABOUT);
	if (w != NULL) {
		k = skip_blank(f, i + w->n);
		x->approx = true;
	} else if (i > 0 && (is_num(f->cp[i - 1]) || (is_num(f->cp[i]) && (f->cp[i - 1] == '.' || is_latin(f->cp[i - 1]))))) {
		return false;
	}
	if (arabic_number(f, k, x) || han_number(f, k, w != NULL, x)) {
		/* 几 and 数 stand for a digit: only before 十, 百, ... */
		if (w != NULL && !w->latin && w->n == 1 && (w->cp[0] == 0x51e0 || w->cp[0] == 0x6570 || w->cp[0] == 0x4e0a) && han_unit(f->cp[k]) == 0)
			return false;
		return true;
	}
	w = word_at(f, k, W_NUMBER);
	if (w == NULL)
		return false;
	x->v = w->v;
	x->end = k + w->n;
	x->approx |= w->v == 24 || (w->v >= 100 && w->cp[0] != 'a');
	return true;
}

/* --- amounts ------------------------------------------------------------------------------------------------------ */

static size_t
amount(struct entity_finder *f, const struct number *x, size_t from, size_t to, double v, const char *unit)
{
	struct entity *e;

	if (!is_free(f, from, to))
		return 0;
	e = found(f, ENTITY_AMOUNT, from, to);
	e->value = v;
	e->unit = unit;
	e->approx = x->approx;
	return to;
}

static bool
people(const struct entity_finder *f, const struct number *x, size_t *end)
{
	size_t i = x->end, k;
	const struct word *w;
	bool counted = false, blank = f->cp[i] == ' ';

	if (x->from > 0 && f->cp[x->from - 1] == 0x7b2c) /* 第 */
		return false;
	i = skip_blank(f, i);
	w = word_at(f, i, W_COUNTER);
	if (w != NULL) {
		i += w->n;
		counted = true;
	}
	if (!x->arabic && x->v == 1)
		return false; /* 一个人, one for people */
	w = word_at(f, i, W_PEOPLE);
	if (w == NULL && blank && is_latin(f->cp[i])) { /* two elderly residents */
		for (k = i; is_latin(f->cp[k]); k++)
			;
		if (f->cp[k] == ' ' && word_at(f, i, W_VERB) == NULL && word_at(f, i, W_NUMBER) == NULL)
			w = word_at(f, i = k + 1, W_PEOPLE);
	}
	if (w == NULL || (w->latin && !blank))
		return false;
	if (w->n == 1 && !w->latin && (here(f, i, "人民") || here(f, i, "人次") || here(f, i, "人均") || here(f, i, "人份")))
		return false;
	/* 12人 and 12名患者, but not 3孩子 */
	*end = i + w->n;
	return counted || w->n == 1 || w->latin || x->big || x->arabic;
}

static bool
spent(const struct entity_finder *f, size_t from)
{
	for (size_t back = 1; back <= 6 && back <= from; back++) {
		const struct word *w = word_at(f, from - back, W_SPENT);

		if (w != NULL && w->n <= back) {
			for (size_t i = from - back + w->n; i < from; i++)
				if (f->cp[i] == ',' || f->cp[i] == 0x3002 || f->cp[i] == '\n' || f->cp[i] == 0xff0c)
					return false;
			return true;
		}
	}
	return false;
}

/* An amount at i; the place behind it, or 0. */
static size_t
amount_at(struct entity_finder *f, size_t i)
{
	const struct word *w = word_at(f, i, W_CURRENCY);
	const char *currency;
	struct number x;
	size_t end, k;

	if (w != NULL) {
		const char *code = w->code;

		k = skip_blank(f, i + w->n);
		if (!number_at(f, k, &x))
			return 0;
		end = x.end;
		w = word_at(f, end, W_MONEY);
		return amount(f, &x, i, w != NULL && !w->latin ? end + w->n : end, x.v, code);
	}
	if (here(f, i, "百分之") && number_at(f, i + 3, &x))
		return amount(f, &x, i, x.end, x.v, "%");
	if (!number_at(f, i, &x))
		return 0;
	k = skip_blank(f, x.end);
	w = word_at(f, k, W_PERCENT);
	if (w != NULL && (k == x.end || w->latin))
		return amount(f, &x, i, k + w->n, x.v, "%");
	w = word_at(f, k, W_MONEY);
	if (w != NULL && (k == x.end || w->latin) && !here(f, k, "元旦") && !here(f, k, "元素") && !here(f, k, "块儿") &&
	    (w->cp[0] != 0x5757 || w->n > 1 || x.v >= 10 || (x.v > 1 && !utf8_is_han(f->cp[k + 1])))) {
		currency = f->about->taiwan && strcmp(w->code, "CNY") == 0 ? "TWD" : w->code;
		if (f->cp[k + w->n] == 0x591a && w->cp[0] == 0x5757) /* 三百块多 */
			x.approx = true;
		return amount(f, &x, i, k + w->n, x.v, currency);
	}
	if (people(f, &x, &end))
		return amount(f, &x, i, end, x.v, "people");
	if (f->cp[x.end] == 0x6210 && x.v >= 1 && x.v < 10 && x.v == floor(x.v)) { /* 三成 */
		bool half = f->cp[x.end + 1] == 0x534a;

		end = x.end + (half ? 2 : 1);
		if (!utf8_is_han(f->cp[end]) || here(f, end, "以上") || here(f, end, "的") || here(f, end, "多") || here(f, end, "左右"))
			return amount(f, &x, i, end, x.v * 10 + (half ? 5 : 0), "%");
	}
	if (x.big && spent(f, i) && word_at(f, x.end, W_THING) == NULL && !is_latin(f->cp[x.end]))
		return amount(f, &x, i, x.end, x.v, f->about->taiwan ? "TWD" : "CNY");
	return 0;
}

/* --- times -------------------------------------------------------------------------------------------------------- */

enum { DAY_S = 86400, AHEAD = 60 /* days */ };
enum exact { EXACT_NOT, EXACT_YEAR, EXACT_MONTH, EXACT_DAY, EXACT_TIME };

struct moment {
	enum exact exact;
	int64_t days;          /* local day since the epoch */
	int year, month;       /* for EXACT_YEAR, EXACT_MONTH */
	int64_t second;        /* EXACT_TIME: of the local day, may lie outside of it */
};

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static void
tell_time(struct entity *e, const struct moment *m, int zone)
{
	struct civil c;
	char text[CLOCK_LEN];

	switch (m->exact) {
	case EXACT_YEAR:
		(void)snprintf(e->when, sizeof e->when, "%04d", m->year % 10000);
		break;
	case EXACT_MONTH:
		(void)snprintf(e->when, sizeof e->when, "%04d-%02d", m->year % 10000, m->month);
		break;
	case EXACT_DAY:
		c = clock_civil(m->days * DAY_S);
		(void)snprintf(e->when, sizeof e->when, "%04d-%02d-%02d", c.year % 10000, c.month, c.day);
		break;
	case EXACT_TIME:
		clock_format(m->days * DAY_S + m->second - zone, text);
		(void)snprintf(e->when, sizeof e->when, "%s", text);
		break;
	default:
		break;
	}
}

/* Up to four digits, or a Han number below 100. */
static bool
small_number(const struct entity_finder *f, size_t i, int *v, size_t *end)
{
	struct number x = {.from = i};
	size_t k = i;

	*v = 0;
	while (k < i + 4 && is_num(f->cp[k]))
		*v = *v * 10 + (int)(f->cp[k++] - '0');
	if (k > i) {
		*end = k;
		return !is_num(f->cp[k]);
	}
	if (!han_number(f, i, false, &x) || x.v > 99 || x.approx)
		return false;
	*v = (int)x.v;
	*end = x.end;
	return true;
}

/* "3点", "14:30", "下午3点半"; hours: added by a period before it, or -1: none was there. */
static bool
clock_at(const struct entity_finder *f, size_t i, int hours, int64_t *second, size_t *end)
{
	bool arabic = is_num(f->cp[i]);
	int h, m = 0;
	size_t k;

	if (!small_number(f, i, &h, &k) || h > 24)
		return false;
	if (f->cp[k] == ':' && is_num(f->cp[k + 1]) && is_num(f->cp[k + 2]) && !is_num(f->cp[k + 3])) {
		m = (int)(f->cp[k + 1] - '0') * 10 + (int)(f->cp[k + 2] - '0');
		k += 3;
		if (f->cp[k] == ':' && is_num(f->cp[k + 1]) && is_num(f->cp[k + 2]))
			k += 3;
	} else if (f->cp[k] == 0x70b9 && (arabic || hours >= 0)) { /* 点 */
		k++;
		if (f->cp[k] == 0x534a) { /* 半 */
			m = 30;
			k++;
		} else if (f->cp[k] == 0x949f) { /* 钟 */
			k++;
		} else {
			size_t t;
			int v;

			if (small_number(f, k, &v, &t) && v < 60 && (f->cp[t] == 0x5206 || is_num(f->cp[k]))) {
				m = v;
				k = t + (f->cp[t] == 0x5206);
			}
		}
	} else {
		size_t t = skip_blank(f, k);
		bool pm = here(f, t, "pm") || here(f, t, "p.m"), am = here(f, t, "am") || here(f, t, "a.m");

		if ((!am && !pm) || h > 12 || is_latin(f->cp[t + 2]))
			return false;
		h = h % 12 + (pm ? 12 : 0);
		k = t + (f->cp[t + 1] == '.' ? 4 : 2);
		if (k > f->n)
			k = f->n;
	}
	if (m > 59)
		return false;
	if (hours == 12 && h < 12 && h > 0)
		h += 12;
	*second = h * 3600 + m * 60;
	*end = k;
	return true;
}

/* The year of a day without one: the latest that is not too far ahead. */
static int
year_of(int64_t today, int month, int day)
{
	struct civil now = clock_civil(today * DAY_S);

	return clock_days(now.year, month, day) > today + AHEAD ? now.year - 1 :
	    now.month > 10 && clock_days(now.year + 1, month, day) <= today + AHEAD ? now.year + 1 : now.year;
}

static bool
valid_day(int year, int month, int day)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month >= 1 && month <= 12 && day >= 1 &&
	    day <= days[month - 1] + (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

static void
set_month(struct moment *m, int year, int month)
{
	int n = year * 12 + month - 1;

	m->exact = EXACT_MONTH;
	m->year = n / 12;
	m->month = n % 12 + 1;
}

/* What stands behind a day in Chinese: 下午, 3点; moves *end. */
static void
rest_of_day(const struct entity_finder *f, struct moment *m, int hours, size_t *end)
{
	const struct word *w = word_at(f, *end, W_PERIOD);
	size_t k = *end, t;

	if (w != NULL) {
		hours = (int)w->v;
		*end = k += w->n;
	}
	t = skip_blank(f, k);
	if (clock_at(f, t, hours, &m->second, &t)) {
		m->exact = EXACT_TIME;
		*end = t;
	}
}

/* 2025年6月3日, 去年3月, 11月初, 3月15日 */
static bool
han_date(const struct entity_finder *f, size_t i, int64_t today, struct moment *m, size_t *end)
{
	static const struct {
		const char *word;
		int years;
	} years[] = {{"去年", -1}, {"今年", 0}, {"前年", -2}, {"明年", 1}};
	struct civil now = clock_civil(today * DAY_S);
	int year = -1, month, day;
	size_t k = i, t;

	for (int y = 0; y < 4; y++)
		if (here(f, i, years[y].word)) {
			year = now.year + years[y].years;
			k = i + 2;
		}
	if (year < 0 && small_number(f, i, &year, &t) && f->cp[t] == 0x5e74 && year >= 1900 && year < 2100)
		k = t + 1;
	else if (k == i)
		year = -1;
	if (small_number(f, k, &month, &t) && f->cp[t] == 0x6708 && month >= 1 && month <= 12) { /* 月 */
		*end = t + 1;
		if (small_number(f, t + 1, &day, &t) && (f->cp[t] == 0x65e5 || f->cp[t] == 0x53f7)) {
			if (year < 0)
				year = year_of(today, month, day);
			if (!valid_day(year, month, day))
				return false;
			m->exact = EXACT_DAY;
			m->days = clock_days(year, month, day);
			*end = t + 1;
			rest_of_day(f, m, -1, end);
			return true;
		}
		if (year < 0 && is_more(f->cp[i]))
			return false;
		set_month(m, year < 0 ? year_of(today, month, 1) : year, month);
		if (here(f, *end, "初") || here(f, *end, "底") || here(f, *end, "末"))
			*end += 1;
		else if (here(f, *end, "中旬") || here(f, *end, "上旬") || here(f, *end, "下旬"))
			*end += 2;
		return true;
	}
	if (year < 0)
		return false;
	m->exact = EXACT_YEAR;
	m->year = year;
	*end = k;
	return true;
}

static bool
han_week(const struct entity_finder *f, size_t i, int64_t today, struct moment *m, size_t *end)
{
	static const char days[] = "日一二三四五六";
	const char *p = days;
	int64_t monday = today - ((today + 3) % 7 + 7) % 7, week = 9;
	size_t k = i;
	int day = -1;

	if (here(f, k, "上上")) {
		week = -2;
		k += 2;
	} else if (here(f, k, "上") || here(f, k, "下") || here(f, k, "这") || here(f, k, "本")) {
		week = here(f, k, "上") ? -1 : here(f, k, "下") ? 1 : 0;
		k++;
		if (here(f, k, "个"))
			k++;
	}
	if (here(f, k, "周"))
		k += 1;
	else if (here(f, k, "星期") || here(f, k, "礼拜"))
		k += 2;
	else
		return false;
	for (int d = 0; d < 7; d++)
		if (utf8_step(p, days + sizeof days - 1, &p) == f->cp[k])
			day = d;
	if (f->cp[k] == 0x5929) /* 天 */
		day = 0;
	if (day < 0 || (f->cp[k] == 0x4e00 && here(f, k + 1, "次"))) /* 周一次 */
		return false;
	m->exact = EXACT_DAY;
	m->days = monday + (day + 6) % 7 + 7 * (week == 9 ? 0 : week);
	if (week == 9 && m->days > today) /* the latest one */
		m->days -= 7;
	*end = k + 1;
	rest_of_day(f, m, -1, end);
	return true;
}

static bool
ago(const struct entity_finder *f, size_t i, struct moment *m, size_t *end)
{
	struct number x;
	const struct word *w;
	size_t k;
	bool half = false;
	double span;
	int64_t t;

	if (here(f, i, "半")) {
		half = true;
		k = i + 1;
	} else if (!number_at(f, i, &x) || x.v > 10000) {
		return false;
	} else {
		k = skip_blank(f, x.end);
	}
	if (half)
		x.v = 0.5;
	w = word_at(f, k, W_AGO);
	if (w == NULL && half && here(f, k, "年"))
		return false;
	if (w == NULL)
		return false;
	k += w->n;
	if (w->latin) {
		k = skip_blank(f, k);
		if (!here(f, k, "ago"))
			return false;
		*end = k + 3;
	} else if (here(f, k, "前") && !here(f, k, "前后")) {
		*end = k + 1;
	} else if (here(f, k, "之前") || here(f, k, "以前")) {
		*end = k + 2;
	} else {
		return false;
	}
	if (f->about->published == INT64_MIN)
		return true;
	t = f->about->published + f->zone;
	span = w->v > 0 ? x.v * w->v : 0;
	if (w->v > 0 && w->v < DAY_S) {
		t -= (int64_t)span;
		m->exact = EXACT_TIME;
		m->days = floor_div(t, DAY_S);
		m->second = t - m->days * DAY_S;
	} else if (w->v > 0 || half) {
		m->exact = EXACT_DAY;
		m->days = floor_div(t, DAY_S) - (w->v > 0 ? (int64_t)(span / DAY_S) : w->v < 0 ? 182 : 15);
	} else {
		struct civil c = clock_civil(t);

		if (w->v < 0) {
			m->exact = EXACT_YEAR;
			m->year = c.year - (int)x.v;
		} else {
			set_month(m, c.year, c.month - (int)x.v);
		}
		if (m->year < 1900)
			m->exact = EXACT_NOT;
	}
	return true;
}

/* March 15, 2026; 15 March; March 2026; last Tuesday; next month */
static bool
english_date(const struct entity_finder *f, size_t i, int64_t today, struct moment *m, size_t *end)
{
	const struct word *w = word_at(f, i, W_MONTH);
	struct civil now = clock_civil(today * DAY_S);
	int day = 0, year = 0, week;
	size_t k, t;

	if (w != NULL && is_upper(f->raw[i])) {
		k = skip_blank(f, i + w->n + (f->cp[i + w->n] == '.'));
		if (!small_number(f, k, &day, &t))
			return false;
		if (day > 31) {
			if (day < 1900 || day > 2100)
				return false;
			set_month(m, day, (int)w->v);
			*end = t;
			return true;
		}
		if (here(f, t, "st") || here(f, t, "nd") || here(f, t, "rd") || here(f, t, "th"))
			t += 2;
		*end = t;
		k = skip_blank(f, f->cp[t] == ',' ? t + 1 : t);
		if (is_num(f->cp[k]) && small_number(f, k, &year, &t) && year >= 1900 && year < 2100)
			*end = t;
		else
			year = year_of(today, (int)w->v, day);
		if (!valid_day(year, (int)w->v, day))
			return false;
		m->exact = EXACT_DAY;
		m->days = clock_days(year, (int)w->v, day);
		return true;
	}
	if (is_num(f->cp[i]) && small_number(f, i, &day, &k) && day >= 1 && day <= 31) {
		if (here(f, k, "st") || here(f, k, "nd") || here(f, k, "rd") || here(f, k, "th"))
			k += 2;
		k = skip_blank(f, k);
		w = word_at(f, k, W_MONTH);
		if (w == NULL || !is_upper(f->raw[k]))
			return false;
		*end = k + w->n;
		k = skip_blank(f, *end);
		if (is_num(f->cp[k]) && small_number(f, k, &year, &t) && year >= 1900 && year < 2100)
			*end = t;
		else
			year = year_of(today, (int)w->v, day);
		if (!valid_day(year, (int)w->v, day))
			return false;
		m->exact = EXACT_DAY;
		m->days = clock_days(year, (int)w->v, day);
		return true;
	}
	week = here(f, i, "last ") ? -1 : here(f, i, "next ") ? 1 : here(f, i, "this ") ? 0 : 9;
	k = week == 9 ? i : i + 5;
	if (i > 0 && is_latin(f->cp[i - 1]))
		return false;
	if (week != 9 && (here(f, k, "month") || here(f, k, "year"))) {
		bool month = f->cp[k] == 'm';

		*end = k + (month ? 5 : 4);
		if (is_latin(f->cp[*end]))
			return false;
		if (month) {
			set_month(m, now.year, now.month + week);
		} else {
			m->exact = EXACT_YEAR;
			m->year = now.year + week;
		}
		return true;
	}
	w = word_at(f, k, W_WEEKDAY);
	if (w == NULL || (week == 9 && !is_upper(f->raw[k])))
		return false;
	*end = k + w->n;
	m->exact = EXACT_DAY;
	{
		int64_t wd = ((today + 4) % 7 + 7) % 7, back = ((wd - (int64_t)w->v) % 7 + 7) % 7;

		m->days = week == 1 ? today + (back == 0 ? 7 : 7 - back) : today - (back == 0 && week == -1 ? 7 : back);
	}
	return true;
}

/* A time at i; the place behind it, or 0. */
static size_t
time_at(struct entity_finder *f, size_t i)
{
	struct moment m = {0};
	int64_t today = f->today;
	const struct word *w;
	struct entity *e;
	size_t end = 0;

	if (i > 0 && is_num(f->cp[i]) && (is_num(f->cp[i - 1]) || is_latin(f->cp[i - 1]) || f->cp[i - 1] == '.' || f->cp[i - 1] == ':'))
		return 0;
	w = word_at(f, i, W_DAY);
	if (w != NULL) {
		const struct word *period = word_at(f, i, W_PERIOD);

		m.exact = EXACT_DAY;
		m.days = today + (int64_t)w->v;
		end = i + w->n;
		if (w->latin) {
			size_t k = skip_blank(f, end);

			if (here(f, k, "at "))
				k += 3;
			if (clock_at(f, k, -1, &m.second, &k)) {
				m.exact = EXACT_TIME;
				end = k;
			}
		} else {
			rest_of_day(f, &m, period != NULL && period->n == w->n ? (int)period->v : -1, &end);
		}
	} else if (ago(f, i, &m, &end) || han_date(f, i, today, &m, &end) || han_week(f, i, today, &m, &end) ||
	    english_date(f, i, today, &m, &end)) {
		;
	} else if (here(f, i, "上个月") || here(f, i, "下个月") || here(f, i, "这个月")) {
		struct civil now = clock_civil(today * DAY_S);

		set_month(&m, now.year, now.month + (here(f, i, "上") ? -1 : here(f, i, "下") ? 1 : 0));
		end = i + 3;
	} else if ((w = word_at(f, i, W_PERIOD)) != NULL && clock_at(f, skip_blank(f, i + w->n), (int)w->v, &m.second, &end)) {
		m.exact = EXACT_TIME;
		m.days = today;
	} else if (clock_at(f, i, -1, &m.second, &end)) {
		m.exact = EXACT_TIME;
		m.days = today;
	} else if (i >= 3 && f->cp[i] == '2' && f->cp[i + 1] == '0' && is_num(f->cp[i + 2]) && is_num(f->cp[i + 3]) && !is_num(f->cp[i + 4]) &&
	    f->cp[i + 4] != '.' && (here(f, i - 3, "in ") || (i >= 6 && here(f, i - 6, "since ")))) {
		m.exact = EXACT_YEAR;
		m.year = (int)(2000 + (f->cp[i + 2] - '0') * 10 + (f->cp[i + 3] - '0'));
		end = i + 4;
	} else {
		end = 0; /* what looked like a date and was none */
	}
	if (end == 0 || end > f->n || !is_free(f, i, end))
		return 0;
	e = found(f, ENTITY_TIME, i, end);
	if (f->about->published != INT64_MIN)
		tell_time(e, &m, f->zone);
	return end;
}

/* --- persons ------------------------------------------------------------------------------------------------------ */

static bool
alnum_at(const struct entity_finder *f, size_t i)
{
	return is_latin(f->raw[i]) || is_num(f->raw[i]);
}

static size_t
person_at(struct entity_finder *f, size_t i)
{
	const struct word *w = word_at(f, i, W_ROLE), *t;
	size_t k = w != NULL ? i + w->n : i, end = 0, name;

	for (name = k + 1; f->cp[k] == SOME && name < k + 8 && alnum_at(f, name); name++)
		;
	if (name == k + 7 || name == k + 5) {
		end = name; /* 某7QKd3F, as redact writes; four characters as it did */
		t = word_at(f, end, W_COURTESY);
		if (t != NULL)
			end += t->n;
	} else if (w != NULL && is_upper(f->raw[k]) && !alnum_at(f, k + 1)) {
		end = k + 1;
	} else if ((w = word_at(f, i, W_SURNAME)) != NULL) {
		k = i + w->n;
		t = word_at(f, k, W_TITLE);
		if (t != NULL && f->cp[k] != ' ')
			end = k + t->n;
		else if (f->cp[k] == SOME && !alnum_at(f, k + 1)) /* 王某某 */
			end = k + (f->cp[k + 1] == SOME ? 2 : 1);
	} else if ((w = word_at(f, i, W_MR)) != NULL && is_upper(f->raw[i])) {
		k = skip_blank(f, i + w->n + (f->cp[i + w->n] == '.'));
		if (!is_upper(f->raw[k]))
			return 0;
		for (name = k; is_latin(f->raw[k]) || (f->raw[k] == '-' && is_latin(f->raw[k + 1])); k++)
			;
		if (w->v > 0 && k - name > 1) /* Patient A, but not Patient Services */
			return 0;
		end = k;
	}
	if (end == 0 || end > f->n || !is_free(f, i, end))
		return 0;
	(void)found(f, ENTITY_PERSON, i, end);
	return end;
}

/* --- names -------------------------------------------------------------------------------------------------------- */

/* Where a Han name that ends before end begins: it reaches back to a mark, a word no name holds, or a longest length. */
static size_t
name_start(const struct entity_finder *f, size_t end, size_t most)
{
	size_t i = end;

	while (i > 0 && end - i < most) {
		uint32_t c = f->cp[i - 1];

		if (f->taken[i - 1] || !(utf8_is_han(c) || is_num(c) || is_latin(c)))
			break;
		if ((is_latin(c) || is_num(c)) && i < end && !utf8_is_han(f->cp[i]) && f->cp[i] == ' ')
			break;
		if (c == 0x6709 && f->cp[i] == 0x9650) { /* 有限公司 */
			i--;
			continue;
		}
		if (c == 0x548c && ((i > 1 && (f->cp[i - 2] == 0x4ec1 || f->cp[i - 2] == 0x534f || f->cp[i - 2] == 0x7965)) ||
		    f->cp[i] == 0x7766 || f->cp[i] == 0x5e73)) { /* 仁和 协和 祥和 和睦 和平 */
			i--;
			continue;
		}
		if (c == 0x6765 && f->cp[i] == 0x798f) { /* 来福 */
			i--;
			continue;
		}
		if (c == 0x4e3a && i > 1 && f->cp[i - 2] == 0x534e) { /* 华为 */
			i--;
			continue;
		}
		{
			bool border = false;

			for (size_t back = 1; back <= 3 && back <= i && !border; back++) {
				const struct word *w = word_at(f, i - back, W_BORDER);

				border = w != NULL && w->n == back;
			}
			if (border)
				break;
		}
		i--;
	}
	for (;;) { /* words that stand before names */
		const struct word *w = word_at(f, i, W_VERB);

		if (w == NULL || i + w->n + 1 >= end)
			break;
		i += w->n;
	}
	return i;
}

static bool
generic(const struct entity_finder *f, size_t from, size_t to)
{
	while (from < to) {
		const struct word *w = word_at(f, from, W_GENERIC | W_ORG);

		if (w == NULL)
			return false;
		from += w->n;
	}
	return true;
}

/* Remembers a name for now; overlaps are settled afterwards. */
struct name {
	enum entity_kind kind;
	size_t from, to;
	int subject;
};
struct names {
	struct name v[ENTITY_MAX * 2];
	size_t n;
};

static void
note(struct names *l, enum entity_kind kind, size_t from, size_t to, int subject)
{
	if (l->n < sizeof l->v / sizeof *l->v && from < to)
		l->v[l->n++] = (struct name){kind, from, to, subject};
}

static bool
within_not(const struct entity_finder *f, size_t i, size_t end)
{
	for (size_t back = 0; back <= 4 && back <= i; back++) {
		const struct word *w = word_at(f, i - back, W_NOT);

		if (w != NULL && i - back + w->n >= end && (back > 0 || i + w->n > end || w->n > end - i))
			return true;
	}
	return false;
}

static void
han_names(const struct entity_finder *f, size_t i, struct names *l)
{
	const struct word *w = word_at(f, i, W_BODY);
	size_t from;

	if (w != NULL && !w->latin) {
		from = name_start(f, i, 8);
		note(l, ENTITY_ORG, from, i + w->n, -1);
	}
	if (w != NULL && w->latin && is_upper(f->raw[i + 1]))
		note(l, ENTITY_ORG, i, i + w->n, -1);
	w = word_at(f, i, W_ORG);
	if (w != NULL && !w->latin && i > 1) {
		size_t most = here(f, i - 2, "有限") ? 14 : 9;

		from = name_start(f, i, 16);
		if (i - from > most && word_at(f, from, W_CITY) == NULL) /* no name is that long */
			from = i;
		if (i - from >= 2 && !within_not(f, i, i + w->n) && !generic(f, from, i))
			note(l, ENTITY_ORG, from, i + w->n, -1);
		else if (i - from >= 2 && (here(f, i, "超市")) && !generic(f, from, i))
			note(l, ENTITY_ORG, from, i + w->n, -1);
	}
	w = word_at(f, i, W_CITY);
	if (w != NULL && (!w->latin || is_upper(f->raw[i]))) {
		size_t end = i + w->n;
		const struct word *p = word_at(f, end, W_PLACE);

		if (p != NULL && !p->latin && p->n == 1 && !within_not(f, end, end + 1))
			end++;
		note(l, ENTITY_PLACE, i, end, -1);
	}
	w = word_at(f, i, W_PLACE);
	if (w != NULL && !w->latin && i > 0 && !within_not(f, i, i + w->n)) {
		size_t end = i + w->n, t;
		int v;

		from = name_start(f, i, 8);
		/* without a border in sight it may be anything */
		if (i - from > (w->n == 1 ? 3 : 5) && word_at(f, from, W_CITY) == NULL)
			from = i;
		if ((f->cp[i] == 0x8def || f->cp[i] == 0x8857) && small_number(f, end, &v, &t) && f->cp[t] == 0x53f7) /* 路88号 */
			end = t + 1;
		else if (here(f, end, "地铁站") || here(f, end, "火车站"))
			end += 3;
		if (i - from >= 2 && !generic(f, from, i))
			note(l, ENTITY_PLACE, from, end, -1);
	}
	w = word_at(f, i, W_GOODS);
	if (w != NULL && i > 0) {
		from = name_start(f, i, 6);
		if (i - from >= 2 && !generic(f, from, i))
			note(l, ENTITY_PRODUCT, from, i + w->n, -1);
	}
}

/* The start of the Latin word that ends before end, or end. */
static size_t
word_before(const struct entity_finder *f, size_t end)
{
	size_t i = end;

	while (i > 0 && (is_latin(f->raw[i - 1]) || is_num(f->raw[i - 1]) || f->raw[i - 1] == '\'' || f->raw[i - 1] == 0x2019 || f->raw[i - 1] == '&' ||
	    (f->raw[i - 1] == '-' && i < end)))
		i--;
	return i;
}

static bool
sentence_start(const struct entity_finder *f, size_t i)
{
	while (i > 0 && f->raw[i - 1] == ' ')
		i--;
	return i == 0 || f->raw[i - 1] == '.' || f->raw[i - 1] == '!' || f->raw[i - 1] == '?' || f->raw[i - 1] == '\n' || f->raw[i - 1] == ':';
}

/* A Latin name that ends with the word at i: the capitalised words before it. */
static size_t
latin_start(const struct entity_finder *f, size_t i, size_t words)
{
	size_t from = i;

	while (words-- > 0 && from > 1 && f->raw[from - 1] == ' ' && !f->taken[from - 2]) {
		size_t k = word_before(f, from - 1);

		if (k == from - 1 || !is_upper(f->raw[k]))
			break;
		from = k;
	}
	while (from < i) { /* The, Avoid */
		const struct word *w = word_at(f, from, W_VERB);

		if (w == NULL || !w->latin || (!sentence_start(f, from) && !(w->n <= 3)))
			break;
		from += w->n;
		from = skip_blank(f, from);
	}
	return from;
}

static bool
listed(const struct entity_finder *f, size_t from, size_t to)
{
	const struct word *w = word_at(f, from, W_MONTH | W_WEEKDAY | W_NUMBER);

	return w != NULL && from + w->n == to;
}

static void
latin_names(const struct entity_finder *f, size_t i, struct names *l)
{
	const struct word *w = word_at(f, i, W_ORG | W_PLACE);
	size_t end, from;

	if (w == NULL || !w->latin || (!is_upper(f->raw[i]) && !here(f, i, "plc") && !here(f, i, "ltd") && !here(f, i, "inc")))
		return;
	end = i + w->n;
	from = latin_start(f, i, 4);
	if ((here(f, i, "ministry of ") || here(f, i, "department of ") || here(f, i, "university of ") || here(f, i, "bank of ")) &&
	    is_upper(f->raw[end + 4])) {
		for (end += 4; is_latin(f->raw[end]); end++)
			;
		note(l, ENTITY_ORG, from, end, -1);
	} else if (from < i || w->n > 12) {
		note(l, w->is & W_ORG ? ENTITY_ORG : ENTITY_PLACE, from, end, -1);
	}
}

/* Whether at least two words stand there that may be a name. */
static bool
two_names(const struct entity_finder *f, size_t from, size_t end)
{
	size_t words = 0;

	for (size_t i = end; i > from;) {
		size_t k = word_before(f, i);

		if (k == i || word_at(f, k, W_VERB) != NULL)
			return false;
		for (size_t c = k; c < i; c++)
			if (f->raw[c] == '\'' || f->raw[c] == 0x2019)
				return false;
		words++;
		i = k > from ? k - 1 : from; /* and the blank before it */
	}
	return words >= 2;
}

/* X9, ZB-450, 630G: letters and digits, with a digit and a capital; or a number behind a name. */
static void
models(const struct entity_finder *f, size_t i, struct names *l)
{
	size_t end = i, from = i, core, k;
	bool digit = false, upper = false, letter = false, first = i == 0 || !alnum_at(f, i - 1);

	if (!first || !alnum_at(f, i) || (i > 0 && (f->raw[i - 1] == '.' || f->raw[i - 1] == '-' || f->raw[i - 1] == '@' || f->raw[i - 1] == '$')))
		return;
	for (; alnum_at(f, end) || (f->raw[end] == '-' && is_num(f->raw[end + 1]) && end > i); end++) {
		digit |= is_num(f->raw[end]);
		letter |= is_latin(f->raw[end]);
		upper |= is_upper(f->raw[end]);
	}
	if (!digit || end - i > 10 || f->raw[end] == '%' || f->raw[end] == ':' ||
	    ((f->raw[end] == '.' || f->raw[end] == ',' || f->raw[end] == '+') && is_num(f->raw[end + 1])))
		return;
	core = end;
	if (letter && !upper && !here(f, end - 2, "mg") && !here(f, end - 2, "ml"))
		return;
	k = end;
	for (;;) { /* Pro, Max */
		size_t t = skip_blank(f, k), e;

		if (!is_word_at(f, t, W_MODEL, &e) || !is_upper(f->raw[t]))
			break;
		end = k = e;
	}
	if (i > 0 && utf8_is_han(f->cp[i - 1])) { /* 云帆X20, 星辰8 Pro, 云帆手环5 */
		bool device = false;

		for (size_t back = 2; back <= 3 && back <= i; back++) {
			const struct word *w = word_at(f, i - back, W_DEVICE);

			device |= w != NULL && w->n == back;
		}
		if (!letter && !device && end == core)
			return;
		from = name_start(f, i, device ? 5 : 4);
		for (k = from; k < i; k++) { /* not over the end of an organisation's name; 充电器ZB-450 has no other name */
			const struct word *w = word_at(f, k, W_ORG);

			if (w != NULL && k + w->n <= i)
				from = k + w->n;
			w = word_at(f, k, W_DEVICE);
			if (w != NULL && k == from && k + w->n == i && letter)
				from = i;
		}
		if ((i - from < 2 && from < i) || (from == i && (!letter || core - i < 3)) || (word_at(f, i - 1, W_THING) != NULL && !device))
			return;
	} else {
		from = latin_start(f, i, 3);
		if (from == i && (!letter || !upper || core - i < 4 || is_num(f->raw[i]) || (i > 0 && f->raw[i - 1] == ' ' && is_latin(f->raw[i > 1 ? i - 2 : 0]) && end - i < 5)))
			return;
		if (!letter && (core - i > 3 || from == i || listed(f, word_before(f, i - 1), i - 1) ||
		    (core == end && !two_names(f, from, i - 1))))
			return;
		if (!letter) { /* not a count: Nova Buds 3, but not Platform 3 people */
			size_t t = skip_blank(f, end);

			if (t != end && word_at(f, t, W_PEOPLE | W_MONTH | W_MONEY | W_PERCENT | W_AGO) != NULL)
				return;
		}
	}
	note(l, ENTITY_PRODUCT, from, end, -1);
}

static int
longest_first(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	size_t n = x->to - x->from, m = y->to - y->from;

	if (n != m)
		return n > m ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->subject != y->subject)
		return x->subject > y->subject ? -1 : 1;
	return (x->kind > y->kind) - (x->kind < y->kind);
}

static void
subjects(const struct entity_finder *f, struct str text, const struct entity_about *about, struct names *l)
{
	size_t i = 0;

	for (size_t t = 0; t < about->nterms; t++) {
		struct str rest = text;
		ptrdiff_t at;
		size_t base = 0;

		for (i = 0; about->term[t].n > 1 && (at = str_find(rest, about->term[t])) >= 0;) {
			size_t from, to;

			base += (size_t)at;
			while (i < f->n && f->off[i] < base)
				i++;
			from = i;
			base += about->term[t].n;
			for (to = from; to < f->n && f->off[to] < base; to++)
				;
			if (from < f->n && f->off[from] + about->term[t].n == base)
				note(l, about->kind != NULL ? about->kind[t] : ENTITY_ORG, from, to, (int)t);
			rest = str_sub(text, base, text.n - base);
		}
	}
}

static void
settle(struct entity_finder *f, struct names *l)
{
	qsort(l->v, l->n, sizeof *l->v, longest_first);
	for (size_t i = 0; i < l->n; i++) {
		struct name *x = &l->v[i];

		if (is_free(f, x->from, x->to)) {
			found(f, x->kind, x->from, x->to)->subject = x->subject;
			continue;
		}
		for (size_t k = 0; k < f->nfound && x->subject >= 0; k++) /* the name within a longer one */
			if (f->found[k].subject < 0 && f->found[k].kind <= ENTITY_PRODUCT && f->found[k].from <= x->from && x->to <= f->found[k].to)
				f->found[k].subject = x->subject;
	}
}

static int
by_place(const void *a, const void *b)
{
	const struct entity *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

static void
lay_out(struct entity_finder *f, struct str text)
{
	const char *p = text.p, *end = text.p + text.n;
	size_t most = text.n < ENTITY_TEXT ? text.n : ENTITY_TEXT, n = 0;

	f->cp = xgrow(f->cp, &f->cap, most + 8, sizeof *f->cp);
	f->raw = xgrow(f->raw, &f->cap_raw, most + 8, sizeof *f->raw);
	f->off = xgrow(f->off, &f->cap_off, most + 8, sizeof *f->off);
	f->is = xgrow(f->is, &f->cap_is, most + 8, sizeof *f->is);
	f->taken = xgrow(f->taken, &f->cap_taken, most + 8, sizeof *f->taken);
	while (p < end && n < most) {
		uint32_t c;

		f->off[n] = (uint32_t)(p - text.p);
		c = utf8_step(p, end, &p);
		f->raw[n] = c >= 0xff01 && c <= 0xff5e ? c - 0xfee0 : c;
		c = fold_cp(f->fold, c);
		f->cp[n] = c != 0 ? c : ' ';
		f->taken[n++] = 0;
	}
	f->n = n;
	f->off[n] = (uint32_t)(p - text.p);
	for (size_t i = 0; i < 8; i++) {
		f->cp[n + i] = f->raw[n + i] = 0;
		f->taken[n + i] = 1;
	}
}

/* The end of a placeholder that begins at i, as redact writes it: [手机·d9W233]; i when there is none. */
static size_t
placeholder_end(const struct entity_finder *f, size_t i)
{
	size_t k = i + 1;

	while (k < i + 12 && (utf8_is_han(f->cp[k]) || is_latin(f->cp[k])))
		k++;
	if (f->raw[i] != '[' || k == i + 1 || f->raw[k] != 0xb7)
		return i;
	for (k++; is_latin(f->raw[k]) || is_num(f->raw[k]); k++)
		;
	return f->raw[k] == ']' ? k + 1 : i;
}

/* Likewise of an address: its letters and figures name nothing. */
static size_t
address_end(const struct entity_finder *f, size_t i)
{
	size_t k = i;

	if (!here(f, i, "http://") && !here(f, i, "https://"))
		return i;
	while (k < f->n && f->raw[k] > ' ' && f->raw[k] < 0x7f)
		k++;
	return k;
}

static void
pass_over(struct entity_finder *f)
{
	for (size_t i = 0; i < f->n;) {
		size_t end = f->raw[i] == '[' ? placeholder_end(f, i) : f->cp[i] == 'h' ? address_end(f, i) : i;

		if (end == i)
			i++;
		while (i < end && i < f->n)
			f->taken[i++] = 1;
	}
}

/* 上周五, 去年, 半年前, last month: what needs no number and is no word of the list. */
static bool
begins_time(const struct entity_finder *f, size_t i)
{
	switch (f->cp[i]) {
	case 0x4e0a: case 0x4e0b: case 0x8fd9: case 0x672c: /* 上 下 这 本 */
	case 0x5468: case 0x661f: case 0x793c:              /* 周 星 礼 */
	case 0x53bb: case 0x4eca: case 0x524d: case 0x660e: /* 去 今 前 明 */
	case 0x534a:                                        /* 半 */
		return true;
	case 'l': case 'n': case 't':
		return i == 0 || !is_latin(f->cp[i - 1]);
	default:
		return false;
	}
}

/* A text is Chinese when a tenth of its first 200 characters is. */
static void
set_clock(struct entity_finder *f)
{
	size_t n = f->n < 200 ? f->n : 200, han = 0;

	for (size_t i = 0; i < n; i++)
		han += utf8_is_han(f->cp[i]);
	f->zone = han * 10 >= n ? 8 * 3600 : 0;
	f->today = f->about->published != INT64_MIN ? floor_div(f->about->published + f->zone, DAY_S) : 0;
}

size_t
entity_find(struct entity_finder *f, struct str text, const struct entity_about *about, const struct entity **out)
{
	struct names l;

	if (!f->sorted)
		sort_words(f);
	f->about = about;
	f->nfound = 0;
	l.n = 0;
	lay_out(f, text);
	mark_words(f);
	pass_over(f);
	set_clock(f);
	for (size_t i = 0; i < f->n;) {
		bool number = is_num(f->cp[i]) || han_digit(f->cp[i]) >= 0 || han_unit(f->cp[i]) > 0;
		size_t end = f->is[i] & (W_ROLE | W_SURNAME | W_MR) || f->cp[i] == SOME ? person_at(f, i) : 0;

		if (end == 0 && (number || f->is[i] & (W_DAY | W_PERIOD | W_MONTH | W_WEEKDAY | W_ABOUT | W_NUMBER) || begins_time(f, i)))
			end = time_at(f, i);
		if (end == 0 && (number || f->is[i] & (W_CURRENCY | W_ABOUT | W_NUMBER)))
			end = amount_at(f, i);
		i = end > i ? end : i + 1;
	}
	for (size_t i = 0; i < f->n; i++) {
		if (f->taken[i])
			continue;
		if (utf8_is_han(f->cp[i]) || is_latin(f->cp[i]))
			han_names(f, i, &l);
		if (is_latin(f->cp[i]))
			latin_names(f, i, &l);
		models(f, i, &l);
	}
	subjects(f, text, about, &l);
	settle(f, &l);
	qsort(f->found, f->nfound, sizeof *f->found, by_place);
	for (size_t i = 0; i < f->nfound; i++) {
		struct entity *e = &f->found[i];

		e->off = f->off[e->from];
		e->len = f->off[e->to] - e->off;
	}
	*out = f->found;
	return f->nfound;
}
