"""`make load`: many calls at once through the whole local system, and what gives way first."""
