#include "model/names.h"

#include <string.h>

struct name {
	const char *id, *zh, *en;
};

static const struct name types[] = {
    {"ad.misleading", "虚假宣传", "misleading advertising"},
    {"care.accident", "医疗事故", "medical accident"},
    {"care.dispute", "医患纠纷", "care dispute"},
    {"care.infection", "院内感染", "hospital infection"},
    {"competitor.attack", "竞争对手攻击", "attack by a competitor"},
    {"data.breach", "数据泄露", "data breach"},
    {"disaster.site", "现场灾害", "disaster on site"},
    {"environment.pollution", "环境污染", "pollution"},
    {"fee.dispute", "收费争议", "fee dispute"},
    {"fraud.theft", "盗窃诈骗", "fraud or theft"},
    {"labour.dispute", "劳资纠纷", "labour dispute"},
    {"management.misconduct", "管理层失当", "management misconduct"},
    {"media.negative", "媒体负面报道", "negative coverage"},
    {"none", "一般舆情", "no crisis type"},
    {"policy.dispute", "政策争议", "policy dispute"},
    {"product.defect", "产品缺陷", "product defect"},
    {"product.safety", "产品安全", "product safety"},
    {"rumour.false", "不实信息", "false rumour"},
    {"rumour.run", "挤兑传言", "run on the bank"},
    {"sales.misselling", "销售误导", "mis-selling"},
    {"service.attitude", "服务态度", "service attitude"},
    {"service.delay", "服务延误", "service delay"},
    {"staff.misconduct", "员工不当行为", "staff misconduct"},
    {"supply.failure", "供应中断", "supply failure"},
    {"system.outage", "系统故障", "system outage"},
};
static const struct name platforms[] = {
    {"appstore", "应用商店", "App Store"},
    {"bilibili", "哔哩哔哩", "Bilibili"},
    {"blackcat", "黑猫投诉", "Black Cat complaints"},
    {"douban", "豆瓣", "Douban"},
    {"douyin", "抖音", "Douyin"},
    {"facebook", "Facebook", "Facebook"},
    {"forum", "论坛", "forum"},
    {"hotline", "热线", "hotline"},
    {"kuaishou", "快手", "Kuaishou"},
    {"letter", "来信", "letters"},
    {"mail", "邮件", "mail"},
    {"news", "新闻", "news"},
    {"review", "点评", "reviews"},
    {"survey", "调查", "survey"},
    {"tieba", "贴吧", "Tieba"},
    {"toutiao", "今日头条", "Toutiao"},
    {"twitter", "Twitter", "Twitter"},
    {"video", "视频", "video"},
    {"wechat", "微信", "WeChat"},
    {"weibo", "微博", "Weibo"},
    {"xiaohongshu", "小红书", "Xiaohongshu"},
    {"zhihu", "知乎", "Zhihu"},
};
static const struct name levels[] = {
    {"blue", "蓝色", "blue"},
    {"none", "无预警", "no level"},
    {"orange", "橙色", "orange"},
    {"red", "红色", "red"},
    {"yellow", "黄色", "yellow"},
};
static const struct name voices[] = {
    {"media", "媒体", "media"},
    {"official", "官方", "official"},
    {"own", "自有", "own"},
    {"public", "公众", "public"},
    {"rival", "竞争方", "rival"},
    {"staff", "员工", "staff"},
};
static const struct name moods[] = {
    {"neg", "负面", "negative"},
    {"neu", "中性", "neutral"},
    {"pos", "正面", "positive"},
};
static const struct name states[] = {
    {"accepted", "已受理", "accepted"},
    {"approved", "已批准", "approved"},
    {"closed", "已结案", "closed"},
    {"dead", "放弃", "given up"},
    {"delivered", "已送达", "delivered"},
    {"done", "已完成", "done"},
    {"draft", "草稿", "draft"},
    {"failed", "失败", "failed"},
    {"merged", "已并案", "merged"},
    {"open", "未开始", "open"},
    {"opened", "处置中", "open"},
    {"paused", "暂停", "paused"},
    {"queued", "排队", "queued"},
    {"rejected", "已退回", "rejected"},
    {"released", "已发布", "released"},
    {"sending", "发送中", "sending"},
    {"skipped", "已跳过", "skipped"},
    {"started", "进行中", "started"},
    {"submitted", "待审批", "submitted"},
    {"unknown", "结果未知", "unknown"},
    {"waits", "等待前置", "waits"},
    {"withdrawn", "已撤回", "withdrawn"},
};
static const struct name departments[] = {
    {"analyst", "舆情分析员", "analyst"},
    {"business", "业务", "business"},
    {"compliance", "合规", "compliance"},
    {"crisis-lead", "危机小组组长", "crisis lead"},
    {"customer-service", "客服", "customer service"},
    {"department-head", "部门负责人", "head of department"},
    {"discipline", "纪检", "discipline"},
    {"expert", "专家", "experts"},
    {"facilities", "后勤", "facilities"},
    {"finance", "财务", "finance"},
    {"hr", "人力资源", "HR"},
    {"infection-control", "院感", "infection control"},
    {"it", "信息技术", "IT"},
    {"legal", "法务", "legal"},
    {"management", "管理层", "management"},
    {"marketing", "市场", "marketing"},
    {"medical", "医务", "medical"},
    {"nursing", "护理", "nursing"},
    {"pharmacy", "药学", "pharmacy"},
    {"pr", "公关", "PR"},
    {"psychology", "心理支持", "psychological support"},
    {"quality", "质控", "quality"},
    {"security", "安全", "security"},
    {"spokesperson", "发言人", "spokesperson"},
    {"supply", "供应链", "supply chain"},
};
static const struct name events[] = {
    {"case.absorb", "并入他案", "took in another case"},
    {"case.apply", "套用剧本", "applied a playbook"},
    {"case.assign", "指定负责人", "assigned the case"},
    {"case.attach", "附入证据", "attached evidence"},
    {"case.close", "结案", "closed the case"},
    {"case.correct", "更正", "corrected"},
    {"case.import", "导入案件", "imported the case"},
    {"case.incident", "更新事件快照", "recorded the incident"},
    {"case.link", "关联", "linked"},
    {"case.lower", "下调级别", "lowered the level"},
    {"case.merge", "并案", "merged the case"},
    {"case.note", "记录", "noted"},
    {"case.open", "立案", "opened the case"},
    {"case.pause", "暂停计时", "paused the clocks"},
    {"case.raise", "上调级别", "raised the level"},
    {"case.reopen", "重新立案", "reopened the case"},
    {"case.resume", "恢复计时", "resumed the clocks"},
    {"case.return", "结案后再起", "came back after closing"},
    {"case.split", "分案", "split the case"},
    {"draft.approve", "批准文本", "approved a text"},
    {"draft.drop", "不再回复一帖", "took a post off"},
    {"draft.edit", "修改文本", "edited a text"},
    {"draft.new", "起草文本", "drafted a text"},
    {"draft.posts", "列入待回复帖子", "listed posts to answer"},
    {"draft.reject", "退回文本", "rejected a text"},
    {"draft.release", "发布文本", "released a text"},
    {"draft.sent", "回复帖子", "answered posts"},
    {"draft.submit", "提交文本审批", "submitted a text"},
    {"draft.withdraw", "撤回文本", "withdrew a text"},
    {"notice.ack", "确认收到通知", "acknowledged a message"},
    {"post.label", "人工标注帖子", "labelled a post"},
    {"release.grade", "确定发布分级", "set the release grade"},
    {"release.sign", "签署发布分级", "signed the release grade"},
    {"review.save", "保存复盘", "saved a review"},
    {"task.add", "增加任务", "added a task"},
    {"task.delegate", "委派任务", "delegated a task"},
    {"task.depend", "任务依赖", "made a task wait"},
    {"task.done", "完成任务", "finished a task"},
    {"task.due", "调整时限", "moved a deadline"},
    {"task.escalate", "任务升级督办", "escalated a late task"},
    {"task.reopen", "重开任务", "reopened a task"},
    {"task.sign", "签署任务", "signed a task"},
    {"task.skip", "跳过任务", "skipped a task"},
    {"task.start", "开始任务", "started a task"},
};
static const struct name texts[] = {
    {"faq", "问答", "FAQ"},
    {"internal", "内部通报", "internal note"},
    {"legal", "法律意见", "legal notes"},
    {"media", "媒体答复", "media answers"},
    {"partner", "合作方告知", "note to partners"},
    {"regulator", "监管报告", "report to the regulator"},
    {"reply", "回复话术", "replies"},
    {"statement", "声明", "statement"},
};
static const struct name severities[] = {
    {"death", "死亡", "death"},
    {"injury", "受伤", "injury"},
    {"media", "媒体介入", "media"},
    {"minor", "未成年人", "minors"},
    {"money", "资金损失", "money"},
    {"police", "报警", "police"},
    {"regulator", "监管介入", "regulator"},
};

#define SET(name, v) {name, v, sizeof(v) / sizeof(v)[0]}
static const struct {
	const char *name;
	const struct name *v;
	size_t n;
} sets[] = {
    SET("type", types),
    SET("platform", platforms),
    SET("level", levels),
    SET("voice", voices),
    SET("mood", moods),
    SET("state", states),
    SET("department", departments),
    SET("event", events),
    SET("text", texts),
    SET("severity", severities),
};

struct str
name_of(const char *set, struct str id, bool zh)
{
	for (size_t s = 0; s < sizeof sets / sizeof sets[0]; s++) {
		if (strcmp(sets[s].name, set) != 0)
			continue;
		if (strcmp(set, "event") == 0 && str_starts(id, STR("import."))) /* done elsewhere, before it was imported */
			id = str_sub(id, 7, id.n);
		for (size_t i = 0; i < sets[s].n; i++)
			if (str_is(id, sets[s].v[i].id))
				return str_c(zh ? sets[s].v[i].zh : sets[s].v[i].en);
	}
	return id;
}
