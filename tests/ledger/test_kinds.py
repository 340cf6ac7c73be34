"""For every kind: a schema, two languages, an example, a story that is refused and a near miss."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ledger.canonical import dumps
from ledger.errors import Refusal
from ledger.event import Common
from ledger.kinds import KINDS, Kind
from ledger.submission import read_payload
from tests.ledger.refusals.treasury import CONCLUSION, DATASET, EXTRACT, FINDING, MAPPED
from tests.support import service
from tests.support.council import (
    MAYOR,
    TREASURER,
    agreed,
    change,
    council_town,
    named,
    policy,
    propose,
    revocation,
    revoke,
    rotation_of,
    statement,
)
from tests.support.log_keys import rotation
from tests.support.people import COUNCIL, FINANCE, FOREIGN, REGISTRARS, SECRETARY, Official, key_of
from tests.support.story import ACTUAL, CLOSED, TRANSFER, published
from tests.support.town import (
    ACT,
    ACT_DATA,
    COUNCIL_STREAM,
    LINE_CELL,
    PROGRAMME,
    PROGRAMME_DATA,
    Payload,
    TestLedger,
    line,
    lines,
)

SUBJECTS = {"root": "root", "body": COUNCIL_STREAM, "programme": PROGRAMME, "trust": "trust"}
FINANCE_STREAM = f"body:{FINANCE}"
NEW = PROGRAMME_DATA | {"programme": "new"}
PLAN = {"measure": "1.1", "source": "local", "amount": "1.00"}
SPENT = PLAN | {"year": 2025}
SPENDING = {"phase": "paid", "period": "2025-Q1", "accumulation": "period", "lines": [SPENT]}
OFFICE = {"office": "clerk", "name": "Діловод"}
MANDATE = {"person": "p-secretary", "office": "council-secretary", "start": "2026-01-01"}
SECOND = SECRETARY.using(key_of("the secretary's second"))
PAUSE = {"act": ACT, "status": "suspended", "date": "2025-03-13", "start": "2025-03-13"}


@dataclass(frozen=True)
class Story:
    """Two statements that differ in little; @name in them stands for an event's id."""

    code: str
    refused: Payload | Callable[[TestLedger], Payload]
    recorded: Payload | Callable[[TestLedger], Payload]
    subject: str | None = None  # by default as the kind's family has it
    recorded_subject: str | None = None


def doubted(town: TestLedger) -> str:
    """A decision by a key that was stolen."""
    slot = town.submit("financing.changed", PROGRAMME, lines("2.00"), by=MAYOR).event
    revoke(town, MAYOR.key.public, COUNCIL_STREAM, "2025-09-01")
    return slot


def observed(town: TestLedger, by: Official) -> str:
    data = {"about": {"cell": LINE_CELL}, "text": "Чому?"}
    return town.submit("observation.made", PROGRAMME, data, by=by).event


def reported(town: TestLedger, by: Official) -> str:
    return town.submit("actual.reported", PROGRAMME, ACTUAL | {"period": "2025-Q2"}, by=by).event


def concluded(known: int) -> Payload:
    return CONCLUSION | {"figures": CONCLUSION["figures"] | {"known": known}}


def stating(town: TestLedger, data: Callable[[], Payload]) -> Payload:
    """What the service states, once its key is enrolled."""
    service.enrol(town)
    return data()


STORIES = {
    "body.opened": Story(
        "unknown-body",
        {"body": "new", "name": "Відділ", "parent": "nowhere"},
        {"body": "new", "name": "Відділ", "parent": COUNCIL},
    ),
    "person.registered": Story(
        "person-exists",
        {"person": "p-stranger", "name": "Особа"},
        {"person": "p-new", "name": "Секретар ради"},
    ),
    "office.created": Story(
        "unknown-kind", OFFICE | {"kinds": ["office.created"]}, OFFICE | {"kinds": ["act.registered"]}
    ),
    "mandate.granted": Story(
        "ends-before-start", MANDATE | {"end": "2026-01-01"}, MANDATE | {"end": "2026-01-02"}
    ),
    "mandate.ended": Story(
        "ends-before-start",
        {"mandate": "@mandate.granted p-commissioner", "end": "2023-12-31"},
        {"mandate": "@mandate.granted p-commissioner", "end": "2024-01-01"},
        subject="body:budget-commission",
    ),
    "key.enrolled": Story("key-exists", {}, {}, recorded_subject=FINANCE_STREAM),
    "key.rotated": Story(
        "no-live-key",
        lambda town: rotation_of(town, TREASURER, TREASURER.using(SECOND.key)),
        lambda town: rotation_of(town, SECRETARY, SECOND),
    ),
    "key.revoked": Story(
        "suspect-ahead",
        revocation(SECRETARY.key.public, "2025-09-02"),
        revocation(SECRETARY.key.public, "2025-09-01"),
    ),
    "registrar.changed": Story(
        "too-few-registrars",
        lambda town: named(town, *REGISTRARS, k=3),
        lambda town: named(town, *REGISTRARS, k=2),
    ),
    "body.succeeded": Story(
        "circular-successor",
        {"body": COUNCIL, "successor": FINANCE, "start": "2026-01-01"},
        {"body": COUNCIL, "successor": FOREIGN, "start": "2026-01-01"},
    ),
    "policy.set": Story(
        "policy-retroactive",
        policy(start="2025-08-31", lapse_days=3),
        policy(start="2025-09-01", lapse_days=3),
    ),
    "entry.reaffirmed": Story(
        "nothing-to-reaffirm",
        lambda town: {"entries": [statement(town, town.ids["financing"])]},
        lambda town: {"entries": [statement(town, doubted(town))]},
    ),
    "change.proposed": Story(
        "not-proposable",
        {"change": {"kind": "actual.reported", "schema": 1, "data": ACTUAL}},
        {"change": change(lines("1.00"))},
    ),
    "change.endorsed": Story(
        "other-content",
        lambda town: agreed(town, propose(town, lines("1.00"))) | {"content": "00" * 32},
        lambda town: agreed(town, propose(town, lines("1.00"))),
    ),
    "change.refused": Story(
        "other-content",
        lambda town: agreed(town, propose(town, lines("1.00"))) | {"content": "00" * 32, "reason": "Ні"},
        lambda town: agreed(town, propose(town, lines("1.00"))) | {"reason": "Ні"},
    ),
    "change.withdrawn": Story(
        "not-the-proposer",
        lambda town: {"proposal": propose(town, lines("1.00"), by=MAYOR)},
        lambda town: {"proposal": propose(town, lines("1.00"))},
    ),
    "observation.made": Story(
        "unknown-cell",
        {"about": {"cell": "/financing/9/2025/local"}, "text": "Чому?"},
        {"about": {"cell": LINE_CELL}, "text": "Чому?"},
    ),
    "observation.answered": Story(
        "self-answer",
        lambda town: {"observation": observed(town, SECRETARY), "text": "Так", "outcome": "explained"},
        lambda town: {"observation": observed(town, MAYOR), "text": "Так", "outcome": "explained"},
    ),
    "log_key.rotated": Story(
        "checkpoint-ahead",
        lambda town: rotation(town, size=town.position + 1),
        lambda town: rotation(town, size=town.position),
    ),
    "service_key.enrolled": Story(
        "person-exists",
        lambda town: service.key_data(town) | {"service": "p-stranger"},
        service.key_data,
    ),
    "ledger.heads": Story(
        "size-ahead",
        lambda town: stating(town, lambda: service.heads(town, town.position + 1)),
        lambda town: stating(town, lambda: service.heads(town, town.position)),
    ),
    "checkpoint.witnessed": Story(
        "size-ahead",
        lambda town: stating(town, lambda: service.witnessed(town, town.position + 1)),
        lambda town: stating(town, lambda: service.witnessed(town, town.position)),
    ),
    "timestamp.anchored": Story(
        "size-ahead",
        lambda town: stating(town, lambda: service.anchored(town, town.position + 1)),
        lambda town: stating(town, lambda: service.anchored(town, town.position)),
    ),
    "act.registered": Story("act-exists", ACT_DATA, ACT_DATA | {"act": "town-1-again"}),
    "act.status_changed": Story(
        "ends-before-start", PAUSE | {"to": "2025-03-13"}, PAUSE | {"to": "2025-03-14"}
    ),
    "programme.adopted": Story(
        "unknown-year",
        NEW | {"financing": [PLAN | {"year": 2028}]},
        NEW | {"financing": [PLAN | {"year": 2027}]},
        subject="programme:new",
    ),
    "programme.amended": Story(
        "unknown-cell", {"removed": ["/tree/1.2/result"]}, {"removed": ["/tree/1.2/title"]}
    ),
    "programme.closed": Story(
        "programme-closed-already",
        {"outcome": "terminated"},
        {"outcome": "terminated"},
        subject=CLOSED,
        recorded_subject=PROGRAMME,
    ),
    "financing.changed": Story("unknown-source", lines(line("1.00", source="moon")), lines(line("1.00"))),
    "appropriation.set": Story(
        "unknown-year", lines(line("1.00", year=2028)), lines(line("1.00", year=2027))
    ),
    "schedule.changed": Story("unknown-year", lines(line("1.00", year=2028)), lines(line("1.00", year=2027))),
    "treasury.imported": Story("day-ahead", EXTRACT | {"day": "2025-09-02"}, EXTRACT | {"day": "2025-09-01"}),
    "allocation.mapped": Story(
        "not-a-share",
        {"lines": [MAPPED | {"share": "1.000001"}]},
        {"lines": [MAPPED | {"share": "1.000000"}]},
    ),
    "finding.accepted": Story(
        "not-a-finding", FINDING | {"finding": "DOC-date:a"}, FINDING | {"finding": "DOC-DATE:a"}
    ),
    "evaluation.concluded": Story(
        "known-ahead",
        lambda town: concluded(town.position + 1),
        lambda town: concluded(town.position),
    ),
    "dataset.published": Story(
        "known-ahead",
        lambda town: DATASET | {"position": town.position + 1},
        lambda town: DATASET | {"position": town.position},
    ),
    "transfer.made": Story("not-positive", TRANSFER | {"amount": "0.00"}, TRANSFER | {"amount": "0.01"}),
    "transfer.returned": Story(
        "unknown-transfer",
        SPENT | {"transfer": "@transfer", "source": "oblast"},
        SPENT | {"transfer": "@transfer", "amount": "40.00"},
    ),
    "spending.reported": Story(
        "unknown-year", SPENDING | {"lines": [PLAN | {"year": 2026}]}, SPENDING | {"lines": [SPENT]}
    ),
    "actual.reported": Story(
        "value-of-another-kind",
        ACTUAL | {"period": "2025-Q2", "value": "Так"},
        ACTUAL | {"indicator": "i-2", "value": "Так"},
    ),
    "progress.reported": Story(
        "unknown-period",
        {"measure": "1.1", "period": "2028-01", "status": "done"},
        {"measure": "1.1", "period": "2027-12", "status": "done"},
    ),
    "report.accepted": Story(
        "unknown-report", {"report": "@financing"}, lambda town: {"report": reported(town, MAYOR)}
    ),
    "report.returned": Story(
        "unknown-report", {"report": "@transfer", "note": "Ні"}, {"report": "@actual", "note": "."}
    ),
}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with council_town(tmp_path / "ledger") as town:
        yield town


def filled(town: TestLedger, data: Payload | Callable[[TestLedger], Payload]) -> Payload:
    """The data with ids of the story's events in place of their names."""
    if callable(data):
        return data(town)
    return {
        name: town.ids[value[1:]] if isinstance(value, str) and value.startswith("@") else value
        for name, value in (data or town.key_data(SECRETARY)).items()
    }


def event_of(kind: Kind, data: Any, family: str | None = None) -> Common:
    """A kind's event with this data, as it would be read at the door. family: by default its first."""
    corrects = {"event": "01890a5d-ac96-774b-bcce-b302099a8057", "payload": "00" * 32}
    payload: Payload = {
        "id": "01890a5d-ac96-774b-bcce-b302099a8058",
        "ledger": {"origin": "town.example/pledger", "genesis": "00" * 32},
        "kind": kind.name,
        "schema": kind.schema,
        "subject": SUBJECTS[family or kind.family],
        "signers": [SECRETARY.signer()],
        "seen": 0,
        "submit_before": "2030-01-01T00:00:00Z",
        "data": data,
    }
    payload |= {"act": {"id": ACT}} if kind.act == "required" else {}
    payload |= {"effective": "2025-01-01"} if kind.effective == "required" else {}
    payload |= {"relations": {"corrects": corrects}} if data is None else {}
    return read_payload(dumps(payload))


every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)


@every_kind
def test_a_kind_has_a_json_schema_that_admits_no_other_members(kind: Kind) -> None:
    schema = kind.data.model_json_schema()
    assert schema["additionalProperties"] is False
    assert kind.model.model_json_schema(by_alias=True)["properties"]["schema"]["type"] == "integer"


@every_kind
def test_the_example_of_a_kind_is_a_good_event(kind: Kind) -> None:
    event = event_of(kind, kind.example)
    assert event.data is not None
    assert event.kind == kind.name


@every_kind
def test_a_kind_says_its_example_in_both_languages(kind: Kind) -> None:
    event = event_of(kind, kind.example)
    uk, en = kind.sentence(event, "uk", {}), kind.sentence(event, "en", {})
    assert uk != en
    for sentence in (uk, en, kind.title("uk"), kind.title("en")):
        assert sentence.strip()
        assert not set(sentence) & set("{}")
        assert "None" not in sentence
    assert any("а" <= letter <= "я" for letter in kind.title("uk").lower())
    assert kind.title("en").isascii()


@pytest.mark.parametrize(
    "kind",
    [kind for kind in KINDS.values() if kind.correctable and kind.voidable],
    ids=lambda kind: kind.name,
)
def test_a_kind_says_that_it_was_voided(kind: Kind) -> None:
    event = event_of(kind, None)
    assert kind.sentence(event, "uk", {}) == f"Скасовано запис: {kind.title_uk}"
    assert kind.sentence(event, "en", {}) == f"Voided: {kind.title_en}"


def test_a_decision_of_many_lines_is_told_by_three_of_them() -> None:
    kind = KINDS["financing.changed"]
    rows = lines(*(line("1.00", measure=str(n)) for n in range(5)))
    event = event_of(kind, rows)
    assert kind.sentence(event, "en", {}).endswith("; and 2 more")
    assert kind.sentence(event, "uk", {}).endswith("; та ще 2")


def test_a_sentence_tells_the_old_value_and_one_that_was_not_there() -> None:
    kind = KINDS["financing.changed"]
    event = event_of(kind, lines("150.00"))
    olds = {"/financing/1.1/2025/local": "100.00"}
    assert kind.sentence(event, "en", olds).endswith("100.00 → 150.00")
    assert kind.sentence(event, "en", {}).endswith("not set → 150.00")
    assert kind.sentence(event_of(kind, lines("")), "uk", {}).endswith("не встановлено → порожньо")


@pytest.mark.parametrize("name", STORIES)
def test_a_story_is_refused(name: str, town: TestLedger) -> None:
    story, family = STORIES[name], KINDS[name].family
    refusal = town.refused(name, story.subject or SUBJECTS[family], filled(town, story.refused))
    assert refusal.code == story.code


@pytest.mark.parametrize("name", STORIES)
def test_its_near_miss_is_recorded(name: str, town: TestLedger) -> None:
    story, family = STORIES[name], KINDS[name].family
    subject = story.recorded_subject or story.subject or SUBJECTS[family]
    data, before = filled(town, story.recorded), town.position
    assert town.submit(name, subject, data).index == before


def test_an_opening_is_refused_with_too_few_registrars_and_recorded_with_enough(tmp_path: Path) -> None:
    with TestLedger(tmp_path / "ledger") as town:
        assert (
            town.refused("ledger.opened", "root", town.opening, by=REGISTRARS[:1]).code
            == "too-few-registrars"
        )
        assert (
            town.refused("ledger.opened", "root", town.opening, by=REGISTRARS[1:]).code
            == "too-few-registrars"
        ), "k are enough for an event, but each registrar has to show the key at the opening"
        assert town.submit("ledger.opened", "root", town.opening, by=REGISTRARS).index == 0


def test_every_kind_has_its_story() -> None:
    assert set(STORIES) | {"ledger.opened"} == set(KINDS)


@every_kind
def test_a_kind_is_taken_by_each_of_its_families_and_by_no_other(kind: Kind) -> None:
    for family, subject in SUBJECTS.items():
        if family in kind.families:
            assert event_of(kind, kind.example, family).subject == subject
        else:
            with pytest.raises(Refusal, match="wrong-subject at /subject"):
                event_of(kind, kind.example, family)


@every_kind
def test_what_registry_and_acts_take_evolves_and_only_programmes_have_cells(kind: Kind) -> None:
    assert kind.evolve is not None or kind.families == ("programme",)
    if "programme" not in kind.families:
        assert not kind.writes_of(event_of(kind, kind.example), "slot")


@every_kind
def test_only_kinds_that_write_cells_are_proposed(kind: Kind) -> None:
    if kind.proposable:
        assert kind.families == ("programme",)
        assert kind.writes_of(event_of(kind, kind.example), "slot")
    assert not (kind.proposable and kind.registrar)


def test_statuses_that_start_and_stop_nothing_leave_the_programme_alone(town: TestLedger) -> None:
    cells = town.timeline().cells
    town.submit("act.status_changed", COUNCIL_STREAM, published(ACT))
    assert town.timeline().cells == cells
