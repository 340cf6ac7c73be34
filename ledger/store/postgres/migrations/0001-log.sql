-- The log: what sqlite.sql makes beside eventsourcing's stored_events, and that table itself.
-- Texts compare by their UTF-8 bytes, as in SQLite. Nothing here is ever updated but head, and
-- nothing is deleted. notification_id is the leaf index + 1: ours, without gaps, never a sequence's.
CREATE TABLE pledger_events (
    originator_id text COLLATE "C" NOT NULL,
    originator_version bigint NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    notification_id bigint NOT NULL,
    PRIMARY KEY (originator_id, originator_version)
) WITH (
    autovacuum_analyze_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.01
);
CREATE UNIQUE INDEX pledger_events_notification_id_idx ON pledger_events (notification_id);
CREATE TABLE head (
    id integer PRIMARY KEY CHECK (id = 1),
    size bigint NOT NULL,
    frontier bytea NOT NULL,
    recorded_at text COLLATE "C" NOT NULL
) WITH (fillfactor = 10);
INSERT INTO head VALUES (1, 0, '\x0000000000000000', '');
CREATE TABLE nodes (
    level integer NOT NULL,
    node_index bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (level, node_index)
);
CREATE TABLE payloads (
    payload bytea PRIMARY KEY,
    leaf_index bigint NOT NULL
);
CREATE TABLE events (
    event bytea PRIMARY KEY,
    leaf_index bigint NOT NULL
);
CREATE TABLE names (
    name text COLLATE "C" PRIMARY KEY,
    stream text COLLATE "C" NOT NULL,
    leaf_index bigint NOT NULL
);
CREATE TABLE checkpoints (
    size bigint PRIMARY KEY,
    note text NOT NULL
);
