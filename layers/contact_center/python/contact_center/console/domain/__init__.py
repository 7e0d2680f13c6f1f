"""Sessions and what is shown at once: no input, output, clock or chance."""
