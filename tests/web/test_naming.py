"""What files are called that leave a page."""

from cellkeep.web.naming import file_name


def test_two_files_of_one_thing_have_two_names() -> None:
    """However long the names of cell and measurement are in bytes, what the file is stays at the end."""
    long = "Zelle Größe № " * 30, "测量" * 60, "電池"
    for parts in (long, long[:2], ("e\u0301" * 100, "\u0958" * 100, "\u0958" * 100)):
        found = [file_name(*parts, what) for what in ("steps", "cycles", "")]
        assert [name.rpartition("_")[2] for name in found[:2]] == ["steps", "cycles"]
        assert all(len(name.encode()) <= 180 for name in found)
    assert file_name("Cell 7/3", "Ageing") == "Cell_7_3_Ageing"
