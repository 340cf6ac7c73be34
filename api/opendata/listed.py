"""Rows of the tables of resolution No. 835, programme by programme, from what is on the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

from api.files import is_restricted
from api.opendata import official as why
from api.opendata.acts import counts_on
from api.opendata.official import Lacking
from api.opendata.table import Ground
from api.opendata.uids import Claim, official_uid
from ledger.ids import LeafIndex
from ledger.timeline import Answer
from projections.acts_in_doubt import mark_acts
from projections.cells import read_cell, read_cells
from projections.doubtful import read_doubt, read_doubtful
from projections.programmes import body_of
from projections.records import read_act, read_record, scan_records

LEGAL_TYPE: Final = {
    "decision": "Рішення",
    "executive-decision": "Рішення виконавчого комітету",
    "order": "Розпорядження",
    "military-order": "Розпорядження військової адміністрації",
    "court-decision": "Рішення суду",
    "commission-decision": "Рішення комісії",
}
_OF_THE_BODY: Final = ("decision", "executive-decision", "order", "military-order")
# What changes the programme's own text; a budget's appropriation or schedule does not.
_AMENDING: Final = ("programme.amended", "financing.changed", "programme.closed")
_COUNTING: Final = ("in-force", "suspended", "resumed", "quashed", "restored", "repealed")
_CITING: Final = (
    "SELECT leaf_index, slot, act FROM concerns WHERE programme=? AND slot IS NOT NULL AND leaf_index<? "
    "ORDER BY leaf_index"
)
_SHOWN: Final = ("/title", "/term/from", "/term/to", "/closed", "/passport/executors")
_ADOPTED: Final = "SELECT adopted_from FROM programmes WHERE id=? AND adopted_from<?"


def status_of(act: Mapping[str, Any], day: str, last_year: int | None, *, closed: bool) -> tuple[str, Any]:
    """(Чинна, Завершена or Скасована; why it is empty). Source: domain.md, resolution No. 835."""
    at = _standing(act, day)
    if at in ("quashed", "repealed"):
        return "Скасована", None
    if closed or (last_year is not None and int(day[:4]) > last_year):
        return "Завершена", None
    if counts_on(dict(act), day):
        return "Чинна", None
    return "", why.SUSPENDED if at == "suspended" else why.NOT_YET


def _standing(act: Mapping[str, Any], day: str) -> str:
    """The last word on whether an act counts, by a day; "" if none was said."""
    said = [
        (one.get("start") or one["date"], one["index"], one)
        for one in act["statuses"]
        if one["status"] in _COUNTING
    ]
    by_then = [one for start, _, one in sorted(said, key=lambda item: item[:2]) if start <= day]
    if by_then and by_then[-1]["status"] == "suspended" and (by_then[-1].get("to") or "9999") <= day:
        return "resumed"
    return str(by_then[-1]["status"]) if by_then else ""


class Listed:
    """One programme. Everything that stays empty is noted in `lacking`."""

    def __init__(self, ground: Ground, programme: str, lacking: Lacking) -> None:
        self.ground, self.id, self._lacking = ground, programme, lacking
        self._reading = ground.reading

    @cached_property
    def _citing(self) -> list[tuple[int, int, str | None]]:
        """(leaf index, the slot's first leaf index, act) of the programme's own entries."""
        return list(self._reading.rows(_CITING, [self.id, self._reading.position]))

    @cached_property
    def _adopting(self) -> list[tuple[int, str]]:
        """(leaf index, act) of the adoption and its corrections."""
        rows = self._reading.rows(_ADOPTED, [self.id, self._reading.position])
        slot = rows[0][0] if rows else -1
        return [(index, act) for index, of, act in self._citing if of == slot and act is not None]

    @cached_property
    def _act(self) -> dict[str, Any] | None:
        """The act that the adoption cites, as corrected."""
        return read_act(self._reading, self._adopting[-1][1]) if self._adopting else None

    @cached_property
    def _amending(self) -> dict[str, int]:
        """The acts, other than the adopting one, that changed the programme's own text, and since when."""
        own = self._adopting[-1][1] if self._adopting else None
        last = {slot: (index, act) for index, slot, act in self._citing}
        found: dict[str, int] = {}
        for slot, (index, act) in last.items():
            if act is not None and act != own and self._amends(index):
                found[act] = min(slot, found.get(act, slot))
        return found

    def claims(self) -> Iterator[Claim]:
        """Every row that the record has of it, whatever counts on the day."""
        if self._adopting:
            yield Claim("program", self.id, tuple(self._adopting))
        for act, index in self._amending.items():
            yield Claim("amendment", f"{act}.{self.id}", ((index, act),))

    @cached_property
    def _day(self) -> str:
        """The last day on which the programme's own act counted, up to the release's."""
        stretches = self._act["counts"] if self._act is not None else ()
        begun = [one for one in stretches if one["from"] <= self.ground.as_of]
        if not begun or begun[-1]["to"] is None or self.ground.as_of < begun[-1]["to"]:
            return self.ground.as_of
        return max(str(begun[-1]["from"]), _day_before(begun[-1]["to"]))

    def _answer(self, path: str) -> Answer | None:
        return read_cell(self._reading, self.id, path, self._day)

    def _value(self, path: str) -> Any:
        answer = self._answer(path)
        return answer.value if answer is not None and not answer.removed else None

    def program(self) -> dict[str, Any] | None:
        """None for a programme that nothing has put in force by the day: it has no title yet."""
        title, act = self._value("/title"), self._act
        if title is None:
            self._lack("programs", self.id, "uid", why.NOT_YET)
            return None
        first, last = self._value("/term/from"), self._value("/term/to")
        row: dict[str, Any] = {
            "_programme": self.id,
            "_own": self.id,
            "_uid": official_uid(act) if act is not None else None,
            "title": title,
            "validFrom": first,
            "validThrough": last,
            **self._status(act, last),
            **self._executant(),
            "programUrl": self._page("programs", self.id, "programUrl", f"/programmes/{self.id}"),
        }
        if first is None or last is None:
            self._lack("programs", self.id, "validThrough", why.NO_TERM)
        doubtful = read_doubtful(self._reading, self.id)
        if any(doubtful.of(path, self._day, self._answer(path)) for path in _SHOWN) or self._is_doubted(act):
            self._lack("programs", self.id, "", why.DOUBTED)
        return row | self._legal("programs", self.id, act)

    def _is_doubted(self, act: dict[str, Any] | None) -> bool:
        """Is anything that was said about an act in doubt? As the list of acts has it."""
        if act is None:
            return False
        mark_acts(self._reading, [act])
        return act["doubt"] is not None

    def _status(self, act: dict[str, Any] | None, last: Any) -> dict[str, Any]:
        if act is None:
            return {"status": None}
        closed = read_cell(self._reading, self.id, "/closed", self.ground.as_of)
        year = int(last) if last is not None else None
        is_closed = closed is not None and bool(closed.value)
        status, reason = status_of(act, self.ground.as_of, year, closed=is_closed)
        if reason is not None:
            self._lack("programs", self.id, "status", reason)
        return {"status": status or None}

    def _executant(self) -> dict[str, Any]:
        said = self._value("/passport/executors")
        names = [said] if isinstance(said, str) else list(said or ())
        names = [name for name in names if name.strip(" _-")]
        if not names:
            for column in ("executantName", "executantId"):
                self._lack("programs", self.id, column, why.NO_EXECUTOR)
            return {}
        named = [row for row in scan_records(self._reading, "body") if row["name"] == names[0]]
        code = named[0]["edrpou"] if len(names) == 1 and len(named) == 1 else None
        if not code:
            reason = why.NO_CODE if len(names) == 1 and len(named) == 1 else why.EXECUTORS
            self._lack("programs", self.id, "executantId", reason)
        return {"executantName": "; ".join(names), "executantId": code}

    def _legal(self, table: str, row: str, act: dict[str, Any] | None) -> dict[str, Any]:
        """The columns about the act."""
        if act is None:
            self._lack(table, row, "legalActTitle", why.NO_ACT)
            return {}
        kind = LEGAL_TYPE.get(act["kind"])
        found: dict[str, tuple[Any, tuple[str, str]]] = {
            "legalActType": (kind, why.NO_KIND),
            "legalActTitle": (act["title"], why.NO_ACT),
            "legalActAccepted": (act["date"], why.NO_ACT),
            "legalActNumber": (act.get("number"), why.BLANK_NUMBER),
            "legalActUrl": self._text_of(act),
        }
        body = self._body(act)
        found["publisherName"] = (body["name"] if body is not None else None, why.NO_BODY)
        found["publisherId"] = (
            body["edrpou"] if body is not None else None,
            why.NO_CODE if body is not None else why.NO_BODY,
        )
        for column, (value, reason) in found.items():
            if not value:
                self._lack(table, row, column, reason)
        return {column: value for column, (value, _) in found.items()}

    def _body(self, act: dict[str, Any]) -> dict[str, Any] | None:
        if act["kind"] not in _OF_THE_BODY:
            return None
        return read_record(self._reading, "body", act["body"] or body_of(self._reading, self.id))

    def _text_of(self, act: dict[str, Any]) -> tuple[str | None, tuple[str, str]]:
        """The first public file of the act's registration, at this server."""
        files = self._reading.entry(LeafIndex(act["index"])).stated().event.files
        shown = next((one for one in files if not is_restricted([one])), None)
        if shown is None:
            return None, why.NO_TEXT
        if self.ground.public is None:
            return None, why.NO_PUBLIC_URL
        return f"{self.ground.public}/v1/files/{shown.sha256}", why.NO_TEXT

    def amendments(self, program: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The acts by which the programme's own text was changed, as they count on the day."""
        acts = [read_act(self._reading, one) for one in self._amending]
        for act in sorted(acts, key=lambda act: (act["date"], act["id"])):
            said = read_doubt(self._reading, f"programme:{self.id}", self._amending[act["id"]])
            if said is not None or self._is_doubted(act):
                self._lack("amendments", f"{act['id']}.{self.id}", "", why.DOUBTED)
            if counts_on(act, self.ground.as_of):
                yield self._amendment(act, program)
            else:
                self._lack("amendments", f"{act['id']}.{self.id}", "uid", why.NOT_COUNTING)

    def _amends(self, index: int) -> bool:
        """Does the statement in force change the programme itself? One that was taken back does not."""
        event = self._reading.entry(LeafIndex(index)).stated().event
        return event.kind in _AMENDING and event.data is not None

    def _amendment(self, act: dict[str, Any], program: Mapping[str, Any]) -> dict[str, Any]:
        row = f"{act['id']}.{self.id}"
        return {
            "_programme": self.id,
            "_own": row,
            "_uid": official_uid(act),
            "programTitle": program["title"],
            **self._legal("amendments", row, act),
        }

    def reports(self, program: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The evaluations of years that the programme's head has concluded: the record's reports."""
        for path, answer in read_cells(self._reading, self.id, self.ground.as_of, "/evaluation"):
            if path.endswith("/rating") and not answer.removed:
                yield self._report(path.split("/")[2], answer.last.entry, program)

    def _report(self, year: str, index: int, program: Mapping[str, Any]) -> dict[str, Any]:
        stated = self._reading.entry(LeafIndex(index)).stated()
        uid, cited = f"{self.id}.{year}", stated.event.act
        if read_doubt(self._reading, f"programme:{self.id}", index) is not None:
            self._lack("reports", uid, "", why.DOUBTED)
        if cited is None:
            self._lack("reports", uid, "acceptedDate", why.NOT_ACCEPTED)
        return {
            "_programme": self.id,
            "_own": uid,
            "uid": uid,
            "acceptedDate": read_act(self._reading, cited.id)["date"] if cited is not None else None,
            "title": f"Оцінка виконання програми за {year} рік: {program['title']}",
            "periodStartDate": f"{year}-01-01",
            "periodEndDate": f"{year}-12-31",
            "programTitle": program["title"],
            "url": self._page("reports", uid, "url", f"/programmes/{self.id}/evaluation?year={year}"),
        }

    def _page(self, table: str, row: str, column: str, path: str) -> str | None:
        if self.ground.public is None:
            self._lack(table, row, column, why.NO_PUBLIC_URL)
            return None
        return self.ground.public + path

    def _lack(self, table: str, row: str, column: str, reason: tuple[str, str]) -> None:
        self._lacking.add(table, row, column, reason)


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
