"""E-mail: whom to write to, in which form, by which server, until it has arrived."""
