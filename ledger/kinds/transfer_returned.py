"""transfer.returned: a part of a subvention comes back to its payer."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.errors import Refusal
from ledger.event import Common
from ledger.kinds.base import Discrepancy, Kind, View, Words
from ledger.kinds.parts import Axes, check_axes, returned_above_sent
from ledger.timeline import Write
from ledger.values import EventId, Money


class TransferReturned(Axes):
    """transfer: the event that sent the money; axes as there."""

    transfer: EventId
    amount: Money


def writes(data: TransferReturned, effective: str, slot: str) -> Iterator[Write]:
    yield Write(f"{data.cell('returns')}/{slot}", effective, "set", data.amount, "/data/amount")


def decide(view: View, event: Common) -> Iterator[Discrepancy]:
    data: TransferReturned | None = event.data
    if data is None:
        return
    check_axes(view.programme, data, "/data")
    if data.amount.startswith("-") or data.amount == "0.00":
        raise Refusal("not-positive", "/data/amount", data.amount)
    sent = view.programme.timeline.latest(f"{data.cell('transfers')}/{data.transfer}")
    if sent is None:
        raise Refusal("unknown-transfer", "/data/transfer", data.transfer)
    yield from returned_above_sent(view, data.cell("transfers"), "/data/amount")


def phrases(data: TransferReturned, olds: object) -> Iterator[Words]:
    yield data.model_dump()


KIND = Kind(
    "transfer.returned",
    schema=1,
    family="programme",
    proposable=True,
    data=TransferReturned,
    act="optional",
    effective="required",
    writes=writes,
    decide=decide,
    phrases=phrases,
    title_uk="Повернено субвенцію",
    title_en="Transfer returned",
    uk="Повернено {amount} за заходом {measure} ({year}, {source})",
    en="{amount} returned for measure {measure} ({year}, {source})",
    example={
        "measure": "1",
        "year": 2025,
        "source": "local",
        "transfer": "01890a5d-ac96-774b-bcce-b302099a8057",
        "amount": "10.00",
    },
)
