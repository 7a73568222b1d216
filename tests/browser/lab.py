"""A laboratory with something of everything, for pages to show: made in a second or two, the same each time."""

import tempfile
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from browser import files, series
from cellkeep.cli import demo_data
from cellkeep.client import Client
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.people import Caller
from cellkeep.domain.records import now
from cellkeep.services import accounts
from cellkeep.services.processing import process
from cellkeep.settings import LAB_STALE_AFTER_S
from cellkeep.storage.store import Store
from services.bench import Bench, Never, parquet

HOSTILE = "<script>alert(1)</script>"
HOSTILE_NOTES = "\"><img src=x onerror=alert(1)> {{ 7 * 7 }} '; DROP TABLE cells; --\n[link](javascript:alert(1))"
LONG = "NMC811-" * 36 + "end"
"""255 characters without a space."""


@dataclass(frozen=True)
class Lab:
    """Ids of what there is.

    Attributes:
        project: with everything that is not said to lie elsewhere.
        other_project: the second; its name has markup in it.
        spec: with ratings and all components.
        bare_spec: with a name alone, in the second project.
        batches: two, of six cells each.
        cells: the twelve, `A-001` to `A-012`; the first has all types of measurements.
        hostile_cell: in the second project; it and all that is on it have markup in every text.
        long_cell: of the second project; it and its measurement have names of 255 characters.
        cycled: forty cycles with temperature, some 25,000 rows, on the first cell.
        siblings: eight cycles each on the second to fourth cell, at 10, 25 and 45 degrees.
        titration: GITT.
        pulses: HPPC.
        impedance: eight spectra on the way down, among cycling.
        spectrum: one spectrum and nothing else.
        open_circuit: an open-circuit potential curve.
        imported: read from a file of a cycler, which is kept.
        properties: of the first cell, oldest first; the same quantities each time.
        files: one file of each kind.
        findings: a series with its current reversed, a hole and a long gap, kept despite that.
        failed: one of which no tables can be made.
        pending: one of which the tables wait to be made.
        hostile: a series, properties and a file, in this order.
        long: a series with a name of 255 characters.
        running: on the channel that is occupied.
        quiet: on the channel that is stale.
        site: with the cycler of eight channels; the other site has one without calibration.
        cycler: of eight channels.
        channels: occupied, stale, out of commission, reserved from tomorrow on, and four that are free.
        viewer: a person who may only look at `project`.
    """

    project: str
    other_project: str
    spec: str
    bare_spec: str
    batches: tuple[str, ...]
    cells: tuple[str, ...]
    hostile_cell: str
    long_cell: str
    cycled: str
    siblings: tuple[str, ...]
    titration: str
    pulses: str
    impedance: str
    spectrum: str
    open_circuit: str
    imported: str
    properties: tuple[str, ...]
    files: str
    findings: str
    failed: str
    pending: str
    hostile: tuple[str, ...]
    long: str
    running: str
    quiet: str
    site: str
    cycler: str
    channels: tuple[str, ...]
    viewer: str


def fill(client: Client, store: Store) -> Lab:
    """Make it on a server that holds nothing but its admin; the store is needed for what no client can bring about."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")  # the checks warn of what is made wrong on purpose
        return _Filling(client, store, Path(folder)).all()


class _Filling:
    def __init__(self, client: Client, store: Store, folder: Path) -> None:
        self.client, self.store, self.folder = client, store, folder
        self.admin: Caller = accounts.ensure_first_admin(store)
        self.project = client.project.list().items[0].id
        self.sent: list[str] = []

    def all(self) -> Lab:
        made = {**self._cells(), **self._other_project()}
        first: CellInstance = made.pop("first")
        made |= {**self._series(first, made["cells"]), **self._values(first), **self._trouble(first)}
        made |= self._site(made["cells"], first.cell_specification_id)
        self.client.cell_measurement.wait_for_processing(self.sent)
        member = self.client.project.invite_member(self.project, "viewer@example.org", "Project Viewer")
        return Lab(project=self.project, viewer=str(member.user_id), **made)

    def _cells(self) -> dict[str, Any]:
        spec = self.client.cell_spec.create({**demo_data.cell_spec(), "project_id": self.project})
        batches = tuple(
            self.client.cell_batch.create(spec.id, {"name": f"LOT-{number}", "notes": f"Coated in week {number}."}).id
            for number in (11, 12)
        )
        cells = [
            self.client.cell_instance.create(
                spec.id,
                {**demo_data.cell_instance(number), "name": f"A-{number:03d}", "batch_id": batches[number > 6]},
            )
            for number in range(1, 13)
        ]
        return {"spec": spec.id, "batches": batches, "cells": tuple(each.id for each in cells), "first": cells[0]}

    def _series(self, first: CellInstance, cells: tuple[str, ...]) -> dict[str, Any]:
        setup = {"test_setup": {"cycler": "Rack 1", "channel_number": "1", "operator": "Ada"}}
        return {
            "cycled": self._send(
                first.id,
                "Cycle ageing",
                demo_data.ageing_test(40, seed=1),
                start_time="2026-03-15T09:30:00Z",
                protocol={"name": "C/2 CC-CV, 1C discharge", "ambient_temperature_degc": 25},
                tags=["ageing", "25 degC"],
                notes="Chamber door opened once, in cycle 12.",
                **setup,
            ),
            "siblings": tuple(
                self._send(
                    cell,
                    f"Cycle ageing at {degrees} degC",
                    demo_data.ageing_test(8, seed=degrees),
                    start_time="2026-03-16T09:30:00Z",
                    protocol={"name": "C/2 CC-CV, 1C discharge", "ambient_temperature_degc": degrees},
                    tags=["ageing", f"{degrees} degC"],
                )
                for cell, degrees in zip(cells[1:4], (10, 25, 45), strict=True)
            ),
            "titration": self._send(first.id, "GITT", series.intermittent_titration(), tags=["check-up"]),
            "pulses": self._send(first.id, "HPPC", series.pulse_test(), tags=["check-up"]),
            "impedance": self._send(first.id, "EIS over SOC", series.spectra(), tags=["check-up", "EIS"]),
            "spectrum": self._send(first.id, "EIS at half charge", series.spectrum(), tags=["EIS"]),
            "open_circuit": self._send(first.id, "Open-circuit curve", series.open_circuit_curve()),
            "imported": self.client.cell_measurement.create_from_file(
                first.id, files.write_export(self.folder / "export.csv"), "From a file"
            ).id,
        }

    def _values(self, first: CellInstance) -> dict[str, Any]:
        create = self.client.cell_measurement.create_properties
        values = [
            create(
                first.id,
                f"Inspection {number}",
                {
                    **demo_data.properties(),
                    "internal_resistance": {"value": round(21.6 + 1.3 * number, 2), "unit": "mOhm"},
                    "thickness": {"value": round(0.52 + 0.004 * number, 3), "unit": "mm"},
                },
                start_time=f"2026-0{number + 1}-10T08:00:00Z",
            ).id
            for number in range(1, 6)
        ]
        pictures = self.client.cell_measurement.create_file(
            first.id, "Post-mortem", files.write_all(self.folder), tags=["post-mortem"]
        )
        return {"properties": tuple(values), "files": pictures.id}

    def _trouble(self, first: CellInstance) -> dict[str, Any]:
        wrong = demo_data.ageing_test(3, seed=5).with_columns(
            -pl.col("Current [A]"),
            pl.when(pl.int_range(pl.len()) == 400).then(None).otherwise(pl.col("Voltage [V]")).alias("Voltage [V]"),
            pl.col("Time [s]") + pl.when(pl.int_range(pl.len()) > 900).then(90_000).otherwise(0),
        )
        bench = Bench(self.store, self.admin, self.project, first.cell_specification_id, first.id)
        failed = bench.send(parquet(series.spectra(1).with_columns(pl.col("Step count") + 0.5)), name="Torn export")
        bench.confirm(failed, Never(), wait_s=0, name="Torn export")
        process(self.store, failed)
        return {
            "findings": self._send(first.id, "Wrong sign", wrong, despite=["current_sign_reversed"]),
            "failed": failed,
            "pending": bench.create("Just sent", series.intermittent_titration(2), Never()).id,
        }

    def _other_project(self) -> dict[str, Any]:
        project = self.client.project.create({"name": 'Second <b>project</b> & "co"', "description": HOSTILE_NOTES})
        spec = self.client.cell_spec.create({"name": f"{HOSTILE} spec", "project_id": project.id})
        cell = self.client.cell_instance.create(spec.id, {"name": HOSTILE, "notes": HOSTILE_NOTES, "batch": HOSTILE})
        long = self.client.cell_instance.create(spec.id, {"name": LONG})
        hostile = {
            "notes": HOSTILE_NOTES,
            "tags": ["<b>tag</b>"],
            "protocol": {"name": HOSTILE},
            "test_setup": {"cycler": HOSTILE},
        }
        path = self.folder / files.HOSTILE_FILE
        path.write_text(HOSTILE, encoding="utf-8")
        short = series.recorded([series.Step(60, 1, 5), series.Step(60, -1, 5)])
        made = (
            self._send(cell.id, HOSTILE, short.with_columns(pl.lit(1).alias(HOSTILE)), **hostile),
            self.client.cell_measurement.create_properties(cell.id, "<b>P</b>", {HOSTILE: HOSTILE_NOTES}, **hostile).id,
            self.client.cell_measurement.create_file(cell.id, "<b>F</b>", path, **hostile).id,
        )
        return {
            "other_project": project.id,
            "bare_spec": spec.id,
            "hostile_cell": cell.id,
            "long_cell": long.id,
            "hostile": made,
            "long": self._send(long.id, LONG, short),
        }

    def _site(self, cells: tuple[str, ...], spec: str) -> dict[str, Any]:
        site = self.client.site.create({"name": "Hall 1", "location": "Building 9"})
        other = self.client.site.create({"name": "Hall 2"})
        owned = {"project_id": self.project, "manufacturer": "Neware", "model": "BTS-4000"}
        told = {**owned, "name": "Rack 1", "last_calibrated_at": "2026-01-10", "calibration_interval_days": 365}
        cycler = self.client.cycler.create(site.id, told)
        late = {**owned, "name": "Rack 2", "last_calibrated_at": "2024-01-10", "calibration_interval_days": 365}
        self._channels(self.client.cycler.create(other.id, late).id, 2)
        channels = self._channels(cycler.id, 8)
        running, quiet = (
            self._send(
                cell,
                name,
                demo_data.ageing_test(1, seed=9),
                channel_id=channel,
                start_time="2026-05-02T06:00:00Z",
                protocol={"name": "1C cycling"},
            )
            for name, cell, channel in zip(("Running", "Gone quiet"), cells[4:6], channels[:2], strict=True)
        )
        self._set_apart(channels, spec)
        self.client.cell_measurement.wait_for_processing([quiet])
        with self.store.writing() as work:
            work.measurements.row(quiet).updated_at = now() - timedelta(seconds=LAB_STALE_AFTER_S + 3600)
        return {"site": site.id, "cycler": cycler.id, "channels": channels, "running": running, "quiet": quiet}

    def _channels(self, cycler: str, count: int) -> tuple[str, ...]:
        rating = {"max_amps": 6, "min_volts": 0, "max_volts": 5}
        create = self.client.channel.create
        return tuple(create(cycler, {"name": str(number), **rating}).id for number in range(1, count + 1))

    def _set_apart(self, channels: tuple[str, ...], spec: str) -> None:
        outage = {"incident_category": "hardware_failure", "incident_notes": "relay sticks"}
        self.client.channel.update(channels[2], {"out_of_commission": True, **outage})
        plan = {"name": "Check-up", "protocol_id": "rpt-25", "estimated_duration_seconds": 30 * 3600}
        plan |= {"cell_specification_id": spec}
        wanted = self.client.planned_measurement.create(plan, self.project)
        begins = now() + timedelta(days=1)
        ends = begins + timedelta(hours=30)
        self.client.planned_measurement.schedule(
            wanted.id, channels[3], begins.isoformat(), ends.isoformat(), self.project
        )

    def _send(
        self, cell: str, name: str, frame: pl.DataFrame, *, despite: Iterable[str] | None = None, **said: Any
    ) -> str:
        """Send a series, and leave the waiting for its tables to the end."""
        detail = {"measurement": {"name": name, **said}, "time_series": frame}
        made = self.client.cell_measurement.create(cell, detail, wait_for_processing=False, despite=despite)
        self.sent.append(made.id)
        return made.id
