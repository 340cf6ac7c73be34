"""How the document holds together: annexes, sections, columns, footnotes; what another one left in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from projections.findings.document_words import (
    has_gap,
    is_local,
    mixed_words,
    names_of,
    names_region,
    speaks_from_above,
)
from projections.findings.paper import Paper, Particular, on_paper
from projections.findings.rule import Hit, Quote, Rule

_ANNEX = re.compile(r"\bдодат(?:ок|к\w+)\s+№?\s*([0-9]+)", re.IGNORECASE)
_SECTION = re.compile(r"^\s*((?:[0-9]+\.)*)([0-9]+)[.\s]")


def _annexes(paper: Paper) -> Iterator[Hit]:
    """Annexes that are referred to and not there, or headed twice; none where no heading is quoted."""
    headings = [(one, number) for one in paper.of("annex_heading") for number in _heads(one.text)]
    references = [(one, n) for one in paper.of("annex_ref") for n in _ANNEX.findall(one.text)]
    headed = Counter(number for _, number in headings)
    for number in sorted({n for _, n in references if headings and n not in headed}):
        refs = [one for one, n in references if n == number]
        what = (f"додатка {number}, на який є посилання, немає", f"annex {number}, referred to, is not there")
        yield _annex_hit(paper, number, [], refs, what)
    for number, times in sorted(headed.items()):
        if times > 1:
            heads, refs = ([one for one, n in group if n == number] for group in (headings, references))
            what = (f"номер {number} мають {times} додатки", f"{times} annexes are numbered {number}")
            yield _annex_hit(paper, number, heads, refs, what)


def _heads(text: str) -> list[str]:
    """The number of the annex that is headed; further annexes in the heading are only named."""
    return _ANNEX.findall(text)[:1]


def _annex_hit(
    paper: Paper, number: str, heads: list[Particular], refs: list[Particular], what: tuple[str, str]
) -> Hit:
    beside = heads or paper.of("annex_heading")
    cells = tuple(one.cell for one in (*refs, *beside))
    return Hit(number, cells=cells, quotes=paper.quoted(*refs, *heads), words={"what": what})


def _template(paper: Paper) -> Iterator[Hit]:
    """Words of an oblast's or raion's document in a city's, settlement's or village's; one per place."""
    if not is_local(names_of(paper)):
        return
    places: dict[tuple[str, str], list[tuple[str, Quote]]] = {}
    for at, cell, words, quote in _from_above(paper):
        places.setdefault((at, words), []).append((cell, quote))
    for (at, words), found in places.items():
        cells, quotes = tuple(cell for cell, _ in found), tuple(quote for _, quote in found)
        key = quotes[0].printed or cells[0].strip("/").replace("/", ".")
        yield Hit(key, cells=cells, quotes=quotes, words={"at": at, "text": words})


def _from_above(paper: Paper) -> Iterator[tuple[str, str, str, Quote]]:
    """(place, cell, words, quote). A title that a quote of the paper repeats is at the quote's place."""
    told: list[tuple[str, Particular]] = []
    for one in paper.printed:
        words = speaks_from_above(one.text, paper.title)
        if words is None and one.field == "template":
            words = names_region(one.text)
        if words is not None:
            told.append((words, one))
            yield one.at, one.cell, words, paper.quoted(one)[0]
    for cell, quote in _titles(paper):
        words = speaks_from_above(quote.text, paper.title)
        if words is not None:
            same = [(said, one) for said, one in told if one.text in quote.text]
            words, at = (same[0][0], same[0][1].at) if same else (words, quote.at)
            yield at, cell, words, quote


def _titles(paper: Paper) -> Iterator[tuple[str, Quote]]:
    yield "/title", Quote("назва", paper.title)
    for branch in paper.tree.values():
        yield branch.cell(), paper.quoted_title(branch)
    for gauge in paper.indicators.values():
        yield gauge.cell(), paper.quoted_name(gauge)


def _script(paper: Paper) -> Iterator[Hit]:
    """Words of two alphabets; what the act's record repeats of a quote is one place with it."""
    quoted: set[str] = set()
    for one in paper.printed:
        mixed = mixed_words(one.text)
        quoted |= set(mixed)
        if mixed:
            yield Hit(
                one.id, cells=(one.cell,), quotes=paper.quoted(one), words={"at": one.at, "text": mixed[0]}
            )
    for name in ("session", "convocation", "title"):
        text = paper.of_act(name)
        mixed = [word for word in mixed_words(text) if word not in quoted]
        if mixed:
            quote = paper.cite("рішення", text)
            said = {"at": "рішення", "text": mixed[0]}
            yield Hit(f"act.{name}", entries=paper.act_entries, quotes=(quote,), words=said)
    for cell, quote in _titles(paper):
        mixed = [word for word in mixed_words(quote.text) if word not in quoted]
        if mixed:
            key = cell.strip("/").replace("/", ".")
            yield Hit(key, cells=(cell,), quotes=(quote,), words={"at": quote.at, "text": mixed[0]})


def _footnotes(paper: Paper) -> Iterator[Hit]:
    """Asterisks without the note that they promise."""
    if any(one.text.lstrip().startswith("*") for one in paper.printed):
        return
    for one in paper.of("footnote"):
        if "*" in one.text:
            yield Hit(one.id, cells=(one.cell,), quotes=paper.quoted(one), words={"at": one.at})


def _columns(paper: Paper) -> Iterator[Hit]:
    """Columns whose year was never filled in."""
    for one in paper.of("column"):
        if has_gap(one.text):
            words = {"at": one.at, "text": one.text}
            yield Hit(one.id, cells=(one.cell,), quotes=paper.quoted(one), words=words)


def _sections(paper: Paper) -> Iterator[Hit]:
    """Numbers left out between two neighbours of one list of contents, as they are quoted."""
    before: dict[str, tuple[Particular, str, int]] = {}
    for one in paper.of("section"):
        found = _SECTION.match(one.text)
        if found is None:
            continue
        prefix, number = found.group(1), int(found.group(2))
        last = before.get(one.at)
        if last is not None and last[1] == prefix and number > last[2] + 1:
            missing = f"{prefix}{last[2] + 1}"
            if number > last[2] + 2:
                missing += f"–{prefix}{number - 1}"
            cells = (last[0].cell, one.cell)
            words = {"at": one.at, "text": missing}
            yield Hit(missing, cells=cells, quotes=paper.quoted(last[0], one), words=words)
        before[one.at] = (one, prefix, number)


def _quotes(paper: Paper) -> Iterator[Hit]:
    """Quotes that stand in no source text; told only where every named text is at hand."""
    if not paper.whole:
        return
    for one in paper.printed:
        if one.text and paper.quoted(one)[0].file is None:
            yield Hit(one.id, cells=(one.cell,), quotes=paper.quoted(one), words={"at": one.at})


RULES: tuple[Rule, ...] = (
    Rule(
        "DOC-ANNEXREF",
        "ask",
        uk="Нумерація додатків не сходиться: {what}",
        en="The numbers of the annexes do not agree: {what}",
        check=on_paper(_annexes),
    ),
    Rule(
        "DOC-TEMPLATE",
        "note",
        uk="Слова, що лишилися з документа іншого рівня: «{text}» ({at})",
        en="Words left from a document of another level: “{text}” ({at})",
        check=on_paper(_template),
    ),
    Rule(
        "DOC-SCRIPT",
        "note",
        uk="У слові «{text}» змішано латинські й кириличні літери ({at})",
        en="The word “{text}” mixes Latin and Cyrillic letters ({at})",
        check=on_paper(_script),
    ),
    Rule(
        "DOC-FOOTNOTE",
        "note",
        uk="Зірочка без примітки ({at})",
        en="An asterisk without its footnote ({at})",
        check=on_paper(_footnotes),
    ),
    Rule(
        "DOC-COLUMN",
        "ask",
        uk="Колонка без року: «{text}» ({at})",
        en="A column without its year: “{text}” ({at})",
        check=on_paper(_columns),
    ),
    Rule(
        "DOC-SECTION",
        "note",
        uk="У нумерації розділів пропущено {text} ({at})",
        en="The numbers of the sections leave out {text} ({at})",
        check=on_paper(_sections),
    ),
    Rule(
        "DOC-QUOTE",
        "ask",
        uk="Цитати немає в тексті першоджерела ({at})",
        en="A quote does not stand in the source text ({at})",
        check=on_paper(_quotes),
    ),
)
