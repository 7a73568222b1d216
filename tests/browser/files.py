"""Files of each kind that a page shows: pictures, a document, words, arrays, and an export of a cycler."""

from pathlib import Path

import numpy as np
import polars as pl
from PIL import Image, ImageDraw

from browser.series import RATED_AH, Step, recorded
from cellkeep.domain import columns as c

HOSTILE_FILE = "<img src=x onerror=alert(2)>.txt"


def write_all(folder: Path) -> list[Path]:
    """One file of each kind."""
    noise = np.random.default_rng(7).integers(0, 60, (240, 320))
    slope = np.add.outer(np.arange(240), np.arange(320)) / 3
    picture = Image.fromarray((slope + noise).clip(0, 255).astype(np.uint8))
    picture.save(folder / "anode 1000x.png")
    deep = [Image.fromarray(((slope + layer * 20) * 200).astype(np.uint16)) for layer in range(3)]
    deep[0].save(folder / "tomography.tiff", save_all=True, append_images=deep[1:])
    _document(folder / "report.pdf")
    (folder / "notes.txt").write_text(
        "Crimp tight, 0.2 mm off centre.\n<b>not bold</b> µ Ω 电池\n" * 20, encoding="utf-8"
    )
    np.save(folder / "map.npy", noise.astype(np.float32))
    np.save(folder / "line.npy", np.sin(np.linspace(0, 20, 500)))
    (folder / HOSTILE_FILE).write_text("<script>alert(3)</script>\n", encoding="utf-8")
    names = ("anode 1000x.png", "tomography.tiff", "report.pdf", "notes.txt", "map.npy", "line.npy", HOSTILE_FILE)
    return [folder / name for name in names]


def write_export(path: Path) -> Path:
    """A text file in the manner of Arbin, where current is positive on charge."""
    steps = [Step(300, 0, 30), Step(3600, RATED_AH / 2, 20), Step(600, 0, 30), Step(3000, -RATED_AH / 2, 20)]
    columns = {c.TIME: "Test_Time(s)", c.CURRENT: "Current(A)", c.VOLTAGE: "Voltage(V)", c.STEP_COUNT: "Step_Index"}
    frame = recorded(steps).with_columns(-pl.col(c.CURRENT), pl.col(c.STEP_COUNT) + 1)
    frame.select(list(columns)).rename(columns).write_csv(path)
    return path


def _document(path: Path) -> None:
    page = Image.new("L", (595, 842), 255)
    ImageDraw.Draw(page).text((72, 72), "Post-mortem report\nCell A-001", fill=0)
    page.save(path, resolution=72)
