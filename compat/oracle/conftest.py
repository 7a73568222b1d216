"""Fixtures for the comparison of our tables with those of ionworksdata."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest
from oracle.case import Case
from oracle.files import read_files
from oracle.generated import NAMES, generated
from oracle.page import examples
from oracle.reference import Tables
from oracle.special import SPECIAL
from oracle.worked_example import worked_example
from stands import PYTHON


@pytest.fixture(scope="session")
def cases() -> dict[str, Case]:
    """Every series that is compared, by name."""
    made = {name: generated(name) for name in NAMES}
    return {**made, **SPECIAL, **read_files(), **examples(), "worked example": Case(worked_example())}


@pytest.fixture(scope="session")
def ours(cases: Mapping[str, Case], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tables]:
    """What cellkeep makes of every series, in one process of its own environment."""
    folder = tmp_path_factory.mktemp("series")
    for number, case in enumerate(cases.values()):
        case.series.write_parquet(folder / f"{number}.series.parquet")
    (folder / "cases.json").write_text(json.dumps([case.known for case in cases.values()]), encoding="utf-8")
    subprocess.run([PYTHON, str(Path(__file__).with_name("own_tables.py")), str(folder)], timeout=300, check=True)
    refused = json.loads((folder / "refused.json").read_text(encoding="utf-8"))
    return {
        name: Tables(*[refused[str(number)]] * 2) if str(number) in refused else _read(folder, number)
        for number, name in enumerate(cases)
    }


def _read(folder: Path, number: int) -> Tables:
    return Tables(*(pl.read_parquet(folder / f"{number}.{table}.parquet") for table in Tables._fields))
