"""How a programme's file lies in a workbook: sheets, columns, and the words of choices.

`key` is where a value stands in the import file (programme.py); the reader and the template share it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

# text: as typed; quoted: to the letter, spaces too; value: as printed, a number too; code: never a fraction.
Sort = Literal["text", "quoted", "value", "code", "money", "year", "day"]

DECISION: Final = "Рішення"
PASSPORT: Final = "Паспорт"
ABOUT: Final = "Пояснення"
BLANK: Final = "____"
FIELD, VALUE, LISTED = "Поле", "Значення", "Перелік"
IN_LIST: Final = "перелік"
TARGET: Final = "Ціль "

Words = Mapping[str, str]
UNITS: Final[Words] = {"грн": "uah", "тис. грн": "thousand-uah"}
ACTS: Final[Words] = {
    "рішення ради": "decision",
    "рішення виконкому": "executive-decision",
    "розпорядження": "order",
    "розпорядження військової адміністрації": "military-order",
    "рішення суду": "court-decision",
    "рішення комісії": "commission-decision",
    "інше": "other",
}
LEVELS: Final[Words] = {"пріоритет": "priority", "завдання": "task", "захід": "measure", "робота": "work"}
INDICATORS: Final[Words] = {"сума за роки": "flow", "на кінець року": "stock", "так/ні": "boolean"}
FUNDS: Final[Words] = {"загальний": "general", "спеціальний": "special", "бюджет розвитку": "development"}
LINKS: Final[Words] = {"виведено": "inferred"}
TOTALS: Final[Words] = {"усього": "total"}
OF_SOURCE: Final = "джерело: "


@dataclass(frozen=True, slots=True)
class Column:
    """key: steps below the row, or below the file for a field. words: what a cell may say, and its code.

    digits: of a code that has so many. listed: a field that may be given several times.
    """

    title: str
    key: str
    sort: Sort = "text"
    words: Words | None = None
    width: int = 16
    digits: int = 0
    listed: bool = False


@dataclass(frozen=True, slots=True)
class ListSheet:
    """A sheet whose rows are a list of the file. needed: columns by which its header is known."""

    name: str
    key: str
    columns: tuple[Column, ...]
    needed: tuple[str, ...]


_LINK: Final = Column("Зв’язок", "link", words=LINKS, width=12)

DECISION_FIELDS: Final = (
    Column("Код програми", "programme", "code"),
    Column("Назва програми", "title"),
    Column("Строк: з року", "term/from", "year"),
    Column("Строк: до року", "term/to", "year"),
    Column("Валюта", "currency"),
    Column("Суми в", "amounts_in", words=UNITS),
    Column("Код ради", "body/id", "code"),
    Column("Назва ради", "body/name"),
    Column("ЄДРПОУ ради", "body/edrpou", "code", digits=8),
    Column("Код рішення", "act/id", "code"),
    Column("Вид рішення", "act/kind", words=ACTS),
    Column("Номер рішення", "act/number", "code"),
    Column("Номер проєкту", "act/project_number", "code"),
    Column("Дата рішення", "act/date", "day"),
    Column("Порядок у межах дня", "act/order", "year"),
    Column("Назва рішення", "act/title"),
    Column("Пункт рішення", "act/points", "code", listed=True),
    Column("Пункт, яким затверджено", "act/point", "code"),
    Column("Набрало чинності", "act/in_force", "day"),
    Column("Статус", "act/status/text"),
    Column("Дата статусу", "act/status/date", "day"),
    Column("Сесія", "act/session"),
    Column("Скликання", "act/convocation"),
    Column("Правова підстава", "act/legal_bases", listed=True),
    Column("Попередня програма", "predecessor/title"),
    Column("Попередня програма: номер рішення", "predecessor/act/number", "code"),
    Column("Попередня програма: дата рішення", "predecessor/act/date", "day"),
)
PASSPORT_FIELDS: Final = tuple(
    Column(title, f"passport/{key}", listed=True)
    for title, key in (
        ("Ініціатор", "initiator"),
        ("Підстава для розроблення", "legal_basis"),
        ("Розробник", "developer"),
        ("Співрозробники", "co_developers"),
        ("Відповідальні виконавці", "executors"),
        ("Учасники", "participants"),
        ("Головний розпорядник коштів", "spending_unit"),
        ("Мета", "purpose"),
        ("Строк, як надруковано", "term"),
        ("Етапи", "stages"),
    )
)
TOTALS_SHEET: Final = ListSheet(
    "Підсумки",
    "passport/totals",
    (Column("Підсумок", "key", "code", width=24), Column("Надруковано", "amount", "money")),
    ("key", "amount"),
)
SOURCES: Final = ListSheet(
    "Джерела",
    "sources",
    (
        Column("Код", "id", "code"),
        Column("Входить до", "parent", "code"),
        Column("Назва", "name", width=50),
    ),
    ("id", "name"),
)
TREE: Final = ListSheet(
    "Завдання і заходи",
    "tree",
    (
        Column("Код", "id", "code", width=10),
        Column("Рівень", "level", words=LEVELS, width=12),
        Column("Входить до", "parent", "code", width=12),
        Column("Назва", "title", width=70),
        Column("Спосіб виконання", "mode", "code"),
        Column("Виконавець", "executor", width=40),
        Column("Очікуваний результат", "result", width=40),
        Column("КПКВК", "kpkvk", "code", width=10, digits=7),
    ),
    ("id", "level", "title"),
)
INDICATOR_SHEET: Final = ListSheet(
    "Індикатори",
    "indicators",
    (
        Column("Код", "id", "code", width=10),
        Column("Захід", "measure", "code", width=10),
        Column("Назва", "name", width=60),
        Column("Вид", "kind", words=INDICATORS),
        Column("Одиниця", "unit", "value"),
        Column("Базове значення", "base", "value"),
        Column("Дата базового значення", "base_date", "day"),
        Column("Динаміка, як надруковано", "printed/dynamics", "value"),
        _LINK,
    ),
    ("id", "name", "kind"),
)
FINANCING: Final = ListSheet(
    "Фінансування",
    "financing",
    (
        Column("Захід", "measure", "code", width=10),
        Column("Рік", "year", "year", width=8),
        Column("Джерело", "source", "code"),
        Column("КПКВК", "kpkvk", "code", width=10, digits=7),
        Column("КЕКВ", "kekv", "code", width=8, digits=4),
        Column("Фонд", "fund", words=FUNDS),
        Column("Розпорядник", "unit", "code"),
        Column("Сума", "amount", "money"),
        Column("Де надруковано", "at", "value", width=20),
        _LINK,
    ),
    ("measure", "year", "source", "amount"),
)
LIST_SHEETS: Final = (
    TOTALS_SHEET,
    SOURCES,
    TREE,
    INDICATOR_SHEET,
    FINANCING,
    ListSheet(
        "Погодження",
        "endorsements",
        (
            Column("Посада", "office", width=60),
            Column("Особа", "person", width=30),
            Column("Дата", "date", width=30),
        ),
        ("office", "person", "date"),
    ),
    ListSheet(
        "Надруковано",
        "printed",
        (
            Column("Місце", "at", "value", width=30),
            Column("Поле", "field", "code", width=24),
            Column("Текст", "text", "quoted", width=80),
        ),
        ("at", "field", "text"),
    ),
    ListSheet(
        "Тексти джерела",
        "source_texts",
        (Column("Файл", "file", width=30), Column("SHA-256", "sha256", width=68)),
        ("file", "sha256"),
    ),
    ListSheet(
        "Зовнішні коди",
        "act/external_ids",
        (Column("Система", "system", "code"), Column("Код", "id", width=40)),
        ("system", "id"),
    ),
)
SHEETS: Final = (DECISION, PASSPORT, *(sheet.name for sheet in LIST_SHEETS), ABOUT)


def unblank(text: str) -> str:
    """What a cell says: `____` is a blank in the source; a longer line stands for itself less one stroke."""
    if text == BLANK:
        return ""
    return text[:-1] if len(text) > len(BLANK) and not text.strip("_") else text


def blanked(text: str) -> str:
    """What a cell must say for a value: the other way of unblank."""
    if not text:
        return BLANK
    return text + "_" if len(text) >= len(BLANK) and not text.strip("_") else text
