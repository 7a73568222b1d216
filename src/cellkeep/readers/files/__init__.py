"""Files that are no text, as grids of cells; each by a library that others keep well."""
