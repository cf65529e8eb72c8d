"""One file for each thing that a person, an operator or the clock asks for."""
