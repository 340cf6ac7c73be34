"""One request to a witness: http or https only, no redirects, and an answer of bounded size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ledger.errors import LedgerError

if TYPE_CHECKING:
    import httpx

ANSWER_BYTES_MAX: Final = 16_384
WORDS_MAX: Final = 200

_HEADERS: Final = {"Content-Type": "text/plain; charset=utf-8", "Accept-Encoding": "identity"}


class NoAnswer(LedgerError):
    """A witness did not answer, or not as one does."""


@dataclass(frozen=True, slots=True)
class Answer:
    """status: HTTP's."""

    status: int
    body: bytes

    @property
    def words(self) -> str:
        """The beginning of the body on one line, for people."""
        return " ".join(self.body[:WORDS_MAX].decode("utf-8", "replace").split())


def address(prefix: str) -> tuple[str, bool]:
    """The address of add-checkpoint below a submission prefix, and whether it is this machine.

    Raises NoAnswer for what is no http or https address.
    """
    import httpx  # noqa: PLC0415 -- a large library, for those who ask

    try:
        parts = httpx.URL(prefix)
    except httpx.InvalidURL as error:
        raise NoAnswer(f"{prefix} is no address: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.host:
        raise NoAnswer(f"{prefix} is no http or https address")
    return f"{prefix.rstrip('/')}/add-checkpoint", parts.host in ("localhost", "127.0.0.1", "::1")


async def ask(client: httpx.AsyncClient, url: str, body: bytes) -> Answer:
    """Raises NoAnswer."""
    import httpx  # noqa: PLC0415 -- a large library, for those who ask

    try:
        async with client.stream("POST", url, content=body, headers=_HEADERS) as response:
            # Raw bytes: a compressed answer must not unfold into memory.
            received = bytearray()
            async for chunk in response.aiter_raw():
                received += chunk
                if len(received) > ANSWER_BYTES_MAX:
                    raise NoAnswer(f"{url} answered more than {ANSWER_BYTES_MAX} bytes")
            return Answer(response.status_code, bytes(received))
    except httpx.HTTPError as error:
        raise NoAnswer(f"{url}: {str(error) or type(error).__name__}") from error
