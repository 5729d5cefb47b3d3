"""What runs in the guest beside the firmware: shims in the place of the modules that a board has."""
