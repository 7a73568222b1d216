"""What can be seen of a file without a program for it: pictures, arrays and texts, each within bounds.

Nothing of a file is trusted: its name, its size, or what its head says of the rest of it.
"""
