"""What is measured, and how it may grow with the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Expected = Literal["flat", "logarithmic", "linear"]
Figures = dict[str, float]  # a cost's name → its figure at one size


@dataclass(frozen=True)
class Cost:
    """expected: of an event or a question, as the log grows. judged: does growing faster fail the run?

    What is not judged is noise (a 99th percentile of a shared machine), or known to grow: note says why.
    """

    name: str
    unit: str
    expected: Expected = "flat"
    judged: bool = True
    note: str = ""

    @property
    def is_time(self) -> bool:
        """Does it depend on how fast the machine is just now?"""
        return self.unit not in ("MB", "bytes each")


CPU, EACH = "ms CPU", "ms CPU each"
APPEND, GROUPS = "append, one by one", "append, full groups"
FIRST, FIRST_LONG = "first append after a start", "first append after a start, the long programme"
CELLS, CELLS_MEDIAN, CELLS_P99 = "storage as-of", "storage as-of, median", "storage as-of, p99"
STATE, STATE_LONG = "state with its hash", "state with its hash, the long programme"
FEW, MANY, MANY_EARLY = "a cell of 11 versions", "the hot cell", "the hot cell, as known early"
BLAME, BLAME_HOT = "blame with signers, a page of 100", "blame of the hot cell, a page of 20"
DIFF, HISTORY = "diff with causes, 1,000 entries apart", "history of the long programme, a page of 20"
ENDS = "where every stream ends"
FIND, FIND_CODE, FIND_WORD = "search: an event's id", "search: a programme's code", "search: a common word"
HTTP_STATE, HTTP_AGAIN = "HTTP as-of", "HTTP as-of, asked again (304)"
HTTP_EVENTS, HTTP_CELLS = "HTTP events, a page of 100", "HTTP feed of cells, the last 100 entries"
HTTP_LIST, HTTP_PROOF = "HTTP programmes, a page of 20", "HTTP inclusion proof"
HTTP_RECEIPT, HTTP_TILE = "HTTP receipt", "HTTP tile of 256 hashes"
START, START_CPU = "start-up, to the first /readyz", "start-up, processor time"
MEMORY, MEMORY_READ = "memory after start-up (PSS)", "memory after reading (PSS)"
FOLLOW, REBUILD = "projections, following", "projections, rebuilt"
REBUILD_MEMORY = "memory that a rebuild takes"
VERIFY, COPY = "offline verification", "a picture of the ledger's file (backup)"
DISK_LOG, DISK_TABLES = "disk of the log", "disk of the projections"

COSTS: Final = (
    Cost(APPEND, EACH),
    Cost(GROUPS, EACH),
    Cost(FIRST, CPU, note="with the opening of the ledger"),
    Cost(FIRST_LONG, CPU, "linear", judged=False, note="reads that programme's stream, 2 % of the log"),
    Cost(CELLS, CPU),
    Cost(CELLS_MEDIAN, "ms", judged=False, note="by the clock"),
    Cost(CELLS_P99, "ms", judged=False, note="by the clock"),
    Cost(STATE, CPU),
    Cost(STATE_LONG, CPU),
    Cost(FEW, CPU),
    Cost(MANY, CPU, note="a version for each 250 entries"),
    Cost(MANY_EARLY, CPU, "linear", judged=False, note="passes the versions that were not known yet"),
    Cost(BLAME, CPU),
    Cost(BLAME_HOT, CPU),
    Cost(DIFF, CPU),
    Cost(HISTORY, CPU),
    Cost(ENDS, CPU, "linear", judged=False, note="once a round of trust and a bundle; an index is read"),
    Cost(FIND, CPU),
    Cost(FIND_CODE, CPU),
    Cost(FIND_WORD, CPU, "linear", judged=False, note="counts all that it finds"),
    Cost(HTTP_STATE, CPU),
    Cost(HTTP_AGAIN, CPU),
    Cost(HTTP_EVENTS, CPU),
    Cost(HTTP_CELLS, CPU),
    Cost(HTTP_LIST, CPU),
    Cost(HTTP_PROOF, CPU, "logarithmic"),
    Cost(HTTP_RECEIPT, CPU, "logarithmic"),
    Cost(HTTP_TILE, CPU),
    Cost(START, "s"),
    Cost(START_CPU, "s CPU"),
    Cost(MEMORY, "MB"),
    Cost(MEMORY_READ, "MB"),
    Cost(FOLLOW, EACH),
    Cost(REBUILD, EACH),
    Cost(REBUILD_MEMORY, "MB"),
    Cost(VERIFY, EACH),
    Cost(COPY, "µs CPU each"),
    Cost(DISK_LOG, "bytes each"),
    Cost(DISK_TABLES, "bytes each"),
)
