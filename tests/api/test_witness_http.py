"""Witnesses over real sockets: they cosign a real ledger, fail, are slow, and lie."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from api.witness.app import config
from api.witnessing import (
    LongerLogSeen,
    OtherRootSeen,
    Seen,
    SizeHints,
    check_none_longer,
    collect,
    largest_seen,
)
from ledger.checkpoint import parse_checkpoint
from ledger.clock import SystemClock
from ledger.cosignature import CosignatureSigner
from ledger.merkle import prove_consistency
from ledger.note import Ed25519Verifier, NoteError, format_note, format_signature_line, parse_note, sign_note
from ledger.witness.memory import WitnessMemory
from ledger.witness.policy import Policy, judge, parse_policy
from ledger.witness.request import REQUEST_BYTES_MAX, format_request
from ledger.witness.witness import Witness, logs_of
from tests.api.fake_api import fake_api
from tests.api.running import _port as port_of
from tests.support.town import TestLedger
from tests.support.witnessing import ORIGIN, SmallLog, cosigner

pytestmark = pytest.mark.thorough

LOG = SmallLog()
FORK = SmallLog("another past", forked=3)
CLOCK = SystemClock()


class Served:
    """A witness behind a real port. log: whom it follows."""

    def __init__(self, path: Path, name: str, *keys: str, body_seconds: float = 10.0) -> None:
        self.signer = cosigner(f"{name}.example", CLOCK)
        made = path / f"{name}.db"
        open_it = WitnessMemory if made.exists() else WitnessMemory.create
        self.memory = open_it(made, self.signer.verifier)
        self.witness = Witness(self.signer, self.memory, logs_of(keys or [LOG.key]), CLOCK)
        self._server = uvicorn.Server(config(self.witness, "127.0.0.1", 0, body_seconds=body_seconds))
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{port_of(self._server, self._thread)}"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self.memory.close()

    def post(self, body: bytes) -> httpx.Response:
        return httpx.post(f"{self.url}/add-checkpoint", content=body, trust_env=False)

    def remembered(self) -> int | None:
        heads = self.memory.heads()
        return heads[0].checkpoint.size if heads else None


@contextmanager
def served(path: Path, *names: str, key: str = LOG.key) -> Iterator[list[Served]]:
    with ExitStack() as stack:
        made = []
        for name in names:
            one = Served(path, name, key)
            stack.callback(one.stop)
            made.append(one)
        yield made


def policy_of(*places: tuple[str, str], threshold: str = "all", key: str = LOG.key) -> Policy:
    """places: (name, url) of each witness."""
    lines = [f"log {key}"]
    lines += [f"witness {name} {cosigner(f'{name}.example').key} {url}" for name, url in places]
    lines += [f"group g {threshold} {' '.join(name for name, _ in places)}", "quorum g", ""]
    return parse_policy("\n".join(lines))


def policy_for(witnesses: Sequence[Served], *more: tuple[str, str], threshold: str = "all") -> Policy:
    places = [(one.signer.name.partition(".")[0], one.url) for one in witnesses]
    return policy_of(*places, *more, threshold=threshold)


def no_proof(old: int) -> list[bytes]:
    raise AssertionError(f"no proof from {old} is needed")


def states(outcomes: Sequence[object]) -> dict[str, str]:
    return {one.witness: one.state for one in outcomes}  # type: ignore[attr-defined]


# -- the server --------------------------------------------------------------------


def test_a_request_over_http_is_answered_as_the_specification_says(tmp_path: Path) -> None:
    with served(tmp_path, "w1") as (witness,):
        done = witness.post(LOG.request(0, 5))
        assert (done.status_code, done.headers["content-type"]) == (200, "text/plain; charset=utf-8")
        note = LOG.note(5) + done.text
        assert judge(note, policy_for([witness])).names == ("w1",)
        conflict = witness.post(LOG.request(0, 9))
        assert (conflict.status_code, conflict.content) == (409, b"5\n")
        assert conflict.headers["content-type"] == "text/x.tlog.size"
        statuses = [
            witness.post(body).status_code
            for body in (
                b"old\n",
                SmallLog(origin="x.example").request(0, 1),
                SmallLog(key="another").request(5, 9),
                format_request(5, [], LOG.note(9)),
                FORK.request(5, 5),
            )
        ]
        assert statuses == [400, 404, 403, 422, 422]


def test_the_witness_says_what_it_saw_for_programs_and_people(tmp_path: Path) -> None:
    with served(tmp_path, "w1") as (witness,):
        members = httpx.get(witness.url, trust_env=False).json()
        assert members["logs"][0]["size"] == 0
        assert members["logs"][0]["root"] is None
        witness.post(LOG.request(0, 5))
        members = httpx.get(witness.url, trust_env=False).json()
        assert (members["name"], members["key"]) == ("w1.example", str(witness.signer.key))
        (log,) = members["logs"]
        assert (log["origin"], log["size"], log["root"]) == (ORIGIN, 5, LOG.root(5).hex())
        assert judge(log["checkpoint"], policy_for([witness])).satisfied
        assert log["evidence"] == []
        witness.post(FORK.request(5, 5))
        (log,) = httpx.get(witness.url, trust_env=False).json()["logs"]
        (evidence,) = log["evidence"]
        assert parse_note(evidence["seen"]).text == FORK.text(5)
        assert parse_note(evidence["kept"]).text == LOG.text(5)
        assert "ALARM" in log["message"]["en"]
        assert "ТРИВОГА" in log["message"]["uk"]
        answer = httpx.get(f"{witness.url}/healthz", trust_env=False)
        assert (answer.status_code, answer.text) == (200, "ok\n")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert httpx.get(f"{witness.url}/add-checkpoint", trust_env=False).status_code == 405
        assert httpx.get(f"{witness.url}/other", trust_env=False).status_code == 404


def test_a_state_that_fails_is_no_answer_and_shows_in_its_health(tmp_path: Path) -> None:
    with served(tmp_path, "w1") as (witness,):
        witness.memory.close()
        assert witness.post(LOG.request(0, 5)).status_code == 503
        assert httpx.get(f"{witness.url}/healthz", trust_env=False).status_code == 503
        assert httpx.get(witness.url, trust_env=False).status_code == 503


def exchange(url: str, sent: bytes) -> bytes:
    """What the server answers to raw bytes after which nothing comes."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(sent)
        answer = b""
        while part := connection.recv(65536):
            answer += part
        return answer


def test_a_body_that_is_too_large_or_does_not_come_is_cut_off(tmp_path: Path) -> None:
    witness = Served(tmp_path, "w1", body_seconds=0.2)
    try:
        head = b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\n"
        slow = exchange(witness.url, head + b"Content-Length: 100\r\n\r\nold ")
        assert slow.startswith(b"HTTP/1.1 408")
        large = exchange(witness.url, head + b"Content-Length: %d\r\n\r\n" % (REQUEST_BYTES_MAX + 1))
        assert large.startswith(b"HTTP/1.1 413")
        chunk = b"%x\r\n" % (REQUEST_BYTES_MAX + 1) + b"x" * (REQUEST_BYTES_MAX + 1) + b"\r\n"
        unbounded = exchange(witness.url, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk)
        assert unbounded.startswith(b"HTTP/1.1 413")
        assert witness.remembered() is None
    finally:
        witness.stop()


def test_many_clients_at_once_get_cosignatures_of_one_history(tmp_path: Path) -> None:
    with served(tmp_path, "w1") as (witness,):
        witness.post(LOG.request(0, 3))

        def send(at: int) -> int:
            return witness.post((LOG if at % 2 else FORK).request(3, 4 + at)).status_code

        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(send, range(24)))
        assert sorted(statuses) == [200] + [409] * 23
        assert witness.remembered() == 4 + statuses.index(200)


# -- a real ledger --------------------------------------------------------------------


def of_town(town: TestLedger) -> tuple[str, int]:
    """The newest checkpoint of a real ledger."""
    newest = town.ledger.appender.checkpoint
    assert newest is not None
    return newest[1], newest[0]


def test_a_real_ledger_is_witnessed_as_it_grows(tmp_path: Path) -> None:
    with TestLedger.opened(tmp_path / "town") as town, served(tmp_path, "w1", "w2", key=town.log_key) as both:
        places = [(one.signer.name.partition(".")[0], one.url) for one in both]
        policy, hints = policy_of(*places, key=town.log_key), SizeHints(tmp_path / "witness-sizes.json")
        asked: list[int] = []
        for step in range(3):
            note, size = of_town(town)

            def prove(old: int, size: int = size) -> list[bytes]:
                asked.append(old)
                return prove_consistency(town.ledger.reader.nodes, old, size)

            collected = collect(note, prove, policy, hints=hints)
            assert collected.satisfied
            assert collected.witnessed.names == ("w1", "w2")
            assert [parse_checkpoint(parse_note(one.memory.heads()[0].note).text).size for one in both] == [
                size
            ] * 2
            assert judge(collected.note, policy).at is not None
            town.submit("person.registered", "root", {"person": f"p-new-{step}", "name": "Особа"})
        assert len(asked) == 4  # with what it remembers, each later round needs one question alone
        assert set(json.loads((tmp_path / "witness-sizes.json").read_text())) == {
            str(one.signer.key) for one in both
        }


# -- asking ----------------------------------------------------------------------------


def test_without_memory_the_witness_names_its_size_and_is_asked_once_more(tmp_path: Path) -> None:
    with served(tmp_path, "w1") as (witness,):
        policy = policy_for([witness])
        assert collect(LOG.note(5), no_proof, policy).satisfied
        asked: list[int] = []

        def prove(old: int) -> list[bytes]:
            asked.append(old)
            return LOG.proof(old, 9)

        assert collect(LOG.note(9), prove, policy).satisfied
        assert asked == [5]


@pytest.mark.parametrize("content", ["", "[]", "{", '{"x": 1}', '{"KEY": {"ORIGIN": %s}}'])
@pytest.mark.parametrize("size", ["3", "-1", "true", '"5"', "1e9", "99"])
def test_a_wrong_memory_of_sizes_costs_a_question_and_nothing_else(
    tmp_path: Path, content: str, size: str
) -> None:
    path = tmp_path / "witness-sizes.json"
    with served(tmp_path, "w1") as (witness,):
        witness.post(LOG.request(0, 5))
        named = content.replace("KEY", str(witness.signer.key)).replace("ORIGIN", ORIGIN)
        path.write_text(named.replace("%s", size))
        collected = collect(
            LOG.note(9), lambda old: LOG.proof(old, 9), policy_for([witness]), hints=SizeHints(path)
        )
        assert collected.satisfied
    assert SizeHints(path).get(str(witness.signer.key), ORIGIN) == 9


def test_a_split_view_is_told_apart_and_the_second_history_is_refused(tmp_path: Path) -> None:
    with served(tmp_path, "w1", "w2") as (first, second):
        assert collect(LOG.note(5), no_proof, policy_for([first, second])).satisfied
        for size, policy in ((5, policy_for([first])), (9, policy_for([first, second]))):
            with pytest.raises(OtherRootSeen, match="ALARM") as alarm:
                collect(FORK.note(size), lambda old, new=size: FORK.proof(old, new), policy)  # type: ignore[misc]
            assert alarm.value.seen["w1"] == 5
            assert not alarm.value.collected.satisfied
            assert alarm.value.collected.witnessed.names == ()
        assert {one.proven for one in first.memory.evidence()} == {True, False}


def test_a_witness_that_has_seen_more_raises_an_alarm_that_names_both_sizes(tmp_path: Path) -> None:
    with served(tmp_path, "w1", "w2") as (ahead, behind):
        ahead.post(LOG.request(0, 9))
        policy = policy_for([ahead, behind])
        with pytest.raises(LongerLogSeen) as alarm:
            collect(LOG.note(5), no_proof, policy)
        assert (alarm.value.size, alarm.value.seen, alarm.value.origin) == (5, {"w1": 9}, ORIGIN)
        assert "w1 has seen 9 entries" in str(alarm.value)
        assert "5 entries here" in str(alarm.value)
        assert alarm.value.collected.witnessed.names == ("w2",)
        later = collect(LOG.note(5), no_proof, policy, newest=9)
        assert states(later.outcomes) == {"w1": "later", "w2": "cosigned"}
        assert ahead.remembered() == 9


def test_the_largest_size_seen_is_learnt_without_showing_more(tmp_path: Path) -> None:
    with served(tmp_path, "w1", "w2", "w3") as (same, ahead, fresh):
        same.post(LOG.request(0, 5))
        ahead.post(LOG.request(0, 9))
        with fake_api({}) as nobody:
            policy = policy_for([same, ahead, fresh], ("down", nobody))
            seen = largest_seen(LOG.note(5), policy)
        assert seen.sizes == {"w1": 5, "w2": 9, "w3": 0, "down": None}
        assert seen.largest == 9
        with pytest.raises(LongerLogSeen) as alarm:
            check_none_longer(seen)
        assert alarm.value.seen == {"w2": 9}
        assert [one.remembered() for one in (same, ahead, fresh)] == [5, 9, None]
        assert largest_seen(LOG.note(9), policy_for([same, ahead])).sizes == {"w1": 5, "w2": 9}
        check_none_longer(largest_seen(LOG.note(9), policy_for([same, ahead])))
        with pytest.raises(OtherRootSeen):
            largest_seen(FORK.note(5), policy_for([same]))


def test_if_no_witness_answers_nothing_is_known() -> None:
    policy = policy_of(("w1", "http://127.0.0.1:9"))
    seen: Seen = largest_seen(LOG.note(5), policy, seconds_max=5)
    assert seen.largest is None
    check_none_longer(seen)


def test_a_witness_that_is_down_or_slow_holds_nobody_up(tmp_path: Path) -> None:
    with served(tmp_path, "w1") as (up,), socket.create_server(("127.0.0.1", 0)) as silent:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            down = probe.getsockname()[1]
        places = [
            ("down", f"http://127.0.0.1:{down}"),
            ("slow", f"http://127.0.0.1:{silent.getsockname()[1]}"),
            ("file", "file:///etc/passwd"),
            ("odd", "http://"),
        ]
        any_of = collect(LOG.note(5), no_proof, policy_for([up], *places, threshold="any"), seconds_max=3)
        assert any_of.satisfied
        assert states(any_of.outcomes) == {"w1": "cosigned"} | {name: "unreachable" for name, _ in places}
        assert set(any_of.witnessed.missing) == {name for name, _ in places}
        two_of = collect(LOG.note(5), no_proof, policy_for([up], *places, threshold="2"), seconds_max=3)
        assert not two_of.satisfied
        assert two_of.witnessed.at is None


def test_a_witness_that_drips_its_answer_is_cut_off() -> None:
    """Each byte comes in time; the whole never does."""
    stop = threading.Event()

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
                while not stop.wait(0.02):
                    connection.sendall(b"x")
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        policy = policy_of(("w1", f"http://127.0.0.1:{server.getsockname()[1]}"))
        collected = collect(LOG.note(5), no_proof, policy, seconds_max=0.4)
        stop.set()
        thread.join()
    assert states(collected.outcomes) == {"w1": "unreachable"}


def line_of(signer: CosignatureSigner, text: str, time: int) -> bytes:
    return f"{format_signature_line(signer.signature_at(text.encode(), time))}\n".encode()


W1 = cosigner("w1.example")
TIME = int(CLOCK.now().timestamp())
LIES = {
    "a cosignature of another tree": (200, line_of(W1, LOG.text(6), TIME), "untrue"),
    "a cosignature of a fork": (200, line_of(W1, FORK.text(5), TIME), "untrue"),
    "another key's cosignature": (200, line_of(cosigner("x.example"), LOG.text(5), TIME), "untrue"),
    "its name over another key": (
        200,
        format_signature_line(
            type(parse_note(LOG.note(5)).signatures[0])(W1.name, W1.key_id, bytes(8) + bytes(64))
        ).encode()
        + b"\n",
        "untrue",
    ),
    "a time of long ago": (200, line_of(W1, LOG.text(5), TIME - 86_400), "untrue"),
    "a time to come": (200, line_of(W1, LOG.text(5), TIME + 86_400), "untrue"),
    "a good line and a bad one": (
        200,
        line_of(W1, LOG.text(5), TIME) + line_of(W1, LOG.text(6), TIME),
        "untrue",
    ),
    "no newline": (200, line_of(W1, LOG.text(5), TIME)[:-1], "untrue"),
    "nothing": (200, b"", "untrue"),
    "a page": (200, b"<html>\n", "untrue"),
    "no UTF-8": (200, b"\xff\n", "untrue"),
    "too much": (200, line_of(W1, LOG.text(5), TIME) + b"x" * 100_000, "unreachable"),
    "an odd size": (409, b"5.0\n", "untrue"),
    "its size refused": (409, b"0\n", "untrue"),
    "a smaller size, twice": (409, b"3\n", "untrue"),
    "a redirect": (302, b"", "refused"),
    "an error": (500, b"oops", "unreachable"),
    "no such log": (404, b"unknown log\n", "refused"),
}


@pytest.mark.parametrize(("status", "body", "state"), LIES.values(), ids=LIES.keys())
def test_a_lying_witness_counts_for_nothing_and_takes_nothing_from_the_others(
    tmp_path: Path, status: int, body: bytes, state: str
) -> None:
    with served(tmp_path, "w2") as (honest,), fake_api({("POST", "/add-checkpoint"): (status, body)}) as url:
        policy = policy_for([honest], ("w1", url), threshold="any")
        collected = collect(LOG.note(5), lambda old: LOG.proof(old, 5), policy)
    assert states(collected.outcomes) == {"w1": state, "w2": "cosigned"}
    assert collected.satisfied
    assert collected.witnessed.names == ("w2",)
    assert [one.name for one in parse_note(collected.note).signatures] == [ORIGIN, "w2.example"]


def test_lines_of_other_keys_beside_the_witnesss_own_are_left_out(tmp_path: Path) -> None:
    now = int(CLOCK.now().timestamp())
    body = line_of(cosigner("x.example"), LOG.text(5), now) + line_of(W1, LOG.text(5), now)
    with fake_api({("POST", "/add-checkpoint"): (200, body)}) as url:
        collected = collect(LOG.note(5), no_proof, policy_of(("w1", url)))
    assert collected.satisfied
    assert [one.name for one in parse_note(collected.note).signatures] == [ORIGIN, "w1.example"]


@pytest.mark.parametrize("answer", [(409, b"5\n"), (422, b"another root\n")])
def test_either_form_of_another_root_of_this_size_is_an_alarm(
    answer: tuple[int, bytes], tmp_path: Path
) -> None:
    hints = SizeHints(tmp_path / "witness-sizes.json")
    hints.put(str(W1.key), ORIGIN, 5)
    with fake_api({("POST", "/add-checkpoint"): answer}) as url:
        policy = policy_of(("w1", url))
        with pytest.raises(OtherRootSeen) as alarm:
            collect(LOG.note(5), no_proof, policy, hints=hints)
        with pytest.raises(OtherRootSeen):
            largest_seen(LOG.note(5), policy)
    assert alarm.value.seen == {"w1": 5}


def test_who_has_cosigned_already_is_not_asked_again(tmp_path: Path) -> None:
    with served(tmp_path, "w1", "w2") as (first, second):
        policy = policy_for([first, second])
        half = collect(LOG.note(5), no_proof, policy_for([first])).note
        first.memory.close()  # whatever it were asked, it could not answer
        whole = collect(half, no_proof, policy)
        assert whole.satisfied
        assert parse_note(half).signatures[1] in parse_note(whole.note).signatures


def test_only_the_logs_own_note_is_shown_around() -> None:
    policy = policy_of(("w1", "http://127.0.0.1:9"))
    forged = cosigner("w1.example").signature_at(LOG.text(6).encode(), TIME)
    with pytest.raises(NoteError):
        collect(sign_note(LOG.text(5), [SmallLog(key="another").signer]), no_proof, policy)
    with pytest.raises(NoteError):
        collect(format_note(LOG.text(5), [*parse_note(LOG.note(5)).signatures, forged]), no_proof, policy)


def test_a_rotated_log_is_witnessed_under_the_keys_that_the_caller_names(tmp_path: Path) -> None:
    following = SmallLog(key="next")
    witness = Served(tmp_path, "w1", LOG.key, following.key)
    try:
        policy, logs = policy_for([witness]), [Ed25519Verifier.parse(following.key)]
        both = LOG.note(5, following.signer)
        assert collect(both, no_proof, policy, logs=logs).satisfied
        assert collect(following.note(9), lambda old: LOG.proof(old, 9), policy, logs=logs).satisfied
        with pytest.raises(NoteError):
            collect(following.note(9), no_proof, policy)
    finally:
        witness.stop()


def test_a_witness_without_an_address_is_named_as_such() -> None:
    policy = parse_policy(f"log {LOG.key}\nwitness w1 {W1.key}\nquorum w1\n")
    collected = collect(LOG.note(5), no_proof, policy)
    assert states(collected.outcomes) == {"w1": "no-address"}
    assert not collected.satisfied


def test_an_error_of_our_own_proof_is_not_blamed_on_a_witness(tmp_path: Path) -> None:
    def broken(old: int) -> list[bytes]:
        raise RuntimeError("the disk is gone")

    with served(tmp_path, "w1") as (witness,):
        witness.post(LOG.request(0, 5))
        with pytest.raises(RuntimeError, match="disk"):
            collect(LOG.note(9), broken, policy_for([witness]))
