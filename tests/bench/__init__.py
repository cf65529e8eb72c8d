"""`make bench`: our figures beside a limit measured in the same run, as ratios."""
