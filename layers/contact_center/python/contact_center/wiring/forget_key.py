"""The key by which doors know again who was forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.secrets_lean import LeanSecrets

if TYPE_CHECKING:
    from contact_center.aws.lean_aws import LeanAws
    from contact_center.kernel.environment import Environment
    from contact_center.kernel.ports import Metrics
    from contact_center.permission.services.permission_ports import ForgetKey


def forget_key(environment: Environment, aws: LeanAws, metrics: Metrics) -> ForgetKey:
    """The key; nothing is fetched before it is needed. Raises SettingsError when none is named."""
    from contact_center.aws.lean_key import LeanKey
    from contact_center.kernel.ports import SecretUnavailableError

    secrets = LeanSecrets(aws.connection("secretsmanager"))
    name = environment.required("FORGET_KEY_NAME")
    return LeanKey(lambda: secrets.get(name), "key", aws.clock, metrics, SecretUnavailableError)
