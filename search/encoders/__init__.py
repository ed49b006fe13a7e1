"""What turns pictures and words into unit vectors. Importing this package loads no model library."""
