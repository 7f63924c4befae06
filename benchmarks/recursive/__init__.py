"""A reduced recursive organisation: four children a level, fifteen rules, delays on every channel."""
