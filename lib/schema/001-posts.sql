-- Posts as they came, what is searched in them, and sums over hours.

CREATE TABLE posts (
  n          INTEGER PRIMARY KEY,          -- number within this store; post_text.rowid
  id         TEXT NOT NULL UNIQUE,         -- the record's id
  published  INTEGER NOT NULL,             -- seconds since 1970 UTC
  stored     INTEGER NOT NULL,             -- when first stored
  updated    INTEGER NOT NULL,             -- when these bytes were stored
  source     TEXT,                         -- where it was collected
  platform   TEXT,                         -- weibo, news, …
  form       TEXT,                         -- post, comment, complaint, …
  author     TEXT,                         -- author.id
  customer   TEXT,                         -- the organisation's own number of the person
  type       TEXT NOT NULL DEFAULT '',     -- crisis.type, '' when not classified
  sentiment  INTEGER,                      -- -1 neg, 0 neu, 1 pos, NULL not judged
  score      INTEGER,                      -- sentiment.score times 10000
  cluster    TEXT NOT NULL,                -- id of the first post of its cluster, its own for a first post
  engagement INTEGER NOT NULL,             -- likes + reposts + comments + favourites, last reading
  views      INTEGER NOT NULL,             -- last reading
  drill      INTEGER NOT NULL,             -- 1: part of a drill, in no statistic
  content    INTEGER NOT NULL,             -- 64-bit hash of the record without `collected`
  json       TEXT NOT NULL                 -- the record, byte for byte
) STRICT;
CREATE INDEX posts_published ON posts(published, id);
CREATE INDEX posts_cluster ON posts(cluster) WHERE cluster <> id;

CREATE TABLE post_subjects (
  subject    TEXT NOT NULL,                -- id of a watched subject
  published  INTEGER NOT NULL,             -- of the post
  post       INTEGER NOT NULL REFERENCES posts(n) ON DELETE CASCADE,
  PRIMARY KEY (subject, published, post)
) STRICT, WITHOUT ROWID;
CREATE INDEX post_subjects_post ON post_subjects(post);

-- Title and text: every run of Chinese as overlapping pairs of characters, other words as they are. Keeps no text itself.
CREATE VIRTUAL TABLE post_text USING fts5(grams, content='', columnsize=0, tokenize='unicode61 remove_diacritics 2');

CREATE TABLE readings (
  post       INTEGER NOT NULL REFERENCES posts(n) ON DELETE CASCADE,
  ts         INTEGER NOT NULL,             -- when it was read
  views      INTEGER,                      -- counts as published; NULL not known
  likes      INTEGER,
  reposts    INTEGER,
  comments   INTEGER,
  favourites INTEGER,
  plays      INTEGER,
  dwell_s    INTEGER,                      -- mean seconds a reader stayed
  PRIMARY KEY (post, ts)
) STRICT, WITHOUT ROWID;

CREATE TABLE hours (
  subject    TEXT NOT NULL,                -- '' counts every post once
  hour       INTEGER NOT NULL,             -- start, seconds since 1970 UTC
  type       TEXT NOT NULL,                -- crisis type, '' not classified
  platform   TEXT NOT NULL,                -- '' not known
  n          INTEGER NOT NULL,             -- posts
  uniq       INTEGER NOT NULL,             -- of them first posts of their cluster
  neg        INTEGER NOT NULL,             -- posts by label
  neu        INTEGER NOT NULL,
  pos        INTEGER NOT NULL,
  sum        INTEGER NOT NULL,             -- of scores, times 10^4
  sum2       INTEGER NOT NULL,             -- of squared scores, times 10^8
  engagement INTEGER NOT NULL,             -- as in posts
  views      INTEGER NOT NULL,
  PRIMARY KEY (subject, hour, type, platform)
) STRICT, WITHOUT ROWID;
