-- The ledger of what was sent to whom.

CREATE TABLE notices (
  n          INTEGER PRIMARY KEY,          -- number for people
  key        TEXT NOT NULL UNIQUE,         -- the same key is never queued twice
  channel    TEXT NOT NULL,                -- of channels.yaml
  target     TEXT,                         -- person, group or address within it
  ref        TEXT,                         -- case or incident it is about
  level      TEXT,
  title      TEXT,
  body       TEXT,                         -- what is sent
  body_sha   TEXT,                         -- SHA-256 of it
  grp        TEXT,                         -- what is gathered into one message
  state      TEXT NOT NULL,                -- queued sending accepted delivered failed dead unknown
  attempts   INTEGER NOT NULL,
  next_try   INTEGER,                      -- not before; while sending, end of the lease
  error      TEXT,                         -- of the last attempt
  remote     TEXT,                         -- id given by the receiver
  acked_by   TEXT,
  acked      INTEGER,                      -- when
  created    INTEGER NOT NULL,
  updated    INTEGER NOT NULL,
  json       TEXT                          -- further members for the sender
) STRICT;
CREATE INDEX notices_state ON notices(state, next_try);
CREATE INDEX notices_ref ON notices(ref);
CREATE INDEX notices_grp ON notices(grp) WHERE grp IS NOT NULL;

CREATE TABLE named_values (
  name       TEXT PRIMARY KEY,             -- "program.thing"
  value      TEXT NOT NULL
) STRICT, WITHOUT ROWID;
