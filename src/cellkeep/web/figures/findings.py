"""A series with the rows marked that its findings are about."""

from cellkeep import plots
from cellkeep.domain import columns
from cellkeep.services import checking, pictures
from cellkeep.services.marks import marks, spans
from cellkeep.web.figures.drawn import Drawn, Wanted, call
from cellkeep.web.figures.series import usual

_MOST_MARKS = 60
_MARK = "#d00000"


def findings(wanted: Wanted) -> Drawn:
    """The series over time; of one code where the address names one."""
    asked = wanted.asked
    code = asked.text("code")
    with wanted.store.reading(wanted.who) as work:
        told = [each for each in checking.found(work, wanted.record.id).findings if not code or each.code == code]
    with wanted.series() as series:
        there = series.source.schema
        x = columns.TIME if columns.TIME in there else next(iter(there))
        y = usual(there, x)
        low, high = asked.number("from"), asked.number("to")
        picture = pictures.picture(series, pictures.View(x, y, low=low, high=high))
        places = spans(series, [marks(each, picture.steps) for each in told])
    marked = [span for own in places for span in own][:_MOST_MARKS]
    figure = plots.time_series(picture.rows, x=x, y=y, steps=picture.steps, dark=asked.dark)
    for first, last in marked if x == columns.TIME else ():
        figure.add_vrect(first, last, fillcolor=_MARK, opacity=0.25, line={"color": _MARK, "width": 1})
    read = call("client.cell_measurement.findings", repr(wanted.record.id))
    return Drawn(figure, f"for finding in {read}:\n    print(finding.code, finding.message)", _told(len(marked)))


def _told(number: int) -> str:
    return f"Marked: {number} {'place' if number == 1 else 'places'} that the findings name." if number else ""
