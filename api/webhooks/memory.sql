-- How far each webhook is, and what never arrived. Not the ledger: it may be lost, and messages then repeat or begin at the end.
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS webhook (
    id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,           -- entries that it was told of, or that were not for it
    off_since TEXT,                      -- since when the receiver wants no more
    event TEXT,                          -- what is under way and was not taken so far
    attempts INTEGER NOT NULL DEFAULT 0, -- of that
    first_at TEXT,
    next_at TEXT,
    reason TEXT,                         -- of the last failure: JSON
    taken_at TEXT,                       -- when the last message was taken
    delivered INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,   -- tries
    died INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dead (
    webhook TEXT NOT NULL,
    place INTEGER NOT NULL,              -- leaf index of the entry
    event TEXT NOT NULL,
    kind TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    reason TEXT NOT NULL,
    again INTEGER NOT NULL DEFAULT 0,    -- 1: the operator asked to send it once more
    PRIMARY KEY (webhook, place)
) WITHOUT ROWID;
