-- Texts in all their versions, and who signed which bytes.

CREATE TABLE drafts (
  id         TEXT NOT NULL,                -- one text in one language for one audience
  version    INTEGER NOT NULL,             -- 1, 2, …
  case_id    TEXT NOT NULL,
  kind       TEXT NOT NULL,                -- statement, faq, internal, reply, …
  lang       TEXT,
  audience   TEXT,
  stage      TEXT,
  state      TEXT NOT NULL,                -- draft submitted approved rejected released withdrawn
  author     TEXT,
  created    INTEGER NOT NULL,
  updated    INTEGER NOT NULL,
  text       TEXT NOT NULL,                -- what is approved, byte for byte
  sha256     TEXT NOT NULL,                -- of text
  json       TEXT,                         -- open questions, findings, facts used
  PRIMARY KEY (id, version)
) STRICT;
CREATE INDEX drafts_case ON drafts(case_id, id, version);

CREATE TABLE approvals (
  seq        INTEGER PRIMARY KEY REFERENCES events(seq), -- its event
  draft_id   TEXT NOT NULL,
  version    INTEGER NOT NULL,
  sha256     TEXT NOT NULL,                -- of the text that was signed
  role       TEXT NOT NULL,
  actor      TEXT NOT NULL,
  approve    INTEGER NOT NULL,             -- 0: rejected
  reason     TEXT,
  ts         INTEGER NOT NULL
) STRICT;
CREATE INDEX approvals_draft ON approvals(draft_id, version, seq);
