"""`make upgrade-test`: the previous release's processes on the schema of this one."""
