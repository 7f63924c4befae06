"""The engines: one set of laws under different clocks. Here the reference, SimPy's."""
