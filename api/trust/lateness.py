"""Since when the log has not been witnessed, and who did not answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from api.readiness import Reason
from api.texts.language import Language
from api.trust.round import Outcome
from ledger.clock import format_instant

_SAID: Final[dict[str, dict[Language, str]]] = {
    "unreachable": {"uk": "не відповідає", "en": "does not answer"},
    "refused": {"uk": "відмовляє", "en": "refuses"},
    "untrue": {"uk": "відповідає неправду", "en": "answers what does not hold"},
    "no-address": {"uk": "не має адреси в політиці", "en": "has no address in the policy"},
    "later": {"uk": "підписав уже новішу контрольну точку", "en": "has cosigned a newer checkpoint"},
    "longer": {"uk": "бачив довший журнал", "en": "has seen a longer log"},
    "other-root": {"uk": "бачив іншу історію", "en": "has seen another history"},
}
_SINCE: Final[dict[Language, str]] = {
    "uk": "{name} {said} (щонайменше з {since})",
    "en": "{name} {said} (since {since} at least)",
}
_NOBODY: Final[dict[Language, str]] = {
    "uk": "Чому – каже журнал сервера",
    "en": "The server's log says why",
}


class Lateness:
    """Written by one thread, read by all. limit: how long the log may be without witnesses."""

    def __init__(self, limit: timedelta) -> None:
        self._limit = limit
        self._since: datetime | None = None
        self._failing: str | None = ""  # before the first round nobody knows better
        self._missed: dict[str, tuple[str, datetime]] = {}

    def known(self, since: datetime | None) -> None:
        """since: when the first entry was recorded that is not witnessed, None if there is none.

        It is read from the log, so that a restart forgets nothing.
        """
        self._since = since

    def note(self, outcome: Outcome, now: datetime) -> None:
        """What came of the newest round. One that lacks a stamp alone has been witnessed."""
        if outcome.state != "quiet":
            before = self._missed
            self._missed = {
                name: (said, before[name][1] if name in before else now)
                for name, said in outcome.missed.items()
            }
        self._failing = None if outcome.settled or outcome.state == "partly" else outcome.words

    def late_since(self, now: datetime) -> datetime | None:
        """None while the log is witnessed, or has not been without for long."""
        since = self._since
        if self._failing is None or since is None or now - since < self._limit:
            return None
        return since

    def reason(self, since: datetime, size: int) -> Reason:
        """since: as late_since says; size: entries that are witnessed."""
        missed = [
            {"witness": name, "state": said, "since": format_instant(moment)}
            for name, (said, moment) in self._missed.items()
        ]
        who: dict[Language, str] = {"uk": _who(missed, "uk"), "en": _who(missed, "en")}
        details = {"since": format_instant(since), "size": size, "silent": missed}
        return Reason("not-witnessed", details, {"who": who}, self._failing or "")


def _who(missed: list[dict[str, str]], language: Language) -> str:
    said = [
        _SINCE[language].format(name=one["witness"], said=_SAID[one["state"]][language], since=one["since"])
        for one in missed
    ]
    return "; ".join(said) or _NOBODY[language]
