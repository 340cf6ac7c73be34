"""A release: every table as of one day and one position, each file under its hash, the manifest last.

The same point, the same settings and the same program give the same bytes. What did not change keeps its
file: the tables of a programme that nothing has concerned since the release before are not even read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime, time
from typing import Any, Final

from api.opendata import acts, aliases, entries
from api.opendata.listing import Listing
from api.opendata.official import COLUMNS, DIALECTS, OFFICIAL, UNAVAILABLE, header, in_dialect
from api.opendata.point import VERSION, Grounded, Point, Readings, signed_positions
from api.opendata.shelf import FORMAT, Kept, Shelf
from api.opendata.table import Ground, Row, Table
from api.opendata.tables import ALL, BY_PROGRAMME
from api.opendata.uids import read_uids
from ledger.clock import format_instant
from ledger.errors import StorageError
from ledger.merkle import leaf_hash
from projections.generation import RULES_VERSION
from projections.moved import last_moved
from projections.reading import Reading
from projections.records import read_record
from projections.state import last_concern

_FIRST_DAY: Final = "1970-01-01"
_PAGE: Final = 200
_IDS: Final = "SELECT id FROM programmes WHERE id>? AND adopted_from<? ORDER BY id LIMIT ?"
Manifest = dict[str, Any]


class Unwanted(Exception):
    """The process is ending: this release will not be made."""


def make(
    shelf: Shelf,
    readings: Readings,
    point: Point,
    *,
    before: Manifest | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    go_on: Callable[[], bool] = lambda: True,
) -> Manifest:
    """Write a release. before: an earlier one of the same log; go_on: is it still wanted?

    Raises StorageError, Unwanted; then nothing points at what was written.
    """
    return _Making(shelf, readings, point, before or {}, progress, go_on).make()


class _Making:
    def __init__(
        self,
        shelf: Shelf,
        readings: Readings,
        point: Point,
        before: Manifest,
        progress: Callable[[int, int], None],
        go_on: Callable[[], bool],
    ) -> None:
        self._shelf, self._readings, self._point = shelf, readings, point
        self._progress, self._go_on = progress, go_on
        same = before.get("version") == VERSION and before.get("rules") == RULES_VERSION
        self._before: Manifest = before if same else {}
        self._programmes: dict[str, Any] = {}
        self._unavailable: list[str] = []
        self._signed: set[int] = set()

    def make(self) -> Manifest:
        listing = self._sections()
        tables = {table.name: [self._whole(table)] for table in BY_PROGRAMME}
        with self._ground() as ground:
            listing.uids = read_uids(ground.reading, listing.claims)
            tables["acts"] = [self._table(ALL["acts"], acts.all_rows(ground))]
            tables["doubts"] = [self._table(ALL["doubts"], entries.doubt_rows(ground))]
            tables["aliases"] = [self._table(ALL["aliases"], aliases.all_rows(ground, listing.uids))]
        tables["events"] = list(self._events())
        lacking = listing.report()
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "rules": RULES_VERSION,
            "release": self._point.name,
            "origin": self._point.origin,
            "genesis": self._point.genesis,
            "as_of": self._point.as_of,
            "position": self._point.known.position,
            "recorded_at": self._point.known.recorded_at,
            "modified": self._newest(),
            "last": self._point.last,
            "licence": self._point.licence,
            "public_url": self._point.public,
            "bodies": self._bodies(),
            "tables": {name: [kept.to_json() for kept in parts] for name, parts in tables.items()},
            "official": self._official(listing),
            "lacking": self._shelf.keep_json({"items": lacking}, rows=len(lacking)).to_json(),
            "unavailable": self._unavailable,
            "signed": sorted(self._signed),
            "programmes": self._programmes,
        }
        self._shelf.put_manifest(manifest)
        return manifest

    def _ground(self) -> Any:
        return Grounded(self._readings, self._point)

    # -- programmes ------------------------------------------------------------------

    def _ids(self) -> list[str]:
        found: list[str] = []
        with self._ground() as ground:
            while True:
                after = found[-1] if found else ""
                rows = ground.reading.rows(_IDS, [after, ground.reading.position, _PAGE])
                found += [row[0] for row in rows]
                if len(rows) < _PAGE:
                    return found

    def _sections(self) -> Listing:
        """The tables of each programme, and its rows in those of resolution No. 835."""
        ids, listing = self._ids(), None
        for done, programme in enumerate(ids):
            self._check()
            with self._ground() as ground:
                listing = listing or Listing(ground)
                listing.ground = ground.sharing()
                self._section(ground.sharing(), programme, listing)
            self._progress(done + 1, len(ids))
        if listing is None:
            with self._ground() as ground:
                return Listing(ground)
        return listing

    def _section(self, ground: Ground, programme: str, listing: Listing) -> None:
        if ground.reading.is_blocked(programme):
            self._unavailable.append(programme)
            for table in OFFICIAL:
                listing.lacking.add(table, programme, "", UNAVAILABLE)
            return
        listing.take(programme)
        self._signed |= signed_positions(ground.reading, programme)
        concern = self._concern(ground.reading, programme)
        known = self._before.get("programmes", {}).get(programme)
        if known is None or known["concern"] != concern or not self._has(known):
            known = self._programme(ground, programme, concern)
        self._programmes[programme] = known

    def _programme(self, ground: Ground, programme: str, concern: str) -> dict[str, Any]:
        row = next(iter(ALL["programmes"].rows(ground, programme)))
        tables = (*BY_PROGRAMME, ALL["acts"], ALL["events"])
        files = {table.name: self._table(table, table.rows(ground, programme)) for table in tables}
        index = row["last_index"]
        return {
            "title": row["title"],
            "body": row["body"],
            "term": row["term"],
            "concern": concern,
            "modified": self._modified(ground, programme, index),
            "issued": ground.reading.entry(row["adopted_index"]).recorded_at,
            "tables": {name: [kept.to_json()] for name, kept in files.items()},
        }

    def _modified(self, ground: Ground, programme: str, index: int | None) -> str:
        """When the programme's tables became what they are: by an entry, or at the beginning of a day."""
        recorded = ground.reading.entry(index).recorded_at if index is not None else ""
        moved = last_moved(ground.reading, programme, ground.as_of)
        return max(recorded, self._midnight(moved)) if moved else recorded

    def _midnight(self, day: str) -> str:
        """The first instant of a local day. Days before the ledger's first are none of its own."""
        if day < _FIRST_DAY:
            return ""
        moment = datetime.combine(date.fromisoformat(day), time(), self._point.zone)
        return format_instant(moment.astimezone(UTC))

    def _concern(self, reading: Reading, programme: str) -> str:
        """What the tables of a programme depend on."""
        index = last_concern(reading, programme)
        entry = leaf_hash(reading.entry(index).raw).hex() if index is not None else ""
        return f"{self._point.as_of} {entry}"

    def _has(self, section: Mapping[str, Any]) -> bool:
        """Are the files of a section still there, as they were written?"""
        parts = (part for files in section["tables"].values() for part in files)
        return all(self._shelf.is_whole(part["file"]) for part in parts)

    def _newest(self) -> str:
        """When the whole became what it is; terms of programmes end with a year."""
        sections = [str(section["modified"]) for section in self._programmes.values()]
        new_year = self._midnight(f"{self._point.as_of[:4]}-01-01")
        return max(self._point.known.recorded_at, new_year, *sections)

    # -- whole tables ------------------------------------------------------------------

    def _table(self, table: Table, rows: Any) -> Kept:
        with self._shelf.sheet(table.names) as sheet:
            for row in rows:
                sheet.put(row)
            return sheet.keep()

    def _whole(self, table: Table) -> Kept:
        """The tables of all programmes, one after another."""
        with self._shelf.sheet(table.names) as sheet:
            for section in self._programmes.values():
                for part in section["tables"][table.name]:
                    path = self._shelf.file(part["file"])
                    if path is None:
                        raise StorageError(f"{part['file']} of the open data is gone")
                    sheet.append(path, Kept.of(part))
            return sheet.keep()

    def _events(self) -> Iterator[Kept]:
        """Full parts of a release of the same log are taken over: they never change."""
        known = [Kept.of(part) for part in self._before.get("tables", {}).get("events", ())]
        for place, start in enumerate(range(0, self._point.known.position, entries.PART_ENTRIES)):
            self._check()
            part = known[place] if place < len(known) else None
            is_full = part is not None and part.rows == entries.PART_ENTRIES
            if part is not None and is_full and self._shelf.is_whole(part.name):
                yield part
                continue
            with self._ground() as ground:
                yield self._table(ALL["events"], entries.part_rows(ground, start))

    def _official(self, listing: Listing) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for table in OFFICIAL:
            rows = list(listing.rows(table))
            with ExitStack() as opened:
                sheets = {
                    dialect: opened.enter_context(self._shelf.sheet(header(table, dialect)))
                    for dialect in DIALECTS
                }
                for row in rows:
                    for dialect, sheet in sheets.items():
                        sheet.put(in_dialect(row, table, dialect))
                found[table] = {dialect: sheet.keep().to_json() for dialect, sheet in sheets.items()}
        assert set(found) == set(COLUMNS)
        return found

    def _bodies(self) -> list[Row]:
        """Those that adopted the programmes: the publishers."""
        names = sorted({section["body"] for section in self._programmes.values()})
        with self._ground() as ground:
            docs = (read_record(ground.reading, "body", name) for name in names)
            return [
                {"id": doc["id"], "name": doc["name"], "edrpou": doc["edrpou"] or None}
                for doc in docs
                if doc is not None
            ]

    def _check(self) -> None:
        if not self._go_on():
            raise Unwanted
