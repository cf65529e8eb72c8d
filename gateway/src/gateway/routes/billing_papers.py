"""Papers that billing prints: passed on as they are, byte for byte."""

from uuid import UUID

from fastapi import APIRouter, Request

from chassis.auth import Audience, allow
from chassis.problems import Problem
from gateway.forwarding import Destination, Forwarded, onward_headers
from gateway.gateway import gateway_of
from gateway.visit import visit_of
from portail_contracts.catalogue import Context

from .raw import RawRoute

router = APIRouter(
    route_class=RawRoute, include_in_schema=False, dependencies=[allow(Audience.FAMILY)]
)


def _from_billing(request: Request, path: str) -> Forwarded:
    gateway, visit = gateway_of(request), visit_of(request)
    return Forwarded(
        gateway.forwarder,
        Destination(
            base=gateway.peers.address(Context.BILLING),
            path=path,
            headers=onward_headers(request, visit.token, visit.form_token),
        ),
    )


def _named(request: Request) -> UUID:
    """The id in the path. Raises Problem 404 for what is none."""
    try:
        return UUID(request.path_params["id"])
    except ValueError:
        raise Problem(404, "portail.not-found", "Page introuvable") from None


@router.get("/factures/{id}/document")
async def invoice(request: Request) -> Forwarded:
    return _from_billing(request, f"/v1/me/invoices/{_named(request)}/document")


@router.get("/avoirs/{id}/document")
async def credit_note(request: Request) -> Forwarded:
    return _from_billing(request, f"/v1/me/credit-notes/{_named(request)}/document")


@router.get("/reglements/{id}/quittance")
async def receipt(request: Request) -> Forwarded:
    return _from_billing(request, f"/v1/me/payments/{_named(request)}/receipt")


@router.get("/releve/document")
async def statement(request: Request) -> Forwarded:
    return _from_billing(request, "/v1/me/statement/document")


@router.get("/releve/tableau")
async def table(request: Request) -> Forwarded:
    return _from_billing(request, "/v1/me/statement/table")


@router.get("/attestation-fiscale")
async def certificate(request: Request) -> Forwarded:
    return _from_billing(request, "/v1/me/tax-certificate")
