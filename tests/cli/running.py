"""What a command is run as in tests."""

from collections.abc import Callable

Run = Callable[..., tuple[int, str, str]]
"""Runs a command with words; its status, its result, and its words about the work."""
