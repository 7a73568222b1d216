"""Rules for tables that a person sends with a series, checked before anything is sent."""

from typing import Any

import pytest

from cellkeep import Client, InvalidError
from cellkeep.domain.instances import CellInstance
from client.samples import series


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"summary_rules": "usual"}, "summary_rules is a dict of rules, not 'usual'. Rules are charge_between_steps"),
        ({"summary_rules": ["include"]}, r"is a dict of rules, not \['include'\]"),
        ({"summary_rules": {"longest_gap": 600}}, "longest_gap"),
        ({"summary_rules": {"longest_gap_s": -1}}, "longest_gap_s: "),
        ({"summary_rule": {"longest_gap_s": 600}}, "'summary_rule' looks like 'summary_rules'"),
    ],
)
def test_rules_that_would_not_be_followed_are_refused(
    any_client: Client, cell: CellInstance, record: dict[str, Any], told: str
) -> None:
    """What is wrong is said at creating and at changing, with the rules that there are."""
    api = any_client.cell_measurement
    with pytest.raises(InvalidError, match=told):
        api.create(cell.id, {"measurement": {"name": "T", **record}, "time_series": series()})
    made = api.create(cell.id, {"measurement": {"name": "T"}, "time_series": series()})
    with pytest.raises(InvalidError, match=told):
        api.update(made.id, record)
    assert api.get(made.id).summary_rules is None
