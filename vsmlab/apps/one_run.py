"""The page of one run: its figures, Beer's diagram, notes, its report, and all of it as a zip."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from vsmlab.apps import index
from vsmlab.apps.lab import Lab, address
from vsmlab.apps.pages import Shown, Told, attempt
from vsmlab.apps.runs import verify
from vsmlab.errors import InputError, VsmLabError
from vsmlab.lab.record import Run
from vsmlab.lab.report import report_of, write_report
from vsmlab.lab.report.diagram import draw_system
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted, duration, number
from vsmlab.lab.report.page import Levels, Report
from vsmlab.lab.report.system import DiagramSystem, system_tables
from vsmlab.lab.report.table import draw_table


def page(lab: Lab, asked: Mapping[str, str]) -> Shown:
    """The page of the run that the address names."""
    name = asked.get("name", "")
    folder = lab.run_folder(name)
    row = index.row(lab, folder)
    if row.wrong:
        raise InputError("", name, f"a broken run: {row.wrong}")
    return Shown(row.title or name, OneRun(lab, name, Run(folder)))


class OneRun:
    """One run, as a window shows it."""

    def __init__(self, lab: Lab, name: str, run: Run) -> None:
        self._lab, self._name, self._run = lab, name, run
        self._told = Told()
        self._report = self._read()
        self._systems = _systems(self._report)
        self._level = self._systems[0].path if self._systems else ""
        self._actions = {
            "level": self._go,
            "keep-note": self._keep_note,
            "verify": lambda given: verify(self._lab, self._name, self._told),
            "write-report": self._write_report,
        }

    def _read(self) -> Report | None:
        try:
            return report_of(self._run)
        except VsmLabError as exc:
            self._told.refuse(str(exc))
            return None

    def layout(self) -> Markup:
        """Facts and figures, the diagram, notes and the report."""
        manifest = self._run.manifest
        facts = [
            ("run", self._name),
            ("scenario", str(manifest["name"])),
            ("seed", str(manifest["seed"])),
            ("engine", str(manifest["engine"])),
            ("horizon", duration(manifest["horizon"])),
            ("journal", counted(int(manifest["counts"]["rows"]), "row")),
        ]
        rows = [element("div", element("dt", name), element("dd", value)) for name, value in facts]
        rows.append(
            element("div", element("dt", "digest"), element("dd", element("code", self._run.digest[:16])))
        )
        acts = [
            element("button", "Verify", type="button", data_do="verify"),
            element("a", "Download as zip", href=address("/download", name=self._name), class_="button"),
            element("a", "Compare with another", href=address("/compare", a=self._name), class_="button"),
            element(
                "a",
                "All runs of this scenario",
                href=address("/runs", find=str(manifest["name"])),
                class_="button",
            ),
        ]
        notes = element(
            "form",
            element("label", element("h2", "Notes"), for_="notes"),
            element("textarea", index.read_notes(self._run.folder), name_="notes", id="notes"),
            element("div", element("button", "Keep the notes", type="submit"), class_="row"),
            data_do="keep-note",
            class_="panel",
        )
        return join(
            [
                element("dl", *rows, class_="facts"),
                element("div", element("div", *acts, class_="row"), class_="tools"),
                element("div", data_part="told", role="status"),
                self._figures(),
                self._expected(),
                element("section", data_part="diagram", class_="panel", aria_label="The organisation"),
                notes,
                element("section", data_part="report", class_="panel", aria_label="Report"),
            ]
        )

    def parts(self) -> dict[str, Markup]:
        """What it shows now."""
        return {"told": self._told.shown(), "diagram": self._diagram(), "report": self._shown_report()}

    def do(self, what: str, given: Mapping[str, str]) -> None:
        """What somebody pressed."""
        attempt(self._told, self._actions, what, given)

    def stamp(self) -> Hashable:
        """A finished run does not change."""
        return None

    def _figures(self) -> Markup:
        if self._report is None:
            return Markup("")
        cards = [
            element(
                "div",
                element("dt", one.name),
                element("dd", one.value, class_="big"),
                element("dd", one.note, class_="small soft") if one.note else None,
            )
            for one in self._report.header.figures
        ]
        return element("dl", *cards, class_="figures")

    def _expected(self) -> Markup:
        lines = []
        for one in self._run.verdicts:
            mark = (
                element("span", "✓ met", class_="pass")
                if one.passed
                else element("span", "✗ not met", class_="fail")
            )
            value = one.reason if one.value is None else number(one.value)
            lines.append(
                element("li", mark, " ", element("code", one.measure), f" is {value}, expected {one.wanted}")
            )
        if not lines:
            return Markup("")
        return element(
            "section",
            element("h2", "What was expected"),
            element("ul", *lines, class_="list"),
            class_="panel",
            aria_label="What was expected",
        )

    def _diagram(self) -> Markup:
        by_path = {system.path: system for system in self._systems}
        now = by_path.get(self._level)
        if now is None:
            return join(
                [element("h2", "The organisation"), element("p", "It cannot be drawn.", class_="soft")]
            )
        way = [now]
        while (above := way[0].parent_path) in by_path and len(way) <= len(by_path):
            way.insert(0, by_path[str(above)])
        crumbs = [
            element("li", element("span", one.name, aria_current="page"))
            if one is now
            else element(
                "li",
                element(
                    "button", one.name, type="button", class_="plain", data_do="level", data_path=one.path
                ),
            )
            for one in way
        ]
        trail = element("nav", element("ol", *crumbs), aria_label="Levels of recursion", class_="crumbs")
        drawn = element(
            "div",
            draw_system(now),
            class_="scroll",
            tabindex="0",
            role="region",
            aria_label=f"Diagram of {now.path}",
        )
        below = [system for system in self._systems if system.parent_path == now.path]
        down = [
            element("button", f"Into {one.name}", type="button", data_do="level", data_path=one.path)
            for one in below
        ]
        tables = [draw_table(table) for table in system_tables(now) if table.rows]
        return join(
            [
                element("h2", "The organisation"),
                trail if len(way) > 1 else Markup(""),
                drawn,
                element("div", *down, class_="row") if down else Markup(""),
                *tables,
            ]
        )

    def _shown_report(self) -> Markup:
        head = element("h2", "Report")
        if not (self._run.folder / "report.html").is_file():
            write = element(
                "button", "Write the report", type="button", data_do="write-report", class_="main"
            )
            return join([head, element("p", "It has not been written yet."), write])
        where = address("/report", name=self._name)
        link = element(
            "p", element("a", "Open it by itself", href=where, target="_blank", rel="noopener"), class_="note"
        )
        frame = element("iframe", src=where, title=f"Report of {self._name}", sandbox="", loading="lazy")
        return join([head, link, frame])

    def _go(self, given: Mapping[str, str]) -> None:
        wanted = given.get("path", "")
        if any(system.path == wanted for system in self._systems):
            self._level = wanted

    def _keep_note(self, given: Mapping[str, str]) -> None:
        index.write_notes(self._run.folder, given.get("notes", ""))
        self._told.say("The notes are kept.")

    def _write_report(self, given: Mapping[str, str]) -> None:
        write_report(self._run)
        self._told.say("The report is written.")


def _systems(report: Report | None) -> tuple[DiagramSystem, ...]:
    """The diagrams that a report has."""
    if report is None:
        return ()
    blocks = [block for section in report.sections for block in section.blocks]
    return next((block.systems for block in blocks if isinstance(block, Levels)), ())
