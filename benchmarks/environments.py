"""An environment for each library that ours is measured against, in `.bench/` of the checkout, which git ignores."""

import shutil
import subprocess
import sys
from pathlib import Path

_ENVIRONMENTS = Path(__file__).parents[1] / ".bench"


def python_of(peer: Path) -> Path:
    """The interpreter that runs a peer: one that has exactly what its list of versions says, or our own without one.

    Args:
        peer: a file of `peers/`; the list lies beside it, under the same name with `.txt`.
    """
    pins = peer.with_suffix(".txt")
    if not pins.is_file():
        return Path(sys.executable)
    folder = _ENVIRONMENTS / peer.stem
    python, made_from = folder / "bin" / "python", folder / "made-from.txt"
    if not made_from.is_file() or made_from.read_bytes() != pins.read_bytes():
        print(f"Setting up {folder} (once) …", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", pins]
        subprocess.run(install, check=True)
        shutil.copyfile(pins, made_from)
    return python
