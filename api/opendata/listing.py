"""The rows of the tables of resolution No. 835, gathered over all programmes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.opendata import official as why
from api.opendata.listed import Listed
from api.opendata.official import Lacking, OfficialName
from api.opendata.table import Ground
from api.opendata.uids import Claim, Kind, Uids


@dataclass(slots=True)
class Listing:
    """Rows as they are gathered. uids: which id each has, once all programmes are taken."""

    ground: Ground
    lacking: Lacking = field(default_factory=Lacking)
    claims: list[Claim] = field(default_factory=list)
    uids: Uids = field(default_factory=Uids)
    programs: list[dict[str, Any]] = field(default_factory=list)
    amendments: list[dict[str, Any]] = field(default_factory=list)
    reports: list[dict[str, Any]] = field(default_factory=list)

    def take(self, programme: str) -> None:
        """Raises Blocked, before anything of the programme is taken."""
        listed = Listed(self.ground, programme, self.lacking)
        self.ground.reading.check(programme)
        self.claims.extend(listed.claims())
        row = listed.program()
        if row is None:
            return
        self.programs.append(row)
        self.amendments.extend(listed.amendments(row))
        self.reports.extend(listed.reports(row))

    def rows(self, table: OfficialName) -> Iterator[Mapping[str, Any]]:
        """`_own` of a row: the id that stands where number-date is blank, or not the row's alone."""
        if table == "programs":
            yield from ({**row, "uid": self._uid("program", row["_own"])} for row in self.programs)
            return
        for row in self.amendments if table == "amendments" else self.reports:
            uid = self._uid("amendment", row["_own"]) if table == "amendments" else row["uid"]
            yield {**row, "uid": uid, "programId": self._uid("program", row["_programme"])}

    def _uid(self, kind: Kind, own: str) -> str:
        return self.uids.shown.get((kind, own), own)

    def report(self) -> list[dict[str, Any]]:
        """Everything that is lacking, with the ids that are our own."""
        kinds: tuple[tuple[OfficialName, Kind, list[dict[str, Any]]], ...] = (
            ("programs", "program", self.programs),
            ("amendments", "amendment", self.amendments),
        )
        own = [
            {"table": table, "row": row["_own"], "column": "uid", "why": {"uk": said[0], "en": said[1]}}
            for table, kind, rows in kinds
            for row in rows
            if (said := self._why_own(kind, row)) is not None
        ]
        return [*own, *self.lacking.items]

    def _why_own(self, kind: Kind, row: Mapping[str, Any]) -> tuple[str, str] | None:
        if row["_uid"] is None:
            return why.NO_NUMBER
        return why.SAME_UID if (kind, row["_own"]) in self.uids.taken else None
