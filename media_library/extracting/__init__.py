"""Reading data out of items in the background, keeping it, and letting people put it right."""
