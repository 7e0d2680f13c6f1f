"""One file a function: builds its real parts from its settings."""
