"""What a call has come to: its facts folded, by whatever order they arrive in."""
