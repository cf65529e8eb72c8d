"""The HTTP doors of accounts."""
