"""What every service needs and none owns: doors, transactions, messages, sight."""
