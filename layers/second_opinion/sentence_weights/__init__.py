"""Where the weights of the second opinion lie: weights.bin, which `make second-opinion` makes."""
