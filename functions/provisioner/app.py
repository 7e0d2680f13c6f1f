"""CloudFormation's custom resource: each deploy makes the providers match. Wiring only.

Whatever happens is answered, or the stack would hang: what provisioning runs on is loaded and
built only once somebody waits for its answer. What failed a deploy may well fail its way back, and
a stack whose way back fails takes no deploy any more: so on that way nothing is a failure.

A deletion removes nothing: a credential may sign for others, a number is its owner's, an assistant
may stand in a campaign's script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from contact_center.kernel.failures import BrokenError, cause_of, place_of
from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.observability import log
from contact_center.kernel.system_clock import SystemClock, SystemSleeper
from contact_center.provisioning.adapters.stack_resource import (
    TOLD,
    Request,
    ResourceAnswer,
    answer,
    read_request,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.provisioning.adapters.stack_resource import ResourceRequest
    from contact_center.provisioning.domain.plans import Step

# A minute's wait for a limit, one try of a request, and the answer to CloudFormation: what is begun
# with less time left might be cut off with nobody told.
LEAST_REMAINING_MS = 100_000
ANSWERED_IN_MS = 10_000
LEFT_THERE = "nothing was removed at Vapi, Twilio or HubSpot: docs/provisioning.md says how"


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Until Lambda ends this invocation."""
        ...


def lambda_handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Handle one request of CloudFormation's."""
    try:
        asked = read_request(event)
    except BadMessageError as error:
        log("ERROR", "no request of CloudFormation", None, field=error.field, rule=error.rule)
        raise BrokenError from None
    said = _served(asked, context)
    log("INFO", "provisioning", None, request=asked.kind.value, done=str(said.done).lower())

    def in_time() -> bool:
        return context.get_remaining_time_in_millis() >= ANSWERED_IN_MS

    if not answer(asked, said, in_time, SystemClock(), SystemSleeper()):
        log("ERROR", "CloudFormation did not take the answer", None)
        raise BrokenError  # which Lambda counts
    return {"done": said.done}


def _served(asked: ResourceRequest, context: Context) -> ResourceAnswer:
    if asked.kind is Request.DELETE:
        return ResourceAnswer(done=True, reason=LEFT_THERE, data={})
    try:
        return _provisioned(context)
    except Exception as error:  # noqa: BLE001 - somebody waits for the answer, whatever it is
        log("ERROR", "not provisioned", None, error=type(error).__name__, place=place_of(error))
        return _not_provisioned(asked, _reason(error))


def _not_provisioned(asked: ResourceRequest, reason: str) -> ResourceAnswer:
    if not asked.goes_back:
        return ResourceAnswer(done=False, reason=reason, data={})
    said = f"{reason}; the deploy goes back all the same: then make provision"
    return ResourceAnswer(done=True, reason=said, data=dict.fromkeys(TOLD, ""))


def _provisioned(context: Context) -> ResourceAnswer:
    from contact_center.kernel.environment import Environment  # noqa: PLC0415 - see above
    from contact_center.provisioning.services.provision import carry_out, plan  # noqa: PLC0415
    from contact_center.wiring.provisioner import (  # noqa: PLC0415
        StoredKeys,
        provisioning,
        told_of_stack,
    )

    def in_time() -> bool:
        return context.get_remaining_time_in_millis() >= LEAST_REMAINING_MS

    environment = Environment()
    made = provisioning(environment, StoredKeys(environment), in_time=in_time, told=_told)
    done = carry_out(plan(made.parts), made.parts)
    for step in done.left:
        paths = ", ".join(each.path for each in step.differences)
        log("WARNING", "the other side changed it", None, object=_name(step), fields=paths)
    return ResourceAnswer(done=True, data=told_of_stack(done))


def _told(step: Step) -> None:
    log("INFO", "written", None, object=_name(step), action=step.action.value)


def _name(step: Step) -> str:
    return f"{step.wanted.kind} {step.wanted.key}".strip()


def _reason(error: Exception) -> str:
    """What CloudFormation shows: words of ours where they are known to hold no key."""
    from contact_center.configuration.compiled_config import CompiledConfigError  # noqa: PLC0415
    from contact_center.kernel.environment import SettingsError  # noqa: PLC0415
    from contact_center.provisioning.services.provisioning_ports import (  # noqa: PLC0415
        ProvisioningError,
    )

    if isinstance(error, ProvisioningError | SettingsError | CompiledConfigError):
        return str(error)
    return f"broken off: {cause_of(error)}"
