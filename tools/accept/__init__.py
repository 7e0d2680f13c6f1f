"""`make accept`: ten test calls from their first ring to their figures, simulated or real.

What was seen is judged in witnessed.py and what it may cost in spending.py, both pure; who speaks
the caller's part is in callers.py; providers.py asks Vapi and our own API; play.py lets one after
the other ring; before.py says what is needed first.
"""
