"""Partners who are not at the broker: keys to come for events, addresses that they are sent to.

`portail partners key | address | secret | pause | resume | deliveries | retry`.
"""

import base64
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from chassis.broker.partners import Partner
from chassis.clock import PARIS
from portail.telling import Unusable, told

from . import record
from .asking import Name, unknown
from .filters import start_of

Overlap = Annotated[int, typer.Option(help="Jours pendant lesquels l’ancien sert encore.", min=0)]
OVERLAP_DAYS = 7

PAUSES = {
    "asked": "en pause, à votre demande",
    "dead": "en pause : aucune réponse depuis des jours",
    "gone": "en pause : l’adresse a répondu qu’elle ne veut plus rien (410)",
}
STATES = {"waiting": "en attente", "sent": "reçu", "given-up": "abandonné"}


def new_key() -> str:
    return f"ptl_{secrets.token_urlsafe(32)}"


def digest_of(key: str) -> str:
    """All that is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def new_secret() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def webhook(url: str, secret: str, since: str | None, *, ordered: bool) -> dict[str, Any]:
    """What the record is told of an address. Raises Unusable."""
    from_ = instant(since) if since else None
    return {"url": url, "secret": secret, "is_ordered": ordered, "since": from_}


def instant(since: str) -> str:
    """Raises Unusable: a position means nothing to an address."""
    start = start_of(since)
    if isinstance(start, int):
        raise Unusable("pour une adresse, donnez une date, un instant ou « first ».")
    return start.isoformat() if isinstance(start, datetime) else start


def send_since(name: str, since: str, only: Partner) -> None:
    queued = record.send_again(name, instant(since), only.patterns)
    print(f"{queued} événement(s) à renvoyer à « {name} ».")


def show_key(key: str) -> None:
    print(f"Clé : {key}")
    print("Elle n’est gardée nulle part et ne sera plus montrée. Le partenaire lit :")
    print("  GET /api/events du portail, avec « Authorization: Bearer » et cette clé.")


def show_secret(secret: str) -> None:
    print(f"Secret des signatures : whsec_{secret}")
    print("Il ne sera plus montré. Le partenaire vérifie avec lui (Standard Webhooks).")


@told
def key(name: Name, overlap: Overlap = OVERLAP_DAYS) -> None:
    """Donner une clé à un partenaire qui vient chercher ses événements, ou en changer."""
    if not record.give_key(name, digest_of(given := new_key()), timedelta(days=overlap)):
        raise unknown(name)
    show_key(given)
    print(f"Les clés d’avant servent encore {overlap} jour(s)." if overlap else "Elle est seule.")


@told
def address(
    name: Name,
    url: Annotated[str, typer.Argument(help="Adresse HTTPS.")],
    unordered: Annotated[
        bool, typer.Option("--unordered", help="Un envoi qui échoue n’arrête pas les suivants.")
    ] = False,
) -> None:
    """Donner une adresse à un partenaire, ou en changer ; ce qui attend y part."""
    given = new_secret()
    if record.set_address(name, webhook(url, given, None, ordered=not unordered)):
        show_secret(given)
    else:
        print(f"Les envois à « {name} » vont à {url}, avec le même secret.")


@told
def secret(name: Name, overlap: Overlap = OVERLAP_DAYS) -> None:
    """Changer le secret qui signe les envois ; pendant le recouvrement, les deux signent."""
    record.change_secret(name, given := new_secret(), timedelta(days=overlap))
    show_secret(given)
    print(f"L’ancien signe aussi pendant {overlap} jour(s)." if overlap else "Il signe seul.")


@told
def pause(name: Name) -> None:
    """Ne plus rien envoyer à l’adresse d’un partenaire ; ce qui arrive attend."""
    record.tell("pause", name)
    print(f"« {name} » est en pause : ce qui arrive attend.")


@told
def resume(name: Name) -> None:
    """Reprendre les envois : ce qui attend part aussitôt."""
    record.tell("resume", name)
    print(f"« {name} » : les envois reprennent.")


@told
def deliveries(
    name: Name,
    failed: Annotated[bool, typer.Option("--failed", help="Seulement les abandonnés.")] = False,
    most: Annotated[int, typer.Option(help="Combien de lignes.", min=1, max=1000)] = 50,
) -> None:
    """Lister les derniers envois : état, essais, dernière réponse, type, identifiant."""
    found = record.deliveries(name, failed=failed, most=most)
    print(f"{found['url']}\t{PAUSES.get(found['pause'], 'active')}")
    if found["next_try_at"]:
        again = datetime.fromisoformat(found["next_try_at"]).astimezone(PARIS)
        print(f"{found['failures']} échec(s) de suite ; prochain essai : {again:%d/%m/%Y %H:%M}")
    for one in found["items"]:
        told_last = one["last_outcome"] or "-"
        state = STATES[one["state"]]
        print(f"{state}\t{one['attempts']}\t{told_last}\t{one['type']}\t{one['event_id']}")
    print(f"{found['total']} envoi(s).")


@told
def retry(name: Name) -> None:
    """Renvoyer tout ce qui a été abandonné."""
    print(f"{record.send_again(name, None, ())} envoi(s) à refaire.")


def register(app: typer.Typer) -> None:
    for command in (key, address, secret, pause, resume, deliveries, retry):
        app.command(command.__name__)(command)
