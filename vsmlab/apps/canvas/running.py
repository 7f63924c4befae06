"""Running what is drawn, as it is: in a worker, with how far it is and what came of it."""

from __future__ import annotations

from collections.abc import Hashable

from vsmlab.apps import index
from vsmlab.apps.jobs import Job
from vsmlab.apps.lab import Lab, address
from vsmlab.lab.drawing import Drawing
from vsmlab.lab.report.markup import Markup, element
from vsmlab.lab.report.numerals import duration


class Running:
    """The run of one canvas: the last that was asked for.

    Args:
        lab: Its jobs and runs.
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._job: Job | None = None

    def begin(self, drawing: Drawing) -> None:
        """Run a drawing without problems.

        Raises:
            InputError: If too many runs wait already.
        """
        name = drawing.name or "drawing"
        source = "drawing" if drawing.origin is None else drawing.origin.name
        order = {
            "plain": drawing.plain(),
            "source": source,
            "base": str(drawing.base),
            "runs": str(self._lab.runs[0].absolute()),
            "name": name,
        }
        self._job = self._lab.jobs.begin(name, order)

    def cancel(self) -> None:
        """End it; nothing of it is kept."""
        if self._job is not None:
            self._lab.jobs.cancel(self._job.number)

    def stamp(self) -> Hashable:
        """How far it is."""
        return (
            None
            if self._job is None
            else (self._job.number, self._job.state, self._job.share, self._job.doing)
        )

    def shown(self, *, linked: bool) -> Markup:
        """How far it is, or what came of it.

        Args:
            linked: Whether there are other pages.
        """
        job = self._job
        if job is None:
            return Markup("")
        if not job.over:
            doing = "waits for a free processor" if job.state == "waiting" else job.doing or "starts"
            bar = element("progress", value=f"{job.share:.3f}", max="1", aria_label="Progress of the run")
            cancel = element("button", "Cancel", type="button", data_do="cancel-run")
            said = element("p", f"{doing}, {100 * job.share:.0f} %")
            inner = [said, bar, element("div", cancel, class_="row")]
        elif job.state == "failed":
            inner = [element("p", f"It failed: {job.wrong}", class_="wrong-text")]
        elif job.state == "cancelled" or job.folder is None:
            inner = [element("p", "It was cancelled; nothing of it was kept.")]
        else:
            inner = [
                self._figures(job),
                self._link(job) if linked else element("p", "It is in ", element("code", str(job.folder))),
            ]
        return element(
            "section", element("h2", "Run"), *inner, class_="side", aria_label="Run", data_key="run"
        )

    def _figures(self, job: Job) -> Markup:
        assert job.folder is not None
        row = index.row(self._lab, job.folder)
        if row.wrong:
            return element("p", f"It cannot be read: {row.wrong}", class_="wrong-text")
        said = [
            ("served", None if row.served is None else f"{row.served:,.0f} tasks"),
            ("mean wait", _time(row.mean_wait_s)),
            ("95 % wait less than", _time(row.p95_wait_s)),
            ("utilisation", None if row.utilisation is None else f"{100 * row.utilisation:.0f} %"),
        ]
        rows = [
            element("div", element("dt", name), element("dd", value or "not estimable"))
            for name, value in said
        ]
        return element("dl", *rows, class_="results")

    def _link(self, job: Job) -> Markup:
        assert job.folder is not None
        name = self._lab.run_name(job.folder)
        return element("p", element("a", f"Open the run {name}", href=address("/run", name=name)))


def _time(value: float | None) -> str | None:
    return None if value is None else duration(value)
