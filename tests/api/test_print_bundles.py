"""Prints in a bundle: drawn again from it they are the served page, and what was altered is told.

Source: docs/print.md; docs/proof.md, Bundles.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import typst

from api.texts.checks import CHECKS, REASONS
from ledger.verify.bundle import verify_bundle
from ledger.verify.manifest import read_manifest
from ledger.verify.readme import readme
from ledger.verify.strict import BundleError
from tests.api.bundling import Bundle, Desk, open_desk, prove
from tests.api.door import BASE, pointers, problem_of
from tests.api.story import tell_story
from tests.support.town import LINE_CELL, TestLedger

DAY = "2025-04-15"
NAMES = {"state", "annex-financing", "annex-measures", "annex-indicators", "report-2025"}


@pytest.fixture(scope="module")
def desk(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    town = TestLedger.copy_of(model_town, tmp_path_factory.mktemp("proved") / "town")
    tell_story(town)
    prove(town)
    town.close()
    with open_desk(town, tmp_path_factory.mktemp("desk")) as opened:
        yield opened


@pytest.fixture(scope="module")
def bundle(desk: Desk) -> Bundle:
    return desk.fetch(BASE, as_of=DAY, print="uk")


def printed(bundle: Bundle) -> set[str]:
    return {name for name in bundle.names if name.startswith("print/")}


def drawn(bundle: Bundle, name: str, folder: Path) -> bytes:
    """The page as anybody draws it: two files of the bundle in a folder, and typst."""
    for file in ("document.typ", f"{name}.json"):
        (folder / file).write_bytes(bundle.read(f"print/{file}"))
    found = typst.compile(
        folder / "document.typ",
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": f"{name}.json"},
        pdf_standards="ua-1",
    )
    assert isinstance(found, bytes)
    return found


def changed(bundle: Bundle, folder: Path, members: Mapping[str, bytes | None]) -> Bundle:
    """Put together again with other members; None takes one away."""
    path = folder / "changed.zip"
    with zipfile.ZipFile(bundle.path) as old, zipfile.ZipFile(path, "w") as new:
        for name in [*old.namelist(), *(members.keys() - {*old.namelist()})]:
            content = members[name] if name in members else old.read(name)
            if content is not None:
                new.writestr(name, content)
    return Bundle(path, bundle.anchors, bundle.answer)


def test_a_bundle_has_prints_where_they_are_asked_for(desk: Desk, bundle: Bundle) -> None:
    assert printed(bundle) == {"print/document.typ", *(f"print/{name}.json" for name in NAMES)}
    plain = desk.fetch(BASE, as_of=DAY)
    assert printed(plain) == set()
    assert "print" not in plain.manifest
    assert "print" not in plain.verified().checks
    diff = desk.fetch(BASE, as_of=DAY, from_as_of="2025-01-15", print="en")
    assert printed(diff) == {"print/document.typ", "print/comparison.json"}
    assert json.loads(diff.read("print/comparison.json"))["language"] == "en"
    diff.verified()


@pytest.mark.parametrize("name", sorted(NAMES))
def test_drawn_again_from_the_bundle_it_is_the_served_page(
    desk: Desk, bundle: Bundle, name: str, tmp_path: Path
) -> None:
    which, _, rest = name.partition("-")
    own = {"report": {"year": rest}, "annex": {"annex": rest}}.get(which, {})
    known = bundle.manifest["subject"]["known"]
    query = "&".join(f"{one}={value}" for one, value in {"as_of": DAY, "known": known, **own}.items())
    served = desk.door.get(f"{BASE}/print/{which}?{query}")
    assert drawn(bundle, name, tmp_path) == served.content


def test_the_bundle_is_verified_and_says_that_prints_are_not_recomputed(bundle: Bundle) -> None:
    check = bundle.verified().checks["print"]
    assert (check.status, check.reason) == ("warning", "print-not-recomputed")
    assert check.count == len(NAMES) + 1
    cover = bundle.read("README.txt").decode()
    assert f"Documents to print (print/: data, and a typst template): {len(NAMES)}" in cover


def codes(bundle: Bundle, name: str = "print") -> set[str]:
    report = bundle.report(bundle.anchors)
    assert report.verdict == "failed"
    return {fault.code for fault in report.checks[name].faults}


def test_a_figure_that_was_altered_in_a_print_is_told(bundle: Bundle, tmp_path: Path) -> None:
    data = bundle.read("print/state.json")
    forged = data.replace(b"155,00", b"955,00")
    assert forged != data
    assert codes(changed(bundle, tmp_path, {"print/state.json": forged})) == {"print-altered"}
    template = bundle.read("print/document.typ").replace(b"broken(cell.text)", b"upper(cell.text)")
    assert codes(changed(bundle, tmp_path, {"print/document.typ": template})) == {"print-altered"}


def test_a_print_that_was_taken_out_or_put_in_is_told(bundle: Bundle, tmp_path: Path) -> None:
    assert codes(changed(bundle, tmp_path, {"print/state.json": None})) == {"print-missing"}
    assert codes(changed(bundle, tmp_path, {"print/state-2.json": b"{}"})) == {"print-unlisted"}


def test_a_print_in_a_bundle_that_lists_none_is_told(desk: Desk, tmp_path: Path) -> None:
    plain = desk.fetch(BASE, as_of=DAY)
    assert codes(changed(plain, tmp_path, {"print/state.json": b"{}"})) == {"print-unlisted"}


@pytest.mark.parametrize(
    "name", ["print/State.json", "print/state.pdf", "print/../state.json", "print/a/b.json"]
)
def test_a_print_of_another_name_is_no_part_of_a_bundle(bundle: Bundle, name: str, tmp_path: Path) -> None:
    with pytest.raises(BundleError):
        verify_bundle(changed(bundle, tmp_path, {name: b"{}"}).path, bundle.anchors)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"name": "print/state.json", "size": 2}],
        [{"name": "files/state.json", "size": 2, "sha256": "ab" * 32}],
        [{"name": "print/state.json", "size": 2, "sha256": "ab" * 32}] * 2,
    ],
)
def test_a_list_of_prints_has_one_shape(bundle: Bundle, rows: Any, tmp_path: Path) -> None:
    manifest = json.dumps(bundle.manifest | {"print": rows}).encode()
    with pytest.raises(BundleError):
        verify_bundle(changed(bundle, tmp_path, {"bundle.json": manifest}).path, bundle.anchors)


def test_whoever_changes_print_list_and_cover_leaves_the_answer_proved_and_the_warning(
    bundle: Bundle, tmp_path: Path
) -> None:
    """Nobody signs a print: that is what the warning says, and why the answer is what counts."""
    forged = bundle.read("print/state.json").replace(b"155,00", b"955,00")
    manifest = bundle.manifest
    for row in manifest["print"]:
        if row["name"] == "print/state.json":
            row.update(size=len(forged), sha256=sha256(forged).hexdigest())
    cover = readme(read_manifest(manifest), bundle.read("checkpoint").decode(), 0)
    members = {
        "print/state.json": forged,
        "bundle.json": json.dumps(manifest).encode(),
        "README.txt": cover.encode(),
    }
    report = changed(bundle, tmp_path, members).report(bundle.anchors)
    assert report.checks["print"].status == "warning"
    # It was changed, so that nothing may call it unchanged: only bundle.json agrees with it.
    for told in (REASONS["print-not-recomputed"], CHECKS["print"].ok):
        assert not {word for word in ("незмін", "unchanged") for text in told.values() if word in text}
        assert all("bundle.json" in text for text in told.values())
    assert report.checks["answer"].status == "ok"
    assert bundle.json("answer.json")["state"]["financing"]["1.1"]["2025"]["local"] == "155.00"


def test_a_cells_story_is_not_printed(desk: Desk) -> None:
    answer = desk.get(BASE, as_of=DAY, path=LINE_CELL, print="uk")
    assert pointers(problem_of(answer, 400, "bad-parameter")) == ["/query/print"]
    problem_of(desk.get(BASE, print="de"), 400, "bad-parameter")
