"""Command-line tools of the developers: `python -m tools.<name>`."""
