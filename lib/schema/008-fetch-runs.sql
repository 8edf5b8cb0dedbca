-- What was given out but is not known to be stored yet: a later run of the collector forgets it and gives it again.

ALTER TABLE fetches ADD COLUMN run INTEGER;  -- the run that wrote it; NULL: settled
ALTER TABLE seen ADD COLUMN run INTEGER;     -- likewise
CREATE INDEX seen_run ON seen(run) WHERE run IS NOT NULL;
