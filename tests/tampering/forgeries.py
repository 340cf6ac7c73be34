"""What a forger with the whole database in hand does to its entries, and what has to be told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from ledger.canonical import dumps
from ledger.keys import PrivateKey
from ledger.note import format_note, parse_note
from ledger.verify.tree import read_note
from tests.support.log_keys import log_key_in, note
from tests.support.people import MACHINE, REGISTRARS, SECRETARY, STRANGER
from tests.tampering.rewriting import Members, find, payload_of, signed_by
from tests.tampering.story import told

Change = Callable[[list[Members]], None]


def _another_amount(entries: list[Members], signer: Members, key: PrivateKey) -> None:
    entry = entries[find(entries, "financing.changed")]
    payload = payload_of(entry)
    payload["data"]["lines"][0]["amount"] = "999999.00"
    payload["signers"] = [signer]
    entry["envelope"] = signed_by(payload, key)


def signed_by_a_stranger(entries: list[Members]) -> None:
    """An enrolled key of another body's office."""
    _another_amount(entries, STRANGER.signer(), STRANGER.key)


def signed_in_anothers_name(entries: list[Members]) -> None:
    """An enrolled key under the secretary's name and office."""
    _another_amount(entries, SECRETARY.signer() | {"kid": STRANGER.key.public.kid}, STRANGER.key)


def signed_with_a_wrong_key(entries: list[Members]) -> None:
    """The secretary's own kid, and a signature that her key never made."""
    entry = entries[find(entries, "financing.changed")]
    payload = payload_of(entry)
    payload["data"]["lines"][0]["amount"] = "999999.00"
    forged = signed_by(payload, STRANGER.key)
    real = entry["envelope"]["signatures"][0]["protected"]
    forged["signatures"] = [{"protected": real, "signature": entry["envelope"]["signatures"][0]["signature"]}]
    entry["envelope"] = forged


def one_signature_stripped(entries: list[Members]) -> None:
    """Of two registrars who revoked a key."""
    envelope = entries[find(entries, "key.revoked")]["envelope"]
    assert len(envelope["signatures"]) == 2
    envelope["signatures"] = envelope["signatures"][:1]


def one_registrar_alone(entries: list[Members]) -> None:
    """A registrar of three says what takes two."""
    entry = entries[find(entries, "key.revoked")]
    payload = payload_of(entry)
    payload["signers"] = [REGISTRARS[0].signer()]
    entry["envelope"] = signed_by(payload, REGISTRARS[0].key)


def revocation_left_out(entries: list[Members]) -> None:
    del entries[find(entries, "key.revoked")]


def middle_left_out(entries: list[Members]) -> None:
    del entries[find(entries, "act.status_changed")]


def last_left_out(entries: list[Members]) -> None:
    del entries[-1]


def said_twice(entries: list[Members]) -> None:
    """A valid envelope is replayed at the end."""
    entries.append(
        dict(entries[find(entries, "transfer.made")]) | {"recorded_at": entries[-1]["recorded_at"]}
    )


def two_exchanged(entries: list[Members]) -> None:
    """A decision and its correction, each at the other's time."""
    last = find(entries, "financing.changed")
    one, other = entries[last - 1], entries[last]
    one["envelope"], other["envelope"] = other["envelope"], one["envelope"]


def dated_back(entries: list[Members]) -> None:
    """All is said to have been recorded a day before."""
    for entry in entries:
        entry["recorded_at"] = entry["recorded_at"].replace("2025-09-01", "2025-08-31")


def one_dated_back(entries: list[Members]) -> None:
    entries[-3]["recorded_at"] = "2025-08-31T09:00:00.000000Z"


def time_of_no_shape(entries: list[Members]) -> None:
    """The last entry under the newest stamp, whose time is compared with the stamp's."""
    size = read_note(payload_of(entries[find(entries, "timestamp.anchored")])["data"]["checkpoint"]).size
    entries[size - 1]["recorded_at"] = entries[size - 1]["recorded_at"].lower()


def other_stream(entries: list[Members]) -> None:
    """A decision about one programme stands in another's stream."""
    entries[find(entries, "financing.changed")]["stream"] = "programme:town-second-2025"


def other_genesis(entries: list[Members]) -> None:
    """An entry of another ledger."""
    entries[find(entries, "financing.changed")]["genesis"] = "0" * 64


def opening_changed(entries: list[Members]) -> None:
    """All registrars together open the ledger anew, so that one of them is enough."""
    payload = payload_of(entries[0])
    payload["data"]["k"] = 1
    entries[0]["envelope"] = signed_by(payload, *(one.key for one in REGISTRARS))
    for entry in entries:
        entry["genesis"] = sha256(dumps(payload["data"])).hexdigest()


def _said_by_machine(entries: list[Members], kind: str, change: Callable[[Members], None]) -> None:
    """The thief of the service key makes the ledger's own machine say something else."""
    entry = entries[find(entries, kind)]
    payload = payload_of(entry)
    change(payload["data"])
    entry["envelope"] = signed_by(payload, MACHINE.key)


def heads_that_lie(entries: list[Members]) -> None:
    _said_by_machine(entries, "ledger.heads", lambda data: data.update(root="00" * 32))


def heads_without_a_stream(entries: list[Members]) -> None:
    _said_by_machine(entries, "ledger.heads", lambda data: data.update(streams=data["streams"] - 1))


def witnesses_made_up(entries: list[Members]) -> None:
    """Lines of the right names and key ids, and bytes that the witnesses never made."""

    def change(data: Members) -> None:
        parsed = parse_note(data["checkpoint"])
        own, *lines_ = parsed.signatures
        forged = [replace(one, blob=one.blob[:-1] + bytes([one.blob[-1] ^ 1])) for one in lines_]
        data["checkpoint"] = format_note(parsed.text, [own, *forged])

    _said_by_machine(entries, "checkpoint.witnessed", change)


def a_witness_taken_away(entries: list[Members]) -> None:
    def change(data: Members) -> None:
        parsed = parse_note(data["checkpoint"])
        data["checkpoint"] = format_note(parsed.text, parsed.signatures[:-1])

    _said_by_machine(entries, "checkpoint.witnessed", change)


def stamp_of_another_text(entries: list[Members]) -> None:
    """An older stamp, put beside the newest checkpoint."""
    old = payload_of(entries[find(entries, "timestamp.anchored", last=False)])["data"]["response"]
    _said_by_machine(entries, "timestamp.anchored", lambda data: data.update(response=old))


def checkpoint_of_another_tree(entries: list[Members]) -> None:
    """The log's key helped to sign a tree that these entries do not give."""
    size = read_note(payload_of(entries[find(entries, "timestamp.anchored")])["data"]["checkpoint"]).size
    forged = note([log_key_in(told().town.path)], size)
    _said_by_machine(
        entries, "checkpoint.witnessed", lambda data: data.update(checkpoint=_lines_on(forged, data))
    )


def _lines_on(forged: str, data: Members) -> str:
    parsed = parse_note(forged)
    return format_note(parsed.text, [*parsed.signatures, *parse_note(data["checkpoint"]).signatures[1:]])


# change → what the verifier tells: by its own checkpoint alone; and when even the log's key helps the
# forger and nobody remembers anything. None: nothing but a remembered checkpoint can tell.
FORGERIES: dict[Change, tuple[str, str | None]] = {
    signed_by_a_stranger: ("tree/other-root", "authority/foreign-body"),
    signed_in_anothers_name: ("tree/other-root", "authority/unknown-key"),
    signed_with_a_wrong_key: ("tree/other-root", "signatures/bad-signature"),
    one_signature_stripped: ("tree/other-root", "entries/signers-differ"),
    one_registrar_alone: ("tree/other-root", "authority/too-few-registrars"),
    revocation_left_out: ("remembered/log-shorter", "heads/heads-size"),
    middle_left_out: ("remembered/log-shorter", "heads/heads-size"),
    last_left_out: ("remembered/log-shorter", None),
    said_twice: ("tables/rows-missing", "rules/recorded-twice"),
    two_exchanged: ("tree/other-root", "rules/not-acknowledged"),
    dated_back: ("tree/other-root", "stamps/other-root"),
    one_dated_back: ("tree/other-root", "entries/time-goes-back"),
    time_of_no_shape: ("tree/other-root", "entries/malformed-entry"),
    other_stream: ("tree/other-root", "entries/malformed-entry"),
    other_genesis: ("tree/other-root", "entries/malformed-entry"),
    opening_changed: ("genesis/other-ledger", "genesis/other-ledger"),
    heads_that_lie: ("tree/other-root", "heads/heads-differ"),
    heads_without_a_stream: ("tree/other-root", "heads/heads-differ"),
    witnesses_made_up: ("tree/other-root", "witnesses/cosignature-bad"),
    a_witness_taken_away: ("tree/other-root", "witnesses/quorum-not-met"),
    stamp_of_another_text: ("tree/other-root", "stamps/stamp-bad"),
    checkpoint_of_another_tree: ("tree/other-root", "witnesses/other-root"),
}
