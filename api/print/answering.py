"""A print from a source, a server's or a copy's: the question checked, resolved, and answered as data.

The same for the HTTP door and for a ledger's own directory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, cast, get_args

from api.context import behind
from api.parameters import Asked as Point
from api.parameters import bad_parameter, missing_parameter, resolve
from api.print.annex import Annex
from api.print.asked import PRINTS, Asked, Earlier, Print
from api.print.making import make_print
from api.problems import Problem
from api.sources import Source
from api.texts.language import Language
from api.views import View, check_programme

Form = str  # one of FORMS
FORMS: Final = ("pdf", "xlsx", "json", "typ")
ANNEXES: Final[tuple[Annex, ...]] = get_args(Annex)
# What is asked of one document alone.
OWN: Final[Mapping[Print, tuple[str, ...]]] = {
    "state": (),
    "report": ("year",),
    "comparison": ("from_as_of", "from_known", "proposal"),
    "annex": ("annex", "number"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """As it was asked, nothing of it checked yet but dates and numbers. print: which document."""

    print: str
    programme: str
    point: Point
    language: Language = "uk"
    year: int | None = None
    from_as_of: str | None = None
    from_known: str | None = None
    proposal: str | None = None
    annex: str | None = None
    number: int | None = None
    form: Form = "pdf"
    address: str = ""


def check_wanted(wanted: Wanted) -> Print:
    """Raises Problem: bad-parameter, missing-parameter, unknown-parameter."""
    if wanted.print not in PRINTS:
        raise bad_parameter("print", wanted.print, "print", where="path")
    which = wanted.print
    if wanted.form not in FORMS:
        raise bad_parameter("format", wanted.form, "print-form")
    given = {name: getattr(wanted, name) for names in OWN.values() for name in names}
    for name, value in given.items():
        if value is not None and name not in OWN[which]:
            raise Problem("unknown-parameter", f"/query/{name}", name, allowed=sorted(OWN[which]))
    if which == "report" and wanted.year is None:
        raise missing_parameter("year", "year")
    if which == "comparison":
        _check_points(wanted)
    if which == "annex" and wanted.annex not in ANNEXES:
        raise missing_or_bad(wanted.annex)
    return which


def _check_points(wanted: Wanted) -> None:
    """Two points, or one and a proposal."""
    is_dated = wanted.from_as_of is not None or wanted.from_known is not None
    if wanted.proposal is None and not is_dated:
        raise missing_parameter("from_as_of", "point-or-proposal")
    if wanted.proposal is not None and is_dated:
        raise bad_parameter("proposal", wanted.proposal, "point-or-proposal")


def missing_or_bad(annex: str | None) -> Problem:
    if annex is None:
        return missing_parameter("annex", "annex")
    return bad_parameter("annex", annex, "annex")


@dataclass(frozen=True, slots=True)
class Opened:
    """A question that has its points: what it depends on is known, nothing is made yet."""

    view: View
    asked: Asked

    @property
    def parts(self) -> tuple[object, ...]:
        """What its bytes depend on beside the query: for a validator."""
        view, start = self.view, self.asked.start
        told = (view.context.identity.genesis, view.as_of, view.known.position, self.asked.address)
        return (*told, start and (start.as_of, start.known.position))

    @property
    def file_name(self) -> str:
        return self.asked.file_name(self.view.as_of, self.view.known.position)

    def make(self) -> dict[str, Any]:
        """The data. Raises Problem print-too-large, Blocked."""
        return make_print(self.view, self.asked)


@contextmanager
def opened(source: Source, wanted: Wanted) -> Iterator[Opened]:
    """Raises Problem as check_wanted and parameters.resolve do; no-such-programme."""
    which = check_wanted(wanted)
    earlier = None if wanted.from_known is None else resolve(source, wanted.from_known, name="from_known")
    known = resolve(source, wanted.point.known, min_position=wanted.point.min_position)
    as_of = wanted.point.as_of or source.today()
    is_dated = which == "comparison" and wanted.proposal is None
    start = Earlier(wanted.from_as_of or as_of, earlier or known) if is_dated else None
    with source.follower.reading(known.position) as reading:
        if reading.position != known.position:  # a new generation that is not as far yet
            raise behind(known.position, reading.position)
        view = View(source, reading, as_of, known)
        newest = max(known.position, start.known.position if start is not None else 0)
        check_programme(view, wanted.programme, newest)
        asked = Asked(
            which,
            wanted.programme,
            wanted.language,
            wanted.year or 0,
            start,
            cast("Annex", wanted.annex or "financing"),
            wanted.number,
            wanted.address,
            wanted.proposal,
        )
        yield Opened(view, asked)
