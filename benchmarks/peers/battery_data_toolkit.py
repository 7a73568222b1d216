"""battery-data-toolkit: capacity and energy of each cycle; and with its start and duration. Positive on charging."""

import pandas as pd
from battdat.data import BatteryDataset
from battdat.postprocess.integral import CapacityPerCycle
from battdat.postprocess.timing import CycleTimesSummarizer
from battdat.schemas.column import RawData

_NAMES = {
    "Time [s]": "test_time",
    "Voltage [V]": "voltage",
    "Current [A]": "current",
    "Temperature [degC]": "temperature",
    "Step count": "step_index",
    "Cycle count": "cycle_number",
}


def load(path: str) -> pd.DataFrame:
    frame = pd.read_parquet(path)[list(_NAMES)].rename(columns=_NAMES)
    frame["current"] = -frame["current"]
    return frame


def capacities(frame: pd.DataFrame) -> tuple[int, float]:
    return _summarised(frame, CapacityPerCycle())


def capacities_and_times(frame: pd.DataFrame) -> tuple[int, float]:
    return _summarised(frame, CapacityPerCycle(), CycleTimesSummarizer())


def _summarised(frame: pd.DataFrame, *summarisers: CapacityPerCycle | CycleTimesSummarizer) -> tuple[int, float]:
    dataset = BatteryDataset({"raw_data": frame}, {"raw_data": RawData()})
    for summariser in summarisers:
        summariser.add_summaries(dataset)
    found = dataset.tables["cycle_stats"]
    return len(found), float(found["capacity_discharge"].sum())


RUNS = {"CapacityPerCycle": capacities, "CapacityPerCycle, CycleTimesSummarizer": capacities_and_times}
