"""docs/verify-by-hand.md, run as it stands: openssl, jq and a shell, and nothing of ours."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger.cosignature import CosignatureSigner
from ledger.note import parse_note
from tests.api.bundling import Bundle, open_desk, prove
from tests.api.hand_forgeries import FORGED, Forging, Members, incomplete, other_event, other_figure
from tests.api.story import CONTENT, EVENTS, EVIDENCE, POSITIONS, tell_story
from tests.support.town import LINE_CELL, PROGRAMME_ID, TestLedger
from tests.support.tsa import Authority
from tests.support.witnessing import cosigner

pytestmark = pytest.mark.thorough

DOCUMENT = Path(__file__).resolve().parent.parent.parent / "docs" / "verify-by-hand.md"
TOOLS = ("openssl", "jq", "unzip", "sha256sum", "base64", "od", "awk")
SECTION = re.compile(r"^## ", re.MULTILINE)
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WITNESS = "by-hand.example"
BASE = f"/v1/programmes/{PROGRAMME_ID}"


@dataclass
class Case:
    """A folder as the document describes it. trust: trust.json, from elsewhere than the server."""

    bundles: dict[str, Path]
    trust: dict[str, str]
    authority: Authority
    witness: CosignatureSigner

    def folder(self, place: Path, bundle: str) -> Path:
        place.mkdir()
        shutil.copy(self.bundles[bundle], place / "bundle.zip")
        (place / "trust.json").write_text(json.dumps(self.trust))
        (place / "tsa.pem").write_bytes(self.authority.roots[0])
        (place / "witness.vkey").write_text(f"{self.witness.verifier.key}\n")
        return place


@pytest.fixture(scope="module")
def case(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"not here: {', '.join(missing)}")
    folder = tmp_path_factory.mktemp("by-hand")
    authority, signer = Authority(folder / "tsa"), cosigner(WITNESS)
    town = TestLedger.copy_of(model_town, folder / "town")
    tell_story(town)
    prove(town)
    _anchor(town, authority, signer)
    trust = {**town.name, "log_key": town.log_key}
    town.close()
    with open_desk(town, folder / "desk") as desk:
        headers = {"Content-Type": "application/octet-stream"}
        desk.door.client.put(f"/v1/files/{EVIDENCE['sha256']}", content=CONTENT, headers=headers)
        asked = {
            "programme": desk.fetch(BASE, as_of="2025-06-01"),
            "cell": desk.fetch(BASE, as_of="2025-06-01", path=LINE_CELL),
            "event": desk.fetch(f"/v1/events/{EVENTS['changed']}"),
        }
        yield Case({name: bundle.path for name, bundle in asked.items()}, trust, authority, signer)


def _anchor(town: TestLedger, authority: Authority, signer: CosignatureSigner) -> None:
    """The newest checkpoint, cosigned and stamped, as one round records it."""
    newest = town.ledger.appender.checkpoint
    assert newest is not None
    text = parse_note(newest[1]).text
    line = signer.signature_at(text.encode(), 1_760_000_000)
    note = newest[1] + f"\u2014 {line.name} {b64encode(line.key_id + line.blob).decode()}\n"
    town.submit("checkpoint.witnessed", "trust", {"checkpoint": note})
    response = b64encode(authority.stamp(text.encode())).decode()
    town.submit("timestamp.anchored", "trust", {"checkpoint": newest[1], "response": response})


def by_hand(folder: Path, *, without: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    """Run every block of the document, in order, in one shell. without: numbers of sections to leave out.

    What fails in a part fails in the whole, for every block of it stops the shell.
    """
    sections = SECTION.split(DOCUMENT.read_text(encoding="utf8"))
    script = "\n".join(block for one in sections if one[0] not in without for block in BLOCK.findall(one))
    command = ["sh", "-c", script]
    return subprocess.run(
        command, cwd=folder, env=os.environ | env, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.parametrize(
    "bundle", ["programme", *(pytest.param(one, marks=pytest.mark.slow) for one in ("cell", "event"))]
)
def test_a_bundle_verifies_by_openssl_and_jq_alone(case: Case, tmp_path: Path, bundle: str) -> None:
    done = by_hand(case.folder(tmp_path / "hand", bundle))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every entry is in the tree" in done.stdout
    assert "every signature holds" in done.stdout
    assert f"seen by {WITNESS} at 2025-10-09T08:53:20Z" in done.stdout
    assert "Verification: OK" in done.stdout + done.stderr  # the stamp
    complete = "a selection: it proves no absence" if bundle == "event" else "complete up to entry"
    assert complete in done.stdout


def forged(case: Case, place: Path, bundle: str, change: Forging) -> Path:
    """The folder with the archive as a forger without any key makes it."""
    folder = case.folder(place, bundle)
    with zipfile.ZipFile(folder / "bundle.zip") as archive:
        members = {one: archive.read(one) for one in archive.namelist()}
    change(members)
    with zipfile.ZipFile(folder / "bundle.zip", "w") as archive:
        for one, content in members.items():
            archive.writestr(one, content)
    return folder


def changed(case: Case, place: Path, name: str, old: bytes, new: bytes) -> Path:
    """The folder with one member of the archive changed."""

    def change(members: Members) -> None:
        assert old in members[name]
        members[name] = members[name].replace(old, new, 1)

    return forged(case, place, "programme", change)


AT_ONCE = (0, 5, 9, 12, 21)  # of each sort one; the others take as long, and are slow


@pytest.mark.parametrize(
    ("bundle", "change", "words"),
    [
        pytest.param(*one, marks=() if place in AT_ONCE else pytest.mark.slow)
        for place, one in enumerate(FORGED)
    ],
)
def test_what_a_forger_without_a_key_leaves_out_or_puts_in_its_place_is_told(
    case: Case, tmp_path: Path, bundle: str, change: Forging, words: str
) -> None:
    """Nobody signs bundle.json, answer.json and proofs.json: what they say counts for nothing by itself."""
    done = by_hand(forged(case, tmp_path / "hand", bundle, change), without="3467")
    assert done.returncode != 0, done.stdout
    assert words in done.stderr
    assert change in (other_figure, other_event) or "complete up to" not in done.stdout


@pytest.mark.slow
def test_the_deciding_write_taken_away_and_the_answer_edited_is_found_by_the_whole_page(
    case: Case, tmp_path: Path
) -> None:
    def change(members: Members) -> None:
        incomplete(members)
        other_figure(members)

    done = by_hand(forged(case, tmp_path / "hand", "programme", change))
    assert done.returncode != 0
    assert "every signature holds" in done.stdout  # all that is left is genuine
    assert "complete up to" not in done.stdout


def test_a_figure_stands_beside_all_that_was_stated_of_it_newest_first(case: Case, tmp_path: Path) -> None:
    done = by_hand(case.folder(tmp_path / "hand", "cell"), without="3467")
    assert done.returncode == 0, done.stderr
    told = done.stdout[done.stdout.index(f'"{LINE_CELL}" as of') :]
    known = POSITIONS["suspended"] + 1
    assert f'as of "2025-06-01", knowing {known} entries: the answer says "100.00"' in told
    assert re.findall(r"entry [0-9]+ (\S+)", told) == [*["financing.changed"] * 2, "programme.adopted"]
    assert re.findall(r'"amount":"([0-9.]+)"', told) == ["155.00", "150.00", "100.00"]
    assert told.count('act: {"id":"town-2-2025-03-10"}') == 2
    assert told.count('signers: ["p-secretary as council-secretary"]') == 3
    assert f'corrects: "{EVENTS["changed"]}"' in told


def test_another_cell_can_be_asked_for_and_one_that_is_not_there_is_told(case: Case, tmp_path: Path) -> None:
    folder = case.folder(tmp_path / "hand", "programme")
    done = by_hand(folder, without="3467", CELL="/actuals/i-1/2025-Q1/period")
    assert '"/actuals/i-1/2025-Q1/period" as of "2025-06-01", knowing' in done.stdout, done.stderr
    assert '"value":"3"' in done.stdout
    shutil.rmtree(folder / "bundle")
    done = by_hand(folder, without="3467", CELL="/financing/9.9/2025/local")
    assert done.returncode != 0
    assert "the answer says nothing of /financing/9.9/2025/local" in done.stderr


def test_a_changed_entry_is_found(case: Case, tmp_path: Path) -> None:
    folder = changed(case, tmp_path / "hand", "entries/3.json", b'"v":1', b'"v":2')
    done = by_hand(folder)
    assert done.returncode != 0
    assert "entry 3 is not in the tree" in done.stderr


def test_another_checkpoint_is_found(case: Case, tmp_path: Path) -> None:
    """The size is signed: the signature does not hold for another."""
    size = Bundle(case.bundles["programme"], None, None).read("checkpoint").split(b"\n")[1]  # type: ignore[arg-type] # neither is needed to read
    done = by_hand(changed(case, tmp_path / "hand", "checkpoint", b"\n" + size, b"\n" + size + b"0"))
    assert done.returncode != 0
    assert "Failure" in done.stdout + done.stderr


@pytest.mark.slow
def test_another_ledgers_trust_is_found(case: Case, tmp_path: Path) -> None:
    folder = case.folder(tmp_path / "hand", "programme")
    (folder / "trust.json").write_text(json.dumps(case.trust | {"genesis": "0" * 64}))
    assert by_hand(folder).returncode != 0


@pytest.mark.slow
def test_an_altered_file_is_found(case: Case, tmp_path: Path) -> None:
    folder = changed(case, tmp_path / "hand", f"files/{EVIDENCE['sha256']}", CONTENT[:4], b"????")
    done = by_hand(folder)
    assert done.returncode != 0
    assert "was altered" in done.stderr
