"""Broker doors: facts of other services."""
