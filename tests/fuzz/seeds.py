"""Good input for every codec of tests/fuzz/codecs.py: from a small town, its bundle and the examples."""

from __future__ import annotations

import base64
import json
import tempfile
import zipfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import orjson

from ledger.checkpoint import Checkpoint, format_checkpoint
from ledger.envelope import envelope_json
from ledger.errors import Refusal
from ledger.keyfile import encrypt_key
from ledger.kinds import KINDS
from ledger.merkle import Frontier, leaf_hash
from ledger.note import parse_note
from ledger.refusals import sign_refusal
from ledger.signing.memory import Record
from ledger.submission import read_payload
from ledger.tlog.proof import TlogProof, format_proof
from ledger.tlog.tiles import encode_bundle
from ledger.witness.request import format_request
from tests.api.bundling import prove
from tests.api.door import BASE, open_door
from tests.support import service
from tests.support.heads import GENESIS, LOG, ORIGIN, note_of
from tests.support.people import MACHINE, SECRETARY
from tests.support.service import cosigned
from tests.support.town import PROGRAMME, TestLedger, lines

ROOT = Path(__file__).resolve().parent.parent
LOG_KEY = LOG.log_key
Seeds = dict[str, tuple[bytes, ...]]

POLICY = f"""log {LOG_KEY}
witness w1 {service.witness_key("witness.example/w1")} https://w1.example
witness w2 {service.witness_key("witness.example/w2")}
group any 1 w1 w2
quorum any
"""


@cache
def seeds() -> Seeds:
    """Name of a codec → bytes that it reads."""
    with tempfile.TemporaryDirectory(prefix="pledger-seeds-") as folder:
        return _of_notes() | _of_files() | _of_town(Path(folder))


def _of_notes() -> Seeds:
    note = cosigned(note_of([1, 2, 3]), "witness.example/w1")
    text = parse_note(note).text
    leaf = leaf_hash(b"x")
    line = note.splitlines()[4].encode()
    return {
        "note": (note.encode(), note_of([1]).encode()),
        "checkpoint file": (note.encode(),),
        "signature line": (line,),
        "checkpoint": (text.encode(), format_checkpoint(Checkpoint(ORIGIN, 0, leaf)).encode()),
        "verifier key": (LOG_KEY.encode(), str(service.witness_key("w")).encode()),
        "witness key": (str(service.witness_key("w")).encode(),),
        "witness request": (
            format_request(0, (), note_of([1])),
            format_request(2, (leaf, leaf), note),
        ),
        "witness size": (b"0\n", b"123\n"),
        "witness policy": (POLICY.encode(), b"quorum none\n"),
        "tlog-proof": (
            format_proof(TlogProof(0, (), note)).encode(),
            format_proof(TlogProof(2, (leaf, leaf), note, b"extra")).encode(),
        ),
        "tile path": (b"tile/0/000", b"tile/entries/x001/234.p/7", b"tile/63/x001/x000/000"),
        "tile": (leaf * 2,),
        "entry bundle": (encode_bundle([b"", b"an entry"]), encode_bundle([b"a" * 300, b"b"])),
        "frontier": (Frontier.empty().to_bytes(), Frontier.empty().extend([leaf] * 5)[0].to_bytes()),
        "signer memory": (Record(3, ORIGIN, 7, leaf).to_slot(),),
        "heads remembered": (_remembered(),),
    }


def _remembered() -> bytes:
    note = note_of([1, 2, 3])
    root = base64.b64decode(note.splitlines()[2]).hex()
    members = {"note": note, "log_key": LOG_KEY, "seen_at": "2025-09-01T09:00:00.000000Z", "size": 3}
    return json.dumps(members | {"origin": ORIGIN, "genesis": GENESIS, "root": root}).encode()


def _of_files() -> Seeds:
    authority = service.authority()
    stamp = base64.b64decode(service.response_over(note_of([1])))
    certificate = authority.roots[0]
    trust = {"origin": ORIGIN, "genesis": GENESIS, "log_key": LOG_KEY}
    whole = trust | {"policy": POLICY, "tsa": [certificate.decode()]}
    restored: dict[str, list[str]] = {"restored": []}
    return {
        "canonical JSON": (b"{}", b'{"a":[1,true,null,"\xd1\x97"],"b":{"c":""}}'),
        "base64url": (b"", b"AA", b"_-8"),
        "public key": tuple(orjson.dumps(one.key.public.to_jwk()) for one in (SECRETARY, MACHINE)),
        "key file": (encrypt_key(SECRETARY.key, "x").encode(),),
        "DER": (stamp, b"\x30\x03\x02\x01\x05"),
        "stamp": (stamp,),
        "instant": (b"2025-09-01T09:00:00Z", b"2025-09-01T09:00:00.000001Z"),
        "import file": ((ROOT / "data" / "riverside-2030.yaml").read_bytes(),),
        "JSON file": (b'{"a": [1, 2.5]}',),
        "trust file": (json.dumps(trust).encode(), json.dumps(whole).encode()),
        "certificate file": (certificate,),
        "restores": (json.dumps(restored).encode(),),
        "witness sizes": (b'{"key": {"origin": 3}}', b"{}"),
        "language": (b"uk-UA,uk;q=0.9,en;q=0.8", b"*"),
    }


def _of_town(folder: Path) -> Seeds:
    with TestLedger.with_programme(folder / "model") as town:
        receipt = town.submit("financing.changed", PROGRAMME, lines("150.00"))
        envelopes = [orjson.dumps(envelope_json(one)) for one in town.recorded.values()]
        payloads = tuple(one.payload for one in town.recorded.values())
        entries = tuple(entry.raw for entry in town.ledger.reader.entries(0, 99))
        refusal = sign_refusal(
            MACHINE.key,
            ledger=town.name,
            payloads=["ab" * 32],
            code="unknown-measure",
            pointer="/data",
            position=3,
            now=datetime(2025, 9, 1, tzinfo=UTC),
        )
        prove(town)
    batch = b'{"envelopes":[' + b",".join(envelopes[-2:]) + b"]}"
    shown = orjson.dumps(receipt.to_json())
    return {
        "envelope": tuple(envelopes[:2] + envelopes[-2:]),
        "batch": (batch,),
        "payload": (*payloads, *_examples(payloads[-1])),
        "entry": (entries[0], entries[-1]),
        "receipt": (shown,),
        "receipt file": (shown,),
        "refusal": (orjson.dumps(refusal),),
        **_of_bundle(town, folder),
    }


def _examples(payload: bytes) -> list[bytes]:
    """The example of every kind that is right beside an event's other members."""
    members = orjson.loads(payload)
    examples = [
        orjson.dumps(members | {"kind": name, "data": kind.example}, option=orjson.OPT_SORT_KEYS)
        for name, kind in KINDS.items()
    ]
    return [payload for payload in examples if _is_read(payload)]


def _is_read(payload: bytes) -> bool:
    try:
        read_payload(payload)
    except Refusal:
        return False
    return True


def _of_bundle(town: TestLedger, folder: Path) -> Seeds:
    with open_door(town, folder / "served") as door:
        raw = door.get(f"{BASE}/bundle").content
    path = folder / "bundle.zip"
    path.write_bytes(raw)
    with zipfile.ZipFile(path) as archive:
        said = {name: archive.read(name) for name in ("bundle.json", "proofs.json")}
    joined = orjson.dumps({"from": 1, "to": 2, "proof": [base64.b64encode(b"x" * 32).decode()]})
    return {
        "archive": (raw,),
        "bundle's JSON": tuple(said.values()),
        "manifest": (said["bundle.json"],),
        "bundle's proofs": (said["proofs.json"],),
        "bundle's consistency": (joined,),
    }


def seeds_of(harness: str) -> list[bytes]:
    """What a coverage-guided harness begins with; tests/fuzz/harness.py has their names."""
    if harness == "tile":
        return _published()
    return [raw for name in _SEEDS_OF[harness] for raw in seeds()[name]]


_SEEDS_OF = {
    "envelope": ("envelope", "batch", "payload", "refusal"),
    "note": ("note", "tlog-proof", "witness request", "witness policy", "verifier key", "witness key"),
    "import": ("import file",),
    "planted": ("base64url",),
}


def _published() -> list[bytes]:
    """Files of a log, each below its path."""
    (first, *_), (last, *_) = seeds()["entry"], seeds()["entry"][1:]
    hashes = leaf_hash(first) + leaf_hash(last)
    return [
        b"tile/0/000.p/2\n" + hashes,
        b"tile/1/x001/234.p/1\n" + hashes[:32],
        b"tile/entries/000.p/2\n" + encode_bundle([first, last]),
        b"tile/entries/x001/067.p/3\n" + encode_bundle([b"", b"x", b"{}"]),
    ]
