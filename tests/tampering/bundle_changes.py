"""What somebody who hands a bundle on does to it, and what has to be told of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ledger.nesting import state_hash
from tests.support.log_keys import log_key_in, note
from tests.support.people import STRANGER
from tests.support.town import PROGRAMME
from tests.tampering.archives import Members, edit, indexes_of, without
from tests.tampering.rewriting import payload_of, signed_by
from tests.tampering.story import (
    CONTENT,
    NEVER_SENT,
    PRESENT,
    RESTRICTED,
    told,
)

Change = Callable[[Members], None]


def of_manifest(change: Callable[[Any], Any]) -> Change:
    return lambda members: edit(members, "bundle.json", change)


def of_answer(change: Callable[[Any], Any]) -> Change:
    return lambda members: edit(members, "answer.json", change)


def last_event_left_out(members: Members) -> None:
    without(members, indexes_of(members, stream=PROGRAMME)[-1])


def last_event_left_out_and_the_list_made_to_fit(members: Members) -> None:
    *_, before, last = indexes_of(members, stream=PROGRAMME)
    without(members, last)
    _row(members, PROGRAMME, lambda row: row.update(version=row["version"] - 1, last=before))


def middle_event_left_out(members: Members) -> None:
    without(members, indexes_of(members, stream=PROGRAMME)[2])


def revocation_left_out(members: Members) -> None:
    without(members, indexes_of(members, kind="key.revoked")[-1])


def revocation_for_its_time_alone(members: Members) -> None:
    """It is there, and said to be one of those that nobody judges."""
    index = indexes_of(members, kind="key.revoked")[-1]
    edit(members, "bundle.json", lambda manifest: manifest["singles"].append(index))


def body_left_out(members: Members) -> None:
    for index in indexes_of(members, stream="body:town-council"):
        without(members, index)
    edit(
        members,
        "bundle.json",
        lambda manifest: manifest.update(
            streams=[row for row in manifest["streams"] if row["stream"] != "body:town-council"]
        ),
    )


def stream_not_called_whole(members: Members) -> None:
    without(members, indexes_of(members, stream=PROGRAMME)[-1])
    _row(members, PROGRAMME, lambda row: row.update(whole=False))


def _row(members: Members, stream: str, change: Callable[[Any], Any]) -> None:
    def find(manifest: Any) -> None:
        change(next(row for row in manifest["streams"] if row["stream"] == stream))

    edit(members, "bundle.json", find)


def other_value(members: Members) -> None:
    def change(answer: Any) -> None:
        answer["state"]["financing"]["1.1"]["2025"]["local"] = "999.00"
        answer["state_hash"] = state_hash(answer["state"])

    edit(members, "answer.json", change)


def value_left_out(members: Members) -> None:
    def change(answer: Any) -> None:
        del answer["state"]["financing"]["1.1"]
        answer["state_hash"] = state_hash(answer["state"])
        answer["cells"] = {
            path: one for path, one in answer["cells"].items() if "/financing/1.1/" not in path
        }

    edit(members, "answer.json", change)


def doubt_taken_away(members: Members) -> None:
    def change(answer: Any) -> None:
        for one in answer["cells"].values():
            one["doubt"] = None

    edit(members, "answer.json", change)


def entry_signed_anew(members: Members) -> None:
    """Another amount, by a key that is enrolled."""
    index = indexes_of(members, stream=PROGRAMME, kind="financing.changed")[-1]
    entry = json.loads(members[f"entries/{index}.json"])
    payload = payload_of(entry)
    payload["data"]["lines"][0]["amount"] = "999.00"
    payload["signers"] = [STRANGER.signer()]
    entry["envelope"] = signed_by(payload, STRANGER.key)
    members[f"entries/{index}.json"] = json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()


def entry_of_another_ledger(members: Members) -> None:
    index = indexes_of(members, stream=PROGRAMME)[-1]
    name = f"entries/{index}.json"
    members[name] = members[name].replace(told().anchors.genesis.encode(), b"0" * 64)


def proofs_exchanged(members: Members) -> None:
    def change(proofs: Any) -> None:
        one, other = list(proofs["proofs"])[-2:]
        proofs["proofs"][one], proofs["proofs"][other] = proofs["proofs"][other], proofs["proofs"][one]

    edit(members, "proofs.json", change)


def file_altered(members: Members) -> None:
    members[f"files/{PRESENT['sha256']}"] = CONTENT.replace(b"reported", b"imagined")


def file_left_out(members: Members) -> None:
    del members[f"files/{PRESENT['sha256']}"]


def file_of_nobody(members: Members) -> None:
    members[f"files/{'0' * 64}"] = b"who put this here?"


def restricted_file_shown(members: Members) -> None:
    members[f"files/{RESTRICTED['sha256']}"] = b"not for everybody"
    file_state(members, RESTRICTED, "present")


def missing_called_present(members: Members) -> None:
    file_state(members, NEVER_SENT, "present")


def present_called_missing(members: Members) -> None:
    file_state(members, PRESENT, "missing")


def taken_out(members: Members, state: str) -> None:
    """A public file that is there, and its bytes taken away."""
    del members[f"files/{PRESENT['sha256']}"]
    file_state(members, PRESENT, state)


def file_not_listed(members: Members) -> None:
    edit(
        members,
        "bundle.json",
        lambda manifest: manifest.update(
            files=[one for one in manifest["files"] if one["sha256"] != RESTRICTED["sha256"]]
        ),
    )


def file_state(members: Members, file: Any, state: str) -> None:
    def change(manifest: Any) -> None:
        next(one for one in manifest["files"] if one["sha256"] == file["sha256"])["state"] = state

    edit(members, "bundle.json", change)


def stamps_left_out(members: Members) -> None:
    for name in [name for name in members if name.startswith("stamps/")]:
        del members[name]


def older_heads(members: Members) -> None:
    """Heads from before the last events: the list of streams is no longer what they commit."""
    index = indexes_of(members, kind="ledger.heads")
    edit(members, "bundle.json", lambda manifest: manifest.update(heads={"index": index[0], "size": 1}))


def checkpoint_of_nobody(members: Members) -> None:
    text = members["checkpoint"].decode().partition("\n\n")[0]
    members["checkpoint"] = f"{text}\n\n".encode()


def checkpoint_of_another_tree(members: Members) -> None:
    """The log's own key signed it, over another root."""
    size = int(members["checkpoint"].split(b"\n")[1])
    members["checkpoint"] = note([log_key_in(told().town.path)], size).encode()


# change of a complete bundle → one of what has to be told.
COMPLETE: dict[str, tuple[Change, set[str]]] = {
    "the last event left out": (last_event_left_out, {"complete/stream-incomplete"}),
    "the last event left out, lists made to fit": (
        last_event_left_out_and_the_list_made_to_fit,
        {"heads/stream-unproved"},
    ),
    "a middle event left out": (middle_event_left_out, {"complete/stream-incomplete"}),
    "a revocation left out": (revocation_left_out, {"complete/stream-incomplete"}),
    "a revocation judged by nobody": (revocation_for_its_time_alone, {"format/single-judged"}),
    "a body left out": (body_left_out, {"complete/stream-missing"}),
    "a stream not called whole": (stream_not_called_whole, {"complete/stream-missing"}),
    "another value": (other_value, {"answer/value-differs"}),
    "another hash of the state": (of_answer(lambda a: a.update(state_hash="0" * 64)), {"answer/state-hash"}),
    "a value left out": (value_left_out, {"answer/value-differs"}),
    "a doubt taken away": (doubt_taken_away, {"doubt/doubt-hidden"}),
    "another source of a value": (
        of_answer(lambda a: next(iter(a["cells"].values())).update(index=7)),
        {"answer/cell-differs"},
    ),
    "the answer of another day": (of_answer(lambda a: a.update(as_of="2026-01-01")), {"answer/other-answer"}),
    "the answer of another one": (of_answer(lambda a: a.update(programme="x")), {"answer/other-answer"}),
    "an answer of no shape": (lambda m: m.update({"answer.json": b"{}"}), {"answer/value-differs"}),
    "an entry signed anew": (entry_signed_anew, {"tree/not-in-tree"}),
    "an entry of another ledger": (entry_of_another_ledger, {"tree/not-in-tree"}),
    "proofs exchanged": (proofs_exchanged, {"tree/not-in-tree"}),
    "proofs of another tree": (
        lambda m: edit(m, "proofs.json", lambda p: p.update(tree_size=p["tree_size"] - 1)),
        {"tree/proofs-malformed"},
    ),
    "a proof left out": (
        lambda m: edit(m, "proofs.json", lambda p: p["proofs"].pop("0") and None),
        {"tree/proofs-differ"},
    ),
    "a file altered": (file_altered, {"files/file-altered"}),
    "a file left out": (file_left_out, {"files/file-missing"}),
    "a file that no entry names": (file_of_nobody, {"files/file-unnamed"}),
    "a restricted file": (restricted_file_shown, {"files/file-restricted"}),
    "a missing file called present": (missing_called_present, {"files/file-missing"}),
    "a present file called missing": (present_called_missing, {"files/file-state"}),
    "a public file taken out": (lambda m: taken_out(m, "withheld"), {"files/file-unrestricted"}),
    "a missing one, withheld": (lambda m: file_state(m, NEVER_SENT, "withheld"), {"files/file-unrestricted"}),
    "a file not listed": (file_not_listed, {"files/file-unlisted"}),
    "other heads": (older_heads, {"heads/heads-missing"}),
    "heads that are no heads": (of_manifest(lambda m: m["heads"].update(index=0)), {"heads/heads-missing"}),
    "no heads": (of_manifest(lambda m: m.update(heads=None)), {"format/bundle-malformed"}),
    "heads of nowhere": (of_manifest(lambda m: m["heads"].update(index=9999)), {"complete/no-heads"}),
    "another cover": (lambda m: m.update({"README.txt": b"All is well."}), {"format/readme-differs"}),
    "another ledger's name": (
        of_manifest(lambda m: m["ledger"].update(origin="city.example/pledger")),
        {"format/other-ledger"},
    ),
    "another day asked for": (
        of_manifest(lambda m: m["subject"].update(as_of="2026-01-01")),
        {"answer/other-answer"},
    ),
    "another position asked for": (
        of_manifest(lambda m: m["subject"].update(known=m["subject"]["known"] - 1)),
        {"answer/other-answer"},
    ),
    "a checkpoint that nobody signed": (
        checkpoint_of_nobody,
        {"checkpoint/note-malformed", "checkpoint/checkpoint-unsigned"},
    ),
    "a checkpoint of another tree": (checkpoint_of_another_tree, {"tree/not-in-tree"}),
}  # fmt: skip


def last_event_left_out_and_called_a_selection(members: Members) -> None:
    last_event_left_out(members)
    edit(members, "bundle.json", lambda manifest: manifest.update(complete=False))
    _row(members, PROGRAMME, lambda row: row.update(whole=False))


CELL: dict[str, tuple[Change, set[str]]] = {
    "the last event left out": (last_event_left_out, {"complete/stream-incomplete"}),
    "the last event left out, and it is called a selection": (
        last_event_left_out_and_called_a_selection,
        {"complete/stream-missing"},
    ),
    "another value": (of_answer(lambda a: a["value"].update(value="999.00")), {"answer/value-differs"}),
    "a write left out": (of_answer(lambda a: a["items"].pop() and None), {"answer/story-differs"}),
    "another cell": (of_answer(lambda a: a.update(path="/financing/1.2")), {"answer/other-answer"}),
}  # fmt: skip


SELECTED: dict[str, tuple[Change, set[str]]] = {
    "it calls itself complete": (
        of_manifest(lambda m: m.update(complete=True)),
        {"complete/claims-completeness"},
    ),
    "an entry signed anew": (entry_signed_anew, {"tree/not-in-tree"}),
    "a revocation left out": (revocation_left_out, {"complete/stream-incomplete"}),
}  # fmt: skip
