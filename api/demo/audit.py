"""What an auditor does with the demo's running server, believing a trust file and nobody else."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shlex import quote
from typing import Any, Final

from api.cli.files import write_json
from api.cli.trusted import Trust
from api.client import Client, segment
from api.demo.beside import WITNESS, Beside, Say
from api.demo.tampering import tampered_copy
from ledger.directory import Directory
from ledger.errors import LedgerError
from ledger.note import Ed25519Verifier
from ledger.tlog.paths import CHECKPOINT, WITNESSED
from ledger.tlog.publishing import publish
from ledger.verify.anchors import Anchors
from ledger.verify.bundle import verify_bundle
from ledger.verify.ledger_file import verify_ledger_file
from ledger.verify.report import Report
from ledger.verify.tiles import verify_folder

ROUND_SECONDS_MAX: Final = 30.0
Step = Callable[[], str]


class NotShown(LedgerError):
    """A step did not come out as it has to; the message says how."""


@dataclass(slots=True)
class Auditor:
    """url: of the server; beside: who stands beside it. Takes each step, and says what came of it."""

    data: Path
    url: str
    story: dict[str, Any]
    beside: Beside
    _trust: Trust | None = field(default=None, init=False)

    def audit(self, say: Say) -> bool:
        """Did every step come out? What one lacks, those after it lack too."""
        if self.beside.policy is None:
            for line in _too_old(self.data):
                say(line)
            return False
        self._folder.mkdir(exist_ok=True)
        shutil.rmtree(self._folder / "published", ignore_errors=True)  # perhaps of an earlier demo
        for number, (title, step) in enumerate(self._steps(), 1):
            try:
                say(f"  ✓ {number}. {title}: {step()}")
            except LedgerError as error:
                say(f"  ✗ {number}. {title}: {error}")
                return False
        for line in self._commands():
            say(line)
        return True

    def _steps(self) -> Iterator[tuple[str, Step]]:
        yield "вигаданий свідок підписав контрольну точку / the invented witness cosigned", self._witnessed
        yield "файл довіри / trust file", self._trusted
        yield f"пакет доказів на {self._day} перевірено / the bundle verifies", self._bundled
        yield "файл реєстру перевірено / the ledger file verifies", self._whole
        yield "журнал опубліковано й перевірено / the published log verifies", self._published
        yield "підміну однієї цифри виявлено / one forged digit is found", self._tampered

    # -- the steps ----------------------------------------------------------------

    def _witnessed(self) -> str:
        """Wait for the first round. Raises NotShown."""
        wanted = ["witnessed", *(["stamped"] if self.beside.tsa else [])]
        end = time.monotonic() + ROUND_SECONDS_MAX
        with Client(self.url) as client:
            while not all((said := client.ledger()).get(name) for name in wanted):
                if time.monotonic() > end:
                    raise NotShown(f"немає за / absent after {ROUND_SECONDS_MAX:g} s: {', '.join(wanted)}")
                threading.Event().wait(0.05)
        stamp = said["stamped"]["at"] if self.beside.tsa else "–"
        return f"{WITNESS}, № 1–{said['witnessed']['size']}; позначка часу / stamp: {stamp}"

    def _trusted(self) -> str:
        """From the server, as `pledger trust` takes it the first time: the demo has no minutes to compare."""
        assert self.beside.policy is not None
        policy, tsa = self.beside.policy.read_text(encoding="utf8"), self.beside.tsa
        with Client(self.url) as client:
            said = client.ledger()
        authorities = (tsa.read_text(encoding="ascii"),) if tsa else ()
        origin, genesis, key = (str(said[name]) for name in ("origin", "genesis", "log_key"))
        self._trust = Trust(origin, genesis, key, policy, authorities)
        write_json(self._trust_file, self._trust.to_json())
        return str(self._trust_file)

    def _bundled(self) -> str:
        path, file = f"/v1/programmes/{segment(self.story['programme'])}/bundle", self._folder / "bundle.zip"
        with Client(self.url) as client, file.open("wb") as target:
            client.bundle(path, {"as_of": self._day}, target, lambda done, of: None)
        return f"{_verified(verify_bundle(file, self._anchors))}, {file}"

    def _whole(self) -> str:
        file = Directory(self.data).ledger_db
        return f"{_verified(verify_ledger_file(file, self._anchors))}, {file}"

    def _published(self) -> str:
        """From the server's /log/, as anybody can."""
        folder = self._folder / "published"
        with Client(self.url) as client:
            notes = [client.log_file(name).decode() for name in (CHECKPOINT, WITNESSED)]
            keys = [Ed25519Verifier.parse(self._anchors.log_key)]
            publish(folder, client.log_file, notes[0], verifiers=keys, witnessed=notes[1])
        return f"{_verified(verify_folder(folder, self._anchors))}, {folder}"

    def _tampered(self) -> str:
        """A copy in which one digit of an amount is another must fail. Raises NotShown if it does not."""
        file = self._folder / "tampered.db"
        forged = tampered_copy(Directory(self.data).ledger_db, file)
        report = verify_ledger_file(file, self._anchors)
        failed = [check.name for check in report.in_order() if check.status == "failed"]
        if report.verdict != "failed" or "tree" not in failed:
            raise NotShown(f"не виявлено / it was not found: {forged}")
        return f"{forged} → FAILED ({', '.join(failed)}), {file}"

    # -- what they need -----------------------------------------------------------

    @property
    def _day(self) -> str:
        return str(self.story["audited_as_of"])

    @property
    def _folder(self) -> Path:
        """Beside the ledger's directory: what is published is never put among its keys."""
        return self.data.with_name(self.data.name + "-audit")

    @property
    def _trust_file(self) -> Path:
        return self.data / "trust.json"

    @property
    def _anchors(self) -> Anchors:
        """All that the auditor believes."""
        assert self._trust is not None
        one = self._trust
        return Anchors(one.origin, one.genesis, one.log_key, one.policy, tuple(map(str.encode, one.tsa)))

    def _commands(self) -> Iterator[str]:
        yield "\n  Те саме власноруч, в іншому терміналі / the same by hand, in another terminal:"
        yield f"    export PLEDGER_SERVER={self.url} PLEDGER_TRUST={quote(str(self._trust_file))}"
        yield f"    pledger bundle programme {self.story['programme']} --as-of {self._day} --out bundle.zip"
        yield "    pledger verify bundle.zip"
        yield f"    pledger verify {quote(str(Directory(self.data).ledger_db))}"
        yield f"    pledger verify {quote(str(self._folder / 'published'))}"
        yield f"    pledger verify {quote(str(self._folder / 'tampered.db'))}"


def _verified(report: Report) -> str:
    """The verdict. Raises NotShown for any other than verified, with what failed."""
    if report.verdict != "verified":
        failed = [
            f"{check.name}: {check.faults[0].code}" for check in report.in_order() if check.status == "failed"
        ]
        raise NotShown(f"{report.verdict} ({'; '.join(failed)})")
    return "verified"


def _too_old(data: Path) -> Iterator[str]:
    yield "  ✗ Докази: цей стенд створено без службового ключа, тож без свідка й пакетів доказів."
    yield f"    Створити новий: зупиніть стенд, rm -r {quote(str(data))}, запустіть знову."
    yield "  ✗ Proofs: this demo was made without a service key: there is no witness, and no bundle."
    yield f"    To make a new one: stop the demo, rm -r {quote(str(data))}, start it again."
