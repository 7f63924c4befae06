"""The laws of the viable system: Systems 1 to 3 of a node, each a receiver of its own."""
