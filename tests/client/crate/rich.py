"""A project with a record of every kind, and names that are hard to keep."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from cellkeep.client import Client
from client.samples import motley, series

HOSTILE = "../RPT 3: C/10 *final* «Zyklus Ä» 面试 #1?50%\u202e"
"""A name with a path, with what disks and addresses refuse, and with letters from everywhere."""
OWN = {"chamber": {"value": 25, "unit": "degC"}, "own list": [1, 2.5, None, "x"], "copy": "Ä\u2028", "zz": 1, "aa": 2}
"""Keys of a person's own, in an order of their own."""

SPECTRUM = pl.DataFrame({"Frequency [Hz]": [1e3, 1e2, 10.0], "Z_Re [Ohm]": [1.0, 2, 3], "Z_Im [Ohm]": [-1.0, -2, -3]})
CURVE = pl.DataFrame({"Voltage [V]": [3.0, 3.5, 4.0], "SOC": [0.0, 0.5, 1.0], "Step count": [0, 0, 0]})


def quantity(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit}


def build(client: Client, folder: Path) -> str:
    """Fill a project, and tell its id."""
    project = client.project.create({"name": "Rich: project/1", "description": "Alles über Zellen", **OWN}).id
    spec = client.cell_spec.create({
        "name": HOSTILE,
        "project_id": project,
        "form_factor": "21700",
        "manufacturer": "Maker & Söhne",
        "ratings": {"capacity": quantity(5, "A*h"), "voltage_min": quantity(2.5, "V")},
        "properties": {"nested": {"deep": {"weight": quantity(69.04, "g")}}, "text": "yes", "flag": True},
        "source": {"doi": "10.1/abc", "license": "CC-BY-4.0"},
        "notes": "line\nbreak \u2028 and \U0001f50b",
        "anode": {
            "properties": {"loading": quantity(1.5, "mg/cm**2")},
            "material": {"name": "Graphite", "manufacturer": "M", "product_id": "G-1", "definition": {"type": "art"}},
        },
        "cathode": {"material": {"name": "NMC 622", "definition": {"formula": "Li", "b": 1, "a": 2}}},
        "electrolyte": {"properties": {"volume": quantity(0.1, "mL")}},
        **OWN,
    })  # fmt: skip
    other = client.cell_spec.create({"name": "other", "project_id": project, "anode": {"material": {"name": "Si"}}})
    lost = client.cell_spec.create({"name": "lost", "project_id": project, "case": {"material": {"name": "Steel"}}})
    client.cell_spec.delete(lost.id)
    batch = client.cell_batch.create(
        spec.id,
        {"name": "Lot Ä", "notes": "n", "date_manufactured": "2026-01-02", "properties": {"n": quantity(3, "bananas")}},
    )
    cell = client.cell_instance.create(
        spec.id,
        {
            "name": HOSTILE,
            "batch_id": batch.id,
            "date_manufactured": "2026-01-03",
            "measured_properties": {"cathode": {"loading": quantity(1.25, "mg.cm-2")}},
            "notes": "the cell",
            **OWN,
        },
    )
    twin = client.cell_instance.create(other.id, {"name": HOSTILE.replace("*", ":")})
    raw = _raw_files(client, project, folder)
    channels = _laboratory(client, project)
    ids = _series(client, cell.id, raw, channels)
    ids |= _others(client, cell.id, twin.id, folder)
    _results(client, project, ids, spec.id, cell.id, channels)
    return project


def _raw_files(client: Client, project: str, folder: Path) -> list[str]:
    paths = [folder / "a" / "data.csv", folder / "b" / "data.csv", folder / "c #1 50%.bin", folder / "empty.txt"]
    for number, path in enumerate(paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"" if path.name == "empty.txt" else (f"{number};" * 40_000).encode())
    about = {"operator": "Ada", "chamber": quantity(25, "degC")}
    found = [client.raw_data.upload(project, path, name=HOSTILE, source="cycler 3", metadata=about) for path in paths]
    return [each.id for each in found]


def _laboratory(client: Client, project: str) -> list[str]:
    site = client.site.create_or_get({"name": "Hall 1", "location": "Building 9", "own": [1]})
    cycler = client.cycler.create(
        site.id,
        {
            "name": "Rack 1",
            "project_id": project,
            "manufacturer": "Neware",
            "serial_number": "123",
            "port": 80,
            "last_calibrated_at": "2026-01-10",
            "calibration_interval_days": 365,
        },
    )
    client.cycler.complete_service(cycler.id, performed_at="2026-01-11T00:00:00Z", event_type="repair", notes="fan")
    names = ("1", "2", "3")
    channels = [client.channel.create(cycler.id, {"name": n, "max_amps": 5, "min_volts": 0}).id for n in names]
    visit = {"incident_category": "maintenance", "service_scheduled_at": "2027-01-01T00:00:00Z"}
    client.channel.update(channels[2], {"out_of_commission": True, **visit})
    return channels


def _series(client: Client, cell: str, raw: list[str], channels: list[str]) -> dict[str, str]:
    data = b"0;" * 40_000
    digest = hashlib.sha256(data).hexdigest()
    read = {
        "reader": "generic",
        "reader_version": 3,
        "reason": "headings",
        "options": {"timezone": "Europe/Berlin"},
        "cellkeep_version": "0.1.0",
        "files": [
            {"name": "data.csv", "sha256": digest, "size_bytes": len(data), "raw_data_id": raw[0]},
            {"name": "gone.csv", "sha256": "0" * 64, "size_bytes": 1, "raw_data_id": None},
        ],
    }  # fmt: skip
    fields = {
        "name": HOSTILE,
        "start_time": "2026-03-15T10:30:00.123456+01:00",
        "end_time": "2026-03-15T12:30:00Z",
        "estimated_end_time": "2026-03-15T13:30:00Z",
        "estimated_end_time_note": "guess",
        "protocol_id": "p-1",
        "protocol": {"name": "1C cycling", "ambient_temperature_degc": 25},
        "test_setup": {"cycler": "Rack 1", "operator": "Ada", "channel_number": 1},
        "notes": "ünïcode",
        "tags": ["RPT", "ageing", "Ä"],
        "channel_id": channels[0],
        "step_labels_validated": True,
        "summary_rules": {"charge_between_steps": "include", "longest_gap_s": 60.5, "reference_cycle": 0},
        "repairs": [{"action": "time_shifted", "message": "by 5 s", "codes": ["x"], "payload": {"seconds": 5}}],
        "provenance": read,
        "properties": {"thickness": quantity(0.52, "mm")},
        **OWN,
    }
    made = client.cell_measurement
    whole = made.create(cell, {"measurement": fields, "time_series": motley()}).id
    made.attach_raw_data(whole, raw[:2])
    growing = made.create(cell, {"measurement": {"name": "growing"}, "time_series": series(2, 4)}).id
    for start in (8, 10):
        rows = series(8, 4).slice(start, 2)
        made.extend(growing, rows)
    steps = pl.DataFrame({"Step count": [0, 1], "Step type": ["mine", "yours"]})
    own = made.create(cell, {"measurement": {"name": "own steps"}, "time_series": series(), "steps": steps}).id
    return {
        "whole": whole,
        "growing": growing,
        "own": own,
        "eis": made.create(cell, {"measurement": {"name": "eis"}, "time_series": SPECTRUM}).id,
        "ocp": made.create(cell, {"measurement": {"name": "ocp", "data_type": "ocp"}, "time_series": CURVE}).id,
    }


def _others(client: Client, cell: str, twin: str, folder: Path) -> dict[str, str]:
    names = ("b.txt", "a.png", "Ä 面.bin", "A.PNG")
    for name in names:
        (folder / name).write_bytes(name.encode() * 3)
    files = client.cell_measurement.create_file(
        cell, "SEM: images", [folder / name for name in names], notes="four", start_time="2026-03-01T00:00:00Z"
    )
    values = client.cell_measurement.create_properties(
        twin, HOSTILE, {"thickness": quantity(0.52, "mm"), "who": "me", "n": 3}, tags=["rpt", "Ageing"]
    )
    return {"files": files.id, "values": values.id}


def _results(client: Client, project: str, ids: dict[str, str], spec: str, cell: str, channels: list[str]) -> None:
    materials = {each.name: each.id for each in client.material.list(project_id=project)}
    table = {"Concentration [mol.m-3]": [500, 1000], "Conductivity [S.m-1]": [0.82, "not measured"], "text": ["a", "b"]}
    columns = [{"name": "Conductivity", "unit": "S.m-1", "source_column_index": 1, "own": True}]
    client.material_property_dataset.create(materials["Steel"], "all / of it", table)
    client.material_property_dataset.create(materials["Graphite"], "all / of it", table, columns=columns)
    frame = {"SOC": [0.2, 0.5], "R0 [Ohm]": [0.021, 0.020], "note": ["x", None]}
    plots = [{"x": "SOC", "y": ["R0 [Ohm]"], "title": "R"}]
    made = client.analysis
    first = made.create(ids["whole"], "fit", "ecm_from_eis", frame, plots=plots, metadata={"model": "R-RC"}, notes="ok")
    named = [{"name": "SOC", "unit": "1", "own": 1}, {"name": "R0", "unit": "Ohm"}]
    made.create(ids["values"], "fit", "dcir", frame, columns=named, plots=[{"x": "SOC", "y": "R0"}])
    made.update(first.id, {"name": "fit again"})
    study = client.study.create({"name": "Study", "description": "of two", **OWN}, project)
    client.study.create({"name": "Study"}, project)
    for each in ("whole", "values"):
        client.study.assign_measurement(study.id, ids[each], project)
    soon = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
    place = {
        "status": "scheduled",
        "channel_id": channels[1],
        "planned_start_time": soon.isoformat(),
        "planned_end_time": (soon + timedelta(days=1)).isoformat(),
    }
    about = {"protocol_id": "p-2", "cell_specification_id": spec}
    plan = client.planned_measurement.create
    plan({"name": "wanted", "estimated_duration_seconds": 60, "notes": "n", **about, **OWN}, project)
    plan({"name": "booked", "cell_instance_id": cell, **place, **about}, project)
