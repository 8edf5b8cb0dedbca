#!/bin/sh
# What every program must survive. Made from the list of programs, so that none can be forgotten.
# shellcheck disable=SC2086
. "$(dirname "$0")/../lib.sh"
cat >"$T/watch.yaml" <<'Y'
subjects:
  - id: huapei-bank
    any: [华沛]
Y
post='{"kind":"post","id":"p:1","source":"t","platform":"weibo","text":"华沛银行又登录不上了","published":"2026-11-22T08:00:00Z"}'
odd='{"kind":"odd","id":1.000,"big":12345678901234567890,"s":"\u00e9\/","nested":{"a":[1,{"b":null}]}}'
printf '%s\n' "$post" >"$T/good"
printf '%s\n' "$odd" >"$T/odd"
printf '%s\r\n%s\r\n' "$odd" "$odd" >"$T/crlf"
printf '\357\273\277%s\n' "$odd" >"$T/bom"
printf '%s\n%s' "$odd" "$odd" >"$T/nonewline"
: >"$T/empty"
printf '%s\n{"a":"\000"}\n%s\n' "$odd" "$odd" >"$T/nul"
printf '%s\n{"kind":"post","text":"\344\270"}\n%s\n' "$odd" "$odd" >"$T/utf8"
printf '%s\n[1,2]\n{"a":1,"a":2}\n{"a":\n\n%s\n' "$odd" "$odd" >"$T/malformed"
{
	printf '%s\n{"text":"' "$odd"
	head -c 17000000 /dev/zero | tr '\0' x
	printf '"}\n%s\n' "$odd"
} >"$T/long"
cd "$T" || exit 1

# filters: programs that read records and pass unknown kinds through. How each is called with harmless settings.
call() {
	case $1 in
	fetch) echo "fetch -" ;;
	match-subject) echo "match-subject -c $T/watch.yaml" ;;
	store) echo "store add" ;;
	casefile) echo "casefile open" ;;
	notify) echo "notify --dry-run" ;;
	dedupe | redact | sentiment | classify | spread | detect | match-playbook) echo "$1" ;;
	*) echo "" ;;
	esac
}
for t in $TOOLS; do
	rm -f "${TOCSIN_DB:?}"*
	run "$BIN/$t" -h
	status "$t -h answers" 0
	has "$t -h shows the usage" "$out" "usage: $t"
	run "$BIN/$t" -V
	has "$t -V names tocsin" "$out" "tocsin"
	run "$BIN/$t" --no-such-option
	status "$t refuses an unknown option with 64" 64
	"$BIN/$t" -h >/dev/full 2>"$T/err"
	is "$t -h fails with 74 on a full device" $? 74
	c=$(call "$t")
	[ -n "$c" ] || continue
	case $t in fetch) same=1 ;; *) same=0 ;; esac # fetch reads posts only
	$c <"$T/odd" >/dev/full 2>"$T/err"
	code=$?
	if [ $same -eq 0 ]; then
		is "$t fails with 74 when standard output is full" $code 74
		has "$t says that writing failed" "$(cat "$T/err")" "standard output"
	fi
	if [ $same -eq 0 ]; then
		(ulimit -f 0 && $c <"$T/odd" >"$T/o" 2>/dev/null)
		is "$t fails with 74 at the limit of a file's size" $? 74
	fi
	$c <"$T/good" 2>"$T/err" | :
	is "$t is quiet on a closed pipe" "$(grep -v -e 'Broken pipe' -e 'before detect' "$T/err")" ""
	$c <&- >"$T/o" 2>"$T/err"
	code=$?
	ok "$t says that standard input is closed, and lives" test $code -eq 74 -a -s "$T/err"
	run $c "$T"
	status "$t reports a directory as operand" 74
	run $c "$T/no such file"
	status "$t reports a missing file" 74
	for f in odd crlf bom nonewline; do
		[ $same -eq 1 ] && continue
		runin "$T/$f" $c
		status "$t takes $f" 0
		want=$(sed 's/^\xef\xbb\xbf//' "$T/$f")
		is "$t passes $f through untouched" "$out" "$want"
	done
	runin "$T/empty" $c
	status "$t takes an empty file" 0
	is "$t says nothing on an empty file" "$out$err" ""
	for f in nul utf8 long; do
		[ $same -eq 1 ] && continue
		runin "$T/$f" $c
		status "$t reports one bad record ($f) with 65" 65
		is "$t keeps the stream going behind it ($f)" "$(printf '%s\n' "$out" | grep -c odd)" 2
		has "$t names the line ($f)" "$err" ":2:"
	done
	[ $same -eq 1 ] && continue
	runin "$T/malformed" $c --rejects "$T/rej"
	status "$t reports malformed lines with 65" 65
	is "$t keeps rejects verbatim" "$(cat "$T/rej")" "$(sed -n 2,4p "$T/malformed")"
	rm -f "$T/rej"
done
done_testing
