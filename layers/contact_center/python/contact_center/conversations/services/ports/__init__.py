"""What the use cases need of the world, by what it is about."""
