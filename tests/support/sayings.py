"""What a town's people say, as hypothesis draws it: who, when, which change, which policy."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.oracle.said import Payload
from tests.support.drafts import OFFICIALS, REGISTRARS_BY_PERSON
from tests.support.lockstep import MONEY, PROGRAMMES
from tests.support.people import COMMISSION, COUNCIL, FINANCE, FOREIGN
from tests.support.town import PROGRAMME

ENDORSERS = ("budget-chair", "budget-vice", "finance-controller", "council-lawyer", "council-secretary")
SUCCESSIONS = (
    (FOREIGN, COUNCIL),
    (COMMISSION, FINANCE),
    (FINANCE, COMMISSION),
    (COUNCIL, FOREIGN),
    (COUNCIL, FINANCE),
    (FINANCE, FOREIGN),
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
