"""The values of a payload: each has one spelling, and what else is written is refused where it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import GenericAlias
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from ledger import values
from ledger.clock import parse_instant
from ledger.deadlines import periods
from ledger.event import as_refusal

PERIODS = {one for kind in ("month", "quarter", "half", "year") for one in periods(kind, 1, 9999)}
FUZZ = settings(max_examples=100)


def _number(text: str) -> str:
    """A number's one spelling keeps the zeros after its point: they were written."""
    number = Decimal(text)
    return f"{number:f}" if number or not text.startswith("-") else "a zero with a sign"


def _instant(text: str) -> str:
    moment = parse_instant(text)
    written = moment.isoformat(timespec="microseconds" if "." in text else "seconds")
    return written.removesuffix("+00:00") + "Z"


# name → (type, the one spelling of what a text means, texts that are one character away from good ones)
KINDS: dict[str, tuple[Any, Callable[[str], str], str]] = {
    "money": (values.Money, lambda text: values.money(Decimal(text)), "-0123456789.e_+ ٣"),
    "number": (values.Number, _number, "-0123456789.e_+ ٣"),
    "day": (values.Day, lambda text: date.fromisoformat(text).isoformat(), "0123456789-W ٣"),
    "instant": (values.Instant, _instant, "0123456789-:TZ.+ ٣"),
    "period": (values.Period, lambda text: text if text in PERIODS else "none", "0123456789-QHq"),
    "event id": (values.EventId, lambda text: text.lower(), "0123456789abcdef-ABg"),
    "SHA-256": (values.Sha256, lambda text: bytes.fromhex(text).hex(), "0123456789abcdefAG "),
}
GOOD = {
    "money": ("0.00", "1.00", "-999999999999999.99"),
    "number": ("0", "1.50", "-0.000001"),
    "day": ("2024-02-29", "0001-01-01", "9999-12-31"),
    "instant": ("2025-09-01T09:00:00Z", "2025-09-01T23:59:59.000001Z"),
    "period": ("2025", "2025-Q4", "2025-H1", "2025-12"),
    "event id": ("01890a5d-ac96-774b-bcce-b302099a8057",),
    "SHA-256": ("ab" * 32,),
}
ONE = {name: TypeAdapter[Any](kind[0]) for name, kind in KINDS.items()}
_LIST: Any = GenericAlias
LISTED = {name: TypeAdapter[Any](_LIST(list, (kind[0],))) for name, kind in KINDS.items()}
every_value = pytest.mark.parametrize("name", KINDS)


@st.composite
def changed(draw: st.DrawFn, name: str) -> str:
    """A good text with up to three characters put, taken or replaced; or any text."""
    text = draw(st.sampled_from(GOOD[name]))
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(text)))
        put = draw(st.sampled_from(["", *KINDS[name][2], "\n"]))
        text = text[:place] + put + text[place + draw(st.integers(0, 1)) :]
    return draw(st.one_of(st.just(text), st.just(text), st.text(max_size=8)))


@every_value
@FUZZ
@given(data=st.data())
def test_what_is_taken_is_its_own_one_spelling(name: str, data: st.DataObject) -> None:
    spelled = KINDS[name][1]
    text = data.draw(changed(name))
    try:
        assert ONE[name].validate_python(text) == text
    except ValidationError:
        return
    assert text.startswith("0000") or spelled(text) == text, "the year 0 is a period of no calendar"


@every_value
@FUZZ
@given(data=st.data())
def test_what_is_not_taken_is_refused_where_it_stands(name: str, data: st.DataObject) -> None:
    text = data.draw(changed(name))
    try:
        LISTED[name].validate_python(["x", text])
    except ValidationError as error:
        refusal = as_refusal(error)
        assert refusal.pointer == "/0"
        assert refusal.got == "x"
    else:
        raise AssertionError("x is none of them")


@every_value
def test_every_good_text_is_taken(name: str) -> None:
    for text in GOOD[name]:
        assert ONE[name].validate_python(text) == text == KINDS[name][1](text)
