"""evaluation.concluded: what the programme's head concludes of a year, bound to the figures it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from ledger.errors import Refusal
from ledger.event import Common
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.kinds.parts import check_seen
from ledger.timeline import Write
from ledger.values import Day, Paragraph, RequiredText, Sha256, Strict, Year

RATINGS = {
    "effective": ("ефективна", "effective"),
    "partly": ("частково ефективна", "partly effective"),
    "ineffective": ("неефективна", "ineffective"),
}


class Sections(Strict):
    """The four directions in which a programme is evaluated. Source: the programme's section 6."""

    projects: Paragraph
    money: Paragraph
    results: Paragraph
    indicators: Paragraph


class Figures(Strict):
    """The figures that were looked at: state(as_of, known), and the hash of what was computed of it."""

    as_of: Day
    known: Annotated[int, Field(ge=1, lt=1 << 53)]
    sha256: Sha256


class EvaluationConcluded(Strict):
    """year: of the programme's term; conclusion: in words, beside the rating."""

    year: Year
    conclusion: RequiredText
    rating: Literal["effective", "partly", "ineffective"]
    sections: Sections
    figures: Figures


def writes(data: EvaluationConcluded, effective: str, slot: str) -> Iterator[Write]:
    yield Write(f"/evaluation/{data.year}/rating", effective, "set", data.rating, "/data/rating")
    yield Write(
        f"/evaluation/{data.year}/figures", effective, "set", data.figures.sha256, "/data/figures/sha256"
    )


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: EvaluationConcluded | None = event.data
    if data is not None:
        if not view.programme.has_year(data.year):
            raise Refusal("unknown-year", "/data/year", data.year)
        check_seen(event, data.figures.known, "/data/figures/known")
    yield from ()


def phrases(data: EvaluationConcluded, olds: object) -> Iterator[Words]:
    yield {"year": data.year, "rating": RATINGS[data.rating], "conclusion": data.conclusion}


KIND = Kind(
    "evaluation.concluded",
    schema=1,
    family="programme",
    data=EvaluationConcluded,
    act="optional",
    effective="required",
    writes=writes,
    decide=decide,
    phrases=phrases,
    title_uk="Оцінено виконання програми за рік",
    title_en="Evaluation concluded",
    uk="Виконання програми за {year} рік: {rating}. {conclusion}",
    en="The programme in {year}: {rating}. {conclusion}",
    example={
        "year": 2025,
        "conclusion": "Заплановане на рік виконано частково (приклад)",
        "rating": "partly",
        "sections": {
            "projects": "Виконано один захід із двох (приклад)",
            "money": "Використано половину запланованого (приклад)",
            "results": "Результати відповідають очікуваним (приклад)",
            "indicators": "Досягнуто одного цільового значення з двох (приклад)",
        },
        "figures": {"as_of": "2025-12-31", "known": 1, "sha256": "5e" * 32},
    },
)
