"""What is kept of a series for its picture."""

from pathlib import Path

import polars as pl

from cellkeep.domain.findings import Finding
from cellkeep.web.upload.previews import BEFORE, keep_figures, marks_beside


def test_a_step_that_comes_again_is_another(tmp_path: Path) -> None:
    """A finding names a step by its place among all: the mark lies there, although its number was there before."""
    counts = [0, 0, 1, 0, 1, 2]
    frame = (
        pl.DataFrame({"Step count": counts}).with_row_index("Time [s]").with_columns(pl.lit(4.0).alias("Voltage [V]"))
    )
    finding = Finding(
        code="step_too_few_points", severity="error", message="Step 3 has 1 row.", payload={"step_index": 3}
    )
    assert keep_figures(tmp_path, frame, None, [finding])
    assert marks_beside(tmp_path / BEFORE) == [(4, 4)]
