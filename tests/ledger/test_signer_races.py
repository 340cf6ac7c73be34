"""Many processes, one signer: whatever is asked in whatever order, one history is signed, which grows."""

from __future__ import annotations

import random
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from ledger.checkpoint import Checkpoint, open_checkpoint
from ledger.errors import Moved, Stopped
from ledger.merkle import EMPTY_ROOT
from ledger.note import Ed25519Verifier
from ledger.signing.remote import RemoteLogSigner
from tests.support.signers import FORKED, SIZE_MAX, TRUE, Past, Place, Service, process, serving

CLIENTS = 4
PASTS = (TRUE, FORKED, Past("a third past", 6))


def opened(note: str, key: str) -> Checkpoint:
    return open_checkpoint(note, [Ed25519Verifier.parse(key)])[0]


class Appending:
    """What each of many API processes does: commit, ask what was signed last, prove, have it signed.

    head: the log's size, which all of them share, as they share a database.
    """

    def __init__(self, address: str) -> None:
        self.address, self.head, self.notes = address, 0, list[list[Checkpoint]]()
        self.overtaken = 0
        self.wrong: list[str] = []
        self._lock = threading.Lock()

    def run(self, rounds: int, seed: int) -> None:
        chance = random.Random(seed)
        asked = RemoteLogSigner(self.address)
        mine: list[Checkpoint] = []
        self.notes.append(mine)
        for _ in range(rounds):
            with self._lock:
                self.head = min(self.head + chance.randint(1, 3), SIZE_MAX)
            mine.append(opened(self._signed(asked), asked.verifier_key))
        asked.close()

    def _signed(self, asked: RemoteLogSigner) -> str:
        since, _ = asked.last()
        while True:
            size = self.head  # read after it was asked what was signed: at least that
            try:
                return asked.sign(size, TRUE.root(size), TRUE.proof(since, size), since)
            except Moved as moved:
                since, self.overtaken = moved.size, self.overtaken + 1

    def forge(self, stop: threading.Event, seed: int) -> None:
        """Somebody with the token who wants another history, or only disturbs."""
        chance = random.Random(seed)
        asked = RemoteLogSigner(self.address)
        while not stop.is_set():
            last, _ = asked.last()
            size = chance.randint(1, SIZE_MAX)
            past, start = chance.choice(PASTS[1:]), chance.choice([last, chance.randint(0, size)])
            proof = past.proof(min(start, size), size) if chance.random() < 0.8 else TRUE.proof(1, size)
            try:
                note = asked.sign(size, past.root(size), proof, chance.choice([None, start]))
            except Stopped:
                continue
            if opened(note, asked.verifier_key).root != TRUE.root(size):
                self.wrong.append(note)
        asked.close()


def run_together(appending: Appending, rounds: int) -> None:
    stop = threading.Event()
    forger = threading.Thread(target=appending.forge, args=(stop, 99))
    forger.start()
    threads = [threading.Thread(target=appending.run, args=(rounds, seed)) for seed in range(CLIENTS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    stop.set()
    forger.join()


@pytest.mark.parametrize("as_process", [False, True], ids=["thread", "process"])
def test_racing_clients_get_a_signature_each_over_one_history_that_only_grows(
    tmp_path: Path, as_process: bool
) -> None:
    place = Place(tmp_path)
    appending = Appending(place.address)
    with place.open() as held:
        held.sign(10, TRUE.root(10), [])  # else the forger may be first, and then it is its history
    appending.head, rounds = 10, 40
    with process(place) if as_process else serving(place):
        run_together(appending, rounds)
    assert appending.wrong == []
    assert [len(mine) for mine in appending.notes] == [rounds] * CLIENTS
    for mine in appending.notes:
        assert [one.size for one in mine] == sorted(one.size for one in mine)
        assert all(one.root == TRUE.root(one.size) for one in mine)
    with place.open() as held:
        assert held.last() == (appending.head, TRUE.root(appending.head))


class SignerMachine(RuleBasedStateMachine):
    """Clients of several minds ask one signer, which is stopped and started; a model says what must come."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="pledger-signer-")
        self.service = Service(Place(Path(self.folder.name)))
        self.last: tuple[int, bytes] = (0, EMPTY_ROOT)
        self.signed: dict[int, bytes] = {}
        self.clients: list[RemoteLogSigner] = []

    @initialize()
    def start(self) -> None:
        self.service.start()
        self.clients = [RemoteLogSigner(self.service.address) for _ in range(CLIENTS)]

    def teardown(self) -> None:
        for one in self.clients:
            one.close()
        self.service.stop()
        self.folder.cleanup()

    @rule(
        client=st.integers(0, CLIENTS - 1),
        past=st.sampled_from(PASTS),
        size=st.integers(0, 12),
        since=st.one_of(st.none(), st.integers(0, 12)),
        start=st.one_of(st.none(), st.integers(0, 12)),
    )
    def ask(self, client: int, past: Past, size: int, since: int | None, start: int | None) -> None:
        """start: where the proof really starts, by default where it is said to, or where it should."""
        asked, (last, root) = self.clients[client], self.last
        begin = start if start is not None else last if since is None else since
        proof = past.proof(min(begin, size), size)
        wanted = past.root(size)
        if self._is_signed(past, size, since, proof):
            note = asked.sign(size, wanted, proof, since)
            assert opened(note, asked.verifier_key) == Checkpoint(asked.origin, size, wanted)
            self.last = (size, wanted)
            assert self.signed.setdefault(size, wanted) == wanted
            return
        overtaken = size < last or (size > last and since not in (None, last))
        with pytest.raises(Stopped) as caught:
            asked.sign(size, wanted, proof, since)
        assert isinstance(caught.value, Moved) == overtaken
        if isinstance(caught.value, Moved):
            assert (caught.value.size, caught.value.root) == (last, root)

    def _is_signed(self, past: Past, size: int, since: int | None, proof: list[bytes]) -> bool:
        last, root = self.last
        if size == last:
            return past.root(size) == root and (proof == [] or since not in (None, last))
        return (
            size > last
            and since in (None, last)
            and past.root(last) == root
            and proof == past.proof(last, size)
        )

    @rule()
    def restart(self) -> None:
        self.service.stop()
        self.service.start()

    @rule(client=st.integers(0, CLIENTS - 1))
    def look(self, client: int) -> None:
        assert self.clients[client].last() == self.last

    @invariant()
    def one_history(self) -> None:
        """Every tree that was ever signed is a part of the one signed last."""
        assert all(size <= self.last[0] for size in self.signed)
        assert any(all(past.root(size) == root for size, root in self.signed.items()) for past in PASTS)


def test_whatever_clients_ask_the_signer_answers_as_its_model_does() -> None:
    run_state_machine_as_test(
        SignerMachine,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
