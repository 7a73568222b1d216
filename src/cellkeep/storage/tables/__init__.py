"""The tables. Every record carries its organization and project, so that one rule scopes every query."""

from cellkeep.storage.tables.base import Base, InProjectRow, OrganizationWideRow, ScopedRow
from cellkeep.storage.tables.cells import BatchRow, ComponentRow, InstanceRow, MaterialRow, SpecRow
from cellkeep.storage.tables.lab import (
    ChannelRow,
    CyclerRow,
    IncidentRow,
    PlannedMeasurementRow,
    ServiceEventRow,
    SiteRow,
)
from cellkeep.storage.tables.measurements import (
    BlobRow,
    CheckStateRow,
    FindingRow,
    MeasurementRow,
    TagRow,
    VersionRow,
    WatchRow,
)
from cellkeep.storage.tables.objects import RetiredObjectRow
from cellkeep.storage.tables.people import (
    ApiKeyRow,
    LoginLinkRow,
    OrganizationRow,
    PageSessionRow,
    ProjectMemberRow,
    ProjectRow,
    UserRow,
)
from cellkeep.storage.tables.raw_data import RawDataLinkRow, RawDataRow
from cellkeep.storage.tables.results import AnalysisRow, PropertyDatasetRow, StudyMeasurementRow, StudyRow

__all__ = [
    "AnalysisRow",
    "ApiKeyRow",
    "Base",
    "BatchRow",
    "BlobRow",
    "ChannelRow",
    "CheckStateRow",
    "ComponentRow",
    "CyclerRow",
    "FindingRow",
    "InProjectRow",
    "IncidentRow",
    "InstanceRow",
    "LoginLinkRow",
    "MaterialRow",
    "MeasurementRow",
    "OrganizationRow",
    "OrganizationWideRow",
    "PageSessionRow",
    "PlannedMeasurementRow",
    "ProjectMemberRow",
    "ProjectRow",
    "PropertyDatasetRow",
    "RawDataLinkRow",
    "RawDataRow",
    "RetiredObjectRow",
    "ScopedRow",
    "ServiceEventRow",
    "SiteRow",
    "SpecRow",
    "StudyMeasurementRow",
    "StudyRow",
    "TagRow",
    "UserRow",
    "VersionRow",
    "WatchRow",
]
