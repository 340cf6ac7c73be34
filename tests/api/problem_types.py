"""Asks a server over HTTP; keeps which problems it answered with, and what is not as it is documented."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from schemathesis.core.result import Ok
from schemathesis.schemas import BaseSchema

from ledger.envelope import Envelope, envelope_json
from ledger.kinds import KINDS
from tests.api.door import Door
from tests.fuzz.stating import NAMES, Speaker, event

PREFIX = "urn:pledger:problem:"
# Answers without an end of their own: tests/api/feed reads them.
ENDLESS = frozenset(["/v1/events/stream"])
FITS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


class Asked:
    """What was answered so far. codes: of problems; faults: answers that are not as documented."""

    def __init__(self) -> None:
        self.codes: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.faults: list[str] = []

    def look(self, answer: Any) -> Any:
        """Count an answer."""
        self.statuses[answer.status_code] += 1
        if answer.headers.get("content-type") == "application/problem+json":
            self.codes[answer.json()["type"].removeprefix(PREFIX)] += 1
        elif answer.status_code == 200 and answer.request.url.path == "/v1/drafts":
            self._look_at_drafts(answer.json())
        elif answer.status_code >= 400:
            self.faults.append(f"{answer.status_code} without a problem document: {answer.request.url}")
        return answer

    def _look_at_drafts(self, shown: Any) -> None:
        """A draft that would be refused is shown with the refusal that it would get."""
        for draft in shown.get("drafts", [shown]):
            if draft.get("refusal") is not None:
                self.codes[draft["refusal"]["type"].removeprefix(PREFIX)] += 1

    def post(self, door: Door, envelopes: Sequence[Envelope]) -> Any:
        return self.look(door.post(*envelopes))


def explore(door: Door, asked: Asked, *, examples: int) -> None:
    """Ask every operation of the OpenAPI document so often, with what its schemas let in and what not.

    Half of the events are signed by keys that may say something, and there are forty times as many as other
    questions; half of the names are real ones.
    """
    schema = schemathesis.openapi.from_dict(door.json("/openapi.json"))
    _give_signed_events(schema, Speaker(door.town))
    _give_real_names(schema, door)
    checks = [CHECKS.get_one(name) for name in FITS]
    for place, found in enumerate(schema.get_all_operations()):
        assert isinstance(found, Ok)
        operation = found.ok()
        if operation.path in ENDLESS:
            continue

        def ask(case: Any) -> None:
            given_case = case.as_transport_kwargs(base_url="http://testserver")
            given_case["content"] = given_case.pop("data", None)
            given_case.pop("cookies", None)
            (given_case.get("params") or {}).pop("wait", None)  # for what nobody appends here
            if "json" in given_case:
                del given_case["content"]
            answer = asked.look(door.client.request(**given_case))
            case.validate_response(answer, checks=checks)

        limits = settings(
            max_examples=examples * (40 if operation.path == "/v1/events" else 1),
            database=None,
            deadline=None,
            suppress_health_check=[*HealthCheck],
        )
        seed(place)(limits(given(operation.as_strategy())(ask)))()


def _give_signed_events(schema: BaseSchema, speaker: Speaker) -> None:
    """What officials of the town could sign, and its drafts."""
    said = st.sampled_from(NAMES).flatmap(lambda name: event(speaker, KINDS[name]))
    signed = said.map(lambda payload: _signed(speaker, payload))

    @schema.hook
    def before_generate_body(context: Any, strategy: Any) -> Any:
        if context.operation.path == "/v1/events":
            batches = st.lists(signed, min_size=1, max_size=3).map(lambda some: {"envelopes": some})
            return st.one_of(strategy, signed, signed, batches)
        if context.operation.path == "/v1/drafts":
            return st.one_of(strategy, said.map(lambda payload: {"payload": payload}))
        return strategy


def _signed(speaker: Speaker, payload: Any) -> Any:
    """A payload that cannot be signed at all is a draft that was put into the wrong place."""
    try:
        return envelope_json(speaker.town.signed(payload))
    except Exception:  # noqa: BLE001 -- whatever the signer's own tools say of it
        return {"payload": payload}


def _give_real_names(schema: BaseSchema, door: Door) -> None:
    """Path parameters that name something which is there, one time of two."""
    event_ids = list(door.town.recorded)
    names = {
        "programme": ["town-digital-2025"],
        "event": event_ids,
        "record": ["town-council", "town-1-2024-12-20", "p-secretary", *event_ids[-3:]],
        "kind": sorted(KINDS),
        "level": ["0", "entries"],
        "place": ["000.p/9", "000"],
    }

    @schema.hook
    def before_generate_path_parameters(context: Any, strategy: Any) -> Any:
        real = {
            one["name"]: st.sampled_from(names.get(one["name"], ["x"]))
            for one in context.operation.definition.raw.get("parameters", [])
            if one["in"] == "path"
        }
        return st.one_of(strategy, st.fixed_dictionaries(real))
