"""The steps of the demo: each shows something, or fails by saying what came out instead."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from api.cli.files import write_json
from api.cli.trusted import Trust
from api.client import Client
from api.demo.audit import NotShown, Step
from ledger.log import open_reader
from ledger.receipt import Receipt
from ledger.store.base import Head, LogReader
from ledger.store.place import Database
from tests.demo_postgres.reports import Report, Sent, entry_of, sending, sign_report
from tests.demo_postgres.stand import DATABASE, Stand
from tests.support.polling import until

WITNESSED_SECONDS_MAX: Final = 90.0
ROOT_SHOWN: Final = 16  # hexadecimal digits


class Steps:
    """stand: on which nothing runs yet."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand
        self._budget: dict[str, Any] = {}
        self._acknowledged: list[Receipt] = []

    def all(self) -> Iterator[tuple[str, Step]]:
        yield "стенд на SQLite / the demo on SQLite", self._as_it_was
        yield "первинна база й синхронна репліка / a primary and a synchronous standby", self._started
        yield "реєстр скопійовано / the ledger is copied", self._copied
        yield "підписувач і два сервери / a signer and two servers", self._served
        yield f"бюджет на {self._day} той самий / the same budget", self._compared
        yield "один записав, другий показує / one records, the other shows", self._shared
        yield "первинну базу вбито, репліку підвищено / primary killed, standby promoted", self._failed_over
        yield "нічого не втрачено / nothing is lost", self._found
        yield "резервну копію перевірено / the backup verifies", self._verified

    # -- from SQLite to PostgreSQL ----------------------------------------------------------

    def _as_it_was(self) -> str:
        """Served once from its file: its figures, and what an auditor will believe."""
        beside = self._stand.start_witness()
        with self._stand.serving_file() as url, Client(url) as client:
            said = client.ledger()
            self._budget = self._budget_on(url)
        if not self._budget["items"]:
            raise NotShown("бюджет порожній / the budget is empty")
        policy = beside.policy.read_text(encoding="utf8") if beside.policy else None
        authorities = (beside.tsa.read_text(encoding="ascii"),) if beside.tsa else ()
        origin, genesis, key = (str(said[name]) for name in ("origin", "genesis", "log_key"))
        self._trust = Trust(origin, genesis, key, policy, authorities)
        write_json(self._stand.trust, self._trust.to_json())
        return f"{self._stand.directory.ledger_db}"

    def _started(self) -> str:
        self._stand.start_databases()
        return f"127.0.0.1:{self._stand.primary.port}, 127.0.0.1:{self._stand.standby.port}"

    def _copied(self) -> str:
        """As docs/operations.md says; the roots are compared once more here. Raises NotShown."""
        stand, source = self._stand, self._stand.directory
        stand.commands.run("migrate", "migrate", stand.both)
        told = json.loads(stand.commands.run("copy", "copy", source.path, stand.both, "--json"))
        heads = _head(source.ledger_db), _head(Database(stand.primary.conninfo(DATABASE)))
        here, there = ((head.size, head.frontier.root().hex()) for head in heads)
        if here != there or there != (told["entries"], told["root"]):
            raise NotShown(f"корені різні / the roots differ: {here}, {there}, {told}")
        stand.move_file_away()
        return (
            f"{there[0]} записів / entries; корінь той самий / same root {there[1][:ROOT_SHOWN]}…;"
            f" порівняно станів / states compared: {told['states']}, клітинок / cells: {told['cells']}"
        )

    # -- many processes -----------------------------------------------------------------------

    def _served(self) -> str:
        self._stand.start_signer()
        first = self._stand.start_server("--standbys", 1)
        replica = self._stand.url_of(self._stand.standby)
        second = self._stand.start_server("--standbys", 1, "--replica", replica)
        return f"{first}, {second} (читає репліку / reads the standby)"

    def _compared(self) -> str:
        for url in self._stand.urls:
            if self._budget_on(url) != self._budget:
                raise NotShown(f"{url}: інші числа, ніж на SQLite / other figures than on SQLite")
        rows, total = len(self._budget["items"]), self._budget["totals"]["all"][0]["amended"]
        return f"SQLite = {' = '.join(self._stand.urls)}: рядків / rows: {rows}, разом / total: {total}"

    def _shared(self) -> str:
        """Recorded by the first server, shown by the second, and the same when sent again there."""
        first, second = self._stand.urls
        report = self._signed("2026-Q1", "1")
        with sending(first, report) as sent:
            pass
        receipt = self._acknowledge(report, sent)
        self._show(second, receipt)
        with Client(second) as client:
            again = client.submit(report.envelope)
        if (again.index, again.entry) != (receipt.index, receipt.entry):
            raise NotShown(f"№ {again.index + 1}: записано вдруге / recorded twice")
        return f"вигаданий звіт / an invented report № {receipt.index + 1}; вдруге той самий / again the same"

    # -- the failover ---------------------------------------------------------------------------

    def _failed_over(self) -> str:
        """While an official sends: killed as by a power cut, promoted, given a standby of its own."""
        first, stand = self._stand.urls[0], self._stand
        report = self._signed("2026-Q2", "2")
        begun = time.monotonic()
        stand.primary.stop("kill")
        with sending(first, report) as sent:
            stand.standby.promote()
            promoted = time.monotonic() - begun
            stand.standby.standby("standby2", synchronous=True)
            attached = time.monotonic() - begun
        self._acknowledge(report, sent)
        refused = ", ".join(f"{code}: {count}" for code, count in sorted(sent.refused.items()))
        return (
            f"записано за / recorded in {sent.at - begun:.1f} s (підвищено / promoted {promoted:.1f} s,"
            f" нова репліка / new standby {attached:.1f} s); відмовлено тим часом / refused meanwhile:"
            f" {sum(sent.refused.values())}{f' ({refused})' if refused else ''}"
        )

    def _found(self) -> str:
        """What was acknowledged, before and after, on both servers; the witness saw one history go on."""
        for url in self._stand.urls:
            for receipt in self._acknowledged:
                self._show(url, receipt)
        seen = self._cosigned(self._acknowledged[-1].index + 1)
        count = len(self._acknowledged)
        return f"підтверджено / acknowledged: {count}, знайдено / found: {count}{seen}"

    def _verified(self) -> str:
        """Offline, by the trust file; and the file holds what was acknowledged."""
        file = self._stand.data / "backup.db"
        file.unlink(missing_ok=True)
        self._stand.commands.run("backup", "backup", self._stand.both, file)
        said = self._stand.commands.run("verify", "verify", file)
        if "VERIFIED" not in said:
            raise NotShown(said)
        with _reader(file) as log:
            held = [log.entries(receipt.index, 1) for receipt in self._acknowledged]
        if [[one.raw for one in found] for found in held] != [[one.entry] for one in self._acknowledged]:
            raise NotShown(f"{file}: інші записи / other entries")
        return f"VERIFIED, {file}"

    # -- what they need -----------------------------------------------------------------------

    @property
    def _day(self) -> str:
        return str(self._stand.story["audited_as_of"])

    def _budget_on(self, url: str) -> dict[str, Any]:
        """All its figures: the position is another one."""
        with Client(url) as client:
            answer = client.programme(self._stand.story["programme"], "budget", {"as_of": self._day})
        return {name: answer.members[name] for name in ("items", "next", "totals")}

    def _signed(self, period: str, value: str) -> Report:
        with Client(self._stand.urls[0]) as client:
            said = client.ledger()
        return sign_report(self._stand.directory.path, self._stand.story, said, period, value)

    def _acknowledge(self, report: Report, sent: Sent) -> Receipt:
        """A receipt counts once it proves itself. Raises ReceiptError."""
        assert sent.receipt is not None
        report.check(sent.receipt, log_key=self._trust.log_key, genesis=self._trust.genesis)
        self._acknowledged.append(sent.receipt)
        return sent.receipt

    def _show(self, url: str, receipt: Receipt) -> None:
        if entry_of(url, receipt) != receipt.entry:
            raise NotShown(f"{url}: № {receipt.index + 1}: інший запис / another entry")

    def _cosigned(self, size: int) -> str:
        """Wait for the round of whichever server leads now. "" where there is no witness."""
        if self._stand.beside.policy is None:
            return ""

        def witnessed() -> int:
            return int((client.ledger().get("witnessed") or {}).get("size", 0))

        with Client(self._stand.urls[0]) as client:
            until(lambda: witnessed() >= size, "witnessed", seconds=WITNESSED_SECONDS_MAX)
            return f"; свідок підписав / the witness cosigned № 1–{witnessed()}"


@contextmanager
def _reader(place: Path | Database) -> Iterator[LogReader]:
    with closing(open_reader(place)) as log:
        yield log


def _head(place: Path | Database) -> Head:
    with _reader(place) as log:
        return log.head()
