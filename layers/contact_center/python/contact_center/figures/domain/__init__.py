"""What is true of calls that are over and of their effects: no input, output, clock or chance."""
