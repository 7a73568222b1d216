"""How far a command is, where a person is watching."""

from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn

from cellkeep.cli.output import err


def showing(*parts: ProgressColumn) -> Progress:
    """What is shown on a terminal while something goes on, and nothing anywhere else."""
    return Progress(*parts, console=err, transient=True, disable=not err.is_terminal)


def counting(*further: ProgressColumn) -> Progress:
    """A bar with how many of how many are done."""
    return showing(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), *further)
