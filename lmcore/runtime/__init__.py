"""What the rest stands on: device, memory, disk, limits, fair queue, checkpoints."""
