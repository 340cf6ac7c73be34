"""An attack, what has to be found out about it, and the table of all of them.

A *find* is `check/code`, as `tree/other-root`. An attack names those of which one at least must be among
what the verifier tells: that it fails is not enough, it has to say why.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from api.texts.checks import fault_words
from api.texts.language import Language
from ledger.errors import StorageError
from ledger.verify.anchors import Anchors
from ledger.verify.ledger_file import verify_ledger_file
from ledger.verify.report import Report

LANGUAGES: tuple[Language, ...] = ("uk", "en")
UNREADABLE = "unreadable"  # no database at all: the exit code is 3, and nothing is called verified


@dataclass(frozen=True)
class Attack:
    """apply: changes the database at a path; refused by the database itself, it raises sqlite3.Error.

    finds: what must be told, one of them at least.
    """

    name: str
    finds: frozenset[str]
    apply: Callable[[Path], None]


@dataclass
class Tally:
    """What became of many attacks. told: what each was found out by; missed: what was not found out, or in
    the wrong words."""

    detected: int = 0
    refused: int = 0
    told: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return self.detected + len(self.missed)

    def __str__(self) -> str:
        share = 100 * self.detected / self.count if self.count else 0.0
        total = f"{self.detected} of {self.count} found out ({share:.1f} %), {self.refused} refused by SQLite"
        return "\n".join([*self.told, total])


def finds_of(report: Report) -> frozenset[str]:
    """What a report tells is wrong. Each has words in both languages."""
    found = set()
    for check in report.in_order():
        for fault in check.faults:
            for language in LANGUAGES:
                words = fault_words(check.name, fault, language)
                assert words.partition(":")[0] not in ("", fault.code), f"{fault.code} has no words"
            if check.status == "failed":
                found.add(f"{check.name}/{fault.code}")
    return frozenset(found)


def judged(database: Path, anchors: Anchors | None) -> tuple[str, frozenset[str]]:
    """The verdict on a database, and what is told to be wrong."""
    try:
        report = verify_ledger_file(database, anchors)
    except StorageError:
        return UNREADABLE, frozenset([UNREADABLE])
    return report.verdict, finds_of(report)


def attack_all(source: Path, anchors: Anchors, attacks: Iterable[Attack], workplace: Path) -> Tally:
    """Attack copies of a database, one attack each, and see what the verifier says."""
    tally = Tally()
    for attack in attacks:
        copy = workplace / "attacked.db"
        shutil.copyfile(source, copy)
        try:
            attack.apply(copy)
        except sqlite3.IntegrityError:
            tally.refused += 1
            continue
        assert copy.read_bytes() != source.read_bytes(), f"{attack.name} changes nothing"
        verdict, finds = judged(copy, anchors)
        if verdict in ("failed", UNREADABLE) and finds & attack.finds:
            tally.detected += 1
            tally.told.append(f"{attack.name}: {', '.join(sorted(finds & attack.finds))}")
        else:
            tally.missed.append(f"{attack.name}: {verdict}, {sorted(finds)}; expected {sorted(attack.finds)}")
    return tally


def sql(path: Path, *statements: str, parameters: Iterable[object] = ()) -> None:
    """Run statements on a database; the parameters are the last one's."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements[:-1]:
            connection.execute(statement)
        connection.execute(statements[-1], tuple(parameters))
