"""Reading a programme: on any date, as known at any position, and always saying which."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from projections.patch import make_patch
from tests.api.door import BASE, Door, open_door, pointers, problem_of
from tests.api.story import ACT_TWO, EVENTS, POSITIONS
from tests.support.town import (
    ACT,
    ACT_DATA,
    ADOPTED_FROM,
    COUNCIL_STREAM,
    LINE_CELL,
    PROGRAMME,
    PROGRAMME_DATA,
    PROGRAMME_ID,
    TestLedger,
    lines,
)


def budget(door: Door, query: str = "") -> Any:
    rows = door.json(f"{BASE}/budget{query}")["items"]
    return next(row for row in rows if row["measure"] == "1.1")["amended"]


def test_the_answer_names_the_day_and_the_position_that_it_holds_for(storied: Door) -> None:
    answer = storied.json(f"{BASE}?as_of=2025-04-02&known={POSITIONS['changed']}")
    assert answer["as_of"] == "2025-04-02"
    assert answer["known"]["position"] == POSITIONS["changed"]
    assert answer["known"]["recorded_at"].startswith("2025-09-01T")
    assert answer["state"]["financing"]["1.1"]["2025"]["local"] == "150.00"
    assert answer["cells"][LINE_CELL]["event"] == EVENTS["changed"]
    assert answer["cells"][LINE_CELL]["from"] == "2025-04-01"


def test_by_default_it_is_today_by_everything_recorded(storied: Door) -> None:
    answer = storied.get(BASE)
    assert answer.json()["as_of"] == "2025-09-04"
    assert answer.json()["known"]["position"] == storied.town.position
    assert int(answer.headers["pledger-position"]) == storied.town.position


def test_the_effective_date_and_the_knowledge_date_are_two_things(storied: Door) -> None:
    known = POSITIONS
    assert budget(storied, "?as_of=2025-04-30") == "155.00"
    assert budget(storied, "?as_of=2025-05-01") == "100.00"  # suspended
    assert budget(storied, f"?as_of=2025-05-01&known={known['corrected']}") == "155.00"
    assert budget(storied, f"?as_of=2025-05-01&known={known['changed']}") == "150.00"
    assert budget(storied, "?as_of=2025-03-31") == "100.00"


@pytest.mark.parametrize(
    ("known", "name"),
    [
        ("2025-09-01", "changed"),  # the end of that local day
        ("2025-09-02", "reported"),
        ("2025-09-02T08:59:59Z", "changed"),
        ("2025-09-02T12:00:00%2B03:00", "reported"),
        ("2999-01-01", "suspended"),
        ("9999-12-31", "suspended"),
        ("9998-12-31", "suspended"),
    ],
)
def test_known_may_be_an_instant_or_a_day(storied: Door, known: str, name: str) -> None:
    assert storied.json(f"{BASE}?known={known}")["known"]["position"] == POSITIONS[name]


def test_a_position_inside_a_batch_means_its_start(storied: Door) -> None:
    problem_of(storied.get("/v1/bodies?known=5"), 404, "no-ledger-yet")


@pytest.mark.parametrize(
    "known", ["0", "2025-08-31", "1970-01-01", "0999-01-01", "0001-01-01T00:00:00%2B14:00"]
)
def test_before_the_opening_there_was_no_ledger(storied: Door, known: str) -> None:
    document = problem_of(storied.get(f"{BASE}?known={known}"), 404, "no-ledger-yet")
    assert document["details"]["opened"].startswith("2025-09-01T09:00:00")


def test_a_position_ahead_of_the_log_is_not_there(storied: Door) -> None:
    head = storied.town.position
    for query in (f"known={head + 1}", f"min_position={head + 1}"):
        document = problem_of(storied.get(f"{BASE}?{query}"), 404, "position-ahead")
        assert document["details"]["position"] == head


def test_a_programme_that_is_not_there_is_404(storied: Door) -> None:
    problem_of(storied.get("/v1/programmes/none"), 404, "no-such-programme")
    for part in ("budget", "indicators", "history", "diff?from_as_of=2025-01-01", "blame?path=/title"):
        problem_of(storied.get(f"/v1/programmes/none/{part}"), 404, "no-such-programme")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("as_of=2025-02-30", "as_of"),
        ("as_of=0.5", "as_of"),
        ("as_of=2025-1-1", "as_of"),
        ("as_of=٢٠٢٥-٠١-٠١", "as_of"),
        ("as_of=2025-01-01T00:00:00Z", "as_of"),
        ("as_of=", "as_of"),
        ("known=-1", "known"),
        ("known=1_0", "known"),
        ("known=%2B1", "known"),
        ("known=007", "known"),
        ("known=1e3", "known"),
        ("known=2025-01-01T00:00:00", "known"),
        ("known=2025-01-01T00:00:00+02:00", "known"),
        ("known=2025-13-01", "known"),
        ("known=9999-12-31T23:59:59-14:00", "known"),
        ("known=2025-01-01T25:00:00Z", "known"),
        ("known=" + "9" * 41, "known"),
        ("min_position=x", "min_position"),
        ("path=financing", "path"),
        ("path=/", "path"),
        ("path=/financing/", "path"),
        ("path=/a'b", "path"),
    ],
)
def test_a_parameter_that_will_not_do_is_named(storied: Door, query: str, name: str) -> None:
    document = problem_of(storied.get(f"{BASE}?{query}"), 400, "bad-parameter")
    assert pointers(document) == [f"/query/{name}"]
    assert set(document["details"]["expected"]) == {"uk", "en"}


def test_unknown_and_repeated_parameters_are_refused(storied: Door) -> None:
    document = problem_of(storied.get(f"{BASE}?asof=2025-01-01"), 400, "unknown-parameter")
    assert document["details"]["allowed"] == ["as_of", "known", "min_position", "path"]
    problem_of(storied.get(f"{BASE}?as_of=2025-01-01&as_of=2025-01-02"), 400, "repeated-parameter")


def test_a_path_keeps_the_part_at_or_below_it(storied: Door) -> None:
    answer = storied.json(f"{BASE}?path=/financing/1.1&as_of=2025-04-02")
    assert answer["state"] == {"financing": {"1.1": {"2025": {"local": "155.00"}}}}
    assert list(answer["cells"]) == [LINE_CELL]


# -- validators ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "part",
    ["", "/budget", "/indicators", "/history", "/diff?from_as_of=2025-01-01", "/blame?path=/title"],
)
def test_what_did_not_change_is_304(storied: Door, part: str) -> None:
    answer = storied.get(BASE + part)
    etag = answer.headers["etag"]
    assert etag.startswith('W/"')
    for sent in (etag, etag.removeprefix("W/"), f'"x", {etag}', "*"):
        again = storied.get(BASE + part, if_none_match=sent)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == etag
    assert storied.get(BASE + part, if_none_match='W/"x"').status_code == 200


def test_an_append_elsewhere_does_not_void_a_validator_and_one_here_does(door: Door) -> None:
    etag = door.get(f"{BASE}/budget").headers["etag"]
    door.say("person.registered", "root", {"person": "p-new", "name": "Нова особа"})
    assert door.get(f"{BASE}/budget", if_none_match=etag).status_code == 304
    door.say("financing.changed", PROGRAMME, lines("150.00"))
    assert door.get(f"{BASE}/budget", if_none_match=etag).status_code == 200


def test_the_day_the_query_and_the_form_are_part_of_a_validator(storied: Door) -> None:
    queries = ("", "?as_of=2025-01-02", "?known=24", "?format=csv", "?year=2025")
    etags = [storied.get(f"{BASE}/budget{query}").headers["etag"] for query in queries]
    assert len(set(etags)) == len(etags)


def test_another_ledger_of_the_same_shape_has_other_validators(
    model_town: TestLedger, tmp_path: Path
) -> None:
    """Of another genesis; and of the same one, whose last entry was another."""
    with town_of_another_genesis(tmp_path / "other") as other:
        size = other.position
    tags: list[list[str]] = []
    for model, amount in ((model_town, "150.00"), (model_town, "151.00"), (other, "150.00")):
        with open_door(model, tmp_path / f"town-{len(tags)}") as door:
            assert door.town.position == size
            door.say("financing.changed", PROGRAMME, lines(amount))
            tags.append([door.get(address).headers["etag"] for address in TAGGED])
    for same in zip(*tags, strict=True):
        assert len(set(same)) == 3


def town_of_another_genesis(path: Path) -> TestLedger:
    town = TestLedger(path)
    town.opening["nonce"] = "a5" * 32
    opening = town.signed(town.payload("ledger.opened", "root", town.opening))
    town.submit_all([opening, *town._registry()])
    town.submit("act.registered", COUNCIL_STREAM, ACT_DATA)
    town.submit("programme.adopted", PROGRAMME, PROGRAMME_DATA, effective=ADOPTED_FROM)
    return town


TAGGED = [
    f"{BASE}?as_of=2025-04-02",
    f"{BASE}/budget?as_of=2025-04-02",
    f"{BASE}/history",
    f"{BASE}/diff?from_as_of=2025-01-01&to_as_of=2025-04-02",
    f"{BASE}/blame?path={LINE_CELL}&as_of=2025-04-02",
]


# -- budget and indicators ------------------------------------------------------------------


def test_the_budget_can_be_filtered_and_its_totals_follow(storied: Door) -> None:
    answer = storied.json(f"{BASE}/budget?as_of=2025-04-02&measure=1.1&year=2025&source=local")
    assert [row["amended"] for row in answer["items"]] == ["155.00"]
    assert answer["totals"]["all"][0]["amended"] == "155.00"
    assert answer["totals"]["by_year"] == [{**answer["totals"]["all"][0], "year": 2025}]
    assert storied.json(f"{BASE}/budget?year=2031")["items"] == []


def test_a_printed_dash_is_neither_nothing_nor_zero(storied: Door) -> None:
    rows = storied.json(f"{BASE}/budget?measure=1.2")["items"]
    assert [(row["original"], row["amended"], row["appropriated"]) for row in rows] == [("-", "-", None)]


def test_indicators_show_what_was_reported(storied: Door) -> None:
    rows = storied.json(f"{BASE}/indicators")["items"]
    row = next(row for row in rows if row["indicator"] == "i-1")
    assert (row["actual"], row["status"], row["evidence"]) == ("3", "submitted", 1)


def read_csv(answer: Any) -> list[dict[str, str]]:
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


@pytest.mark.parametrize(
    ("part", "column", "value"),
    [
        ("budget?as_of=2025-04-02&format=csv", "amended", "155.00"),
        ("indicators?format=csv", "latest_value", "3"),
        ("history?kind=financing.changed&format=csv", "reason", "зростання цін"),
        ("diff?from_as_of=2025-03-31&to_as_of=2025-04-01&format=csv", "new", "155.00"),
    ],
)
def test_a_table_has_a_csv_twin(storied: Door, part: str, column: str, value: str) -> None:
    assert value in {row[column] for row in read_csv(storied.get(f"{BASE}/{part}"))}


# -- history --------------------------------------------------------------------------------


def test_history_is_newest_first_and_pages_below_a_row(storied: Door) -> None:
    seen: list[int] = []
    url: str | None = f"{BASE}/history?limit=2"
    while url is not None:
        answer = storied.get(url)
        page = answer.json()
        seen += [row["index"] for row in page["items"]]
        url = page["next"]
        assert ("link" in answer.headers) == (url is not None)
        if url is not None:
            assert answer.headers["link"] == f'<{url}>; rel="next"'
            assert "known=" in url
    assert seen == sorted(seen, reverse=True)
    assert {POSITIONS[name] - 1 for name in ("act", "changed", "reported", "corrected", "suspended")} <= set(
        seen
    )


def test_history_can_be_of_one_kind(storied: Door) -> None:
    rows = storied.json(f"{BASE}/history?kind=financing.changed")["items"]
    assert [row["event"] for row in rows] == [EVENTS["corrected"], EVENTS["changed"]]
    assert rows[0]["corrects"] == EVENTS["changed"]
    problem_of(storied.get(f"{BASE}/history?kind=nothing"), 400, "bad-parameter")


def test_history_of_a_path_has_what_wrote_it_and_what_stopped_it(storied: Door) -> None:
    rows = storied.json(f"{BASE}/history?path=/financing/1.1")["items"]
    named = {event: name for name, event in EVENTS.items()}
    assert [named.get(row["event"], "adopted") for row in rows] == [
        "suspended", "corrected", "changed", "adopted",
    ]  # fmt: skip
    assert storied.json(f"{BASE}/history?path=/financing/1.10")["items"] == []


# -- diff and blame -------------------------------------------------------------------------


def diff(door: Door, query: str) -> Any:
    return {change["path"]: change for change in door.json(f"{BASE}/diff?{query}")["changes"]}


def test_a_diff_says_what_changed_and_why(storied: Door) -> None:
    took = diff(storied, "from_as_of=2025-03-31&to_as_of=2025-04-01")[LINE_CELL]
    assert (took["old"]["value"], took["new"]["value"], took["delta"]) == ("100.00", "155.00", "55.00")
    assert (took["why"], took["unit"]) == ("took_effect", "UAH")
    head = storied.town.position
    known = f"&to_as_of=2025-05-02&from_as_of=2025-05-02&to_known={head}"
    assert diff(storied, f"from_known={POSITIONS['corrected']}{known}")[LINE_CELL]["why"] == "status"
    cause = diff(storied, f"from_known={POSITIONS['corrected']}{known}")[LINE_CELL]["causes"][0]
    assert cause["event"] == EVENTS["suspended"]
    assert storied.get(cause["proof"]).status_code == 200


def test_a_diff_echoes_both_points(storied: Door) -> None:
    answer = storied.json(f"{BASE}/diff?from_known=2025-09-01&to_known=2025-09-02&to_as_of=2025-04-01")
    assert answer["from"] == {"as_of": "2025-04-01", "known": answer["from"]["known"]}
    assert answer["from"]["known"]["position"] == POSITIONS["changed"]
    assert answer["to"]["known"]["position"] == POSITIONS["reported"]


def test_a_diff_may_go_backwards(storied: Door) -> None:
    forth = diff(storied, f"from_known={POSITIONS['changed']}&to_as_of=2025-04-02")[LINE_CELL]
    back = diff(
        storied, f"from_known={storied.town.position}&to_known={POSITIONS['changed']}&to_as_of=2025-04-02"
    )
    assert back[LINE_CELL]["old"] == forth["new"]
    assert back[LINE_CELL]["new"] == forth["old"]


def test_a_diff_needs_a_beginning(storied: Door) -> None:
    problem_of(storied.get(f"{BASE}/diff"), 400, "missing-parameter")
    problem_of(storied.get(f"{BASE}/diff?from_known=0"), 404, "no-ledger-yet")
    document = problem_of(storied.get(f"{BASE}/diff?from_known=1&to_known=999"), 404, "no-ledger-yet")
    assert pointers(document) == ["/query/from_known"]
    document = problem_of(storied.get(f"{BASE}/diff?from_known=24&to_known=999"), 404, "position-ahead")
    assert pointers(document) == ["/query/to_known"]


def test_a_diff_pages_by_path(storied: Door) -> None:
    whole = storied.json(f"{BASE}/diff?from_as_of=2024-12-01&to_as_of=2025-04-01")
    paths: list[str] = []
    url: str | None = f"{BASE}/diff?from_as_of=2024-12-01&to_as_of=2025-04-01&limit=4"
    while url is not None:
        page = storied.json(url)
        paths += [change["path"] for change in page["changes"]]
        url = page["next"]
    assert paths == [change["path"] for change in whole["changes"]]


def test_a_diff_is_a_json_patch_if_asked_for(storied: Door) -> None:
    query = "from_as_of=2025-03-31&to_as_of=2025-04-01"
    answer = storied.get(f"{BASE}/diff?{query}", accept="application/json-patch+json")
    assert answer.headers["content-type"] == "application/json-patch+json"
    old = storied.json(f"{BASE}?as_of=2025-03-31")["state"]
    new = storied.json(f"{BASE}?as_of=2025-04-01")["state"]
    assert answer.json() == make_patch(old, new)
    plain = storied.get(f"{BASE}/diff?{query}", accept="application/json, application/json-patch+json")
    assert plain.headers["content-type"] == "application/json"
    assert plain.headers["etag"] != answer.headers["etag"]


def test_blame_is_the_chain_of_one_cell(storied: Door) -> None:
    answer = storied.json(f"{BASE}/blame?path={LINE_CELL}&as_of=2025-04-02")
    assert answer["value"]["value"] == "155.00"
    (newest, first) = answer["items"]
    assert (newest["event"], newest["old"], newest["reason"]) == (
        EVENTS["corrected"],
        "100.00",
        "зростання цін",
    )
    assert newest["act"]["id"] == ACT_TWO
    assert newest["signers"][0]["office"] == "council-secretary"
    assert (first["value"], first["old"]) == ("100.00", None)


def test_blame_pages_below_a_write(storied: Door) -> None:
    page = storied.json(f"{BASE}/blame?path={LINE_CELL}&as_of=2025-04-02&limit=1")
    rest = storied.json(page["next"])
    assert [row["value"] for row in (*page["items"], *rest["items"])] == ["155.00", "100.00"]
    assert rest["next"] is None
    problem_of(storied.get(f"{BASE}/blame?path={LINE_CELL}&after=x"), 400, "bad-parameter")


def test_blame_of_a_cell_that_never_was_is_empty(storied: Door) -> None:
    answer = storied.json(f"{BASE}/blame?path=/financing/9.9/2025/local")
    assert (answer["value"], answer["items"]) == (None, [])
    problem_of(storied.get(f"{BASE}/blame"), 400, "missing-parameter")


# -- the list -------------------------------------------------------------------------------


def test_the_list_says_what_there_is(storied: Door) -> None:
    (programme,) = storied.json("/v1/programmes")["items"]
    assert (programme["id"], programme["status"]) == (PROGRAMME_ID, "in-force")
    assert storied.json("/v1/programmes?as_of=2024-01-01")["items"][0]["status"] == "not-in-force"
    assert storied.json(f"/v1/programmes?after={PROGRAMME_ID}")["items"] == []
    assert storied.json("/v1/programmes?known=22")["items"] == []


def test_a_read_of_ones_own_write_waits_for_the_projections(door: Door) -> None:
    for n in range(5):
        envelope = door.town.envelope("financing.changed", PROGRAMME, lines(f"{200 + n}.00"))
        position = door.post(envelope).json()["index"] + 1
        answer = door.json(f"{BASE}/budget?min_position={position}&as_of=2025-04-01&measure=1.1")
        assert answer["items"][0]["amended"] == f"{200 + n}.00"
        assert answer["known"]["position"] >= position


def test_an_entry_that_was_read_but_not_announced_yet_is_there(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was told of it, by a checkpoint say, may ask for it at once."""
    head = door.town.position
    context: Any = door.client.app.state.context  # type: ignore[attr-defined]
    monkeypatch.setattr(context, "_size", head - 1)
    for query in (f"known={head}", f"min_position={head}"):
        assert door.get(f"{BASE}?{query}").status_code == 200
    assert door.json(f"/v1/proofs/consistency?from={head}")["to"] == head
    problem_of(door.get(f"{BASE}?known={head + 1}"), 404, "position-ahead")


def test_projections_that_do_not_come_are_said_to_be_behind(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    context: Any = door.client.app.state.context  # type: ignore[attr-defined]
    monkeypatch.setattr(context.follower, "wait_for", lambda position, timeout: False)
    monkeypatch.setattr(context.follower, "position", 3)
    answer = door.get(f"{BASE}?min_position=10")
    problem_of(answer, 503, "behind")
    assert answer.headers["retry-after"] == "1"
    problem_of(door.get(f"{BASE}?known=23"), 503, "behind")


# -- the act that an act's own event is about --------------------------------------------------


def test_a_row_about_an_act_names_it_as_one_that_cites_it(storied: Door) -> None:
    rows = {row["event"]: row["act"] for row in storied.json(f"{BASE}/history")["items"]}
    act = {"id": ACT_TWO, "number": "2", "date": "2025-03-10", "point": None}
    assert [rows[EVENTS[name]] for name in ("act", "changed", "suspended")] == [act] * 3
    assert rows[EVENTS["reported"]] is None
    query = f"from_known={POSITIONS['corrected']}&from_as_of=2025-06-01&to_as_of=2025-06-01"
    causes = [cause for row in storied.json(f"{BASE}/diff?{query}")["changes"] for cause in row["causes"]]
    assert {(cause["event"], cause["act"]["id"]) for cause in causes} == {(EVENTS["suspended"], ACT_TWO)}


def test_a_voided_status_is_still_about_its_act_as_known_then(door: Door) -> None:
    status = {"act": ACT, "status": "suspended", "date": "2025-05-01", "start": "2025-05-01"}
    said = door.say("act.status_changed", COUNCIL_STREAM, status)["event"]
    void = door.say("act.status_changed", COUNCIL_STREAM, None, corrects=said, reason="помилка")["event"]
    (registered,) = [row for row in door.json(f"{BASE}/history")["items"] if row["kind"] == "act.registered"]
    again = ACT_DATA | {"number": "1-а"}
    door.say("act.registered", COUNCIL_STREAM, again, corrects=registered["event"], reason="описка")
    rows = door.json(f"{BASE}/history")["items"]
    named = {row["event"]: (row["act"]["id"], row["act"]["number"]) for row in rows if row["act"]}
    assert named[said] == named[void] == named[registered["event"]] == (ACT, "1")
    assert named[rows[0]["event"]] == (ACT, "1-а")
