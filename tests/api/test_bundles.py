"""Bundles: what is in them, and that they verify without a network. Source: docs/proof.md, Bundles."""

from __future__ import annotations

import zipfile
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ledger.checkpoint import parse_checkpoint
from ledger.note import parse_note
from ledger.service_signing import heads_data
from tests.api.bundling import Bundle, Desk, faults, open_desk, prove, witness
from tests.api.door import pointers, problem_of
from tests.api.story import ACT_TWO, CONTENT, EVENTS, EVIDENCE, POSITIONS, tell_story
from tests.support.clock import FrozenClock
from tests.support.town import (
    ACT,
    ACT_DATA,
    COUNCIL_STREAM,
    LINE_CELL,
    PROGRAMME,
    PROGRAMME_DATA,
    PROGRAMME_ID,
    TestLedger,
    lines,
)

BASE = f"/v1/programmes/{PROGRAMME_ID}"
DAY = "2025-06-01"
# How each type is asked for, the route that gives the same answer, and whether it is complete.
QUESTIONS: dict[str, tuple[str, dict[str, str], bool]] = {
    "programme": (BASE, {"as_of": DAY}, True),
    "diff": (BASE, {"as_of": DAY, "from_as_of": "2025-02-01"}, True),
    "cell": (BASE, {"as_of": DAY, "path": LINE_CELL}, True),
    "event": ("/v1/events/{changed}", {}, False),
    "act": (f"/v1/acts/{ACT_TWO}", {}, False),
}

# The story's events and positions, and one that came later: the story's own names are other tests' too.
NAMED: dict[str, str] = {}
KNOWN: dict[str, int] = {}


@pytest.fixture(scope="module")
def proved_town(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> TestLedger:
    """The story, with heads over all of it that a witness saw; and one change that came later."""
    town = TestLedger.copy_of(model_town, tmp_path_factory.mktemp("proved") / "town")
    tell_story(town)
    prove(town)
    town.clock.advance(days=1)
    later = town.submit("financing.changed", PROGRAMME, lines("999.00"), act=ACT, effective="2025-05-01")
    NAMED.update(EVENTS, later=later.event)
    KNOWN.update(POSITIONS, later=town.position)
    town.submit("act.registered", COUNCIL_STREAM, ACT_DATA | {"act": "town-9", "number": "9"})
    programme = PROGRAMME_DATA | {"programme": "town-later-2025"}
    town.submit("programme.adopted", "programme:town-later-2025", programme, effective="2025-01-01")
    town.close()
    return town


@pytest.fixture(scope="module")
def desk(proved_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(proved_town, tmp_path_factory.mktemp("desk")) as opened:
        opened.door.client.put(
            f"/v1/files/{EVIDENCE['sha256']}",
            content=CONTENT,
            headers={"Content-Type": "application/octet-stream"},
        ).raise_for_status()
        yield opened


def ask(desk: Desk, question: str, **more: object) -> Bundle:
    path, parameters, _ = QUESTIONS[question]
    return desk.fetch(path.format(**NAMED), **{**parameters, **more})


# -- every type ----------------------------------------------------------------------------


@pytest.mark.parametrize("question", QUESTIONS)
def test_it_verifies_by_the_verifiers_own_trust(desk: Desk, question: str) -> None:
    ask(desk, question).verified()


@pytest.mark.parametrize("question", QUESTIONS)
def test_without_a_trust_file_it_is_only_consistent_with_itself(desk: Desk, question: str) -> None:
    report = ask(desk, question).report()
    assert report.verdict == "self-consistent", faults(report)


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_proves_no_absence_says_so(desk: Desk, question: str) -> None:
    complete = QUESTIONS[question][2]
    bundle = ask(desk, question)
    assert bundle.manifest["complete"] is complete
    cover = bundle.read("README.txt").decode()
    assert ("\nПовна:" in cover, "\nComplete:" in cover) == (complete, complete)
    assert ("\nДобірка: не доводить відсутності" in cover) is not complete
    assert ("\nSelection: proves no absence" in cover) is not complete
    status = bundle.verified().checks["complete"].status
    assert status == ("ok" if complete else "warning")


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_same_question_gives_the_same_bytes(desk: Desk, question: str) -> None:
    first, second = ask(desk, question), ask(desk, question)
    assert first.content == second.content
    clock = desk.door.town.clock
    assert isinstance(clock, FrozenClock)
    clock.advance(hours=1)
    third = ask(desk, question)
    with zipfile.ZipFile(first.path) as one, zipfile.ZipFile(third.path) as other:
        assert one.namelist() == other.namelist()
        differing = [name for name in one.namelist() if one.read(name) != other.read(name)]
    assert differing == ["bundle.json"]
    assert first.manifest | {"made_at": ""} == third.manifest | {"made_at": ""}


@pytest.mark.parametrize("question", QUESTIONS)
def test_its_members_have_one_order_one_date_and_nothing_of_this_machine(desk: Desk, question: str) -> None:
    with zipfile.ZipFile(ask(desk, question).path) as archive:
        infos = archive.infolist()
    names = [info.filename for info in infos]
    assert names[:4] == ["bundle.json", "answer.json", "README.txt", "checkpoint"]
    numbers = [int(name[8:-5]) for name in names if name.startswith("entries/")]
    assert numbers == sorted(numbers)
    for info in infos:
        assert info.date_time == (1980, 1, 1, 0, 0, 0)
        assert (info.extra, info.comment, info.create_system) == (b"", b"", 3)


@pytest.mark.parametrize(
    ("question", "route"),
    [
        ("programme", BASE + "?as_of={day}&known={known}"),
        ("diff", BASE + "/diff?from_as_of=2025-02-01&from_known={known}&to_as_of={day}&to_known={known}"),
        ("cell", BASE + "/blame?as_of={day}&known={known}&path=" + LINE_CELL),
        ("act", f"/v1/acts/{ACT_TWO}?known={{known}}"),
        ("event", "/v1/events/{changed}"),
    ],
)
def test_the_answer_is_what_the_api_answers_of_it(desk: Desk, question: str, route: str) -> None:
    """What its pages show besides is not in it: test_bundle_answers.py says which members are."""
    bundle = ask(desk, question)
    subject = bundle.manifest["subject"]
    known = subject["to"]["known"] if question == "diff" else subject["known"]
    answer = desk.door.json(route.format(day=DAY, known=known, **NAMED))
    assert _is_within(bundle.json("answer.json"), answer)


def _is_within(part: Any, whole: Any) -> bool:
    """Every member of the one is in the other, and no row of a list is left out."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and _is_within(one, whole[name]) for name, one in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return len(part) == len(whole) and all(map(_is_within, part, whole))
    return type(part) is type(whole) and bool(part == whole)


def test_an_answer_of_several_pages_is_whole(desk: Desk) -> None:
    known = KNOWN["corrected"]
    whole = ask(desk, "diff", known=known).json("answer.json")
    path = f"{BASE}/diff?from_as_of=2025-02-01&from_known={known}&to_as_of={DAY}&to_known={known}&limit=1"
    changes, following = [], path
    while following:
        page = desk.door.json(following)
        changes += page["changes"]
        following = page["next"]
    assert len(changes) > 1
    assert _is_within(whole["changes"], changes)


def test_a_download_says_what_it_is(desk: Desk) -> None:
    answer = ask(desk, "cell").answer
    known = answer.headers["pledger-position"]
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="pledger-cell-{PROGRAMME_ID}-financing-1.1-2025-local-{DAY}-{known}.zip"'
    )
    assert int(answer.headers["content-length"]) == len(answer.content)


# -- positions -----------------------------------------------------------------------------


def test_it_answers_for_the_newest_position_that_the_heads_prove(desk: Desk) -> None:
    bundle = ask(desk, "programme")
    size = bundle.manifest["heads"]["size"]
    assert bundle.manifest["subject"]["known"] == size < KNOWN["later"]
    assert bundle.answer.headers["pledger-position"] == str(size)
    assert KNOWN["later"] - 1 not in bundle.indexes


PASTS = [(name, day) for name in ("act", "changed", "reported", "corrected", "suspended")
         for day in ("2025-01-01", "2025-04-15", "2030-01-01")]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "day"),
    [past if at % 4 == 0 else pytest.param(*past, marks=pytest.mark.slow) for at, past in enumerate(PASTS)],
)
def test_a_past_is_proved_by_the_same_streams(desk: Desk, name: str, day: str) -> None:
    bundle = ask(desk, "programme", known=KNOWN[name], as_of=day)
    report = bundle.verified()
    assert bundle.manifest["complete"] is True
    assert report.checks["complete"].status == "ok"
    assert bundle.indexes == ask(desk, "programme").indexes


@pytest.mark.parametrize("question", QUESTIONS)
def test_beyond_the_heads_none_is_made(desk: Desk, question: str) -> None:
    """A revocation in between could be left out, and nobody would see."""
    path, parameters, _ = QUESTIONS[question]
    answer = desk.get(path.format(**NAMED), **parameters, known=KNOWN["later"])
    document = problem_of(answer, 409, "beyond-heads")
    size = ask(desk, question).manifest["heads"]["size"]
    assert document["details"]["position"] == size
    assert f"№ {size}" in document["message"]["en"]
    assert answer.headers["retry-after"]


def test_an_earlier_point_beyond_the_heads_counts_too(desk: Desk) -> None:
    answer = desk.get(BASE, from_known=KNOWN["later"], known=KNOWN["corrected"])
    assert pointers(problem_of(answer, 409, "beyond-heads")) == ["/query/from_known"]


@pytest.mark.parametrize("path", ["/v1/events/{later}", "/v1/acts/town-9", "/v1/programmes/town-later-2025"])
def test_what_came_after_the_heads_is_not_called_absent(desk: Desk, path: str) -> None:
    problem_of(desk.get(path.format(**NAMED)), 409, "beyond-heads")


def test_a_ledger_without_heads_proves_nothing(model_town: TestLedger, tmp_path: Path) -> None:
    with open_desk(model_town, tmp_path) as desk:
        problem_of(desk.get(BASE), 409, "no-heads")


# -- what it rests on ----------------------------------------------------------------------


def test_the_checkpoint_is_the_newest_that_a_witness_saw(desk: Desk) -> None:
    note = parse_note(ask(desk, "programme").read("checkpoint").decode())
    assert "witness.example/w1" in {one.name for one in note.signatures}
    cover = ask(desk, "programme").read("README.txt").decode()
    assert "Cosigned, as the signature lines say, by: witness.example/w1" in cover


def test_while_no_witness_saw_the_heads_the_checkpoint_is_the_newest_one(
    model_town: TestLedger, tmp_path: Path
) -> None:
    with TestLedger.copy_of(model_town, tmp_path / "town") as town:
        prove(town)
        town.submit("financing.changed", PROGRAMME, lines("1.00"))
        town.submit("ledger.heads", "trust", heads_data(town.ledger.reader))
    with open_desk(town, tmp_path) as desk:
        bundle = desk.fetch(BASE, as_of=DAY)
        note = parse_note(bundle.read("checkpoint").decode())
        assert {one.name for one in note.signatures} == {"town.example/pledger"}
        assert parse_checkpoint(note.text).size == desk.door.town.position
        assert "No witness cosigned this checkpoint." in bundle.read("README.txt").decode()
        bundle.verified()


def test_streams_are_whole_and_others_are_proved_not_to_be(desk: Desk) -> None:
    rows = {row["stream"]: row for row in ask(desk, "programme").manifest["streams"]}
    whole = {name for name, row in rows.items() if row["whole"]}
    assert {"root", "body:town-council", PROGRAMME} <= whole
    assert not any(name.startswith("programme:") and name != PROGRAMME for name in whole)


def test_a_body_that_never_had_an_entry_is_proved_to_have_none(
    model_town: TestLedger, tmp_path: Path
) -> None:
    """Judging asks for the registrars of every body above; the parent of the council has no stream."""
    with TestLedger.copy_of(model_town, tmp_path / "town") as town:
        for body, parent in (("m-region", None), ("a-town", "m-region")):
            placed = {"parent": parent} if parent else {}
            town.submit("body.opened", "root", {"body": body, "name": "Орган", **placed})
        office = {"office": "a-clerk", "name": "Посада", "kinds": ["change.endorsed"]}
        town.submit("office.created", "body:a-town", office)
        policy = {"policy": "p", "title": "Правило", "start": "2025-09-01"}
        asked = {"offices": ["a-clerk"], "needed": 1, "shortfall": "record"}
        rules = [{"kinds": ["financing.changed"], "endorsements": asked}]
        town.submit("policy.set", "root", policy | {"rules": rules})
        prove(town)
    with open_desk(town, tmp_path) as desk:
        bundle = desk.fetch(BASE, as_of=DAY)
        bundle.verified()
        rows = {row["stream"]: row for row in bundle.manifest["streams"]}
        assert rows["body:a-town"]["whole"] is True
        assert "body:m-region" not in rows
        assert bundle.verified().checks["complete"].status == "ok"


def test_an_asker_learns_how_its_own_head_and_the_bundle_are_joined(desk: Desk) -> None:
    size = parse_checkpoint(parse_note(ask(desk, "event").read("checkpoint").decode()).text).size
    older, newer = ask(desk, "event", from_=5), ask(desk, "event", from_=desk.door.town.position)
    assert [older.json("consistency.json")[name] for name in ("from", "to")] == [5, size]
    found = newer.json("consistency.json")
    assert [found[name] for name in ("from", "to")] == [size, desk.door.town.position]
    with zipfile.ZipFile(ask(desk, "event", from_=size).path) as archive:
        assert "consistency.json" not in archive.namelist()


def test_what_was_remembered_is_compared(desk: Desk) -> None:
    newest = desk.door.get("/v1/checkpoint").text
    size = parse_checkpoint(parse_note(newest).text).size
    anchors = desk.anchors
    remembering = type(anchors)(anchors.origin, anchors.genesis, anchors.log_key, remembered=(newest,))
    joined = ask(desk, "programme", from_=size).report(remembering)
    assert joined.checks["remembered"].status == "ok"
    alone = ask(desk, "programme").report(remembering)
    assert (alone.checks["remembered"].status, alone.verdict) == ("warning", "verified")


# -- files ---------------------------------------------------------------------------------


def test_a_public_file_that_is_here_comes_with_it(desk: Desk) -> None:
    bundle = ask(desk, "programme")
    row = next(row for row in bundle.manifest["files"] if row["sha256"] == EVIDENCE["sha256"])
    assert row == {
        "sha256": EVIDENCE["sha256"],
        "size": len(CONTENT),
        "name": EVIDENCE["name"],
        "event": NAMED["reported"],
        "state": "present",
    }
    assert bundle.read(f"files/{EVIDENCE['sha256']}") == CONTENT
    assert bundle.verified().checks["files"].facts["present"] == 1


def test_restricted_and_missing_files_are_told_apart(model_town: TestLedger, tmp_path: Path) -> None:
    secret, absent = b"a name and a number", b"never sent"
    files = [
        {
            "name": name,
            "media_type": "text/plain",
            "size": len(content),
            "sha256": sha256(content).hexdigest(),
            "access": access,
        }
        for name, content, access in (("a.txt", secret, "restricted"), ("b.txt", absent, "public"))
    ]
    with TestLedger.copy_of(model_town, tmp_path / "town") as town:
        town.submit("financing.changed", PROGRAMME, lines("5.00"), files=files)
        prove(town)
    with open_desk(town, tmp_path) as desk:
        headers = {"Content-Type": "application/octet-stream"}
        place = f"/v1/files/{files[0]['sha256']}"
        desk.door.client.put(place, content=secret, headers=headers).raise_for_status()
        bundle = desk.fetch(BASE, as_of=DAY)
        assert {row["name"]: row["state"] for row in bundle.manifest["files"]} == {
            "a.txt": "withheld",
            "b.txt": "missing",
        }
        with zipfile.ZipFile(bundle.path) as archive:
            assert not [name for name in archive.namelist() if name.startswith("files/")]
        assert bundle.verified().checks["files"].reason == "files-missing"


def test_a_file_that_no_entry_of_the_bundle_restricts_is_left_out(
    model_town: TestLedger, tmp_path: Path
) -> None:
    """It was restricted after the heads: its bytes stay here, and the bundle cannot prove why."""
    named = {
        "name": "a.txt",
        "media_type": "text/plain",
        "size": 1,
        "sha256": sha256(b"a").hexdigest(),
        "access": "public",
    }
    with TestLedger.copy_of(model_town, tmp_path / "town") as town:
        town.submit("financing.changed", PROGRAMME, lines("5.00"), files=[named])
        prove(town)
        town.submit("financing.changed", PROGRAMME, lines("6.00"), files=[named | {"access": "restricted"}])
        witness(town)
    with open_desk(town, tmp_path) as desk:
        bundle = desk.fetch(BASE, as_of=DAY)
        assert [row["state"] for row in bundle.manifest["files"]] == ["left-out"]
        report = bundle.verified()
        assert (report.checks["files"].status, report.checks["files"].reason) == ("warning", "files-left-out")


# -- stamps --------------------------------------------------------------------------------


def test_the_stamps_over_its_checkpoint_come_with_it(model_town: TestLedger, tmp_path: Path) -> None:
    from tests.support.service import authority, response_over

    with TestLedger.copy_of(model_town, tmp_path / "town") as town:
        prove(town)
        note = town.ledger.reader.entries(town.position - 1, 1)[0].stated().event.data.checkpoint
        stamp = {"checkpoint": note, "response": response_over(note)}
        town.submit("timestamp.anchored", "trust", stamp)
    with open_desk(town, tmp_path) as desk:
        bundle = desk.fetch(BASE, as_of=DAY)
        assert bundle.read("stamps/1.tsr") == b64decode(stamp["response"])
        anchors = desk.anchors
        believing = type(anchors)(
            anchors.origin, anchors.genesis, anchors.log_key, tsa=(authority().top.pem,)
        )
        found = bundle.report(believing)
        assert found.checks["stamps"].count == 1
        assert found.verdict == "verified", faults(found)


# -- what is refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "question", "code"),
    [
        ("/v1/programmes/no-such", {}, "no-such-programme"),
        ("/v1/events/01890a5d-ac96-774b-bcce-b302099a8057", {}, "no-such-event"),
        ("/v1/acts/no-such", {}, "no-such-record"),
        (BASE, {"known": "21"}, "no-such-programme"),
        ("/v1/events/{later}", {"known": "21"}, "no-such-event"),
        (f"/v1/acts/{ACT_TWO}", {"known": "21"}, "no-such-record"),
        (BASE, {"known": "5"}, "no-ledger-yet"),
        (BASE, {"known": "9999"}, "position-ahead"),
        (BASE, {"from": "9999"}, "position-ahead"),
    ],
)
def test_what_is_not_there_is_not_bundled(desk: Desk, path: str, question: dict[str, str], code: str) -> None:
    problem_of(desk.get(path.format(**NAMED), **question), 404, code)


def test_a_cell_and_a_difference_are_two_questions(desk: Desk) -> None:
    answer = desk.get(BASE, path=LINE_CELL, from_as_of="2025-01-01")
    problem_of(answer, 400, "bad-parameter")


def test_no_more_are_made_at_once_than_there_are_slots(proved_town: TestLedger, tmp_path: Path) -> None:
    with open_desk(proved_town, tmp_path, bundles_at_once=1) as desk:
        context: Any = desk.door.client.app.state.context  # type: ignore[attr-defined]
        taken = desk.door.client.portal
        assert taken is not None
        taken.call(context.bundles.acquire)
        answer = desk.get(BASE)
        assert problem_of(answer, 503, "busy")
        assert answer.headers["retry-after"]
        taken.call(context.bundles.release)
        desk.fetch(BASE).verified()


def test_heads_that_are_not_of_this_log_are_no_ground_for_a_bundle(
    model_town: TestLedger, tmp_path: Path
) -> None:
    """Whoever holds the service key can state anything: nothing is handed out that rests on it."""
    with TestLedger.copy_of(model_town, tmp_path / "town") as town:
        prove(town)
        town.submit("ledger.heads", "trust", {"size": town.position, "root": "5e" * 32, "streams": 3})
        witness(town)
    with open_desk(town, tmp_path) as desk:
        assert desk.get(BASE).status_code == 503
