"""The entries of the two menus. Addresses are the product's own, see architecture.md, section 8."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; `tab` is its short name in a phone's bottom bar, `count` a key of `counts`."""

    key: str
    label: str
    url: str
    icon: str
    tab: str | None = None
    count: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    entries: Sequence[Entry]


PORTAL: Sequence[Entry] = (
    Entry("home", "Accueil", "/", "home", tab="Accueil"),
    Entry("account", "Mon compte", "/mon-compte", "person"),
    Entry("children", "Mes enfants", "/enfants", "children", tab="Enfants"),
    Entry("agenda", "Agenda", "/agenda", "calendar", tab="Agenda"),
    Entry("requests", "Mes demandes", "/demandes", "tray", tab="Demandes", count="requests"),
    Entry("statement", "Relevé de compte", "/releve", "ledger"),
    Entry("messages", "Messages", "/messages", "letter", count="messages"),
)

CONSOLE: Sequence[Group] = (
    Group(
        "Familles",
        (
            Entry("requests", "Demandes", "/console/demandes", "tray", count="requests"),
            Entry("families", "Familles", "/console/familles", "children"),
            Entry("access", "Accès", "/console/acces", "lock"),
            Entry("desk", "Guichet", "/console/guichet", "person"),
            Entry("messages", "Messages", "/console/messages", "letter", count="messages"),
        ),
    ),
    Group(
        "Accueil des enfants",
        (
            Entry("places", "Planning et places", "/console/places", "calendar"),
            Entry("waiting", "Listes d’attente", "/console/attente", "list"),
            Entry("attendance", "Pointage", "/console/pointage", "check"),
            Entry("proofs", "Justificatifs", "/console/justificatifs", "tray"),
            Entry("activities", "Activités", "/console/activites", "home"),
        ),
    ),
    Group(
        "Régie",
        (
            Entry("billing", "Facturation", "/console/facturation", "ledger"),
            Entry("payments", "Règlements", "/console/reglements", "ledger"),
            Entry("reminders", "Relances", "/console/relances", "letter"),
            Entry("rates", "Tarifs", "/console/tarifs", "ledger"),
            Entry("exports", "Exports", "/console/exports", "tray"),
        ),
    ),
    Group(
        "Réglages",
        (
            Entry("settings", "Collectivité", "/console/collectivite", "home"),
            Entry("reasons", "Motifs de refus", "/console/motifs", "cross"),
            Entry("absence_reasons", "Motifs d’absence", "/console/motifs-absence", "list"),
            Entry("rules", "Règles", "/console/regles", "check"),
            Entry("teams", "Équipes", "/console/equipes", "person"),
            Entry("staff", "Agents", "/console/agents", "person"),
            Entry("erasures", "Effacements", "/console/effacements", "cross"),
            Entry("partners", "Partenaires", "/console/partenaires", "children"),
            Entry("journal", "Journal", "/console/journal", "list"),
        ),
    ),
)
