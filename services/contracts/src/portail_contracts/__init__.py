"""The published language of Portail Familles.

One class per event, the envelope that carries it, and the catalogue that says
who produces it, who listens, and whether other systems may. Depends on
pydantic only, so that a partner can install it alone.
"""
