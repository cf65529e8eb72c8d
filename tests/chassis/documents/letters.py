"""A document to print, and its PDF read back."""

import io

import pypdf

from chassis.documents import documents_environment
from chassis.settings import Authority

LETTER = """{% extends "letterhead.html" %}
{% block title %}Facture 2026-0001{% endblock %}
{% block footer %}Facture 2026-0001{% endblock %}
{% block content %}<h1>Facture nº 2026-0001</h1>
{% for n in range(lines) %}<p>Ligne {{ n }} : {{ 123450|euros }}</p>{% endfor %}{% endblock %}"""


def letter(lines: int = 3) -> str:
    env = documents_environment(authority=Authority(name="Val d’Essai"))
    return env.from_string(LETTER).render(lines=lines)


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))
