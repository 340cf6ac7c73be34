"""What can be wrong with a file that somebody imports, in both languages.

LedgerError
└── ImportFileError   all problems of one file, each with its line
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from api.importers.row_words import ROW_MESSAGES
from api.importers.workbook_messages import WORKBOOK_MESSAGES
from ledger.errors import LedgerError

PROBLEMS_MAX: Final = 200
SHOWN_MAX: Final = 60

MESSAGES: Final = {
    "unreadable": ("файл не читається", "the file cannot be read"),
    "too-large": ("файл більший за {got} байтів", "the file is larger than {got} bytes"),
    "not-utf8": ("це не UTF-8", "this is not UTF-8"),
    "yaml-syntax": ("це не YAML: {got}", "this is not YAML: {got}"),
    "empty-file": ("файл порожній", "the file is empty"),
    "too-deep": ("вкладеність більша за {got} рівнів", "nested more than {got} levels deep"),
    "too-many-values": ("значень більше за {got}", "more than {got} values"),
    "too-many-problems": ("показано перші {got} помилок", "only the first {got} problems are shown"),
    "many-documents": ("у файлі має бути один документ", "a file holds one document only"),
    "alias": ("посилання *{got} не дозволено: повторіть значення", "alias *{got}: repeat the value instead"),
    "anchor": ("мітку &{got} не дозволено", "anchor &{got} is not allowed"),
    "tag": ("тег {got} не дозволено: усі значення є текстом", "tag {got}: every value is read as text"),
    "directive": ("директиви YAML не дозволено", "YAML directives are not allowed"),
    "duplicate-key": ("ключ «{got}» уже є", "key “{got}” is already there"),
    "key-not-text": ("ключ має бути текстом", "a key must be text"),
    "empty-value": (
        'значення немає: пишіть "" для пропуску в джерелі, "-" для прочерку, або вилучіть ключ',
        'no value: write "" for a blank in the source, "-" for a printed dash, or leave the key out',
    ),
    "not-a-mapping": ("тут мають бути ключі зі значеннями", "keys with values are expected here"),
    "not-a-list": ("тут має бути список", "a list is expected here"),
    "too-many-rows": ("рядків більше за {got}", "more than {got} rows"),
    "not-a-text": ("тут має бути текст", "a text is expected here"),
    "unknown-key": ("невідомий ключ «{got}»", "unknown key “{got}”"),
    "missing-key": ("немає ключа «{got}»", "key “{got}” is missing"),
    "blank-text": ("значення не може бути порожнім", "the value may not be blank"),
    "too-long": ("текст довший за {got} знаків", "the text is longer than {got} characters"),
    "text-control": ("керівний знак {got}", "control character {got}"),
    "text-bidi": ("знак напряму письма {got}", "bidirectional control {got}"),
    "text-zero-width": ("невидимий знак {got}", "invisible character {got}"),
    "text-noncharacter": ("знак {got} не існує", "{got} is not a character"),
    "text-surrogate": ("половина знака {got}", "half a character: {got}"),
    "text-not-nfc": ("літери не складені (потрібно NFC)", "the letters are not composed (NFC is needed)"),
    "text-space": ("пробіл на краю", "space at an edge of the text"),
    "unknown-format": ("формат «{got}» невідомий", "format “{got}” is unknown"),
    "not-an-id": (
        "«{got}» не є ідентифікатором: малі латинські літери, цифри, крапка, дефіс, _ (до 64)",
        "“{got}” is no id: lower-case Latin letters, digits, dot, hyphen, _ (64 at most)",
    ),
    "not-a-short-id": (
        "«{got}» не підходить: малі латинські літери, цифри, дефіс (до 32)",
        "“{got}” will not do: lower-case Latin letters, digits, hyphen (32 at most)",
    ),
    "not-a-choice": ("«{got}» не з переліку: {allowed}", "“{got}” is not one of: {allowed}"),
    "not-a-field": ("«{got}» не є назвою поля", "“{got}” is not the name of a field"),
    "not-a-number": ("«{got}» не є цілим числом", "“{got}” is not a whole number"),
    "not-a-currency": ("«{got}» не є кодом валюти", "“{got}” is not a currency code"),
    "not-a-code": ("«{got}» не є кодом із {digits} цифр", "“{got}” is not a code of {digits} digits"),
    "not-a-date": ("«{got}» не є датою РРРР-ММ-ДД", "“{got}” is not a date YYYY-MM-DD"),
    "not-a-year": ("«{got}» не є роком", "“{got}” is not a year"),
    "not-a-hash": ("«{got}» не є SHA-256 (64 знаки 0–9, a–f)", "“{got}” is no SHA-256 (64 of 0–9, a–f)"),
    "not-a-file-name": ("«{got}» не є назвою файлу", "“{got}” is not a file name"),
    "not-a-total": (
        "«{got}»: підсумок буває total, за роком (2025) або за джерелом (source:local)",
        "“{got}”: a total is total, of a year (2025) or of a source (source:local)",
    ),
    "not-money": (
        "«{got}» не є сумою: пишіть 30000 або 30000.00, без пробілів, з крапкою замість коми",
        "“{got}” is not an amount: write 30000 or 30000.00, no spaces, a dot for the comma",
    ),
    "not-thousands": (
        "«{got}» не є сумою в тисячах: пишіть 1250.5, без пробілів, з крапкою, до 5 знаків після неї",
        "“{got}” is not an amount in thousands: write 1250.5, no spaces, a dot, at most 5 decimals",
    ),
    "term-backwards": ("строк закінчується раніше, ніж починається", "the term ends before it begins"),
    "year-outside-term": ("{got} рік поза строком програми", "year {got} is outside the programme's term"),
    "duplicate-id": ("ідентифікатор «{got}» уже є в рядку {first}", "id “{got}” is in line {first} already"),
    "duplicate-row": ("такий рядок уже є (рядок файлу {first})", "the same row is in line {first} already"),
    "unknown-parent": ("батьківського «{got}» немає", "there is no parent “{got}”"),
    "parent-cycle": ("«{got}» підпорядковано самому собі", "“{got}” is below itself"),
    "unknown-measure": ("заходу «{got}» немає в дереві", "there is no measure “{got}” in the tree"),
    "unknown-source": ("джерела «{got}» немає", "there is no source “{got}”"),
    "unknown-indicator": ("індикатора «{got}» немає", "there is no indicator “{got}”"),
    "unknown-point": ("пункту «{got}» рішення не має", "the act has no point “{got}”"),
    "not-a-point": (
        "«{got}» не є номером пункту: цифри, латинські літери, крапка (до 32)",
        "“{got}” is no number of a point: digits, Latin letters, dot (32 at most)",
    ),
    "not-text": ("це не текст UTF-8 чи windows-1251", "this is no text in UTF-8 or windows-1251"),
    "missing-column": ("у першому рядку немає стовпців {got}", "the first line names no columns {got}"),
    "title-overlooked": (
        "стовпець «{got}» залишився б непрочитаним: якщо це «{first}», назвіть його так, якщо ні – вилучіть",
        "column “{got}” would not be read: if it is “{first}”, call it so; if not, take it out",
    ),
    "column-twice": ("стовпець «{got}» названо двічі", "column “{got}” is named twice"),
    "not-a-row": ("рядок не читається: {got}", "the row cannot be read: {got}"),
    "row-width": ("у рядку {got} клітинок, у першому {room}", "the row has {got} cells, the first {room}"),
    "no-lines": (
        "жодного рядка за цей місяць і ці програми",
        "no row is of this month and these programmes",
    ),
    "no-amount": ("жодної суми в рядку", "no amount in the row"),
    "not-an-amount": (
        "«{got}» не є сумою в гривнях: 1234,50 або 1234.50",
        "“{got}” is no amount in hryvnias: 1234.50 or 1234,50",
    ),
    "not-a-period": ("«{got}» не є місяцем ММ.РРРР", "“{got}” is not a month MM.YYYY"),
    "unknown-fund": (
        "фонд «{got}» невідомий: скажіть, що він означає (--fund)",
        "fund “{got}” is unknown: say what it means (--fund)",
    ),
    "another-budget": ("бюджет «{got}», а вище {first}", "budget “{got}”, and {first} above"),
    "too-big-for-an-event": (
        "запис завеликий: {got} байтів, подія вміщує {room}",
        "the entry is too big: {got} bytes, an event holds {room}",
    ),
    **ROW_MESSAGES,
    **WORKBOOK_MESSAGES,
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """line: 1-based, 0 for the file as a whole. path: RFC 6901 pointer into the file."""

    line: int
    path: str
    code: str
    uk: str
    en: str


class ImportFileError(LedgerError):
    """A file cannot be imported; problems: every one of them, in the order of lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__(
            "\n".join(f"line {p.line}: {p.path or '/'}: {p.en} [{p.code}]" for p in self.problems)
        )


class Problems:
    """Collects what is wrong, so that a person mends a file once."""

    def __init__(self) -> None:
        self._found: list[Problem] = []

    def add(self, line: int, path: str, code: str, **words: object) -> None:
        """Note one problem; words fill its message. Raises ImportFileError at the limit."""
        shown = {name: shorten(str(word)) for name, word in words.items()}
        uk, en = (text.format_map(shown) for text in MESSAGES[code])
        self._found.append(Problem(line, path, code, uk, en))
        if len(self._found) == PROBLEMS_MAX and code != "too-many-problems":
            self.stop(line, "", "too-many-problems", got=PROBLEMS_MAX)

    def stop(self, line: int, path: str, code: str, **words: object) -> None:
        """Note a problem after which reading makes no sense. Raises ImportFileError."""
        self.add(line, path, code, **words)
        self.raise_if_any()

    def raise_if_any(self) -> None:
        if self._found:
            raise ImportFileError(self._found)


def shorten(text: str) -> str:
    """A value as a message may show it: printable, on one line, not long."""
    plain = "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in text[: SHOWN_MAX + 1])
    return plain if len(plain) <= SHOWN_MAX else plain[:SHOWN_MAX] + "…"
