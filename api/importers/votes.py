"""A named vote («ГОЛОС», or the minutes) as the votes of `act.registered`.

Nobody publishes the interface of that system: this reads a table that a person exported, by its headers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from api.importers.drafts import PART_MAX_BYTES, DraftEvent
from api.importers.errors import Problems
from api.importers.row_cells import Once, Row
from api.importers.rows import Asked, Column, Known, Made, Taken, Template, Total, read_rows
from api.importers.table import Cells
from ledger import canonical
from ledger.ids import body_stream

COLUMNS: Final = (
    Column("name", ("депутат", "піб", "піб депутата", "прізвище, ім'я, по батькові", "deputy"), needed=True),
    Column("vote", ("голос", "результат голосування", "як голосував", "result"), needed=True),
)
VOTES: Final[Mapping[str, str]] = {
    "за": "for",
    "проти": "against",
    "утримався": "abstained",
    "утрималась": "abstained",
    "утрималася": "abstained",
    "відсутній": "absent",
    "відсутня": "absent",
    "не голосував": "did-not-vote",
    "не голосувала": "did-not-vote",
    "for": "for",
    "against": "against",
    "abstained": "abstained",
    "absent": "absent",
    "did not vote": "did-not-vote",
    "did-not-vote": "did-not-vote",
}
# A row of totals: `За` and a number in place of the vote.
_TOTALS: Final[Mapping[str, str]] = {
    **VOTES,
    "утрималися": "abstained",
    "утримались": "abstained",
    "відсутні": "absent",
    "не голосували": "did-not-vote",
}
VOTES_MAX: Final = 400
NAME_MAX: Final = 600
_EVENT_MAX: Final = PART_MAX_BYTES + 10_000  # beside the act's own words; a payload holds 40,960
TEMPLATE: Final = Template(
    "Поіменне голосування",
    ("Депутат", "Голос"),
    (
        ("Приклад Перша Прикладівна", "За"),
        ("Приклад Другий Прикладович", "Утримався"),
        ("Приклад Третя Прикладівна", "Відсутня"),
        ("За", "1"),
    ),
)


def read_votes(raw: bytes, asked: Asked, known: Known | None = None) -> Taken:
    """The registration of asked.act with these votes: a correction of asked.corrects, if there is one.

    Raises ImportFileError.
    """
    problems = Problems()
    rows = read_rows(raw, COLUMNS, problems)
    reader = _Votes(problems)
    for cells in rows:
        reader.take(cells)
    problems.raise_if_any()
    if not reader.votes:
        problems.stop(0, "", "nothing-to-report")
    if len(reader.votes) > VOTES_MAX:
        problems.stop(0, "", "too-many-votes", got=len(reader.votes), most=VOTES_MAX)
    data = {**(asked.act or {}), "votes": reader.votes}
    if (size := len(canonical.dumps(data))) > _EVENT_MAX:
        problems.stop(0, "", "too-big-for-an-event", got=size, room=_EVENT_MAX)
    event = DraftEvent("act.registered", body_stream(asked.body), None, None, data)
    made = Made(event, tuple(reader.rows), asked.corrects)
    return Taken((made,), len(reader.votes), 0, reader.totals())


class _Votes:
    """Reads rows one by one."""

    def __init__(self, problems: Problems) -> None:
        self._problems, self._once = problems, Once()
        self.votes: list[dict[str, Any]] = []
        self.rows: list[Cells] = []
        self._printed: list[tuple[str, str, str]] = []

    def take(self, cells: Cells) -> None:
        row = Row(cells, self._problems)
        name, vote = row.text("name"), row.get("vote")
        totalled = _TOTALS.get(name.rstrip(":").removeprefix("Разом ").lower())
        if totalled is not None and re.fullmatch("[0-9]{1,4}", vote):
            self._printed.append((name, totalled, str(int(vote))))
            return
        row.required("name")
        if len(name) > NAME_MAX:
            row.wrong("name", "too-long", got=NAME_MAX)
        found = row.choice("vote", VOTES)
        self._once.check(row, (" ".join(name.lower().split()),))
        if row.sound:
            self.votes.append({"name": name, "vote": found})
            self.rows.append(cells)

    def totals(self) -> tuple[Total, ...]:
        """What the paper totals beside what was counted; and what was counted, where it prints nothing."""
        counted = Counter(vote["vote"] for vote in self.votes)
        found = [Total(name, printed, str(counted[vote])) for name, vote, printed in self._printed]
        said = {vote for _, vote, _ in self._printed}
        return (
            *found,
            *(Total(vote, "", str(number)) for vote, number in counted.items() if vote not in said),
        )
