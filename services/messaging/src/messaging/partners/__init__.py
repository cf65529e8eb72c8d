"""Other systems that are given events: their record, and what is watched of them."""
