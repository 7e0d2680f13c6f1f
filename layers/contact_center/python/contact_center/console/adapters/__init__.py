"""One outside thing each: the tables, how HTTP spells what the page is told."""
