"""The theme that the portal and the console share: words, templates, styles, small scripts."""
