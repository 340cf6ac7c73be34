"""Source texts at hand: each quote gets its file and line, and a text of another hash is refused."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.findings.document_texts import NotThatText, flattened, read_texts
from projections.findings.paper import paper_of
from tests.projections.findings.papers import Document, belz_texts, edited, findings, hits, paper, real

TEXT = "Перший рядок\n\n  другий   рядок із інформа-\nційним словом\nтретій: 5\u00a0000 грн\n"
NAMED = {"paper.txt": hashlib.sha256(TEXT.encode()).hexdigest()}


def test_a_quote_is_found_over_spaces_line_ends_and_a_hyphen_at_the_lines_end() -> None:
    (text,) = read_texts({"paper.txt": TEXT}, NAMED)
    assert text.find("Перший рядок другий") == ("paper.txt", 1)
    assert text.find("другий рядок") == ("paper.txt", 3)
    assert text.find("інформа-ційним словом") == ("paper.txt", 3)
    assert text.find("ційним") == ("paper.txt", 4)
    assert text.find("5 000 грн") == ("paper.txt", 5)
    assert text.find("четвертий") is None
    assert text.find("") is None


@given(st.lists(st.text("аб -", max_size=8), max_size=8))
def test_a_whole_line_is_found_no_later_than_it_stands(lines: list[str]) -> None:
    text = "\n".join(lines)
    (flat,) = read_texts({"f": text}, {"f": hashlib.sha256(text.encode()).hexdigest()})
    for number, line in enumerate(lines, 1):
        if flattened(line):
            found = flat.find(line)
            assert found is None or found.line <= number
            assert found is not None or line.strip().endswith("-") or line.strip().startswith("-")


def test_a_text_of_another_hash_is_refused_by_its_name() -> None:
    with pytest.raises(NotThatText, match=r"paper\.txt is not the text that was named"):
        paper_of({}, None, {"paper.txt": TEXT + " "}, named=NAMED)


def test_a_text_that_the_adoption_does_not_name_is_refused() -> None:
    with pytest.raises(NotThatText):
        paper_of({}, None, {"other.txt": TEXT}, named=NAMED)
    with pytest.raises(NotThatText):
        paper_of({}, None, {"paper.txt": TEXT})


def test_without_texts_no_quote_has_a_line_and_no_quote_is_doubted() -> None:
    quotes = [quote for _, hit in hits(paper(real())) for quote in hit.quotes]
    assert {(quote.file, quote.line) for quote in quotes} == {(None, None)}


def test_each_quote_of_the_real_document_gets_its_file_and_line() -> None:
    texts = belz_texts()
    found = [(rule.code, hit) for rule, hit in hits(paper(real(), texts))]
    assert [(code, hit.key) for code, hit in found] == findings(real())
    for _, hit in found:
        for quote in hit.quotes:
            assert quote.file in texts, quote
            assert quote.line is not None
            lines = texts[quote.file].split("\n")[quote.line - 1 :]
            start = flattened(quote.text).split()[0].split("-")[0]
            assert start in flattened(lines[0]), quote
            assert flattened(quote.text) in flattened(" ".join(lines)), quote


def test_known_quotes_stand_on_the_lines_where_a_reader_finds_them() -> None:
    texts = belz_texts()
    lines = {
        (rule.code, quote.text): (quote.file, quote.line)
        for rule, hit in hits(paper(real(), texts))
        for quote in hit.quotes
    }
    for code, text in (("DOC-TERM", "2025 – 2074 роки"), ("DOC-FOOTNOTE", "кошти інших джерел*")):
        file, line = lines[code, text]
        assert file == "decision-476.txt"
        assert line is not None
        assert [n for n, said in enumerate(texts[file].split("\n"), 1) if text in said] == [line]


def test_a_quote_that_stands_in_no_text_is_told() -> None:
    texts = belz_texts()
    changed = edited(real(), {"/printed/p9/text": "XLVIII чергова сесія"})
    found = [(rule.code, hit.key) for rule, hit in hits(paper(changed, texts))]
    assert [one for one in found if one[0] == "DOC-QUOTE"] == [("DOC-QUOTE", "p9")]


def test_where_a_named_text_is_missing_no_quote_is_called_missing() -> None:
    texts = belz_texts()
    del texts["annex-indicators.txt"]
    changed = edited(real(), {"/printed/p9/text": "XLVIII чергова сесія"})
    assert "DOC-QUOTE" not in [rule.code for rule, _ in hits(paper(changed, texts))]


def test_a_text_of_two_hyphenated_lines_still_names_the_line_of_the_quotes_start() -> None:
    text = "а б-\nв г\nд"
    source = Document({}, {}, {"f": hashlib.sha256(text.encode()).hexdigest()})
    quote = paper(source, {"f": text}).cite("", "г д")
    assert (quote.file, quote.line) == ("f", 2)
