"""What is true of callers and people, and what to do next: no input, output, clock or chance."""
