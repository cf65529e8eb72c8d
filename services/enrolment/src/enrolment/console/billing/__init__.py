"""The cash office's part of the console: billing is asked over HTTP, in the reader's own name."""
