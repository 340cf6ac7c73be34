"""transfer.made: a subvention is sent from payer to recipient; sent is not yet used."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.errors import Refusal
from ledger.event import Common
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.kinds.parts import Axes, check_axes, returned_above_sent
from ledger.timeline import Write
from ledger.values import Line, Money


class TransferMade(Axes):
    """amount: above zero; payer and recipient: as in the payment's papers."""

    amount: Money
    payer: Line
    recipient: Line


def writes(data: TransferMade, effective: str, slot: str) -> Iterator[Write]:
    yield Write(f"{data.cell('transfers')}/{slot}", effective, "set", data.amount, "/data/amount")


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: TransferMade | None = event.data
    if data is not None:
        check_axes(view.programme, data, "/data")
        if data.amount.startswith("-") or data.amount == "0.00":
            raise Refusal("not-positive", "/data/amount", data.amount)
    known = view.programme.timeline.slots.get(view.slot)
    if known is not None:  # a correction or a void may leave less sent than came back
        for write in known.writes:
            yield from returned_above_sent(view, write.path.rpartition("/")[0], "/data")


def phrases(data: TransferMade, olds: object) -> Iterator[Words]:
    yield data.model_dump()


KIND = Kind(
    "transfer.made",
    schema=1,
    family="programme",
    proposable=True,
    data=TransferMade,
    act="optional",
    effective="required",
    writes=writes,
    decide=decide,
    phrases=phrases,
    title_uk="Передано субвенцію",
    title_en="Transfer made",
    uk="Передано {amount} на захід {measure} ({year}, {source}): {payer} → {recipient}",
    en="{amount} transferred for measure {measure} ({year}, {source}): {payer} → {recipient}",
    example={
        "measure": "1",
        "year": 2025,
        "source": "local",
        "amount": "40.00",
        "payer": "місцевий бюджет (приклад)",
        "recipient": "обласний бюджет (приклад)",
    },
)
