"""What surrounds one event: who signed by which mandate, the act, the files, and the signed bytes to read."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import Any, Final

from api.pages.frame import LAST_DAY
from api.pages.page import Page
from api.pages.wording import local_day

BYTES_SHOWN_MAX: Final = 12_000  # characters of base64; more is given by the receipt alone
_OF_LEDGER: Final = frozenset(("registrar", "service"))  # no offices: the ledger's own roles
Row = dict[str, Any]


async def read_facts(page: Page, shown: Row) -> Row:
    """Of an answer of /v1/events/{event}: programme, names, signers, act, payload and how it is printed."""
    known = page.context.position
    names: dict[str, str] = {}
    for family in ("bodies", "offices", "persons"):
        names |= await page.names(family, known)
    names |= {one: page.words(f"role-{one}") for one in _OF_LEDGER}
    payload = decoded(shown["envelope"]["payload"])
    family, _, programme = shown["stream"].partition(":")
    act = await page.ask_maybe(f"/v1/acts/{shown['act']['id']}") if shown["act"] else None
    in_programme = family == "programme"
    return {
        "programme": programme if in_programme else None,
        "programme_title": await _title(page, programme) if in_programme else "",
        "names": names,
        "signers": [await _signer(page, shown, one) for one in shown["signers"]],
        "act": act["item"] if act is not None else None,
        "payload": payload,
        "printed": json.dumps(payload, ensure_ascii=False, indent=1),
        "entry": shown["entry"] if len(shown["entry"]) <= BYTES_SHOWN_MAX else None,
    }


def decoded(text: str) -> Row:
    """base64url of JSON, as envelopes have it."""
    found: Row = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def spelled(value: object) -> str:
    """A value of several parts on one line: members by name, items with semicolons."""
    if isinstance(value, list):
        return "; ".join(spelled(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {spelled(one)}" for name, one in value.items())
    return str(value)


async def _title(page: Page, programme: str) -> str:
    found = await page.ask_maybe(f"/v1/programmes/{programme}", path="/title", as_of=LAST_DAY)
    return (found or {}).get("state", {}).get("title") or programme


async def _signer(page: Page, shown: Row, signer: Row) -> Row:
    """With what the header names (algorithm, certificate), the id of the key, and the mandate."""
    headers = [decoded(one["protected"]) for one in shown["envelope"]["signatures"]]
    header = next((one for one in headers if one["kid"] == signer["kid"]), {})
    body, mandate = None, None
    if signer["office"] not in _OF_LEDGER:
        office = await page.ask_maybe(f"/v1/offices/{signer['office']}")
        body = office["item"]["body"] if office is not None else None
    if body is not None:
        mandate = await _mandate(page, shown, signer, body)
    return {
        **signer,
        "alg": header.get("alg", ""),
        "certificate": "x5t#S256" in header,
        "key": f"{signer['kid']}@{body}" if body is not None else signer["kid"],
        "mandate": mandate,
    }


async def _mandate(page: Page, shown: Row, signer: Row, body: str) -> Row | None:
    """The one that held on the day of recording, else the newest of this person in this office."""
    day = local_day(shown["recorded_at"], page.context.identity.zone)
    known = page.context.position
    found = await page.ask("/v1/mandates", body=body, limit=500, known=known)
    who = (signer["person"], signer["office"])
    mine = [one for one in found["items"] if (one["person"], one["office"]) == who]
    held = [one for one in mine if one["start"] <= day and (one["end"] is None or day < one["end"])]
    return max(held or mine, key=lambda one: one["index"], default=None)
