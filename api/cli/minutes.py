"""The sheet of an opening ceremony: what the minutes keep, in both languages, to be signed by hand."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from api.cli.fingerprint import grouped, of_kid, of_log_key
from api.cli.screen import safe
from ledger.clock import local_date, parse_instant
from ledger.kinds.ledger_opened import LedgerOpened, RegistrarKey
from ledger.opening import Opening

_RULE = "=" * 78
_BLANK = "_" * 30
# No more: each registrar signs the opening, and an envelope takes sixteen signatures.
_NUMBERS = (
    ("один", "одного", "one"),
    ("два", "двох", "two"),
    ("три", "трьох", "three"),
    ("чотири", "чотирьох", "four"),
    ("п'ять", "п'яти", "five"),
    ("шість", "шести", "six"),
    ("сім", "семи", "seven"),
    ("вісім", "восьми", "eight"),
    ("дев'ять", "дев'яти", "nine"),
    ("десять", "десяти", "ten"),
    ("одинадцять", "одинадцяти", "eleven"),
    ("дванадцять", "дванадцяти", "twelve"),
    ("тринадцять", "тринадцяти", "thirteen"),
    ("чотирнадцять", "чотирнадцяти", "fourteen"),
    ("п'ятнадцять", "п'ятнадцяти", "fifteen"),
    ("шістнадцять", "шістнадцяти", "sixteen"),
)


def minutes(opening: Opening) -> str:
    """The whole sheet, lines ended by newlines; nothing in it is secret."""
    parts = (
        _head(opening),
        _identity(opening),
        _registrars(opening.data),
        _body(opening),
        _service(opening),
        _what_to_do(),
    )
    return "".join(f"{safe(line)}\n" for part in parts for line in (*part, ""))


def _head(opening: Opening) -> Iterator[str]:
    yield _RULE
    yield "ВІДКРИТТЯ РЕЄСТРУ: аркуш до протоколу"
    yield "OPENING OF A LEDGER: sheet for the minutes"
    yield _RULE
    recorded = parse_instant(opening.receipt.recorded_at)
    zone = opening.data.zone
    yield from _fact("Дата / Date", f"{local_date(recorded, ZoneInfo(zone)).isoformat()} ({zone})")
    yield from _fact("Записано / Recorded at", opening.receipt.recorded_at)


def _identity(opening: Opening) -> Iterator[str]:
    yield from _fact("Назва журналу (назавжди) / Origin (for ever)", opening.origin)
    yield from _fact("Випадкове число / Nonce", grouped(opening.data.nonce))
    yield from _fact("Хеш відкриття (genesis) / Genesis hash", grouped(opening.genesis))
    yield from _fact("Ключ журналу / Log key", opening.verifier_key)
    yield from _fact(
        "Відбиток ключа журналу (SHA-256) / Log key fingerprint (SHA-256)", of_log_key(opening.verifier_key)
    )


def _registrars(data: LedgerOpened) -> Iterator[str]:
    k, count = data.k, len(data.registrars)
    (needed, _, needed_en), (_, total, total_en) = _NUMBERS[k - 1], _NUMBERS[count - 1]
    yield f"Подію реєстру підписують реєстратори: {k} ({needed}) із {count} ({total})."
    yield f"Registrars who sign an event of the registry: {k} ({needed_en}) of {count} ({total_en})."
    for place, registrar in enumerate(data.registrars, 1):
        yield ""
        yield from _registrar(place, registrar)


def _registrar(place: int, registrar: RegistrarKey) -> Iterator[str]:
    key = registrar.public_key()
    yield f"{place}. {registrar.name} ({registrar.person})"
    yield from _fact("   Ключ / Key", f"{key.alg}, kid {key.kid}")
    yield from _fact("   Відбиток (kid, RFC 7638) / Fingerprint (the kid, RFC 7638)", of_kid(key.kid))
    yield f"   Підпис / Signature: {_BLANK}"


def _body(opening: Opening) -> Iterator[str]:
    body = opening.body
    if body is None:
        yield "Перший орган: не внесено. / First body: none."
        return
    edrpou = f", ЄДРПОУ {body.edrpou}" if body.edrpou else ""
    yield from _fact("Перший орган / First body", f"{body.name} ({body.body}){edrpou}")


def _service(opening: Opening) -> Iterator[str]:
    service = opening.service
    if service is None:
        yield "Ключ служби: не внесено. / Service key: none."
        return
    key = service.public_key()
    yield from _fact(f"Ключ служби ({service.service}) / Service key ({service.service})", f"kid {key.kid}")
    yield from _fact("Відбиток ключа служби (kid) / Service key fingerprint (the kid)", of_kid(key.kid))


def _what_to_do() -> Iterator[str]:
    yield "Внести до протоколу. Кожен реєстратор звіряє відбиток свого ключа з тим, що показав"
    yield "`pledger keygen`, і підписує. Назву журналу, genesis і ключ журналу оприлюднити: кожен звіряє"
    yield "їх із тим, що показує `pledger trust`. Таємного на цьому аркуші немає."
    yield "For the minutes. Each registrar compares the fingerprint with that of `pledger keygen`, and"
    yield "signs. Publish origin, genesis and log key: everybody compares them with what `pledger trust`"
    yield "shows. Nothing on this sheet is secret."
    yield ""
    yield f"Дата, голова / Date, chair: {_BLANK}   Секретар / Secretary: {_BLANK}"


def _fact(label: str, value: str) -> Iterator[str]:
    indent = " " * (len(label) - len(label.lstrip()))
    yield f"{label}:"
    yield f"{indent}  {value}"
