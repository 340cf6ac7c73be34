"""Registrars, bodies, keys, offices and mandates as a log has them: each answer read from the whole log.

Every function takes the entries before the place that it judges, and a local day in ISO form.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.oracle.said import REGISTRAR, REGISTRY_KINDS, ROOT, Log, Payload, Said, of_kind

# Registrars and bodies


@dataclass(frozen=True)
class Registrars:
    """A set of registrars. by: who named it; keys: kid → person; stream: whose own it is."""

    by: Said
    stream: str
    keys: dict[str, str]
    k: int


def body_of(stream: str) -> str:
    return stream.removeprefix("body:")


def own_registrars(log: Log, stream: str) -> Registrars | None:
    """The set that is a stream's own; a body may have none."""
    naming = [said for said in log if said.registrars and names_for(said, stream)]
    if not naming:
        return None
    return Registrars(naming[-1], stream, naming[-1].registrars, int(naming[-1].data["k"]))


def names_for(said: Said, stream: str) -> bool:
    """Whether an event is one that may name a stream's registrars."""
    if said.kind == "body.opened":
        return stream == f"body:{said.data['body']}"
    return said.kind in ("ledger.opened", "registrar.changed") and said.subject == stream


def succession(log: Log, body: str, day: str) -> Said | None:
    """What put a successor in a body's place by this day."""
    found = [said for said in of_kind(log, "body.succeeded") if said.data["body"] == body]
    return next((said for said in reversed(found) if said.data["start"] <= day), None)


def places(log: Log, body: str, day: str) -> list[str]:
    """A body and, one after the other, those that took its place by this day: the last one stands for it."""
    bodies = [body]
    while (succeeded := succession(log, bodies[-1], day)) is not None:
        successor = str(succeeded.data["successor"])
        if successor in bodies:
            break
        bodies.append(successor)
    return bodies


def stands_for(log: Log, body: str, day: str) -> str:
    """The body in whose place this one stands today."""
    return places(log, body, day)[-1]


def managers(log: Log, stream: str, day: str) -> Registrars:
    """Who manages a stream of the registry: its own, else those of the nearest body above that has some."""
    line = [] if stream == ROOT else line_above(log, stands_for(log, body_of(stream), day), day)
    sets = (own_registrars(log, one) for one in (*(f"body:{body}" for body in line), ROOT))
    own = next((one for one in sets if one is not None), None)
    assert own is not None
    return own


def all_registrars(log: Log) -> list[Registrars]:
    """The set of the root and every body's own."""
    streams = [ROOT, *(f"body:{said.data['body']}" for said in of_kind(log, "body.opened"))]
    return [own for own in (own_registrars(log, stream) for stream in streams) if own is not None]


def live_persons(log: Log, registrars: Registrars, *, but: str | None = None) -> set[str]:
    """The persons of a set whose key is not revoked. but: a kid to leave out."""
    return {
        person
        for kid, person in registrars.keys.items()
        if kid != but and not is_revoked(log, kid, registrars.stream)
    }


def line_above(log: Log, body: str, day: str) -> list[str]:
    """A body and the bodies above it. Above it a successor stands for whom it succeeded."""
    bodies = [body]
    while (parent := parent_of(log, bodies[-1])) is not None:
        above = stands_for(log, parent, day)
        if above in bodies:
            break
        bodies.append(above)
    return bodies


def parent_of(log: Log, body: str) -> str | None:
    opened = [said for said in of_kind(log, "body.opened") if said.data["body"] == body]
    parent = opened[-1].data.get("parent") if opened else None
    return None if parent is None else str(parent)


def acts_for(log: Log, body: str, owner: str, day: str) -> bool:
    """Whether an office of a body acts for the owner: its own body, or one above that the same manage.

    What a succeeded body owned is its successor's, and its offices act for nothing.
    """
    now = stands_for(log, owner, day)
    if succession(log, body, day) is not None or now not in line_above(log, body, day):
        return False
    # Freedom: "the same registrars" are one set, not two sets that happen to name the same persons.
    return managers(log, f"body:{body}", day).stream == managers(log, f"body:{now}", day).stream


def owner_of(log: Log, subject: str) -> str | None:
    """The body whose programme or stream it is; None for the root, and for what nobody adopted."""
    if subject.startswith("body:"):
        return body_of(subject)
    adopted = [said for said in of_kind(log, "programme.adopted") if said.subject == subject]
    return str(adopted[0].data["body"]) if adopted else None


def owner_of_event(log: Log, said: Said) -> str | None:
    """The body for which an event's signers must be able to act."""
    if said.kind == "programme.adopted" and said.slot == said.id:
        return str(said.data["body"])
    return owner_of(log, said.subject)


# Keys


def is_revoked(log: Log, kid: str, stream: str) -> bool:
    """Whether the root or this stream revoked the key: the root's word holds everywhere."""
    revoked = [said for said in of_kind(log, "key.revoked") if said.data["kid"] == kid]
    return any(said.subject in (ROOT, stream) for said in revoked)


def acceptances(log: Log, kid: str, body: str) -> list[Said]:
    """What made a body accept a key, retired and revoked or not."""
    accepted = [said for said in of_kind(log, "key.enrolled", "key.rotated") if body_of(said.subject) == body]
    return [said for said in accepted if said.key == kid]


def is_retired(log: Log, kid: str, body: str) -> bool:
    rotated = [said for said in of_kind(log, "key.rotated") if body_of(said.subject) == body]
    return any(said.data["kid"] == kid for said in rotated)


def person_of(log: Log, kid: str) -> str | None:
    """To whom a key belongs, for ever."""
    for said in log:
        if kid in said.registrars:
            return said.registrars[kid]
        if said.kind == "key.enrolled" and said.key == kid:
            return str(said.data["person"])
        if said.kind == "key.rotated" and said.key == kid:
            return person_of(log[: said.index], said.data["kid"])
    return None


def key_faults(log: Log, signer: Payload, body: str) -> set[str]:
    """Why a key may not act for an office of a body."""
    kid, stream = signer["kid"], f"body:{body}"
    if person_of(log, kid) is None:
        return {"unknown-key"}
    faults = set()
    if person_of(log, kid) != signer["person"]:
        faults.add("key-of-another")
    if not acceptances(log, kid, body):
        faults.add("key-not-accepted")
    if is_revoked(log, kid, stream):
        faults.add("key-revoked")
    if is_retired(log, kid, body):
        faults.add("key-retired")
    return faults


# Offices and mandates


def office_created(log: Log, office: str) -> Said | None:
    return next((said for said in of_kind(log, "office.created") if said.data["office"] == office), None)


def body_of_office(log: Log, office: str) -> str | None:
    created = office_created(log, office)
    return body_of(created.subject) if created is not None else None


def may_sign(log: Log, office: str, kind: str) -> bool:
    created = office_created(log, office)
    return created is not None and kind in created.data["kinds"]


@dataclass(frozen=True)
class Mandate:
    """A person in an office on the days [start, end); end None: without end."""

    by: Said
    start: str
    end: str | None

    def holds(self, day: str) -> bool:
        return self.start <= day and not self.ended(day)

    def ended(self, day: str) -> bool:
        return self.end is not None and self.end <= day


def end_of(log: Log, granted: Said) -> str | None:
    """The end of a mandate, as registered: with it, or later."""
    ends = [said for said in of_kind(log, "mandate.ended") if said.data["mandate"] == granted.id]
    end = ends[-1].data["end"] if ends else granted.data.get("end")
    return None if end is None else str(end)


def mandates(log: Log, person: str, office: str) -> list[Mandate]:
    """The mandates of a person for an office."""
    granted = [
        said
        for said in of_kind(log, "mandate.granted")
        if (said.data["person"], said.data["office"]) == (person, office)
    ]
    return [Mandate(said, said.data["start"], end_of(log, said)) for said in granted]


def holding(log: Log, person: str, office: str, day: str) -> list[Mandate]:
    return [one for one in mandates(log, person, office) if one.holds(day)]


def has_live_key(log: Log, person: str, body: str) -> bool:
    """Whether a person has a key that acts for the offices of a body."""
    accepted = [said for said in of_kind(log, "key.enrolled", "key.rotated") if body_of(said.subject) == body]
    return any(not key_faults(log, {"kid": said.key, "person": person}, body) for said in accepted)


def able(log: Log, office: str, day: str) -> set[str]:
    """The persons with a live key who hold an office on a day; nobody where it acts for nothing."""
    body = body_of_office(log, office)
    if body is None or succession(log, body, day) is not None:
        return set()
    return {person for person in holders(log, office, day) if has_live_key(log, person, body)}


def holders(log: Log, office: str, day: str) -> set[str]:
    """The persons who hold an office on a day."""
    persons = {str(said.data["person"]) for said in of_kind(log, "mandate.granted")}
    return {person for person in persons if holding(log, person, office, day)}


def signed_before_the_end(log: Log, said: Said, signer: Payload) -> list[Mandate]:
    """The ended mandates of a signer before whose end lie both what the event has seen and its iat."""
    seen = said.payload["seen"]
    if seen == 0:
        return []
    known, claimed = log[seen - 1].day, said.iat[signer["kid"]]
    ended = [one for one in mandates(log, signer["person"], signer["office"]) if one.ended(said.day)]
    # Freedom: a signature that claims to be from before the mandate's start was not made under it.
    return [one for one in ended if not one.ended(known) and one.holds(claimed)]


def mandate_used(log: Log, said: Said, signer: Payload) -> tuple[list[Mandate], bool]:
    """The mandates under which a signer signs, and whether that is undetermined."""
    held = holding(log, signer["person"], signer["office"], said.day)
    if held:
        return held, False
    ended = signed_before_the_end(log, said, signer)
    return ended, bool(ended)


# Who signs


def registrar_faults(log: Log, said: Said, *, also: Registrars | None = None) -> set[str]:
    """Why the signers may not sign an event of the registry. also: a new set, whose members may sign."""
    own = managers(log, said.subject, said.day)
    faults, persons = set(), set()
    for signer in said.signers:
        kid, person = signer["kid"], signer["person"]
        if signer["office"] != REGISTRAR:
            faults.add("registrar-needed")
        revoked = is_revoked(log, kid, own.stream)
        if revoked:
            faults.add("key-revoked")
        if kid not in own.keys and (also is None or kid not in also.keys):
            faults.add("not-a-registrar")
        elif person not in (own.keys.get(kid), also.keys.get(kid) if also else None):
            faults.add("key-of-another")
        elif kid in own.keys and not revoked:
            persons.add(person)
    if len(persons) < own.k:
        faults.add("too-few-registrars")
    return faults


def official_faults(log: Log, said: Said, signer: Payload, kinds: list[str]) -> set[str]:
    """Why an official may not sign these kinds about the event's subject."""
    office = signer["office"]
    body = body_of_office(log, office)
    owner = owner_of_event(log, said)
    if body is None:
        return {"unknown-office"}
    faults = key_faults(log, signer, body)
    if not all(may_sign(log, office, kind) for kind in kinds):
        faults.add("office-may-not")
    if owner is None or not acts_for(log, body, owner, said.day):
        faults.add("foreign-body")
    if not mandate_used(log, said, signer)[0]:
        faults.add("no-mandate")
    return faults


def is_registry(said: Said) -> bool:
    return said.kind in REGISTRY_KINDS
