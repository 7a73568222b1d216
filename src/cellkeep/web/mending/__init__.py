"""Mends that are offered for what the checks found: in a file that waits, and in a series that is stored."""
