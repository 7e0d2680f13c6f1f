"""Calls and the telephones at their ends: who picks up, what is heard, said and pressed."""
