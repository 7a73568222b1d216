"""Measurements out, as files in open formats."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cellkeep.cli.crates import export_crate
from cellkeep.cli.finding import of_cell, of_project, project_id
from cellkeep.cli.options import Several
from cellkeep.cli.output import columns, doing, size
from cellkeep.cli.progress import counting
from cellkeep.client.bdf_frames import Names
from cellkeep.client.exporting import ExportFormat
from cellkeep.domain.errors import InvalidError

if TYPE_CHECKING:
    from cellkeep.client import Client
    from cellkeep.client.exporting import Exported
    from cellkeep.domain.measurements import CellMeasurement


def export(
    *measurements: str,
    to: Path,
    format: Literal[ExportFormat, "ro-crate"] | None = None,  # noqa: A002  as it is commonly called
    cell: Several = (),
    project: Several = (),
    names: Names = "labels",
    extra_columns: bool = True,
    overwrite: bool = False,
    license: str | None = None,  # noqa: A002  as it is commonly called
    people: bool = True,
    data: str | None = None,
) -> None:
    """Write measurements as files in open formats, or a whole project as an RO-Crate, and list what was written.

    Of a cell or a project, what is still being processed or failed is left out, and named.

    Args:
        measurements: ids of measurements.
        to: a folder; or, for one series, a file with the extension of a format.
        format: of time series, bdf.csv unless given. Properties are written as JSON, files as they are. With ro-crate,
            or a name that ends in `.crate.zip`, a project is written with all that is in it, and `cellkeep import`
            takes it back.
        cell: id of a cell, for all of its measurements; may be given several times.
        project: name or id of a project, for all measurements in it; may be given several times.
        names: headers of the Battery Data Format: labels as `Voltage / V`, or machine as `voltage_volt`.
        extra_columns: whether files of that format keep the columns that it has no word for.
        overwrite: replace files that are there already.
        license: under which the data of an RO-Crate may be used: a name of SPDX as CC-BY-4.0, an address, a sentence.
        people: whether an RO-Crate says who stored what.
        data: folder of `cellkeep.open` to read; else the server that `cellkeep.Client()` finds.
    """
    import cellkeep  # noqa: PLC0415  what a user would write

    with cellkeep.Client() if data is None else cellkeep.open(data) as client:
        if format == "ro-crate" or (format is None and to.name.lower().endswith(".crate.zip")):
            if measurements or cell or len(project) != 1:
                raise InvalidError("An RO-Crate is of one whole project: say --project NAME, and nothing else.")
            how: dict[str, Any] = {"license": license, "people": people, "overwrite": overwrite}
            export_crate(client, project_id(client, project[0]), to, **how)
            return
        ids = [
            *measurements,
            *(each for one in cell for each in _ready(of_cell(client, one))),
            *(each for one in project for each in _ready(of_project(client, project_id(client, one)))),
        ]
        if not ids and not cell and not project:
            raise InvalidError("Say which measurements: their ids, or --cell ID, or --project NAME.")
        _write(client, ids, to, format, names=names, extra_columns=extra_columns, overwrite=overwrite)


def _write(client: "Client", ids: list[str], to: Path, chosen: ExportFormat | None, **how: Any) -> None:
    """Write behind a bar, and list what was written also where something then fails."""
    written: list[Exported] = []
    with counting() as bar:
        task = bar.add_task("Exporting", total=len(set(ids)))

        def done(one: "Exported") -> None:
            written.append(one)
            bar.advance(task)

        try:
            client.export(ids, to, chosen, **how, done=done)
        finally:
            bar.stop()
            _show(written)


def _show(written: "list[Exported]") -> None:
    if not written:
        doing("Nothing was written.")
        return
    rows = [
        (one.measurement.name, one.format, size(path.stat().st_size), path) for one in written for path in one.paths
    ]
    columns(("measurement", "format", "size", "file"), rows)


def _ready(found: "list[CellMeasurement]") -> list[str]:
    for each in found:
        if each.processing_status != "ready":
            doing(f"Left out: {each.name} ({each.id}), which is {each.processing_status}.")
    return [each.id for each in found if each.processing_status == "ready"]
