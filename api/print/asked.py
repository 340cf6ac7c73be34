"""What is asked to be printed: which document, of which points, in which language.

The same for the HTTP door, the CLI and bundles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlencode

from api.print.annex import Annex
from api.texts.language import Language
from projections.positions import Known

Print = Literal["state", "report", "comparison", "annex"]
PRINTS: Final[tuple[Print, ...]] = ("state", "report", "comparison", "annex")
ROWS_MAX: Final = 2000  # of all tables, some seventy pages; drawing them takes 350 MB for a moment
TEXT_MAX: Final = 4 * 1024 * 1024  # bytes of the data as JSON


@dataclass(frozen=True, slots=True)
class Earlier:
    """The first point of a comparison."""

    as_of: str
    known: Known


@dataclass(frozen=True, slots=True)
class Asked:
    """year: of a report; start: of a comparison, or proposal: what is compared with the edition in force;
    annex, number: which one, and how it is numbered;
    address: of the server as its readers know it, without a slash at the end; "" makes links relative."""

    print: Print
    programme: str
    language: Language = "uk"
    year: int = 0
    start: Earlier | None = None
    annex: Annex = "financing"
    number: int | None = None
    address: str = ""
    proposal: str | None = None

    def link(self, as_of: str, known: int) -> str:
        """The address that gives these data again, whatever is recorded later."""
        if self.proposal is not None:
            return (
                f"{self.address}/v1/proposals/{self.proposal}?{urlencode({'as_of': as_of, 'known': known})}"
            )
        route = f"{self.address}/v1/programmes/{self.programme}"
        if self.start is None:
            return f"{route}?{urlencode({'as_of': as_of, 'known': known})}"
        points: dict[str, Any] = {"from_as_of": self.start.as_of, "from_known": self.start.known.position}
        return f"{route}/diff?{urlencode({**points, 'to_as_of': as_of, 'to_known': known})}"

    def file_name(self, as_of: str, known: int) -> str:
        """ASCII, without its ending."""
        which = {"report": f"-{self.year}", "annex": f"-{self.annex}"}.get(self.print, "")
        return f"pledger-{self.print}{which}-{self.programme}-{as_of}-{known}"
