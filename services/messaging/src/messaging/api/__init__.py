"""The HTTP doors of messaging."""
