"""Other systems that are given events."""
