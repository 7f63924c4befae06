"""From a finished run to its report: main figures, the parts in order, one file."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from vsmlab.errors import InputError
from vsmlab.lab.record import Run
from vsmlab.lab.report import flow, remarks
from vsmlab.lab.report.audits_part import audit_findings
from vsmlab.lab.report.balance_part import homeostats
from vsmlab.lab.report.bargain_part import bargain
from vsmlab.lab.report.by_hand import by_hand
from vsmlab.lab.report.children_part import life_of_children
from vsmlab.lab.report.context import Context, context_of
from vsmlab.lab.report.coordination_part import coordination
from vsmlab.lab.report.foresight_part import forecasts
from vsmlab.lab.report.life_part import life_and_death
from vsmlab.lab.report.numerals import duration, number, percent, seconds
from vsmlab.lab.report.organisation import diagrams
from vsmlab.lab.report.page import Expectation, Figure, Header, Levels, Report, Section, write_page
from vsmlab.lab.report.pains_part import algedonics
from vsmlab.lab.report.variety_part import variety


def write_report(run: Run, out: Path | None = None) -> Path:
    """Write the report of a run as one HTML file that needs nothing else.

    Args:
        run: A finished run.
        out: The file; ``report.html`` in the run's folder if unsaid. An older one is replaced, whole.

    Returns:
        The file.

    Raises:
        InputError: If there cannot be such a file.
        PeerError: If the run's files are not what this version of vsmlab writes.
    """
    target = run.folder / "report.html" if out is None else Path(out)
    if target.is_dir():
        raise InputError(
            "", "out", "it is a folder", given=str(target), right="name a file, such as report.html"
        )
    if not target.parent.is_dir():
        raise InputError(
            "", "out", "its folder does not exist", given=str(target), right="make the folder first"
        )
    page = write_page(report_of(run))
    hidden = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        hidden.write_text(page, encoding="utf-8")
        hidden.replace(target)
    except OSError as exc:
        wrong = f"it cannot be written ({exc.strerror})"
        raise InputError(
            "", "out", wrong, given=str(target), right="name a file that may be written"
        ) from exc
    finally:
        hidden.unlink(missing_ok=True)
    return target


def report_of(run: Run) -> Report:
    """Everything that the page of a run shows."""
    context = context_of(run)
    sections = (
        _organisation(context),
        by_hand(context),
        flow.demand(context),
        flow.queues(context),
        bargain(context),
        coordination(context),
        audit_findings(context),
        forecasts(context),
        homeostats(context),
        algedonics(context),
        life_and_death(context),
        life_of_children(context),
        variety(context),
        remarks.channels(context),
        remarks.indices(context),
        remarks.unusual(context),
        remarks.how(context),
    )
    expected = tuple(
        Expectation(
            one.measure,
            one.wanted,
            one.value,
            None if one.value is None else one.passed,
            one.why or one.reason,
        )
        for one in run.verdicts
    )
    return Report(
        _header(context),
        tuple(section for section in sections if section is not None),
        expected,
        tuple(run.measures["not_estimable"].items()),
    )


def _header(context: Context) -> Header:
    manifest = context.run.manifest
    return Header(
        title=manifest["title"],
        name=manifest["name"],
        seed=manifest["seed"],
        engine=manifest["engine"],
        digest=manifest["digest"],
        horizon_s=manifest["horizon"],
        warmup_s=manifest["warmup"],
        shows=context.scenario.shows.strip(),
        lesson=context.scenario.lesson.strip(),
        versions={
            name: manifest["versions"][name] for name in ("vsmlab", "python") if name in manifest["versions"]
        },
        counts={"journal rows": manifest["counts"]["rows"], "messages": manifest["counts"]["messages"]},
        figures=tuple(_figures(context)),
    )


def _figures(context: Context) -> list[Figure]:
    unit, system = context.unit(context.root), context.system(context.root)
    figures = [_wait(context)]
    if unit["p95_wait_s"] is not None:
        figures.append(Figure("p95 wait", duration(unit["p95_wait_s"]), "19 of 20 tasks wait no longer"))
    ended = sum(unit[name] for name in ("served", "shed", "failed", "abandoned"))
    share = percent(unit["served"] / ended) if ended else "–"
    figures.append(
        Figure("served", f"{unit['served']:,}", f"{share} of all that left; {unit['arrivals']:,} came")
    )
    gain = system.get("gain_over_best_fixed_split")
    if gain is not None:
        fixed = duration(system["best_fixed_split_wait_s"])
        figures.append(
            Figure("gain over the best fixed split", f"× {number(gain)}", f"that would mean {fixed}")
        )
        pool = duration(system["one_pool_wait_s"])
        figures.append(Figure("one pool would give", pool, "mean wait, without any autonomy"))
    elif system.get("imbalance_rms") is not None:
        imbalance = number(system["imbalance_rms"])
        figures.append(Figure("imbalance", imbalance, "tasks between siblings, root mean square"))
    busy = "–" if unit["utilisation"] is None else f"{percent(unit['utilisation'])} of their time busy"
    figures.append(Figure("agents", number(context.history.agents[0]), busy))
    if unit["cost_usd"]:
        figures.append(Figure("cost", f"{number(unit['cost_usd'])} USD", "of all that was served"))
    return figures


def _wait(context: Context) -> Figure:
    unit = context.unit(context.root)
    if unit["mean_wait_s"] is None:
        return Figure("mean wait", "–", context.why(f"units.{context.root}.mean_wait_s"))
    interval = unit["mean_wait_interval_s"]
    if interval is None:
        why = re.sub(r" \(.*?\)", "", context.why(f"units.{context.root}.mean_wait_interval_s"))
        note = f"no interval: {why}" if why else ""
    else:
        note = f"95 %: {duration(interval[0])} to {duration(interval[1])}"
    return Figure("mean wait", duration(unit["mean_wait_s"]), note)


def _organisation(context: Context) -> Section:
    systems = diagrams(context)
    lead = (
        "Beer's drawing, coloured by this run: the ring around an operation is the share of time its agents are "
        "busy, the colour how well work flows (the share of tasks that are served, times the part of their stay "
        "that is not waiting), a line's width the messages that went over it."
    )
    if len(systems) > 1:
        lead += " A double ring holds a viable system: follow it downwards, and the trail upwards."
    if not context.viable():
        lead = (
            f"{context.root} is a single operation: there is nothing to coordinate or to control. The ring is the "
            "share of time its agents are busy, the colour how well work flows (the "
            "share of tasks that are served, times the part of their stay that is not waiting)."
        )
    out = [entry.system or f"channel {entry.channel}" for entry in context.scenario.knockout]
    if out:
        lead += f" Knocked out: {', '.join(out)}."
    later = [one for one in context.troubles if one.what == "knocked out"]
    if later:
        said = [f"{one.path} at {seconds(one.begin)}" for one in later]
        lead += f" Knocked out while it ran: {', '.join(said)}."
    return Section("organisation", "The organisation", lead, (Levels(systems),))
