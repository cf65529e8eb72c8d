"""`portail partners add | list | replay | rotate | revoke | restore`, and those of `http_ways`."""

import asyncio
import secrets
import sys
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from chassis.broker.event_log import Start
from chassis.broker.partners import LONGEST_QUEUE, Partner
from chassis.broker.topology import hashed
from portail.telling import Control, Refused, Unusable, Url, told

from . import http_ways, record
from .asking import Name, standing, unknown
from .broker import Broker
from .filters import binding_keys, in_centres, start_of, types_of, usable
from .replay import NoQueue, Replay

app = typer.Typer(no_args_is_help=True)
http_ways.register(app)


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
    pull: Annotated[
        bool, typer.Option("--pull", help="Viendra chercher ses événements par HTTP, avec une clé.")
    ] = False,
    webhook: Annotated[
        str | None, typer.Option(help="Adresse HTTPS à laquelle les envoyer, signés.")
    ] = None,
    unordered: Annotated[
        bool, typer.Option("--unordered", help="Un envoi qui échoue n’arrête pas les suivants.")
    ] = False,
) -> None:
    """Ajouter un partenaire : il ne pourra que lire ce qui lui est donné."""
    partner = usable(name, events, centre or [])
    if pull or webhook:
        _add_by_http(partner, since, pull=pull, url=webhook, ordered=not unordered)
    else:
        start = start_of(since) if since else None
        _add_at_broker(partner, Broker(broker_url, control), start)


def _add_by_http(
    partner: Partner, since: str | None, *, pull: bool, url: str | None, ordered: bool
) -> None:
    if since and not url:
        raise Unusable("« --from » est inutile avec « --pull » : tout ce qui est gardé se lit.")
    key, secret = http_ways.new_key(), http_ways.new_secret()
    ways: dict[str, Any] = {"key_digest": http_ways.digest_of(key)} if pull else {}
    if url:
        ways["webhook"] = http_ways.webhook(url, secret, since, ordered=ordered)
    _record(partner, ways)
    if pull:
        http_ways.show_key(key)
    if url:
        http_ways.show_secret(secret)
    _show_events(partner)


def _add_at_broker(partner: Partner, broker: Broker, start: Start | None) -> None:
    password = secrets.token_urlsafe(32)
    _record(partner, {"password_hash": (digest := hashed(password))})
    try:
        broker.let_in(partner, digest)
    except Refused:
        record.revoke(partner.name)
        raise
    _show_access(broker, partner, password)
    _show_events(partner)
    if start is not None:
        _replay(Replay(broker.url, partner, start))


def _record(partner: Partner, ways: dict[str, Any]) -> None:
    if not record.add(partner, ways):
        taken = f"« {partner.name} » existe déjà"
        raise Unusable(f"{taken} : révoquez-le d’abord, ou choisissez un autre nom.")
    print(f"Partenaire « {partner.name} » ajouté.")


def _show_events(partner: Partner) -> None:
    given = in_centres(partner) if partner.centres else types_of(partner.patterns)
    print("Événements :", ", ".join(given))


@app.command("list")
@told
def list_partners(broker_url: Url) -> None:
    """Lister : nom, depuis quand, en attente, lecteurs connectés, événements, centres."""
    broker = Broker(broker_url, "")
    kept = record.standing()
    for one in kept:
        partner = one.partner
        late = _waiting(broker, partner) if one.password_hash else f"{one.by_http}\t-"
        centres = ",".join(map(str, partner.centres)) or "tous"
        print(
            f"{partner.name}\t{one.added_at[:10]}\t{late}\t{','.join(partner.patterns)}\t{centres}"
        )
    print(f"{len(kept)} partenaire(s).", file=sys.stderr)


def _waiting(broker: Broker, partner: Partner) -> str:
    waiting = asyncio.run(broker.waiting(partner))
    return f"{waiting[0]} sur {LONGEST_QUEUE}\t{waiting[1]}" if waiting else "file absente\t0"


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
    kept = standing(name)
    if kept.url is not None:
        http_ways.send_since(name, since, only)
        return
    kept = _at_broker(name)
    _replay(Replay(broker_url, kept.partner, start, lambda type_: only.is_given(type_, None)))


def _at_broker(name: str) -> record.Kept:
    kept = standing(name)
    if kept.password_hash is None:
        raise Unusable(f"« {name} » n’a pas de file : il vient chercher ses événements.")
    return kept


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
    partner, password = _at_broker(name).partner, secrets.token_urlsafe(32)
    if not record.rotate(name, digest := hashed(password)):
        raise unknown(name)
    broker = Broker(broker_url, control)
    broker.change_password(partner, digest)
    print(f"Nouveau mot de passe de « {name} ». Une connexion ouverte reste ouverte.")
    _show_access(broker, partner, password)


@app.command("revoke")
@told
def revoke(name: Name, broker_url: Url, control: Control = "rabbitmqctl") -> None:
    """Retirer un partenaire : ses connexions sont coupées, sa file est supprimée."""
    if standing(name).password_hash is not None:
        # The broker first, and again if need be: a name that is no longer known could still get in.
        asyncio.run(Broker(broker_url, control).put_out(Partner(name, ())))
    if not record.revoke(name):
        raise unknown(name)
    print(f"Partenaire « {name} » révoqué : plus rien ne lui est donné.")


@app.command("restore")
@told
def restore(broker_url: Url, control: Control = "rabbitmqctl") -> None:
    """Refaire chez un courtier neuf l’accès et la file de chaque partenaire."""
    kept = [one for one in record.standing() if one.password_hash is not None]
    for one in kept:
        Broker(broker_url, control).let_in(one.partner, one.password_hash or "")
    print(f"{len(kept)} partenaire(s) rétabli(s), avec leurs mots de passe.")


def _show_access(broker: Broker, partner: Partner, password: str) -> None:
    print(f"Adresse : {broker.address_for(partner, password)}")
    print(f"File : {partner.queue}")
    print("Ce mot de passe n’est gardé nulle part et ne sera plus montré.")
