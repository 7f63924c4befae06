"""The command itself: its verbs, and one clear message for whatever is wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, Final

import typer

from vsmlab.cli import app as browser
from vsmlab.cli import bench, catalogue, experiments, nightly, refusing, runs
from vsmlab.errors import InputError, VsmLabError

app = typer.Typer(
    name="vsmlab",
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
    """A laboratory for viable systems: write an organisation down once, simulate it, take it apart.

    To begin: vsmlab run mm3 runs the smallest scenario, vsmlab app opens the lab in a browser.
    """


VERBS: Final[tuple[tuple[Callable[..., int], str], ...]] = (
    (catalogue.scenarios, "List the scenarios that came along."),
    (catalogue.new, "Write a small scenario to start from."),
    (catalogue.validate, "Check a scenario without running it."),
    (runs.run, "Run a scenario: journal, measures, report."),
    (browser.app, "Open the lab in a browser: draw, play, run, compare."),
    (runs.report, "Write the report of a run again: one HTML file."),
    (runs.verify, "Say whether a run's journal is as it was written."),
    (runs.branch, "What if: the same run up to a moment, then another one."),
    (runs.resume, "Go on with a run that was cut short."),
    (experiments.sweep, "Run a scenario at many points, with intervals."),
    (experiments.knockout, "Say what each System and each channel is worth."),
    (experiments.warmup, "Draw how a measure settles, and where to cut."),
    (nightly.nightly, "Execute notebooks and scenarios by the clock."),
    (catalogue.data, "List the data sets, or fetch one."),
    (catalogue.schema, "Print the JSON Schema of scenarios."),
    (bench.bench, "Measure the engines against SimPy and others."),
)
"""In the order in which somebody new needs them, each in a line that no terminal cuts short."""
for verb, line in VERBS:
    app.command(short_help=line)(verb)


def main(arguments: list[str] | None = None) -> None:
    """Run the command and exit: 0 good, 1 the run or check failed, 2 the input was wrong."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        verbs = [verb.__name__ for verb, _ in VERBS]
        if given and not given[0].startswith("-") and given[0] not in verbs:
            _say(refusing.unknown_verb(given[0], verbs))
            sys.exit(WRONG_INPUT)
        code = app(args=given or ["--help"], standalone_mode=False)
        if code == INTERRUPTED:
            raise KeyboardInterrupt
        sys.exit(code if isinstance(code, int) else GOOD)
    except InputError as exc:
        _say(str(refusing.in_shell(exc, given)))
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
        _say(refusing.in_words(exc, given))
        sys.exit(WRONG_INPUT)
    except OSError as exc:
        if not isinstance(exc, BrokenPipeError):
            where = "" if exc.filename is None else f" {exc.filename}"
            _say(f"cannot read or write{where}: {exc.strerror or exc}")
            sys.exit(FAILED)
        sys.stderr.close()
        sys.exit(FAILED)


def _say(text: str) -> None:
    """One line on standard error; control characters of hostile input are shown, not obeyed."""
    shown = "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
    print(f"vsmlab: {shown}", file=sys.stderr)  # noqa: T201 - this is the shell
