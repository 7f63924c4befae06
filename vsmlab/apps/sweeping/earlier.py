"""Experiments that were made before, here or in the shell: to be shown, gone on with, or given more seeds."""

from __future__ import annotations

from pathlib import Path

from vsmlab.apps.lab import Lab
from vsmlab.apps.sweeping import kept
from vsmlab.apps.sweeping.asking import SEEDS
from vsmlab.apps.sweeping.pieces import press
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted


def earlier(lab: Lab) -> Markup:
    """The experiments in the folder of sweeps, the newest first."""
    found = kept.all_kept(lab)
    where = element("code", f"{kept.SWEEPS}/")
    head = element("h2", "Earlier experiments")
    if not found:
        return join([head, element("p", "None yet in ", where, ".", class_="soft")])
    going = {Path(job.order["folder"]).name for job in lab.jobs.all()
             if "experiment" in job.order and not job.over}  # fmt: skip
    names = ("Experiment", "What was tried", "Runs", "Written", "Do")
    heads = [element("th", name, scope="col", class_="number" if name == "Runs" else None) for name in names]
    rows = [_row(one, one.name in going) for one in found[: kept.MOST_SHOWN]]
    table = element("table", element("caption", "Experiments in ", where), element("thead", element("tr", *heads)),
                    element("tbody", *rows))  # fmt: skip
    scroll = element(
        "div", table, class_="scroll", role="region", aria_label="Earlier experiments", tabindex="0"
    )
    more = len(found) - kept.MOST_SHOWN
    note = element("p", f"{counted(more, 'older one')} not shown.", class_="note") if more > 0 else None
    return join(part for part in (head, scroll, note) if part is not None)


def _row(one: kept.Kept, going: bool) -> Markup:
    name = element("th", one.name, scope="row", class_="point")
    if one.wrong:
        return element(
            "tr", name, element("td", one.wrong, colspan="4", class_="wrong-text"), data_key=one.name
        )
    wanted = one.points * one.wanted
    runs = f"{one.done:,} of {wanted:,}" if wanted > one.done else f"{one.done:,}"
    if one.failed:
        runs += f", {one.failed:,} failed"
    acts = []
    if one.finished:
        acts.append(press("Show", "open", f"Show {one.name}", data_name=one.name, class_="plain"))
    if not going:
        label = "More seeds" if one.finished and not one.failed and wanted <= one.done else "Go on"
        box = element("input", name_="seeds", value=str(one.wanted or SEEDS), inputmode="numeric", size="4",
                      aria_label=f"Seeds of {one.name}", autocomplete="off")  # fmt: skip
        go_on = element("button", label, type="submit", class_="plain", aria_label=f"{label}: {one.name}")
        acts.append(element("form", box, go_on, data_do="go-on", data_name=one.name, class_="row seeds"))
    else:
        acts.append(element("span", "going on", class_="soft small"))
    return element(
        "tr",
        name,
        element("td", one.varied),
        element("td", runs, class_="number"),
        element("td", one.when, class_="small when"),
        element("td", element("div", *acts, class_="row"), class_="acts"),
        data_key=one.name,
    )
