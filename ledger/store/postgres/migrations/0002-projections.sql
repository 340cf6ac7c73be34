-- Which generation of the projections is in use: a schema beside this one. Each is made and
-- rebuilt by whoever leads (projections/store/postgres.py), and none is part of the log.
CREATE TABLE generations (
    id integer PRIMARY KEY CHECK (id = 1),
    current text COLLATE "C"
);
INSERT INTO generations VALUES (1, NULL);
