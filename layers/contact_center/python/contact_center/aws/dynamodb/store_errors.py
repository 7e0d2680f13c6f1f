"""What an error of DynamoDB means: nobody is served at the moment, or this request never is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, ParamValidationError

from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError

# An item that is too large, a key that is too long, a value of no known kind: the same again
# is answered the same.
_FOR_GOOD = "ValidationException"


def store_error(
    error: BotoCoreError | ClientError,
) -> StoreRefusedError | StoreUnavailableError:
    """The error to raise for one of boto3's, whose words may be a person's."""
    if isinstance(error, ParamValidationError):
        return StoreRefusedError()
    if isinstance(error, ClientError) and error.response["Error"]["Code"] == _FOR_GOOD:
        return StoreRefusedError()
    return StoreUnavailableError()
