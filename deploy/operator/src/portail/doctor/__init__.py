"""What is wrong with a house, found from outside of it and said in sentences."""
