"""What is written down of a request: no input, output, clock or chance."""
