"""The page of two runs beside each other: scenarios, measures, and the same quantities over time."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from typing import Final

from vsmlab.apps import index
from vsmlab.apps.lab import Lab, address
from vsmlab.apps.pages import Shown, Told, attempt
from vsmlab.errors import InputError, VsmLabError
from vsmlab.lab.comparing import Change, Comparison, Moved, compare, overlaid
from vsmlab.lab.pictures import compare_waits
from vsmlab.lab.record import Run
from vsmlab.lab.report.markup import Markup, element, join
from vsmlab.lab.report.numerals import counted, duration, number

MOST_ROWS: Final = 60
MOST_CHANGES: Final = 100


def page(lab: Lab, asked: Mapping[str, str]) -> Shown:
    """The page of the two runs that the address names; without them, a choice."""
    return Shown("Compare two runs", Compared(lab, asked.get("a", ""), asked.get("b", "")))


class Compared:
    """Two runs, as a window shows them."""

    def __init__(self, lab: Lab, a: str, b: str) -> None:
        self._lab, self._a, self._b = lab, a, b
        self._told = Told()
        self._wanted, self._most, self._by = "units", MOST_ROWS, "size"
        self._found: Comparison | None = None
        self._runs: tuple[Run, Run] | None = None
        if a and b:
            try:
                self._runs = (_open(lab, a), _open(lab, b))
                self._found = compare(*self._runs)
            except VsmLabError as exc:
                self._told.refuse(str(exc))
        self._actions = {"filter": self._filter, "more": self._more, "sort": self._sort}

    def layout(self) -> Markup:
        """The choice, then what differs."""
        rows = [row for row in index.rows(self._lab) if not row.wrong]
        choice = element(
            "form",
            _choice("A, to compare with", "a", rows, self._a),
            _choice("B, compared", "b", rows, self._b),
            element("button", "Compare", type="submit", class_="main"),
            action=address("/compare"),
            method="get",
            class_="row end panel",
        )
        parts = [element("div", data_part="told", role="status"), choice]
        if not rows:
            parts.append(element("p", "No runs yet: run a scenario from the front page.", class_="soft"))
        if self._found is not None:
            parts += [self._heads(), self._changes(), self._by_hand(), *self._charts(), self._measures()]
        return join(parts)

    def parts(self) -> dict[str, Markup]:
        """What it shows now."""
        return {"told": self._told.shown(), "measures": self._rows()}

    def do(self, what: str, given: Mapping[str, str]) -> None:
        """What somebody pressed."""
        attempt(self._told, self._actions, what, given)

    def stamp(self) -> Hashable:
        """Finished runs do not change."""
        return None

    def _heads(self) -> Markup:
        assert self._found is not None
        assert self._runs is not None
        said = [
            element(
                "p",
                element("strong", f"{letter}: "),
                element("a", name, href=address("/run", name=name)),
                f", {run.manifest['title']}, seed {run.manifest['seed']}",
            )
            for letter, name, run in zip("AB", (self._a, self._b), self._runs, strict=True)
        ]
        if not self._found.same_window:
            said.append(element("p", _windows(self._found), class_="message"))
        if self._found.same_journal:
            said.append(
                element(
                    "p", "The same happened in both, row for row: their digests are equal.", class_="pass"
                )
            )
        return join(said)

    def _changes(self) -> Markup:
        assert self._found is not None
        changes = self._found.changes
        if not changes:
            body: Markup = element(
                "p", "They are runs of the same scenario with the same seed.", class_="soft"
            )
        else:
            rows = [_change(change) for change in changes[:MOST_CHANGES]]
            body = _table(f"Not the same: {counted(len(changes), 'field')}", ("field", "A", "B"), rows, 1)
            if len(changes) > MOST_CHANGES:
                body = join([body, element("p", f"and {len(changes) - MOST_CHANGES:,} more", class_="note")])
        return element(
            "section",
            element("h2", "What differs in the scenario"),
            body,
            class_="panel",
            aria_label="Scenario",
        )

    def _by_hand(self) -> Markup:
        assert self._found is not None
        hand = self._found.by_hand
        if not hand.left and not hand.right and not hand.both:
            return Markup("")
        parts = []
        for letter, acts in (("A", hand.left), ("B", hand.right)):
            if acts:
                lines = [element("li", one) for one in acts[:MOST_CHANGES]]
                if len(acts) > MOST_CHANGES:
                    lines.append(element("li", f"and {len(acts) - MOST_CHANGES:,} more"))
                parts += [element("h3", f"Only in {letter}"), element("ol", *lines, class_="list")]
        if hand.both:
            alike = f"In both alike: {counted(hand.both, 'act')}."
            parts.append(element("p", alike, class_="soft"))
        head = element("h2", "What was done by hand")
        return element("section", head, *parts, class_="panel", aria_label="Done by hand")

    def _charts(self) -> list[Markup]:
        assert self._runs is not None
        drawn = []
        try:
            waits = compare_waits(dict(zip("AB", self._runs, strict=True)))
            drawn.append(_figure("", Markup(waits.svg), waits.summary))  # its title is in the picture
            drawn += [_figure(chart.title, chart.svg, chart.summary) for chart in overlaid(*self._runs)]
        except VsmLabError as exc:
            drawn.append(element("p", str(exc), class_="wrong-text"))
        grid = element("div", *drawn, class_="charts")
        return [element("section", element("h2", "Over time"), grid, class_="panel", aria_label="Over time")]

    def _measures(self) -> Markup:
        search = element(
            "input", type="search", data_live="filter", value=self._wanted, id="wanted", autocomplete="off"
        )
        tools = element(
            "div", element("label", "Measures that say", for_="wanted", class_="soft"), search, class_="tools"
        )
        return element(
            "section",
            element("h2", "What differs in the measures"),
            tools,
            element("div", data_part="measures"),
            class_="panel",
            aria_label="Measures",
        )

    def _rows(self) -> Markup:
        if self._found is None:
            return Markup("")
        words = self._wanted.casefold().split()
        moved = [
            one
            for one in self._found.moved
            if one.size != 0.0 and all(w in one.path.casefold() for w in words)
        ]
        if self._by == "difference":
            moved.sort(key=lambda one: -1.0 if one.difference is None else abs(one.difference), reverse=True)
        elif self._by == "path":
            moved.sort(key=lambda one: one.path)
        same = sum(one.size == 0.0 for one in self._found.moved)
        if not moved:
            return element("p", "No measure of that kind differs.", class_="soft")
        head = [
            _head("path", "measure", self._by, "ascending"),
            element("th", "A", scope="col", class_="number"),
            element("th", "B", scope="col", class_="number"),
            _head("difference", "B - A", self._by, "descending"),
            _head("size", "relative to A", self._by, "descending"),
        ]
        rows = [_moved(one) for one in moved[: self._most]]
        caption = f"Not the same: {counted(len(moved), 'measure')}; equal: {same:,} of all"
        table = element(
            "table",
            element("caption", caption),
            element("thead", element("tr", *head)),
            element("tbody", *rows),
        )
        scroll = element("div", table, class_="scroll", role="region", aria_label="Measures", tabindex="0")
        rest = len(moved) - self._most
        more = (
            element("button", f"Show {min(rest, 200):,} more", type="button", data_do="more")
            if rest > 0
            else None
        )
        note = "Relative: the difference over A. Sorted by the difference over the larger of both."
        return join([scroll, element("p", note, class_="note"), more or Markup("")])

    def _filter(self, given: Mapping[str, str]) -> None:
        self._wanted, self._most = given.get("value", "")[:200], MOST_ROWS

    def _more(self, given: Mapping[str, str]) -> None:
        self._most += 200

    def _sort(self, given: Mapping[str, str]) -> None:
        by = given.get("by", "")
        self._by = by if by in ("path", "difference", "size") else self._by


def _windows(found: Comparison) -> str:
    """Over which times both are measured, and what follows from it."""
    a, b = (f"from {duration(start)} to {duration(end)}" for start, end in found.windows)
    said = f"They are measured over different times: A {a}, B {b}."
    return f"{said} What is counted over these is compared per second." if found.per_second else said


def _open(lab: Lab, name: str) -> Run:
    run, row = lab.run_folder(name), index.row(lab, lab.run_folder(name))
    if row.wrong:
        raise InputError("", name, f"a broken run: {row.wrong}")
    return Run(run)


def _choice(label: str, name: str, rows: list[index.Row], chosen: str) -> Markup:
    options = [
        element(
            "option",
            f"{row.name} (seed {row.seed}, {row.when})",
            value=row.name,
            selected=row.name == chosen or None,
        )
        for row in rows
    ]
    select = element(
        "select", element("option", "choose a run", value=""), *options, name_=name, required=True
    )
    return element("label", element("span", label), select, class_="field")


def _figure(title: str, svg: Markup, summary: str) -> Markup:
    return element(
        "figure",
        element("figcaption", title) if title else None,
        element("div", svg, class_="scroll", role="region", aria_label=title or "Mean wait", tabindex="0"),
        element("p", summary, class_="summary") if summary else None,
    )


def _table(caption: str, columns: tuple[str, ...], rows: list[Markup], left: int) -> Markup:
    head = element("tr", *(element("th", column, scope="col") for column in columns))
    table = element("table", element("caption", caption), element("thead", head), element("tbody", *rows))
    return element("div", table, class_="scroll", role="region", aria_label=caption, tabindex="0")


def _head(by: str, title: str, now: str, order: str) -> Markup:
    button = element("button", title, type="button", data_do="sort", data_by=by)
    right = None if by == "path" else "number"
    return element("th", button, scope="col", aria_sort=order if by == now else None, class_=right)


def _change(change: Change) -> Markup:
    values = (element("td", _value(value)) for value in _told(change.left, change.right))
    return element("tr", element("th", element("code", change.path), scope="row", class_="path"), *values)


def _told(left: object, right: object) -> tuple[object, object]:
    """Both values, in six digits where these tell them apart."""
    short = [_in_six_digits(one) if isinstance(one, float) else one for one in (left, right)]
    return (left, right) if short[0] == short[1] else (short[0], short[1])


def _in_six_digits(value: float) -> float:
    short = float(f"{value:.6g}")
    return int(short) if short.is_integer() and abs(short) < 1e15 else short


def _value(value: object) -> Markup:
    if value is None:
        return element("span", "not said", class_="soft")
    said = json.dumps(value, ensure_ascii=False)
    return element("code", said if len(said) <= 200 else f"{said[:199]}…")


def _per_second(one: Moved) -> Markup | None:
    return element("span", " per second", class_="soft") if one.per_second else None


def _moved(one: Moved) -> Markup:
    relative = "–" if one.relative is None else f"{100.0 * one.relative:+,.1f} %"
    difference = (
        "–" if one.difference is None else f"{'+' if one.difference > 0 else ''}{number(one.difference)}"
    )
    return element(
        "tr",
        element("th", element("code", one.path), _per_second(one), scope="row", class_="path"),
        *(element("td", number(value), class_="number") for value in (one.left, one.right)),
        element("td", difference, class_="number"),
        element("td", relative, class_="number"),
        data_key=one.path,
    )
