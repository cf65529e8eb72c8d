"""How what goes wrong in messaging is answered."""

from chassis.problems import ProblemKind
from messaging.api.broadcasts import UnknownBroadcast
from messaging.api.partners import UnknownPartner
from messaging.api.uploading import UnknownFile
from messaging.domain.attachments import FileRefused
from messaging.domain.cursors import Unreadable
from messaging.domain.desk import Refused
from messaging.domain.threads import Unusable
from messaging.domain.visitors import TooManySendings
from messaging.live import TooManyStreams
from messaging.partners.pulls import TooFast, UnknownKey
from messaging.use_cases.choose_mail import UnknownToken
from messaging.use_cases.keep_draft import TooManyDrafts, UnknownDraft
from messaging.use_cases.mark_message import UnknownMessage
from messaging.use_cases.mark_thread import UnknownThread
from messaging.use_cases.pull_events import CursorExpired
from messaging.use_cases.serve_webhook import UnknownSending, UnknownWebhook
from messaging.use_cases.write_to_family import UnknownFamily

PROBLEMS: dict[type[Exception], ProblemKind] = {
    UnknownMessage: ProblemKind(404, "messaging.unknown-message", "Message introuvable"),
    UnknownThread: ProblemKind(404, "messaging.unknown-thread", "Conversation introuvable"),
    UnknownDraft: ProblemKind(404, "messaging.unknown-draft", "Brouillon introuvable"),
    UnknownFile: ProblemKind(404, "messaging.unknown-file", "Fichier introuvable"),
    UnknownBroadcast: ProblemKind(404, "messaging.unknown-broadcast", "Envoi introuvable"),
    UnknownPartner: ProblemKind(404, "messaging.unknown-partner", "Partenaire introuvable"),
    UnknownFamily: ProblemKind(404, "messaging.unknown-family", "Famille introuvable"),
    Refused: ProblemKind(409, "messaging.refused", "Action impossible"),
    UnknownToken: ProblemKind(404, "messaging.unknown-token", "Lien inconnu"),
    TooManySendings: ProblemKind(429, "messaging.too-many-sendings", "Trop de messages"),
    Unusable: ProblemKind(422, "messaging.unusable", "Saisie incomplète ou incorrecte"),
    FileRefused: ProblemKind(422, "messaging.file-refused", "Fichier refusé"),
    TooManyDrafts: ProblemKind(409, "messaging.too-many-drafts", "Trop de brouillons"),
    TooManyStreams: ProblemKind(429, "messaging.too-many-streams", "Trop de pages ouvertes"),
    UnknownKey: ProblemKind(401, "messaging.unknown-key", "Clé inconnue"),
    Unreadable: ProblemKind(422, "messaging.unreadable-cursor", "Curseur illisible"),
    CursorExpired: ProblemKind(410, "messaging.cursor-expired", "Curseur expiré"),
    UnknownWebhook: ProblemKind(404, "messaging.unknown-webhook", "Adresse introuvable"),
    UnknownSending: ProblemKind(404, "messaging.unknown-sending", "Envoi introuvable"),
    TooFast: ProblemKind(429, "messaging.too-fast", "Trop de demandes"),
}
