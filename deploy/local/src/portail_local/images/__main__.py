"""`make images`: build all images, or say why they were not."""

import sys

from portail.errors import OperatorError
from portail_local.images.building import build_all, cannot


def main() -> int:
    """0 when all images are there; 1 with a sentence otherwise."""
    if reason := cannot():
        print(f"Images NON construites : {reason}.", file=sys.stderr)
        return 1
    print("Images (taille avec toutes leurs couches ; la base est commune) :", flush=True)
    try:
        build_all()
    except OperatorError as error:
        print(f"Images NON construites : {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
