"""The words of every state: label, full sentence, note. {limit} is the cut-off of the day."""

from collections.abc import Mapping

from chassis.web import shapes

LABELS: Mapping[shapes.StateCode, tuple[str, str, str | None]] = {
    "free": ("Disponible", "Modifiable jusqu’au {limit}.", None),
    "few_left": ("Dernières places", "Modifiable jusqu’au {limit}.", "2 places"),
    "requested": ("Demande en attente", "Le secrétariat répond avant le {limit}.", None),
    "booked": ("Réservé", "Modifiable jusqu’au {limit}.", None),
    "waitlisted": ("Liste d’attente", "Une place libérée vous sera proposée.", "rang 3"),
    "offered": ("Place proposée", "Une place s’est libérée.", "jusqu’au jeu. 26 nov., 10 h"),
    "refused": ("Refusé", "Décision du lundi 23 novembre, 16 h.", "effectif d’encadrement atteint"),
    "cancel_requested": ("Annulation demandée", "Le secrétariat répond avant le {limit}.", None),
    "absence_declared": ("Absence déclarée", "Déclarée ce matin, 7 h 02.", "maladie"),
    "absent_justified": ("Absence justifiée", "Cette absence n’est pas facturée.", None),
    "absent_unjustified": ("Absence non justifiée", "Cette absence est facturée.", None),
    "present": ("Présence", "Pointée par le centre.", None),
    "full": ("Complet", "Les 36 places sont prises.", None),
    "closed": ("Fermé", "Le centre est fermé ce jour-là.", None),
    "holiday": ("Férié", "Armistice de 1918.", None),
    "locked": ("Délai dépassé", "La limite était le {limit}.", None),
}
