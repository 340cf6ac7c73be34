"""The tables of resolution No. 835, «Перелік цільових місцевих програм»: columns, dialects, what they lack.

Column names are those of the official schema to the byte; titles and descriptions are our own words. A field
that the record cannot fill stays empty, and is reported with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from api.opendata.table import Column

OfficialName = Literal["programs", "amendments", "reports"]
OFFICIAL: Final[tuple[OfficialName, ...]] = get_args(OfficialName)
Dialect = Literal["official", "2020", "lutsk"]
DIALECTS: Final[tuple[Dialect, ...]] = get_args(Dialect)

_ACT: Final = (
    Column("legalActType", "string", "Вид акта", "Kind of the act"),
    Column("legalActTitle", "string", "Назва акта", "Title of the act"),
    Column("legalActAccepted", "date", "Дата акта", "Date of the act"),
    Column("legalActNumber", "string", "Номер акта", "Number of the act"),
    Column("legalActUrl", "string", "Адреса тексту акта", "Address of the act's text"),
    Column("publisherName", "string", "Орган, що ухвалив акт", "Body that adopted the act"),
    Column("publisherId", "string", "ЄДРПОУ цього органу", "Registry code of that body"),
)
_UID: Final = Column(
    "uid",
    "string",
    "Ідентифікатор: номер і дата акта або власний",
    "Identifier: the act's number and date, or the publisher's own",
)
_PROGRAM: Final = (
    Column("programId", "string", "Ідентифікатор програми", "Identifier of the programme"),
    Column("programTitle", "string", "Назва програми", "Title of the programme"),
)
COLUMNS: Final[Mapping[OfficialName, tuple[Column, ...]]] = {
    "programs": (
        _UID,
        Column("title", "string", "Назва програми", "Title of the programme"),
        Column("validFrom", "year", "Перший рік", "First year"),
        Column("validThrough", "year", "Останній рік", "Last year"),
        Column("status", "string", "Статус", "Status", enum=("Чинна", "Завершена", "Скасована")),
        Column("executantName", "string", "Відповідальний виконавець", "Responsible executor"),
        Column("executantId", "string", "ЄДРПОУ виконавця", "Registry code of the executor"),
        Column("programUrl", "string", "Адреса чинної редакції", "Address of the current edition"),
        *_ACT,
    ),
    "amendments": (_UID, *_PROGRAM, *_ACT),
    "reports": (
        Column("uid", "string", "Ідентифікатор звіту", "Identifier of the report"),
        Column("acceptedDate", "date", "Дата затвердження", "Day on which it was approved"),
        Column("title", "string", "Назва звіту", "Title of the report"),
        Column("periodStartDate", "date", "Перший день періоду", "First day of the period"),
        Column("periodEndDate", "date", "Останній день періоду", "Last day of the period"),
        *_PROGRAM,
        Column("url", "string", "Адреса звіту", "Address of the report"),
    ),
}
TITLES: Final[Mapping[OfficialName, tuple[str, str]]] = {
    "programs": ("Перелік цільових місцевих програм", "Local target programmes"),
    "amendments": ("Зміни до цільових місцевих програм", "Amendments to local target programmes"),
    "reports": ("Звіти про виконання цільових місцевих програм", "Reports on local target programmes"),
}
# Only these names of the two dialects are known; the rest stays official. docs/opendata.md.
RENAMED: Final[Mapping[Dialect, Mapping[OfficialName, Mapping[str, str]]]] = {
    "official": {"programs": {}, "amendments": {}, "reports": {}},
    "2020": {
        "programs": {"uid": "identifier"},
        "amendments": {"uid": "identifier", "programId": "programmeIdentifier"},
        "reports": {"uid": "identifier", "programId": "programmeIdentifier"},
    },
    "lutsk": {
        "programs": {"uid": "programId", "title": "programTitle"},
        "amendments": {},
        "reports": {},
    },
}


def header(table: OfficialName, dialect: Dialect) -> tuple[str, ...]:
    """The column names of a table in a dialect, in the official order."""
    renamed = RENAMED[dialect][table]
    return tuple(renamed.get(column.name, column.name) for column in COLUMNS[table])


def in_dialect(row: Mapping[str, Any], table: OfficialName, dialect: Dialect) -> dict[str, Any]:
    """A row under the dialect's names. A blank is an empty field here: the official schema has no other."""
    renamed = RENAMED[dialect][table]
    return {renamed.get(column.name, column.name): row.get(column.name) or None for column in COLUMNS[table]}


@dataclass(slots=True)
class Lacking:
    """What the record cannot say: for each field that stays empty, or is our own, the reason."""

    items: list[dict[str, Any]] = field(default_factory=list)

    def add(self, table: str, row: str, column: str, why: tuple[str, str]) -> None:
        """row: the id of the programme, act or event that the row is about."""
        said = {"uk": why[0], "en": why[1]}
        self.items.append({"table": table, "row": row, "column": column, "why": said})


NO_NUMBER: Final = (
    "номер акта в документі не заповнено, тож «номер-дата» скласти не можна; стоїть власний ідентифікатор",
    "the act's number is blank on paper, so that number-date cannot be formed; our own id stands here",
)
SAME_UID: Final = (
    "«номер-дата» акта вже належить іншому рядкові; стоїть власний ідентифікатор",
    "another row has the same number-date; the publisher's own id stands here",
)
NO_ACT: Final = ("акта про затвердження в реєстрі немає", "no adopting act is on the record")
NO_CODE: Final = ("коду ЄДРПОУ в реєстрі немає", "no registry code is on the record")
NO_EXECUTOR: Final = ("паспорт не називає виконавця", "the passport names no executor")
EXECUTORS: Final = (
    "виконавців кілька, або за назвою не знайти органу реєстру: один код поставити не можна",
    "there are several executors, or no body on the record has this name: no single code can stand here",
)
NO_PUBLIC_URL: Final = (
    "адресу сервера не налаштовано (public_url)",
    "the server's public address is not configured (public_url)",
)
NO_TEXT: Final = (
    "відкритого файла з текстом акта до реєстру не додано",
    "no public file with the act's text is on the record",
)
BLANK_NUMBER: Final = ("номер у документі не заповнено", "the number is blank on paper")
NO_KIND: Final = ("вид акта в реєстрі не названо", "the record does not name the kind of act")
NO_BODY: Final = (
    "акт зареєстровано при органі, який його не ухвалював",
    "the act is registered with a body that did not adopt it",
)
SUSPENDED: Final = (
    "дію акта зупинено: серед трьох дозволених значень такого немає",
    "the act is suspended: none of the three allowed values says so",
)
NOT_YET: Final = (
    "акт ще не набрав чинності: серед трьох дозволених значень такого немає",
    "the act is not in force yet: none of the three allowed values says so",
)
NOT_ACCEPTED: Final = (
    "акта, яким затверджено оцінку, у події не названо",
    "the event names no act that approved the evaluation",
)
NO_TERM: Final = ("строку програми не сказано", "the programme's term is not stated")
NOT_COUNTING: Final = (
    "зміни не діють на дату випуску (зупинено, скасовано або ще не набрали чинності): рядка немає",
    "the amendment does not count on the release's day (suspended, quashed or not in force yet): no row",
)
DOUBTED: Final = (
    "рядок тримається на записі під сумнівом: див. таблицю doubts",
    "the row rests on an entry in doubt: see the table doubts",
)
UNAVAILABLE: Final = (
    "дані програми тимчасово недоступні: рядків немає",
    "the programme's data are unavailable for now: no rows",
)
