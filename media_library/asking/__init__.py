"""Asking about one item: what is known of it, what is asked, and what is kept of the answers."""
