"""Learns how surely a caller asks for a person; part of `make config`, by tools/train_intents.py.

`asks.txt` and `asks_not.txt` are sentences written for this, one a line; with them it learns from
the owner's examples and from what of tests/utterances is for development. `python -m tools.asking`
prints how well it does on sentences kept aside, by the scores that count.
"""
