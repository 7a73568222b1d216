"""Many files of cyclers at once: found, named, planned, read in processes of their own, stored, and taken up again."""
