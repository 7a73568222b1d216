"""The page on measurements: its code runs, and holds the code of the page the project started from."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from conftest import CYCLER_FILES, Server

ORIGIN = CYCLER_FILES.parent / "spec" / "measurements-page.txt"
PAGE = "docs/measurements.md"
IMAGES = ("images/anode_surface_1000x.png", "images/cathode_cross_section_500x.png", "photo.png", "scan.tiff")
OPENING = 'cellkeep.open("my-lab")'

Closing = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture
def origin() -> str:
    """The text of the page the project started from; its code stands in it without fences."""
    if not ORIGIN.exists():
        pytest.skip("The page the project started from is not on this machine.")
    return ORIGIN.read_text(encoding="utf-8")


def test_the_page_runs_without_a_server(
    page: Callable[[str], Any], here: Path, closing: Closing, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every block of the page runs in order on a folder, and what was stored comes back equal."""
    found = closing(page(PAGE).run())
    _check(found, here, capsys.readouterr().out)


def test_the_page_runs_against_a_server(
    page: Callable[[str], Any], here: Path, closing: Closing, capsys: pytest.CaptureFixture[str], server: Server
) -> None:
    """The same blocks run against a server, with nothing changed but how the client is made."""
    assert page(PAGE).text.count(OPENING) == 1
    served = f"cellkeep.Client(api_url={server.url!r}, api_key={server.key!r})"
    found = closing(page(PAGE).run(replace={OPENING: served}))
    _check(found, here, capsys.readouterr().out)


def test_the_page_has_every_block_of_its_origin_unchanged(page: Callable[[str], Any], origin: str) -> None:
    """What is left of the original when the blocks of our page are taken out of it, in order, is no code."""
    taken = [block.rstrip("\n") for block in page(PAGE).blocks() if block.rstrip("\n") in origin]
    places = [origin.index(block) for block in taken]
    assert len(taken) == 5
    assert places == sorted(places)
    for block in taken:
        assert origin.count(block) == 1
        origin = origin.replace(block, "")
    signs_of_code = ("import ", "client.", "bundle", "measurement = ", "print(", "    ", "})", ")", "#", "for ")
    assert [line for line in origin.splitlines() if line.startswith(signs_of_code)] == []


def _check(found: dict[str, Any], here: Path, printed: str) -> None:
    client, cell = found["client"], found["cell_instance"]
    assert printed.splitlines()[0] == "Steps created: 2"
    assert {"6 2", "[120.0, 180.0, 240.5]"} <= set(printed.splitlines())
    text = (Path(__file__).parents[2] / PAGE).read_text(encoding="utf-8")
    shown = [line.rpartition("  # ")[2] for line in text.splitlines() if line.startswith("print(") and "  # " in line]
    assert len(shown) == 11
    assert set(shown) <= set(printed.splitlines())
    stored = {each.name: each.id for each in client.cell_measurement.list(cell.id)}
    assert stored.keys() == {
        "Formation Cycle 1",
        "Ageing",
        "Post-formation properties",
        "Post-cycling SEM images",
        "Electrode images",
    }
    series = client.cell_measurement.time_series(stored["Formation Cycle 1"])
    assert series.equals(pl.from_pandas(found["time_series"]))
    assert client.cell_measurement.steps(stored["Ageing"])["Step type"].to_list() == [
        "Constant current discharge",
        "Rest",
    ]
    assert client.cell_measurement.get(stored["Post-formation properties"]).properties == {
        "thickness": {"value": 0.52, "unit": "mm"},
        "weight": {"value": 45.3, "unit": "g"},
        "internal_resistance": {"value": 12.5, "unit": "mOhm"},
        "visual_condition": "No visible damage",
    }
    read = client.cell_measurement.download_files(stored["Post-cycling SEM images"]) | found["files"]
    assert read == {Path(path).name: (here / path).read_bytes() for path in IMAGES}
