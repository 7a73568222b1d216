"""How each number of a record stands among those of the other records of its cell, as small as a word."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from cellkeep.domain.measurements import CellMeasurement
from cellkeep.web.property_rows import PropertyRow, leaves, number_in

WIDTH, HEIGHT = 100, 24
"""Of a small curve, in units of its own."""


@dataclass(frozen=True)
class Trend:
    """A number across records.

    Attributes:
        id: of its figure on the page.
        src: where its figure is asked for.
        csv: where its numbers are asked for.
        n: how many records have it.
        points: of the small curve, in the order of the records.
        here: the point of the record that is shown.
    """

    id: str
    src: str
    csv: str
    n: int
    points: str
    here: tuple[float, float]


def trends_of(
    rows: Iterable[PropertyRow], record: CellMeasurement, siblings: Sequence[CellMeasurement], place: str
) -> Iterator[tuple[str, Trend]]:
    """The trend of each number that more than one record has, by its path."""
    found: defaultdict[str, list[tuple[str, object]]] = defaultdict(list)
    for each in siblings:
        for path, _, value in leaves(each.properties or {}):
            found[path].append((each.id, value))
    for number, row in enumerate(rows, 1):
        numbers = {of: it for of, value in found[row.path] if (it := number_in(value, row.unit)) is not None}
        if row.is_number and len(numbers) > 1 and record.id in numbers:
            yield row.path, _trend(f"trend-{number}", row, numbers, record.id, place)


def _trend(trend_id: str, row: PropertyRow, numbers: dict[str, float], record_id: str, place: str) -> Trend:
    query = urlencode({"name": row.path, **({"unit": row.shown_in} if row.shown_in else {})}, quote_via=quote)
    low, high = min(numbers.values()), max(numbers.values())
    scale = HEIGHT / (high - low) if high > low else 0
    step = WIDTH / (len(numbers) - 1)
    middle = 0 if scale else HEIGHT / 2
    points = {
        of: (round(place * step, 2), round(HEIGHT - middle - (it - low) * scale, 2))
        for place, (of, it) in enumerate(numbers.items())
    }
    return Trend(
        id=trend_id,
        src=f"{place}/figures/trend?{query}",
        csv=f"{place}/figures/trend.csv?{query}",
        n=len(numbers),
        points=" ".join(f"{x:g},{y:g}" for x, y in points.values()),
        here=points[record_id],
    )
