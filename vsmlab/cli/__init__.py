"""The shell command ``vsmlab``: what people type, what they see, and how errors end."""

from vsmlab.cli.main import main

__all__ = ["main"]
