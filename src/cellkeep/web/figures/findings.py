"""A series with the rows marked that its findings are about."""

from itertools import chain

from cellkeep import plots
from cellkeep.domain import columns
from cellkeep.services import checking, pictures
from cellkeep.services.marks import marks, spans
from cellkeep.web.figures.drawn import Drawn, Wanted, call
from cellkeep.web.figures.marking import mark
from cellkeep.web.figures.series import usual


def findings(wanted: Wanted) -> Drawn:
    """The series over time; of one code where the address names one."""
    asked = wanted.asked
    code = asked.text("code")
    with wanted.store.reading(wanted.who) as work:
        told = [each for each in checking.found(work, wanted.record.id).findings if not code or each.code == code]
    with wanted.series() as series:
        there = series.source.schema
        x = columns.TIME if columns.TIME in there else next(iter(there))
        y = usual(there, x, pictures.step_table(series))
        low, high = asked.number("from"), asked.number("to")
        picture = pictures.picture(series, pictures.View(x, y, low=low, high=high))
        places = spans(series, [marks(each, picture.steps) for each in told])
    figure = plots.time_series(picture.rows, x=x, y=y, steps=picture.steps, dark=asked.dark)
    marked = mark(figure, chain.from_iterable(places)) if x == columns.TIME else ""
    read = call("client.cell_measurement.findings", repr(wanted.record.id))
    return Drawn(figure, f"for finding in {read}:\n    print(finding.code, finding.message)", marked)
