"""What is owed and why: pure rules, without database, broker or HTTP."""
