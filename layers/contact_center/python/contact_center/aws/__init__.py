"""AWS for every room: clients, the lean client of the door, items, transactions, queues."""
