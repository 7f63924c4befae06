"""Mechanisms that know nothing of the Viable System Model: numbers, chance, queues, allocation, statistics."""
