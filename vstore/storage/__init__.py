"""Where versions are kept: the contract, and the backends that answer alike."""
