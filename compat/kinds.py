"""Every kind of record: how one is made, read, found in lists, changed and removed, through either client."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import polars as pl
from samples import series, two_steps

TABLE = {"x [m]": [0.0, 1.0], "y": [1.0, 2.5]}
PLAIN_TABLE = {"x": [0.0, 1.0], "y": [1.0, 2.5]}
"""To put in its place: the official client compares the headers with the names that are stored, without units."""


class Place(NamedTuple):
    """A project with one record of each kind that others belong to, and the client that made them."""

    admin: Any
    project_id: str
    spec_id: str
    cell_id: str
    series_id: str
    raw_data_id: str
    material_id: str
    study_id: str
    site_id: str
    cycler_id: str
    channel_id: str


Make = Callable[[Any, Place], str]
Call = Callable[[Any, Place, str], Any]
Lists = Callable[[Any, Place], list[str]]


class Kind(NamedTuple):
    """A kind of record.

    Attributes:
        make: makes one in a place; its id.
        read: does with one, in each way there is, what those may who see it.
        listed: the ids of those that are told in a place, in each list there is.
        change: changes one, in each way there is.
        delete: removes one; None where it only comes and goes with others.
    """

    make: Make
    read: tuple[Call, ...]
    listed: tuple[Lists, ...]
    change: tuple[Call, ...]
    delete: Call | None


def name() -> str:
    return f"N {uuid4()}"


def ids(records: Any) -> list[str]:
    return [record.id for record in records]


def require_among(found: Any, wanted: str) -> None:
    """Claim that an id is one of those found."""
    assert wanted in list(found)


def place(admin: Any) -> Place:
    """A new place."""
    project_id = admin.project.create({"name": name()}).id
    spec_id = admin.cell_spec.create(_with_material("Spec", project_id, "Graphite")).id
    cell_id = admin.cell_instance.create(spec_id, {"name": "Cell"}).id
    site_id = admin.site.create({"name": name()}).id
    cycler_id = admin.cycler.create(site_id, {"name": "Cycler", "project_id": project_id}).id
    return Place(
        admin,
        project_id,
        spec_id,
        cell_id,
        admin.cell_measurement.create(cell_id, series("Series")).id,
        admin.raw_data.upload(project_id, io.BytesIO(b"content")).id,
        admin.material.list(project_id=project_id)[0].id,
        admin.study.create({"name": "Study"}, project_id).id,
        site_id,
        cycler_id,
        admin.channel.create(cycler_id, {"name": "Channel"}).id,
    )


def _with_material(called: str, project_id: str, material: str) -> dict[str, Any]:
    return {"name": called, "project_id": project_id, "anode": {"material": {"name": material}}}


def _file(client: Any, at: Place) -> str:
    made: str = client.cell_measurement.create_file(at.cell_id, name(), [str(Path(__file__))]).id
    return made


def _extend(client: Any, _: Place, key: str) -> None:
    following = two_steps().tail(2).with_columns(pl.col("Time [s]") + 120.0)
    client.cell_measurement.extend(key, following)


def _material(client: Any, at: Place) -> str:
    called = name()
    client.cell_spec.create(_with_material(name(), at.project_id, called))
    found: str = client.material.list(project_id=at.project_id, name=called)[0].id
    return found


def _attached(client: Any, at: Place) -> str:
    made: str = client.raw_data.upload(at.project_id, io.BytesIO(b"content")).id
    client.cell_measurement.attach_raw_data(at.series_id, [made])
    return made


def _in_study(client: Any, at: Place) -> str:
    made: str = client.cell_measurement.create_properties(at.cell_id, name(), {"a": "b"}).id
    client.study.assign_measurement(at.study_id, made, at.project_id)
    return made


def _of_study(client: Any, at: Place) -> list[str]:
    return [item["id"] for item in client.study.list_measurements(at.study_id, at.project_id)["items"]]


def _channels_of_lab(client: Any, at: Place) -> list[str]:
    status = client.lab.status(at.project_id)
    return [channel.id for site in status.sites for cycler in site.cyclers for channel in cycler.channels]


def planned(at: Place) -> dict[str, Any]:
    """What a planned measurement needs besides its name."""
    return {"protocol_id": "p", "cell_specification_id": at.spec_id, "estimated_duration_seconds": 60}


def _plan(client: Any, at: Place) -> str:
    made: str = client.planned_measurement.create({"name": name(), **planned(at)}, at.project_id).id
    return made


def _apply(client: Any, at: Place, key: str) -> None:
    found = at.admin.planned_measurement.auto_schedule_proposal([key], project_id=at.project_id)
    client.planned_measurement.apply_auto_schedule_proposal(found.assignments, project_id=at.project_id)


_MEASUREMENT_CHANGES: tuple[Call, ...] = (
    lambda client, _, key: client.cell_measurement.update(key, {"notes": "changed"}),
    lambda client, _, key: client.cell_measurement.add_tags([key], [name()]),
    lambda client, _, key: client.cell_measurement.remove_tags([key], ["none"]),
    lambda client, at, key: client.cell_measurement.attach_raw_data(key, [at.raw_data_id]),
    lambda client, at, key: client.cell_measurement.detach_raw_data(key, at.raw_data_id),
    lambda client, at, key: client.study.assign_measurement(at.study_id, key, at.project_id),
    lambda client, at, key: client.study.remove_measurement(at.study_id, key, at.project_id),
)


def _measurement(make: Make, *read: Call, change: tuple[Call, ...] = ()) -> Kind:
    """A measurement of one type, made, read and changed in its own way."""
    return Kind(
        make,
        (
            lambda client, _, key: client.cell_measurement.get(key),
            lambda client, _, key: client.cell_measurement.list_raw_data(key),
            lambda client, _, key: client.cell_measurement.watch(key),
            lambda client, _, key: client.cell_measurement.unwatch(key),
            lambda client, _, key: client.analysis.list(key),
            *read,
        ),
        (
            lambda client, at: ids(client.cell_measurement.list(at.cell_id)),
            lambda client, at: ids(client.cell_measurement.list_by_project(at.project_id)),
        ),
        (*_MEASUREMENT_CHANGES, *change),
        lambda client, _, key: client.cell_measurement.delete(key),
    )


CELLS: dict[str, Kind] = {
    "cell specification": Kind(
        lambda client, at: client.cell_spec.create({"name": name(), "project_id": at.project_id}).id,
        (lambda client, _, key: client.cell_spec.get(key),),
        (lambda client, at: ids(client.cell_spec.list(project_id=at.project_id)),),
        (lambda client, _, key: client.cell_spec.update(key, {"notes": "changed"}),),
        lambda client, _, key: client.cell_spec.delete(key),
    ),
    "cell batch": Kind(
        lambda client, at: client.cell_batch.create(at.spec_id, {"name": name()}).id,
        (lambda client, _, key: client.cell_batch.get(key),),
        (lambda client, at: ids(client.cell_batch.list(at.spec_id)),),
        (lambda client, _, key: client.cell_batch.update(key, {"notes": "changed"}),),
        lambda client, _, key: client.cell_batch.delete(key),
    ),
    "cell instance": Kind(
        lambda client, at: client.cell_instance.create(at.spec_id, {"name": name()}).id,
        (lambda client, _, key: client.cell_instance.get(key), lambda client, _, key: client.cell_instance.detail(key)),
        (lambda client, at: ids(client.cell_instance.list(at.spec_id)),),
        (lambda client, _, key: client.cell_instance.update(key, {"notes": "changed"}),),
        lambda client, _, key: client.cell_instance.delete(key),
    ),
    "properties": _measurement(
        lambda client, at: client.cell_measurement.create_properties(at.cell_id, name(), {"a": "b"}).id,
    ),
    "files": _measurement(
        _file,
        lambda client, _, key: client.cell_measurement.list_files(key),
        lambda client, _, key: client.cell_measurement.get_file(key, "kinds.py"),
    ),
    "time series": _measurement(
        lambda client, at: client.cell_measurement.create(at.cell_id, series(name())).id,
        lambda client, _, key: client.cell_measurement.time_series(key),
        lambda client, _, key: client.cell_measurement.steps(key),
        lambda client, _, key: client.cell_measurement.cycles(key),
        lambda client, _, key: client.cell_measurement.steps_and_cycles(key),
        lambda client, _, key: client.cell_measurement.detail(key),
        change=(_extend,),
    ),
}

RESULTS: dict[str, Kind] = {
    "raw data": Kind(
        lambda client, at: client.raw_data.upload(at.project_id, io.BytesIO(b"content")).id,
        (
            lambda client, _, key: client.raw_data.get(key),
            lambda client, _, key: client.raw_data.download(key, use_cache=False),
            lambda client, _, key: client.raw_data.download_url(key),
            lambda client, _, key: client.raw_data.list_measurements(key),
        ),
        (lambda client, at: ids(client.raw_data.list(at.project_id)),),
        (
            lambda client, _, key: client.raw_data.update(key, name="changed"),
            lambda client, at, key: client.cell_measurement.attach_raw_data(at.series_id, [key]),
            lambda client, at, key: client.cell_measurement.detach_raw_data(at.series_id, key),
        ),
        lambda client, _, key: client.raw_data.delete(key),
    ),
    "attached raw data": Kind(
        _attached,
        (lambda client, at, key: require_among(client.raw_data.list_measurements(key), at.series_id),),
        (lambda client, at: ids(client.cell_measurement.list_raw_data(at.series_id)),),
        (lambda client, at, key: client.cell_measurement.detach_raw_data(at.series_id, key),),
        lambda client, _, key: client.raw_data.delete(key),
    ),
    "material": Kind(
        _material,
        (
            lambda client, _, key: client.material.get(key),
            lambda client, _, key: client.material_property_dataset.list(key),
        ),
        (lambda client, at: ids(client.material.list(project_id=at.project_id)),),
        (
            lambda client, at, key: client.material_property_dataset.create(
                key, name(), TABLE, project_id=at.project_id
            ),
        ),
        None,
    ),
    "property dataset": Kind(
        lambda client, at: (
            client.material_property_dataset.create(at.material_id, name(), TABLE, project_id=at.project_id).id
        ),
        (
            lambda client, _, key: client.material_property_dataset.get(key),
            lambda client, _, key: client.material_property_dataset.get_data(key),
            lambda client, _, key: client.material_property_dataset.get_units(key),
            lambda client, _, key: client.material_property_dataset.get_download_url(key),
            lambda client, _, key: client.material_property_dataset.get_download_url(key, kind="original"),
        ),
        (lambda client, at: ids(client.material_property_dataset.list(at.material_id)),),
        (
            lambda client, _, key: client.material_property_dataset.update(key, name="changed"),
            lambda client, _, key: client.material_property_dataset.replace_file(key, PLAIN_TABLE),
        ),
        lambda client, _, key: client.material_property_dataset.delete(key),
    ),
    "analysis": Kind(
        lambda client, at: client.analysis.create(at.series_id, name(), "t", TABLE).id,
        (
            lambda client, _, key: client.analysis.get(key),
            lambda client, at, key: client.analysis.find_one(at.series_id, analysis_id=key),
            lambda client, _, key: client.analysis.get_download_url(key),
            lambda client, _, key: client.analysis.get_data(key),
        ),
        (
            lambda client, at: ids(client.analysis.list(at.series_id)),
            lambda client, at: ids(client.analysis.list(project_id=at.project_id)),
        ),
        (lambda client, _, key: client.analysis.update(key, {"notes": "changed"}),),
        lambda client, _, key: client.analysis.delete(key),
    ),
    "study": Kind(
        lambda client, at: client.study.create({"name": name()}, at.project_id).id,
        (
            lambda client, at, key: client.study.get(key, at.project_id),
            lambda client, at, key: client.study.list_measurements(key, at.project_id),
        ),
        (lambda client, at: ids(client.study.list(at.project_id)),),
        (
            lambda client, at, key: client.study.update(key, {"description": "changed"}, at.project_id),
            lambda client, at, key: client.study.assign_measurement(key, at.series_id, at.project_id),
            lambda client, at, key: client.study.remove_measurement(key, at.series_id, at.project_id),
        ),
        lambda client, at, key: client.study.delete(key, at.project_id),
    ),
    "measurement of a study": Kind(
        _in_study,
        (lambda client, at, _: client.study.list_measurements(at.study_id, at.project_id),),
        (_of_study,),
        (lambda client, at, key: client.study.remove_measurement(at.study_id, key, at.project_id),),
        lambda client, _, key: client.cell_measurement.delete(key),
    ),
}

LAB: dict[str, Kind] = {
    "cycler": Kind(
        lambda client, at: client.cycler.create(at.site_id, {"name": name(), "project_id": at.project_id}).id,
        (
            lambda client, _, key: client.cycler.get(key),
            lambda client, _, key: client.cycler.detail(key),
            lambda client, _, key: client.cycler.list_service_events(key),
            lambda client, _, key: client.channel.list(key),
        ),
        (
            lambda client, at: ids(client.cycler.list(at.site_id)),
            lambda client, at: [found.cycler.id for found in client.site.detail(at.site_id).cyclers],
        ),
        (
            lambda client, _, key: client.cycler.update(key, {"notes": "changed"}),
            lambda client, _, key: client.cycler.start_service(key, "repair", "2026-01-01T00:00:00Z"),
            lambda client, _, key: client.cycler.complete_service(key, event_type="repair"),
        ),
        lambda client, _, key: client.cycler.delete(key),
    ),
    "channel": Kind(
        lambda client, at: client.channel.create(at.cycler_id, {"name": name()}).id,
        (lambda client, _, key: client.channel.get(key), lambda client, _, key: client.channel.list_incidents(key)),
        (
            lambda client, at: ids(client.channel.list(at.cycler_id)),
            lambda client, at: ids(client.channel.list_all(cycler_id=at.cycler_id)),
            _channels_of_lab,
        ),
        (
            lambda client, _, key: client.channel.update(key, {"notes": "changed"}),
            lambda client, _, key: client.channel.update(key, {"out_of_commission": True}),
            lambda client, _, key: client.channel.update(key, {"out_of_commission": False}),
        ),
        lambda client, _, key: client.channel.delete(key),
    ),
    "planned measurement": Kind(
        _plan,
        (
            lambda client, at, key: client.planned_measurement.get(key, at.project_id),
            lambda client, at, key: client.planned_measurement.auto_schedule_proposal([key], project_id=at.project_id),
        ),
        (lambda client, at: ids(client.planned_measurement.list(at.project_id)),),
        (
            lambda client, at, key: client.planned_measurement.update(key, {"notes": "changed"}, at.project_id),
            _apply,
            lambda client, at, key: client.planned_measurement.cancel(key, at.project_id),
        ),
        lambda client, at, key: client.planned_measurement.delete(key, at.project_id),
    ),
}


KINDS = {**CELLS, **RESULTS, **LAB}
