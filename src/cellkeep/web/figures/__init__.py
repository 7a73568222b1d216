"""The figures of a measurement: each is drawn of the rows that can be seen, and says how to make it in Python."""
