"""What is refused about proposals, and about the events that enact them."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from ledger.canonical import dumps
from ledger.ids import body_stream
from tests.ledger.refusals.row import Batch, Make, Row, batch, one
from tests.support.council import (
    CHAIR,
    MAYOR,
    MEMBER,
    MONEY,
    NEVER,
    TODAY,
    asks,
    change,
    enacts,
    hash_of,
    policy,
    revocation,
)
from tests.support.people import SECRETARY, key_of
from tests.support.story import ACTUAL, OTHER_PROGRAMME
from tests.support.town import COUNCIL_STREAM, PROGRAMME, Payload, lines, remember

SAID = lines("170.00")


def propose(said: Batch, data: Any = SAID, *, by: Any = SECRETARY, **change_of: Any) -> Payload:
    """`proposal` and `content` of a proposal in the batch."""
    asked = change(data, **change_of)
    event = said.say("change.proposed", PROGRAMME, {"change": asked}, by=by)
    return {"proposal": event["id"], "content": hash_of(asked | {"subject": PROGRAMME})}


def proposed(**change_of: Any) -> Make:
    """A proposal alone, but for what is said here."""
    return one("change.proposed", PROGRAMME, {"change": change(SAID) | change_of})


def on_proposal(kind: str, data: Callable[[Payload], Payload], **common: Any) -> Make:
    """Something is said on a proposal. data: from its `proposal` and `content`."""

    return batch(lambda said: said.say(kind, PROGRAMME, data(propose(said)), **common))


def statement(kind: str, asked: Payload) -> tuple[str, Payload]:
    """Kind and data of what may be said on a proposal."""
    about = {"proposal": asked["proposal"]}
    return {
        "endorsed": ("change.endorsed", asked),
        "refused": ("change.refused", asked | {"reason": "Ні"}),
        "withdrawn": ("change.withdrawn", about),
    }[kind]


def after(end: str, kind: str) -> Make:
    """A proposal that was withdrawn or enacted, and then something said on it."""

    def tell(said: Batch) -> None:
        asked = propose(said)
        if end == "withdrawn":
            said.say("change.withdrawn", PROGRAMME, {"proposal": asked["proposal"]})
        else:
            said.say(MONEY, PROGRAMME, SAID, relations=enacts(asked["proposal"]))
        if kind == "enacted":
            said.say(MONEY, PROGRAMME, SAID, relations=enacts(asked["proposal"]))
        else:
            name, data = statement(kind, asked)
            said.say(name, PROGRAMME, data)

    return batch(tell)


def elsewhere(kind: str) -> Make:
    """Something said in one programme on another's proposal."""

    def tell(said: Batch) -> None:
        asked = propose(said)
        if kind == "enacted":
            said.say(MONEY, OTHER_PROGRAMME, SAID, relations=enacts(asked["proposal"]))
        else:
            name, data = statement(kind, asked)
            said.say(name, OTHER_PROGRAMME, data)

    return batch(tell)


def of_nothing(kind: str) -> Make:
    def tell(said: Batch) -> None:
        if kind == "enacted":
            said.say(MONEY, PROGRAMME, SAID, relations=enacts(NEVER))
        else:
            name, data = statement(kind, {"proposal": NEVER, "content": "00" * 32})
            said.say(name, PROGRAMME, data)

    return batch(tell)


def other_content(kind: str) -> Make:
    """The content of one proposal named for another: an agreement replayed."""

    def tell(said: Batch) -> None:
        first, second = propose(said), propose(said, lines("9999.00"))
        name, data = statement(kind, second | {"content": first["content"]})
        said.say(name, PROGRAMME, data, by=MAYOR)

    return batch(tell)


def with_policy(rule: Payload, tell: Callable[[Batch, Payload], object]) -> Make:
    """A policy of the council, a proposal, and what is said on it."""

    def said_by(said: Batch) -> None:
        said.say("policy.set", COUNCIL_STREAM, policy(rules=[rule]))
        tell(said, propose(said))

    return batch(said_by)


def twice_by_one_person(said: Batch, asked: Payload) -> None:
    said.say("change.endorsed", PROGRAMME, asked, by=MAYOR)
    said.say("change.endorsed", PROGRAMME, asked, by=MEMBER)


def at_once_by_one_person(said: Batch, asked: Payload) -> None:
    """With two keys of one person, since an event names each key once."""
    second = MEMBER.using(remember(key_of("the mayor's second")))
    said.say("key.enrolled", body_stream(MEMBER.body), said.town.key_data(second))
    said.say("change.endorsed", PROGRAMME, asked, by=[MAYOR, second])


def enacted(said: Batch, asked: Payload, **more: Any) -> Payload:
    return said.say(MONEY, PROGRAMME, SAID, relations=enacts(asked["proposal"]), **more)


def one_of_two(said: Batch, asked: Payload) -> None:
    said.say("change.endorsed", PROGRAMME, asked, by=MAYOR)
    enacted(said, asked)


def cancelled(said: Batch, asked: Payload) -> None:
    said.say("change.endorsed", PROGRAMME, asked, by=MAYOR)
    said.say("change.refused", PROGRAMME, asked | {"reason": "Ні"}, by=MAYOR)
    enacted(said, asked)


def other_text(said: Batch, asked: Payload) -> None:
    said.say("change.endorsed", PROGRAMME, asked, by=MAYOR)
    said.say(
        MONEY,
        PROGRAMME,
        lines("171.00"),
        relations=enacts(asked["proposal"]),
        acknowledges=["other-text"],
    )


def correcting(said: Batch) -> None:
    """Enacts a proposal of a new decision by correcting an old one."""
    town, asked = said.town, propose(said)
    corrects = {"event": town.ids["financing"], "payload": town.statements[town.ids["financing"]]}
    relations = {"corrects": corrects, **enacts(asked["proposal"])}
    said.say(MONEY, PROGRAMME, SAID, relations=relations)


def not_correcting(said: Batch) -> None:
    """Enacts the proposal of a correction by a decision of its own."""
    town = said.town
    corrects = {"event": town.ids["financing"], "payload": town.statements[town.ids["financing"]]}
    enacted(said, propose(said, relations={"corrects": corrects}))


def corrected_statement(kind: str) -> Make:
    def tell(said: Batch) -> None:
        asked = propose(said)
        name, data = statement(kind, asked)
        first = said.say(name, PROGRAMME, data)
        corrects = {"event": first["id"], "payload": sha256(dumps(first)).hexdigest()}
        said.say(name, PROGRAMME, data, relations={"corrects": corrects})

    return batch(tell)


def reaffirmed_by_another(kind: str) -> Make:
    """Something is said on a proposal with a stolen key, and re-affirmed by another office."""

    def tell(said: Batch) -> None:
        name, data = statement(kind, propose(said, by=MAYOR))
        first = said.say(name, PROGRAMME, data, by=MAYOR)
        said.say("key.revoked", COUNCIL_STREAM, revocation(MAYOR.key.public, TODAY))
        entry = {"event": first["id"], "payload": sha256(dumps(first)).hexdigest()}
        said.say("entry.reaffirmed", PROGRAMME, {"entries": [entry]}, by=SECRETARY)

    return batch(tell)


def row(story: str, code: str, pointer: str, make: Make) -> Row:
    return Row(story, code, pointer, make, council=True)


PROPOSING = (
    row(
        "a proposal of a report",
        "not-proposable",
        "/data/change/kind",
        one(
            "change.proposed",
            PROGRAMME,
            {"change": {"kind": "actual.reported", "schema": 1, "data": ACTUAL}},
        ),
    ),
    row("a proposal of no known kind", "unknown-kind", "/data/change/kind", proposed(kind="money.made")),
    row("a proposal of a schema of the future", "unknown-schema", "/data/change/schema", proposed(schema=2)),
    row(
        "a proposal for a measure that is not there",
        "unknown-measure",
        "/data/change/data/lines/0/measure",
        proposed(
            data=lines({"measure": "9", "year": 2025, "source": "local", "op": "set", "amount": "1.00"})
        ),
    ),
    row(
        "a proposal without its day",
        "missing-field",
        "/data/change/effective",
        one("change.proposed", PROGRAMME, {"change": change(SAID, effective=None)}),
    ),
    row(
        "a proposal with an amount that is none",
        "not-money",
        "/data/change/data/lines/0/amount",
        proposed(data=lines("1.0")),
    ),
    row(
        "a proposal to void what is not named",
        "missing-field",
        "/data/change/data",
        proposed(data=None),
    ),
    row(
        "a report that enacts a proposal",
        "not-proposable",
        "/relations/enacts",
        one("actual.reported", PROGRAMME, ACTUAL, relations=enacts(NEVER)),
    ),
)
SPEAKING = (
    *(
        row(
            f"something {kind} that nobody proposed",
            "unknown-proposal",
            "/relations/enacts/proposal" if kind == "enacted" else "/data/proposal",
            of_nothing(kind),
        )
        for kind in ("endorsed", "refused", "withdrawn", "enacted")
    ),
    *(
        row(
            f"another programme's proposal {kind}",
            "unknown-proposal",
            f"/envelopes/1{'/relations/enacts' if kind == 'enacted' else '/data'}/proposal",
            elsewhere(kind),
        )
        for kind in ("endorsed", "refused", "withdrawn", "enacted")
    ),
    *(
        row(
            f"a proposal {kind} after it was {end}",
            "proposal-closed",
            f"/envelopes/2{'/relations/enacts' if kind == 'enacted' else '/data'}/proposal",
            after(end, kind),
        )
        for end in ("withdrawn", "enacted")
        for kind in ("endorsed", "refused", "withdrawn", "enacted")
    ),
    *(
        row(
            f"a proposal {kind} under the content of another",
            "other-content",
            "/envelopes/2/data/content",
            other_content(kind),
        )
        for kind in ("endorsed", "refused")
    ),
    row(
        "a proposal withdrawn by an office that did not propose it",
        "not-the-proposer",
        "/envelopes/1/signers/0/office",
        on_proposal("change.withdrawn", lambda asked: {"proposal": asked["proposal"]}, by=MAYOR),
    ),
    *(
        row(
            f"a correction of a proposal {kind}",
            "not-correctable",
            "/envelopes/2/relations/corrects",
            corrected_statement(kind),
        )
        for kind in ("endorsed", "refused", "withdrawn")
    ),
    row(
        "a refusal without a reason",
        "malformed",
        "/envelopes/1/data/reason",
        on_proposal("change.refused", lambda asked: asked | {"reason": ""}),
    ),
    row(
        "a refusal with a reason of spaces",
        "malformed",
        "/envelopes/1/data/reason",
        on_proposal("change.refused", lambda asked: asked | {"reason": "\u00a0 "}),
    ),
    *(
        row(
            f"a proposal {kind}, re-affirmed by an office that did not say it",
            "not-the-author",
            "/envelopes/3/signers/0/office",
            reaffirmed_by_another(kind),
        )
        for kind in ("endorsed", "refused", "withdrawn")
    ),
    row(
        "an endorsement by the person who proposed it",
        "self-endorsement",
        "/envelopes/2/signers/0/person",
        with_policy(
            asks(SECRETARY, MAYOR), lambda said, a: said.say("change.endorsed", PROGRAMME, a, by=SECRETARY)
        ),
    ),
    row(
        "an endorsement by one person for two offices",
        "same-person",
        "/envelopes/3/signers/0/person",
        with_policy(asks(MAYOR, MEMBER, CHAIR, needed=2), twice_by_one_person),
    ),
    row(
        "an endorsement by one person for two offices at once",
        "same-person",
        "/envelopes/3/signers/1/person",
        with_policy(asks(MAYOR, MEMBER, CHAIR, needed=2), at_once_by_one_person),
    ),
    row(
        "an endorsement before the office that comes first",
        "out-of-order",
        "/envelopes/2/signers/0/office",
        with_policy(
            asks(MAYOR, CHAIR, ordered=True),
            lambda said, a: said.say("change.endorsed", PROGRAMME, a, by=CHAIR),
        ),
    ),
)
ENACTING = (
    row(
        "a proposal enacted by another kind",
        "enacts-other-kind",
        "/envelopes/1/kind",
        batch(
            lambda said: said.say(
                "appropriation.set", PROGRAMME, SAID, relations=enacts(propose(said)["proposal"])
            )
        ),
    ),
    row(
        "a new decision proposed, and a correction made",
        "other-relations",
        "/envelopes/1/relations",
        batch(correcting),
    ),
    row(
        "a correction proposed, and a new decision made",
        "other-relations",
        "/envelopes/1/relations",
        batch(not_correcting),
    ),
    row(
        "a change that nobody endorsed",
        "endorsements-missing",
        "/envelopes/2/relations/enacts",
        with_policy(asks(MAYOR), enacted),
    ),
    row(
        "a change that nobody proposed where it is endorsed",
        "endorsements-missing",
        "/envelopes/2/relations/enacts",
        with_policy(asks(MAYOR), lambda said, _: said.say(MONEY, PROGRAMME, SAID)),
    ),
    row(
        "a change that one of two endorsed",
        "endorsements-missing",
        "/envelopes/3/relations/enacts",
        with_policy(asks(MAYOR, CHAIR), one_of_two),
    ),
    row(
        "a change whose endorsement was cancelled",
        "endorsements-missing",
        "/envelopes/4/relations/enacts",
        with_policy(asks(MAYOR), cancelled),
    ),
    row(
        "a change of another text than was endorsed",
        "endorsements-missing",
        "/envelopes/3/relations/enacts",
        with_policy(asks(MAYOR), other_text),
    ),
    row(
        "a correction where decisions are endorsed",
        "endorsements-missing",
        "/envelopes/2/relations/enacts",
        with_policy(
            asks(MAYOR),
            lambda said, _: said.say(MONEY, PROGRAMME, SAID, corrects=said.town.ids["financing"]),
        ),
    ),
    row(
        "a void where decisions are endorsed",
        "endorsements-missing",
        "/envelopes/2/relations/enacts",
        with_policy(
            asks(MAYOR),
            lambda said, _: said.say(MONEY, PROGRAMME, None, corrects=said.town.ids["financing"]),
        ),
    ),
)
CONSENT_ROWS = (*PROPOSING, *SPEAKING, *ENACTING)
