"""Write the pictures of docs/first-files.md: `PYTHONPATH=src:tests python -m browser.screenshots docs/screenshots`."""

import argparse
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from browser import journey, makers
from browser.chromium import MISSING, PATH, Chromium
from browser.stand import PLACE
from cellkeep.services import accounts
from conftest import Server, serving

WINDOW = {"width": 1360, "height": 900}
_WIDTH = 1200
"""Of a picture; it is taken in a window as wide as most, and made smaller."""
_COLOURS = 128


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    target = parser.parse_args().target
    if PATH is None:
        raise SystemExit(MISSING)
    target.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="cellkeep-pictures-") as folder,
        serving(Path(folder), f"sqlite:///{folder}/cellkeep.db") as server,
    ):
        chromium = Chromium(PATH)
        try:
            chromium.run(_walk, chromium, server, Path(folder) / "exports", target)
        finally:
            chromium.close()


def _walk(chromium: Chromium, server: Server, folder: Path, target: Path) -> None:
    """Take the whole way, and keep a picture of each step that is worth one."""
    folder.mkdir()
    made = makers.fill(folder)
    page = chromium.browser.new_context(base_url=server.url, viewport=WINDOW, **PLACE).new_page()
    admin = accounts.ensure_first_admin(server.store).user_id
    journey.sign_in(page, f"/ui/login?token={accounts.create_login_token(server.store, admin)}")
    journey.open_upload(page)
    _keep(page, target / "1-drop.png", 400)
    journey.drop(page, folder)
    journey.wait_until_read(page, made.names)
    _keep(page, target / "2-recognised.png", 640)
    journey.look_into(page, made.cycled[0])
    journey.file_row(page, made.cycled[0]).evaluate("(row) => row.scrollIntoView()")
    _keep(page, target / "3-looked-into.png", 800)
    journey.close(page, made.cycled[0])
    journey.say_where(page)
    journey.name_cells(page, made.names)
    page.evaluate("scrollTo(0, 0)")
    _keep(page, target / "4-ready.png", 840)
    journey.store(page)
    journey.open_measurement(page, made.cycled[0])
    _keep(page, target / "5-measurement.png")
    journey.choose(page, made.cycled)
    _keep(page, target / "6-chosen.png", 620)
    journey.compare(page)
    _keep(page, target / "7-by-cycle.png", 760)
    journey.plot(page, "voltage_capacity", normalise="first")
    _keep(page, target / "8-voltage-capacity.png", 760)


def _keep(page: Page, path: Path, height: int = WINDOW["height"]) -> None:
    """Keep the upper part of the window, small and in few colours."""
    page.mouse.move(0, 0)
    taken = page.screenshot(clip={"x": 0, "y": 0, "width": WINDOW["width"], "height": height}, animations="disabled")
    with Image.open(BytesIO(taken)) as picture:
        size = (_WIDTH, height * _WIDTH // WINDOW["width"])
        small = picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    # This way of choosing colours keeps those of thin lines, which are few among the pixels.
    few = small.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


if __name__ == "__main__":
    main()
