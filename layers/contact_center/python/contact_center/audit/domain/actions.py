"""What each thing that can be asked for is to the audit trail: the one table of it.

A test holds it against the routes that are served: a new one without a line here fails it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(StrEnum):
    """Why something is written down."""

    CHANGE = "change"  # whatever became of it
    READ = "read"  # when an operator was shown somebody, or a viewer was refused
    EXPORT = "export"  # when it was begun or refused, or a link to a file left
    LISTEN = "listen"  # whatever became of it
    NONE = "none"  # it shows no customer and changes nothing


@dataclass(frozen=True, slots=True)
class Action:
    """One line.

    Attributes:
        kind: Why it is written down.
        on: What kind of thing it is done to, and which the path names.
        made: The field of an answer that names a thing which was made, when the path names none.
        stops: It stops calls, or keeps somebody from being called: no log may hold it up.
        polled: An open page asks again and again: who was shown to somebody is written down once
            a while.
    """

    kind: Kind
    on: str
    made: str = ""
    stops: bool = False
    polled: bool = False


NOTHING = Action(Kind.NONE, "")
UNLISTED = Action(Kind.CHANGE, "unknown")  # whatever is forgotten here is written down


def _changes(on: str, made: str = "") -> Action:
    return Action(Kind.CHANGE, on, made)


def _stops(on: str) -> Action:
    return Action(Kind.CHANGE, on, stops=True)


def _shows(on: str) -> Action:
    return Action(Kind.READ, on)


def _keeps_showing(on: str) -> Action:
    return Action(Kind.READ, on, polled=True)


ACTIONS: Mapping[str, Action] = {
    "health": NOTHING,
    "readOpenApi": NOTHING,
    "readAudit": NOTHING,  # it holds no number and no name of a customer
    "logIn": _changes("session"),
    "logOut": Action(Kind.CHANGE, "session", stops=True),  # whoever leaves is let go
    "showSession": NOTHING,
    "searchCalls": _shows("call"),
    "readLimits": _keeps_showing("line"),
    "actOnCall": _changes("call"),
    "correctCall": _changes("call"),
    "readLive": _keeps_showing("call"),
    "listNeeds": _keeps_showing("need"),
    "takeUpNeed": _changes("need"),
    # calls
    "listCalls": _shows("call"),
    "showCall": _keeps_showing("call"),
    "listenToCall": Action(Kind.LISTEN, "call"),
    "listFollowUps": _shows("follow_up"),
    "attendToFollowUp": _changes("follow_up"),
    # dialing
    "triggerCall": _changes("attempt", "attemptId"),
    "testCall": _changes("campaign"),
    "showAttempt": _shows("attempt"),
    "cancelAttempt": _stops("attempt"),
    "resolveAttempt": _changes("attempt"),
    "takeUpAttempt": _changes("attempt"),
    "stopDialing": _stops("dialing"),
    "resumeDialing": _changes("dialing"),
    # what people permit
    "suppress": _stops("customer"),
    "unsuppress": _changes("customer"),
    "recordConsent": _changes("customer"),
    "revokeConsent": _stops("customer"),
    "askContactability": _shows("customer"),
    "forget": _changes("forgetting", "forgetId"),
    "showForgetting": _shows("forgetting"),
    "forgetAgain": _changes("forgetting"),
    "addNationalList": _changes("import", "importId"),
    "confirmNationalList": _changes("import"),
    "listNationalLists": NOTHING,
    # campaigns
    "createCampaign": _changes("campaign", "id"),
    "listCampaigns": NOTHING,
    "showCampaign": NOTHING,
    "showProgress": NOTHING,
    "startCampaign": _changes("campaign"),
    "pauseCampaign": _stops("campaign"),
    "resumeCampaign": _changes("campaign"),
    "cancelCampaign": _stops("campaign"),
    "addContacts": _changes("campaign"),
    "listContacts": _shows("campaign"),
    "withdrawContacts": _stops("campaign"),
    "showImport": Action(Kind.EXPORT, "import"),  # its report has the lines that were not taken
    "beginPreview": _changes("campaign"),
    "showPreview": NOTHING,  # figures
    "beginExport": Action(Kind.EXPORT, "campaign", "jobId"),
    "exportResults": Action(Kind.EXPORT, "campaign", "jobId"),
    "listCallerNumbers": NOTHING,  # our own
    "restCallerNumber": _changes("caller_number"),
    "endRestOfCallerNumber": _changes("caller_number"),
    # figures and effects
    "readMetrics": NOTHING,
    "readFigures": NOTHING,
    "readQueue": _shows("queue"),
    "listEffects": _shows("effect"),
    "showCallEffects": _keeps_showing("call"),
    "showCallStory": _shows("call"),
    "readStory": _shows("customer"),
    "replayEffects": _changes("effect"),
    "replayEffect": _changes("effect"),
    # reception
    "listPeople": NOTHING,  # colleagues, and ids of visits
    "showPerson": NOTHING,
    "changePerson": _changes("person"),
    "offerNextCaller": _changes("person"),
    "listCallbacks": _keeps_showing("callback"),
    "keepPlace": _changes("callback", "id"),
    "callBackNow": _changes("callback"),
    "giveUpCallback": _stops("callback"),
    "showVisit": _keeps_showing("visit"),
    "superviseTalk": Action(Kind.LISTEN, "visit"),
    "changeSupervision": Action(Kind.LISTEN, "visit"),
    "showMessage": NOTHING,
    "turnMessage": _changes("department"),
}
