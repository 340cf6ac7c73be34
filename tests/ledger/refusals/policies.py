"""What is refused about policies, and by them."""

from __future__ import annotations

from typing import Any

from tests.ledger.refusals.row import Make, Row, one
from tests.support.council import CHAIR, MAYOR, MEMBER, MONEY, NEVER, REEVE, TREASURER, asks, policy
from tests.support.people import COMMISSIONER, FINANCIER, SECRETARY
from tests.support.story import ACTUAL
from tests.support.town import COUNCIL_STREAM, PROGRAMME, Payload, TestLedger, line, lines

PROGRESS = {"measure": "1.1", "period": "2025", "status": "done"}
SPENT = {"measure": "1.1", "year": 2025, "source": "local", "amount": "1.00"}
SPENDING = {"phase": "paid", "period": "2025-Q1", "accumulation": "period"}
FIRST = "/data/rules/0"


def setting(**settings: Any) -> Make:
    return one("policy.set", COUNCIL_STREAM, policy(**settings))


def rule(**more: Any) -> Make:
    return setting(rules=[{"kinds": [MONEY]} | more])


def endorsed(*officials: Any, **more: Any) -> Make:
    return setting(rules=[asks(*officials, **more)])


def under(settings: Payload, kind: str, data: Any, **common: Any) -> Make:
    """A policy, and in the same batch what it refuses."""

    def make(town: TestLedger) -> Any:
        return [
            town.envelope("policy.set", COUNCIL_STREAM, policy(**settings)),
            town.envelope(kind, PROGRAMME, data, **common),
        ]

    return make


def executor(office: str, **about: Any) -> Payload:
    return {"executors": [{"office": office} | about]}


def ended_for_refusal(town: TestLedger) -> Any:
    """The mayor's mandate ends before the policy's first day."""
    ended = {"mandate": town.ids["mandate.granted mayor"], "end": "2025-10-01"}
    return [
        town.envelope("mandate.ended", COUNCIL_STREAM, ended),
        town.envelope("policy.set", COUNCIL_STREAM, policy(start="2025-10-01", rules=[asks(MAYOR)])),
    ]


def setting_for_one_who_may_not_report(town: TestLedger) -> Any:
    """An office that only decides about money."""
    office = {"office": "payer", "name": "Платник", "kinds": [MONEY]}
    return [
        town.envelope("office.created", COUNCIL_STREAM, office),
        town.envelope("policy.set", COUNCIL_STREAM, policy(**executor("payer", items=["1"]))),
    ]


def row(story: str, code: str, pointer: str, make: Make) -> Row:
    return Row(story, code, pointer, make, council=True)


SETTING = (
    row("a policy from yesterday on", "policy-retroactive", "/data/start", setting(start="2025-08-31")),
    row(
        "a policy set by an office",
        "registrar-needed",
        "/signers/0/office",
        one("policy.set", COUNCIL_STREAM, policy(lapse_days=3), by=SECRETARY),
    ),
    row(
        "a policy about the registry",
        "unknown-kind",
        f"{FIRST}/kinds/1",
        rule(kinds=[MONEY, "key.enrolled"]),
    ),
    row("a policy about no known kind", "unknown-kind", f"{FIRST}/kinds/0", rule(kinds=["money.made"])),
    row(
        "a deadline of no known kind",
        "unknown-kind",
        "/data/deadlines/0/kinds/0",
        setting(deadlines=[{"kinds": ["x.y"], "period": "year", "months": 1, "day": 1}]),
    ),
    row("a policy about no kind at all", "too-few", f"{FIRST}/kinds", rule(kinds=[])),
    row(
        "a policy for an office that is not there",
        "unknown-office",
        f"{FIRST}/offices/1",
        rule(offices=["mayor", "king"]),
    ),
    row(
        "an endorsement asked of an office that is not there",
        "unknown-office",
        f"{FIRST}/endorsements/offices/1",
        endorsed(MAYOR, offices=["mayor", "king"]),
    ),
    row(
        "an executor that is not there",
        "unknown-office",
        "/data/executors/0/office",
        setting(**executor("king", items=["1"])),
    ),
    row(
        "a policy for an office that may not sign the kind",
        "policy-unsatisfiable",
        f"{FIRST}/offices/0",
        rule(offices=[COMMISSIONER.office]),
    ),
    row(
        "an endorsement asked of an office that may not endorse",
        "policy-unsatisfiable",
        f"{FIRST}/endorsements/offices/0",
        endorsed(COMMISSIONER),
    ),
    row(
        "more endorsements asked than offices",
        "policy-unsatisfiable",
        f"{FIRST}/endorsements/needed",
        endorsed(MAYOR, CHAIR, needed=3, shortfall="record"),
    ),
    row(
        "two persons asked where one holds both offices",
        "policy-unsatisfiable",
        f"{FIRST}/endorsements/needed",
        endorsed(MAYOR, MEMBER),
    ),
    row(
        "two persons asked of whom one leaves before its first day",
        "policy-unsatisfiable",
        f"/envelopes/1{FIRST}/endorsements/needed",
        ended_for_refusal,
    ),
    row(
        "an executor that may not report",
        "policy-unsatisfiable",
        "/envelopes/1/data/executors/0/office",
        setting_for_one_who_may_not_report,
    ),
    row(
        "one office asked twice",
        "office-twice",
        f"{FIRST}/endorsements/offices",
        endorsed(MAYOR, MAYOR, needed=1),
    ),
    row(
        "a code forbidden and silent at once",
        "policy-contradicts",
        f"{FIRST}/silent",
        rule(forbidden=["old-mismatch"], silent=["later-decisions", "old-mismatch"]),
    ),
    row(
        "two rules that exclude each other",
        "policy-unsatisfiable",
        f"{FIRST}/offices",
        setting(rules=[{"kinds": [MONEY], "offices": [who.office]} for who in (MAYOR, CHAIR)]),
    ),
    row(
        "an executor of one report who may sign another one alone",
        "policy-unsatisfiable",
        "/data/executors/0/office",
        setting(
            rules=[{"kinds": ["actual.reported"], "offices": [MAYOR.office]}],
            **executor(TREASURER.office, items=["1"]),
        ),
    ),
    row(
        "a signer of a body that others manage",
        "policy-unsatisfiable",
        f"{FIRST}/offices/0",
        rule(offices=[REEVE.office]),
    ),
    row(
        "two orders of endorsers that exclude each other",
        "policy-contradicts",
        f"{FIRST}/endorsements/offices/1",
        setting(rules=[asks(MAYOR, CHAIR, ordered=True), asks(CHAIR, MAYOR, ordered=True)]),
    ),
    row(
        "a row given to two offices",
        "policy-contradicts",
        "/data/executors/1/items/0",
        setting(executors=[{"items": ["1"], "office": who.office} for who in (MAYOR, CHAIR)]),
    ),
    row(
        "a day off on which people work",
        "policy-contradicts",
        "/data/calendar/working/0",
        setting(calendar={"holidays": ["2026-01-01"], "working": ["2026-01-01"]}),
    ),
    row(
        "a code that no event can have",
        "unknown-discrepancy",
        f"{FIRST}/silent/0",
        rule(silent=["bad-weather"]),
    ),
    row(
        "a session for sums above less than nothing",
        "not-positive",
        "/data/session/amount",
        setting(session={"amount": "-1.00", "days": 30}),
    ),
    row("a publication of nothing", "too-few", "/data/publication", setting(publication={})),
    *(
        row(
            f"a publication within {days} days",
            "malformed",
            "/data/publication/acts/days",
            setting(publication={"acts": {"days": days}}),
        )
        for days in (0, 367)
    ),
    row("an executor of nothing", "too-few", "/data/executors/0/items", setting(**executor("finance-head"))),
    row(
        "a deadline in the thirteenth month",
        "malformed",
        "/data/deadlines/0/months",
        setting(deadlines=[{"kinds": ["actual.reported"], "period": "year", "months": 13, "day": 1}]),
    ),
    row(
        "a voided policy",
        "not-correctable",
        "/relations/corrects",
        one(
            "policy.set",
            COUNCIL_STREAM,
            None,
            relations={"corrects": {"event": NEVER, "payload": "00" * 32}},
        ),
    ),
)
JUDGING = (
    row(
        "an office that a policy does not let sign",
        "policy-office",
        "/envelopes/1/signers/0/office",
        under({"rules": [{"kinds": [MONEY], "offices": [MAYOR.office]}]}, MONEY, lines("1.00")),
    ),
    row(
        "a second signer whom a policy does not let sign",
        "policy-office",
        "/envelopes/1/signers/1/office",
        under(
            {"rules": [{"kinds": [MONEY], "offices": [SECRETARY.office]}]},
            MONEY,
            lines("1.00"),
            by=[SECRETARY, FINANCIER],
        ),
    ),
    row(
        "an old value that a policy lets nobody acknowledge",
        "policy-forbids",
        "/envelopes/1/data/lines/0/stated_old",
        under(
            {"rules": [{"kinds": [MONEY], "forbidden": ["old-mismatch"]}]},
            MONEY,
            lines(line("1.00", stated_old="7.00")),
            acknowledges=["old-mismatch"],
        ),
    ),
    row(
        "an actual by another office than the measure's",
        "not-the-executor",
        "/envelopes/1/data/indicator",
        under(executor(TREASURER.office, items=["1.1"]), "actual.reported", ACTUAL),
    ),
    row(
        "an actual by another office than the indicator's",
        "not-the-executor",
        "/envelopes/1/data/indicator",
        under(executor(TREASURER.office, indicators=["i-1"]), "actual.reported", ACTUAL),
    ),
    row(
        "progress by another office than that of the task above",
        "not-the-executor",
        "/envelopes/1/data/measure",
        under(executor(TREASURER.office, items=["1"]), "progress.reported", PROGRESS),
    ),
    row(
        "spending on a second line by another office than the measure's",
        "not-the-executor",
        "/envelopes/1/data/lines/1/measure",
        under(
            executor(TREASURER.office, items=["1.2"]),
            "spending.reported",
            SPENDING | {"lines": [SPENT, SPENT | {"measure": "1.2"}]},
        ),
    ),
    row(
        "a report by the executor and another office",
        "not-the-executor",
        "/envelopes/1/data/indicator",
        under(executor(TREASURER.office, items=["1"]), "actual.reported", ACTUAL, by=[TREASURER, SECRETARY]),
    ),
)
POLICY_ROWS = (*SETTING, *JUDGING)
