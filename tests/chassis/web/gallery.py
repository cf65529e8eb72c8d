"""Invented data for the gallery: the scenes of look.md, every state at least once.

The pages themselves are in `samples/`; `gallery_site.py` serves them, the tests open them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import gallery_queue
from gallery_states import LABELS

from chassis.web import french, shapes
from chassis.web.assets import Assets
from chassis.web.rendering import environment

SAMPLES = Path(__file__).parent / "samples"
NOW = datetime(2026, 11, 24, 9, 12, tzinfo=french.PARIS)
AUTHORITY = shapes.Authority(
    name="Communauté de communes du Val d’Arbelle",
    service_name="Service Enfance · Portail familles",
    phone="04 76 00 11 22",
    email="enfance@val-arbelle.example",
)
FAMILY = shapes.Viewer("Famille Noisetier", "family")
AGENT = shapes.Viewer("Inès Perrin", "staff")
REASONS = (
    shapes.Choice("sick_certificate", "Maladie avec certificat"),
    shapes.Choice("sick", "Maladie sans certificat"),
    shapes.Choice("other", "Autre (précisez)"),
)
SLOTS = {
    "canteen": ("Cantine", "11 h 30 – 13 h 30"),
    "evening": ("Soir", "16 h 30 – 18 h 30"),
    "day": ("Journée", "7 h 30 – 18 h 30"),
}


def _actions(state: shapes.StateCode, key: str) -> list[shapes.Action]:
    def action(kind: shapes.ActionKind, label: str, verb: str | None = None) -> shapes.Action:
        price = "7,50\u00a0€" if kind == "booking.request" else None
        # Only the shape of an id matters here; a real page makes one per form.
        request_id = str(uuid5(NAMESPACE_URL, f"{key}/{kind}"))
        address = f"/cells/{key}?kind={kind}"
        return shapes.Action(kind, label, address, request_id, price, verb, {"cell": key})

    reserve = action("booking.request", "Demande de réservation", "Réserver")
    absence = action("absence.declare", "Déclarer une absence")
    return {
        "free": [reserve],
        "few_left": [reserve],
        "full": [
            action("booking.request", "Demande en liste d’attente", "Rejoindre la liste d’attente")
        ],
        "requested": [action("request.withdraw", "Retirer la demande")],
        "booked": [action("booking.cancel", "Annuler la réservation"), absence],
        "waitlisted": [action("request.withdraw", "Quitter la liste d’attente")],
    }.get(state, [])


def cell(day: date, slot: str, state: shapes.StateCode) -> shapes.Cell:
    label, explanation, note = LABELS[state]
    limit = datetime(day.year, day.month, day.day, 10, tzinfo=french.PARIS) - timedelta(days=1)
    name, hours = SLOTS[slot]
    key = f"lou_{slot}_{day.isoformat()}"
    return shapes.Cell(
        key=key,
        slot_label=label if state in ("holiday", "closed") else name,
        hours_label=hours,
        state=state,
        state_label=label,
        explanation=explanation.format(limit=french.full_moment(limit)),
        note=note,
        actions=_actions(state, key),
        child_id="lou",
        child_name="Lou",
    )


def day(when: date, cells: Mapping[str, shapes.StateCode]) -> shapes.Day:
    return shapes.Day(
        date=when,
        number_label=french.day_number(when),
        label=french.day_name(when),
        url=f"/enfants/1/agenda/{when.isoformat()}",
        in_month=when.month == 11,
        is_today=when == NOW.date(),
        cells=[cell(when, slot, state) for slot, state in cells.items()],
    )


SPECIAL: Mapping[int, Mapping[str, shapes.StateCode]] = {
    3: {"canteen": "absent_justified", "evening": "absent_unjustified"},
    4: {"day": "present"},
    10: {"canteen": "absent_justified"},
    11: {"day": "holiday"},
    18: {"day": "present"},
    20: {"day": "closed"},
    24: {"canteen": "absence_declared", "evening": "locked"},
    25: {"day": "requested"},
    26: {"canteen": "booked", "evening": "free"},
    27: {"canteen": "cancel_requested", "evening": "refused"},
    30: {"canteen": "few_left", "evening": "full"},
    32: {"day": "waitlisted"},
}


def _cells_of(number: int, when: date) -> Mapping[str, shapes.StateCode]:
    if when.weekday() > 4:
        return {}
    if number in SPECIAL:
        return SPECIAL[number]
    if number < 24:
        past: dict[str, shapes.StateCode] = {"canteen": "present"}
        return past if when.weekday() in (1, 3) else past | {"evening": "present"}
    return {"canteen": "free", "evening": "free"}


def agenda() -> shapes.Agenda:
    first = date(2026, 11, 2)
    weeks = []
    for week in range(5):
        days = [first + timedelta(days=7 * week + offset) for offset in range(7)]
        weeks.append([day(when, _cells_of((when - first).days + 2, when)) for when in days])
    return shapes.Agenda(
        month="2026-11",
        title="Novembre 2026",
        previous=shapes.Link("/agenda?mois=2026-10", "Octobre"),
        next=shapes.Link("/agenda?mois=2026-12", "Décembre"),
        children=[
            shapes.ChildTab("Lou", "/enfants/1/agenda", current=True),
            shapes.ChildTab("Noé", "/enfants/2/agenda"),
            shapes.ChildTab("Toute la fratrie", "/agenda"),
        ],
        cell_url="/cells/",
        request_id=str(uuid5(NAMESPACE_URL, "agenda")),
        weekday_labels=["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
        weeks=weeks,
        reasons=REASONS,
        several_url="/enfants/1/reservations",
    )


def week_with_saturday() -> shapes.Agenda:
    whole = agenda()
    weeks = [list(week) for week in whole.weeks]
    weeks[3][5] = day(date(2026, 11, 28), {"day": "booked"})
    # The siblings together: each chip then says whose it is.
    friday = [replace(one, show_child=True) for one in weeks[3][4].cells]
    weeks[3][4] = replace(weeks[3][4], cells=friday)
    return replace(whole, weeks=weeks, several_url=None)


def page(title: str, section: str) -> shapes.Page:
    return shapes.Page(title, section, form_token="jeton", correlation_id="0199-7c1e")


ERRORS: Sequence[shapes.FieldError] = (
    shapes.FieldError("password", "L’identifiant ou le mot de passe n’est pas le bon."),
)


def _children() -> list[dict[str, Any]]:
    week = agenda().weeks[3][:5]
    noe = [
        day(date(2026, 11, 23) + timedelta(days=offset), cells)
        for offset, cells in enumerate(
            [
                {"canteen": "booked"},
                {"canteen": "booked"},
                {"day": "waitlisted"},
                {"canteen": "free"},
                {},
            ]
        )
    ]
    return [
        {"name": "Lou", "age": "7\u00a0ans", "days": week},
        {"name": "Noé", "age": "4\u00a0ans", "days": noe},
    ]


def scenes() -> dict[str, tuple[str, dict[str, Any]]]:
    """Name of each page → its template and what it is given besides the frame."""
    month = agenda()
    problem = shapes.Problem(
        "Cette page ne répond pas",
        "Le service des factures est arrêté. Rien de ce que vous avez envoyé n’est perdu.",
        ["Réessayez dans quelques minutes.", "Si cela dure, appelez le service Enfance."],
        503,
    )
    frame = {"viewer": FAMILY}
    staff = {"viewer": AGENT, "counts": {"requests": 37, "messages": 5}}
    demandes = page("Demandes", "requests")
    pages = shapes.Pagination("Demandes 1 à 7 sur 37", None, "/console/demandes?page=2")
    shown = {"queue": gallery_queue.queue(), "detail": gallery_queue.detail()}
    nothing = {"queue": gallery_queue.queue(rows=False), "detail": None, "pagination": None}
    board = {**staff, "page": demandes, "pagination": pages, **shown}
    sign_in = {"viewer": None, "page": page("Se connecter", "")}
    return {
        "home": ("home.html", {**frame, "page": page("Accueil", "home"), "children": _children()}),
        "agenda": (
            "agenda.html",
            {**frame, "page": page("Agenda de Lou", "agenda"), "agenda": month},
        ),
        "agenda-saturday": (
            "agenda.html",
            {**frame, "page": page("Agenda de Lou", "agenda"), "agenda": week_with_saturday()},
        ),
        "day": (
            "day.html",
            {
                **frame,
                "page": page("Jeudi 26 novembre", "agenda"),
                "day": month.weeks[3][3],
                "reasons": REASONS,
                "errors": {month.weeks[3][3].cells[0].key: "Choisissez un motif."},
            },
        ),
        "queue": ("queue.html", board),
        "queue-empty": ("queue.html", {**board, **nothing}),
        "sign-in": ("sign_in.html", {**sign_in, "errors": []}),
        "sign-in-wrong": ("sign_in.html", {**sign_in, "errors": ERRORS}),
        "problem": (
            "problem.html",
            {"viewer": None, "page": page("Page indisponible", ""), "problem": problem},
        ),
        "empty": (
            "empty.html",
            {
                **frame,
                "page": page("Mes demandes", "requests"),
                "pagination": shapes.Pagination("Page 2 sur 3", "?page=1", "?page=3"),
            },
        ),
        "form": (
            "form.html",
            {
                **frame,
                "page": page("Mon compte", "account"),
                "errors": [shapes.FieldError("phone", "Écrivez les dix chiffres du numéro.")],
            },
        ),
    }


def render_all(assets: Assets) -> dict[str, str]:
    """Every scene as HTML."""
    env = environment(SAMPLES, assets=assets)
    frame = {"authority": AUTHORITY, "counts": {"requests": 3, "messages": 2}, "now": NOW}
    return {
        name: env.get_template(template).render(**(frame | given))
        for name, (template, given) in scenes().items()
    }


def render_cell(assets: Assets, key: str, state: shapes.StateCode, outcome: str | None) -> str:
    """The fragment that a server answers: the cell of that key in another state."""
    _, slot, text = key.split("_")
    year, month, number = text.split("-")
    when = date(int(year), int(month), int(number))
    one = day(when, {slot: state})
    template = environment(SAMPLES, assets=assets).get_template("agenda_cell.html")
    return template.render(
        day=one, cell=one.cells[0], page=page("Agenda", "agenda"), outcome=outcome
    )


def render_detail(assets: Assets, number: int) -> str:
    """The fragment of the console's detail pane."""
    template = environment(SAMPLES, assets=assets).get_template("queue_detail.html")
    return template.render(detail=gallery_queue.detail(number), page=page("Demandes", "requests"))
