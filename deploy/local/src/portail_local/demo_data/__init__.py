"""The demo's invented data, entered through the same doors as people and staff use.

Families, centre and prices are those of the reference authority « Val d’Arbelle »; dates are
around today's, whatever today is.
"""

from portail_local.demo_data.loading import load

__all__ = ["load"]
