"""Comparing measurements: what the address asks for, and the figures and the table that it gives."""
