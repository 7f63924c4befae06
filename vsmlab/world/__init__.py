"""The simulated world: what arrives and how long work takes. World laws are compiled like the others."""
