"""The staff console: pages that enrolment serves under /console."""
