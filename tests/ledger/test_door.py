"""The door refuses: every code is provoked by signed envelopes, and nothing is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import ledger
from ledger.values import CODES
from tests.ledger.refusals.authority import AUTHORITY
from tests.ledger.refusals.consent import CONSENT_ROWS
from tests.ledger.refusals.form import BATCHES, FORM
from tests.ledger.refusals.key_lives import KEY_ROWS
from tests.ledger.refusals.keys import KEYS, OPENING
from tests.ledger.refusals.log_key import LOG_KEY
from tests.ledger.refusals.oversight import OVERSIGHT_ROWS
from tests.ledger.refusals.policies import POLICY_ROWS
from tests.ledger.refusals.programme import PROGRAMMES
from tests.ledger.refusals.registrars import REGISTRAR_ROWS
from tests.ledger.refusals.registry import ACTS, PEOPLE
from tests.ledger.refusals.row import Row
from tests.ledger.refusals.rules import CORRECTIONS, LEDGER
from tests.ledger.refusals.treasury import TREASURY_ROWS
from tests.ledger.refusals.trust import TRUST
from tests.support.council import council_town
from tests.support.story import town_with_history
from tests.support.town import PROGRAMME, TestLedger, lines

ROWS = (
    *FORM,
    *BATCHES,
    *OPENING,
    *LEDGER,
    *CORRECTIONS,
    *AUTHORITY,
    *PEOPLE,
    *KEYS,
    *LOG_KEY,
    *ACTS,
    *PROGRAMMES,
    *REGISTRAR_ROWS,
    *KEY_ROWS,
    *CONSENT_ROWS,
    *POLICY_ROWS,
    *OVERSIGHT_ROWS,
    *TREASURY_ROWS,
    *TRUST,
)

# Codes that no envelope can provoke at the door, each with the reason.
ELSEWHERE = {
    # Before there is an envelope: tests/ledger/test_envelope.py.
    **dict.fromkeys(
        (
            "alg-not-allowed",
            "batch-count",
            "batch-malformed",
            "duplicate-kid",
            "duplicate-member",
            "envelope-malformed",
            "envelope-too-large",
            "header-malformed",
            "header-not-canonical",
            "iat-malformed",
            "kid-malformed",
            "payload-too-large",
            "signature-count",
            "signature-size",
        ),
        "envelope parsing",
    ),
    "x5t-malformed": "envelope parsing",
    "text-surrogate": "a parser refuses lone surrogates first: test_canonical.py",
    **dict.fromkeys(
        ("key-malformed", "key-size", "key-unsupported"), "the JWK's model refuses first: test_keys.py"
    ),
    "passphrase-empty": "key files: test_keyfile.py",
    "wrong-passphrase": "key files: test_keyfile.py",
    "nonce-guessable": "judged before there is a ledger: tests/api/test_cli_ceremony.py",
    "entry-too-large": "a payload of 40,960 bytes with 16 signatures still fits",
}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestLedger]:
    """Shared by all rows: a refusal leaves nothing behind."""
    with town_with_history(tmp_path_factory.mktemp("town") / "ledger") as town:
        yield town


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestLedger]:
    with council_town(tmp_path_factory.mktemp("council") / "ledger") as town:
        yield town


IN_TOWN = [row for row in ROWS if not row.unopened and not row.council]


@pytest.mark.parametrize("row", IN_TOWN, ids=lambda row: row.story)
def test_refused_is(row: Row, town: TestLedger) -> None:
    refusal = town.refused_all(row.make(town))
    assert (refusal.code, refusal.pointer) == (row.code, row.pointer)


@pytest.mark.parametrize("row", [row for row in ROWS if row.council], ids=lambda row: row.story)
def test_in_the_council_refused_is(row: Row, council: TestLedger) -> None:
    refusal = council.refused_all(row.make(council))
    assert (refusal.code, refusal.pointer) == (row.code, row.pointer)


@pytest.mark.parametrize("row", [row for row in ROWS if row.unopened], ids=lambda row: row.story)
def test_before_the_ledger_is_open_refused_is(row: Row, tmp_path: Path) -> None:
    with TestLedger(tmp_path / "ledger") as town:
        refusal = town.refused_all(row.make(town))
        assert (refusal.code, refusal.pointer) == (row.code, row.pointer)
        assert town.position == 0


def test_after_all_these_refusals_a_good_event_is_recorded(town: TestLedger) -> None:
    before = town.position
    assert town.submit("financing.changed", PROGRAMME, lines("170.00")).index == before


def test_after_the_councils_refusals_a_good_event_is_recorded(council: TestLedger) -> None:
    before = council.position
    assert council.submit("financing.changed", PROGRAMME, lines("170.00")).index == before


def codes_raised() -> set[str]:
    """Every code that ledger/ raises or chooses from, read from its source."""
    found = set(CODES.values())
    for path in Path(ledger.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal":
                found |= set(filter(None, texts_in(node.args[0])))
            elif _chooses(node):
                # Among docstrings and pydantic's own names with underscores stand codes with dashes.
                found |= {text for text in texts_in(node) if re.fullmatch("[a-z]+(-[a-z]+)+", text)}
    return found


def texts_in(node: ast.AST) -> set[str]:
    constants = (one.value for one in ast.walk(node) if isinstance(one, ast.Constant))
    return {value for value in constants if isinstance(value, str)}


def _chooses(node: ast.AST) -> bool:
    """The two functions and two tables from which a code is taken."""
    if isinstance(node, ast.FunctionDef):
        return node.name in ("as_refusal", "_fault")
    return isinstance(node, ast.AnnAssign) and "_RULES" in ast.unparse(node.target)


def test_every_refusal_in_the_code_is_provoked_here_or_cannot_be() -> None:
    provoked = {row.code for row in ROWS}
    raised = codes_raised()
    assert raised - provoked - set(ELSEWHERE) == set(), "no test provokes these"
    assert provoked - raised == set(), "the ledger never raises these"
    assert set(ELSEWHERE) - raised == set(), "these exceptions are of no use"
    assert set(ELSEWHERE) & provoked == set(), "these can be provoked after all"


def test_every_row_tells_its_own_story() -> None:
    stories = [row.story for row in ROWS]
    assert len(set(stories)) == len(stories)
