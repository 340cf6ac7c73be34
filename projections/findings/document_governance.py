"""Who answers for what: roles that meet in one body, codes not named, deadlines that can be read twice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from projections.findings.document_words import body_of_office, stems
from projections.findings.paper import Paper, Slot, on_paper
from projections.findings.rule import Hit, Quote, Rule

_ROLES = {
    "developer": ("розробник", "developer"),
    "executors": ("виконавець", "executor"),
    "spending_unit": ("розпорядник коштів", "spending unit"),
}
_CONTROL = re.compile(r"контрол", re.IGNORECASE)
_CONTROLLED = re.compile(r"\b(?:відповідальн\w+\s+)?викон(?:авець|авц\w+)\b|розпорядник", re.IGNORECASE)
_COMMISSION = re.compile(r"комісі", re.IGNORECASE)
_YEARLY, _MONTH = re.compile(r"щорічно|щороку", re.IGNORECASE), re.compile(r"\bмісяц", re.IGNORECASE)
_EDRPOU = re.compile(r"(?<![0-9])[0-9]{8}(?![0-9])")
_KPKVK = re.compile(r"(?<![0-9])[0-9]{7}(?![0-9])")
_NEEDS_APPROVAL = re.compile(r"інформатизац", re.IGNORECASE)
_APPROVER = re.compile(r"міністерств|мінцифр|обласн", re.IGNORECASE)


def _roles(paper: Paper) -> Iterator[Hit]:
    """A body that approves what it developed, executes or spends; executors that control themselves."""
    for slot in paper.slots:
        held = _held(paper, slot)
        if held:
            names = tuple(", ".join(_ROLES[role][language] for role in held) for language in (0, 1))
            what = (
                f"{slot.office} погоджує; той самий орган – {names[0]}",
                f"{slot.office} approves; the same body is {names[1]}",
            )
            cells = (slot.cell("office"), *(f"/passport/{role}" for role in held))
            quotes = [paper.cite(f"погодження {slot.n}", slot.office)]
            quotes += [paper.cite(f"паспорт, {_ROLES[role][0]}", held[role]) for role in held]
            yield Hit(f"endorsement.{slot.id}", cells=cells, quotes=tuple(quotes), words={"what": what})
    selves = [one for one in paper.of("control") if _CONTROL.search(one.text) or _is_continued(one.text)]
    selves = [one for one in selves if _CONTROLLED.search(one.text)]
    if selves:
        quotes_of = paper.quoted(*selves)
        said = "; ".join(one.text for one in selves)
        cells = tuple(one.cell for one in selves)
        yield Hit("control", cells=cells, quotes=quotes_of, words={"what": (f"«{said}»", f"“{said}”")})


def _is_continued(text: str) -> bool:
    """The rest of a sentence about control: «…, а за використанням коштів – …»."""
    return text.lstrip().startswith("за ")


def _held(paper: Paper, slot: Slot) -> dict[str, str]:
    """The roles of the passport that the office's body has, each with the name by which it has it."""
    body = body_of_office(slot.office)
    return {
        role: name for role in _ROLES for name in paper.passport(role) or () if body and stems(name) == body
    }


def _codes(paper: Paper) -> Iterator[Hit]:
    """The registry code, the budget code and the approval from above, where the paper names none."""
    texts = [text for name in ("initiator", *_ROLES) for text in paper.passport(name) or ()]
    texts += [one.text for one in paper.of("edrpou")]
    if not paper.edrpou and not any(_EDRPOU.search(text) for text in texts):
        yield _absent(paper, "edrpou", ("коду ЄДРПОУ", "the registry code (ЄДРПОУ)"))
    budget = [line.kpkvk for line in paper.plan]
    budget += [str(row.get("kpkvk") or "") for row in paper.part("tree").values()]
    budget += [one.text for one in paper.of("kpkvk")]
    if not any(code and _KPKVK.search(code) for code in budget):
        yield _absent(paper, "kpkvk", ("коду КПКВК", "the budget programme code (КПКВК)"))
    approvers = [*(one.text for one in paper.of("approval")), *(slot.office for slot in paper.slots)]
    if _NEEDS_APPROVAL.search(paper.title) and not any(_is_approver(text) for text in approvers):
        yield _absent(
            paper,
            "approval",
            ("погодження міністерства чи області", "the approval of the ministry or the oblast"),
        )


def _is_approver(text: str) -> bool:
    """Of a ministry or an oblast; a city council «of the oblast» is none."""
    return _APPROVER.search(text) is not None


def _absent(paper: Paper, key: str, what: tuple[str, str]) -> Hit:
    """What is absent has no quote of its own: the place where it would stand is quoted."""
    places = {
        "edrpou": ("/passport/initiator", "паспорт, ініціатор"),
        "kpkvk": ("/passport/spending_unit", "паспорт, розпорядник коштів"),
    }
    cell, at = places.get(key, ("/title", "назва"))
    texts = (paper.title,) if cell == "/title" else paper.passport(cell.removeprefix("/passport/")) or ()
    quotes: tuple[Quote, ...] = tuple(paper.cite(at, text) for text in texts)
    cells = (cell,) if cell in paper.cells else ("/title",)
    return Hit(key, cells=cells, quotes=quotes, words={"what": what})


def _deadlines(paper: Paper) -> Iterator[Hit]:
    """Deadlines that are yearly and monthly at once, and a controlling commission that nobody reports to."""
    deadlines = paper.of("deadline")
    for one in deadlines:
        if _YEARLY.search(one.text) and _MONTH.search(one.text):
            what = (f"«{one.text}»: щороку чи щомісяця?", f"“{one.text}”: every year or every month?")
            yield Hit(one.id, cells=(one.cell,), quotes=paper.quoted(one), words={"what": what})
    controlling = [one for one in paper.of("control") if _COMMISSION.search(one.text)]
    reports = [*deadlines, *paper.of("report")]
    if controlling and not any(_COMMISSION.search(one.text) for one in reports):
        what = (
            "комісії, що контролює, ніхто не має звітувати",
            "nobody has to report to the commission that controls",
        )
        cells = tuple(one.cell for one in controlling)
        yield Hit("commission", cells=cells, quotes=paper.quoted(*controlling), words={"what": what})


RULES: tuple[Rule, ...] = (
    Rule(
        "GOV-ROLES",
        "ask",
        uk="Ролі збігаються: {what}",
        en="Roles meet in one body: {what}",
        check=on_paper(_roles),
    ),
    Rule(
        "GOV-CODES",
        "ask",
        uk="У документі немає {what}",
        en="The document does not name {what}",
        check=on_paper(_codes),
    ),
    Rule(
        "GOV-DEADLINE",
        "ask",
        uk="Строк звітування неясний: {what}",
        en="When to report is not clear: {what}",
        check=on_paper(_deadlines),
    ),
)
