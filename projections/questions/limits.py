"""Questions about limits: the plan above the appropriation, and changes in parts below a threshold."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from projections.budget import split_segment
from projections.findings.case import Case
from projections.findings.dossier import Said
from projections.findings.groups import limit_on
from projections.questions.looking import amount, in_force
from projections.questions.question import Answer, Asked, Item, Missing, Question, lacks, nothing

CODES = (("kpkvk", "КПКВК", "КПКВК"), ("fund", "фонд", "fund"))
ACKNOWLEDGED = "over-appropriation"

# -- 5 ----------------------------------------------------------------------------------


def above_appropriation(asked: Asked) -> Answer:
    """In total, by КПКВК and by fund. A limit that is not on the record cannot be kept or exceeded."""
    case = asked.case
    planned = list(_planned(case))
    if not planned and not asked.found("FIN-ABOVE"):
        return nothing("financing.changed", "плану з сумами немає", "there is no plan with amounts")
    missing = [one for measure, year in planned for one in _unknown(case, measure, year)]
    compared = sum(1 for measure, year in planned if _granted(case, measure, year))
    items = tuple(sorted(asked.items("FIN-ABOVE"), key=_place))
    acknowledged = tuple(
        asked.item(row)
        for row in asked.found("GOV-ACKNOWLEDGED")
        if row["words"]["discrepancy"] == ACKNOWLEDGED
    )
    figures = {
        "planned": len(planned),
        "with_appropriation": compared,
        "above": len(items),
        **_by_place(items),
        "acknowledged": len(acknowledged),
    }
    shown = (*items, *(_apart(item) for item in acknowledged))
    if items:
        words = (
            (
                f"План більший за призначення: {_told(items)[0]} (порівняно {compared} з {len(planned)} "
                f"заходів і років); підтверджень підписувачів: {len(acknowledged)}"
            ),
            (
                f"The plan is above the appropriation: {_told(items)[1]} ({compared} of {len(planned)} "
                f"measures and years compared); acknowledgements of signers: {len(acknowledged)}"
            ),
        )
        return Answer("yes", words, shown, tuple(missing), figures)
    if missing:
        uk = f"порівняно {compared} з {len(planned)} заходів і років: перевищення немає, решта невідома"
        en = f"{compared} of {len(planned)} measures and years compared: none above, the rest is unknown"
        return Answer(
            "undetermined", (f"Не визначено: {uk}", f"Undetermined: {en}"), shown, tuple(missing), figures
        )
    words = (
        (
            f"Ніде: план не більший за призначення в жодному з {len(planned)} заходів і років – загалом, за "
            "КПКВК, за фондом"
        ),
        (
            f"Nowhere: the plan is within the appropriation in all {len(planned)} measures and years, in "
            "total, by КПКВК and by fund"
        ),
    )
    return Answer("no", words, shown, figures=figures)


# Where a plan is above its limit, in the order in which it is told.
_PLACES = ("in_total", "by_measure", "by_kpkvk", "by_fund")


def _place(item: Item) -> tuple[int, bool, str]:
    """The programme in all, measures in all, КПКВК, funds; of each the programme's first."""
    return _PLACES.index(_kind(item)), item.values["measure"] is not None, item.finding or ""


def _kind(item: Item) -> str:
    for axis, *_ in CODES:
        if f"/{axis}/" in (item.finding or ""):
            return f"by_{axis}"
    return "in_total" if item.values["measure"] is None else "by_measure"


def _by_place(items: tuple[Item, ...]) -> dict[str, int]:
    return {name: sum(1 for item in items if _kind(item) == name) for name in _PLACES}


def _told(items: tuple[Item, ...]) -> tuple[str, str]:
    """How many of each kind there are."""
    count = _by_place(items)
    return (
        "загалом за програмою {in_total}, за заходами {by_measure}, за КПКВК {by_kpkvk}, за фондом "
        "{by_fund}".format_map(count),
        "programme in total {in_total}, by measure {by_measure}, by КПКВК {by_kpkvk}, by fund "
        "{by_fund}".format_map(count),
    )


def _apart(item: Item) -> Item:
    return Item(item.sentence, item.cells, item.entries, item.act, item.finding, "apart", item.values)


def _lines(case: Case, family: str, measure: str, year: str) -> list[str]:
    """The lines of a measure's year that hold an amount on D."""
    found = limit_on(case, list(case.under(f"/{family}/{measure}/{year}")), case.day).answers
    return [path for path, answer in found.items() if amount(answer.value) is not None]


def _planned(case: Case) -> Iterator[tuple[str, str]]:
    """Each measure and year with a plan above zero, up to D's own year: a budget is decided year by year."""
    found = dict[tuple[str, str], Decimal]()
    for path in case.under("/financing"):
        _, _, measure, year, *_ = path.split("/")
        value = amount(case.value(path))
        if value is not None and year <= case.day[:4]:
            found[measure, year] = found.get((measure, year), Decimal(0)) + value
    return (key for key, total in sorted(found.items()) if total > 0)


def _granted(case: Case, measure: str, year: str) -> bool:
    return bool(_lines(case, "appropriation", measure, year))


def _unknown(case: Case, measure: str, year: str) -> Iterator[Missing]:
    """What keeps a measure's year from being compared: no appropriation, or codes on one side alone."""
    limits = _lines(case, "appropriation", measure, year)
    if not limits:
        uk = f"захід {measure}, {year} рік: бюджетного призначення немає"
        yield lacks("appropriation.set", uk, f"measure {measure}, {year}: there is no appropriation")
        return
    plans = _lines(case, "financing", measure, year)
    for axis, uk, en in CODES:
        if _names(limits, axis) and not (_names_all(plans, axis) and _names_all(limits, axis)):
            yield lacks(
                f"axes.{axis}",
                f"захід {measure}, {year} рік: {uk} названо не в усіх рядках плану й призначень",
                f"measure {measure}, {year}: not every line of the plan and the appropriation names its {en}",
            )


def _names(paths: list[str], axis: str) -> bool:
    return any(_code(path, axis) for path in paths)


def _names_all(paths: list[str], axis: str) -> bool:
    return all(_code(path, axis) for path in paths)


def _code(path: str, axis: str) -> str | None:
    return split_segment(path.split("/", 4)[4])[1][axis]


# -- 6 ----------------------------------------------------------------------------------


def split_changes(asked: Asked) -> Answer:
    """Cumulative per person, line and window, against the threshold of the policy."""
    case = asked.case
    items = asked.items("FIN-SPLIT")
    decided = list(_money_decided(case))
    judged = [said for said in decided if _thresholds(case, said)]
    thresholds = {one["policy"]: one for said in judged for one in _thresholds(case, said)}
    figures = {
        "changes": len(decided),
        "judged": len(judged),
        "found": len(items),
        "thresholds": [thresholds[policy] for policy in sorted(thresholds)],
    }
    if items:
        words = (
            (
                f"Так, потребує уваги: {len(items)} (рішень про гроші {len(decided)}); разом за порогом "
                "сесії, поодинці – ні"
            ),
            (
                f"Yes, needs attention: {len(items)} (of {len(decided)} decisions about money); above the "
                "session's threshold together, and not one by one"
            ),
        )
        return Answer("yes", words, items, figures=figures)
    if len(judged) < len(decided) or not (decided or _is_set(case)):
        return _unjudged(len(decided), len(judged), figures)
    least = ", ".join(f"{one['amount']} / {one['days']}" for one in thresholds.values())
    words = (
        f"Ні: змін по частинах за порогом сесії ({least} дн.) немає; рішень про гроші {len(decided)}",
        (
            f"No: no changes in parts above the session's threshold ({least} days); {len(decided)} decisions "
            "about money"
        ),
    )
    return Answer("no", words, figures=figures)


def _money_decided(case: Case) -> Iterator[Said]:
    """What changes amounts; an adoption states the first ones and changes none."""
    yield from in_force(case, "financing.changed", "appropriation.set", "schedule.changed")
    for said in in_force(case, "programme.amended"):
        if any(write.path.startswith("/financing/") for write in said.writes):
            yield said


def _thresholds(case: Case, said: Said) -> list[dict[str, Any]]:
    """Those of the policies by which a decision was judged when it was recorded."""
    first = case.statements(said.stated.slot)[0]
    return [
        {"policy": one.event, "index": one.index, **one.said.session.model_dump()}
        for one in case.policies_at(first.index)
        if one.said.session is not None
    ]


def _is_set(case: Case) -> bool:
    return any(policy.said.session is not None for policy in case.policies())


def _unjudged(decided: int, judged: int, figures: dict[str, Any]) -> Answer:
    """A threshold holds for what is recorded after it: of what came before nothing can be said."""
    uk, en = "порога, вище якого зміни несуть на сесію, не встановлено", "no threshold of the session is set"
    if not decided:
        words = (f"Не налаштовано: {uk}", f"Not configured: {en}")
        return Answer("not-configured", words, missing=(lacks("policy.session", uk, en),), figures=figures)
    when = (
        f"{uk} на час реєстрації {decided - judged} із {decided} рішень про гроші",
        f"{en} when {decided - judged} of {decided} decisions about money were recorded",
    )
    lacking = (lacks("policy.session", *when),)
    if not judged:
        words = (f"Не налаштовано: {when[0]}", f"Not configured: {when[1]}")
        return Answer("not-configured", words, missing=lacking, figures=figures)
    words = (
        f"Не визначено: {when[0]}; серед решти змін по частинах за порогом немає",
        f"Undetermined: {when[1]}; among the others there are no changes in parts above it",
    )
    return Answer("undetermined", words, missing=lacking, figures=figures)


QUESTIONS = (
    Question(
        5,
        "Де план більший за призначення — загалом, за КПКВК, за фондом?",
        "Where is the plan above the appropriation: in total, by КПКВК, by fund?",
        ("FIN-ABOVE", "GOV-ACKNOWLEDGED"),
        above_appropriation,
    ),
    Question(
        6,
        "Чи дробили зміни, щоб не нести на сесію?",
        "Were changes split so as not to go to the session?",
        ("FIN-SPLIT",),
        split_changes,
    ),
)
