"""A service's queue parted into several, or made one again, without losing or disordering."""
