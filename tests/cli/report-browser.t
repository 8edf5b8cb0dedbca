#!/bin/sh
# The report's page in a real browser: nothing in it runs, nothing is fetched, it fits and can be read.
. "$(dirname "$0")/../lib.sh"
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$browser" ]; then
	skip "report in a browser" "chromium is not installed"
	done_testing
fi
cp "$FIX/report/look.html" "$T/"
# look PAGE [option]…: what the browser finds wrong, "nothing" when it is content
look() {
	look_page=$1
	shift
	timeout 120 "$browser" --headless --no-sandbox --disable-gpu --disable-background-networking --no-first-run --disable-component-update \
		--disable-sync --disable-dev-shm-usage --allow-file-access-from-files --user-data-dir="$T/profile" --log-net-log="$T/net.json" \
		--virtual-time-budget=20000 --dump-dom "$@" "file://$T/look.html?file://$look_page" 2>"$T/browser.err" |
		awk '/<pre id="found">/ { on = 1; sub(/.*<pre id="found">/, "") } on { line = $0; end = sub(/<\/pre>.*/, "", line); print line } end { exit }'
}
# A page is loaded by the browser alone as well: frames can be stricter than windows.
alone() {
	timeout 60 "$browser" --headless --no-sandbox --disable-gpu --disable-background-networking --no-first-run --disable-component-update \
		--disable-sync --disable-dev-shm-usage --user-data-dir="$T/profile" --log-net-log="$T/net.json" --virtual-time-budget=5000 --dump-dom \
		"file://$1" 2>"$T/browser.err"
}
now=2026-11-22T08:00:00Z
report daily -f html --now $now --since 2026-11-21T16:00:00Z "$FIX/report/hostile.ndjson" >"$T/hostile.html"
dom=$(alone "$T/hostile.html")
if [ -z "$dom" ]; then
	skip "report in a browser" "chromium does not start here"
	done_testing
fi
has "the page of hostile records is a page" "$dom" '<h1>舆情日报'
hasnt "its scripts do not run" "$dom" '<title>pwned'
is "nothing of it is fetched" "$(grep -c 'evil\.example' "$T/net.json")" 0
is "hostile records: whole, fitting, legible, inert" "$(look "$T/hostile.html")" nothing
is "nothing of it is fetched when every part is open" "$(grep -c 'evil\.example' "$T/net.json")" 0
report flash -f html --lang en --now $now --since 2026-11-21T16:00:00Z "$FIX/report/hostile.ndjson" >"$T/hostile-en.html"
is "the same in English on dark ground" "$(look "$T/hostile-en.html" --blink-settings=preferredColorScheme=0)" nothing

simulate day --posts 4000 --members >"$T/day.ndjson"
store add "$T/day.ndjson" >/dev/null
report daily -f html --now 2026-11-22T16:00:00Z >"$T/day.html"
is "a bank's day: whole, fitting, legible" "$(look "$T/day.html")" nothing
is "the same on dark ground" "$(look "$T/day.html" --blink-settings=preferredColorScheme=0)" nothing
# The checker can fail: a page that does all that is forbidden.
cat >"$T/bad.html" <<'H'
<!doctype html><html><body><header>x</header><h1>a</h1><h3>b</h3><main><div style="width:3000px;color:#ccc">pale</div>
<a href="javascript:1">x</a><a href="#nowhere">y</a><table><tr><td>1</td></tr></table><script>top.pwned = 1; document.title = 'pwned'</script></main></body></html>
H
bad=$(look "$T/bad.html")
for what in 'scrolls sideways' 'style sheet' 'foreign elements' 'inline style' 'not a web address' 'leads nowhere' 'no language' 'skips a level' 'without headings' 'contrast' 'script in the page ran'; do
	has "the look itself notices: $what" "$bad" "$what"
done
done_testing
