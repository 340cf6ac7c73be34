"""Expected results beside the indicators that measure them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from projections.findings.document_words import likeness, promised
from projections.findings.paper import Gauge, Paper, Particular, on_paper
from projections.findings.rule import Hit, Rule
from projections.indicators import number, plain

ECHO = Decimal("0.9")  # of the shorter text's words


def _aimed(gauge: Gauge) -> Decimal | None:
    """What the targets come to: Σ of a flow, the last of a level; None of a yes or no, or of no numbers."""
    targets = [number(text) for text in gauge.targets.values()]
    values = [value for value in targets if value is not None]
    if not values or len(values) < len(targets) or gauge.kind not in ("flow", "stock"):
        return None
    return sum(values, Decimal(0)) if gauge.kind == "flow" else values[-1]


def _compared(paper: Paper) -> Iterator[tuple[Particular, Gauge, Decimal, Decimal]]:
    """(expected result, indicator, promised, aimed at), where both are numbers of one unit."""
    for one in paper.of("expected"):
        gauge = paper.indicators.get(one.about)
        said = promised(one.text)
        if gauge is None or said is None or said[1] != ("%" in gauge.unit):
            continue
        aimed = _aimed(gauge)
        if aimed is not None:
            yield one, gauge, said[0], aimed


def _differs(more: bool) -> Callable[[Paper], Iterator[Hit]]:
    """more: is more promised than aimed at, or less?"""

    def check(paper: Paper) -> Iterator[Hit]:
        for one, gauge, said, aimed in _compared(paper):
            if (said > aimed) if more else (said < aimed):
                words = {
                    "indicator": gauge.code,
                    "expected": plain(said),
                    "targets": plain(aimed),
                    "at": one.at,
                }
                yield Hit(
                    gauge.id,
                    cells=(one.cell, *gauge.target_cells()),
                    quotes=(*paper.quoted(one), paper.quoted_row(gauge)),
                    words=words,
                )

    return check


def _orphans(paper: Paper) -> Iterator[Hit]:
    """Expected results that no indicator measures."""
    for one in paper.of("expected"):
        if one.about not in paper.indicators:
            words = {"at": one.at, "text": one.text}
            yield Hit(one.id, cells=(one.cell,), quotes=paper.quoted(one), words=words)


def _echoes(paper: Paper) -> Iterator[Hit]:
    """Results of measures that say their titles again."""
    for row in paper.tree.values():
        if row.result and likeness(row.result, row.title) >= ECHO:
            result = paper.cite(f"очікуваний результат, {row.code}", row.result)
            yield Hit(
                row.id,
                cells=(row.cell("result"), row.cell()),
                quotes=(result, paper.quoted_title(row)),
                words={"measure": row.code},
            )


RULES: tuple[Rule, ...] = (
    Rule(
        "EXP-OVER",
        "ask",
        uk="Очікують {expected}, а цілі індикатора {indicator} дають {targets} ({at})",
        en="{expected} is expected, and the targets of indicator {indicator} come to {targets} ({at})",
        check=on_paper(_differs(more=True)),
    ),
    Rule(
        "EXP-UNDER",
        "ask",
        uk="Очікують лише {expected}, а цілі індикатора {indicator} дають {targets} ({at})",
        en="Only {expected} is expected, and the targets of indicator {indicator} come to {targets} ({at})",
        check=on_paper(_differs(more=False)),
    ),
    Rule(
        "EXP-ORPHAN",
        "ask",
        uk="Очікуваний результат не вимірює жоден індикатор: «{text}» ({at})",
        en="No indicator measures the expected result “{text}” ({at})",
        check=on_paper(_orphans),
    ),
    Rule(
        "EXP-ECHO",
        "note",
        uk="Очікуваний результат заходу {measure} повторює його назву",
        en="The expected result of measure {measure} repeats its title",
        check=on_paper(_echoes),
    ),
)
