"""A kept receipt in a file: read strictly, with words for whoever has to mend it; and its witnesses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from api.cli.files import Unreadable, read_members, unreadable
from ledger.clock import format_instant
from ledger.errors import Refusal, VerificationError
from ledger.note import Ed25519Verifier
from ledger.receipt import Receipt, ReceiptError, read_receipt
from ledger.verify.report import Fault, Report
from ledger.witness.policy import NONE, judge, parse_policy

if TYPE_CHECKING:
    from api.cli.trusted import Trust

_TEXTS: Final = ("event", "stream", "recorded_at", "entry", "leaf_hash", "checkpoint")
_NUMBERS: Final = ("index", "version")
_NUMBER_MAX: Final = (1 << 53) - 1


def read_kept(path: Path) -> tuple[Receipt, Mapping[str, Any]]:
    """The receipt, and all members of the file. Raises Unreadable."""
    members = _members(path)
    if not {"entry", "checkpoint"} & members.keys():
        raise unreadable(
            path,
            (
                "це не квитанція, не tlog-proof і не підписана відмова",
                "this is no receipt, no tlog-proof and no signed refusal",
            ),
        )
    for name in (*_TEXTS, *_NUMBERS, "proof"):
        if name not in members:
            raise unreadable(path, (f"у квитанції немає «{name}»", f"the receipt has no “{name}”"))
        if not _is_well_formed(name, members[name]):
            raise unreadable(
                path,
                (
                    f"«{name}» у квитанції записано не так",
                    f"“{name}” of the receipt is written in another form",
                ),
            )
    try:
        return read_receipt(members), members
    except ReceiptError:
        raise unreadable(
            path,
            ("записане в base64 у квитанції не читається", "what is in base64 in the receipt cannot be read"),
        ) from None


def looks_kept(path: Path) -> bool:
    """Is it a JSON receipt, rather than an entry's bytes?"""
    try:
        return {"entry", "checkpoint"} <= _members(path).keys()
    except Unreadable:
        return False


def _members(path: Path) -> Mapping[str, Any]:
    try:
        return read_members(path)
    except Refusal:  # its parser knows of one thing only that is refused
        raise unreadable(path, ("в JSON одне ім’я стоїть двічі", "the JSON has one name twice")) from None


def _is_well_formed(name: str, value: Any) -> bool:
    if name in _NUMBERS:
        return type(value) is int and 0 <= value <= _NUMBER_MAX
    if name == "proof":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, str)


def judge_witnesses(report: Report, note: str, trusted: Trust | None) -> None:
    """Add the check `witnesses`: did the quorum of this person's own policy cosign the checkpoint?

    Too few is a warning: the receipt is given before witnesses are asked. note: the checkpoint's.
    """
    check = report.check("witnesses")
    if trusted is None or trusted.policy is None:
        check.skip("no-trust" if trusted is None else "no-policy")
        return
    if report.checks["checkpoint"].status != "ok":
        check.skip("not-read")
        return
    policy = parse_policy(trusted.policy)
    check.count += 1
    try:
        found = judge(note, policy, logs=[Ed25519Verifier.parse(trusted.log_key)])
    except VerificationError:
        check.fail(Fault("cosignature-bad", None, "checkpoint"))
        return
    at = format_instant(datetime.fromtimestamp(found.at, UTC)) if found.at is not None else None
    check.facts.update(names=sorted(found.names), missing=sorted(found.missing), at=at)
    if policy.quorum == NONE:
        check.warn("quorum-none")
    elif not found.satisfied:
        check.warn("quorum-not-met")
