"""The entry point: `pledger`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from copy import copy
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command_name
from typer.models import CommandInfo

from api.cli import (
    backing_up,
    bundling,
    changes,
    consent,
    copying,
    describing,
    drafting,
    evaluation,
    exporting,
    figures,
    findings,
    following,
    history,
    importing,
    importing_comparison,
    importing_edition,
    importing_rows,
    importing_treasury,
    importing_votes,
    inbox,
    keys,
    logkeys,
    migrating,
    money,
    obligations,
    opendata,
    opening,
    oversight,
    printing,
    publishing,
    questions,
    reading,
    receipts,
    reconciling,
    restoring,
    services,
    serving,
    signer,
    signing,
    submitting,
    templates,
    trusting,
    verifying,
    webhooks,
    witness,
)
from api.cli.screen import UNREACHABLE, say
from api.cli.secret_places import refuse_conninfos
from api.cli.usage import reword
from api.cli.words import default_language
from api.texts.language import Language


class Commands(TyperGroup):
    """Turns errors into words on stderr and an exit code; nothing else is caught."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """A password is refused before anything could name it."""
        name, command, rest = super().resolve_command(ctx, args)
        refuse_conninfos(str(name), rest)
        return name, command, rest

    def invoke(self, ctx: Any) -> Any:
        from ledger.errors import LedgerError

        given = [*getattr(ctx, "_protected_args", ()), *ctx.args]
        try:
            return super().invoke(ctx)
        except LedgerError as error:
            from api.cli.failures import exit_code, explain

            explain(error, _language(given))
            raise typer.Exit(exit_code(error)) from error
        except typer.BadParameter as error:
            reword(error, _language(given))
            raise
        except BrokenPipeError:
            # Whoever reads us has read enough; the interpreter must not complain at exit either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except OSError as error:
            from api.texts.reasons import system_words

            say(f"{error.filename or ''}: {system_words(error)[_language(given)]}", "red")
            raise typer.Exit(UNREACHABLE) from error


app = typer.Typer(
    name="pledger",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pledger {version('pledger')}")
        raise typer.Exit


@app.callback(epilog="Облік публічних програм: підписані події, стан на будь-яку дату, доказ обох.")
def pledger(
    _: Annotated[
        bool,
        typer.Option("--version", is_eager=True, help="Print the version.", callback=_version),
    ] = False,
) -> None:
    """Keeps a public programme's promises on the record.

    Exit codes: 0 ok; 1 verification failed, refused, or needs acknowledgement; 2 usage;
    3 cannot read or reach.
    """


def _language(arguments: Sequence[str]) -> Language:
    """What --lang asked for, also of a command that failed."""
    for name, value in zip(arguments, [*arguments[1:], ""], strict=True):
        wanted = name.removeprefix("--lang=") if name.startswith("--lang=") else value
        if name.startswith("--lang") and wanted in ("uk", "en"):
            return "uk" if wanted == "uk" else "en"
    return default_language()


# In the order in which --help lists them.
for family in (
    reading,
    figures,
    money,
    reconciling,
    findings,
    questions,
    history,
    following,
    changes,
    inbox,
    obligations,
    evaluation,
    consent,
    oversight,
    importing,
    importing_edition,
    importing_comparison,
    importing_rows,
    importing_treasury,
    importing_votes,
    templates,
    drafting,
    signing,
    submitting,
    receipts,
    bundling,
    exporting,
    printing,
    keys,
    opening,
    trusting,
    verifying,
    logkeys,
    signer,
    services,
    serving,
    describing,
    migrating,
    publishing,
    opendata,
    copying,
    backing_up,
    restoring,
    witness,
    webhooks,
):
    family.register(app)


def main() -> None:
    """Run the command that the arguments name, and exit."""
    only(sys.argv[1:2])()


def only(named: Sequence[str]) -> typer.Typer:
    """With the command alone that is named, else with all: typer builds what it is given."""
    alone = copy(app)
    alone.registered_commands = [info for info in app.registered_commands if _name(info) in named]
    alone.registered_groups = [info for info in app.registered_groups if info.name in named]
    return alone if alone.registered_commands or alone.registered_groups else app


def _name(info: CommandInfo) -> str:
    assert info.callback is not None
    return info.name or get_command_name(info.callback.__name__)


if __name__ == "__main__":
    main()
