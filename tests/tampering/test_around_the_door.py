"""What an operator puts into the log around the door, under the real log key and true heads.

The operator has log key and service key, and whatever an official signed or signs along. A bundle and the
whole log must both fail: a selection, too, asks for the ledger, the subject and who may say it.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.bundles import making
from api.bundles.evidence import Heads
from ledger.heads import heads_root
from ledger.verify.bundle import verify_bundle
from ledger.verify.ledger_file import TAIL_MAX, verify_ledger_file
from ledger.verify.report import Report
from tests.api.bundling import open_desk, prove
from tests.support.log_keys import log_key_in
from tests.support.people import COMMISSIONER, MACHINE, REGISTRARS, SECRETARY, STRANGER, Official
from tests.support.town import ACT, PROGRAMME, PROGRAMME_ID, TestLedger, lines
from tests.tampering.archives import anchors, edit, indexes_of, packed, unpacked
from tests.tampering.rewriting import Members, entries_of, find, payload_of, placed, rewrite, signed_by
from tests.tampering.story import told
from tests.tampering.test_left_out import left_out

Change = Callable[[Members], Any]
FAR = 999_000  # microseconds: after everything that was recorded


def put_in(entries: list[Members], like: int, by: Official, change: Change) -> str:
    """Append an event like another one, signed by an official; its id."""
    payload = payload_of(entries[like])
    number = len(entries)
    payload["id"] = f"0199ffff-0000-7000-8000-{number:012x}"
    payload["signers"] = [by.signer()]
    change(payload)
    recorded_at = entries[-1]["recorded_at"][:-7] + f"{FAR + number % 900:06d}Z"
    envelope = signed_by(payload, by.key)
    entries.append({**entries[like], "recorded_at": recorded_at, "envelope": envelope})
    return str(payload["id"])


def with_heads(entries: list[Members]) -> None:
    """True heads over all that is there now."""
    ends: dict[str, tuple[int, int]] = {}
    for index, raw in enumerate(placed(entries)):
        entry = json.loads(raw)
        ends[entry["stream"]] = (entry["version"], index)
    root = heads_root((stream, version, last) for stream, (version, last) in ends.items()).hex()
    data = {"size": len(entries), "root": root, "streams": len(ends)}
    put_in(entries, find(entries, "ledger.heads"), MACHINE, lambda payload: payload.update(data=data))


def forged_town(path: Path, entries: list[Members]) -> TestLedger:
    town = TestLedger.copy_of(told().town, path)
    town.close()
    rewrite(town.path / "ledger.db", entries, log_key=log_key_in(town.path))
    return town


def faults(report: Report) -> set[str]:
    return {fault.code for check in report.in_order() for fault in check.faults}


def _amount(payload: Members) -> None:
    payload["data"]["lines"][0]["amount"] = "999999.00"
    payload["effective"] = "2025-06-01"


FORGERIES: dict[str, tuple[Official, Change, str]] = {
    "a foreign official": (STRANGER, lambda payload: None, "foreign-body"),
    "a foreign official, too late": (
        STRANGER,
        lambda payload: payload.update(submit_before="2020-01-01T00:00:00Z"),
        "expired",
    ),
    "an official's own words, meant for another ledger": (
        SECRETARY,
        lambda payload: payload["ledger"].update(genesis="ab" * 32),
        "wrong-ledger",
    ),
    "a revoked key that saw what is not there": (
        COMMISSIONER,
        lambda payload: payload.update(seen=5000),
        "seen-ahead",
    ),
    "an unknown programme": (
        SECRETARY,
        lambda payload: payload.update(subject="programme:nobodys"),
        "unknown-programme",
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_no_bundle_and_no_log_with_such_an_entry_verifies(name: str, tmp_path: Path) -> None:
    by, change, code = FORGERIES[name]
    entries = entries_of(told().database)

    def both(payload: Members) -> None:
        payload.setdefault("relations", {})
        _amount(payload)
        change(payload)

    event = put_in(entries, find(entries, "financing.changed", last=False), by, both)
    entries[-1]["stream"] = payload_of(entries[-1])["subject"]
    with_heads(entries)
    town = forged_town(tmp_path / "town", entries)
    report = verify_ledger_file(town.path / "ledger.db", anchors())
    assert (report.verdict, code in faults(report)) == ("failed", True)
    if code == "unknown-programme":
        return  # no projection takes it, so that no server bundles it
    with open_desk(town, tmp_path / "desk") as desk:
        answer = desk.get(f"/v1/events/{event}")
        assert answer.status_code == 200
        place = tmp_path / "event.zip"
        place.write_bytes(answer.content)
    report = verify_bundle(place, anchors())
    assert (report.verdict, code in faults(report)) == ("failed", True)


@pytest.fixture
def twice_named(tmp_path: Path) -> Path:
    """A bundle of the programme from a log in which another body registered the council's act once more."""
    entries = entries_of(told().database)
    other = f"body:{STRANGER.body}"
    act = find(entries, "act.registered", last=False)
    put_in(entries, act, STRANGER, lambda payload: payload.update(subject=other))
    entries[-1]["stream"] = other
    with_heads(entries)
    town = forged_town(tmp_path / "town", entries)
    assert "act-exists" in faults(verify_ledger_file(town.path / "ledger.db", anchors()))
    with open_desk(town, tmp_path / "desk") as desk:
        answer = desk.get(f"/v1/programmes/{PROGRAMME_ID}", as_of="2025-12-31")
        (tmp_path / "programme.zip").write_bytes(answer.content)
    return tmp_path / "programme.zip"


def test_an_act_that_two_bodies_registered_is_found_in_a_bundle_too(twice_named: Path) -> None:
    """Else whoever makes a bundle could choose whose act a decision rests on."""
    assert "act-exists" in faults(verify_bundle(twice_named, anchors()))


@pytest.mark.parametrize("path", [f"/v1/programmes/{PROGRAMME_ID}", "/v1/events/{event}", f"/v1/acts/{ACT}"])
def test_no_body_can_be_left_out_of_a_bundle(path: str, tmp_path: Path) -> None:
    """Neither one that could have registered the same act, nor the council in favour of that one."""
    with TestLedger.with_programme(tmp_path / "town") as town:
        event = town.submit("financing.changed", PROGRAMME, lines("200.00")).event
        prove(town)
        question = {"as_of": "2025-12-31"} if "programmes" in path else {}
    with open_desk(town, tmp_path / "desk") as desk:
        bundle = desk.fetch(path.format(event=event), **question)
        whole, trusted = unpacked(bundle.path), desk.anchors
    streams = {row["stream"] for row in json.loads(whole["bundle.json"])["streams"]}
    bodies = {f"body:{STRANGER.body}", f"body:{SECRETARY.body}"}
    assert bodies < streams
    for body in bodies:
        members = dict(whole)
        for index in indexes_of(members, stream=body):
            members = left_out(members, index, "gone")
        found = verify_bundle(packed(tmp_path / "cut.zip", members), trusted).checks["complete"]
        assert body in {fault.where for fault in found.faults if fault.code == "stream-missing"}


def _revoked(entries: list[Members]) -> None:
    """Two registrars of the root revoke the service key."""
    like = find(entries, "service_key.enrolled")
    payload = payload_of(entries[like])
    number = len(entries)
    payload.update(id=f"0199eeee-0000-7000-8000-{number:012x}", kind="key.revoked")
    payload["data"] = {"kid": MACHINE.key.public.kid, "cause": "stolen", "suspect_from": "2025-09-01"}
    payload["signers"] = [one.signer() for one in REGISTRARS[:2]]
    recorded_at = entries[-1]["recorded_at"][:-7] + f"{FAR + number % 900:06d}Z"
    envelope = signed_by(payload, *(one.key for one in REGISTRARS[:2]))
    entries.append({**entries[like], "recorded_at": recorded_at, "envelope": envelope})


def test_heads_that_a_revoked_service_key_states_carry_no_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They may end before the revocation, which then lies behind what the bundle shows of the root."""
    entries = entries_of(told().database)
    size = len(entries)
    earlier = list(entries)
    _revoked(entries)
    with_heads(earlier)
    late = dict(earlier[-1], recorded_at=entries[-1]["recorded_at"])
    entries.append(late)
    said = payload_of(late)["data"]
    assert said["size"] == size
    town = forged_town(tmp_path / "town", entries)
    chosen = Heads(len(entries) - 1, size, said["root"], said["streams"])
    with open_desk(town, tmp_path / "desk") as desk:
        monkeypatch.setattr("api.routes.bundles.newest_heads", lambda source: chosen)
        monkeypatch.setattr("api.bundles.making.resting_heads", lambda source, position, newest: newest)
        question = {"as_of": "2025-12-31", "known": str(size)}
        answer = desk.get(f"/v1/programmes/{PROGRAMME_ID}", **question)
        assert answer.status_code == 200, answer.text
    (tmp_path / "b.zip").write_bytes(answer.content)
    report = verify_bundle(tmp_path / "b.zip", replace(anchors(), policy=None))
    assert "heads-late" in {fault.code for fault in report.checks["heads"].faults}
    members = left_out(unpacked(tmp_path / "b.zip"), size, "kept")  # the revocation itself
    report = verify_bundle(packed(tmp_path / "c.zip", members), replace(anchors(), policy=None))
    assert "heads-late" in {fault.code for fault in report.checks["heads"].faults}


def test_an_event_beyond_the_heads_of_its_bundle_does_not_verify(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the bundle says was known: a revocation may stand between heads and event."""
    entries = entries_of(told().database)
    first = find(entries, "ledger.heads", last=False)
    said = payload_of(entries[first])["data"]
    older = Heads(first, said["size"], said["root"], said["streams"])
    like = find(entries, "financing.changed", last=False)
    event = put_in(entries, like, SECRETARY, lambda payload: payload.setdefault("relations", {}))
    with_heads(entries)
    town = forged_town(tmp_path / "town", entries)
    make = making.make_bundle

    def with_older(context: Any, subject: Any, heads: Any, *rest: Any) -> Any:
        return make(context, subject, older, *rest)

    with open_desk(town, tmp_path / "desk") as desk:
        monkeypatch.setattr("api.routes.bundles.make_bundle", with_older)
        answer = desk.get(f"/v1/events/{event}")
    (tmp_path / "event.zip").write_bytes(answer.content)
    members = unpacked(tmp_path / "event.zip")
    edit(members, "bundle.json", lambda manifest: manifest["subject"].update(known=older.size))
    report = verify_bundle(packed(tmp_path / "older.zip", members), anchors())
    assert "beyond-heads" in {fault.code for fault in report.checks["complete"].faults}


def test_a_ledger_file_is_judged_to_its_end_whatever_checkpoints_it_keeps(tmp_path: Path) -> None:
    """No key is needed to delete checkpoints: what stands after the last of them is verified all the same."""
    path = tmp_path / "ledger.db"
    shutil.copyfile(told().database, path)
    entries = entries_of(path)
    start = find(entries, "programme.adopted", last=False)
    payload = payload_of(entries[start])
    payload["data"]["financing"][0]["amount"] = "31337.00"
    forged = signed_by(payload, STRANGER.key)
    forged["signatures"][0]["signature"] = "AAAA" + forged["signatures"][0]["signature"][4:]
    entries[start]["envelope"] = forged
    rewrite(path, entries)
    with closing(sqlite3.connect(path)) as connection:
        note = connection.execute(
            "SELECT note FROM checkpoints WHERE size <= ? ORDER BY size DESC", (start,)
        ).fetchone()
        connection.execute("DELETE FROM checkpoints WHERE size > ?", (start,))
        connection.commit()
    for trusted in (replace(anchors(), policy=None), replace(anchors(), policy=None, remembered=note)):
        report = verify_ledger_file(path, trusted)
        assert report.verdict == "failed"
        assert report.checks["signatures"].status == "failed"


def test_more_than_a_commit_without_a_checkpoint_is_a_file_whose_checkpoints_were_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.db"
    shutil.copyfile(told().database, path)
    with closing(sqlite3.connect(path)) as connection:
        (kept,) = connection.execute("SELECT MIN(size) FROM checkpoints WHERE size > 0").fetchone()
        connection.execute("DELETE FROM checkpoints WHERE size > ?", (kept,))
        connection.commit()
    assert TAIL_MAX >= 256
    monkeypatch.setattr("ledger.verify.ledger_file.TAIL_MAX", 3)
    report = verify_ledger_file(path, replace(anchors(), policy=None))
    assert "checkpoints-missing" in {fault.code for fault in report.checks["tables"].faults}


def test_a_ledger_file_that_grows_while_it_is_verified_is_judged_as_it_was(tmp_path: Path) -> None:
    with TestLedger.copy_of(told().town, tmp_path / "town") as town:
        size = town.position
        grown: list[str] = []

        def grow(stage: str, done: int, of: int) -> None:
            if not grown:
                data = {"person": "p-late", "name": "Пізня Особа"}
                grown.append(town.submit("person.registered", "root", data).event)

        report = verify_ledger_file(town.path / "ledger.db", replace(anchors(), policy=None), grow)
        assert town.position == size + 1
    assert report.verdict == "verified", faults(report)


def test_no_object_hides_behind_a_name_that_looks_like_sqlites_own(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    shutil.copyfile(told().database, path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TRIGGER sqliteXown AFTER INSERT ON head BEGIN SELECT 1; END")
        connection.commit()
    report = verify_ledger_file(path, anchors())
    assert "unknown-object" in {fault.code for fault in report.checks["tables"].faults}


def test_a_checkpoint_of_any_size_costs_no_more_than_what_is_here(tmp_path: Path) -> None:
    """The size stands in the note before anybody has checked its signature."""
    with TestLedger.copy_of(told().town, tmp_path / "town") as town:
        pass
    with open_desk(town, tmp_path / "desk") as desk:
        event = desk.door.json("/v1/events?kind=financing.changed")["items"][0]["event"]
        (tmp_path / "event.zip").write_bytes(desk.get(f"/v1/events/{event}").content)
    members = unpacked(tmp_path / "event.zip")
    origin, _, rest = members["checkpoint"].split(b"\n", 2)
    members["checkpoint"] = b"\n".join((origin, str((1 << 53) - 1).encode(), rest))
    report = verify_bundle(packed(tmp_path / "huge.zip", members), anchors())
    assert report.verdict == "failed"
    assert report.checks["checkpoint"].status == "failed"
