"""git: a file of lines for each programme, a signed commit for each change, by git's own CLI.

Durable: core.fsync=all, core.fsyncMethod=fsync. States come from one `git cat-file --batch` that stays open,
causes from `git blame`. In git's favour: commits are found in an array by their number, not by date; packed,
with a commit-graph and changed paths. A blame is of the line as it stands: who wrote it last and why.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO, NamedTuple

from tests.bench.peers.protocol import (
    CHECKED,
    Change,
    Differing,
    Members,
    Question,
    Source,
    Step,
    Written,
    bytes_under,
    in_batches,
    serve,
)

CONFIG = {
    "user.name": "bench",
    "user.email": "bench@bench.example",
    "core.fsync": "all",
    "core.fsyncMethod": "fsync",
    "gpg.format": "ssh",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "commit.status": "false",
    "core.quotePath": "false",
    "pack.windowMemory": "200m",
}
REPACK = ("repack", "-a", "-d", "-f", "-q", "--depth=50", "--window=10")
GRAPH = ("commit-graph", "write", "--reachable", "--changed-paths", "--no-progress")
FIRST_SECOND = 1_767_225_600  # of the commits that fast-import makes, each a second later
BLAMED = re.compile(r"^([0-9a-f]{40}) \d+ (\d+)(?: \d+)?$")
Cells = dict[str, str]


class Cause(NamedTuple):
    who: str
    act: str | None
    reason: str


class Git:
    """Implements Peer."""

    def __init__(self) -> None:
        self.place = Path()
        self.commits: list[str] = []  # by the number of the change
        self._files: dict[str, Cells] = {}
        self._objects: Objects | None = None

    def open(self, place: Path) -> Members:
        self.place = place
        self._run("init", "-q", "-b", "main", str(place), at=place.parent)
        key = place / ".git" / "bench-key"
        if not key.exists():
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        public = key.with_suffix(".pub").read_text(encoding="utf8")
        allowed = place / ".git" / "bench-signers"
        allowed.write_text(f"bench@bench.example {public}", encoding="utf8")
        signing = {"user.signingKey": str(key), "gpg.ssh.allowedSignersFile": str(allowed)}
        for name, value in (CONFIG | signing).items():
            self._run("config", name, value)
        version = self._run("version").removeprefix("git version ").strip()
        return {"git": version, "settings": {name: CONFIG[name] for name in ("core.fsync", "gpg.format")}}

    # -- recording -----------------------------------------------------------------------

    def fill(self, source: Source) -> None:
        """`git fast-import`, unsigned; then packed anew, since fast-import packs badly."""
        self._import(source)
        self._run("reset", "-q", "--hard")
        self._run(*REPACK)
        self._run(*GRAPH)

    def resume(self, source: Source) -> None:
        """The commits in an array, the files' lines in memory. The index knows the copied files again."""
        self.commits = self._run("rev-list", "--reverse", "main").split()
        for change in source.read():
            self._note(change)
        self._run("update-index", "-q", "--refresh")

    def _import(self, source: Source) -> None:
        marks = self.place / ".git" / "bench-marks"
        command = self._command("fast-import", "--quiet", "--date-format=raw", f"--export-marks={marks}")
        with subprocess.Popen(command, stdin=subprocess.PIPE, env=_environment()) as importing:
            assert importing.stdin is not None
            for batch in in_batches(source.read(), 20_000, "git"):
                for change in batch:
                    self._feed(importing.stdin, change)
            importing.stdin.close()
        if importing.returncode:
            raise RuntimeError(f"git fast-import ended with {importing.returncode}")
        self.commits = _read_marks(marks)
        marks.unlink()

    def _feed(self, to: IO[bytes], change: Change) -> None:
        message, body = _message(change).encode(), self._write(change).encode()
        who, when = _author(change.who), f"{FIRST_SECOND + change.n} +0000"
        to.write(f"commit refs/heads/main\nmark :{change.n + 1}\nauthor {who} {when}\n".encode())
        to.write(f"committer bench <bench@bench.example> {when}\ndata {len(message)}\n".encode())
        to.write(message)
        to.write(f"M 100644 inline {file_of(change.subject)}\ndata {len(body)}\n".encode())
        to.write(body + b"\n")

    def _write(self, change: Change) -> str:
        """What the change makes of its file."""
        cells = self._note(change)
        return "".join(f"{key}\t{cells[key]}\n" for key in sorted(cells))

    def _note(self, change: Change) -> Cells:
        """The file's lines after the change."""
        cells = self._files.setdefault(file_of(change.subject), {})
        for path, value in change.writes:
            key = key_of(change.subject, path)
            if value is None:
                cells.pop(key, None)
            else:
                cells[key] = value
        return cells

    def prepare(self, source: Source, threads: int) -> list[list[Step]]:
        """A repository has one index and one branch: its commits come one by one."""
        if threads > 1:
            raise NotImplementedError("one working copy commits one by one")
        return [[partial(self.commit, change) for change in source.read()]]

    def commit(self, change: Change) -> None:
        """Write the file and commit it, signed."""
        name = file_of(change.subject)
        file = self.place / name
        fresh = name not in self._files
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self._write(change), encoding="utf8")
        if fresh:
            self._run("add", name)
        author = f"--author={_author(change.who)}"
        self._run("commit", "-q", "-a", "-S", "--no-verify", author, "-m", _message(change))

    def check(self, place: Path, source: Source) -> str:
        """Trees, authors and messages are the same; the natural commits carry good signatures."""
        natural, bulk = Git(), Git()
        few = source._replace(size=min(source.size, CHECKED))
        for peer, name in ((natural, "natural"), (bulk, "bulk")):
            (place / name).mkdir(parents=True)
            peer.open(place / name)
        for change in few.read():
            natural.commit(change)
        bulk.fill(few)
        logs = [peer._run("log", "--format=%T %an %ae%n%B") for peer in (natural, bulk)]
        assert logs[0] == logs[1], "fast-import made other commits than git commit"
        natural._run("verify-commit", "HEAD")
        return f"{few.size} commits: trees, authors and messages; the last natural one's signature"

    # -- asking --------------------------------------------------------------------------

    def as_of(self, question: Question) -> dict[str, str | None]:
        return dict(self._cells(question.programme, question.k))

    def _cells(self, programme: str, k: int) -> Cells:
        body = self._opened().read(f"{self.commits[k - 1]}:{file_of(programme)}")
        return dict(line.split("\t", 1) for line in body.splitlines())

    def blame(self, question: Question) -> list[Written]:
        pattern = question.path.replace(".", "\\.").replace("/", "\\/")
        at = f"/^{pattern}\t/,+1"
        lines = list(self._blamed(question.programme, self.commits[question.k - 1], "-L", at))
        return [Written(value, *self._cause(commit)) for commit, _, value in lines]

    def diff(self, question: Question) -> list[Differing]:
        """Lines whose last commit is in the range, with the value that they had before it."""
        base, head = self.commits[question.earlier - 1], self.commits[question.k - 1]
        old = self._cells(question.programme, question.earlier)
        found = []
        for commit, path, value in self._blamed(question.programme, f"{base}..{head}"):
            if commit != base and old.get(path) != value:
                cause = self._cause(commit)
                found.append(Differing(path, old.get(path), value, cause.who, cause.act))
        return found

    def _blamed(self, programme: str, revisions: str, *options: str) -> Iterator[tuple[str, str, str]]:
        """Commit, path and value of each line; lines from before a range are not among them.

        Removed lines have no blame: this workload removes none.
        """
        said = self._run("blame", "--porcelain", *options, revisions, "--", file_of(programme))
        commit, boundaries = "", set[str]()
        for line in said.splitlines():
            if line.startswith("\t"):
                if commit not in boundaries or ".." not in revisions:
                    path, value = line[1:].split("\t", 1)
                    yield commit, path, value
            elif line == "boundary":
                boundaries.add(commit)
            elif (found := BLAMED.match(line)) is not None:
                commit = found[1]

    def _cause(self, commit: str) -> Cause:
        head, _, message = self._opened().read(commit).partition("\n\n")
        who = re.search(r"^author (\S+)", head, re.MULTILINE)
        act = re.search(r"^Act: (\S+)$", message, re.MULTILINE)
        reason = re.search(r"^Reason: (.*)$", message, re.MULTILINE)
        assert who is not None
        return Cause(who[1], act[1] if act else None, reason[1] if reason else "")

    def _opened(self) -> Objects:
        if self._objects is None:
            self._objects = Objects(self._command("cat-file", "--batch"))
        return self._objects

    # -- the rest ------------------------------------------------------------------------

    def size(self) -> int:
        return bytes_under(self.place / ".git")

    def close(self) -> None:
        if self._objects is not None:
            self._objects.close()

    def _command(self, *words: str) -> list[str]:
        return ["git", "-C", str(self.place), *words]

    def _run(self, *words: str, at: Path | None = None) -> str:
        command = ["git", "-C", str(at or self.place), *words]
        done = subprocess.run(command, check=False, capture_output=True, env=_environment())
        if done.returncode:
            raise RuntimeError(f"git {words[0]}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode()


class Objects:
    """One `git cat-file --batch`, asked for objects by name."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment()
        )

    def read(self, name: str) -> str:
        """Raises KeyError."""
        asked, answered = self._process.stdin, self._process.stdout
        assert asked is not None
        assert answered is not None
        asked.write(name.encode() + b"\n")
        asked.flush()
        header = answered.readline().split()
        if len(header) != 3:
            raise KeyError(name)
        return answered.read(int(header[2]) + 1)[:-1].decode()

    def close(self) -> None:
        self._process.communicate()


def file_of(subject: str) -> str:
    """A programme's file; the acts of a council by the hundred; one file for all registries."""
    kind, _, name = subject.partition(":")
    if kind == "act":
        council, _, number = name.rpartition("-")
        return f"acts/{council}/{int(number) // 100:04}.tsv"
    return "registry.tsv" if name or subject == "root" else f"programmes/{subject}.tsv"


def key_of(subject: str, path: str) -> str:
    """What a line starts with."""
    return path if ":" not in subject and subject != "root" else f"{subject}{path}"


def _author(who: str) -> str:
    return f"{who} <{who}@bench.example>"


def _message(change: Change) -> str:
    """Subject, then trailers."""
    trailers = {"Reason": change.reason, "Act": change.act, "Point": change.point}
    said = [f"{name}: {value}" for name, value in trailers.items() if value]
    return "\n".join([f"{change.kind} {change.subject}", *([""] if said else []), *said]) + "\n"


def _read_marks(path: Path) -> list[str]:
    """Commit ids by the number of the change."""
    found: dict[int, str] = {}
    with path.open(encoding="ascii") as lines:
        for line in lines:
            mark, commit = line.split()
            found[int(mark[1:])] = commit
    return [found[mark] for mark in range(1, len(found) + 1)]


def _environment() -> dict[str, str]:
    """No settings of the person who measures."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return kept | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "LC_ALL": "C.UTF-8"}


if __name__ == "__main__":
    serve(Git())
