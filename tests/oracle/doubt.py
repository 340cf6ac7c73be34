"""Which entries stand in doubt now, by docs/authority.md alone."""

from __future__ import annotations

from tests.oracle.registry import (
    acceptances,
    body_of,
    body_of_office,
    holding,
    managers,
    mandate_used,
    names_for,
    office_created,
)
from tests.oracle.said import REGISTRAR, ROOT, Log, Payload, Said, content_hash, of_kind

Doubts = dict[int, set[str]]
# What an entry rests on: of each set of entries it needs one.
Bases = dict[int, list[set[int]]]


def doubts(log: Log) -> Doubts:
    """index → the doubts in which an entry stands; only entries that stand in some."""
    own = {said.index: own_doubts(log, said) for said in log}
    rests = {said.index: rests_on(log[: said.index], said) for said in log}
    clean, unsuspected = clean_entries(log, own, rests)
    found: Doubts = {}
    for said in log:
        if said.index not in clean:
            suspect = set() if stands(rests[said.index], unsuspected) else {"suspect"}
            found[said.index] = own[said.index] | suspect
    return found


def stands(bases: list[set[int]], unsuspected: set[int]) -> bool:
    return all(needed & unsuspected for needed in bases)


def clean_entries(log: Log, own: Doubts, rests: Bases) -> tuple[set[int], set[int]]:
    """The entries without any doubt, and those that are not suspect: the least sets, so that nothing vouches
    for itself.

    Not suspect is what no signer makes so and what rests on what is not suspect; what a later clean
    re-affirmation names is clean.
    """
    lifts = {said.index: lifted_by(log, said) for said in of_kind(log, "entry.reaffirmed")}
    clean, unsuspected = set[int](), set[int]()
    while True:
        lifted = {index for by, indexes in lifts.items() if by in clean for index in indexes}
        sound = {said.index for said in log if stands(rests[said.index], unsuspected)}
        more = clean | lifted | {index for index in sound if not own[index]}
        most = unsuspected | lifted | {index for index in sound if "suspect" not in own[index]}
        if (more, most) == (clean, unsuspected):
            return clean, unsuspected
        clean, unsuspected = more, most


def lifted_by(log: Log, said: Said) -> set[int]:
    """The earlier entries that a re-affirmation names, if it is a sound one."""
    named = {(one["event"], one["payload"]) for one in said.data["entries"]}
    return {earlier.index for earlier in log[: said.index] if (earlier.slot, earlier.hash) in named}


def own_doubts(log: Log, said: Said) -> set[str]:
    """The doubts that come from its own signers."""
    before, found = log[: said.index], set[str]()
    if said.kind == "ledger.opened":
        return found
    for signer in said.signers:
        if any(covers(before, revoked, said, signer) for revoked in of_kind(log, "key.revoked")):
            found.add("suspect")
        if signer["office"] == REGISTRAR:
            continue
        used, undetermined = mandate_used(before, said, signer)
        if undetermined:
            found.add("undetermined")
        elif used and not holding(log, signer["person"], signer["office"], said.day):
            found.add("ended-late")  # as is known now: a mandate that was registered since lifts it
    return found


def covers(before: Log, revoked: Said, said: Said, signer: Payload) -> bool:
    """Whether a revocation throws doubt on what this signer signed here."""
    since = revoked.data.get("suspect_from")
    if since is None or revoked.data["kid"] != signer["kid"] or revoked.index <= said.index:
        return False
    # Freedom: a body's revocation is read as one of what the key signed for that body (as its registrar, or
    # in an office of it): "registrar of one body reaching into another". The root's holds everywhere.
    return bool(since <= said.day) and revoked.subject in {ROOT, *signs_for(before, said, signer)}


def signs_for(before: Log, said: Said, signer: Payload) -> set[str]:
    """The streams for which a signer signs: that of the office, or those whose registrar it is."""
    if signer["office"] != REGISTRAR:
        return {f"body:{body_of_office(before, signer['office'])}"}
    own = managers(before, said.subject, said.day)
    old = {own.stream} if signer["kid"] in own.keys else set()
    return old | ({said.subject} if signer["kid"] in said.registrars else set())


def rests_on(before: Log, said: Said) -> list[set[int]]:
    """What let the signers sign, and the endorsements of what is enacted."""
    # Freedom: "and so on" is read as: what the door had to find in the registry to let the signers sign.
    # Where two entries say the same (a registrar named again, a second mandate), a sound one is enough.
    if said.kind == "ledger.opened":
        return []
    registrars = [signer for signer in said.signers if signer["office"] == REGISTRAR]
    found = rests_of_registrars(before, said, registrars) if registrars else []
    for signer in said.signers:
        if signer["office"] != REGISTRAR:
            found += rests_of_official(before, said, signer)
    return found + [{index} for index in endorsements_of(before, said)]


def rests_of_registrars(before: Log, said: Said, signers: list[dict[str, str]]) -> list[set[int]]:
    """A statement that named all who signed, and no higher k."""
    own = managers(before, said.subject, said.day)
    kids = {signer["kid"] for signer in signers if signer["kid"] in own.keys}
    named = {
        one.index
        for one in before
        if names_for(one, own.stream)
        and kids <= set(one.registrars)
        and len({one.registrars[kid] for kid in kids}) >= int(one.data["k"])
    }
    return [named]


def rests_of_official(before: Log, said: Said, signer: Payload) -> list[set[int]]:
    """Office, mandate and key. A succession throws no doubt on what is signed after it."""
    created = office_created(before, signer["office"])
    assert created is not None
    body = body_of(created.subject)
    used, _ = mandate_used(before, said, signer)
    accepted = acceptances(before, signer["kid"], body)
    granted = {one.by.index for one in used}
    return [{created.index}, granted, {one.index for one in accepted}]


def endorsements_of(before: Log, said: Said) -> set[int]:
    """The endorsements on which an enactment rests: given before, not cancelled, and for the same text."""
    content, newest = content_hash(said.subject, said.payload), dict[str, Said]()
    for one in of_kind(before, "change.endorsed", "change.refused"):
        if one.data["proposal"] == said.enacts:
            newest |= {signer["office"]: one for signer in one.signers}
    given = [one for one in newest.values() if one.kind == "change.endorsed"]
    return {one.index for one in given if one.data["content"] == content}
