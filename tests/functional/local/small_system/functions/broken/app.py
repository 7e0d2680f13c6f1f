"""Cannot be loaded."""

import small_layer.nowhere  # type: ignore[import-not-found]  # noqa: F401
