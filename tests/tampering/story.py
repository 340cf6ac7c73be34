"""A real ledger with all that can be tampered with, and the verifier that holds anchors of its own.

Several programmes, acts, corrections, a revocation, a service key, heads, a witnessed and a stamped
checkpoint. Told once a run; every attack works on a copy.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from ledger.heads import heads_root
from ledger.note import Signature, format_note, parse_note
from ledger.store.base import StreamEnd
from ledger.verify.anchors import Anchors
from tests.support.people import COMMISSIONER, SECRETARY
from tests.support.service import authority, enrol
from tests.support.story import ACTUAL, town_with_history
from tests.support.town import ORIGIN, PROGRAMME, Payload, TestLedger, lines
from tests.support.witnessing import cosigner

WITNESSES = ("w1.example", "w2.example")
POLICY = "".join(f"witness {name} {cosigner(name).verifier.key}\n" for name in WITNESSES) + (
    f"group all all {' '.join(WITNESSES)}\nquorum all\n"
)
CONTENT = b"what was reported\n"


def _file(content: bytes, name: str, access: str = "public") -> Payload:
    digest = sha256(content).hexdigest()
    kind = {"media_type": "text/plain", "access": access}
    return {"name": name, "size": len(content), "sha256": digest, **kind}


PRESENT = _file(CONTENT, "report.txt")
NEVER_SENT = _file(b"nobody sent this", "lost.txt")
RESTRICTED = _file(b"not for everybody", "list.txt", "restricted")


@dataclass(frozen=True)
class Told:
    """town, earlier: closed ledgers, as they are now and as one was before the last entries; note: the
    newest signed checkpoint, as the verifier saw it outside; size: entries now."""

    town: TestLedger
    earlier: TestLedger
    note: str
    size: int
    anchors: Anchors

    @property
    def database(self) -> Path:
        return self.town.path / "ledger.db"

    @property
    def forgetful(self) -> Anchors:
        """The same trust of somebody who never saw this log before."""
        return replace(self.anchors, remembered=())


@cache
def told() -> Told:
    base = Path(tempfile.mkdtemp(prefix="pledger-tampering-"))
    atexit.register(shutil.rmtree, base, ignore_errors=True)
    with town_with_history(base / "earlier") as earlier:
        tell(earlier)
        earlier.ledger.keep_checkpoint()
    with TestLedger.copy_of(earlier, base / "ledger") as town:
        tell_more(town)
        note = newest(town)
        town.ledger.keep_checkpoint()
        size, anchors = town.position, anchors_of(town, note)
    return Told(town, earlier, note, size, anchors)


def anchors_of(town: TestLedger, *notes: str) -> Anchors:
    return Anchors(ORIGIN, town.name["genesis"], town.log_key, POLICY, tuple(authority().roots), notes)


def tell(town: TestLedger) -> None:
    """A service key, a round of heads, witnesses and stamp, and a revocation."""
    enrol(town)
    report = ACTUAL | {"period": "2025-Q2", "value": "7"}
    town.submit(
        "actual.reported", PROGRAMME, report, by=COMMISSIONER, files=[PRESENT, NEVER_SENT, RESTRICTED]
    )
    town.clock.advance(minutes=1)
    make_round(town)
    revoked = {"kid": COMMISSIONER.key.public.kid, "cause": "stolen", "suspect_from": "2025-09-01"}
    town.ids["revoked"] = town.submit("key.revoked", "root", revoked).event


def tell_more(town: TestLedger) -> None:
    """A decision, its correction, and one more round."""
    town.clock.advance(minutes=10)
    changed = town.submit("financing.changed", PROGRAMME, lines("170.00"), by=SECRETARY).event
    town.submit("financing.changed", PROGRAMME, lines("175.00"), by=SECRETARY, corrects=changed)
    make_round(town)


def make_round(town: TestLedger) -> None:
    """Heads, the checkpoint over them, what witnesses and authority answered."""
    size = town.position
    rows = town.ledger.reader.heads(size)
    town.submit("ledger.heads", "trust", heads_of(rows, size))
    note = newest(town)
    town.clock.advance(minutes=1)
    stamp = authority().at(town.clock.now(), parse_note(note).text.encode())
    town.clock.advance(seconds=1)
    town.submit("checkpoint.witnessed", "trust", {"checkpoint": cosigned(town, note)})
    town.submit("timestamp.anchored", "trust", {"checkpoint": note, "response": b64encode(stamp).decode()})


def heads_of(rows: Sequence[StreamEnd], size: int) -> Payload:
    return {"size": size, "root": heads_root(rows).hex(), "streams": len(rows)}


def newest(town: TestLedger) -> str:
    """The newest signed checkpoint."""
    found = town.ledger.appender.checkpoint
    assert found is not None
    return found[1]


def cosigned(town: TestLedger, note: str) -> str:
    """The note with a true cosignature of each witness."""
    parsed = parse_note(note)
    signers = [cosigner(name, town.clock) for name in WITNESSES]
    added = [Signature(one.name, one.key_id, one.sign(parsed.text.encode())) for one in signers]
    return format_note(parsed.text, [*parsed.signatures, *added])
