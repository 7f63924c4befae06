"""The live page: a session that is played, looked at and intervened in while it runs; the same in a notebook's cell."""

from vsmlab.apps.live.cell import Live

__all__ = ["Live"]
