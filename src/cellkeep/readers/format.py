"""What is said of a format: how it is recognised, which column holds what, and in which direction current counts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cellkeep.domain.columns import DataType, quoted
from cellkeep.readers.clock import DateOrder
from cellkeep.readers.grid import Grid, Place
from cellkeep.readers.preview import Preview
from cellkeep.readers.units import folded

Positive = Literal["charge", "discharge", "unsigned", "unknown"]
"""Which direction has a positive current. Where a status says which direction it is, that decides."""

TIMESTAMP = "timestamp"
"""A column of moments; it is not a column of the data format, but tells when the test began."""
RECORD = "record"
"""A column that numbers the rows."""
STEP_TIME = "step time"
"""A column of the time since the start of the step; it tells the time of a test that has no other clock."""
_FIRST_ROWS = 5


@dataclass(frozen=True)
class Source:
    """Where the values of a column of the data format stand in a file.

    Attributes:
        target: a column of the data format, or one of the names above.
        names: headings without their unit, in small letters; the first that is there is taken. One that ends with `*`
            stands for all that begin so.
        unit: of the values where the heading does not say it.
        negated: whether the file has the value with the other sign.
        assumed: whether that unit is a guess, which is then told.
        with_unit: whether the heading has to name a unit.
        not_units: what stands in brackets behind the name and is no unit.
    """

    target: str
    names: tuple[str, ...]
    unit: str = ""
    negated: bool = False
    assumed: bool = False
    with_unit: bool = False
    not_units: tuple[str, ...] = ()


def source(
    target: str,
    *names: str,
    unit: str = "",
    negated: bool = False,
    assumed: bool = False,
    with_unit: bool = False,
    not_units: tuple[str, ...] = (),
) -> Source:
    """A source, whose values are in the unit of the data format where neither heading nor declaration names another."""
    return Source(target, names, unit or wanted_unit(target), negated, assumed, with_unit, not_units)


def wanted_unit(target: str) -> str:
    """The unit of a column of the data format; empty where it has none."""
    return "s" if target == STEP_TIME else target.rpartition("[")[2].rstrip("]") if "[" in target else ""


@dataclass(frozen=True)
class Match:
    """A file is of a format.

    Attributes:
        grid: the table that was found, or the first of several alike.
        place: where in it.
        reason: what told it, in words.
        others: further sheets with the same headings.
    """

    grid: Grid
    place: Place
    reason: str
    others: tuple[Grid, ...] = ()


@dataclass(frozen=True)
class Format:
    """A declaration: all that is said of the files of one instrument.

    Attributes:
        name: of the reader, such as `arbin`.
        title: for people.
        columns: where each column of the data format comes from.
        needs: headings, without unit and in small letters, that the table must have; of each group one.
        positive: the direction of positive currents.
        doubtful: whether files are known that count the other way, so that the voltage has to be asked.
        version: raised by one whenever the reader yields something else from the same file.
        marks: texts of which one stands near the beginning of a file; none are needed where there are none.
        header: what stands before the table: labels in small letters, and what they mean in the vocabulary of
            `cellkeep.readers.header`.
        dates: how the maker writes them where they can be read in two ways.
        suffixes: extensions that such a file has to have; any where there are none.
        data_type: `"eis"` where a file holds spectra alone.
        find: finds the table in another way.
        left_out: statuses of rows that are no measurements.
        instrument: whether it is the make of an instrument.
        about: takes what stands before the table apart where the lines are not `label: value`.
        passed_over: beginnings of the names, in small letters, of sheets that hold something else.
    """

    name: str
    title: str
    columns: tuple[Source, ...]
    needs: tuple[tuple[str, ...], ...] = ()
    positive: Positive = "unknown"
    doubtful: bool = False
    version: int = 1
    marks: tuple[str, ...] = ()
    header: Mapping[str, str] = field(default_factory=dict)
    dates: DateOrder = "month first"
    suffixes: tuple[str, ...] = ()
    data_type: DataType | None = None
    find: Callable[[Grid], Place | None] | None = None
    left_out: tuple[str, ...] = ()
    instrument: bool = True
    about: Callable[[Sequence[str]], dict[str, str]] | None = None
    passed_over: tuple[str, ...] = ()

    def match(self, preview: Preview, grids: Sequence[Grid]) -> Match | None:
        """Where in the file the table of this format stands; None where there is none."""
        if self.suffixes and preview.suffix not in self.suffixes:
            return None
        mark = next((each for each in self.marks if each.lower() in preview.text[:20_000].lower()), "")
        if self.marks and not mark:
            return None
        grids = [grid for grid in grids if not (grid.name and grid.name.lower().startswith(self.passed_over))]
        for at, grid in enumerate(grids):
            place = (self.find or self._found)(grid)
            if place is None or not _are_cells(grid.sample(place)[:_FIRST_ROWS]):
                continue
            same = tuple(other for other in grids[at + 1 :] if other.name and _headings_alike(grid, other, place))
            return Match(grid, place, self._reason(grid, place, mark), same)
        return None

    def _found(self, grid: Grid) -> Place | None:
        for at, names in grid.worded if self.needs else ():
            if all(any(_named(wanted, names) for wanted in group) for group in self.needs):
                return grid.place(at)
        return None

    def _reason(self, grid: Grid, place: Place, mark: str) -> str:
        where = f"sheet '{grid.name}'" if grid.name else f"line {place.heading + 1}"
        told = f"'{mark}' stands at its beginning, and " if mark else ""
        titles = dict(zip(grid.folded[place.heading], grid.titles(place), strict=False))
        seen = [
            title for group in self.needs for name, title in titles.items() if any(_named(it, [name]) for it in group)
        ]
        return f"{told}the headings in {where} are {quoted(seen[:4] or list(titles.values())[:6])}"


def _are_cells(rows: Sequence[Sequence[str]]) -> bool:
    """Whether most rows have several cells: then they are taken apart as they were written."""
    return 2 * sum(len(row) > 1 for row in rows) >= len(rows)


def _named(wanted: str, names: Sequence[str]) -> bool:
    return any(name.startswith(wanted[:-1]) for name in names) if wanted.endswith("*") else wanted in names


def _headings_alike(one: Grid, other: Grid, place: Place) -> bool:
    return place.heading < len(other.rows) and one.folded[place.heading] == other.folded[place.heading]


def labels(**meanings: str | Sequence[str]) -> dict[str, str]:
    """Labels of a header by what they mean: `operator=("user", "operator")`; a double underscore stands for a dot."""
    found: dict[str, str] = {}
    for meaning, names in meanings.items():
        for name in [names] if isinstance(names, str) else names:
            found[folded(name)] = meaning.replace("__", ".")
    return found
