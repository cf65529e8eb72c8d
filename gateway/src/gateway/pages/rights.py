"""Words about who read what, and about copies of one's data."""

from dataclasses import dataclass
from typing import Final

from gateway.vault_answers import Export, Read

PARTS: Final = {
    "health": "les données sanitaires",
    "sheet": "la fiche simple",
    "complete_sheet": "la fiche complète",
    "document": "un document",
    "photo": "la photo",
    "export": "la copie de vos données",
}
ACTS: Final = {
    "read": "a ouvert",
    "proposed": "a proposé de modifier",
    "recorded": "a modifié",
}
PURPOSES: Final = {
    "own": "",
    "care": "pour accueillir l’enfant",
    "request": "pour répondre à une demande",
    "front_desk": "au guichet, pour vous",
}
ROLES: Final = {
    "secretariat": "secrétariat",
    "centre": "équipe du centre",
    "cash_office": "régie",
    "admin": "administration",
    "auditor": "contrôle",
}
NOTICES: Final = {
    "copie": ("success", "La copie se prépare : revenez dans quelques minutes."),
    "effacement": ("success", "Votre demande d’effacement est enregistrée."),
    "annule": ("success", "Votre demande d’effacement est annulée."),
    "confirmer": ("warning", "Cochez la case pour confirmer que vous demandez l’effacement."),
}


@dataclass(frozen=True)
class ReadView:
    """One line: who did what to what, of whom, why."""

    read: Read

    @property
    def who(self) -> str:
        reader = self.read.reader
        roles = ", ".join(ROLES.get(role, role) for role in reader.roles)
        return f"{reader.name} ({roles})" if roles else f"{reader.name} (vous)"

    @property
    def what(self) -> str:
        act = ACTS.get(self.read.act, "a ouvert")
        part = PARTS.get(self.read.part, "une partie du dossier")
        return f"{act} {part}"

    @property
    def why(self) -> str:
        return PURPOSES.get(self.read.purpose, "")


@dataclass(frozen=True)
class ExportView:
    """A copy and how far it is."""

    export: Export

    @property
    def is_under_way(self) -> bool:
        return self.export.state in ("waiting", "working")
