"""What this server is, and the form of its data, for programs that meet it for the first time."""

from functools import cache
from importlib.metadata import version
from typing import Any

import polars as pl
from pydantic import BaseModel

from cellkeep.domain import columns, discovery, paging, tags
from cellkeep.domain.analyses import Analysis, AnalysisDraft
from cellkeep.domain.batches import BatchDraft, CellBatch
from cellkeep.domain.channels import Channel, ChannelDraft
from cellkeep.domain.cyclers import Cycler, CyclerDraft
from cellkeep.domain.incidents import ChannelIncident
from cellkeep.domain.instances import CellInstance, InstanceDraft
from cellkeep.domain.materials import Material
from cellkeep.domain.measurements import CellMeasurement, MeasurementDraft, PropertiesDraft
from cellkeep.domain.planned_measurements import PlannedDraft, PlannedMeasurement
from cellkeep.domain.projects import Project, ProjectDraft
from cellkeep.domain.property_datasets import DatasetDraft, MaterialPropertyDataset
from cellkeep.domain.raw_data import InitiateRawDataUpload, RawData
from cellkeep.domain.service_events import CyclerServiceEvent, ServiceStart
from cellkeep.domain.sites import Site, SiteDraft
from cellkeep.domain.specs import CellSpecification, SpecDraft
from cellkeep.domain.studies import Study, StudyDraft
from cellkeep.settings import SIGNED_GET_LIFETIME_S, SIGNED_PUT_LIFETIME_S
from cellkeep.summarise import cycles, steps

_RECORDS: dict[str, tuple[type[BaseModel], type[BaseModel] | None]] = {
    "project": (Project, ProjectDraft),
    "cell_specification": (CellSpecification, SpecDraft),
    "cell_batch": (CellBatch, BatchDraft),
    "cell_instance": (CellInstance, InstanceDraft),
    "cell_measurement": (CellMeasurement, MeasurementDraft),
    "properties_measurement": (CellMeasurement, PropertiesDraft),
    "raw_data": (RawData, InitiateRawDataUpload),
    "material": (Material, None),
    "material_property_dataset": (MaterialPropertyDataset, DatasetDraft),
    "analysis": (Analysis, AnalysisDraft),
    "study": (Study, StudyDraft),
    "site": (Site, SiteDraft),
    "cycler": (Cycler, CyclerDraft),
    "service_event": (CyclerServiceEvent, ServiceStart),
    "channel": (Channel, ChannelDraft),
    "channel_incident": (ChannelIncident, None),
    "planned_measurement": (PlannedMeasurement, PlannedDraft),
}
"""Of each kind the record that is read, and what is sent to make one; None where it comes with something else."""


def capabilities() -> dict[str, Any]:
    """What the server is for, where its descriptions are, and how one is let in."""
    return {
        "name": "cellkeep",
        "version": version("cellkeep"),
        "domain_context": {
            "description": "Battery test data. A project holds cell specifications; a specification holds the cells "
            "built to it, in batches; a cell holds its measurements: time series with a step and a cycle table, "
            "properties, or files. Raw files belong to measurements, property datasets to the materials of a "
            "specification, analyses to measurements; studies gather measurements. Sites hold cyclers, cyclers hold "
            "channels, measurements run on channels, and planned measurements wait for them.",
            "sign_convention": discovery.SIGN_CONVENTION,
            "time_series_columns": discovery.series_columns(),
        },
        "schemas": {"data": "/discovery/schemas/data", "protocol": "/discovery/schemas/protocol"},
        "openapi_spec": "/openapi.json",
        "authentication": {
            "header": "X-API-Key",
            "alternative": "Authorization: Bearer <key>",
            "description": "Every request carries an API key. An admin makes one on the server's machine with "
            "`cellkeep key create --email <address>`. `GET /users/me` tells whose key it is.",
        },
        "limits": {
            "items_per_page": paging.MAX_LIMIT,
            "tags_per_measurement": tags.MAX_TAGS,
            "characters_per_tag": tags.MAX_TAG_LENGTH,
            "measurements_per_tag_change": tags.MAX_CHANGED,
            "upload_link_lifetime_s": SIGNED_PUT_LIFETIME_S,
            "download_link_lifetime_s": SIGNED_GET_LIFETIME_S,
        },
    }


@cache
def data_schema() -> dict[str, Any]:
    """The form of every record, and of the tables beside a measurement."""
    records = {kind: record.model_json_schema(mode="serialization") for kind, (record, _) in _RECORDS.items()}
    del records["properties_measurement"]
    return {
        "title": "Data of cellkeep",
        "description": "Records as JSON Schema, as they are read and (under `create`) as they are sent, and the "
        f"columns of the tables. {discovery.SIGN_CONVENTION}",
        **records,
        "create": {kind: draft.model_json_schema() for kind, (_, draft) in _RECORDS.items() if draft},
        "time_series": {
            "description": "Columns are named by quantity and unit. Any further columns are kept as they are.",
            "required": [columns.VOLTAGE, columns.STEP_COUNT],
            "required_any": list(columns.X_AXES),
            "columns": discovery.series_columns(),
        },
        "steps": {"description": "One row per run of `Step count`.", "columns": _described(_sample_steps())},
        "cycles": {"description": "One row per `Cycle count`.", "columns": _described(cycles(_sample_steps()))},
    }


def protocol_schema() -> dict[str, Any]:
    """The form of a measurement's protocol."""
    return dict(discovery.PROTOCOL_SCHEMA)


def _sample_steps() -> pl.DataFrame:
    """The step table of a series that has everything, so that its columns are told as they are made."""
    row = {name: [0.0, 1.0] for name in (columns.TIME, columns.VOLTAGE, columns.CURRENT, columns.TEMPERATURE)}
    counted = (columns.STEP_COUNT, columns.CYCLE_COUNT, columns.STEP_FROM_CYCLER, columns.CYCLE_FROM_CYCLER)
    return steps(pl.DataFrame({**row, **{name: [0, 0] for name in (*counted, columns.FRAME)}}))


def _described(table: pl.DataFrame) -> list[dict[str, Any]]:
    kinds = {True: "integer", False: "number"}
    return [
        {
            "name": name,
            "unit": discovery.unit_of(name),
            "type": kinds[dtype.is_integer()] if dtype.is_numeric() else "string",
        }
        for name, dtype in table.schema.items()
    ]
