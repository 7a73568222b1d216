"""Reads files one after the other, in a process of its own that may be killed: a line of JSON tells of each.

python -m readers.reading_many FILE…
"""

import json
import sys
import time
import warnings
from pathlib import Path

import cellkeep
from cellkeep.domain.errors import CellkeepError

NAMED = (CellkeepError, FileNotFoundError, ModuleNotFoundError)


def told(path: Path) -> dict[str, object]:
    """What becomes of a file: rows, or a named error, or how it crashed."""
    began = time.monotonic()
    try:
        reading = cellkeep.read(path)
    except NAMED as error:
        result: dict[str, object] = {"error": str(error)}
    except BaseException as error:  # noqa: BLE001  a panic of a library in Rust is no Exception
        result = {"crash": f"{type(error).__name__}: {error}"}
    else:
        frame = reading.time_series
        left_out = sum(each.payload.get("count", 0) for each in reading.repairs if each.action == "rows_left_out")
        voltages = frame["Voltage [V]"].to_list() if "Voltage [V]" in frame.columns else []
        told = [each.action for each in reading.repairs]
        result = {"rows": frame.height, "left_out": left_out, "voltages": voltages, "told": told}
    return {**result, "seconds": time.monotonic() - began}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for name in sys.argv[1:]:
        sys.stdout.write(json.dumps(told(Path(name))) + "\n")
        sys.stdout.flush()
