"""What must happen elsewhere because of a call: a deal, an item somebody attends to, a notice."""
