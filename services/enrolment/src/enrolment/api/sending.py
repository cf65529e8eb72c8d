"""How every submission of a family comes in: in its turn, once, healed when need be."""

from collections.abc import Awaitable, Callable

from fastapi import Response

from chassis.auth import Principal
from chassis.database import Transaction
from chassis.runtime import Runtime
from enrolment.own import own_of
from enrolment.store.deciding_rules import rules_of
from enrolment.use_cases.decide_by_rule import decide_by_rule
from enrolment.use_cases.keep_request import Submitted

from .answers import request_out
from .healing import with_family
from .problems import explained
from .schemas import RequestOut

Send = Callable[[Transaction], Awaitable[Submitted]]


async def sent(
    runtime: Runtime, principal: Principal, response: Response, send: Send
) -> RequestOut:
    """201 the first time, 200 when the same was here before; a rule may decide it at once."""

    async def work() -> RequestOut:
        with explained():
            async with (
                own_of(runtime).admission.entry(principal.own_family),
                runtime.database.transaction() as transaction,
            ):
                rules = await rules_of(transaction.connection)
                submitted = await decide_by_rule(
                    transaction,
                    await send(transaction),
                    rules,
                    now=runtime.clock.now(),
                    calendar=own_of(runtime).calendar,
                )
        response.status_code = 200 if submitted.repeated else 201
        return request_out(submitted.request, runtime.shared.authority)

    return await with_family(runtime, principal.own_family, work)
