"""A finished run: its folder, its measures and tables, and the check that nothing in it was changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vsmlab.engines.journal import Segment, chain, origin
from vsmlab.errors import InputError, PeerError
from vsmlab.lab.expectations import Verdict
from vsmlab.lab.journal_file import read_names, read_segments
from vsmlab.lab.strict_json import read_json
from vsmlab.laws.kinds import NAME_OF

if TYPE_CHECKING:
    import pandas as pd

    from vsmlab.lab.causality import Story
    from vsmlab.lab.plots import Plots

FORMAT = 1
"""The format of a run's folder that is written and read (decision 0019)."""
FILES = ("manifest.json", "measures.json", "events.parquet")
MANIFEST = (
    "format", "name", "title", "scenario", "scenario_sha256", "source", "seed", "engine", "horizon", "warmup",
    "versions", "platform", "files", "counts", "wall_seconds", "cpu_seconds", "digest", "segments", "own_laws",
    "processes", "failures", "places", "channel_use", "expect",
)  # fmt: skip
MEASURES = (
    "units", "channels", "systems", "variety", "cohesion", "autonomy", "homeostat", "algedonic", "viability",
    "not_estimable",
)  # fmt: skip
TABLES = ("units", "channels", "systems", "events", "expect")


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a journal is what the manifest says.

    Args:
        good: Nothing differs.
        rows: Rows read.
        segment: First segment that differs, counted from 1; None if none does.
        says: One sentence.
    """

    good: bool
    rows: int
    segment: int | None
    says: str


def _no_run(folder: Path, missing: str) -> InputError:
    """What a folder is in which a file of a run is missing."""
    right = "name a folder that `vsmlab run` wrote"
    if folder.is_dir():
        return InputError(str(folder), missing, "not a run: there is no such file in it", right=right)
    if folder.exists():
        return InputError(str(folder), "", "a file, not a folder", right=right)
    return InputError(str(folder), "", "there is no such folder", right=right)


class Run:
    """A run's folder.

    Args:
        folder: A folder that ``vsmlab.run`` or ``vsmlab run`` wrote.

    Raises:
        InputError: If the folder is not a run.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        for name in FILES:
            if not (self.folder / name).is_file():
                raise _no_run(self.folder, name)
        self.manifest = self._read("manifest.json", MANIFEST)
        self.measures = self._read("measures.json", MEASURES)

    def _read(self, name: str, needed: tuple[str, ...]) -> dict[str, Any]:
        try:
            values = read_json((self.folder / name).read_text(encoding="utf-8"))
        except (ValueError, OSError) as exc:
            reason = exc.strerror if isinstance(exc, OSError) else exc
            right = "take a whole copy of the run, or run its scenario again"
            raise PeerError(f"{self.folder / name}: cannot be read: {reason}; {right}") from exc
        if not isinstance(values, dict):
            raise PeerError(f"{self.folder / name}: not what vsmlab writes")
        if values.get("format", FORMAT) != FORMAT:  # before all else: another format has other keys
            given = values["format"]
            raise PeerError(
                f"{self.folder / name}: a run of format {given!r}; this vsmlab reads format {FORMAT}"
            )
        missing = [key for key in needed if key not in values]
        if missing:
            raise PeerError(f"{self.folder / name}: not what vsmlab writes: {', '.join(missing)} is missing")
        return values

    def __repr__(self) -> str:
        """Name, seed and where it is."""
        return f"Run({self.manifest['name']!r}, seed={self.manifest['seed']}, digest={self.digest[:12]})"

    @property
    def digest(self) -> str:
        """The journal's digest."""
        return str(self.manifest["digest"])

    @property
    def verdicts(self) -> list[Verdict]:
        """What the scenario expected, and whether the run shows it."""
        return [Verdict(**entry) for entry in self.manifest["expect"]]

    @property
    def passed(self) -> bool:
        """Whether every expectation was met."""
        return all(verdict.passed for verdict in self.verdicts)

    @cached_property
    def names(self) -> dict[int, str]:
        """Path of each identity in the journal."""
        return read_names(self.folder / "events.parquet")

    def table(self, name: str) -> pd.DataFrame:
        """A table as a pandas DataFrame: ``units``, ``channels``, ``systems``, ``events`` or ``expect``.

        Raises:
            InputError: If there is no table of this name.
        """
        import pandas as pd

        if name in ("units", "channels", "systems"):
            table = pd.DataFrame.from_dict(self.measures[name], orient="index")
            table.index.name = {"units": "unit", "channels": "channel", "systems": "system"}[name]
            return table
        if name == "expect":
            return pd.DataFrame([verdict.plain() for verdict in self.verdicts])
        if name == "events":
            return self._events()
        raise InputError(
            "", "table", "there is no such table", given=name, right=f"one of {', '.join(TABLES)}"
        )

    def _events(self) -> pd.DataFrame:
        import pandas as pd

        parts = [
            pd.DataFrame({name: part[name] for name in part.dtype.names or ()}) for part in self.segments()
        ]
        table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
        for column in ("receiver", "sender"):
            table[column] = table[column].map(self.names).astype("category")
        table["kind"] = table["kind"].map(NAME_OF).astype("category")
        return table

    def segments(self) -> Any:  # noqa: ANN401 - an iterator of structured arrays
        """The journal, a segment of 65,536 rows at a time."""
        return read_segments(self.folder / "events.parquet")

    def segment(self, number: int) -> Segment | None:
        """One segment of the journal by its number from 0; None if there are not so many."""
        if number < 0:
            return None
        return next(read_segments(self.folder / "events.parquet", number, number + 1), None)

    def story(self, row: int, *, back: int = 12, on: int = 40) -> Story:
        """Why one row of the journal came about, and what came of it.

        Args:
            row: Which, from 0, as in ``table("events")``.
            back: Most causes that are told.
            on: Most effects that are told.

        Raises:
            InputError: If there is no such row.
        """
        from vsmlab.lab.causality import story

        known: dict[int, Segment | None] = {}

        def fetch(number: int) -> Segment | None:
            if number not in known:
                known[number] = self.segment(number)
            return known[number]

        return story(fetch, self.names, row, back=back, on=on)

    @property
    def plot(self) -> Plots:
        """HoloViews objects of this run (extra ``notebook``)."""
        from vsmlab.lab.plots import Plots

        return Plots(self)

    def verify(self) -> Verification:
        """Compute the digest anew and name the first segment that differs from the manifest."""
        said = [bytes.fromhex(link) for link in self.manifest["segments"]]
        link, rows, number = origin(), 0, 0
        if not said or said[0] != link or said[-1].hex() != self.digest:
            return Verification(False, 0, None, "the manifest contradicts itself")
        try:
            for number, segment in enumerate(self.segments(), start=1):
                link = chain(link, segment)
                rows += len(segment)
                if number >= len(said) or said[number] != link:
                    says = f"segment {number} (rows {rows - len(segment)} to {rows - 1}) differs"
                    return Verification(False, rows, number, says)
        except PeerError as exc:
            return Verification(False, rows, number + 1, f"segment {number + 1} cannot be read: {exc}")
        if number + 1 != len(said):
            says = f"{len(said) - 1} segments were written, {number} are there"
            return Verification(False, rows, number + 1, says)
        return Verification(True, rows, None, f"{rows} rows, digest {self.digest}")
