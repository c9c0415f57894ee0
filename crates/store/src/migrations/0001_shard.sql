-- A shard: whole workspaces. message, reaction and channel_member are keyed by channel, which is unique everywhere;
-- permission loads the channel by workspace first. No foreign keys: a consistency check tests them instead.
-- the workspace's own row; counters kept here are what limits and "last owner" are judged by
CREATE TABLE workspace_self(workspace BLOB PRIMARY KEY, name TEXT NOT NULL, picture BLOB, settings TEXT NOT NULL, state TEXT NOT NULL,
                            owners BIGINT NOT NULL, members BIGINT NOT NULL, channels BIGINT NOT NULL, changed BIGINT NOT NULL);
CREATE TABLE invitation    (workspace BLOB NOT NULL, id BLOB NOT NULL, hash BLOB NOT NULL UNIQUE, maker BLOB NOT NULL, role TEXT NOT NULL,
                            channels TEXT NOT NULL, uses_left BIGINT, expires_us BIGINT, state TEXT NOT NULL, PRIMARY KEY (workspace, id));
CREATE TABLE picture       (workspace BLOB NOT NULL, digest BLOB NOT NULL, media TEXT NOT NULL, bytes BLOB NOT NULL,
                            PRIMARY KEY (workspace, digest));                             -- small, re-encoded; big files live elsewhere
CREATE TABLE audit         (workspace BLOB NOT NULL, position BIGINT NOT NULL, at_us BIGINT NOT NULL, actor BLOB, what TEXT NOT NULL,
                            detail TEXT NOT NULL, PRIMARY KEY (workspace, position));     -- events leave after 7 days, this stays
CREATE TABLE member        (workspace BLOB NOT NULL, account BLOB NOT NULL, role TEXT NOT NULL, state TEXT NOT NULL, name TEXT NOT NULL,
                            name_key TEXT NOT NULL, profile TEXT NOT NULL, private BIGINT NOT NULL, signed_after_us BIGINT NOT NULL, changed BIGINT NOT NULL,
                            PRIMARY KEY (workspace, account));
-- A list reads it with the same condition; a look-up by key cannot mistake it for its own, whatever the statistics say.
CREATE INDEX member_name   ON member (workspace, name_key) WHERE state = 'active';
-- seat and pin events move channel.changed too, since the counts in its image move
CREATE TABLE channel       (workspace BLOB NOT NULL, id BLOB NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, name_key TEXT,
                            direct_key BLOB, profile TEXT NOT NULL, state TEXT NOT NULL, hidden BIGINT NOT NULL, changed BIGINT NOT NULL,
                            PRIMARY KEY (workspace, id));
CREATE UNIQUE INDEX channel_name ON channel (workspace, name_key) WHERE name_key IS NOT NULL;
CREATE UNIQUE INDEX channel_direct ON channel (workspace, direct_key) WHERE direct_key IS NOT NULL;
CREATE INDEX channel_hidden ON channel (workspace, hidden) WHERE hidden > 0;              -- when a public one became private; 0: never
-- what changes with every message, kept narrow (Postgres: fillfactor 50 here and on head); holes: the last 32 deleted numbers
CREATE TABLE channel_tip   (workspace BLOB NOT NULL, channel BLOB NOT NULL, last_number BIGINT NOT NULL, last_us BIGINT NOT NULL,
                            last_position BIGINT NOT NULL, members BIGINT NOT NULL, pins BIGINT NOT NULL, holes TEXT NOT NULL,
                            PRIMARY KEY (workspace, channel));
CREATE TABLE channel_member(channel BLOB NOT NULL, account BLOB NOT NULL, workspace BLOB NOT NULL, role TEXT NOT NULL,
                            since BIGINT NOT NULL, read_number BIGINT NOT NULL, read_version BIGINT NOT NULL, changed BIGINT NOT NULL,
                            PRIMARY KEY (channel, account));   -- since: position of joining; read_*: private, without event
CREATE INDEX channel_member_account ON channel_member (workspace, account, channel);
-- extra: replies {count, last_us, people, holes}, reactions by emoji, mentions, in_channel, of, system. changed: the last thing that touched it
CREATE TABLE message       (channel BLOB NOT NULL, thread BIGINT NOT NULL, number BIGINT NOT NULL, at_us BIGINT NOT NULL,
                            author BLOB NOT NULL, text TEXT NOT NULL, extra TEXT, edited_us BIGINT, deleted_us BIGINT,
                            last_reply BIGINT NOT NULL, position BIGINT NOT NULL, changed BIGINT NOT NULL,
                            PRIMARY KEY (channel, thread, number));                       -- "changed since" is a window of this key
CREATE TABLE message_past  (channel BLOB NOT NULL, thread BIGINT NOT NULL, number BIGINT NOT NULL, version BIGINT NOT NULL,
                            text TEXT NOT NULL, at_us BIGINT NOT NULL, PRIMARY KEY (channel, thread, number, version));
CREATE TABLE reaction      (channel BLOB NOT NULL, thread BIGINT NOT NULL, number BIGINT NOT NULL, emoji TEXT NOT NULL,
                            account BLOB NOT NULL, at_us BIGINT NOT NULL, PRIMARY KEY (channel, thread, number, emoji, account));
-- one row a person named; @channel and @here are one shout, whatever the number of seats
CREATE TABLE mention       (workspace BLOB NOT NULL, account BLOB NOT NULL, position BIGINT NOT NULL, channel BLOB NOT NULL,
                            thread BIGINT NOT NULL, number BIGINT NOT NULL, seen INTEGER NOT NULL, PRIMARY KEY (workspace, account, position));
CREATE INDEX mention_unseen ON mention (workspace, account, channel, position) WHERE seen = 0;
CREATE TABLE shout         (workspace BLOB NOT NULL, position BIGINT NOT NULL, channel BLOB NOT NULL, thread BIGINT NOT NULL,
                            number BIGINT NOT NULL, kind TEXT NOT NULL, PRIMARY KEY (channel, thread, number));
CREATE INDEX shout_position ON shout (workspace, position);
CREATE TABLE pin           (channel BLOB NOT NULL, thread BIGINT NOT NULL, number BIGINT NOT NULL, account BLOB NOT NULL,
                            at_us BIGINT NOT NULL, PRIMARY KEY (channel, thread, number));
CREATE INDEX pin_at        ON pin (channel, at_us) WHERE at_us > 0;
CREATE TABLE thread_seat   (channel BLOB NOT NULL, thread BIGINT NOT NULL, account BLOB NOT NULL, workspace BLOB NOT NULL,
                            state TEXT NOT NULL, read_number BIGINT NOT NULL, read_version BIGINT NOT NULL,
                            PRIMARY KEY (channel, thread, account));                      -- who follows a thread; private, without event
CREATE INDEX thread_seat_account ON thread_seat (workspace, account, channel);
CREATE TABLE notification  (workspace BLOB NOT NULL, account BLOB NOT NULL, position BIGINT NOT NULL, kind TEXT NOT NULL, channel BLOB,
                            thread BIGINT, number BIGINT, at_us BIGINT NOT NULL, seen_us BIGINT, PRIMARY KEY (workspace, account, position));
CREATE TABLE private       (workspace BLOB NOT NULL, account BLOB NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
                            value TEXT, version BIGINT NOT NULL, at_us BIGINT NOT NULL,
                            PRIMARY KEY (workspace, account, kind, subject));  -- drafts, stars, mutes …; NULL: removed, kept 30 days
CREATE INDEX private_version ON private (workspace, account, version) WHERE version > 0;
CREATE TABLE file          (workspace BLOB NOT NULL, id BLOB NOT NULL, owner BLOB NOT NULL, name TEXT NOT NULL, size BIGINT NOT NULL,
                            digest BLOB NOT NULL, media TEXT NOT NULL, state TEXT NOT NULL, at_us BIGINT NOT NULL,
                            PRIMARY KEY (workspace, id));
CREATE TABLE file_share    (channel BLOB NOT NULL, file BLOB NOT NULL, thread BIGINT NOT NULL, number BIGINT NOT NULL,
                            PRIMARY KEY (file, channel, thread, number));
CREATE INDEX file_share_message ON file_share (channel, thread, number, file);
