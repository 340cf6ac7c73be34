"""One witness is asked about one checkpoint, and its answers are judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from api.witness.asking import Answer, NoAnswer, ask
from api.witness.hints import SizeHints
from api.witness.outcomes import Outcome, State
from ledger.checkpoint import Checkpoint
from ledger.cosignature import time_of
from ledger.note import NoteError, Signature, format_note, open_note, parse_signature_line
from ledger.witness.policy import PolicyWitness
from ledger.witness.request import format_request, parse_size

if TYPE_CHECKING:
    import httpx

REQUESTS_MAX: Final = 4  # one more with the witness's own size, and after failures
SKEW_SECONDS_MAX: Final = 600  # between a cosignature's time and our clock

Prove: TypeAlias = Callable[[int], Sequence[bytes]]
"""old size → the RFC 6962 §2.1.2 proof from it to the checkpoint; asked for 0 < old < size only."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What every witness is asked about.

    text: the checkpoint's; shown: the note with the log's signatures alone. newest: how many
    entries we hold. now: our clock, POSIX seconds.
    """

    checkpoint: Checkpoint
    text: str
    shown: str
    newest: int
    prove: Prove
    now: Callable[[], int]


class Dialogue:
    """With one witness. Its methods raise NoAnswer, and NoteError for an answer that does not hold."""

    def __init__(self, witness: PolicyWitness, asked: Asked, client: httpx.AsyncClient, url: str) -> None:
        self._witness, self._asked = witness, asked
        self._client, self._url, self._left = client, url, REQUESTS_MAX

    async def cosignature(self, hints: SizeHints) -> Outcome:
        """Begin with the size that it had last; once more with the size that it names."""
        key, checkpoint = str(self._witness.verifier.key), self._asked.checkpoint
        old = min(hints.get(key, checkpoint.origin), checkpoint.size)
        answer = await self._send(old)
        if answer.status == 409:
            size = parse_size(answer.body)
            if size == old or size > checkpoint.size:
                return self._judged_size(size, old)
            old, answer = size, await self._send(size)
        outcome = self._judged(answer, old)
        if outcome.size is not None and outcome.state in ("cosigned", "later", "refused"):
            hints.put(key, checkpoint.origin, outcome.size)
        return outcome

    async def size(self) -> Outcome:
        """Ask with our own size and no proof: it agrees, or it names its size."""
        size = self._asked.checkpoint.size
        return self._judged(await self._send(size), size)

    async def _send(self, old: int) -> Answer:
        """Repeat what is lost: that is harmless. Raises NoAnswer, and what prove raises."""
        proof = self._asked.prove(old) if 0 < old < self._asked.checkpoint.size else []
        body = format_request(old, proof, self._asked.shown)
        failed: NoAnswer | None = None
        while self._left:
            self._left -= 1
            try:
                answer = await ask(self._client, self._url, body)
            except NoAnswer as error:
                failed = error
                continue
            if answer.status < 500:
                return answer
            failed = NoAnswer(f"{self._url} answered {answer.status} {answer.words}")
        raise failed or NoAnswer(f"{self._url} fails too often")

    def _judged(self, answer: Answer, old: int) -> Outcome:
        """old: the size in the request."""
        if answer.status == 200:
            cosignature = self._verified(answer.body)
            return Outcome(self._witness.name, "cosigned", "", self._asked.checkpoint.size, cosignature)
        if answer.status == 409:
            return self._judged_size(parse_size(answer.body), old)
        if answer.status == 422 and old:
            # The proof is from our own tree, so the witness remembers another one of that size.
            return self._outcome("other-root", answer.words, old)
        return self._outcome("refused", f"{answer.status} {answer.words}".strip())

    def _judged_size(self, size: int, old: int) -> Outcome:
        """What a 409 means that names a size."""
        said = f"it has cosigned {size} entries"
        if size > self._asked.newest:
            return self._outcome("longer", said, size)
        if size > self._asked.checkpoint.size:
            return self._outcome("later", said, size)
        if size != old:
            return self._outcome("refused", said, size)
        if old == self._asked.checkpoint.size:
            # Before v1.0.0 the answer to another root of one size was 409, too.
            return self._outcome("other-root", said, size)
        return self._outcome("untrue", f"it refuses the size {size}, and names it")

    def _verified(self, body: bytes) -> Signature:
        """The witness's own cosignature over our text; lines of other keys are ignored. Raises NoteError."""
        signatures = [parse_signature_line(line) for line in _lines(body)]
        opened = open_note(format_note(self._asked.text, signatures), [self._witness.verifier])
        (cosignature,) = opened.verified
        now, time = self._asked.now(), time_of(cosignature)
        if abs(time - now) > SKEW_SECONDS_MAX:
            raise NoteError(f"its time {time} is far from ours, {now}: one of the clocks is wrong")
        return cosignature

    def _outcome(self, state: State, detail: str, size: int | None = None) -> Outcome:
        return Outcome(self._witness.name, state, detail, size)


def _lines(body: bytes) -> list[str]:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise NoteError("its answer is not UTF-8") from error
    if not text.endswith("\n"):
        raise NoteError("its answer is no list of signature lines")
    return text[:-1].split("\n")
