"""Reading windows of rows with the polars of this process; run as a program, it tells what it read as JSON.

`PYTHONPATH=<folder of another polars> python windows.py <api url> <key> <measurement id> <first> <end> …`
"""

import json
import sys
from typing import Any

import ionworks
import polars as pl


def main(api_url: str, api_key: str, measurement_id: str, *bounds: str) -> None:
    client = ionworks.Ionworks(api_key=api_key, api_url=api_url)
    ends = [int(bound) for bound in bounds]
    windows: list[dict[str, Any]] = [
        client.cell_measurement.time_series(measurement_id, use_cache=False, row_range=pair).to_dict(as_series=False)
        for pair in zip(ends[::2], ends[1::2], strict=True)
    ]
    json.dump({"polars": pl.__version__, "windows": windows}, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
