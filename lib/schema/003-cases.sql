-- The audit trail, and the state of cases that follows from it.

CREATE TABLE events (
  seq        INTEGER PRIMARY KEY,          -- 1, 2, 3 … without a gap
  ts         INTEGER NOT NULL,             -- when
  actor      TEXT NOT NULL,                -- who
  case_id    TEXT NOT NULL,                -- '' about no case
  kind       TEXT NOT NULL,                -- case.open, task.done, draft.approve, …
  data       TEXT NOT NULL,                -- JSON object: what and why
  prev       TEXT NOT NULL,                -- hash of event seq - 1, 64 zeros before the first
  hash       TEXT NOT NULL                 -- SHA-256 over all columns before, see tocsin-store(5)
) STRICT;
CREATE INDEX events_case ON events(case_id, seq);
CREATE INDEX events_kind ON events(kind, seq);
-- Facts are appended, never changed. Who removes these guards is found by the chain.
CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT raise(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT raise(ABORT, 'events are never deleted'); END;

-- From here to tasks: derived from events, made anew by `casefile rebuild`.
CREATE TABLE cases (
  id         TEXT PRIMARY KEY,             -- c-YYYY-NNNN
  incident   TEXT,                         -- id of the incident that opened it
  subject    TEXT,
  type       TEXT,                         -- crisis type
  level      TEXT,                         -- blue yellow orange red
  state      TEXT NOT NULL,                -- open closed merged
  title      TEXT,
  owner      TEXT,                         -- login of the person in charge
  playbook   TEXT,                         -- id and version pinned to the case
  playbook_version TEXT,
  opened     INTEGER NOT NULL,
  updated    INTEGER NOT NULL,
  closed     INTEGER,
  due        INTEGER,                      -- earliest open deadline
  tasks      INTEGER NOT NULL,             -- how many there are
  open_tasks INTEGER NOT NULL,             -- of them neither done nor skipped
  incident_level TEXT,                     -- of the incident as last recorded
  incident_hash INTEGER,                   -- 64-bit hash of its record
  incident_ts INTEGER,                     -- when it was recorded
  merged_into TEXT,                        -- case that took this one in
  seq        INTEGER NOT NULL,             -- last event folded in
  drill      INTEGER NOT NULL,             -- 1: an exercise, in no statistic
  json       TEXT NOT NULL                 -- the `case` record
) STRICT;
CREATE INDEX cases_incident ON cases(incident);
CREATE INDEX cases_number ON cases(length(id), id);
CREATE INDEX cases_opened ON cases(opened, id);
CREATE INDEX cases_due ON cases(due) WHERE due IS NOT NULL;

CREATE TABLE tasks (
  case_id    TEXT NOT NULL,
  ord        INTEGER NOT NULL,             -- order within the case
  id         TEXT NOT NULL,                -- unique within the case
  department TEXT,
  assignee   TEXT,                         -- login of a person
  state      TEXT NOT NULL,                -- open started done skipped
  duty       TEXT,
  due        INTEGER,
  done       INTEGER,                      -- when done or skipped
  json       TEXT NOT NULL,                -- the `task` record
  PRIMARY KEY (case_id, ord)
) STRICT, WITHOUT ROWID;
CREATE INDEX tasks_due ON tasks(due) WHERE done IS NULL;

CREATE TABLE blobs (
  sha256     TEXT PRIMARY KEY,             -- of bytes
  bytes      BLOB NOT NULL                 -- evidence attached to a case
) STRICT;

CREATE TABLE labels (
  seq        INTEGER PRIMARY KEY REFERENCES events(seq), -- its event
  post       TEXT NOT NULL,                -- id of the post
  field      TEXT NOT NULL,                -- sentiment, type, …
  value      TEXT NOT NULL,                -- what is right
  actor      TEXT NOT NULL,
  reason     TEXT,
  ts         INTEGER NOT NULL
) STRICT;
CREATE INDEX labels_post ON labels(post, field, seq);

CREATE TABLE reviews (
  case_id    TEXT PRIMARY KEY,
  playbook   TEXT,
  playbook_version TEXT,
  ts         INTEGER NOT NULL,
  effect     REAL NOT NULL,                -- -1 worse … 1 better
  json       TEXT NOT NULL                 -- the review
) STRICT;
CREATE INDEX reviews_playbook ON reviews(playbook);
