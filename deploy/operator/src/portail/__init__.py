"""The operator's command: `portail …`."""
