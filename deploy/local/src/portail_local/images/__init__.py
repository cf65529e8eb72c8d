"""Container images of the house: what goes in each, and building them where that can be done."""
