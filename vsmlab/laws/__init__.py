"""What every law is written with: `@law`, the rows it may touch, its draws, and how it sends and notes."""

from vsmlab.mechanisms.subset import LAWS, law

__all__ = ["LAWS", "law"]
