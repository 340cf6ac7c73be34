"""The answer in a bundle is what its entries give, to the last member. Source: docs/proof.md, Bundles."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import VerificationError
from ledger.verify.archive import Archive, BundleError
from ledger.verify.bundle import verify_bundle
from ledger.verify.bundle_answer import check_answer
from ledger.verify.registry import replay_registry
from ledger.verify.report import Report
from ledger.verify.spool import spooled
from tests.api.bundling import open_desk
from tests.support.town import LINE_CELL, TestLedger
from tests.tampering.archives import BASE, DAY, Members, anchors, edit, packed, unpacked
from tests.tampering.harness import finds_of
from tests.tampering.story import told

pytestmark = pytest.mark.thorough

Change = Callable[[Any], Any]
EMPTY = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"  # of {}

# What an answer holds, and no more. Source: docs/proof.md, Bundles.
MEMBERS: dict[str, set[str]] = {
    "programme": {"programme", "as_of", "known", "state", "cells", "state_hash"},
    "diff": {"programme", "from", "to", "changes"},
    "cell": {"programme", "as_of", "known", "path", "value", "items"},
    "act": {"item", "known"},
    "reported": {"event", "index", "kind", "stream", "version", "recorded_at", "payload", "slot", "entry"}
    | {"effective", "reason", "example", "acknowledges", "corrects", "doubt", "act", "signers", "files"}
    | {"writes"},
}
KINDS = {"reported": "actual.reported", "changed": "financing.changed", "revoked": "key.revoked"} | {
    "registered": "act.registered",
    "opened": "ledger.opened",
    "adopted": "programme.adopted",
    "status": "act.status_changed",
    "heads": "ledger.heads",
}


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Members]:
    folder = tmp_path_factory.mktemp("answers")
    with TestLedger.copy_of(told().town, folder / "town") as town:
        everything = list(town.ledger.reader.entries(0, town.position))
    with open_desk(town, folder / "desk") as desk:
        size = desk.fetch(BASE, as_of=DAY).manifest["heads"]["size"]
        last = {one.stated().event.kind: one.event_id() for one in everything[:size]}
        act = desk.door.json("/v1/acts")["items"][0]["id"]
        asked: dict[str, tuple[str, dict[str, str]]] = {
            "programme": (BASE, {"as_of": DAY}),
            "diff": (BASE, {"as_of": DAY, "from_as_of": "2025-01-01"}),
            "cell": (BASE, {"as_of": DAY, "path": LINE_CELL}),
            "act": (f"/v1/acts/{act}", {}),
            **{name: (f"/v1/events/{last[kind]}", {}) for name, kind in KINDS.items() if kind in last},
        }
        return {name: unpacked(desk.fetch(path, **question).path) for name, (path, question) in asked.items()}


ALL = ("programme", "diff", "cell", "act", "reported", "changed", "revoked", "registered", "adopted")


def _finds(members: Members, folder: Path) -> tuple[str, frozenset[str]]:
    try:
        report = verify_bundle(packed(folder / "b.zip", members), anchors())
    except VerificationError:
        return "failed", frozenset(["format/bundle-malformed"])
    return report.verdict, finds_of(report)


@pytest.mark.parametrize("name", [*ALL, "opened", "status"])
def test_an_honest_answer_verifies_with_all_its_doubt(
    bundles: dict[str, Members], name: str, tmp_path: Path
) -> None:
    assert _finds(bundles[name], tmp_path) == ("verified", frozenset())
    report = verify_bundle(packed(tmp_path / "b.zip", bundles[name]), anchors())
    doubtful = name == "reported"  # of a selection; what lifts it may be left out, which is said
    assert report.checks["answer"].status == "ok"
    assert report.checks["doubt"].status == ("warning" if doubtful else "ok")
    assert report.checks["answer"].count > 0
    assert report.checks["doubt"].count > 0


@pytest.mark.parametrize("name", MEMBERS)
def test_an_answer_holds_what_is_recomputed_and_no_more(bundles: dict[str, Members], name: str) -> None:
    answer = json.loads(bundles[name]["answer.json"])
    assert answer.keys() == MEMBERS[name]
    if "known" in answer:
        assert answer["known"].keys() == {"position"}


def test_the_attacks_have_something_to_attack(bundles: dict[str, Members]) -> None:
    answers = {name: json.loads(members["answer.json"]) for name, members in bundles.items()}
    assert any(one["doubt"] for one in answers["programme"]["cells"].values())
    assert any(
        side and side["doubt"] for row in answers["diff"]["changes"] for side in (row["old"], row["new"])
    )
    assert answers["reported"]["doubt"] == "suspect"
    assert len(answers["cell"]["items"]) > 1
    assert answers["changed"]["writes"]


# -- every member, one by one ----------------------------------------------------------------


class Bench:
    """One bundle opened once; only its answer is judged, over and over."""

    def __init__(self, path: Path) -> None:
        self._archive = Archive.open(path)
        with self._archive as archive:
            self.subject = archive.manifest.subject
            self._spooled = spooled(archive.entries())
            self.file = self._spooled.__enter__()
        self.registry = replay_registry(self.file, anchors().genesis, 1 << 40)

    def close(self) -> None:
        self._spooled.__exit__(None, None, None)

    def judge(self, answer: Any) -> frozenset[str]:
        report = Report("bundle")
        check_answer(report, answer, self.subject, self.file, self.registry)
        return finds_of(report)


@pytest.fixture
def bench(
    request: pytest.FixtureRequest, bundles: dict[str, Members], tmp_path: Path
) -> Iterator[tuple[Bench, Any]]:
    members = bundles[request.param]
    made = Bench(packed(tmp_path / "b.zip", members))
    yield made, json.loads(members["answer.json"])
    made.close()


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every member; of a long list or object the first three."""
    yield at
    if isinstance(value, dict | list):
        inner = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
        for name, one in inner if len(at) == 0 else inner[:12]:
            yield from _places(one, (*at, name))


def _at(value: Any, way: tuple[Any, ...]) -> Any:
    for name in way:
        value = value[name]
    return value


def _otherwise(value: Any) -> list[Any]:
    """Other values that look alike."""
    if isinstance(value, bool):
        return [not value, int(value)]
    if isinstance(value, int):
        return [value + 1, str(value), *([bool(value)] if value in (0, 1) else [])]
    if isinstance(value, str):
        return [value + "x", None, ""] if value else ["x", None]
    if value is None:
        return ["x", False, 0, {}]
    return [None, [], {}] if value not in ([], {}) else [None, "x"]


@pytest.mark.parametrize("bench", ALL, indirect=True)
def test_no_member_can_be_changed_unseen(bench: tuple[Bench, Any]) -> None:
    judge, honest = bench
    assert judge.judge(honest) == frozenset()
    count = 0
    for way in _places(honest):
        for other in _otherwise(_at(honest, way)) if way else ():
            if other == _at(honest, way) and type(other) is type(_at(honest, way)):
                continue
            changed = deepcopy(honest)
            _at(changed, way[:-1])[way[-1]] = other
            count += 1
            assert judge.judge(changed), (way, other)
    assert count > 20


@pytest.mark.parametrize("bench", ALL, indirect=True)
def test_no_member_can_be_added_or_left_out_unseen(bench: tuple[Bench, Any]) -> None:
    judge, honest = bench
    for way in _places(honest):
        more = deepcopy(honest)
        inner = _at(more, way)
        if isinstance(inner, dict):
            inner["total"] = "999999.00"
            assert judge.judge(more), way
        elif isinstance(inner, list):
            inner.append(deepcopy(inner[-1]) if inner else "x")
            assert judge.judge(more), way
        if way:
            less = deepcopy(honest)
            del _at(less, way[:-1])[way[-1]]
            assert judge.judge(less), way


# -- lies that were green once ---------------------------------------------------------------


def _marks(word: Any) -> Change:
    def change(answer: Any) -> None:
        for one in answer["cells"].values():
            if one["doubt"]:
                one["doubt"] = word

    return change


def _sides(word: Any) -> Change:
    def change(answer: Any) -> None:
        for row in answer["changes"]:
            for side in (row["old"], row["new"]):
                if side and side["doubt"]:
                    side["doubt"] = word

    return change


def _each(rows: Callable[[Any], Any], **members: Any) -> Change:
    def change(answer: Any) -> None:
        for one in rows(answer):
            one.update(members)

    return change


def _cells(answer: Any) -> Any:
    return answer["cells"].values()


# Words, and what is none, that say less than "suspect".
MILDER: list[Any] = [None, False, "", 0, "reaffirmed", "none", {}, "undetermined", "ended-late"]
LIES: dict[str, tuple[str, Change, str]] = {
    **{
        f"a mark {word!r} for a suspect value": ("programme", _marks(word), "doubt/doubt-hidden")
        for word in MILDER
    },
    "a word of doubt that there is not": (
        "programme",
        _each(lambda answer: [one for one in _cells(answer) if not one["doubt"]], doubt="perhaps"),
        "doubt/doubt-made-up",
    ),
    "a mark taken from a difference": ("diff", _sides(None), "doubt/doubt-hidden"),
    "a mark of a difference that is false": ("diff", _sides(False), "doubt/doubt-hidden"),
    "the doubt of an event hidden": ("reported", lambda a: a.update(doubt=None), "doubt/doubt-hidden"),
    "the doubt of an event made up": ("changed", lambda a: a.update(doubt="suspect"), "doubt/doubt-made-up"),
    "the doubt of an act made up": (
        "act",
        lambda a: a["item"].update(doubt="suspect"),
        "doubt/doubt-made-up",
    ),
    "words of an event": (
        "reported",
        lambda a: a.update(sentence={"uk": "700", "en": "Indicator 700"}),
        "answer/member-unknown",
    ),
    "another day of an event": (
        "reported",
        lambda a: a.update(effective="2020-01-01"),
        "answer/value-differs",
    ),
    "no files of an event": ("reported", lambda a: a.update(files=[{"name": "x"}]), "answer/value-differs"),
    "another act of an event": (
        "changed",
        lambda a: a.update(act={"id": "town-9", "point": None}),
        "answer/value-differs",
    ),
    "times of an event": (
        "reported",
        lambda a: a.update(times={"recorded": "1999"}),
        "answer/member-unknown",
    ),
    "what a write found": (
        "changed",
        lambda a: a["writes"][0].update(old="999999.00"),
        "answer/member-unknown",
    ),
    "a write of an event of the registry": (
        "revoked",
        lambda a: a.update(writes=[{"path": "/financing/1", "from": "2025-01-01", "op": "set", "new": "1"}]),
        "answer/writes-differ",
    ),
    "an envelope": ("changed", lambda a: a.update(envelope={"payload": "AAAA"}), "answer/member-unknown"),
    "another title of an act": ("act", lambda a: a["item"].update(title="x"), "answer/value-differs"),
    "another number of an act": ("act", lambda a: a["item"].update(number="77"), "answer/value-differs"),
    "votes of an act": ("act", lambda a: a["item"].update(votes=[{"for": 99}]), "answer/value-differs"),
    "an order that is true": ("act", lambda a: a["item"].update(order=True), "answer/member-unknown"),
    "a difference in figures": (
        "diff",
        _each(lambda answer: answer["changes"], delta="999.00", why="corrected", causes=[]),
        "answer/member-unknown",
    ),
    "the same change twice": (
        "diff",
        lambda a: a["changes"].append(a["changes"][-1]) or None,
        "answer/answer-malformed",
    ),
    "changes in another order": ("diff", lambda a: a["changes"].reverse() or None, "answer/answer-malformed"),
    "another signer of a write": (
        "cell",
        _each(lambda answer: answer["items"], signers=[]),
        "answer/story-differs",
    ),
    "another reason of a write": (
        "cell",
        _each(lambda answer: answer["items"], reason="bribe"),
        "answer/story-differs",
    ),
    "another time of a write": (
        "cell",
        _each(lambda answer: answer["items"], recorded_at="1999"),
        "answer/story-differs",
    ),
    "when it was known": (
        "programme",
        lambda a: a["known"].update(recorded_at="1999-01-01T00:00:00Z"),
        "answer/member-unknown",
    ),
    "a sum of all": ("programme", lambda a: a.update(total="999999.00"), "answer/member-unknown"),
    "a value beside a source": ("programme", _each(_cells, value="999.00"), "answer/member-unknown"),
    "a number with a point": ("act", lambda a: a["known"].update(position=48.0), "format/bundle-malformed"),
}


@pytest.mark.parametrize("name", LIES)
def test_no_lie_in_an_answer_is_green(bundles: dict[str, Members], name: str, tmp_path: Path) -> None:
    which, change, find = LIES[name]
    members = dict(bundles[which])
    edit(members, "answer.json", change)
    verdict, finds = _finds(members, tmp_path)
    assert (verdict, find in finds) == ("failed", True), sorted(finds)


def test_a_graver_mark_of_a_value_may_stand(bundles: dict[str, Members], tmp_path: Path) -> None:
    """Acts in doubt decide values too, which the verifier does not compute. Source: decision 12."""
    members = dict(bundles["programme"])
    edit(members, "answer.json", _each(_cells, doubt="suspect"))
    assert _finds(members, tmp_path) == ("verified", frozenset())


# -- what the bundle says that it is about ---------------------------------------------------

HYPHEN = "\u2011"
SUBJECTS: dict[str, tuple[str, dict[str, Any]]] = {
    "a day with other hyphens": ("programme", {"as_of": f"2025{HYPHEN}01{HYPHEN}01"}),
    "a day that is none": ("programme", {"as_of": "2025-99-99"}),
    "a day with a line after it": ("programme", {"as_of": "2025-12-31\n"}),
    "a day with the terminal's words": ("programme", {"as_of": "2025-12-31\x1b[2K\rVERIFIED"}),
    "a programme of another alphabet": ("programme", {"programme": "town-digit\u0430l-2025"}),
    "a programme with nothing in its name": ("programme", {"programme": "town-digital-2025\u200b"}),
    "a programme that is a number": ("programme", {"programme": 2025}),
    "a path of another alphabet": ("cell", {"path": LINE_CELL.replace("o", "\u043e")}),
    "a path without a beginning": ("cell", {"path": LINE_CELL[1:]}),
    "no path": ("cell", {"path": ""}),
    "an act of another alphabet": ("act", {"act": "town-\u0430"}),
    "an event that is none": ("reported", {"event": "x"}),
    "a position in words": ("changed", {"known": "48"}),
    "a position below none": ("changed", {"known": -3}),
    "a position that is true": ("act", {"known": True}),
    "a position with a point": ("act", {"known": 48.9}),
    "a position beyond all": ("act", {"known": 1 << 70}),
    "a type that is a list": ("act", {"type": ["act"]}),
    "a member more": ("programme", {"title": "VERIFIED"}),
}


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_subject_that_only_looks_like_one_is_refused(
    bundles: dict[str, Members], name: str, tmp_path: Path
) -> None:
    which, given = SUBJECTS[name]
    members = dict(bundles[which])
    edit(members, "bundle.json", lambda manifest: manifest["subject"].update(given))
    if which in ("programme", "cell"):
        echo = {member: value for member, value in given.items() if member != "title"}
        edit(members, "answer.json", lambda answer: answer.update(echo))
    assert _finds(members, tmp_path) == ("failed", frozenset(["format/bundle-malformed"]))


@pytest.mark.parametrize("which", ["programme", "diff", "cell"])
@pytest.mark.parametrize("known", [None, 3])
def test_nothing_is_verified_of_a_programme_that_is_not_on_the_record(
    bundles: dict[str, Members], which: str, known: int | None, tmp_path: Path
) -> None:
    """known: before it was adopted; or one that never was."""
    members = dict(bundles[which])
    given: dict[str, Any] = {"programme": "nobody-2025"} if known is None else {"known": known}
    answer: dict[str, Any] = {"programme": "nobody-2025"} if known is None else {"known": {"position": known}}

    def point(manifest: Any) -> None:
        subject = manifest["subject"]
        for one in (subject["from"], subject["to"]) if which == "diff" and known else (subject,):
            one.update(given)

    def nothing(told: Any) -> None:
        for one in (told["from"], told["to"]) if which == "diff" and known else (told,):
            one.update(answer)
        empty: dict[str, Any] = {
            "state": {},
            "cells": {},
            "state_hash": EMPTY,
            "changes": [],
            "value": None,
            "items": [],
        }
        told.update({name: value for name, value in empty.items() if name in told})

    edit(members, "bundle.json", point)
    edit(members, "answer.json", nothing)
    verdict, finds = _finds(members, tmp_path)
    assert (verdict, "answer/unknown-programme" in finds) == ("failed", True), sorted(finds)


# -- JSON that can be read in two ways -------------------------------------------------------


@pytest.mark.parametrize("member", ["answer.json", "bundle.json", "proofs.json", "consistency.json"])
@pytest.mark.parametrize(
    "raw",
    [
        b'{"state":{},"state":{}}',
        b'{"a":[{"x":{"b":1,"b":1}}]}',
        b'{"a":1.0}',
        b'{"a":1e400}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-0}',
        b'{"a":9007199254740992}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":"\\ud800"}',
        b'{"a":"\xff"}',
        b'{"a":' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=lambda raw: raw[:24].decode("ascii", "replace"),
)
def test_json_that_two_readers_read_otherwise_is_refused(
    bundles: dict[str, Members], member: str, raw: bytes, tmp_path: Path
) -> None:
    with Archive.open(packed(tmp_path / "whole.zip", bundles["programme"])) as whole:
        assert whole.answer()["programme"]
    members = bundles["programme"] | {member: raw}
    path = packed(tmp_path / "odd.zip", members)
    readers: dict[str, Callable[[Archive], Any]] = {
        "answer.json": Archive.answer,
        "bundle.json": lambda archive: archive.manifest,
        "proofs.json": Archive.proofs,
        "consistency.json": Archive.consistency,
    }
    with pytest.raises(BundleError), Archive.open(path) as archive:
        readers[member](archive)


def test_a_value_before_the_true_one_is_not_shown_to_others(
    bundles: dict[str, Members], tmp_path: Path
) -> None:
    """A reader that takes the first of two would see what the verifier never compared."""
    members = dict(bundles["programme"])
    lie = b'{"state":{"financing":{"1.1":{"2025":{"local":"999999.00"}}}},'
    members["answer.json"] = lie + members["answer.json"][1:]
    assert _finds(members, tmp_path) == ("failed", frozenset(["format/bundle-malformed"]))


# -- entries that are none -------------------------------------------------------------------


STRANGE: list[Any] = [{}, [], "x", {"id": "x"}, {"id": "x", "kind": "x"}, {"id": "x", "kind": []}]


@pytest.mark.parametrize("payload", [*STRANGE, {"id": "x", "kind": "actual.reported"}], ids=repr)
@pytest.mark.parametrize("which", ["reported", "act", "programme"])
def test_an_entry_that_says_nothing_never_breaks_the_verifier(
    bundles: dict[str, Members], which: str, payload: Any, tmp_path: Path
) -> None:
    members = dict(bundles[which])
    text = urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    edit(members, "entries/3.json", lambda entry: entry["envelope"].update(payload=text))
    assert _finds(members, tmp_path)[0] == "failed"
