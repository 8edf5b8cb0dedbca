#!/bin/bash
# quality-sentiment: accuracy of the shipped model on the sets of SHARED/data/sentiment/dev and the project's own
# challenge set, of a model trained on ewect_virus, and what quantising and traditional characters cost.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
B=${BUILD:-build}
bin=$B/libexec/tocsin
data=${TOCSIN_SHARED:-../shared}/data/sentiment
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
posts() { sed 's/^{/{"kind":"post",/' "$1"; } # the sets have no kind
# score FILE: "gold label score confidence" lines from records that keep their label
score() { jq -r '[.label, .sentiment.label, .sentiment.score, .sentiment.confidence] | @tsv' "$1"; }
# figures NAME: polarity, three-way accuracy and macro-F1, calibration error, surest 80 %
figures() {
	sort -t"$(printf '\t')" -k4,4nr | awk -F '\t' -v name="$1" '
		{ n++; ok = $1 == $2; right += ok; hit[n] = ok; gold[$1]++; got[$2]++; if (ok) both[$1]++
		  b = int($4 * 10); if (b > 9) b = 9; bc[b] += $4; bh[b] += ok
		  if ($1 != "neu") { m++; pol += ($3 > 0 ? "pos" : "neg") == $1 } }
		END {
			for (c in gold) { f += 2 * both[c] / (gold[c] + got[c]); k++ }
			for (b in bc) { d = bc[b] - bh[b]; e += d < 0 ? -d : d }
			top = int(n * 0.8); for (i = 1; i <= top; i++) s += hit[i]
			three = "neu" in gold ? sprintf("%.1f / %.1f", 100 * right / n, 100 * f / k) : "-"
			printf "%-34s %6d  %5.1f   %-12s  %.3f  %5.1f\n", name, n, 100 * pol / m, three, e / n, 100 * s / top - 100 * right / n
		}'
}
printf '%-34s %6s  %5s   %-12s  %5s  %5s\n' set posts polar three-way ECE +80%
if [ -d "$data" ]; then
	for s in ewect_virus.test covid_weibo7.test nlpcc2014_dl.test weibo2018.train te_sentiment.test sst2.test airline.train; do
		posts "$data/dev/$s.ndjson" | "$bin/sentiment" >"$t/out"
		score "$t/out" | figures "$s"
	done
else
	echo "no $data: only the challenge set"
fi
"$bin/sentiment" tests/corpus/challenge.ndjson >"$t/out"
for p in dev held; do score <(jq -c "select(.part == \"$p\")" "$t/out") | figures "challenge, $p part"; done
for p in negation concession rhetorical degree irony crisis traditional; do
	score <(jq -c "select(.phenomenon == \"$p\")" "$t/out") | figures "  $p"
done
"$bin/sentiment" tests/corpus/hard.ndjson >"$t/out"
for p in zh en pairs; do score <(jq -c "select(.part == \"$p\")" "$t/out") | figures "hard texts, $p"; done
[ -d "$data" ] || exit 0
# emotion: happy 乐 好, angry and disgust 怒 恶, sad 哀, fear 惧; posts of these only
for s in ewect_virus.test covid_weibo7.test; do
	posts "$data/dev/$s.ndjson" | "$bin/sentiment" | jq -r '
		{happy: "乐", optimism: "乐", gratitude: "乐", angry: "怒", anger: "怒", disgust: "怒", sad: "哀", sadness: "哀", fear: "惧"}[.emotion] as $g |
		select($g) | [$g, ({"好": "乐", "恶": "怒"}[.sentiment.emotion // ""] // .sentiment.emotion // "-")] | @tsv' |
		awk -F '\t' -v name="$s" '{ n++; gold[$1]++; got[$2]++; if ($1 == $2) { r++; both[$1]++ } }
			END { for (c in gold) { f += 2 * both[c] / (gold[c] + got[c]); k++ }
			printf "%-34s %6d  emotion in four: %.1f / %.1f\n", name, n, 100 * r / n, 100 * f / k }'
done
if command -v opencc >/dev/null; then
	for s in ewect_virus.test covid_weibo7.test nlpcc2014_dl.test; do
		posts "$data/dev/$s.ndjson" | opencc -c s2twp | "$bin/sentiment" >"$t/out"
		score "$t/out" | figures "$s, traditional"
	done
fi
"$bin/train" sentiment -q -e 0 -o "$t/model" -t "$data/dev/ewect_virus.test.ndjson" "$data/dev/ewect_virus.train.ndjson" |
	sed -n 's/^.*test.ndjson: \([0-9]* posts.*\)/trained on ewect_virus.train, test: \1/p'
"$bin/train" compare "$t/model" "$t/model" "$data/dev/ewect_virus.test.ndjson" |
	sed -n '1s/^.*: \([0-9]* posts.*\)/the same after quantising:             \1/p' || :
