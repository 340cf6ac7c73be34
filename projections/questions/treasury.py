"""Questions about other people's figures: the treasury's plan beside ours, and money that was sent on."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ledger.values import money
from projections.findings.case import Case
from projections.findings.groups import Group, groups_of, paid_to, sent_to
from projections.findings.holding import Report
from projections.findings.treasury import FIGURES
from projections.money.books import TimelineBooks
from projections.money.figures import extract_day
from projections.money.reconciliation import Comparison, Reconciled, reconcile, unmapped_ledger
from projections.questions.extracts import WHY, said, unmapped
from projections.questions.looking import total
from projections.questions.question import Answer, Asked, Item, Missing, Pair, Question, lacks, nothing

STATUS: dict[str, Pair] = {
    "agrees": ("збігається", "agrees"),
    "explained": ("пояснено актами", "explained by acts"),
    "ambiguous": ("пояснити можна кількома способами", "more than one choice of acts would explain it"),
    "unexplained": ("не пояснено", "unexplained"),
    "undetermined": ("не визначено", "undetermined"),
}

# -- 15 ---------------------------------------------------------------------------------


def treasury_differs(asked: Asked) -> Answer:
    """Through the signed allocation: what acts explain, and the remainder that none does."""
    case = asked.case
    books = TimelineBooks(case.timeline)
    year = asked.year or _extract_year(case)
    day = extract_day(books, year, case.day)
    if day is None:
        uk, en = f"виписки казначейства за {year} рік немає", f"there is no treasury extract of {year}"
        return nothing("treasury.imported", uk, en)
    found = reconcile(books, year, case.day)
    if not found:
        uk = f"рядки казначейства за {year} рік не розподілено на програму"
        en = f"no treasury line of {year} is mapped to the programme"
        return nothing("allocation.mapped", uk, en)
    rows = {_key(row): row["id"] for row in asked.found("FIN-TREASURY")}
    items = [_compared(one, part, rows) for one in found for part in _relevant(one)]
    bare = unmapped_ledger(books, year, day)
    by = {name: sum(1 for item in items if item.values["status"] == name) for name in STATUS}
    rest = _remainders(items)
    spare = unmapped(books, year, day)
    figures = {"year": year, "extract": day, **by, "unexplained_by_figure": rest, "unmapped": bare}
    figures["unmapped_extract"] = spare
    missing = tuple(_open(items, bare))
    counts = (len(items), by["explained"], by["unexplained"] + by["ambiguous"], by["undetermined"])
    uk = "порівняно {}, пояснено актами: {}, не пояснено: {}, не визначено: {}".format(*counts)
    en = "compared {}, explained by acts: {}, unexplained: {}, undetermined: {}".format(*counts)
    tail = said(spare)
    at = (f"казначейство станом на {day}: {uk}{tail[0]}", f"treasury as of {day}: {en}{tail[1]}")
    if rest:
        left = [", ".join(f"{FIGURES[name][side]}: {rest[name]}" for name in rest) for side in (0, 1)]
        words = (f"Є непояснене ({left[0]}); {at[0]}", f"Some of it is unexplained ({left[1]}); {at[1]}")
        return Answer("yes", words, tuple(items), missing, figures)
    if missing:
        words = (f"Не визначено: {at[0]}", f"Undetermined: {at[1]}")
        return Answer("undetermined", words, tuple(items), missing, figures)
    if by["explained"]:
        words = (f"Різницю повністю пояснюють акти; {at[0]}", f"Acts explain all of the difference; {at[1]}")
        return Answer("shown", words, tuple(items), figures=figures)
    words = (f"Він не інший: усе збігається; {at[0]}", f"It is not different: all of it agrees; {at[1]}")
    return Answer("no", words, tuple(items), figures=figures)


def _remainders(items: list[Item]) -> dict[str, str]:
    """Figure → what no act accounts for, in all; different figures are not added up."""
    found: dict[str, Decimal] = {}
    for item in items:
        if item.values["unexplained"] is not None:
            figure = item.values["figure"]
            found[figure] = found.get(figure, Decimal(0)) + Decimal(item.values["unexplained"])
    return {figure: money(rest) for figure, rest in found.items()}


def _extract_year(case: Case) -> int:
    """The newest year, up to D's own, of which an extract is on record; without one D's own."""
    years = {int(key.split("/")[0]) for key in case.keys("treasury")}
    now = int(case.day[:4])
    known = [year for year in years if year <= now and any(case.under(f"/treasury/{year}"))]
    return max(known, default=now)


def _relevant(found: Reconciled) -> Iterator[Comparison]:
    """With a schedule the extract's amended plan is compared with that alone, as the finding does."""
    scheduled = any(one.name == "scheduled" for one in found.comparisons)
    yield from (one for one in found.comparisons if not (scheduled and one.name == "amended"))


def _key(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["words"]["measure"], row["words"]["source"], row["key"].rpartition("/")[2]


def _compared(found: Reconciled, one: Comparison, rows: dict[tuple[str, str, str], str]) -> Item:
    """until: of payments, the last day that reports cover; what came after it is in the extract alone."""
    status = one.status
    acts = [{"act": by.act, "delta": money(by.delta), "counted": by.counted} for by in one.explained_by]
    values = {
        "measure": found.target.measure,
        "year": found.target.year,
        "source": found.target.source,
        "figure": one.name,
        "day": one.treasury.day,
        "treasury": _money(one.treasury.amount),
        "ledger": _money(one.ledger.amount),
        "ledger_until": one.ledger.until,
        "difference": _money(one.difference),
        "status": status,
        "why": one.why,
        "explained_by": acts,
        "unexplained": _money(one.unexplained) if status in ("unexplained", "ambiguous") else None,
        "shares": [{"line": share.line, "share": f"{share.share.normalize():f}"} for share in found.shares],
    }
    name, how = FIGURES[one.name], STATUS[status]
    sides = [values[side] or "–" for side in ("treasury", "ledger", "difference")]
    by_acts = ", ".join(by.act or "–" for by in one.explained_by)
    why = WHY.get(str(one.why), ("", "")) if status == "undetermined" else ("", "")
    tails = [f": {by_acts or text}" if by_acts or text else "" for text in why]
    told = [how[side] + tails[side] for side in (0, 1)]
    where = f"{found.target.measure}, {found.target.year} ({found.target.source})"
    sentence = (
        f"{where}, {name[0]}: казначейство {sides[0]}, облік {sides[1]}, різниця {sides[2]} – {told[0]}",
        f"{where}, {name[1]}: treasury {sides[0]}, ledger {sides[1]}, difference {sides[2]} – {told[1]}",
    )
    cells = (*one.treasury.cells, *(share.path for share in found.shares), *one.ledger.cells)
    entries = {
        *one.treasury.entries,
        *one.ledger.entries,
        *(e for share in found.shares for e in share.entries),
    }
    entries |= {entry for by in one.explained_by for entry in by.entries}
    finding = rows.get((found.target.measure, found.target.source, one.name))
    act = one.explained_by[0].act if one.explained_by else None
    return Item(sentence, tuple(dict.fromkeys(cells)), tuple(sorted(entries)), act, finding, values=values)


def _open(items: list[Item], bare: list[str]) -> Iterator[Missing]:
    whats = {
        "not-in-extract": "treasury.imported",
        "older-extract": "treasury.imported",
        "not-in-ledger": "appropriation.set",
        "reports-end-earlier": "spending.reported",
    }
    for item in items:
        if item.values["status"] == "undetermined":
            what = whats.get(str(item.values["why"]), "allocation.mapped")
            yield lacks(what, item.sentence[0], item.sentence[1])
    for line in bare:
        uk = f"рядку {line} не відповідає жоден рядок казначейства"
        yield lacks("allocation.mapped", uk, f"no treasury line is mapped to the line {line}")


def _money(amount: Decimal | None) -> str | None:
    return money(amount) if amount is not None else None


# -- 16 ---------------------------------------------------------------------------------


def subvention_used(asked: Asked) -> Answer:
    """Sent, reported as used, returned, and what nobody has told; each by measure, year and source."""
    case = asked.case
    found = [
        group
        for measure in sorted(case.keys("measure"))
        for group in groups_of(case, measure)
        if any(sent.day <= case.day for sent in group.transfers)
    ]
    if not found:
        return nothing("transfer.made", "жодної передачі коштів не записано", "no transfer is on record")
    rows = {row["key"]: row["id"] for row in asked.found("FIN-SUBVENTION")}
    items = tuple(_sent(case, group, rows) for group in found)
    sums = {
        name: total([Decimal(item.values[name]) for item in items])
        for name in ("sent", "returned", "unknown")
    }
    used = total([Decimal(item.values["used"]) for item in items if item.values["used"] is not None])
    figures = {**sums, "used": used, "transfers": len(items)}
    uk = f"передано {sums['sent']}, звітовано про використання {used or '–'}, повернено {sums['returned']}"
    en = f"sent {sums['sent']}, reported as used {used or '–'}, returned {sums['returned']}"
    missing = tuple(one for item in items for one in _untold(item))
    if missing:
        words = (
            f"Не визначено: {uk}, невідомо {sums['unknown']}",
            f"Undetermined: {en}, unknown {sums['unknown']}",
        )
        return Answer("undetermined", words, items, missing, figures)
    if used is None or not Decimal(used):
        return Answer("no", (f"Ні: {uk}", f"No: {en}"), items, figures=figures)
    words = (
        (
            f"Так: {uk}; за звітами про той самий захід і джерело розкрито все, але чиї це гроші, звіт не "
            "каже: серед них можуть бути й власні кошти громади"
        ),
        (
            f"Yes: {en}; the reports about the same measure and source account for all of it, but do not say "
            "whose money it was: some of it may be the city's own"
        ),
    )
    return Answer("yes", words, items, figures=figures)


def _untold(item: Item) -> Iterator[Missing]:
    """What keeps the use of one transfer from being known."""
    values = item.values
    sent, told = Decimal(values["sent"]), Decimal(values["used"] or 0) + Decimal(values["returned"])
    where = f"{values['measure']}/{values['year']}/{values['source']}"
    if told < sent:
        uk, en = (
            f"{where}: про використання не звітовано повністю",
            f"{where}: not all of its use is reported",
        )
        yield lacks("spending.reported", uk, en)
    elif values["basis"] == "paid":
        uk = f"{where}: звітовано лише касові видатки; це може бути сама передача, а не використання"
        en = f"{where}: only payments are reported; they may be the transfer itself and not its use"
        yield lacks("spending.reported", uk, en)
    elif told > sent:
        uk = f"{where}: звітовано більше, ніж передано: яка частина з переданого, не сказано"
        en = f"{where}: more is reported than was sent: nobody says which part of it is the subvention's"
        yield lacks("spending.reported", uk, en)


def _sent(case: Case, group: Group, rows: dict[str, str]) -> Item:
    basis, reports = _use(group)
    sent, returned = sent_to(group.transfers, case.day), sent_to(group.returns, case.day)
    used = paid_to(reports, case.day)
    unknown = max(sent - returned - (used or Decimal(0)), Decimal(0))
    values = {
        "measure": group.measure,
        "year": group.year,
        "source": group.source,
        "sent": money(sent),
        "used": _money(used),
        "basis": basis or None,
        "returned": money(returned),
        "unknown": money(unknown),
    }
    sentence = (
        (
            f"{group.measure}, {group.year} рік ({group.source}): передано {values['sent']}, використано "
            f"за звітами {values['used'] or 'не звітовано'}, повернено {values['returned']}, невідомо "
            f"{values['unknown']}"
        ),
        (
            f"{group.measure}, {group.year} ({group.source}): {values['sent']} sent, "
            f"{values['used'] or 'nothing reported'} as used, {values['returned']} returned, "
            f"{values['unknown']} unknown"
        ),
    )
    parts = [one for one in (*group.transfers, *group.returns) if one.day <= case.day]
    told = [one for some in reports.values() for one in some if one.day <= case.day]
    cells = (*(one.path for one in parts), *(one.path for one in told))
    entries = {*(one.entry for one in parts), *(one.entry for one in told)}
    return Item(sentence, cells, tuple(sorted(entries)), None, rows.get(group.key), values=values)


def _use(group: Group) -> tuple[str, dict[str, list[Report]]]:
    """Incurred expenses tell of the use; where there are none, payments do."""
    if group.incurred:
        return "incurred", group.incurred
    return ("paid", group.paid) if group.paid else ("", {})


QUESTIONS = (
    Question(
        15,
        "Чому план казначейства інший?",
        "Why is the treasury's plan different?",
        ("FIN-TREASURY",),
        treasury_differs,
    ),
    Question(
        16,
        "Субвенцію передали — чи використали?",
        "The subvention was sent: was it used?",
        ("FIN-SUBVENTION",),
        subvention_used,
    ),
)
