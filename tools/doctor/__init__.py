"""`make doctor`: whether a set-up is as it should be, looked at and never changed.

Lines are in lines.py, what was found is judged in judged_*.py, both pure; places.py says which
set-up; asked_*.py ask one outside thing each; checks.py has every question, and examination.py asks
each by itself, whatever becomes of the others.
"""
