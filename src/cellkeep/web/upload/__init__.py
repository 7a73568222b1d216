"""The page that takes files of cyclers: dropped, read, checked, mended, and stored as measurements."""
