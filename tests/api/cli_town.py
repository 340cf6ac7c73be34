"""A town whose whole record is made at the prompt: keys, registry, an imported programme, a change.

Every event goes the way of an official's: draft on the server, sign offline, submit, check.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from api.settings import Settings
from ledger.kinds import KINDS
from tests.api.cli_runner import Prompt, Ran
from tests.api.running import running
from tests.api.small_programme import RIVERSIDE_FILE
from tests.support.places import init_words

ORIGIN = "riverside.example/pledger"
COUNCIL = "riverside-council"
PROGRAMME = "riverside-2030"
CELL = "/financing/w-a1y.3.10/2031/local"
REGISTRAR = [{"person": "p-1", "office": "registrar"}]
SECRETARY = [{"person": "p-2", "office": "secretary"}]

Payload = dict[str, Any]


class Desk(Prompt):
    """The prompt of an official who also is the registrar; `url`: the server."""

    url: str = ""
    count: int = 0

    def key(self, name: str) -> Path:
        return self.home / f"{name}.pem"

    def open(self) -> Path:
        """Keys, the ledger and its trust file; the ledger's directory."""
        for name in ("registrar", "secretary"):
            self.ok("keygen", "--out", self.key(name), "--alg", "ES256" if name == "secretary" else "Ed25519")
        registrar = f"p-1=Реєстраторка={self.key('registrar')}"
        folder = self.home / "ledger"
        made = self.ok(
            *("init", folder, "--origin", ORIGIN, "--registrars", registrar, "--k", 1, "--json"),
            "--no-service",
            *init_words(folder),
        )
        self.write("auditor.json", made.json)
        return folder

    def draft(self, kind: str, subject: str, data: Any, signers: Any, **more: Any) -> tuple[Ran, Path]:
        """Draft an event; the completed payload is in the file."""
        self.count += 1
        payload = {"kind": kind, "subject": subject, "data": data, "signers": signers, **more}
        path = self.write(f"event-{self.count:02}.json", payload)
        return self.run("draft", path, "--out", path), path

    def record(self, kind: str, subject: str, data: Any, signers: Any, **more: Any) -> Path:
        """Draft, sign and submit an event that is recorded; the signed file."""
        ran, path = self.draft(kind, subject, data, signers, **more)
        assert ran.code == 0, ran
        return self.sign_and_submit(path)

    def sign_and_submit(self, path: Path) -> Path:
        signer = json.loads(path.read_text(encoding="utf8"))["signers"][0]
        key = self.key("registrar" if signer["office"] == "registrar" else "secretary")
        self.ok("sign", path, "--key", key, "--out", path)
        self.ok("submit", path)
        return path

    def register(self) -> None:
        """A person, the council, an office, a mandate and a key."""
        kinds = [name for name, kind in KINDS.items() if kind.by_office]
        body = f"body:{COUNCIL}"
        possession = self.ok("possession", "--key", self.key("secretary"), "--person", "p-2").json
        mandate = {"person": "p-2", "office": "secretary", "start": "2020-01-01", "order": ""}
        for kind, subject, data in (
            ("person.registered", "root", {"person": "p-2", "name": "Секретар ради"}),
            ("body.opened", "root", {"body": COUNCIL, "name": "Надрічанська рада"}),
            ("office.created", body, {"office": "secretary", "name": "Секретар", "kinds": kinds}),
            ("mandate.granted", body, mandate),
            ("key.enrolled", body, possession),
        ):
            self.record(kind, subject, data, REGISTRAR)

    def adopt(self) -> list[Path]:
        """Import the programme's file and submit its events as one batch."""
        out = self.home / "riverside"
        signer = ("--person", "p-2", "--office", "secretary")
        self.ok("import", RIVERSIDE_FILE, "--out", out, "--server", self.url, *signer)
        files = sorted(out.glob("*.json"))
        self.ok("sign", *files, "--key", self.key("secretary"), "--out", out)
        self.ok("submit", "--batch", *files)
        return files

    def change(self, amount: str, **more: Any) -> tuple[Ran, Path]:
        """Draft a change of CELL."""
        line = {"measure": "w-a1y.3.10", "year": 2031, "source": "local", "op": "set", "amount": amount}
        return self.draft(
            "financing.changed",
            f"programme:{PROGRAMME}",
            {"lines": [line | more.pop("line", {})]},
            SECRETARY,
            effective="2031-06-01",
            act={"id": "riverside-12-7-2029", "point": "1.1"},
            **more,
        )


@contextmanager
def town(home: Path) -> Iterator[Desk]:
    """A served ledger with the imported programme and one change of CELL; № 9 is the last entry."""
    desk = Desk(home)
    folder = desk.open()
    with running(Settings(data=folder)) as url:
        desk.url = url
        desk.env["PLEDGER_SERVER"] = url
        desk.ok("trust", url)
        desk.register()
        desk.adopt()
        ran, path = desk.change("1200000.00")
        assert ran.code == 0, ran
        desk.sign_and_submit(path)
        yield desk
