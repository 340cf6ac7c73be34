"""What a town's people say, as hypothesis draws it: who, when, which change, which policy."""

from __future__ import annotations

from hypothesis import strategies as st

from ledger.ids import body_stream
from tests.oracle.said import Payload
from tests.support.drafts import OFFICIALS, REGISTRARS_BY_PERSON
from tests.support.lockstep import DISTRICT, MONEY, OUR_PARTS, PROGRAMMES, WARD
from tests.support.people import COMMISSION, COUNCIL, FINANCE, FOREIGN
from tests.support.town import PROGRAMME

ENDORSERS = (
    "budget-chair",
    "budget-vice",
    "finance-controller",
    "council-lawyer",
    "council-secretary",
    "district-reeve",
    "ward-head",
)
SUCCESSIONS = (
    (FOREIGN, COUNCIL),
    (COMMISSION, FINANCE),
    (FINANCE, COMMISSION),
    (COUNCIL, FOREIGN),
    (COUNCIL, FINANCE),
    (FINANCE, FOREIGN),
    (DISTRICT, FOREIGN),
    (DISTRICT, FINANCE),
    (WARD, COMMISSION),
)

numbers = st.integers(0, 99)
often = st.sampled_from([True, True, True, True, False])
seldom = st.sampled_from([False, False, False, False, False, True])
corrections = st.sampled_from(["", "", "", "", "restate", "void"])
programmes = st.sampled_from([PROGRAMME, PROGRAMME, PROGRAMME, *PROGRAMMES])
actors = st.sampled_from(["council-lawyer", "council-secretary", *OFFICIALS])
endorsers = st.sampled_from([*ENDORSERS, *OFFICIALS])
# (days since the position seen, days since the signature), as the event claims.
prepared = st.sampled_from([(0, 0)] * 6 + [(1, 1), (2, 2), (3, 3), (2, 0), (0, 2)])
changes = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["financing.changed", "financing.changed", "appropriation.set"]),
        "measure": st.sampled_from(["1.1", "1.1", "1.2"]),
        "amount": st.integers(1, 99).map(lambda whole: f"{whole}.00"),
    }
)


def demand(offices: list[str], fewer: int, ordered: bool, other_persons: bool, shortfall: str) -> Payload:
    """What a rule asks: the endorsements of all its offices, of fewer of them, or of one more (-1)."""
    return {
        "offices": offices,
        "needed": max(1, len(offices) - fewer),
        "ordered": ordered,
        "other_persons": other_persons,
        "shortfall": shortfall,
    }


demanded = st.builds(
    demand,
    st.lists(st.sampled_from(ENDORSERS), min_size=1, max_size=3, unique=True),
    st.sampled_from([0, 0, 0, 1, 1, 2, -1]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["refuse", "refuse", "acknowledge", "acknowledge", "record"]),
)
asking_rules = st.fixed_dictionaries(
    {"kinds": st.just(list(MONEY)), "endorsements": demanded},
    optional={
        "silent": st.sampled_from([["other-text"], ["changed-since-proposed"], ["endorsements-missing"]]),
        "forbidden": st.sampled_from([["other-text"], ["endorsements-missing"], ["changed-since-proposed"]]),
    },
).filter(lambda said: said.get("silent") != said.get("forbidden"))
office_rules = st.fixed_dictionaries(
    {
        "kinds": st.sampled_from([["financing.changed"], ["change.endorsed"], list(MONEY)]),
        "offices": st.lists(
            st.sampled_from(["council-secretary", "council-lawyer", "finance-controller", "nobody"]),
            min_size=2,
            max_size=3,
            unique=True,
        ),
    }
)
executors = st.sampled_from(
    [
        [{"indicators": ["i-2"], "office": "ward-head"}],
        [{"items": ["1"], "kinds": ["progress.reported"], "office": "finance-head"}],
        [{"items": ["1"], "office": "finance-controller"}, {"items": ["1.2"], "office": "council-secretary"}],
        [{"indicators": ["i-1"], "office": "council-secretary"}],
        [{"items": ["1.1"], "indicators": ["i-2"], "office": "commission-chair"}],
    ]
)
policies = st.one_of(
    st.fixed_dictionaries({"rules": st.lists(asking_rules, min_size=1, max_size=2)}),
    st.fixed_dictionaries({"rules": st.lists(asking_rules, min_size=1, max_size=1)}),
    st.fixed_dictionaries({"rules": st.tuples(office_rules).map(list)}),
    st.fixed_dictionaries({"lapse_days": st.integers(0, 3)}),
    st.fixed_dictionaries({"executors": executors}),
    st.just({}),
)
registrars = st.lists(st.sampled_from(sorted(REGISTRARS_BY_PERSON)), min_size=1, max_size=3, unique=True)

# -- policies that hold each other up ------------------------------------------------------


def asked(*offices: str, kinds: tuple[str, ...] = ("financing.changed",), **more: object) -> Payload:
    """A policy that asks for the endorsement of all these offices."""
    given = {"offices": list(offices), "needed": len(offices), "ordered": False, "other_persons": False}
    return {"rules": [{"kinds": list(kinds), "endorsements": given | {"shortfall": "refuse"} | more}]}


def lets(kind: str, *offices: str) -> Payload:
    return {"rules": [{"kinds": [kind], "offices": list(offices)}]}


def forbids(*codes: str, kind: str = "financing.changed") -> Payload:
    return {"rules": [{"kinds": [kind], "forbidden": list(codes)}]}


def reports(office: str, **about: object) -> Payload:
    return {"executors": [{"office": office, "kinds": ["actual.reported"], **about}]}


# Of some pairs nobody could satisfy both, of others anybody could.
pairs = st.sampled_from(
    [
        (lets("financing.changed", "council-secretary"), lets("financing.changed", "council-lawyer")),
        (lets("financing.changed", "council-secretary"), lets("appropriation.set", "council-lawyer")),
        (
            lets("financing.changed", "council-secretary", "finance-controller"),
            lets("financing.changed", "council-lawyer", "finance-controller"),
        ),
        (asked("budget-chair", "district-reeve", ordered=True), asked("district-reeve", "budget-chair")),
        (
            asked("budget-chair", "district-reeve", ordered=True),
            asked("district-reeve", "council-lawyer", "budget-chair", ordered=True, shortfall="record"),
        ),
        (asked("budget-chair"), lets("change.endorsed", "council-lawyer", "council-secretary")),
        (asked("council-lawyer", "budget-chair", needed=1), lets("change.endorsed", "council-lawyer")),
        (asked("budget-chair", shortfall="record"), lets("change.endorsed", "council-lawyer")),
        (asked("council-lawyer", other_persons=True), lets("change.proposed", "council-lawyer")),
        (asked("council-lawyer", other_persons=False), lets("change.proposed", "council-lawyer")),
        (
            asked("council-lawyer", other_persons=True),
            lets("change.proposed", "council-lawyer", "council-secretary"),
        ),
        (
            asked("budget-chair", "budget-vice", other_persons=True, shortfall="acknowledge"),
            forbids("endorsements-missing"),
        ),
        (asked("budget-chair", "budget-vice", shortfall="acknowledge"), forbids("endorsements-missing")),
        (
            reports("council-secretary", items=["1.1"]),
            lets("actual.reported", "ward-head", "finance-controller"),
        ),
        (
            reports("council-secretary", items=["1.1"]),
            lets("progress.reported", "ward-head", "finance-controller"),
        ),
        (reports("council-secretary", items=["1.1"]), reports("finance-controller", items=["1.1"])),
        ({"rules": [{"kinds": list(MONEY), "forbidden": ["other-text"], "silent": ["other-text"]}]}, {}),
        (forbids("no-such-thing"), {}),
        (
            {"publication": {"acts": {"days": 5}}},
            {"publication": {"datasets": {"days": 3, "working": False}}},
        ),
        ({"calendar": {"holidays": ["2025-12-25"], "working": ["2025-12-25", "2025-12-26"]}}, {}),
        (forbids("own-report", kind="report.accepted"), lets("report.accepted", "commission-chair")),
    ]
)
# Where the two stand: one above, below or beside the other.
stands = st.sampled_from(
    [
        (council := body_stream(COUNCIL), council),
        (council, council),
        ("root", council),
        (council, "root"),
        ("root", "root"),
        (council, body_stream(FINANCE)),
        (body_stream(FINANCE), council),
        (body_stream(FOREIGN), council),
        (body_stream(COMMISSION), body_stream(FINANCE)),
    ]
)
of_programmes = st.sampled_from(
    [(None, None)] * 4 + [(PROGRAMME, None), (PROGRAMME, OUR_PARTS), (None, OUR_PARTS)]
)
