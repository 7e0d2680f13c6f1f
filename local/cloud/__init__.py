"""AWS on one machine: gateway, queues, timers, handler processes, the emulator."""
