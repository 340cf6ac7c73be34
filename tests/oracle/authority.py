"""Who may say what, from docs/authority.md alone: slow, and plain enough to check by reading.

    model = AuthorityModel(log_key_kid)
    outcome = model.judge(said)      # of an event as it would be recorded next
    model.take(said)                 # it was recorded

Nothing is kept but the log: each question is answered from all of it. Where the document leaves
freedom, a comment that begins with "Freedom:" says what was chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.oracle.consent import (
    CONSENT_CODES,
    CONSENT_KINDS,
    Judged,
    is_asked_to_speak,
    judge_consent,
    judge_enactment,
    persons,
    settle,
)
from tests.oracle.doubt import Doubts, doubts
from tests.oracle.policies import codes_of, executor_faults, rules_for
from tests.oracle.registry import (
    Registrars,
    acceptances,
    all_registrars,
    body_of,
    is_registry,
    is_retired,
    is_revoked,
    line_above,
    live_persons,
    office_created,
    official_faults,
    own_registrars,
    person_of,
    registrar_faults,
    stands_for,
)
from tests.oracle.said import ROOT, Log, Said, in_force, of_kind, thumbprint
from tests.oracle.settable import policy_faults

# The discrepancies that are judged here.
JUDGED_CODES = CONSENT_CODES | {"own-report"}


@dataclass(frozen=True)
class Outcome:
    """What has to become of an event.

    refused: the rules that refuse it, any of which the ledger may name; none: it is not refused.
    asked: discrepancies that the signer must acknowledge. silent: those recorded without.
    perhaps: discrepancies, asked or silent, about which the document is not clear.
    """

    refused: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    perhaps: frozenset[str] = frozenset()

    @property
    def found(self) -> frozenset[str]:
        return self.asked | self.silent


class AuthorityModel:
    """A log, and what it lets be said next. log_kid: the kid of the log's own key."""

    def __init__(self, log_kid: str = "", log: Log = ()) -> None:
        self.log_kid = log_kid
        self.log: list[Said] = list(log)

    def copy(self) -> AuthorityModel:
        return AuthorityModel(self.log_kid, self.log)

    def take(self, said: Said) -> None:
        assert said.index == len(self.log), "an entry out of place"
        self.log.append(said)

    def doubts(self) -> Doubts:
        """index → doubts, as of now."""
        return doubts(self.log)

    def judge(self, said: Said) -> Outcome:
        if said.kind == "ledger.opened":
            return Outcome()
        if said.kind == "entry.reaffirmed":
            return Outcome(frozenset(reaffirmation_faults(self.log, said)))
        if is_registry(said):
            return Outcome(frozenset(self.registry_faults(said)))
        return judge_official(self.log, said)

    def registry_faults(self, said: Said) -> set[str]:
        faults = new_set_faults(self.log, said) | self.keys_named_faults(said)
        if said.kind != "registrar.changed":
            faults |= registrar_faults(self.log, said)
        own = RULES.get(said.kind)
        return faults | (own(self.log, said) if own is not None else set())

    def keys_named_faults(self, said: Said) -> set[str]:
        """One key belongs to one person for ever, and is never the log's."""
        named = dict(said.registrars)
        if said.kind == "key.enrolled":
            named[said.key] = str(said.data["person"])
        if said.kind == "key.rotated":
            named[said.key] = person_of(self.log, said.data["kid"]) or ""
        faults = {
            "key-of-another"
            for kid, person in named.items()
            if person_of(self.log, kid) not in (None, person)
        }
        registered = {one.data["person"] for one in of_kind(self.log, "person.registered")}
        known = registered | set(self.log[0].registrars.values())
        faults |= {"unknown-person" for person in named.values() if person not in known}
        return faults | ({"key-of-the-log"} if self.log_kid in named else set())


def judge_official(log: Log, said: Said) -> Outcome:
    """An event that offices sign."""
    judged = judge_consent(log, said) if said.kind in CONSENT_KINDS else judge_enactment(log, said)
    judged.found |= own_report(log, said)
    judged.faults |= may_state_faults(log, said, said)
    forbidden, asked = settle(log, said, judged)
    judged.faults |= forbidden
    given = set(said.payload.get("acknowledges") or []) & JUDGED_CODES
    if given - judged.found - judged.recorded - judged.perhaps:
        judged.faults.add("acknowledges-nothing")
    return outcome_of(log, said, judged, asked)


def own_report(log: Log, said: Said) -> set[str]:
    """Whether somebody accepts a report that the same person signed."""
    report = in_force(log, str(said.data.get("report"))) if said.kind == "report.accepted" else None
    return {"own-report"} if report is not None and persons(report) & persons(said) else set()


def outcome_of(log: Log, said: Said, judged: Judged, asked: set[str]) -> Outcome:
    forbidden = codes_of(log, said.subject, said.kind, said.day, "forbidden")
    return Outcome(
        frozenset(judged.faults),
        frozenset(asked),
        frozenset((judged.found | judged.recorded) - asked),
        frozenset(judged.perhaps - judged.found - forbidden),
    )


def may_state_faults(log: Log, said: Said, stated: Said) -> set[str]:
    """Why the signers of `said` may not say what `stated` says (the same, or what they re-affirm)."""
    faults = set()
    for signer in said.signers:
        own = official_faults(log, said, signer, [stated.kind])
        asked = is_asked_to_speak(log, stated, signer["office"], said.day)
        faults |= own - {"foreign-body"} if asked else own
        # What is re-affirmed is asked what its own kind is asked, and what re-affirmations are.
        asking = [rules_for(log, said.subject, kind, said.day) for kind in {said.kind, stated.kind}]
        for rule in (rule for rules in asking for rule in rules):
            if rule.get("offices") and signer["office"] not in rule["offices"]:
                faults.add("policy-office")
    speaking = Said(said.index, said.day, stated.payload | {"signers": said.signers}, said.iat)
    return faults | executor_faults(log, speaking)


def reaffirmation_faults(log: Log, said: Said) -> set[str]:
    """`entry.reaffirmed`: the statements named are in force and in doubt; who might state each, signs."""
    faults, doubtful = set(), doubts(log)
    for one in said.data["entries"]:
        stated = in_force(log, one["event"])
        if stated is None or stated.subject != said.subject or stated.slot != one["event"]:
            faults.add("unknown-event")
            continue
        if stated.hash != one["payload"]:
            faults.add("stale-statement")
        if stated.index not in doubtful:
            faults.add("not-in-doubt")
        faults |= may_state_again_faults(log, said, stated)
    return faults


def may_state_again_faults(log: Log, said: Said, stated: Said) -> set[str]:
    """Why the signers of a re-affirmation may not state this anew."""
    if is_registry(stated):
        return registrar_faults(log, said)
    if stated.kind in CONSENT_KINDS:
        return may_state_faults(log, said, stated) | author_faults(said, stated)
    if stated.kind != "entry.reaffirmed":
        return may_state_faults(log, said, stated)
    # Freedom: a re-affirmation is stated anew by who might state anew what it names.
    named = [in_force(log, one["event"]) for one in stated.data["entries"]]
    return {fault for one in named if one is not None for fault in may_state_again_faults(log, said, one)}


def author_faults(said: Said, stated: Said) -> set[str]:
    """Whether another office signs than one that made a statement."""
    authors = {signer["office"] for signer in stated.signers}
    return {"not-the-author" for signer in said.signers if signer["office"] not in authors}


# Sets of registrars


def new_set_faults(log: Log, said: Said) -> set[str]:
    """What is wrong with the registrars that an event names, and with who signs for them."""
    listed = said.data.get("registrars") or []
    if not listed:
        return set()
    old = own_registrars(log, said.subject)
    new = Registrars(said, said.subject, said.registrars, int(said.data["k"]))
    faults = set()
    if len(new.keys) < len(listed) or len(set(new.keys.values())) < len(listed):
        faults.add("registrar-twice")
    if new.k > len(set(new.keys.values())):
        faults.add("threshold-too-high")
    elif len(live_persons(log, new)) < new.k:
        faults.add("too-few-left")
    if any(is_revoked(log, kid, said.subject) for kid in new.keys):
        faults.add("key-revoked")
    proved = {thumbprint(one["jwk"]) for one in listed if one.get("possession") is not None}
    signing = {signer["kid"] for signer in said.signers}
    # Freedom: "new to the set" is who was not in the stream's own set before; signing proves nothing.
    if set(new.keys) - set(old.keys if old is not None else ()) - proved:
        faults.add("possession-missing")
    if said.kind == "registrar.changed":
        faults |= registrar_faults(log, said, also=new)
        if len({new.keys[kid] for kid in signing & set(new.keys)}) < new.k:
            faults.add("too-few-registrars")
    return faults


def leaves_too_few(log: Log, said: Said) -> bool:
    """Whether a revocation would leave a set that it reaches with fewer persons than its k."""
    reached = [one for one in all_registrars(log) if said.subject in (ROOT, one.stream)]
    kid = said.data["kid"]
    return any(kid in one.keys and len(live_persons(log, one, but=kid)) < one.k for one in reached)


# What only one kind can be refused for


def key_enrolled_faults(log: Log, said: Said) -> set[str]:
    kid, body = said.key, body_of(said.subject)
    faults = {"key-exists"} if acceptances(log, kid, body) else set()
    return faults | ({"key-revoked"} if is_revoked(log, kid, said.subject) else set())


def key_rotated_faults(log: Log, said: Said) -> set[str]:
    old, new, body = said.data["kid"], said.key, body_of(said.subject)
    faults = {"key-exists"} if acceptances(log, new, body) else set()
    if not acceptances(log, old, body):
        faults.add("unknown-key" if person_of(log, old) is None else "key-not-accepted")
    if is_revoked(log, old, said.subject):
        faults.add("key-revoked")
    if is_retired(log, old, body):
        faults.add("key-retired")
    return faults


def key_revoked_faults(log: Log, said: Said) -> set[str]:
    kid, faults = said.data["kid"], set()
    if person_of(log, kid) is None:
        return {"unknown-key"}
    if said.subject != ROOT:
        own = [one for one in all_registrars(log) if one.stream == said.subject and kid in one.keys]
        if not own and not acceptances(log, kid, body_of(said.subject)):
            faults.add("key-not-accepted")
    # Freedom: a second revocation for the same stream is refused; the root's and a body's may follow each
    # other.
    if any(one.subject == said.subject for one in of_kind(log, "key.revoked") if one.data["kid"] == kid):
        faults.add("key-revoked")
    if leaves_too_few(log, said):
        faults.add("too-few-left")
    return faults


def mandate_granted_faults(log: Log, said: Said) -> set[str]:
    data, faults = said.data, set()
    created = office_created(log, data["office"])
    if created is None or created.subject != said.subject:
        faults.add("unknown-office")
    if data.get("end") is not None and data["end"] <= data["start"]:
        faults.add("ends-before-start")
    if data.get("acting") and not (data.get("order") or "").strip():
        faults.add("order-missing")
    return faults


def mandate_ended_faults(log: Log, said: Said) -> set[str]:
    granted = [one for one in of_kind(log, "mandate.granted") if one.id == said.data["mandate"]]
    if not granted or granted[0].subject != said.subject:
        return {"unknown-mandate"}
    faults = set()
    if any(one.data["mandate"] == granted[0].id for one in of_kind(log, "mandate.ended")):
        faults.add("mandate-ended-already")
    if said.data["end"] < granted[0].data["start"]:
        faults.add("ends-before-start")
    return faults


def body_succeeded_faults(log: Log, said: Said) -> set[str]:
    body, successor = said.data["body"], said.data["successor"]
    opened = {one.data["body"] for one in of_kind(log, "body.opened")}
    faults = {"unknown-body" for one in (body, successor) if one not in opened}
    if faults:
        return faults
    succeeded = of_kind(log, "body.succeeded")
    if any(one.data["body"] == body for one in succeeded):
        faults.add("succeeded-already")
    # Freedom: a body cannot come to stand in its own place, nor below itself, on any day from now on.
    days = {said.day, said.data["start"], *(one.data["start"] for one in succeeded)}
    if any(stands_below(log, successor, body, day) for day in days if day >= said.day):
        faults.add("circular-successor")
    return faults


def stands_below(log: Log, body: str, above: str, day: str) -> bool:
    """Whether a body, or who stands in its place, is another one or stands below it."""
    lines = (line_above(log, one, day) for one in (body, stands_for(log, body, day)))
    return any(above in line for line in lines)


RULES: dict[str, Callable[[Log, Said], set[str]]] = {
    "key.enrolled": key_enrolled_faults,
    "key.rotated": key_rotated_faults,
    "key.revoked": key_revoked_faults,
    "mandate.granted": mandate_granted_faults,
    "mandate.ended": mandate_ended_faults,
    "body.succeeded": body_succeeded_faults,
    "policy.set": policy_faults,
}
