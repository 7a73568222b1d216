"""A whole project as an RO-Crate, and a crate as a project again."""

from cellkeep.client.crate.opening import is_crate
from cellkeep.client.crate.taking_in import TakenIn, take_in
from cellkeep.client.crate.writing import Written, write

__all__ = ["TakenIn", "Written", "is_crate", "take_in", "write"]
