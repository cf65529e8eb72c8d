"""What pages are made of: their context, and the services' answers turned into French."""
