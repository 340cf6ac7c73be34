"""What is asked of Pledger: every number that a benchmark holds it to, in one place.

Ratios are of a figure to what stands beside it in the same run; times are 99th percentiles in ms.
"""

from __future__ import annotations

APPENDS_THREADS = 1.0  # at least × stock eventsourcing's unsigned saves, both by 32 threads
APPENDS_ALONE = 0.5  # at least × the same, both by one thread
APPENDS_GIT = 20.0  # at least × git's signed commits

HTTP_APPENDS = 1000.0  # at least, a second, by 32 clients
HTTP_APPENDS_RATIO = 0.3  # at least × POST of a bare FastAPI
HTTP_APPENDS_P99 = 60.0

STATE_P99 = 1.0  # of a programme's cells, at the storage
HTTP_STATE_P99 = 10.0  # of the whole answer, by one reader
HOT_RATIO = 5.0  # at most: a cell with 10,000 versions ÷ one with eleven
BLAME_P99 = 3.0
DIFF_P99 = 20.0  # of states 1 % of the log apart, with all causes
UNCHANGED_RATIO = 0.7  # at least: reads repeated by their ETag ÷ GET of a bare FastAPI

REBUILD = 60_000.0  # at least, events a second
SIGNATURES_RATIO = 0.85  # at least: the verifier's phase ÷ raw Ed25519 on as many cores
START_SECONDS = 1.0  # at most
MEMORY_MB = 250.0  # at most: a server's that has answered some hundred reads, shared pages in parts (PSS)
DISK_RATIO = 3.0  # at most: ledger.db ÷ the envelopes in it

VERIFIER_MB = 512.0  # at most, all processes
