"""Step tables as they are stored: with what is to be known so that rows can be added without reading the series."""

from pathlib import Path
from typing import Literal

import polars as pl
from pydantic import ConfigDict, ValidationError

from cellkeep.domain.columns import DataType
from cellkeep.domain.records import Model
from cellkeep.domain.summary_rules import SummaryRules
from cellkeep.summarise import OpenEnd, Summary

COMPRESSION: Literal["lz4"] = "lz4"
"""Of tables, which are read and written anew whenever rows are appended. They get half as large again as with zstd, and
take half the time."""

_KEY = "cellkeep"
_Format = Literal[1]
"""One more whenever tables are made otherwise, so that a table is not carried on by other rules than its own."""


class Making(Model):
    """How a step table was made, and where its series ends."""

    model_config = ConfigDict(frozen=True, ser_json_inf_nan="constants")

    format: _Format = 1
    data_type: DataType | None
    rules: SummaryRules
    open_end: OpenEnd

    def is_of(self, n_rows: int | None, data_type: DataType | None, rules: SummaryRules) -> bool:
        """Whether it is of so many rows of this kind, by these rules."""
        return (self.open_end.n_rows, self.data_type, self.rules) == (n_rows, data_type, rules)


def write(summary: Summary, path: Path, data_type: DataType | None, rules: SummaryRules) -> None:
    """Write the step table as parquet, with how it was made in its metadata."""
    end = summary.open_end
    making = Making(data_type=data_type, rules=rules, open_end=end) if end else None
    metadata = {_KEY: making.model_dump_json()} if making else None
    summary.steps.write_parquet(path, compression=COMPRESSION, metadata=metadata)


def making_of(path: Path) -> Making | None:
    """How a stored step table was made; None where it does not say, or says it in another way than is known here."""
    said = pl.read_parquet_metadata(path).get(_KEY)
    try:
        return Making.model_validate_json(said) if said else None
    except ValidationError:
        return None
