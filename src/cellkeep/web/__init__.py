"""The web pages under `/ui/`: server-rendered, without a build and without a script."""

from cellkeep.web.pages import pages

__all__ = ["pages"]
