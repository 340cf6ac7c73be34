"""docs/cookbook.md, run as it stands: every shell block, in order, in one shell, against a demo."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.ports import free_port
from tests.support.prefork import command_on_path

ROOT = Path(__file__).resolve().parents[2]
COOKBOOK = ROOT / "docs" / "cookbook.md"
TOOLS = ("curl", "jq", "openssl", "python3", "sh", "awk")
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PORT = re.compile(r"(?<=127\.0\.0\.1:)80[0-9]{2}|(?<=--port )80[0-9]{2}")
TERMINAL = re.compile(r"^(pledger .* --port ([0-9]+)\b.*?) +#.*\bterminal\b.*$", re.MULTILINE)
ENDS = re.compile(r"^(pledger .*?) +# exit ([0-9])\b.*$", re.MULTILINE)
# What a comment says that is printed: alone on a line, in quotation marks up to …, or after an exit code.
PRINTS = re.compile(r"^# (.+)$|# \"([^\"…]+)|# exit [0-9]: ([\w-]+)|# (VERIFIED)$", re.MULTILINE)
MARK = re.compile(r"^=block [0-9]+\n", re.MULTILINE)
BY_HAND = "by-hand.sh"  # takes long, and docs/verify-by-hand.md has a test of its own
DEMO_PORT = "8000"
AMOUNT = re.compile(r"-?[0-9]+\.[0-9]{2}")

# What a person does besides: another terminal, and waiting until something is there.
PRELUDE = r"""
set -eu
await() {
  tries=0
  until "$@" > /dev/null 2>&1; do
    tries=$((tries + 1)); [ $tries -lt 2400 ] || { echo "never: $*" >&2; exit 98; }
    sleep 0.05
  done
}
witnessed() { curl -s "http://127.0.0.1:$1/v1" | grep -q '"witnessed":{'; }
terminal() {
  port=$1; shift
  if [ -f "$port.pid" ]; then kill "$(cat "$port.pid")"; wait "$(cat "$port.pid")" || :; fi
  "$@" > "$port.log" 2>&1 &
  echo $! > "$port.pid"
  await curl -s "http://127.0.0.1:$port/"
  case "$*" in *--policy*) await witnessed "$port";; esac
}
pledger demo --data build/demo --port DEMO > demo.log 2>&1 &
await grep -q Ctrl+C demo.log
"""


@dataclass(frozen=True)
class Kitchen:
    """Where the recipes were tried. blocks: as the document has them, with ports of this machine; printed:
    what each printed on either stream; code: of the shell; errors: what it said last."""

    folder: Path
    env: dict[str, str]
    blocks: list[str]
    printed: list[str]
    code: int
    errors: str

    def block(self, words: str) -> tuple[str, str]:
        """The block that holds these words, and what it printed."""
        (number,) = (number for number, block in enumerate(self.blocks) if words in block)
        return self.blocks[number], self.printed[number]


def free_ports(names: set[str]) -> dict[str, str]:
    """The document's port numbers → ones that nobody listens on."""
    return {name: str(free_port()) for name in sorted(names)}


def as_run(block: str) -> str:
    """A block as the shell gets it: other terminals are started, and announced exit codes demanded."""
    if BY_HAND in block:
        return ""
    block = TERMINAL.sub(r"terminal \2 \1", block)
    return ENDS.sub(r"if \1; then echo 'ended well: \1' >&2; exit 97; else test $? -eq \2; fi", block)


def script_of(blocks: list[str], demo_port: str) -> str:
    """All of them for one shell; both streams tell where each begins."""
    mark = "printf '\\n=block %s\\n' {0}; printf '\\n=block %s\\n' {0} >&2\n"
    parts = [mark.format(number) + as_run(one) for number, one in enumerate(blocks)]
    return PRELUDE.replace("DEMO", demo_port) + "".join(parts)


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kitchen]:
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"not here: {', '.join(missing)}")
    folder = tmp_path_factory.mktemp("cookbook")
    for name in ("docs", "api"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "passphrase").write_text("demo\n")
    text = COOKBOOK.read_text(encoding="utf8")
    ports = free_ports(set(PORT.findall(text)))
    blocks = [PORT.sub(lambda found: ports[found[0]], block) for block in BLOCK.findall(text)]
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PLEDGER_LANG": "en",
        "PLEDGER_SERVER": f"http://127.0.0.1:{ports[DEMO_PORT]}",
        "PLEDGER_PASSPHRASE_FILE": str(folder / "passphrase"),  # in which a person types "demo"
        "COLUMNS": "200",
    }
    quick = "import ledger.keyfile; ledger.keyfile.ROUNDS = 0x010001"  # key files that open in no time
    with command_on_path(folder / "bin", env, before=quick) as command:
        # As after `. .venv/bin/activate`, but with the prompt that starts fast.
        env["PATH"] = f"{command}:{Path(sys.executable).parent}:{env['PATH']}"
        (folder / "script.sh").write_text(script_of(blocks, ports[DEMO_PORT]), encoding="utf8")
        done = subprocess.run(
            ["sh", "script.sh"], cwd=folder, env=env, capture_output=True, text=True, timeout=600, check=False
        )
        streams = [MARK.split(stream)[1:] for stream in (done.stdout, done.stderr)]
        printed = ["".join(parts) for parts in zip(*streams, strict=False)]
        yield Kitchen(folder, env, blocks, printed, done.returncode, done.stderr[-3000:])


def test_every_command_ends_as_it_is_said(kitchen: Kitchen) -> None:
    assert kitchen.code == 0, kitchen.errors
    assert len(kitchen.printed) == len(kitchen.blocks)


def test_every_command_prints_what_its_comment_says(kitchen: Kitchen) -> None:
    said = [
        (next(filter(None, found)), printed)
        for block, printed in zip(kitchen.blocks, kitchen.printed, strict=True)
        for found in PRINTS.findall(block)
    ]
    assert len(said) > 6
    for words, printed in said:
        assert words in printed


def test_what_would_rest_on_a_quashed_act_is_what_the_text_says(kitchen: Kitchen) -> None:
    _, printed = kitchen.block("quash.json")
    text = " ".join(COOKBOOK.read_text(encoding="utf8").split())
    carried, *added = re.search(
        r"Here № (\d+) carries the act out, and № (\d+), № (\d+) and № (\d+) add", text
    ).groups()  # type: ignore[union-attr] # the sentence is there
    rows = {(words[0], words[1]) for line in printed.splitlines() if len(words := line.split()) == 3}
    # The API counts entries from nought, people from one.
    assert {(str(int(carried) - 1), "cites"), *((str(int(one) - 1), "adds") for one in added)} <= rows


def test_no_command_is_left_to_a_reader_of_the_future(kitchen: Kitchen) -> None:
    """Each block holds a command, and nothing stands in angle brackets to be filled in."""
    for block in kitchen.blocks:
        assert re.search(r"^(pledger|curl|mkdir|cat|export|LOG=|cp|unset)\b", block, re.MULTILINE)
        assert "<…>" not in block


def test_who_follows_the_log_by_a_recipe_has_every_entry_once(kitchen: Kitchen) -> None:
    _, printed = kitchen.block("cat cursor")
    rows = [line.split("\t") for line in printed.splitlines() if line.count("\t") == 2]
    assert [int(row[0]) for row in rows] == [*range(len(rows))]
    assert str(len(rows)) == (kitchen.folder / "cursor").read_text().strip()
    _, counted = kitchen.block("follow.py")
    changes = sum(kind == "financing.changed" for _, kind, _ in rows)
    assert re.findall(r"(\d+) changes of financing", counted) == [str(changes)] * 2


def amounts_of(kitchen: Kitchen, table: str, **only: str) -> Decimal:
    """What the column `amended` of a table comes to, without the words in it."""
    with (kitchen.folder / table).open(encoding="utf8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if only.items() <= row.items()]
    return sum((Decimal(row["amended"]) for row in rows if AMOUNT.fullmatch(row["amended"])), Decimal())


def test_sums_are_the_same_in_each_recipe(kitchen: Kitchen) -> None:
    assert amounts_of(kitchen, "budget.csv") == amounts_of(kitchen, "plan.csv") > 0
    _, by_client = kitchen.block("show_budget")
    assert f"2025: {amounts_of(kitchen, 'budget.csv', year='2025')} UAH" in by_client
    _, by_sql = kitchen.block("plan.sql")
    assert f" {amounts_of(kitchen, 'plan.csv')} " in by_sql


def test_a_generator_makes_a_client_without_a_warning(kitchen: Kitchen) -> None:
    _, printed = kitchen.block("openapi-python-client generate")
    assert "arning" not in printed


@pytest.mark.slow
def test_a_bundle_of_the_demo_verifies_by_hand(kitchen: Kitchen) -> None:
    block, _ = kitchen.block(BY_HAND)
    done = subprocess.run(
        ["sh", "-ec", block],
        cwd=kitchen.folder,
        env=kitchen.env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every signature holds" in done.stdout
