"""Summarise series as cellkeep does; run with the interpreter that has it, and the folder that holds them."""

import json
import sys
from pathlib import Path

import polars as pl

from cellkeep.domain.errors import CellkeepError
from cellkeep.summarise import summarise


def main(folder: Path) -> None:
    refused = {}
    for number, known in enumerate(json.loads((folder / "cases.json").read_text(encoding="utf-8"))):
        try:
            found = summarise([pl.read_parquet(folder / f"{number}.series.parquet")], **known)
        except CellkeepError as error:
            refused[number] = type(error).__name__
            continue
        found.steps.write_parquet(folder / f"{number}.steps.parquet")
        found.cycles.write_parquet(folder / f"{number}.cycles.parquet")
    (folder / "refused.json").write_text(json.dumps(refused), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
