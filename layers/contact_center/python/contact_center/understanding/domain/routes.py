"""Where words can lead: to a department, which is config, or to a person, which is not."""

from __future__ import annotations

PERSON = "person"
