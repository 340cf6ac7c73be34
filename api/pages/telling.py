"""What the door says as people read it: amounts, days, names and entry numbers inside its sentences, and
the path of a cell in words. Words of papers, which stand in quotation marks, are never touched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from api.pages.asking import Refused
from api.pages.frame import Frame
from api.pages.page import Page
from api.pages.wording import (
    Words,
    entry_number,
    money,
    month_of,
    number,
    short_day,
    short_hash,
    short_moment,
)
from api.texts.catalogue import DISCREPANCIES

ACTS_MAX: Final = 500
ACTS_AT_ONCE: Final = 100  # as many ids as fit into one question
_TOKEN: Final = re.compile(
    r"(?P<quote>«[^»]*»|“[^”]*”)"
    r"|(?P<treasury>(?<![\w/.-])(?:[0-9]{7}|_)\.(?:[0-9]{4}|_)\.(?:general|special|development|_)\.[\w-]+)"
    r"|(?P<path>(?<![\w/])/[a-z_]+(?:/[\w.+-]*[\w+-])+)"
    r"|(?P<line>(?<![\w./-])[\w.-]*[\w-]/[0-9]{4}/[\w.-]*[\w-])"
    r"|(?P<instant>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?:Z|[+-][0-9]{2}:[0-9]{2}))"
    r"|(?P<day>(?<![\w-])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![\w-]))"
    r"|(?P<period>(?<![\w-])[0-9]{4}-(?:Q[1-4]|H[12]|[0-9]{2})(?![\w-]))"
    r"|(?P<added> → \+-?[0-9]+\.[0-9]{2}(?!\w|[.,][0-9]))"
    r"|(?P<money>(?<![\w.,/-])-?[0-9]+\.[0-9]{2}(?!\w|[.,][0-9]))"
    r"|(?P<decimal>(?<![\w.,/-])-?[0-9]+\.[0-9]+(?!\w|[.,/-]\w))"
    rf"|(?P<code> \((?:{'|'.join(map(re.escape, DISCREPANCIES))})\))"  # its name stands before it
    r"|(?P<source>(?:(?<=\()|(?<=\([0-9]{4}, ))[a-z][a-z0-9_-]*(?=\)))"
    r"|(?P<name>(?<![\w/.-])[a-z0-9]+(?:[-_.][a-z0-9]+)+)"
)
_MONEY: Final = re.compile(r"-?[0-9]+\.[0-9]{2}")
_CERTAIN: Final = re.compile(r"-?(?:[0-9]{3,}\.[0-9]{2}|[0-9]+\.00)")  # no printed code looks so
_VALUES: Final = frozenset(
    ("value", "numerator", "denominator", "old", "new", "gap_hours", "largest_gap_hours")
)  # members that are no codes
_NUMERIC: Final = frozenset(
    ("financing", "appropriation", "schedule", "transfers", "returns", "commitment", "paid", "incurred",
     "payable", "treasury", "actuals", "allocation", "printed_totals")
)  # fmt: skip
_REPORTED: Final = frozenset(("commitment", "paid", "incurred", "payable"))
_EVENT: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LISTED: Final = re.compile(r"[A-Za-z_-]+")  # a word of a short list: how far, how good, which kind
_LINES: Final = frozenset(("financing", "appropriation", "schedule", "transfers", "returns")) | _REPORTED
_BY_ID: Final = frozenset(("indicators", "tree", "endorsements", "sources", "printed"))
_AXES: Final = ("kpkvk", "kekv", "fund", "unit")


@dataclass(frozen=True, slots=True)
class Teller:
    """names: of offices, persons, bodies, acts and entries, by id; sources: of money, by id;
    programmes: their titles, by id, for the entries that have but the id."""

    page: Page
    words: Words
    names: Mapping[str, str]
    sources: Mapping[str, str]
    programmes: Mapping[str, str] = field(default_factory=dict)

    def name(self, one: str | None) -> str:
        return self.names.get(one, one) if one else ""

    def source(self, one: str) -> str:
        return self.sources.get(one, one)

    def sentence(
        self, texts: Mapping[str, str], events: Iterable[Mapping[str, Any]] = (), figures: object = ()
    ) -> str:
        """events: with `event` and `index`, to be called by number; figures: what the sentence is made of,
        at any depth, so that a short amount in it is known to be one and no printed code."""
        numbers = {one["event"]: entry_number(one["index"]) for one in events if one["index"] is not None}
        named = list(_texts(figures))
        amounts = {text for _, text in named if _MONEY.fullmatch(text)}
        values = {text for name, text in named if name in _VALUES}
        values -= {text for name, text in named if name not in _VALUES}  # it could be the code, too

        def said(found: re.Match[str]) -> str:
            if found.lastgroup == "decimal" and found[0] in values:
                return number(found[0])
            return self._said(found.lastgroup or "", found[0], numbers, amounts)

        return _TOKEN.sub(said, texts[self.page.language])

    def _said(self, what: str, text: str, numbers: Mapping[str, str], amounts: set[str]) -> str:
        simply = {
            "path": self.cell,
            "treasury": self.treasury_line,
            "line": self._line,
            "instant": self._moment,
            "day": short_day,
            "period": self.period,
            "added": self._added,
        }
        if what in simply:
            return simply[what](text)
        if what == "code":
            return ""
        if what == "quote":
            title = self.programmes.get(text[1:-1])
            return f"{text[0]}{title}{text[-1]}" if title else text
        if what == "money":
            return money(text) if text in amounts or _CERTAIN.fullmatch(text) else text
        if what == "source":
            return self.sources.get(text, self.names.get(text, text))
        known = what in ("name", "decimal")
        return numbers.get(text, self.names.get(text, text)) if known else text

    def _line(self, text: str) -> str:
        measure, year, segment = text.split("/")
        return self.words("of-line", measure=measure, year=year, source=self.segment(segment))

    def _added(self, text: str) -> str:
        """` → +-20.00`, which could be read as the new amount: what was added, or taken away."""
        amount = text.partition("+")[2]
        name = "taken-away" if amount.startswith("-") else "added"
        return self.words(name, amount=money(amount.removeprefix("-")))

    def _moment(self, text: str) -> str:
        return short_moment(text, self.page.context.identity.zone)

    def period(self, text: str) -> str:
        """`2025`, `2025-Q1`, `2025-H1`, `2025-03` in words."""
        year, _, part = text.partition("-")
        if not part:
            return self.words("period-year", year=year)
        if part.isdecimal():
            return month_of(f"{text}-01", self.page.language)
        return self.words(f"period-{part[0]}", year=year, part=part[1])

    def segment(self, text: str) -> str:
        """A source with the budget's codes that a line names: `local.0217520._.general._`."""
        source, *axes = text.split(".", len(_AXES))
        told = [
            self.words(f"axis-{axis}", value=self.axis(axis, value))
            for axis, value in zip(_AXES, axes, strict=False)
            if value != "_"
        ]
        return ", ".join([self.source(source), *told])

    def axis(self, axis: str, value: str) -> str:
        """A budget's code; a fund or a spending unit by its name."""
        return self.words.maybe(f"fund-{value}", value) if axis == "fund" else self.name(value)

    def treasury_line(self, text: str) -> str:
        """`0117530.2620.general._` in words."""
        told = [
            self.words(f"axis-{axis}", value=self.axis(axis, value))
            for axis, value in zip(_AXES, text.split(".", len(_AXES) - 1), strict=False)
            if value != "_"
        ]
        return ", ".join(told) or text

    def cell(self, path: str) -> str:
        """What a cell is, in words; a path of which we have none as it is."""
        family, *parts = path.strip("/").split("/")
        template = f"cell-{family}"
        try:
            return self.words(template, **self._facts(family, parts)) if self.words.maybe(template) else path
        except (IndexError, ValueError):
            return path

    def _facts(self, family: str, parts: list[str]) -> dict[str, str]:
        """What the words of a cell name. Raises IndexError, ValueError for a path of another shape."""
        if family in _LINES:
            measure, year, segment, *report = parts
            facts = {"measure": measure, "year": year, "source": self.segment(segment)}
            if family in _REPORTED:
                facts |= {"period": self.period(report[0]), "mode": self._mode(report[1])}
            return facts
        if family in ("actuals", "progress"):
            mode = self._mode(parts[2]) if family == "actuals" else ""
            return {"id": parts[0], "period": self.period(parts[1]), "mode": mode}
        if family in ("treasury", "allocation"):
            year, line, one, *payer = parts
            facts = {"year": year, "line": self.treasury_line(line), "measure": one}
            what = self.words.maybe(f"treasury-{one}", one)
            return {**facts, "what": what, "source": self.source(payer[0]) if payer else ""}
        return {"id": parts[0] if parts else "", "part": self._part(parts[family in _BY_ID :])}

    def value(self, path: str, value: object) -> str:
        """Of a cell that holds something: amounts of money and numbers as people write them."""
        if isinstance(value, str):
            is_number = path.strip("/").partition("/")[0] in _NUMERIC
            return self.listed(path, value) or (number(value) if is_number else short_hash(short_day(value)))
        if isinstance(value, bool):
            return self.words("yes" if value else "no")
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return "; ".join(value)
        return str(value) if isinstance(value, int) else self.words("many-values")

    def listed(self, path: str, value: str) -> str:
        """The word for one of a short list that a cell of this kind takes; nothing of free text."""
        family = path.strip("/").partition("/")[0]
        word, _, code = value.partition(":")  # `expected:3.4.1` of a printed cell
        found = self.words.maybe(f"value-{family}-{word}") if _LISTED.fullmatch(word) else ""
        return f"{found} {code}".rstrip() if found else ""

    def _mode(self, text: str) -> str:
        return self.words.maybe(f"mode-{text}", text)

    def _part(self, parts: list[str]) -> str:
        """Members of a cell's path: years and codes as they are."""
        return ", ".join(self.words.maybe(f"part-{one}", one) for one in parts)


def _texts(figures: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Each text with the name of the member that it stands under."""
    if isinstance(figures, str):
        yield name, figures
    elif isinstance(figures, Mapping):
        for member, value in figures.items():
            yield from _texts(value, str(member))
    elif isinstance(figures, list | tuple):
        for value in figures:
            yield from _texts(value, name)


async def open_teller(frame: Frame, acts: Iterable[dict[str, Any]] | None = None) -> Teller:
    """With all names as known at the state shown, as far as one page of each list goes.

    acts: those that get a name, of read_acts; None: as many as one page of their list has.
    """
    page, known = frame.page, frame.point.known
    names: dict[str, str] = {}
    for family in ("bodies", "offices", "persons"):
        names |= await page.names(family, known)
    words = Words(page.language, "telling")
    names |= {
        act["id"]: act_words(words, act) for act in (await read_acts(page, known) if acts is None else acts)
    }
    return Teller(page, words, names, await _sources(frame), {frame.id: frame.title})


def codes_in(texts: Iterable[str]) -> set[str]:
    """What in sentences may be the id of an act, an office or a person."""
    found = (_TOKEN.finditer(text) for text in texts)
    return {one[0] for each in found for one in each if one.lastgroup == "name"}


async def read_entries(
    page: Page, sentences: Iterable[str], rows: Iterable[Mapping[str, Any]] = ()
) -> dict[str, str]:
    """№ by id of the entries that the sentences mention. rows: those at hand, with `event` and `index`."""
    at_hand = {row["event"]: row["index"] for row in rows}
    found: dict[str, str] = {}
    for event in sorted(one for one in codes_in(sentences) if _EVENT.fullmatch(one)):
        index = at_hand.get(event)
        if index is None:
            row = await page.ask_maybe(f"/v1/events/{event}")
            index = row["index"] if row else None
        if index is not None:
            found[event] = entry_number(index)
    return found


async def read_acts(page: Page, known: int, ids: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """As the door lists them. ids: only these; None: as many as one page of the list has."""
    if ids is None:
        found = await page.ask("/v1/acts", limit=ACTS_MAX, known=known)
        return list(found["items"])
    wanted, rows = sorted(set(ids)), list[dict[str, Any]]()
    for start in range(0, len(wanted), ACTS_AT_ONCE):
        some = ",".join(wanted[start : start + ACTS_AT_ONCE])
        rows += (await page.ask("/v1/acts", ids=some, limit=ACTS_AT_ONCE, known=known))["items"]
    return rows


def act_words(words: Words, act: Mapping[str, Any]) -> str:
    number = act["number"] or (act["project_number"] and words("act-project", number=act["project_number"]))
    return words("act", number=number) if number else words("act-unnumbered", date=short_day(act["date"]))


async def _sources(frame: Frame) -> dict[str, str]:
    try:
        found = await frame.page.ask(frame.url(), path="/sources", **frame.at)
    except Refused:
        return {}
    return {one: said.get("name") or one for one, said in found["state"].get("sources", {}).items()}
