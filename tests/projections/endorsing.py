"""Random histories of endorsement and doubt: suspects.py, in which changes are proposed and enacted too."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.projections.feed import Feed
from tests.projections.suspects import PROGRAMMES, Payload, Suspects
from tests.support.council import hash_of

EFFECTIVE = "2025-02-01"


class EnactingFeed(Feed):
    """enacting: the proposal that the next event enacts."""

    enacting: str | None = None

    def _queue(self, event: Payload, slot: str, names: tuple[str, ...]) -> str:
        if self.enacting is not None:
            event["relations"] = event.get("relations", {}) | {"enacts": {"proposal": self.enacting}}
            self.enacting = None
        return super()._queue(event, slot, names)


@dataclass
class Endorsing(Suspects):
    """proposed: proposal → its change and programme; consented: what was said on them, and enacts them.

    doubted: of these, what one of whose keys was revoked.
    """

    proposed: dict[str, tuple[Payload, str]] = field(default_factory=dict)
    consented: list[str] = field(default_factory=list)
    doubted: list[str] = field(default_factory=list)

    def _begin(self) -> None:
        self.feed.close()
        self.feed: EnactingFeed = EnactingFeed(self.path, recorded_at=self._recorded_at)
        super()._begin()

    def step(self) -> None:
        if self.rng.random() < 0.3:
            super().step()
            return
        says = (
            self.propose, self.endorse, self.endorse, self.refuse, self.enact, self.withdraw,
            self.whole_way, self.whole_way, self.whole_way, self.suspect, self.suspect, self.suspect,
            self.vouch, self.vouch, self.vouch, self.vouch, self.vouch,
        )  # fmt: skip
        self.rng.choice(says)()

    # -- what is said -----------------------------------------------------------------

    def propose(self) -> str:
        programme, body = self.rng.choice(list(PROGRAMMES.items()))
        amount = f"{self.rng.randint(1, 9)}.00"
        data = {"measure": "1.1", "year": 2025, "source": "local", "amount": amount}
        data |= {"payer": "a", "recipient": "b"}
        change = {"kind": "transfer.made", "schema": 1, "effective": EFFECTIVE, "data": data}
        said = {"change": change, "note": ""}
        proposal = self.say("change.proposed", f"programme:{programme}", said, [self.official(body)])
        self.proposed[proposal] = (change, programme)
        return proposal

    def endorse(self, proposal: str | None = None) -> None:
        """By one or two offices of whatever body; sometimes of what is over already."""
        self._speak("change.endorsed", proposal or self._proposal(), note="")

    def refuse(self) -> None:
        self._speak("change.refused", self._proposal(), reason="x")

    def _speak(self, kind: str, proposal: str | None, **words: str) -> None:
        if proposal is not None:
            change, programme = self.proposed[proposal]
            stream = f"programme:{programme}"
            data = {"proposal": proposal, "content": hash_of(change | {"subject": stream}), **words}
            by = [self.official() for _ in range(self.rng.choice((1, 1, 2)))]
            by = list({one["kid"]: one for one in by}.values())
            self.consented.append(self.say(kind, stream, data, by))

    def enact(self, proposal: str | None = None) -> None:
        """Sometimes with another text, sometimes what is over already."""
        proposal = proposal or self._proposal()
        if proposal is not None:
            change, programme = self.proposed[proposal]
            data: Payload = change["data"] | ({"amount": "99.00"} if self.rng.random() < 0.1 else {})
            self.feed.enacting = proposal
            by = [self.official(PROGRAMMES[programme])]
            self.consented.append(
                self.say("transfer.made", f"programme:{programme}", data, by, effective=EFFECTIVE)
            )

    def whole_way(self) -> None:
        proposal = self.propose()
        for _ in range(self.rng.randint(1, 3)):
            self.endorse(proposal)
        self.enact(proposal)

    def withdraw(self) -> None:
        proposal = self._proposal()
        if proposal is not None:
            programme = self.proposed[proposal][1]
            by = [self.official(PROGRAMMES[programme])]
            said = {"proposal": proposal, "reason": ""}
            self.say("change.withdrawn", f"programme:{programme}", said, by)

    def suspect(self) -> None:
        """The key of one of those who spoke last is revoked by the root."""
        if self.consented:
            chosen = self.rng.choice(self.consented[-6:])
            kid = self.rng.choice(self._stated(chosen).signers).kid
            data = {"kid": kid, "cause": "stolen", "note": "", "suspect_from": self.day(before=9)}
            self.say("key.revoked", "root", data, self._two("root"))
            self.doubted.append(chosen)

    def vouch(self) -> None:
        """What was doubted, or what was said of late, is re-affirmed, by whoever."""
        if self.consented:
            chosen = self.rng.choice(self.doubted[-3:] * 2 + self.consented[-4:])
            stream = self._stated(chosen).subject
            entries = [{"event": chosen, "payload": self.feed.payload_hashes[chosen]}]
            by = [self.official(self.bodies[stream])]
            said = self.say("entry.reaffirmed", stream, {"entries": entries}, by)
            self.consented += [said] * (self.rng.random() < 0.3)

    def _proposal(self) -> str | None:
        found = list(self.proposed)
        return self.rng.choice(found[-4:]) if found else None

    def _stated(self, event: str) -> Any:
        self.feed.keep()
        index = self.feed.reader.events([event])[event]
        return self.feed.reader.entries(index, 1)[0].stated().event
