"""What is refused about the schedule, the treasury, findings, evaluations and data sets."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from ledger.canonical import dumps
from tests.ledger.refusals.row import Batch, Make, Row, batch, one
from tests.support.council import CHAIR, MAYOR, TREASURER
from tests.support.people import SECRETARY
from tests.support.town import COUNCIL_STREAM, PROGRAMME, Payload, line, lines

KPKVK = "0217520"
EXTRACT_LINE: Payload = {"kpkvk": KPKVK, "approved": "100.00", "amended": "100.00", "paid": "25.00"}
EXTRACT: Payload = {"year": 2025, "day": "2025-06-30", "lines": [EXTRACT_LINE]}
MAPPED: Payload = {
    "op": "set", "year": 2025, "kpkvk": KPKVK, "measure": "1.1", "source": "local", "share": "0.5",
}  # fmt: skip
FINDING: Payload = {"finding": "DOC-DATE:decision", "fingerprint": "5e" * 32, "reason": "Дату уточнено"}
SECTIONS: Payload = dict.fromkeys(("projects", "money", "results", "indicators"), "Виконано")
CONCLUSION: Payload = {
    "year": 2025,
    "conclusion": "Виконано",
    "rating": "partly",
    "sections": SECTIONS,
    "figures": {"as_of": "2025-09-01", "known": 1, "sha256": "5e" * 32},
}
DATASET: Payload = {"dataset": "programmes", "position": 1, "url": "https://data.example/p.csv"}


def extract(**change: Any) -> Make:
    return one("treasury.imported", PROGRAMME, EXTRACT | change)


def extracted(*rows: Payload) -> Make:
    return extract(lines=list(rows))


def mapped(*rows: Payload) -> Make:
    return one("allocation.mapped", PROGRAMME, {"lines": list(rows)})


def scheduled(row: Payload) -> Make:
    return one("schedule.changed", PROGRAMME, lines(row))


def accepted(**change: Any) -> Make:
    return one("finding.accepted", PROGRAMME, FINDING | change)


def concluded(**change: Any) -> Make:
    return one("evaluation.concluded", PROGRAMME, CONCLUSION | change)


def published(**change: Any) -> Make:
    return one("dataset.published", PROGRAMME, DATASET | change)


def ahead(kind: str, data: Payload, *path: str) -> Make:
    """The position just above what the signer has seen."""

    def make(town: Any) -> Any:
        inner = {**data, path[0]: town.position + 1}
        if len(path) > 1:
            inner = {**data, path[0]: {**data[path[0]], path[1]: town.position + 1}}
        return [town.envelope(kind, PROGRAMME, inner)]

    return make


def taken_back(data: Payload | None) -> Make:
    """A finding accepted by the mayor, and corrected or voided by the treasurer."""

    def tell(said: Batch) -> None:
        first = said.say("finding.accepted", PROGRAMME, FINDING, by=MAYOR)
        corrects = {"event": first["id"], "payload": sha256(dumps(first)).hexdigest()}
        said.say("finding.accepted", PROGRAMME, data, by=TREASURER, relations={"corrects": corrects})

    return batch(tell)


SCHEDULE = (
    *(
        Row(
            f"a schedule of {member} {got!r}",
            f"unknown-{member}",
            f"/data/lines/0/{member}",
            scheduled(line("1.00") | {member: got}),
        )
        for member, got in (("measure", "9"), ("source", "moon"), ("year", 2028))
    ),
    Row(
        "a schedule unset to an amount",
        "amount-with-unset",
        "/data/lines/0/amount",
        scheduled(line("1.00", op="unset")),
    ),
    Row(
        "a schedule that sets one line twice",
        "cell-twice",
        "/data/lines/1",
        one("schedule.changed", PROGRAMME, lines("1.00", "2.00")),
    ),
)
TREASURY = (
    Row(
        "a treasury extract of a year outside the term",
        "unknown-year",
        "/data/year",
        extract(year=2024, day="2024-06-30"),
    ),
    Row(
        "a treasury extract of a day before its year",
        "day-outside-year",
        "/data/day",
        extract(day="2024-12-31"),
    ),
    Row(
        "a treasury extract of February of the next year",
        "day-outside-year",
        "/data/day",
        extract(day="2026-02-01"),
    ),
    Row("a treasury extract of tomorrow", "day-ahead", "/data/day", extract(day="2025-09-02")),
    Row(
        "a treasury extract that says when it is effective",
        "unknown-field",
        "/effective",
        one("treasury.imported", PROGRAMME, EXTRACT, effective="2025-06-30"),
    ),
    Row("a treasury extract without a line", "too-few", "/data/lines", extracted()),
    Row(
        "a treasury extract with a line twice",
        "cell-twice",
        "/data/lines/1/approved",
        extracted(EXTRACT_LINE, EXTRACT_LINE | {"paid": "26.00"}),
    ),
    Row(
        "a treasury line without an amount",
        "missing-field",
        "/data/lines/1/paid",
        extracted(EXTRACT_LINE, {"kpkvk": KPKVK, "kekv": "2210"}),
    ),
    Row(
        "a treasury line with a number for an amount",
        "not-money",
        "/data/lines/0/paid",
        extracted(EXTRACT_LINE | {"paid": "25"}),
    ),
    Row(
        "a treasury line of no programme code",
        "missing-field",
        "/data/lines/0/kpkvk",
        extracted({"paid": "1.00"}),
    ),
)
ALLOCATION = (
    *(
        Row(
            f"an allocation to {member} {got!r}",
            f"unknown-{member}",
            f"/data/lines/0/{member}",
            mapped(MAPPED | {member: got}),
        )
        for member, got in (("measure", "9"), ("source", "moon"), ("year", 2028))
    ),
    Row(
        "an allocation to a task",
        "unknown-measure",
        "/data/lines/0/measure",
        mapped(MAPPED | {"measure": "1"}),
    ),
    *(
        Row(f"a share of {got}", "not-a-share", "/data/lines/0/share", mapped(MAPPED | {"share": got}))
        for got in ("0", "0.000000", "-0.5", "1.000001", "2")
    ),
    Row(
        "a share of a half by a comma",
        "not-a-number",
        "/data/lines/0/share",
        mapped(MAPPED | {"share": "0,5"}),
    ),
    Row(
        "a share of what is unset",
        "unknown-field",
        "/data/lines/0/share",
        mapped(MAPPED | {"op": "unset"}),
    ),
    Row(
        "an allocation of a line twice",
        "cell-twice",
        "/data/lines/1",
        mapped(MAPPED, MAPPED | {"share": "0.1"}),
    ),
)
FINDINGS = (
    *(
        Row(f"the finding {got!r}", "not-a-finding", "/data/finding", accepted(finding=got))
        for got in ("doc-date:decision", "DOC-DATE", "D-DATE:x", "DOC-:x", f"DOC-DATE:{'x' * 401}")
    ),
    Row("a finding with a line break", "not-a-finding", "/data/finding", accepted(finding="DOC-DATE:a\nb")),
    Row("a finding of no fingerprint", "not-a-hash", "/data/fingerprint", accepted(fingerprint="5e")),
    Row("a finding accepted without a word", "malformed", "/data/reason", accepted(reason=" ")),
    Row(
        "a finding of a body",
        "wrong-subject",
        "/subject",
        one("finding.accepted", COUNCIL_STREAM, FINDING),
    ),
    *(
        Row(
            f"an acceptance {what} by another office",
            "not-the-author",
            "/envelopes/1/signers/0/office",
            taken_back(data),
            council=True,
        )
        for what, data in (("corrected", FINDING), ("voided", None))
    ),
    *(
        Row(
            f"an observation of a finding and {what}",
            "unknown-field",
            f"/data/about/{next(iter(about))}",
            one(
                "observation.made",
                PROGRAMME,
                {"about": {**about, "finding": "DOC-DATE:x"}, "text": "Чому?"},
                by=CHAIR,
            ),
            council=True,
        )
        for what, about in (
            ("an event", {"event": "01890a5d-ac96-774b-bcce-b302099a8057"}),
            ("a cell", {"cell": "/title"}),
        )
    ),
    Row(
        "an observation of a finding of a body",
        "unknown-field",
        "/data/about/finding",
        one(
            "observation.made",
            COUNCIL_STREAM,
            {"about": {"finding": "DOC-DATE:x"}, "text": "?"},
            by=SECRETARY,
        ),
        council=True,
    ),
)
YEARLY = (
    Row("an evaluation of a year outside the term", "unknown-year", "/data/year", concluded(year=2028)),
    Row("a rating of its own", "unknown-value", "/data/rating", concluded(rating="excellent")),
    Row(
        "an evaluation with a direction left blank",
        "malformed",
        "/data/sections/results",
        concluded(sections=SECTIONS | {"results": " "}),
    ),
    Row(
        "an evaluation with a direction left out",
        "missing-field",
        "/data/sections/money",
        concluded(sections={name: "x" for name in SECTIONS if name != "money"}),
    ),
    Row(
        "an evaluation with a direction of too many words",
        "text-too-long",
        "/data/sections/money",
        concluded(sections=SECTIONS | {"money": "x" * 2001}),
    ),
    Row(
        "an evaluation of figures that the signer had not seen",
        "known-ahead",
        "/data/figures/known",
        ahead("evaluation.concluded", CONCLUSION, "figures", "known"),
    ),
    Row(
        "a data set of a state that the signer had not seen",
        "known-ahead",
        "/data/position",
        ahead("dataset.published", DATASET, "position"),
    ),
    Row(
        "a data set published tomorrow",
        "day-ahead",
        "/effective",
        one("dataset.published", PROGRAMME, DATASET, effective="2025-09-02"),
    ),
    *(
        Row(f"a data set at {url!r}", "not-a-url", "/data/url", published(url=url))
        for url in (
            "ftp://data.example/p.csv",
            "javascript:alert(1)",
            "https://",
            "https://data.example/набір.csv",
            "https://data.example/a b",
            "https://user@data.example/",
        )
    ),
)
TREASURY_ROWS = (*SCHEDULE, *TREASURY, *ALLOCATION, *FINDINGS, *YEARLY)
