"""`python -m cellkeep`."""

from cellkeep.cli import main

main()
