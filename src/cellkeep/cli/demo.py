"""The main job on a small data set, end to end."""

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from cellkeep.cli import demo_data
from cellkeep.cli.output import doing, ends, pairs, say, table
from cellkeep.domain.errors import CellkeepError
from cellkeep.settings import DEFAULT_HOST, DEFAULT_PORT, ServerSettings

if TYPE_CHECKING:
    from cellkeep.client import Client
    from cellkeep.domain.instances import CellInstance
    from cellkeep.domain.measurements import MeasurementBundle

_CYCLE_HEADINGS = {
    "Cycle count": ("cycle", "d"),
    "Discharge capacity [A.h]": ("Q dis\n[A.h]", ".3f"),
    "Charge capacity [A.h]": ("Q chg\n[A.h]", ".3f"),
    "Coulombic efficiency": ("coulombic\nefficiency", ".2%"),
    "Energy efficiency": ("energy\nefficiency", ".2%"),
    "Capacity retention": ("capacity\nretention", ".1%"),
    "Min voltage [V]": ("V min\n[V]", ".2f"),
    "Max voltage [V]": ("V max\n[V]", ".2f"),
    "Mean temperature [degC]": ("T mean\n[degC]", ".1f"),
}
_STEP_HEADINGS = {
    "Step count": ("step", "d"),
    "Step type": ("type", "s"),
    "Duration [s]": ("time\n[s]", ",.0f"),
    "Mean current [A]": ("current\n[A]", "+.3f"),
    "Start voltage [V]": ("V start\n[V]", ".3f"),
    "End voltage [V]": ("V end\n[V]", ".3f"),
    "Discharge capacity [A.h]": ("Q dis\n[A.h]", ".3f"),
    "Charge capacity [A.h]": ("Q chg\n[A.h]", ".3f"),
}


def demo(*, data: str | None = None, cycles: int = 300) -> None:
    """Store a generated ageing test, a property record and two images, and read them back.

    Each run adds one cell. The data stays for `cellkeep serve` to show.

    Args:
        data: folder of database and files; else CELLKEEP_DATA, else the user's data folder.
        cycles: number of cycles of the ageing test.
    """
    import cellkeep  # noqa: PLC0415  what a user would write

    folder = ServerSettings.from_environment(data).data_dir
    say("[bold]cellkeep demo[/bold]: a cell is made, measured three ways, and read back.\n")
    with cellkeep.open(folder) as client:
        cell = _cell(client)
        bundle = _time_series(client, cell, cycles)
        _properties(client, cell)
        _files(client, cell)
        _show(client, bundle)
    say("\n[bold]Where to look[/bold]")
    pairs(
        {
            "in a browser": f"cellkeep serve --data {folder}",
            "its page then": f"http://{DEFAULT_HOST}:{DEFAULT_PORT}/ui/measurements/{bundle.id}",
            "in Python": f"client = cellkeep.open({str(folder)!r})",
            "its cycles": "client.cell_measurement.cycles(id)",
            "its id": bundle.id,
        }
    )


def _cell(client: "Client") -> "CellInstance":
    # A second project would make every later call say which one it means.
    project = next(iter(client.project.list(limit=1, order_by="created_at", order="asc")))
    spec = client.cell_spec.create_or_get({**demo_data.cell_spec(), "project_id": project.id})
    number = client.cell_instance.list(spec.id, limit=1).total + 1
    cell = client.cell_instance.create_or_get(spec.id, {**demo_data.cell_instance(number), "batch": "LOT-2026-Q4"})
    say(f"cell         {cell.name} of {spec.name}")
    return cell


def _time_series(client: "Client", cell: "CellInstance", cycles: int) -> "MeasurementBundle":
    doing(f"Making {cycles} cycles of an ageing cell …")
    frame = demo_data.ageing_test(cycles, seed=int(cell.name.rpartition("-")[2]))
    started = time.perf_counter()
    bundle = client.cell_measurement.create(
        cell.id,
        {
            "measurement": {
                "name": "Cycle ageing",
                "protocol": {
                    "name": "C/2 CC-CV, 1C discharge, check-up every 50",
                    "ambient_temperature_degc": 25,
                },
                "test_setup": {"cycler": "generated", "channel_number": "1"},
                "start_time": "2026-03-15T09:30:00Z",
                "tags": ["ageing", "demo"],
            },
            "time_series": frame,
        },
        validate_strict=True,
    )
    took = time.perf_counter() - started
    say(f"time series  {frame.height:,} rows, {bundle.steps_created:,} steps, stored and summarised in {took:.2f} s")
    if not client.cell_measurement.time_series(bundle.id).equals(frame):
        raise CellkeepError("The series read back is not the one that was stored.")
    say("             read back: every value equal")
    say(f"checks       {', '.join(bundle.finding_counts or {}) or 'nothing found'}")
    _reverse(frame)
    return bundle


def _reverse(frame: pl.DataFrame) -> None:
    """Show what would have happened to rows of which the current has the other sign."""
    import cellkeep  # noqa: PLC0415

    wrong = frame.with_columns(-pl.col("Current [A]"))
    found = cellkeep.findings(wrong)
    mended = cellkeep.mend(wrong, found)
    if cellkeep.findings(mended.frame) or not mended.frame["Current [A]"].equals(frame["Current [A]"] + 0.0):
        raise CellkeepError("The series with its current reversed was not mended.")
    codes = ", ".join(dict.fromkeys(each.code for each in found))
    say(f"             with its current reversed: {codes}; cellkeep.mend turns it back")


def _properties(client: "Client", cell: "CellInstance") -> None:
    found = client.cell_measurement.create_properties(cell.id, "Incoming inspection", demo_data.properties())
    shown = [
        f"{key} {value['value']} {value['unit']}" if isinstance(value, dict) else f"{key}: {value}"
        for key, value in (found.properties or {}).items()
    ]
    say(f"properties   {', '.join(shown)}")


def _files(client: "Client", cell: "CellInstance") -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = demo_data.write_images(Path(folder))
        bundle = client.cell_measurement.create_file(
            cell.id, "Post-mortem images", paths, validate_images=True, tags=["demo"]
        )
    facts = bundle.file_metadata or {}
    shown = [f"{name} ({fact['width']}x{fact['height']})" for name, fact in facts.items()]
    say(f"files        {', '.join(shown)}")


def _show(client: "Client", bundle: "MeasurementBundle") -> None:
    both = client.cell_measurement.steps_and_cycles(bundle.id)
    steps, cycles = pl.DataFrame(both.steps), pl.DataFrame(both.cycles)
    say("\n[bold]Steps of cycle 1[/bold]  [dim](current is positive on discharge)[/dim]")
    table(steps.filter(pl.col("Cycle count") == 1), _STEP_HEADINGS)
    say(f"\n[bold]Cycle table[/bold]  [dim]({cycles.height} cycles; a cycle starts with its discharge)[/dim]")
    for part in ends(cycles, 5):
        table(part, _CYCLE_HEADINGS)
