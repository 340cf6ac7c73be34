"""What a short quote says: years, dates, sums, gaps, and whose territory it speaks of.

The words are those of Ukrainian councils' papers; none is of one programme.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from projections.findings.document_texts import flattened
from projections.findings.paper import Paper

_MONTHS = (
    "січня", "лютого", "березня", "квітня", "травня", "червня",
    "липня", "серпня", "вересня", "жовтня", "листопада", "грудня",
)  # fmt: skip
_SPAN = re.compile(r"\b([12][0-9]{3})\s*[–—-]\s*([12][0-9]{3})\b")
_YEAR = re.compile(r"(?<![0-9.])[12][0-9]{3}(?=\s*(?:рік|рок|роц|рр|р\b|р\.))")
_DAY = re.compile(r"(?<![0-9])([0-9]{1,2})\.([0-9]{1,2})\.([12][0-9]{3})(?![0-9])")
_DAY_IN_WORDS = re.compile(rf"(?<![0-9])([0-9]{{1,2}})\s+({'|'.join(_MONTHS)})\s+([12][0-9]{{3}})")
_SUM = re.compile(r"([0-9][0-9 \u00a0]*)(?:[.,]([0-9]{1,2}))?\s*(тис\.?|млн\.?)?\s*грн")
_TIMES = {"тис": 1_000, "млн": 1_000_000}
_NUMBER = re.compile(r"(?<![0-9.,])([0-9]+(?:[.,][0-9]+)?)\s*(%)?(?![0-9.])")
_AT_LEAST = re.compile(
    r"(?:мінімум|щонайменше|не\s+менше?|не\s+менш\s+як)\s+(?:ніж\s+|від\s+)?([0-9]+(?:[.,][0-9]+)?)\s*(%)?"
)
# Underscores; a year without its end; «№» or «від» with nothing after it; what was to be filled in.
_GAP = re.compile(
    r"_{2,}|\b20\s*_|№\s*(?:$|[.,;)]|від\b|(?!проєкт|проект)[^\W\d_]+\s)|\bвід\s+№"
    r"|\((?:вказати|зазначити|назва|дата|номер)\b"
)
_WORD = re.compile(r"[^\W\d_]+")
_LATIN, _CYRILLIC = re.compile("[A-Za-z]"), re.compile("[А-Яа-яҐґЄєІіЇї]")
_HEADS = ("голова", "начальник", "керівник", "директор", "завідувач", "заступник", "секретар")

_LOCAL_COUNCIL = re.compile(r"\b(?:міськ|сільськ|селищн)\w*\s+рад", re.IGNORECASE)
_OF_A_COUNCIL_ABOVE = re.compile(r"\b(?:обласн|районн)\w*\s+рад", re.IGNORECASE)
_PROGRAMME_ABOVE = re.compile(
    r"\b(?:регіональн|обласн|районн)\w*(?:\s+[^\W\d_]+){0,2}?\s+програм\w*", re.IGNORECASE
)
_ITS_NAME = re.compile(r"(?:\s+[^\W\d_]+){0,4}\s*«([^»]*)")
_NAMED = r"\b[^\W\d_]+(?:ськ|цьк|зьк)(?:ої|ій|ою|у|а)\s+$"
_BARE_OBLAST = re.compile(r"\bобласт(?:і|ю|ь)(?=\s*(?:$|[,.;:)»]))")
_BUDGET_OF_OBLAST = re.compile(r"\b(?:міськ|сільськ|селищн)\w*\s+бюджет\w*\s+\w+(?:ськ|цьк|зьк)ої\s+області")
_ABOVE = re.compile(r"\b(?:регіон|област|обласн|районн)", re.IGNORECASE)


def spans(text: str) -> list[tuple[int, int]]:
    """The stretches of years, such as «2025 – 2027»."""
    return [(int(first), int(last)) for first, last in _SPAN.findall(text)]


def years(text: str) -> list[int]:
    """Every year that is named: the ends of stretches, and single ones such as «2025 рік»."""
    ends = [year for span in spans(text) for year in span]
    return ends or [int(year) for year in _YEAR.findall(text)]


def days(text: str) -> list[str]:
    """The dates, as YYYY-MM-DD; no such day in a calendar is no date."""
    found = [(y, int(m), int(d)) for d, m, y in _DAY.findall(text)]
    found += [(y, _MONTHS.index(m) + 1, int(d)) for d, m, y in _DAY_IN_WORDS.findall(text.lower())]
    return [f"{y}-{m:02}-{d:02}" for y, m, d in found if 1 <= m <= 12 and 1 <= d <= 31]


def hryvnias(text: str) -> Decimal | None:
    """The first sum of money, in hryvnias; None if there is none."""
    found = _SUM.search(text)
    if found is None:
        return None
    whole, part, times = found.groups()
    digits = "".join(whole.split())
    return Decimal(f"{digits}.{part or 0}") * _TIMES.get((times or "")[:3], 1)


def promised(text: str) -> tuple[Decimal, bool] | None:
    """How much is promised, and whether in percent: «мінімум N», or the only number that is no year."""
    undated = _YEAR.sub("", _SPAN.sub("", _DAY.sub("", text)))
    found = _AT_LEAST.findall(text.lower()) or _NUMBER.findall(undated)
    if len(found) != 1:
        return None
    number, percent = found[0]
    return Decimal(number.replace(",", ".")), bool(percent)


def percentages(text: str) -> list[Decimal]:
    return [Decimal(number.replace(",", ".")) for number, sign in _NUMBER.findall(text) if sign]


def counts(text: str) -> int:
    """How many numbers there are."""
    return len(_NUMBER.findall(text))


def has_gap(text: str) -> bool:
    """Was something left to be filled in, and not?"""
    return _GAP.search(flattened(text)) is not None


def mixed_words(text: str) -> list[str]:
    """Words of Latin and Cyrillic letters at once."""
    return [word for word in _WORD.findall(text) if _LATIN.search(word) and _CYRILLIC.search(word)]


def stems(text: str) -> frozenset[str]:
    """The words without their endings, so that cases of one noun are one."""
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(word[: min(5, max(3, len(word) - 1))] for word in words if len(word) > 2)


def likeness(one: str, other: str) -> Decimal:
    """Which part of the shorter text's words both have: 0 to 1."""
    ours, theirs = stems(one), stems(other)
    shorter = min(len(ours), len(theirs))
    return Decimal(len(ours & theirs)) / shorter if shorter else Decimal(0)


def body_of_office(office: str) -> frozenset[str]:
    """The stems of the body that an office heads: «Начальник фінансового відділу» → «фінансовий відділ»."""
    return stems(" ".join(word for word in office.split() if word.lower() not in _HEADS))


def is_local(names: Iterable[str]) -> bool:
    """Is it a city's, village's or settlement's council that these names are of?"""
    told = list(names)
    above = any(_OF_A_COUNCIL_ABOVE.search(name) for name in told)
    return not above and any(_LOCAL_COUNCIL.search(name) for name in told)


def speaks_from_above(text: str, title: str) -> str | None:
    """The words by which a text speaks as an oblast's or raion's; None if it does not.

    Lawful and left out: an oblast by its name, its budget as a source, and another programme that is named
    in quotation marks. title: of the programme itself, whose own name does not make it a region's.
    """
    for found in _PROGRAMME_ABOVE.finditer(text):
        name = _ITS_NAME.match(text, found.end())
        if name is None or name.group(1).strip() in title:
            return found.group(0)
    for found in _BARE_OBLAST.finditer(text):
        if re.search(_NAMED, text[: found.start()]) is None:
            return found.group(0)
    budget = _BUDGET_OF_OBLAST.search(text)
    return budget.group(0) if budget is not None else None


def names_region(text: str) -> str | None:
    """Any word about a region; for places that a reader marked as left from another document."""
    found = _ABOVE.search(text)
    return text[found.start() :].split(maxsplit=1)[0] if found is not None else None


def names_of(paper: Paper) -> Iterator[str]:
    """Everybody whom the passport and the endorsements name."""
    for name in ("initiator", "developer", "executors", "spending_unit"):
        yield from paper.passport(name) or ()
    yield from (slot.office for slot in paper.slots)
