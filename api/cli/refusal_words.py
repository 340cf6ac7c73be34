"""What `receipt check` says of a signed refusal, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from api.cli.words import Pair
from api.texts.language import Language

MARKS: Final[Mapping[str, Pair]] = {
    "ok": ("добре", "ok"),
    "failed": ("НЕ СХОДИТЬСЯ", "FAILED"),
    "skipped": ("не перевірено", "skipped"),
}
NAMES: Final[Mapping[str, Pair]] = {
    "signature": ("відмову підписав названий ключ", "the key that is named signed the refusal"),
    "genesis": ("це відмова довіреного реєстру", "it is a refusal of the trusted ledger"),
    "statement": ("вона про те, що тут підписували", "it is of what was signed here"),
    "service-key": ("у журналі це службовий ключ", "the log has the key as a service key"),
}
REASONS: Final[Mapping[str, Pair]] = {
    "no-trust": ("немає файлу довіри (--trust)", "there is no trust file (--trust)"),
    "no-statement": ("поруч немає підписаного: --event ФАЙЛ", "no statement beside it: --event FILE"),
    "no-key": ("ключа, який названо, у файлі немає", "the key that is named is not in the file"),
    "not-signed": ("цей ключ такого не підписував", "that key did not sign this"),
    "not-asked": (
        "це показує лише журнал: pledger receipt check ФАЙЛ --server URL",
        "only the log shows that: pledger receipt check FILE --server URL",
    ),
    "no-service-key": ("у журналі немає такого службового ключа", "the log has no such service key"),
    "revoked": (
        "ключ відкликано: цю відмову могли скласти й пізніше",
        "the key was revoked: this could have been made since",
    ),
}
VERDICTS: Final[Mapping[str, Pair]] = {
    "verified": ("ПЕРЕВІРЕНО: реєстр відмовив", "VERIFIED: the ledger refused"),
    "self-consistent": (
        "внутрішньо узгоджено, НЕ ЗАСВІДЧЕНО: не показано, що це службовий ключ реєстру",
        "self-consistent, NOT authenticated: that it is the ledger's service key was not shown",
    ),
    "failed": ("НЕ СХОДИТЬСЯ", "FAILED"),
}
LABELS: Final[Mapping[str, Pair]] = {
    "rule": ("правило", "rule"),
    "at": ("місце", "at"),
    "position": ("записів у журналі тоді", "entries in the log then"),
    "when": ("коли, за годинником реєстру", "when, by the ledger's clock"),
    "key": ("ключ", "key"),
    "payload": ("відмовлено, SHA-256", "refused, SHA-256"),
}


WHOSE: Final = (
    "Що ключ ввели реєстратори й досі не відкликали, показує повна перевірка: pledger verify.",
    "That registrars enrolled the key, and have not revoked it, a full check shows: pledger verify.",
)


def rule_words(code: str, language: Language) -> str:
    """The title of a rule; its message has words of the place, which a refusal does not keep."""
    from api.texts.catalogue import PROBLEMS

    text = PROBLEMS.get(code)
    return text.title[language] if text is not None else code
