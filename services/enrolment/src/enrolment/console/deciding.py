"""The desk of somebody who decides: every act on a request begins with it."""

from typing import Annotated

from fastapi import Depends, Request

from chassis.runtime import RuntimeOf

from .choice import ChoiceOf
from .desk import Desk
from .pages import PagesOf
from .readers import Decider


async def _deciding(
    request: Request, principal: Decider, runtime: RuntimeOf, pages: PagesOf, choice: ChoiceOf
) -> Desk:
    return Desk(request, runtime, pages, principal, choice)


DecidingDesk = Annotated[Desk, Depends(_deciding)]
