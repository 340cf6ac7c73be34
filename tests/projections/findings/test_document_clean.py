"""A paper that holds together has no finding; each flaw planted into it gives its finding and no other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.findings.document import RULES
from projections.findings.paper import paper_of
from projections.findings.rule import Hit
from projections.findings.words import fill
from tests.api.small_programme import RIVERSIDE_FILE
from tests.projections.findings.papers import (
    Document,
    Edits,
    Finding,
    clean,
    document,
    edited,
    findings,
    hits,
    paper,
    particular,
    real,
)

SPENDER = "Виконавчий комітет Степової сільської ради"


def _text(id_: str, text: str) -> Edits:
    return {f"/printed/{id_}/text": text}


def _moved(old: str, new: str) -> Edits:
    """A line of money under another name."""
    return {f"/financing/{old}": None, f"/financing/{new}": clean().cells[f"/financing/{old}"]}


def _unmeasured(id_: str) -> Edits:
    paths = [path for path in clean().cells if path.startswith(f"/indicators/{id_}/")]
    return dict.fromkeys(paths)


def _blank(name: str, id_: str, text: str) -> Edits:
    """A row of the passport with its label alone."""
    return {f"/passport/{name}": "", **_text(id_, text)}


def _recoded(id_: str, code: str) -> Edits:
    """A measure and its indicator that the paper prints under another code."""
    ours, theirs = f"measure_code:{id_}", f"indicator_code:{id_}"
    return {**particular("p90", ours, code), **particular("p91", theirs, code)}


PLANTED: list[tuple[Finding, Edits]] = [
    (("DOC-TERM", "p1"), _text("p1", "на 2030 – 2023 роки")),
    (("DOC-TERM", "passport"), {"/passport/term": "2030–2033 роки"}),
    (("DOC-PERIOD", "p2"), _text("p2", "на 2027–2029 роки")),
    (("DOC-DATE", "date"), {"act/status": {"text": "Прийнято в цілому", "date": "2029-12-18"}}),
    (("DOC-DATE", "date"), _text("p4", "20.12.2029")),
    (("DOC-NUMBER", "number"), {"act/number": ""}),
    (("DOC-NUMBER", "number"), {"act/number": "-"}),
    (("DOC-PLACEHOLDER", "p9"), _text("p9", "№ від 2029р")),
    (("DOC-PLACEHOLDER", "p11"), _text("p11", "опубліковано ____ наборів")),
    (("DOC-PLACEHOLDER", "passport.participants"), _blank("participants", "p12", "Учасники:")),
    (("DOC-PLACEHOLDER", "passport.participants"), _blank("participants", "p12", "Учасники: ______")),
    (("DOC-PLACEHOLDER", "passport.stages"), {"/passport/stages": ""}),
    (("DOC-PLACEHOLDER", "passport.term"), {"/passport/term": ""}),
    (("DOC-PLACEHOLDER", "endorsement.e2"), {"/endorsements/e2/date": ""}),
    (("DOC-ANNEXREF", "3"), _text("p14", "визначених у додатку 3")),
    (("DOC-ANNEXREF", "2"), _text("p15", "Додаток 2 до Програми") | _text("p13", "згідно з додатком 2")),
    (("DOC-TEMPLATE", "p17"), _text("p17", "потреби регіону")),
    (("DOC-TEMPLATE", "p18"), _text("p18", "завдання обласної програми виконано")),
    (("DOC-TEMPLATE", "p19"), _text("p19", "про сільський бюджет Вигаданської області")),
    (("DOC-TEMPLATE", "tree.2.2.title"), {"/tree/2.2/title": "Документи органів області"}),
    (("DOC-SCRIPT", "p7"), _text("p7", "ХLVI чергова сесія")),
    (("DOC-SCRIPT", "act.convocation"), {"act/convocation": "VІІI скликання"}),
    (("DOC-SCRIPT", "tree.2.title"), {"/tree/2/title": "Пoслуги"}),
    (("DOC-FOOTNOTE", "p24"), _text("p25", "субвенції з обласного бюджету")),
    (("DOC-COLUMN", "p23"), _text("p23", "20__ рік")),
    (("DOC-SECTION", "1.2–1.3"), _text("p21", "1.4 Послуги")),
    (
        ("FIN-YEARGAP", "years"),
        _moved("2.1.1/2032/local.0117520.2240._._", "2.1.1/2031/local.0117520.2240._._")
        | {"/printed_totals/2032": ""},
    ),
    (("FIN-SOURCE", "p26"), {"/financing/1.1.1/2031/oblast.0117520.3110.special._": "0.00"}),
    (("FIN-UNFUNDED", "measures"), {"/financing/2.2.1/2030/local": None}),
    (("FIN-UNFUNDED", "2.1.2"), {"/financing/2.1.2/2030/local.0117520.2620._._": "0.00"}),
    (
        ("FIN-TRANSFER", "2.1.2"),
        _moved("2.1.2/2030/local.0117520.2620._._", "2.1.2/2030/local.0117520.2240._._"),
    ),
    (("FIN-TRANSFER", "2.1.1"), {"/tree/2.1.1/mode": "subvention"}),
    (("FIN-HISTORY", "local"), _text("p35", "місцевого – 200 500,01 грн")),
    (("FIN-PREDECESSOR", "predecessor"), {"/predecessor/date": "2027-01-02"}),
    (("IND-DYN", "dynamics"), {"/indicators/1.1.2/printed/dynamics": "+17"}),
    (("IND-DYN", "1.1.2"), {"/indicators/1.1.2/printed/dynamics": "+5"}),
    (("IND-DYN", "dynamics"), {"/indicators/1.1.1/printed/dynamics": "+60"}),
    (
        ("IND-DYN", "2.1.2"),
        {"/indicators/2.1.2/targets/2032": "100", "/indicators/2.1.2/printed/dynamics": "+100"},
    ),
    (("IND-UNIT", "1.1.1"), {"/indicators/1.1.1/targets/2031": "80"}),
    (("IND-UNIT", "2.2.1"), {"/indicators/2.2.1/targets/2031": "6%"}),
    (
        ("IND-NOCHANGE", "2.1.1"),
        {"/indicators/2.1.1/base": "Так", "/indicators/2.1.1/targets/2030": "так"},
    ),
    (("IND-BASE", "base-date"), {"/indicators/2.1.1/base_date": ""}),
    (("IND-BASE", "base-date"), {"/indicators/2.1.1/base_date": None}),
    (("IND-BASE", "1.1.1"), _text("p36", "підключено 41% закладів")),
    (("IND-DENOM", "1.1.1"), {"/printed/p37/field": "basis"}),
    (("EXP-OVER", "1.1.2"), _text("p42", "проведено щонайменше 18 семінарів")),
    (("EXP-UNDER", "1.1.2"), _text("p42", "проведено не менше 16 семінарів")),
    (("EXP-UNDER", "1.1.1"), _text("p41", "підключено 99,5% закладів")),
    (("EXP-OVER", "2.2.1"), _text("p44", "у 2032 році доступ мають 7 старост")),
    (("EXP-ORPHAN", "p43"), {"/printed/p43/field": "expected"}),
    (("EXP-ORPHAN", "p43"), {"/printed/p43/field": "expected:9.9"}),
    (("EXP-ECHO", "1.1.1"), {"/tree/1.1.1/result": "підключення шкіл і бібліотек"}),
    (("LINK-CODE", "2.1.1"), particular("p90", "indicator_code:2.1.1", "2.2.2")),
    (("LINK-GAP", "2.2.1"), _unmeasured("2.2.1") | {"/printed/p44/field": "expected:2.1.1"}),
    (("LINK-GAP", "2.1.2-2.1.3"), _recoded("2.1.2", "2.1.4")),
    (("LINK-DUP", "1.1.1"), _text("p29", "Проєкт 1.1.1. Ремонт приміщень сільського клубу")),
    (("LINK-INFERRED", "row.1.1.1"), _text("p28", "Захід 1 Підключення шкіл")),
    (("LINK-INFERRED", "indicator.2.1.1"), {"/indicators/2.1.1/link": "inferred"}),
    (
        ("GOV-ROLES", "endorsement.e1"),
        {"/endorsements/e1/office": "Голова виконавчого комітету Степової сільської ради"},
    ),
    (("GOV-ROLES", "control"), particular("p90", "control", "Контроль здійснює відповідальний виконавець")),
    (("GOV-CODES", "edrpou"), {"/passport/initiator": "Степова сільська рада"}),
    (("GOV-CODES", "approval"), {"/printed/p45/field": "basis"}),
    (("GOV-DEADLINE", "p40"), _text("p40", "Щороку до 5 числа місяця, наступного за звітним")),
    (("GOV-DEADLINE", "commission"), _text("p39", "Щороку до 31 січня")),
]  # fmt: skip


def test_a_paper_that_holds_together_has_no_finding() -> None:
    assert findings(clean()) == []


@pytest.mark.parametrize(
    ("finding", "edits"), PLANTED, ids=lambda it: "/".join(it) if isinstance(it, tuple) else ""
)
def test_a_planted_flaw_gives_its_finding_and_no_other(finding: Finding, edits: Edits) -> None:
    assert findings(edited(clean(), edits)) == [finding]


def test_budget_codes_are_missed_only_when_no_line_has_one() -> None:
    lines = {path: value for path, value in clean().cells.items() if ".0117520." in path}
    one = dict(list(lines.items())[:1])
    bare: dict[str, str | None] = {path.replace(".0117520.", "._."): value for path, value in lines.items()}
    without = edited(clean(), dict.fromkeys(lines) | bare)
    assert findings(without) == [("GOV-CODES", "kpkvk")]
    assert findings(edited(without, one)) == []


def test_every_rule_has_a_planted_flaw() -> None:
    planted = {code for (code, _), _ in PLANTED}
    # What stands in no source text is told only with the texts; budget codes have a test of their own.
    assert {rule.code for rule in RULES} - planted == {"DOC-QUOTE", "GOV-CODES"} - planted | {"DOC-QUOTE"}


NEAR: list[Edits] = [
    _text("p1", "на 2030-2032 рр."),
    _text("p3", "2032 рік"),
    _text("p5", "від 19.12.2029 р."),
    {"act/status": {"text": "Прийнято", "date": ""}},
    {"/passport/participants": "-"},
    {"/endorsements/e2/person": ""},
    _text("p11", "розпорядженням № 17 від 01.02.2029 затверджено"),
    _text("p18", "за кошти обласного бюджету, у межах обласної програми розвитку «Край»"),
    _text("p18", "управлінню Вигаданської обласної державної адміністрації"),
    _text("p18", "в області охорони здоров'я"),
    _text("p21", "2.5 Інша нумерація"),
    {"/financing/2.1.1/2032/local.0117520.2240._._": "-", "/printed_totals/2032": None},
    {"/financing/2.2.1/2030/local": "-"},
    _text("p35", "місцевого – 200 500,00 грн"),
    {"/predecessor/date": "2027-01-01"},
    {"/indicators/2.2.1/targets/2032": "", "/indicators/2.2.1/printed/dynamics": "+4"},
    {"/indicators/2.1.2/targets/2032": "100", "/indicators/2.1.2/printed/dynamics": "-"},
    {"/indicators/2.1.1/base": "-", "/indicators/2.1.1/base_date": ""},
    _text("p44", "доступ мають старости з 2 по 6 округ"),
    _text("p42", "навчання пройшли 90% охочих"),
    _text("p42", "до кінця 2032 року проведено семінари"),
    _text("p42", "у 2030–2032 роках, до 31.12.2032, проведено 17 семінарів"),
    _text("p41", "підключено 99 закладів"),
    particular("p90", "indicator_code:2.1.1", "7"),
    {
        "/indicators/1.1.2/base": "4",
        **{f"/indicators/1.1.2/targets/{year}": "4" for year in (2030, 2031, 2032)},
        "/indicators/1.1.2/printed/dynamics": "0",
        **_text("p42", "проведено мінімум 12 семінарів"),
    },
    {"/tree/1.1.1/result": "-"},
    _text("p40", "Щомісяця до 5 числа місяця, наступного за звітним"),
]


@pytest.mark.parametrize("edits", NEAR, ids=lambda edits: next(iter(edits)))
def test_what_only_looks_like_a_flaw_is_none(edits: Edits) -> None:
    assert findings(edited(clean(), edits)) == []


def test_a_council_of_an_oblast_may_speak_of_its_oblast() -> None:
    names = ("initiator", "developer", "executors", "spending_unit")
    above = dict.fromkeys((f"/passport/{name}" for name in names), "Вигаданська обласна рада, 00000000")
    spoken = _text("p17", "підвищення якості життя в області")
    assert ("DOC-TEMPLATE", "p17") in findings(edited(clean(), spoken))
    assert "DOC-TEMPLATE" not in [code for code, _ in findings(edited(clean(), above | spoken))]


def test_the_councils_code_in_the_registry_is_enough() -> None:
    named = edited(clean(), {"/passport/initiator": "Степова сільська рада"})
    known = paper_of(named.cells, named.act, edrpou="00000000")
    assert [rule.code for rule, _ in hits(known)] == []


def test_without_its_act_a_paper_is_judged_by_its_quotes() -> None:
    for source, wanted in ((real(), True), (clean(), False)):
        found = {rule.code for rule, _ in hits(paper_of(source.cells, None))}
        assert ("DOC-NUMBER" in found) == wanted
        assert ("DOC-DATE" in found) == wanted


def test_a_programme_of_another_shape_is_judged_by_the_same_rules() -> None:
    assert set(findings(document(RIVERSIDE_FILE))) == {
        ("DOC-PLACEHOLDER", "passport.stages"),
        ("DOC-PLACEHOLDER", "endorsement.e2"),
        ("FIN-YEARGAP", "years"),
        ("IND-BASE", "base-date"),
        ("IND-DENOM", "i-clean"),
        ("LINK-CODE", "i-portal"),
        ("LINK-GAP", "m-a1y"),
        ("LINK-INFERRED", "indicator.i-clean"),
        ("GOV-CODES", "edrpou"),
    }


def test_a_paper_of_a_title_alone_lacks_codes_and_nothing_else_is_guessed() -> None:
    found = [(rule.code, hit.key) for rule, hit in hits(paper_of({"/title": "Програма"}, None))]
    assert found == [("GOV-CODES", "edrpou"), ("GOV-CODES", "kpkvk")]


def test_on_a_day_on_which_no_programme_holds_there_is_no_paper_to_judge() -> None:
    assert list(hits(paper_of({}, real().act))) == []


def test_percentage_points_without_the_sign_follow_the_rule_and_only_the_sign_is_told() -> None:
    edits = {"/indicators/1.1.1/printed/dynamics": "+60"}
    ((rule, hit),) = [one for one in hits(paper(edited(clean(), edits))) if one[0].code == "IND-DYN"]
    uk, en = fill(rule.uk, hit.words, "uk"), fill(rule.en, hit.words, "en")
    assert "без знака % – 1.1.1" in uk
    assert "without the % sign – 1.1.1" in en
    assert "інакше" not in uk


WORDS = st.text("0123456789%_№–-., *«»()домвікобластьпрограма", max_size=40)


@given(st.data())
def test_no_words_on_paper_make_a_rule_fail(data: st.DataObject) -> None:
    texts = sorted(
        path for path in real().cells if path.split("/")[1] in ("printed", "indicators", "passport")
    )
    texts = [path for path in texts if not path.endswith("/field")]
    paths = data.draw(st.lists(st.sampled_from(texts), max_size=12, unique=True))
    changed = edited(real(), {path: data.draw(WORDS) for path in paths})
    for _, hit in hits(paper(changed)):
        assert hit.key


def test_the_order_in_which_cells_are_told_does_not_matter() -> None:
    turned = Document(dict(reversed(real().cells.items())), real().act, real().named)
    assert sorted(findings(turned)) == sorted(findings(real()))
    for (_, one), (_, other) in zip(_sorted(real()), _sorted(turned), strict=True):
        assert (one.cells, one.quotes) == (other.cells, other.quotes)


def _sorted(source: Document) -> Iterator[tuple[str, Hit]]:
    found = sorted(hits(paper(source)), key=lambda item: (item[0].code, item[1].key))
    yield from ((rule.code, hit) for rule, hit in found)


def test_a_gap_after_a_word_that_only_begins_like_a_passports_row_stays_its_own_finding() -> None:
    edits = {"/passport/spending_unit": "", **_text("p11", "розпорядженням голови від № заборонено")}
    codes = findings(edited(clean(), edits))
    assert codes == [("DOC-PLACEHOLDER", "passport.spending_unit"), ("DOC-PLACEHOLDER", "p11")]
