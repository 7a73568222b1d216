"""What tables of numbers share that are kept beside measurements: headers, links, and where they come from."""

from typing import Annotated, ClassVar

from pydantic import StringConstraints

from cellkeep.domain.records import Draft, Model, Record

MAX_COLUMNS = 10_000
"""A wider table is refused."""

Unit = Annotated[str, StringConstraints(strip_whitespace=True, max_length=255)]


def split_header(header: str) -> tuple[str, str]:
    """Name and unit of a column that is headed `name [unit]`; the unit is empty where none is given.

    >>> split_header("Electrolyte conductivity [S.m-1]")
    ('Electrolyte conductivity', 'S.m-1')
    >>> split_header("Stoichiometry")
    ('Stoichiometry', '')
    """
    text = header.strip()
    name, bracket, unit = text[:-1].rpartition("[") if text.endswith("]") else ("", "", "")
    if not bracket or "]" in unit or not name.strip():
        return text, ""
    return name.strip(), unit.strip()


class TableRecord(Record):
    """A table of a project. What made it is told where a program did; a person's table has no source."""

    project_id: str
    source_pipeline_id: str | None = None
    source_simple_pipeline_id: str | None = None
    source_analysis_id: str | None = None
    source_label: str | None = None


class TablePatch(Draft):
    server_made: ClassVar[frozenset[str]] = Draft.server_made | {
        "project_id",
        "source_pipeline_id",
        "source_simple_pipeline_id",
        "source_analysis_id",
        "source_label",
    }


class DownloadUrl(Model):
    url: str
    """Reads the content without further credentials, for an hour."""
