-- Who there is, which workspaces, and where they live.
CREATE TABLE installation  (name TEXT PRIMARY KEY, value TEXT NOT NULL);                 -- id, level, key ids
CREATE TABLE shard         (id INTEGER PRIMARY KEY, place TEXT NOT NULL, state TEXT NOT NULL, weight INTEGER NOT NULL);
CREATE TABLE workspace     (id BLOB PRIMARY KEY, slug TEXT NOT NULL UNIQUE, shard INTEGER NOT NULL, fence BIGINT NOT NULL,
                            state TEXT NOT NULL, region TEXT NOT NULL, created_us BIGINT NOT NULL);
CREATE INDEX workspace_shard ON workspace (shard);
CREATE TABLE account       (id BLOB PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, email_key TEXT UNIQUE, email_verified_us BIGINT,
                            password TEXT, operator INTEGER NOT NULL, owner BLOB, state TEXT NOT NULL, created_us BIGINT NOT NULL); -- owner: of a bot
CREATE TABLE login         (issuer TEXT NOT NULL, subject TEXT NOT NULL, account BLOB NOT NULL, PRIMARY KEY (issuer, subject));
CREATE INDEX login_account ON login (account);
CREATE TABLE credential    (hash BLOB PRIMARY KEY, id BLOB NOT NULL UNIQUE, account BLOB NOT NULL, kind TEXT NOT NULL, workspace BLOB,
                            scopes TEXT NOT NULL, label TEXT NOT NULL, agent TEXT NOT NULL, address TEXT NOT NULL, created_us BIGINT NOT NULL,
                            seen_us BIGINT NOT NULL, expires_us BIGINT, revoked_us BIGINT);   -- sessions and tokens alike
CREATE INDEX credential_account ON credential (account);
CREATE TABLE membership    (account BLOB NOT NULL, workspace BLOB NOT NULL, state TEXT NOT NULL, position BIGINT NOT NULL,
                            PRIMARY KEY (account, workspace));                            -- derived from shard.member
CREATE TABLE move          (workspace BLOB PRIMARY KEY, source INTEGER NOT NULL, target INTEGER NOT NULL, phase TEXT NOT NULL,
                            position BIGINT NOT NULL, changed_us BIGINT NOT NULL);
CREATE TABLE node          (id BLOB PRIMARY KEY, roles TEXT NOT NULL, level INTEGER NOT NULL, seen_us BIGINT NOT NULL);

