"""Our tables of real files are those of ionworksdata."""

from collections.abc import Mapping

import pytest
from oracle.agreement import assert_agree
from oracle.case import Case
from oracle.files import BARE, FOLDER, READERS
from oracle.reference import Tables


@pytest.mark.skipif(not FOLDER.is_dir(), reason="The shared files of cyclers are not on this machine.")
@pytest.mark.parametrize("file", READERS)
def test_tables_of_a_file_agree(cases: Mapping[str, Case], ours: Mapping[str, Tables], file: str) -> None:
    """The frame that ionworksdata reads gives the same tables, with its sums of charge and energy and without them."""
    assert_agree(cases[file], ours[file])
    assert_agree(cases[file + BARE], ours[file + BARE])
