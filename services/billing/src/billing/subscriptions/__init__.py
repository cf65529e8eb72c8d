"""The broker's doors of billing."""
