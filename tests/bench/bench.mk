# Benches and quality figures. Each prints what tests/bench/README.md writes down.
bench-rec: $(BUILD)/bench/posts $(BUILD)/bench/pass  ## cost of a splice against cat and jq
	@BUILD=$(BUILD) tests/bench/rec.sh

.PHONY: bench-rec
