"""A verification's report on the screen: the cover, a line for each check, the verdict last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from api.cli.screen import line
from api.cli.words import Pair, said
from api.texts.checks import (
    CHECKS,
    UNREACHED,
    VERDICTS,
    fault_words,
    is_empty,
    limit_words,
    reason_words,
    sentence,
)
from api.texts.language import Language
from ledger.verify.report import Check, Fault, Report

FAULTS_SHOWN: Final = 5
_MARKS: Final = {"ok": "✓", "failed": "✗", "warning": "!", "skipped": "–"}
_STYLES: Final = {"ok": "green", "failed": "bold red", "warning": "yellow", "skipped": "dim"}
_VERDICT_STYLES: Final = {"verified": "bold green", "self-consistent": "bold yellow", "failed": "bold red"}

_LOG: Final = ("format", "checkpoint", "tree", "remembered", "genesis", "entries", "signatures", "authority",
               "rules", "heads", "witnesses", "stamps")  # fmt: skip
# The checks that each kind of evidence has to pass: one that is not in a report was not reached.
EXPECTED: Final[Mapping[str, tuple[str, ...]]] = {
    "ledger": (*_LOG, "tables"),
    "folder": _LOG,
    "server": _LOG,
    "bundle": (*_LOG, "complete", "files", "answer", "doubt"),
}

_KINDS: Final[Mapping[str, Pair]] = {
    "ledger": ("Файл реєстру", "Ledger file"),
    "folder": ("Опублікована тека", "Published folder"),
    "server": ("Сервер", "Server"),
    "bundle": ("Пакет доказів", "Bundle"),
}
_SUBJECTS: Final[Mapping[str, Pair]] = {
    "programme": ("програма {programme} станом на {as_of}", "programme {programme} as of {as_of}"),
    "diff": ("що змінилося в програмі {programme}", "what changed in programme {programme}"),
    "event": ("подія {event}", "event {event}"),
    "cell": ("показник {path} програми {programme} на {as_of}", "value {path} of {programme} as of {as_of}"),
    "act": ("правовий акт {act}", "legal act {act}"),
}
_COMPLETE: Final = ("повний: потоки цілі", "Complete: its streams are whole")
_SELECTION: Final = ("добірка: не доводить відсутності", "selection: proves no absence")
_NOT_WITNESSED: Final = ("НЕ засвідчено свідками", "NOT witnessed")


def statuses(report: Report) -> Iterator[tuple[Check, str]]:
    """Each check with how it is to be shown: one that looked at nothing never passes for ok."""
    for name in CHECKS:
        check = report.checks.get(name)
        if check is not None:
            yield check, "skipped" if is_empty(check) else check.status
        elif name in EXPECTED.get(report.kind, ()):
            yield Check(name, "skipped", reason=UNREACHED), "skipped"


def show_report(report: Report, target: str, anchors: str | None, language: Language) -> None:
    """anchors: where the trust file lies; None without."""
    for text in _cover(report, target, anchors, language):
        line(text)
    line("")
    for check, status in statuses(report):
        title = CHECKS[check.name].title[language]
        line(f"{_MARKS[status]} {title}: {_told(check, language)}", _STYLES[status])
        for text in _fault_lines(check, language):
            line(f"    {text}")
    line("")
    line(verdict_line(report, language), _VERDICT_STYLES[report.verdict])


def _told(check: Check, language: Language) -> str:
    if check.reason == UNREACHED:
        return reason_words(check.name, UNREACHED, {}, language)
    text = sentence(check, language)
    if check.status != "failed":
        return text
    return f"{said(('НЕ СХОДИТЬСЯ', 'FAILED'), language)} ({check.wrong}). {text}"


def _fault_lines(check: Check, language: Language) -> Iterator[str]:
    for fault in check.faults[:FAULTS_SHOWN]:
        yield f"{_place(fault)}{fault_words(check.name, fault, language)} [{fault.code}]"
    more = max(check.wrong, len(check.faults)) - FAULTS_SHOWN
    if more > 0:
        yield said((f"… і ще {more}", f"… and {more} more"), language)


def _place(fault: Fault) -> str:
    return f"№ {fault.index + 1}: " if fault.index is not None else ""


# -- the cover -------------------------------------------------------------------------


def _cover(report: Report, target: str, anchors: str | None, language: Language) -> Iterator[str]:
    def labelled(pair: Pair, value: object) -> str:
        return f"{said(pair, language)}: {value}"

    yield labelled(_KINDS.get(report.kind, (report.kind, report.kind)), target)
    if report.kind == "bundle":
        yield labelled(("Про що", "Subject"), _subject(report.cover.get("subject"), language))
        yield labelled(
            ("Охоплення", "Scope"), said(_COMPLETE if is_complete(report) else _SELECTION, language)
        )
        if report.cover.get("made_at"):
            yield labelled(("Складено", "Made at"), report.cover["made_at"])
    yield labelled(("Реєстр", "Origin"), report.origin or "?")
    yield labelled(("Початок", "Genesis"), report.genesis or "?")
    yield labelled(("Записів у журналі", "Tree size"), report.size)
    yield labelled(("Корінь", "Root"), report.root or "?")
    yield labelled(("Свідки", "Witnesses"), _witnesses(report, language))
    yield labelled(("Остання позначка часу", "Last stamp"), _stamp(report, language))
    nobody = said(
        ("немає, тож вірити нікому (--trust)", "none, so that nobody is believed (--trust)"), language
    )
    yield labelled(("Файл довіри", "Trust file"), anchors or nobody)


def _subject(given: Any, language: Language) -> str:
    if not isinstance(given, Mapping):
        return "?"
    form = _SUBJECTS.get(str(given.get("type")))
    words = {name: given.get(name, "?") for name in ("programme", "as_of", "event", "path", "act")}
    text = said(form, language).format_map(words) if form else "?"
    if given.get("type") == "diff":
        first, then = (_point(given.get(name), language) for name in ("from", "to"))
        return f"{text}: {first} → {then}"
    return f"{text}, {_known(given, language)}"


def _point(given: Any, language: Language) -> str:
    return f"{given.get('as_of')}, {_known(given, language)}" if isinstance(given, Mapping) else "?"


def _known(given: Mapping[str, Any], language: Language) -> str:
    return f"{said(('за записами до №', 'as known at №'), language)} {given.get('known')}"


def is_complete(report: Report) -> bool:
    """Is it proved that nothing is left out? What a bundle says of itself does not make it so."""
    check = report.checks.get("complete")
    return bool(report.cover.get("complete")) and check is not None and check.status == "ok"


def is_witnessed(report: Report) -> bool:
    """Did the quorum of the verifier's own policy cosign?"""
    check = report.checks.get("witnesses")
    return check is not None and check.status == "ok" and not is_empty(check)


def _is_partly_witnessed(report: Report) -> bool:
    check = report.checks.get("witnesses")
    return check is not None and check.reason == "tail-unwitnessed"


def _witnesses(report: Report, language: Language) -> str:
    if _is_partly_witnessed(report):
        return sentence(report.checks["witnesses"], language)
    if not is_witnessed(report):
        return said(_NOT_WITNESSED, language)
    facts = report.checks["witnesses"].facts
    size = facts.get("size", report.size)
    return said(
        (
            f"засвідчено {', '.join(facts.get('names', ()))}, {facts.get('at')}: перші записи ({size})",
            f"witnessed by {', '.join(facts.get('names', ()))}, {facts.get('at')}: the first {size} entries",
        ),
        language,
    )


def _stamp(report: Report, language: Language) -> str:
    check = report.checks.get("stamps")
    last = check.facts.get("last") if check is not None and check.status in ("ok", "warning") else None
    if not isinstance(last, Mapping):
        return said(("жодної перевіреної", "none that was checked"), language)
    return said((f"{last['at']}: перші записи ({last['size']})",
                 f"{last['at']}: the first {last['size']} entries"), language)  # fmt: skip


# -- the verdict -----------------------------------------------------------------------


def verdict_line(report: Report, language: Language) -> str:
    """The verdict, and whatever narrows it."""
    text = VERDICTS[report.verdict][language]
    if report.verdict == "failed":
        failed = [CHECKS[one.name].title[language] for one in report.in_order() if one.status == "failed"]
        return f"{text}: {', '.join(failed)}" if failed else text
    limits = (limit_words(check, language) for check in report.in_order())
    return "; ".join([text, *(said(pair, language) for pair in _limits(report)), *filter(None, limits)])


def _limits(report: Report) -> Iterator[Pair]:
    if report.verdict == "self-consistent":
        yield ("засвідчать ваші --trust, --policy, --tsa, --checkpoint",
               "it takes your own --trust, --policy, --tsa, --checkpoint")  # fmt: skip
    if not is_witnessed(report) and not _is_partly_witnessed(report):  # the latter says its own limit
        yield _NOT_WITNESSED
    if report.kind == "bundle" and not is_complete(report):
        yield _SELECTION


# -- for machines ----------------------------------------------------------------------


def with_words(report: Report) -> dict[str, Any]:
    """The report as JSON, each check, fault and the verdict with words in both languages."""
    members = report.to_json()
    members["words"] = _both(lambda language: verdict_line(report, language))
    members["checks"] = [_check_json(check, status) for check, status in statuses(report)]
    return members


def _check_json(check: Check, status: str) -> dict[str, Any]:
    text = CHECKS[check.name]
    members = check.to_json() | {"status": status}
    members |= {"title": dict(text.title), "means": dict(text.means)}
    members["words"] = _both(lambda language: _told(check, language))
    for row, fault in zip(members["faults"], check.faults, strict=True):
        row["words"] = {one: fault_words(check.name, fault, one) for one in _LANGUAGES}
    return members


_LANGUAGES: Final[tuple[Language, ...]] = ("uk", "en")


def _both(tell: Any) -> dict[str, str]:
    return {language: tell(language) for language in _LANGUAGES}
