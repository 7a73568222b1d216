"""Creating measurements, the same over HTTP and in a folder."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from PIL import Image

from cellkeep import ConflictError, InvalidError
from cellkeep.client import Client
from cellkeep.domain.instances import CellInstance
from cellkeep.domain.measurements import CellMeasurement
from client.conftest import Lab
from client.samples import series

RECORD: dict[str, Any] = {
    "name": "RPT 1",
    "notes": "n",
    "start_time": "2026-03-15T09:30:00Z",
    "protocol": {"name": "CC-CV C/10", "ambient_temperature_degc": 25, "definition": {"steps": [1, 2.5, None]}},
    "test_setup": {"cycler": "VMP3", "operator": "J", "lab": "B", "channel_number": 7},
    "tags": ["hppc"],
    "operator_mood": {"scale": [1, 2, {"three": 3}]},
}


def test_a_series_comes_back_with_all_that_was_said_of_it(any_client: Client, cell: CellInstance) -> None:
    """The bundle tells the true number of steps, is the measurement, and holds it."""
    bundle = any_client.cell_measurement.create(cell.id, {"measurement": RECORD, "time_series": series(steps=5)})
    assert bundle.steps_created == 5
    assert bundle.name == bundle.measurement.name == "RPT 1"
    assert bundle.measurement == any_client.cell_measurement.get(bundle.id)
    assert type(bundle.measurement) is CellMeasurement
    for key in ("notes", "protocol", "test_setup", "tags", "operator_mood"):
        assert getattr(bundle, key) == RECORD[key]
    assert (bundle.processing_status, bundle.processing_error) == ("ready", None)
    assert (bundle.row_count, bundle.step_count, bundle.data_type) == (15, 5, None)
    assert bundle.cell_instance_id == cell.id
    assert bundle.specification_id == cell.cell_specification_id
    assert bundle.file_metadata is None


@pytest.mark.parametrize("key", ["custom", "url", "measurement", "data", "self", "copy", "id_in_lab", "ß x"])
def test_any_key_of_ones_own_is_kept(any_client: Client, cell: CellInstance, key: str) -> None:
    """A key that is no field of ours comes back as it was sent, whatever it is called."""
    made = any_client.cell_measurement.create(
        cell.id, {"measurement": {"name": key, key: {"v": [1]}}, "time_series": series(1)}
    )
    assert any_client.cell_measurement.get(made.id).model_extra == {key: {"v": [1]}}


def test_not_waiting_is_answered_too(any_client: Client, cell: CellInstance) -> None:
    """Without waiting there is a record at once; steps_created is the true count or, while pending, 0."""
    detail = {"measurement": {"name": "T"}, "time_series": series()}
    bundle = any_client.cell_measurement.create(cell.id, detail, wait_for_processing=False)
    assert (bundle.processing_status, bundle.steps_created) in {("ready", 2), ("pending", 0), ("running", 0)}
    assert any_client.cell_measurement.wait_for_processing(bundle.id)[bundle.id]["step_count"] == 2


def test_a_name_is_taken_once_on_a_cell(lab: Lab, any_client: Client, cell: CellInstance) -> None:
    """A second measurement of the name is refused with the id of the first, whatever its type; nothing is stored."""
    made = any_client.cell_measurement.create(cell.id, {"measurement": RECORD, "time_series": series()})
    with lab.unchanged(any_client, cell):
        with pytest.raises(ConflictError, match="RPT 1") as caught:
            any_client.cell_measurement.create(cell.id, {"measurement": {"name": " RPT 1 "}, "time_series": series()})
        error = caught.value
        assert (error.status_code, error.error_code, error.existing_id) == (409, "CONFLICT", made.id)
        assert error.data == {"error_code": "CONFLICT", "message": error.message, "detail": {"existing_id": made.id}}
        with pytest.raises(ConflictError) as caught:
            any_client.cell_measurement.create_properties(cell.id, "RPT 1", {"a": "b"})
        assert caught.value.existing_id == made.id


def test_create_or_get_gives_what_is_there(any_client: Client, cell: CellInstance) -> None:
    """The first call stores, the second gets the same measurement unchanged; both are plain measurements."""
    detail = {"measurement": {"name": "T"}, "time_series": series()}
    first = any_client.cell_measurement.create_or_get(cell.id, detail)
    second = any_client.cell_measurement.create_or_get(cell.id, {**detail, "time_series": series(4)})
    assert type(first) is type(second) is CellMeasurement
    assert first == second
    assert any_client.cell_measurement.time_series(first.id).height == 6


def test_create_or_get_from_many_threads_is_one_measurement(lab: Lab, any_client: Client, cell: CellInstance) -> None:
    """However many ask at once, one is stored and all get it."""
    before = lab.objects()
    detail = {"measurement": {"name": "T"}, "time_series": series()}
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: any_client.cell_measurement.create_or_get(cell.id, detail).id, range(8)))
    assert len(set(found)) == 1
    assert any_client.cell_measurement.list(cell.id).total == 1
    any_client.cell_measurement.wait_for_processing(found[0])
    assert len(lab.objects() - before) == 3


def test_steps_of_ones_own_are_taken(any_client: Client, cell: CellInstance) -> None:
    """A step table that is sent is the step table, verbatim, and its rows are counted."""
    steps = pl.DataFrame({"Step": [1, 2, 3], "Verdict": ["good", None, "bad"], "Depth": [0.5, float("nan"), None]})
    detail = {"measurement": {"name": "T"}, "time_series": series(), "steps": steps}
    bundle = any_client.cell_measurement.create(cell.id, detail)
    assert bundle.steps_created == 3
    assert any_client.cell_measurement.steps(bundle.id).equals(steps)
    both = any_client.cell_measurement.steps_and_cycles(bundle.id)
    assert both.steps["Depth"].to_list() == [0.5, None, None]
    assert both.cycles.height == 1


def test_steps_of_whole_numbers_alone_are_taken(any_client: Client, cell: CellInstance) -> None:
    """A step table without a single float can be read in both ways."""
    detail = {"measurement": {"name": "T"}, "time_series": series(), "steps": {"Step": [1, 2]}}
    bundle = any_client.cell_measurement.create(cell.id, detail)
    assert any_client.cell_measurement.steps_and_cycles(bundle.id).steps.to_dict(as_series=False) == {"Step": [1, 2]}


def test_steps_with_odd_columns_are_read_in_both_ways(any_client: Client, cell: CellInstance) -> None:
    """Lists and times in a step table do not break the answer."""
    steps = pl.DataFrame({"l": [[1.0, float("nan")]], "d": [1]}).with_columns(
        pl.duration(seconds=pl.col("d")).alias("d")
    )
    detail = {"measurement": {"name": "T"}, "time_series": series(), "steps": steps}
    bundle = any_client.cell_measurement.create(cell.id, detail)
    assert any_client.cell_measurement.steps(bundle.id).equals(steps)
    assert any_client.cell_measurement.steps_and_cycles(bundle.id).steps.height == 1


@pytest.mark.parametrize(
    ("kind", "frame"),
    [
        ("eis", {"Frequency [Hz]": [1e3, 1e2], "Z_Re [Ohm]": [0.1, 0.2], "Z_Im [Ohm]": [-0.1, -0.2]}),
        ("ocp", {"Stoichiometry": [0.1, 0.2], "Voltage [V]": [3.0, 3.1], "Step count": [0, 0]}),
    ],
)
def test_other_kinds_of_series_are_known_by_their_columns(
    any_client: Client, cell: CellInstance, kind: str, frame: dict[str, list[float]]
) -> None:
    """A spectrum and an open-circuit potential curve are stored as what they are."""
    bundle = any_client.cell_measurement.create(cell.id, {"measurement": {"name": "T"}, "time_series": frame})
    assert (bundle.data_type, bundle.steps_created, bundle.row_count) == (kind, 1, 2)
    said = {"measurement": {"name": "said", "data_type": kind}, "time_series": frame}
    assert any_client.cell_measurement.create(cell.id, said).data_type == kind
    assert any_client.cell_measurement.time_series(bundle.id).to_dict(as_series=False) == frame


def test_properties_are_kept_verbatim(any_client: Client, cell: CellInstance) -> None:
    """Values, units and text stay as they were sent, with a canonical form of each quantity beside them."""
    properties = {
        "thickness": {"value": 0.52, "unit": "mm"},
        "resistance": {"value": 12, "unit": "mOhm"},
        "condition": "good",
        "count": 7,
        "nested": {"weight": {"value": 45.3, "unit": "g"}, "none": None, "flag": True, "list": [1.5, "a"]},
        "odd": {"value": 1, "unit": "bananas"},
    }
    sent = {key: value for key, value in RECORD.items() if key not in {"name", "operator_mood"}}
    made = any_client.cell_measurement.create_properties(
        cell.id, "P", properties, end_time="2026-03-16T00:00:00Z", **sent
    )
    assert made.properties == properties
    assert made.canonical == {
        "thickness": {"value": 0.00052, "unit": "m"},
        "resistance": {"value": 0.012, "unit": "Ohm"},
        "nested.weight": {"value": 0.0453, "unit": "kg"},
        "odd": None,
    }
    assert (made.measurement_type, made.processing_status, made.tags) == ("properties", "ready", ["hppc"])
    assert (made.notes, made.protocol, made.test_setup) == (sent["notes"], sent["protocol"], sent["test_setup"])
    assert any_client.cell_measurement.get(made.id) == made
    changed = any_client.cell_measurement.update(made.id, {"properties": {"thickness": {"value": 1, "unit": "m"}}})
    assert changed.canonical == {"thickness": {"value": 1.0, "unit": "m"}}


def test_numbers_that_json_has_not_are_null(any_client: Client, cell: CellInstance) -> None:
    """NaN and infinities in properties are stored as null."""
    odd = {"a": {"value": float("nan"), "unit": "V"}, "b": float("inf"), "c": [float("-inf"), 1.0]}
    made = any_client.cell_measurement.create_properties(cell.id, "P", odd)
    assert made.properties == {"a": {"value": None, "unit": "V"}, "b": None, "c": [None, 1.0]}


def test_numbers_of_numpy_are_numbers(any_client: Client, cell: CellInstance) -> None:
    """Values that come out of numpy can be sent like any others."""
    sent = {"a": {"value": np.float64(1.5), "unit": "V"}, "b": np.int64(3), "c": np.float32(0.5)}
    made = any_client.cell_measurement.create_properties(cell.id, "P", sent)
    assert made.properties == {"a": {"value": 1.5, "unit": "V"}, "b": 3, "c": 0.5}


def test_values_that_json_can_not_say_are_refused_by_name(any_client: Client, cell: CellInstance) -> None:
    """An object that has no JSON form is an error of ours that says so, not one of a library below."""
    with pytest.raises(InvalidError):
        any_client.cell_measurement.create_properties(cell.id, "P", {"a": object()})


NAMES = ["a b.txt", "Übersicht µ.pdf", "100%.txt", "a+b&c=d.txt", ".hidden", "日本.bin", "semi;colon,.x"]


def test_files_come_back_under_their_names(any_client: Client, cell: CellInstance, tmp_path: Path) -> None:
    """Files with spaces, umlauts, percent and other signs in their names come back byte for byte, in order."""
    content = {name: name.encode() * 3 for name in NAMES} | {"empty": b"", "big.bin": bytes(range(256)) * 5000}
    for name, data in content.items():
        (tmp_path / name).write_bytes(data)
    bundle = any_client.cell_measurement.create_file(
        cell.id, "F", [tmp_path / name for name in content], notes="n", tags=["x"]
    )
    assert (bundle.measurement_type, bundle.steps_created, bundle.processing_status) == ("file", 0, "ready")
    assert (bundle.notes, bundle.tags, bundle.row_count) == ("n", ["x"], None)
    assert any_client.cell_measurement.list_files(bundle.id) == list(content)
    assert any_client.cell_measurement.download_files(bundle.id) == content
    assert any_client.cell_measurement.download_files(bundle.id, filenames=["empty"]) == {"empty": b""}
    for name, data in content.items():
        assert any_client.cell_measurement.get_file(bundle.id, name) == data
    facts = bundle.file_metadata
    assert facts is not None
    assert {name: (each["size_bytes"], each["sha256"]) for name, each in facts.items()} == {
        name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in content.items()
    }
    assert any_client.cell_measurement.detail(bundle.id).files == content


def test_pictures_tell_their_size(any_client: Client, cell: CellInstance, tmp_path: Path) -> None:
    """Type, width and height come from the content; a broken picture is kept as the file it is."""
    Image.new("RGB", (7, 5)).save(tmp_path / "sem.png")
    Image.new("RGB", (9, 4)).save(tmp_path / "photo.JPG", format="JPEG")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    paths = [str(tmp_path / name) for name in ("sem.png", "photo.JPG", "broken.png")]
    bundle = any_client.cell_measurement.create_file(cell.id, "F", paths, validate_images=True)
    facts = bundle.file_metadata
    assert facts is not None
    assert {key: facts["sem.png"][key] for key in ("content_type", "width", "height")} == {
        "content_type": "image/png",
        "width": 7,
        "height": 5,
    }
    assert (facts["photo.JPG"]["content_type"], facts["photo.JPG"]["width"]) == ("image/jpeg", 9)
    assert facts["broken.png"].keys() == {"content_type", "size_bytes", "sha256"}


def test_what_is_sent_is_not_changed(any_client: Client, cell: CellInstance) -> None:
    """The dict and the frame of the caller are as they were before."""
    frame = series()
    detail = {"measurement": dict(RECORD), "time_series": frame}
    any_client.cell_measurement.create(cell.id, detail)
    assert detail == {"measurement": RECORD, "time_series": frame}
    assert frame.equals(series())
