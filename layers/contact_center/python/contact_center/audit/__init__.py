"""Who did what by the operators' API: entries, their table, and looking them up."""
