"""Every check, fault and reason of a verification has words, and they say no more than was checked."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from string import Formatter

import pytest

from api.cli.verdicts import EXPECTED, show_report, with_words
from api.texts.catalogue import PROBLEMS
from api.texts.checks import CHECKS, FAULTS, NOTES, REASONS, VERDICTS, fault_words, sentence
from ledger.verify.report import CHECKS as NAMES
from ledger.verify.report import Check, Fault, Report
from tests.api.cli_runner import prompt
from tests.conftest import ROOT

__all__ = ["prompt"]


def test_every_check_has_words_and_no_others_do() -> None:
    assert tuple(CHECKS) == NAMES
    assert {name for names in EXPECTED.values() for name in names} == set(NAMES) - {"receipt"}


def _calls(names: set[str]) -> Iterator[ast.Call]:
    for path in sorted((ROOT / "ledger" / "verify").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            name = getattr(node, "func", None)
            if (
                isinstance(node, ast.Call)
                and (getattr(name, "id", None) or getattr(name, "attr", None)) in names
            ):
                yield node


def _codes(names: set[str]) -> set[str]:
    found = set()
    for call in _calls(names):
        argument = call.args[0]
        branches = [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]
        found |= {str(one.value) for one in branches if isinstance(one, ast.Constant)}
    return found


def test_every_fault_that_the_verifier_tells_has_words() -> None:
    codes = _codes({"Fault"})
    assert len(codes) > 50  # they are found at all
    assert codes - set(FAULTS) - set(PROBLEMS) == set()


def test_every_reason_that_the_verifier_gives_has_words() -> None:
    assert _codes({"warn", "skip"}) - set(REASONS) == set()


def test_no_words_are_left_of_faults_that_nobody_tells() -> None:
    ours = {name.rpartition(".")[2] for name in FAULTS} - {"bundle-malformed", "other-statement"}
    assert ours - _codes({"Fault"}) == set()


@pytest.mark.parametrize(
    "table", [FAULTS, REASONS, NOTES, VERDICTS], ids=["faults", "reasons", "notes", "verdicts"]
)
def test_both_languages_say_the_same(table: dict[str, dict[str, str]]) -> None:
    for name, row in table.items():
        words = [{word for _, word, _, _ in Formatter().parse(row[one]) if word} for one in ("uk", "en")]
        assert words[0] == words[1], name
        assert row["uk"] != row["en"]


def test_a_refusal_of_the_door_has_the_doors_own_words() -> None:
    fault = Fault("no-mandate", 3, "", "/signers/0: p-1")
    assert fault_words("authority", fault, "en").startswith(PROBLEMS["no-mandate"].title["en"])


def test_a_check_that_looked_at_nothing_is_not_said_to_hold(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report("ledger")
    report.check("signatures")
    show_report(report, "x", None, "en")
    assert "– Signatures: there was nothing to check" in capsys.readouterr().out
    members = with_words(report)
    assert next(one for one in members["checks"] if one["check"] == "signatures")["status"] == "skipped"


def test_what_a_hostile_file_says_cannot_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report("bundle", origin="x\x1b[2J\u202e")
    report.cover = {"subject": {"type": "event", "event": "\x1b]0;owned\x07", "known": 1}}
    report.check("tree").fail(Fault("not-in-tree", 0, "\x1b[31m", "{where} {0} \x1b[0m"))
    show_report(report, "x", None, "uk")
    out = capsys.readouterr().out
    assert "\x1b]" not in out
    assert "\u202e" not in out
    assert "{where} {0}" in out


def test_a_sentence_names_what_was_counted() -> None:
    assert "81" in sentence(Check("signatures", count=81), "uk")
