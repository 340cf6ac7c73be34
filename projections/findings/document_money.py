"""The plan of money: years, sources, measures and transfers that it leaves open, and what went before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from ledger.values import is_money, money
from projections.findings.document_words import days, hryvnias, spans, years
from projections.findings.paper import Branch, Gauge, Paper, Particular, PlanLine, on_paper
from projections.findings.rule import Hit, Rule
from projections.indicators import number

_OWN_BUDGET = re.compile(
    r"\b(?:місцев|міськ|сільськ|селищн)\w*\s+бюджет|\bбюджет\w*\s+громади", re.IGNORECASE
)
_OTHER_MONEY = re.compile(
    r"\bінш\w*\s+джерел|співфінанс|\b(?:державн|обласн|районн)\w*\s+бюджет|\bгрант|благодійн", re.IGNORECASE
)
_TRANSFER = re.compile(r"субвенці|трансферт", re.IGNORECASE)
_TRANSFER_MODES = ("subvention", "transfer")
_TRANSFER_KEKV = ("2620", "3220")  # current and capital transfers to other levels of government


def _amount(line: PlanLine) -> Decimal:
    return Decimal(line.amount) if is_money(line.amount) else Decimal(0)


def _is_own(paper: Paper, source: str) -> bool:
    """Is it the council's own budget, by its id or by its name?"""
    name = str(paper.part("sources").get(source, {}).get("name") or "")
    return source == "local" or _OWN_BUDGET.search(name) is not None


def _year_gap(paper: Paper) -> Iterator[Hit]:
    """Years of the term about which the plan says nothing: no amount, zero or dash; a blank is nothing."""
    totals = paper.part("printed_totals")
    told = {line.year for line in paper.plan if line.amount != ""}
    told |= {int(key) for key, total in totals.items() if key.isdecimal() and total != ""}
    missing = [year for year in paper.years if year not in told]
    if not (told and missing):
        return
    columns = [one for one in paper.of("column", "period") if not set(years(one.text)) - told]
    said = {"missing": ", ".join(map(str, missing)), "told": ", ".join(map(str, sorted(told)))}
    cells = [*(line.cell for line in paper.plan), *(f"/printed_totals/{key}" for key in sorted(totals))]
    cells += ["/term/from", "/term/to", *(one.cell for one in columns)]
    yield Hit("years", cells=tuple(cells), quotes=paper.quoted(*columns), words=said)


def _source(paper: Paper) -> Iterator[Hit]:
    """Money of others that is spoken of, where the plan has the council's own alone."""
    if not paper.plan or any(not _is_own(paper, line.source) and _amount(line) for line in paper.plan):
        return
    places: dict[str, list[Particular]] = {}
    for one in paper.of("source", "cofinancing"):
        if _OTHER_MONEY.search(one.text):
            places.setdefault(one.at, []).append(one)
    others = [source for source in sorted(paper.part("sources")) if not _is_own(paper, source)]
    totals = [f"/printed_totals/source:{source}" for source in others]
    for at, spoken in places.items():
        cells = [*(one.cell for one in spoken), *(line.cell for line in paper.plan)]
        cells += [path for path in totals if path in paper.cells]
        words = {"at": at, "text": "; ".join(one.text for one in spoken)}
        yield Hit(spoken[0].id, cells=tuple(cells), quotes=paper.quoted(*spoken), words=words)


def _unfunded(paper: Paper) -> Iterator[Hit]:
    """Measures of which the plan says nothing; transfers that have targets, but no money."""
    measures = [row for row in paper.tree.values() if row.level == "measure"]
    told = [row for row in measures if any(line.amount != "" for line in _lines(paper, row))]
    if len(told) < len(measures):
        silent = [row for row in measures if row not in told]
        cells = (*(row.cell() for row in silent), *(line.cell for line in paper.plan))
        what = (
            f"суму названо для {len(told)} із {len(measures)}",
            f"an amount is named for {len(told)} of {len(measures)}",
        )
        quotes = tuple(paper.quoted_title(row) for row in silent)
        yield Hit("measures", cells=cells, quotes=quotes, words={"what": what})
    yield from _without_money(paper, measures)


def _without_money(paper: Paper, measures: list[Branch]) -> Iterator[Hit]:
    for row in measures:
        if not _by_transfer(paper, row) or any(_amount(line) for line in _lines(paper, row)):
            continue
        gauges = [gauge for gauge in paper.indicators.values() if gauge.measure == row.id]
        aims = [(gauge, year) for gauge in gauges for year, text in gauge.targets.items() if number(text)]
        if aims:
            yield _aims_without_money(paper, row, aims)


def _aims_without_money(paper: Paper, row: Branch, aims: list[tuple[Gauge, str]]) -> Hit:
    modes = paper.of("mode", about=row.id)
    goals = ", ".join(f"{year}: {gauge.targets[year]}" for gauge, year in aims)
    what = (
        f"захід {row.code} без грошей, а цілі – {goals}",
        f"{row.code} has no money, its targets are {goals}",
    )
    cells = [path for path in (row.cell(), row.cell("mode")) if path in paper.cells]
    cells += [one.cell for one in modes]
    cells += [gauge.cell(f"targets/{year}") for gauge, year in aims]
    rows = [paper.quoted_row(gauge) for gauge in {gauge.id: gauge for gauge, _ in aims}.values()]
    return Hit(row.id, cells=tuple(cells), quotes=(*rows, *paper.quoted(*modes)), words={"what": what})


def _lines(paper: Paper, row: Branch) -> tuple[PlanLine, ...]:
    """The lines of a measure and of the works below it."""
    return paper.plan_below.get(row.id, ())


def _by_transfer(paper: Paper, row: Branch) -> bool:
    modes = paper.of("mode", about=row.id)
    return row.mode in _TRANSFER_MODES or any(_TRANSFER.search(one.text) for one in modes)


def _transfer(paper: Paper) -> Iterator[Hit]:
    """Transfers to another budget that the plan shows as plain spending of its own."""
    for row in paper.tree.values():
        plain = [
            line
            for line in _lines(paper, row)
            if _amount(line) and _is_own(paper, line.source) and line.kekv not in _TRANSFER_KEKV
        ]
        if plain and row.level in ("measure", "work") and _by_transfer(paper, row):
            modes = paper.of("mode", about=row.id)
            cells = [*(line.cell for line in plain), *(one.cell for one in modes)]
            cells += [path for path in (row.cell("mode"),) if path in paper.cells]
            quotes = paper.quoted(*modes) or (paper.quoted_title(row),)
            yield Hit(row.id, cells=tuple(cells), quotes=quotes, words={"measure": row.code})


def _history(paper: Paper) -> Iterator[Hit]:
    """More spent elsewhere out of the council's own budget than on the whole programme in those years."""
    spent = {one: hryvnias(one.text) for one in paper.of("spent")}
    total = sum((amount for amount in spent.values() if amount is not None), Decimal(0))
    if not spent or None in spent.values():
        return
    for one in paper.of("spent_elsewhere"):
        amount = hryvnias(one.text)
        if amount is not None and amount > total and _is_own(paper, one.about):
            yield Hit(
                one.about,
                cells=(one.cell, *(year.cell for year in spent)),
                quotes=paper.quoted(one, *spent),
                words={"elsewhere": money(amount), "total": money(total), "at": one.at},
            )


def _predecessor(paper: Paper) -> Iterator[Hit]:
    """A previous programme that was adopted when its own first year had begun."""
    before = paper.part("predecessor")
    quotes = paper.of("predecessor")
    term = spans(str(before.get("title") or ""))
    dated = [str(before.get("date") or ""), *(day for one in quotes for day in days(one.text))]
    adopted = next((day for day in dated if day not in ("", "-")), None)
    if term and adopted is not None and adopted > f"{term[0][0]}-01-01":
        names = ("/predecessor/title", "/predecessor/date")
        cells = (*(path for path in names if path in paper.cells), *(one.cell for one in quotes))
        found = paper.quoted(*quotes) or (paper.cite("попередня програма", str(before["title"])),)
        words = {"first": term[0][0], "last": term[0][1], "adopted": adopted}
        yield Hit("predecessor", cells=cells, quotes=found, words=words)


RULES: tuple[Rule, ...] = (
    Rule(
        "FIN-YEARGAP",
        "ask",
        uk="Про гроші на {missing} нічого не сказано: названо лише {told}",
        en="Nothing is said of money for {missing}: only {told} is named",
        check=on_paper(_year_gap),
    ),
    Rule(
        "FIN-SOURCE",
        "ask",
        uk="Названо кошти інших джерел, а в обсягах є лише власний бюджет: «{text}» ({at})",
        en="Money of other sources is named, and the plan has the council's own alone: “{text}” ({at})",
        check=on_paper(_source),
    ),
    Rule(
        "FIN-UNFUNDED",
        "ask",
        uk="Заходи без фінансування: {what}",
        en="Measures without funding: {what}",
        check=on_paper(_unfunded),
    ),
    Rule(
        "FIN-TRANSFER",
        "note",
        uk="Захід {measure} – субвенція іншому бюджету, а в обсягах це звичайні кошти місцевого бюджету",
        en="Measure {measure} is a subvention to another budget, and the plan shows plain local money",
        check=on_paper(_transfer),
    ),
    Rule(
        "FIN-HISTORY",
        "ask",
        uk="З власного бюджету інде витрачено {elsewhere}, на всю програму – {total} ({at}): чи це її кошти?",
        en="Of the own budget {elsewhere} went elsewhere, {total} to all the programme ({at}): is it its?",
        check=on_paper(_history),
    ),
    Rule(
        "FIN-PREDECESSOR",
        "ask",
        uk="Попередню програму на {first}–{last} роки затверджено {adopted}: на що спирались доти?",
        en="The programme for {first}–{last} was adopted on {adopted}: what were earlier payments based on?",
        check=on_paper(_predecessor),
    ),
)
