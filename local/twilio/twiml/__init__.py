"""The TwiML machine: documents and their grammar, verbs, queues, conferences."""
