"""What all rooms stand on: instants, ids, ports of the world, field errors, numbers, zones."""
