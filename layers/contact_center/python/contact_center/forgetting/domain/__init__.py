"""What is to be forgotten where, and how far that is: no input, output, clock or chance."""
