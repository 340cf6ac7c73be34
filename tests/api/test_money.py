"""Money over HTTP and at the prompt: the chain, the moves, the treasury; with what each figure rests on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from api.models.money import Money, Moves
from api.models.programmes import Budget
from api.models.reconciliation import Reconciliation
from tests.api.cli_runner import Prompt, prompt
from tests.api.door import BASE, Door, open_door, pointers, problem_of
from tests.api.fake_api import fake_api
from tests.support.town import COUNCIL_STREAM, PROGRAMME, TestLedger, line

__all__ = ["prompt"]
TREASURY = {"kpkvk": "0217520", "kekv": "2210", "fund": "general"}
TREASURY_LINE = "0217520.2210.general._"
AT = "as_of=2025-08-31"
CSV_ROWS = list[dict[str, str]]


def tell(town: TestLedger) -> None:
    """The budget of 1 March grants 70.00 and 30.00; that of 1 May moves 20.00 from 1.1 to 1.2. 12.00 is paid.

    The treasury's extract of 30 June has not seen the act of 1 May, and has one line that nobody mapped.
    """
    for act, date, lines in (
        ("town-3", "2025-03-01", [line("70.00"), line("30.00", measure="1.2")]),
        ("town-5", "2025-05-01", [line("-20.00", op="add"), line("20.00", op="add", measure="1.2")]),
    ):
        data = {"act": act, "kind": "decision", "number": act[-1], "date": date, "title": "Про бюджет"}
        town.submit("act.registered", COUNCIL_STREAM, data | {"in_force": date})
        town.submit("appropriation.set", PROGRAMME, {"lines": lines}, act=act, effective=date)
    row = {"measure": "1.1", "year": 2025, "source": "local", "amount": "12.00"}
    said = {"phase": "paid", "period": "2025-H1", "accumulation": "ytd", "lines": [row]}
    town.submit("spending.reported", PROGRAMME, said)
    mapped = TREASURY | {"op": "set", "year": 2025, "measure": "1.1", "source": "local"}
    town.submit("allocation.mapped", PROGRAMME, {"lines": [mapped]}, effective="2025-01-01")
    amounts = {"approved": "70.00", "amended": "70.00", "paid": "12.00"}
    rows = [TREASURY | amounts, TREASURY | {"kekv": "3110", "paid": "5.00"}]
    town.submit("treasury.imported", PROGRAMME, {"year": 2025, "day": "2025-06-30", "lines": rows})


@pytest.fixture(scope="module")
def rich(model_town: TestLedger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """One application over a town with money; its tests only read."""
    path = tmp_path_factory.mktemp("rich")
    town = TestLedger.copy_of(model_town, path / "town")
    tell(town)
    town.close()
    with open_door(town, path / "open") as opened:
        yield opened


def table(door: Door, path: str) -> CSV_ROWS:
    answer = door.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


PARTS = ("money", "moves?from_as_of=2025-03-31", "reconciliation")


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        (f"{BASE}/money?{AT}", Money),
        (f"{BASE}/money?by=source-tree,kpkvk&{AT}", Money),
        (f"{BASE}/moves?from_as_of=2025-02-01&to_as_of=2025-08-31", Moves),
        (f"{BASE}/reconciliation?{AT}", Reconciliation),
        (f"{BASE}/reconciliation?year=2026", Reconciliation),
        (f"{BASE}/budget?{AT}", Budget),
    ],
)
def test_answers_are_of_their_shapes(rich: Door, path: str, shape: Any) -> None:
    shape.model_validate_json(rich.get(path).content, strict=True)


def test_the_chain_of_a_line_and_of_a_source(rich: Door) -> None:
    answer = rich.json(f"{BASE}/money?{AT}")
    rows = {row["key"]["measure"]: row for row in answer["items"]}
    steps = {one["step"]: (one["amount"], one["deviation"]) for one in rows["1.1"]["steps"]}
    assert steps["need"] == ("100.00", None)
    assert steps["appropriation"] == ("50.00", "-50.00")
    assert steps["schedule"] == (None, None)
    assert steps["paid"] == ("12.00", None)
    assert rows["1.2"]["steps"][0]["amount"] == "-"
    (row,) = rich.json(f"{BASE}/money?by=source&{AT}")["items"]
    figures = {one["step"]: (one["amount"], one["stated"]) for one in row["steps"]}
    assert (figures["need"], figures["appropriation"]) == (("100.00", 1), ("100.00", 2))
    assert row["steps"][0]["empties"]["dash"] == 1
    assert answer["totals"]["by_source_tree"][0]["appropriated"] == "100.00"


def test_every_figure_names_its_cells_and_events_and_they_are_on_the_record(rich: Door) -> None:
    for row in rich.json(f"{BASE}/money?{AT}")["items"]:
        for figure in (row["original"], row["transferred"], *row["steps"]):
            assert bool(figure["cells"]) == bool(figure["events"]) == (figure["amount"] is not None)
            for event in figure["events"]:
                assert rich.get(f"/v1/events/{event}").status_code == 200
            for cell in figure["cells"]:
                assert rich.get(f"{BASE}/blame?path={cell}").status_code == 200


def test_a_move_is_told_with_its_act(rich: Door) -> None:
    answer = rich.json(f"{BASE}/moves?from_as_of=2025-03-31&to_as_of=2025-08-31")
    (row,) = answer["items"]
    assert (row["of"], row["act"]["id"], row["net"]) == ("appropriation", "town-5", "0.00")
    cells = [f"/appropriation/{measure}/2025/local" for measure in ("1.1", "1.2")]
    assert row["moves"] == [{"from": cells[0], "to": cells[1], "amount": "20.00"}]
    sums = {one["of"]: (one["moved"], one["net"]) for one in answer["totals"]}
    assert sums == {
        "financing": ("0.00", "0.00"),
        "appropriation": ("20.00", "0.00"),
        "schedule": ("0.00", "0.00"),
    }


def test_the_treasury_beside_the_ledger(rich: Door) -> None:
    answer = rich.json(f"{BASE}/reconciliation?{AT}")
    (item,) = answer["items"]
    said = {one["name"]: (one["difference"], one["status"]) for one in item["comparisons"]}
    assert said == {
        "approved": ("0.00", "agrees"),
        "amended": ("20.00", "explained"),
        "paid": ("0.00", "agrees"),
    }
    assert [row["line"] for row in answer["lines"] if row["mapped"] is None] == ["0217520.3110.general._"]
    assert [row["measure"] for row in answer["unmapped"]] == ["1.2"]
    assert answer["status"] == "undetermined"
    assert rich.json(f"{BASE}/reconciliation?as_of=2025-06-29")["status"] == "not-imported"


def test_csv_has_the_same_figures(rich: Door) -> None:
    chain = table(rich, f"{BASE}/money?format=csv&{AT}")
    assert [(row["measure"], row["need"], row["appropriation"], row["schedule"]) for row in chain] == [
        ("1.1", "100.00", "50.00", ""),
        ("1.2", "-", "50.00", ""),
    ]
    assert chain[0]["appropriation_deviation"] == "-50.00"
    (by,) = table(rich, f"{BASE}/money?format=csv&by=source&{AT}")
    assert list(by)[:2] == ["source", "lines"]
    (move,) = table(rich, f"{BASE}/moves?from_as_of=2025-03-31&to_as_of=2025-08-31&format=csv")
    assert (move["what"], move["amount"], move["act"]) == ("moved", "20.00", "town-5")
    parts = [(row["part"], row["status"]) for row in table(rich, f"{BASE}/reconciliation?format=csv&{AT}")]
    assert parts == [
        ("extract", "undetermined"),
        ("comparison", "agrees"),
        ("comparison", "explained"),
        ("comparison", "agrees"),
        ("treasury-line", "explained"),
        ("treasury-line", "undetermined"),
        ("programme-line", "undetermined"),
    ]
    (row,) = table(rich, f"{BASE}/reconciliation?format=csv&year=2026")
    assert (row["part"], row["status"]) == ("extract", "not-imported")


@pytest.mark.parametrize("part", PARTS)
def test_an_answer_can_be_frozen_and_is_not_sent_twice(rich: Door, part: str) -> None:
    first = rich.get(f"{BASE}/{part}")
    etag = first.headers["etag"]
    assert rich.get(f"{BASE}/{part}", if_none_match=etag).status_code == 304
    name = "to_known" if "moves" in part else "known"
    mark = "&" if "?" in part else "?"
    frozen = rich.get(f"{BASE}/{part}{mark}{name}={rich.town.position}")
    assert frozen.json() == first.json()
    problem_of(rich.get(f"{BASE}/{part}{mark}{name}={rich.town.position + 1}"), 404, "position-ahead")
    problem_of(rich.get(f"/v1/programmes/none/{part}"), 404, "no-such-programme")


@pytest.mark.parametrize("by", ["", "measures", "year,year", "year,", "source tree", "YEAR"])
def test_what_lines_cannot_be_grouped_by_is_refused(rich: Door, by: str) -> None:
    document = problem_of(rich.get(f"{BASE}/money?by={by}"), 400, "bad-parameter")
    assert pointers(document) == ["/query/by"]
    assert "source-tree" in document["details"]["expected"]["uk"]


def test_moves_need_a_point_to_start_from(rich: Door) -> None:
    problem_of(rich.get(f"{BASE}/moves"), 400, "missing-parameter")


COMMANDS = {
    "money": (f"{BASE}/money?by=source&{AT}", ("money",)),
    "moves": (f"{BASE}/moves?from_as_of=2025-03-31&to_as_of=2025-08-31", ("moves",)),
    "reconcile": (f"{BASE}/reconciliation?{AT}", ("reconciliation",)),
}
SHOWN: dict[str, dict[str, tuple[str, ...]]] = {
    "money": {"uk": ("Потреба", "100,00"), "en": ("Need", "100,00")},
    "moves": {"uk": ("призначення", "20,00", "5 від 2025-05-01"), "en": ("appropriation", "20,00")},
    "reconcile": {
        "uk": ("не визначено", "пояснено актами", "5 від 2025-05-01: −20,00", "1.2/local"),
        "en": ("undetermined", "explained by acts", "5 of 2025-05-01: −20,00", "0217520.3110.general._"),
    },
}


@pytest.mark.parametrize("lang", ["uk", "en"])
@pytest.mark.parametrize("command", COMMANDS)
def test_the_prompt_shows_it_in_both_languages(rich: Door, prompt: Prompt, command: str, lang: str) -> None:
    path, (part,) = COMMANDS[command]
    with fake_api({("GET", f"/v1/programmes/p/{part}"): (200, rich.json(path))}) as url:
        out = prompt.ok(command, "p", "--server", url, "--lang", lang).out.replace("\u00a0", " ")
    for words in SHOWN[command][lang]:
        assert words in out, out


@pytest.mark.parametrize("command", COMMANDS)
def test_the_prompt_gives_the_apis_json_to_the_byte(rich: Door, prompt: Prompt, command: str) -> None:
    path, (part,) = COMMANDS[command]
    raw = rich.get(path).content
    with fake_api({("GET", f"/v1/programmes/p/{part}"): (200, raw)}) as url:
        assert prompt.ok(command, "p", "--server", url, "--json").out.strip() == raw.decode()


def test_without_an_extract_the_prompt_says_so(rich: Door, prompt: Prompt) -> None:
    answer = rich.json(f"{BASE}/reconciliation?year=2026")
    with fake_api({("GET", "/v1/programmes/p/reconciliation"): (200, answer)}) as url:
        assert "не внесено" in prompt.ok("reconcile", "p", "--server", url, "--lang", "uk").out
