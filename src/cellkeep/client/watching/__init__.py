"""Folders whose files grow: each test is made once, carried on as its file grows, and closed when it has settled."""
