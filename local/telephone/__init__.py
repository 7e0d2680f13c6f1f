"""A telephone in the page, here alone: whoever reads it calls, and sees what comes of it."""
