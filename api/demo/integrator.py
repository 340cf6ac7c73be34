"""What an integrator does with the demo's running server: follows the feed, exports, takes open data.

Nothing is taken for granted: what was fetched is added up, hashed and compared with what the server says.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import httpx
import orjson

from api.demo.beside import Say
from api.importers.edition import ANNEXES, Asked, read_edition
from api.importers.state_file import raw_of
from api.importers.template import to_workbook
from ledger.errors import LedgerError

PAGES_MAX: Final = 200  # of one walk; the demo's ledger has a handful
Members = dict[str, Any]


class Differs(LedgerError):
    """What was fetched is not what the server says that it is."""


@dataclass(frozen=True, slots=True)
class Integrator:
    """client: of the server; programme: the story's; day: what is asked about."""

    client: httpx.Client
    programme: str
    day: str

    def integrate(self, say: Say) -> bool:
        """Did every step come out?"""
        ok = True
        for title, step in self._steps():
            try:
                say(f"  ✓ {title}: {step()}")
            except (LedgerError, httpx.HTTPError) as error:
                say(f"  ✗ {title}: {error}")
                ok = False
        return ok

    def _steps(self) -> Iterator[tuple[str, Callable[[], str]]]:
        yield "стрічку подій прочитано за позиціями / the feed by position", self._followed
        yield "стан відтворено зі стрічки, хеш збігся / the state from the feed of cells", self._rebuilt
        yield "вивантажений бюджет сходиться з підсумком / the exported budget adds up", self._exported
        yield "таблиця programs за постановою № 835 / the table of resolution No. 835", self._official
        yield "пакет даних: хеші файлів збіглися / the data package's hashes", self._packaged
        yield "стан у книгу й назад: змін немає / a workbook of the state, imported", self._brought_back

    # -- the steps ----------------------------------------------------------------

    def _followed(self) -> str:
        seen, after, at = 0, 0, "/v1/events?after=0&limit=50"
        for _ in range(PAGES_MAX):
            page = self._json(at)
            seen, after = seen + len(page["items"]), page["after"]
            if page["next"] is None:
                break
            at = page["next"]
        if seen != after:
            raise Differs(f"{seen} ≠ {after}")
        return f"{seen}, /v1/events?after={after}"

    def _rebuilt(self) -> str:
        """Apply the cells, and hash what came of them as the server does."""
        state: Members = {}
        said, at = "", f"/v1/feed/cells?programme={self.programme}&as_of={self.day}&limit=500"
        for _ in range(PAGES_MAX):
            page = self._json(at)
            for item in page["items"]:
                if item["cell"] != "none":
                    _put(state, item["path"], item["value"])
            said = page["states"].get(self.programme, said)
            if page["next"] is None:
                break
            at = page["next"]
        own = "sha256:" + hashlib.sha256(orjson.dumps(state, option=orjson.OPT_SORT_KEYS)).hexdigest()
        if own != said:
            raise Differs(f"{own} ≠ {said}")
        return own[:18] + "…"

    def _exported(self) -> str:
        where = f"programme={self.programme}&as_of={self.day}"
        lines = self._get(f"/v1/exports/budget?{where}&format=csv").text
        rows = list(csv.DictReader(io.StringIO(lines, newline="")))
        total = sum((Decimal(row["paid"]) for row in rows if _is_amount(row["paid"])), Decimal())
        answer = self._json(f"/v1/programmes/{self.programme}/budget?as_of={self.day}")
        listed = (one["paid"] for one in answer["items"] if one["paid"] is not None)
        if total != (wanted := sum(map(Decimal, listed), Decimal())):
            raise Differs(f"{total} ≠ {wanted}")
        return f"{len(rows)} рядків / rows, {total} UAH"

    def _official(self) -> str:
        lines = self._get("/opendata/835/programs.csv").text
        rows = list(csv.DictReader(io.StringIO(lines, newline="")))
        if not rows:
            raise Differs("programs.csv: 0")
        blank = [name for name, text in rows[0].items() if not text]
        return f"«{rows[0]['title']}», {rows[0]['status']}; порожні, бо не названі / left empty: {len(blank)}"

    def _packaged(self) -> str:
        package = self._json("/opendata/datapackage.json")
        files = 0
        for resource in package["resources"]:
            paths = resource["path"] if isinstance(resource["path"], list) else [resource["path"]]
            taken = b"".join(self._get(_address(path)).content for path in paths)
            if len(paths) == 1 and resource["hash"] != "sha256:" + hashlib.sha256(taken).hexdigest():
                raise Differs(resource["name"])
            files += len(paths)
        return f"{package['name']}, {files} файлів / files"

    def _brought_back(self) -> str:
        """What an official would do with a new edition of all annexes, here one that changes nothing."""
        state = self._json(f"/v1/programmes/{self.programme}?as_of={self.day}")["state"]
        book = to_workbook(raw_of(self.programme, state))
        edition = read_edition(book, Asked(self.programme, ANNEXES, {"id": "example"}, self.day), state)
        if edition.changes or edition.events:
            raise Differs("; ".join(change.path for change in edition.changes[:5]))
        return f"{len(book)} B, {edition.equal} комірок / cells"

    # -- asking -------------------------------------------------------------------

    def _get(self, path: str) -> httpx.Response:
        answer = self.client.get(path, follow_redirects=True)
        answer.raise_for_status()
        return answer

    def _json(self, path: str) -> Any:
        return self._get(path).json()


def _address(path: str) -> str:
    """A resource's path is relative to its package, or an address."""
    return path if "://" in path or path.startswith("/") else f"/opendata/{path}"


def _put(state: Members, path: str, value: Any) -> None:
    *parents, last = path.split("/")[1:]
    node = state
    for name in parents:
        node = node.setdefault(name, {})
    node[last] = value


def _is_amount(text: str) -> bool:
    return text not in ("", "-", "blank", "removed")
