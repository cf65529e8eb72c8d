"""« Collectivité »: who the authority is, told to every service; and a new town's first steps."""

import html
import io
import re

from PIL import Image

from chassis.auth import Audience
from chassis.authority import DOOR
from enrolment.own import own_of
from enrolment.school_dates import school_calendar

from .conftest import HOSTILE, words

HERE = "/console/collectivite"
TOWN = {
    "name": "Commune de Saint-Ours",
    "service_name": "Service Jeunesse",
    "address": "2 rue du Lavoir, 63200 Saint-Ours",
    "phone": "04 73 00 00 00",
    "email": "jeunesse@saint-ours.example",
    "opening_hours": "Mairie : lundi, 9 h à 12 h\n\n  École du Lac : 04 73 00 00 01 ",
    "school_zone": "B",
}


async def test_what_the_administration_writes_is_told_to_every_service(reader, enrolment):
    told = (await enrolment.staff(Audience.SERVICE).get(DOOR)).json()
    assert told == {"authority": None, "logo": ""}
    page = await reader(Audience.ADMIN).open(HERE)
    assert "Val d’Arbelle" in html.unescape(page.text)
    sent = await reader(Audience.ADMIN).send(HERE, **TOWN)
    assert (sent.status_code, sent.headers["location"]) == (303, f"{HERE}?enregistre=1")
    told = (await enrolment.staff(Audience.SERVICE).get(DOOR)).json()["authority"]
    lines = "Mairie : lundi, 9 h à 12 h\nÉcole du Lac : 04 73 00 00 01"
    kept = {name: value for name, value in TOWN.items() if name != "school_zone"}
    assert told == {**kept, "opening_hours": lines}
    shown = words(await reader(Audience.AUDITOR).open(HERE))
    assert "Commune de Saint-Ours" in shown
    assert "Enregistrer" not in shown
    assert own_of(enrolment.runtime).calendar is school_calendar("B")
    refused = await reader(Audience.SECRETARIAT).open(HERE)
    assert refused.status_code == 403


def drawing(kind, size=(900, 300)):
    made = io.BytesIO()
    Image.new("RGBA", size, "#0b5d66").save(made, kind)
    return made.getvalue()


async def test_the_logo_is_made_anew_shown_everywhere_and_taken_away(reader, enrolment):
    admin, service = reader(Audience.ADMIN), enrolment.staff(Audience.SERVICE)

    async def send(content, who=admin):
        return await who.send_file(f"{HERE}/logo", {"logo.png": content})

    refused = {
        "not-chosen": (b"", "Choisissez l’image"),
        "script": (b"<svg onload='alert(1)'/>", "PNG, JPEG ou WebP lisible"),
    }
    for content, said in refused.values():
        page = await send(content)
        assert (page.status_code, said in words(page)) == (422, True), said
    assert (await service.get(DOOR)).json()["logo"] == ""
    sent = await send(drawing("WEBP"))
    assert (sent.status_code, sent.headers["location"]) == (303, f"{HERE}?enregistre=1")
    fingerprint = (await service.get(DOOR)).json()["logo"]
    kept = await service.get(f"{DOOR}/logo/{fingerprint}")
    picture = Image.open(io.BytesIO(kept.content))
    assert (picture.format, picture.size, picture.info) == ("PNG", (480, 160), {})
    assert "immutable" in kept.headers["cache-control"]
    assert (await service.get(f"{DOOR}/logo/{'0' * 64}")).status_code == 404
    page = await admin.open(HERE)
    assert f'src="/logo/{fingerprint}.png" alt="Commun' in html.unescape(page.text)
    # The words about the authority are written apart and leave it.
    await admin.send(HERE, **TOWN)
    assert fingerprint in (await admin.open(HERE)).text
    assert (await send(drawing("PNG"), reader(Audience.AUDITOR))).status_code == 403
    await admin.send(f"{HERE}/logo/retirer")
    assert (await service.get(DOOR)).json()["logo"] == ""
    assert "/logo/" not in (await admin.open("/console/motifs")).text


MISTAKES = [
    ("name", " ", "Écrivez le nom de la collectivité."),
    ("name", "é" * 121, "121 caractères"),
    ("service_name", "Service\x07", "invisibles"),
    ("phone", "appelez-nous", "Un numéro comme"),
    ("email", "mairie", "Une adresse comme"),
    ("opening_hours", "a" * 601, "601 caractères"),
    ("school_zone", "D", "Choisissez la zone"),
]


async def test_a_mistake_is_said_beside_its_field_and_nothing_is_kept(reader, enrolment):
    for field, typed, said in MISTAKES:
        page = await reader(Audience.ADMIN).send(HERE, **{**TOWN, field: typed})
        assert page.status_code == 422, field
        assert f'href="#{field}"' in page.text
        assert said in words(page)
        assert "jeunesse@saint-ours.example" in page.text or field == "email"
    hostile = await reader(Audience.ADMIN).send(HERE, **{**TOWN, "name": HOSTILE, "email": "x"})
    assert html.escape(HOSTILE) in hostile.text
    assert HOSTILE not in hostile.text
    assert await enrolment.rows("SELECT 1 FROM authority") == []


async def test_a_new_town_sees_what_is_left_to_enter(reader, wednesdays):
    def done(page):
        return re.findall(r"Fait : </span> <strong>([^<]*)", page.text.replace("\u00a0", " "))

    admin = reader(Audience.ADMIN)
    assert "Présenter la collectivité" not in done(await admin.open(HERE))
    await admin.send(HERE, **TOWN)
    after = done(await admin.open(HERE))
    assert "Présenter la collectivité" in after
    assert "Créer les centres" in after
    assert "Entrer les tarifs" not in after
