#!/bin/sh
# casefile: what a person decided stands against what the next run brings.
# shellcheck disable=SC1010
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
at() { TOCSIN_NOW=2026-11-22T$1:00:00Z && export TOCSIN_NOW; }
# incident ID TYPE LEVEL FACTS
incident() {
	printf '{"kind":"incident","id":"%s","subject":"江宁医院","industry":"health","type":"%s","level":"%s","facts":%s,"indicators":{"mentions":%s}}\n' "$1" "$2" "$3" "$4" "${5:-9}"
}
cron() { incident "$@" | match-playbook | casefile open; }
of() { casefile show "$1" -f json | jq -c "$2"; }

# --- a corrected type
W='{"type_weights":{"care.infection":0.7,"care.accident":0.3},"hospitalised":2,"confirmed":true}'
at 02
cron i-1 care.infection yellow "$W" >/dev/null
is "the facts decide the playbook" "$(of 1 .playbook.id)" '"health/care-infection"'
casefile task start 1 convene-team --force >/dev/null
run casefile correct 1 type=care.acident
status "a type that nobody knows is refused" 64
run casefile correct 1 type=care.accident
has "a correction says how its plan comes" "$err" "casefile incident c-2026-0001 | match-playbook | casefile apply c-2026-0001"
is "a person's type outvotes the facts" "$(casefile incident 1 | match-playbook | jq -r .playbook.id)" health/care-accident
has "and it says why" "$(casefile incident 1 | match-playbook --explain --lang en 2>&1)" "a person corrected the type"
casefile incident 1 | match-playbook | casefile apply 1 >/dev/null
is "the plan is taken" "$(of 1 .playbook.id)" '"health/care-accident"'
is "what nobody touched of the old plan is skipped" "$(of 1 '[.tasks[] | select(.note == "replaced by health/care-accident")] | length > 3')" true
is "what was begun goes on" "$(of 1 '.tasks[] | select(.id == "convene-team").state')" '"started"'
is "a task of the same name has the duty of the new plan" "$(of 1 '.tasks[] | select(.id == "contain").duty.en')" \
	"$(match-playbook --show health/care-accident -f json 2>/dev/null | jq -c '.tasks[]? | select(.id == "contain").duty.en' | grep . || casefile incident 1 | match-playbook | jq -c '.playbook.plan.tasks[] | select(.id == "contain").duty.en')"
is "legal clocks of the old plan stay for a person" "$(of 1 '.tasks[] | select(.id == "clock.notifiable").state')" '"open"'
at 03
cron i-1 care.infection orange "$W" >/dev/null
is "a later raise keeps type and playbook" "$(of 1 '[.level,.type,.playbook.id]')" '["orange","care.accident","health/care-accident"]'
ok "the rows are what the events say" casefile verify

# --- a case that took another in
at 04
cron i-2 service.delay blue '{}' 5 >/dev/null
cron i-3 service.delay orange '{}' 77 >/dev/null
casefile merge 3 2 --reason 同一事 >/dev/null
is "the graver level goes along" "$(of 2 .level)" '"orange"'
at 05
cron i-2 service.delay blue '{}' 6 >/dev/null
cron i-3 service.delay orange '{}' 99 >o
is "an absorbed incident goes on without a word" "$(cat o)" ""
is "and does not overwrite the figures of the case" "$(of 2 .indicators.mentions)" 6
is "its own are kept where it was opened" "$(of 3 .indicators.mentions)" 99
casefile lower 2 yellow --reason 已缓解 >/dev/null
at 06
cron i-3 service.delay orange '{}' 120 >o
is "a level that a person lowered stays down" "$(cat o)$(of 2 .level)" '"yellow"'
cron i-3 service.delay red '{}' 900 >o
is "until the absorbed one is worse than it was" "$(jq -rs 'map(.id + " " + .level) | join(",")' o)" "c-2026-0002 red"
cron i-3 service.delay red '{}' 900 >o
is "once" "$(cat o)" ""
ok "and all of it adds up" casefile verify
casefile rebuild >/dev/null
ok "from the events alone" casefile verify

# --- who is put in charge
run casefile assign 2 nobody.here
status "a login without a role is taken, a team may be" 0
sed '/^anyone:/,/discipline\]/d' "$SRC/lib/data/roles.yaml" >roles.yaml
printf 'people:\n  - {login: %s, roles: [analyst, pr]}\n' "$(id -un)" >>roles.yaml
TOCSIN_CONFIG=$T run casefile assign 2 nobody.here
has "but told" "$err" "gives 'nobody.here' no role"
done_testing
