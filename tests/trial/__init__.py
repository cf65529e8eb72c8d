"""`make compose-test`: the images, started with compose.yaml as a town would, tell the story."""
