"""The page of one run: its figures, Beer's diagram, notes, its report, all of it as a zip, and where one goes on."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path

from vsmlab.apps import index
from vsmlab.apps.card import going_of, said_of
from vsmlab.apps.catalogue import Entry, find
from vsmlab.apps.form_fields import field, number_given, sentence
from vsmlab.apps.jobs import Job, job_asked_for
from vsmlab.apps.lab import Lab, address
from vsmlab.apps.noting import Noting
from vsmlab.apps.pages import Shown, Told, attempt, serves
from vsmlab.apps.runs import verify
from vsmlab.apps.what_is_counted import MEANINGS, amended, measured
from vsmlab.errors import InputError, VsmLabError
from vsmlab.lab.comparing import scenario_changes
from vsmlab.lab.loader import again, load
from vsmlab.lab.places import scenarios_folder
from vsmlab.lab.record import Run
from vsmlab.lab.report import report_of, write_report
from vsmlab.lab.report.by_hand import by_hand_panel
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
        self._notes = Noting(lab, name)
        self._job: Job | None = None
        self._wrong_seed = ""
        self._report = self._read()
        self._systems = _systems(self._report)
        self._level = self._systems[0].path if self._systems else ""
        self._actions = {
            "level": self._go,
            "keep-note": lambda given: self._keep_note(given, over=False),
            "keep-mine": lambda given: self._keep_note(given, over=True),
            "take-theirs": self._take_theirs,
            "verify": lambda given: verify(self._lab, self._name, self._told),
            "write-report": self._write_report,
            "run-again": self._run_again,
            "cancel": lambda given: self._lab.jobs.cancel(job_asked_for(given)),
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
            ("warm-up", duration(manifest["warmup"]) if manifest["warmup"] else "none"),
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
        return join(
            [
                element("dl", *rows, class_="facts"),
                element("div", element("div", *acts, class_="row"), class_="tools"),
                element("div", data_part="told", role="status"),
                self._figures(),
                measured(self._run) if self._report is not None else Markup(""),
                self._further(),
                self._expected(),
                by_hand_panel(self._report),
                element("section", data_part="diagram", class_="panel", aria_label="The organisation"),
                element("div", data_part="notes"),
                element("section", data_part="report", class_="panel", aria_label="Report"),
            ]
        )

    def parts(self) -> dict[str, Markup]:
        """What it shows now."""
        return {
            "told": self._told.shown(),
            "again": self._again(),
            "said-again": Markup("") if self._job is None else element("p", said_of(self._lab, self._job)),
            "going-again": Markup("") if self._job is None else going_of(self._job, self._lab.jobs.clock()),
            "diagram": self._diagram(),
            "notes": self._notes.shown(element("h2", "Notes")),
            "report": self._shown_report(),
        }

    def do(self, what: str, given: Mapping[str, str]) -> None:
        """What somebody pressed."""
        attempt(self._told, self._actions, what, given)

    def stamp(self) -> Hashable:
        """A finished run does not change; one that is begun here does."""
        return self._lab.jobs.version if self._job is not None else None

    def _figures(self) -> Markup:
        if self._report is None:
            return Markup("")
        cards = [
            element(
                "div",
                element("dt", _explained(one.name)),
                element("dd", one.value, class_="big"),
                element("dd", one.note, class_="small soft") if one.note else None,
            )
            for one in amended(self._report.header.figures, self._run, self._systems)
        ]
        return element("dl", *cards, class_="figures")

    # Where one goes on from here

    def _entry(self) -> Entry | None:
        """Its scenario in the gallery, if it is there."""
        source = str(self._run.manifest["source"])
        for asked in (source, Path(source).stem):
            try:
                entry = find(self._lab.here, asked)
            except InputError:
                continue
            if not entry.wrong:
                return entry
        return None

    def _otherwise(self, entry: Entry) -> str:
        """In what this run was otherwise than its scenario is now."""
        ran, now = self._run.manifest["scenario"], load(entry.source).raw
        changes = (change.path for change in scenario_changes(now, ran))
        paths = [path for path in changes if not path.startswith("operator")]
        paths += ["what was done by hand"] if ran.get("operator") != now.get("operator") else []
        more = f" and {counted(len(paths) - 3, 'more field')}" if len(paths) > 3 else ""
        where = f" in {', '.join(paths[:3])}{more}" if paths else ""
        return f"These open {entry.called} as it is now; this run was otherwise{where}."

    def _further(self) -> Markup:
        """Its scenario on other pages, and the same again with another seed."""
        entry, inner = self._entry(), []
        if entry is not None:
            links = [
                element("a", name, href=address(route, scenario=entry.called), class_="button")
                for route, name in (
                    ("/live", "Play it live"),
                    ("/canvas", "Open on the canvas"),
                    ("/sweep", "Vary it"),
                )
                if serves(route)
            ]
            inner.append(element("div", *links, class_="row"))
            if load(entry.source).text_sha256 != self._run.manifest["scenario_sha256"]:
                inner.append(element("p", self._otherwise(entry), class_="note"))
        inner += [
            element("div", data_part="again"),
            element("div", data_part="said-again", role="status"),
            element("div", data_part="going-again", class_="going"),
        ]
        return element(
            "section", element("h2", "Go on from here"), *inner, class_="panel", aria_label="Go on from here"
        )

    def _again(self) -> Markup:
        seed = str(int(self._run.manifest["seed"]) + 1)
        return element(
            "form",
            field("Seed", "seed", "again-seed", wrong=self._wrong_seed, value=seed, inputmode="numeric",
                  hint="Another seed: other chance, all else the same."),
            element("button", "Run it again", type="submit"),
            data_do="run-again",
            class_="row top again",
            novalidate=True,
        )  # fmt: skip

    def _run_again(self, given: Mapping[str, str]) -> None:
        manifest, self._wrong_seed = self._run.manifest, ""
        refused: VsmLabError | None = None
        try:
            plain = {
                **manifest["scenario"],
                "seed": number_given("Seed", given.get("seed", "").strip(), whole=True),
            }
        except InputError as exc:
            self._wrong_seed = sentence(exc, "Seed")
            return
        for base in (self._lab.here, scenarios_folder()):
            try:
                again(plain, str(manifest["source"]), base, {})
            except InputError as exc:
                if exc.place == "seed":
                    self._wrong_seed = sentence(exc, "Seed")
                    return
                refused = refused or exc  # its files do not lie here
                continue
            name = str(manifest["name"])
            order = {
                "plain": plain,
                "source": str(manifest["source"]),
                "base": str(base),
                "runs": str(self._lab.runs[0]),
                "name": name,
            }
            self._job = self._lab.jobs.begin(name, order)
            self._told.say("")
            return
        assert refused is not None
        raise refused

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

    def _keep_note(self, given: Mapping[str, str], *, over: bool) -> None:
        self._notes.keep(given.get("notes", ""), self._told, over=over)

    def _take_theirs(self, given: Mapping[str, str]) -> None:
        self._notes.take_theirs()
        self._told.say("")

    def _write_report(self, given: Mapping[str, str]) -> None:
        write_report(self._run)
        self._told.say("The report is written.")


def _systems(report: Report | None) -> tuple[DiagramSystem, ...]:
    """The diagrams that a report has."""
    if report is None:
        return ()
    blocks = [block for section in report.sections for block in section.blocks]
    return next((block.systems for block in blocks if isinstance(block, Levels)), ())


def _explained(name: str) -> Markup:
    """A figure's name, with what it means."""
    return element("abbr", name, title=MEANINGS[name]) if name in MEANINGS else element("span", name)
