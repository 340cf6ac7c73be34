"""The policy file of C2SP tlog-policy: what it may say, and how a checkpoint is judged by it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.checkpoint import Checkpoint, format_checkpoint
from ledger.note import Ed25519Signer, Ed25519Verifier, NoteError, Signature, format_note, parse_note
from ledger.witness.policy import LINES_MAX, Policy, PolicyError, judge, parse_policy
from tests.support.witnessing import ORIGIN, SmallLog, cosigner, private_key

LOG = SmallLog()
NAMES = ("X1", "X2", "X3", "Y1", "Y2", "Y3")


def key(name: str) -> str:
    return str(cosigner(f"{name.lower()}.example").key)


WITNESSES = "".join(f"witness {name} {key(name)}\n" for name in NAMES)
TWO_LEVELS = f"""
# the example of the draft
log {LOG.key}
{WITNESSES}
group X-witnesses 2 X1 X2 X3
group Y-witnesses any Y1 Y2 Y3
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def cosigned(times: Mapping[str, int], *more: Signature, log: SmallLog = LOG, size: int = 5) -> str:
    """A checkpoint with cosignatures: the policy's name → time."""
    text = log.text(size)
    by = [
        cosigner(f"{name.lower()}.example").signature_at(text.encode(), time) for name, time in times.items()
    ]
    return format_note(text, [*parse_note(log.note(size)).signatures, *by, *more])


def policy_of(rest: str) -> Policy:
    return parse_policy(f"log {LOG.key}\n{WITNESSES}{rest}")


def test_a_policy_is_read_with_comments_blanks_tabs_and_addresses() -> None:
    policy = parse_policy(
        f"\t # a comment\n\n  log \t{LOG.key}   https://log.example/\t\n"
        f"witness w#1 {key('X1')} https://w.example/pre\n   \nwitness свідок {key('X2')}\n"
        "group both all w#1 свідок\nquorum both"
    )
    assert [(str(log.verifier.key), log.url) for log in policy.logs] == [(LOG.key, "https://log.example/")]
    assert [(one.name, str(one.verifier.key), one.url) for one in policy.witnesses.values()] == [
        ("w#1", key("X1"), "https://w.example/pre"),
        ("свідок", key("X2"), None),
    ]
    assert (policy.groups["both"].threshold, policy.groups["both"].members) == (2, ("w#1", "свідок"))
    assert policy.quorum == "both"


def test_a_policy_in_bytes_is_the_same_policy() -> None:
    assert parse_policy(TWO_LEVELS.encode()) == parse_policy(TWO_LEVELS)


def test_lines_of_logs_and_witnesses_may_come_after_the_quorum() -> None:
    text = f"witness X1 {key('X1')}\nquorum X1\nlog {LOG.key}\nwitness X2 {key('X2')}\n"
    assert parse_policy(text).in_quorum == ("X1",)


@pytest.mark.parametrize(
    ("rest", "line", "said"),
    [
        ("", 0, "no quorum"),
        ("quorum none\nquorum none\n", 9, "second quorum"),
        ("quorum X1\nquorum X2\n", 9, "second quorum"),
        ("quorum nobody\n", 8, "not defined"),
        ("quorum\n", 8, "expected"),
        ("quorum X1 X2\n", 8, "expected"),
        ("quorum g\ngroup g any X1\n", 8, "not defined"),
        ("group g any X1\n\n# here\nquorum h\n", 11, "not defined"),
        ("group g any g\nquorum g\n", 8, "not defined"),
        ("group g any h\ngroup h any g\nquorum g\n", 8, "not defined"),
        ("group g any none\nquorum g\n", 8, "not defined"),
        ("group none any X1\nquorum none\n", 8, "reserved"),
        ("group X1 any X2\nquorum X1\n", 8, "defined above"),
        ("group g any X1\ngroup g any X2\nquorum g\n", 9, "defined above"),
        ("group g any X1 X1\nquorum g\n", 8, "member already"),
        ("group g any X1\ngroup h any X1 X2\nquorum g\n", 9, "member already"),
        ("group g any X1\ngroup h any g\ngroup i any g\nquorum h\n", 10, "member already"),
        ("group g any\nquorum g\n", 8, "expected"),
        ("group g\nquorum g\n", 8, "expected"),
        ("group\nquorum g\n", 8, "missing"),
        ("group g 0 X1\nquorum g\n", 8, "threshold"),
        ("group g 3 X1 X2\nquorum g\n", 8, "threshold"),
        ("group g -1 X1 X2\nquorum g\n", 8, "threshold"),
        ("group g 01 X1 X2\nquorum g\n", 8, "threshold"),
        ("group g ٢ X1 X2\nquorum g\n", 8, "threshold"),
        ("group g 1.0 X1 X2\nquorum g\n", 8, "threshold"),
        ("group g ALL X1 X2\nquorum g\n", 8, "threshold"),
        ("group g X1 X2\nquorum g\n", 8, "threshold"),
        ("Quorum X1\n", 8, "none of"),
        ("quorum X1 # one\n", 8, "expected"),
        ("quorum\u00a0X1\n", 8, "none of"),
        ("quorum X1\r\n", 8, "control"),
        ("quorum X1\x0b\n", 8, "control"),
        ("# a\x7fb\nquorum X1\n", 8, "control"),
        (f"log {LOG.key}\nquorum X1\n", 8, "above"),
        ("log\nquorum X1\n", 8, "expected"),
        (f"log {LOG.key} a b\nquorum X1\n", 8, "expected"),
        (f"log {key('Z')}\nquorum X1\n", 8, "type"),
        (f"witness Z {LOG.key}\nquorum X1\n", 8, "type"),
        (f"witness {key('Z')}\nquorum X1\n", 8, "expected"),
        (f"witness X1 {key('Z')}\nquorum X1\n", 8, "defined above"),
        (f"witness none {key('Z')}\nquorum X1\n", 8, "reserved"),
        (f"witness Z {key('X1')}\nquorum X1\n", 8, "public key"),
        ("witness Z w.example+00000000+AAAA\nquorum X1\n", 8, "key of"),
    ],
)
def test_a_policy_that_says_something_else_is_refused_with_its_line(rest: str, line: int, said: str) -> None:
    with pytest.raises(PolicyError, match=said) as refused:
        policy_of(rest)
    assert str(refused.value).startswith(f"line {line}: " if line else "there is no")


def test_one_public_key_counts_once_under_whatever_name_and_a_log_is_no_witness_of_itself() -> None:
    renamed = cosigner("another.example").key
    same_point = type(renamed)("another.example", 4, cosigner("x1.example").key.public_key)
    with pytest.raises(PolicyError, match="public key"):
        policy_of(f"witness Z {same_point}\nquorum X1\n")
    logs_point = type(renamed)("w.example", 4, LOG.signer.key.public_key)
    with pytest.raises(PolicyError, match="public key"):
        policy_of(f"witness Z {logs_point}\nquorum X1\n")


def test_what_is_no_text_or_too_long_is_refused() -> None:
    for text in (b"quorum none\n\xff", "quorum none\n# \ud800", "#" * 70_000 + "\nquorum none\n"):
        with pytest.raises(PolicyError):
            parse_policy(text)


@pytest.mark.parametrize("count", [32, LINES_MAX])
def test_as_many_lines_as_the_draft_asks_for_are_read_and_nested(count: int) -> None:
    lines = [f"witness w{at} {cosigner(f'w{at}.example').key}" for at in range(count)]
    lines += ["group g0 any w0"] + [f"group g{at} all g{at - 1} w{at}" for at in range(1, count)]
    policy = parse_policy("\n".join([*lines, f"quorum g{count - 1}", ""]))
    times = {f"w{at}": 100 + at for at in range(count)}
    assert policy.reached_at(times) == 100 + count - 1
    del times["w0"]
    assert policy.reached_at(times) is None


def test_more_lines_than_the_limit_are_refused() -> None:
    lines = [f"witness w{at} {cosigner(f'w{at}.example').key}" for at in range(LINES_MAX + 1)]
    with pytest.raises(PolicyError, match=f"line {LINES_MAX + 1}: more than"):
        parse_policy("\n".join([*lines, "quorum w0", ""]))


def test_the_example_of_the_draft_needs_two_of_x_and_one_of_y() -> None:
    policy = parse_policy(TWO_LEVELS)
    for count in range(len(NAMES) + 1):
        for chosen in itertools.combinations(NAMES, count):
            found = judge(cosigned(dict.fromkeys(chosen, 100)), policy)
            of_x = sum(name.startswith("X") for name in chosen)
            assert found.satisfied == (of_x >= 2 and count > of_x), chosen
            assert found.names == chosen
            assert found.missing == tuple(name for name in NAMES if name not in chosen)
            assert (found.at is not None) == found.satisfied


def test_the_time_is_the_least_by_which_the_quorum_was_reached() -> None:
    policy = parse_policy(TWO_LEVELS)
    found = judge(cosigned({"X1": 500, "X2": 100, "X3": 300, "Y2": 200, "Y3": 900}), policy)
    assert found.at == 300
    assert found.times == {"X1": 500, "X2": 100, "X3": 300, "Y2": 200, "Y3": 900}
    assert judge(cosigned({"X2": 100, "X3": 300, "Y3": 900}), policy).at == 900


@given(times=st.dictionaries(st.sampled_from(NAMES), st.integers(1, 9)))
def test_the_time_agrees_with_trying_every_time(times: dict[str, int]) -> None:
    def holds(by: int) -> bool:
        seen = {name for name, time in times.items() if time <= by}
        return len(seen & {"X1", "X2", "X3"}) >= 2 and bool(seen & {"Y1", "Y2", "Y3"})

    expected = next((by for by in range(1, 10) if holds(by)), None)
    assert parse_policy(TWO_LEVELS).reached_at(times) == expected


def test_a_witness_that_signs_often_counts_once_by_its_earliest_time_in_any_order() -> None:
    policy = policy_of("group g 2 X1 X2\nquorum g\n")
    text = LOG.text(5).encode()
    lines = [cosigner("x1.example").signature_at(text, time) for time in (300, 100, 200)]
    for order in itertools.permutations(lines):
        found = judge(cosigned({}, *order), policy)
        assert not found.satisfied
        assert found.times == {"X1": 100}


def test_an_unknown_signature_is_ignored_and_a_known_one_that_fails_rejects_all() -> None:
    policy = policy_of("quorum X1\n")
    stranger = Signature("x1.example", b"\0\1\2\3", b"anything")
    assert judge(cosigned({"X1": 100}, stranger), policy).satisfied
    assert not judge(cosigned({}, stranger), policy).satisfied
    x2 = cosigner("x2.example")
    forged = Signature(x2.name, x2.key_id, (100).to_bytes(8, "big") + bytes(64))
    with pytest.raises(NoteError, match="does not hold"):
        judge(cosigned({"X1": 100}, forged), policy)
    second = Signature("x1.example", cosigner("x1.example").key_id, forged.blob)
    with pytest.raises(NoteError, match="does not hold"):
        judge(cosigned({"X1": 100}, second), policy)


def test_a_cosignature_of_another_checkpoint_is_no_cosignature_of_this_one() -> None:
    of_other = cosigner("x1.example").signature_at(LOG.text(6).encode(), 100)
    with pytest.raises(NoteError, match="does not hold"):
        judge(cosigned({}, of_other), policy_of("quorum X1\n"))


def test_later_cosignatures_than_the_caller_allows_do_not_count() -> None:
    policy, note = policy_of("group g 2 X1 X2\nquorum g\n"), cosigned({"X1": 100, "X2": 200})
    assert judge(note, policy, latest=200).at == 200
    late = judge(note, policy, latest=199)
    assert (late.satisfied, late.names, late.missing) == (False, ("X1",), ("X2",))


def test_without_a_quorum_nothing_is_asked_and_nobody_vouches() -> None:
    found = judge(cosigned({"X1": 100}), policy_of("quorum none\n"))
    assert (found.satisfied, found.at, found.missing, found.names) == (True, None, (), ("X1",))


@pytest.mark.parametrize("signers", [[], [SmallLog(key="another").signer]])
def test_whatever_witnesses_say_the_log_itself_must_have_signed(signers: Sequence[Ed25519Signer]) -> None:
    text = LOG.text(5)
    by = [cosigner("x1.example").signature_at(text.encode(), 100)]
    by += [Signature(one.name, one.key_id, one.sign(text.encode())) for one in signers]
    with pytest.raises(NoteError, match="no known key of the log"):
        judge(format_note(text, by), policy_of("quorum X1\n"))


def test_a_witness_that_bears_the_logs_name_does_not_stand_for_the_log() -> None:
    double = cosigner(ORIGIN)
    text = LOG.text(5)
    note = format_note(text, [double.signature_at(text.encode(), 100)])
    with pytest.raises(NoteError, match="no known key of the log"):
        judge(note, parse_policy(f"log {LOG.key}\nwitness D {double.key}\nquorum D\n"))


def test_a_policy_without_logs_needs_them_from_the_caller_and_a_policy_of_another_log_does_not_fit() -> None:
    policy = parse_policy(f"witness X1 {key('X1')}\nquorum X1\n")
    note = cosigned({"X1": 100})
    with pytest.raises(NoteError, match="no known key of the log"):
        judge(note, policy)
    assert judge(note, policy, logs=[Ed25519Verifier.parse(LOG.key)]).satisfied
    other = SmallLog(origin="other.example/log")
    with pytest.raises(NoteError, match="no known key of the log"):
        judge(cosigned({"X1": 100}, log=other), policy_of("quorum X1\n"))


def test_another_known_log_cannot_sign_under_this_origin() -> None:
    other = SmallLog(origin="other.example/log", key="other")
    text = format_checkpoint(Checkpoint(ORIGIN, 5, LOG.root(5)))
    foreign = Signature(other.origin, other.signer.key_id, other.signer.sign(text.encode()))
    x1 = cosigner("x1.example").signature_at(text.encode(), 100)
    policy = policy_of(f"log {other.key}\nquorum X1\n")
    with pytest.raises(NoteError, match="no known key of the log"):
        judge(format_note(text, [foreign, x1]), policy)


def test_a_rotated_log_key_is_named_by_the_caller() -> None:
    rotated = SmallLog(key="next")
    note = cosigned({"X1": 100}, log=rotated)
    with pytest.raises(NoteError):
        judge(note, policy_of("quorum X1\n"))
    assert judge(note, policy_of("quorum X1\n"), logs=[Ed25519Verifier.parse(rotated.key)]).satisfied
    assert private_key("next") != private_key("log")
