"""One outside thing each: the table, the stored key, how HTTP spells entries."""
