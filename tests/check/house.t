#!/bin/sh
# The house keeps its own rules.
. "$(dirname "$0")/../lib.sh"
cd "$SRC" || exit 1
ok "folders include only what stands to their left" scripts/check-layers
ok "every header compiles alone" env DEFS="-std=c11 -D_XOPEN_SOURCE=700 -Ilib $(pkg-config --cflags libxml-2.0)" scripts/check-headers
for t in $TOOLS; do
	ok "$t has a manual" test -s "man/tocsin-$t.1"
	ok "$t agrees with its manual on its options" scripts/check-opts "$t"
done
if command -v mandoc >/dev/null; then
	for p in man/*.[157]; do ok "$p is lint-free" mandoc -Tlint -W warning "$p"; done
else
	skip "manual pages lint" "mandoc is not installed"
fi
if command -v shellcheck >/dev/null; then
	ok "scripts pass shellcheck" sh -c 'shellcheck -x $(grep -l -r -E "^#!/bin/(ba)?sh" scripts .ci tests --include="*" | grep -v "\.t$")'
	ok "tests pass shellcheck" sh -c 'shellcheck -x -e SC1091,SC2016,SC2154,SC2317 $(find tests -name "*.t")'
else
	skip "shellcheck" "shellcheck is not installed"
fi
# The pure programs link nothing foreign.
for t in sentiment spread; do
	[ -x "$BIN/$t" ] || continue
	extra=$(ldd "$BIN/$t" | grep -v -E 'linux-vdso|libc\.so|libm\.so|ld-linux|lib(a|ub|l)san|libgcc_s|libstdc|libpthread|libdl|librt|libresolv' | awk '{print $1}' | tr '\n' ' ')
	is "$t links libc and libm only" "$extra" ""
done
# No program stands in the list without being there, and none is there without standing in the list.
listed=$("$BUILD/bin/tocsin" | sed -n '/^programs:/,/^$/p' | awk 'NR > 1 && NF {print $1}' | sort | tr '\n' ' ')
# shellcheck disable=SC2086
is "tocsin lists exactly the programs that exist" "$listed" "$(printf '%s\n' $TOOLS | sort | tr '\n' ' ')"
done_testing
