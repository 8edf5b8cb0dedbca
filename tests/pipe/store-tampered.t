#!/bin/sh
# Somebody writes to the store by other means: every kind of forgery is found and named.
# shellcheck disable=SC1010
. "$(dirname "$0")/../lib.sh"
cd "$T" || exit 1
command -v sqlite3 >/dev/null || {
	skip "tampering" "sqlite3 is not installed"
	done_testing
}
casefile open --subject s --type system.outage --level blue >/dev/null
casefile task add 1 a --duty x --within 1h >/dev/null
casefile task add 1 b --duty y --sign-off legal >/dev/null
casefile note 1 'first word' >/dev/null
casefile task sign 1 b >/dev/null
casefile task done 1 b >/dev/null
echo evidence >proof
casefile attach 1 proof >/dev/null
sha=$(printf 'We are sorry.' | sha256sum | cut -d' ' -f1)
# A text and its approval as draft writes them: row, signature, event.
forge_free="DROP TRIGGER events_no_update; DROP TRIGGER events_no_delete;"
head=$(casefile verify | sed 's/.* head //')
mkdir clean
store backup clean/cases.db
# tamper NAME SQL WANT: on a fresh copy each time
tamper() {
	rm -f bad.db*
	cp clean/cases.db bad.db
	sqlite3 bad.db "$2" || diag "sql failed: $2"
	run casefile verify -d bad.db
	status "$1: found" 1
	has "$1: named" "$out" "$3"
}
run casefile verify -d clean/cases.db --head "$head"
status "an untouched copy is clean" 0
tamper "a note rewritten" "$forge_free UPDATE events SET data = replace(data, 'first', 'other') WHERE seq = 4" \
	"event 4 (case.note, case c-$(date +%Y)-0001, by $(id -un)) was changed"
tamper "an event deleted" "$forge_free DELETE FROM events WHERE seq = 5" "event 5 was deleted (before event 6 (task.done"
tamper "two events deleted" "$forge_free DELETE FROM events WHERE seq IN (3, 4)" "events 3 to 4 were deleted"
tamper "two events swapped" "$forge_free UPDATE events SET seq = 99 WHERE seq = 3; UPDATE events SET seq = 3 WHERE seq = 4; UPDATE events SET seq = 4 WHERE seq = 99" \
	"event 3 (case.note"
tamper "another's name under a signature" "$forge_free UPDATE events SET actor = 'wang' WHERE seq = 5" "event 5 (task.sign"
tamper "a time moved" "$forge_free UPDATE events SET ts = ts - 3600 WHERE seq = 6" "event 6 (task.done"
tamper "the guards removed" "$forge_free" "events_no_delete: the guard of the audit trail was removed"
tamper "the last event cut off" "$forge_free DELETE FROM events WHERE seq = 7; DELETE FROM blobs" "its last event is missing"
tamper "a forged event before the first" "INSERT INTO events VALUES (0, 1, 'x', '', 'case.note', '{}', 'a', 'b')" "event 0 (case.note, by x) was changed"
tamper "a level changed in the state" "UPDATE cases SET level = 'red'" "its row is not what its events say"
tamper "a record changed in the state" "UPDATE cases SET json = replace(json, '\"blue\"', '\"red\"')" "its row is not what its events say"
tamper "a task marked done" "UPDATE tasks SET json = replace(json, '\"open\"', '\"done\"') WHERE id = 'a'" "its tasks are not what its events say"
tamper "a case deleted" "DELETE FROM cases" "its row was deleted"
tamper "a case invented" "INSERT INTO cases(id, state, opened, updated, tasks, open_tasks, seq, drill, json) VALUES ('c-x', 'open', 1, 1, 0, 0, 1, 0, '{}')" "case c-x: it has no events"
tamper "evidence changed" "UPDATE blobs SET bytes = CAST('forged' AS BLOB)" "its bytes were changed"
tamper "evidence deleted" "DELETE FROM blobs" "the evidence was deleted"
tamper "a released text nobody approved" "INSERT INTO drafts(id, version, case_id, kind, state, created, updated, text, sha256) VALUES ('d1', 1, 'c', 'statement', 'released', 1, 1, 'We are sorry.', '$sha')" \
	"draft d1 version 1: released, but nobody approved this text"
tamper "a text changed under its hash" "INSERT INTO drafts(id, version, case_id, kind, state, created, updated, text, sha256) VALUES ('d1', 1, 'c', 'statement', 'draft', 1, 1, 'We are not sorry.', '$sha')" \
	"draft d1 version 1: the text is not the one that was stored"
tamper "an approval without an event" "PRAGMA foreign_keys=0; INSERT INTO approvals VALUES (99, 'd1', 1, '$sha', 'legal', 'wang', 1, NULL, 1)" \
	"approval of draft d1 version 1: it is not what event 99 says"
# The end cut off with everything that shows it: only a head kept elsewhere tells.
rm -f bad.db*
cp clean/cases.db bad.db
sqlite3 bad.db "$forge_free DELETE FROM events WHERE seq = 7; DELETE FROM blobs;
	CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT raise(ABORT, 'x'); END;
	CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT raise(ABORT, 'x'); END;"
casefile rebuild -d bad.db >/dev/null
run casefile verify -d bad.db
status "a careful cut leaves a chain that holds" 0
run casefile verify -d bad.db --head "$head"
status "but not against a head kept elsewhere" 1
has "which is said" "$out" "is not in the audit trail"
run casefile rebuild -d bad.db
rm -f bad.db*
cp clean/cases.db bad.db
sqlite3 bad.db "UPDATE cases SET level = 'red'; DELETE FROM tasks"
casefile rebuild -d bad.db >/dev/null
ok "rebuild mends the state" casefile verify -d bad.db
sqlite3 bad.db "UPDATE events SET actor = 'x' WHERE seq = 1" 2>err
has "the file itself refuses to change the trail" "$(cat err)" "events are never changed"
done_testing
