"""`portail partners add | list | replay | rotate | revoke | restore`."""

import asyncio
import secrets
import sys
from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from chassis.broker.event_log import Start
from chassis.broker.partners import LONGEST_QUEUE, Partner
from chassis.broker.topology import hashed
from portail.telling import Control, Refused, Unusable, Url, told

from . import record
from .broker import Broker
from .filters import binding_keys, in_centres, start_of, types_of, usable
from .replay import NoQueue, Replay

app = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Nom du partenaire, par exemple « cantine ».")]


@app.command("add")
@told
def add(
    name: Name,
    events: Annotated[
        list[str], typer.Option(help="Événements : « enrolment.booking.* », « billing.* »…")
    ],
    broker_url: Url,
    control: Control = "rabbitmqctl",
    centre: Annotated[
        list[UUID] | None, typer.Option(help="Seulement ceux de ce centre (répétable).")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="Envoyer d’abord ce qui a eu lieu depuis.")
    ] = None,
) -> None:
    """Ajouter un partenaire : un utilisateur qui ne peut que lire sa file."""
    partner = usable(name, events, centre or [])
    start = start_of(since) if since else None
    broker, password = Broker(broker_url, control), secrets.token_urlsafe(32)
    if not record.add(partner, digest := hashed(password)):
        raise Unusable(f"« {name} » existe déjà : révoquez-le d’abord, ou choisissez un autre nom.")
    try:
        broker.let_in(partner, digest)
    except Refused:
        record.revoke(name)
        raise
    print(f"Partenaire « {name} » ajouté.")
    _show_access(broker, partner, password)
    given = in_centres(partner) if partner.centres else types_of(partner.patterns)
    print("Événements :", ", ".join(given))
    if start is not None:
        _replay(Replay(broker_url, partner, start))


@app.command("list")
@told
def list_partners(broker_url: Url) -> None:
    """Lister : nom, depuis quand, en attente, lecteurs connectés, événements, centres."""
    broker = Broker(broker_url, "")
    kept = record.standing()
    for one in kept:
        partner = one.partner
        waiting = asyncio.run(broker.waiting(partner))
        late = f"{waiting[0]} sur {LONGEST_QUEUE}\t{waiting[1]}" if waiting else "file absente\t0"
        centres = ",".join(map(str, partner.centres)) or "tous"
        print(
            f"{partner.name}\t{one.added_at[:10]}\t{late}\t{','.join(partner.patterns)}\t{centres}"
        )
    print(f"{len(kept)} partenaire(s).", file=sys.stderr)


@app.command("replay")
@told
def replay(
    name: Name,
    since: Annotated[
        str,
        typer.Option("--from", help="Date, instant, position, ou « first » : tout ce qui reste."),
    ],
    broker_url: Url,
    events: Annotated[
        list[str] | None, typer.Option(help="Seulement ceux-ci, parmi les siens (répétable).")
    ] = None,
) -> None:
    """Renvoyer à un partenaire ce qui a été publié depuis une date ou une position."""
    start = start_of(since)
    only = Partner("", binding_keys(events or ["*"]))
    partner = next((kept.partner for kept in record.standing() if kept.partner.name == name), None)
    if partner is None:
        raise _unknown(name)
    _replay(Replay(broker_url, partner, start, lambda type_: only.is_given(type_, None)))


def _replay(replay: Replay) -> None:
    try:
        asyncio.run(replay.run())
    except NoQueue as missing:
        raise Refused(f"la file {missing} n’existe pas : « portail partners restore ».") from None
    except KeyboardInterrupt:
        print(f"Interrompu. Pour continuer : --from {_written(replay.start)}", file=sys.stderr)
        raise typer.Exit(130) from None
    print(
        f"{replay.sent} événement(s) renvoyé(s), {replay.passed} non destiné(s). "
        f"Suite du journal : --from {_written(replay.start)}"
    )


def _written(start: Start) -> str:
    return start.isoformat() if isinstance(start, datetime) else str(start)


@app.command("rotate")
@told
def rotate(name: Name, broker_url: Url, control: Control = "rabbitmqctl") -> None:
    """Donner un nouveau mot de passe ; l’ancien ne permet plus de se connecter."""
    partner, password = Partner(name, ()), secrets.token_urlsafe(32)
    if not record.rotate(name, digest := hashed(password)):
        raise _unknown(name)
    broker = Broker(broker_url, control)
    broker.change_password(partner, digest)
    print(f"Nouveau mot de passe de « {name} ». Une connexion ouverte reste ouverte.")
    _show_access(broker, partner, password)


@app.command("revoke")
@told
def revoke(name: Name, broker_url: Url, control: Control = "rabbitmqctl") -> None:
    """Retirer un partenaire : ses connexions sont coupées, sa file est supprimée."""
    # The broker first, and again if need be: a name that is no longer known could still get in.
    asyncio.run(Broker(broker_url, control).put_out(Partner(name, ())))
    if not record.revoke(name):
        raise _unknown(name)
    print(f"Partenaire « {name} » révoqué : connexions coupées, file supprimée.")


@app.command("restore")
@told
def restore(broker_url: Url, control: Control = "rabbitmqctl") -> None:
    """Refaire chez un courtier neuf l’accès et la file de chaque partenaire."""
    kept = record.standing()
    for one in kept:
        Broker(broker_url, control).let_in(one.partner, one.password_hash)
    print(f"{len(kept)} partenaire(s) rétabli(s), avec leurs mots de passe.")


def _unknown(name: str) -> Unusable:
    return Unusable(f"aucun partenaire ne s’appelle « {name} ».")


def _show_access(broker: Broker, partner: Partner, password: str) -> None:
    print(f"Adresse : {broker.address_for(partner, password)}")
    print(f"File : {partner.queue}")
    print("Ce mot de passe n’est gardé nulle part et ne sera plus montré.")
