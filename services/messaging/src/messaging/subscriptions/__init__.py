"""The broker’s doors of messaging."""
