"""The second step of signing in, for members of staff who have a second factor."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, allow
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.web import shapes
from gateway import accounts
from gateway.entering import Onward, enter
from gateway.gateway import Gateway, GatewayOf
from gateway.pages.rendering import render
from gateway.pages.sign_in import STAFF
from gateway.visit import Visit, VisitOf
from gateway.waiting import retry_at, too_many

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.ANYONE)])

URL = "/console/connexion/code"
PURPOSE = "second-factor"
LARGEST = 56 * 1024
"""The form that waits for the end of signing in travels along."""
LONGEST_CODE = 40
Typed = Annotated[str, Form()]


def code_page(
    gateway: Gateway, visit: Visit, secret: str, onward: Onward, error: str = "", status: int = 200
) -> Response:
    """The half session travels sealed in the page: before the code it opens nothing anyway."""
    visit.prepare_form(gateway.clock)
    content = {"secret": secret, "suite": onward.suite, "kept": onward.kept}
    return render(
        gateway,
        visit,
        "code.html",
        title="Code de vérification",
        status=status,
        url=URL,
        half=gateway.seal.close(PURPOSE, content, largest=LARGEST),
        errors=[shapes.FieldError("code", error)] if error else [],
    )


@router.get(URL)
async def back_to_the_door() -> Response:
    return RedirectResponse(STAFF.url, 303)


@router.post(URL)
async def give_code(
    request: Request, gateway: GatewayOf, visit: VisitOf, half: Typed = "", code: Typed = ""
) -> Response:
    content = gateway.seal.open(PURPOSE, half)
    if content is None:
        return RedirectResponse(STAFF.url, 303)
    secret, onward = content["secret"], Onward(content["suite"], content["kept"])
    if not code.strip() or len(code) > LONGEST_CODE:
        return code_page(gateway, visit, secret, onward, "Tapez le code à six chiffres", 422)
    try:
        grant = await accounts.sign_in_by_code(
            gateway.upstream, secret, code.strip(), accounts.Whence.of(request)
        )
    except (PeerRefused, PeerUnavailable) as error:
        words, status = _explained(error, gateway)
        if status == 401:
            return RedirectResponse(STAFF.url, 303)
        return code_page(gateway, visit, secret, onward, words, status)
    return await enter(request, gateway, visit, STAFF, secret, grant, onward)


def _explained(error: PeerRefused | PeerUnavailable, gateway: Gateway) -> tuple[str, int]:
    if isinstance(error, PeerUnavailable) or accounts.is_about_us(error):
        return "La vérification n’est pas possible pour le moment. Réessayez.", 503
    if error.status == 429:
        wait: Any = error.problem.get("retry_after")
        return too_many(retry_at(wait, gateway.clock.now())), 429
    return "Ce code n’est pas le bon, ou il a déjà servi", error.status
