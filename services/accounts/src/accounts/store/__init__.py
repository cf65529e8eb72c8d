"""Tables, reading functions, migrations."""
