"""ionworksdata: capacity and energy row by row, and the step table. Its cycle metrics are left out, in its favour."""

import ionworksdata as iwdata
import polars as pl


def load(path: str) -> pl.DataFrame:
    """Rows in its format. It counts cycles by the numbers of the cycler."""
    return pl.read_parquet(path).rename({"Cycle count": "Cycle from cycler"})


def steps(frame: pl.DataFrame) -> tuple[int, float]:
    frame = iwdata.transform.set_energy(iwdata.transform.set_capacity(frame))
    found = iwdata.steps.summarize(frame)
    return found["Cycle count"].n_unique(), found["Discharge capacity [A.h]"].sum()


RUNS = {"set_capacity, set_energy, steps.summarize": steps}
