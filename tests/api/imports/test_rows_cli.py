"""Tables of rows on the command line: judged by the server, written as drafts, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.cli import import_files
from api.cli.import_files import write_drafts
from api.settings import Settings
from ledger.errors import StorageError
from tests.api.cli_runner import Prompt, prompt
from tests.api.door import Door
from tests.api.running import running
from tests.support.people import COUNCIL, SECRETARY
from tests.support.town import ACT, ACT_DATA, PROGRAMME, PROGRAMME_ID, TestLedger

__all__ = ["prompt"]
ACTUALS = "Індикатор;Період;Як рахується;Значення\n"
WHO = ("--person", SECRETARY.person, "--office", SECRETARY.office)


@pytest.fixture(scope="module")
def server(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over a copy of the town."""
    town = TestLedger.copy_of(model_town, tmp_path_factory.mktemp("served") / "town")
    town.close()
    with running(Settings(data=town.path)) as url:
        yield url


def written(out: Path) -> list[Any]:
    return [json.loads(path.read_text(encoding="utf8")) for path in sorted(out.rglob("*.json"))]


def table(prompt: Prompt, text: str, name: str = "rows.csv", encoding: str = "utf8") -> Path:
    path = prompt.home / name
    path.write_bytes(text.encode(encoding))
    return path


def test_without_a_server_the_drafts_say_what_the_file_knows(prompt: Prompt) -> None:
    path = table(
        prompt, ACTUALS + "i-1;2024-Q4;за період;1,5\r\ni-2;2024-Q4;за період;Ні\r\n", encoding="cp1251"
    )
    out = prompt.home / "out"
    prompt.ok("import-actuals", PROGRAMME_ID, path, "--out", out, *WHO)
    first, second = written(out)
    assert (first["kind"], first["subject"], first["data"]["value"]) == ("actual.reported", PROGRAMME, "1.5")
    assert second["data"]["value"] == "Ні"
    assert first["signers"] == [{"person": SECRETARY.person, "office": SECRETARY.office}]


@pytest.mark.parametrize("lang", ["uk", "en"])
def test_a_wrong_cell_is_told_with_its_line_and_nothing_is_written(prompt: Prompt, lang: str) -> None:
    path = table(prompt, ACTUALS + "i-1;2024-Q4;за період;=1+1\n")
    ran = prompt.run("import-actuals", PROGRAMME_ID, path, "--out", prompt.home / "out", "--lang", lang)
    assert ran.code == 1
    assert "/2/value" in ran.err
    assert not (prompt.home / "out").exists()


def test_drafts_of_an_earlier_import_are_not_mixed_with_these(prompt: Prompt) -> None:
    path = table(prompt, ACTUALS + "i-1;2024-Q4;за період;1\n")
    out = prompt.home / "out"
    out.mkdir()
    prompt.ok("import-actuals", PROGRAMME_ID, path, "--out", out)
    ran = prompt.run("import-actuals", PROGRAMME_ID, path, "--out", out)
    assert ran.code == 2
    assert len(written(out)) == 1


def test_what_is_said_for_the_whole_file_stands_for_its_columns(prompt: Prompt) -> None:
    path = table(prompt, "Захід;Джерело;Сума\n1.1;local;1 250,5\n")
    out = prompt.home / "out"
    said = (
        "--period",
        "I квартал 2025",
        "--accumulation",
        "наростаючим підсумком",
        "--phase",
        "касові видатки",
    )
    prompt.ok("import-spending", PROGRAMME_ID, path, "--out", out, *said, "--amounts-in", "thousand-uah")
    assert written(out)[0]["data"] == {
        "phase": "paid",
        "period": "2025-Q1",
        "accumulation": "ytd",
        "lines": [{"measure": "1.1", "year": 2025, "source": "local", "amount": "1250500.00"}],
    }


@pytest.mark.parametrize(
    "said", [("--period", "2025-Q5"), ("--accumulation", "all"), ("--person", "p-1")], ids=lambda one: one[0]
)
def test_options_that_make_no_sense_are_usage(prompt: Prompt, said: tuple[str, str]) -> None:
    path = table(prompt, ACTUALS + "i-1;2024-Q4;за період;1\n")
    ran = prompt.run("import-actuals", PROGRAMME_ID, path, "--out", prompt.home / "out", *said)
    assert ran.code == 2


def test_the_server_completes_them_and_its_json_can_be_kept(prompt: Prompt, server: str) -> None:
    path = table(prompt, ACTUALS + "i-1;2025-Q1;за період;7\ni-2;2025-Q1;ytd;Так\n")
    out = prompt.home / "out"
    ran = prompt.ok("import-actuals", PROGRAMME_ID, path, "--out", out, "--server", server, *WHO, "--json")
    assert [item["outcome"] for item in ran.json["items"]] == ["recorded", "recorded"]
    assert ran.json["summary"] == {"rows": 2, "skipped": 0, "events": 2, "totals": []}
    assert [payload["id"] for payload in written(out)] == [
        item["payload"]["id"] for item in ran.json["items"]
    ]


def test_what_only_the_server_knows_to_be_wrong_is_told_of_every_cell(prompt: Prompt, server: str) -> None:
    path = table(prompt, ACTUALS + "i-8;2025-Q1;ytd;1\ni-9;2025-Q1;ytd;1\ni-1;2025-Q1;ytd;Так\n")
    ran = prompt.run(
        "import-actuals", PROGRAMME_ID, path, "--out", prompt.home / "out", "--server", server, *WHO
    )
    assert ran.code == 1
    assert [place for place in ("/2/indicator", "/3/indicator", "/4/value") if place in ran.err] == [
        "/2/indicator", "/3/indicator", "/4/value",
    ]  # fmt: skip
    assert not (prompt.home / "out").exists()


def test_certificates_are_judged_together_and_a_discrepancy_leaves_with_one(
    prompt: Prompt, server: str
) -> None:
    head = "Номер довідки;Дата довідки;Захід;Рік;Джерело;Було;Зміна\n"
    path = table(prompt, head + "15;01.03.2025;1.1;2025;local;50,00;10\n")
    asked = ["import-schedule", PROGRAMME_ID, path, "--server", server, *WHO]
    ran = prompt.run(*asked, "--out", prompt.home / "one")
    assert (ran.code, "old-mismatch" in ran.out, "/2" in ran.out) == (1, True, True)
    prompt.ok(*asked, "--out", prompt.home / "two", "--acknowledge", "old-mismatch")
    assert written(prompt.home / "two")[0]["acknowledges"] == ["old-mismatch"]


def test_votes_of_a_registered_act_and_of_a_new_one(prompt: Prompt, server: str) -> None:
    path = table(prompt, "Депутат;Голос\nОсоба Перша;За\nЗа;2\n")
    ran = prompt.ok(
        "import-votes", path, "--act", ACT, "--server", server, "--out", prompt.home / "one", *WHO
    )
    assert "✗" in ran.out  # the paper prints two, and one is there
    (payload,) = written(prompt.home / "one")
    assert payload["data"] == {**ACT_DATA, "votes": [{"name": "Особа Перша", "vote": "for"}]}
    assert payload["relations"]["corrects"]["payload"]
    new = prompt.write("act.json", {**ACT_DATA, "act": "town-9-2025-02-02", "date": "2025-02-02"})
    out = prompt.home / "two"
    prompt.ok(
        "import-votes", path, "--act-file", new, "--body", COUNCIL, "--server", server, "--out", out, *WHO
    )
    assert written(out)[0]["data"]["act"] == "town-9-2025-02-02"
    assert "relations" not in written(out)[0]


def test_without_an_act_there_are_no_votes(prompt: Prompt) -> None:
    path = table(prompt, "Депутат;Голос\nОсоба Перша;За\n")
    for said in ((), ("--act", ACT), ("--act-file", prompt.write("act.json", ACT_DATA))):
        assert prompt.run("import-votes", path, "--out", prompt.home / "out", *said).code == 2


def test_the_drafts_of_the_command_are_recorded_as_one_batch(prompt: Prompt, door: Door) -> None:
    head = "Номер довідки;Дата довідки;Захід;Рік;Джерело;Стало\n"
    path = table(prompt, head + "15;01.03.2025;1.1;2025;local;9\n16;02.03.2025;1.1;2025;local;8,5\n")
    prompt.ok("import-schedule", PROGRAMME_ID, path, "--out", prompt.home / "out")
    drafts = written(prompt.home / "out")
    envelopes = [
        door.town.envelope(one["kind"], one["subject"], one["data"], effective=one["effective"])
        for one in drafts
    ]
    assert door.post(*envelopes).status_code == 201
    assert door.town.value("/schedule/1.1/2025/local", "2025-03-02") == "8.50"


def test_more_than_a_batch_lies_in_folders_of_a_batch_each(tmp_path: Path) -> None:
    write_drafts(tmp_path / "out", [{"n": n} for n in range(300)], "x")
    assert [len(written(tmp_path / "out" / name)) for name in ("001", "002")] == [256, 44]
    assert [one["n"] for one in written(tmp_path / "out")] == list(range(300))


def test_a_disk_that_fails_leaves_no_half_of_the_drafts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path, payloads: object, word: str) -> list[str]:
        (folder / "01-x.json").write_text("{}", encoding="utf8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(import_files, "_write", full)
    with pytest.raises(StorageError):
        write_drafts(tmp_path / "out", [{}], "x")
    assert list(tmp_path.iterdir()) == []
