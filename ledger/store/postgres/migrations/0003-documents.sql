-- Documents that logged events name, by their SHA-256, for every machine. restricted: kept and never
-- served, as in the folder of their own that a directory has. In pieces of at most 1 MiB, so that nobody
-- has to hold a whole one; all of a document's rows come in one transaction, and none is ever changed.
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
-- Most are compressed already, and a piece is always read as a whole.
ALTER TABLE document_pieces ALTER COLUMN piece SET STORAGE EXTERNAL;
