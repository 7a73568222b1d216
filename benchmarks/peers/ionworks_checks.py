"""The checks of the official client, on a frame in memory."""

import warnings

import polars as pl
from ionworks import validators

warnings.simplefilter("ignore")


def load(path: str) -> pl.DataFrame:
    return pl.read_parquet(path)


def _checked(frame: pl.DataFrame, *, strict: bool) -> list[str]:
    try:
        validators.validate_measurement_data(frame, strict=strict, voltage_window=(2.5, 4.2) if strict else None)
    except validators.MeasurementValidationError as error:
        return [str(issue.code) for issue in error.errors]
    return []


RUNS = {
    "always": lambda frame: _checked(frame, strict=False),
    "strict": lambda frame: _checked(frame, strict=True),
}
