-- One generation of the projections: everything here can be rebuilt from ledger.db.
-- Positions count entries: a row opened by the entry at leaf index i is known from i + 1.
CREATE TABLE IF NOT EXISTS cells (
    id INTEGER PRIMARY KEY,
    programme TEXT NOT NULL,
    path TEXT NOT NULL,
    UNIQUE (programme, path)
);
-- One row per write, stretch of days on which its slot counts, and interval of positions in
-- which that was known; half-open intervals. Read downwards from a day. said: what a reader
-- needs of the row, as one JSON array: the rank, op, value, event, entry, act.
CREATE TABLE IF NOT EXISTS lives (
    cell INTEGER NOT NULL,
    since TEXT NOT NULL,
    act_date TEXT NOT NULL,
    act_order INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    line INTEGER NOT NULL,
    counts_from TEXT NOT NULL,
    known_from INTEGER NOT NULL,
    counts_to TEXT NOT NULL,
    known_to INTEGER NOT NULL,
    said TEXT NOT NULL,
    PRIMARY KEY (cell, since, act_date, act_order, slot, line, counts_from, known_from)
) WITHOUT ROWID;
-- The entries that concern a programme: its own, and those of the acts that it cites, also
-- the ones before the first citation: known_from is the position from which they concern it.
-- Of its own: slot, the leaf index of the slot's first event, and the act that it cites.
CREATE TABLE IF NOT EXISTS concerns (
    programme TEXT NOT NULL,
    leaf_index INTEGER NOT NULL,
    known_from INTEGER NOT NULL,
    slot INTEGER,
    act TEXT,
    PRIMARY KEY (programme, leaf_index)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS citations (
    act TEXT NOT NULL,
    programme TEXT NOT NULL,
    PRIMARY KEY (act, programme)
) WITHOUT ROWID;
-- adopted_from, adopted_to: leaf indexes of the adoption's parts, inclusive.
CREATE TABLE IF NOT EXISTS programmes (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    adopted_from INTEGER NOT NULL,
    adopted_to INTEGER NOT NULL
) WITHOUT ROWID;
-- The plan as the adoption's parts state it, whether or not their act counts; slot: leaf index.
CREATE TABLE IF NOT EXISTS originals (
    programme TEXT NOT NULL,
    path TEXT NOT NULL,
    slot INTEGER NOT NULL,
    known_from INTEGER NOT NULL,
    known_to INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (programme, path, slot, known_from)
) WITHOUT ROWID;
-- Versions of records (of the registry, acts, consent and oversight) as JSON. body: whose it is:
-- a body, or the stream of what belongs to a programme.
CREATE TABLE IF NOT EXISTS records (
    space TEXT NOT NULL,
    id TEXT NOT NULL,
    known_from INTEGER NOT NULL,
    body TEXT NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (space, id, known_from)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
    sha256 TEXT NOT NULL,
    leaf_index INTEGER NOT NULL,
    place INTEGER NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    access TEXT NOT NULL,
    PRIMARY KEY (sha256, leaf_index, place)
) WITHOUT ROWID;
-- Programmes that cannot be kept up, and the entry (leaf index) that could not be applied: of what is known
-- from there on nothing is answered. fault: for the operator.
CREATE TABLE IF NOT EXISTS blocked (
    programme TEXT PRIMARY KEY,
    leaf_index INTEGER NOT NULL,
    fault TEXT NOT NULL
) WITHOUT ROWID;
-- Each batch stores the tree's root at its position in the same transaction.
CREATE TABLE IF NOT EXISTS batches (
    position INTEGER PRIMARY KEY,
    root BLOB NOT NULL
);
-- Who signed what: where to look when a key is revoked or a mandate turns out to have ended.
CREATE TABLE IF NOT EXISTS signers (
    id INTEGER PRIMARY KEY,
    person TEXT NOT NULL,
    office TEXT NOT NULL,
    kid TEXT NOT NULL,
    UNIQUE (person, office, kid)
);
CREATE TABLE IF NOT EXISTS signatures (
    signer INTEGER NOT NULL,
    leaf_index INTEGER NOT NULL,
    PRIMARY KEY (signer, leaf_index)
) WITHOUT ROWID;
-- Which entry.reaffirmed (leaf index) names which statement (its event) of its own stream.
CREATE TABLE IF NOT EXISTS reaffirmations (
    stream TEXT NOT NULL,
    event TEXT NOT NULL,
    leaf_index INTEGER NOT NULL,
    PRIMARY KEY (stream, event, leaf_index)
) WITHOUT ROWID;
-- The entries that stand in doubt, and while that was known. doubt: the worst; causes: all, as
-- JSON arrays of doubt, kid, person, office and the event that throws it. act: of what is about one.
CREATE TABLE IF NOT EXISTS doubts (
    stream TEXT NOT NULL,
    leaf_index INTEGER NOT NULL,
    known_from INTEGER NOT NULL,
    known_to INTEGER NOT NULL,
    doubt TEXT NOT NULL,
    causes TEXT NOT NULL,
    act TEXT,
    PRIMARY KEY (stream, leaf_index, known_from)
) WITHOUT ROWID;
-- What can be found by which word, folded (projections/search/folding.py): of each entry what it says, and its
-- hashes; of an act, programme, measure, indicator, person, office or body the texts that name it (id), with
-- the entry that says them. Nothing is taken away: what had a name once is found by it.
CREATE TABLE IF NOT EXISTS words (
    what TEXT NOT NULL,
    word TEXT NOT NULL,
    id TEXT NOT NULL,
    leaf_index INTEGER NOT NULL,
    PRIMARY KEY (what, word, id, leaf_index)
) WITHOUT ROWID;
-- For those who follow what changes: which programmes an entry concerns that is not of their own, and
-- which acts it is about.
CREATE INDEX IF NOT EXISTS concerns_of_others ON concerns (leaf_index) WHERE slot IS NULL;
CREATE INDEX IF NOT EXISTS acts_changed ON records (known_from) WHERE space='act';
CREATE INDEX IF NOT EXISTS doubts_of_acts ON doubts (act) WHERE act IS NOT NULL;
