"""Random bytes at everything that reads what strangers send: `make fuzz`."""
