#!/bin/sh
# make install gives a tree that works where it lies, uninstall takes it away again, the front door lists and checks.
. "$(dirname "$0")/../lib.sh"
cd "$SRC" || exit 1
ok "make install into DESTDIR" make -s BUILD="$BUILD" DESTDIR="$T/root" PREFIX=/opt/tocsin install
R=$T/root/opt/tocsin
run "$R/bin/tocsin"
status "the front door lists the programs" 0
has "fetch among them" "$out" "fetch"
run "$R/bin/tocsin" --version
has "it tells its version" "$out" "tocsin 0."
run "$R/bin/tocsin" check
status "the shipped configuration is in order" 0
diag "$out"
run "$R/bin/tocsin" nosuch
status "an unknown program is refused" 64
has "and named" "$err" "nosuch"
PATH=/usr/bin:/bin
eval "$("$R/bin/tocsin" env)"
is "env gives the short names" "$(command -v sentiment | sed 's|/bin/\.\./|/|')" "$R/libexec/tocsin/sentiment"
is "an installed program finds its tables" "$(echo '{"kind":"post","id":"1","source":"t","published":"2026-11-22T00:00:00Z","text":"服务太差了，再也不来"}' | sentiment | jq -r .sentiment.label)" neg
ok "manuals are installed" test -s "$R/share/man/man1/tocsin-fetch.1" -a -s "$R/share/man/man7/tocsin.7" -a -s "$R/share/man/man5/tocsin-record.5"
ok "playbooks are installed" test -s "$R/share/tocsin/playbooks/bank/system-outage/playbook.yaml"
cd "$SRC" || exit 1
PATH=$PATH:/usr/local/bin make -s BUILD="$BUILD" DESTDIR="$T/root" PREFIX=/opt/tocsin uninstall
is "uninstall leaves no file" "$(find "$T/root" -type f)" ""
has "make help lists the targets" "$(make -s help)" "check"
done_testing
