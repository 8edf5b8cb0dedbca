/* posts N [SEED]: N synthetic posts, about 460 bytes each, two thirds Chinese, an eighth copies; for benches only. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "rec/io.h"
#include "rec/json.h"

static const char *const zh[] = {"今天去银行取钱等了两个小时", "手机银行又登录不上了", "客服电话一直占线", "这家医院的医生很有耐心",
    "挂号要排队到下午", "新买的手机电池发烫", "系统提示转账失败但钱已经扣了", "周末去公园散步", "护士态度真的差", "快递到了包装完好",
    "孩子发烧三十九度", "网点说系统升级", "朋友推荐的餐厅味道一般", "退款等了半个月还没到账", "听说有人个人信息被泄露了", "今天天气不错",
    "希望尽快给个说法", "没想到服务这么好", "楼下的超市打折", "排队的人越来越多"};
static const char *const en[] = {"the app keeps crashing after the update", "waited forty minutes on the phone",
    "lovely staff at the clinic this morning", "my transfer is still pending", "battery drains in two hours",
    "does anyone know when the branch opens", "refund promised last week, nothing yet", "great camera for the price",
    "login says try again later", "the queue goes around the block"};
static const char *const platform[] = {"weibo", "wechat", "douyin", "xiaohongshu", "forum", "news"};

int
main(int argc, char **argv)
{
	int64_t n = argc > 1 ? atoll(argv[1]) : 100000;
	uint64_t s = argc > 2 ? (uint64_t)atoll(argv[2]) : 1;
	struct writer w;
	struct buf text = {0};
	struct err e;
	char tmp[CLOCK_LEN];

	writer_open(&w, 1, "standard output");
	for (int64_t i = 0; i < n; i++) {
		struct jw j = jw_open(&w.buf);
		uint64_t r;

		s = hash_u64(s + 0x9e3779b97f4a7c15u);
		r = s;
		if (r % 8 != 0 || text.n == 0) { /* else: a copy of the text before */
			bool chinese = r % 100 < 65;
			size_t parts = 3 + (r >> 8) % 4;

			buf_reset(&text);
			for (size_t k = 0; k < parts; k++) {
				r = hash_u64(r + 1);
				buf_puts(&text, chinese ? zh[r % 20] : en[r % 10]);
				buf_puts(&text, chinese ? (k + 1 < parts ? "，" : "。") : (k + 1 < parts ? ", " : "."));
			}
			buf_printf(&text, chinese ? "（%d）" : " (%d)", (int)(r >> 40 & 0xfff));
		}
		jw_obj(&j);
		jw_kcstr(&j, "kind", "post");
		jw_key(&j, "id");
		buf_printf(&w.buf, "\"%s:%lld\"", platform[s % 6], (long long)(4900000000000000000 + i));
		j.keyed = false;
		jw_kcstr(&j, "source", "bench");
		jw_kcstr(&j, "platform", platform[s % 6]);
		jw_kcstr(&j, "url", "https://example.org/status/4900000000000");
		jw_kstr(&j, "text", buf_view(&text));
		jw_key(&j, "author");
		jw_obj(&j);
		jw_key(&j, "id");
		buf_printf(&w.buf, "\"u%u\"", (unsigned)(s >> 20 & 0xffff));
		j.keyed = false;
		jw_kint(&j, "followers", (int64_t)(s >> 30 & 0xffff));
		jw_kbool(&j, "verified", (s >> 50 & 15) == 0);
		jw_end(&j);
		jw_kstr(&j, "published", clock_format(1795305600 + i * 86400 / n, tmp));
		jw_kcstr(&j, "region", "江苏");
		jw_key(&j, "metrics");
		jw_obj(&j);
		jw_kint(&j, "reposts", (int64_t)(s >> 10 & 63));
		jw_kint(&j, "comments", (int64_t)(s >> 16 & 63));
		jw_kint(&j, "likes", (int64_t)(s >> 22 & 511));
		jw_end(&j);
		jw_end(&j);
		buf_putc(&w.buf, '\n');
		writer_some(&w);
	}
	if (writer_flush(&w, &e) != 0)
		return 74;
	buf_free(&text);
	writer_close(&w);
	return 0;
}
