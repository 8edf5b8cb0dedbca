-- Fingerprints, so that copies are known across runs after the posts themselves are gone.

CREATE TABLE dups (
  n          INTEGER PRIMARY KEY,          -- order of insertion
  id         TEXT NOT NULL UNIQUE,         -- of the post
  cluster    TEXT,                         -- first post of its cluster; NULL: this is one
  published  INTEGER NOT NULL,
  exact      INTEGER NOT NULL,             -- 64-bit hash of the folded text
  sketch     BLOB NOT NULL                 -- of dedupe
) STRICT;
CREATE INDEX dups_published ON dups(published);
