"""pledger receipt check: offline, by the trust file; every part of a receipt forged is found."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ledger.envelope import envelope_json
from ledger.merkle import leaf_hash
from ledger.note import Signature, format_note, parse_note
from ledger.receipt import read_receipt
from ledger.tlog.proof import parse_proof
from tests.api.cli_runner import Prompt, Ran, prompt
from tests.api.fake_api import fake_api
from tests.support.people import FINANCIER, SECRETARY
from tests.support.town import PROGRAMME, TestLedger, lines
from tests.support.witnessing import cosigner

__all__ = ["prompt"]
Members = dict[str, Any]
NAMES = ["format", "checkpoint", "tree", "genesis", "signatures", "receipt"]
# Nothing was seen before, and nobody's policy was asked.
HELD = {**dict.fromkeys(NAMES, "ok"), "remembered": "skipped", "witnesses": "skipped"}


class Truth(NamedTuple):
    """What a ledger took: an envelope, its receipt and another event's; whom to trust; another log key."""

    envelope: Members
    receipt: Members
    other_envelope: Members
    other: Members
    trust: Members
    other_key: str


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Truth:
    with TestLedger(tmp_path_factory.mktemp("elsewhere") / "other") as elsewhere:
        other_key = elsewhere.log_key
    with TestLedger.with_programme(tmp_path_factory.mktemp("town")) as town:
        envelopes = [town.envelope("financing.changed", PROGRAMME, lines("150.00"))]
        receipts = [town.submit_all(envelopes)[0]]
        envelopes.append(town.envelope("financing.changed", PROGRAMME, lines("160.00")))
        receipts.append(town.submit_all(envelopes[1:])[0])
        shown = [
            (envelope_json(one), receipt.to_json()) for one, receipt in zip(envelopes, receipts, strict=True)
        ]
        return Truth(*shown[0], *shown[1], town.name | {"log_key": town.log_key}, other_key)


class Kept:
    """What `submit` leaves at a prompt: the signed event, its receipt and its proof."""

    def __init__(self, prompt: Prompt, truth: Truth) -> None:
        self.prompt, self.truth = prompt, truth
        self.event = prompt.write("event.json", truth.envelope)
        self.trust = prompt.write("trust.json", truth.trust)
        listed = [{"jwk": one.key.public.to_jwk()} for one in (FINANCIER, SECRETARY)]
        self.answers: Any = {
            ("POST", "/v1/events"): (201, truth.receipt),
            ("GET", "/v1/keys"): (200, {"items": listed, "next": None}),
            ("GET", "/v1"): (200, {"position": 20, **truth.trust}),
            ("GET", "/v1/checkpoint"): (200, truth.receipt["checkpoint"].encode()),
        }
        keys = [SECRETARY.key.public.to_jwk()]
        self.receipt = prompt.write("event.receipt.json", {**truth.receipt, "keys": keys})
        self.proof = prompt.home / "event.tlog-proof"
        self.proof.write_text(read_receipt(truth.receipt).to_tlog_proof(), encoding="utf8")

    def check(self, file: Path, *how: object, trust: bool = True) -> Ran:
        more = ("--trust", self.trust) if trust else ()
        return self.prompt.run("receipt", "check", file, *how, *more)

    def members(self) -> Members:
        members: Members = json.loads(self.receipt.read_text(encoding="utf8"))
        return members


@pytest.fixture
def kept(prompt: Prompt, truth: Truth) -> Kept:
    return Kept(prompt, truth)


def statuses(ran: Ran) -> dict[str, str]:
    return {check["check"]: check["status"] for check in ran.json["checks"]}


def test_submit_keeps_a_receipt_with_the_keys_of_its_signers_and_a_proof(kept: Kept, truth: Truth) -> None:
    before = kept.members()
    for path in (kept.receipt, kept.proof):
        path.unlink()
    with fake_api(kept.answers) as url:
        ran = kept.prompt.run("submit", kept.event, "--server", url, "--trust", kept.trust)
    assert ran.code == 0, ran
    assert kept.members() == before
    members = kept.members()
    assert members.pop("keys") == [SECRETARY.key.public.to_jwk()]
    assert members == truth.receipt
    proof = parse_proof(kept.proof.read_bytes())
    assert (proof.index, proof.checkpoint) == (truth.receipt["index"], truth.receipt["checkpoint"])
    assert kept.proof.read_text(encoding="utf8") == read_receipt(truth.receipt).to_tlog_proof()


def test_a_true_receipt_is_verified_without_a_network(kept: Kept) -> None:
    ran = kept.check(kept.receipt, "--json")
    assert ran.code == 0, ran
    assert statuses(ran) == HELD
    assert (ran.json["verdict"], ran.json["authenticated"]) == ("verified", True)
    assert ran.json["cover"]["compared"] is True


@pytest.mark.parametrize(("language", "word"), [("uk", "ПЕРЕВІРЕНО"), ("en", "VERIFIED")])
def test_it_is_told_in_both_languages_check_by_check(kept: Kept, language: str, word: str) -> None:
    ran = kept.check(kept.receipt, "--lang", language)
    assert ran.code == 0
    for name in NAMES:
        assert f" {name}: " in ran.out
    assert word in ran.out


def test_a_proof_is_verified_with_the_entrys_bytes_and_keys(kept: Kept, truth: Truth) -> None:
    entry = kept.prompt.home / "entry"
    entry.write_bytes(b64decode(truth.receipt["entry"]))
    with fake_api(kept.answers) as url:
        ran = kept.check(kept.proof, "--entry", entry, "--server", url, "--json")
    assert ran.code == 0, ran
    assert statuses(ran) == HELD
    offline = kept.check(kept.proof, "--entry", entry, "--json")
    assert offline.code == 1, "nobody checked the signatures"
    assert statuses(offline)["signatures"] == statuses(offline)["receipt"] == "skipped"
    assert offline.json["verdict"] == "self-consistent"


def test_a_proof_is_verified_offline_with_the_receipt_as_its_entry(kept: Kept) -> None:
    assert kept.check(kept.proof, "--entry", kept.receipt).code == 0


def test_a_proof_without_its_entry_is_a_question_that_cannot_be_answered(kept: Kept) -> None:
    ran = kept.check(kept.proof)
    assert ran.code == 2
    assert "--entry" in ran.err


def test_a_proof_of_another_entry_is_refused(kept: Kept, truth: Truth) -> None:
    other = kept.prompt.write("other.receipt.json", {**truth.other, "keys": kept.members()["keys"]})
    ran = kept.check(kept.proof, "--entry", other, "--json")
    assert ran.code == 1
    assert ran.json["verdict"] == "failed"
    assert statuses(ran)["tree"] == statuses(ran)["format"] == "failed"


def test_without_a_trust_file_it_is_self_consistent_and_not_authenticated(kept: Kept) -> None:
    ran = kept.check(kept.receipt, "--json", trust=False)
    assert ran.code == 1
    assert (ran.json["verdict"], ran.json["authenticated"]) == ("self-consistent", False)
    assert statuses(ran)["tree"] == statuses(ran)["signatures"] == "ok"
    assert statuses(ran)["checkpoint"] == statuses(ran)["genesis"] == statuses(ran)["receipt"] == "skipped"
    assert "NOT authenticated" in kept.check(kept.receipt, trust=False).out


def flipped(text: str) -> str:
    raw = bytearray(b64decode(text))
    raw[-1] ^= 1
    return b64encode(raw).decode()


def resigned(checkpoint: str) -> str:
    """The signature with one bit changed."""
    head, _, tail = checkpoint.rpartition(" ")
    return f"{head} {flipped(tail.strip())}\n"


# What is forged, and the check that must find it besides the last.
FORGERIES: dict[str, tuple[str, Callable[[Members], Members]]] = {
    "another index": ("tree", lambda r: r | {"index": r["index"] - 1}),
    "another time": ("format", lambda r: r | {"recorded_at": "2020-01-01T00:00:00.000000Z"}),
    "another stream": ("format", lambda r: r | {"stream": "root"}),
    "another version": ("format", lambda r: r | {"version": r["version"] + 1}),
    "another event": ("format", lambda r: r | {"event": "01890a5d-ac96-774b-bcce-b302099a8057"}),
    "another leaf hash": ("format", lambda r: r | {"leaf_hash": flipped(r["leaf_hash"])}),
    "an entry with a space": (
        "format",
        lambda r: r | {"entry": b64encode(b64decode(r["entry"]) + b" ").decode()},
    ),
    "a first hash changed": ("tree", lambda r: r | {"proof": [flipped(r["proof"][0]), *r["proof"][1:]]}),
    "a last hash changed": ("tree", lambda r: r | {"proof": [*r["proof"][:-1], flipped(r["proof"][-1])]}),
    "no proof": ("tree", lambda r: r | {"proof": []}),
    "a checkpoint signed otherwise": ("checkpoint", lambda r: r | {"checkpoint": resigned(r["checkpoint"])}),
    "a checkpoint of another size": (
        "checkpoint",
        lambda r: (
            r | {"checkpoint": r["checkpoint"].replace(f"\n{r['index'] + 1}\n", f"\n{r['index'] + 2}\n")}
        ),
    ),
    "a checkpoint of another log": (
        "checkpoint",
        lambda r: r | {"checkpoint": r["checkpoint"].replace("town.example", "city.example")},
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES, ids=str)
def test_a_forged_receipt_fails_by_the_check_that_is_about_it(kept: Kept, forgery: str) -> None:
    name, forge = FORGERIES[forgery]
    members = forge(kept.members())
    assert members != kept.members()
    kept.prompt.write("event.receipt.json", members)
    ran = kept.check(kept.receipt, "--json")
    assert ran.code == 1, ran
    assert ran.json["verdict"] == "failed"
    assert statuses(ran)[name] == "failed"
    assert statuses(ran)["receipt"] != "ok"


def test_a_signature_that_does_not_hold_is_found(kept: Kept) -> None:
    members = kept.members()
    entry = json.loads(b64decode(members["entry"]))
    signature = entry["envelope"]["signatures"][0]["signature"]
    changed = ("A" if signature[0] != "A" else "B") + signature[1:]
    raw = b64decode(members["entry"]).replace(signature.encode(), changed.encode())
    changes = {"entry": b64encode(raw).decode(), "leaf_hash": b64encode(leaf_hash(raw)).decode()}
    kept.prompt.write("event.receipt.json", members | changes)
    ran = kept.check(kept.receipt, "--json")
    assert ran.code == 1
    assert (statuses(ran)["format"], statuses(ran)["signatures"]) == ("ok", "failed")


def test_a_trusted_key_or_ledger_that_is_another_fails(kept: Kept, truth: Truth) -> None:
    kept.trust = kept.prompt.write("a.json", truth.trust | {"log_key": truth.other_key})
    ran = kept.check(kept.receipt, "--json")
    assert (ran.code, statuses(ran)["checkpoint"]) == (1, "failed")
    kept.trust = kept.prompt.write("b.json", truth.trust | {"genesis": "0" * 64})
    ran = kept.check(kept.receipt, "--json")
    assert (ran.code, statuses(ran)["genesis"], statuses(ran)["receipt"]) == (1, "failed", "failed")


def test_a_receipt_for_another_statement_than_was_signed_fails(kept: Kept, truth: Truth) -> None:
    kept.prompt.write("event.json", truth.other_envelope)
    for trust in (True, False):
        ran = kept.check(kept.receipt, "--json", trust=trust)
        assert ran.code == 1
        assert statuses(ran)["receipt"] == "failed"
    other = kept.prompt.write("other.json", truth.envelope)
    assert kept.check(kept.receipt, "--event", other).code == 0


def test_without_the_statement_it_says_that_none_was_compared(kept: Kept) -> None:
    kept.event.unlink()
    ran = kept.check(kept.receipt)
    assert ran.code == 0
    assert "Not compared" in ran.err
    assert kept.check(kept.receipt, "--json").json["cover"]["compared"] is False


@pytest.mark.parametrize("keys", [None, [], [FINANCIER.key.public.to_jwk()], [{"kty": "?"}], "x", [7]])
def test_keys_that_are_not_the_signers_prove_nothing(kept: Kept, keys: Any) -> None:
    kept.prompt.write("event.receipt.json", kept.members() | {"keys": keys})
    ran = kept.check(kept.receipt, "--json")
    assert ran.code == 1
    assert statuses(ran)["signatures"] == "skipped"
    assert SECRETARY.key.public.kid in kept.check(kept.receipt).out


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b'{"entry":"e30=","checkpoint":"x"}', b"c2sp.org/tlog-proof@v1\n", b"\xff"],
)
def test_what_is_no_receipt_cannot_be_read(kept: Kept, content: bytes) -> None:
    kept.receipt.write_bytes(content)
    ran = kept.check(kept.receipt, "--entry", kept.event)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("cannot read: ")


def test_a_receipt_whose_entry_is_none_fails_by_its_form(kept: Kept) -> None:
    """It can be read, and is evidence of nothing."""
    kept.prompt.write("event.receipt.json", kept.members() | {"entry": "AAAA"})
    ran = kept.check(kept.receipt, "--json")
    assert ran.code == 1
    assert (ran.json["verdict"], statuses(ran)["format"]) == ("failed", "failed")


@pytest.mark.parametrize("trust", [True, False])
def test_a_directory_and_a_file_that_is_not_there_cannot_be_read(kept: Kept, trust: bool) -> None:
    for path in (kept.prompt.home, kept.prompt.home / "nowhere.receipt.json"):
        assert kept.check(path, trust=trust).code == 3


# -- witnesses -----------------------------------------------------------------------------


def policy(threshold: str, *names: str) -> str:
    rows = [f"witness {name} {cosigner(name).key}" for name in names]
    return "\n".join([*rows, f"group g {threshold} {' '.join(names)}", "quorum g", ""])


WITNESSES = ("w1.example", "w2.example", "w3.example")


def cosigned(note: str, *names: str) -> str:
    """The note with a true line of each witness."""
    parsed = parse_note(note)
    signers = [cosigner(name) for name in names]
    lines = [Signature(one.name, one.key_id, one.sign(parsed.text.encode())) for one in signers]
    return format_note(parsed.text, [*parsed.signatures, *lines])


def trusting(kept: Kept, text: str) -> None:
    kept.trust = kept.prompt.write("trust.json", kept.truth.trust | {"policy": text})


def test_a_fresh_receipt_is_not_witnessed_yet_and_that_is_a_label(kept: Kept) -> None:
    trusting(kept, policy("2", *WITNESSES))
    ran = kept.check(kept.receipt)
    assert ran.code == 0
    assert "VERIFIED; NOT witnessed: № " in ran.out
    told = kept.check(kept.receipt, "--json").json
    assert (told["verdict"], told["words"]["en"]) == ("verified", "VERIFIED; NOT witnessed")
    assert told["words"]["uk"] == "ПЕРЕВІРЕНО; НЕ засвідчено свідками"
    (row,) = [one for one in told["checks"] if one["check"] == "witnesses"]
    assert (row["status"], row["reason"]) == ("warning", "quorum-not-met")
    assert row["facts"]["missing"] == list(WITNESSES)


def test_a_receipt_under_a_witnessed_checkpoint_names_who_cosigned(kept: Kept) -> None:
    trusting(kept, policy("2", *WITNESSES))
    note = cosigned(kept.truth.receipt["checkpoint"], *WITNESSES[:2])
    kept.prompt.write("event.receipt.json", kept.members() | {"checkpoint": note})
    ran = kept.check(kept.receipt)
    assert ran.code == 0
    assert "VERIFIED; witnessed by w1.example, w2.example; 20" in ran.out
    assert "w3.example" not in ran.out, "nobody lacks"
    assert "засвідчили w1.example, w2.example; 20" in kept.check(kept.receipt, "--lang", "uk").out


def test_one_witness_of_two_is_not_enough(kept: Kept) -> None:
    trusting(kept, policy("2", *WITNESSES))
    note = cosigned(kept.truth.receipt["checkpoint"], WITNESSES[0])
    kept.prompt.write("event.receipt.json", kept.members() | {"checkpoint": note})
    assert "VERIFIED; NOT witnessed" in kept.check(kept.receipt).out


def test_a_cosignature_that_does_not_hold_fails(kept: Kept) -> None:
    trusting(kept, policy("1", *WITNESSES))
    note = resigned(cosigned(kept.truth.receipt["checkpoint"], WITNESSES[0]))
    kept.prompt.write("event.receipt.json", kept.members() | {"checkpoint": note})
    ran = kept.check(kept.receipt, "--json")
    assert (ran.code, ran.json["verdict"], statuses(ran)["witnesses"]) == (1, "failed", "failed")


@pytest.mark.parametrize("text", [None, "quorum none\n"])
def test_without_witnesses_to_ask_it_is_never_called_witnessed(kept: Kept, text: str | None) -> None:
    if text is not None:
        trusting(kept, text)
    note = cosigned(kept.truth.receipt["checkpoint"], WITNESSES[0])
    kept.prompt.write("event.receipt.json", kept.members() | {"checkpoint": note})
    assert "VERIFIED; NOT witnessed" in kept.check(kept.receipt).out


def test_without_a_trust_file_no_witness_is_believed(kept: Kept) -> None:
    ran = kept.check(kept.receipt, trust=False)
    assert "NOT authenticated; NOT witnessed" in ran.out
