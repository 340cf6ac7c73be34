-- The log's schema as all migrations leave it, for reading; a test holds it equal to them. Change it by a
-- new file in migrations/, and here.
CREATE TABLE migrations (
    number integer PRIMARY KEY,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
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
CREATE TABLE generations (
    id integer PRIMARY KEY CHECK (id = 1),
    current text COLLATE "C"
);
INSERT INTO generations VALUES (1, NULL);
CREATE TABLE documents (
    sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
    restricted boolean NOT NULL,
    size bigint NOT NULL CHECK (size >= 0),
    PRIMARY KEY (sha256, restricted)
);
CREATE TABLE document_pieces (
    sha256 bytea NOT NULL,
    restricted boolean NOT NULL,
    place integer NOT NULL CHECK (place >= 0),
    piece bytea NOT NULL CHECK (octet_length(piece) BETWEEN 1 AND 1048576),
    PRIMARY KEY (sha256, restricted, place),
    FOREIGN KEY (sha256, restricted) REFERENCES documents
);
ALTER TABLE document_pieces ALTER COLUMN piece SET STORAGE EXTERNAL;
