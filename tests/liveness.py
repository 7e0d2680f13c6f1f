"""How long a test waits for what is bound to come: it ends one that hangs, and judges no speed."""

LIVENESS_SECONDS = 300.0
