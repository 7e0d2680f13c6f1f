"""After a call: what it came to and cost, what must happen elsewhere, which words are not kept."""
