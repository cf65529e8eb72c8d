"""Events sent to the addresses of partners who wait for them."""
