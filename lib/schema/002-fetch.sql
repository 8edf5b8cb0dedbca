-- What the collector knows of its sources between two runs.

CREATE TABLE fetches (
  key           TEXT PRIMARY KEY,          -- chosen by the collector, one for each URL of a source
  name          TEXT,                      -- of the source in sources.yaml
  url           TEXT,
  etag          TEXT,                      -- validators of the last good answer
  last_modified TEXT,
  body_sha      TEXT,
  cursor        TEXT,                      -- paging position, JSON
  last_try      INTEGER,                   -- times: seconds since 1970 UTC
  last_ok       INTEGER,
  last_new      INTEGER,                   -- when it last gave an unseen post
  next_try      INTEGER,                   -- not before
  failures      INTEGER NOT NULL,          -- in a row
  status        INTEGER,                   -- last HTTP status
  error         TEXT,                      -- of the last failure
  items         INTEGER NOT NULL           -- posts given so far
) STRICT, WITHOUT ROWID;

CREATE TABLE hosts (
  host          TEXT PRIMARY KEY,          -- name, with the port when it is not the default
  retry_after   INTEGER,                   -- nothing before this time
  last_request  INTEGER,
  robots        TEXT,                      -- text of robots.txt
  robots_status INTEGER,                   -- HTTP status it came with
  robots_until  INTEGER                    -- ask again after
) STRICT, WITHOUT ROWID;

CREATE TABLE seen (
  key           INTEGER NOT NULL,          -- 64-bit hash of fetches.key
  id            INTEGER NOT NULL,          -- 64-bit hash of the post's id
  content       INTEGER NOT NULL,          -- 64-bit hash of the post
  met           INTEGER NOT NULL,          -- when last met
  PRIMARY KEY (key, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_met ON seen(met);
