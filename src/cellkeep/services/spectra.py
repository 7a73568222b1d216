"""Which series are impedance and nothing else: they have no cycles, whatever their tables add up."""

from typing import Final

import polars as pl

from cellkeep.domain.measurements import CellMeasurement
from cellkeep.summarise.labels import EIS, REST
from cellkeep.summarise.names import STEP_TYPE

NO_CYCLES: Final = "It is an impedance spectrum: it has no cycles."
NO_PULSES: Final = "It is an impedance spectrum: it has no pulses."
NO_CLOCK: Final = "It is an impedance spectrum without times: it has no series over time."


def is_spectrum(record: CellMeasurement, steps: pl.DataFrame | None = None) -> bool:
    """Whether a series holds impedance and no cycling: it says what it is, or its steps are of impedance alone.

    Args:
        record: the measurement.
        steps: its step table; without it only what the record says is known.
    """
    if record.data_type is not None:
        return record.data_type == "eis"
    kinds = set(steps[STEP_TYPE]) if steps is not None and STEP_TYPE in steps.columns else set()
    return EIS in kinds and kinds <= {EIS, REST}
