"""Each question by itself: one that breaks is told as such and keeps no other from being asked."""

from __future__ import annotations

from threading import Timer
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.kernel.environment import SettingsError
from contact_center.kernel.failures import place_of
from contact_center.provisioning.services.provisioning_ports import ProvisioningError, RefusedError
from tools.doctor.lines import Finding, Line, cannot_tell, without, wrong
from tools.function_logs import LogTooLongError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tools.doctor.checks import Question

NOT_KNOWN = frozenset(  # AWS's words for credentials that are over, gone, or signed at another time
    {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId"}
    | {"UnrecognizedClientException", "SignatureDoesNotMatch", "InvalidSignatureException"}
    | {"RequestTimeTooSkewed"}
)
PATIENCE_SECONDS = 2.0  # then whoever waits is told what for


def examined(
    questions: Sequence[Question],
    secrets: Callable[[], Sequence[str]],
    progress: Callable[[str], object],
) -> Iterator[Line]:
    """Ask every question, in order.

    Args:
        questions: All of them.
        secrets: What no line may hold, whoever put it there.
        progress: Told of a question that takes more than two seconds.
    """
    try:
        hidden = tuple(secrets())
    except Exception:  # noqa: BLE001 - the questions that need keys say what is wrong
        hidden = ()
    for question in questions:
        slow = Timer(PATIENCE_SECONDS, progress, (f"asking: {question.title} …",))
        slow.daemon = True
        slow.start()
        try:
            found = _answer(question)
        finally:
            slow.cancel()
        yield Line(question.check, question.title, without(hidden, found))


def _answer(question: Question) -> Finding:
    try:
        return question.answer()
    except SettingsError as error:
        return wrong(str(error), "set it right (docs/configuration.md#settings)")
    except ProvisioningError as error:
        refused = isinstance(error, RefusedError)
        return cannot_tell(str(error), "mend the key first" if refused else "try again")
    except Exception as error:  # noqa: BLE001 - no question keeps another from being asked
        return _broken(error)


def _broken(error: Exception) -> Finding:
    if isinstance(error, LogTooLongError):
        return cannot_tell(
            "more was written in the last hour than can be searched from here",
            "ask CloudWatch Logs Insights, or try again when less is going on",
        )
    if isinstance(error, ClientError):
        code = error.response.get("Error", {}).get("Code", "")
        what = f"AWS refused {error.operation_name} ({code})"
        if code in NOT_KNOWN:
            return cannot_tell(what, "sign in again, and look at this machine's clock")
        return cannot_tell(what, "ask with rights to read the stack and its secrets")
    if isinstance(error, BotoCoreError):
        return cannot_tell(f"AWS was not asked ({type(error).__name__})", "try again")
    return cannot_tell(
        f"the question broke: {type(error).__name__} at {place_of(error)}",
        "this is a fault of the doctor's: say so to whoever looks after it",
    )
