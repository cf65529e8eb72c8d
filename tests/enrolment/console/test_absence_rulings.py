"""A declared absence in the console: its reason, its effect, and the ruling that staff owe."""

from typing import Any

from chassis.identifiers import new_id

from .conftest import QUEUE, state_of, words


async def declared(
    ask: Any, reader: Any, enrolment: Any, effect: str, code: str = "other"
) -> dict[str, Any]:
    """A booking whose absence was declared, written as the family's door writes it."""
    booking = await ask()
    agent = reader()
    await agent.send(f"{QUEUE}/{booking['request_id']}/accepter", version="1")
    request_id = new_id()
    await enrolment.run(
        "INSERT INTO requests (request_id, number, family_id, kind, state, version, submitted_at,"
        " submitted_by, channel, due_on)"
        " SELECT :new, 'D-2026-00777', family_id, 'absence.declare', 'pending', 1, submitted_at,"
        " submitted_by, channel, due_on FROM requests WHERE request_id = :id",
        new=request_id,
        id=booking["request_id"],
    )
    await enrolment.run(
        "INSERT INTO request_lines (request_id, position, child_id, slot_id, day, outcome,"
        " in_notice, booking_id)"
        " SELECT :new, 0, child_id, slot_id, day, 'requested', true, booking_id"
        " FROM bookings WHERE request_id = :id",
        new=request_id,
        id=booking["request_id"],
    )
    await enrolment.run(
        "INSERT INTO absences (absence_id, request_id, booking_id, family_id, child_id, day, state,"
        " version, reason_code, reason_text, in_notice, effect, declared_at)"
        " SELECT gen_random_uuid(), :new, booking_id, family_id, child_id, day, 'declared', 1,"
        " :code, 'Fête de famille', true, :effect, now() FROM bookings WHERE request_id = :id",
        new=request_id,
        id=booking["request_id"],
        code=code,
        effect=effect,
    )
    return {"request_id": request_id}


async def test_what_the_reason_does_not_say_staff_must(ask, reader, enrolment):
    request = await declared(ask, reader, enrolment, "undecided")
    agent, address = reader(), f"{QUEUE}/{request['request_id']}"
    page = words(await agent.open(address))
    assert "Autre (précisez)\u00a0: Fête de famille" in page or "Fête de famille" in page
    assert "Effet sur la facture à décider par le service" in page
    without = await agent.send(f"{address}/accepter", version="1")
    assert without.status_code == 422
    assert "Dites si cette absence est facturée" in words(without)
    many = await agent.client.post(
        f"{QUEUE}/accepter",
        data={"selected": f"{request['request_id']}:1"},
        headers={"Authorization": f"Bearer {agent.token}"},
    )
    assert "Ouvrez-la pour dire si l’absence est facturée" in words(many)
    assert (await state_of(enrolment, request))[0] == "pending"
    done = await agent.send(f"{address}/accepter", version="1", billable="no")
    assert done.status_code == 303
    (absence,) = await enrolment.rows("SELECT state, billable FROM absences")
    assert (absence.state, absence.billable) == ("accepted", False)


async def test_staff_may_rule_otherwise_than_the_reason(ask, reader, enrolment):
    request = await declared(ask, reader, enrolment, "billed")
    agent, address = reader(), f"{QUEUE}/{request['request_id']}"
    assert "selon son motif" in words(await agent.open(address))
    await agent.send(f"{address}/accepter", version="1", billable="no")
    (absence,) = await enrolment.rows("SELECT absence_id, billable FROM absences")
    assert absence.billable is False
    # And take it back: the reason is wanted, and told in the history.
    way = f"{address}/absences/{absence.absence_id}"
    # A document that does not come is in a list of its own, until somebody notes it.
    await enrolment.run("UPDATE absences SET document_due_at = '2026-11-20T07:00:00Z'")
    late = await agent.open("/console/justificatifs")
    assert "délai passé" in words(late)
    assert f"{way}?motif=justificatif" in late.text
    assert "Le justificatif demandé" in words(await agent.open(f"{way}?motif=justificatif"))
    noted = await agent.send(f"{address}/justificatif")
    assert noted.status_code == 303
    assert "Aucun justificatif attendu" in words(await agent.open("/console/justificatifs"))
    assert "Justificatif reçu" in words(await agent.open(address))
    assert way in (await agent.open(address)).text
    assert "la famille en est prévenue" in words(await agent.open(way))
    empty = await agent.send(way, version="3", reason=" ")
    assert (empty.status_code, "Écrivez pourquoi" in words(empty)) == (422, True)
    done = await agent.send(way, version="3", reason="L’enfant est venu.")
    assert (done.status_code, done.headers["location"]) == (303, address)
    told = words(await agent.open(address)).replace("\u00a0", " ")
    assert "Absence annulée par le service : L’enfant est venu." in told
    assert "rien à annuler" in words(await agent.open(way))
    (booking,) = await enrolment.rows("SELECT state FROM bookings")
    assert booking.state == "booked"
