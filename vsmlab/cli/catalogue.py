"""Verbs on scenarios and data: new, validate, schema, scenarios, data."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vsmlab.cli.refusing import check_writable
from vsmlab.cli.runs import JsonOption, ScenarioArgument, SetOption, TraceOption, traces
from vsmlab.errors import InputError

TEMPLATE = """\
# {name}: say here what there is to see, and what you expect.
version: 1
name: {name}
title: Two teams that share the work
horizon: 3600                       # seconds, as every time
warmup: 300
seed: 1
environment:
  demand:
    requests:
      arrivals: {{poisson: {{rate: 1.5}}}}
      work: {{exponential: {{mean: 2.0}}}}
      to: {name}
organisation:
  name: {name}
  system2: {{period: 5, gain: 0.4}}   # damps: moves waiting work between the teams
  system3: {{period: 30}}             # bargains: moves agents between the teams
  operations:
    first: {{agents: 2}}
    second: {{agents: 3}}
expect:
  - {{measure: units.{name}.mean_wait_s, max: 10, why: five agents for three erlangs}}
"""


def new(
    name: Annotated[str, typer.Argument(help="Name of the scenario: small letters, digits and hyphens.")],
    folder: Annotated[Path, typer.Option(help="Where to write NAME.yaml.")] = Path(),
) -> int:
    """Write a small scenario to start from."""
    from vsmlab.lab.scenario.base import RESERVED_NAMES

    if not re.fullmatch(r"[a-z][a-z0-9-]{0,63}", name):
        right = "small letters, digits and hyphens, beginning with a letter, such as two-teams"
        raise InputError("command line", "NAME", "not a name", given=name or "nothing", right=right)
    if name in RESERVED_NAMES:
        right = "scenarios use this word for a part of themselves: take another"
        raise InputError("command line", "NAME", "not a name", given=name, right=right)
    file = folder / f"{name}.yaml"
    if not folder.is_dir():
        wrong = "a file, not a folder" if folder.exists() else "there is no such folder"
        right = "name a folder that is there"
        raise InputError("command line", "--folder", wrong, given=str(folder), right=right)
    check_writable("--folder", file)
    try:
        with file.open("x", encoding="utf-8") as written:
            written.write(TEMPLATE.format(name=name))
    except FileExistsError as exc:
        right = "choose another name; nothing is overwritten"
        raise InputError(
            "command line", "NAME", "the file exists already", given=str(file), right=right
        ) from exc
    typer.echo(f"{file}\nrun it: vsmlab run {file}")
    return 0


def validate(
    scenario: ScenarioArgument, set_: SetOption = None, trace: TraceOption = None, as_json: JsonOption = False
) -> int:
    """Check a scenario without running it, the files that it names included."""
    from vsmlab.lab.build import build
    from vsmlab.lab.loader import load

    loaded = load(scenario, overrides=set_ or [], trace=traces(trace))
    start = build(loaded)
    nodes, agents = len(start.places), loaded.scenario.organisation.all_agents
    if as_json:
        said = {"name": loaded.scenario.name, "sha256": loaded.text_sha256, "nodes": nodes, "agents": agents}
        typer.echo(json.dumps(said | {"receivers": len(start.paths)}))
    else:
        typer.echo(
            f"good: {loaded.scenario.name}, {nodes} nodes, {len(start.paths)} receivers, {agents} agents"
        )
    return 0


def schema() -> int:
    """Print the JSON Schema of scenarios."""
    from vsmlab.lab.schema import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))
    return 0


def scenarios(as_json: JsonOption = False) -> int:
    """List the shipped scenarios, the simplest first."""
    from vsmlab.lab.begin_here import BEGIN_HERE
    from vsmlab.lab.loader import shipped_scenarios

    order = {step.name: at for at, step in enumerate(BEGIN_HERE)}
    found = sorted(shipped_scenarios(), key=lambda one: order.get(one.name, len(order)))
    if as_json:
        typer.echo(
            json.dumps([{"name": s.name, "title": s.title, "shows": s.shows} for s in found], indent=1)
        )
        return 0
    table = Table(box=None, pad_edge=False)
    table.add_column("name", no_wrap=True)
    table.add_column("title")
    for entry in found:
        table.add_row(Text(entry.name), Text(entry.title))
    Console(highlight=False).print(table)
    return 0


def data(
    name: Annotated[
        str | None, typer.Argument(help="A data set to fetch; without one, they are listed.")
    ] = None,
    folder: Annotated[Path | None, typer.Option(help="Where to put it; the user's cache if unsaid.")] = None,
    as_json: JsonOption = False,
) -> int:
    """List known data sets with source, licence and checksum, or fetch one."""
    import os

    from vsmlab.lab.datasets import DATASETS, cache_folder, dataset, fetch, find

    if name is not None:
        dataset(name)
        check_writable("--folder", None if folder is None else folder / name)
        typer.echo(str(fetch(name, folder if folder is not None else cache_folder(os.environ))))
        return 0
    rows = [
        {"name": d.name, "title": d.title, "source": d.source, "url": d.url, "licence": d.licence,
         "sha256": d.sha256, "size_bytes": d.size_bytes, "here": str(find(d.name) or "")}
        for d in DATASETS.values()
    ]  # fmt: skip
    if as_json:
        typer.echo(json.dumps(rows, indent=1))
        return 0
    console = Console(highlight=False)
    for row in rows:
        console.print(Text(str(row["name"]), style="bold"), Text(str(row["title"])))
        for key in ("source", "licence", "sha256", "size_bytes", "here"):
            console.print(
                Text(f"  {key:<11}"),
                Text(str(row[key] or "not here: vsmlab data " + str(row["name"]))),
                soft_wrap=True,
            )
    return 0
