"""Choosing a password by a link or by the code of a letter. Looking uses nothing up.

The address with the secret is only ever read: the form sends it in its body to an address without
one, our logs hold the route's template, and the page tells other addresses nothing about its own.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, allow
from chassis.peers import PeerRefused
from chassis.web import shapes
from gateway import accounts, answers
from gateway.gateway import Gateway, GatewayOf
from gateway.pages.rendering import render
from gateway.pages.sign_in import FAMILY, STAFF
from gateway.visit import Visit, VisitOf
from gateway.waiting import retry_at, too_many

from .own_access import password_mistakes

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.ANYONE)])

URL = "/activation"
LONGEST_SECRET = 64
OVER = "Ce code n’est plus valable, ou il n’est pas complet"
Typed = Annotated[str, Form()]


@dataclass(frozen=True)
class Door:
    """One visit to these pages."""

    request: Request
    gateway: Gateway
    visit: Visit

    async def open(self, secret: str) -> Response:
        """The form in which the password is chosen, or why there is none."""
        try:
            opened = await accounts.open_link(self.gateway.upstream, secret, self._whence)
        except PeerRefused as refused:
            return self._refused(refused)
        return self.form(secret, opened, [])

    async def choose(self, secret: str, new: str, again: str) -> Response:
        if errors := password_mistakes(None, new, again):
            return await self._again(secret, errors)
        try:
            door = await accounts.redeem_link(self.gateway.upstream, secret, new, self._whence)
        except PeerRefused as refused:
            if not str(refused.problem.get("type", "")).endswith("accounts.weak-password"):
                return self._refused(refused)
            said = str(refused.problem.get("detail", ""))
            return await self._again(secret, [shapes.FieldError("new", said)])
        entry = STAFF if door is STAFF.door else FAMILY
        return RedirectResponse(f"{entry.url}?choisi=1", 303)

    async def _again(self, secret: str, errors: list[shapes.FieldError]) -> Response:
        try:
            opened = await accounts.open_link(self.gateway.upstream, secret, self._whence)
        except PeerRefused as refused:
            return self._refused(refused)
        return self.form(secret, opened, errors)

    def form(
        self, secret: str, opened: answers.OpenedLink, errors: list[shapes.FieldError]
    ) -> Response:
        self.visit.prepare_form(self.gateway.clock)
        page = render(
            self.gateway,
            self.visit,
            "activation.html",
            title="Choisir votre mot de passe",
            status=422 if errors else 200,
            url=f"{URL}/choisir",
            secret=secret,
            opened=opened,
            errors=errors,
            wrong={error.field: error.message for error in errors},
        )
        # Our own address only, without the path: browsers then still say where a form comes from.
        page.headers["Referrer-Policy"] = "strict-origin"
        return page

    def ask(self, error: str = "", status: int = 200) -> Response:
        """For whoever holds the letter: the code is typed."""
        self.visit.prepare_form(self.gateway.clock)
        return render(
            self.gateway,
            self.visit,
            "activation_code.html",
            title="Activer votre accès",
            status=status,
            url=URL,
            errors=[shapes.FieldError("secret", error)] if error else [],
        )

    def _refused(self, refused: PeerRefused) -> Response:
        if refused.status == 429:
            wait = retry_at(refused.problem.get("retry_after"), self.gateway.clock.now())
            return self.ask(too_many(wait), 429)
        if refused.status not in (410, 422):
            raise refused
        return self.ask(OVER, 410)

    @property
    def _whence(self) -> accounts.Whence:
        return accounts.Whence.of(self.request)


@router.get(URL)
async def ask_for_code(request: Request, gateway: GatewayOf, visit: VisitOf) -> Response:
    return Door(request, gateway, visit).ask()


@router.post(URL)
async def with_code(
    request: Request, gateway: GatewayOf, visit: VisitOf, secret: Typed = ""
) -> Response:
    door = Door(request, gateway, visit)
    if not secret.strip():
        return door.ask("Tapez le code du courrier", 422)
    if len(secret) > LONGEST_SECRET:
        return door.ask(OVER, 410)
    return await door.open(secret.strip())


@router.get(f"{URL}/{{secret}}")
async def followed(request: Request, gateway: GatewayOf, visit: VisitOf, secret: str) -> Response:
    door = Door(request, gateway, visit)
    return await door.open(secret) if len(secret) <= LONGEST_SECRET else door.ask(OVER, 410)


@router.post(f"{URL}/choisir")
async def choose(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    secret: Typed = "",
    new: Typed = "",
    again: Typed = "",
) -> Response:
    door = Door(request, gateway, visit)
    if not 0 < len(secret) <= LONGEST_SECRET:
        return door.ask(OVER, 410)
    return await door.choose(secret, new, again)
