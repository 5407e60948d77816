"""The desk's pages: visitors write, staff decide; each on a listener of its own, in threads of the desk's process."""

from installation.desk.pages.pages import Pages

__all__ = ["Pages"]
