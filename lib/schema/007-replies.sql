-- Which post gets which text, so that nobody is answered twice.

CREATE TABLE replies (
  post       TEXT PRIMARY KEY,             -- id of the post: one answer a post, whatever the case
  draft      TEXT NOT NULL,                -- drafts.id of its text
  case_id    TEXT NOT NULL,
  author     INTEGER,                      -- 64-bit hash of platform and author, NULL not known
  version    INTEGER,                      -- drafts.version that left, NULL it waits
  added      INTEGER NOT NULL,
  sent       INTEGER,                      -- when it left
  json       TEXT                          -- how to reach the author; NULL once the post is forgotten
) STRICT;
CREATE INDEX replies_draft ON replies(draft, sent);
CREATE INDEX replies_author ON replies(author, added) WHERE author IS NOT NULL;
-- What is purged or forgotten leaves no address behind; that it was answered stays, or it would be answered again.
CREATE TRIGGER replies_forget AFTER DELETE ON posts BEGIN UPDATE replies SET json = NULL WHERE post = OLD.id; END;
