"""What a submission claims beside its payload: when it was signed, and by which certificate."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from ledger.clock import local_date, parse_instant
from ledger.envelope import Envelope
from ledger.errors import Refusal
from ledger.event import Claims, Common
from ledger.world import World


def zone_of(world: World) -> ZoneInfo:
    """The time zone of the ledger's dates."""
    return ZoneInfo(world.root.zone) if world.root.opened else ZoneInfo("UTC")


def claims_of(
    envelope: Envelope, event: Common, zone: ZoneInfo, recorded_before: Callable[[int], str]
) -> Claims:
    """recorded_before(position): recorded_at of the prefix's last entry. Asked only when it matters."""

    def signed(kid: str) -> str:
        iat = next(one.header.iat for one in envelope.signatures if one.header.kid == kid)
        try:
            return local_date(datetime.fromtimestamp(iat, UTC), zone).isoformat()
        except OverflowError:  # in the last hours that can be written it is a day later east of Greenwich
            return date.max.isoformat()

    def seen() -> str:
        if event.seen == 0:
            return ""
        return local_date(parse_instant(recorded_before(event.seen)), zone).isoformat()

    return Claims(signed, seen)


def check_certificates(world: World, event: Common, envelope: Envelope) -> None:
    """A signature that points to a certificate points to the one that was accepted with its key."""
    for one in envelope.signatures:
        if one.header.x5t is None:
            continue
        office = next(signer.office for signer in event.signers if signer.kid == one.header.kid)
        body = world.body_of(f"office:{office}")
        key = body.keys.get(one.header.kid) if body is not None else None
        known = key.certificate if key is not None else None
        given = base64.urlsafe_b64decode(one.header.x5t + "=").hex()
        if known != given:
            raise Refusal("certificate-mismatch", "/signatures", given, kid=one.header.kid, enrolled=known)
