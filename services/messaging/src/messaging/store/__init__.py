"""Messaging’s own tables, and the questions that are put to them."""
