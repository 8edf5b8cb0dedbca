#!/bin/bash
# detect-streams [N]: N seeded streams of each kind with known truth through detect; prints recall, false alarms, needless
# changes and where they were. Status 1 when a bar is missed. SEED is the first seed.
set -eu -o pipefail
cd "$(dirname "$0")/../.."
B=${BUILD:-build}
n=${1:-100}
first=${SEED:-1}
PATH=$B/libexec/tocsin:$B/fixture:$PATH
for kind in quiet seasonal slow-burn flash level-shift replay planted holiday source-outage; do
	for i in $(seq "$first" $((first + n - 1))); do
		simulate $kind --seed "$i" --members --truth | detect --all ${RULES:+-c "$RULES"}
	done | jq -r 'if .kind == "truth" then
		["truth", .stream, .seed, .crisis, (.orange // "1970-01-01T00:00:00Z" | fromdate), ((.to | fromdate) - (.from | fromdate)) / 86400] else
		["incident", .type, ([.path[] | select(.level == "orange" or .level == "red") | .at | fromdate] | min // 0),
		 ([.path as $p | range(1; $p | length) | select($p[.].from != null) | select($p[. - 1].rule == null and $p[.].rule != null)] | length) * 2] end | @tsv'
done | awk -F'\t' '
	# truth comes before the incidents of its stream: it passes through while posts are still read
	function close_stream() {
		if (kind == "") return
		streams[kind]++; days[kind] += len
		if (crisis) {
			crises[kind]++
			if (at > 0 && at <= orange + 600 && at > orange - 86400) {
				hit[kind]++; d = (at - orange) / 60; delay[kind] += d
				if (d > worst[kind] || hit[kind] == 1) worst[kind] = d
			} else note = note sprintf("missed: simulate %s --seed %d%s\n", kind, seed, at > 0 ? sprintf(" (%.0f min)", (at - orange) / 60) : "")
			flaps[kind] += flap
			if (flap > 2) note = note sprintf("needless %d: simulate %s --seed %d\n", flap, kind, seed)
		} else if (at > 0) { wrong[kind]++; note = note sprintf("false: simulate %s --seed %d\n", kind, seed) }
	}
	$1 == "truth" { close_stream(); kind = $2; seed = $3; crisis = $4 == "true"; orange = $5; len = $6; at = 0; flap = 0
		if (!(kind in order)) { order[kind] = ++k; name[k] = kind } next }
	{ if ($3 > 0 && (at == 0 || $3 < at)) at = $3; flap += $4 }
	END {
		close_stream()
		printf "%-14s %7s %7s %7s %9s %9s %7s %10s\n", "kind", "streams", "crises", "found", "delay min", "worst min", "false", "needless"
		for (i = 1; i <= k; i++) {
			s = name[i]
			printf "%-14s %7d %7d %7d %9s %9s %7d %10s\n", s, streams[s], crises[s], hit[s], hit[s] ? sprintf("%.1f", delay[s] / hit[s]) : "-",
				hit[s] ? sprintf("%.1f", worst[s]) : "-", wrong[s], crises[s] ? sprintf("%.2f", flaps[s] / crises[s]) : "-"
			c += crises[s]; h += hit[s]; w += wrong[s]; f += flaps[s]
			if (!crises[s]) q += days[s]
		}
		printf "%s", note
		printf "recall %.3f (bar 0.97), false per 30 stream-days without a crisis %.3f (bar 0.3), needless changes per crisis %.2f (bar 2)\n",
			c ? h / c : 1, q ? w / q * 30 : 0, c ? f / c : 0
		exit !(c && h / c >= 0.97 && (q == 0 || w / q * 30 <= 0.3) && f / c <= 2)
	}'
