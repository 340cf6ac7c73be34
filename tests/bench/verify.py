"""The offline verifier: signatures against raw Ed25519 on the same cores, and memory as it streams."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.verify.entry_file import EntryFile
from ledger.verify.ledger_file import verify_ledger_file
from ledger.verify.registry import Registry, replay_registry
from ledger.verify.report import Check
from ledger.verify.sweep import sweep
from ledger.verify.whole import read_genesis
from ledger.verify.workers import cores, run
from tests.bench import asked
from tests.bench.marks import Mark, Sample, interleave
from tests.bench.stage import Stage

SIGNATURES = 20_000  # of a run: about two seconds on one core
PARTS = 40
MEGABYTE = 2**20
SAMPLED_SECONDS = 0.2

Signed = list[tuple[Ed25519PublicKey, bytes, bytes]]


def measure(stage: Stage, rounds: int) -> list[Mark]:
    """Figures on a closed ledger's file."""
    return [measure_signatures(stage, rounds), *_whole(stage.path)]


def measure_signatures(stage: Stage, rounds: int) -> Mark:
    """The phase that checks signatures, beside the same signatures checked by the library alone."""
    file = EntryFile(stage.path / "ledger.db")
    count = min(SIGNATURES, file.bounds()[0])
    registry = _registry(file, count)
    signed = _signed(file, registry, count)
    processes = cores()

    def ours() -> Sample:
        begun = time.perf_counter()
        found = sweep(file, registry.keys, count, gaps=False, processes=processes)
        assert found.signatures == len(signed)
        assert not found.signature_faults
        return Sample(found.signatures / (time.perf_counter() - begun))

    def raw() -> Sample:
        begun = time.perf_counter()
        size = -(-len(signed) // PARTS)
        parts = [(at, at + size) for at in range(0, len(signed), size)]
        assert sum(run(_verify_part, signed, parts, processes=processes)) == len(signed)
        return Sample(len(signed) / (time.perf_counter() - begun))

    measured, limit = interleave(rounds, ours, raw)
    file.close()
    return Mark(
        "verify: signatures",
        "signatures/s",
        measured.value,
        limit_name=f"raw Ed25519 × {processes} cores",
        limit=limit.value,
        target=asked.SIGNATURES_RATIO,
        on_ratio=True,
        note="read, parse, leaf hash, verify",
    )


def _registry(file: EntryFile, end: int) -> Registry:
    genesis = read_genesis(Check("genesis"), file, None)
    assert genesis is not None
    return replay_registry(file, genesis, end, keep=False)


def _signed(file: EntryFile, registry: Registry, count: int) -> Signed:
    """Every signature of the first entries with its key and message, ready to be checked."""
    found: Signed = []
    for row in file.rows(0, count):
        envelope = orjson.loads(row.raw)["envelope"]
        for one in envelope["signatures"]:
            kid = orjson.loads(_decode(one["protected"]))["kid"]
            message = f"{one['protected']}.{envelope['payload']}".encode()
            key = Ed25519PublicKey.from_public_bytes(registry.keys[kid].point)
            found.append((key, _decode(one["signature"]), message))
    return found


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _verify_part(signed: Signed, part: tuple[int, int]) -> int:
    chosen = signed[slice(*part)]
    for key, signature, message in chosen:
        key.verify(signature, message)  # the library's own, which raises
    return len(chosen)


def _whole(path: Path) -> list[Mark]:
    """All checks of a ledger file, in a process of its own whose memory is watched."""
    begun = time.perf_counter()
    with subprocess.Popen([sys.executable, "-m", "tests.bench.verify", str(path)]) as child:
        peak = 0.0
        while child.poll() is None:
            peak = max(peak, sum(map(_proportional, _family(child.pid))))
            time.sleep(SAMPLED_SECONDS)
    assert child.returncode == 0, "the verifier found fault with a good ledger"
    seconds = time.perf_counter() - begun
    count, _ = EntryFile(path / "ledger.db").bounds()
    return [
        Mark("verify: everything", "events/s", count / seconds, note="registry, signatures, rules, tables"),
        Mark(
            "verify: memory",
            "MB",
            peak / MEGABYTE,
            target=asked.VERIFIER_MB,
            least=False,
            note=f"{count:,} events, all processes, shared pages counted once",
        ),
    ]


def _family(pid: int) -> list[int]:
    """A process and its children."""
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return [pid]
    return [pid, *map(int, listed.split())]


def _proportional(pid: int) -> float:
    """Bytes that a process holds, each shared page divided among those that share it (PSS)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:  # it has just ended
        return 0.0
    return next((float(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0.0)


def main() -> int:
    """Verify a ledger; 0 if nothing failed. For the benchmark, which watches this process."""
    report = verify_ledger_file(Path(sys.argv[1]) / "ledger.db", None)
    failed: list[Any] = [check.to_json() for check in report.in_order() if check.status == "failed"]
    if failed:
        sys.stderr.write(repr(failed) + os.linesep)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
