"""Real and imaginary part of an impedance that came as modulus and phase."""

import numpy as np
import polars as pl

from cellkeep.domain.columns import Z_IM, Z_MOD, Z_PHASE, Z_RE, require
from cellkeep.summarise.derived.frames import takes_frame
from cellkeep.summarise.derived.rows import numbers


@takes_frame
def with_impedance(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `Z_Re [Ohm]` = |Z| cos(phase) and `Z_Im [Ohm]` = |Z| sin(phase), whichever is not there.

    `Z_Im [Ohm]` is the imaginary part itself: a capacitive arc has negative phases and negative values.

    Args:
        frame: impedance rows with `Z_Mod [Ohm]` and `Z_Phase [deg]`.

    Returns:
        The frame with both parts. A part that is there is kept as it is.

    Raises:
        UnusableDataError: a part is missing, and so is the modulus or the phase; or one of them holds text.
    """
    missing = [name for name in (Z_RE, Z_IM) if name not in frame.columns]
    if not missing:
        return frame
    require([Z_MOD, Z_PHASE], frame.columns, " and ".join(f"'{name}'" for name in missing))
    modulus, phase = numbers(frame, Z_MOD), np.radians(numbers(frame, Z_PHASE))
    parts = {Z_RE: modulus * np.cos(phase), Z_IM: modulus * np.sin(phase)}
    return frame.with_columns(pl.Series(name, parts[name], nan_to_null=True) for name in missing)
