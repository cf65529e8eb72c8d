"""The rules of accounts: facts and time in, a decision out."""
