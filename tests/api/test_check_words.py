"""Every check, fault and reason of a verification has words, and they say no more than was checked."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter

import pytest

from api.cli.verdicts import EXPECTED, show_report, verdict_line, with_words
from api.texts.catalogue import PROBLEMS
from api.texts.checks import CHECKS, FAULTS, LIMITS, NOTES, REASONS, VERDICTS, fault_words, is_empty, sentence
from api.texts.details import PROGRAM, QUOTED, detail_words
from api.texts.language import Language
from ledger.verify.report import CHECKS as NAMES
from ledger.verify.report import Check, Fault, Report
from tests.api.cli_runner import prompt
from tests.conftest import ROOT

__all__ = ["prompt"]
LANGUAGES: tuple[Language, ...] = ("uk", "en")


def test_every_check_has_words_and_no_others_do() -> None:
    assert tuple(CHECKS) == NAMES
    # Not of everything that is verified: of a receipt, and of a bundle that has prints.
    assert {name for names in EXPECTED.values() for name in names} == set(NAMES) - {"receipt", "print"}


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
    "table",
    [FAULTS, REASONS, NOTES, LIMITS, VERDICTS],
    ids=["faults", "reasons", "notes", "limits", "verdicts"],
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


# -- what a warning takes from the verdict -------------------------------------------------

# Warnings that take nothing from the last line themselves, and why none is needed.
HARMLESS = {
    "no-anchors": "the verdict itself says that nothing is authenticated",
    "quorum-none": "the verdict says NOT witnessed",
    "selection": "the verdict says that a selection proves no absence",
}


def test_each_warning_narrows_the_verdict_or_is_known_to_be_harmless() -> None:
    warned = _codes({"warn"})
    assert len(warned) >= 8  # they are found at all
    assert warned == set(LIMITS) | set(HARMLESS)
    assert not set(LIMITS) & set(HARMLESS)


@pytest.mark.parametrize("reason", LIMITS)
def test_what_a_warning_takes_stands_in_the_last_line(reason: str) -> None:
    report = Report("bundle", authenticated=True)
    check = report.check("tables" if reason == "tail-unsigned" else "witnesses")
    check.count = 1
    facts = {"remembered": 81, "size": 80, "tail": 7, "unknown": 2, "missing": 3, "left-out": 4}
    check.warn(reason, id="x", trusted="y", **facts)
    for language in LANGUAGES:
        line = verdict_line(report, language)
        assert line.startswith(("VERIFIED; ", "ПЕРЕВІРЕНО; "))
        assert LIMITS[reason][language].format_map(facts) in line


def test_of_a_log_whose_end_no_witness_saw_it_is_said_how_much_that_is() -> None:
    report = Report("ledger", authenticated=True)
    report.check("witnesses").count = 1
    report.check("witnesses").warn("tail-unwitnessed", size=9, tail=7, names=["w1"], at="2025-09-01")
    assert verdict_line(report, "en") == "VERIFIED; last entries NOT witnessed: 7"
    report.check("witnesses").reason = "quorum-none"
    assert verdict_line(report, "en") == "VERIFIED; NOT witnessed"


# -- facts that are not there --------------------------------------------------------------


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_without_the_facts_of_its_sentence_is_not_said_to_hold(name: str) -> None:
    named = {word for _, word, _, _ in Formatter().parse(CHECKS[name].ok["en"]) if word}
    check = Check(name, count=3)
    wanted = bool(named - {"count", "wrong"})
    assert is_empty(check) is wanted
    for language in LANGUAGES:
        text = sentence(check, language)
        assert "нічого" not in text.replace("нічого не пропущено", "")
        assert "nothing" not in text.replace("nothing is left out", "")
    check.facts.update(dict.fromkeys(named, "x"))
    assert not is_empty(check)


# -- details -------------------------------------------------------------------------------

ROOTS = ("ab" * 32, "cd" * 32)
OURS = [
    "3 entries",
    "3 of 4",
    f"remembered checkpoint: size 5, root {ROOTS[0]}; the entries give {ROOTS[1]}",
    f"stored checkpoint: size 5, root {ROOTS[0]}; the entries give {ROOTS[1]}",
    f"checkpoint: size 5, root {ROOTS[0]}; the entries give {ROOTS[1]}",
    f"size 5, root {ROOTS[0]}; the entries give {ROOTS[1]}",
    "remembered checkpoint: size 90",
    f"{ROOTS[0]} of 4; the entries give {ROOTS[1]} of 5",
    f"town.example/pledger {ROOTS[0]}; trusted is town.example/pledger {ROOTS[1]}",
    "key+1; trusted is key+2",
    "40 entries after the newest checkpoint, of size 9",
    "3 of 4 entries, the last at 7 of 9",
    "2025-09-01T09:00:00.000000Z after 2025-09-02T09:00:00.000000Z",
    "its stream is 'body:x'",
    "size [81]; entries: 80",
    "level 0, index 3",
    f"remembered: size 5, root {ROOTS[0]}; the bundle: size 6, root {ROOTS[1]}: the proof is too short",
]


@pytest.mark.parametrize("detail", OURS)
def test_what_stands_in_a_ukrainian_sentence_is_ukrainian_or_no_language(detail: str) -> None:
    said = detail_words(detail, "uk")
    for figure in re.findall(r"[0-9a-f]{64}|[0-9]+", detail):
        assert figure in said
    assert not re.search(r"\b(size|root|entries|give|trusted|checkpoint|of|at|after|index)\b", said), said


def test_no_english_prose_stands_in_a_ukrainian_sentence() -> None:
    for text in ("the registry names no log key", "database disk image is corrupt", "no such column: x"):
        said = fault_words("heads", Fault("stream-unproved", None, "№ 5", text), "uk")
        assert said == "Не доведено, що потік № 5 закінчується саме там."


def test_values_stay_as_they_are_in_both_languages() -> None:
    for language in LANGUAGES:
        values = "'150.00'; 'the town of no'"
        assert detail_words(values, language) == values
    assert detail_words("none; '200.00'", "uk") == "немає; '200.00'"


@pytest.mark.parametrize(
    ("detail", "kept"),
    [
        ("KeyError('stream')", ""),
        ("entry 3 is no entry: 'stream'", "entry 3 is no entry"),
        ("entry 3 is no entry: Expecting value: line 1 column 1 (char 0)", "entry 3 is no entry"),
        (
            "bundle.json is no JSON of a bundle: unexpected end of data: line 1 column 2",
            "bundle.json is no JSON of a bundle",
        ),
        ("'NoneType' object is not iterable", ""),
        ("True; Mark(word='suspect', exact=False)", "true; 'suspect'"),
        ("not enough values to unpack (expected 2, got 1)", ""),
    ],
)
def test_what_a_parser_said_is_left_out(detail: str, kept: str) -> None:
    assert detail_words(detail, "en") == kept
    assert not PROGRAM.search(
        QUOTED.sub("''", fault_words("answer", Fault("answer-malformed", None, "", detail), "uk"))
    )


# -- one word for one thing ----------------------------------------------------------------


def test_a_checkpoint_has_one_name_in_ukrainian() -> None:
    """A «голова» is the mayor or a chair here, and never a state of the log."""
    head = re.compile(
        r"(?i)голов(?:а|и|у|ою|і|ам|ами|ах)?\s+журналу|підписан\w+\s+стан|стан\w*\s+журналу, підписан"
    )
    texts = [*(ROOT / "api").rglob("*.toml"), *(ROOT / "api").rglob("*.py"), *(ROOT / "docs").rglob("*.md")]
    assert len(texts) > 100
    assert [str(path) for path in texts if head.search(path.read_text(encoding="utf8"))] == []
    checks = (ROOT / "api" / "texts" / "checks.toml").read_text(encoding="utf8")
    assert not re.search(r"(?i)(?<![а-яіїєґ])голов(?:а|и|у|ою|і|ам|ами|ах)?(?![а-яіїєґ])", checks)


@pytest.mark.parametrize(
    "why",
    [
        "the checkpoint is of a.example/x, not of b.example/x",
        "the checkpoint is signed by the key 3008ec13 of a.example, not by the key 3008ec14 that is trusted",
        "the log is empty, and a trusted ledger has its opening",
        "the log is shorter than it was",
        "two trees of one size have different roots",
        "the log does not extend what it was (the proof is too short)",
        "the server says that its log's head is not signed",
        "https://a.example holds a.example/x 11ff, and b.example/x 22ff is trusted",
    ],
)
def test_why_an_alarm_is_raised_is_said_in_both_languages(why: str) -> None:
    from api.cli.alarms import alarm_lines
    from ledger.seen import Fork

    lines = {one: list(alarm_lines(Fork(why), one)) for one in LANGUAGES}
    assert any(why in line for line in lines["en"])
    ukrainian = [line for line in lines["uk"] if line.startswith("  ")]
    assert len(ukrainian) == 1
    assert re.search("[а-яі]{4}", ukrainian[0])
    assert not re.search(r"\b(the|is|not|and|of)\b", ukrainian[0])
    for named in re.findall(r"\S+example\S*|[0-9a-f]{4,}(?= |$)", why):
        assert named.rstrip(",") in ukrainian[0]
