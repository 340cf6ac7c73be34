"""What the document says of itself: its term, dates and number, and blanks that were to be filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from projections.findings.document_words import days, has_gap, spans, years
from projections.findings.paper import Paper, Particular, Slot, on_paper
from projections.findings.rule import Hit, Rule

# The rows of the passport's standard form, and by what a quote of the row is known.
_ROWS = {
    "initiator": ("ініціатор", r"\bініціатор"),
    "legal_basis": ("підстава", r"\bпідстав"),
    "developer": ("розробник", r"\bрозробник"),
    "co_developers": ("співрозробники", r"\bспіврозробник"),
    "executors": ("виконавці", r"\bвиконав"),
    "participants": ("учасники", r"\bучасник"),
    "spending_unit": ("розпорядник коштів", r"\bрозпорядник"),
    "purpose": ("мета", r"\bмета\b"),
    "term": ("строк", r"\b(?:термін|строк)"),
    "stages": ("етапи", r"\bетап"),
}


def _term(paper: Paper) -> Iterator[Hit]:
    """Places where the term is printed otherwise than the programme's own."""
    if paper.term is None:
        return
    ends = ("/term/from", "/term/to")
    words = {"first": paper.term[0], "last": paper.term[1]}
    for one in paper.of("term"):
        other = [span for span in spans(one.text) if span != paper.term]
        if other:
            yield Hit(
                one.id,
                cells=(one.cell, *ends),
                quotes=paper.quoted(one),
                words={"at": one.at, "text": one.text, **words},
            )
    for text in paper.passport("term") or ():
        if any(span != paper.term for span in spans(text)):
            quote = paper.cite("паспорт, термін", text)
            said = {"at": ("паспорт", "passport"), "text": text, **words}
            yield Hit("passport", cells=("/passport/term", *ends), quotes=(quote,), words=said)


def _period(paper: Paper) -> Iterator[Hit]:
    """Headings of annexes and columns that name years outside the term."""
    headed = paper.of("period")
    for one in headed:
        outside = [year for year in years(one.text) if paper.years and year not in paper.years]
        if outside:
            beside = [other for other in headed if other is not one and _annex(other) == _annex(one)]
            cells = (one.cell, *(other.cell for other in beside), "/term/from", "/term/to")
            said = {"at": one.at, "text": one.text, "first": paper.years[0], "last": paper.years[-1]}
            yield Hit(one.id, cells=cells, quotes=paper.quoted(one, *beside), words=said)


def _annex(one: Particular) -> str:
    return one.at.partition(",")[0].strip()


def _date(paper: Paper) -> Iterator[Hit]:
    """The day on which the act was adopted, by its status, and the day that it bears."""
    quotes = paper.of("status_date", "act_date")
    bears = {day for one in quotes if one.field == "act_date" for day in days(one.text)}
    adopted = {day for one in quotes if one.field == "status_date" for day in days(one.text)}
    status = (paper.act or {}).get("status") or {}
    bears |= {paper.of_act("date")} - {""}
    adopted |= {str(status.get("date") or "")} - {""}
    if bears and adopted and len(bears | adopted) > 1:
        words = {"adopted": ", ".join(sorted(adopted)), "bears": ", ".join(sorted(bears))}
        yield Hit(
            "date",
            cells=tuple(one.cell for one in quotes),
            entries=paper.act_entries,
            quotes=paper.quoted(*quotes),
            words=words,
        )


def _number(paper: Paper) -> Iterator[Hit]:
    """An act without a number; without the act's record, the place of its number tells."""
    quotes = paper.of("number")
    if paper.act is not None:
        blank = paper.of_act("number").strip() in ("", "-")
    else:
        blank = any(has_gap(one.text) for one in quotes)
    if blank:
        cells = tuple(one.cell for one in quotes)
        yield Hit("number", cells=cells, entries=paper.act_entries, quotes=paper.quoted(*quotes))


def _placeholders(paper: Paper) -> Iterator[Hit]:
    """Blanks of the passport, empty «Погоджено» slots, and gaps that a quote shows."""
    rest = paper.of("placeholder")
    for name, (label, known) in _ROWS.items():
        lines = paper.passport(name)
        if lines is not None and not "".join(lines).strip():
            beside = [one for one in rest if re.search(known, one.text, re.IGNORECASE)]
            rest = [one for one in rest if one not in beside]
            at = beside[0].at if beside else f"паспорт, {label}"
            cells = (f"/passport/{name}", *(one.cell for one in beside))
            yield Hit(f"passport.{name}", cells=cells, quotes=paper.quoted(*beside), words={"at": at})
    for slot in paper.slots:
        if not slot.date.strip():
            yield _empty_slot(paper, slot, [one for one in rest if _is_slot(one, slot)])
    for one in rest:
        if has_gap(one.text) and not any(_is_slot(one, slot) for slot in paper.slots):
            yield Hit(one.id, cells=(one.cell,), quotes=paper.quoted(one), words={"at": one.at})


def _empty_slot(paper: Paper, slot: Slot, beside: list[Particular]) -> Hit:
    at = f"погодження {slot.n}"
    return Hit(
        f"endorsement.{slot.id}",
        cells=(slot.cell("date"), *(one.cell for one in beside)),
        quotes=(paper.cite(at, slot.office), *paper.quoted(*beside)),
        words={"at": at},
    )


def _is_slot(one: Particular, slot: Slot) -> bool:
    """«погодження 2–4» is the second, third and fourth slot."""
    word, _, which = one.at.partition(" ")
    first, _, last = which.replace("—", "–").replace("-", "–").partition("–")
    if word.lower() != "погодження" or not first.strip().isdecimal():
        return False
    end = last.strip() if last.strip().isdecimal() else first.strip()
    return int(first) <= slot.n <= int(end)


RULES: tuple[Rule, ...] = (
    Rule(
        "DOC-TERM",
        "blocks",
        uk="Строк програми надруковано інакше, ніж {first}–{last}: «{text}» ({at})",
        en="The term is printed otherwise than {first}–{last}: “{text}” ({at})",
        check=on_paper(_term),
    ),
    Rule(
        "DOC-PERIOD",
        "blocks",
        uk="Заголовок називає роки поза строком {first}–{last}: «{text}» ({at})",
        en="A heading names years outside the term {first}–{last}: “{text}” ({at})",
        check=on_paper(_period),
    ),
    Rule(
        "DOC-DATE",
        "ask",
        uk="За статусом рішення прийнято {adopted}, а датовано його {bears}",
        en="By its status the decision was adopted on {adopted}, and it bears the date {bears}",
        check=on_paper(_date),
    ),
    Rule(
        "DOC-NUMBER",
        "blocks",
        uk="Номера рішення немає, тож ідентифікатор відкритих даних (номер-дата) не скласти",
        en="The decision has no number, so that its open-data identifier (number-date) cannot be formed",
        check=on_paper(_number),
    ),
    Rule(
        "DOC-PLACEHOLDER",
        "ask",
        uk="Лишилося незаповнене місце: {at}",
        en="A place was left to be filled in: {at}",
        check=on_paper(_placeholders),
    ),
)
