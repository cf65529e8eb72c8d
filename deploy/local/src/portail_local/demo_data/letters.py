"""What families and the service have written to each other, and replies kept ready."""

from __future__ import annotations

from chassis.identifiers import new_id
from portail_contracts.catalogue import Context
from portail_local.demo_data.doors import Caller

READY = {
    "Accusé de réception": (
        "Bonjour,\n\nNous avons bien reçu votre message et vous répondons au plus vite.\n\n"
        "{agent}, {service}"
    ),
    "Document manquant": (
        "Bonjour,\n\nIl manque un document à votre dossier. Vous pouvez le déposer depuis le "
        "portail, dans « Documents ».\n\n{agent}, {service}"
    ),
}
QUESTION = (
    "Sortie de mercredi",
    "Bonjour,\n\nÀ quelle heure revient le car mercredi ? Faut-il prévoir des bottes ?\n\nMerci !",
)


async def write(secretariat: Caller, parent: Caller) -> None:
    """A question that waits for its answer, and two replies to give it with."""
    subject, body = QUESTION
    await parent.post(
        Context.MESSAGING,
        "/v1/me/threads",
        {
            "thread_id": str(new_id()),
            "message_id": str(new_id()),
            "subject": subject,
            "body": body,
        },
    )
    for label, words in READY.items():
        path = f"/v1/staff/canned-replies/{new_id()}"
        await secretariat.put(Context.MESSAGING, path, {"label": label, "body": words})
