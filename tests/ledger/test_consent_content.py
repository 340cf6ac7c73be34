"""The content hash: what endorsements bind to, member by member; and reading back what was signed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import dumps
from ledger.consent import content_hash, members_of
from ledger.kinds import KINDS
from tests.support.council import (
    MAYOR,
    MONEY,
    NEVER,
    agreed,
    content_of,
    council_town,
    enacts,
    endorse,
    hash_of,
    propose,
)
from tests.support.people import SECRETARY
from tests.support.town import PROGRAMME, Payload, TestLedger, line, lines

pytestmark = pytest.mark.thorough

FILE = {"name": "a.pdf", "media_type": "application/pdf", "size": 1, "sha256": "00" * 32, "access": "public"}
CONTENT: Payload = {
    "kind": MONEY,
    "schema": 1,
    "subject": PROGRAMME,
    "effective": "2025-03-01",
    "relations": {"corrects": {"event": NEVER, "payload": "11" * 32}},
    "files": [FILE],
    "data": lines("170.00"),
}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[TestLedger]:
    with council_town(tmp_path / "ledger") as town:
        yield town


# -- what is in the hash -------------------------------------------------------------------------


def test_the_content_hash_is_sha_256_of_the_canonical_members() -> None:
    assert content_hash(CONTENT) == sha256(dumps(CONTENT)).hexdigest()


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("kind", "appropriation.set"),
        ("schema", 2),
        ("subject", "programme:another"),
        ("effective", "2025-03-02"),
        ("relations", {"corrects": {"event": NEVER, "payload": "22" * 32}}),
        ("files", [FILE | {"sha256": "11" * 32}]),
        ("files", [FILE, FILE]),
        ("data", lines("170.01")),
    ],
)
def test_each_member_of_the_content_changes_the_hash(member: str, value: Any) -> None:
    assert content_hash(CONTENT | {member: value}) != content_hash(CONTENT)


@pytest.mark.parametrize("member", ["effective", "relations", "files"])
@pytest.mark.parametrize("empty", [None, {}, []])
def test_what_is_absent_or_empty_is_left_out(member: str, empty: Any) -> None:
    without = {name: value for name, value in CONTENT.items() if name != member}
    assert (
        content_hash(CONTENT | {member: empty}) == content_hash(without) == sha256(dumps(without)).hexdigest()
    )


@pytest.mark.parametrize(
    "more",
    [
        {"id": NEVER},
        {"signers": []},
        {"seen": 7},
        {"submit_before": "2030-01-01T00:00:00Z"},
        {"act": {"id": "a"}},
        {"reason": "Тому що"},
        {"acknowledges": ["old-mismatch"]},
        {"ledger": {}},
    ],
    ids=lambda more: next(iter(more)),
)
def test_what_the_enacted_event_adds_is_not_in_the_hash(more: Payload) -> None:
    assert content_hash(CONTENT | more) == content_hash(CONTENT)


def test_enacts_is_not_in_the_hash_and_relations_without_it_are() -> None:
    relations = CONTENT["relations"] | enacts(NEVER)
    assert content_hash(CONTENT | {"relations": relations}) == content_hash(CONTENT)
    alone = CONTENT | {"relations": enacts(NEVER)}
    assert content_hash(alone) == content_hash({n: v for n, v in CONTENT.items() if n != "relations"})


@pytest.mark.parametrize(
    "change_of",
    [
        {},
        {"files": [FILE]},
        {"effective": "2025-06-01"},
        {"kind": "appropriation.set"},
        {"relations": {}, "files": []},
        {"relations": {"corrects": None}},
    ],
    ids=str,
)
def test_the_ledger_and_an_auditor_find_the_same_hash(town: TestLedger, change_of: Payload) -> None:
    proposal = propose(town, lines("170.00"), **change_of)
    assert town.programme().proposals[proposal].content == content_of(town.recorded[proposal])
    endorse(town, proposal, MAYOR)


def test_only_the_proposals_own_hash_is_endorsed_or_refused(town: TestLedger) -> None:
    first, second = propose(town, lines("170.00")), propose(town, lines("9999.00"))
    replayed = agreed(town, first) | {"proposal": second}
    for kind, data in (("change.endorsed", replayed), ("change.refused", replayed | {"reason": "Ні"})):
        refusal = town.refused(kind, PROGRAMME, data, by=MAYOR)
        assert (refusal.code, refusal.pointer) == ("other-content", "/data/content")
        assert refusal.details["proposal"] == agreed(town, second)["content"]


@pytest.mark.parametrize(
    ("member", "common"),
    [("effective", {"effective": "2025-03-02"}), ("files", {"files": [FILE]})],
)
def test_an_enactment_that_differs_in_any_member_is_another_text(
    town: TestLedger, member: str, common: Payload
) -> None:
    proposal = propose(town, lines("170.00"))
    found = town.asked_about(MONEY, PROGRAMME, lines("170.00"), relations=enacts(proposal), **common)
    assert [one.code for one in found] == ["other-text"]
    assert found[0].details["differences"][0]["path"].startswith(f"/{member}")


def test_an_amount_spelt_out_of_its_defaults_is_another_text(town: TestLedger) -> None:
    """What was signed is compared, not what it means: a member said to be null is a member."""
    proposal = propose(town, lines("170.00"))
    spelt = lines(line("170.00") | {"kekv": None})
    assert town.asked(MONEY, PROGRAMME, spelt, relations=enacts(proposal)) == {"other-text"}
    assert hash_of(CONTENT) != hash_of(CONTENT | {"data": spelt})


# -- reading back what was signed ---------------------------------------------------------------------


def payload_of(name: str, data: Any, **more: Any) -> Payload:
    kind = KINDS[name]
    members: Payload = {
        "id": NEVER,
        "ledger": {"origin": "town.example/pledger", "genesis": "00" * 32},
        "kind": name,
        "schema": kind.schema,
        "subject": {"root": "root", "trust": "trust", "body": "body:b", "programme": PROGRAMME}[kind.family],
        "signers": [SECRETARY.signer()],
        "seen": 0,
        "submit_before": "2030-01-01T00:00:00Z",
        "data": data,
    }
    return members | more


def read_back(payload: Payload) -> bytes:
    return dumps(members_of(KINDS[payload["kind"]].parse(dumps(payload))))


@pytest.mark.parametrize("name", KINDS)
def test_an_example_is_read_back_as_it_was_signed(name: str) -> None:
    payload = payload_of(name, KINDS[name].example)
    assert read_back(payload) == dumps(payload)


@pytest.mark.parametrize("name", KINDS)
def test_a_voided_statement_is_read_back_as_it_was_signed(name: str) -> None:
    payload = payload_of(name, None, relations={"corrects": {"event": NEVER, "payload": "00" * 32}})
    assert read_back(payload) == dumps(payload)


ids = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
texts = st.text("абвгґдеє .,0123456789xyz", max_size=20)
days = st.dates().map(lambda day: day.isoformat()).filter(lambda day: day >= "1900")
money = st.integers(0, 10**9).map(lambda cents: f"{cents // 100}.{cents % 100:02}")


def sometimes(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[Payload]:
    """Any of these members, or none."""
    return st.fixed_dictionaries({}, optional=members)


rows = st.builds(
    lambda row, more: row | more,
    st.fixed_dictionaries(
        {
            "measure": ids,
            "year": st.integers(2000, 2100),
            "source": ids,
            "op": st.sampled_from(["set", "add"]),
        }
    ),
    sometimes(
        amount=money | st.sampled_from(["-", "", None]),
        since=days | st.none(),
        stated_old=money | st.none(),
        kpkvk=st.just("0117370") | st.none(),
        kekv=st.none(),
        fund=st.sampled_from(["general", None]),
    ),
)
decisions = st.fixed_dictionaries({"lines": st.lists(rows, min_size=1, max_size=4)})
endorsements = st.builds(
    lambda asked, more: asked | more,
    st.fixed_dictionaries({"offices": st.lists(ids, min_size=1, max_size=3), "needed": st.integers(1, 3)}),
    sometimes(ordered=st.booleans(), other_persons=st.booleans()),
).map(lambda asked: asked | {"shortfall": "record"})
rules = st.builds(
    lambda rule, more: rule | more,
    st.just({"kinds": [MONEY]}),
    sometimes(
        offices=st.lists(ids, min_size=1, max_size=3) | st.none(),
        endorsements=endorsements | st.none(),
        forbidden=st.just([]) | st.just(["old-mismatch"]),
        silent=st.just([]),
    ),
)
policies = st.builds(
    lambda said, more: said | more,
    st.just({"policy": "p", "title": "Правило", "start": "2026-01-01"}),
    sometimes(
        rules=st.lists(rules, max_size=3),
        lapse_days=st.integers(0, 30) | st.none(),
        programme=ids | st.none(),
        calendar=st.just({"holidays": ["2026-01-01"]}) | st.just({}) | st.none(),
        session=st.just({"amount": "1.00", "days": 3}) | st.none(),
        deadlines=st.just([{"kinds": [MONEY], "period": "year", "months": 1, "day": 5}]),
    ),
)
indicators = st.builds(
    lambda one, more: one | more,
    st.just({"id": "i-1", "name": "Показник", "kind": "flow", "unit": "одиниць"}),
    sometimes(
        measure=ids | st.none(), targets=st.dictionaries(st.sampled_from(["2025", "2026"]), st.just("1"))
    ),
)
amendments = sometimes(
    title=st.just("Назва"),
    term=st.just({"from": 2025, "to": 2026}),
    indicators=st.lists(indicators, max_size=2),
    removed=st.just(["/tree/1/title"]),
)
proposals = st.builds(
    lambda data, more, note: {"change": {"kind": MONEY, "schema": 1, "data": data} | more} | note,
    decisions,
    sometimes(
        effective=days | st.none(),
        files=st.lists(st.just(FILE), max_size=2),
        relations=sometimes(corrects=st.none() | st.just({"event": NEVER, "payload": "00" * 32})),
    ),
    sometimes(note=texts),
)
DATA = {
    MONEY: decisions,
    "appropriation.set": decisions,
    "policy.set": policies,
    "programme.amended": amendments,
    "change.proposed": proposals,
}
common = sometimes(
    effective=days | st.none(),
    act=st.none() | st.just({"id": "a"}) | st.just({"id": "a", "point": None}),
    reason=texts,
    files=st.lists(st.just(FILE), max_size=2),
    acknowledges=st.lists(st.just("old-mismatch"), max_size=1),
    example=st.none() | st.just("навчальний"),
    relations=sometimes(
        corrects=st.none() | st.just({"event": NEVER, "payload": "00" * 32}),
        answers=st.none() | st.just(NEVER),
        enacts=st.none() | st.just({"proposal": NEVER}),
    ),
)


@given(st.data())
def test_any_payload_is_read_back_exactly_as_it_was_signed(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(DATA)))
    payload = payload_of(name, data.draw(DATA[name]), **data.draw(common))
    assert read_back(payload) == dumps(payload)


@given(decisions, common)
def test_any_content_hash_is_the_one_that_an_auditor_finds(data: Payload, more: Payload) -> None:
    payload = payload_of(MONEY, data, **more)
    members = members_of(KINDS[MONEY].parse(dumps(payload)))
    assert content_hash(members) == hash_of(json.loads(dumps(payload)))
