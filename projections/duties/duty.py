"""One thing that waits for an office: what, since when, by when, and who asks for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Literal, get_args

from ledger.kinds import KINDS

Task = Literal["endorse", "enact", "withdraw", "report", "correct", "accept", "answer", "reaffirm", "key"]
TASKS: tuple[Task, ...] = get_args(Task)
Reminder = Literal["week", "today", "overdue"]
REMINDERS: tuple[Reminder, ...] = get_args(Reminder)
Pair = tuple[str, str]  # Ukrainian, English

WEEK_DAYS = 7
SHOWN_MAX = 160  # characters of somebody's own words in a title
NAME_MAX = 80  # of the name of a row or an indicator

_FORMS: dict[Task, Pair] = {
    "endorse": ("Погодити або відхилити: {what}", "Endorse or refuse: {what}"),
    "enact": ("Усе потрібне є, можна вносити: {what}", "Ready to be enacted: {what}"),
    "withdraw": ("Відхилено, відкликати або змінити: {what}", "Refused, withdraw or propose anew: {what}"),
    "report": ("Подати звіт: {what}", "Report: {what}"),
    "correct": ("Виправити повернутий звіт: {what}", "Correct the returned report: {what}"),
    "accept": ("Прийняти або повернути звіт: {what}", "Accept or return the report: {what}"),
    "answer": ("Відповісти на зауваження: {what}", "Answer the observation: {what}"),
    "reaffirm": ("Підтвердити сумнівний запис або виправити: {what}", "Re-affirm the entry in doubt: {what}"),
    "key": ("Немає чинного ключа для посади {what}", "No live key for the office {what}"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class About:
    """event: the first event of what the task is about; kind: of that event, or of what is to be said."""

    kind: str | None = None
    event: str | None = None
    indicator: str | None = None
    measure: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """since: when it began to wait (null where a calendar says so); event, index: the entry that asks for it.

    what: words of the title, in both languages. barred: persons whom the door would refuse.
    shared: any one of several offices may do it. acknowledge: what the door would ask about.
    """

    task: Task
    office: str
    about: About
    what: Pair
    link: str
    programme: str | None = None
    since: str | None = None
    due: str | None = None
    policy: str | None = None
    event: str | None = None
    index: int | None = None
    barred: frozenset[str] = frozenset()
    shared: bool = False
    acknowledge: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[str, str, str, str, str]:
        """The next due first, what has no due day last; of those the oldest first."""
        about = self.about.indicator or self.about.measure or ""
        return self.due or "~", self.since or "", self.programme or "", self.about.period or "", about

    def shown(self, today: str) -> dict[str, Any]:
        """As the inbox gives it."""
        title = {name: form.format(what=what) for name, form, what in self._words()}
        return {
            "task": self.task,
            "programme": self.programme,
            "about": asdict(self.about),
            "title": title,
            "since": self.since,
            "due": self.due,
            "overdue": self.due is not None and self.due < today,
            "reminder": reminder(self.due, today),
            "office": self.office,
            "acknowledge": list(self.acknowledge),
            "policy": self.policy,
            "event": self.event,
            "index": self.index,
            "doubt": None,
            "link": self.link,
        }

    def _words(self) -> tuple[tuple[str, str, str], ...]:
        forms = _FORMS[self.task]
        return (("uk", forms[0], self.what[0]), ("en", forms[1], self.what[1]))


def is_near(due: str, today: str) -> bool:
    """Is the day gone, or at most a week away?"""
    try:
        return due <= (date.fromisoformat(today) + timedelta(days=WEEK_DAYS)).isoformat()
    except OverflowError:  # after the last week of the last year
        return True


def reminder(due: str | None, today: str) -> Reminder | None:
    """A week before the due day, on it, and after it; None further away, and where nothing is due."""
    if due is None or not is_near(due, today):
        return None
    return "week" if today < due else "today" if today == due else "overdue"


def shorten(said: str, limit: int = SHOWN_MAX) -> str:
    """Somebody's own words, as long as a title may be."""
    return said if len(said) <= limit else said[:limit].rstrip() + "…"


def kind_words(kind: str, said: str = "") -> Pair:
    """A kind's title, and what somebody said beside it."""
    more = f" – {shorten(said)}" if said else ""
    known = KINDS[kind]
    return f"«{known.title_uk}»{more}", f"“{known.title_en}”{more}"
