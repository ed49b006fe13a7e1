"""Messages hidden in a picture by two colours that hardly differ: drawn, looked at as a model sees them, and read."""
