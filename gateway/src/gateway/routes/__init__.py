"""The gateway's doors, one file per section of the portal."""

from . import (
    about,
    account,
    agenda,
    booking,
    children,
    console,
    home,
    live,
    messages,
    requests,
    sight,
    signing,
    statement,
    static,
)

# The first that matches answers: what stands under /console comes before the console itself.
ROUTERS = (
    sight.router,
    static.router,
    signing.router,
    about.router,
    home.router,
    account.router,
    booking.router,
    agenda.router,
    children.router,
    requests.papers,
    requests.router,
    messages.router,
    statement.router,
    live.stream,
    live.poll,
    console.router,
)
