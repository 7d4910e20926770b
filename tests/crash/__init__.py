"""Real processes, killed at random while people pay; then the books against the providers' own.

make crash PAYMENTS=2000 SEED=7
"""
