"""One table of problems: every code that the source raises is in it, and nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import pytest

from api.documented import door_codes
from api.problems import Problem, asking, problem_of, shown
from api.texts.catalogue import DISCREPANCIES, PROBLEMS
from api.texts.fill import SHOWN_MAX, fill
from ledger.errors import Busy, LedgerError, Refusal, Stopped, StorageError, VerificationError
from ledger.kinds import Discrepancy
from ledger.values import CODES
from ledger.voices import Why
from tests.api.door import Door
from tests.api.door import problem_of as check_problem
from tests.conftest import ROOT
from tests.support.source_calls import calls_in

SOURCES = [path for layer in ("ledger", "projections", "api") for path in (ROOT / layer).rglob("*.py")]
# Where codes are not literals of a call, the file and the names that hold them.
COMPUTED = {
    "ledger/canonical.py": ("_fault", "_QUOTED_RULES", "_RULES"),
    "ledger/event.py": ("as_refusal",),
}


def calls(name: str) -> Iterator[tuple[Path, ast.expr]]:
    """The first argument of every call of a class, wherever it is called."""
    for path in SOURCES:
        yield from ((path, call.args[0]) for called, call in calls_in(path) if called == name)


def literals(node: ast.AST) -> set[str]:
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def raised() -> set[str]:
    codes = set(CODES.values())
    for name in ("Refusal", "Problem"):
        for _, argument in calls(name):
            if isinstance(argument, ast.Constant | ast.IfExp):
                branches = [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]
                codes |= {str(n.value) for n in branches if isinstance(n, ast.Constant)}
    for file, names in COMPUTED.items():
        codes |= computed(ROOT / file, names)
    return codes | {"busy", "stopped", "storage-failed"}


def computed(path: Path, names: tuple[str, ...]) -> set[str]:
    """Literals of a function or assignment that look like codes of the table."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf8")).body:
        targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
        own = {getattr(node, "name", None), *(getattr(target, "id", None) for target in targets)}
        if own & set(names):
            found |= literals(node)
    return found & set(PROBLEMS)


def test_every_code_that_is_raised_is_in_the_table() -> None:
    assert raised() - set(PROBLEMS) == set()


def test_every_code_of_the_table_is_raised() -> None:
    assert set(PROBLEMS) - raised() == set()


def test_every_discrepancy_has_words_and_no_others_do() -> None:
    codes = {argument.value for _, argument in calls("Discrepancy") if isinstance(argument, ast.Constant)}
    assert codes == set(DISCREPANCIES)


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_a_row_says_the_same_in_both_languages(code: str) -> None:
    text = PROBLEMS[code]
    assert 400 <= text.status < 600
    words = [
        {name for _, name, _, _ in Formatter().parse(message) if name} for message in text.message.values()
    ]
    assert words[0] == words[1]
    assert not set(text.title["uk"]) & set("abcdefghijklmnopqrstuvwxyz") or code in LATIN_TITLES
    assert text.message["uk"].endswith((".", ")"))
    assert text.message["en"].endswith((".", ")", '"12.5".'))


LATIN_TITLES = {
    "alg-not-allowed", "draft-malformed", "duplicate-member", "file-hash", "iat-malformed", "kid-malformed",
    "name-not-ascii", "not-a-hash", "not-base64url", "not-canonical", "not-json", "not-the-subject",
    "status-has-no-stop",
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_every_row_makes_a_document_of_one_shape(code: str) -> None:
    document = Problem(code, "/a", "<b>").document(language="en", request_id="r")
    assert list(document) == ["type", "status", "title", "instance", "message", "errors"]
    assert document["errors"] == [{"pointer": "/a", "got": "<b>"}]
    assert "{got}" not in document["message"]["uk"]


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (Refusal("unknown-measure", "/x", "y"), "unknown-measure", 422),
        (Busy("x"), "busy", 503),
        (Stopped("x"), "stopped", 503),
        (StorageError("x"), "storage-failed", 503),
        (VerificationError("x"), "internal", 500),
    ],
)
def test_errors_below_the_doors_become_problems(error: LedgerError, code: str, status: int) -> None:
    problem = problem_of(error)
    assert (problem.code, problem.status) == (code, status)


def test_details_that_clash_with_a_problems_own_words_do_not_break_it() -> None:
    refusal = Refusal("malformed", "/x", 1, headers={"a": 1}, errors="e", members=2, kind="k")
    assert problem_of(refusal).details == {"kind": "k"}


def test_a_code_without_a_row_still_answers_as_a_problem() -> None:
    document = problem_of(Refusal("brand-new", "/x")).document(language="uk", request_id="r")
    assert (document["type"], document["status"]) == ("urn:pledger:problem:brand-new", 422)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x" * 500, "x" * 200 + "…"),
        (1 << 70, str(1 << 70)),
        (True, True),
        (1.5, 1.5),
        ({"a": 1}, {"a": 1}),
        (["x" * 5000], ["x" * 200 + "…"]),
        ([{"a": ["x" * 300] * 90}] * 90, [{"a": ["x" * 200 + "…"] * 4}] * 4),
        ({"a": ["x" * 5000]}, "dict"),
        (object, "type"),
    ],
)
def test_what_is_shown_back_is_bounded_json(value: Any, expected: Any) -> None:
    assert shown(value) == expected


def test_words_of_others_are_short_and_printable() -> None:
    said = fill(
        "{got}|{missing}|{pair}", {"got": "a\u202eb\n" + "c" * 500, "pair": {"uk": "у", "en": "e"}}, "uk"
    )
    assert said.startswith("a<U+202E>b<U+000A>ccc")
    assert said.endswith("…|нічого|у")
    assert len(said) < SHOWN_MAX + 40


HELD = [{"office": "mayor", "persons": ["p-07", "p-09"]}, {"office": "secretary", "persons": []}]


@pytest.mark.parametrize(
    ("instead", "uk", "en"),
    [
        (HELD, "mayor: p-07, p-09; secretary: нікого", "mayor: p-07, p-09; secretary: nobody"),
        (["p-07", "p-09"], "p-07, p-09", "p-07, p-09"),
        ([], "нікого немає", "nobody"),
        (None, "нікого немає", "nobody"),
    ],
)
def test_who_could_do_it_instead_is_told_in_words(instead: Any, uk: str, en: str) -> None:
    assert fill("{instead}", {"instead": instead}, "uk") == uk
    assert fill("{instead}", {"instead": instead}, "en") == en


def test_keys_that_would_do_instead_are_told_and_that_there_are_none() -> None:
    assert fill("{live_keys}", {"instead": ["kid-1", "kid-2"]}, "en") == "kid-1, kid-2"
    assert fill("{live_keys}", {"instead": []}, "uk") == "немає"


def test_ten_offices_are_told_whole_and_never_with_characters_that_do_not_print() -> None:
    rows = [{"office": f"office-{n}", "persons": [f"p-office-holder-{n}"]} for n in range(10)]
    assert fill("{instead}", {"instead": rows}, "en").endswith("office-9: p-office-holder-9")
    said = fill("{instead}", {"instead": [{"office": "x\u202e" * 900, "persons": []}]}, "en")
    assert said.startswith("x<U+202E>x")
    assert said.endswith("…")


@pytest.mark.parametrize("why", get_args(Why))
def test_why_an_endorsement_is_lacking_is_told_in_both_languages(why: str) -> None:
    details = {"lacking": [{"office": "mayor", "why": why}]}
    uk, en = fill("{lacking}", details, "uk"), fill("{lacking}", details, "en")
    assert uk.startswith("mayor: ")
    assert en.isascii()
    assert not uk.isascii()


@pytest.mark.parametrize("how", ["withdrawn", "enacted", "lapsed"])
def test_how_a_proposal_ended_is_told_in_both_languages(how: str) -> None:
    said = problem_of(Refusal("proposal-closed", "/x", "y", how=how, by=None)).document(
        language="uk", request_id="r"
    )["message"]
    assert f": {how} (" not in said["uk"] + said["en"]
    assert "подія: немає" in said["uk"]


def test_a_discrepancys_details_stand_beside_its_code() -> None:
    document = asking([Discrepancy("old-mismatch", "/x", {"stated": "1.00", "code": "evil"})]).document(
        language="uk", request_id="r"
    )
    assert document["discrepancies"][0]["code"] == "old-mismatch"
    assert document["discrepancies"][0]["stated"] == "1.00"


def test_the_door_documents_every_refusal_of_the_ledger() -> None:
    below = {
        argument.value
        for path, argument in calls("Refusal")
        if isinstance(argument, ast.Constant) and path.is_relative_to(ROOT / "ledger")
    }
    keys_on_disk = {"wrong-passphrase", "passphrase-empty"}
    assert below - keys_on_disk - set(door_codes()) == set()


WRONG = [
    ("GET", "/nope"), ("DELETE", "/v1"), ("POST", "/v1/events"), ("POST", "/v1/drafts"),
    ("POST", "/v1/verify"), ("GET", "/v1?x=1"),
    ("GET", "/v1/events?limit=0"), ("GET", "/v1/events/x"), ("GET", "/v1/events/x/receipt"),
    ("GET", "/v1/events/x/checks"), ("GET", "/v1/events/x/writes"),
    ("GET", "/v1/events/stream?after=x"), ("GET", "/v1/feed/acts?after=x"), ("GET", "/v1/feed/cells?after=9"),
    ("GET", "/v1/proofs/inclusion"), ("GET", "/v1/proofs/consistency"), ("GET", "/v1/checkpoint?x=1"),
    ("GET", "/v1/programmes?known=999"), ("GET", "/v1/programmes/x"), ("GET", "/v1/programmes/x/budget"),
    ("GET", "/v1/programmes/x/indicators"), ("GET", "/v1/programmes/x/tree"),
    ("GET", "/v1/programmes/x/history"),
    ("GET", "/v1/programmes/x/diff"), ("GET", "/v1/programmes/x/blame"), ("GET", "/v1/acts/x"),
    ("GET", "/v1/programmes/x/findings"), ("GET", "/v1/programmes/x/money"),
    ("GET", "/v1/programmes/x/moves"), ("GET", "/v1/programmes/x/timeline"),
    ("GET", "/v1/programmes/x/reconciliation"),
    ("GET", "/v1/programmes/x/print/state"),
    ("GET", "/v1/programmes/x/questions/1"),
    ("GET", "/v1/programmes/x/evaluation?year=2025"),
    ("GET", "/v1/programmes/x/obligations"),
    ("GET", "/v1/bodies/x"), ("GET", "/v1/offices/x"), ("GET", "/v1/persons/x"), ("GET", "/v1/mandates/x"),
    ("GET", "/v1/keys/x"), ("GET", "/v1/search?limit=0"), ("GET", "/v1/schemas/x"), ("GET", "/v1/files/x"),
    ("PUT", "/v1/files/x"), ("POST", "/v1/imports/x"),
    ("GET", "/healthz?x=1"), ("GET", "/readyz?x=1"),
    ("GET", "/v1/schemas?x=1"), ("GET", "/v1/acts?limit=501"), ("GET", "/static/pledger.css?x=1"),
    ("GET", "/v1/inbox"), ("GET", "/v1/proposals?state=x"), ("GET", "/v1/proposals/x"),
    ("GET", "/v1/policies?body=x"), ("GET", "/v1/policies/x"), ("GET", "/v1/observations?open=x"),
    ("GET", "/v1/observations/x"), ("GET", "/v1/registrars?body=X"), ("GET", "/v1/registrars/x"),
    ("GET", "/v1/programmes/x/reports"), ("GET", "/v1/bodies?code=x"),
    ("GET", "/v1/programmes/x/questions"), ("GET", "/v1/programmes/x/questions/x"),
    ("GET", "/log/checkpoint?x=1"), ("GET", "/log/checkpoint.witnessed?x=1"), ("GET", "/log/tile/x/x"),
    ("GET", "/log/tile/entries/x"),
    ("GET", "/v1/programmes/x/bundle"), ("GET", "/v1/programmes/x/print/x"),
    ("GET", "/v1/exports?x=1"), ("GET", "/v1/exports/events?path=/x"), ("GET", "/v1/exports/cells?year=1"),
    ("GET", "/v1/exports/budget?programme=x"), ("GET", "/v1/exports/indicators?format=x"),
    ("GET", "/v1/exports/acts?as_of=2025-01-01"),
    ("GET", "/opendata/datapackage.json?profile=3"), ("GET", "/opendata/programmes/x/datapackage.json"),
    ("GET", "/opendata/files/x"), ("GET", "/opendata/programmes/x/files/x"),
    ("GET", "/opendata/latest/x.csv"), ("GET", "/opendata/835/x.csv"),
    ("GET", "/opendata/835/x.csv-metadata.json"),
    ("GET", "/opendata/835/lacking.json?x=1"), ("GET", "/opendata/releases?x=1"),
    ("GET", "/opendata/releases/x"), ("GET", "/opendata/catalog.jsonld?x=1"),
    ("GET", "/opendata/ckan/package.json?x=1"), ("GET", "/opendata/ckan/api/3/action/package_list?x=1"),
    ("GET", "/opendata/ckan/api/3/action/package_show"),
    ("GET", "/opendata/ckan/api/3/action/package_search?fq=x"), ("GET", "/v1/opendata/duty?programme=x"),
    ("GET", "/v1/history?act=X"), ("GET", "/v1/events/x/bundle"), ("GET", "/v1/acts/x/bundle"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), WRONG)
def test_every_route_answers_errors_in_the_one_shape(storied: Door, method: str, path: str) -> None:
    answer = storied.client.request(method, path)
    assert 400 <= answer.status_code < 500
    document = check_problem(answer, answer.status_code, answer.json()["type"].rpartition(":")[2])
    assert set(document) <= {"type", "status", "title", "instance", "message", "errors", "details"}
    assert all(set(error) == {"pointer", "got"} for error in document["errors"])


def test_every_route_of_the_document_is_tried_above(storied: Door) -> None:
    tried = {(method, path.partition("?")[0]) for method, path in WRONG}
    for path, item in storied.json("/openapi.json")["paths"].items():
        for method in item:
            names = (
                "{programme}",
                "{event}",
                "{record}",
                "{kind}",
                "{sha256}",
                "{level}",
                "{place}",
                "{question}",
                "{shape}",
                "{name}",
                "{table}",
                "{release}",
            )
            plain = path.replace("{print}", "x")
            for name in names:
                plain = plain.replace(name, "x")
            assert (method.upper(), plain) in tried or (method.upper(), plain) in READ_ONLY, path


READ_ONLY = {("GET", f"/v1/{name}") for name in ("bodies", "offices", "persons", "mandates", "keys")}


# ---- the whole ------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["not-canonical", "not-json", "malformed", "batch-malformed"])
def test_a_refusal_of_the_whole_points_at_the_whole(code: str) -> None:
    document = problem_of(Refusal(code)).document(language="en", request_id="x")
    assert document["errors"] == [{"pointer": "", "got": None}]


@pytest.mark.parametrize(
    ("path", "kind", "body", "code"),
    [
        ("/v1/events", "jose+json", b"{", "not-json"),
        ("/v1/events", "jose+json", b'{"envelopes":1}', "batch-malformed"),
        ("/v1/drafts", "json", b"{", "not-json"),
        ("/v1/drafts", "json", b"{}", "draft-malformed"),
    ],
)
def test_a_body_that_is_wrong_as_a_whole_is_pointed_at(
    storied: Door, path: str, kind: str, body: bytes, code: str
) -> None:
    headers = {"Content-Type": f"application/{kind}"}
    answer = storied.client.post(path, content=body, headers=headers)
    document = check_problem(answer, answer.status_code, code)
    assert [error["pointer"] for error in document["errors"]] == [""]
