"""Shapes of the inbox: what waits for an office or a person."""

from __future__ import annotations

from typing import Any, Literal

from api.models.programmes import POINT, Dated
from api.models.shape import EVENT, INSTANT, Doubt, Page, Shape, Words, example
from projections.inbox import Reminder, Task


class InboxAbout(Shape):
    """event: the first event of what the task is about; kind: of it, or of what is to be said."""

    kind: str | None
    event: str | None
    indicator: str | None
    measure: str | None
    period: str | None


class InboxItem(Shape):
    """since: when it began to wait, null where a calendar says so; due: the last day on which it is on time.

    reminder: due within a week, today, or overdue. acknowledge: what the door would ask about, by its
    code. policy: the event that sets the duty; event, index: the entry that asks for it, and in what doubt
    it stands; link: where to read on.
    """

    task: Task
    programme: str | None
    about: InboxAbout
    title: Words
    since: str | None
    due: str | None
    overdue: bool
    reminder: Reminder | None
    office: str
    acknowledge: list[str]
    policy: str | None
    event: str | None
    index: int | None
    doubt: Doubt | None
    link: str


class InboxOffice(Shape):
    """holders: who holds it on the day; live_key: can the person who is asked about sign for it?"""

    office: str
    name: str
    body: str
    holders: list[str]
    live_key: bool | None


Setting = Literal["endorsements", "executors", "deadlines"]

_REPORT: dict[str, Any] = {
    "task": "report",
    "programme": "town-digital-2025",
    "about": {
        "kind": "actual.reported",
        "event": None,
        "indicator": "1.1.2",
        "measure": None,
        "period": "2025-Q4",
    },
    "title": {
        "uk": "Подати звіт: 2025-Q4, індикатор 1.1.2 «Семінари й тренінги»",
        "en": "Report: 2025-Q4, indicator 1.1.2 «Семінари й тренінги»",
    },
    "since": None,
    "due": "2026-01-05",
    "overdue": False,
    "reminder": "week",
    "office": "responsible-executor",
    "acknowledge": [],
    "policy": EVENT,
    "event": None,
    "index": None,
    "doubt": None,
    "link": "/v1/programmes/town-digital-2025/indicators",
}
_ENDORSE: dict[str, Any] = {
    "task": "endorse",
    "programme": "town-digital-2025",
    "about": {
        "kind": "financing.changed",
        "event": EVENT,
        "indicator": None,
        "measure": None,
        "period": None,
    },
    "title": {
        "uk": "Погодити або відхилити: «Змінено обсяг фінансування» – зростання цін",
        "en": "Endorse or refuse: “Financing changed” – зростання цін",
    },
    "since": INSTANT,
    "due": None,
    "overdue": False,
    "reminder": None,
    "office": "responsible-executor",
    "acknowledge": [],
    "policy": EVENT,
    "event": EVENT,
    "index": 57,
    "doubt": None,
    "link": f"/v1/proposals/{EVENT}",
}


class Inbox(Dated, Page):
    """What waits, the next due first. not_configured: settings that no policy in force here says."""

    model_config = example(
        office="responsible-executor",
        person=None,
        **POINT,
        offices=[
            {
                "office": "responsible-executor",
                "name": "Відповідальний виконавець",
                "body": "town-council",
                "holders": ["p-07"],
                "live_key": None,
            }
        ],
        items=[_REPORT, _ENDORSE],
        total=2,
        not_configured=[],
        next=None,
    )
    office: str | None
    person: str | None
    offices: list[InboxOffice]
    items: list[InboxItem]
    total: int
    not_configured: list[Setting]
