"""The document's findings out of a ledger: by day and position; gone once an act states the place anew."""

from __future__ import annotations

from projections.cells import read_cells
from projections.findings.paper import Paper, paper_of
from projections.records import read_act
from tests.projections.adopted import Adopted
from tests.projections.findings.papers import Finding, findings, hits, real

FLAW = ("DOC-TERM", "p1")


def paper_on(adopted: Adopted, day: str, position: int | None = None) -> Paper:
    reading = adopted.reading(position)
    cells = {
        cell.path: cell.answer.value
        for cell in read_cells(reading, adopted.programme, day)
        if not cell.answer.removed
    }
    return paper_of(cells, read_act(reading, adopted.act))


def found_on(adopted: Adopted, day: str, position: int | None = None) -> list[Finding]:
    return [(rule.code, hit.key) for rule, hit in hits(paper_on(adopted, day, position))]


def test_a_ledger_gives_the_findings_of_the_file_that_was_imported(belz: Adopted) -> None:
    assert found_on(belz, "2025-03-01") == findings(real())


def test_before_the_programme_is_in_force_there_is_no_paper_to_judge(belz: Adopted) -> None:
    assert found_on(belz, "2025-02-20") == []


def test_findings_that_rest_on_the_act_name_its_entry(belz: Adopted) -> None:
    entries = {rule.code: hit.entries for rule, hit in hits(paper_on(belz, "2025-03-01"))}
    registered = read_act(belz.reading(), belz.act)["index"]
    assert entries["DOC-NUMBER"] == entries["DOC-DATE"] == (registered,)


def test_an_act_that_states_the_place_anew_takes_the_finding_away_from_its_day_on(belz: Adopted) -> None:
    before = belz.town.position
    belz.pass_act("second", "2025-06-01")
    row = {"id": "p1", "at": "рішення, п. 1", "field": "term", "text": "2025 – 2027 роки"}
    belz.say("programme.amended", {"printed": [row]}, act={"id": "second"}, effective="2025-06-01")
    assert FLAW in found_on(belz, "2025-05-31")
    assert FLAW in found_on(belz, "2025-06-01", before)
    rest = [one for one in findings(real()) if one != FLAW]
    assert found_on(belz, "2025-06-01") == rest


def test_an_indicator_that_an_act_removed_is_judged_no_more(belz: Adopted) -> None:
    belz.pass_act("second", "2025-06-01")
    cells = [path for path in real().cells if path.startswith("/indicators/3.3.6/")]
    belz.say("programme.amended", {"removed": cells}, act={"id": "second"}, effective="2025-06-01")
    new = set(found_on(belz, "2025-06-01"))
    assert set(findings(real())) - new == {("IND-NOCHANGE", "3.3.6"), ("LINK-CODE", "3.3.6")}
    assert new - set(findings(real())) == {("LINK-GAP", "3.4.4")}


def test_an_indicator_of_which_only_past_targets_stay_is_judged_no_more(belz: Adopted) -> None:
    belz.pass_act("second", "2026-06-01")
    base = "/indicators/3.3.6"
    cells = [path for path in real().cells if path.startswith(f"{base}/") and path != f"{base}/targets/2025"]
    belz.say("programme.amended", {"removed": cells}, act={"id": "second"}, effective="2026-06-01")
    new = set(found_on(belz, "2026-06-01"))
    assert ("LINK-CODE", "3.3.6") not in new
    assert new - set(findings(real())) == {("LINK-GAP", "3.4.4")}
