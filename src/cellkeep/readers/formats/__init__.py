"""The declarations, one file for each make of instrument."""
