"""Consent over HTTP: policy, proposal, endorsements, enactment, and what stays visible of a shortfall."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api.consenting import (
    EFFECTIVE,
    FOUR,
    change,
    content,
    enacting,
    endorsing,
    open_council,
    proposing,
    sign,
    signer,
)
from tests.api.door import BASE, Door, problem_of
from tests.api.test_http_openapi import ROUTES, shape_of
from tests.support.council import CHAIR, MAYOR, TREASURER, asks, policy
from tests.support.people import SECRETARY
from tests.support.town import COUNCIL_STREAM, LINE_CELL, PROGRAMME, PROGRAMME_ID, lines

UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057"
MISSING = ["endorsements-missing"]


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with open_council(tmp_path) as opened:
        yield opened


def ask_four(door: Door, **more: Any) -> str:
    """Each of four offices is asked; the secretary both proposes and endorses."""
    asked: dict[str, Any] = {"shortfall": "acknowledge", "other_persons": False} | more
    rule = asks(*FOUR, **asked)
    return str(door.say("policy.set", COUNCIL_STREAM, policy(rules=[rule], lapse_days=30))["event"])


def shaped(door: Door, path: str, url: str) -> Any:
    """The answer, which must be of the shape that the route documents."""
    (route,) = [one for one in ROUTES if one.path == path and "GET" in (one.methods or ())]
    answer = door.get(url)
    assert answer.status_code == 200, answer.text
    shape_of(route).validate_json(answer.content, strict=True)
    return answer.json()


def test_three_of_four_endorse_and_the_fourth_stays_missing_in_public(door: Door) -> None:
    rule = ask_four(door)
    proposal = sign(door, proposing())["event"]
    given = [sign(door, endorsing(proposal, one, note="Згода"))["event"] for one in FOUR[:3]]

    asked = door.draft(enacting(proposal)).json()
    assert asked["outcome"] == "needs-acknowledgement"
    (found,) = asked["discrepancies"]
    assert (found["code"], found["counted"], found["needed"]) == ("endorsements-missing", 3, 4)
    assert found["lacking"] == [{"office": "council-secretary", "why": "missing"}]
    refused = door.post(door.town.signed(asked["payload"]))
    assert problem_of(refused, 409, "needs-acknowledgement")["details"]["codes"] == MISSING

    event = sign(door, enacting(proposal, acknowledges=MISSING))["event"]
    shown = shaped(door, "/v1/events/{event}", f"/v1/events/{event}")["consent"]
    (tally,) = shown["tallies"]
    assert (tally["policy"], tally["needed"], tally["met"]) == (rule, 4, False)
    assert [one["event"] for one in tally["counted"]] == given
    assert tally["lacking"] == [{"office": "council-secretary", "why": "missing"}]
    assert (shown["same_text"], shown["acknowledges"], shown["differences"]) == (True, MISSING, [])
    assert shown["proposer_persons"] == shown["signer_persons"] == ["p-secretary"]
    row = shaped(door, "/v1/programmes/{programme}/history", f"{BASE}/history?limit=1")["items"][0]
    assert row["consent"] == {"proposal": proposal, "met": False, "lacking": 1}
    closed = door.json(f"/v1/proposals/{proposal}")
    assert (closed["item"]["state"], closed["item"]["closed_by"], closed["asked"]) == ("enacted", event, None)
    assert [voice["words"] for voice in closed["item"]["voices"]] == ["Згода"] * 3


def test_an_open_proposal_says_who_still_lacks_now_and_not_at_a_past_position(door: Door) -> None:
    ask_four(door)
    proposal = sign(door, proposing())["event"]
    before = door.town.position
    sign(door, endorsing(proposal, MAYOR))
    url = f"/v1/proposals/{proposal}"
    now = shaped(door, "/v1/proposals/{record}", url)
    (tally,) = now["asked"]
    assert [one["office"] for one in tally["counted"]] == ["mayor"]
    assert {one["office"]: one["persons"] for one in tally["instead"]} == {
        "budget-chair": ["p-chair"],
        "treasurer": ["p-treasurer"],
        "council-secretary": ["p-secretary"],
    }
    past = shaped(door, "/v1/proposals/{record}", f"{url}?known={before}")
    assert (past["item"]["voices"], past["asked"]) == ([], None)
    assert door.json(f"{url}?known={door.town.position}")["asked"] == now["asked"]


def test_proposals_are_listed_by_what_became_of_them(door: Door) -> None:
    ask_four(door, needed=1)
    names = ("open", "refused", "withdrawn", "enacted")
    made = {name: sign(door, proposing(f"17{n}.00"))["event"] for n, name in enumerate(names)}
    sign(door, endorsing(made["refused"], CHAIR, "change.refused", reason="Немає розрахунку"))
    taken = {"proposal": made["withdrawn"], "reason": "Передумали"}
    door.say("change.withdrawn", PROGRAMME, taken)
    sign(door, endorsing(made["enacted"], MAYOR))
    sign(door, enacting(made["enacted"]))
    for name, event in made.items():
        page = shaped(door, "/v1/proposals", f"/v1/proposals?state={name}&programme={PROGRAMME_ID}")
        assert [item["id"] for item in page["items"]] == [event], name
    door.town.clock.advance(days=31)
    lapsed = door.json("/v1/proposals?state=lapsed")
    assert [item["id"] for item in lapsed["items"]] == sorted([made["open"], made["refused"]])
    assert lapsed["items"][0]["lapses"]["day"] == "2025-10-01"
    frozen = door.json(f"/v1/proposals?state=lapsed&known={lapsed['known']['position']}")
    assert (frozen["items"], frozen["as_of"]) == ([], "2025-09-01")
    assert door.json("/v1/proposals?state=open&as_of=2025-10-01")["items"] != []
    assert door.json("/v1/proposals?programme=none")["items"] == []
    problem_of(door.get("/v1/proposals?state=new"), 400, "bad-parameter")
    problem_of(door.get(f"/v1/proposals/{UNKNOWN}"), 404, "no-such-record")


def test_a_list_of_proposals_pages(door: Door) -> None:
    made = [sign(door, proposing(f"17{n}.00"))["event"] for n in range(5)]
    found: list[str] = []
    url: str | None = "/v1/proposals?limit=2&state=open"
    while url is not None:
        page = shaped(door, "/v1/proposals", url)
        found += [item["id"] for item in page["items"]]
        url = page["next"]
    assert found == sorted(made)


# -- drafts ---------------------------------------------------------------------------------------


def test_a_draft_of_a_proposal_shows_what_enacting_it_would_do_and_be_asked(door: Door) -> None:
    rule = ask_four(door)
    draft = door.draft(proposing("175.00")).json()
    assert (draft["outcome"], draft["diff"], draft["consent"]) == ("recorded", [], None)
    enacted = draft["enacting"]
    row = enacted["diff"][0]
    assert (row["path"], row["day"]) == (LINE_CELL, EFFECTIVE)
    assert (row["old"]["value"], row["new"]["value"]) == ("160.00", "175.00")
    assert [item["code"] for item in enacted["would_ask"]] == MISSING
    assert enacted["would_refuse"] is None
    assert [(one["policy"], one["needed"], len(one["lacking"])) for one in enacted["asked"]] == [(rule, 4, 4)]
    assert enacted["sentence"]["en"].endswith("160.00 → 175.00")


def test_where_a_policy_would_refuse_the_draft_of_a_proposal_says_so(door: Door) -> None:
    ask_four(door, shortfall="refuse")
    enacted = door.draft(proposing()).json()["enacting"]
    assert enacted["would_refuse"]["type"] == "urn:pledger:problem:endorsements-missing"
    assert enacted["would_ask"] == []


def test_what_an_enactment_would_be_asked_includes_what_the_door_asks_of_such_a_change(door: Door) -> None:
    wrong = {"lines": [{**lines("175.00")["lines"][0], "stated_old": "1.00"}]}
    data = {"change": change("0", data=wrong), "note": ""}
    draft = door.draft(proposing(data=data)).json()
    assert [item["code"] for item in draft["enacting"]["would_ask"]] == ["old-mismatch"]


def test_a_draft_of_an_endorsement_shows_what_the_proposal_would_change_now(door: Door) -> None:
    ask_four(door)
    proposal = sign(door, proposing("175.00"))["event"]
    door.say("financing.changed", PROGRAMME, lines("166.00"), effective=EFFECTIVE, acknowledges=MISSING)
    draft = door.draft(endorsing(proposal, MAYOR)).json()
    assert draft["payload"]["subject"] == PROGRAMME
    assert draft["payload"]["data"]["content"] == content(door, proposal)
    assert [item["code"] for item in draft["discrepancies"]] == ["changed-since-proposed"]
    enacted = draft["enacting"]
    assert (enacted["diff"][0]["old"]["value"], enacted["diff"][0]["new"]["value"]) == ("166.00", "175.00")
    assert {item["code"] for item in enacted["would_ask"]} == {"changed-since-proposed", *MISSING}
    (tally,) = enacted["asked"]
    assert [one["office"] for one in tally["counted"]] == ["mayor"]


def test_an_enacting_draft_that_names_only_the_proposal_gets_its_text(door: Door) -> None:
    proposal = sign(door, proposing("175.00"))["event"]
    draft = door.draft(enacting(proposal)).json()
    assert draft["payload"]["data"] == lines("175.00")
    assert (draft["payload"]["kind"], draft["payload"]["effective"]) == ("financing.changed", EFFECTIVE)
    assert draft["content"] == content(door, proposal)
    assert draft["consent"]["same_text"] is True
    assert (draft["outcome"], draft["diff"][0]["new"]["value"]) == ("recorded", "175.00")


def test_a_text_of_its_own_is_compared_with_the_proposed_one(door: Door) -> None:
    ask_four(door)
    proposal = sign(door, proposing("175.00"))["event"]
    for one in FOUR:
        sign(door, endorsing(proposal, one))
    own = enacting(proposal, kind="financing.changed", effective=EFFECTIVE, data=lines("180.00"))
    draft = door.draft(own).json()
    found = {item["code"]: item for item in draft["discrepancies"]}
    assert set(found) == {"other-text", *MISSING}
    assert found["other-text"]["differences"] == [
        {"path": "/data/lines/0/amount", "proposed": "175.00", "stated": "180.00"}
    ]
    assert {one["why"] for one in found["endorsements-missing"]["lacking"]} == {"other-text"}
    event = sign(door, own | {"acknowledges": sorted(found)})["event"]
    shown = door.json(f"/v1/events/{event}")["consent"]
    assert (shown["same_text"], shown["met"], shown["lacking"]) == (False, False, 4)
    assert shown["differences"] == found["other-text"]["differences"]


def test_a_proposal_can_be_endorsed_and_enacted_in_one_request_of_drafts(door: Door) -> None:
    first = proposing("175.00") | {"id": UNKNOWN}
    rest = [endorsing(UNKNOWN, MAYOR), enacting(UNKNOWN)]
    drafts = door.drafts([first, *({"subject": PROGRAMME} | one for one in rest)]).json()["drafts"]
    assert [draft["outcome"] for draft in drafts] == ["recorded"] * 3
    assert drafts[2]["consent"]["proposal"] == UNKNOWN


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (endorsing(UNKNOWN, MAYOR) | {"subject": PROGRAMME}, "missing-field"),
        (endorsing(UNKNOWN, MAYOR, content="0" * 64) | {"subject": PROGRAMME}, "unknown-proposal"),
        (endorsing(UNKNOWN, MAYOR), "missing-field"),
        ({"relations": {"enacts": {"proposal": UNKNOWN}}}, "unknown-kind"),
        ({"relations": {"enacts": {"proposal": 7}}}, "unknown-kind"),
        ({"relations": {"enacts": 7}, "subject": "root"}, "unknown-kind"),
        ({"kind": "change.endorsed", "data": {"proposal": 7}, "signers": [signer(MAYOR)]}, "missing-field"),
        ({"kind": "change.endorsed", "data": 7, "subject": "body:x"}, "missing-field"),
    ],
)
def test_a_draft_about_no_proposal_is_refused_as_any_other(door: Door, payload: Any, code: str) -> None:
    draft = door.draft(payload).json()
    assert draft["outcome"] == "refused"
    assert draft["refusal"]["type"] == f"urn:pledger:problem:{code}"


# -- policies ---------------------------------------------------------------------------------------


def test_policies_say_each_setting_or_that_it_is_not_configured(door: Door) -> None:
    nothing = shaped(door, "/v1/policies", f"/v1/policies?programme={PROGRAMME_ID}")
    assert {one["status"] for one in nothing["settings"].values()} == {"not-configured"}
    rule = ask_four(door)
    for query in (f"programme={PROGRAMME_ID}", "body=town-council", "body=district"):
        page = shaped(door, "/v1/policies", f"/v1/policies?{query}")
        assert [item["id"] for item in page["items"]] == [rule], query
        assert page["settings"]["lapse"]["items"] == [{"days": 30, "policy": rule}]
        assert page["settings"]["endorsements"]["items"][0]["needed"] == 4
        assert page["settings"]["deadlines"] == {"status": "not-configured", "items": []}
    assert door.json("/v1/policies")["items"] == []
    assert door.json("/v1/policies?body=town-council&as_of=2025-08-31")["items"] == []
    assert door.json(f"/v1/policies?body=town-council&known={door.town.position - 1}")["items"] == []
    one = shaped(door, "/v1/policies/{record}", f"/v1/policies/{rule}")["item"]
    assert (one["policy"], one["ends"], one["stream"]) == ("consent", False, COUNCIL_STREAM)
    problem_of(door.get("/v1/policies?body=none"), 404, "no-such-record")
    problem_of(door.get("/v1/policies?programme=none"), 404, "no-such-programme")
    problem_of(door.get(f"/v1/policies/{UNKNOWN}"), 404, "no-such-record")


def test_a_policy_shows_the_kinds_that_may_write_the_same_cells_unasked(door: Door) -> None:
    def left(query: str) -> list[list[str]]:
        page = shaped(door, "/v1/policies", f"/v1/policies?{query}")
        return [item["uncovered"] for item in page["settings"]["endorsements"]["items"]]

    council, programme = "body=town-council", f"programme={PROGRAMME_ID}"
    ask_four(door)
    assert left(council) == left(programme) == [["programme.adopted", "programme.amended"]]
    rule = asks(MAYOR, kinds=("programme.amended",), shortfall="record")
    door.say("policy.set", COUNCIL_STREAM, policy("plan", rules=[rule], programme=PROGRAMME_ID))
    assert left(council) == [["programme.adopted", "programme.amended"]]  # as any other programme has it
    assert left(programme) == [["programme.adopted"]] * 2
    assert left("") == []


# -- oversight ----------------------------------------------------------------------------------------


def test_observations_are_open_until_they_are_answered(door: Door) -> None:
    said = {"about": {"cell": LINE_CELL}, "text": "Чому?", "to": "treasurer", "due": "2025-09-10"}
    made = door.say("observation.made", PROGRAMME, said, by=CHAIR)["event"]
    other = door.say("observation.made", PROGRAMME, said, by=CHAIR)["event"]
    answer = {"observation": made, "text": "Бо так", "outcome": "explained"}
    door.say("observation.answered", PROGRAMME, answer, by=TREASURER)
    assert [item["id"] for item in door.json("/v1/observations?open=true")["items"]] == [other]
    page = shaped(door, "/v1/observations", f"/v1/observations?open=false&programme={PROGRAMME_ID}")
    assert [item["id"] for item in page["items"]] == [made]
    one = shaped(door, "/v1/observations/{record}", f"/v1/observations/{made}")["item"]
    assert (one["to"], one["due"], one["answers"][0]["text"]) == ("treasurer", "2025-09-10", "Бо так")
    assert one["answers"][0]["signers"][0]["person"] == "p-treasurer"
    problem_of(door.get("/v1/observations?open=yes"), 400, "bad-parameter")
    problem_of(door.get(f"/v1/observations/{UNKNOWN}"), 404, "no-such-record")


def test_reports_in_conflict_are_both_shown_and_one_is_current(door: Door) -> None:
    said = {"indicator": "i-2", "period": "2025-Q2", "accumulation": "period"}
    first = door.say("actual.reported", PROGRAMME, said | {"value": "Так"})["event"]
    second = door.say("actual.reported", PROGRAMME, said | {"value": "Ні"}, by=MAYOR)["event"]
    note = {"report": first, "note": "Додайте докази"}
    door.say("report.returned", PROGRAMME, note, effective="2025-09-01", by=MAYOR)
    url = f"{BASE}/reports"
    rows = shaped(door, "/v1/programmes/{programme}/reports", f"{url}?indicator=i-2")["items"]
    assert [(row["event"], row["state"], row["current"], row["status"]) for row in rows] == [
        (first, "superseded", False, "returned"),
        (second, "current", True, "submitted"),
    ]
    assert rows[0]["remarks"] == "Додайте докази"
    assert [row["signers"][0]["person"] for row in rows] == ["p-secretary", "p-mayor"]
    assert {cell["in_force"] for row in rows for cell in row["cells"]} == {second}
    found: list[Any] = []
    page: str | None = f"{url}?limit=1"
    while page is not None:
        answer = door.json(page)
        found += answer["items"]
        page = answer["next"]
    assert found == door.json(url)["items"]
    assert len({row["report"] for row in found}) == 3
    assert door.json(f"{url}?measure=1.2")["items"] == rows
    assert door.json(f"{url}?period=2025-Q3")["items"] == []
    problem_of(door.get(f"{url}?period=soon"), 400, "bad-parameter")


# -- bodies that were succeeded ---------------------------------------------------------------------------


def test_a_programme_is_found_by_the_old_bodys_code_and_by_the_new_ones(door: Door) -> None:
    opened = {"body": "united-council", "name": "Об'єднана рада", "edrpou": "22222222"}
    door.say("body.opened", "root", opened)
    old = next(item for item in door.json("/v1/bodies")["items"] if item["id"] == "town-council")
    slot = door.town.ids["body.opened town-council"]
    named = {"body": "town-council", "name": old["name"], "edrpou": "11111111"}
    door.say("body.opened", "root", named, corrects=slot)
    succeeded = {"body": "town-council", "successor": "united-council", "start": "2025-09-01", "order": ""}
    door.say("body.succeeded", "root", succeeded)
    for text in ("11111111", "22222222", "town-council", "united-council"):
        found = shaped(door, "/v1/programmes", f"/v1/programmes?body={text}")["items"]
        assert PROGRAMME_ID in [item["id"] for item in found], text
        acts = door.json(f"/v1/acts?body={text}")["items"]
        assert {item["body"] for item in acts} == {"town-council"}, text
    for code in ("11111111", "22222222"):
        page = shaped(door, "/v1/bodies", f"/v1/bodies?code={code}")["items"]
        assert [item["id"] for item in page] == ["town-council", "united-council"]
    assert page[0]["successor"]["body"] == "united-council"
    assert page[1]["predecessors"] == ["town-council"]
    for text in ("33333333", "finance-department"):
        assert door.json(f"/v1/programmes?body={text}")["items"] == [], text
    problem_of(door.get("/v1/bodies?code=1"), 400, "bad-parameter")


def test_registrars_are_shown_of_the_root_and_of_bodies(door: Door) -> None:
    items = shaped(door, "/v1/registrars", "/v1/registrars")["items"]
    assert [(item["id"], item["k"]) for item in items] == [("body:district", 2), ("root", 2)]
    own = shaped(door, "/v1/registrars/{record}", "/v1/registrars/body:district")["item"]
    assert [one["person"] for one in own["registrars"]] == [f"p-district-{n}" for n in (1, 2, 3)]
    kids = {item["kid"] for item in shaped(door, "/v1/keys", "/v1/keys?limit=500")["items"]}
    assert {one["kid"] for item in items for one in item["registrars"]} <= kids
    assert SECRETARY.key.public.kid in kids
