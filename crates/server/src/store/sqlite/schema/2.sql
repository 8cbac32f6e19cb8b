-- Who of the agents wrote an entry, and which entry an edit or a deletion means.
ALTER TABLE entry ADD COLUMN agent INTEGER REFERENCES agent(id);
ALTER TABLE entry ADD COLUMN of BLOB;
CREATE INDEX entry_of ON entry (conversation, of) WHERE of IS NOT NULL;

-- The newest message of a conversation, for its line in lists.
CREATE INDEX entry_message ON entry (conversation, seq) WHERE message = 1;

-- Uploads. The bytes are elsewhere, under `path`.
CREATE TABLE file (
  conversation BLOB NOT NULL,       -- may not have begun yet
  id BLOB NOT NULL,
  visitor BLOB,                     -- site, a zero byte, SHA-256 of the token; absent: an agent's
  agent INTEGER REFERENCES agent(id),
  name TEXT NOT NULL,
  media TEXT NOT NULL,
  size INTEGER NOT NULL,
  width INTEGER,
  height INTEGER,
  path TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  state TEXT NOT NULL,              -- uploaded, sent, deleted
  PRIMARY KEY (conversation, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX file_waste ON file (state, at) WHERE state <> 'sent';
