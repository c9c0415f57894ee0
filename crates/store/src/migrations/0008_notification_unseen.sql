-- What a person was told of; seen_us 0: not seen yet.
DROP TABLE notification;
CREATE TABLE notification  (workspace BLOB NOT NULL, account BLOB NOT NULL, position BIGINT NOT NULL, kind TEXT NOT NULL, channel BLOB,
                            thread BIGINT, number BIGINT, at_us BIGINT NOT NULL, seen_us BIGINT NOT NULL,
                            PRIMARY KEY (workspace, account, position));
CREATE INDEX notification_unseen ON notification (workspace, account, position) WHERE seen_us = 0;
