"""What is true and what to do next: no input, output, clock or chance."""
