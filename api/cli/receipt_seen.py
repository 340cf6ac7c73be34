"""A receipt beside the checkpoints that were seen before, remembered or given: of one log, or of two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from api.cli.usage import Misused
from api.cli.words import Pair

if TYPE_CHECKING:
    from api.cli.trusted import Trust
    from api.texts.language import Language
    from ledger.seen import Log, Seen
    from ledger.verify.report import Report

_NEED_TRUST: Final = (
    "{options} має сенс лише з файлом довіри (--trust)",
    "{options} needs a trust file (--trust) beside it",
)
_OF_A_REFUSAL: Final = (
    "{options}: у підписаній відмові немає контрольної точки, яку можна було б порівняти чи засвідчити",
    "{options}: a signed refusal has no checkpoint to be compared or witnessed",
)
_NO_STAMPS: Final = (
    "--tsa: у квитанції чи відмові немає позначок часу; вони є в пакеті доказів",
    "--tsa: a receipt or a refusal holds no time stamps; a bundle does",
)
_WHY: Final = "two trees of one size have different roots"


@dataclass(frozen=True, slots=True)
class Given:
    """Files of whoever checks. checkpoints: seen elsewhere; policy: witnesses for the trust file's."""

    checkpoints: Sequence[Path] = ()
    policy: Path | None = None

    def _named(self) -> str:
        names = ("--checkpoint", self.checkpoints), ("--policy", self.policy)
        return ", ".join(name for name, value in names if value)

    def _about(self, words: Pair) -> Pair:
        return words[0].format(options=self._named()), words[1].format(options=self._named())

    def refuse_without(self, trusted: Trust | None) -> None:
        """Raises Misused for files that nobody could use."""
        if trusted is None and self._named():
            raise Misused(self._about(_NEED_TRUST))

    def refuse_for_refusal(self) -> None:
        """Raises Misused."""
        if self._named():
            raise Misused(self._about(_OF_A_REFUSAL))

    def trusting(self, trusted: Trust) -> Trust:
        """The trust file, with this policy in the place of its own. Raises Unreadable."""
        from dataclasses import replace

        from api.cli.trusted import read_policy

        return replace(trusted, policy=read_policy(self.policy)) if self.policy is not None else trusted


def refuse_authorities(tsa: Sequence[Path]) -> None:
    """Raises Misused."""
    if tsa:
        raise Misused(_NO_STAMPS)


def judge_seen(
    report: Report,
    note: str,
    checkpoints: Sequence[Path],
    trusted: Trust | None,
    place: Path | None,
    language: Language,
) -> None:
    """Add the check `remembered`. Both heads of a fork are named on stderr, and kept as evidence.

    note: the receipt's checkpoint; place: of the trust file. Raises Unreadable, StorageError.
    """
    from api.cli.trusted import read_note
    from api.cli.watching import heads_beside
    from ledger.tlog.judging import NO_TRUST, judge_remembered

    if trusted is None:
        report.check("remembered").skip(NO_TRUST)
        return
    kept = heads_beside(place).remembered(trusted.log)
    keys = [trusted.log_key] if kept is None else [trusted.log_key, kept.log_key]
    seen = [kept] if kept is not None else []
    for text in dict.fromkeys(map(read_note, checkpoints)):
        found = _opened(report, text, trusted.log, keys)
        seen += [found] if found is not None else []
    forks = judge_remembered(report, [one.checkpoint for one in seen])
    for one in seen:
        if one.checkpoint in forks:
            _raise_alarm(one, note, trusted.log, place, language)


def _opened(report: Report, note: str, log: Log, keys: Sequence[str]) -> Seen | None:
    """A given checkpoint, by a key of the log; a failure of the check if none of them signed it."""
    from ledger.clock import SystemClock, format_instant
    from ledger.seen import HeadAlarm, open_head
    from ledger.seen import Log as ByKey
    from ledger.verify.report import Fault

    now, why = format_instant(SystemClock().now()), ""
    for key in dict.fromkeys(keys):
        try:
            return open_head(note, ByKey(log.origin, log.genesis, key), now)
        except HeadAlarm as alarm:
            why = alarm.why
    check = report.check("remembered")
    check.count += 1
    check.fail(Fault("note-unsigned", None, "remembered checkpoint", why))
    return None


def _raise_alarm(one: Seen, note: str, log: Log, place: Path | None, language: Language) -> None:
    """Name both heads, and keep them; the report tells the rest, also where they cannot be kept."""
    from api.cli.failures import explain
    from api.cli.watching import heads_beside
    from ledger.clock import SystemClock, format_instant
    from ledger.errors import StorageError
    from ledger.seen import ForkedReceipt, open_head

    new = open_head(note, log, format_instant(SystemClock().now()))
    alarm = ForkedReceipt(_WHY, old=one, new=new)
    try:
        alarm.evidence = heads_beside(place).keep(log, _WHY, one, new)
    except StorageError as error:
        explain(error, language)
    explain(alarm, language)
