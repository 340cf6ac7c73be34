"""Indicators as they are printed: dynamics, units, bases, and what cannot be measured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from projections.findings.document_words import counts, percentages
from projections.findings.paper import Gauge, Paper, on_paper
from projections.findings.rule import Hit, Rule
from projections.indicators import number, plain

_SHARE = re.compile(r"[0-9]+\s+(?:із|зі|з)\s+[0-9]+")
_ALL = Decimal(100)


def _targets(gauge: Gauge) -> list[Decimal] | None:
    """The targets as numbers; None if one is none."""
    found = [number(text) for text in gauge.targets.values()]
    return [value for value in found if value is not None] if found and None not in found else None


def _is_percent(gauge: Gauge) -> bool:
    return "%" in gauge.unit or "відсот" in gauge.unit.lower()


def _sum_of(gauge: Gauge) -> Decimal | None:
    targets = _targets(gauge)
    return sum(targets, Decimal(0)) if targets is not None else None


def _change_of(gauge: Gauge) -> Decimal | None:
    targets, base = _targets(gauge), number(gauge.base)
    return targets[-1] - base if targets is not None and base is not None else None


def _measured(paper: Paper) -> list[tuple[Gauge, Decimal, bool]]:
    """Indicators whose printed dynamics is a number, with it, and whether it is printed in percent."""
    found = []
    for gauge in paper.indicators.values():
        value = number(gauge.dynamics)
        if value is not None:
            found.append((gauge, value, "%" in (gauge.dynamics or "")))
    return found


def _dynamics(paper: Paper) -> Iterator[Hit]:
    """One rule for the whole column: Σ of the targets, or the last target less the base in the unit.

    Percentage points that are printed without the sign follow the second rule: only the sign differs, and
    that is said. What neither gives is told apart, indicator by indicator.
    """
    measured = [one for one in _measured(paper) if one[1] in (_sum_of(one[0]), _change_of(one[0]))]
    sums = [gauge for gauge, value, signed in measured if value == _sum_of(gauge) and not signed]
    changes = [
        gauge
        for gauge, value, signed in measured
        if value == _change_of(gauge) and (_is_percent(gauge) or not signed)
    ]
    signless = [
        gauge for gauge, _, signed in measured if gauge in changes and _is_percent(gauge) and not signed
    ]
    if measured and len(sums) < len(measured) and (signless or len(changes) < len(measured)):
        gauges = [gauge for gauge, _, _ in measured]
        what = _rules_of(gauges, sums, changes, signless)
        cells = tuple(path for gauge in gauges for path in _cells_of(gauge))
        quotes = tuple(paper.quoted_row(gauge) for gauge in gauges)
        yield Hit("dynamics", cells=cells, quotes=quotes, words={"what": what})
    for gauge, value, _ in _measured(paper):
        yield from _odd(paper, gauge, value)


def _rules_of(
    gauges: list[Gauge], sums: list[Gauge], changes: list[Gauge], signless: list[Gauge]
) -> tuple[str, str]:
    """Which indicators follow which rule, and which follow theirs but for the sign."""
    by_sum, by_change, other = _codes(sums), _codes(changes), _codes(_rest(gauges, sums, changes))
    bare = _codes(signless)
    unsigned = (f" (з них без знака % – {bare})", f" (of them without the % sign – {bare})")
    uk, en = unsigned if signless else ("", "")
    if not sums and other == "-":
        return (
            f"остання ціль мінус база – {by_change}{uk}",
            f"last target less base – {by_change}{en}",
        )
    rest = ("", "") if other == "-" else (f"; інакше – {other}", f"; other – {other}")
    return (
        f"різні правила: сума цілей – {by_sum}; остання ціль мінус база – {by_change}{uk}{rest[0]}",
        f"several rules: sum of targets – {by_sum}; last target less base – {by_change}{en}{rest[1]}",
    )


def _rest(gauges: list[Gauge], *known: list[Gauge]) -> list[Gauge]:
    return [gauge for gauge in gauges if not any(gauge in group for group in known)]


def _codes(gauges: list[Gauge]) -> str:
    return ", ".join(gauge.code for gauge in gauges) or "-"


def _cells_of(gauge: Gauge) -> tuple[str, ...]:
    return (gauge.cell("printed/dynamics"), gauge.cell("base"), *gauge.target_cells())


def _odd(paper: Paper, gauge: Gauge, value: Decimal) -> Iterator[Hit]:
    """A dynamics that neither rule gives, and units that rise to a hundred as percentages do."""
    targets, total, change = _targets(gauge), _sum_of(gauge), _change_of(gauge)
    if total is None or change is None:
        return
    if value not in (total, change):
        both = f"{plain(total)} / {plain(change)}"
        what = (
            f"{gauge.code}: надруковано {gauge.dynamics}, обчислено {both}",
            f"{gauge.code}: {gauge.dynamics} is printed, {both} is computed",
        )
    elif targets is not None and not _is_percent(gauge) and value != total and _rises_to_all(targets):
        what = (
            f"{gauge.code}: «{gauge.unit}» ростуть до 100 – чи це не відсотки?",
            f"{gauge.code}: “{gauge.unit}” rise to 100: may they be percent?",
        )
    else:
        return
    cells = (gauge.cell("unit"), *_cells_of(gauge))
    yield Hit(gauge.id, cells=cells, quotes=(paper.quoted_row(gauge),), words={"what": what})


def _rises_to_all(targets: list[Decimal]) -> bool:
    return len(targets) > 1 and targets == sorted(targets) and targets[0] < targets[-1] == _ALL


def _unit(paper: Paper) -> Iterator[Hit]:
    """Values without the percent sign that other percentages have; with it, where the unit is another."""
    shares = [gauge for gauge in paper.indicators.values() if _is_percent(gauge)]
    signed = any("%" in value for gauge in shares for value in (*_values(gauge), gauge.dynamics or ""))
    for gauge in paper.indicators.values():
        values = [value for value in _values(gauge) if number(value) is not None]
        bare = [value for value in values if "%" not in value]
        if (_is_percent(gauge) and signed and bare) or (not _is_percent(gauge) and len(bare) < len(values)):
            cells = (gauge.cell("unit"), gauge.cell("base"), *gauge.target_cells())
            words = {"indicator": gauge.code, "unit": gauge.unit, "values": ", ".join(_values(gauge))}
            yield Hit(gauge.id, cells=cells, quotes=(paper.quoted_row(gauge),), words=words)


def _values(gauge: Gauge) -> list[str]:
    return [value for value in (gauge.base, *gauge.targets.values()) if value]


def _no_change(paper: Paper) -> Iterator[Hit]:
    """Yes and no, or a level, whose base and every target are one value."""
    for gauge in paper.indicators.values():
        values = {value.strip().casefold() for value in gauge.targets.values()}
        if (
            gauge.kind != "flow"
            and gauge.base not in (None, "", "-")
            and values == {str(gauge.base).strip().casefold()}
        ):
            cells = (gauge.cell("base"), *gauge.target_cells())
            words = {"indicator": gauge.code, "value": gauge.base}
            yield Hit(gauge.id, cells=cells, quotes=(paper.quoted_row(gauge),), words=words)


def _base(paper: Paper) -> Iterator[Hit]:
    """Bases without a date, told once; and a base that the text states otherwise."""
    undated = [
        gauge
        for gauge in paper.indicators.values()
        if gauge.base not in (None, "", "-") and not gauge.base_date
    ]
    if undated:
        what = (
            f"не названо, на який рік базове значення: {_codes(undated)}",
            f"the year of the base value is not named: {_codes(undated)}",
        )
        names = [gauge.cell(name) for gauge in undated for name in ("base", "base_date")]
        cells = tuple(path for path in names if path in paper.cells)
        quotes = tuple(paper.quoted_row(gauge) for gauge in undated)
        yield Hit("base-date", cells=cells, quotes=quotes, words={"what": what})
    for one in paper.of("base"):
        gauge = paper.indicators.get(one.about)
        if gauge is None or (base := number(gauge.base)) is None:
            continue
        told = percentages(one.text)
        if told and base not in told:
            text = ", ".join(f"{plain(value)}%" for value in told)
            what = (
                f"{gauge.code}: база {gauge.base}, а в тексті {text}",
                f"{gauge.code}: base {gauge.base}, in the text {text}",
            )
            cells = (gauge.cell("base"), one.cell)
            quotes = (paper.quoted_row(gauge), *paper.quoted(one))
            yield Hit(gauge.id, cells=cells, quotes=quotes, words={"what": what})


def _denominator(paper: Paper) -> Iterator[Hit]:
    """Percentages of which the paper does not say how many of how many they are."""
    for gauge in paper.indicators.values():
        if _is_percent(gauge) and not _is_counted(paper, gauge):
            cells = (gauge.cell("unit"), gauge.cell("base"))
            quotes = (paper.quoted_name(gauge), paper.quoted_row(gauge))
            yield Hit(gauge.id, cells=cells, quotes=quotes, words={"indicator": gauge.code})


def _is_counted(paper: Paper, gauge: Gauge) -> bool:
    """«12 із 15» in its name, unit or `ratio:`; or numbers in particulars `numerator:` and `denominator:`."""
    texts = [gauge.name, gauge.unit, *(one.text for one in paper.of("ratio", about=gauge.id))]
    halves = [
        any(counts(one.text) for one in paper.of(field, about=gauge.id))
        for field in ("numerator", "denominator")
    ]
    return any(_SHARE.search(text) for text in texts) or all(halves)


RULES: tuple[Rule, ...] = (
    Rule(
        "IND-DYN",
        "ask",
        uk="Динаміка індикаторів: {what}",
        en="Dynamics of the indicators: {what}",
        check=on_paper(_dynamics),
    ),
    Rule(
        "IND-UNIT",
        "note",
        uk="Індикатор {indicator}: одиниця «{unit}», а значення – {values}",
        en="Indicator {indicator}: the unit is “{unit}”, and the values are {values}",
        check=on_paper(_unit),
    ),
    Rule(
        "IND-NOCHANGE",
        "ask",
        uk="Індикатор {indicator}: і база, і всі цілі – «{value}», тож зміни не виміряти",
        en="Indicator {indicator}: base and all targets are “{value}”, so that no change can be measured",
        check=on_paper(_no_change),
    ),
    Rule(
        "IND-BASE",
        "ask",
        uk="Базове значення: {what}",
        en="Base value: {what}",
        check=on_paper(_base),
    ),
    Rule(
        "IND-DENOM",
        "ask",
        uk="Індикатор {indicator} у відсотках: скількох зі скількох, не сказано",
        en="Indicator {indicator} is in percent: how many of how many is not said",
        check=on_paper(_denominator),
    ),
)
