"""Answers lines with lines: what cellkeep finds in a series. Runs in the environment of cellkeep."""

import json
import sys
import traceback
import warnings
from typing import Any

import polars as pl

from cellkeep import validate


def _answer(asked: dict[str, Any]) -> Any:
    frame = pl.DataFrame([pl.Series(name, values, getattr(pl, dtype)) for name, dtype, values in asked["columns"]])
    steps = asked.pop("steps", None)
    given = {key: value for key, value in asked.items() if key != "columns"}
    if given.get("voltage_window"):
        given["voltage_window"] = tuple(given["voltage_window"])
    found = validate.findings(frame, steps=None if steps is None else pl.DataFrame(steps, strict=False), **given)
    return [finding.model_dump() for finding in found]


if __name__ == "__main__":
    warnings.simplefilter("error")
    for line in sys.stdin:
        try:
            answer = json.dumps(_answer(json.loads(line)))
        except Exception:  # noqa: BLE001  whoever asked has to know, and may ask on
            answer = json.dumps({"failed": traceback.format_exc()})
        print(answer, flush=True)  # noqa: T201  its only way out
