# shellcheck shell=sh disable=SC2034
# Sourced by every *.t: TAP for shell tests.
#   BIN        programs by plain name are on PATH; BUILD, SRC, SHARED (may not exist), T (own temp folder)
#   ok NAME CMD…         passes when CMD succeeds
#   is NAME GOT WANT     passes when the texts are equal; shows both otherwise
#   has NAME TEXT PART   passes when TEXT holds PART
#   run CMD…             runs it; leaves $out, $err, $code
#   status NAME WANT     compares $code of the last run; shows stderr otherwise
#   skip NAME WHY        counts as skipped
#   done_testing         last line of every test
set -u
SRC=$(cd "$(dirname "$0")/../.." && pwd)
BUILD=${BUILD:-$SRC/build}
case $BUILD in /*) ;; *) BUILD=$SRC/$BUILD ;; esac
SHARED=${TOCSIN_SHARED:-$SRC/../shared}
FIX=$SRC/tests/fixture
BIN=$BUILD/libexec/tocsin
PATH=$BIN:$BUILD/bin:$BUILD/fixture:$PATH
T=$(mktemp -d "${TMPDIR:-/tmp}/tocsin-test.XXXXXX")
HOME=$T/home
TOCSIN_DB=$T/cases.db
unset TOCSIN_CONFIG XDG_CONFIG_HOME TOCSIN_NOW http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
LC_ALL=C.UTF-8
TZ=UTC
export PATH HOME TOCSIN_DB LC_ALL TZ BUILD SRC T
mkdir -p "$HOME"
tap_n=0
tap_failed=0
tap_pids=
cleanup() {
	for p in $tap_pids; do kill "$p" 2>/dev/null; done
	rm -rf "$T"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM
pass() { tap_n=$((tap_n + 1)); echo "ok $tap_n - $1"; }
fail() { tap_n=$((tap_n + 1)); tap_failed=$((tap_failed + 1)); echo "not ok $tap_n - $1"; }
diag() { printf '%s\n' "$1" | head -40 | sed 's/^/# /'; }
ok() {
	tap_name=$1
	shift
	if "$@" >"$T/.ok" 2>&1; then pass "$tap_name"; else
		fail "$tap_name"
		diag "command: $*"
		diag "$(head -c 4000 "$T/.ok")"
	fi
}
is() {
	if [ "$2" = "$3" ]; then pass "$1"; else
		fail "$1"
		diag " got: $2"
		diag "want: $3"
	fi
}
has() {
	case $2 in *"$3"*) pass "$1" ;; *)
		fail "$1"
		diag "in:   $2"
		diag "want: $3" ;;
	esac
}
hasnt() {
	case $2 in *"$3"*)
		fail "$1"
		diag "in:  $2"
		diag "not: $3" ;;
	*) pass "$1" ;;
	esac
}
run() {
	"$@" >"$T/.out" 2>"$T/.err" </dev/null
	code=$?
	out=$(cat "$T/.out")
	err=$(cat "$T/.err")
}
# runin FILE CMD…: as run, standard input from FILE
runin() {
	tap_in=$1
	shift
	"$@" >"$T/.out" 2>"$T/.err" <"$tap_in"
	code=$?
	out=$(cat "$T/.out")
	err=$(cat "$T/.err")
}
status() {
	if [ "$code" -eq "$2" ]; then pass "$1"; else
		fail "$1"
		diag "exit status $code, want $2"
		diag "stderr: $err"
	fi
}
skip() { tap_n=$((tap_n + 1)); echo "ok $tap_n # SKIP $1: $2"; }
done_testing() {
	echo "1..$tap_n"
	[ "$tap_failed" -eq 0 ]
	exit
}
