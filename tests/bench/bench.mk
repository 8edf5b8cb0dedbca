# Benches and quality figures. Each prints what tests/bench/README.md writes down.
bench-rec: $(BUILD)/bench/posts $(BUILD)/bench/pass  ## cost of a splice against cat and jq
	@BUILD=$(BUILD) tests/bench/rec.sh

.PHONY: bench-rec

bench-spread: $(BUILD)/libexec/tocsin/spread  ## a million edges: seconds and memory
	@t=$$(mktemp) && awk -v N=1000000 -f tests/bench/edges.awk >$$t && \
	/usr/bin/env bash -c "TIMEFORMAT='seconds of CPU  %U + %S (bar 5)'; time $(BUILD)/libexec/tocsin/spread $$t >/dev/null" && \
	( $(BUILD)/libexec/tocsin/spread $$t >/dev/null & p=$$!; m=0; while kill -0 $$p 2>/dev/null; do \
		r=$$(awk '/VmHWM/ {print $$2}' /proc/$$p/status 2>/dev/null); [ -n "$$r" ] && m=$$r; sleep 0.05; done; \
		echo "peak memory     $$((m / 1024)) MB (bar 1000)" ); rm -f $$t

bench-dedupe: $(BUILD)/libexec/tocsin/dedupe $(BUILD)/bench/posts  ## recall, precision, speed and memory of dedupe
	@BUILD=$(BUILD) tests/bench/dedupe.sh

bench-text: all $(BUILD)/bench/posts $(BUILD)/bench/pass  ## posts a second of every filter, as a ratio to a pass-through
	@BUILD=$(BUILD) tests/bench/text.sh

bench-chain: all $(BUILD)/bench/posts  ## three million posts from text to playbook in one pipe
	@BUILD=$(BUILD) tests/bench/chain.sh

.PHONY: bench-spread bench-dedupe bench-text bench-chain

bench-redact: $(BUILD)/libexec/tocsin/redact  ## recall and precision of redact: public cases, names in context
	@k=$$(mktemp) && echo 0123456789abcdef0123456789abcdef >$$k && chmod 600 $$k && \
	c=$${TOCSIN_SHARED:-../shared}; [ -f $$c/eval/pii_check.py ] && python3 $$c/eval/pii_check.py $$c/data/pii/cases.ndjson \
		--mask "$(BUILD)/libexec/tocsin/redact --text --key $$k" --leak $$c/data/posts/weibo.ndjson || echo "shared data is absent"; \
	for f in names names-2 names-4; do python3 tests/bench/names.py "$(BUILD)/libexec/tocsin/redact --text --key $$k" <tests/corpus/$$f.txt; done; \
	for h in odd even; do python3 tests/bench/names.py "$(BUILD)/libexec/tocsin/redact --text --key $$k" $$h <tests/corpus/names-3.txt; done; rm -f $$k

.PHONY: bench-redact

bench-quality: all  ## what sentiment and classify get right, set by set
	@for b in tests/bench/quality-*.sh; do BUILD=$(BUILD) $$b || exit 1; done

.PHONY: bench-quality

# Recall, false alarms and needless changes on 100 streams of each kind; the NAB score; the cost of a post.
N_STREAMS ?= 100
bench-detect: all $(BUILD)/fixture/simulate $(BUILD)/bench/pass  ## NAB score, streams with known truth, cost of detect
	@BUILD=$(BUILD) tests/bench/detect-nab.sh
	@BUILD=$(BUILD) tests/bench/detect-streams.sh $(N_STREAMS)
	@BUILD=$(BUILD) tests/bench/detect-cost.sh

.PHONY: bench-detect

bench-playbook: all  ## what a match costs, from an incident to a case with a text
	@BUILD=$(BUILD) sh tests/bench/playbook.sh
.PHONY: bench-playbook

bench-cases: all  ## what looking at 10,000 open cases costs
	@BUILD=$(BUILD) sh tests/bench/cases.sh
.PHONY: bench-cases

bench-terms: all $(BUILD)/bench/posts  ## CPU and memory of classify --terms over a million posts
	@BUILD=$(BUILD) tests/bench/terms.sh
.PHONY: bench-terms
