"""Cycler files in, the data format out: declarations for each make of instrument, on one engine."""
