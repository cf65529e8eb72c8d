"""What the operator is told when something on their machine is in the way."""

from __future__ import annotations

import errno


class OperatorError(Exception):
    """One French sentence that says what is wrong and what to do about it."""


def explain(error: OSError) -> OperatorError:
    """Turn an operating system's refusal into a sentence for the operator."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno == errno.ENOSPC:
        return OperatorError(
            f"Il n'y a plus de place sur le disque{where} : libérez de l'espace, puis relancez."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return OperatorError(
            f"Écriture refusée{where} : lancez la commande avec l'utilisateur "
            "à qui appartient le dossier du projet."
        )
    return OperatorError(f"Le système a refusé une opération : {error}.")
