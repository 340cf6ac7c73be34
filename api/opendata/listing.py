"""The rows of the tables of resolution No. 835, gathered over all programmes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.opendata import official as why
from api.opendata.listed import Listed
from api.opendata.official import Lacking, OfficialName
from api.opendata.table import Ground


@dataclass(slots=True)
class Listing:
    """Rows as they are gathered. A uid that two rows would share is nobody's: `rows` replaces it then."""

    ground: Ground
    lacking: Lacking = field(default_factory=Lacking)
    programs: list[dict[str, Any]] = field(default_factory=list)
    amendments: list[dict[str, Any]] = field(default_factory=list)
    reports: list[dict[str, Any]] = field(default_factory=list)

    def take(self, programme: str) -> None:
        """Raises Blocked, before anything of the programme is taken."""
        listed = Listed(self.ground, programme, self.lacking)
        self.ground.reading.check(programme)
        row = listed.program()
        if row is None:
            return
        self.programs.append(row)
        self.amendments.extend(listed.amendments(row))
        self.reports.extend(listed.reports(row))

    def rows(self, table: OfficialName) -> Iterator[Mapping[str, Any]]:
        """`_own` of a row: the id that stands where number-date is blank, or not the row's alone."""
        uids = self._uids()
        ids = {row["_programme"]: self._uid("programs", row, uids["programs"]) for row in self.programs}
        for row in {"programs": self.programs, "amendments": self.amendments, "reports": self.reports}[table]:
            changed = {"uid": self._uid(table, row, uids[table])} if table != "reports" else {}
            if table != "programs":
                changed["programId"] = ids[row["_programme"]]
            yield {**row, **changed}

    def _uids(self) -> dict[str, Counter[str]]:
        return {
            "programs": Counter(row["uid"] for row in self.programs),
            "amendments": Counter(row["uid"] for row in self.amendments),
            "reports": Counter(),
        }

    def _uid(self, table: str, row: Mapping[str, Any], uids: Counter[str]) -> str:
        return str(row["uid"] if row["uid"] is not None and uids[row["uid"]] == 1 else row["_own"])

    def report(self) -> list[dict[str, Any]]:
        """Everything that is lacking, with the ids that are our own."""
        uids = self._uids()
        own = [
            {"table": table, "row": row["_own"], "column": "uid", "why": {"uk": said[0], "en": said[1]}}
            for table, rows in (("programs", self.programs), ("amendments", self.amendments))
            for row in rows
            if (said := _why_own(row["uid"], uids[table])) is not None
        ]
        return [*own, *self.lacking.items]


def _why_own(uid: str | None, uids: Counter[str]) -> tuple[str, str] | None:
    if uid is None:
        return why.NO_NUMBER
    return why.SAME_UID if uids[uid] > 1 else None
