"""The capacity that others are divided by, so that cells of different size lie on one scale."""

from cellkeep.domain.errors import CellkeepError
from cellkeep.summarise import derived
from cellkeep.web.comparing.asked import View
from cellkeep.web.comparing.listed import Listed

NO_RATING = "Its specification has no rated capacity."
BY_AREA = (
    "Its table is by area of the electrode, and others are of whole cells: compare by first capacity, over cycles."
)


def reference_of(view: View) -> int | None:
    """The cycle whose capacity others are compared with; None for the first comparable one."""
    return view.reference if view.normalise == "reference" else None


def of_capacity(view: View) -> str:
    """What that capacity is."""
    if view.normalise == "rated":
        return "rated capacity"
    cycle = reference_of(view)
    return "first capacity" if cycle is None else f"capacity of cycle {cycle}"


def capacity_of(each: Listed, view: View) -> float:
    """That capacity of a measurement.

    Raises:
        CellkeepError: it has none.
    """
    if view.normalise == "rated":
        if each.subject.rated_ah is None:
            raise CellkeepError(NO_RATING)
        return each.subject.rated_ah
    if each.cycles is None:
        raise CellkeepError(each.lacking or "It has no cycles.")
    return derived.reference_capacity(each.cycles, reference_cycle=reference_of(view))
