"""Invented data of the console's queue: one late, one near its deadline, the rest at ease."""

from datetime import date, datetime

from chassis.web import french, shapes

NOW = datetime(2026, 11, 24, 9, 12, tzinfo=french.PARIS)


def _at(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=french.PARIS)


def queue(rows: bool = True) -> shapes.Queue:
    def row(number: int, family: str, about: str, received: str, due: str) -> shapes.QueueRow:
        limit = date.fromisoformat(due)
        left = (limit - NOW.date()).days
        return shapes.QueueRow(
            id=f"r{number}",
            number=f"D-2026-0{number}",
            family=family,
            object=about,
            received_label=french.moment(_at(received), NOW),
            due_label=french.deadline(limit, NOW),
            due_class="late" if left < 0 else "near" if left < 8 else "",
            url=f"/console/demandes?demande={number}",
            version=1,
            selected=number == 1342,
        )

    return shapes.Queue(
        tabs=[
            shapes.QueueTab("À traiter", 37, "/console/demandes", current=True),
            shapes.QueueTab("Réservations", 21, "/console/demandes?sorte=reservations"),
            shapes.QueueTab("Absences", 6, "/console/demandes?sorte=absences"),
            shapes.QueueTab("Dossiers", 8, "/console/demandes?sorte=dossiers"),
            shapes.QueueTab("Inscriptions", 2, "/console/demandes?sorte=inscriptions"),
        ],
        rows=[
            row(1179, "Aubépine", "Tarif hors territoire", "2026-09-20T10:05", "2026-11-23"),
            row(1187, "Tilleul", "Pré-inscription", "2026-09-27T18:40", "2026-11-27"),
            row(1342, "Noisetier", "Réservation, Lou, 25 nov.", "2026-11-23T21:14", "2027-01-23"),
            row(1343, "Sureau", "Réservation, 3 enfants", "2026-11-23T21:20", "2027-01-23"),
            row(1345, "Mélèze", "Données sanitaires, Tom", "2026-11-24T07:02", "2027-01-24"),
            row(1346, "Genêt", "Adresse et téléphone", "2026-11-24T07:31", "2027-01-24"),
            row(1347, "Bleuet", "Absence, Ana, mar. 24 nov.", "2026-11-24T07:48", "2027-01-24"),
        ]
        if rows
        else [],
        accept_many_url="/console/demandes/accepter",
    )


def detail(number: int = 1342) -> shapes.Detail:
    return shapes.Detail(
        title="Lou Noisetier, 7 ans",
        lines=[
            "Mercredi 25 novembre, journée avec repas, Les Libellules",
            "demandée par Camille Noisetier, sur le portail, dans les délais",
        ],
        facts=[
            shapes.Fact("Places 6 ans et plus", "31 / 36, 2 en attente"),
            shapes.Fact("Tarif (QF 540, T2)", "7,50\u00a0€"),
        ],
        history=[
            shapes.HistoryEntry("Demande reçue", "hier, 21 h 14", "Camille Noisetier (portail)"),
        ],
        accept_url=f"/console/demandes/{number}/accepter",
        refuse_url=f"/console/demandes/{number}/refuser",
        state="pending",
        state_label="À l’étude",
        version=1,
        request_id=f"r{number}",
        can_decide=True,
        note="Dossier à jour. Assurance valable jusqu’au 31 août 2027.",
    )
