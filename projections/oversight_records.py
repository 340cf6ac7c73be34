"""Records of policies, observations and reports: each version as an entry made it."""

from __future__ import annotations

from collections.abc import Iterator

from projections.recording import Doc, Row, Told, signers_of


def policy_set(told: Told) -> Iterator[Row]:
    data, act, stream = told.data, told.event.act, told.event.subject
    doc = {
        "stream": stream,
        **data.model_dump(mode="json"),
        "ends": data.ends,
        "act": act.model_dump(mode="json") if act is not None else None,
        **told.source,
        **told.moment,
    }
    yield told.row("policy", told.event.id, stream.partition(":")[2], doc)


def observation_made(told: Told) -> Iterator[Row]:
    """A correction keeps the answers; a void takes the observation back, and it stays visible."""
    data, slot, stream = told.data, told.stated.slot, told.event.subject
    old = told.shelf.last("observation", slot)
    if data is None:
        if old is not None:
            yield told.row("observation", slot, stream, {**old, "voided": True, "open": False, **told.source})
        return
    standing = _answers(told, slot)
    answers = [one for one in old["answers"] if one["slot"] in standing] if old is not None else []
    doc = {
        "stream": stream,
        "programme": told.name if stream.startswith("programme:") else None,
        "about": data.about.model_dump(mode="json"),
        "text": data.text,
        "to": data.to,
        "due": data.due,
        "signers": signers_of(told.stated),
        "answers": answers,
        "open": not answers,
        "voided": False,
        **told.source,
        **told.moment,
    }
    yield told.row("observation", slot, stream, doc)


def _answers(told: Told, observation: str) -> tuple[str, ...]:
    """The slots of the answers that stand."""
    family, _, name = told.event.subject.partition(":")
    state = told.after.programmes[name] if family == "programme" else told.after.bodies[name]
    known = state.observations.get(observation)
    return known.answers if known is not None else ()


def observation_answered(told: Told) -> Iterator[Row]:
    """An answer, its correction in its place, or its void."""
    about = told.data.observation if told.data is not None else _answered_by(told)
    doc = told.shelf.last("observation", about) if about is not None else None
    if about is None or doc is None:
        return
    slot, standing = told.stated.slot, _answers(told, about)
    known = {one["slot"]: one for one in doc["answers"]}
    if told.data is not None:
        known[slot] = _answer(told)
    answers = [one for name, one in known.items() if name in standing]
    doc |= {"answers": answers, "open": not answers and not doc["voided"]}
    yield told.row("observation", about, told.event.subject, doc)


def _answered_by(told: Told) -> str | None:
    """The observation that the voided statement answered."""
    family, _, name = told.event.subject.partition(":")
    state = told.before.programmes[name] if family == "programme" else told.before.bodies[name]
    slot = told.stated.slot
    return next((one.slot for one in state.observations.values() if slot in one.answers), None)


def _answer(told: Told) -> Doc:
    return {
        "slot": told.stated.slot,
        **told.source,
        "text": told.data.text,
        "outcome": told.data.outcome,
        "signers": signers_of(told.stated),
        "recorded_at": told.stated.recorded_at,
    }


def reported(told: Told) -> Iterator[Row]:
    """A report's statements by slot, so that those of one programme stand together."""
    data = told.data
    lines = getattr(data, "lines", ())
    measures = [data.measure] if hasattr(data, "measure") else [line.measure for line in lines]
    doc = {
        "slot": told.stated.slot,
        "kind": told.event.kind,
        "void": data is None,
        "indicator": getattr(data, "indicator", None),
        "measures": sorted({*measures}),
        "period": getattr(data, "period", None),
        **told.source,
    }
    yield told.row("report", f"{told.name}/{told.stated.slot}", told.event.subject, doc)
