-- The journal, in the directory and in every shard. Plain types only: BLOB is written BYTEA for PostgreSQL.
-- Which history this database belongs to, how many commits it has seen, and its secrets.
CREATE TABLE origin        (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE head          (workspace BLOB PRIMARY KEY, position BIGINT NOT NULL, last_us BIGINT NOT NULL,
                            epoch BIGINT NOT NULL, epoch_before BIGINT, epoch_from BIGINT NOT NULL,
                            floor BIGINT NOT NULL, fence BIGINT NOT NULL, state TEXT NOT NULL, touched BIGINT NOT NULL);
CREATE INDEX head_touched  ON head (touched);                                             -- 5-second bucket: nearly all updates stay HOT
-- audience: who may see it, decided once: everyone, members (not guests), seats of channel, seats or lookers of a public channel,
-- inviters, admins, or the one account
CREATE TABLE event         (workspace BLOB NOT NULL, position BIGINT NOT NULL, kind INTEGER NOT NULL, audience INTEGER NOT NULL,
                            at_us BIGINT NOT NULL, actor BLOB, channel BLOB, thread BIGINT, number BIGINT, account BLOB, body TEXT,
                            PRIMARY KEY (workspace, position));
-- key: 16 bytes, time first, so that inserts touch one page and old receipts leave by key range
CREATE TABLE receipt       (key BLOB NOT NULL, workspace BLOB NOT NULL, account BLOB NOT NULL, digest BLOB NOT NULL,
                            position BIGINT NOT NULL, result TEXT NOT NULL, at_us BIGINT NOT NULL,
                            PRIMARY KEY (key, workspace, account));
CREATE TABLE lease         (name TEXT PRIMARY KEY, holder BLOB NOT NULL, term BIGINT NOT NULL, until_us BIGINT NOT NULL); -- in every database
CREATE TABLE follow        (follower TEXT NOT NULL, workspace BLOB NOT NULL, epoch BIGINT NOT NULL, position BIGINT NOT NULL,
                            PRIMARY KEY (workspace, follower));
CREATE TABLE job           (id TEXT PRIMARY KEY, queue TEXT NOT NULL, workspace BLOB, body TEXT NOT NULL, due_us BIGINT NOT NULL,
                            state TEXT NOT NULL, attempts INTEGER NOT NULL, strikes INTEGER NOT NULL, error TEXT, holder BLOB,
                            until_us BIGINT);                                             -- strikes: taken over after a lapsed lease
CREATE INDEX job_due       ON job (queue, due_us) WHERE state = 'waiting';
CREATE INDEX job_until     ON job (until_us) WHERE state = 'running';

