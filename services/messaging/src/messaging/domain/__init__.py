"""What a family is told, in which words: pure."""
