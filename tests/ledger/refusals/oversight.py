"""What is refused about observations and their answers."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from ledger.canonical import dumps
from tests.ledger.refusals.row import Batch, Make, Row, batch, one
from tests.support.council import CHAIR, MAYOR, MEMBER, NEVER, TREASURER
from tests.support.people import COMMISSIONER, SECRETARY, STRANGER
from tests.support.story import OTHER_PROGRAMME
from tests.support.town import COUNCIL_STREAM, LINE_CELL, PROGRAMME, Payload

TEXT = {"text": "Чому так?"}
CELL = {"about": {"cell": LINE_CELL}, **TEXT}
ANSWER = {"text": "Тому що", "outcome": "explained"}


def observed(subject: str = PROGRAMME, **data: Any) -> Make:
    return one("observation.made", subject, CELL | data, by=CHAIR)


def observe(said: Batch, subject: str = PROGRAMME, **more: Any) -> Payload:
    """The chair observes; data of an answer."""
    made = said.say("observation.made", subject, CELL | more, by=CHAIR)
    return ANSWER | {"observation": made["id"]}


def answered(by: Any, *, subject: str = PROGRAMME, **more: Any) -> Make:
    return batch(lambda said: said.say("observation.answered", subject, observe(said, **more), by=by))


def moved_answer(said: Batch) -> None:
    """An answer corrected into one of another observation."""
    first, second = observe(said), observe(said)
    given = said.say("observation.answered", PROGRAMME, first, by=MAYOR)
    corrects = {"event": given["id"], "payload": sha256(dumps(given)).hexdigest()}
    said.say("observation.answered", PROGRAMME, second, by=MAYOR, relations={"corrects": corrects})


def corrected_by_observer(said: Batch) -> None:
    answer = observe(said)
    given = said.say("observation.answered", PROGRAMME, answer, by=MAYOR)
    corrects = {"event": given["id"], "payload": sha256(dumps(given)).hexdigest()}
    said.say("observation.answered", PROGRAMME, answer, by=CHAIR, relations={"corrects": corrects})


def by_another(kind: str, *, void: bool = False) -> Make:
    """An observation or an answer corrected, or voided, by an office that did not make it."""

    def tell(said: Batch) -> None:
        answer = observe(said)
        made = CELL if kind == "observation.made" else answer
        first = said.say(kind, PROGRAMME, made, by=MAYOR)
        corrects = {"event": first["id"], "payload": sha256(dumps(first)).hexdigest()}
        data = None if void else made
        said.say(kind, PROGRAMME, data, by=TREASURER, relations={"corrects": corrects})

    return batch(tell)


def row(story: str, code: str, pointer: str, make: Make) -> Row:
    return Row(story, code, pointer, make, council=True)


OVERSIGHT_ROWS = (
    row("an observation of nothing", "missing-field", "/data/about/event", observed(about={})),
    row(
        "an observation of an event and a cell",
        "unknown-field",
        "/data/about/event",
        observed(about={"event": NEVER, "cell": LINE_CELL}),
    ),
    row(
        "an observation of an event as of a day",
        "unknown-field",
        "/data/about/as_of",
        lambda town: observed(about={"event": town.ids["financing"], "as_of": "2025-09-01"})(town),
    ),
    row("an observation of no event", "unknown-event", "/data/about/event", observed(about={"event": NEVER})),
    row(
        "an observation of another programme's event",
        "unknown-event",
        "/data/about/event",
        lambda town: observed(OTHER_PROGRAMME, about={"event": town.ids["financing"]})(town),
    ),
    row(
        "an observation of a cell that never was",
        "unknown-cell",
        "/data/about/cell",
        observed(about={"cell": "/financing/9/2025/local"}),
    ),
    row(
        "an observation of a cell of a body",
        "unknown-cell",
        "/data/about/cell",
        one("observation.made", COUNCIL_STREAM, CELL, by=SECRETARY),
    ),
    row("an observation of what is no cell", "malformed", "/data/about/cell", observed(about={"cell": "x"})),
    row("an observation without a word", "malformed", "/data/text", observed(text="")),
    row("an observation for no office", "unknown-office", "/data/to", observed(to="king")),
    row(
        "an observation for an office that may not answer",
        "office-may-not",
        "/data/to",
        observed(to=COMMISSIONER.office),
    ),
    row("an observation of nothing but spaces", "malformed", "/data/text", observed(text=" \u00a0")),
    row(
        "an observation for an office of a foreign body",
        "foreign-body",
        "/data/to",
        observed(to=STRANGER.office),
    ),
    *(
        row(
            f"{what} {done} by an office that did not make it",
            "not-the-author",
            "/envelopes/2/signers/0/office",
            by_another(kind, void=done == "voided"),
        )
        for what, kind in (("an observation", "observation.made"), ("an answer", "observation.answered"))
        for done in ("corrected", "voided")
    ),
    row(
        "an answer to nothing",
        "unknown-observation",
        "/data/observation",
        one("observation.answered", PROGRAMME, ANSWER | {"observation": NEVER}),
    ),
    row(
        "an answer in another programme",
        "unknown-observation",
        "/envelopes/1/data/observation",
        answered(MAYOR, subject=OTHER_PROGRAMME),
    ),
    row(
        "an answer by an office that was not asked",
        "not-asked",
        "/envelopes/1/signers/0/office",
        answered(MAYOR, to=TREASURER.office),
    ),
    row(
        "an answer by the office that was asked and another",
        "not-asked",
        "/envelopes/1/signers/1/office",
        answered([TREASURER, MAYOR], to=TREASURER.office),
    ),
    row(
        "an answer by the person who observed",
        "self-answer",
        "/envelopes/1/signers/0/person",
        answered(CHAIR),
    ),
    row(
        "an answer by the person who observed in another office",
        "self-answer",
        "/envelopes/1/signers/0/person",
        batch(
            lambda said: said.say(
                "observation.answered",
                PROGRAMME,
                ANSWER | {"observation": said.say("observation.made", PROGRAMME, CELL, by=MAYOR)["id"]},
                by=MEMBER,
            )
        ),
    ),
    row(
        "an answer with an outcome of its own",
        "unknown-value",
        "/data/outcome",
        one("observation.answered", PROGRAMME, ANSWER | {"observation": NEVER, "outcome": "lost"}),
    ),
    row(
        "an answer corrected by the person who observed",
        "self-answer",
        "/envelopes/2/signers/0/person",
        batch(corrected_by_observer),
    ),
    row(
        "an answer moved to another observation",
        "correction-changes-id",
        "/envelopes/3/data/observation",
        batch(moved_answer),
    ),
)
