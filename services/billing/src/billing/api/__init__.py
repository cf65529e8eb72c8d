"""The HTTP doors of billing."""
