"""`python -m config.runner`: the whole product on one machine, in one terminal."""
