"""What `receipt check` says of a receipt, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from api.cli.screen import line, say
from api.cli.words import Pair, said
from api.texts.checks import fault_words, limit_words, reason_words
from api.texts.language import Language
from ledger.verify.report import Check, Fault, Report

_MARKS: Final[Mapping[str, Pair]] = {
    "ok": ("добре", "ok"),
    "failed": ("НЕ СХОДИТЬСЯ", "FAILED"),
    "warning": ("увага", "warning"),
    "skipped": ("не перевірено", "skipped"),
}
_NAMES: Final[Mapping[str, Pair]] = {
    "format": (
        "запис у єдиній формі, як каже квитанція",
        "the entry in its one form, as the receipt says",
    ),
    "checkpoint": (
        "контрольну точку журналу підписав довірений ключ",
        "the trusted key signed the log's checkpoint",
    ),
    "tree": ("запис є в дереві цієї контрольної точки", "the entry is in the tree of that checkpoint"),
    "remembered": (
        "та сама історія, яку бачили раніше чи деінде",
        "the same history as was seen before or elsewhere",
    ),
    "genesis": ("запис із довіреного реєстру", "the entry is of the trusted ledger"),
    "signatures": ("підписи всіх, кого названо", "the signatures of all who are named"),
    "witnesses": ("контрольну точку засвідчили ваші свідки", "your witnesses cosigned the checkpoint"),
    "receipt": ("квитанція загалом", "the receipt as a whole"),
}
_VERDICTS: Final[Mapping[str, Pair]] = {
    "verified": ("ПЕРЕВІРЕНО", "VERIFIED"),
    "self-consistent": ("внутрішньо узгоджено, НЕ ЗАСВІДЧЕНО", "self-consistent, NOT authenticated"),
    "failed": ("НЕ СХОДИТЬСЯ", "FAILED"),
}
_NOT_COMPARED: Final = (
    "З тим, що ви підписували, не порівняно: --event ФАЙЛ",
    "Not compared with what you signed: --event FILE",
)
_WHOSE: Final = (
    "Чиї це ключі й чи мали вони повноваження, каже реєстр: повна перевірка.",
    "Whose keys these are, and whether they had authority, the registry says: verify the whole.",
)
_REASONS: Final[Mapping[str, Pair]] = {
    "no-keys": ("немає ключів підписантів (--server)", "the signers' keys are not at hand (--server)"),
    "not-read": ("попереднє не прочитано", "what it needs could not be read"),
    "quorum-not-met": (
        "ще ні: свідки засвідчують згодом, тож спитайте пізніше пакет: pledger bundle event",
        "not yet: witnesses come later, so ask for a bundle then: pledger bundle event",
    ),
}
_NO_ENTRY: Final = ("це не запис реєстру", "this is no entry of a ledger")
_FAULTS: Final[Mapping[tuple[str, str], Pair]] = {
    ("format", "malformed-entry"): _NO_ENTRY,
    ("receipt", "malformed-entry"): _NO_ENTRY,
    ("format", "receipt-differs"): (
        "запис не в єдиній формі, або квитанція каже про нього інше",
        "the entry is not in its one form, or the receipt says otherwise than it",
    ),
    ("checkpoint", "note-unsigned"): (
        "це не контрольна точка, підписана довіреним ключем",
        "this is no checkpoint that the trusted key signed",
    ),
    ("tree", "not-in-tree"): (
        "доказ не веде від запису до кореня",
        "the proof does not lead from the entry to the root",
    ),
    ("signatures", "receipt-differs"): (
        "підписали не ті ключі, яких названо в події",
        "other keys signed than the event names",
    ),
    ("receipt", "other-log-key"): (
        "контрольну точку підписав інший ключ цього журналу; якщо його замінено: pledger trust URL --follow",
        "another key of this log signed the checkpoint; if it was rotated: pledger trust URL --follow",
    ),
    ("receipt", "receipt-differs"): (
        "квитанція не доводить, що реєстр прийняв саме це",
        "the receipt does not prove that the ledger took this",
    ),
}


LANGUAGES: Final[tuple[Language, ...]] = ("uk", "en")


def show(report: Report, language: Language) -> None:
    """A line for each check, and the verdict last."""
    for one in report.in_order():
        for text in _lines(one, language):
            line(text, "red" if one.status == "failed" else "")
    index, event = report.cover["index"], report.cover["event"]
    line(f"{_verdict(report, language)}: № {index + 1} {event}", "bold")
    if report.verdict == "verified" and not report.cover["compared"]:
        say(said(_NOT_COMPARED, language), "yellow")
    if report.verdict == "verified":
        say(said(_WHOSE, language))


def to_json(report: Report) -> dict[str, Any]:
    """The report; its verdict and each fault with words in both languages."""
    members = report.to_json()
    members["words"] = {one: _verdict(report, one) for one in LANGUAGES}
    for row, check in zip(members["checks"], report.in_order(), strict=True):
        for found, fault in zip(row["faults"], check.faults, strict=True):
            found["words"] = {one: _wrong(check, fault, one) for one in LANGUAGES}
    return members


def _lines(one: Check, language: Language) -> Iterator[str]:
    mark, reason = said(_MARKS[one.status], language), _why(one, language)
    yield f"{mark:<12} {one.name}: {said(_NAMES[one.name], language)}" + (f" ({reason})" if reason else "")
    for fault in one.faults:
        yield f"  {_wrong(one, fault, language)}"
    for name in one.facts.get("missing", ()) if one.status != "ok" else ():
        yield f"  {name}"


def _why(check: Check, language: Language) -> str:
    """Why something was not checked, or what to mind; "" where there is nothing to say."""
    if not check.reason:
        return ""
    pair = _REASONS.get(check.reason)
    words = {**check.facts, "count": check.count}
    return said(pair, language) if pair else reason_words(check.name, check.reason, words, language)


def _wrong(check: Check, fault: Fault, language: Language) -> str:
    """What does not hold."""
    pair = _FAULTS.get((check.name, fault.code))
    return said(pair, language) if pair is not None else fault_words(check.name, fault, language)


def _witnessed(report: Report, language: Language) -> str:
    """Who vouches for the checkpoint besides the log: told with every verdict."""
    check = report.checks.get("witnesses")
    if check is None or check.status != "ok" or not check.count:
        return said(("НЕ засвідчено свідками", "NOT witnessed"), language)
    names, at = ", ".join(check.facts["names"]), check.facts["at"]
    return said((f"засвідчили {names}; {at}", f"witnessed by {names}; {at}"), language)


def _verdict(report: Report, language: Language) -> str:
    """The last line, as far as it is the same for every receipt."""
    text = said(_VERDICTS[report.verdict], language)
    if report.verdict == "failed":
        return text
    remembered = report.checks.get("remembered")
    limit = limit_words(remembered, language) if remembered is not None else ""
    return "; ".join(filter(None, (text, _witnessed(report, language), limit)))
