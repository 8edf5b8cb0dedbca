#!/bin/sh
# kill -9 at random points: what was answered for is there, nothing is half done, verify and rebuild agree.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
rounds=${KILL_ROUNDS:-12}
casefile open --subject s --type system.outage --level blue >/dev/null
i=0
: >answered
: >posted
while [ $i -lt "$rounds" ]; do
	i=$((i + 1))
	# one stream of incidents, one of posts, one loop of tasks, each killed somewhere in the middle
	(
		k=0
		while :; do
			k=$((k + 1))
			printf '{"kind":"incident","id":"i-%d-%d","subject":"x","type":"fee.dispute","level":"blue"}\n' $i $k
			[ $((k % 50)) -ne 0 ] || sleep 0.01
		done
	) 2>/dev/null | casefile open >>answered 2>/dev/null &
	a=$!
	(
		[ $((i % 3)) -ne 0 ] || exec sh -c "$BUILD/bench/posts 1000000 | sed s/:49/:$i-/" # an input that never pauses
		k=0
		while :; do
			k=$((k + 1))
			printf '{"kind":"post","id":"p-%d-%d","source":"s","text":"第%d条","published":"2026-11-22T02:30:00Z","metrics":{"likes":%d}}\n' $i $k $k $k
			[ $((k % 200)) -ne 0 ] || sleep 0.01
		done
	) 2>/dev/null | store add >>posted 2>/dev/null &
	b=$!
	(while :; do casefile task add 1 "t-$i-$(date +%N)" --duty x >/dev/null 2>&1; done) &
	c=$!
	sleep "0.$(((i * 37) % 60 + 20))"
	kill -9 $a $b $c 2>/dev/null
	wait $a $b $c 2>/dev/null
done
ok "the store is sound" store check
run casefile verify
status "verify finds nothing" 0
# A line is complete when it ends in a newline; only such were answered for.
lost=0
for id in $(grep -a '}$' answered | jq -R -r 'fromjson? | .id' | sort -u | tail -200); do
	casefile show "$id" -f json >/dev/null 2>&1 || lost=$((lost + 1))
done
is "every case that was answered for is there ($(grep -c . answered) answers)" $lost 0
store query | jq -r .id | sort >stored
grep -a '}$' posted | jq -R -r 'fromjson? | .id' | sort -u | comm -23 - stored >gone
is "every post that was passed on is there ($(grep -c . posted) of them)" "$(head -3 gone)" ""
store query --kind case | sort >before
casefile rebuild >/dev/null
store query --kind case | sort >after
ok "rebuild gives the same state ($(wc -l <before) cases)" cmp before after
n=$(store query --count)
is "sums count every post that is there" "$(store series | jq -s 'map(.n) | add')" "$n"
ok "enough happened to mean something ($n posts)" test "$n" -gt 500
done_testing
