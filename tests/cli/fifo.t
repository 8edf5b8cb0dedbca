#!/bin/sh
# A pipe where a file is expected keeps nobody waiting, and nobody else out of the store.
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
mkfifo pipe
c=$(casefile open --subject a --type b | jq -r .id)
run timeout 5 casefile attach "$c" pipe
status "attach refuses a FIFO at once" 74
has "and says so" "$err" "cannot read 'pipe': it is not a regular file"
run timeout 5 casefile attach "$c" /dev/null
status "and a device" 74
run timeout 5 match-subject -c pipe
status "a FIFO is no configuration" 74
has "which is said" "$err" "not a regular file"
mkfifo slow
casefile import <slow >import.out 2>&1 &
exec 9>slow # the import reads, and waits
run timeout 5 casefile note "$c" text
status "an import that waits for its input keeps nobody out" 0
exec 9>&-
wait
has "and says that nothing came" "$(cat import.out)" "nothing to import"
id="x'; touch pwned; '"
jq -cn --arg i "$id" '{kind:"incident",id:$i,subject:"a",type:"b",level:"red",opened:"2026-11-22T07:00:00Z"}' >in
runin in notify
line=$(printf '%s\n' "$out" | jq -r .text | sed -n 's/.*\(notify --ack .*\)/\1/p')
(cd "$T" && notify() { printf '%s' "$2" >got; } && eval "$line")
is "what a message says to paste names the id and does nothing else" "$(cat got 2>/dev/null)" "$id"
ok "nothing was run" test ! -e pwned
done_testing
