CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE site (name TEXT PRIMARY KEY, created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE visitor (
  id INTEGER PRIMARY KEY,
  site TEXT NOT NULL REFERENCES site(name),
  hash BLOB NOT NULL,               -- SHA-256 of the token; the token itself is never here
  name TEXT,
  email TEXT,
  created_at INTEGER NOT NULL,
  UNIQUE (site, hash)
) STRICT;

CREATE TABLE agent (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT NOT NULL COLLATE NOCASE UNIQUE,
  password TEXT NOT NULL,           -- argon2id, PHC string
  role TEXT NOT NULL,
  intent TEXT NOT NULL DEFAULT 'available',
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE conversation (
  id BLOB PRIMARY KEY,
  visitor INTEGER NOT NULL REFERENCES visitor(id),
  state TEXT NOT NULL,
  top INTEGER NOT NULL,             -- newest seq; entries are 1..=top without gaps
  visitor_delivered INTEGER NOT NULL DEFAULT 0,
  visitor_read INTEGER NOT NULL DEFAULT 0,
  agent_delivered INTEGER NOT NULL DEFAULT 0,
  agent_read INTEGER NOT NULL DEFAULT 0,
  unread INTEGER NOT NULL DEFAULT 0, -- messages of the visitor with seq > agent_read
  preview TEXT NOT NULL DEFAULT '',
  preview_by TEXT NOT NULL,
  agent INTEGER REFERENCES agent(id),
  agent_name TEXT,
  context TEXT NOT NULL,            -- JSON
  started_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_inbox ON conversation (state, updated_at DESC, id DESC);
CREATE INDEX conversation_visitor ON conversation (visitor, state, updated_at DESC);

CREATE TABLE entry (
  conversation BLOB NOT NULL REFERENCES conversation(id),
  seq INTEGER NOT NULL,
  client_id BLOB NOT NULL,
  author TEXT NOT NULL,
  name TEXT,
  message INTEGER NOT NULL,         -- 1: counts as unread when it is the visitor's
  kind TEXT NOT NULL,               -- JSON
  at INTEGER NOT NULL,
  PRIMARY KEY (conversation, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX entry_client ON entry (conversation, client_id);

CREATE TABLE feed (
  seq INTEGER PRIMARY KEY,
  conversation BLOB NOT NULL REFERENCES conversation(id),
  entry INTEGER NOT NULL
) STRICT;

CREATE TABLE agent_session (
  hash BLOB PRIMARY KEY,
  agent INTEGER NOT NULL REFERENCES agent(id),
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX agent_session_expiry ON agent_session (expires_at);

CREATE TABLE invitation (
  hash BLOB PRIMARY KEY,
  name TEXT,
  email TEXT COLLATE NOCASE,        -- absent: the first admin's
  role TEXT NOT NULL
) STRICT, WITHOUT ROWID;
