"""`python -m accounts …`."""

from chassis.runner import main

from .bootstrap import service

if __name__ == "__main__":
    main(service)
