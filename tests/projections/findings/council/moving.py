"""Officials come and go, keys are renewed, and the data set is published after each change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.projections.findings.council.deeds import Deed, Payload, Script, later, weekday
from tests.projections.findings.council.hall import Stage, executor_of, head_of
from tests.support.council import rotation_of
from tests.support.people import Official, key_of
from tests.support.town import COUNCIL_STREAM, remember

ROTATED = ("kid", "jwk", "possession")
DATASET = "programs"


def people(script: Script) -> None:
    """The executor's key is renewed in the first summer; another person leads from the second year on."""
    rotation(script, f"{script.years[0]}-08-04")
    if len(script.years) > 1:
        succession(script, "head", head_of(script.number, 1), weekday(f"{script.years[1]}-08-10"))


def rotation(script: Script, day: str) -> None:
    who = executor_of(script.number)
    renewed = replace(who, key=key_of(f"{who.person} again"))
    script.add(
        Deed(
            weekday(day),
            "renewed/executor",
            "key.rotated",
            lambda stage: rotation_of(stage.hall.town, stage.cast["executor"], renewed),
            "registrars",
            COUNCIL_STREAM,
            then=_cast("executor", renewed),
        )
    )


def succession(script: Script, role: str, who: Official, day: str) -> None:
    """A mandate ends on a day, and another person holds the office from it on."""
    name = f"{role}/{who.person}"
    script.add(
        Deed(
            later(day, -3),
            f"ended/{name}",
            "mandate.ended",
            lambda stage: {"mandate": mandate_of(stage, role), "end": day},
            "registrars",
            COUNCIL_STREAM,
        ),
        *arrival(script, role, who, day),
    )


def arrival(script: Script, role: str, who: Official, day: str) -> list[Deed]:
    """A new person in an office, with a key."""
    name, person = f"{role}/{who.person}", {"person": who.person, "name": f"Особа {who.person}"}
    mandate = {"person": who.person, "office": who.office, "start": day}
    return [
        Deed(day, f"person/{name}", "person.registered", person, "registrars", "root"),
        Deed(day, f"mandate/{name}", "mandate.granted", mandate, "registrars", COUNCIL_STREAM),
        enrolment(day, f"key/{name}", role, lambda _: who),
    ]


def enrolment(day: str, name: str, role: str, who: Callable[[Stage], Official]) -> Deed:
    """The key with which somebody speaks in a role from now on."""

    def data(stage: Stage) -> Payload:
        remember(who(stage).key)
        return stage.hall.town.key_data(who(stage))

    def then(stage: Stage) -> None:
        stage.cast[role] = who(stage)

    return Deed(day, name, "key.enrolled", data, "registrars", COUNCIL_STREAM, then=then)


def mandate_of(stage: Stage, role: str) -> str:
    """The event that granted the mandate of who has a role now."""
    who = stage.cast[role]
    return stage.slots.get(f"mandate/{role}/{who.person}") or stage.hall.town.ids[f"mandate {who.office}"]


def _cast(role: str, who: Official) -> Callable[[Stage], None]:
    def then(stage: Stage) -> None:
        stage.cast[role] = who

    return then


# -- open data -------------------------------------------------------------------------------


def publish(script: Script) -> None:
    """The data set shows each change on the second day after it, but for the stretches of silence."""
    due = ""
    for day in [*sorted({deed.day for deed in script.deeds.values()}), "9999"]:
        if due and day > due:
            _publish_on(script, due)
            due = ""
        due = due or (weekday(later(day, 2)) if day != "9999" else "")


def _publish_on(script: Script, day: str) -> None:
    for start, end in script.silent:
        if start <= day <= end:
            day = weekday(later(end, 1))
    name = f"dataset/{day}"
    if name in script.deeds:
        return
    script.add(
        Deed(
            day,
            name,
            "dataset.published",
            lambda stage: {
                "dataset": DATASET,
                "position": stage.position,
                "url": f"https://data.example/{script.programme}.csv",
            },
            members={"effective": day},
        )
    )
