"""A client that a generator makes from the OpenAPI document, against a real server."""

from __future__ import annotations

import compileall
import csv
import inspect
import io
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.settings import Settings
from ledger.envelope import envelope_json
from ledger.receipt import read_receipt
from tests.api.bundling import prove
from tests.api.door import BASE
from tests.api.running import running
from tests.api.story import ACT_TWO, EVENTS
from tests.contract.asked import ASKED
from tests.contract.generated import NAME, Generated, generate, load
from tests.contract.golden import ANSWERS
from tests.contract.golden import load as load_golden
from tests.contract.routes import ROUTES, route_of
from tests.support.town import ACT, LATER, LINE_CELL, PROGRAMME, PROGRAMME_ID, TestLedger, line

pytestmark = pytest.mark.thorough

DAY = "2025-12-31"
TRANSFER = {
    "measure": "1.1",
    "year": 2025,
    "source": "local",
    "amount": "1.00",
    "payer": "a",
    "recipient": "b",
}


@dataclass(frozen=True)
class Portal:
    """Somebody's program: the generated client, what the generator said, and what it may submit."""

    api: Generated
    said: str
    folder: Path
    envelopes: dict[str, Any]
    town: TestLedger

    def raw(self, url: str) -> Any:
        """The same answer without the client's reading."""
        return self.api.client.get_httpx_client().get(url)


@pytest.fixture(scope="module")
def portal(
    document: Any, storied_town: TestLedger, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("client")
    said = generate(document, folder)
    town = TestLedger.copy_of(storied_town, folder / "town")
    prove(town)  # without heads nothing could be bundled
    signed = {
        "good": town.envelope("transfer.made", PROGRAMME, TRANSFER, seen=0, submit_before=LATER),
        "refused": town.envelope(
            "transfer.made", PROGRAMME, {**TRANSFER, "measure": "9.9"}, submit_before=LATER
        ),
        "asked": town.envelope(
            "financing.changed", PROGRAMME, {"lines": [line("5.00", stated_old="7.77")]},
            act=ACT, effective="2025-06-01", submit_before=LATER,
        ),
    }  # fmt: skip
    town.close()
    sys.path.insert(0, str(folder))
    try:
        with running(Settings(data=town.path)) as url:
            api = load(folder, url)
            with api.client:
                yield Portal(api, said, folder, signed, town)
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.split(".")[0] == NAME]:
            del sys.modules[name]


def test_the_generator_understands_the_whole_document(portal: Portal) -> None:
    assert portal.said == ""
    assert {route.name for route in ROUTES} == portal.api.modules.keys()


def test_what_it_makes_compiles(portal: Portal) -> None:
    assert compileall.compile_dir(portal.folder / NAME, quiet=1)


def test_every_answer_has_a_type(portal: Portal) -> None:
    untyped = []
    for name, module in portal.api.modules.items():
        if name == "show_latest":  # leads elsewhere, and holds nothing
            continue
        told = str(inspect.signature(module.sync_detailed).return_annotation)
        if "Any" in told.replace("typing.Any", "Any").split("[", 1)[1]:
            untyped.append(name)
    assert untyped == []


READS: dict[str, tuple[str, tuple[Any, ...], dict[str, Any]]] = {
    "describe_service": ("/v1", (), {}),
    "check_readiness": ("/readyz", (), {}),
    "list_programmes": ("/v1/programmes", (), {}),
    "show_state": (BASE, (PROGRAMME_ID,), {}),
    "show_budget": (f"{BASE}/budget?as_of={DAY}&year=2025", (PROGRAMME_ID,), {"as_of": DAY, "year": 2025}),
    "show_indicators": (f"{BASE}/indicators", (PROGRAMME_ID,), {}),
    "show_diff": (
        f"{BASE}/diff?from_as_of=2025-01-01&to_as_of={DAY}",
        (PROGRAMME_ID,),
        {"from_as_of": "2025-01-01", "to_as_of": DAY},
    ),
    "show_blame": (f"{BASE}/blame?path={LINE_CELL}", (PROGRAMME_ID,), {"path": LINE_CELL}),
    "show_history": (f"{BASE}/history", (PROGRAMME_ID,), {}),
    "show_findings": (f"{BASE}/findings", (PROGRAMME_ID,), {}),
    "list_questions": (f"{BASE}/questions", (PROGRAMME_ID,), {}),
    "show_question": (f"{BASE}/questions/17?year=2025", (PROGRAMME_ID, 17), {"year": 2025}),
    "show_inbox": ("/v1/inbox?office=council-secretary", (), {"office": "council-secretary"}),
    "show_act": (f"/v1/acts/{ACT_TWO}", (ACT_TWO,), {}),
    "list_kinds": ("/v1/schemas", (), {}),
    "show_schema": ("/v1/schemas/financing.changed", ("financing.changed",), {}),
    "show_inclusion": ("/v1/proofs/inclusion?index=3", (), {"index": 3}),
}  # fmt: skip


@pytest.mark.parametrize("name", READS)
def test_an_answer_read_by_the_client_says_all_that_the_server_said(portal: Portal, name: str) -> None:
    url, places, named = READS[name]
    answer = portal.api.call(name, *places, **named)
    assert answer.status_code == 200
    assert answer.parsed.to_dict() == portal.raw(url).json()
    assert int(answer.headers.get("pledger-position", 1)) > 0


def test_amounts_are_exact_texts_and_dates_are_as_asked(portal: Portal) -> None:
    budget = portal.api.call("show_budget", PROGRAMME_ID, as_of=DAY, measure="1.1").parsed
    (row,) = budget.items
    assert (budget.as_of, row.year, row.source) == (DAY, 2025, "local")
    assert (row.original, row.amended) == (
        "100.00",
        portal.raw(f"{BASE}/budget?as_of={DAY}").json()["items"][0]["amended"],
    )
    assert row.evidence["original"].cells == [LINE_CELL]


def test_pages_are_followed_by_position_until_the_end(portal: Portal) -> None:
    """The loop that an integrator writes: every entry once, in order."""
    after, found = 0, []
    while True:
        page = portal.api.call("list_events", after=after, limit=7).parsed
        found += [item.index for item in page.items]
        if page.next_ is None:
            break
        after = found[-1] + 1
    assert found == list(range(int(portal.raw("/v1").json()["position"])))


def test_acts_come_page_by_page_too(portal: Portal) -> None:
    first = portal.api.call("list_acts", limit=1).parsed
    assert [act.id for act in first.items] == [ACT]
    rest = portal.api.call("list_acts", limit=1, after=ACT, known=str(first.known.position)).parsed
    assert [act.id for act in rest.items] == [ACT_TWO]
    assert rest.next_ is None


def test_a_signed_event_is_submitted_and_its_receipt_holds(portal: Portal) -> None:
    envelope = portal.envelopes["good"]
    sent = portal.api.model("Envelope").from_dict(envelope_json(envelope))
    answer = portal.api.call("submit_events", body=sent)
    assert answer.status_code == 201
    receipt = answer.parsed
    assert type(receipt).__name__ == "Receipt"
    portal.town._check(envelope, read_receipt(receipt.to_dict()))
    again = portal.api.call("show_receipt", receipt.event).parsed
    assert again == receipt
    shown = portal.api.call(
        "show_budget", PROGRAMME_ID, as_of=DAY, measure="1.1", min_position=receipt.index + 1
    )
    assert shown.parsed.items[0].transferred == "1.00"


def test_what_is_refused_is_a_problem_with_its_place(portal: Portal) -> None:
    sent = portal.api.model("Envelope").from_dict(envelope_json(portal.envelopes["refused"]))
    answer = portal.api.call("submit_events", body=sent)
    assert answer.status_code == 422
    assert type(answer.parsed).__name__ == "ProblemDocument"
    assert answer.parsed.type_ == "urn:pledger:problem:unknown-measure"
    assert answer.parsed.errors[0].pointer == "/data/measure"
    assert answer.parsed.errors[0].got == "9.9"
    assert answer.parsed.message.uk


def test_what_needs_an_acknowledgement_says_each_discrepancy(portal: Portal) -> None:
    sent = portal.api.model("Envelope").from_dict(envelope_json(portal.envelopes["asked"]))
    answer = portal.api.call("submit_events", body=sent)
    assert answer.status_code == 409
    assert type(answer.parsed).__name__ == "AcknowledgeDocument"
    assert "old-mismatch" in [one.code for one in answer.parsed.discrepancies]
    assert answer.parsed.to_dict() == {**answer.parsed.to_dict(), "status": 409}


def test_a_question_that_is_wrong_is_a_problem_too(portal: Portal) -> None:
    answer = portal.api.call("show_budget", PROGRAMME_ID, as_of="2025-02-30")
    assert (answer.status_code, answer.parsed.type_) == (400, "urn:pledger:problem:bad-parameter")
    answer = portal.api.call("show_state", "no-such")
    assert (answer.status_code, answer.parsed.type_) == (404, "urn:pledger:problem:no-such-programme")


def test_a_draft_says_what_would_happen(portal: Portal) -> None:
    signers = [{"person": "p-secretary", "office": "council-secretary"}]
    payload = {
        "kind": "financing.changed", "subject": PROGRAMME, "signers": signers, "effective": "2025-06-01",
        "act": {"id": ACT, "point": "1"}, "data": {"lines": [line("5.00")]},
    }  # fmt: skip
    one = portal.api.model("DraftRequest").from_dict({"payload": payload})
    draft = portal.api.call("judge_drafts", body=one).parsed
    assert type(draft).__name__ == "Draft"
    assert (draft.outcome, draft.diff[0].path) == ("recorded", LINE_CELL)
    two = portal.api.model("DraftsRequest").from_dict({"payloads": [payload, {"kind": "x"}]})
    drafts = portal.api.call("judge_drafts", body=two).parsed
    assert [one.outcome for one in drafts.drafts] == ["recorded", "refused"]


def test_a_bundle_is_bytes(portal: Portal) -> None:
    answer = portal.api.call("bundle_programme", PROGRAMME_ID, as_of=DAY)
    assert answer.status_code == 200, answer.content
    with zipfile.ZipFile(io.BytesIO(answer.parsed.payload.read())) as found:
        assert found.testzip() is None


def test_a_table_comes_as_csv_when_asked_for(portal: Portal) -> None:
    """The client reads the form that is documented first; another form is in `content`."""
    answer = portal.raw(f"{BASE}/budget?as_of={DAY}&format=csv")
    rows = [*csv.DictReader(io.StringIO(answer.text))]
    budget = portal.api.call("show_budget", PROGRAMME_ID, as_of=DAY).parsed
    assert [row["original"] for row in rows] == [row.original or "" for row in budget.items]


def test_notes_are_texts(portal: Portal) -> None:
    parsed = portal.api.call("show_checkpoint").parsed
    assert parsed == portal.raw("/v1/checkpoint").text


def test_the_feed_is_followed_by_its_cursor_alone(portal: Portal) -> None:
    after, found = 0, []
    while (page := portal.api.call("list_events", after=after, limit=7, wait=1).parsed).items:
        found += [item.index for item in page.items]
        after = page.after
    assert found == [*range(after)]
    assert after == portal.raw("/v1").json()["position"]


def test_a_log_that_is_shorter_than_the_cursor_is_an_alarm(portal: Portal) -> None:
    answer = portal.api.call("list_events", after=9999)
    assert (answer.status_code, answer.parsed.type_) == (404, "urn:pledger:problem:position-ahead")


def test_a_copy_of_the_cells_is_the_state(portal: Portal) -> None:
    page = portal.api.call("list_cells_changed", as_of=DAY, programme=PROGRAMME_ID, limit=500).parsed
    assert page.next_ is None
    copied = {item.path: item.event for item in page.items if item.cell != "none"}
    state = portal.api.call("show_state", PROGRAMME_ID, as_of=DAY, known=str(page.known.position)).parsed
    assert copied == {path: cell.event for path, cell in state.cells.additional_properties.items()}
    assert page.states.additional_properties[PROGRAMME_ID] == state.state_hash


def test_acts_that_changed_are_told(portal: Portal) -> None:
    page = portal.api.call("list_acts_changed").parsed
    assert {item.act.id if hasattr(item, "act") else item.id for item in page.items} == {ACT, ACT_TWO}


def test_whole_tables_are_taken_as_lines(portal: Portal) -> None:
    tables = portal.api.call("list_exports").parsed
    assert {table.name for table in tables.items} >= {"events", "cells", "budget", "indicators", "acts"}
    answer = portal.api.call("export_events")
    rows = [orjson.loads(line) for line in answer.parsed.splitlines()]
    assert [row["index"] for row in rows] == [*range(int(answer.headers["pledger-position"]))]


def test_open_data_is_taken_too(portal: Portal) -> None:
    package = portal.api.call("show_package").parsed
    assert package.to_dict() == portal.raw("/opendata/datapackage.json").json()
    names = [one["name"] for one in package.to_dict()["resources"]]
    assert {"budget", "indicators", "measures", "acts"} <= {*names}
    assert portal.api.call("show_lacking").parsed.items
    assert portal.api.call("show_catalogue").parsed.to_dict() == portal.raw("/opendata/catalog.jsonld").json()
    assert portal.api.call("show_duty").status_code == 200
    table = portal.api.modules["show_official"].ShowOfficialTable("programs")
    assert portal.api.call("show_official", table).parsed.count("\n") == 2


def test_a_file_that_will_not_do_is_refused_with_its_places(portal: Portal) -> None:
    module = portal.api.modules["import_file"]
    file = module.File(payload=io.BytesIO(b"not a workbook"))
    shape = module.ImportFileShape("actuals")
    answer = portal.api.call(
        "import_file",
        shape,
        body=file,
        programme=PROGRAMME_ID,
        person="p-secretary",
        office="council-secretary",
    )
    assert 400 <= answer.status_code < 500
    assert answer.parsed.type_.startswith("urn:pledger:problem:")
    assert answer.parsed.message.uk


@pytest.mark.parametrize("name", ASKED)
def test_an_answer_of_yesterday_is_read_by_todays_client(portal: Portal, name: str) -> None:
    asked, kept = ASKED[name], load_golden(ANSWERS / f"{name}.json")
    parsed = portal.api.parse(route_of(asked).name, asked.status, kept)
    assert parsed.to_dict() == kept


def test_events_of_the_story_are_read(portal: Portal) -> None:
    for event in EVENTS.values():
        shown = portal.api.call("show_event", event)
        assert shown.parsed.to_dict() == portal.raw(f"/v1/events/{event}").json()
