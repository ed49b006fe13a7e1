"""Teaching the pocket encoder to hear: sounds and what is said about them, in the space of its words."""
