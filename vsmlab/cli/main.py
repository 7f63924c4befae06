"""The command itself: its verbs, and one clear message for whatever is wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, cast

import typer

from vsmlab.cli import app as browser
from vsmlab.cli import bench, catalogue, experiments, nightly, runs
from vsmlab.errors import InputError, VsmLabError

app = typer.Typer(
    name="vsmlab",
    help="A laboratory for viable systems: write an organisation down once, simulate it, take it apart.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

GOOD, FAILED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130


def _version(value: bool) -> None:
    if value:
        from importlib.metadata import version

        typer.echo(f"vsmlab {version('vsmlab')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and stop.")
    ] = False,
) -> None:
    """A laboratory for viable systems: write an organisation down once, simulate it, take it apart."""


for verb in (
    catalogue.new,
    runs.run,
    runs.resume,
    runs.branch,
    runs.verify,
    runs.report,
    experiments.sweep,
    experiments.knockout,
    nightly.nightly,
    experiments.warmup,
    catalogue.validate,
    catalogue.schema,
    catalogue.scenarios,
    catalogue.data,
    bench.bench,
    browser.app,
):
    app.command()(cast("Callable[..., int]", verb))


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit: 0 good, 1 the run or check failed, 2 the input was wrong."""
    try:
        given = sys.argv[1:] if arguments is None else arguments
        code = app(args=given or ["--help"], standalone_mode=False)
        if code == INTERRUPTED:
            raise KeyboardInterrupt
        sys.exit(code if isinstance(code, int) else GOOD)
    except InputError as exc:
        _say(str(exc))
        sys.exit(WRONG_INPUT)
    except VsmLabError as exc:
        _say(str(exc))
        sys.exit(FAILED)
    except typer.Abort:
        _say("interrupted: nothing was written")
        sys.exit(INTERRUPTED)
    except KeyboardInterrupt:
        _say("interrupted: nothing was written")
        sys.exit(INTERRUPTED)
    except typer.TyperException as exc:
        _say(exc.format_message())
        sys.exit(WRONG_INPUT)
    except OSError as exc:
        if not isinstance(exc, BrokenPipeError):
            _say(f"cannot write: {exc.strerror or exc}")
            sys.exit(FAILED)
        sys.stderr.close()
        sys.exit(FAILED)


def _say(text: str) -> None:
    """One line on standard error; control characters of hostile input are shown, not obeyed."""
    shown = "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
    print(f"vsmlab: {shown}", file=sys.stderr)  # noqa: T201 - this is the shell
