"""What enrolment knows without any machine: facts, rules and decisions."""
